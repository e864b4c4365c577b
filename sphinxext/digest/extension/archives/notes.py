"""Nodes of notes with links to the pages of archives, and the words of notes that the filter looks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from docutils import nodes

from sphinxext.digest.collection.archives import INDEX, Chain, page_name
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.extension.archives.lines import line_of
from sphinxext.digest.model import Countdown, Entry, Item, Story, Success, Text

#: Makes a link out of its content to a page of an archive, as seen from the folder of the collection's pages.
ToPage = Callable[[str, nodes.Element], nodes.Element]

_page_name = lru_cache(maxsize=None)(page_name)


class LinkedNotes(NoteBuilder):
    """Makes the nodes of notes with links to the pages of archives.

    :ivar archives: those that the collection has, if any.
    :ivar person: the page of whom all notes are about, so that those he told need not say who told them.
    :ivar to_page: makes the links.
    :ivar thread_of: finds the whole of a thread that goes on.
    """

    archives: tuple[str, ...] = ()
    person: str = ""
    to_page: ToPage
    thread_of: Callable[[Entry], Chain | None]

    def lead_of(self, note: Success) -> list[nodes.Node]:
        """Return the nodes before the text of a success."""
        is_own = self.person and note.nick and not note.thanks and _page_name(note.nick) == self.person
        return [] if is_own else super().lead_of(note)

    def nick(self, name: str) -> nodes.Element:
        """A name, which leads to the person's page."""
        content = super().nick(name)
        return self.to_page(f"people/{_page_name(name)}", content) if "people" in self.archives else content

    def all_successes(self) -> list[nodes.list_item]:
        """The line that leads to all successes."""
        if "successes" not in self.archives:
            return []
        return [self._line(f"successes/{INDEX}", self.messages.gettext("All Successes"))]

    def whole_thread(self, entry: Entry) -> list[nodes.list_item]:
        """The line that leads to all parts of a thread."""
        chain = self.thread_of(entry) if "threads" in self.archives else None
        return (
            [self._line(f"threads/{chain.page}", self.messages.gettext("All parts of this thread"))] if chain else []
        )

    def _line(self, page: str, text: str) -> nodes.list_item:
        return line_of(self.to_page(page, nodes.inline("", text)))


#: What stands at the ends of words without belonging to them.
_MARKS = ".,;:!?()\"'“”‘’"


class SearchedNotes(NoteBuilder):
    """Makes the nodes of notes, and remembers the words of their texts: translated ones, without markup."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._said: dict[str, list[str]] = {}

    def blocks(self, text: Text, entry: Entry, lead: str = "") -> list[nodes.Node]:
        """The body elements of a text of a note."""
        blocks = super().blocks(text, entry, lead)
        said = self._said.setdefault(entry.anchor, [])
        said += (word for block in blocks for word in block.astext().split())
        return blocks

    def heading(self, text: Text, entry: Entry) -> nodes.paragraph:
        """The title of a note."""
        heading = super().heading(text, entry)
        self._said.setdefault(entry.anchor, []).extend(heading.astext().split())
        return heading

    def words_of(self, entry: Entry, title: str) -> str:
        """The words of a note that are not in its title, each of them once, in their order."""
        note = entry.note
        said = [*self._said.get(entry.anchor, ())]
        if isinstance(note, Item | Story):
            said += (note.group or "").split()
        elif isinstance(note, Success):
            said += (note.channel or "").split()
        elif isinstance(note, Countdown):
            said += note.label.split()
        known = {word.strip(_MARKS).lower() for word in title.split()} | {""}
        found: dict[str, str] = {}
        for word in said:
            bare = word.strip(_MARKS)
            if bare.lower() not in known:
                found.setdefault(bare.lower(), bare)
        return " ".join(found.values())
