"""The countdown of a week as its release schedule knows it, in reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sphinxext.digest.archive.escape import begun, escaped, filled
from sphinxext.digest.collect import draft
from sphinxext.digest.collection import Collection
from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import Type
from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Countdown,
    Entry,
    Event,
    Kind,
    Schedule,
    Scope,
    Text,
    Week,
    week_label,
    week_number,
)
from sphinxext.digest.options import Settings
from sphinxext.digest.periods import long_day, short_title
from sphinxext.digest.problems import Code, DigestError, Problem

#: What a schedule cannot know, by the fields of a countdown.
DECISIONS = {
    "focus": "what teams should work on in week {week}",
    "general": "what else everybody has to know in week {week}, or nothing",
    "actions": "who has to do what in week {week}, and where",
}

#: Markup of the page of a schedule that means nothing elsewhere: roles, references to other parts of the page.
_REFERENCE = re.compile(r"(?::[\w.+-]{1,60}){0,4}:?`~?([^`<>]++)(?:<[^`<>]*+>)?+`_{0,2}")
_NO_WORDS = re.compile(r"\.\. |:[\w-]+:|[^\w\s]+\Z")


def deadlines(schedule: Schedule, week: Week) -> list[tuple[Week, Event]]:
    """The cross-project events from a week on to the release, in the order of their days, each with its week.

    After the release those that are left follow it.
    """
    last = schedule.release if week.period.start <= schedule.release else date.max
    found = [
        (other, event)
        for other in schedule.weeks
        for event in other.events
        if event.scope is Scope.CROSS_PROJECT and week.period.start <= other.period.end and other.period.start <= last
    ]
    return sorted(found, key=lambda pair: pair[1].day)


def deadline_line(week: Week, event: Event) -> str:
    """``RC1 deadline: March 4th, 2027 (R-3 week)``, as plain text."""
    label = f" ({week.name} week)" if week.name else ""
    return f"{_line(event.title)}: {long_day(event.day)}{label}"


def countdown_fields(schedule: Schedule, week: Week, settings: Settings) -> dict[str, str]:
    """What a schedule knows for each part of a countdown. Parts that it knows nothing for are left out.

    :param settings: those of the collection that says what texts may use.
    """
    own = [event for event in week.events if event.scope is Scope.CROSS_PROJECT]
    ahead = deadlines(schedule, week)
    values = {
        "focus": "\n".join(_focus(schedule, week, own, ahead)),
        "general": _sound(lambda plain: _general(own, plain=plain), settings),
        "actions": "\n".join(_actions(schedule, week, ahead)),
        "dates": "\n".join(line for pair in ahead for line in _item(deadline_line(*pair))),
    }
    return {name: value for name, value in values.items() if value}


def countdown_day(week: Week) -> date:
    """The day on which the countdown of a week is written: the Thursday before it.

    It is the first day whose countdown is this week's, see :func:`~sphinxext.digest.periods.countdown_week`, and the
    one that is in the digest before the week wherever digests begin on a day from Friday to Monday.
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
    series = _line(schedule.title)
    yield f"A draft from the release schedule of {series}: week {week.name}, {short_title(week.period)}."
    yield "The schedule does not know the following. Decide it, write it below, and delete these lines and 'draft'."
    for name, decision in DECISIONS.items():
        yield f"- {name}: {decision.format(week=week.name)}{'' if name in fields else ' (empty so far)'}"


def _focus(schedule: Schedule, week: Week, own: list[Event], ahead: list[tuple[Week, Event]]) -> Iterable[str]:
    for event in own:
        yield from _item(f"{_line(event.title)}: {long_day(event.day)}")
    if not own and ahead:
        yield from _item(f"No deadline is in this week. The next is {deadline_line(*ahead[0])}.")
    if week.to_release:
        yield from _item(_distance(schedule, week.to_release))
    elif not own and not ahead:
        # a countdown needs one part at least, and that of a release nobody put into the table has no other
        yield from _item(f"{schedule.title} is released this week: {long_day(schedule.release)}.")


def _distance(schedule: Schedule, weeks: int) -> str:
    number = f"{abs(weeks)} week{'' if abs(weeks) == 1 else 's'}"
    name, day = schedule.title, long_day(schedule.release)
    return f"{name} is released in {number}: {day}." if weeks > 0 else f"{name} was released {number} ago: {day}."


def _general(events: list[Event], *, plain: bool) -> str:
    lines: list[str] = []
    for event in events:
        if event.text is None:
            continue
        text = REFUSED_CHARACTER.sub(" ", event.text.value)
        body = _plain_lines(text) if plain else text.split("\n")
        if body:
            lines += [*([""] if lines else []), *_item(event.title), "", *(f"  {line}".rstrip() for line in body)]
    return "\n".join(lines)


def _actions(schedule: Schedule, week: Week, ahead: list[tuple[Week, Event]]) -> Iterable[str]:
    """What projects have to do in the week, and what everybody has to in the next one."""
    for event in week.events:
        if event.scope is Scope.PROJECT_SPECIFIC:
            project = f"{event.project}: " if event.project else ""
            yield from _item(f"{project}{event.title}, {long_day(event.day)}")
    end = week.period.start + timedelta(days=14 - week.period.start.weekday())
    for other, event in ahead:
        if other is not week and other.period.start < end:
            yield from _item(f"Prepare for {deadline_line(other, event)}")


def _item(text: str) -> list[str]:
    """A line of plain text as an item of a list."""
    first, *rest = filled(begun(escaped(_line(text))), 2)
    return [f"* {first}", *(f"  {line}" for line in rest)]


def _line(text: str) -> str:
    """A text as one line, without characters that no fragment may have."""
    return " ".join(REFUSED_CHARACTER.sub(" ", text).split())


def _sound(write: Callable[[bool], str], settings: Settings) -> str:
    """A text with the markup of the schedule's page, or without any where that does not stand on its own."""
    text = write(False)
    return write(True) if check_texts([("", Type.RST, Text(text, 1, 1))], settings) else text


def _plain_lines(text: str) -> list[str]:
    """The paragraphs of a text as plain text; lists become paragraphs, and comments and targets are left out."""
    paragraphs = []
    for paragraph in re.split(r"\n[^\S\n]*\n", _REFERENCE.sub(lambda found: found[1].rstrip(), text)):
        words = " ".join(paragraph.replace("::", ":").split())
        if words and not _NO_WORDS.match(words):
            paragraphs.append(filled(begun(escaped(words.replace("``", "`"))), 4))
    return [line for lines in paragraphs for line in ("", *lines)][1:]
