"""What pages ask of release notes, and what they got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sphinxext.digest.model import Period


@dataclass(frozen=True)
class ReleaseQuery:
    """What a page asks for: the report that one directive shows.

    ``root`` is the repository, ``folder`` the folder of release notes in it. ``options`` are changes to reno's
    configuration, ``ignored`` are notes to leave out besides those that it names. ``versions`` are those to show, None
    for all.
    """

    root: str
    folder: str
    options: tuple[tuple[str, Any], ...] = ()
    ignored: tuple[str, ...] = ()
    versions: tuple[str, ...] | None = None
    title: str = ""


@dataclass(frozen=True)
class ReleasedQuery:
    """What the page of a digest asks for: the versions of the project that were released in its period."""

    root: str
    period: Period


@dataclass(frozen=True)
class ReleaseAnswer:
    """What a page got.

    ``stamp`` is the state of the repository then, ``files`` the notes of each version if all of them were committed,
    ``checksum`` what showed. The page stays as it is as long as one of them is the same. All are empty after a problem
    of the history, so that it is reported until it is gone.
    """

    stamp: bytes = b""
    files: bytes = b""
    checksum: bytes = b""
