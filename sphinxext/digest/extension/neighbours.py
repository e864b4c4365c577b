"""Which digest comes before another one and which after it, of all that have a page of their own."""

from __future__ import annotations

from typing import NamedTuple

from sphinxext.digest.extension.domain import DIGEST, DigestDomain, Target


class Neighbour(NamedTuple):
    """A digest as its neighbours name it. The anchor is empty where the whole page is this digest's."""

    title: str
    docname: str
    anchor: str


#: The digest before one and the one after it.
Around = tuple[Neighbour | None, Neighbour | None]


def digests_around(domain: DigestDomain) -> dict[str, Around]:
    """The neighbours of each digest, by its name; those of a collection follow each other by their last days."""
    if domain.around is None:
        collections: dict[str, dict[str, Neighbour]] = {}
        for target in domain.targets():
            if target.type == DIGEST and target.primary:
                name = target.names[0]
                collections.setdefault(name.rpartition("/")[0], {})[name] = _neighbour(domain, target)
        domain.around = {}
        for digests in collections.values():
            names = sorted(digests)
            found = [None, *(digests[name] for name in names), None]
            for place, name in enumerate(names):
                domain.around[name] = (found[place], found[place + 2])
    around: dict[str, Around] = domain.around
    return around


def _neighbour(domain: DigestDomain, target: Target) -> Neighbour:
    same = [other for other in domain.data["targets"][target.docname] if other.type == DIGEST]
    return Neighbour(target.title, target.docname, target.anchor if len(same) > 1 else "")
