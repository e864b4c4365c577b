"""Fetch schedules from the network into a cache, for commands only: no build goes online for them.

Cached files are fresh for a day, and used for longer while the server does not answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest import files
from sphinxext.digest.net.http import MAX_TIME, TIMEOUT, WebError, check_web_url, download
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.schedule.project_schedule import SERIES
from sphinxext.digest.schedule.sources import CHECKOUT, RST, STATUS, YAML, read_series_list

#: Seconds until a cached file is stale.
MAX_AGE = 24 * 60 * 60
#: How many series are fetched at most.
MAX_SERIES = 100
#: Seconds that all files of a folder may take together.
MAX_WHOLE_TIME = 300
_ENDED = "end of life"
#: Suffix of a marker for a file that the server does not have, so that it is not requested again for a day.
_ABSENT = ".absent"
_SERIES = re.compile(SERIES)
_FILE = re.compile(r"(?P<root>.*?)/(?:doc/source/)?(?P<series>[^/]+)/schedule\.(?:yaml|rst)")


def fetch_schedules(
    url: str,
    *,
    series: Sequence[str] = (),
    cache: Path | None = None,
    note: Callable[[str], None] | None = None,
    timeout: float = TIMEOUT,
) -> Path:
    """Fetch schedules, and return the folder or the file that :func:`load_schedules` takes for a path.

    :param url: http or https. Either a folder with ``data/series_status.yaml`` and
        ``doc/source/SERIES/schedule.yaml``, such as the raw files of openstack/releases, or one schedule's file.
    :param series: names or numbers of series to fetch from a folder whatever their status, besides all that are not at
        their end of life.
    :param cache: the folder to cache files in; the user's cache folder by default.
    :param note: called with one sentence when stale files are used because the server does not answer.
    :raises DigestError: if there is nothing to use.
    """
    try:
        parts = check_web_url(url)
        key = blake2b(url.encode(), digest_size=10).hexdigest()
        folder = (cache or cache_folder()) / key
        fetcher = _Fetcher(folder, timeout)
        if parts.path.endswith((".yaml", ".yml", ".rst")):
            place = _fetch_file(fetcher, url)
        elif parts.query or parts.fragment:
            raise WebError(f"'{url}' cannot be a folder: it has a '?' or a '#'")
        else:
            place = _fetch_folder(fetcher, url.rstrip("/"), series)
    except WebError as error:
        raise DigestError(Problem(url, 0, 0, Code.SCHEDULE_FETCH, str(error))) from None
    except OSError as error:
        message = f"the cache cannot be written: {error.strerror}"
        raise DigestError(Problem(url, 0, 0, Code.SCHEDULE_FETCH, message)) from None
    if note is not None and fetcher.old:
        day = time.strftime("%Y-%m-%d", time.gmtime(min(fetcher.old)))
        note(f"{fetcher.reason}: using the schedules fetched on {day}")
    return place


def cache_folder() -> Path:
    """Return the user's cache folder for schedules."""
    return files.cache_folder("schedules")


@dataclass
class _Fetcher:
    """Fetch files into one folder. After a server fails to answer, or the deadline is over, use only the cache."""

    folder: Path
    timeout: float
    end: float = field(default_factory=lambda: time.monotonic() + MAX_WHOLE_TIME)
    reason: str = ""
    old: list[float] = field(default_factory=list)

    def fetch(self, url: str, name: str) -> Path | None:
        """Return the cached file of a URL, fetched if it is stale, or None if the server does not have it.

        :param name: the path of the file in the folder.
        :raises WebError: if it cannot be fetched and is not in the cache.
        """
        file, absent = self.folder / name, self.folder / f"{name}{_ABSENT}"
        age = {path: _age(path) for path in (file, absent)}
        for path in (file, absent):
            known = age[path]
            if known is not None and known < MAX_AGE:
                return file if path == file else None
        try:
            data = self._download(url)
        except WebError as error:
            if not error.offline:
                raise
            self.reason = self.reason or str(error)
            if age[file] is None and age[absent] is None:
                raise
            if age[file] is not None:
                self.old.append(file.stat().st_mtime)
            return file if age[file] is not None else None
        (file if data is None else absent).unlink(missing_ok=True)
        files.write_unsynced(absent if data is None else file, data or b"", is_private=True)
        return file if data is not None else None

    def _download(self, url: str) -> bytes | None:
        left = self.end - time.monotonic()
        if not self.reason and left <= 0:
            self.reason = f"fetching the schedules takes longer than {MAX_WHOLE_TIME:g} seconds"
        if self.reason:
            raise WebError(self.reason, offline=True)
        return download(url, self.timeout, longest=min(left, MAX_TIME))


def _age(file: Path) -> float | None:
    """Return the age of a file in seconds, or None if it does not exist. A time in the future counts as stale."""
    try:
        age = time.time() - file.stat().st_mtime
    except OSError:
        return None
    return age if age >= 0 else float(MAX_AGE)


def _fetch_file(fetcher: _Fetcher, url: str) -> Path:
    """Fetch one schedule, with its prose and the list of all series if the layout of the URL shows where they are."""
    parts = check_web_url(url)
    match = _FILE.fullmatch(parts.path)
    if match is None or not _SERIES.fullmatch(match["series"]):
        name = parts.path.rpartition("/")[2]
        return _needed(fetcher, url, name if _SERIES.fullmatch(name) else "schedule.yaml")
    series = match["series"]
    beside = parts._replace(path=parts.path.rpartition("/")[0], query="", fragment="").geturl()
    name = parts.path.rpartition("/")[2]
    file = _needed(fetcher, url, f"{CHECKOUT}/{series}/{name}")
    if name == YAML:
        fetcher.fetch(f"{beside}/{RST}", f"{CHECKOUT}/{series}/{RST}")
    if f"/{CHECKOUT}/" in parts.path:
        root = parts._replace(path=match["root"], query="", fragment="").geturl()
        fetcher.fetch(f"{root}/data/{STATUS}", f"data/{STATUS}")
    return file


def _needed(fetcher: _Fetcher, url: str, name: str) -> Path:
    file = fetcher.fetch(url, name)
    if file is None:
        raise WebError(f"{url} was not found")
    return file


def _fetch_folder(fetcher: _Fetcher, root: str, wanted: Sequence[str]) -> Path:
    """Fetch the list of all series, and the schedules of those that are wanted or not at their end of life."""
    listed = _needed(fetcher, f"{root}/data/{STATUS}", f"data/{STATUS}")
    problems: list[Problem] = []
    series_list = read_series_list(listed, f"{root}/data/{STATUS}", problems)
    if not series_list.series:
        raise DigestError(*problems)
    names = {name.strip().casefold() for name in wanted}
    today = datetime.now(UTC).date()
    chosen = [
        one.name
        for one in series_list.series
        if one.status_on(today) != _ENDED or one.name.casefold() in names or one.release_id in names
    ]
    found = False
    for name in chosen[:MAX_SERIES]:
        if not _SERIES.fullmatch(name):
            continue
        folder = f"{CHECKOUT}/{name}"
        yaml = fetcher.fetch(f"{root}/{folder}/{YAML}", f"{folder}/{YAML}")
        prose = fetcher.fetch(f"{root}/{folder}/{RST}", f"{folder}/{RST}")
        found = found or yaml is not None or prose is not None
    if not found:
        raise WebError(f"there is no schedule in {root}/{CHECKOUT}")
    return fetcher.folder
