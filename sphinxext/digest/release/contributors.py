"""Contributors: who wrote the commits that a version was the first to have, from git's log.

Authors and ``Co-authored-by`` trailers count, by the names that ``.mailmap`` gives them. Merges and bots don't.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sphinxext.digest.release.config import NotesConfig, Patterns
from sphinxext.digest.release.git import GitError, Place, read_output
from sphinxext.digest.release.notes import Contributor, Release
from sphinxext.digest.release.refs import RepositoryReader, named_repository
from sphinxext.digest.text import visible_text

MAILMAP = ".mailmap"
#: Five lines for each commit: git leaves no line breaks in names, and unfolds those of trailers.
_FORMAT = "%H%n%P%n%aN%n%aE%n%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x01)"
_LINES = 5
#: Names and addresses of programs that commit. GitHub marks its own with "[bot]".
_BOT = re.compile(
    r"\[bot\]|\bbots?$|^(?:zuul|jenkins|proposal bot|github actions?|dependabot|renovate|pre-commit-ci|weblate)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"([^<>]{1,200})<([^<>\s]{1,200})>\s*")


@dataclass(frozen=True, slots=True)
class _Commit:
    parents: tuple[bytes, ...]
    people: tuple[tuple[str, str], ...]


def add_contributors(conf: NotesConfig, releases: Sequence[Release], versions: Sequence[str]) -> tuple[Release, ...]:
    """Return the releases with the people who wrote what is new in each, in alphabetical order.

    A person is known by the name or the address: whoever has neither in an older version of the branch contributes
    for the first time. In a shallow clone nobody does, since it lacks older versions.

    :param versions: all versions of the branch that ``conf`` names, the newest first.
    :raises GitError: if git fails, or ``.mailmap`` is not a file that git should read.
    :raises HistoryError: if there is no such branch.
    """
    place = named_repository(Path(conf.reporoot))
    reader = RepositoryReader(place)
    try:
        is_whole, refs = not reader.repository().cuts, reader.refs()
        head, tags = refs.find(conf.branch), refs.tags
    finally:
        reader.close()
    commits = _read_log(place, head)
    # the oldest first: each version has what the ones before it don't
    steps = [
        (_shown_under(conf, version, versions), tags[version]) for version in reversed(versions) if version in tags
    ]
    found: dict[str, dict[str, Contributor]] = {}
    seen: set[bytes] = set()
    known: set[str] = set()
    for version, tip in [*steps, (_unreleased(releases), head)]:
        names = found.setdefault(version, {})
        people = [person for commit in _new_commits(commits, tip, seen) for person in commits[commit].people]
        for person in people:
            is_first = is_whole and known.isdisjoint(_keys(person))
            names.setdefault(person[0].casefold(), Contributor(person[0], is_first))
        known.update(key for person in people for key in _keys(person))
    return tuple(
        replace(release, contributors=tuple(name for _key, name in sorted(found.get(release.version, {}).items())))
        for release in releases
    )


def _unreleased(releases: Iterable[Release]) -> str:
    return next((release.version for release in releases if not release.is_released), "")


def _shown_under(conf: NotesConfig, version: str, versions: Sequence[str]) -> str:
    """The version whose notes have those of a version: pre-releases may be collapsed into the final release."""
    final = Patterns(conf).final(version) if conf.collapse_pre_releases else version
    return final if final in versions else version


def _keys(person: tuple[str, str]) -> tuple[str, ...]:
    name, address = person
    return (name.casefold(), f"<{address.casefold()}>")


def _new_commits(commits: dict[bytes, _Commit], tip: bytes, seen: set[bytes]) -> Iterator[bytes]:
    """Yield a commit and its ancestors, without those that were seen before."""
    todo = [tip]
    while todo:
        commit = todo.pop()
        if commit in commits and commit not in seen:
            seen.add(commit)
            todo += commits[commit].parents
            yield commit


def _read_log(place: Place, head: bytes) -> dict[bytes, _Commit]:
    _check_mailmap(place)
    output = read_output(
        place, "log", "--use-mailmap", "--encoding=UTF-8", f"--format={_FORMAT}", head.decode("ascii"), "--"
    )
    lines = output.split(b"\n")
    found: dict[bytes, tuple[tuple[bytes, ...], list[tuple[str, str]], list[tuple[str, str]]]] = {}
    for start in range(0, len(lines) - _LINES + 1, _LINES):
        commit, above, name, address, trailers = lines[start : start + _LINES]
        parents = tuple(above.split())
        author = [] if len(parents) > 1 else [(_decoded(name), _decoded(address))]
        others = [] if len(parents) > 1 else list(_contacts(_decoded(trailers, keep="\x01")))
        found[commit] = (parents, author, others)
    mapped = _mapped(place, {person for _, _, others in found.values() for person in others})
    return {
        commit: _Commit(parents, tuple(_without_bots([*author, *(mapped.get(one, one) for one in others)])))
        for commit, (parents, author, others) in found.items()
    }


def _check_mailmap(place: Place) -> None:
    """Refuse a mailmap that git would wait for.

    :raises GitError: if it is a pipe, a device or a folder.
    """
    try:
        mode = os.lstat(place / MAILMAP).st_mode
    except OSError:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):  # git doesn't follow links
        raise GitError(f"{MAILMAP} is not a regular file: replace it, or remove it")


def _mapped(place: Place, contacts: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """The names that ``.mailmap`` gives to co-authors."""
    if not contacts:
        return {}
    asked = sorted(contacts)
    text = "".join(f"{name} <{address}>\n" for name, address in asked)
    lines = read_output(place, "check-mailmap", "--stdin", send=text.encode("utf-8", "replace")).splitlines()
    answers = [next(_contacts(_decoded(line)), None) for line in lines]
    return {one: answer for one, answer in zip(asked, answers, strict=False) if answer is not None}


def _contacts(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split("\x01"):
        if (match := _CONTACT.fullmatch(part.strip())) and match[1].strip():
            yield match[1].strip(), match[2]


def _without_bots(people: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, address in people:
        if name and not _BOT.search(name) and not _BOT.search(address.partition("@")[0]):
            yield name, address


def _decoded(text: bytes, keep: str = "") -> str:
    """Decode what somebody wrote into a commit as one line of visible text."""
    decoded = text.decode("utf-8", "replace")
    if keep:
        return keep.join(visible_text(part) for part in decoded.split(keep))
    return visible_text(decoded)
