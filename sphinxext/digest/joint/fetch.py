"""Fetch the indexes of other projects: resolve the option ``joint``, ask many servers at once, and cache the answers.

A slow server does not hold up the others. The cache keeps the last good answer of each server with its validators.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from queue import SimpleQueue

from sphinxext.digest.files import write_unsynced
from sphinxext.digest.net.http import MAX_TIME, NOTHING_THERE, Answer, WebError, ask
from sphinxext.digest.net.source import MAX_BYTES, unpacked
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable
from sphinxext.digest.settings.checks import OptionError, places
from sphinxext.digest.text import split_url

#: Maximum number of concurrent requests.
AT_ONCE = 16
#: Seconds after which no more requests start, so that many slow servers cannot hold up a build.
MAX_WHOLE_TIME = 300


@dataclass(frozen=True, slots=True)
class Request:
    """A URL with the validators of its cache entry; see :class:`~sphinxext.digest.net.http.Answer`."""

    url: str
    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of a conditional request that accepts gzip."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {"Accept-Encoding": "gzip", **{name: value for name, value in conditions.items() if value}}


#: The outcome of a request: an answer with unpacked bytes, or the reason why there is none.
Outcome = Answer | str


def fetch_all(
    requests: Iterable[Request], timeout: float, longest: float | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Fetch URLs concurrently, and yield the outcome of each as soon as it is known.

    After a server does not answer at all, its other URLs are skipped; after :data:`MAX_WHOLE_TIME`, all are.

    :param timeout: seconds that a server may be silent.
    :param longest: seconds that a whole answer may take.
    """
    yield from _Crew(deque(requests), timeout, MAX_TIME if longest is None else longest).work()


@dataclass
class _Crew:
    """Run one thread for each request; each ends within ``longest`` seconds."""

    waiting: deque[Request]
    timeout: float
    longest: float
    done: SimpleQueue[tuple[Request, Answer | WebError]] = field(default_factory=SimpleQueue)
    running: int = 0
    silent: dict[str, str] = field(default_factory=dict)

    def work(self) -> Iterator[tuple[str, Outcome]]:
        end = time.monotonic() + MAX_WHOLE_TIME
        while self.waiting or self.running:
            while self.waiting and self.running < AT_ONCE:
                request = self.waiting.popleft()
                if reason := self.silent.get(_server(request.url)):
                    yield request.url, reason
                elif time.monotonic() > end:
                    yield request.url, f"it was not asked for: the others took longer than {MAX_WHOLE_TIME:g} seconds"
                else:
                    self.running += 1
                    threading.Thread(target=self._ask, args=(request,), daemon=True).start()
            if self.running:
                yield self._next()

    def _ask(self, request: Request) -> None:
        answer: Answer | WebError
        try:
            found = ask(request.url, self.timeout, MAX_BYTES, request.headers, longest=self.longest)
            answer = found if found is not None else WebError(NOTHING_THERE)
        except WebError as error:
            answer = error
        except Exception as error:  # the consumer waits for an outcome, whatever happens
            answer = WebError(f"cannot be fetched: {type(error).__name__}: {error}")
        self.done.put((request, answer))

    def _next(self) -> tuple[str, Outcome]:
        """Wait for the next request to end, and return its outcome."""
        request, answer = self.done.get()
        self.running -= 1
        if isinstance(answer, WebError):
            if answer.offline and not answer.status:
                self.silent[_server(request.url)] = str(answer)
            return request.url, str(answer)
        return request.url, _unpacked(answer, request.url)


def _unpacked(answer: Answer, url: str) -> Outcome:
    if answer.data is None:
        return answer
    try:
        return Answer(unpacked(answer.data, url, MAX_BYTES), answer.etag, answer.modified)
    except DigestError as error:
        return error.problems[0].message


def _server(url: str) -> str:
    parts = split_url(url)
    return parts.netloc.lower() if parts else url


def refusal(url: str, reason: str) -> Problem:
    """Return the problem of a URL that cannot be fetched."""
    return Problem(url, 0, 0, Code.SOURCE_FETCH, reason)


#: The suffix of files that list places.
LIST_SUFFIX = ".txt"
#: The prefix of comment lines in a list.
_COMMENT = "#"


def places_of(root: Path, named: tuple[str, ...]) -> tuple[tuple[str, ...], list[Problem]]:
    """Resolve the option ``joint`` to URLs and paths without duplicates, and collect the problems of lists.

    :param named: the value of the option.
    """
    problems: list[Problem] = []
    found: dict[str, None] = {}
    for place in named:
        listed = _listed(root, place, problems) if is_list(place) else (place,)
        found.update(dict.fromkeys(listed))
    return tuple(found), problems


def is_list(place: str) -> bool:
    """Return True if a place is a file that lists places."""
    return "://" not in place and place.endswith(LIST_SUFFIX)


def read_local(root: Path, path: str) -> bytes:
    """Read a file, given its path relative to the project.

    :raises DigestError: if it is not a regular file, cannot be read, or is too large.
    """
    file = root / path
    try:
        if not file.is_file():
            raise DigestError(Problem(path, 0, 0, Code.UNREADABLE, "there is no such file"))
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise DigestError(unreadable(path, error)) from None
    if len(data) > MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"is larger than {MAX_BYTES:,} bytes"))
    return data


def _listed(root: Path, path: str, problems: list[Problem]) -> Iterator[str]:
    try:
        lines = read_local(root, path).decode("utf-8-sig").splitlines()
    except DigestError as error:
        problems += error.problems
        return
    except UnicodeDecodeError:
        problems.append(Problem(path, 0, 0, Code.ENCODING, "the file is not UTF-8"))
        return
    for number, line in enumerate(lines, 1):
        place = line.strip()
        if not place or place.startswith(_COMMENT):
            continue
        try:
            if is_list(place):
                raise OptionError("names another list")
            yield from places(place)
        except OptionError as error:
            problems.append(Problem(path, number, 1, Code.BAD_SETTING, f"'{place}' {error}"))


_LIST = "indexes.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A cache entry: its file, named after its content, its validators, and when its server was last asked."""

    file: str
    etag: str
    modified: str
    asked: float


@dataclass
class IndexCache:
    """The cache of indexes in a folder. Entries that cannot be written are fetched again next time."""

    folder: Path
    known: dict[str, CacheEntry] = field(default_factory=dict)
    _before: dict[str, CacheEntry] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> IndexCache:
        """Load the cache of a folder, without entries whose files are missing."""
        try:
            record = json.loads((folder / _LIST).read_bytes())
            copies = (
                {url: CacheEntry(**fields) for url, fields in record["copies"].items()} if _is_ours(record) else {}
            )
            names = {file.name for file in folder.iterdir()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            copies, names = {}, set()
        known = {url: copy for url, copy in copies.items() if copy.file in names}
        return cls(folder, known, dict(known))

    def is_fresh(self, url: str, seconds: float) -> bool:
        """Return True if an entry is not older than ``seconds``; below zero every entry is fresh."""
        copy = self.known.get(url)
        if copy is None:
            return False
        age = time.time() - copy.asked
        # a time in the future comes from a wrong clock
        return seconds < 0 or 0 <= age < seconds

    def read(self, url: str) -> bytes | None:
        """Return the content of an entry, or None if it is missing or damaged."""
        copy = self.known[url]
        try:
            data = (self.folder / copy.file).read_bytes()
        except OSError:
            return None
        return data if _name(url, data) == copy.file else None

    def confirm(self, url: str) -> None:
        """Mark an entry as fresh, because the server says that it is unchanged."""
        copy = self.known[url]
        self.known[url] = CacheEntry(copy.file, copy.etag, copy.modified, time.time())

    def add(self, url: str, data: bytes, etag: str, modified: str) -> None:
        """Save the content of a URL."""
        name = _name(url, data)
        with suppress(OSError):
            write_unsynced(self.folder / name, data)
            self.known[url] = CacheEntry(name, etag, modified, time.time())

    def forget(self, url: str) -> None:
        """Drop an entry."""
        self.known.pop(url, None)

    def save(self) -> None:
        """Write the list of entries, and delete files that are no longer in it."""
        if self.known == self._before:
            return
        copies = {url: asdict(copy) for url, copy in sorted(self.known.items())}
        with suppress(OSError):
            # several builds may do this at once: a copy that is lost meanwhile is fetched again
            write_unsynced(self.folder / _LIST, json.dumps({"version": _VERSION, "copies": copies}).encode())
            for gone in {copy.file for copy in self._before.values()} - {copy.file for copy in self.known.values()}:
                (self.folder / gone).unlink(missing_ok=True)
        self._before = dict(self.known)


def _is_ours(record: object) -> bool:
    return isinstance(record, dict) and record.get("version") == _VERSION


def _name(url: str, data: bytes) -> str:
    return f"{blake2b(url.encode(), digest_size=8).hexdigest()}-{blake2b(data, digest_size=16).hexdigest()}.json"
