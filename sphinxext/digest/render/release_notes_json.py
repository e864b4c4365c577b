"""Release notes as records for other programs."""

from __future__ import annotations

from sphinxext.digest.render.release_notes import NotePart, Outline, Passage


def release_note_records(outline: Outline) -> list[dict[str, object]]:
    """A record for each text: its version, its place in the repository, its section and its reStructuredText."""
    return [_record(part, passage) for part, passage in outline.passages]


def _record(part: NotePart, passage: Passage) -> dict[str, object]:
    release, note = passage.release, passage.note
    return {
        "version": release.version,
        "title": release.title,
        "date": release.day.isoformat() if release.day else None,
        "path": note.path,
        "line": passage.text.line,
        "identity": note.identity,
        "commit": note.commit,
        "section": part.name,
        "heading": part.title,
        "text": passage.text.value,
    }
