"""Turn towncrier's and scriv's fragments and changelogs into release notes; here are the records of all steps.

``markdown`` and ``rst`` split a file into pieces; ``towncrier``, ``scriv`` and ``versions`` make entries of them;
``sections`` finds reno's section for each, and ``plan`` compares the notes with those in the folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable
from sphinxext.digest.text import check_text, decode, visible_lines

#: No changelog is larger.
MAX_BYTES = 16 * 1024 * 1024
#: The suffixes of files in Markdown; all others are reStructuredText.
MARKDOWN = (".md", ".markdown")


class Form(Enum):
    """The form of a piece."""

    HEADING = "heading"
    ITEM = "item"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, an item of a list that is not within another, or any other block, as reStructuredText.

    ``words`` are those of a heading without markup, ``level`` counts from 1. ``end`` is the line (from 1) after it.
    """

    form: Form
    text: Text
    end: int
    level: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text for a section, with the file it comes from.

    ``categories`` are what the file calls it, the word that decides first; without a heading there are none. ``key``
    is what it is known by in its file, and entries with the same key are one note. ``more`` are headings between the
    category and the text. ``is_hidden`` says that its tool would not publish it, or that there is no text.
    """

    path: str
    text: Text
    categories: tuple[str, ...]
    key: str
    more: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(slots=True)
class Reading:
    """What was found in files: entries by the tool that made them, pages of older versions, problems, and remarks."""

    entries: list[tuple[str, Entry]] = field(default_factory=list)
    pages: list[HistoryPage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page in reStructuredText of the versions that were released, with their names.

    ``texts`` are its paragraphs and items, to be checked.
    """

    source: str
    text: str
    versions: tuple[str, ...]
    texts: tuple[Text, ...] = ()


def read_text(file: Path, path: str, problems: list[Problem]) -> str:
    """Read a file, without characters that nobody sees.

    :param path: how problems name it.
    :raises DigestError: if it cannot be read, is too large, or is not a text.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DigestError(unreadable(path, error)) from None
    if len(data) > MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"the file is larger than {MAX_BYTES:,} bytes"))
    check_text(data, path)
    return visible_lines(decode(data, path, problems))
