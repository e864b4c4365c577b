"""Building ten years of weekly digests and forty, and the same text as pages that were written by hand."""

from __future__ import annotations

from pathlib import Path

import as_pages
from content import make_digests
from measure import Ratio, Result, in_turns
from sites import fragments_site, pages_site, settle

NUMBER, SMALL_NUMBER = 520, 13
TIMES = 4
RUNS = 3

_OURS, _PAGES = "sphinxext-digest", "pages by year and month"


def measure(folder: Path, *, runs: int | None, small: bool, jobs: str, **_options: object) -> Result:
    few = SMALL_NUMBER if small else NUMBER
    many = few * TIMES
    sites = {}
    for number in (few, many):
        digests = make_digests(number)
        sites[_OURS, number] = fragments_site(folder / f"ours-{number}", digests, jobs)
        sites[_PAGES, number] = pages_site(folder / f"pages-{number}", digests, as_pages.write_nested, jobs)
    fragments_site(folder / "warm-up", make_digests(2), jobs).build_all()
    settle()
    variants = {f"{name}, {number:,} digests": site.build_all for (name, number), site in sites.items()}
    costs = in_turns(variants, runs or (1 if small else RUNS))
    ours, pages = ([costs[f"{name}, {number:,} digests"] for number in (many, few)] for name in (_OURS, _PAGES))
    memory = [cost.peak / other.peak for cost, other in zip(*ours, strict=True)]
    return Result(
        "growth",
        f"{few:,} and {many:,} weekly digests, html, alabaster, -j {jobs}",
        [
            Ratio.of(f"time, {many:,} digests / {few:,}", *ours, at_most=1.1 * TIMES),
            Ratio.of(f"time of {_PAGES}, {many:,} digests / {few:,}", *pages),
            Ratio.of(f"time, {many:,} digests, {_OURS} / {_PAGES}", ours[0], pages[0]),
            Ratio(f"memory, {many:,} digests / {few:,}", memory),
        ],
        costs,
        ["Memory is the peak of the largest process."],
    )
