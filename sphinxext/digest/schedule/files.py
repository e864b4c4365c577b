"""Reading a file that need not be what it should be."""

from __future__ import annotations

import stat
from pathlib import Path

from sphinxext.digest import safeyaml
from sphinxext.digest.problems import Code, Problem


def read_file(file: Path, path: str, problems: list[Problem]) -> str | None:
    """The text of a file, or None after a problem.

    Nothing but a regular file is opened, and no more is read of it than a schedule may have.

    :param path: how problems name the file.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: it is not a file"))
            return None
        with file.open("rb") as stream:
            data = stream.read(safeyaml.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name is not one of a file"
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {reason}"))
        return None
    return safeyaml.decode(data, path, problems)
