"""Releases as the reStructuredText that reno's report and its directive have, each line with its place.

The labels and headings are an interface: links from elsewhere lead to what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sphinxext.digest.model import Text
from sphinxext.digest.release.load import prelude_title, sections_of
from sphinxext.digest.release.records import NotesConfig, Release, ReleaseNote

#: What is below the headings of sections, by their level.
_UNDERLINES = {1: "-", 2: "^", 3: "~"}


class Line(NamedTuple):
    """A line of a report. One that a note has names the note's path and its line there, from 1."""

    text: str
    path: str | None = None
    line: int = 0


def label_of(release: Release, title: str = "", branch: str | None = None, section: str = "") -> str:
    """The label of a version, or of one of its sections by the section's heading.

    :param title: of the whole report.
    :param branch: that the directive names.
    """
    parts = [title or "relnotes", release.title + (f"_{branch.replace('/', '_')}" if branch else "")]
    return "_".join([*parts, section] if section else parts)


def report_lines(
    conf: NotesConfig, releases: Iterable[Release], *, title: str = "", branch: str | None = None
) -> Iterator[Line]:
    """The lines of a report.

    :param title: a heading above all.
    :param branch: is a part of labels if it is given.
    """
    if title:
        rule = Line("=" * len(title))
        yield from (rule, Line(title), rule, Line(""))
    for release in releases:
        yield from _heading(label_of(release, title, branch), release.title, "=" * len(release.title))
        if conf.add_release_date:
            yield from (Line(f"Release Date: {release.day or 'Unknown'}"), Line(""))
        if release.preludes:
            heading = prelude_title(conf)
            yield from _heading(label_of(release, title, branch, heading), heading, "-" * len(heading))
        for note, text in release.preludes:
            yield from (*_source(note), *_placed(note, text), Line(""))
        for name, heading, level in sections_of(conf):
            if texts := release.texts(name):
                underline = _UNDERLINES[level] * len(heading)
                yield from _heading(label_of(release, title, branch, heading), heading, underline)
                for note, text in texts:
                    yield from (*_source(note), *_placed(note, text, "- "), Line(""))
                yield Line("")


def _heading(label: str, title: str, underline: str) -> Iterator[Line]:
    # a colon before a space would end the label, and the rest would be its target
    escaped = label.replace(": ", r"\: ")
    yield from (Line(f".. _{escaped}:"), Line(""), Line(title), Line(underline), Line(""))


def _source(note: ReleaseNote) -> Iterator[Line]:
    """A comment that says where a text comes from; it also keeps it apart from the one before."""
    yield from (Line(f".. {note.path} @ {note.commit}", note.path, 1), Line(""))


def _placed(note: ReleaseNote, text: Text, bullet: str = "") -> Iterator[Line]:
    for index, content in enumerate(text.value.split("\n")):
        before = bullet if not index else " " * len(bullet)
        yield Line(before + content, note.path, text.line_of(index))
