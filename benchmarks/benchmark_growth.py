"""Building ten years of weekly digests and forty."""

from __future__ import annotations

from pathlib import Path

from content import make_digests
from measure import Ratio, Result, in_turns
from sites import fragments_site, settle

NUMBER, SMALL_NUMBER = 520, 13
TIMES = 4
RUNS = 3


def measure(folder: Path, *, runs: int | None, small: bool, jobs: str, **_options: object) -> Result:
    few = SMALL_NUMBER if small else NUMBER
    many = few * TIMES
    sites = {f"{size:,} digests": fragments_site(folder / str(size), make_digests(size), jobs) for size in (few, many)}
    fragments_site(folder / "warm-up", make_digests(2), jobs).build_all()
    settle()
    costs = in_turns({name: site.build_all for name, site in sites.items()}, runs or (1 if small else RUNS))
    fewer, more = costs.values()
    memory = [cost.peak / other.peak for cost, other in zip(more, fewer, strict=True)]
    return Result(
        "growth",
        f"{few:,} and {many:,} weekly digests, html, alabaster, -j {jobs}",
        [
            Ratio.of(f"time, {many:,} digests / {few:,}", more, fewer, at_most=1.1 * TIMES),
            Ratio(f"memory, {many:,} digests / {few:,}", memory),
        ],
        costs,
        ["Memory is the peak of the largest process."],
    )
