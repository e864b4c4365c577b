"""When a fragment was first merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from sphinxext.digest.history.git import GitError, read_lines
from sphinxext.digest.model import split_name
from sphinxext.digest.periods import check_year


@dataclass(frozen=True)
class FirstMerges:
    """The days (UTC) on which fragments first came into the checked-out branch, by identity.

    ``reason`` says why days may be missing: no repository, no commits, a shallow clone.
    """

    days: dict[str, date] = field(default_factory=dict)
    reason: str = "it is not committed yet"


def current_commit(root: Path) -> str:
    """The name of the checked-out commit, or an empty string where there is none."""
    try:
        return next(read_lines(root, "rev-parse", "--verify", "--quiet", "HEAD"), "")
    except GitError:
        return ""


def first_merges(root: Path, folder: str) -> FirstMerges:
    """Ask git when the fragments of a folder were first merged.

    A fragment is merged on the day of the first commit on the first-parent line that adds a file with its identity:
    the committer's date of the merge, or of the commit itself where there was no merge. A rename keeps the identity
    and so the day.

    :param root: the project; it may be a folder within the repository.
    :param folder: the fragments folder, relative to the project or absolute.
    """
    days: dict[str, date] = {}
    try:
        shallow = _shallow_commits(root / folder)
        commit, day = "", None
        for line in read_lines(
            root / folder,
            "-c",
            "log.showSignature=false",
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--diff-filter=A",
            "--no-renames",
            "--name-only",
            "--format=%x00%H %ct",
            "HEAD",
            "--",
            ".",
        ):
            if line.startswith("\0"):
                commit, _, seconds = line[1:].partition(" ")
                day = _day_of(seconds)
            elif line and (name := split_name(PurePosixPath(line.strip('"')).stem)):
                # git lists the newest commit first, so that the first merge is the last one to be seen
                if day is None or commit in shallow:
                    days.pop(name[1], None)
                else:
                    days[name[1]] = day
    except GitError as error:
        if _is_repository(root / folder) and not current_commit(root / folder):
            return FirstMerges()
        return FirstMerges({}, f"git cannot tell when it was first merged ({error})")
    if shallow:
        return FirstMerges(
            days,
            "this clone is shallow, so that git cannot tell when it was first merged; fetch the whole history "
            "(git fetch --unshallow, in GitHub's checkout action fetch-depth: 0)",
        )
    return FirstMerges(days)


def _day_of(seconds: str) -> date | None:
    """The day of a committer's date, or None if the commit is so broken that it has none."""
    try:
        day = datetime.fromtimestamp(int(seconds), UTC).date()
        check_year(day)
    except (ValueError, OverflowError, OSError):
        return None
    return day


def _is_repository(root: Path) -> bool:
    try:
        return next(read_lines(root, "rev-parse", "--git-dir"), "") != ""
    except GitError:
        return False


def _shallow_commits(root: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends; to git they seem to add every file they have."""
    if next(read_lines(root, "rev-parse", "--is-shallow-repository"), "") != "true":
        return frozenset()
    path = next(read_lines(root, "rev-parse", "--git-path", "shallow"))
    return frozenset((root / path).read_text(encoding="ascii").split())
