"""Random histories: commits that Hypothesis makes up, written by ``git fast-import``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

NOTES = "releasenotes/notes"
#: Few identities, so that notes meet each other in renames, deletions and merges.
_IDENTITIES = [f"{number:016x}" for number in range(1, 6)]
_SLUGS = ["one", "two", "zwölf-日本", "with space", 'quo"te']
_NAMES = [f"{slug}-{identity}.yaml" for identity in _IDENTITIES for slug in _SLUGS[:3]] + [
    f"{_SLUGS[3]}-{_IDENTITIES[0]}.yaml",
    f"{_SLUGS[4]}-{_IDENTITIES[1]}.yaml",
    f"{_IDENTITIES[2]}-old.yaml",
    f"deeper/in-{_IDENTITIES[3]}.yaml",
    f"README-{_IDENTITIES[4]}.txt",
]
_BRANCHES = ["stable/a", "stable/b", "stable/2024.1", "topic"]
_TAGS = [
    "1.0.0",
    "1.0.0.0b1",
    "1.0.0.0rc1",
    "1.1.0",
    "2.0.0",
    "2.0.0.0rc1",
    "2.0.0.0rc2",
    "v3.0",
    "a-eol",
    "c-eom",
    "x",
]

Tree = dict[str, str]


@dataclass
class Commit:
    parents: list[int]
    date: int
    tree: Tree


@dataclass
class History:
    """Commits, of which the first parents are lines; names of branches and tags, with the numbers of their commits."""

    commits: list[Commit] = field(default_factory=list)
    branches: dict[str, int] = field(default_factory=dict)
    tags: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def stream(self) -> bytes:
        """What ``git fast-import`` reads."""
        lines: list[bytes] = []
        for number, commit in enumerate(self.commits, 1):
            who = f"Tester <tester@example.org> {commit.date} +0000"
            lines.append(f"reset refs/heads/import\n\ncommit refs/heads/import\nmark :{number}".encode())
            lines.append(f"committer {who}\ndata 1\nc".encode())
            for index, parent in enumerate(commit.parents):
                lines.append(f"{'merge' if index else 'from'} :{parent + 1}".encode())
            lines.append(b"deleteall")
            for path, content in sorted(commit.tree.items()):
                quoted = path.replace("\\", "\\\\").replace('"', '\\"')
                lines.append(f'M 100644 inline "{quoted}"\ndata {len(content.encode())}\n{content}'.encode())
            lines.append(b"")
        for branch, number in self.branches.items():
            lines.append(f"reset refs/heads/{branch}\nfrom :{number + 1}\n".encode())
        for order, (tag, (number, annotated)) in enumerate(self.tags.items()):
            if annotated:
                # of several tags on a commit reno takes them by date, and at random if they have the same
                who = f"Tester <tester@example.org> {2_000_000_000 + order} +0000"
                lines.append(f"tag {tag}\nfrom :{number + 1}\ntagger {who}\ndata 1\nt".encode())
            else:
                lines.append(f"reset refs/tags/{tag}\nfrom :{number + 1}\n".encode())
        return b"\n".join(lines) + b"\n"

    def beginning(self, size: int) -> History:
        """The first commits only."""
        last = size - 1
        return History(
            self.commits[:size],
            {branch: min(number, last) for branch, number in self.branches.items()},
            {tag: (number, annotated) for tag, (number, annotated) in self.tags.items() if number <= last},
        )

    def write(self, root: Path) -> None:
        """Make a repository with this history; ``master`` is checked out."""
        root.mkdir(parents=True)
        git(root, "-c", "init.defaultBranch=master", "init", "--quiet")
        self.put(root)

    def put(self, root: Path) -> None:
        """Give a repository this history."""
        git(root, "fast-import", "--quiet", "--force", send=self.stream())
        git(root, "update-ref", "-d", "refs/heads/import")
        git(root, "reset", "--quiet", "--hard")


def git(root: Path, *arguments: str, send: bytes = b"") -> str:
    env = {**os.environ, "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}
    command = ["git", "-C", str(root), "-c", "user.name=Tester", "-c", "user.email=tester@example.org", *arguments]
    return subprocess.run(command, input=send, env=env, check=True, capture_output=True).stdout.decode().strip()


@st.composite
def _changed(draw: Any, tree: Tree) -> Tree:
    """A tree with some notes added, edited, renamed or deleted."""
    new = dict(tree)
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        notes = sorted(path for path in new if path.startswith(NOTES))
        action = draw(st.sampled_from(["add", "add", "edit", "rename", "delete", "other"]))
        if action == "other" or (action != "add" and not notes):
            new["code.py"] = draw(st.sampled_from("abc"))
        elif action == "add":
            new[f"{NOTES}/{draw(st.sampled_from(_NAMES))}"] = draw(st.sampled_from("xyz"))
        else:
            path = draw(st.sampled_from(notes))
            content = new.pop(path)
            if action == "edit":
                new[path] = content + draw(st.sampled_from("xyz"))
            elif action == "rename":
                identity = path.rpartition("/")[-1]
                same = [name for name in _NAMES if set(_IDENTITIES) & {name[-21:-5]} and name[-21:] == identity[-21:]]
                new[f"{NOTES}/{draw(st.sampled_from(same or _NAMES))}"] = content
    return new


@st.composite
def histories(draw: Any, *, size: int = 14, skewed: bool = True) -> History:
    """Histories with merges of two or three parents, several roots, branches and tags.

    :param skewed: whether dates may be equal, go back, or lie before 1970.
    """
    history = History()
    date = 1_400_000_000
    for number in range(draw(st.integers(1, size))):
        if skewed:
            date += draw(st.sampled_from([60, 60, 60, 0, 0, 3600, -3600, -1_500_000_000, 1_500_000_000]))
            date = date if abs(date) < 3_000_000_000 else 1_400_000_000
        else:
            date += 60
        count = min(number, draw(st.sampled_from([1, 1, 1, 1, 2, 2, 3, 0])))
        recent = st.integers(max(0, number - 5), number - 1) if number else st.nothing()
        parents = (
            draw(st.lists(recent, min_size=count, max_size=count, unique=True)) if count <= number else [number - 1]
        )
        history.commits.append(Commit(parents, date, draw(_tree(history, parents))))
    commits = st.integers(0, len(history.commits) - 1)
    history.branches = {"master": draw(st.integers(max(0, len(history.commits) - 3), len(history.commits) - 1))}
    for branch in draw(st.lists(st.sampled_from(_BRANCHES), unique=True, max_size=3)):
        history.branches[branch] = draw(commits)
    for tag in draw(st.lists(st.sampled_from(_TAGS), unique=True, max_size=7)):
        history.tags[tag] = (draw(commits), True)
    return history


@st.composite
def _tree(draw: Any, history: History, parents: Sequence[int]) -> Tree:
    trees = [history.commits[parent].tree for parent in parents]
    if not trees:
        return draw(_changed({}))
    merged = dict(trees[0])
    if len(trees) > 1 and draw(st.booleans()):
        # a merge that takes what is new; the others take nothing, as OpenStack's null merges
        for tree in trees[1:]:
            merged |= {path: content for path, content in tree.items() if path not in merged}
    if len(trees) > 1 and draw(st.integers(0, 3)):
        return merged
    return draw(_changed(merged))
