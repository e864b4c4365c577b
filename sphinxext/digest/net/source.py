"""Read a source, a file or URL, gzipped or not, within limits of size and time."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

from sphinxext.digest.net.http import NOTHING_THERE, TIMEOUT, WebError, download
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable

#: The default limit in bytes, larger than any real feed or list of changes.
MAX_BYTES = 16 * 1024 * 1024

#: The name of standard input on the command line.
STANDARD_INPUT = "-"

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_PIECE = 4096
#: The window bits that make zlib expect the header of gzip.
_GZIP_BITS = 31


def is_url(source: str) -> bool:
    """Return True if a source is a URL, and not a file."""
    return _URL.match(source) is not None


def read_source(source: str, *, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file, or download an http or https URL; gzipped content is unpacked.

    :param max_bytes: the limit of the size, both packed and unpacked.
    :raises DigestError: if it cannot be read or is too large.
    """
    data = _fetched(source, timeout, max_bytes) if is_url(source) else _read(source, max_bytes)
    return unpacked(data, source, max_bytes)


def unpacked(data: bytes, source: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Unpack bytes if they are gzipped, by the file or by the server.

    :raises DigestError: if they are malformed, or larger than ``max_bytes`` when unpacked.
    """
    if len(data) > max_bytes:
        raise _too_large(source, max_bytes)
    if not data.startswith(_GZIP):
        return data
    try:
        result = _unpacked(data, max_bytes + 1)
    except zlib.error as error:
        message = f"cannot be unpacked: {error}"
        raise DigestError(Problem(source, 0, 0, Code.UNREADABLE, message)) from None
    if len(result) > max_bytes:
        raise _too_large(source, max_bytes)
    return result


def _unpacked(data: bytes, limit: int) -> bytes:
    """Unpack all members of a gzip file, up to a number of bytes.

    Each part that ends copies what follows it in the piece: a large piece would make many small parts quadratic.

    :raises zlib.error: if they are malformed or truncated.
    """
    result, position = bytearray(), 0
    unpacker = zlib.decompressobj(_GZIP_BITS)
    while position < len(data) and len(result) < limit:
        piece = data[position : position + _PIECE]
        result += unpacker.decompress(piece, limit - len(result))
        position += len(piece) - len(unpacker.unused_data)
        if unpacker.eof:
            if not data.startswith(_GZIP, position):
                return bytes(result)
            unpacker = zlib.decompressobj(_GZIP_BITS)
    if len(result) < limit:
        raise zlib.error("it ends too early")
    return bytes(result)


def parse_json(text: str, source: str, line: int = 0) -> Any:
    """Parse a JSON text.

    :param line: the number of lines before it in the source.
    :raises DigestError: if it is invalid or nested too deeply.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = line + error.lineno, error.colno
        raise DigestError(Problem(source, *place, Code.JSON_SYNTAX, f"is not valid JSON: {error.msg}")) from None
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DigestError(Problem(source, 0, 0, Code.JSON_SYNTAX, f"is not valid JSON: {reason}")) from None


def _fetched(url: str, timeout: float, max_bytes: int) -> bytes:
    try:
        data = download(url, timeout, max_bytes)
    except WebError as error:
        raise DigestError(Problem(url, 0, 0, Code.SOURCE_FETCH, str(error))) from None
    if data is None:
        raise DigestError(Problem(url, 0, 0, Code.SOURCE_FETCH, NOTHING_THERE))
    return data


def _read(path: str, max_bytes: int) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise DigestError(unreadable(path, error)) from None
    return data


def _too_large(source: str, max_bytes: int) -> DigestError:
    return DigestError(Problem(source, 0, 0, Code.TOO_LARGE, f"is larger than {max_bytes:,} bytes"))
