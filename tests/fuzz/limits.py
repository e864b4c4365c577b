"""What one input may take: a second of processor time, and 200 MB of memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECONDS = 1.0
MEGABYTES = 200

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call took, and the most memory that its process had meanwhile."""

    seconds: float
    megabytes: float

    def excess(self, factor: float = 1.0, base: float = 0.0) -> str | None:
        """Which limit it is beyond, or None.

        :param factor: how much longer everything takes under observation.
        :param base: megabytes of the process that do not count.
        """
        if self.seconds > SECONDS * factor:
            return f"{self.seconds:.2f} s of processor time"
        if self.megabytes - base > MEGABYTES:
            return f"{self.megabytes - base:.0f} MB"
        return None


def cost_of(call: Callable[[], None]) -> Cost:
    """Make a call and say what it took."""
    _forget_peak()
    start = time.process_time()
    call()
    return Cost(time.process_time() - start, peak())


def peak() -> float:
    """The most megabytes that this process had since :func:`cost_of` began, or ever where that cannot be told."""
    if _FORGET.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _forget_peak() -> None:
    """Let Linux count the peak from here on; see proc_pid_clear_refs(5)."""
    if _FORGET.exists():
        try:
            _FORGET.write_text("5")
        except OSError:
            return
