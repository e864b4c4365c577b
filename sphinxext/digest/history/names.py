"""The names of notes and versions, as reno reads them."""

from __future__ import annotations

from posixpath import splitext

#: Digits of a note's identity.
_DIGITS = 16


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


def _number(part: str) -> int | str:
    try:
        return int(part)
    except ValueError:
        return part
