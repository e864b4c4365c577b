"""Building ten years of weekly digests, against the same text as pages that were written by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import as_pages
from content import LINES, SUCCESSES, THREADS, make_digests
from measure import Cost, Ratio, Result, in_turns
from sites import Site, fragments_site, pages_site, settle
from words import compare_pages

NUMBER, SMALL_NUMBER = 520, 26
RUNS, FLAT_RUNS = 5, 1

_OURS, _NESTED, _FLAT, _POSTS = "sphinxext-digest", "pages by year and month", "pages in one toctree", "ABlog posts"
_POSTS_FLAT = "ABlog posts in one toctree"
_ARCHIVES = "with archives"
_FRESH, _UNCHANGED, _EDITED = "all", "nothing changed", "one text edited"


def measure(folder: Path, *, runs: int | None, small: bool, jobs: str, flat_runs: int | None) -> Result:
    number = SMALL_NUMBER if small else NUMBER
    sites = _write_sites(folder, number, jobs)
    runs = runs or (1 if small else RUNS)
    variants: dict[str, Callable[[], dict[str, Cost]]] = {
        name: partial(_build, site, fresh_only=name in (_FLAT, _POSTS_FLAT)) for name, site in sites.items()
    }
    found = in_turns(variants, runs, fewer=dict.fromkeys((_FLAT, _POSTS_FLAT), flat_runs or FLAT_RUNS))
    compared = _compare({name: site.output for name, site in sites.items()})
    costs = {
        (name, what): [run[what] for run in results if what in run]
        for name, results in found.items()
        for what in (_FRESH, _UNCHANGED, _EDITED)
    }
    return Result(
        "site",
        f"{number} weekly digests of {SUCCESSES} successes and {THREADS} threads of {LINES} lines, "
        f"html, alabaster, -j {jobs}",
        _ratios(costs),
        {f"{name}: {what}": values for (name, what), values in costs.items() if values},
        [
            compared,
            "Ours has besides: an index of threads, people and what they told (digest-notes.html), an anchor to each "
            "note and all of them in objects.inv, what stands above each digest, its plain text, the index of notes "
            "for other sites and that of the filter. The hand-written pages have besides: their source, of full "
            "length, in _sources.",
            "Archives are pages of people, channels, threads and the successes of each year, which show most notes "
            "once or twice more. Only the site that says so has them.",
            "ABlog makes an archive and a feed, and cannot be read in parallel; each post has a tag and an author. "
            "As 'ablog start' sets it up, no toctree has the posts, so that no sidebar shows them.",
            "'One text edited' is a line in a thread of the middle digest.",
        ],
    )


def _write_sites(folder: Path, number: int, jobs: str) -> dict[str, Site]:
    """All sites; a very small one of each kind is built first, so that all programs are in the system's memory."""
    for size, place in ((2, "warm-up"), (number, "sites")):
        digests = make_digests(size)
        sites = {
            _OURS: fragments_site(folder / place / "ours", digests, jobs),
            _ARCHIVES: fragments_site(folder / place / "archives", digests, jobs, archives=True),
            _NESTED: pages_site(folder / place / "nested", digests, as_pages.write_nested, jobs),
            _FLAT: pages_site(folder / place / "flat", digests, as_pages.write_flat, jobs),
            _POSTS: pages_site(folder / place / "posts", digests, as_pages.write_posts, jobs),
            _POSTS_FLAT: pages_site(folder / place / "posts-flat", digests, as_pages.write_posts_flat, jobs),
        }
        if size != number:
            for site in sites.values():
                site.build_all()
    settle()
    return sites


def _build(site: Site, *, fresh_only: bool) -> dict[str, Cost]:
    costs = {_FRESH: site.build_all()}
    if not fresh_only:
        costs[_UNCHANGED] = site.build()
        costs[_EDITED] = site.build_edited()
        site.build()  # back to the unedited text
        settle()
    return costs


def _compare(outputs: dict[str, Path]) -> str:
    """See that all show the same, so that the times can be compared."""
    everything, digests = f"{as_pages.FOLDER}/*.html", f"{as_pages.FOLDER}/????-??-??.html"
    pages = compare_pages(outputs[_OURS], outputs[_NESTED], everything)
    same = compare_pages(outputs[_OURS], outputs[_FLAT], digests)
    compare_pages(outputs[_OURS], outputs[_POSTS], digests, more=True)
    compare_pages(outputs[_OURS], outputs[_POSTS_FLAT], digests, more=True)
    return (
        f"The words were compared. {pages} pages by year and month show the same as ours, lists of digests included; "
        f"the {same} digests are the same in one toctree and, but for links to their neighbours, as posts."
    )


def _ratios(costs: dict[tuple[str, str], list[Cost]]) -> list[Ratio]:
    ours, nested, posts = ({what: costs[name, what] for what in (_FRESH, _UNCHANGED, _EDITED)} for name in
                           (_OURS, _NESTED, _POSTS))  # fmt: skip
    return [
        Ratio.of("ours / pages by year and month", ours[_FRESH], nested[_FRESH], at_most=1.25),
        Ratio.of("ours / pages in one toctree", ours[_FRESH], costs[_FLAT, _FRESH], at_most=0.5),
        Ratio.of("ABlog posts in one toctree / ours", costs[_POSTS_FLAT, _FRESH], ours[_FRESH], at_least=2.5),
        Ratio.of("ABlog posts / ours", posts[_FRESH], ours[_FRESH]),
        Ratio.of("ours with archives / ours", costs[_ARCHIVES, _FRESH], ours[_FRESH]),
        Ratio.of("ours with archives / ours, nothing changed", costs[_ARCHIVES, _UNCHANGED], ours[_UNCHANGED]),
        Ratio.of("ours with archives / ours, one text edited", costs[_ARCHIVES, _EDITED], ours[_EDITED]),
        Ratio.of("ours / pages, nothing changed", ours[_UNCHANGED], nested[_UNCHANGED], at_most=1.1),
        Ratio.of("ours / pages, one text edited", ours[_EDITED], nested[_EDITED]),
        Ratio.of("ABlog posts / ours, nothing changed", posts[_UNCHANGED], ours[_UNCHANGED]),
        Ratio.of("ABlog posts / ours, one text edited", posts[_EDITED], ours[_EDITED]),
    ]
