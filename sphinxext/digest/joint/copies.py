"""The last good copies of indexes in a folder, with what tells a server that they are known."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest.files import write_by_way_of

_LIST = "indexes.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy: the name of its file, which tells its content, the validators, and when its server was last asked."""

    file: str
    etag: str
    modified: str
    asked: float


@dataclass
class Copies:
    """The copies of a folder. What cannot be written is had again the next time."""

    folder: Path
    known: dict[str, Copy] = field(default_factory=dict)
    _before: dict[str, Copy] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Copies:
        """The copies that are in a folder, as far as their files are there."""
        try:
            record = json.loads((folder / _LIST).read_bytes())
            copies = {url: Copy(**fields) for url, fields in record["copies"].items()} if _is_ours(record) else {}
            names = {file.name for file in folder.iterdir()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            copies, names = {}, set()
        known = {url: copy for url, copy in copies.items() if copy.file in names}
        return cls(folder, known, dict(known))

    def is_fresh(self, url: str, seconds: float) -> bool:
        """Whether a copy is not older than so many seconds, or any number of them if that is below zero."""
        copy = self.known.get(url)
        if copy is None:
            return False
        age = time.time() - copy.asked
        # a time to come is that of a clock which was wrong
        return seconds < 0 or 0 <= age < seconds

    def read(self, url: str) -> bytes | None:
        """The content of a copy, or None if it is not what was written."""
        copy = self.known[url]
        try:
            data = (self.folder / copy.file).read_bytes()
        except OSError:
            return None
        return data if _name(url, data) == copy.file else None

    def confirm(self, url: str) -> None:
        """Remember that the server has nothing else."""
        copy = self.known[url]
        self.known[url] = Copy(copy.file, copy.etag, copy.modified, time.time())

    def add(self, url: str, data: bytes, etag: str, modified: str) -> None:
        """Keep the content behind a URL."""
        name = _name(url, data)
        with suppress(OSError):
            _write(self.folder / name, data)
            self.known[url] = Copy(name, etag, modified, time.time())

    def forget(self, url: str) -> None:
        """Let a copy go that is none."""
        self.known.pop(url, None)

    def save(self) -> None:
        """Write the list of the copies, and remove what it does not have."""
        if self.known == self._before:
            return
        copies = {url: asdict(copy) for url, copy in sorted(self.known.items())}
        with suppress(OSError):
            _write(self.folder / _LIST, json.dumps({"version": _VERSION, "copies": copies}).encode())
            for gone in {copy.file for copy in self._before.values()} - {copy.file for copy in self.known.values()}:
                (self.folder / gone).unlink(missing_ok=True)
        self._before = dict(self.known)


def _is_ours(record: object) -> bool:
    return isinstance(record, dict) and record.get("version") == _VERSION


def _write(file: Path, data: bytes) -> None:
    # several builds may do so at the same time; a copy that got lost is not what its name says
    write_by_way_of(file.with_name(f".{file.name}.{os.getpid()}"), file, data)


def _name(url: str, data: bytes) -> str:
    return f"{blake2b(url.encode(), digest_size=8).hexdigest()}-{blake2b(data, digest_size=16).hexdigest()}.json"
