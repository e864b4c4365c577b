"""How long to wait before something is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass
class Backoff:
    """Waits that grow from one failure to the next, each a random part of what it may be.

    Many bots that lost one server do not all come back in the same moment. ``first`` and ``limit`` are seconds.
    """

    first: float
    limit: float
    failures: int = 0

    def next(self) -> float:
        """The seconds to wait after one more failure: between half of the wait and all of it."""
        wait = min(self.limit, self.first * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return wait * random.uniform(0.5, 1)  # noqa: S311 - nobody gains from guessing it

    def reset(self) -> None:
        """Begin anew, after a success."""
        self.failures = 0
