"""The fields of a countdown, drafted in reStructuredText from a release schedule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import Type
from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Event,
    Schedule,
    Scope,
    Text,
    Week,
)
from sphinxext.digest.model.period import long_day
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.rst import begun, escaped, filled

#: The decisions that a schedule cannot make, by the fields of a countdown.
DECISIONS = {
    "focus": "what teams should work on in week {week}",
    "general": "what else everybody has to know in week {week}, or nothing",
    "actions": "who has to do what in week {week}, and where",
}

#: Markup of the page of a schedule that means nothing elsewhere: roles, references to other parts of the page.
_REFERENCE = re.compile(r"(?::[\w.+-]{1,60}){0,4}:?`~?([^`<>]++)(?:<[^`<>]*+>)?+`_{0,2}")
_NO_WORDS = re.compile(r"\.\. |:[\w-]+:|[^\w\s]+\Z")


def deadlines(schedule: Schedule, week: Week) -> list[tuple[Week, Event]]:
    """Return the cross-project events from a week to the release, by day, each with its week.

    For a week after the release these are all events that are left.
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
    """Return a line of plain text such as ``RC1 deadline: March 4th, 2027 (R-3 week)``."""
    label = f" ({week.name} week)" if week.name else ""
    return f"{one_line(event.title)}: {long_day(event.day)}{label}"


def countdown_fields(schedule: Schedule, week: Week, settings: Settings) -> dict[str, str]:
    """Return the text of each part of a countdown that a schedule knows anything for.

    :param settings: the settings of the collection, which tell what texts may use.
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


def _focus(schedule: Schedule, week: Week, own: list[Event], ahead: list[tuple[Week, Event]]) -> Iterable[str]:
    for event in own:
        yield from _item(f"{one_line(event.title)}: {long_day(event.day)}")
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
    """Yield the duties of projects in the week, and those of everybody in the next one."""
    for event in week.events:
        if event.scope is Scope.PROJECT_SPECIFIC:
            project = f"{event.project}: " if event.project else ""
            yield from _item(f"{project}{event.title}, {long_day(event.day)}")
    end = week.period.start + timedelta(days=14 - week.period.start.weekday())
    for other, event in ahead:
        if other is not week and other.period.start < end:
            yield from _item(f"Prepare for {deadline_line(other, event)}")


def _item(text: str) -> list[str]:
    """Return plain text as an item of a list."""
    first, *rest = filled(begun(escaped(one_line(text))), 2)
    return [f"* {first}", *(f"  {line}" for line in rest)]


def one_line(text: str) -> str:
    """Return a text as one line, without characters that are forbidden in fragments."""
    return " ".join(REFUSED_CHARACTER.sub(" ", text).split())


def _sound(write: Callable[[bool], str], settings: Settings) -> str:
    """Return a text with the markup of the schedule's page, or without it if it refers to that page."""
    text = write(False)
    return write(True) if check_texts([("", Type.RST, Text(text, 1, 1))], settings) else text


def _plain_lines(text: str) -> list[str]:
    """Return the paragraphs of a text as plain text; lists become paragraphs, comments and targets are dropped."""
    paragraphs = []
    for paragraph in re.split(r"\n[^\S\n]*\n", _REFERENCE.sub(lambda found: found[1].rstrip(), text)):
        words = " ".join(paragraph.replace("::", ":").split())
        if words and not _NO_WORDS.match(words):
            paragraphs.append(filled(begun(escaped(words.replace("``", "`"))), 4))
    return [line for lines in paragraphs for line in ("", *lines)][1:]
