"""Notes as records for other programs: what ``--format json`` prints.

What the page of a digest says to search engines: structured data as of schema.org, in JSON-LD.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sphinxext.digest.fragments.fields import fields_of
from sphinxext.digest.model import Entry, ReleasedVersion, Section, Text


def note_record(entry: Entry, text_of: Callable[[Text], str] = lambda text: text.value) -> dict[str, object]:
    """A note: its place in time and in the folder, and the fields of the format that it has.

    :param text_of: gives the reStructuredText of a field.
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
    """A section: its kind, its heading in reStructuredText or None, and its notes."""
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


#: What could end the element that the data stands in, or a line of a script.
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
    """The data of an article, to stand in an element ``script``."""
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
