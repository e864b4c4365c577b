"""Drafting the successes in ten years of the logs of one channel."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import logs_of_chats
from measure import Cost, Ratio, Result, Spread, in_turns, run_clocked, run_python

#: Ten years, a success a day.
DAYS, SMALL_DAYS = 3_653, 20
LINES, SMALL_LINES = 300, 50
RUNS = 5
TARGET = 100_000

_READ, _GREP = "read", "grep"
_COMMAND = "sphinx-digest collect irc"


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    days, lines = (SMALL_DAYS, SMALL_LINES) if small else (DAYS, LINES)
    project, logs = folder / "project", folder / "logs"
    (project / "releasenotes" / "digests").mkdir(parents=True)
    logs.mkdir()
    logs_of_chats.write_logs(logs, days, lines)
    number = days * lines
    command = ("-c", "from sphinxext.digest.cli import main; main()", "--project", project)
    variants: dict[str, Callable[[], Cost]] = {
        _READ: lambda: run_clocked(__file__, _READ, logs, folder=folder),
        _GREP: lambda: run_clocked(__file__, _GREP, logs, folder=folder),
        _COMMAND: lambda: run_python(*command, "collect", "irc", logs, "--dry-run", folder=folder),
    }
    costs = in_turns(variants, runs or RUNS)
    rates = Spread.of(number / cost.seconds for cost in costs[_READ])
    return Result(
        "collect",
        f"{number:,} lines of a channel's logs in {days:,} files, a success in each file",
        [
            Ratio("lines a second, in 100,000", [number / cost.seconds / TARGET for cost in costs[_READ]], at_least=1),
            Ratio.of("reading the logs / looking for the two words alone", costs[_READ], costs[_GREP]),
        ],
        {
            "to drafts": costs[_READ],
            "looking for #success and #thanks in each line, by hand": costs[_GREP],
            f"{_COMMAND} --dry-run: the command, drafts checked": costs[_COMMAND],
        },
        [
            f"{rates.median:,.0f} lines a second ({rates.low:,.0f}-{rates.high:,.0f}), and "
            f"{number / Spread.of(cost.seconds for cost in costs[_COMMAND]).median:,.0f} by the whole command."
        ],
    )


def _read(root: Path) -> int:
    from sphinxext.digest.gather.irc.collector import Collector, LogOptions
    from sphinxext.digest.gather.irc.sources import find_sources

    collector = Collector(LogOptions())
    for source in find_sources(str(root), None, lambda _: True):
        collector.read(source)
    assert not collector.problems
    return len(collector.drafts())


def _grep(root: Path) -> int:
    found = 0
    for path in sorted(root.glob("*/*.log")):
        with path.open("rb") as log:
            found += sum(b"#success" in line or b"#thanks" in line for line in log)
    return found


if __name__ == "__main__":
    work = {_READ: _read, _GREP: _grep}[sys.argv[1]]
    started, processor = time.perf_counter(), time.process_time()
    assert work(Path(sys.argv[2]))
    print(time.perf_counter() - started, time.process_time() - processor)
