"""Download a file over http or https, within limits of size and time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection, IncompleteRead
from io import BufferedReader
from ipaddress import ip_address
from socket import socket
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import SplitResult
from urllib.request import (
    AbstractHTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from sphinxext.digest import __version__
from sphinxext.digest.net import Deadline, DeadlineReader, connect
from sphinxext.digest.text import split_url

#: The default limit of a file's size in bytes.
MAX_BYTES = 1024 * 1024
#: The limit in bytes of everything before the body: status lines and headers, including redirects.
MAX_HEADERS = 256 * 1024
#: Seconds that the other side may be silent, and that a whole download may take, redirects included.
TIMEOUT, MAX_TIME = 20, 60
#: Messages for a missing file (404 or 410), in general and for an archive of mails.
NOTHING_THERE, NO_SUCH_FILE = "the server has nothing there", "there is no such file on the server"
_SCHEMES = ("http", "https")
_CHUNK = 64 * 1024
_GONE = (404, 410)
_OK, _NO_CONTENT, _PARTIAL, _NOT_MODIFIED = 200, 204, 206, 304
#: Accepted encodings of the content. Callers unpack gzip themselves, by its first bytes.
_ENCODINGS = ("", "identity", "gzip", "x-gzip")
_MAX_VALIDATOR = 1000
#: The most bytes of a refusal that are shown.
_MAX_SAID = 300
_CUT_OFF = "ends too early: the connection was closed before the end of the file"


class WebError(Exception):
    """A file that cannot be fetched; the message says why.

    ``offline`` if nobody answered, or the server cannot; ``status`` is what it said, and 0 if it said nothing;
    ``refusal`` is the beginning of what it answered to a request with a secret that it refused; ``pause`` is how many
    seconds it wants to be left alone (Retry-After), 0 if it does not say so. ``headers`` are those of a refusal.
    """

    def __init__(
        self,
        message: str,
        *,
        offline: bool = False,
        status: int = 0,
        refusal: str = "",
        pause: int = 0,
        headers: HTTPMessage | None = None,
    ) -> None:
        super().__init__(message)
        self.pause = pause
        self.headers = headers or HTTPMessage()
        self.offline = offline
        self.status = status
        self.refusal = refusal


def check_web_url(url: str) -> SplitResult:
    """Return the parts of a URL that is an absolute one of http or https, without a user or a password.

    :raises WebError: if it is any other.
    """
    parts = split_url(url)
    if parts is None or not _has_sound_port(parts):
        raise WebError(f"'{url}' is not a URL")
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname or not url.isprintable() or " " in url:
        raise WebError(f"'{url}' is not an absolute URL, http or https")
    if "@" in parts.netloc:
        raise WebError(f"a URL of {parts.hostname} has a user or a password in it, which cannot be sent")
    return parts


def _has_sound_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port >= 0
    except ValueError:
        return False


@dataclass
class _Exchange:
    """A download with all its redirects: one deadline, one limit of size, and where it may lead."""

    url: str
    deadline: Deadline
    max_bytes: int = MAX_HEADERS
    received: int = 0
    is_outside: bool = False

    def begin_body(self, max_bytes: int) -> None:
        """Let a body follow. Its chunks may be small, but not so small that most of it is their sizes."""
        self.max_bytes, self.received = 2 * max_bytes + MAX_HEADERS, 0

    def count(self, number: int) -> None:
        """Count bytes as they come in, whatever they belong to."""
        self.received += number
        if self.received > self.max_bytes:
            raise WebError(f"{self.url}: the server sends more than {self.max_bytes:,} bytes of headers or chunks")

    def connect(self, address: tuple[str, int], *_: object, is_proxy: bool = False) -> socket:
        """Connect to a server, with the deadline."""
        return connect(*address, self.deadline, None if is_proxy else self._check)

    def _check(self, address: str) -> None:
        """Refuse the way from the internet into a private network, which no server outside may choose."""
        if is_public(address):
            self.is_outside = True
        elif self.is_outside:
            raise WebError(f"{self.url} leads from the internet to {address} in a private network")


def is_public(address: str) -> bool:
    """Return True if an IP address belongs to the internet, and not to this machine or a private network."""
    number = ip_address(address.partition("%")[0])
    mapped = getattr(number, "ipv4_mapped", None)
    return (mapped or number).is_global


class _Response(HTTPResponse):
    """An answer that is read with the deadline."""

    def __init__(self, exchange: _Exchange, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = BufferedReader(DeadlineReader(sock, exchange.deadline, exchange.count))


class _Connection(HTTPConnection):
    """A connection with the deadline, which starts before the name is looked up."""

    def __init__(self, exchange: _Exchange, host: str, *, is_proxy: bool, **options: Any) -> None:
        super().__init__(host, **options)
        self.response_class = partial(_Response, exchange)  # type: ignore[assignment]
        self._create_connection = partial(exchange.connect, is_proxy=is_proxy)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same with TLS, on top of which the handshake has the time that is left when the connection is made."""


class _Handler(AbstractHTTPHandler):
    """Asks servers, all of one download with the same deadline."""

    def __init__(self, exchange: _Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def http_open(self, request: Request) -> HTTPResponse:
        return self._open(_Connection, request)

    def https_open(self, request: Request) -> HTTPResponse:
        return self._open(_SecureConnection, request)

    def _open(self, connection: type[_Connection], request: Request) -> HTTPResponse:
        is_proxy = request.has_proxy() or bool(getattr(request, "_tunnel_host", None))
        # a proxy is the way to the internet
        self._exchange.is_outside |= is_proxy
        return self.do_open(partial(connection, self._exchange, is_proxy=is_proxy), request)

    http_request = https_request = AbstractHTTPHandler.do_request_


#: The headers of a request that a server gets to which another one leads, as :mod:`urllib.request` writes them.
_FOR_EVERYBODY = frozenset({"Accept", "Accept-encoding", "User-agent"})


class _Redirects(HTTPRedirectHandler):
    """Follows redirects to http and https, and never from https to http."""

    def http_error_302(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:  # a place that cannot be a URL, which urllib finds before it asks us
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        # nobody needs the page that leads elsewhere, which urllib would read to its end
        fp.close()
        check_web_url(newurl)
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise WebError(f"{req.full_url} leads from https to {newurl}")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and (request.type, request.host) != (req.type, req.host):
            # what one server may know, such as a password, is not for another
            for name in request.headers.keys() - _FOR_EVERYBODY:
                request.remove_header(name)
        return request


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a server: the bytes as they came, or None if they are unchanged since the validators.

    ``etag`` and ``modified`` are the validators (RFC 9110) of the headers ``ETag`` and ``Last-Modified``, empty if
    there are none.
    """

    data: bytes | None
    etag: str = ""
    modified: str = ""


def download(
    url: str, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES, *, longest: float | None = None
) -> bytes | None:
    """Return the bytes behind a URL, or None if there is no such file.

    :param timeout: seconds that the server may be silent; ``longest`` is for the whole download.
    :raises WebError: if they cannot be fetched to their end, or are more than ``max_bytes``.
    """
    answer = ask(url, timeout, max_bytes, longest=longest)
    return answer.data if answer is not None else None


def ask(
    url: str,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    headers: Mapping[str, str] | None = None,
    *,
    longest: float | None = None,
) -> Answer | None:
    """Return what is behind a URL, or None if there is no such file (404 or 410).

    :param headers: of the request, such as ``If-None-Match`` or ``Accept-Encoding``.
    :param longest: seconds for all of it, from looking up the name to the last byte; :data:`MAX_TIME` by default.
    :raises WebError: if it cannot be fetched to its end, or has more than ``max_bytes``.
    """
    check_web_url(url)
    exchange = _Exchange(url, Deadline(timeout, MAX_TIME if longest is None else longest))
    agent = {"User-Agent": f"sphinxext-digest/{__version__}"}
    request = Request(url, headers=agent | dict(headers or {}))  # noqa: S310 - checked above
    try:
        with _opener(exchange).open(request, timeout=timeout) as response:
            exchange.begin_body(max_bytes)
            data = _read(response, url, max_bytes)
            return Answer(data, _validator(response, "ETag"), _validator(response, "Last-Modified"))
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            return None
        if error.code == _NOT_MODIFIED:
            return Answer(None)
        message = f"{url}: the server says {error.code} {error.reason}"
        raise WebError(message, offline=error.code >= 500, status=error.code, pause=_pause_of(error)) from None
    except IncompleteRead:
        raise WebError(f"{url} {_CUT_OFF}", offline=True, status=_OK) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise WebError(f"{url} cannot be fetched: {reason}", offline=True) from None


def send(
    url: str,
    data: bytes | None,
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    *,
    method: str = "POST",
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """Send a request with a secret in the URL or in the headers, and return the answer's body.

    See :func:`call`, which also returns the headers.
    """
    return call(url, data, headers, timeout, method=method, max_bytes=max_bytes)[0]


def call(
    url: str,
    data: bytes | None,
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    *,
    method: str = "POST",
    max_bytes: int = MAX_BYTES,
) -> tuple[bytes, HTTPMessage]:
    """Send a request with a secret in the URL or in the headers; return the answer's body and headers, in any case.

    It goes to the server itself: a redirect is refused. Messages name the host only, and what the server says.

    :param data: the body of the request; None for one without, such as ``GET``.
    :param timeout: seconds that the server may be silent.
    :param max_bytes: the limit of the answer's size.
    :raises WebError: if the server cannot be reached or refuses it, or if the way there is not encrypted: only a
        server on this machine may be reached over http.
    """
    try:
        parts = check_web_url(url)
    except WebError:
        raise WebError("the address is not an absolute URL, http or https, without a user") from None
    host = parts.hostname or ""
    if parts.scheme.lower() != "https" and host not in ("localhost", "127.0.0.1", "::1"):
        raise WebError(f"a secret is never sent to {host} without encryption: use https")
    exchange = _Exchange(host, Deadline(timeout, MAX_TIME))
    agent = {"User-Agent": f"sphinxext-digest/{__version__}"}
    request = Request(url, data, agent | dict(headers), method=method)  # noqa: S310 - checked above
    try:
        with _opener(exchange, redirects=False).open(request, timeout=timeout) as response:
            exchange.begin_body(max_bytes)
            return _read(response, host, max_bytes), response.headers
    except HTTPError as error:
        with error:
            said = " ".join(error.read(_MAX_SAID).decode("utf-8", "replace").split())
        message = f"{host} says {error.code} {error.reason}{f': {said}' if said else ''}"
        is_offline = error.code >= 500
        raise WebError(
            message,
            offline=is_offline,
            status=error.code,
            refusal=said,
            pause=_pause_of(error),
            headers=_headers_of(error),
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise WebError(f"{host} cannot be reached: {reason}", offline=True) from None


def _headers_of(error: HTTPError) -> HTTPMessage | None:
    return error.headers if isinstance(error.headers, HTTPMessage) else None


def _pause_of(error: HTTPError) -> int:
    """Return the seconds of Retry-After (RFC 9110), 0 if it has a date or nothing."""
    value = (error.headers.get("Retry-After") or "").strip() if error.headers else ""
    return int(value) if re.fullmatch(r"[0-9]{1,6}", value) else 0


def _opener(exchange: _Exchange, *, redirects: bool = True) -> OpenerDirector:
    """Return an opener for http and https only; urllib's default one would open local files as well."""
    opener = OpenerDirector()
    follows = (_Redirects(),) if redirects else ()
    for handler in (ProxyHandler(), _Handler(exchange), *follows, HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    return opener


def _read(response: HTTPResponse, url: str, max_bytes: int) -> bytes:
    """Return the body of an answer, whole and within the limits."""
    length = _length_of(response, url)
    if length is not None:
        response.length = length
    too_large = WebError(f"{url} is larger than {max_bytes:,} bytes")
    if length is not None and length > max_bytes:
        raise too_large
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > max_bytes:
            raise too_large
    if length is not None and len(data) < length:
        raise WebError(f"{url} {_CUT_OFF}: {len(data):,} of {length:,} bytes came", offline=True, status=_OK)
    return bytes(data)


def _length_of(response: HTTPResponse, url: str) -> int | None:
    """Return how many bytes the body has, or None if its end says so: the last chunk, or the connection's end.

    RFC 9112, section 6.3. What contradicts itself there is refused, as it is where somebody deceives a proxy.
    """
    if response.status == _PARTIAL:
        raise WebError(f"{url}: the server sends a part that nobody asked for", status=_PARTIAL)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise WebError(f"{url}: the server sends it in the encoding '{encoding}', which nobody asked for")
    transfer = [value.strip().lower() for value in response.headers.get_all("Transfer-Encoding", [])]
    lengths = {part.strip() for value in response.headers.get_all("Content-Length", []) for part in value.split(",")}
    if transfer:
        if transfer != ["chunked"] or lengths:
            raise WebError(f"{url}: the server does not say clearly where the file ends (Transfer-Encoding)")
        return None
    if not lengths or response.status == _NO_CONTENT:
        return None
    length = lengths.pop()
    if lengths or not re.fullmatch(r"[0-9]{1,18}", length):
        raise WebError(f"{url}: the server does not say clearly where the file ends (Content-Length)")
    return int(length)


def _validator(response: HTTPResponse, name: str) -> str:
    """Return a header that can be sent back as it is, or an empty text."""
    value: str = response.headers.get(name, "")
    return value if len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable() else ""
