"""Rank the threads of mailing lists.

The options that choose among threads are here as well, for ``collect mbox``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import click

from sphinxext.digest.cli._drafts import CollectRun, rejected_identities
from sphinxext.digest.cli._options import (
    checked,
    days_of,
    open_project,
    period_option,
    readable_day,
    settings_to_write,
)
from sphinxext.digest.cli._output import (
    Decorator,
    add_options,
    as_json,
    examples,
    format_option,
    show_problems,
    terminal_width,
    visible,
)
from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.files import replace_file
from sphinxext.digest.fragments.write import Draft
from sphinxext.digest.gather.mail.draft import draft_thread, growth, redrawn
from sphinxext.digest.gather.mail.ranking import Candidate, Status, ThreadOptions, participants_of
from sphinxext.digest.gather.mail.search import Finding, find_candidates
from sphinxext.digest.gather.topics import Topic, topic_candidates
from sphinxext.digest.net.http import WebError, check_web_url
from sphinxext.digest.text.width import cut, width_of


def topic_options(*, top: int | None, min_messages: int) -> Decorator:
    """Add the options that choose threads: fields of :class:`ThreadOptions`."""
    return add_options(
        click.option(
            "--top",
            metavar="N",
            type=click.IntRange(min=1),
            default=top,
            show_default=top is not None,
            help="Only the N best by participants, length and novelty.",
        ),
        click.option(
            "--min-messages",
            metavar="N",
            type=click.IntRange(min=1),
            default=min_messages,
            show_default=True,
            help="Only threads of N messages or more.",
        ),
        click.option(
            "--tag",
            "tags",
            metavar="TAG",
            multiple=True,
            callback=lambda _ctx, _param, tags: frozenset(tag.strip("[] ").casefold() for tag in tags),
            help="Only threads with [TAG]. May be repeated.",
        ),
        click.option(
            "--since", metavar="DATE", callback=readable_day, help="Only threads that went on at or after it."
        ),
        click.option("--until", metavar="DATE", callback=readable_day, help="Leave out messages after it (UTC)."),
        period_option,
    )


def thread_options(*, top: int | None, min_messages: int) -> Decorator:
    """Add the options that choose threads of lists, and ``archive``."""
    archive = click.option(
        "--archive",
        metavar="URL",
        callback=checked(_web_url),
        help="Where the list's archive can be read: the list's page in HyperKitty (.../list/L@H/), public-inbox "
        "or Pipermail, whose pages of the months are asked for the numbers of messages.",
    )
    choose = topic_options(top=top, min_messages=min_messages)
    return lambda function: choose(archive(function))


def find(sources: Sequence[str], collection: Collection, options: ThreadOptions, archive: str | None) -> Finding:
    """Return the threads that are wanted; what a user may want to know besides is printed."""
    finding = find_candidates(sources, collection, options, archive)
    for note in finding.notes:
        click.echo(visible(note), err=True)
    return finding


def draft_topics(
    run: CollectRun, topics: Iterable[Topic], options: ThreadOptions, top: int | None, source: str
) -> list[Draft]:
    """Draft the best threads of a chat or a forum, and say which of the others that are there have grown.

    :param top: how many; None for all.
    :param source: says in drafts where they are from, such as ``a forum``.
    """
    collection = load_collection(run.project.root, run.settings)
    return best_drafts(run, topic_candidates(topics, collection, options, source), top)


def best_drafts(run: CollectRun, candidates: Sequence[Candidate], top: int | None) -> list[Draft]:
    """Draft the best threads, draw up drafts again that grew before anybody touched them, and name what grew else.

    :param top: how many; None for all.
    """
    # what was drafted before is among the best still, whatever became of it: others do not move up
    wanted = sorted((one for one in candidates if one.is_worthy or one.is_there), key=lambda one: -one.rank)
    for candidate in candidates:
        if candidate.entry is not None and candidate.status in (Status.DRAFTED, Status.SUMMARIZED):
            _follow(run, candidate, run.project.root / candidate.entry.fragment.path, candidate.entry.fragment.path)
    return [draft_thread(one) for one in wanted[:top]]


def _follow(run: CollectRun, candidate: Candidate, file: Path, path: str) -> None:
    """Draw up a draft again that nobody has touched, or say that the thread of a fragment has more messages now."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    number = growth(candidate, text)
    if not number:
        return
    grown = f"{visible(path)}: the thread has grown by {number} message{'' if number == 1 else 's'} since then"
    draft = redrawn(candidate, text) if candidate.status is Status.DRAFTED and not file.is_symlink() else None
    if draft is None:
        where = f": read {visible(candidate.url)}" if candidate.url else ""
        click.echo(f"{grown}; nothing is changed{where}", err=True)
        return
    if not run.dry_run:
        replace_file(file, draft.text.encode())
    verb = "would be" if run.dry_run else "was"
    click.echo(f"{grown}; nobody has edited the draft: it {verb} drawn up again", err=True)


def _web_url(text: str) -> str:
    try:
        check_web_url(text)
    except WebError as error:
        raise ValueError(str(error)) from None
    return text


_GAP = "  "
_HEAD = ("id", "mails", "people", "last", "rank", "status", "title")
_RIGHT = ("mails", "people", "rank")
#: A title has at least so much room, however narrow the terminal is.
_MIN_TITLE = 20


@click.command("threads", epilog=examples("sphinx-digest threads list.mbox --top 20 --period previous"))
@click.argument("sources", metavar="FILE...", nargs=-1, required=True)
@thread_options(top=None, min_messages=1)
@click.option("--fragments", metavar="DIR", help="The folder whose threads are known, instead of the project's.")
@format_option("'text' is a table, 'json' has an object for each thread, with the Message-IDs.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    top: int | None,
    min_messages: int,
    tags: frozenset[str],
    since: date | None,
    until: date | None,
    period: str | None,
    archive: str | None,
    fragments: str | None,
    form: str,
) -> None:
    """Print the threads of mailing lists, the most interesting ones first.

    A FILE is an mbox, also gzipped, or one message; it can be a folder: a maildir, a clone of public-inbox, or one
    with any of these; or the URL of an mbox, such as Pipermail's for a month or an export of HyperKitty. Several are
    read as one, so that threads go on across the ends of months.

    The table says which threads the collection has, as a note or as a draft, and which are countdowns to releases.
    'sphinx-digest collect mbox --thread ID' drafts the summary of one.
    """
    project, problems = open_project(ctx.obj)
    settings = settings_to_write(project, fragments)
    since, until = days_of(project.root, settings, since, until, period)
    collection = load_collection(project.root, settings)
    finding = find(sources, collection, ThreadOptions(top, min_messages, tags, since, until), archive)
    rejected = rejected_identities(project.root, settings.fragments)
    if form == "json":
        click.echo(as_json([_record(candidate, rejected) for candidate in finding.candidates]), nl=False)
    else:
        lines = _table(finding.candidates, rejected, terminal_width())
        click.echo("".join(f"{line}\n" for line in lines), nl=False)
        number = len(finding.candidates)
        click.echo(f"{number} thread{'' if number == 1 else 's'}", err=True)
    problems += finding.problems
    if problems:
        show_problems(problems)
        ctx.exit(1)


def _record(candidate: Candidate, rejected: Container[str]) -> dict[str, object]:
    """Return a thread for other programs; all of it, whatever part of it a draft would be about. Times are in UTC."""
    messages = candidate.thread.messages
    sent = [message.sent for message in messages if message.sent]
    return {
        "id": candidate.identity,
        "title": candidate.title,
        "tags": list(candidate.tags),
        "url": candidate.url,
        "message_ids": [message.id for message in messages],
        "participants": participants_of(messages),
        "first": _time(min(sent, default=None)),
        "last": _time(max(sent, default=None)),
        "score": candidate.score,
        "status": _status(candidate, rejected),
        "fragment": candidate.entry.fragment.path if candidate.entry else None,
    }


def _status(candidate: Candidate, rejected: Container[str]) -> str:
    """Return what became of a thread; a draft of it that was rejected is not there any more."""
    return candidate.status.value or ("rejected" if candidate.identity in rejected else "new")


def _time(when: datetime | None) -> str | None:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def _table(candidates: Sequence[Candidate], rejected: Container[str], room: int | None) -> Iterator[str]:
    """Columns of the same width in all rows, the titles last, cut where the terminal ends."""
    if not candidates:
        return
    rows = [_HEAD, *(_cells(candidate, rejected) for candidate in candidates)]
    widths = [max(width_of(row[index]) for row in rows) for index in range(len(_HEAD) - 1)]
    taken = sum(widths) + len(_GAP) * len(widths)
    left = max(room - taken, _MIN_TITLE) if room else None
    for row in rows:
        cells = [_padded(cell, width, name) for cell, width, name in zip(row, widths, _HEAD, strict=False)]
        yield _GAP.join((*cells, row[-1] if left is None else cut(row[-1], left))).rstrip()


def _cells(candidate: Candidate, rejected: Container[str]) -> tuple[str, ...]:
    last = candidate.last
    tags = "".join(f"[{tag}]" for tag in candidate.tags)
    return (
        candidate.identity[:8],
        str(len(candidate.messages)),
        str(len(candidate.participants)),
        last.date().isoformat() if last else "-",
        f"{candidate.score:.1f}",
        _status(candidate, rejected),
        visible(f"{tags} {candidate.title}".strip()),
    )


def _padded(cell: str, width: int, column: str) -> str:
    space = " " * (width - width_of(cell))
    return space + cell if column in _RIGHT else cell + space
