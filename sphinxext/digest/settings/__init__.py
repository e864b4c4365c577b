"""The settings of a project: options, their checks, where they come from, and which folder is the project."""

from __future__ import annotations

from pathlib import Path


def find_root(start: Path) -> Path:
    """Return the project that a folder belongs to.

    It is the nearest of the folder and its parents that has a ``releasenotes`` folder; failing that, the nearest
    with ``.git``; failing that, the folder itself.
    """
    start = start.resolve()
    for marker in ("releasenotes", ".git"):
        for candidate in (start, *start.parents):
            if (candidate / marker).exists():
                return candidate
    return start
