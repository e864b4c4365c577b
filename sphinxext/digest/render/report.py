"""A digest in each of the formats of ``sphinx-digest report``."""

from __future__ import annotations

import json
from collections.abc import Callable

from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.digest import DigestSource, mail_text
from sphinxext.digest.render.html import html_document
from sphinxext.digest.render.markdown import markdown_document
from sphinxext.digest.render.records import section_record
from sphinxext.digest.render.rst import rst_document


def as_text(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return the plain text of the mail, with the problems of the digest's texts."""
    parts, problems = source.parts()
    return mail_text(parts, source.page_url), problems


def as_html(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a self-contained document of HTML5."""
    parts, problems = source.parts()
    return html_document(source, parts), problems


def as_markdown(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a document of GitHub Flavored Markdown."""
    parts, problems = source.parts()
    return markdown_document(source.digest.title, parts, source.page_url), problems


def as_json(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a record for other programs, with the reStructuredText of the fragments."""
    parts, problems = source.parts()
    period = source.digest.period
    record = {
        "name": period.name,
        "title": source.digest.title,
        "url": source.page_url,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat(), "title": period.title},
        "sections": [section_record(section) for section in source.digest.sections],
        "references": [{"number": number, "url": url} for number, url in enumerate(number_links(parts), 1)],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n", problems


#: The formats by their names: each returns the text and the problems of the digest's texts.
FORMATS: dict[str, Callable[[DigestSource], tuple[str, list[Problem]]]] = {
    "text": as_text,
    "html": as_html,
    "rst": rst_document,
    "markdown": as_markdown,
    "json": as_json,
}
