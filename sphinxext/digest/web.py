"""One file from the network: http and https alone, with limits of size and time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sphinxext.digest import __version__

#: How many bytes a file may have where nothing else is said.
MAX_BYTES = 1024 * 1024
#: Seconds that the other side may be silent, and that a whole file may take.
TIMEOUT, MAX_TIME = 20, 60
_SCHEMES = ("http", "https")
_CHUNK = 64 * 1024
_GONE = (404, 410)
_NOT_MODIFIED = 304


class WebError(Exception):
    """A file that cannot be had; the message says why.

    ``offline`` if nobody answered, or the server cannot; ``status`` is what it said, and 0 if it said nothing.
    """

    def __init__(self, message: str, *, offline: bool = False, status: int = 0) -> None:
        super().__init__(message)
        self.offline = offline
        self.status = status


def check_web_url(url: str) -> None:
    """Make sure that a URL is an absolute one of http or https.

    :raises WebError: if it is not.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise WebError(f"'{url}' is not a URL") from None
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname or not url.isprintable() or " " in url:
        raise WebError(f"'{url}' is not an absolute URL, http or https")


class _Redirects(HTTPRedirectHandler):
    """Follows redirects to http and https, and never from https to http."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> Any:
        # nobody needs the page that leads elsewhere, which urllib would read to its end
        fp.close()
        check_web_url(newurl)
        if req.type == "https" and urlsplit(newurl).scheme.lower() != "https":
            raise WebError(f"{req.full_url} leads from https to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says: the bytes as they came, or None if they are those that the validators stand for.

    ``etag`` and ``modified`` are the validators (RFC 9110) of the headers ``ETag`` and ``Last-Modified``, empty if
    there are none.
    """

    data: bytes | None
    etag: str = ""
    modified: str = ""


def download(url: str, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> bytes | None:
    """The bytes behind a URL, or None if there is no such file.

    :raises WebError: if they cannot be had, or are more than ``max_bytes``.
    """
    answer = ask(url, timeout, max_bytes)
    return answer.data if answer is not None else None


def ask(
    url: str, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES, headers: Mapping[str, str] | None = None
) -> Answer | None:
    """What is behind a URL, or None if there is no such file.

    :param headers: of the request, such as ``If-None-Match`` or ``Accept-Encoding``.
    :raises WebError: if it cannot be had, or has more than ``max_bytes``.
    """
    check_web_url(url)
    agent = {"User-Agent": f"sphinxext-digest/{__version__}"}
    request = Request(url, headers=agent | dict(headers or {}))  # noqa: S310 - checked above
    try:
        with build_opener(_Redirects()).open(request, timeout=timeout) as response:
            data = _read(response, url, max_bytes)
            return Answer(data, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            return None
        if error.code == _NOT_MODIFIED:
            return Answer(None)
        message = f"{url}: the server says {error.code} {error.reason}"
        raise WebError(message, offline=error.code >= 500, status=error.code) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise WebError(f"{url} cannot be had: {reason}", offline=True) from None


def _read(response: Any, url: str, max_bytes: int) -> bytes:
    """The body of an answer, within the limits."""
    end = time.monotonic() + MAX_TIME
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > max_bytes:
            raise WebError(f"{url} is larger than {max_bytes:,} bytes")
        if time.monotonic() > end:
            raise WebError(f"{url} takes longer than {MAX_TIME} seconds", offline=True)
    return bytes(data)
