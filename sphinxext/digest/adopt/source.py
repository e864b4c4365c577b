"""A text file of a project, to be changed in some places and to stay as it is in all others."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sphinxext.digest.problems import Code, DigestError, Problem

#: A file that is larger is no source of a documentation.
_MAX_BYTES = 4 * 1024 * 1024
#: More than the lines of a file that tell its encoding.
_START = 4096
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Source:
    """A text file. ``path`` is relative to the project; ``lines`` have their ends, which may be of any kind."""

    path: str
    data: bytes
    lines: tuple[str, ...]
    encoding: str

    @property
    def text(self) -> str:
        """The whole text, with line feeds at the ends of lines, as parsers see it."""
        return "".join(map(unended, self.lines, "\n" * len(self.lines)))

    @property
    def end(self) -> str:
        """What the first line ends in."""
        first = self.lines[0] if self.lines else ""
        return first[len(unended(first)) :] or "\n"

    def inserted(self, index: int, *added: str) -> Source:
        """With lines before the one of this index; they are given without ends."""
        before, after = list(self.lines[:index]), self.lines[index:]
        if before and before[-1] == unended(before[-1]):
            before[-1] += self.end
        return replace(self, lines=(*before, *(f"{line}{self.end}" for line in added), *after))

    def appended(self, *added: str) -> Source:
        """With lines at the end, behind a blank one."""
        blank = [""] if self.lines and self.lines[-1].strip() else []
        return self.inserted(len(self.lines), *blank, *added)

    def written_into(self, line: int, column: int, text: str) -> Source:
        """With text in a line, which count from 0 both."""
        old = self.lines[line]
        lines = (*self.lines[:line], f"{old[:column]}{text}{old[column:]}", *self.lines[line + 1 :])
        return replace(self, lines=lines)

    def encoded(self) -> bytes:
        """The file as it is to be."""
        return "".join(self.lines).encode(self.encoding)


def unended(line: str, end: str = "") -> str:
    """A line with another end than it has, or none."""
    bare = line.rstrip("\r\n")
    return bare + end if len(bare) < len(line) else bare


def read_source(root: Path, path: str, encoding_of: Callable[[bytes, str], str] | None = None) -> Source:
    """Read a file of a project.

    :param encoding_of: tells the encoding, of the bytes and the path; without it, it is UTF-8.
    :raises DigestError: if there is no such file, it cannot be read, or it is not in its encoding.
    """
    try:
        with (root / path).open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DigestError(Problem(path, 0, 0, Code.UNREADABLE, message)) from None
    if len(data) > _MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"the file is larger than {_MAX_BYTES:,} bytes"))
    encoding = encoding_of(data, path) if encoding_of else "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = data.decode(encoding)
        is_safe = text.encode(encoding) == data
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        message = f"the file is not in its encoding, {encoding}"
        raise DigestError(Problem(path, data.count(b"\n", 0, start) + 1, 1, Code.ENCODING, message)) from None
    if not is_safe:
        message = f"the file cannot be written back as it is in its encoding, {encoding}"
        raise DigestError(Problem(path, 1, 1, Code.ENCODING, message))
    return Source(path, data, tuple(_LINE.findall(text)), encoding)


def python_encoding(data: bytes, path: str) -> str:
    """The encoding of a file of Python, which its first lines may tell.

    :raises DigestError: if there is no such encoding.
    """
    try:
        return tokenize.detect_encoding(io.BytesIO(re.sub(rb"\r\n?", b"\n", data[:_START])).readline)[0]
    except SyntaxError as error:
        raise DigestError(Problem(path, 1, 1, Code.PYTHON_SYNTAX, error.msg)) from None
