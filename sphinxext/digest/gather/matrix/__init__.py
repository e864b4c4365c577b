"""Read rooms of Matrix through the client-server API, which https://spec.matrix.org/latest/client-server-api/ defines.

A server is as much outside as what people write: its answers have limits of size and time, and of their JSON only what
has the expected type is read. The access token goes to the server itself and nowhere else, and never unencrypted.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote, urlencode

from sphinxext.digest.net.http import TIMEOUT, WebError, check_web_url, send
from sphinxext.digest.text import visible_text

#: The most bytes of an answer: a page of events of at most 64 kB each, or the members of a room.
MAX_BYTES = 32 * 1024 * 1024
#: The most seconds to wait when a server asks for it, how many times in a row, and the wait if it names none.
LONGEST_WAIT, MOST_WAITS, USUAL_WAIT = 60.0, 20, 2.0
_TOO_MANY = 429
_ALIAS = re.compile(r"#[^\s:]{1,255}:[^\s:][^\s]{0,255}")
#: A room has no server in its identifier from version 12 on.
_ROOM_ID = re.compile(r"![^\s/]{1,255}")
_MEDIA = re.compile(r"mxc://([^/?#\s]{1,255})/([A-Za-z0-9_-]{1,255})")
_NOTHING: Mapping[str, str] = MappingProxyType({})


class MatrixError(Exception):
    """A request that failed. ``status`` is that of HTTP, 0 without an answer; ``code`` such as ``M_FORBIDDEN``."""

    def __init__(self, message: str, status: int = 0, code: str = "", *, offline: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.offline = offline


class MatrixClient:
    """Asks a homeserver, and waits where it says so.

    :param server: the URL of the homeserver.
    :param sleep: waits for a number of seconds.
    """

    def __init__(self, server: str, token: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self.server = server.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._sleep = sleep

    def get(self, *path: str, query: Mapping[str, str] = _NOTHING, timeout: float = TIMEOUT) -> dict[str, object]:
        """Ask for something by the parts of its path after ``/_matrix/client/v3``.

        :raises MatrixError: if it fails.
        """
        return self.call("GET", path, query, None, timeout)

    def put(self, *path: str, body: Mapping[str, object]) -> dict[str, object]:
        """Send something that the server knows by its path if it is sent again.

        :raises MatrixError: if it fails.
        """
        return self.call("PUT", path, _NOTHING, body, TIMEOUT)

    def post(self, *path: str, body: Mapping[str, object]) -> dict[str, object]:
        """Send something.

        :raises MatrixError: if it fails.
        """
        return self.call("POST", path, _NOTHING, body, TIMEOUT)

    def call(
        self,
        method: str,
        path: tuple[str, ...],
        query: Mapping[str, str],
        body: Mapping[str, object] | None,
        timeout: float,
    ) -> dict[str, object]:
        """Send a request until the server has not too many of them; return the answer's object."""
        place = "/".join(quote(part, safe="", errors="replace") for part in path)
        asked = f"?{urlencode(query, errors='replace')}" if query else ""
        url = f"{self.server}/_matrix/client/v3/{place}{asked}"
        data = None if body is None else json.dumps(body).encode()
        return _object(self._send(method, url, data, timeout, MAX_BYTES))

    def download(self, address: str, max_bytes: int) -> bytes:
        """Return a file that somebody has sent.

        :param address: ``mxc://SERVER/ID``.
        :raises MatrixError: if it is no such address, or cannot be had.
        """
        found = _MEDIA.fullmatch(address)
        if found is None:
            raise MatrixError("it is not on a server of Matrix")
        place = "/".join(quote(part, safe="") for part in found.groups())
        return self._send("GET", f"{self.server}/_matrix/client/v1/media/download/{place}", None, TIMEOUT, max_bytes)

    def _send(self, method: str, url: str, data: bytes | None, timeout: float, max_bytes: int) -> bytes:
        headers = self._headers if data is None else {**self._headers, "Content-Type": "application/json"}
        for number in range(MOST_WAITS + 1):
            try:
                return send(url, data, headers, timeout, method=method, max_bytes=max_bytes)
            except WebError as error:
                if error.status != _TOO_MANY or number == MOST_WAITS:
                    raise _refusal(error) from None
                self._sleep(_wait_of(error))
        raise AssertionError("the last attempt returns or raises")


def check_room(room: str) -> str:
    """Return a room: its alias such as ``#dev:example.org``, or its identifier, which begins with ``!``.

    :raises ValueError: if it is invalid.
    """
    if not room.isprintable() or not (_ALIAS.fullmatch(room) or _ROOM_ID.fullmatch(room)):
        raise ValueError(f"'{room}' is not a room: write its alias, such as #dev:example.org, or its ID")
    return room


def check_server(url: str) -> str:
    """Return the URL of a homeserver.

    :raises ValueError: if it is invalid.
    """
    try:
        parts = check_web_url(url)
    except WebError as error:
        raise ValueError(str(error)) from None
    if parts.query or parts.fragment:
        raise ValueError(f"'{url}' has more than the address of a server")
    return url.rstrip("/")


def room_id(client: MatrixClient, room: str) -> str:
    """Return the identifier of a room.

    :raises MatrixError: if the server does not know its alias.
    """
    if room.startswith("!"):
        return room
    found = client.get("directory", "room", room).get("room_id")
    if not isinstance(found, str) or not _ROOM_ID.fullmatch(found):
        raise MatrixError("the server does not say the ID of the room")
    return found


def state_of(client: MatrixClient, room: str, kind: str) -> dict[str, object] | None:
    """Return the content of a state event of a room, such as its name; None if there is none.

    :raises MatrixError: if it cannot be read.
    """
    try:
        return client.get("rooms", room, "state", kind, "")
    except MatrixError as error:
        if error.status == 404:
            return None
        raise


def members_of(client: MatrixClient, room: str) -> list[dict[str, object]]:
    """Return the members of a room with the names that they show, as events; none if the server does not tell.

    :raises MatrixError: if the server does not answer.
    """
    try:
        joined = client.get("rooms", room, "joined_members").get("joined")
    except MatrixError as error:
        if error.status == 403:  # who may read a room need not be in it
            return []
        raise
    found = joined if isinstance(joined, dict) else {}
    return [
        {"type": "m.room.member", "state_key": who, "content": {"displayname": member.get("display_name")}}
        for who, member in found.items()
        if isinstance(member, dict)
    ]


def _object(answer: bytes) -> dict[str, object]:
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        raise MatrixError("the server's answer is not JSON: is this the URL of a Matrix server?") from None
    if not isinstance(value, dict):
        raise MatrixError("the server's answer is not an object of JSON")
    return value


def _refusal(error: WebError) -> MatrixError:
    """Return the error that a server means: most refusals are objects with a code and a text."""
    said = _said(error)
    code, text = said.get("errcode"), said.get("error")
    if not isinstance(code, str) or not code:
        return MatrixError(str(error), error.status, offline=error.offline)
    text = visible_text(text) if isinstance(text, str) else ""
    message = f"the server says {visible_text(code)}{f': {text}' if text else ''}"
    return MatrixError(message, error.status, code, offline=error.offline)


def _said(error: WebError) -> dict[str, object]:
    try:
        value = json.loads(error.refusal)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _wait_of(error: WebError) -> float:
    """Return the seconds that a server asks for."""
    wait = _said(error).get("retry_after_ms")
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not wait >= 0:
        return USUAL_WAIT
    return min(wait / 1000 + 0.05, LONGEST_WAIT)
