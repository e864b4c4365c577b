"""Every kind of page that there is, of the sample collection. A new kind goes here, and all tests look at it."""

from __future__ import annotations

#: Digests: a usual one, one of two weeks, a newsletter, one with a table, what is too long for any screen, and one of
#: many successes and nothing else.
DIGESTS = tuple(
    f"digests/{day}" for day in ("2026-11-13", "2026-09-18", "2026-10-09", "2026-10-23", "2026-11-20", "2026-11-27")
)
#: The list of all digests, and that of a month.
LISTS = ("digests/index", "digests/2026-10")
#: Countdowns and schedules.
CYCLES = ("countdown", "cycle", "live")
#: A year with its review and its picture.
YEAR = "digests/2026"
#: Who and what the digests are about: lists, and a page of each of them.
ARCHIVES = tuple(
    f"digests/{page}"
    for page in (
        *("people/index", "people/isolheim", "threads/index", "threads/5289effe50fa33b7", "channels/index"),
        *("channels/gannet-dev", "series/index", "series/heron", "successes/index", "successes/2026"),
    )
)
#: Of these the kinds that differ in what is on them.
RECORDS = (
    YEAR,
    *("digests/people/index", "digests/threads/5289effe50fa33b7", "digests/series/heron", "digests/successes/2026"),
)
#: What Sphinx makes of our domain.
INDEX = "digest-notes"

PAGES = (*LISTS, YEAR, *DIGESTS, *ARCHIVES, INDEX, *CYCLES)
#: Enough to see each kind of page once.
ONE_OF_EACH = ("digests/index", "digests/2026-11-13", "digests/2026-11-20", *RECORDS, INDEX, *CYCLES)
