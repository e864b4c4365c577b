"""Finding a project's documentation: its folder, its root document, and what its pages list."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.adopt.conf import PROJECT, Conf, parse_conf
from sphinxext.digest.adopt.source import python_encoding, read_source
from sphinxext.digest.adopt.toctree import names_entry
from sphinxext.digest.problems import Code, DigestError, Problem

#: Where projects have the ``conf.py`` of their documentation.
FOLDERS = ("doc/source", "docs/source", "docs", "doc", "source")
#: What the names of pages may end in; the first is tried first.
SUFFIXES = (".rst", ".md", ".txt")

_CONF = "conf.py"


@dataclass(frozen=True)
class Documentation:
    """The folder of a documentation, relative to the project, and its ``conf.py``."""

    root: Path
    folder: str
    conf: Conf

    @property
    def root_document(self) -> str | None:
        """The file of the page that all others are below, relative to the project, if it is found."""
        named = self.conf.literal("root_doc") or self.conf.literal("master_doc") or "index"
        for suffix in SUFFIXES:
            path = join(self.folder, f"{named}{suffix}")
            if (self.root / path).is_file():
                return path
        return None

    def lists(self, page: str) -> bool:
        """Whether a page is there, or some page seems to have it in its table of contents."""
        return any(
            os.path.splitext(path)[0] == page or names_entry(text, page)  # noqa: PTH122
            for path, text in _pages(self.root / self.folder)
        )

    @property
    def project_to_say(self) -> str | None:
        """The way to the project, if a build would take another folder for it and nothing says where it is."""
        if self.conf.mentions(PROJECT):
            return None
        folder, root = (self.root / self.folder).resolve(), self.root.resolve()
        for candidate in (folder, *folder.parents):
            if candidate == root:
                return None
            if (candidate / "releasenotes").exists():
                break
        return Path(os.path.relpath(root, folder)).as_posix()


def find_documentation(root: Path, folder: str | None) -> Documentation:
    """The documentation of a project, in one of the folders where it usually is or in the one that the user names.

    :raises DigestError: if there is none, or more than one, or its ``conf.py`` cannot be parsed.
    """
    found = [folder] if folder is not None else [name for name in FOLDERS if (root / name / _CONF).is_file()]
    if not found and (root / _CONF).is_file():
        found = ["."]
    if len(found) != 1:
        message = f"no {_CONF} in {', '.join(FOLDERS)}: make one with sphinx-quickstart, or say by --docs where it is"
        if found:
            message = f"there is a {_CONF} in each of {', '.join(found)}: choose one by --docs"
        raise DigestError(Problem(os.fspath(root), 0, 0, Code.NO_DOCUMENTATION, message))
    conf = parse_conf(read_source(root, join(found[0], _CONF), python_encoding))
    return Documentation(root, found[0], conf)


def join(folder: str, name: str) -> str:
    """A file of a folder, as one writes it."""
    return name if folder == "." else f"{folder}/{name}"


def _pages(folder: Path) -> Iterator[tuple[str, str]]:
    """The pages below a folder, by their paths from there, without what a build or an environment has put there."""
    for place, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "_")) and not Path(place, name, "pyvenv.cfg").exists()
        ]
        for name in files:
            if name.endswith(SUFFIXES):
                path = Path(place, name)
                with suppress(OSError):
                    yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")
