"""``sphinx-digest notes list``: print versions and the files of their notes.

Only what git knows is asked for, so that nothing is loaded which reads or shows texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._options import format_option
from sphinxext.digest.cli._output import as_json, show_problems, visible
from sphinxext.digest.cli._release_config import (
    check_versions,
    day_of,
    in_history,
    open_config,
    query_options,
    version_option,
    what_is_missing,
)

if TYPE_CHECKING:
    from sphinxext.digest.release.scan import NoteFile


@click.command("list")
@query_options()
@version_option
@format_option("'json' has an object for each version, with its day and its notes.")
@click.pass_context
def command(ctx: click.Context, /, form: str, versions: tuple[str, ...], **options: Any) -> None:
    """Print the versions, the newest first, and below each the files of its notes.

    Beside a file stands the commit that has its last text. This is what 'reno list' shows, and the options are reno's.
    """
    from sphinxext.digest.release.cache_file import open_scanner

    conf = open_config(ctx.obj, options)
    with in_history(conf), open_scanner(conf) as scanner:
        found = scanner.get_notes_by_version()
        dates = scanner.get_version_dates() if form == "json" else {}
        problems = what_is_missing(conf, scanner.problems)
    check_versions(conf, versions, list(found), problems)
    chosen = {version: found[version] for version in versions or found}
    if form == "json":
        click.echo(as_json(list(_records(chosen, dates))), nl=False)
    else:
        text = "".join(f"{line}\n" for line in _lines(chosen))
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        if not chosen:
            click.echo("no release notes", err=True)
    if problems:
        show_problems(problems)
        ctx.exit(1)


def _lines(found: Mapping[str, Sequence[NoteFile]]) -> Iterator[str]:
    for version, files in found.items():
        yield visible(version)
        for path, commit in files:
            yield f"\t{visible(path)} ({commit.decode() if commit else 'not committed'})"


def _records(found: Mapping[str, Sequence[NoteFile]], dates: Mapping[str, int]) -> Iterator[dict[str, object]]:
    from sphinxext.digest.release.settings import unique_id

    for version, files in found.items():
        day = day_of(dates.get(version))
        yield {
            "version": version,
            "date": day.isoformat() if day else None,
            "notes": [
                {"path": path, "identity": unique_id(path), "commit": commit.decode() if commit else None}
                for path, commit in files
            ],
        }
