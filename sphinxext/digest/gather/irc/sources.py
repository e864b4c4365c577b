"""Find logs in files, folders, URLs and listings of web servers, and read them, gzipped or not.

The name of a log tells its channel and its day.
"""

from __future__ import annotations

import html
import io
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from sphinxext.digest.net.http import NOTHING_THERE, TIMEOUT, WebError, check_web_url, download
from sphinxext.digest.net.source import is_url
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable
from sphinxext.digest.text import decode_line, join_url, split_url

_ENDINGS = re.compile(r"(?:\.(?:gz|html?|log|txt|json|weechatlog|xchatlog))+\Z", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(\d{4})([-._]?)(\d\d)\2(\d\d)(?!\d)")
_DAY_AT_END = re.compile(r"[ ._-]?\d{4}([-._]?)\d\d\1\d\d\Z")
#: Folders of Pidgin are named so.
_CHAT = ".chat"
_CHANNEL = re.compile(r"#[^\s,\x00-\x1f\x7f]*[^\s,\x00-\x1f\x7f#]\Z")
#: WeeChat's logger names all that it logs so; what has no ``#`` is a talk of two.
_WEECHAT = re.compile(r"irc\.[^.]+\.(?P<name>.+)\.weechatlog(?:\.gz)?\Z")


def channel_of(path: str) -> str | None:
    """Return the channel, without its first ``#``, that a path names in its file or in one of its folders.

    Such as ``%23chan/%23chan.2016-03-14.log`` (Limnoria), ``#chan/2016-03-14.log`` and ``net_#chan_20160314.log``
    (ZNC), ``irc.net.#chan.weechatlog``, ``#chan.log`` (irssi).
    """
    parts = PurePosixPath(unquote(path.replace("\\", "/"))).parts
    for number, part in enumerate(reversed(parts)):
        name = _DAY_AT_END.sub("", _ENDINGS.sub("", part)) if number == 0 else part.removesuffix(_CHAT)
        if "#" in name and (match := _CHANNEL.search(name[name.index("#") :])):
            return match[0].removeprefix("#")
    return None


def channel_name(text: str) -> str:
    """Return the name of a channel that a user gives, without its ``#``.

    :raises ValueError: with a message for the user, if it is not one.
    """
    name = text.removeprefix("#")
    if not name.strip() or not name.isprintable():
        raise ValueError(f"'{text}' is not the name of a channel")
    return name


def day_of(path: str) -> date | None:
    """Return the day that the name of a file ends with, ``YYYY-MM-DD`` or ``YYYYMMDD``."""
    name = PurePosixPath(path.replace("\\", "/")).name
    for match in reversed(list(_DAY.finditer(name))):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None


def is_private(path: str) -> bool:
    """Return True if a log certainly is that of a talk of two, or of a server."""
    match = _WEECHAT.search(PurePosixPath(unquote(path.replace("\\", "/"))).name)
    return match is not None and not match["name"].startswith(("#", "&"))


#: The most bytes of a download, and of a log after unpacking.
MAX_DOWNLOAD = 64 * 1024 * 1024
MAX_UNPACKED = 4 * 1024 * 1024 * 1024
#: A longer line is cut: no server of a chat sends one.
MAX_LINE = 64 * 1024
_CHUNK, _PIECE = 256 * 1024, 4096
_GZIP, _WITH_HEADER = b"\x1f\x8b", 16 + zlib.MAX_WBITS

#: Names in a folder that can be logs, unlike indexes, styles and the like.
_LOG = re.compile(r"(?:\.log|\.weechatlog|\.xchatlog|\.json|\.txt|\.log\.html?)(?:\.gz)?\Z|\A#?[^.]+\Z", re.IGNORECASE)
_IS_PAGE = re.compile(r"\.html?(?:\.gz)?\Z", re.IGNORECASE)


class BrokenError(Exception):
    """A log that cannot be fetched, or not be read to its end; the message says why. ``silent`` if nobody answered."""

    def __init__(self, message: str, code: Code = Code.UNREADABLE, *, silent: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.silent = silent


@dataclass(frozen=True, slots=True)
class LogSource:
    """A log. ``name`` is how messages call it; ``url`` is set if it came from one.

    ``channel`` and ``day`` are what its name says; ``size`` counts bytes as they are stored,
    0 where that is not known before. ``is_listed`` if it was found by a
    page that lists logs.
    """

    name: str
    open: Callable[[], BinaryIO]
    size: int
    channel: str | None
    day: date | None
    url: str | None = None
    is_listed: bool = False

    @property
    def server(self) -> str:
        """The host and port that it comes from, empty for a file."""
        parts = split_url(self.url) if self.url else None
        return parts.netloc.lower() if parts else ""


def find_sources(argument: str, channel: str | None, wanted: Callable[[date], bool]) -> list[LogSource]:
    """Find the logs of an argument.

    A folder means all logs in it and in its folders, in the order of their days; talks of two and, if a channel
    is named, logs of other channels are left out, and so are pages beside the logs that they were made of.

    :param argument: a path or a URL.
    :param channel: what the user says that the channel is. A file that is named is of this channel.
    :param wanted: whether a day matters, for logs whose names say it.
    :raises DigestError: if it cannot be read.
    """
    if is_url(argument):
        try:
            check_web_url(argument)
        except WebError as error:
            raise DigestError(Problem(argument, 0, 0, Code.SOURCE_FETCH, str(error))) from None
        return [source_of_url(argument, channel)]
    path = Path(argument)
    if path.is_dir():
        files = [_from_file(file, None) for file in _logs_in(path)]
        mine = (one for one in files if not channel or (one.channel or channel).casefold() == channel.casefold())
        kept = [one for one in mine if one.day is None or wanted(one.day)]
        return sorted(kept, key=lambda one: (one.day or date.min, one.name))
    if path.exists() and not path.is_file():
        raise DigestError(Problem(path.as_posix(), 0, 0, Code.UNREADABLE, "this is neither a file nor a folder"))
    return [_from_file(path, channel)]


def _logs_in(folder: Path) -> Iterable[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(without_twins(filter(is_log_name, names))):
            path = Path(root, name)
            if path.is_file():
                yield path


def is_log_name(name: str) -> bool:
    """Return True if a file of a folder can be the log of a channel, by its name."""
    return not name.startswith(".") and _LOG.search(name) is not None and not is_private(name)


def without_twins(names: Iterable[str], *, as_pages: bool = False) -> list[str]:
    """Names of logs without pages of logs that are there as well; or the other way round."""
    logs: dict[str, list[str]] = {}
    for name in names:
        logs.setdefault(_IS_PAGE.sub("", name.removesuffix(".gz")), []).append(name)
    kept = []
    for twins in logs.values():
        pages = [name for name in twins if _IS_PAGE.search(name)]
        texts = [name for name in twins if name not in pages]
        kept += (pages or texts) if as_pages else (texts or pages)
    return kept


def _from_file(path: Path, channel: str | None) -> LogSource:
    name = path.as_posix()
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise DigestError(unreadable(name, error)) from None
    known = channel or channel_of(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    return LogSource(name, lambda: path.open("rb"), size, known, day_of(name))


def source_of_url(url: str, channel: str | None, *, is_listed: bool = False) -> LogSource:
    """Return the log, or the page that lists logs, behind a URL; it is fetched when it is opened."""

    def fetch() -> BinaryIO:
        try:
            data = download(url, TIMEOUT, MAX_DOWNLOAD)
        except WebError as error:
            silent = error.offline and not error.status
            raise BrokenError(str(error), Code.SOURCE_FETCH, silent=silent) from None
        if data is None:
            raise BrokenError(NOTHING_THERE, Code.SOURCE_FETCH)
        return io.BytesIO(data)

    parts = split_url(url)
    path = parts.path if parts else ""
    return LogSource(url, fetch, 0, channel or channel_of(path), day_of(path), url.partition("#")[0], is_listed)


def chunks_of(stream: BinaryIO, progress: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """Yield the content of a log in pieces, unpacked if it is packed, even twice, as servers do with packed files.

    :param progress: is told how many bytes more were read of the stream.
    :raises BrokenError: if it ends too early, is packed in a way that cannot be unpacked, or is too large.
    """
    total = 0
    try:
        for chunk in _unpacked(_unpacked(_read(stream, progress))):
            yield chunk
            total += len(chunk)
            if total > MAX_UNPACKED:
                raise BrokenError(f"there are more than {MAX_UNPACKED:,} bytes in it")
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenError(f"it cannot be read to its end: {error}") from None


def _read(stream: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
        if progress is not None:
            progress(len(chunk))


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    if not first.startswith(_GZIP):
        yield from chain((first,), chunks)
        return
    unpacker, is_begun = zlib.decompressobj(_WITH_HEADER), False
    for data in _pieces(chain((first,), chunks)):
        while data:
            # in pieces, since what is packed can become a thousand times as large
            piece = unpacker.decompress(data, _CHUNK)
            if piece:
                yield piece
            data, is_begun = unpacker.unconsumed_tail, True
            if unpacker.eof:
                data = unpacker.unused_data.lstrip(b"\x00")
                unpacker, is_begun = zlib.decompressobj(_WITH_HEADER), False
    while is_begun and (piece := unpacker.decompress(b"", _CHUNK)):
        yield piece
    if is_begun and not unpacker.eof:
        raise EOFError("the end of what is packed is missing")


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces of what is packed: each part of it that ends copies what follows it in its piece."""
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def lines_of(chunks: Iterable[bytes], separator: bytes = b"\n") -> Iterator[list[bytes]]:
    """Yield the lines of a content, many at a time, without what ends them. Longer ones than ``MAX_LINE`` are cut."""
    rest = b""
    for chunk in chunks:
        lines = (rest + chunk).split(separator)
        rest = lines.pop()[:MAX_LINE]
        yield lines
    if rest:
        yield [rest]


#: The most logs of a listing, more than ten years of days, and its largest size.
MAX_LOGS, MAX_INDEX_BYTES = 10_000, 16 * 1024 * 1024
_LINK = re.compile(rb"<a\s[^<>]{0,300}?href\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)


def listed_logs(data: bytes, page: LogSource, wanted: Callable[[date], bool], *, as_pages: bool) -> list[LogSource]:
    """Return the logs that a page links to in its own folder, in the order of their days.

    :param wanted: whether a day matters, for logs whose names say it.
    :param as_pages: whether pages are better than the logs beside them that they were made of: they have anchors.
    """
    assert page.url is not None
    # a server redirects from the folder's name without a slash to the page, and its links begin there
    parts = split_url(page.url)
    name = parts.path.rpartition("/")[2] if parts else ""
    base = f"{page.url}/" if name and "." not in name else page.url
    folder = join_url(base, ".") or base
    names: dict[str, str] = {}
    for match in _LINK.finditer(data):
        url = _join_link(base, html.unescape(decode_line(match[1])))
        name = url.removeprefix(folder) if url.startswith(folder) else ""
        if name and "/" not in name and "?" not in name and is_log_name(name):
            names[name] = url
    kept: Iterable[str] = without_twins(names, as_pages=as_pages)
    days = {name: day_of(name) for name in kept}
    chosen = [name for name, day in days.items() if day is None or wanted(day)]
    chosen.sort(key=lambda name: (days[name] or date.min, name))
    return [source_of_url(names[name], page.channel, is_listed=True) for name in chosen[:MAX_LOGS]]


def _join_link(base: str, link: str) -> str:
    """Return where a link leads without its fragment, "" if it cannot be parsed."""
    url = (join_url(base, link) or "").partition("#")[0]
    parts = split_url(url)
    return url if parts and parts.hostname and url.isprintable() else ""
