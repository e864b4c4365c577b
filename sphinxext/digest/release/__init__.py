"""Release notes as records: what a version brought, read from the notes that git's history places in it.

``load_releases`` asks a scanner of :mod:`sphinxext.digest.history` which notes each version has, and reads them. What
is wrong with a note is a :class:`~sphinxext.digest.problems.Problem` at its line; the other notes are there all the
same. ``select_releases`` takes those between two versions or days.

The options are those of ``reno.config.Config``, of which only attributes are used: see :class:`NotesConfig`.
"""

from __future__ import annotations

from sphinxext.digest.release.load import load_releases, sections_of
from sphinxext.digest.release.records import NotesConfig, NoteSection, Release, ReleaseNote
from sphinxext.digest.release.released import released_versions, tagged_releases
from sphinxext.digest.release.span import Span, SpanError, parse_span, select_releases, versions_of_branch

__all__ = [
    "NoteSection",
    "NotesConfig",
    "Release",
    "ReleaseNote",
    "Span",
    "SpanError",
    "load_releases",
    "parse_span",
    "released_versions",
    "sections_of",
    "select_releases",
    "tagged_releases",
    "versions_of_branch",
]
