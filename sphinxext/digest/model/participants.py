"""Who took part in a discussion."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How many characters a name may have: a key of YAML may not be much longer.
MAX_NAME = 100
#: How many messages somebody may have written.
MAX_MESSAGES = 99_999

_LINE = re.compile(r"(?P<name>\S(?:[^\n]*\S)?): (?P<number>[1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Participants:
    """Names, in the order in which they were given, each with the number of messages that the person wrote.

    As a string it has one line to a person, ``name: number``, for records whose values are texts.
    """

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of_text(cls, text: str) -> Participants | None:
        """What a string of this form says, or None if a line of it is of another form or names somebody again."""
        found: dict[str, int] = {}
        for line in text.strip().split("\n"):
            match = _LINE.fullmatch(line)
            if match is None or match["name"] in found or len(match["name"]) > MAX_NAME:
                return None
            found[match["name"]] = int(match["number"])
        return cls(tuple(found.items()))

    @property
    def messages(self) -> int:
        """How many messages there were."""
        return sum(number for _name, number in self.counts)

    @property
    def by_number(self) -> tuple[tuple[str, int], ...]:
        """Those who wrote most first; of the same number they stay as they are."""
        return tuple(sorted(self.counts, key=lambda count: -count[1]))

    def __str__(self) -> str:
        return "\n".join(f"{name}: {number}" for name, number in self.counts)
