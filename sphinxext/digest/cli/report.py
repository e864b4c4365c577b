"""``sphinx-digest report``: print one digest, in any of the formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from sphinxext.digest.cli._options import (
    collection_of,
    drafts_option,
    fragments_to_read,
    load_whole_collection,
    open_project,
    period_argument,
    period_of,
)
from sphinxext.digest.cli._output import examples, finish, format_option, output_option, write_result
from sphinxext.digest.collection.compose import tells_releases
from sphinxext.digest.doctree.docs_files import DocsFolder
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.joint.index import note_record
from sphinxext.digest.model import Period, ReleasedVersion, Section, Text
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.render.digest import DigestSource, address_line, digest_source, digest_text
from sphinxext.digest.render.html import html_document
from sphinxext.digest.render.markdown import markdown_document
from sphinxext.digest.render.rst import rst_document
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.checks import OptionError, folder_url_or_empty
from sphinxext.digest.settings.options import Settings


def as_text(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return the plain text of the mail, with the problems of the digest's texts."""
    parts, problems = source.parts()
    return digest_text(source, parts), problems


def as_html(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a self-contained document of HTML5."""
    parts, problems = source.parts()
    return html_document(source, parts), problems


def as_markdown(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a document of GitHub Flavored Markdown."""
    parts, problems = source.parts()
    address = address_line(source.page_url, source.collection.settings) if source.page_url else ""
    return markdown_document(source.digest.title, parts, address), problems


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


def as_json(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a record for other programs, with the reStructuredText of the fragments."""
    parts, problems = source.parts()
    period = source.digest.period
    record = {
        "name": period.name,
        "number": source.digest.number,
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


@click.command(
    "report",
    epilog=examples(
        "sphinx-digest report latest", "sphinx-digest report 2026-11 --format markdown --output november.md"
    ),
)
@period_argument()
@format_option(
    "'text' is the plain text of the mail, 'html' a complete document, 'rst' and 'markdown' are for pasting into "
    "other documents, 'json' has all fields of the notes.",
    list(FORMATS),
)
@drafts_option
@fragments_to_read
@output_option
@click.pass_context
def command(
    ctx: click.Context, /, period: str, form: str, drafts: bool, fragments: str | None, output: Path | None
) -> None:
    """Print the digest of a PERIOD. No Sphinx project is needed.

    Notes with problems are left out or shown as they are written, and the exit status is 1.
    """
    source, problems = open_digest(ctx.obj, period, fragments, drafts=drafts)
    text, found = FORMATS[form](source)
    write_result(text.encode("utf-8", "backslashreplace"), output)
    finish(ctx, sorted({*problems, *found}))


def open_digest(
    root: Path | None, period: str, fragments: str | None, *, drafts: bool = False
) -> tuple[DigestSource, list[Problem]]:
    """Compose the digest of a period, and return it with the problems of the settings and of the collection.

    A folder that belongs to no collection of the project has no pages, so nothing links to them.

    :param drafts: it has the notes of drafts as well.

    :raises DigestError: if there are no notes in the period.
    """
    project, problems = open_project(root)
    settings = collection_of(project, fragments)
    if settings not in project.collections:
        settings = replace(settings, base_url="")
    elif not settings.base_url:
        settings = replace(settings, base_url=_base_url(project.root, settings))
    settings = replace(settings, drafts=settings.drafts or drafts)
    collection = load_whole_collection(project.root, settings)
    problems += collection.problems
    found = period_of(project.root, collection, period)
    released = _released(project.root, found, problems) if tells_releases(settings) else ()
    source = digest_source(collection, found, load_schedules(project.root, settings), released, project.root)
    if not source.digest.entries:
        message = f"there are no notes from {found.start} to {found.end}"
        raise DigestError(*problems, Problem(settings.fragments, 0, 0, Code.EMPTY_PERIOD, message))
    return source, problems


def _base_url(root: Path, settings: Settings) -> str:
    """Return Sphinx's own option for where the documentation is published, if ``conf.py`` sets it to a text."""
    try:
        return folder_url_or_empty(DocsFolder(root, settings.pages).text_of("html_baseurl"))
    except OptionError:
        return ""


def _released(root: Path, period: Period, problems: list[Problem]) -> tuple[ReleasedVersion, ...]:
    # only digests with this section need git's history
    from sphinxext.digest.release.config import project_config
    from sphinxext.digest.release.load import released_versions

    return released_versions(project_config(root), problems, period)
