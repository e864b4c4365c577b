"""The generated pages: one to each digest, month and year, the list of all, those of archives and of versions.

Sphinx reads a page from a file, so each of them has a stub: a few lines of reStructuredText next to the doctrees. It
is written only when it changes. The source folder stays as it is.

A page of the user's with a ``digest`` directive may have the list of digests in its toctree, and the list would have
that page in its own. Sphinx follows such a circle until Python ends it with a RecursionError, so the list has no entry
for a digest that is above it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx import addnodes
from sphinx.project import Project as SphinxProject
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.collection.compose import digest_title
from sphinxext.digest.extension.build_state import BuildState, MadeTitle
from sphinxext.digest.extension.cache import write_if_changed
from sphinxext.digest.extension.domain import LISTING_TOCTREE, DigestDomain, build_state_of
from sphinxext.digest.extension.release_pages import version_page_texts
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.model import ENGLISH
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.options import Settings, is_default, words_of

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


#: No toctree has them: hundreds of people would be in every sidebar and every book. The search leads to the digests,
#: which have the same notes, and of archives to the lists of their pages.
_HEAD = ":orphan:\n:nosearch:\n\n"
_HEAD_OF_INDEX = ":orphan:\n\n"


def archive_texts(build: BuildState, settings: Settings, option: str) -> dict[str, str]:
    """The names and texts of the pages of a collection's archives.

    :param option: the lines that tell a directive which collection is meant.
    """
    texts = {}
    for name in build.archives(settings):
        kind, _, page = name.partition("/")
        head = _HEAD_OF_INDEX if page == "index" else _HEAD
        texts[f"{settings.pages}/{name}"] = f"{head}.. digest-archive:: {kind} {page}\n{option}"
    return texts


#: The suffix of the made pages' sources. Their name is what "show source" links show.
STUB_SUFFIX = ".digest"
_STUBS = "digest-pages"
_MARKUP = re.compile(r"[\\*`|_]")


class PlaceName(str):
    """Stands for the name of a document in messages of Sphinx about a file that is none.

    :ivar root: the folder that the name, which is a path, counts from.
    """

    root: Path

    def __new__(cls, path: str, root: Path) -> PlaceName:
        """Make a name of a path."""
        name = super().__new__(cls, path)
        name.root = root
        return name


class CollectionProject(SphinxProject):
    """The documents of the source folder, and those that are made, whose sources are in the folder ``stubs``."""

    def __init__(self, original: SphinxProject, stubs: Path, make: Callable[[dict[str, Path]], Iterable[str]]) -> None:
        super().__init__(original.srcdir, original.source_suffix)
        self.restore(original)
        self._stubs = stubs
        self._files: dict[str, Any] = {}
        self._make: Callable[[dict[str, Path]], Iterable[str]] | None = make

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_make": None, "_files": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what the last build knew, without the generated pages.

        While the builder is initialized, other extensions take all documents for files of the source folder.
        """
        self.__dict__.update(state)
        self._docname_to_path = {
            docname: path
            for docname, path in self._docname_to_path.items()
            if not os.fspath(path).endswith(STUB_SUFFIX)
        }
        self._path_to_docname = {path: docname for docname, path in self._docname_to_path.items()}
        self.docnames = set(self._docname_to_path)

    def discover(self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)) -> set[str]:
        """Find the documents of the source folder, and make the others."""
        # the doctrees may be inside the source folder, and so the sources of made pages
        super().discover((*exclude_paths, f"**{STUB_SUFFIX}"), include_paths)
        sources = {docname: Path(self.srcdir, path) for docname, path in self._docname_to_path.items()}
        made = tuple(self._make(sources)) if self._make is not None else ()
        # what was a made page in the last build may be a page of the source folder now
        self._files = {docname: self._files[docname] for docname in made if docname in self._files}
        self.add_generated(made)
        return self.docnames

    def add_generated(self, docnames: Iterable[str]) -> None:
        """Add generated pages to the documents."""
        path_type = type(super().doc2path("", False))
        for docname in docnames:
            path = path_type(docname + STUB_SUFFIX)
            self.docnames.add(docname)
            self._path_to_docname[path] = docname
            self._docname_to_path[docname] = path

    def doc2path(self, docname: str, absolute: bool) -> Any:
        """The file of a document; for one that was made its relative path is where its source would be."""
        if isinstance(docname, PlaceName):
            return docname.root / docname if absolute else str(docname)
        if absolute and docname in self._files:
            return self._files[docname]
        path = super().doc2path(docname, absolute)
        if absolute and os.fspath(path).endswith(STUB_SUFFIX):
            # Sphinx 7 takes paths to be strings, later ones have a class of their own
            path = self._files[docname] = type(path)(self._stubs / (docname + STUB_SUFFIX))
        return path


def add_pages(app: Sphinx) -> None:
    """Let Sphinx find the made pages among its documents."""
    build = build_state_of(app.env)
    folder = Path(app.doctreedir) / _STUBS
    written: dict[str, str] = DigestDomain.of(app.env).data["stubs"]

    def make(sources: dict[str, Path]) -> Iterable[str]:
        build.scan(sources)
        texts = version_page_texts(app.env, build, sources)
        for settings in build.project.collections:
            if settings.automatic:
                found = page_texts(build, settings, sources)
                for name in sorted(found.keys() & texts.keys()):
                    message = f"a collection before that of {settings.pages} has a page of this name, which stays"
                    warn_at(name, Code.PAGE_CONFLICT, message)
                texts = found | texts
        for docname, text in texts.items():
            file = os.path.join(folder, docname + STUB_SUFFIX)  # noqa: PTH118 - as many as there are digests
            if written.get(docname) != text or not os.path.exists(file):  # noqa: PTH110
                # its time says when it changed
                write_if_changed(Path(file), text.encode())
        # the time of their file, which is another one now, may be older than the page that was read
        build.replaced = (texts.keys() - written.keys()) | (written.keys() & sources.keys())
        written.clear()
        written.update(texts)
        return texts

    # seen from the source folder, as other extensions take every document to be inside it
    project = CollectionProject(app.project, Path(app.srcdir, os.path.relpath(folder, app.srcdir)), make)
    app.project = app.env.project = project


def recall_pages(app: Sphinx) -> None:
    """Bring back the generated pages of the last build: the builder checks whether their outputs are up to date."""
    project = app.project
    assert isinstance(project, CollectionProject)
    project.add_generated(DigestDomain.of(app.env).data["stubs"].keys() - project.docnames)


def page_texts(build: BuildState, settings: Settings, sources: dict[str, Path]) -> dict[str, str]:
    """The names and texts of the pages that a collection needs and that are not among the sources."""
    explicit = build.explicit_pages(settings)
    numbers = build.numbers(settings)
    periods = tuple(numbers.of_digests)
    option = "" if settings is build.project.main else f"   :fragments: {settings.fragments}\n"
    messages, texts = build.messages, {}
    for period in periods:
        name = f"{settings.pages}/{period.name}"
        if period in explicit:
            continue
        if name in sources:
            message = f"this page replaces the digest of {period}, but has no digest directive for it"
            warn_at(name, Code.PAGE_CONFLICT, message)
            continue
        if name in texts:
            message = f"two digests end on {period.end}: the one of {period} has no page"
            warn_at(None, Code.PAGE_CONFLICT, message)
            continue
        number = numbers.of(period)
        texts[name] = _page(digest_title(period, number, settings, messages), f".. digest:: {period}\n{option}")
        build.made[name] = MadeTitle(digest_title(period, number, settings), is_default(settings, "title"))
    listing = ".. digest-collection::\n" + option
    for end in {period.end for period in periods}:
        year, month = f"{settings.pages}/{end:%Y}", f"{settings.pages}/{end:%Y-%m}"
        review = f".. digest-review:: {end:%Y}\n{option}\n" if settings.archives else ""
        texts[year] = _page(messages.year(end), f"{review}{listing}   :span: {end:%Y}\n")
        texts[month] = _page(messages.month_of_year(end), f"{listing}   :span: {end:%Y-%m}\n")
        build.made[year] = MadeTitle(ENGLISH.year(end), True)
        build.made[month] = MadeTitle(ENGLISH.month_of_year(end), True)
    if not build.lists_digests(settings) and (periods or _has_digests(build, settings, sources)):
        # no warning for a project that has not put it into a toctree yet
        title = words_of(settings, "collection_title", messages)
        texts[f"{settings.pages}/index"] = ":orphan:\n\n" + _page(title, listing)
        build.made[f"{settings.pages}/index"] = MadeTitle(
            settings.collection_title, is_default(settings, "collection_title")
        )
    texts |= archive_texts(build, settings, option)
    return {name: text for name, text in texts.items() if name not in sources}


def _has_digests(build: BuildState, settings: Settings, sources: dict[str, Path]) -> bool:
    """Return True if there will be digests: a project with release notes alone needs no empty list.

    git keeps no empty folder, so that before the first fragment only a toctree tells.
    """
    name = f"{settings.pages}/".encode()
    return (build.project.root / settings.fragments).is_dir() or any(
        name in _content(source) for source in sources.values()
    )


def _content(source: Path) -> bytes:
    """Return the content of a source file, or nothing if it cannot be read, as when it was deleted meanwhile."""
    try:
        return source.read_bytes()
    except OSError:
        return b""


def _page(title: str, body: str) -> str:
    title = _MARKUP.sub(r"\\\g<0>", title)
    # as wide as a title of wide characters, which take two columns each
    return f"{title}\n{'=' * 2 * len(title)}\n\n{body}"


class OpenToctrees(SphinxPostTransform):
    """Takes the entries out of the toctrees of a page that :func:`open_circles` has found."""

    default_priority = 5

    def run(self, **_arguments: object) -> None:
        """Look at the toctrees of lists of digests."""
        if found := DigestDomain.of(self.env).data["circles"].get(self.env.docname):
            _take_out(self.document, found)


def open_circles(_app: Sphinx, env: BuildEnvironment) -> None:
    """Take those pages out of the toctrees of lists of digests that lead to the list themselves."""
    circles: dict[str, list[str]] = DigestDomain.of(env).data["circles"]
    build = build_state_of(env)
    digests = {page for settings in build.project.collections for page in build.explicit_pages(settings).values()}
    for docname in sorted(name for name, children in env.toctree_includes.items() if not digests.isdisjoint(children)):
        toctrees = [node for node in env.tocs[docname].findall(addnodes.toctree) if LISTING_TOCTREE in node]
        # all others are lists, whose own entries are looked at in their turn
        listed = dict.fromkeys(child for node in toctrees for child in node["includefiles"] if child in digests)
        if not listed:
            continue
        above = _pages_above(env, docname)
        if found := [child for child in listed if child in above]:
            circles[docname] = found
            _take_out(env.tocs[docname], found)
            env.toctree_includes[docname] = [child for child in env.toctree_includes[docname] if child not in found]
    for docname in sorted({child for found in circles.values() for child in found}):
        message = (
            "the toctree of this page leads to the list of digests, which lists this page as well: "
            "the list links to it, but has no toctree entry for it"
        )
        warn_at(docname, Code.PAGE_CONFLICT, message)


def _pages_above(env: BuildEnvironment, docname: str) -> set[str]:
    """Return the pages whose toctrees lead to a page."""
    parents: dict[str, list[str]] = {}
    for parent, children in env.toctree_includes.items():
        for child in children:
            parents.setdefault(child, []).append(parent)
    above: set[str] = set()
    left = [docname]
    while left:
        found = set(parents.get(left.pop(), ())) - above
        above |= found
        left += found
    return above


def _take_out(tree: nodes.Element, docnames: Iterable[str]) -> None:
    for node in tree.findall(addnodes.toctree):
        if LISTING_TOCTREE in node:
            node["entries"] = [entry for entry in node["entries"] if entry[1] not in docnames]
            node["includefiles"] = [name for name in node["includefiles"] if name not in docnames]


def is_generated(env: BuildEnvironment, docname: str) -> bool:
    """Return True for the pages that the build makes."""
    return docname in env.found_docs and str(env.doc2path(docname, False)).endswith(STUB_SUFFIX)


def setup(app: Sphinx) -> None:
    """Register the stubs of generated pages, and what keeps their toctrees from circles."""
    app.add_source_suffix(STUB_SUFFIX, "restructuredtext")
    app.add_post_transform(OpenToctrees)
    app.connect("builder-inited", add_pages)
    # after autosummary, which opens the file of each document
    app.connect("builder-inited", recall_pages, priority=900)
    app.connect("env-updated", open_circles)
