"""Drafts of countdowns from release schedules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.countdown_fields import DECISIONS, countdown_fields, one_line
from sphinxext.digest.fragments import draft
from sphinxext.digest.model import (
    Countdown,
    Entry,
    Kind,
    Schedule,
    Week,
    week_label,
    week_number,
)
from sphinxext.digest.model.period import short_title
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import Settings


def countdown_day(week: Week) -> date:
    """The day on which the countdown of a week is written: the Thursday before it.

    It is the first day whose countdown is this week's, see
    :func:`~sphinxext.digest.model.period.countdown_week`, and it is in the digest before the week wherever digests
    begin on a day from Friday to Monday.
    """
    start = week.period.start
    return start - timedelta(days=start.weekday() + 4)


def identity_of(schedule: Schedule, week: Week) -> str:
    """The identity of the fragment that is drafted for a week: 16 hexadecimal digits, always the same ones."""
    return draft.identity_of("countdown", schedule.series.casefold(), week.to_release)


def note_of(collection: Collection, schedule: Schedule, week: Week) -> Entry | None:
    """The countdown that a collection has for a week, the latest one if there are several."""
    found = None
    for entry in collection.of_kind(Kind.COUNTDOWN):
        note = entry.note
        assert isinstance(note, Countdown)
        if note.series.casefold() == schedule.series.casefold() and week_number(note.week or "") == week.to_release:
            found = entry
    return found


def draft_countdown(schedule: Schedule, week: Week, settings: Settings) -> draft.Draft:
    """The fragment for a week that has a name. What a person has to decide stands in comments at its top.

    :raises DigestError: if no fragment can have the week, which is a hundred others away from the release.
    """
    label = week_label(week.name or "")
    if label is None:
        message = f"the week {week.name} is too far away for a countdown"
        raise DigestError(Problem(schedule.path, 0, 0, Code.BAD_VALUE, message))
    fields = countdown_fields(schedule, week, settings)
    note = {"series": schedule.series, "week": label, **fields}
    return draft.make_draft(
        identity_of(schedule, week),
        f"countdown {schedule.series} {week.name}",
        {"countdown": [note]},
        date=countdown_day(week),
        comment=_comment(schedule, week, fields),
    )


def _comment(schedule: Schedule, week: Week, fields: dict[str, str]) -> Iterable[str]:
    series = one_line(schedule.title)
    yield f"A draft from the release schedule of {series}: week {week.name}, {short_title(week.period)}."
    yield "The schedule does not know the following. Decide it, write it below, and delete these lines and 'draft'."
    for name, decision in DECISIONS.items():
        yield f"- {name}: {decision.format(week=week.name)}{'' if name in fields else ' (empty so far)'}"
