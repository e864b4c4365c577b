"""Asking many servers at once, none of which can hold up the others for long."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue

from sphinxext.digest.collect.source import MAX_BYTES, unpacked
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.urls import split_url
from sphinxext.digest.web import MAX_TIME, NOTHING_THERE, Answer, WebError, ask

#: How many servers are asked at once.
AT_ONCE = 16
#: Seconds after which no more servers are asked, so that no number of slow ones holds a build.
MAX_WHOLE_TIME = 300


@dataclass(frozen=True, slots=True)
class Request:
    """A URL, and the validators of what is known of it, as :class:`~sphinxext.digest.web.Answer` has them."""

    url: str
    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that ask for something else than what is known, and for that packed."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {"Accept-Encoding": "gzip", **{name: value for name, value in conditions.items() if value}}


#: What became of a request: an answer with unpacked bytes, or the reason why there is none.
Outcome = Answer | str


def fetch_all(
    requests: Iterable[Request], timeout: float, longest: float | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Ask for URLs, and say what became of each as soon as that is known.

    Once the server of a URL does not answer at all, its other URLs are not asked for any more; once
    :data:`MAX_WHOLE_TIME` is over, none is.

    :param timeout: seconds that a server may be silent.
    :param longest: seconds that an answer may take in all, whatever the server does.
    """
    yield from _Crew(deque(requests), timeout, MAX_TIME if longest is None else longest).work()


@dataclass
class _Crew:
    """Threads, one for each request. Each ends within ``longest`` seconds, see :mod:`~sphinxext.digest.deadline`."""

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
        except Exception as error:  # whatever it is, somebody waits for an answer
            answer = WebError(f"cannot be had: {type(error).__name__}: {error}")
        self.done.put((request, answer))

    def _next(self) -> tuple[str, Outcome]:
        """Return the outcome of the next request that comes to its end."""
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
    """The problem of a URL that cannot be had."""
    return Problem(url, 0, 0, Code.SOURCE_FETCH, reason)
