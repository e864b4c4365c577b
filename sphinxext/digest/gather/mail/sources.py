"""Read archives of mailing lists from files, folders and URLs.

Mbox files are split without reading the messages into memory.
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sphinxext.digest.gather.mail.header import Blob, Content, MailFile, Message, Slice, read_message
from sphinxext.digest.net.http import NO_SUCH_FILE, TIMEOUT, WebError, download
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.git import GitDir, HistoryError, PartialCloneError, read_lines
from sphinxext.digest.release.refs import Objects
from sphinxext.digest.text import natural_key, split_url

_FROM_LINE = re.compile(rb"(?:^|(?<=\A\xef\xbb\xbf))From [^\r\n]*\r?\n", re.MULTILINE)
#: A time of day, or one word alone: a sentence that begins with "From" has neither.
_TIME = re.compile(rb"\d\d:\d\d")
_ONE_WORD = re.compile(rb"From \S+\s*")
#: A sender and a time as the C library writes it (RFC 4155), or as mails do: no other line looks like that.
_SURE_POSTMARK = re.compile(
    rb"From \S[^\r\n]* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d(?::\d\d)?(?: [A-Z+-][A-Za-z0-9]{0,5})? \d{4}"
    rb"|\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?)(?: [A-Z+-][A-Za-z0-9]{0,5})?\s*"
)
#: The lines that git writes above a patch, which may be part of a text.
_OF_PATCH = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\s*")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_FIRST_FIELD = re.compile(
    rb"(?:From|To|Subject|Date|Message-ID|In-Reply-To|Received|Return-Path|Delivered-To)[ \t]*:", re.IGNORECASE
)
#: Lines of servers that moved a message from one mbox to another.
_QUOTED = re.compile(rb"(?:>+From [^\r\n]*\r?\n)*")
#: The bytes of a header that are read: its first two fields.
_LOOKED_AT = 8192


def is_mbox(head: bytes) -> bool:
    """Return True if a file that begins like this is an mbox."""
    return head.lstrip(b"\r\n").startswith(b"From ")


def split_mbox(stream: IO[bytes]) -> Iterator[tuple[Slice, bytes]]:
    """Split an mbox into its messages, each with the line that begins it.

    As RFC 4155 has it, a line that begins with ``From`` and a time begins a message after an empty line. Some archives
    leave that line out (Pipermail does below an attachment), and some have postmarks of their own. Where one of the
    two is missing, the header that follows has to look like that of a mail. A line of a body that was not quoted is
    told by what follows as well: a header does not.

    :param stream: a file of the system, which is mapped into memory.
    :raises OSError: if it cannot be read.
    """
    try:
        archive = mmap(stream.fileno(), 0, access=ACCESS_READ)
    except ValueError:  # there is nothing in it
        return
    before: tuple[int, bytes] | None = None
    for match in _FROM_LINE.finditer(archive):
        if not _begins_message(archive, match):
            continue
        if before is not None:
            yield Slice(archive, before[0], match.start()), before[1]
        before = match.end(), match[0].rstrip()
    if before is not None:
        yield Slice(archive, before[0], len(archive)), before[1]


def _begins_message(archive: mmap, match: re.Match[bytes]) -> bool:
    above = archive[max(0, match.start() - 4) : match.start()].replace(b"\r", b"")
    is_apart = not above.strip(b"\n\xef\xbb\xbf") or above.endswith(b"\n\n")
    start = _QUOTED.match(archive, match.end()).end()  # type: ignore[union-attr] # it matches everywhere
    head = archive[start : start + _LOOKED_AT]
    if is_apart and (_TIME.search(match[0]) or _ONE_WORD.fullmatch(match[0])):
        return _FIELD.match(head) is not None or _is_empty(head, match[0])
    if is_apart:
        return _is_header(head, 2)
    return bool(_SURE_POSTMARK.fullmatch(match[0]) and not _OF_PATCH.fullmatch(match[0]) and _is_header(head, 1))


def _is_header(head: bytes, least: int) -> bool:
    """Return True if a text begins with a number of header fields, one of them typical of mails."""
    first = _FIELD.match(head)
    second = _FIELD.match(head, first.end()) if first else None
    fields = [one for one in (first, second) if one]
    return len(fields) >= least and any(_FIRST_FIELD.match(head, one.start()) for one in fields)


def _is_empty(head: bytes, postmark: bytes) -> bool:
    """Return True if a message without any header begins here, which is reported, not lost."""
    return head.startswith((b"\n", b"\r\n")) and _SURE_POSTMARK.fullmatch(postmark) is not None


#: The most bytes of a download, and of an archive after unpacking.
MAX_DOWNLOAD = 256 * 1024 * 1024
MAX_UNPACKED = 2 * 1024 * 1024 * 1024
_CHUNK = 1024 * 1024
_URL = re.compile(r"https?://", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}")
_OF_MAIL = re.compile(rb"^(?:From|Subject|Date|Message-ID|Received|Return-Path):", re.IGNORECASE | re.MULTILINE)
#: Folders are read so deep.
_MAX_DEPTH = 8
_NO_MAIL = "not a mail archive: expected an mbox (also gzipped), a message, a maildir, or a clone of public-inbox"
#: Nothing recommends a command for it: a strange repository may be made so that fetching runs a program.
_PARTIAL = "this is a partial clone that lacks messages, which are never fetched: only a complete clone can be read"


@dataclass(frozen=True, slots=True)
class MailArchive:
    """The messages of a file, a maildir, a repository or a URL, in its order.

    ``name`` is as the user would write it. ``is_public_inbox`` says that it is a repository.
    """

    name: str
    messages: tuple[Message, ...]
    is_public_inbox: bool = False


@dataclass
class MailReading:
    """The archives that were found, and the problems of the sources."""

    archives: list[MailArchive] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, name: str, code: Code, message: str) -> None:
        """Add a problem of a source."""
        self.problems.append(Problem(name, 0, 0, code, message))


def read_archives(sources: Sequence[str], timeout: float = TIMEOUT) -> MailReading:
    """Read the headers of all messages of some sources.

    :param sources: files and folders, relative to the current folder, and URLs of files.
    :param timeout: seconds that a server may be silent.
    """
    reading = MailReading()
    for source in sources:
        before = len(reading.archives), len(reading.problems)
        if _URL.match(source):
            _read_url(source, reading, timeout)
        else:
            _read_path(Path(source), source, reading, 0)
        if before == (len(reading.archives), len(reading.problems)):
            reading.complain(source, Code.NO_MAIL, "there is no mail in it")
    return reading


def _read_url(url: str, reading: MailReading, timeout: float) -> None:
    try:
        data = download(url, timeout, MAX_DOWNLOAD)
    except WebError as error:
        reading.complain(url, Code.SOURCE_FETCH, str(error))
        return
    if data is None:
        reading.complain(url, Code.SOURCE_FETCH, NO_SUCH_FILE)
        return
    with TemporaryFile() as stream:
        stream.write(data)
        del data
        stream.seek(0)
        _read_stream(stream, url, reading)


def _read_path(path: Path, name: str, reading: MailReading, depth: int) -> None:
    try:
        if path.is_dir():
            _read_folder(path, name, reading, depth)
        elif path.is_file():
            with path.open("rb") as stream:
                _read_stream(stream, name, reading, quiet=depth > 0, path=path)
        elif depth == 0:
            message = "this is not a regular file" if path.exists() else "there is no such file"
            reading.complain(name, Code.UNREADABLE, message)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        reading.complain(name, Code.UNREADABLE, f"cannot be read: {reason}")


def _read_folder(path: Path, name: str, reading: MailReading, depth: int) -> None:
    """Read a maildir, a repository, or else all that is in a folder."""
    if (path / "cur").is_dir() or (path / "new").is_dir():
        files = sorted(file for part in ("cur", "new") for file in (path / part).glob("*") if file.is_file())
        _add(reading, name, ((MailFile(file), b"") for file in files))
        depth += 1
    elif _is_repository(path):
        _read_repository(path, name, reading)
        return
    if depth >= _MAX_DEPTH:
        return
    for child in sorted(path.iterdir(), key=lambda child: natural_key(child.name)):
        if child.name in ("cur", "new", "tmp") and depth and (path / "cur").is_dir():
            continue
        # a maildir has its folders in folders whose names begin with a dot
        if (child.name.startswith(".") and not (child / "cur").is_dir()) or (child.is_symlink() and child.is_dir()):
            continue
        _read_path(child, os.path.join(name, child.name), reading, depth + 1)  # noqa: PTH118 - as it was written


def _read_stream(
    stream: IO[bytes],
    name: str,
    reading: MailReading,
    *,
    quiet: bool = False,
    path: Path | None = None,
    layers: int = 2,
) -> None:
    """Read a file of any form.

    :param quiet: do not report files that are not mail, such as others in a folder.
    :param layers: how often it may be compressed; a server may compress what is compressed.
    """
    head = stream.read(_CHUNK)
    if head.startswith(_GZIP):
        stream.seek(0)
        with TemporaryFile() as target:
            _unpack(stream, target, name, reading)
            if layers:
                _read_stream(target, name, reading, quiet=quiet, layers=layers - 1)
        return
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if is_mbox(start):
        _add(reading, name, split_mbox(stream))
    elif (match := _HEADER.match(start)) and _OF_MAIL.search(match[0]):
        _add(reading, name, [(MailFile(path) if path else _Held(start), b"")])
    elif not quiet:
        reading.complain(name, Code.NO_MAIL, _NO_MAIL if start.strip() else "there is nothing in the file")


@dataclass(frozen=True, slots=True)
class _Held:
    """A message that is not in a file of its own."""

    data: bytes

    def read(self, limit: int = _CHUNK) -> bytes:
        return self.data[:limit]


def _unpack(stream: IO[bytes], target: IO[bytes], name: str, reading: MailReading) -> None:
    """Write what a compressed file holds; of a damaged one, what comes before the damage."""
    size = 0
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            while chunk := unpacked.read1(_CHUNK):
                size += len(chunk)
                if size > MAX_UNPACKED:
                    message = f"it unpacks to more than {MAX_UNPACKED:,} bytes: the rest is left out"
                    reading.complain(name, Code.TOO_LARGE, message)
                    break
                target.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        reading.complain(name, Code.UNREADABLE, f"the compressed file is damaged, its end is left out: {error}")
    target.seek(0)


def _add(
    reading: MailReading, name: str, contents: Iterable[tuple[Content, bytes]], *, is_public_inbox: bool = False
) -> None:
    """Read messages, and say how many of them cannot be read: none is left out without a word."""
    found = []
    try:
        for content, line in contents:
            found.append(read_message(content, line))
    except PartialCloneError:
        reading.complain(name, Code.UNREADABLE, _PARTIAL)
    messages = tuple(message for message in found if message is not None)
    if lost := len(found) - len(messages):
        one_or_more = (
            f"{lost} messages have no header that can be read: they are"
            if lost > 1
            else ("1 message has no header that can be read: it is")
        )
        reading.complain(name, Code.NO_MAIL, f"{one_or_more} left out")
    if messages:
        reading.archives.append(MailArchive(name, messages, is_public_inbox))


def _is_repository(path: Path) -> bool:
    is_bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    return is_bare or (path / ".git").exists() or any((path / "git").glob("*.git"))


def _read_repository(path: Path, name: str, reading: MailReading) -> None:
    """Read a clone of public-inbox: a repository, or a folder with one to each epoch (version 2)."""
    epochs = sorted((path / "git").glob("*.git"), key=lambda epoch: natural_key(epoch.name)) or [path]
    blobs: dict[str, Objects] = {}
    try:
        for epoch in epochs:
            repository = GitDir(epoch / ".git" if (epoch / ".git").exists() else epoch)
            objects = Objects(repository)
            for blob in _blobs(repository):
                blobs[blob] = objects
    except PartialCloneError:
        reading.complain(name, Code.UNREADABLE, _PARTIAL)
    except HistoryError as error:
        reading.complain(name, Code.UNREADABLE, str(error))
    _add(reading, name, ((Blob(objects, blob), b"") for blob, objects in blobs.items()), is_public_inbox=True)


def _blobs(repository: GitDir) -> dict[str, None]:
    """Return the messages that a repository of public-inbox has, in the order in which they came.

    In version 2 each commit adds the file ``m``, or ``d`` with what is deleted; in version 1 files come and go. See
    https://public-inbox.org/public-inbox-v2-format.html.
    """
    found: dict[str, None] = {}
    arguments = (
        "log",
        "--reverse",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--no-ext-diff",
        "--format=",
        "HEAD",
        "--",
    )
    for line in read_lines(repository, *arguments):
        fields, _, path = line.partition("\t")
        parts = fields.split()
        if len(parts) != 5:
            continue
        old, new, status = parts[2:]
        if status == "D":
            if path != "m":
                found.pop(old, None)
        elif path == "d":
            found.pop(new, None)
        else:
            found[new] = None
    return found


def base_name(name: str) -> str:
    """Return the last part of a path or of a URL's path."""
    parts = split_url(name) if _URL.match(name) else None
    path = parts.path if parts else Path(name).as_posix()
    return path.rstrip("/").rpartition("/")[2]
