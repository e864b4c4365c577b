"""Number the digests of a collection.

The first digest is number 1. A fragment with the key ``number`` gives its digest another number, and later digests
count on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sphinxext.digest.model import Entry, Fragment, Period
from sphinxext.digest.model.period import Calendar
from sphinxext.digest.problems import Code, Problem

#: The fragments that give a digest its number, oldest first, by its period.
Anchors = Mapping[Period, tuple[Fragment, ...]]


@dataclass(frozen=True)
class Numbers:
    """The number of each digest that a collection has, oldest first."""

    of_digests: dict[Period, int] = field(default_factory=dict)

    def of(self, period: Period) -> int:
        """Return the number of a digest, or the one that a digest of the period would have."""
        if period in self.of_digests:
            return self.of_digests[period]
        number = 0
        for other, number_of_other in self.of_digests.items():
            if other.end >= period.end:
                return number_of_other if other.start <= period.end or not number else number + 1
            number = number_of_other
        return number + 1


def count_digests(digests: Iterable[Period], anchors: Anchors) -> Numbers:
    """Number digests: each is one more than the one before, unless a fragment says its number.

    Those before the first one whose number is said count back from it.

    :param digests: the periods, oldest first.
    """
    periods = list(digests)
    said = {period: number for period, (first, *_) in anchors.items() if (number := first.number) is not None}
    place = next((place for place, period in enumerate(periods) if period in said), None)
    number = said[periods[place]] - place - 1 if place is not None else 0
    found: dict[Period, int] = {}
    for period in periods:
        number = found[period] = said.get(period, number + 1)
    return Numbers(found)


def find_anchors(entries: Iterable[Entry], calendar: Calendar) -> Anchors:
    """Find the fragments of the project itself that say the numbers of digests.

    A fragment says that of the digest with its earliest note.

    :param entries: oldest first.
    """
    anchors: dict[Period, dict[str, Fragment]] = {}
    seen: set[str] = set()
    for entry in entries:
        fragment = entry.fragment
        if fragment.number is not None and fragment.identity not in seen:
            seen.add(fragment.identity)
            anchors.setdefault(calendar.period_of(entry.moment.day), {})[fragment.identity] = fragment
    return {period: tuple(found.values()) for period, found in anchors.items()}


def contradictions(anchors: Anchors) -> Iterable[Problem]:
    """Yield a problem for each fragment that says another number than one before it in the same digest."""
    for period, (first, *others) in anchors.items():
        for fragment in others:
            place = fragment.number_place
            if fragment.number != first.number and place is not None:
                message = (
                    f"the digest of {period} is number {first.number} in {first.path}, and cannot be number "
                    f"{fragment.number} as well"
                )
                yield Problem(fragment.path, place.line, place.column, Code.DIGEST_NUMBER, message)
