"""Allow-lists for fragments, whose text comes from people outside as well.

Directives are allowed by name, and roles by the code that runs them (see :mod:`.limits`). Each entry of both lists was
reviewed; nothing is allowed because of the package that brings it. Links and pictures may lead to some schemes only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

from sphinxext.digest.doctree.docs_files import refusal_of_name
from sphinxext.digest.doctree.known_names import KnownNames
from sphinxext.digest.doctree.limits import (
    Budget,
    Check,
    Domain,
    FoundRole,
    limited,
    limited_role,
    may_parse_code,
    name_in_project,
)
from sphinxext.digest.doctree.sanitize import CODE, FOREIGN_DIRECTIVES, SAME_EVERYWHERE, foreign_role
from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.settings.checks import LinkRole
from sphinxext.digest.text import split_url

#: Directives of docutils and Sphinx that neither read anything nor change the rest of the page.
HARMLESS_DIRECTIVES = frozenset(
    """
    admonition attention caution code code-block compound container csv-table danger deprecated epigraph error
    figure highlights hint hlist image important line-block list-table math note parsed-literal pull-quote replace
    rubric seealso sourcecode table tip unicode versionadded versionchanged versionremoved warning
    """.split()  # noqa: SIM905 - words read better than thirty quoted strings
)

#: The modules with the directives of these names. An extension may replace one by a directive of its own.
_MODULES_OF_DIRECTIVES = frozenset(
    {
        *(f"docutils.parsers.rst.directives.{name}" for name in ("admonitions", "body", "images", "misc", "tables")),
        *(f"sphinx.directives.{name}" for name in ("admonitions", "code", "other", "patches")),
        "sphinx.domains.changeset",
    }
)

#: Roles that copy files, and roles that import modules: refused by name, too, where Sphinx is not loaded.
FILE_ROLES = frozenset({"download"})
IMPORTING_ROLES = frozenset({"autolink"})

#: Directives to which Sphinx gives options that docutils' own do not have.
_EXTENDED_BY_SPHINX = CODE | {"math"}

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
#: The characters that browsers drop from a URL before they look at its scheme.
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20]")


@dataclass(frozen=True)
class Guard:
    """Permissions of texts beyond harmless markup.

    ``link_roles`` are those of the project's settings; they make links, whatever else has their names. ``foreign`` is
    for texts that were written for another project's documentation; see :mod:`.sanitize`.
    """

    directives: frozenset[str] = frozenset()
    raw: bool = False
    file_insertion: bool = False
    roles: frozenset[str] = frozenset()
    remote_images: bool = True
    foreign: bool = False
    link_roles: tuple[LinkRole, ...] = ()

    def allows_directive(self, name: str) -> bool:
        """Return True if fragments may use the directive of this name."""
        name = name.lower()
        return (
            name in HARMLESS_DIRECTIVES
            or name in self.directives
            or (self.raw and name == "raw")
            or (self.file_insertion and name in ("include", "literalinclude"))
        )

    def allows_found_directive(self, name: str, found: object) -> bool:
        """Return True unless an extension has put a directive of its own in the place of a harmless one."""
        name = name.lower()
        return name in self.directives or name not in HARMLESS_DIRECTIVES or found.__module__ in _MODULES_OF_DIRECTIVES

    def allows_role(self, name: str) -> bool:
        """Return True if fragments may use the role of this name, as far as the name tells."""
        name = name.lower()
        if name in IMPORTING_ROLES and name not in self.roles:
            return False
        return (self.file_insertion or name not in FILE_ROLES) and (self.raw or name != "raw")

    def knows_role(self, name: str) -> bool:
        """Return True if a role means the same in this documentation as where the text was written."""
        return not self.foreign or name.lower() in SAME_EVERYWHERE

    def may_be_directive(self, name: str) -> bool:
        """Return True if a build may have a directive that docutils does not have."""
        return True

    def may_be_role(self, name: str) -> bool:
        """Return True if a build may have a role that docutils does not have."""
        return True

    def allows_found_role(self, name: str, role: FoundRole) -> bool:
        """Return True if fragments may use what docutils has found for the name of a role.

        The name alone does not tell: languages have names of their own, pages make roles of others, and extensions
        bring roles that read or run something.
        """
        if role.function is roles.raw_role:
            return self.raw
        if role.node == "download_reference":
            return self.file_insertion
        return name.lower() in self.roles or role.is_harmless


@dataclass(frozen=True)
class ReleaseNotesGuard(Guard):
    """The markup of release notes, which come from those who may merge: any directive, if it reads no file here.

    :ivar names: what the project's build knows; without it, any name may be a directive or a role.
    """

    raw: bool = True
    names: KnownNames | None = None

    def allows_directive(self, name: str) -> bool:
        """Return True for every directive."""
        return True

    def may_be_directive(self, name: str) -> bool:
        """Return True if the project's build may have the directive."""
        return self.names is None or self.names.has_directive(name)

    def may_be_role(self, name: str) -> bool:
        """Return True if the project's build may have the role."""
        return self.names is None or self.names.has_role(name)


class ForbiddenDirective(Directive):
    """Stands in for a directive that may not be used; its text is shown as it was written."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Report the directive, and show its source."""
        self.state.document.reporter.error(forbidden_message("directive", self.name), line=self.lineno)
        return [nodes.literal_block(self.block_text, self.block_text)]


class _AnyOption(dict[str, Check]):
    """A table of options that has all of them."""

    def __bool__(self) -> bool:
        return True

    def __missing__(self, name: str) -> Check:
        return str


class UnknownDirective(Directive):
    """Stands in for a harmless directive of Sphinx where Sphinx is not there."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = _AnyOption()

    def run(self) -> list[nodes.Node]:
        """Return the argument and the content, in a container, except for code."""
        if self.name.lower() == "math":
            text = "\n\n".join([*self.arguments, *(["\n".join(self.content)] if self.content else [])])
            return [nodes.math_block(self.block_text, text)]
        if self.name.lower() in _EXTENDED_BY_SPHINX:
            return [nodes.literal_block(self.block_text, "\n".join(self.content))]
        container = nodes.container(self.block_text, classes=[self.name])
        for argument in self.arguments:
            inline, messages = self.state.inline_text(argument, self.lineno)
            container += [nodes.paragraph(argument, "", *inline), *messages]
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def forbidden_message(what: str, name: str) -> str:
    """Return the message for a directive or role that is not allowed."""
    return f'The {what} "{name}" may not be used in fragments.'


def _forbidden_role(name: str, rawtext: str, text: str, lineno: int, inliner: Any, *_: object, **__: object) -> Any:
    inliner.reporter.error(forbidden_message("role", name), line=lineno)
    return [nodes.literal(rawtext, text)], []


def _unknown_role(_name: str, rawtext: str, text: str, *_: object, **__: object) -> Any:
    return [nodes.literal(rawtext, re.sub(r"\s*<[^<>]*>$", "", text))], []


@dataclass(frozen=True)
class _Finder:
    """Finds the directives and roles that a guard allows, and stand-ins for the others.

    :ivar find_directive: docutils' own, or that of a build.
    :ivar domains: those of the build, by their names.
    """

    guard: Guard
    with_sphinx: bool
    domains: Mapping[str, Domain]
    budget: Budget
    find_directive: Callable[..., Any]
    find_role: Callable[..., Any]

    def directive(self, name: str, *arguments: Any) -> Any:
        guard = self.guard
        if not guard.allows_directive(name):
            return ForbiddenDirective, []
        if name.lower() in _EXTENDED_BY_SPHINX and not self.with_sphinx:
            return limited(name, UnknownDirective), []
        if guard.foreign and name.lower() in FOREIGN_DIRECTIVES:
            return limited(name, FOREIGN_DIRECTIVES[name.lower()]), []
        found, messages = self.find_directive(name, *arguments)
        if found is None and not self.with_sphinx and guard.may_be_directive(name):
            found = UnknownDirective
        elif found is not None and not guard.allows_found_directive(name, found):
            return ForbiddenDirective, []
        return limited(name, found), messages

    def role(self, name: str, language: object, lineno: int, reporter: object) -> Any:
        guard = self.guard
        if not guard.allows_role(name) or not guard.knows_role(name):
            return (foreign_role if guard.foreign else _forbidden_role), []
        found, messages = self.find_role(name, language, lineno, reporter)
        if not self.with_sphinx and found in (None, roles.unimplemented_role) and guard.may_be_role(name):
            return limited_role(_unknown_role, self.budget, parses_code=may_parse_code(name)), []
        if found is None:
            return None, messages
        kind = FoundRole.of(found, self.domains)
        if kind.is_external:
            # Sphinx itself runs what it finds by the rest of the name
            inner, _ = self.role(name_in_project(name), language, lineno, reporter)
            kind = FoundRole.of(inner, self.domains)
            if inner is not None and not kind.is_harmless:
                return _forbidden_role, []
        elif not guard.allows_found_role(name, kind):
            return _forbidden_role, []
        return limited_role(found, self.budget, parses_code=kind.parses_code), messages


@contextmanager
def guarded_names(
    guard: Guard, *, with_sphinx: bool, domains: Mapping[str, Domain] | None = None, budget: Budget | None = None
) -> Iterator[None]:
    """Let docutils find only the directives and roles that a guard allows.

    Without Sphinx nobody knows which other directives and roles the project's build has; unknown ones become their
    text.

    :param domains: those of the build, by their names.
    :param budget: the limits of slow parsers for the file of the text.
    """
    find = directives.directive, roles.role
    finder = _Finder(guard, with_sphinx, domains or {}, budget or Budget(), *find)
    # docutils remembers the names of roles that it has found or that a text makes: they are nobody else's
    known: dict[str, object] = roles._roles  # type: ignore[attr-defined]
    before = known.copy()
    directives.directive, roles.role = finder.directive, finder.role  # type: ignore[assignment]
    try:
        yield
    finally:
        directives.directive, roles.role = find
        known.clear()
        known.update(before)


def refused_links(
    document: nodes.document,
    guard: Guard,
    refusal_of_file: Callable[[str], str] | None = None,
    written: Mapping[int, str] | None = None,
) -> Iterator[tuple[nodes.Element, str]]:
    """Turn the links and pictures that are not allowed into their text, and yield each with the reason.

    A standalone link such as ``tag:name`` becomes text without a problem: nobody meant a link.

    :param refusal_of_file: returns why a build may not copy the file that a path leads to, or an empty string.
    :param written: the paths of pictures as their authors have them, by the identities of the nodes.
    """
    for node in list(document.findall(nodes.reference)):
        if reason := _refusal_of_link(node.get("refuri", "")):
            if node.astext() not in (node["refuri"], node["refuri"].removeprefix("mailto:")):
                yield node, f"links may not lead to {reason}"
            node.parent.replace(node, node.children or nodes.Text(node.astext()))
    for picture in list(document.findall(nodes.image)):
        uri = picture["uri"]
        reason = _refusal_of_picture(uri, guard)
        if not reason and refusal_of_file is not None and not _scheme_of(uri):
            reason = refusal_of_file(uri)
        if reason:
            yield picture, f"the picture '{(written or {}).get(id(picture), uri)}' {reason}"
            text: nodes.Node = nodes.Text(picture.get("alt", uri))
            in_text = isinstance(picture.parent, nodes.TextElement)
            picture.parent.replace(picture, text if in_text else nodes.paragraph("", "", text))


def _refusal_of_link(uri: str) -> str:
    scheme = _scheme_of(uri)
    if scheme and scheme not in URL_SCHEMES:
        return f"'{scheme}:', only to {', '.join(URL_SCHEMES)}"
    return f"'{uri}': its host cannot be read" if _has_bad_host(uri) else ""


def _refusal_of_picture(uri: str, guard: Guard) -> str:
    scheme = _scheme_of(uri)
    if _has_bad_host(uri):
        return "has a host that cannot be read"
    # what Sphinx takes as a path, or not, is told by these three characters
    if (scheme not in ("", "http", "https")) or _leads_out(uri) or bool(scheme) != ("://" in uri):
        return "is neither on the web nor in the documentation's folder"
    if scheme and not guard.remote_images:
        return "is on the web: pictures may only come from the documentation's folder"
    # Sphinx takes a folder for a picture, and some builders end at it
    if not uri.strip("./\\"):
        return "is a folder"
    return "" if scheme else refusal_of_name(uri)


def _scheme_of(uri: str) -> str:
    match = _SCHEME.match(_IGNORED_IN_URLS.sub("", uri))
    return match[1].lower() if match else ""


def _has_bad_host(uri: str) -> bool:
    """Return True if programs cannot parse a URL, such as ``http://[x``."""
    return split_url(uri) is None


def _leads_out(path: str) -> bool:
    """Return True if a path may leave the documentation's folder; Sphinx takes one with two slashes as absolute."""
    path = path.replace("\\", "/")
    return path.startswith("//") or ".." in path.split("/")
