"""Loading and checking fragments, against what libyaml alone needs for the same files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import as_fragments
from measure import Ratio, Result, Spread, in_turns, run_clocked, run_python

NUMBER, SMALL_NUMBER = 10_000, 500
RUNS = 7

_OURS, _LOAD, _COMPOSE = "load_collection", "yaml.load", "yaml.compose"
_LINT = "sphinx-digest lint"


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    number = SMALL_NUMBER if small else NUMBER
    fragments = as_fragments.write_mix(folder, number)
    sizes = [file.stat().st_size for file in fragments.iterdir()]
    lines = Spread.of(file.read_bytes().count(b"\n") for file in fragments.iterdir())
    variants = {
        name: lambda name=name: run_clocked(__file__, name, folder, folder=folder) for name in (_OURS, _LOAD, _COMPOSE)
    }
    lint = ("-c", "from sphinxext.digest.cli import main; main()", "--project", folder, "lint")
    costs = in_turns({**variants, _LINT: lambda: run_python(*lint, folder=folder)}, runs or RUNS)
    return Result(
        "fragments",
        f"{number:,} fragments of {sum(sizes) / len(sizes):,.0f} bytes and {lines.median:.0f} lines "
        f"({lines.low:.0f}-{lines.high:.0f}), all kinds of note, all with dates",
        [
            Ratio.of("load_collection / yaml.load", costs[_OURS], costs[_LOAD], at_most=1.5),
            Ratio.of("load_collection / yaml.compose", costs[_OURS], costs[_COMPOSE]),
        ],
        {
            "load_collection: read, check, place in time, connect": costs[_OURS],
            "yaml.load of each file with CSafeLoader": costs[_LOAD],
            "yaml.compose of each file with CSafeLoader": costs[_COMPOSE],
            "sphinx-digest lint: the command, reStructuredText included": costs[_LINT],
        },
        [
            "The clock of the first three runs within the process, without start and imports, over files that were "
            "read once before. Memory is that of the process."
        ],
    )


def _load_collection(root: Path) -> Callable[[], int]:
    from sphinxext.digest.collection.load import load_collection
    from sphinxext.digest.settings.options import Settings

    def work() -> int:
        collection = load_collection(root, Settings())
        assert not collection.problems, collection.problems[:5]
        return len({entry.fragment.path for entry in collection.entries})

    return work


def _libyaml(root: Path, name: str) -> Callable[[], int]:
    import yaml

    load = getattr(yaml, name)

    def work() -> int:
        return sum(load(data, Loader=yaml.CSafeLoader) is not None for data in _read_files(root))

    return work


def _read_files(root: Path) -> Iterator[bytes]:
    with os.scandir(root / as_fragments.FOLDER) as entries:
        for entry in entries:
            with open(entry.path, "rb") as file:  # noqa: PTH123 - the cheapest way, for the side we are compared with
                yield file.read()


def _main(name: str, root: Path) -> None:
    work = _load_collection(root) if name == _OURS else _libyaml(root, name.removeprefix("yaml."))
    number = sum(1 for _ in _read_files(root))
    started, processor = time.perf_counter(), time.process_time()
    done = work()
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    assert done == number, (done, number)
    print(seconds, processor)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
