"""Directives and roles that a build of the documentation would know, found without running its ``conf.py``.

The syntax tree of ``conf.py`` tells the extensions. What Sphinx and well-known extensions bring is listed here. With
any other extension, a name that is not listed may be one of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from docutils.parsers.rst.languages import en

from sphinxext.digest.init.conf import EXTENSION, Conf, parse_conf, python_encoding, read_text_file
from sphinxext.digest.init.documentation import FOLDERS, join
from sphinxext.digest.problems import DigestError, nearest

#: Directives of Sphinx that docutils does not have.
DIRECTIVES = """
    acks centered code-block codeauthor cssclass default-domain deprecated describe highlight hlist index
    literalinclude moduleauthor object only productionlist rst-class sectionauthor seealso sourcecode tabularcolumns
    toctree version-added version-changed version-deprecated version-removed versionadded versionchanged
    versionremoved
"""
#: Roles of Sphinx that docutils does not have.
ROLES = """
    abbr any command cve cwe dfn download envvar eq external file guilabel index kbd mailheader makevar manpage
    menuselection mimetype newsgroup pep program regexp rfc samp
"""
#: The directives and roles of Sphinx's domains.
DOMAINS: dict[str, tuple[str, str]] = {
    "c": (
        "alias enum enumerator function macro member namespace namespace-pop namespace-push struct type union var",
        "data enum enumerator expr func macro member struct texpr type union var",
    ),
    "cpp": (
        "alias class concept enum enum-class enum-struct enumerator function member namespace namespace-pop "
        "namespace-push struct type union var",
        "any class concept enum enumerator expr func member struct texpr type union var",
    ),
    "js": ("attribute class data function method module", "attr class data func meth mod"),
    "math": ("", "numref"),
    "py": (
        "attribute class classmethod currentmodule data decorator decoratormethod exception function method module "
        "property staticmethod type",
        "attr class const data deco exc func meth mod obj type",
    ),
    "rst": ("directive directive:option role", "dir role"),
    "std": (
        "cmdoption confval envvar glossary option productionlist program",
        "confval doc envvar keyword numref option ref term token",
    ),
}
#: The domains whose names need no prefix.
_OPEN_DOMAINS = ("py", "std")
#: The directives and roles of extensions.
EXTENSIONS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            *("furo", "myst_parser", "notfound.extension", "openstackdocstheme", "sphinx_copybutton"),
            *("oslo_config.sphinxconfiggen", "oslo_policy.sphinxpolicygen", "oslosphinx", "os_api_ref"),
            *("pydata_sphinx_theme", "sphinx_last_updated_by_git", "sphinx_reredirects"),
            *("sphinx_rtd_theme", "sphinx_sitemap", "sphinxcontrib.apidoc", "sphinxcontrib.rsvgconverter"),
            *("sphinxcontrib.svg2pdfconverter", "sphinxext.opengraph", "sphinxext.rediraffe"),
            *(
                f"sphinx.ext.{name}"
                for name in (
                    *("apidoc", "autosectionlabel", "coverage", "duration", "extlinks", "githubpages", "imgconverter"),
                    *("imgmath", "intersphinx", "jsmath", "linkcode", "mathjax", "napoleon", "viewcode"),
                )
            ),
        ),
        ("", ""),
    ),
    EXTENSION: ("countdown digest digest-collection release-notes successbot thread-summary", ""),
    "oslo_config.sphinxext": ("show-options", ""),
    "oslo_policy.sphinxext": ("show-policy", ""),
    "reno.sphinxext": ("release-notes", ""),
    "sphinx.ext.autodoc": (
        "autoattribute autoclass autodata autodecorator autoexception autofunction automethod automodule autoproperty",
        "",
    ),
    "sphinx.ext.autosummary": ("autosummary", "autolink"),
    "sphinx.ext.doctest": ("doctest testcleanup testcode testoutput testsetup", ""),
    "sphinx.ext.graphviz": ("digraph graph graphviz", ""),
    "sphinx.ext.ifconfig": ("ifconfig", ""),
    "sphinx.ext.inheritance_diagram": ("inheritance-diagram", ""),
    "sphinx.ext.todo": ("todo todolist", ""),
    "sphinx_feature_classification.support_matrix": ("support_matrix", ""),
    "sphinx_inline_tabs": ("tab", ""),
    "sphinx_tabs.tabs": ("tabs tab group-tab code-tab", ""),
    "sphinxcontrib.actdiag": ("actdiag", ""),
    "sphinxcontrib.blockdiag": ("blockdiag", ""),
    "sphinxcontrib.katex": ("", ""),
    "sphinxcontrib.mermaid": ("autoclasstree mermaid", ""),
    "sphinxcontrib.nwdiag": ("nwdiag", ""),
    "sphinxcontrib.programoutput": ("command-output program-output", ""),
    "sphinxcontrib.seqdiag": ("seqdiag", ""),
    "sphinxcontrib.spelling": ("spelling spelling:word", "spelling:ignore"),
    "stevedore.sphinxext": ("list-plugins", ""),
}
#: The domains of extensions, whose names are not listed.
_DOMAINS_OF_EXTENSIONS = {"oslo_config.sphinxext": "oslo.config"}
#: Substitutions of every build.
_SUBSTITUTIONS = frozenset({"release", "version", "today", "translation progress"})

#: Folders whose ``conf.py`` may be that of the release notes; in OpenStack they have a documentation of their own.
_FOLDERS = ("releasenotes/source", *FOLDERS, ".")
#: The extensions that put release notes on pages.
_SHOWING = ("reno.sphinxext", EXTENSION)
#: Functions that give a name to a directive or a role, by their first argument.
_NAMING = re.compile(r"add_(?:directive|role|generic_role|object_type|crossref_type)|register_\w*(?:role|directive)")
#: Names that a text for all pages defines: roles, substitutions and targets.
_DEFINED = re.compile(
    r"^[ \t]*\.\. (?:role:: ?([\w.+:-]+)|\|([^|\n]{1,100})\| |_([^:\n`]{1,200}|`[^`\n]{1,200}`):)", re.M
)


@dataclass(frozen=True)
class KnownNames:
    """The names that texts may use without defining them.

    :ivar domains: those with any names.
    :ivar is_complete: False if an extension may bring more directives and roles.
    :ivar defined: lower-case names of substitutions and targets that texts for all pages define; None if any may be.
    """

    directives: frozenset[str]
    roles: frozenset[str]
    domains: frozenset[str] = frozenset()
    is_complete: bool = True
    defined: frozenset[str] | None = _SUBSTITUTIONS
    default_role: bool = False

    def has_directive(self, name: str) -> bool:
        """Return True if a build may have the directive."""
        return self._has(name, self.directives)

    def has_role(self, name: str) -> bool:
        """Return True if a build may have the role."""
        first, _, rest = name.partition(":")
        is_external = first == "external" or first.startswith("external+")
        return self._has(rest if is_external and rest else name, self.roles)

    def _has(self, name: str, names: frozenset[str]) -> bool:
        name = name.lower()
        return not self.is_complete or name in names or name.rpartition(":")[0] in self.domains

    def defines(self, name: str) -> bool:
        """Return True if texts for all pages define a substitution or a target."""
        return self.defined is None or name.lower() in self.defined

    def near(self, name: str, *, directive: bool) -> str:
        """Return the nearest name of a directive or role, or an empty string."""
        known = {*self.directives, *en.directives} if directive else {*self.roles, *en.roles}
        return nearest(name, sorted(known), 0.75) or ""


def known_names(root: Path) -> KnownNames:
    """Return the names that the documentation of a project knows; those of every extension if there is none."""
    conf = next(_confs(root), None)
    if conf is None:
        return _names(EXTENSIONS, is_complete=True, own=(), defined=_SUBSTITUTIONS)
    return names_of(conf)


def _confs(root: Path) -> Iterator[Conf]:
    """Yield each ``conf.py`` of a project that mentions an extension for release notes."""
    for folder in _FOLDERS:
        path = join(folder, "conf.py")
        if not (root / path).is_file():
            continue
        with suppress(DigestError):
            conf = parse_conf(read_text_file(root, path, python_encoding))
            if any(isinstance(node, ast.Constant) and node.value in _SHOWING for node in ast.walk(conf.tree)):
                yield conf


def names_of(conf: Conf) -> KnownNames:
    """Return the names that a ``conf.py`` makes known."""
    extensions, is_complete = _extensions_of(conf.tree)
    own = {*_names_in_calls(conf.tree), *_keys_of(conf.tree, "extlinks")}
    if None in own:
        is_complete = False
    defined = set(_SUBSTITUTIONS)
    for node in ast.walk(conf.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ".. " in node.value:
            for role, substitution, target in _DEFINED.findall(node.value):
                own.add(role.lower())
                defined.update((substitution.lower(), target.strip("`").lower()))
    return _names(
        extensions,
        is_complete=is_complete,
        own=[name for name in own if name],
        defined=frozenset(defined) if _has_plain_texts(conf.tree) else None,
        domain=str(conf.literal("primary_domain") or ""),
        default_role=conf.mentions("default_role"),
    )


def _names(
    extensions: Iterable[str],
    *,
    is_complete: bool,
    own: Iterable[str],
    defined: frozenset[str] | None,
    domain: str = "",
    default_role: bool = False,
) -> KnownNames:
    directives, roles = set(DIRECTIVES.split()), set(ROLES.split())
    directives.update(own)
    roles.update(own)
    for name, parts in DOMAINS.items():
        for found, part in zip((directives, roles), parts, strict=True):
            found.update(f"{name}:{one}" for one in part.split())
            if name in (*_OPEN_DOMAINS, domain):
                found.update(part.split())
    domains = set()
    for extension in extensions:
        if extension not in EXTENSIONS:
            is_complete = False
            continue
        for found, part in zip((directives, roles), EXTENSIONS[extension], strict=True):
            found.update(part.split())
        if extension in _DOMAINS_OF_EXTENSIONS:
            domains.add(_DOMAINS_OF_EXTENSIONS[extension])
    return KnownNames(frozenset(directives), frozenset(roles), frozenset(domains), is_complete, defined, default_role)


def _extensions_of(tree: ast.Module) -> tuple[set[str], bool]:
    """Return the names of the extensions, and True unless there may be more."""
    found: set[str] = set()
    is_complete = True
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            is_complete = False
        for value in _values_of_extensions(node):
            names = _strings(value)
            is_complete = is_complete and names is not None
            found.update(names or ())
    return found, is_complete


def _values_of_extensions(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a statement or a call adds to the list of extensions."""
    if any(map(_is_extensions, _targets(node))):
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr):
            yield value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_added = node.func.attr in ("append", "extend", "insert") and _is_extensions(node.func.value)
        if (is_added or node.func.attr == "setup_extension") and node.args:
            yield node.args[-1]


def _targets(node: ast.AST) -> list[ast.expr]:
    """Return what a statement gives a value to."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []


def _is_extensions(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "extensions"


def _strings(node: ast.expr) -> list[str] | None:
    """Return the texts of an expression, or None if there may be others."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Starred):
        node = node.value
    if isinstance(node, ast.Name) and node.id == "extensions":
        return []
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [_strings(part) for part in node.elts]
    elif isinstance(node, ast.BinOp):
        parts = [_strings(node.left), _strings(node.right)]
    else:
        return None
    return None if None in parts else [text for part in parts for text in part or ()]


def _names_in_calls(tree: ast.Module) -> Iterator[str | None]:
    """Yield the names that calls register; None for one that is not a plain text, and for whole domains."""
    for node in ast.walk(tree):
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if name == "add_domain" or name.endswith("_to_domain"):
            yield None
        elif isinstance(node, ast.Call) and _NAMING.fullmatch(name):
            for argument in node.args[:2] or [ast.Name("unknown")]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value.lower()
                elif argument is node.args[0]:
                    yield None


def _keys_of(tree: ast.Module, name: str) -> Iterator[str | None]:
    """Yield the keys of the mappings that a name gets; None for others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            keys = node.value.keys if isinstance(node.value, ast.Dict) else [None]
            for key in keys:
                is_text = isinstance(key, ast.Constant) and isinstance(key.value, str)
                yield str(key.value).lower() if is_text and isinstance(key, ast.Constant) else None


def _has_plain_texts(tree: ast.Module) -> bool:
    """Return True if the texts for all pages, where they are set, are written as they are."""
    for node in ast.walk(tree):
        names = {target.id for target in _targets(node) if isinstance(target, ast.Name)}
        value = getattr(node, "value", None)
        if names & {"rst_prolog", "rst_epilog"} and not isinstance(value, (ast.Constant, ast.JoinedStr)):
            return False
    return True
