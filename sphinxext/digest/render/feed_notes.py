"""Single notes, and the release notes of a version, as entries of feeds have them."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.compose import countdown_heading
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.relative import Home
from sphinxext.digest.doctree.summary import plain_words, shortened
from sphinxext.digest.model import Countdown, Entry, Item, Story, Success, Text, Thread, ThreadLinks
from sphinxext.digest.release import NotesConfig, Release, sections_of

#: How many characters the title of an entry has at most that is made of a text.
MAX_TITLE = 100


def note_parts(entry: Entry, builder: NoteBuilder, links: ThreadLinks) -> tuple[str, list[nodes.Node]]:
    """The title of a note as plain text, and its nodes; titles that stand over notes are not among these.

    :param links: the other parts of a thread.
    """
    note = entry.note
    if isinstance(note, Thread):
        return _words([builder.heading(note.title, entry)]), builder.thread(entry, links)
    if isinstance(note, Countdown):
        return countdown_heading(entry, with_series=True, words=builder.words), builder.countdown(entry)
    if isinstance(note, Story):
        body = builder.story(entry)
        return _words([builder.heading(note.title, entry)] if note.title else body), body
    assert isinstance(note, Success | Item)
    item = builder.success(entry) if isinstance(note, Success) else builder.item(entry)
    return _words(item.children), list(item.children)


def release_parts(
    release: Release, conf: NotesConfig, wanted: Iterable[str], builder: NoteBuilder, home: Home
) -> list[nodes.Node]:
    """The notes of a version in some sections, each under its heading; nothing if it has none of them.

    :param home: the page that relative addresses count from.
    """
    parser, wanted, parts = builder.parser, set(wanted), []

    def blocks(path: str, text: Text, number: int) -> list[nodes.Node]:
        return parser.blocks(text, path, f"note-{number}", home=lambda: home)

    if conf.prelude_section_name in wanted:
        for number, (note, text) in enumerate(release.preludes):
            parts += blocks(note.path, text, number)
    for name, title, _level in sections_of(conf):
        texts = release.texts(name) if name in wanted else ()
        items = [nodes.list_item("", *blocks(note.path, text, number)) for number, (note, text) in enumerate(texts)]
        if items:
            section = nodes.section("", nodes.title("", title), nodes.bullet_list("", *items, bullet="*"))
            parts.append(section)
    return parts


def _words(parts: Iterable[nodes.Node]) -> str:
    """The first words of nodes, as many as a title has."""
    return next((shortened(words, MAX_TITLE) for words in map(plain_words, parts) if words), "")
