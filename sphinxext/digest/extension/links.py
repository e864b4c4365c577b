"""Relative addresses of notes in a build: links that lead to the same place from every page, in every output.

Where a build's pages are published, and which of them belong to a collection.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.util.nodes import make_refnode
from sphinx.util.osutil import relative_uri

from sphinxext.digest.doctree.relative import DEAD, Address, Home, docs_path, to_words
from sphinxext.digest.extension.builders import file_uri, has_other_files, is_site
from sphinxext.digest.extension.dependencies import CollectionDependency
from sphinxext.digest.extension.domain import PAGE, DigestDomain, build_state_of
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.model import Messages
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.checks import OptionError, folder_url_or_empty
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text import URL_CHARACTERS, join_url

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.collection.load import Collection
    from sphinxext.digest.model import Entry


class PageSummary(NamedTuple):
    """The summary of a page for its head and for feeds.

    ``folder`` are the fragments of its collection, ``title`` and ``description`` are plain text. For the page of a
    digest ``name`` is the digest's, ``published`` is its last day, ``updated`` the time of a later note; ``facts`` are
    its days and its numbers of notes in words, ``titles`` its first ones.
    """

    folder: str
    title: str
    description: str
    name: str = ""
    published: str = ""
    updated: str = ""
    facts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class SiteContext(NamedTuple):
    """A build: what it knows of its pages, and who makes files of them."""

    env: BuildEnvironment
    builder: Builder

    @property
    def config(self) -> Config:
        """The options of Sphinx."""
        return self.env.config

    @property
    def messages(self) -> Messages:
        """Our own words in the language of the build."""
        return build_state_of(self.env).messages


def base_url(site: SiteContext, settings: Settings) -> str:
    """Return the URL of the documentation, from the option ``base_url`` or Sphinx's own; empty if neither is set."""
    try:
        return settings.base_url or folder_url_or_empty(site.config.html_baseurl or "")
    except OptionError:
        return ""


def page_url(site: SiteContext, settings: Settings, docname: str) -> str:
    """The address of a page, or nothing if that is not known."""
    base = base_url(site, settings)
    return f"{base}{site.builder.get_target_uri(docname)}" if base else ""


def page_summaries(env: BuildEnvironment, settings: Settings) -> dict[str, PageSummary]:
    """The pages of a collection that are described, by their names."""
    found: dict[str, PageSummary] = DigestDomain.of(env).data["described"]
    return {docname: found[docname] for docname in sorted(found) if found[docname].folder == settings.fragments}


def page_summary(env: BuildEnvironment, settings: Settings, docname: str) -> PageSummary | None:
    """Return the summary of a collection's page, if it has one."""
    found: PageSummary | None = DigestDomain.of(env).data["described"].get(docname)
    return found if found is not None and found.folder == settings.fragments else None


def digest_pages(env: BuildEnvironment, settings: Settings) -> dict[str, PageSummary]:
    """The pages of the digests of a collection, the newest first."""
    pages = [pair for pair in page_summaries(env, settings).items() if pair[1].name]
    return dict(sorted(pages, key=lambda pair: pair[1].name, reverse=True))


def shown_collections(env: BuildEnvironment, docname: str | None = None) -> list[Settings]:
    """The collections of the project that a page shows something of, or that any page does."""
    dependencies = DigestDomain.of(env).dependencies(CollectionDependency, docname)
    folders = {dependency.folder for _page, dependency in dependencies}
    return [settings for settings in build_state_of(env).project.collections if settings.fragments in folders]


#: The attributes of the placeholder of a link for a relative address of a note: that, and the folder of fragments.
ADDRESS, _FOLDER = "written_address", "written_folder"
#: The folders of an output that Sphinx and its extensions fill while they write it.
_OF_OUTPUTS = ("_images/", "_downloads/", "_sources/", "_modules/")
#: What the files that a build publishes beside the pages of a collection end in.
_BESIDE_PAGES = (".xml", ".json", ".ics", ".txt")


@dataclass(frozen=True)
class HomesDependency(CollectionDependency):
    """A question for the pages that digests of a collection have outside of its folder of pages.

    A page with relative addresses of notes asks it: they lead elsewhere once a digest has moved.
    """

    folder: str
    reason = "a digest that it links from has another page"

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with these pages."""
        settings = collection.settings
        explicit = build_state_of(env).explicit_pages(settings)
        moved = [pair for pair in sorted(explicit.items()) if posixpath.dirname(pair[1]) != settings.pages]
        return f"{settings.pages} {[(str(period), docname) for period, docname in moved]}".encode()


class PageHome(Home):
    """The page of a digest, for a text that a page of the build shows."""

    def __init__(self, page: str, env: BuildEnvironment, settings: Settings) -> None:
        super().__init__(page)
        self.env, self.settings = env, settings
        #: Whether a text had an address that counts from the page.
        self.is_used = False

    def place(self, link: nodes.reference, address: Address) -> str:
        """Leave the link to whatever writes the page: only that knows the way to another one."""
        self.is_used = True
        documents = address.documents(suffixes_of(self.env))
        docname = next((name for name in documents if name in self.env.found_docs), documents[0])
        content = link.children[0] if len(link.children) == 1 else None
        if not isinstance(content, nodes.Element):
            content = nodes.inline("", "", *link.children)
        pending = addnodes.pending_xref(
            "", content, refdomain=DigestDomain.name, reftype=PAGE, reftarget=docname,
            refdoc=self.env.docname, refexplicit=True, optional=True,
            **{ADDRESS: address, _FOLDER: self.settings.fragments},
        )  # fmt: skip
        pending.source, pending.line = _place_of(link)
        link.parent.replace(link, pending)
        return ""

    def place_pictures(self, document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
        """Let the paths of pictures, files and documents begin at the documentation's folder."""
        self.is_used = self.is_used or document.next_node(nodes.image) is not None
        yield from super().place_pictures(document)
        for download in document.findall(addnodes.download_reference):
            self._place_target(download)
        for node in document.findall(addnodes.pending_xref):
            target = node["reftarget"]
            if node["reftype"] == "doc" or (node["reftype"] == "any" and "/" in target):
                self._place_target(node)

    def _place_target(self, node: nodes.Element) -> None:
        """Let a target begin at the documentation's folder; names of documents may also be those of other projects."""
        target = node["reftarget"]
        path = None if target.startswith("/") or "://" in target else docs_path(target, self.page)
        is_file = isinstance(node, addnodes.download_reference)
        if path is not None and (is_file or path in self.env.found_docs):
            self.is_used = True
            node["reftarget"] = f"/{path}"


class SiteHome(Home):
    """The page of a digest, for texts that a build publishes beside the pages: addresses are whole.

    :ivar base: where the documentation is published.
    """

    def __init__(self, page: str, site: SiteContext, settings: Settings) -> None:
        super().__init__(page)
        self.site, self.settings, self.base = site, settings, base_url(site, settings)

    def url_of(self, address: Address) -> str:
        """Return the absolute URL."""
        documents = address.documents(suffixes_of(self.site.env))
        docname = next((name for name in documents if _is_page(self.site, name)), None)
        if docname is not None:
            # the builder "dirhtml" escapes nothing
            return f"{self.base}{quote(self.site.builder.get_target_uri(docname), safe=URL_CHARACTERS)}{address.rest}"
        if address.may_be_of_server and not _is_published(self.site, self.settings, address):
            return join_url(self.base, address.written) or self.base
        return address.published(self.base)

    def place(self, link: nodes.reference, address: Address) -> str:
        """Make the address a whole one, or words of the link."""
        if self.base:
            link["refuri"] = self.url_of(address)
        else:
            to_words(link)
        return ""


def home_of(site: SiteContext, settings: Settings, collection: Collection, entry: Entry) -> SiteHome:
    """Return the page that relative addresses in a note count from, for what a build publishes beside the pages."""
    period = collection.calendar.period_of(entry.moment.day)
    return SiteHome(build_state_of(site.env).page_of(settings, period), site, settings)


def picture_url(site: SiteContext, base: str, uri: str) -> str:
    """Return the absolute URL of a picture of the documentation, or nothing if no page has it.

    :param uri: its path below the documentation's folder.
    """
    found = site.env.images.get(uri.lstrip("/")) if base else None
    return f"{base}_images/{quote(found[1])}" if found else ""


def suffixes_of(env: BuildEnvironment) -> tuple[str, ...]:
    """Return what the addresses and the files of pages end in."""
    config = env.config
    suffixes = (config.html_link_suffix, config.html_file_suffix, ".html", *config.source_suffix)
    return tuple(dict.fromkeys(suffix for suffix in suffixes if suffix))


def link_as_written(site: SiteContext, fromdocname: str, node: nodes.Element) -> nodes.Element:
    """Return the link for a relative address of a note, or its content where it would lead nowhere.

    :param fromdocname: the page that the link is on.
    :param node: the placeholder, with the address in it.
    """
    address: Address = node[ADDRESS]
    content = cast(nodes.Element, node[0])
    settings = build_state_of(site.env).settings_for(node[_FOLDER])
    base, docname = base_url(site, settings), node["reftarget"]
    if _is_page(site, docname):
        link = _link_to_page(site, fromdocname, docname, address.rest, content)
        url = _url_elsewhere(site, base, docname, address)
    elif _is_published(site, settings, address):
        link, url = _link_to_file(site, fromdocname, address, content), address.published(base)
    elif address.may_be_of_server:
        # a mail and a book are on no server
        link = nodes.reference("", "", content, refuri=address.written) if is_site(site.builder) else None
        url = join_url(base, address.written) or base
    else:
        _warn(site.env, fromdocname, node)
        link, url = _link_to_file(site, fromdocname, address, content) if is_site(site.builder) else None, ""
    return link or (_reference(url, content) if base and url else content)


def _is_page(site: SiteContext, docname: str) -> bool:
    """Return True for documents, and for the pages without a document that Sphinx makes."""
    if docname in site.env.found_docs:
        return True
    names = {"genindex", "search", *site.config.html_additional_pages}
    indices = (f"{domain.name}-{index.name}" for domain in site.env.domains.values() for index in domain.indices)
    return docname in names or docname in indices


def _link_to_page(
    site: SiteContext, fromdocname: str, docname: str, rest: str, content: nodes.Element
) -> nodes.reference | None:
    """Return the link to a page, or None if the output does not have it."""
    builder, fragment = site.builder, rest.partition("#")[2]
    if not is_site(builder) and docname not in site.env.found_docs:
        return None
    if builder.name == "singlehtml":
        if docname not in _documents_below_root(site):
            return None
        # the root document is the page itself
        beginning = "" if docname == site.config.root_doc else f"document-{docname}"
        return _reference(f"#{fragment or beginning}", content)
    try:
        uri = builder.get_relative_uri(fromdocname, docname)
    except NoUri:
        return None
    if builder.format in ("html", "mail"):
        return _reference(f"{uri}{rest}" or posixpath.basename(builder.get_target_uri(docname)) or "./", content)
    return make_refnode(builder, fromdocname, docname, fragment, content)


def _link_to_file(
    site: SiteContext, fromdocname: str, address: Address, content: nodes.Element
) -> nodes.reference | None:
    """Return the link to a file of the output, or None if the output has no other files than pages."""
    if address.path is None or not has_other_files(site.builder):
        return None
    start = site.builder.get_target_uri(fromdocname)
    return _reference(f"{relative_uri(start, file_uri(address.path))}{address.rest}", content)


def _url_elsewhere(site: SiteContext, base: str, docname: str, address: Address) -> str:
    """Return the absolute URL of a page that the output itself does not have."""
    suffix = site.config.html_link_suffix or site.config.html_file_suffix or ".html"
    return f"{base}{quote(docname)}{suffix}{address.rest}"


def _reference(uri: str, content: nodes.Element) -> nodes.reference:
    # a mail without an address of its page keeps the words of what is internal
    return nodes.reference("", "", content, internal=True, refuri=uri)


def _documents_below_root(site: SiteContext) -> Set[str]:
    """Return the root document and all that are below it in toctrees, which are asked for once in a build."""
    build = build_state_of(site.env)
    if not build.below_root:
        found, left = {str(site.config.root_doc)}, [str(site.config.root_doc)]
        while left:
            children = set(site.env.toctree_includes.get(left.pop(), ())) - found
            found |= children
            left += children
        build.below_root = found
    return build.below_root


def _is_published(site: SiteContext, settings: Settings, address: Address) -> bool:
    """Return True if an address is that of a file which a site has beside its pages, as far as its settings tell."""
    path = address.path
    if path is None:
        return False
    if path.startswith(_OF_OUTPUTS) or path == "objects.inv":
        return True
    if posixpath.dirname(path) == settings.pages and path.endswith(_BESIDE_PAGES):
        return not path.endswith(".txt") or path.removesuffix(".txt") in site.env.found_docs
    config, folder = site.config, Path(site.builder.confdir)
    static = path.removeprefix("_static/")
    places = [(path, config.html_extra_path), *([(static, config.html_static_path)] if static != path else [])]
    return any(_has(folder / str(entry), name) for name, entries in places for entry in entries)


def _has(entry: Path, name: str) -> bool:
    """Return True if a file is one of the files of a folder, or the file itself."""
    try:
        return (entry / name).exists() or (entry.name == name and entry.is_file())
    except (OSError, ValueError):
        return False


def _warn(env: BuildEnvironment, fromdocname: str, node: nodes.Element) -> None:
    """Say that a link leads nowhere, on the page of its digest or, if there is none, on the page that it is on."""
    address: Address = node[ADDRESS]
    if build_state_of(env).is_silent or (address.page in env.found_docs and fromdocname != address.page):
        return
    place = f"{node.source}:{node.line}" if node.source else fromdocname
    warn_at(place, Code.DEAD_LINK, f"{DEAD} '{address.written}': the documentation has no such page and no such file")


def _place_of(node: nodes.Node) -> tuple[str | None, int | None]:
    current: nodes.Node | None = node
    while current is not None and not current.line:
        current = current.parent
    return (current.source, current.line) if current is not None else (cast(Any, node).source, None)
