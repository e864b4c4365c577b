"""The files of a change, and whether it needs a release note and has one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.release.changes import is_note
from sphinxext.digest.release.git import GitError, HistoryError, read_output
from sphinxext.digest.release.refs import read_repository

#: In a commit message: no release note is needed.
_NONE_NEEDED = re.compile(r"^release-notes?:[ \t]*(?:none|no|not needed)\b", re.IGNORECASE | re.MULTILINE)
#: Git's name of a tree without files.
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
#: How to fetch the whole history.
_ALL = "git fetch --unshallow, in GitHub's checkout action fetch-depth: 0"


class DepthError(Exception):
    """The clone is too shallow to tell; the message says what to fetch."""


@dataclass(frozen=True)
class Change:
    """The files of a change, and its answer to whether it needs a release note.

    :ivar notes: the notes that it adds or edits.
    :ivar others: files that need a note.
    :ivar waived_by: the commit whose message says that none is needed, or an empty string.
    :ivar is_shallow: whether the clone may lack commits of the change, and their messages.
    """

    notes: tuple[str, ...]
    others: tuple[str, ...]
    waived_by: str = ""
    is_shallow: bool = False


def read_change(root: Path, folder: str, exempt: Iterable[str], base: str | None = None) -> Change:
    """Compare the last commit with another one.

    :param root: the project, which may be a folder of its repository: files outside it don't count.
    :param folder: of the notes, relative to the project.
    :param exempt: patterns of files that need no note, see :func:`pattern_of`.
    :param base: the commit or branch that the change will be merged into; without it, the first parent of the last
        commit, which is the target of the merge where a CI system checks out a merge.
    :raises DepthError: if the clone is too shallow.
    :raises HistoryError: if there is no such commit, or no repository.
    """
    is_shallow = bool(read_repository(root).cuts)
    start = _parent(root, is_shallow=is_shallow) if base is None else _fork_point(root, base, is_shallow=is_shallow)
    patterns = [pattern_of(one) for one in exempt]
    notes, others = [], []
    for status, path in _files(root, start):
        if path.startswith(f"{folder}/") and is_note(path):
            notes += [path] if status != "D" else []
        elif status != "R100" and not any(pattern.fullmatch(path) for pattern in patterns):
            others.append(path)
    waived_by = "" if notes or not others else _waiver(root, start)
    return Change(tuple(notes), tuple(others), waived_by, is_shallow)


def _parent(root: Path, *, is_shallow: bool) -> str:
    try:
        return _commit(root, "HEAD^1")
    except GitError:
        if is_shallow:
            raise DepthError(
                "this clone has only the last commit, and not the one before it: fetch at least two (git fetch "
                "--deepen=1, in GitHub's checkout action fetch-depth: 2)"
            ) from None
        _commit(root, "HEAD")
        return _EMPTY_TREE


def _fork_point(root: Path, base: str, *, is_shallow: bool) -> str:
    try:
        commit = _commit(root, base)
    except GitError as error:
        if is_shallow:
            raise DepthError(f"{error}, which is shallow: fetch more of the history ({_ALL})") from None
        raise
    try:
        return read_output(root, "merge-base", commit, "HEAD").decode().strip()
    except GitError:
        if is_shallow:
            raise DepthError(
                f"this clone does not reach back to where the change left {base!r}: fetch more of the history ({_ALL})"
            ) from None
        raise HistoryError(f"{base!r} and the last commit have no history in common") from None


def _commit(root: Path, name: str) -> str:
    """Return the full name of a commit.

    :raises GitError: if there is none.
    """
    try:
        found = read_output(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError:
        raise GitError(f"there is no commit or branch {name!r} in this clone") from None
    return found.decode().split()[-1]


def _files(root: Path, start: str) -> Iterator[tuple[str, str]]:
    """Yield the files that differ between a commit and the last one, each with git's letter, and its later name."""
    data = read_output(root, "diff-tree", "-r", "-z", "--name-status", "--find-renames", "--relative", start, "HEAD")
    parts = iter(data.decode("utf-8", "surrogateescape").split("\0"))
    for status in parts:
        if status:
            path = next(parts)
            yield status, next(parts) if status[0] in "RC" else path


def _waiver(root: Path, start: str) -> str:
    """Return the short name of a commit of the change whose message says that no note is needed."""
    span = "HEAD" if start == _EMPTY_TREE else f"{start}..HEAD"
    data = read_output(root, "log", "-z", "--encoding=UTF-8", "--format=%h%n%B", span, "--")
    for record in data.decode("utf-8", "replace").split("\0"):
        commit, _, message = record.partition("\n")
        if _NONE_NEEDED.search(message):
            return commit
    return ""


def pattern_of(text: str) -> re.Pattern[str]:
    """Return the expression of a pattern for paths.

    ``*`` stands for anything but slashes, ``**`` for any folders. A pattern that ends with a slash is a folder with
    all in it; one without any other slash is a name in any folder.
    """
    folder = text.endswith("/")
    parts = text.strip("/").split("/")
    if len(parts) == 1:
        parts.insert(0, "**")
    expression = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:.*/)?"
        else:
            words = (re.escape(piece) for piece in re.split(r"\*+", part))
            expression += "[^/]*".join(words) + ("" if last else "/")
    return re.compile(f"{expression}/.*" if folder else expression, re.DOTALL)
