"""Find successes that were told on two networks: the same words of the same person within a minute are one success.

A person may have several nicks: ``people.yaml`` says whose they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta
from pathlib import Path

from sphinxext.digest.collection.people import People, read_people
from sphinxext.digest.fragments.folder import list_folder, read_bytes
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import DraftPlan
from sphinxext.digest.model import Fragment
from sphinxext.digest.model.notes import Success
from sphinxext.digest.problems import Problem

#: How far apart the two may be told.
RETOLD = timedelta(minutes=1)
_DAY = re.compile(rb"\d{4}-\d\d-\d\d")
#: What ends and surrounds words, and what one network has for bold and another has not.
_AROUND = ".,;:!?()\"'*_`~"


def same_words(text: str, thanked: Iterable[str] = ()) -> str:
    """Return what two texts have in common that differ in case, punctuation and markup alone.

    :param thanked: the nicks or the keys of those who are thanked.
    """
    words = text.casefold().replace("\\", "").split()
    return " ".join([*sorted(thanked), ":", *(word.strip(_AROUND) or word for word in words)])


class ToldSuccesses:
    """The successes of some fragments, by their people and words."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._told: defaultdict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)

    def add(self, fragment: Fragment) -> None:
        """Add the successes of a fragment."""
        for key, moment in self._keys(fragment):
            self._told[key].append((moment, fragment.path))

    def path_of(self, fragment: Fragment) -> str | None:
        """Return the path of the fragment that has what another one tells again, all of it; None if there is none."""
        keys = list(self._keys(fragment))
        if not keys or len(keys) < len(fragment.notes):
            return None
        found = [self._near(key, moment) for key, moment in keys]
        return found[0] if all(found) else None

    def _near(self, key: tuple[str, str], moment: datetime) -> str | None:
        return next((path for other, path in self._told.get(key, ()) if abs(moment - other) <= RETOLD), None)

    def _keys(self, fragment: Fragment) -> Iterator[tuple[tuple[str, str], datetime]]:
        for note in fragment.notes:
            date = note.date or fragment.date
            if isinstance(note, Success) and note.nick and date is not None and date.time is not None:
                thanked = [self._people.key(note.thanks)] if note.thanks else []
                yield (self._people.key(note.nick), same_words(note.text.value, thanked)), date.time


def leave_out_retold(
    plan: DraftPlan, root: Path, folder: str, problems: list[Problem], before: Iterable[Fragment] = ()
) -> None:
    """Take drafts out of a plan whose successes are in the folder, or earlier in the plan. They count as known then.

    :param problems: gets those of ``people.yaml``.
    :param before: fragments that are in no file, because nothing is written.
    """
    days = {day for _, fragment in plan.new for day in _days_of(fragment)}
    if not days:
        return
    told = ToldSuccesses(read_people(root, folder, problems))
    for fragment in (*before, *_fragments_of(root, folder, days)):
        told.add(fragment)
    planned, plan.new = plan.new, []
    for draft, fragment in planned:
        if (path := told.path_of(fragment)) is not None:
            plan.known.append(path)
            continue
        told.add(fragment)
        plan.new.append((draft, fragment))


def _days_of(fragment: Fragment) -> Iterator[bytes]:
    """Yield the days that a file may name with the times of a fragment's successes, in any zone."""
    for note in fragment.notes:
        date = note.date or fragment.date
        if isinstance(note, Success) and date is not None and date.time is not None:
            for number in (-1, 0, 1):
                yield (date.time + timedelta(days=number)).date().isoformat().encode()


def _fragments_of(root: Path, folder: str, days: Set[bytes]) -> Iterator[Fragment]:
    """Yield the fragments of a folder that name one of some days. Few of a long history are parsed."""
    for entry, problem in list_folder(root / folder, folder):
        if entry is None or problem is not None:
            continue
        path = f"{folder}/{entry.name}"
        data = read_bytes(entry.path, path)
        if isinstance(data, Problem) or days.isdisjoint(_DAY.findall(data)):
            continue
        fragment, _ = read_fragment(data, path, Path(path).stem)
        if fragment is not None:
            yield fragment
