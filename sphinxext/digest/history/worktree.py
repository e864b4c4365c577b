"""Notes that are not committed as they are: in the index, or only in the working copy."""

from __future__ import annotations

import os
from hashlib import sha1, sha256
from pathlib import Path

from sphinxext.digest.history.changes import Change
from sphinxext.digest.history.git import Process
from sphinxext.digest.history.names import is_note

_RAW = (
    *("--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv"),
    # git would look into the repository of a submodule, with its settings
    "--ignore-submodules=all",
)
#: Names of objects are longer in repositories that use SHA-256.
_SHA1_DIGITS = 40


class WorkingCopy:
    """Asks git how the working copy and the index differ from the last commit, while others do their work.

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
        """What was changed, first in the working copy, then in the index: additions, modifications, deletions.

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
        """Whether a file of the working copy has the content of an object."""
        file = self._root / path
        try:
            content = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
        except OSError:
            return False
        digest = sha1 if len(blob) == _SHA1_DIGITS else sha256
        return digest(b"blob %d\0" % len(content) + content).hexdigest().encode() == blob
