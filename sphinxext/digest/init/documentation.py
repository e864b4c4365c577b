"""A project's documentation: its folder, its root document and the toctrees in its pages.

The root document, in reStructuredText or MyST's Markdown, gets an entry in its toctree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.init.conf import (
    PROJECT,
    Conf,
    TextFile,
    parse_conf,
    python_encoding,
    read_text_file,
    without_end,
)
from sphinxext.digest.problems import Code, DigestError, Problem

_RST = re.compile(r"(?P<margin>\s*)\.\. toctree::\s*")
_FENCE = re.compile(r"(?P<margin>\s*)(?P<fence>`{3,}|~{3,}|:{3,})(?P<rest>.*)")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s.*)?|\s*---\s*")
_GLOB = re.compile(r"\s*:?glob:.*")
_INDENT = "   "


@dataclass(frozen=True)
class Toctree:
    """A ``toctree`` of a document: its lines from the directive up to ``stop``, which is excluded, from 0.

    ``is_plain`` is True if it is at the top level of the document and lists its entries one by one.
    """

    start: int
    stop: int
    is_plain: bool


def with_entry(source: TextFile, entry: str, *, markdown: bool) -> TextFile | list[int]:
    """Add an entry to the end of a document's toctree, which is created if it is missing.

    If there are several toctrees, or one that readers may not see, return their lines, from 1.
    """
    lines = [without_end(line) for line in source.lines]
    found = list(_markdown_toctrees(lines) if markdown else _rst_toctrees(lines))
    if not found:
        new = ("```{toctree}", entry, "```") if markdown else (".. toctree::", "", f"{_INDENT}{entry}")
        return source.appended(*new)
    if len(found) > 1 or not found[0].is_plain:
        return [toctree.start + 1 for toctree in found]
    (toctree,) = found
    body = [line for line in lines[toctree.start + 1 : toctree.stop] if line.strip()]
    margin = body[-1][: len(body[-1]) - len(body[-1].lstrip())] if body else "" if markdown else _INDENT
    at = toctree.stop
    while not lines[at - 1].strip():
        at -= 1
    has_entries = bool(body) and not _OPTION.fullmatch(body[-1])
    blank = [] if has_entries or (markdown and not body) else [""]
    return source.inserted(at, *blank, f"{margin}{entry}")


def mentions_entry(text: str, entry: str) -> bool:
    """Return True if a line could be a toctree entry of this name, with a title or without."""
    name = rf"(?:/|(?:\.\./)+)?{re.escape(entry)}(?:\.rst|\.md|\.txt)?"
    return re.search(rf"^[ \t]*(?:{name}|.*<{name}>)[ \t]*$", text, re.MULTILINE) is not None


def _rst_toctrees(lines: list[str]) -> Iterator[Toctree]:
    for start, line in enumerate(lines):
        if match := _RST.fullmatch(line):
            margin = len(match["margin"])
            stop = start + 1
            while stop < len(lines) and (not lines[stop].strip() or _indent(lines[stop]) > margin):
                stop += 1
            yield Toctree(start, stop, not margin and not _has_glob(lines[start:stop]))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _has_glob(lines: list[str]) -> bool:
    return any(map(_GLOB.fullmatch, lines))


def _markdown_toctrees(lines: list[str]) -> Iterator[Toctree]:
    """Yield the toctrees in fences; one within another fence may be an example or conditional."""
    fences: list[tuple[int, str, bool]] = []
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if match is None:
            if _RST.fullmatch(line):
                yield Toctree(number, number + 1, False)
        elif fences and not match["rest"].strip() and match["fence"].startswith(fences[-1][1]):
            start, _, is_toctree = fences.pop()
            if is_toctree:
                is_plain = not fences and not _indent(lines[start]) and not _has_glob(lines[start:number])
                yield Toctree(start, number, is_plain)
        else:
            fences.append((number, match["fence"], match["rest"].strip().startswith("{toctree}")))
    yield from (Toctree(start, start + 1, False) for start, _, is_toctree in fences if is_toctree)


#: The usual folders of a documentation.
FOLDERS = ("doc/source", "docs/source", "docs", "doc", "source")
#: The suffixes of pages, in the order in which they are tried.
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
        """The file of the root document, relative to the project, or None if it is not found."""
        named = self.conf.literal("root_doc") or self.conf.literal("master_doc") or "index"
        for suffix in SUFFIXES:
            path = join(self.folder, f"{named}{suffix}")
            if (self.root / path).is_file():
                return path
        return None

    def lists(self, page: str) -> bool:
        """Return True if a page exists, or if some page seems to have it in a toctree."""
        return any(
            os.path.splitext(path)[0] == page or mentions_entry(text, page)  # noqa: PTH122
            for path, text in _pages(self.root / self.folder)
        )

    @property
    def missing_project(self) -> str | None:
        """The path from the documentation to the project, if a build would take another folder for it."""
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
    """Find the documentation of a project, in the folder that the user names or in the usual ones.

    :raises DigestError: if there is none or more than one, or if its ``conf.py`` cannot be parsed.
    """
    found = [folder] if folder is not None else [name for name in FOLDERS if (root / name / _CONF).is_file()]
    if not found and (root / _CONF).is_file():
        found = ["."]
    if len(found) != 1:
        message = f"no {_CONF} in {', '.join(FOLDERS)}: make one with sphinx-quickstart, or say by --docs where it is"
        if found:
            message = f"there is a {_CONF} in each of {', '.join(found)}: choose one by --docs"
        raise DigestError(Problem(os.fspath(root), 0, 0, Code.NO_DOCUMENTATION, message))
    conf = parse_conf(read_text_file(root, join(found[0], _CONF), python_encoding))
    return Documentation(root, found[0], conf)


def join(folder: str, name: str) -> str:
    """Join a folder and a name, leaving out ``.``."""
    return name if folder == "." else f"{folder}/{name}"


def _pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the pages below a folder, by path and text, without outputs of builds and virtual environments."""
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
