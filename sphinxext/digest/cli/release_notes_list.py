"""``sphinx-digest release-notes list``: print versions and the files of their notes.

It asks git alone, so that it loads nothing which reads or renders texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import as_json, examples, format_option, show_problems, visible
from sphinxext.digest.cli._release_notes import (
    NO_NOTES,
    check_versions,
    open_config,
    open_source,
    query_options,
    version_option,
    what_is_missing,
)

if TYPE_CHECKING:
    from datetime import date

    from sphinxext.digest.release.scan import NoteFile


@click.command("list", epilog=examples("sphinx-digest release-notes list --branch stable/2026.2"))
@query_options()
@version_option
@format_option("'json' has an object for each version, with its day and its notes.")
@click.pass_context
def command(ctx: click.Context, /, form: str, versions: tuple[str, ...], **options: Any) -> None:
    """Print the versions, the newest first, and below each the files of its notes.

    The commit beside a file has its last text. 'reno list' shows the same and has the same options.
    """
    from sphinxext.digest.model.period import day_of

    conf = open_config(ctx.obj, options)
    with open_source(conf) as source:
        found = source.get_notes_by_version()
        dates = source.get_version_dates() if form == "json" else {}
        problems = what_is_missing(conf, source)
        check_versions(conf, versions, found, source)
    chosen = {version: found[version] for version in versions or found}
    if form == "json":
        days = {version: day_of(dates.get(version)) for version in chosen}
        click.echo(as_json(list(_records(chosen, days))), nl=False)
    else:
        text = "".join(f"{line}\n" for line in _lines(chosen))
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        if not chosen:
            click.echo(NO_NOTES, err=True)
    if problems:
        show_problems(problems)
        ctx.exit(1)


def _lines(found: Mapping[str, Sequence[NoteFile]]) -> Iterator[str]:
    for version, files in found.items():
        yield visible(version)
        for path, commit in files:
            yield f"\t{visible(path)} ({commit.decode() if commit else 'not committed'})"


def _records(found: Mapping[str, Sequence[NoteFile]], days: Mapping[str, date | None]) -> Iterator[dict[str, object]]:
    from sphinxext.digest.release.changes import unique_id

    for version, files in found.items():
        day = days[version]
        yield {
            "version": version,
            "date": day.isoformat() if day else None,
            "notes": [
                {"path": path, "identity": unique_id(path), "commit": commit.decode() if commit else None}
                for path, commit in files
            ],
        }
