"""Which release series a countdown is about."""

from __future__ import annotations

import re
from collections import Counter

from sphinxext.digest.archive.sections import Section

#: OpenStack's series and the year and month of their releases.
SERIES = {
    "austin": (2010, 10),
    "bexar": (2011, 2),
    "cactus": (2011, 4),
    "diablo": (2011, 9),
    "essex": (2012, 4),
    "folsom": (2012, 9),
    "grizzly": (2013, 4),
    "havana": (2013, 10),
    "icehouse": (2014, 4),
    "juno": (2014, 10),
    "kilo": (2015, 4),
    "liberty": (2015, 10),
    "mitaka": (2016, 4),
    "newton": (2016, 10),
    "ocata": (2017, 2),
    "pike": (2017, 8),
    "queens": (2018, 2),
    "rocky": (2018, 8),
    "stein": (2019, 4),
    "train": (2019, 10),
    "ussuri": (2020, 5),
    "victoria": (2020, 10),
    "wallaby": (2021, 4),
    "xena": (2021, 10),
    "yoga": (2022, 3),
    "zed": (2022, 10),
    "antelope": (2023, 3),
    "bobcat": (2023, 10),
    "caracal": (2024, 4),
    "dalmatian": (2024, 10),
    "epoxy": (2025, 4),
    "flamingo": (2025, 10),
    "gazpacho": (2026, 4),
    "hibiscus": (2026, 9),
}
#: Names in places where only that of a series stands.
_PLACES = re.compile(
    r"\b(?P<before>[A-Z][a-z]{2,})(?:[- ][1-3]\b| (?:final|cycle|release schedule|release candidate|milestone))"
    r"|\bstable/(?P<branch>[a-z]{3,})\b|\b(?P<tag>[a-z]{3,})-[1-3]\b"
)
_NO_NAMES = frozenset(
    [
        *("the", "this", "next", "first", "each", "every", "current"),
        *("development", "release", "final", "milestone"),
    ]
)


def series_of(section: Section, text: str, year: int, month: int) -> str | None:
    """The name of the series, in lower case, or None if nothing tells it.

    It is the one that the countdown names most often, or that stands where such names do. Else it is the one that was
    released next after the digest, if the digest speaks of OpenStack or names that series.

    :param text: that of the whole digest, in lower case.
    """
    own = " ".join([section.title, *(block.plain for block in section.body)])
    named: Counter[str] = Counter(word for word in re.findall(r"[a-z]+", own.lower()) if word in SERIES)
    if named:
        in_heading = [name for name in named if name in section.title.lower()]
        if in_heading:
            return in_heading[0]
        coming = _coming(year, month)
        return coming if coming in named else named.most_common(1)[0][0]
    for match in _PLACES.finditer(own):
        name = str(next(group for group in match.groups() if group)).lower()
        if name not in _NO_NAMES:
            return name
    coming = _coming(year, month)
    return coming if coming and ("openstack" in text or coming in text) else None


def _coming(year: int, month: int) -> str | None:
    """OpenStack's series that is released next after a month."""
    return next((name for name, released in SERIES.items() if released >= (year, month)), None)
