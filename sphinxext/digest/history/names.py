"""The names of notes and versions, as reno reads them."""

from __future__ import annotations

import re
from posixpath import splitext

#: Digits of a note's identity.
_DIGITS = 16
#: Numbers and words of a version.
_PARTS = re.compile("[0-9]+|[a-z]+")
#: The key of a zero.
_ZERO = (2, 0, "")


def unique_id(path: str) -> str:
    """The identity of a note: the last 16 characters of its name, or the first in the names of reno's beginnings."""
    name, _ = splitext(path.rpartition("/")[2])
    end = name[-_DIGITS:]
    return name[:_DIGITS] if "-" in end else end


def is_note(path: str) -> bool:
    """Whether a file in the folder of notes is one."""
    return path.endswith(".yaml")


def version_parts(version: str) -> list[int | str]:
    """The first three parts of a version, as numbers where they are; ``1.0.0.0rc1`` has the same as ``1.0.0``."""
    parts = [*version.split("."), "0", "0", "0"][:3]
    return [_number(part) for part in parts]


def version_key(version: str) -> list[tuple[int, int, str]]:
    """A key that sorts versions, the lowest first: ``1.0.0.0rc1``, ``1.0``, ``1.0.post1``, ``1.9``, ``1.10``."""
    key: list[tuple[int, int, str]] = []
    for part in [*_PARTS.findall(version.lower().removeprefix("v")), ""]:
        if part.isdecimal():
            # a tag may have more digits than Python makes a number of
            digits = part.lstrip("0")
            key.append((2, len(digits), digits))
            continue
        while key and key[-1] == _ZERO:
            # 1.0 is 1.0.0, of which 1.0.0.0rc1 is a pre-release
            key.pop()
        # words come before the end, which comes before "post" and further numbers
        key.append((0 if not part else 1 if part == "post" else -1, 0, part))
    return key


def _number(part: str) -> int | str:
    try:
        return int(part)
    except ValueError:
        return part
