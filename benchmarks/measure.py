"""Measuring commands: each in a process of its own, in an environment of its own, in turns with the others."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

Measured = TypeVar("Measured")

#: What a command still sees of the caller's environment: how programs and packages are found.
_KEPT = ("PATH", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")
#: 2026-01-01T00:00:00Z
_EPOCH = "1767225600"
#: ``ru_maxrss`` is in KiB, on macOS in bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Failure(Exception):
    """A command failed, or did something else than what was to be measured."""


@dataclass(frozen=True)
class Cost:
    """What a command took.

    ``seconds`` by the clock, ``processor`` seconds of all its processes, ``peak`` bytes of memory of the largest of
    them. ``output`` and ``messages`` are what it wrote.
    """

    seconds: float
    processor: float
    peak: int
    output: str = ""
    messages: str = ""


def run_python(*arguments: str | os.PathLike[str], folder: Path) -> Cost:
    """Run Python with these arguments in a folder.

    :raises Failure: if its exit status is not 0.
    """
    command = [sys.executable, *map(os.fspath, arguments)]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as messages:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=_environment(folder), stdout=output, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        cost = Cost(
            seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT, output.read(), messages.read()
        )
    if process.returncode:
        raise Failure(
            f"{' '.join(command)}: status {process.returncode}\n{cost.output[-2000:]}{cost.messages[-4000:]}"
        )
    return cost


def run_clocked(*arguments: str | os.PathLike[str], folder: Path) -> Cost:
    """Run a script that measures a part of itself and prints the seconds by the clock and of the processor."""
    cost = run_python(*arguments, folder=folder)
    seconds, processor = map(float, cost.output.split())
    return replace(cost, seconds=seconds, processor=processor)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "HOME": os.fspath(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": _EPOCH,
        "TZ": "UTC",
    }


def in_turns(
    variants: Mapping[str, Callable[[], Measured]], runs: int, fewer: Mapping[str, int] | None = None
) -> dict[str, list[Measured]]:
    """Run each variant so many times, in rounds; the order turns from round to round.

    :param fewer: how many of the rounds a variant takes part in, the first ones.
    """
    results: dict[str, list[Measured]] = {name: [] for name in variants}
    names = list(variants)
    for turn in range(runs):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            if turn < (fewer or {}).get(name, runs):
                results[name].append(variants[name]())
    return results


@dataclass(frozen=True)
class Spread:
    """The middle one of some values, the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        values = list(values)
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Ratio:
    """How many times as much one took as the other, round by round; and what is hoped for.

    ``pairs`` is by the clock; ``processor`` is by the processor's time, which tells the same with less noise where
    other work goes on, but does not see how well the processors are used.
    """

    label: str
    pairs: Sequence[float]
    processor: Sequence[float] = ()
    at_most: float | None = None
    at_least: float | None = None

    @classmethod
    def of(
        cls,
        label: str,
        costs: Iterable[Cost],
        others: Iterable[Cost],
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> Ratio:
        rounds = list(zip(costs, others, strict=False))
        pairs = [cost.seconds / other.seconds for cost, other in rounds]
        processor = [cost.processor / other.processor for cost, other in rounds]
        return cls(label, pairs, processor, at_most, at_least)

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def is_met(self) -> bool:
        median = Spread.of(self.pairs).median
        return median <= (self.at_most or median) and median >= (self.at_least or median)


@dataclass(frozen=True)
class Result:
    """What a benchmark found: ratios, what was measured, and what has to be known to read it."""

    name: str
    title: str
    ratios: Sequence[Ratio]
    costs: Mapping[str, Sequence[Cost]]
    notes: Sequence[str] = ()
