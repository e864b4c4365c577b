"""Files that fragments may show as pictures: a build publishes a copy of each, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

#: The beginnings of pictures that browsers show, by the ends of their names. A picture of SVG never becomes a part of
#: the page, so that its scripts do not run there.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".apng": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".avif": (b"\0\0\0",),
    ".svg": (b"<", b"\xef\xbb\xbf<", b" ", b"\n", b"\r"),
}
PICTURE_TYPES = frozenset(_BEGINNINGS)
#: What other builders take in the place of such a picture, where a name ends in ``.*``.
_TYPES_ON_PAPER = frozenset({".pdf", ".eps"})
#: The end of a name that stands for the type which a builder likes best.
ANY_TYPE = ".*"
_PATTERN = re.compile(r"[*?\[]")
_HEAD = 4_096


def refusal_of_name(uri: str) -> str:
    """Return the reason why no file of this name may be shown, as far as the name tells, or an empty string."""
    path = PurePosixPath(uri.replace("\\", "/"))
    if any(part.startswith(".") and part != "." for part in path.parts):
        return "is a hidden file, or in a hidden folder"
    if path.suffix.lower() not in PICTURE_TYPES and path.suffix != ANY_TYPE:
        return f"does not end in {', '.join(sorted(PICTURE_TYPES))}"
    # a build would look for all files of such a pattern
    return "is a pattern" if path.suffix == ANY_TYPE and _PATTERN.search(str(path)[: -len(ANY_TYPE)]) else ""


def refusal_of_file(path: Path, folder: Path, is_excluded: Callable[[str], bool]) -> str:
    """Return the reason why a file may not be shown, or an empty string.

    :param path: the file, found from the page that shows it; links are followed here. Its name may end in ``.*``.
    :param folder: the documentation's.
    :param is_excluded: tells if a path in that folder, with slashes, is one that the documentation leaves out.
    """
    if path.suffix != ANY_TYPE:
        return _refusal_of_one(path, folder, is_excluded)
    files = sorted(path.parent.glob(path.name))
    pictures = [file for file in files if file.suffix.lower() not in _TYPES_ON_PAPER]
    for file in pictures if pictures else files:
        if reason := _refusal_of_one(file, folder, is_excluded):
            return f"may be the file '{file.name}', which {reason}"
    return ""


def _refusal_of_one(path: Path, folder: Path, is_excluded: Callable[[str], bool]) -> str:
    for file in (path, path.resolve()):
        try:
            name = file.relative_to(folder if file == path else folder.resolve()).as_posix()
        except ValueError:
            return "leads out of the documentation's folder"
        if reason := refusal_of_name(name):
            return reason
        if any(is_excluded(str(part)) for part in (name, *PurePosixPath(name).parents) if str(part) != "."):
            return "is excluded from the documentation"
    return "" if _is_picture(path) else f"is not what its name says, a picture of the type {path.suffix}"


def _is_picture(path: Path) -> bool:
    """Return True if a file begins as one of its type does, or is not there, which others report."""
    if not path.is_file():
        return not path.exists()
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return True
    suffix = path.suffix.lower()
    return head.startswith(_BEGINNINGS[suffix]) and (suffix != ".svg" or b"<svg" in head)
