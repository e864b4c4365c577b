"""Finding the pages that have a digest of their own, before anything is read.

Which pages the build has to make depends on it, and Sphinx wants to know its pages first. So the directives are found
in the text of the sources: those that begin a line, which leaves out examples in literal blocks, which are indented,
and in code fences. What stands in a fence that is a directive of MyST, such as a note or ``eval-rst``, counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.model import Period
from sphinxext.digest.model.period import PeriodError, parse_interval

#: The directives to look for.
DIGEST, COLLECTION = "digest", "digest-collection"

_RST = re.compile(r"\.\. +(digest|digest-collection) *::[ \t]*(.*)")
_MYST = re.compile(r"(?:`{3,}|:{3,})\{(digest|digest-collection)\}[ \t]*(.*)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
#: What begins a fence of MyST whose body is no code, and may have further directives.
_WITH_BODY = re.compile(r"\{(?!code|sourcecode|literalinclude|parsed-literal|math|raw)[^}]*\}")
_OPTION = re.compile(r"\s*:([a-z-]+):\s*(.*)")
#: The same between lines of three dashes, as MyST also takes options.
_YAML_MARK, _YAML_OPTION = "---", re.compile(r"([a-z-]+):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Found:
    """A directive on a page: its name, its argument, and some of its options, if they are there."""

    name: str
    argument: str
    fragments: str | None
    span: str | None

    @property
    def interval(self) -> Period | None:
        """The period of a digest that is given by its days, which wins over the calendar."""
        if self.name != DIGEST or "/" not in self.argument:
            return None
        try:
            return parse_interval(self.argument)
        except PeriodError:
            return None


@dataclass(frozen=True, slots=True)
class PageScan:
    """The directives found in a source file, and its time and size when it was read."""

    stamp: tuple[int, int]
    found: tuple[Found, ...]


def scan_pages(files: Iterable[tuple[str, Path]], earlier: dict[str, PageScan]) -> dict[str, PageScan]:
    """Scan source files; those whose time and size have not changed are taken from an earlier scan.

    :param files: document names with their files.
    """
    scans = {}
    for docname, file in files:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = earlier.get(docname)
            if known is not None and known.stamp == stamp:
                scans[docname] = known
            else:
                text = file.read_bytes()
                found = tuple(_find(text.decode("utf-8", "replace"))) if b"digest" in text else ()
                scans[docname] = PageScan(stamp, found)
        except OSError:
            continue
    return scans


def _find(text: str) -> Iterator[Found]:
    lines = text.splitlines()
    # the fences around a line, and whether they hold code
    fences: list[tuple[str, bool]] = []
    for index, line in enumerate(lines):
        in_code = bool(fences) and fences[-1][1]
        match = _RST.fullmatch(line) or _MYST.fullmatch(line)
        if match is not None and not in_code:
            options = _options(lines[index + 1 :])
            yield Found(match[1], match[2].strip(), options.get("fragments"), options.get("span"))
        if opening := _FENCE.match(line):
            if fences and line.startswith(fences[-1][0]) and not line.strip("`~ "):
                fences.pop()
            elif not in_code:
                fences.append((opening[1], _WITH_BODY.match(opening[2]) is None))


def _options(lines: list[str]) -> dict[str, str]:
    """The options of a directive, which stand in the lines below it."""
    options = {}
    pattern = _OPTION
    if lines and lines[0].strip() == _YAML_MARK:
        pattern, lines = _YAML_OPTION, lines[1:]
    for line in lines:
        match = pattern.fullmatch(line)
        if match is None:
            break
        options[match[1]] = match[2].strip().strip("\"'") if pattern is _YAML_OPTION else match[2].strip()
    return options
