"""Which pages have to be written again, though there is no need to read them.

A page shows something of others: the titles of what its links lead to, the pages before and after it, the tree of
pages in a sidebar. Sphinx writes it anew if it was read itself, not if those have changed. And where several builders
share an environment, only the first of them sees that a page was read. So it is remembered what each page was written
with.

Where a build was killed or found the disk full, Sphinx takes a page that was written half for one that is up to date.
So nothing is remembered from the first page that a build writes until it comes to its end, and where nothing is
remembered, all pages are written. Two builds at once in one folder leave a mixture, which counts as not written.

Whether all pages of a build could be written: Sphinx only warns of one that could not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx import addnodes
from sphinx.util import docname_join

from sphinxext.digest.extension.build_state import Writes, Written
from sphinxext.digest.extension.domain import DigestDomain, NotesIndex, build_state_of
from sphinxext.digest.extension.html.head import shown_in_heads
from sphinxext.digest.extension.marks import Marks
from sphinxext.digest.extension.outputs import keep_record, kept_record, mark_of

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


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
        links.add((node.get("refdomain") or "", node["reftype"], target))
    DigestDomain.of(env).note_shown(env.docname, sorted(links), mark_of(env.tocs[env.docname].pformat()))


def outdated_outputs(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages that are not in the output as they would be written now."""
    common = _common(app)
    writes = build_state_of(env).writes
    writes.written, writes.is_alone, writes.is_finished = set(), True, False
    state = mark_of(sorted(env.all_docs.items()), common)
    before = writes.before = _read(app).get(_key(app))
    if before is not None and before.state == state:
        writes.expected = replace(before, pages=dict(before.pages))
        return []
    marks = Marks(env, common, navigation=app.builder.format == "html")
    pages = {docname: marks.of_page(docname) for docname in env.found_docs & env.all_docs.keys()}
    writes.expected = now = Written(state, pages, marks.tree)
    if before is None:
        # nothing was written, or not all of it
        return sorted(pages)
    if before.shows_tree and now.tree != before.tree:
        return sorted(now.pages)
    # where a page is gone, Sphinx has to write the index and the search anew, and saves what it knows of pages
    gone = {env.config.root_doc} if before.pages.keys() - pages.keys() else set()
    return sorted(gone.union(docname for docname, mark in now.pages.items() if before.pages.get(docname) != mark))


def note_written(app: Sphinx, _doctree: nodes.document, docname: str) -> None:
    """Remember that a page is written, which a build of named files does not do with all of those that should be."""
    writes = build_state_of(app.env).writes
    if writes.expected is not None and not writes.is_finished:
        if not writes.written:
            _forget(app)
        writes.written.add(docname)


def note_tree(app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Find out whether the theme shows the whole tree on every page.

    Pages are written by several processes, but the index and the page of the search by this one.
    """
    toctree: Callable[..., str] | None = context.get("toctree")
    expected = build_state_of(app.env).writes.expected
    if toctree is None or expected is None:
        return

    def observed(**options: Any) -> str:
        if not options.get("collapse", True):
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
        keep_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version, {**known, _key(app): now})


def _common(app: Sphinx) -> tuple[object, ...]:
    """What all pages depend on."""
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
        if not keep_record(file, DigestDomain.data_version, known):
            with suppress(OSError):
                file.unlink()


def _key(app: Sphinx) -> str:
    return f"{app.builder.name} {app.outdir}"


def _read(app: Sphinx) -> dict[str, Written]:
    # without it Sphinx decides alone what to write
    return kept_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version) or {}


_BUILDERS = "sphinx.sphinx.builders."
#: How the text of an error of the system begins, in any language.
_ERROR = "[Errno "


class FailedWrites(logging.Handler):
    """Hears the warnings of builders, also of those in other processes, which come as plain text."""

    def __init__(self, writes: Writes) -> None:
        super().__init__(logging.WARNING)
        self.writes = writes

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a warning."""
        if record.name.startswith(_BUILDERS) and _ERROR in record.getMessage():
            self.writes.has_failed = True


def watch_writes(app: Sphinx) -> None:
    """Begin to hear of pages that cannot be written; with the next build, Sphinx forgets all handlers."""
    logging.getLogger("sphinx").addHandler(FailedWrites(build_state_of(app.env).writes))
