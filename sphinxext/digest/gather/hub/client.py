"""Ask the REST API of a site: page by page, with ETags, and with its limits of requests."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

from sphinxext.digest.files import cache_folder, write_unsynced
from sphinxext.digest.net.http import WebError, call
from sphinxext.digest.net.source import parse_json
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import split_url, visible_text

#: The most pages of a list; the limit of an answer's size in bytes.
MAX_PAGES, MAX_BYTES = 50, 32 * 1024 * 1024
#: The longest time to wait for a limit of requests to end: GitHub's lasts an hour.
MAX_WAIT = 3700
#: The most answers that are kept, and the largest one.
MAX_KEPT, _MAX_KEPT_BYTES = 500, 4 * 1024 * 1024
_NOT_MODIFIED = 304
_LIMITED = (403, 429)
_NEXT = re.compile(r"<([^<>]{1,4000})>\s*;\s*rel=\"?next\"?")


@dataclass
class Client:
    """Asks one site.

    :param api: the address of its API without a slash at its end; only https, or this machine.
    :param headers: of each request, such as the token's.
    :param may_wait: wait where the limit of requests is reached.
    :param sleep: waits for a number of seconds.
    """

    api: str
    headers: Mapping[str, str]
    may_wait: bool = False
    sleep: Callable[[float], None] = time.sleep
    kept: KeptAnswers = field(default_factory=lambda: KeptAnswers.of_user())
    #: What a user may want to know.
    notes: list[str] = field(default_factory=list)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """Return the value of a JSON document.

        :raises DigestError: if it does not come.
        """
        return self._get(self._url(path, query))[0]

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[dict[str, object]]:
        """Yield the objects of a list, page by page.

        Only links to the same place of the same site are followed.

        :raises DigestError: if a page does not come.
        """
        url: str | None = self._url(path, query)
        for _ in range(MAX_PAGES):
            if url is None:
                return
            value, following = self._get(url)
            yield from (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))
            url = following if following and _origin(following) == _origin(self.api) else None
        if url is not None:
            self.notes.append(
                f"{self.api}{path}: only the first {MAX_PAGES} pages were read: choose days with --since"
            )

    def post(self, url: str, body: Mapping[str, object]) -> object:
        """Send a query of GraphQL and return its data. What the site says of errors is among the notes.

        :raises DigestError: if it does not come.
        """
        headers = {**self.headers, "Content-Type": "application/json"}
        value = parse_json(self._call(url, json.dumps(body).encode(), headers)[0].decode("utf-8", "replace"), url)
        answer = value if isinstance(value, dict) else {}
        errors = answer.get("errors")
        for error in errors[:1] if isinstance(errors, list) else ():
            said = error.get("message") if isinstance(error, dict) else None
            self.notes.append(f"{url}: {visible_text(str(said or 'the query failed'))}")
        return answer.get("data")

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return f"{self.api}{path}?{urlencode(query)}" if query else f"{self.api}{path}"

    def _get(self, url: str) -> tuple[object, str | None]:
        """Return the value of a page, and the address of the next one."""
        name, known = self.kept.find(url, self.headers)
        headers = {**self.headers, **({"If-None-Match": known.etag} if known else {})}
        try:
            data, answered = self._call(url, None, headers)
        except _UnchangedError:
            assert known is not None
            data, following = known.body, known.following
        else:
            found = _NEXT.search(answered.get("Link") or "")
            following = found[1] if found else ""
            self.kept.keep(name, KeptAnswer(answered.get("ETag") or "", following, data))
        return parse_json(data.decode("utf-8", "replace"), url), following or None

    def _call(self, url: str, data: bytes | None, headers: Mapping[str, str]) -> tuple[bytes, HTTPMessage]:
        waited = 0.0
        while True:
            try:
                return call(url, data, headers, method="POST" if data else "GET", max_bytes=MAX_BYTES)
            except WebError as error:
                if error.status == _NOT_MODIFIED and "If-None-Match" in headers:
                    raise _UnchangedError from None
                pause = _pause(error)
                if pause is None or not self.may_wait or waited + pause > MAX_WAIT:
                    raise DigestError(Problem(url, 0, 0, Code.SOURCE_FETCH, _reason(error, pause))) from None
            waited += pause
            self.sleep(pause)


class _UnchangedError(Exception):
    """The server has nothing newer than what is kept."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, its validator, and the address of the next page, or an empty text."""

    etag: str
    following: str
    body: bytes


@dataclass
class KeptAnswers:
    """Answers in a folder of the user's cache: asking for one that is unchanged costs nothing of GitHub's limit.

    A file that is damaged counts as missing. Nobody else may read them. The oldest ones are removed.

    :param folder: None to keep nothing.
    """

    folder: Path | None

    @classmethod
    def of_user(cls) -> KeptAnswers:
        """Return those in the user's cache, if there is one."""
        try:
            return cls(cache_folder("hub"))
        except OSError:
            return cls(None)

    def find(self, url: str, headers: Mapping[str, str]) -> tuple[str, KeptAnswer | None]:
        """Return the name under which an answer is kept, and the answer. Another token has other answers."""
        name = sha256(json.dumps([url, sorted(headers.items())]).encode()).hexdigest()
        if self.folder is None:
            return name, None
        try:
            lead, _, body = (self.folder / name).read_bytes().partition(b"\n")
            total, etag, following = json.loads(lead)
        except (OSError, ValueError, TypeError, RecursionError):
            return name, None
        is_sound = total == sha256(body).hexdigest() and isinstance(etag, str) and isinstance(following, str)
        return name, KeptAnswer(etag, following, body) if is_sound else None

    def keep(self, name: str, answer: KeptAnswer) -> None:
        """Keep an answer that has a validator."""
        etag = answer.etag
        if self.folder is None or len(answer.body) > _MAX_KEPT_BYTES:
            return
        if not etag or len(etag) > 1000 or not etag.isascii() or not etag.isprintable():
            return
        lead = json.dumps([sha256(answer.body).hexdigest(), etag, answer.following]).encode()
        with suppress(OSError):
            write_unsynced(self.folder / name, lead + b"\n" + answer.body, is_private=True)
            files = sorted(self.folder.iterdir(), key=lambda file: file.stat().st_mtime)
            for file in files[: max(0, len(files) - MAX_KEPT)]:
                file.unlink(missing_ok=True)


def _pause(error: WebError) -> float | None:
    """Return how long to wait for a server that has too many requests; None if that is not the reason."""
    if error.status not in _LIMITED:
        return None
    if error.pause:
        return error.pause
    left = error.headers.get("X-RateLimit-Remaining", error.headers.get("RateLimit-Remaining"))
    reset = error.headers.get("X-RateLimit-Reset", error.headers.get("RateLimit-Reset")) or ""
    if left == "0" and re.fullmatch(r"[0-9]{1,11}", reset):
        return max(1.0, int(reset) - time.time() + 1)
    return 60.0 if error.status == 429 else None


def _reason(error: WebError, pause: float | None) -> str:
    if pause is None:
        if error.status in (301, 302, 307, 308):
            return f"{error}: it has moved; use its new name"
        return str(error)
    end = datetime.fromtimestamp(min(time.time() + pause, 2**32), UTC)
    return f"the limit of requests is reached until {end:%H:%M} UTC: a token has a higher one, --wait waits for it"


def _origin(url: str) -> tuple[str, str] | None:
    parts = split_url(url)
    return (parts.scheme.lower(), parts.netloc.lower()) if parts else None
