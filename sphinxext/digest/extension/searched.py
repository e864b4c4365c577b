"""What the filter of a collection finds notes by: the words that a page shows of them."""

from __future__ import annotations

from docutils import nodes

from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.model import Countdown, Entry, Item, Story, Success, Text

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
