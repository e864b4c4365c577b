"""Read JSON in pieces: an export of a chat can be larger than memory, a message in it is small.

Containers that are named as open are walked, everything else is decoded as one value. A file of lines, each a JSON
object, is recognised by its first line.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain

from sphinxext.digest.problems import Code

#: Where a value is: the keys that lead to it, ``*`` for an entry of a list.
Path = tuple[str, ...]
#: The most characters of one value, such as a message with all that was attached to it.
MAX_VALUE = 16 * 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")
#: The last characters of a text that can be part of a word or an escape that goes on.
_CUT = 16
_AFTER_VALUE = tuple(" \t\r\n,:]}")
_UNTERMINATED = "Unterminated string"
_decode = json.JSONDecoder().raw_decode


class JsonError(Exception):
    """JSON that cannot be read, with the place in the file, both counted from 1."""

    def __init__(self, message: str, line: int = 0, column: int = 0, code: Code = Code.JSON_SYNTAX) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.code = code


class JsonStream:
    """The values of a JSON text that is read in chunks.

    :param opens: returns True for the path of a container that is walked instead of decoded.
    """

    def __init__(self, chunks: Iterator[bytes], opens: Callable[[Path], bool]) -> None:
        self._chunks = chunks
        self._opens = opens
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._at = 0
        self._ended = False
        self._lines = 0
        self._column = 0

    @property
    def line(self) -> int:
        """The line that was read last, from 1."""
        return self._place(self._at)[0]

    def values(self) -> Iterator[tuple[Path, object]]:
        """Yield each value with its path. Several texts in one file are read one after the other.

        :raises JsonError: if the JSON is malformed, or a value is too large or nested too deeply.
        """
        while self._next():
            yield from self._walk(())

    def _walk(self, path: Path) -> Iterator[tuple[Path, object]]:
        first = self._next()
        if first == "[" and self._opens(path):
            for _ in self._entries("]"):
                yield from self._walk((*path, "*"))
        elif first == "{" and self._opens(path):
            for _ in self._entries("}"):
                key = self._value()
                if not isinstance(key, str) or self._next() != ":":
                    raise self._error("a key and a colon are expected here", self._at)
                self._at += 1
                yield from self._walk((*path, key))
        else:
            yield path, self._value()

    def _entries(self, end: str) -> Iterator[None]:
        """Stop before each entry of a container, and read the commas between them and its end."""
        self._at += 1
        if self._next() == end:
            self._at += 1
            return
        while True:
            yield
            mark = self._next()
            if mark not in (",", end):
                raise self._error(f"a comma or {end} is expected here", self._at)
            self._at += 1
            if mark == end:
                return

    def _value(self) -> object:
        self._next()
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                may_go_on = error.msg.startswith(_UNTERMINATED) or error.pos >= len(self._text) - _CUT
                if self._ended or not may_go_on:
                    raise self._error(error.msg, error.pos) from None
            except RecursionError:
                raise self._error("it is nested too deeply", self._at) from None
            except ValueError as error:
                # a number with thousands of digits
                raise self._error(str(error), self._at) from None
            else:
                # a number may go on behind the end of what was read
                if self._text[end : end + 1] in _AFTER_VALUE or self._ended or isinstance(value, str | list | dict):
                    self._at = end
                    return value
            self._grow()

    def _next(self) -> str:
        """Skip white space, and return the next character, ``""`` at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._read(1)

    def _grow(self) -> None:
        """Read as much again as there is, so that a value is not decoded again for each chunk."""
        if len(self._text) - self._at > MAX_VALUE:
            line, column = self._place(self._at)
            raise JsonError(f"a value is larger than {MAX_VALUE:,} characters", line, column, Code.TOO_LARGE)
        self._read(len(self._text) - self._at + 1)

    def _read(self, number: int) -> None:
        """Forget what was read, and add at least a number of characters, unless the text ends before."""
        self._lines, self._column = self._lines_before(self._at)
        parts = [self._text[self._at :]]
        self._at = 0
        while number > 0:
            chunk = next(self._chunks, b"")
            text = self._decoder.decode(chunk, final=not chunk)
            parts.append(text)
            number -= len(text)
            if not chunk:
                self._ended = True
                break
        self._text = "".join(parts)

    def _lines_before(self, position: int) -> tuple[int, int]:
        """Return how many lines are before a position, and how many characters of its line."""
        number = self._text.count("\n", 0, position)
        if number:
            return self._lines + number, position - self._text.rfind("\n", 0, position) - 1
        return self._lines, self._column + position

    def _place(self, position: int) -> tuple[int, int]:
        lines, column = self._lines_before(position)
        return lines + 1, column + 1

    def _error(self, message: str, position: int) -> JsonError:
        return JsonError(f"is not valid JSON: {message}", *self._place(position))


class JsonLines:
    """The objects of a file that has one in each line."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.line = 0

    def values(self) -> Iterator[tuple[Path, object]]:
        """Yield the objects, each with an empty path.

        :raises JsonError: if a line is malformed, too long, or nested too deeply.
        """
        for line in self._split():
            self.line += 1
            if line.strip():
                yield (), self._value(line)

    def _split(self) -> Iterator[bytes]:
        rest: list[bytes] = []
        size = 0
        for chunk in self._chunks:
            *lines, last = chunk.split(b"\n")
            for line in lines:
                yield b"".join((*rest, line))
                rest, size = [], 0
            rest.append(last)
            size += len(last)
            if size > MAX_VALUE:
                raise JsonError(f"a line is larger than {MAX_VALUE:,} bytes", self.line + 1, 1, Code.TOO_LARGE)
        yield b"".join(rest)

    def _value(self, line: bytes) -> object:
        try:
            return json.loads(line.decode("utf-8-sig", "replace"))
        except json.JSONDecodeError as error:
            message, column = error.msg, error.colno
        except RecursionError:
            message, column = "it is nested too deeply", 1
        except ValueError as error:
            message, column = str(error), 1
        raise JsonError(f"is not valid JSON: {message}", self.line, column)


def open_json(
    chunks: Iterator[bytes], opens: Callable[[Path], bool], is_line: Callable[[object], bool]
) -> JsonStream | JsonLines:
    """Return the reader for a file.

    :param is_line: returns True if the first line of a file shows that each line is an object of its own.
    """
    first = next(chunks, b"")
    line = first.partition(b"\n")[0].removeprefix(codecs.BOM_UTF8)
    chunks = chain((first,), chunks)
    if line.startswith(b"{"):
        with suppress(ValueError, RecursionError):
            if is_line(json.loads(line)):
                return JsonLines(chunks)
    return JsonStream(chunks, opens)
