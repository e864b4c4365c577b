"""The day on which each fragment was first merged, from git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from sphinxext.digest.model import split_name
from sphinxext.digest.model.period import check_year, day_of
from sphinxext.digest.release.cache import Cache, key_of
from sphinxext.digest.release.git import GitError, read_lines
from sphinxext.digest.release.refs import Repository, find_top, read_repository

_LOG = (
    "log",
    "--first-parent",
    "--diff-merges=first-parent",
    "--diff-filter=A",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--name-only",
    "--format=%x00%H %ct",
)
_REMOVALS = (
    *("log", "--diff-filter=D", "--no-renames", "--no-ext-diff", "--no-textconv", "--name-only"),
    *("--full-history", "--format="),
)

#: The day on which each identity was first merged; None if the commit has no day.
_Days = dict[str, date | None]


@dataclass(frozen=True)
class FirstMerges:
    """The days (UTC) on which fragments first came into the checked-out branch, by identity.

    ``reason`` says why days may be missing: no repository, no commits, a shallow clone.
    """

    days: dict[str, date] = field(default_factory=dict)
    reason: str = "it is not committed yet"


def current_commit(root: Path) -> str:
    """The name of the checked-out commit, or an empty string where there is none."""
    top = find_top(root)
    try:
        return next(read_lines(top, "rev-parse", "--verify", "--quiet", "HEAD"), "") if top else ""
    except GitError:
        return ""


def first_merges(root: Path, folder: str) -> FirstMerges:
    """Find the days on which the fragments of a folder were first merged.

    A fragment is merged on the day of the first commit on the first-parent line that adds a file with its identity:
    the committer's date of the merge, or of the commit itself where there was no merge. A rename keeps the identity
    and so the day. Days are cached in the user's cache folder, so that only new commits are read.

    :param root: the project; it may be a folder within the repository.
    :param folder: the fragments folder, relative to the project or absolute.
    """
    try:
        place = _locate(root, folder)
        repository = read_repository(place.top)
        head = current_commit(place.top)
        if not head:
            return FirstMerges()
        days = _cut(place, repository) if repository.cuts else _all(place, repository, head)
    except GitError as error:
        return FirstMerges({}, f"git cannot tell when it was first merged ({error})")
    known = {identity: day for identity, day in days.items() if day is not None}
    if repository.cuts:
        return FirstMerges(
            known,
            "this clone is shallow, so that git cannot tell when it was first merged; fetch the whole history "
            "(git fetch --unshallow, in GitHub's checkout action fetch-depth: 0)",
        )
    return FirstMerges(known)


def removed_identities(root: Path, folder: str) -> frozenset[str]:
    """Return the identities of fragments that were removed from a folder, as far as git knows them.

    That is what a commit of the checked-out branch removed, and what is missing that git has in its index. Those of
    files that were renamed are among them. Without a repository there are none.

    :param root: the project; it may be a folder within the repository.
    :param folder: the fragments folder, relative to the project or absolute.
    """
    try:
        place = _locate(root, folder)
        names = list(read_lines(place.top, "ls-files", "--deleted", "--", place.path or "."))
        if current_commit(place.top):
            names += read_lines(place.top, *_REMOVALS, "HEAD", "--", place.path or ".")
    except GitError:
        return frozenset()
    found = (split_name(PurePosixPath(name.strip('"')).stem) for name in names if name)
    return frozenset(name[1] for name in found if name)


@dataclass(frozen=True)
class _Place:
    """A folder of a working copy; ``path`` is relative to its top, with a slash at the end unless it is the top."""

    top: Path
    path: str


def _locate(root: Path, folder: str) -> _Place:
    """Find the working copy that knows a fragments folder.

    git is never started in a folder of the project: whoever fills that could make it look like a repository.

    :raises GitError: if there is none.
    """
    project, place = root.resolve(), (root / folder).resolve()
    top = find_top(project if place.is_relative_to(project) else place)
    if top is None or not place.is_relative_to(top):
        raise GitError("not a git repository")
    path = place.relative_to(top).as_posix()
    return _Place(top, "" if path == "." else f"{path}/")


def _all(place: _Place, repository: Repository, head: str) -> _Days:
    """The days of all identities, with the help of those that were found earlier."""
    cache = Cache(key_of(str(repository.store), "first merges"))
    key = key_of(place.path)
    old_head, old_days = _restored(cache.result(key))
    if old_head == head:
        return old_days
    if old_head and _is_on_line(place.top, old_head, head):
        # what was merged earlier stays, whatever was merged since
        days = _read(place, f"{old_head}..HEAD") | old_days
    else:
        days = _read(place, "HEAD")
    cache.keep_result(key, [head, {identity: day and day.isoformat() for identity, day in days.items()}])
    return days


def _cut(place: _Place, repository: Repository) -> _Days:
    """The days in a shallow clone: where it ends, commits seem to add every file they have."""
    return _read(place, "HEAD", cuts={cut.decode() for cut in repository.cuts})


def _read(place: _Place, commits: str, cuts: Iterable[str] = ()) -> _Days:
    days: _Days = {}
    for commit, day, identity in _additions(place, commits):
        # git lists the newest commit first, so that the first merge is the last one to be seen
        days[identity] = None if commit in cuts else day
    return days


def _additions(place: _Place, commits: str) -> Iterator[tuple[str, date | None, str]]:
    """Each commit with its day and an identity that it added, the newest commit first."""
    commit, day = "", None
    for line in read_lines(place.top, *_LOG, commits, "--", place.path or "."):
        if line.startswith("\0"):
            commit, _, seconds = line[1:].partition(" ")
            day = _day_of(seconds)
        elif line and (name := split_name(PurePosixPath(line.strip('"')).stem)):
            yield commit, day, name[1]


def _is_on_line(top: Path, old: str, new: str) -> bool:
    """Return True if a commit is on the first-parent line of another one."""
    last = ""
    try:
        for line in read_lines(top, "rev-list", "--first-parent", "--parents", f"{old}..{new}"):
            last = line
    except GitError:
        # it was thrown away since
        return False
    return last.split()[1:2] == [old]


def _restored(kept: object) -> tuple[str, _Days]:
    if not isinstance(kept, list):
        return "", {}
    head, days = kept
    return head, {identity: date.fromisoformat(day) if day else None for identity, day in days.items()}


def _day_of(seconds: str) -> date | None:
    """The day of a committer's date, or None if the commit is so broken that it has none."""
    try:
        day = day_of(int(seconds))
        check_year(*[day] if day else [])
    except ValueError:
        return None
    return day
