"""Write release notes: names and YAML as reno makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import dump_value, new_identity, write_new_files
from sphinxext.digest.release.changes import unique_id


class SlugError(ValueError):
    """Words that cannot be in the name of a file; the message is for the user."""


def name_of(slug: str, *, subdirectories: bool = False) -> str:
    """Return the words of a file's name as reno makes them: ``-`` for each space.

    :param subdirectories: whether slashes may name folders, as reno's option ``allow_subdirectories`` says.
    :raises SlugError: if no file can have such a name.
    """
    name = slug.strip().replace(" ", "-")
    parts = name.replace("\\", "/").split("/")
    if not name or not name.isprintable() or any(not part or part.startswith(".") for part in parts):
        raise SlugError(f"{slug!r} cannot be in the name of a file: use a few words, such as 'stale-locks'")
    if len(parts) > 1 and not subdirectories:
        raise SlugError(f"{slug!r} has a slash, which needs reno's option 'allow_subdirectories'")
    return "/".join(parts)


def dump_note(prelude: str | None, sections: Mapping[str, Sequence[str]], prelude_key: str = "prelude") -> str:
    """Return the YAML of a note.

    :param prelude: its text, or None.
    :param sections: texts by the names of their sections.
    """
    lines = ["---"]
    lines += dump_value(prelude_key, prelude, 0) if prelude is not None else ()
    for section, texts in sections.items():
        lines.append(f"{section}:")
        for text in texts:
            first, *rest = dump_value("-", text, 2)
            lines += [first.replace("-:", "-", 1), *rest]
    return "\n".join(lines) + "\n"


def write_note(folder: Path, name: str, text: str) -> Path:
    """Write a new note and return its path. The write is atomic and never replaces another file.

    :param name: as :func:`name_of` returns it; 16 random digits are added.
    :raises OSError: if the file cannot be written.
    """
    *within, last = name.split("/")
    folder = folder.joinpath(*within)
    taken = {unique_id(path.name) for path in folder.glob(f"*{SUFFIX}")}
    identity = next(new for new in iter(new_identity, "") if new not in taken)
    (path,) = write_new_files(folder, {f"{last}-{identity}{SUFFIX}": text})
    return path
