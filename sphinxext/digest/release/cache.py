"""The cache of earlier scans, in the user's cache folder.

Each repository and folder of notes has two kinds of entries:

* facts: parents and dates of commits, and their changes to notes. They are never stale: the name of a commit is a hash
  of its content. They are only appended, so that a scan reads only what is new since the last one.
* results: the notes of a scan, by all that it depended on.

Nothing here raises: entries that cannot be read or written are found again in git.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from sphinxext.digest.files import write_unsynced

#: Counted up when the format of entries, or their use, changes.
_VERSION = 1
#: The number of cached results; a site may have a page for each series.
_MOST_RESULTS = 100
#: The variable that names the folder of the cache; if it is empty, nothing is cached.
VARIABLE = "SPHINXEXT_DIGEST_CACHE"

#: A kind of facts, one letter, and the facts.
Facts = tuple[str, bytes]


def key_of(*parts: object) -> str:
    """Hash the dependencies of a result, which are compared as JSON."""
    text = json.dumps([_VERSION, *parts], sort_keys=True, default=repr)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def cache_folder() -> Path | None:
    """The folder of the cache, or None if there is to be none.

    ``$SPHINXEXT_DIGEST_CACHE``, else ``sphinxext-digest`` in ``$XDG_CACHE_HOME`` or the system's own place.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    place = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    if place and Path(place).is_absolute():
        return Path(place, "sphinxext-digest")
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "sphinxext-digest"


class Cache:
    """The cache entries of one folder of one repository.

    :param name: names the repository and the folder.
    """

    def __init__(self, name: str) -> None:
        folder = cache_folder()
        self._folder = folder / "history" / name if folder else None
        self._is_damaged = False

    def result(self, key: str) -> object | None:
        """A result as it was given to :meth:`keep_result`, or None."""
        if self._folder is None:
            return None
        try:
            line, _, content = (self._folder / f"{key}.json").read_bytes().partition(b"\n")
            if line == _sum(content):
                result: object = json.loads(content)
                return result
        except (OSError, ValueError):
            pass
        return None

    def keep_result(self, key: str, result: object) -> None:
        """Keep a result, which has to be what JSON can hold."""
        if self._folder is not None:
            content = json.dumps(result, separators=(",", ":")).encode("utf-8", "surrogatepass")
            with suppress(OSError):
                write_unsynced(self._folder / f"{key}.json", _sum(content) + b"\n" + content, is_private=True)
                self._forget_oldest()

    def facts(self) -> Iterator[Facts]:
        """All facts, in the order in which they were kept."""
        if self._folder is None:
            return
        try:
            content = (self._folder / "facts").read_bytes()
        except OSError:
            return
        position = 0
        while position < len(content):
            end = content.find(b"\n", position, position + 40)
            fields = content[position : max(end, position)].split()
            if len(fields) != 4 or not fields[2].isdigit():
                break
            facts = content[end + 1 : end + 1 + int(fields[2])]
            if fields[0] != b"%d" % _VERSION or fields[3] != b"%08x" % crc32(facts):
                break
            position = end + 1 + int(fields[2])
            yield fields[1].decode("ascii", "replace"), facts
        self._is_damaged = position < len(content)

    def keep_facts(self, all_facts: Sequence[Facts]) -> None:
        """Append facts to those that are kept; what is damaged there is left behind first."""
        if self._folder is None or not any(facts for _, facts in all_facts):
            return
        data = b"".join(
            b"%d %s %d %08x\n%s" % (_VERSION, kind.encode(), len(facts), crc32(facts), facts)
            for kind, facts in all_facts
            if facts
        )
        file = self._folder / "facts"
        with suppress(OSError):
            if self._is_damaged or not file.exists():
                write_unsynced(file, data, is_private=True)
            else:
                # one write, so that it does not mix with what others append at the same time
                descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
                try:
                    os.write(descriptor, data)
                finally:
                    os.close(descriptor)

    def _forget_oldest(self) -> None:
        assert self._folder is not None
        results = list(self._folder.glob("*.json"))
        if len(results) > _MOST_RESULTS:
            results.sort(key=lambda file: file.stat().st_mtime)
            for file in results[: len(results) - _MOST_RESULTS // 2]:
                file.unlink(missing_ok=True)


def _sum(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()
