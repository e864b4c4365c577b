"""``sphinx-digest status``: what the next digest has, and what there is to do for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from sphinxext.digest.cli._options import (
    collection_of,
    fragments_to_read,
    load_whole_collection,
    open_project,
    period_argument,
    period_of,
    period_to_edit,
)
from sphinxext.digest.cli._output import as_json, counted, examples, format_option, visible
from sphinxext.digest.cli.deadlines import Deadline, deadline_record, deadlines_between
from sphinxext.digest.collection.compose import compose
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.joint.index import note_record
from sphinxext.digest.model import (
    ENGLISH,
    Digest,
    Entry,
    EventNote,
    Kind,
    Period,
    Section,
    State,
    Success,
    Text,
    Thread,
)
from sphinxext.digest.model.period import today
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.project import Project
from sphinxext.digest.text import split_url

#: The most lines of each list that are printed.
_SHOWN = 8
_GAP = "  "


@dataclass(frozen=True)
class Status:
    """The state of a digest on a day.

    ``open_threads`` are those of the digest before that are neither decided nor continued, each with True if a draft
    has what came since. ``left_drafts`` counts those of the period ``before``, and ``problems`` counts what ``lint``
    finds in all fragments of the collection.
    """

    day: date
    digest: Digest
    drafts: tuple[Entry, ...]
    before: Period | None
    left_drafts: int
    other_drafts: int
    open_threads: tuple[tuple[Entry, bool], ...]
    deadlines: tuple[Deadline, ...]
    events: tuple[Entry, ...]
    problems: int

    @property
    def due(self) -> date:
        """The day on which the digest is complete: the last of its period."""
        return self.digest.period.end


@click.command("status", epilog=examples("sphinx-digest status", "sphinx-digest status previous"))
@period_argument(required=False)
@fragments_to_read
@format_option("'json' has all fields of the drafts, the open threads, the events and the deadlines.")
@click.pass_context
def command(ctx: click.Context, /, period: str | None, fragments: str | None, form: str) -> None:
    """Show what the next digest has, and what there is to do for it.

    That is: its sections with the numbers of their notes, the drafts to review, the threads that were open in the
    digest before, the deadlines and events of its days and the week after, and the number of problems.

    Without a PERIOD, it is the digest that today belongs to; until its first working day is over, such as on a Monday,
    the one that ended.
    """
    status = open_status(ctx.obj, period, fragments)
    if form == "json":
        click.echo(as_json(_record(status)), nl=False)
    else:
        click.echo("".join(f"{line}\n" for line in status_lines(status)), nl=False)


def open_status(root: Path | None, period: str | None = None, fragments: str | None = None) -> Status:
    """Find out the state of a digest of a project; without a period, of the one that is being written.

    :raises DigestError: if the period is invalid.
    """
    project, problems = open_project(root)
    settings = collection_of(project, fragments)
    collection = load_whole_collection(project.root, settings)
    days = period_of(project.root, collection, period) if period else period_to_edit(collection.calendar)
    found = check_collection(project.root, settings).problems
    return status_of(project, collection, days, today(), len({*problems, *found}))


def status_of(project: Project, collection: Collection, period: Period, day: date, problems: int) -> Status:
    """Find out the state of a digest.

    :param day: the day in UTC that counts as today.
    :param problems: the number of problems that were found.
    """
    drafts = tuple(entry for entry in collection.drafts if entry.moment.day in period)
    before = _before(collection, period)
    left = sum(before is not None and entry.moment.day in before for entry in collection.drafts)
    schedules = load_schedules(project.root, collection.settings)
    known = [schedule for name in schedules.names if (schedule := schedules.find(name, day)) is not None]
    return Status(
        day,
        compose(collection, period),
        drafts,
        before,
        left,
        len(collection.drafts) - len(drafts) - left,
        tuple(_open_threads(collection, period)),
        tuple(deadlines_between(known, period.start, _week_after(period.end))),
        collection.events_of(period),
        problems,
    )


def _before(collection: Collection, period: Period) -> Period | None:
    """Return the period before another one, by the calendar."""
    if period.start == date.min:
        return None
    return collection.calendar.period_of(date.fromordinal(period.start.toordinal() - 1))


def _week_after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 7, date.max.toordinal()))


def _open_threads(collection: Collection, period: Period) -> Iterator[tuple[Entry, bool]]:
    """Yield the threads of the last digest before a period that are neither decided nor continued."""
    before = [days for days in collection.digests if days.end < period.start]
    continued = {note.continues for entry in collection.drafts if isinstance(note := entry.note, Thread)}
    for entry in collection.digests[before[-1]] if before else ():
        links = collection.threads.get(entry.identity)
        if isinstance(entry.note, Thread) and entry.note.state is not State.DONE and not (links and links.later):
            yield entry, bool(continued & {entry.fragment.identity, entry.fragment.slug})


def source_of(entry: Entry) -> str:
    """Return where a draft comes from: the host of its link, else its channel; empty if nothing tells."""
    url = getattr(entry.note, "url", None)
    parts = split_url(url) if url else None
    if parts is not None and parts.hostname:
        return parts.hostname
    return f"#{entry.note.channel.lstrip('#')}" if isinstance(entry.note, Success) and entry.note.channel else ""


def _record(status: Status) -> dict[str, object]:
    period = status.digest.period
    return {
        "name": period.name,
        "number": status.digest.number,
        "title": status.digest.title,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "due": status.due.isoformat(),
        "sections": [
            {"kind": str(section.kind), "heading": _heading(section), "notes": len(section.entries)}
            for section in status.digest.sections
        ],
        "drafts": [
            {**note_record(entry), "path": entry.fragment.path, "source": source_of(entry)} for entry in status.drafts
        ],
        "left_drafts": status.left_drafts,
        "other_drafts": status.other_drafts,
        "open_threads": [
            {**note_record(entry), "path": entry.fragment.path, "has_draft": has_draft}
            for entry, has_draft in status.open_threads
        ],
        "deadlines": [deadline_record(deadline) for deadline in status.deadlines],
        "events": [note_record(entry) for entry in status.events],
        "problems": status.problems,
    }


def _heading(section: Section) -> str:
    heading = section.heading
    if isinstance(heading, Text):
        return heading.first_line
    return heading or (section.entries[0].note.label if section.entries else str(section.kind))


def status_lines(status: Status) -> Iterator[str]:
    """Format the state as lines; each list has a heading, and lists without anything are left out."""
    period = status.digest.period
    left = ENGLISH.distance((status.due - status.day).days)
    yield click.style(visible(status.digest.title), bold=True) + f"{_GAP}{period.start} to {period.end}, due {left}"
    if status.digest.sections:
        yield from _list("In the digest", map(_section_line, status.digest.sections))
    else:
        yield from _list("In the digest", ["nothing yet: sphinx-digest new, or sphinx-digest collect"])
    yield from _list(f"{counted(len(status.drafts), 'draft')} to review", _draft_lines(status))
    yield from _list("Open since the last digest", map(_thread_line, status.open_threads))
    yield from _list("Deadlines", [_deadline_line(deadline, status.day) for deadline in status.deadlines])
    yield from _list("Events", map(_event_line, status.events))
    yield from _list("Problems", [f"{status.problems}: sphinx-digest lint"] if status.problems else ())


def note_lines(status: Status) -> Iterator[str]:
    """List the notes of a digest and its drafts, by section, with their files."""
    for section in status.digest.sections:
        yield f"{_heading(section)}:"
        yield from (f"{_GAP}{visible(entry.note.label)} ({entry.fragment.path})" for entry in section.entries)
    if status.drafts:
        yield "Drafts:"
        yield from (f"{_GAP}{visible(entry.note.label)} ({entry.fragment.path})" for entry in status.drafts)


def _list(heading: str, lines: Iterator[str] | list[str] | tuple[str, ...]) -> Iterator[str]:
    found = list(lines)
    if not found:
        return
    yield ""
    yield click.style(heading, bold=True)
    yield from (f"{_GAP}{visible(line)}" for line in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield f"{_GAP}and {len(found) - _SHOWN} more"


def _section_line(section: Section) -> str:
    number = len(section.released) or len(section.entries)
    return f"{number:>3}{_GAP}{_heading(section)}"


def _draft_lines(status: Status) -> Iterator[str]:
    """Yield a line for each source of drafts, and what to do."""
    sources = Counter(source_of(entry) or f"{entry.kind} without a link" for entry in status.drafts)
    yield from (f"{number:>3}{_GAP}{source}" for source, number in sources.most_common())
    if status.drafts:
        yield f"  >{_GAP}sphinx-digest review {status.digest.period}"
    if status.left_drafts:
        yield f"{status.left_drafts:>3}{_GAP}of the digest before: sphinx-digest review {status.before}"
    if status.other_drafts:
        yield f"{status.other_drafts:>3}{_GAP}of other days: sphinx-digest review --all"


def _thread_line(thread: tuple[Entry, bool]) -> str:
    entry, has_draft = thread
    return f"{entry.note.label}{' (a draft has what came since)' if has_draft else ''}"


def _deadline_line(deadline: Deadline, day: date) -> str:
    event = deadline.event
    return _GAP.join(
        (event.day.isoformat(), deadline.schedule.series, event.title, ENGLISH.distance((event.day - day).days))
    )


def _event_line(entry: Entry) -> str:
    note = entry.note
    assert entry.kind is Kind.EVENT and isinstance(note, EventNote)
    days = str(note.days.start) if note.days.start == note.days.end else f"{note.days.start} to {note.days.end}"
    return f"{days}{_GAP}{note.label}"
