"""Where the indexes are: what the option ``joint`` says, and the files with lists that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sphinxext.digest.checks import OptionError, places
from sphinxext.digest.collect.source import MAX_BYTES
from sphinxext.digest.problems import Code, DigestError, Problem

#: What the path of a list ends with.
LIST_SUFFIX = ".txt"
#: What begins a line of a list that is for its readers.
_COMMENT = "#"


def places_of(root: Path, named: tuple[str, ...]) -> tuple[tuple[str, ...], list[Problem]]:
    """The URLs and paths of indexes, each once, with the problems of lists.

    :param named: as the option has them.
    """
    problems: list[Problem] = []
    found: dict[str, None] = {}
    for place in named:
        listed = _listed(root, place, problems) if is_list(place) else (place,)
        found.update(dict.fromkeys(listed))
    return tuple(found), problems


def is_list(place: str) -> bool:
    """Whether a place is a file with places."""
    return "://" not in place and place.endswith(LIST_SUFFIX)


def read_local(root: Path, path: str) -> bytes:
    """The content of a file, by its path relative to the project.

    :raises DigestError: if it is no regular file, cannot be read, or is too large.
    """
    file = root / path
    try:
        if not file.is_file():
            raise DigestError(Problem(path, 0, 0, Code.UNREADABLE, "there is no such file"))
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise DigestError(Problem(path, 0, 0, Code.UNREADABLE, message)) from None
    if len(data) > MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"is larger than {MAX_BYTES:,} bytes"))
    return data


def _listed(root: Path, path: str, problems: list[Problem]) -> Iterator[str]:
    try:
        lines = read_local(root, path).decode("utf-8-sig").splitlines()
    except DigestError as error:
        problems += error.problems
        return
    except UnicodeDecodeError:
        problems.append(Problem(path, 0, 0, Code.ENCODING, "the file is not UTF-8"))
        return
    for number, line in enumerate(lines, 1):
        place = line.strip()
        if not place or place.startswith(_COMMENT):
            continue
        try:
            if is_list(place):
                raise OptionError("names another list")
            yield from places(place)
        except OptionError as error:
            problems.append(Problem(path, number, 1, Code.BAD_SETTING, f"'{place}' {error}"))
