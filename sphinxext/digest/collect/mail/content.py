"""Where the bytes of a message are: they are read when they are needed, since most messages are not summarized."""

from __future__ import annotations

import re
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Protocol

from sphinxext.digest.history.git import GitError, Objects, PartialCloneError

#: How many bytes of a message are read: headers that name hundreds of recipients fit, large attachments are cut.
MAX_READ = 1024 * 1024
#: What an mbox makes of a line of a body that would begin a message.
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Content(Protocol):
    """One message in an archive."""

    def read(self, limit: int = MAX_READ) -> bytes:
        """The message's first bytes, without the line that begins it in an mbox; nothing if they cannot be read."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A message of an mbox, between two places of it."""

    archive: mmap
    start: int
    end: int

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        data = self.archive[self.start : min(self.end, self.start + limit)]
        return _QUOTED_FROM.sub(rb"\1", data) if b">From " in data else data


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that holds one message."""

    path: Path

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        try:
            with self.path.open("rb") as stream:
                return stream.read(limit)
        except OSError:
            return b""


@dataclass(frozen=True, slots=True)
class Blob:
    """A message in a git repository."""

    objects: Objects
    name: str

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        try:
            found = self.objects.get(self.name.encode("ascii"))
        except PartialCloneError:
            raise
        except GitError:
            return b""
        return found[1][:limit] if found and found[0] == b"blob" else b""
