"""Notes as data for other programs: records for ``--format json``, and structured data of schema.org (JSON-LD)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sphinxext.digest.fragments.fields import fields_of
from sphinxext.digest.model import Entry, ReleasedVersion, Section, Text


def note_record(entry: Entry, text_of: Callable[[Text], str] = lambda text: text.value) -> dict[str, object]:
    """Return a note as a record: its date, its file and line, and its fields.

    :param text_of: returns the reStructuredText of a field.
    """
    record: dict[str, object] = {
        "kind": str(entry.kind),
        "identity": entry.identity,
        "date": str(entry.moment),
        "path": entry.fragment.path,
        "line": entry.note.place.line,
    }
    for field, value in fields_of(entry.note):
        record.setdefault(field.name, text_of(value) if isinstance(value, Text) else str(value))
    if (project := entry.fragment.project) is not None:
        record["project"] = project.name
        if entry.note.page:
            record["page"] = entry.note.page
    return record


def section_record(section: Section) -> dict[str, object]:
    """Return a section as a record: its kind, its heading in reStructuredText or None, and its notes."""
    heading = section.heading.value if isinstance(section.heading, Text) else section.heading
    record: dict[str, object] = {"kind": str(section.kind), "heading": heading}
    if section.released:
        return record | {"versions": [_version_record(version) for version in section.released]}
    return record | {"notes": [note_record(entry) for entry in section.entries]}


def _version_record(version: ReleasedVersion) -> dict[str, object]:
    return {
        "version": version.version,
        "date": version.day.isoformat(),
        "notes": version.notes,
        "summary": version.summary,
    }


#: The characters that could end the element around the data, or a line of a script.
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Article:
    """A digest as an article. Addresses are absolute or empty, times as of RFC 3339."""

    headline: str
    description: str
    published: str
    updated: str
    url: str
    language: str
    author: str
    publisher: str
    collection: str
    collection_url: str


def json_ld(article: Article) -> str:
    """Return the data of an article for an element ``script``."""
    part = {"@type": "CreativeWorkSeries", "name": article.collection, "url": article.collection_url}
    data = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.headline,
        "description": article.description,
        "datePublished": article.published,
        "dateModified": article.updated,
        "inLanguage": article.language,
        "url": article.url,
        "mainEntityOfPage": article.url,
        "author": {"@type": "Organization", "name": article.author},
        "publisher": {"@type": "Organization", "name": article.publisher},
        "isPartOf": {name: value for name, value in part.items() if value},
    }
    known = {name: value for name, value in data.items() if value}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
