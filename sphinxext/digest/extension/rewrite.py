"""The pages to write again, though there is no need to read them.

A page shows something of others: the titles of what its links lead to, the pages before and after it, the tree of
pages in a sidebar. Sphinx writes a page again if it was read itself, not if those have changed, and where several
builders share an environment, only the first of them sees that a page was read. So each output remembers a mark of
what each page was written with, and a page with another mark is written again; ``-v`` says why.

Sphinx takes a page that is truncated, since a build was killed or found the disk full, for one that is up to date. So
nothing is remembered from the first page that a build writes until the build comes to its end, and where nothing is
remembered, all pages are written. Two builds at once in one folder leave a mixture, which counts as not written. Of a
page that could not be written Sphinx only warns; :class:`FailedWrites` hears it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from logging import WARNING, Handler, LogRecord, getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sphinx import addnodes
from sphinx.util import docname_join, logging

from sphinxext.digest.extension.cache import Writes, Written, load_record, mark_of, save_record
from sphinxext.digest.extension.dependencies import Remembered
from sphinxext.digest.extension.domain import (
    DIGEST,
    PAGE,
    PUBLISHED,
    DigestDomain,
    NotesIndex,
    adjacent_digests,
    build_state_of,
)
from sphinxext.digest.extension.html.archives import pages_above
from sphinxext.digest.extension.html.head import shown_in_heads
from sphinxext.digest.extension.schedules import ScheduleDependency

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


logger = logging.getLogger(__name__)
_MEMORY = "digest-written.pickle"


def remember_links(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the links of a page that was read, and its part of the tree of pages."""
    env = app.env
    links = set()
    for node in doctree.findall(addnodes.pending_xref):
        target = node.get("reftarget") or ""
        if node["reftype"] == "doc":
            target = docname_join(node.get("refdoc", env.docname), target)
        # Markdown has links without a domain
        links.add((node.get("refdomain") or "", node["reftype"], target, bool(node.get("refexplicit"))))
    toc = env.tocs[env.docname]
    toctrees = [node.pformat() for node in toc.findall(addnodes.toctree)]
    DigestDomain.of(env).note_shown(env.docname, sorted(links), mark_of(toc.pformat()), mark_of(toctrees))


def note_read(_app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Remember which pages are read, which Sphinx writes without us."""
    build_state_of(env).writes.read = frozenset(docnames)


def outdated_outputs(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that are not in the output as they would be written now, and log why."""
    outdated = _outdated(app, env)
    read = build_state_of(env).writes.read
    reasons = {docname: reason for docname, reason in outdated.items() if docname not in read}
    for docname in sorted(read | outdated.keys()):
        for parent in env.files_to_rebuild.get(docname, ()):
            # Sphinx adds these to what it is told to write
            if parent in env.found_docs and parent not in read:
                reasons.setdefault(parent, f"its toctree has {docname}")
    for docname, reason in sorted(reasons.items()):
        logger.verbose("writing %s again: %s", docname, reason)
    return sorted(outdated)


def _outdated(app: Sphinx, env: BuildEnvironment) -> dict[str, str]:
    common = _common(app)
    writes = build_state_of(env).writes
    writes.written, writes.is_alone, writes.is_finished = set(), True, False
    state = mark_of(sorted(env.all_docs.items()), common)
    before = writes.before = _read(app).get(_key(app))
    if before is not None and before.state == state:
        writes.expected = replace(before, pages=dict(before.pages))
        return {}
    marks = Marks(env, common, navigation=app.builder.format == "html", plain=app.builder.format == "text")
    pages = {docname: marks.of_page(docname) for docname in env.found_docs & env.all_docs.keys()}
    writes.expected = now = Written(state, pages, marks.tree(), marks.tree(titles_only=True))
    if before is None:
        return dict.fromkeys(pages, "nothing is remembered of this output")
    if (before.shows_tree and now.tree != before.tree) or (before.shows_titles and now.titles != before.titles):
        return dict.fromkeys(pages, "every page shows the tree of all pages, which changed")
    outdated = {
        docname: _reason(before.pages.get(docname, b""), mark)
        for docname, mark in pages.items()
        if before.pages.get(docname) != mark
    }
    if before.pages.keys() - pages.keys():
        # Sphinx has to write the index and the search again, and saves what it knows of pages
        outdated.setdefault(env.config.root_doc, "another page is gone")
    return outdated


def _reason(before: bytes, now: bytes) -> str:
    for number, reason in enumerate(_REASONS):
        part = slice(number * _PART, (number + 1) * _PART)
        if before and before[part] != now[part]:
            return reason
    return "the last build did not write it"


def note_written(app: Sphinx, _doctree: nodes.document, docname: str) -> None:
    """Remember that a page is written, which a build of named files does not do with all of those that should be."""
    writes = build_state_of(app.env).writes
    if writes.expected is not None and not writes.is_finished:
        if not writes.written:
            _forget(app)
        writes.written.add(docname)


def note_tree(app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Find out whether the theme shows the whole tree on every page, and whether headings are in it.

    Pages are written by several processes, but the index and the page of the search by this one.
    """
    toctree: Callable[..., str] | None = context.get("toctree")
    expected = build_state_of(app.env).writes.expected
    if toctree is None or expected is None:
        return

    def observed(**options: object) -> str:
        if not options.get("collapse", True):
            if options.get("titles_only"):
                expected.shows_titles = True
            else:
                expected.shows_tree = True
        return toctree(**options)

    context["toctree"] = observed


def save_written(app: Sphinx, exception: Exception | None) -> None:
    """Keep what the pages were written with beside the environment, if the build came to its end with all of them."""
    writes = build_state_of(app.env).writes
    writes.is_finished = True
    if exception is not None or writes.expected is None or writes.has_failed:
        return
    known = _read(app)
    if writes.written and (not writes.is_alone or _key(app) in known):
        # another build began or ended while this one was writing
        _forget(app)
        return
    before, now = writes.before or Written(), writes.expected
    left = {docname: before.pages.get(docname, b"") for docname in now.pages.keys() - writes.written}
    if any(now.pages[docname] != mark for docname, mark in left.items()):
        now.state = b""
    now.pages.update(left)
    if now != known.get(_key(app)):
        known = {key: written for key, written in known.items() if Path(key.partition(" ")[2]).is_dir()}
        save_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version, {**known, _key(app): now})


def _common(app: Sphinx) -> tuple[object, ...]:
    """Return the dependencies of all pages."""
    config = app.config
    if app.builder.name == "digest-mail":
        # a mail has the addresses of pages
        return (config.html_baseurl, config.html_link_suffix, config.html_file_suffix)
    # the options of HTML: Sphinx takes them for those of all pages before it writes the first page with them
    info = getattr(app.builder, "build_info", None)
    options = tuple(getattr(info, name, "") for name in ("config_hash", "tags_hash"))
    # all pages link to an index as soon as there is anything in it
    has_index = app.builder.format == "html" and NotesIndex(DigestDomain.of(app.env)).has_entries
    return (*options, has_index, *shown_in_heads(app))


def _forget(app: Sphinx) -> None:
    """Remember nothing of this output while its pages are written: a build that is killed may leave one half."""
    known, writes = _read(app), build_state_of(app.env).writes
    writes.is_alone = writes.is_alone and (writes.before is None or _key(app) in known)
    if known.pop(_key(app), None) is not None:
        file = Path(app.doctreedir, _MEMORY)
        if not save_record(file, DigestDomain.data_version, known):
            with suppress(OSError):
                file.unlink()


def _key(app: Sphinx) -> str:
    return f"{app.builder.name} {app.outdir}"


def _read(app: Sphinx) -> dict[str, Written]:
    # without it Sphinx decides alone what to write
    return load_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version) or {}


#: A link as a page has it: its domain, its role, what it names, and True if it has words of its own.
Link = tuple[str, str, str, bool]
#: The links of a page, a mark of its table of contents, and one of its toctrees alone.
Shown = tuple[list[Link], bytes, bytes]
#: Why a page is written again, by the first part of its mark that changed.
_REASONS = (
    "it was read for another builder",
    "an option of the output or the index of the notes changed",
    "a title or an address that its links show changed",
    "a page before or after it changed",
    "the tree of pages beside it changed",
)
#: The bytes of such a part.
_PART = 8


class Marks:
    """The marks of all pages of a build, after all of them have been read.

    With ``navigation`` pages show those before and after them, and in a sidebar the part of the tree that they are in;
    ``common`` is what all of them depend on. In ``plain`` text links show their words, and neither addresses nor
    tooltips.
    """

    def __init__(
        self, env: BuildEnvironment, common: tuple[object, ...], *, navigation: bool, plain: bool = False
    ) -> None:
        self._env, self._common, self._navigation, self._plain = env, common, navigation, plain
        self._domain = DigestDomain.of(env)
        self._shown: dict[str, Shown] = self._domain.data["shown"]
        found: dict[str, list[Remembered]] = self._domain.data["dependencies"]
        self._schedules = [
            (one.dependency, cast(tuple[object, object], one.answer)[0])
            for docname in sorted(found)
            for one in found[docname]
            if isinstance(one.dependency, ScheduleDependency)
        ]
        self._with_events = sorted(name for name, one in self._domain.data["folders"].items() if one.has_events)
        self._titles = {docname: env.titles[docname].astext() for docname in env.titles}
        self._levels: dict[str, bytes] = {}
        self._branches: dict[tuple[str, ...], bytes] = {}
        self._parents: dict[str, list[str]] = {}
        for parent, children in sorted(env.toctree_includes.items()):
            for child in dict.fromkeys(children):
                self._parents.setdefault(child, []).append(parent)
        self._relations = env.collect_relations() if navigation else {}

    def tree(self, *, titles_only: bool = False) -> bytes:
        """Return a mark of all titles and toctrees, and of the headings on pages unless a theme leaves them out."""
        if not self._navigation:
            return b""
        part = 2 if titles_only else 1
        return mark_of([(name, title, self._shown_of(name)[part]) for name, title in sorted(self._titles.items())])

    def of_page(self, docname: str) -> bytes:
        """Return a mark of all that a page shows, its own text included, which changes whenever it is read."""
        links = [self._target(link) for link in self._shown_of(docname)[0]]
        around: list[object] = []
        tree: list[object] = []
        if self._navigation:
            around = [(name, self._titles.get(name or "")) for name in self._relations.get(docname, ())]
            around += self._adjacent_digests(docname)
            around += [(name, self._titles[name]) for name in pages_above(self._domain, docname, self._relations)]
            tree = [self._level(docname), self._branch(docname)]
        parts = (self._env.all_docs[docname], self._common, links, around, tree)
        return b"".join(mark_of(part)[:_PART] for part in parts)

    def _branch(self, docname: str) -> bytes:
        """Return a mark of the toctrees above a page. A page in no toctree shows the first level of the tree, too."""
        parents = tuple(self._parents.get(docname, ()))
        if parents not in self._branches:
            above, left = {self._env.config.root_doc}, list(parents)
            while left:
                name = left.pop()
                if name not in above:
                    left += self._parents.get(name, ())
                above.add(name)
            self._branches[parents] = mark_of([(name, self._level(name)) for name in sorted(above)])
        return self._branches[parents]

    def _level(self, docname: str) -> bytes:
        """Return a mark of what is in the toctrees of a page."""
        if docname not in self._levels:
            children = [self._titles.get(child) for child in self._env.toctree_includes.get(docname, ())]
            self._levels[docname] = mark_of(self._titles.get(docname), self._shown_of(docname)[1], children)
        return self._levels[docname]

    def _adjacent_digests(self, docname: str) -> list[object]:
        """The digests before and after those of a page."""
        targets = self._domain.data["targets"].get(docname, ())
        around = adjacent_digests(self._domain) if targets else {}
        return [around.get(target.names[0]) for target in targets if target.type == DIGEST]

    def _shown_of(self, docname: str) -> Shown:
        return self._shown.get(docname, ([], b"", b""))

    def _target(self, link: Link) -> object:
        """Return what a link shows of its target, and where it leads; nothing for those of other domains."""
        domain, role, target, has_words = link
        if self._plain:
            return None if has_words else self._title(domain, role, target)
        if domain == DIGEST and role == PUBLISHED:
            # which calendars there are depends on what all pages show, and on the events of each folder
            return self._schedules, self._with_events
        if domain == DIGEST and role == PAGE:
            return target in self._env.found_docs
        if domain == DIGEST:
            return self._domain.find(DIGEST if role == "issue" else role, target)
        found: list[object] = []
        if role in ("doc", "any"):
            found.append(self._titles.get(target))
        if role in ("ref", "any"):
            labels = self._env.domaindata["std"]
            found += [labels["labels"].get(target.lower()), labels["anonlabels"].get(target.lower())]
        if role == "any":
            found += [self._domain.find(type_, target) for type_ in self._domain.object_types]
        return found

    def _title(self, domain: str, role: str, target: str) -> object:
        """Return the title of the target of a link, which takes the place of words that the link does not have."""
        if domain == DIGEST:
            object_ = self._domain.find(DIGEST if role == "issue" else role, target)
            return object_.title if object_ is not None else None
        label = self._env.domaindata["std"]["labels"].get(target.lower()) if role in ("ref", "any") else None
        titles: list[object] = [label[-1] if label else None, self._titles.get(target) if role != "ref" else None]
        if role == "any":
            titles += [
                found.title for type_ in self._domain.object_types if (found := self._domain.find(type_, target))
            ]
        return titles


_BUILDERS = "sphinx.sphinx.builders."
#: How the text of an error of the system begins, in any language.
_ERROR = "[Errno "


class FailedWrites(Handler):
    """Hears the warnings of builders, also of those in other processes, which come as plain text."""

    def __init__(self, writes: Writes) -> None:
        super().__init__(WARNING)
        self.writes = writes

    def emit(self, record: LogRecord) -> None:
        """Look at a warning."""
        if record.name.startswith(_BUILDERS) and _ERROR in record.getMessage():
            self.writes.has_failed = True


def watch_writes(app: Sphinx) -> None:
    """Begin to hear of pages that cannot be written; with the next build, Sphinx forgets all handlers."""
    getLogger("sphinx").addHandler(FailedWrites(build_state_of(app.env).writes))


def setup(app: Sphinx) -> None:
    """Register what remembers the pages that are written, and compares them."""
    app.connect("builder-inited", watch_writes)
    app.connect("env-before-read-docs", note_read)
    # after the collector of tables of contents, which an extension listed after ours may have replaced
    app.connect("doctree-read", remember_links, priority=600)
    app.connect("env-updated", outdated_outputs)
    app.connect("doctree-resolved", note_written)
    # before themes that make their sidebars in the same event
    app.connect("html-page-context", note_tree, priority=100)
    app.connect("build-finished", save_written)
