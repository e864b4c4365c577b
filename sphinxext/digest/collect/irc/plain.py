"""The bytes of chats to text."""

from __future__ import annotations

import re

from sphinxext.digest.archive.decode import as_windows

_HALVES = re.compile("[\ud800-\udfff]")


def decode_line(data: bytes) -> str:
    """A line of a log. It is UTF-8, perhaps cut within a character, or else taken for Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    if any(character > "\x7f" and not "\ud800" <= character <= "\udfff" for character in text):
        return _HALVES.sub("\ufffd", text)
    return as_windows(data)
