"""The journal: successes and thanks, on the disk before anybody is answered, until they are committed."""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from sphinxext.digest.files import lock, replace_file, sync_folder

logger = logging.getLogger(__name__)

#: The time for which committed entries are remembered: the day within which repetitions are counted, and more.
REMEMBERED = timedelta(hours=36)


class JournalError(Exception):
    """The journal cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A success or thanks and the fragment that it becomes.

    ``key`` is what the same words of the same nick have in common on one day, and ``moment`` when they were told, in
    ISO form and UTC. ``name`` is the fragment's file and ``text`` its content. A correction has in ``before`` the
    content that it replaces; one without ``text`` takes the success back. On Matrix, ``event`` has the room and the
    message, ``sender`` is the ID of its author, and ``url`` leads to it; edits of one that is ``closed`` don't count.
    ``words`` are what the same success has in common when it is told elsewhere. A message that an editor has put into
    a section has the heading in ``group``, and its own words in ``told``; ``below`` is reStructuredText that follows
    them, for which ``files`` are committed as well, paths with line breaks between them.
    """

    identity: str
    key: str
    moment: str
    name: str
    text: str
    kind: str
    nick: str
    channel: str
    before: str = ""
    event: str = ""
    sender: str = ""
    url: str = ""
    closed: bool = False
    words: str = ""
    group: str = ""
    told: str = ""
    below: str = ""
    files: str = ""

    @property
    def token(self) -> str:
        """A name that no other entry has, nor a correction of this one."""
        return f"{self.identity}-{zlib.crc32(self.text.encode()):08x}"

    @property
    def is_removal(self) -> bool:
        """Return True if the success was taken back."""
        return not self.text

    @property
    def time(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromisoformat(self.moment)


class Journal:
    """A file of lines, each a check sum (CRC-32) and a JSON object: an entry, or the tokens of those committed.

    Only one process has it at a time. Lines are appended; a line that is incomplete, because the process or the
    machine stopped, is ignored.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor = -1
        self._lock = -1
        self._size = 0
        self._named = False
        self._writing = Lock()  # several threads add to it

    def open(self, now: datetime) -> tuple[list[JournalEntry], list[JournalEntry]]:
        """Take the journal; the entries that are not committed, and those that are and are still remembered.

        :raises JournalError: if another process has it.
        :raises OSError: if it cannot be read or made. It is closed then.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not lock(self._lock, wait=False):
                raise JournalError("another bot works on this clone")
            data = self.file.read_bytes() if self.file.exists() else b""
            pending, committed = _replayed(_records(data), now)
            with suppress(OSError):  # a full disk: it stays as long as it is
                self._rewrite(pending, committed)
            self._descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            # of the file that is open now: an error can come before or after the other one has taken its place
            self._size = _end_of_lines(self._descriptor)
        except BaseException:
            self.close()
            raise
        self._named = False
        return pending, committed

    def add(self, entries: Iterable[JournalEntry]) -> None:
        """Add entries. When this returns they are on the disk; when it raises, none of them is there.

        :raises OSError: if they cannot be written.
        """
        self._append(b"".join(_line(asdict(entry)) for entry in entries))

    def note_committed(self, entries: Iterable[JournalEntry]) -> None:
        """Note that entries are committed.

        :raises OSError: if it cannot be written.
        """
        self._append(_line({"committed": [entry.token for entry in entries]}))

    def close(self) -> None:
        """Leave the journal to others."""
        descriptors = (self._descriptor, self._lock)
        self._descriptor = self._lock = -1
        for descriptor in descriptors:
            if descriptor >= 0:
                with suppress(OSError):  # what was added is on the disk already
                    os.close(descriptor)

    def _append(self, data: bytes) -> None:
        with self._writing:
            self._append_alone(data)

    def _append_alone(self, data: bytes) -> None:
        if not self._named:
            # the name of a new file may be lost with the power, and all that was written to it
            sync_folder(self.file.parent)
            sync_folder(self.file.parent.parent)
            self._named = True
        # an attempt before may have left a part of a line
        os.ftruncate(self._descriptor, self._size)
        os.lseek(self._descriptor, self._size, os.SEEK_SET)
        try:
            done = 0
            while done < len(data):
                done += os.write(self._descriptor, data[done:])
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(data)

    def _rewrite(self, pending: list[JournalEntry], committed: list[JournalEntry]) -> None:
        """Put a journal in its place that has nothing but these entries."""
        # what is committed comes first: the line after it is about all entries above
        lines = [_line(asdict(entry)) for entry in committed]
        lines += [_line({"committed": [entry.token for entry in committed]})] if committed else []
        data = b"".join([*lines, *(_line(asdict(entry)) for entry in pending)])
        replace_file(self.file, data, mode=0o600, temporary=self.file.with_suffix(".new"))


def _end_of_lines(descriptor: int) -> int:
    """Return the size of a file up to the end of its last complete line."""
    size = os.fstat(descriptor).st_size
    data = b""
    while len(data) < size:
        os.lseek(descriptor, len(data), os.SEEK_SET)
        part = os.read(descriptor, size - len(data))
        if not part:
            break
        data += part
    return data.rfind(b"\n") + 1


def _line(record: dict[str, object]) -> bytes:
    content = json.dumps(record).encode()
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _records(data: bytes) -> Iterator[dict[str, object]]:
    """Yield the lines that are as they were written. What follows the last line feed was never written to its end."""
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        # zeros before a line come from a process that took another position for the end of the file
        check, _, content = line.lstrip(b"\0").partition(b" ")
        # the sum of nothing is zero, which is what a disk may have for a line that was never written
        if content and check == b"%08x" % zlib.crc32(content):
            yield json.loads(content)
        else:
            text = line.decode("utf-8", "replace")
            logger.error("line %d of the journal is damaged and left out: %s", number, text)


def _replayed(records: Iterable[dict[str, object]], now: datetime) -> tuple[list[JournalEntry], list[JournalEntry]]:
    entries: list[JournalEntry] = []
    committed: set[int] = set()
    for record in records:
        if "committed" in record:
            done = set(record["committed"] if isinstance(record["committed"], list) else ())
            committed |= {index for index, entry in enumerate(entries) if entry.token in done}
        else:
            entries.append(JournalEntry(**record))  # type: ignore[arg-type] # the line is as it was written
    since = now.astimezone(UTC) - REMEMBERED
    pending = [entry for index, entry in enumerate(entries) if index not in committed]
    return pending, [entry for index, entry in enumerate(entries) if index in committed and entry.time > since]
