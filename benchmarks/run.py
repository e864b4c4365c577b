"""The benchmarks that the numbers in the documentation come from.

Each command is run in a process of its own, in turns with those that it is compared with. A ratio is taken within
each round, so that what slows the machine down slows both; the table has the middle ratio of all rounds, and the
smallest and largest, and the middle ratio of the processor's time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import textwrap
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import benchmark_collect
import benchmark_fragments
import benchmark_growth
import benchmark_history
import benchmark_joint
import benchmark_mail
import benchmark_release_notes
import benchmark_site
import benchmark_static_notes
from measure import Cost, Failure, Ratio, Result, Spread

BENCHMARKS = {
    "fragments": benchmark_fragments.measure,
    "site": benchmark_site.measure,
    "growth": benchmark_growth.measure,
    "history": benchmark_history.measure,
    "release-notes": benchmark_release_notes.measure,
    "static-notes": benchmark_static_notes.measure,
    "collect": benchmark_collect.measure,
    "mail": benchmark_mail.measure,
    "joint": benchmark_joint.measure,
}
_PACKAGES = ("Sphinx", "docutils", "PyYAML", "ablog", "reno")


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    about = _about()
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    results = []
    for name in options.names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix=f"benchmark-{name}-") as folder:
            try:
                result = BENCHMARKS[name](
                    Path(folder).resolve(),
                    runs=options.runs,
                    small=options.small,
                    jobs=options.jobs,
                    flat_runs=options.flat_runs,
                )
            except Failure as failure:
                print(f"{name}: {failure}", file=sys.stderr)
                return 1
        results.append(result)
        print(_tables(result, judged=not options.small), flush=True)
    if options.json:
        report = {"about": about, "small": options.small, "benchmarks": [_record(result) for result in results]}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", type=_benchmark, help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--runs", type=_positive, help="how many rounds, instead of each benchmark's own number")
    parser.add_argument("--flat-runs", type=_positive, help="in how many rounds the slow flat toctree takes part (1)")
    parser.add_argument("--jobs", default="auto", help="Sphinx's -j (auto)")
    parser.add_argument("--small", action="store_true", help="small sizes, to see that it works: no judgement")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single value as well")
    return parser


def _benchmark(name: str) -> str:
    if name not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"there is no benchmark '{name}', there are {', '.join(BENCHMARKS)}")
    return name


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1")
    return int(text)


def _about() -> dict[str, str]:
    about = {"Python": platform.python_version(), "system": platform.system(), "processors": str(os.cpu_count())}
    for name in _PACKAGES:
        try:
            about[name] = version(name)
        except PackageNotFoundError:
            about[name] = "(not installed)"
    return about


def _tables(result: Result, *, judged: bool) -> str:
    rows = [("ratio", "median", "(min-max)", "processor", "target", "")]
    rows += [_ratio_row(ratio, judged=judged) for ratio in result.ratios]
    costs = [("seconds", "median", "(min-max)", "processor", "peak memory")]
    costs += [_cost_row(label, values) for label, values in result.costs.items()]
    notes = "".join(f"{textwrap.fill(f'* {note}', 100, subsequent_indent='  ')}\n" for note in result.notes)
    return f"\n{result.name}: {result.title}\n\n{_table(rows)}\n{_table(costs)}\n{notes}"


def _ratio_row(ratio: Ratio, *, judged: bool) -> tuple[str, ...]:
    spread = Spread.of(ratio.pairs)
    verdict = ("met" if ratio.is_met else "MISSED") if judged and ratio.target else ""
    processor = f"{Spread.of(ratio.processor).median:.2f}" if ratio.processor else ""
    return (
        ratio.label,
        f"{spread.median:.2f}",
        f"({spread.low:.2f}-{spread.high:.2f})",
        processor,
        ratio.target,
        verdict,
    )


def _cost_row(label: str, costs: list[Cost]) -> tuple[str, ...]:
    seconds = Spread.of(cost.seconds for cost in costs)
    processor = Spread.of(cost.processor for cost in costs)
    peak = Spread.of(cost.peak for cost in costs)
    return (
        label,
        f"{seconds.median:.2f}",
        f"({seconds.low:.2f}-{seconds.high:.2f})",
        f"{processor.median:.2f}",
        f"{peak.median / 2**20:.0f} MiB",
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as they need; all but the first to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join((row[0].ljust(widths[0]), *cells)).rstrip() + "\n")
    lines.insert(1, "  ".join("-" * width for width in widths if width) + "\n")
    return "".join(lines)


def _record(result: Result) -> dict[str, object]:
    return {
        "name": result.name,
        "title": result.title,
        "ratios": [
            {
                "label": ratio.label,
                "pairs": list(ratio.pairs),
                "processor": list(ratio.processor),
                "target": ratio.target,
                "met": ratio.is_met,
            }
            for ratio in result.ratios
        ],
        "costs": {
            label: [{"seconds": cost.seconds, "processor": cost.processor, "peak": cost.peak} for cost in costs]
            for label, costs in result.costs.items()
        },
        "notes": list(result.notes),
    }


if __name__ == "__main__":
    sys.exit(main())
