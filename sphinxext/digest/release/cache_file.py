"""Release notes in a file, for builds without git's history: source distributions and shallow clones.

The file is reno's cache, ``reno.cache`` in the folder of notes. Ours is JSON, which is YAML as well, so that reno can
read it; in the key ``branches`` it has the notes of each branch, which reno's own puts together.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from sphinxext.digest.files import replace_file
from sphinxext.digest.problems import Problem
from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.config import ScanConfig
from sphinxext.digest.release.git import GitError, HistoryError
from sphinxext.digest.release.scan import NoteFile
from sphinxext.digest.release.scanner import NoteSource, Scanner
from sphinxext.digest.yaml import MAX_NODES, compose, decode, json_value

_NAME = "reno.cache"
#: More values than any project's release notes have.
_MAX_NODES = 1_000_000
#: Characters that JSON may have as they are and YAML may not.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


class CacheFile:
    """The notes of a file instead of git's history, with the interface of :class:`Scanner`."""

    def __init__(self, conf: ScanConfig, content: dict[str, Any]) -> None:
        self.conf = conf
        self.reporoot = conf.reporoot
        self.problems: list[str] = []
        self._content = content
        self._ignored = {unique_id(name) for name in conf.ignore_notes}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: the file is closed."""

    def prepare(self, files: Iterable[NoteFile]) -> None:
        """Do nothing: all is known."""

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[NoteFile]]:
        """The notes of each version, the newest version first, as they were when the file was written.

        :raises HistoryError: if the file does not have the branch.
        """
        notes: OrderedDict[str, list[NoteFile]] = OrderedDict()
        for row in self._rows(branch or self.conf.branch):
            files = [(path, _commit(name)) for path, name in row["files"] if unique_id(path) not in self._ignored]
            if files:
                notes[row["version"]] = files
            if row["version"] == self.conf.earliest_version:
                break
        return notes

    def get_file_at_commit(self, filename: str, sha: object) -> bytes | None:
        """The content of a note, or None if the file does not have it."""
        content = self._content.get("file-contents", {})
        return json.dumps(content[filename], default=str).encode() if filename in content else None

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""
        return {row["version"]: row["date"] for row in self._content.get("dates", [])}

    def get_series_branches(self) -> list[str]:
        """The branches of series that the file has, the oldest first."""
        return [branch for branch in self._content.get("branches", {}) if branch]

    def get_versions_on_branch(self, branch: str | None = None) -> list[str]:
        """Nothing: the file has only versions with notes."""
        return []

    def _rows(self, branch: str | None) -> list[dict[str, Any]]:
        branches = self._content.get("branches")
        # reno's own file has one list for all branches
        rows: list[dict[str, Any]] | None = self._content["notes"] if branches is None else None
        if branches is not None:
            rows = branches.get(branch or "", branches.get((branch or "").removeprefix("origin/")))
        if rows is None:
            raise HistoryError(f"the cache of release notes, {_path(self.conf)}, does not have branch {branch!r}")
        return rows


def open_scanner(conf: ScanConfig, *, untracked: bool = False) -> NoteSource:
    """Open the best source of notes: git, or the committed file where there is no repository or too little of it.

    A shallow or partial clone may have too little.

    :param conf: a ``reno.config.Config``.
    :param untracked: whether notes count that git does not know yet.
    :raises GitError: if there is neither a repository nor a file.
    :raises HistoryError: if there is only a file, and it cannot be read.
    """
    scanner = Scanner(conf, untracked=untracked)
    try:
        is_shallow, has_file = scanner.is_shallow(), _path(conf).is_file()
        is_partial = has_file and scanner.is_partial()
        if not has_file or not (is_shallow or is_partial):
            return scanner
        found = scanner.get_notes_by_version()
        if is_partial:
            _contents(scanner, [found])
        if not scanner.problems:
            return scanner
    except HistoryError as error:
        if not _path(conf).is_file():
            scanner.close()
            raise
        if not isinstance(error, GitError) and not scanner.is_shallow():
            return scanner
    scanner.close()
    return read_cache_file(conf)


def read_cache_file(conf: ScanConfig, path: Path | None = None) -> CacheFile:
    """Read the notes of a file, ours or reno's own.

    :param path: the file, instead of that in the folder of notes.
    :raises HistoryError: if it cannot be read.
    """
    path = path or _path(conf)
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if text.startswith("{") else _yaml(text, _MAX_NODES)
    except (OSError, RecursionError, ValueError) as error:
        raise HistoryError(f"the cache of release notes, {path}, cannot be read: {_first_line(error)}") from None
    if not isinstance(content, dict) or not isinstance(content.get("notes"), list):
        raise HistoryError(f"{path} is not a cache of release notes")
    if not all(map(_is_row, _all_rows(content))) or not isinstance(content.get("file-contents", {}), dict):
        raise HistoryError(f"{path} is not a cache of release notes: an entry lacks its version, files or date")
    for row in _all_rows(content):
        # YAML takes a version such as 1.0 for a number
        row["version"] = str(row["version"])
    return CacheFile(conf, content)


def write_cache_file(conf: ScanConfig, path: Path | None = None) -> Path:
    """Write the notes of the configured branch, or of the current one and all series, to a file.

    A malformed note is left out: whoever reads the notes from git reports it.

    :param path: the file, instead of that in the folder of notes.
    :raises HistoryError: if the history does not have the notes.
    :raises GitError: if git fails.
    :raises OSError: if the file cannot be written.
    """
    path = path or _path(conf)
    with Scanner(conf) as scanner:
        names = [conf.branch] if conf.branch else [None, *scanner.get_series_branches()]
        branches = {name or "": scanner.get_notes_by_version(name) for name in names}
        notes: dict[str, list[NoteFile]] = {}
        for found in branches.values():
            notes |= found
        contents = _contents(scanner, branches.values())
        content = {
            "notes": _as_rows(notes, contents),
            "dates": [{"version": tag, "date": date} for tag, date in scanner.get_version_dates().items()],
            "file-contents": contents,
            "branches": {name: _as_rows(found, contents) for name, found in branches.items()},
        }
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    text = _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
    replace_file(path, text.encode())
    return path


def _all_rows(content: dict[str, Any]) -> Iterator[Any]:
    """The versions of all branches, and those with dates."""
    branches = content.get("branches") or {}
    yield from content["notes"]
    for rows in branches.values() if isinstance(branches, dict) else (None,):
        yield from rows if isinstance(rows, list) else (None,)
    dates = content.get("dates", [])
    yield from dates if isinstance(dates, list) else (None,)


def _is_row(row: object) -> bool:
    """Return True if a row is a version with its files, or with its date."""
    if not isinstance(row, dict) or not isinstance(row.get("version"), str | int | float):
        return False
    files = row.get("files", [])
    pairs = isinstance(files, list) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in files
    )
    return pairs and ("files" in row or isinstance(row.get("date"), int | float))


def _path(conf: ScanConfig) -> Path:
    return Path(conf.reporoot, conf.notespath, _NAME)


def _as_rows(notes: Mapping[str, list[NoteFile]], known: Container[str]) -> list[dict[str, Any]]:
    return [
        {
            "version": version,
            "files": [[path, commit.decode() if commit else None] for path, commit in files if path in known],
        }
        for version, files in notes.items()
    ]


def _contents(scanner: Scanner, branches: Iterable[Mapping[str, list[NoteFile]]]) -> dict[str, Any]:
    """Return the content of each note that is valid YAML.

    :raises GitError: if git fails, or the clone lacks a file.
    """
    contents = {}
    for found in branches:
        for files in found.values():
            for file, commit in files:
                try:
                    contents[file] = _note(scanner.get_file_at_commit(file, commit) or b"", file)
                except GitError:
                    raise
                except ValueError:
                    continue
    return contents


def _commit(name: object) -> bytes | None:
    return name.encode() if isinstance(name, str) else name if isinstance(name, bytes) else None


def _note(content: bytes | str, path: str) -> Any:
    """Read a note, within the limits that there are for all YAML.

    :raises ValueError: if it is malformed or passes a limit.
    """
    problems: list[Problem] = []
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    text = decode(data, path, problems)
    if text is None:
        raise ValueError(problems[-1].message)
    return _yaml(text)


def _yaml(text: str, max_nodes: int = MAX_NODES) -> Any:
    """Read YAML.

    :raises ValueError: if it is malformed or passes a limit.
    """
    problems: list[Problem] = []
    node = compose(text, _NAME, problems, max_nodes=max_nodes, expands=True)
    if problems:
        raise ValueError(problems[-1].message)
    return None if node is None else json_value(node)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
