"""Changes to the release notes of a folder: in commits, as reno counts them, in the index and in the working copy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from posixpath import splitext

from sphinxext.digest.release.cache import Facts
from sphinxext.digest.release.git import Place, Process, read_output

#: ``A``, ``D`` or ``M`` for added, deleted, modified, and the path within the folder of notes.
Change = tuple[str, str]

#: Digits of a note's identity.
_DIGITS = 16
_KIND = "C"
_OPTIONS = (
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-color",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
)
_DIFF_TREE = ("diff-tree", "--stdin", "--always", "--root", "-c", *_OPTIONS)
#: From this number of commits on, two processes share them.
_MANY = 2_000


def unique_id(path: str) -> str:
    """The identity of a note: the last 16 characters of its name, or the first in the names of reno's beginnings."""
    name, _ = splitext(path.rpartition("/")[2])
    end = name[-_DIGITS:]
    return name[:_DIGITS] if "-" in end else end


def is_note(path: str) -> bool:
    """Return True if a file in the folder of notes is a note by its name."""
    return path.endswith(".yaml")


@dataclass(frozen=True, slots=True)
class _Difference:
    """The differences of one path of a commit from some of its parents.

    ``kinds`` has a letter for each of them: ``A``, ``D``, ``M``, or ``T`` for what became something else, such as a
    link. ``olds`` has their objects.
    """

    kinds: str
    olds: tuple[bytes, ...]
    path: str


class Changes:
    """The changes to the notes of one folder, by commit. Each commit is asked for once.

    :param folder: relative to the repository, with slashes.
    :param parents: the parents of the commits that are asked for.
    """

    def __init__(self, root: Place, folder: str, parents: Mapping[bytes, tuple[bytes, ...]]) -> None:
        self.known: dict[bytes, tuple[Change, ...]] = {}
        self._root = root
        self._prefix = f"{folder.strip('/')}/"
        self._folder = folder
        self._parents = parents
        self._new: list[bytes] = []

    def restore(self, kept: Iterable[Facts]) -> None:
        """Load the cached facts of the same folder."""
        for kind, facts in kept:
            if kind == _KIND:
                found = json.loads(facts)
                self.known.update(dict.fromkeys(found.pop("").encode().split(), ()))
                for commit, changes in found.items():
                    self.known[commit.encode()] = tuple((kind, path) for kind, path in changes)

    def news(self) -> list[Facts]:
        """Return the facts that were learned since the last call."""
        new, self._new = self._new, []
        found: dict[str, object] = {commit.decode(): self.known[commit] for commit in new if self.known[commit]}
        found[""] = b" ".join(commit for commit in new if not self.known[commit]).decode()
        return [(_KIND, json.dumps(found).encode())] if new else []

    def load(self, commits: Iterable[bytes]) -> None:
        """Make the changes of these commits known.

        :raises GitError: if git fails.
        """
        new = [commit for commit in commits if commit not in self.known]
        self.known.update(dict.fromkeys(new, ()))
        self._new += new
        self._take(
            {commit: found for commit, found in _differences(self._root, new, self._parents, self._folder) if found}
        )

    def _take(self, differences: Mapping[bytes, list[_Difference]]) -> None:
        have_folder = self._with_folder(differences)
        for commit, found in differences.items():
            parents = self._parents[commit]
            if len(parents) > 1:
                columns = [number for number, parent in enumerate(parents) if parent in have_folder]
                changes = list(_of_merge(found, columns))
            else:
                changes = list(_of_commit(found))
            self.known[commit] = tuple(
                (kind, path.removeprefix(self._prefix))
                for kind, path in changes
                if is_note(path) and path.startswith(self._prefix)
            )

    def _with_folder(self, differences: Mapping[bytes, list[_Difference]]) -> set[bytes]:
        """Return the parents of merges that have the folder of notes; reno compares a merge with no others."""
        doubtful: list[bytes] = []
        certain: set[bytes] = set()
        for commit, found in differences.items():
            parents = self._parents[commit]
            if len(parents) > 1:
                for number, parent in enumerate(parents):
                    kinds = {difference.kinds[number] for difference in found}
                    (doubtful.append if kinds <= {"A", "-"} else certain.add)(parent)
        if doubtful:
            names = b"".join(b"%s:%s\n" % (parent, self._folder.encode()) for parent in doubtful)
            lines = read_output(self._root, "cat-file", "--batch-check", send=names).splitlines()
            certain.update(
                parent for parent, line in zip(doubtful, lines, strict=True) if line.split()[1:2] == [b"tree"]
            )
        return certain


def null_merges(root: Place, merges: Sequence[bytes], parents: Mapping[bytes, tuple[bytes, ...]]) -> set[bytes]:
    """Return the merges that changed nothing but what one of their parents has.

    :raises GitError: if git fails.
    """
    differences = dict(_differences(root, merges, parents)) if merges else {}
    return {
        merge for merge in merges if not any(_of_merge(differences.get(merge, []), list(range(len(parents[merge])))))
    }


def _differences(
    root: Place, commits: Sequence[bytes], parents: Mapping[bytes, tuple[bytes, ...]], *folder: str
) -> Iterator[tuple[bytes, list[_Difference]]]:
    """Compare commits with their parents."""
    simple = [commit for commit in commits if len(parents[commit]) < 3]
    middle = len(simple) // 2 if len(simple) > _MANY else 0
    processes = [
        Process(root, *_DIFF_TREE, "--", *folder, send=b"\n".join(part) + b"\n", aside=True)
        for part in (simple[:middle], simple[middle:])
        if part
    ]
    for process in processes:
        with process:
            yield from _parsed(process.read())
    # with more than two parents "-c" leaves out paths that differ from only some of them, which count for reno
    for commit in commits:
        if len(parents[commit]) > 2:
            pairs = b"".join(b"%s %s\n" % (commit, parent) for parent in parents[commit])
            output = read_output(root, *_DIFF_TREE, "--", *folder, send=pairs)
            yield commit, list(_joined([found for _, found in _parsed(output)]))


def _joined(columns: Sequence[Iterable[_Difference]]) -> Iterator[_Difference]:
    """Differences from single parents as differences from all; ``-`` is the kind where there is none."""
    by_path: dict[str, list[tuple[str, bytes]]] = {}
    for number, column in enumerate(columns):
        for difference in column:
            row = by_path.setdefault(difference.path, [("-", b"")] * len(columns))
            row[number] = (difference.kinds, difference.olds[0])
    for path, row in by_path.items():
        yield _Difference("".join(kind for kind, _ in row), tuple(old for _, old in row), path)


def _parsed(output: bytes) -> Iterator[tuple[bytes, list[_Difference]]]:
    """Read raw differences, each commit's after its name; see "Raw output format" in git-diff-tree(1)."""
    tokens = iter(output.split(b"\0"))
    commit, found = b"", []
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(b":"):
            fields = token.lstrip(b":").split()
            count = len(fields) // 2 - 1
            path = next(tokens).decode("utf-8", "surrogateescape")
            olds = tuple(fields[count + 1 : 2 * count + 1])
            found.append(_Difference(fields[-1].decode(), olds, path))
        else:
            if commit:
                yield commit, found
            commit, found = token, []


def _of_commit(differences: Iterable[_Difference]) -> Iterator[Change]:
    """The changes of a commit with one parent or none, in the order of dulwich's walk through the trees."""
    for difference in sorted(differences, key=lambda difference: difference.path.split("/")):
        if difference.kinds == "T":
            yield "D", difference.path
            yield "A", difference.path
        else:
            yield difference.kinds, difference.path


def _of_merge(differences: Iterable[_Difference], columns: Sequence[int]) -> Iterator[Change]:
    """The changes of a merge: those paths only that it took from none of its parents.

    This is the rule of dulwich's ``tree_changes_for_merge``: a path counts if it differs from all parents, or if the
    parents differ in what happened; a deleted path counts unless it was the same in all parents with it.

    :param columns: the numbers of the parents that are compared.
    """
    for difference in sorted(differences, key=lambda difference: difference.path.encode("utf-8", "surrogateescape")):
        kinds = [difference.kinds[column].replace("T", "A") for column in columns]
        have = [kind for kind in kinds if kind != "-"]
        if set(have) == {"D"}:
            counts = len({difference.olds[column] for column in columns if difference.kinds[column] == "D"}) > 1
        else:
            counts = len(set(have)) > 1 or len(have) == len(kinds)
        if counts:
            yield from ((kind, difference.path) for kind in have)


_RAW = (
    *("--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv"),
    # git would look into the repository of a submodule, with its settings
    "--ignore-submodules=all",
)
#: Names of objects are longer in repositories that use SHA-256.
_SHA1_DIGITS = 40


class WorkingCopy:
    """The differences of the working copy and the index from the last commit, which git looks for concurrently.

    :param folder: the folder of notes, relative to the repository, with slashes.
    :param untracked: whether files count that git does not know yet; to reno they do not.
    """

    def __init__(self, root: Path, folder: str, *, untracked: bool = False) -> None:
        self._root = root
        self._prefix = folder.rstrip("/") + "/"
        where = ("--", folder)
        self._unstaged = Process(root, "diff-files", *_RAW, *where)
        self._staged = Process(root, "diff-index", "--cached", "--ita-visible-in-index", *_RAW, "HEAD", *where)
        self._others = Process(root, "ls-files", "--others", "--exclude-standard", "-z", *where) if untracked else None

    def changes(self) -> list[Change]:
        """Return the changes, first in the working copy, then in the index: additions, modifications, deletions.

        The paths are relative to the repository. A changed file of the working copy counts as added if it is there.

        :raises GitError: if git fails.
        """
        changes = {("A", path): None for path in self._untracked()}
        for kind, _, old, path in self._raw(self._unstaged):
            # git has only looked at the times of files: one may just have been touched
            if kind not in {"M", "T"} or not self._is_content(path, old):
                changes["A" if (self._root / path).exists() else "D", path] = None
        staged = []
        for kind, mode, _, path in self._raw(self._staged):
            # "U" is a conflict: modified if the last commit has the file
            staged.append((kind if kind in {"A", "D"} else "A" if not mode.strip(b":0") else "M", path))
        return [*changes, *sorted(staged, key=lambda change: "AMD".index(change[0]))]

    def close(self) -> None:
        """Stop what still runs."""
        for process in (self._unstaged, self._staged, self._others):
            if process is not None:
                process.close()

    def _untracked(self) -> list[str]:
        if self._others is None:
            return []
        paths = self._others.read().decode("utf-8", "surrogateescape").split("\0")
        return [path for path in paths if self._counts(path)]

    def _raw(self, process: Process) -> list[tuple[str, bytes, bytes, str]]:
        """The kind, the old mode, the old object and the path of each difference that a command prints."""
        tokens = process.read().split(b"\0")
        rows = []
        for head, name in zip(tokens[::2], tokens[1::2], strict=False):
            mode, _, old, _, kind = head.split()
            path = name.decode("utf-8", "surrogateescape")
            if self._counts(path):
                rows.append((kind.decode(), mode, old, path))
        return rows

    def _counts(self, path: str) -> bool:
        return path.startswith(self._prefix) and is_note(path)

    def _is_content(self, path: str, blob: bytes) -> bool:
        """Return True if a file of the working copy has the content of an object."""
        file = self._root / path
        try:
            content = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
        except OSError:
            return False
        digest = sha1 if len(blob) == _SHA1_DIGITS else sha256
        return digest(b"blob %d\0" % len(content) + content).hexdigest().encode() == blob
