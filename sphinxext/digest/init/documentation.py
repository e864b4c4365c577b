"""Finding a project's documentation: its folder, its root document, and what its pages list.

Adding an entry to the table of contents of a root document, in reStructuredText or MyST's Markdown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.init.conf import PROJECT, Conf, Source, parse_conf, python_encoding, read_source, unended
from sphinxext.digest.problems import Code, DigestError, Problem

_RST = re.compile(r"(?P<margin>\s*)\.\. toctree::\s*")
_FENCE = re.compile(r"(?P<margin>\s*)(?P<fence>`{3,}|~{3,}|:{3,})(?P<rest>.*)")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s.*)?|\s*---\s*")
_GLOB = re.compile(r"\s*:?glob:.*")
_INDENT = "   "


@dataclass(frozen=True)
class Toctree:
    """A ``toctree`` of a document: the lines from its directive to what comes behind it, which count from 0.

    ``is_plain`` says whether it is one of the document itself that lists its entries one by one.
    """

    start: int
    stop: int
    is_plain: bool


def with_entry(source: Source, entry: str, *, markdown: bool) -> Source | list[int]:
    """A document with an entry at the end of its table of contents, which it gets if it has none.

    If there is more than one place to put it, or one that may not be what readers see, those lines, from 1 on.
    """
    lines = [unended(line) for line in source.lines]
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


def names_entry(text: str, entry: str) -> bool:
    """Whether a line of a document could be an entry of this name, with a title or without."""
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
    """Those in fences; one in another fence may be an example, or be shown under a condition."""
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
