"""How much there was to tell in a year, as a picture: a bar for each digest, to be put into a page.

Places along the line are percentages of the year and everything else is in pixels, so that the picture is as wide as
the page, and its words are as large on a phone as on a screen. What it shows is in the list of digests below it, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sphinxext.digest.model import ENGLISH, Period, Words
from sphinxext.digest.model.words import filled
from sphinxext.digest.render.svg import picture, words_in_svg

#: With fewer digests the list says as much at a glance.
FEWEST = 8
#: The line of the largest number, the line that bars stand on, the names of months, the whole.
_TOP, _BASE, _MONTHS, _HEIGHT = 16, 76, 94, 98
#: What is left free of the days of a digest, at both ends together.
_GAP = 0.15
#: On a phone only the names of every second month have room.
_EVERY = 2


def activity_svg(
    year: int, digests: Sequence[tuple[Period, int]], title: str, identifier: str, words: Words = ENGLISH
) -> str:
    """A year with a bar for each digest, as high as it has notes; empty if there is too little to show.

    :param digests: those that end in the year, each with the number of its notes.
    :param identifier: begins the identifiers in the picture, which nothing else on the page may have.
    """
    if len(digests) < FEWEST or len({number for _period, number in digests}) == 1:
        return ""
    largest = max(number for _period, number in digests)
    parts = "".join([*_scale(largest, words), *_bars(year, digests, largest, words), *_months(year, words)])
    return picture(parts, _HEIGHT, title, description(digests, words), identifier, "digest-year")


def description(digests: Sequence[tuple[Period, int]], words: Words = ENGLISH) -> str:
    """What the picture shows, in words."""
    ngettext = words.ngettext
    most, largest = max(digests, key=lambda digest: digest[1])
    total = sum(number for _period, number in digests)
    return filled(
        words.gettext("{digests} with {notes}; that of {period} has the most, {largest}."),
        digests=ngettext("{number} digest", "{number} digests", len(digests)),
        notes=ngettext("{number} note", "{number} notes", total),
        period=words.period(most),
        largest=largest,
    )


def _scale(largest: int, words: Words) -> Iterator[str]:
    label = words.ngettext("{number} note", "{number} notes", largest)
    yield f'<text y="{_TOP - 4}">{words_in_svg(label)}</text>'
    for y, opacity in ((_TOP, ".25"), (_BASE, ".6")):
        yield f'<line x2="100%" y1="{y}" y2="{y}" stroke="currentColor" stroke-opacity="{opacity}"/>'


def _bars(year: int, digests: Sequence[tuple[Period, int]], largest: int, words: Words) -> Iterator[str]:
    for period, number in digests:
        start, end = _share(year, period.start), _share(year, period.end + timedelta(days=1))
        free = (end - start) * _GAP / 2
        height = round((_BASE - _TOP) * number / largest, 1)
        notes = words.ngettext("{number} note", "{number} notes", number)
        label = words_in_svg(filled(words.gettext("{period}: {notes}"), period=words.period(period), notes=notes))
        yield (
            f'<rect x="{_percent(start + free)}" y="{_BASE - height:g}" width="{_percent(end - start - 2 * free)}" '
            f'height="{height:g}" fill-opacity=".6"><title>{label}</title></rect>'
        )


def _months(year: int, words: Words) -> Iterator[str]:
    """Where months begin, with the names of some."""
    for month in range(1, 13):
        first = date(year, month, 1)
        x = _percent(_share(year, first))
        yield f'<line x1="{x}" x2="{x}" y1="{_BASE}" y2="{_BASE + 5}" stroke="currentColor" stroke-opacity=".6"/>'
        if month % _EVERY == 1:
            yield f'<text x="{x}" y="{_MONTHS}">{words_in_svg(words.short_month(first))}</text>'


def _share(year: int, day: date) -> float:
    """How much of the year is over when a day begins."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return min(max((day - first).days / ((last - first).days + 1), 0), 1)


def _percent(share: float) -> str:
    return f"{round(100 * share, 2):g}%"
