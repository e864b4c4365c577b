"""The cycle of a series as a picture: SVG to be put into a page.

Horizontal positions are percentages and everything else is in pixels, so that the picture is as wide as the page, and
its words are as large on a phone as on a screen. There is no room for titles on a phone: each mark has a number, and
the page has a list with these numbers below the picture. As in all our pictures, shapes and words replace colours:
everything has the colour of the text, on light and dark pages, and a description for screen readers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from html import escape as html_escape
from xml.sax.saxutils import escape

from sphinxext.digest.model import ENGLISH, Event, Messages, Outlook, Schedule, Scope, Week
from sphinxext.digest.model.messages import filled

#: The characters that XML cannot contain, not even escaped (XML 1.0, 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return a text on one line, without characters that XML cannot contain."""
    return " ".join(_NOT_XML.sub("\ufffd", text).split())


def words_in_svg(text: str) -> str:
    """Return a text as the content of an element."""
    return escape(clean(text))


def picture(parts: str, height: int, title: str, description: str, identifier: str, css_class: str) -> str:
    """Return a picture as wide as the page, with a height in pixels. Horizontal positions are percentages.

    :param identifier: begins the identifiers in the picture, which must be unique on the page.
    """
    return (
        f'<svg class="{css_class}" role="img" aria-labelledby="{identifier}-title {identifier}-description" '
        f'xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" overflow="visible" fill="currentColor" '
        f'direction="ltr" font-size="12"><title id="{identifier}-title">{words_in_svg(title)}</title>'
        f'<desc id="{identifier}-description">{words_in_svg(description)}</desc>{parts}</svg>'
    )


#: The heights of the rows: marks that would touch adjacent ones, other marks, the weeks, and below them.
_LANES = (34, 12)
_BAR, _BAR_END = 50, 64
_BELOW, _NUMBERS, _MONTHS, _HEIGHT = 80, 97, 114, 120

#: Half the height of a mark.
_RADIUS = 10
#: The weeks between two with a name below them.
_NAMED = 5
#: The distance in weeks of a mark that makes an adjacent one go up.
_NEAR = 2
#: The weeks that the names of two months need between them.
_MONTH_WEEKS = 3
_MIDDLE = 'text-anchor="middle"'
_HIDDEN = ' display="none"'

#: ``i-ff``, ``freeze``, ``feature-freeze``; not the freeze of something else, such as ``spec-freeze``.
_FREEZE = re.compile(r"freeze|(?:[a-z0-9.]+[-_])?(?:ff|feature[-_]?freeze)", re.IGNORECASE)
_MILESTONE = re.compile(r"(?:^|[-_])(?:[1-9]|milestone[-_]?[1-9]|m[1-9])$", re.IGNORECASE)


class Shape(StrEnum):
    """The meaning of a mark, by its shape: a house, a square, a diamond, a circle."""

    RELEASE = "release"
    FREEZE = "freeze"
    MILESTONE = "milestone"
    DEADLINE = "deadline"


_OUTLINES = {
    Shape.RELEASE: '<path d="M0-11 10-3V9H-10V-3z"',
    Shape.FREEZE: '<path d="M-9-9H9V9H-9z"',
    Shape.MILESTONE: '<path d="M0-11.5 11.5 0 0 11.5-11.5 0z"',
    Shape.DEADLINE: '<circle r="10"',
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A week with events, and its number in the picture."""

    number: int
    week: Week
    shape: Shape


def marks_of(schedule: Schedule) -> tuple[Mark, ...]:
    """Return the weeks of the cycle with events, and that of the release, numbered in order."""
    release = schedule.week_of(schedule.release)
    weeks = [week for week in schedule.cycle if week.events or week is release]
    return tuple(Mark(number, week, _shape(week, schedule)) for number, week in enumerate(weeks, 1))


def freeze_of(schedule: Schedule) -> tuple[Week, Week] | None:
    """Return the first and the last week from the feature freeze to the release, if there is a feature freeze."""
    start = next((event for event in schedule.events if is_freeze(event)), None)
    inside = [
        week
        for week in schedule.cycle
        if start is not None and week.period.end >= start.week.start and week.period.start <= schedule.release
    ]
    return (inside[0], inside[-1]) if inside else None


def is_freeze(event: Event) -> bool:
    """Return True if an event is the feature freeze."""
    return event.scope is Scope.CROSS_PROJECT and (
        _FREEZE.fullmatch(event.id) is not None or event.title.lower() == "feature freeze"
    )


def weeks_data(schedule: Schedule) -> str:
    """Return the first day and the name of each week of a cycle, in JSON, for the script."""
    weeks = [(_monday(week).isoformat(), clean(week.name or "")) for week in schedule.cycle]
    return json.dumps(weeks, ensure_ascii=False, separators=(",", ":"))


def _monday(week: Week) -> date:
    return week.period.start - timedelta(days=week.period.start.weekday())


def timeline_svg(outlook: Outlook, identifier: str, messages: Messages = ENGLISH, *, live: bool = False) -> str:
    """Return the weeks of a cycle with their marks, the freeze, the release and the current day.

    :param identifier: begins the identifiers in the picture, which must be unique on the page.
    :param live: whether the script may move the mark of the current day: what it needs is there, hidden if need be.
    """
    schedule = outlook.schedule
    if not schedule.cycle:
        return ""
    drawing = _Drawing(outlook, identifier, messages, live=live)
    title = escape(clean(filled(messages.gettext("Timeline of {cycle}"), cycle=schedule.title)))
    text = escape(clean(description(outlook, messages, live=live)))
    labels, data = f"{identifier}-title {identifier}-description", ""
    if live:
        labels += f" {identifier}-now"
        data = f' data-now="{outlook.now}" data-weeks="{html_escape(weeks_data(schedule))}"'
    return (
        f'<svg class="digest-cycle"{data} role="img" aria-labelledby="{labels}" '
        f'xmlns="http://www.w3.org/2000/svg" width="100%" height="{_HEIGHT}" overflow="visible" fill="currentColor" '
        f'font-size="12"><title id="{identifier}-title">{title}</title>'
        f'<desc id="{identifier}-description">{text}</desc>{"".join(drawing.parts())}</svg>'
    )


def mark_svg(mark: Mark) -> str:
    """Return the shape of a mark with its number, for the list below the picture."""
    return (
        '<svg class="digest-mark" aria-hidden="true" xmlns="http://www.w3.org/2000/svg" width="26" height="26" '
        f'viewBox="-13 -13 26 26" fill="currentColor" font-size="12">{_shape_svg(mark)}</svg>'
    )


def description(outlook: Outlook, messages: Messages = ENGLISH, *, live: bool = False) -> str:
    """Return the picture in words; the mark of the current day has its own if it may move."""
    schedule = outlook.schedule
    cycle, gettext, day = schedule.cycle, messages.gettext, messages.day_of_year
    start, end, number = day(cycle[0].period.start), day(cycle[-1].period.end), len(cycle)
    parts = [filled(gettext("{number} weeks from {start} to {end}."), number=number, start=start, end=end)]
    if not live and (now := now_words(outlook, messages)):
        parts.append(now)
    if freeze := freeze_of(schedule):
        parts.append(filled(gettext("The freeze of features begins in week {week}."), week=freeze[0].name))
    parts.append(filled(gettext("The release is on {day}."), day=day(schedule.release)))
    parts.append(
        gettext("Weeks in which something happens have a number; the list below the picture says what it is.")
    )
    return " ".join(parts)


def now_words(outlook: Outlook, messages: Messages = ENGLISH) -> str:
    """Return the current day and its week in words, or nothing outside of the cycle."""
    week = outlook.schedule.week_of(outlook.now)
    if week is None:
        return ""
    day = messages.day_of_year(outlook.now)
    return filled(messages.gettext("Now is {day}, in week {week}."), day=day, week=week.name)


class _Drawing:
    """The parts of a picture, from below to above."""

    def __init__(self, outlook: Outlook, identifier: str, messages: Messages, *, live: bool) -> None:
        self.messages = messages
        self.identifier = identifier
        self.live = live
        self.words = now_words(outlook, messages)
        self.schedule = outlook.schedule
        self.now = outlook.now
        self.pattern = f"{identifier}-freeze"
        self.cycle = outlook.schedule.cycle
        self.index = {id(week): index for index, week in enumerate(self.cycle)}

    def parts(self) -> Iterator[str]:
        yield from self._weeks()
        yield from self._freeze()
        yield from self._marks()
        yield from self._now()
        yield from self._names()
        yield from self._months()

    def _x(self, place: float) -> str:
        """So many weeks after the beginning, as a part of the width."""
        return f"{round(100 * place / len(self.cycle), 2):g}%"

    def _middle(self, week: Week) -> float:
        return self.index[id(week)] + 0.5

    def _weeks(self) -> Iterator[str]:
        """Yield the weeks as boxes in a row; past ones are darker."""
        width = self._x(1)
        for index, week in enumerate(self.cycle):
            shade = ".5" if week.period.end < self.now else ".1"
            yield (
                f'<rect x="{self._x(index)}" y="{_BAR}" width="{width}" height="{_BAR_END - _BAR}" '
                f'fill-opacity="{shade}" stroke="currentColor" stroke-opacity=".6"/>'
            )

    def _freeze(self) -> Iterator[str]:
        """Lines across the weeks of the freeze, and its name below them where that leaves room."""
        freeze = freeze_of(self.schedule)
        if freeze is None:
            return
        first, last = (self.index[id(week)] for week in freeze)
        yield (
            f'<pattern id="{self.pattern}" width="5" height="5" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><path d="M0 0V5" stroke="currentColor" stroke-width="3"/></pattern>'
            f'<rect x="{self._x(first)}" y="{_BAR}" width="{self._x(last - first + 1)}" height="{_BAR_END - _BAR}" '
            f'fill="url(#{self.pattern})" fill-opacity=".6"/>'
        )
        now = self.schedule.week_of(self.now)
        taken = now is not None and first - 2 < self.index[id(now)] < last + 2
        if last - first >= 3 and (self.live or not taken):
            name = escape(self.messages.gettext("freeze"))
            data = f' data-freeze="{first} {last}"{_HIDDEN if taken else ""}' if self.live else ""
            yield f'<text x="{self._x((first + last + 1) / 2)}" y="{_BELOW}" {_MIDDLE}{data}>{name}</text>'

    def _marks(self) -> Iterator[str]:
        """Marks above their weeks; one that would touch the mark before it on a phone is higher."""
        before, lane = -_NEAR - 1, 0
        for mark in marks_of(self.schedule):
            index = self.index[id(mark.week)]
            lane = 1 - lane if index - before <= _NEAR else 0
            before = index
            x, y = self._x(index + 0.5), _LANES[lane]
            yield (
                f'<line x1="{x}" x2="{x}" y1="{y + _RADIUS + 1}" y2="{_BAR}" stroke="currentColor"/>'
                f'<svg x="{x}" y="{y}" overflow="visible">{_shape_svg(mark)}</svg>'
            )

    def _now(self) -> Iterator[str]:
        """Yield a triangle below the current day, at its place in the week."""
        week = self.schedule.week_of(self.now)
        if week is None and not self.live:
            return
        index = self.index[id(week)] if week is not None else 0
        passed = min(self.now.weekday(), 4) / 5 + 0.1
        x = self._x(index + passed)
        anchor = ("start", "middle", "end")[self._side(index)]
        name = escape(self.messages.gettext("now"))
        data, words = "", ""
        if self.live:
            data = f' class="digest-cycle-now"{"" if week is not None else _HIDDEN}'
            words = f'<title id="{self.identifier}-now">{escape(clean(self.words))}</title>'
        yield (
            f'<svg{data} x="{x}" y="{_BAR_END}" overflow="visible">{words}<path d="M0 1 5 8H-5z"/>'
            f'<text y="{_BELOW - _BAR_END + 3}" text-anchor="{anchor}" font-weight="bold">{name}</text></svg>'
        )

    def _side(self, index: int) -> int:
        return 0 if index == 0 else 2 if index == len(self.cycle) - 1 else 1

    def _names(self) -> Iterator[str]:
        """Yield the names of some weeks; all of them would not fit."""
        for week in self.cycle:
            if week.to_release is not None and week.to_release % _NAMED == 0:
                name, x = escape(clean(week.name or "")), self._x(self._middle(week))
                yield f'<text x="{x}" y="{_NUMBERS}" {_MIDDLE}>{name}</text>'

    def _months(self) -> Iterator[str]:
        """Yield the names of months at their beginnings."""
        starts: list[tuple[int, str]] = []
        for index, week in enumerate(self.cycle):
            name = escape(self.messages.short_month(week.period.start))
            if not starts or starts[-1][1] != name:
                if starts and index - starts[-1][0] < _MONTH_WEEKS:
                    starts.pop()
                starts.append((index, name))
        for index, name in starts:
            if index <= len(self.cycle) - 2:
                yield (
                    f'<line x1="{self._x(index)}" x2="{self._x(index)}" y1="{_BAR_END}" y2="{_MONTHS}" '
                    'stroke="currentColor" stroke-opacity=".4"/>'
                    f'<svg x="{self._x(index)}" overflow="visible"><text x="3" y="{_MONTHS}">{name}</text></svg>'
                )


def _shape(week: Week, schedule: Schedule) -> Shape:
    events = week.events
    if week is schedule.week_of(schedule.release):
        return Shape.RELEASE
    if any(map(is_freeze, events)):
        return Shape.FREEZE
    return Shape.MILESTONE if any(_MILESTONE.search(event.id) for event in events) else Shape.DEADLINE


def _shape_svg(mark: Mark) -> str:
    return (
        f'{_OUTLINES[mark.shape]} fill="none" stroke="currentColor" stroke-width="1.5"/>'
        f'<text y="4" {_MIDDLE}>{mark.number}</text>'
    )
