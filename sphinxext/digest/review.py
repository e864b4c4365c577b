"""A year in review: what its notes are, who came, whom people thanked, and what was discussed for long."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinxext.digest.model import Kind
from sphinxext.digest.registers import Chain, Member

if TYPE_CHECKING:
    from sphinxext.digest.collection import Collection

#: How many of the longest threads and of those who were thanked most are named, and from how many times on.
_NAMED, _TIMES = 3, 2


@dataclass(frozen=True)
class Review:
    """A year in numbers and names.

    ``people`` told successes or were thanked; ``newcomers`` are those of them that no earlier year has, if there is an
    earlier one; ``thanked`` has the most thanked with how often they were.
    """

    counts: dict[Kind, int]
    people: int = 0
    newcomers: tuple[Member, ...] = ()
    longest: tuple[Chain, ...] = ()
    thanked: tuple[tuple[Member, int], ...] = ()


def review_of(collection: Collection, year: int) -> Review:
    """The review of a year, by the days of its notes."""
    registers = collection.registers
    counts = Counter(entry.kind for entry in collection.entries if entry.moment.day.year == year)
    present = [member for member in registers.people.values() if year in member.years]
    is_first = not any(entry.moment.day.year < year for entry in collection.of_kind(Kind.SUCCESS))
    newcomers = () if is_first else tuple(member for member in present if member.years[-1] == year)
    chains = [
        chain for chain in registers.threads.values() if any(part.moment.day.year == year for part in chain.parts)
    ]
    longest = sorted(chains, key=lambda chain: (-len(chain.parts), -chain.days, chain.page))[:_NAMED]
    thanks = [(member, len(member.within(year).thanks)) for member in present if member.thanks]
    thanked = sorted((pair for pair in thanks if pair[1] >= _TIMES), key=lambda pair: (-pair[1], pair[0].page))
    return Review(dict(counts), len(present), newcomers, tuple(longest), tuple(thanked[:_NAMED]))
