"""Drafts: what a collector makes of a source, and which of it is new to a folder of fragments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest.fragments.listing import SUFFIX
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import dump_fragment, slug_of
from sphinxext.digest.model import Fragment, split_name
from sphinxext.digest.problems import Problem


@dataclass(frozen=True)
class Draft:
    """A fragment to be completed by a person.

    ``identity`` are the 16 hexadecimal digits that every draft of the same thing has, whenever it is made; ``stem`` is
    the name of its file without the suffix.
    """

    identity: str
    stem: str
    text: str


@dataclass
class DraftPlan:
    """What would become of drafts: ``new`` ones with the fragments that they are, and the paths of those ``known``.

    What cannot be a fragment is among the ``problems``.
    """

    new: list[tuple[Draft, Fragment]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def identity_of(*parts: object) -> str:
    """The identity of what these parts tell from everything else: its kind first, then what it is known by."""
    content = "\n".join(map(str, parts))
    return blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()


def make_draft(
    identity: str,
    words: str,
    sections: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    date: object = None,
    comment: Iterable[str] = (),
) -> Draft:
    """A draft of notes.

    :param words: what its name says, any text.
    :param sections: the notes by the names of their sections, as :func:`dump_fragment` takes them. Texts are
        reStructuredText: what comes from outside must have been escaped.
    :param comment: lines of plain text for the top of the file, such as what a person has to decide.
    """
    head = "".join(f"# {' '.join(line.split())}\n" for line in comment)
    return Draft(identity, f"{slug_of(words)}-{identity}", head + dump_fragment(sections, date=date, draft=True))


def completed(draft: Draft) -> Draft:
    """The same fragment as one that no person has to complete first, and that is shown at once."""
    return replace(draft, text=draft.text.replace("\ndraft: true\n", "\n", 1))


def plan_drafts(drafts: Iterable[Draft], root: Path, folder: str) -> DraftPlan:
    """Find out which drafts are new.

    One that was written before is known by its identity, whatever its name and its text have become since.

    :param root: the project.
    :param folder: the folder of the fragments, relative to the project.
    """
    plan = DraftPlan()
    known: dict[str, str] = {}
    for file in sorted((root / folder).glob(f"*{SUFFIX}")):
        if name := split_name(file.stem):
            known.setdefault(name[1], f"{folder}/{file.name}")
    for draft in drafts:
        if draft.identity in known:
            plan.known.append(known[draft.identity])
            continue
        path = known[draft.identity] = f"{folder}/{draft.stem}{SUFFIX}"
        fragment, problems = read_fragment(draft.text.encode(), path, draft.stem)
        plan.problems += problems
        if fragment is not None and not problems:
            plan.new.append((draft, fragment))
    return plan
