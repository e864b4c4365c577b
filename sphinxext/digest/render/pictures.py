"""Bar charts in SVG: the notes of a year's digests, and the messages of a thread's participants.

Horizontal positions are percentages and everything else is in pixels, so that a picture is as wide as the page, and
its words are as large on a phone as on a screen. The list of digests below the first, and the line of words above the
second, say the same in text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sphinxext.digest.model import ENGLISH, Messages, Participants, Period
from sphinxext.digest.model.messages import filled
from sphinxext.digest.render.timeline import picture, words_in_svg

#: With fewer digests the list says as much at a glance.
FEWEST_DIGESTS = 8
#: The heights of the largest bar's end, of the base line, of the names of months, and of the picture.
_TOP, _BASE, _MONTHS, _HEIGHT = 16, 76, 94, 98
#: The share of a digest's days that is left free, at both ends together.
_GAP = 0.15
#: On a phone only the names of every second month have room.
_EVERY = 2


def activity_svg(
    year: int, digests: Sequence[tuple[Period, int]], title: str, identifier: str, messages: Messages = ENGLISH
) -> str:
    """Return a year with a bar for the number of notes of each digest, or an empty string if there are too few.

    :param digests: the digests that end in the year, each with the number of its notes.
    :param identifier: begins the identifiers in the picture, which must be unique on the page.
    """
    if len(digests) < FEWEST_DIGESTS or len({number for _period, number in digests}) == 1:
        return ""
    largest = max(number for _period, number in digests)
    parts = "".join([*_scale(largest, messages), *_bars(year, digests, largest, messages), *_months(year, messages)])
    return picture(parts, _HEIGHT, title, description(digests, messages), identifier, "digest-year")


def description(digests: Sequence[tuple[Period, int]], messages: Messages = ENGLISH) -> str:
    """Return the picture in words."""
    ngettext = messages.ngettext
    most, largest = max(digests, key=lambda digest: digest[1])
    total = sum(number for _period, number in digests)
    return filled(
        messages.gettext("{digests} with {notes}; that of {period} has the most, {largest}."),
        digests=ngettext("{number} digest", "{number} digests", len(digests)),
        notes=ngettext("{number} note", "{number} notes", total),
        period=messages.period(most),
        largest=largest,
    )


def _scale(largest: int, messages: Messages) -> Iterator[str]:
    label = messages.ngettext("{number} note", "{number} notes", largest)
    yield f'<text y="{_TOP - 4}">{words_in_svg(label)}</text>'
    for y, opacity in ((_TOP, ".25"), (_BASE, ".6")):
        yield f'<line x2="100%" y1="{y}" y2="{y}" stroke="currentColor" stroke-opacity="{opacity}"/>'


def _bars(year: int, digests: Sequence[tuple[Period, int]], largest: int, messages: Messages) -> Iterator[str]:
    for period, number in digests:
        start, end = _share(year, period.start), _share(year, period.end + timedelta(days=1))
        free = (end - start) * _GAP / 2
        height = round((_BASE - _TOP) * number / largest, 1)
        notes = messages.ngettext("{number} note", "{number} notes", number)
        label = words_in_svg(
            filled(messages.gettext("{period}: {notes}"), period=messages.period(period), notes=notes)
        )
        yield (
            f'<rect x="{_percent(start + free)}" y="{_BASE - height:g}" width="{_percent(end - start - 2 * free)}" '
            f'height="{height:g}" fill-opacity=".6"><title>{label}</title></rect>'
        )


def _months(year: int, messages: Messages) -> Iterator[str]:
    """Yield marks at the beginnings of months, with the names of some."""
    for month in range(1, 13):
        first = date(year, month, 1)
        x = _percent(_share(year, first))
        yield f'<line x1="{x}" x2="{x}" y1="{_BASE}" y2="{_BASE + 5}" stroke="currentColor" stroke-opacity=".6"/>'
        if month % _EVERY == 1:
            yield f'<text x="{x}" y="{_MONTHS}">{words_in_svg(messages.short_month(first))}</text>'


def _share(year: int, day: date) -> float:
    """Return the share of the year before a day."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return min(max((day - first).days / ((last - first).days + 1), 0), 1)


def _percent(share: float) -> str:
    return f"{round(100 * share, 2):g}%"


#: With fewer people, or with as many messages by each of them, a picture says nothing.
FEWEST_PEOPLE = 4
#: The most people with a bar of their own; the others share one.
MOST = 7
#: The most characters of a name on a phone.
_MAX_NAME = 30
_ROW, _TEXT, _BAR, _THICK = 26, 12, 16, 5


def people_svg(participants: Participants, identifier: str, messages: Messages = ENGLISH) -> str:
    """Return the participants of a thread with bars, or an empty string if there are too few.

    :param identifier: begins the identifiers in the picture, which must be unique on the page.
    """
    rows = _rows(participants, messages)
    largest = max(number for _name, number in rows)
    if len(participants.counts) < FEWEST_PEOPLE or len({number for _name, number in participants.counts}) == 1:
        return ""
    separator = messages.gettext(", ")
    listed = separator.join(f"{name} ({number})" for name, number in rows)
    parts = "".join(
        f'<text y="{index * _ROW + _TEXT}">{words_in_svg(_short(name))}</text>'
        f'<text x="100%" y="{index * _ROW + _TEXT}" text-anchor="end">{number}</text>'
        f'<rect y="{index * _ROW + _BAR}" width="100%" height="{_THICK}" fill-opacity=".12"/>'
        f'<rect y="{index * _ROW + _BAR}" width="{round(100 * number / largest, 2):g}%" height="{_THICK}" '
        'fill-opacity=".7"/>'
        for index, (name, number) in enumerate(rows)
    )
    title = messages.gettext("Messages of each person")
    return picture(parts, len(rows) * _ROW, title, listed, identifier, "digest-bars")


def participants_words(participants: Participants, messages: Messages = ENGLISH) -> str:
    """Return the numbers of people and messages, and the names of those who wrote most, in one line."""
    gettext, ngettext = messages.gettext, messages.ngettext
    ordered = [name for name, _number in participants.by_number]
    # to leave out one or two would not make the line much shorter
    named = ordered if len(ordered) <= 5 else ordered[:3]
    names = gettext(", ").join(named)
    if others := len(ordered) - len(named):
        pattern = gettext("{names} and {others}")
        names = filled(pattern, names=names, others=ngettext("{number} other", "{number} others", others))
    return filled(
        gettext("{people}, {messages}: {names}"),
        people=ngettext("{number} person", "{number} people", len(ordered)),
        messages=ngettext("{number} message", "{number} messages", participants.messages),
        names=names,
    )


def _rows(participants: Participants, messages: Messages) -> list[tuple[str, int]]:
    """Return the names with their numbers, and the others as one row."""
    ordered = participants.by_number
    if len(ordered) <= MOST + 1:
        return list(ordered)
    others = ordered[MOST:]
    together = messages.ngettext("{number} other", "{number} others", len(others))
    return [*ordered[:MOST], (together, sum(number for _name, number in others))]


def _short(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1].rstrip()}…"
