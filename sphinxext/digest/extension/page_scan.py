"""The scan that finds the pages with a digest of their own, or with versions that have pages.

It comes before anything is read, since it says which pages the build has to make, and Sphinx wants to know its pages
first. So directives are found in the text of the sources: those that begin a line, which leaves out examples in
literal blocks, which are indented, and in code fences. What is in a fence that is a directive of MyST, such as a note
or ``eval-rst``, counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from sphinxext.digest.model import Period
from sphinxext.digest.model.period import PeriodError, parse_interval

#: The directives to look for.
DIGEST, COLLECTION, RELEASE_NOTES = "digest", "digest-collection", "release-notes"

_NAMES = "|".join((COLLECTION, DIGEST, RELEASE_NOTES))
_RST = re.compile(rf"\.\. +({_NAMES}) *::[ \t]*(.*)")
_MYST = re.compile(rf"(?:`{{3,}}|:{{3,}})\{{({_NAMES})\}}[ \t]*(.*)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
#: Begins a fence of MyST whose body is not code, and may have further directives.
_WITH_BODY = re.compile(r"\{(?!code|sourcecode|literalinclude|parsed-literal|math|raw)[^}]*\}")
_OPTION = re.compile(r"\s*:([a-z-]+):\s*(.*)")
#: The same between lines of three dashes, as MyST also takes options.
_YAML_MARK, _YAML_OPTION = "---", re.compile(r"([a-z-]+):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Found:
    """A directive on a page: its name, its argument, its options, and the lines below them."""

    name: str
    argument: str
    options: tuple[tuple[str, str], ...] = ()
    body: tuple[str, ...] = ()

    def option(self, name: str) -> str | None:
        """Return the value of an option, or None if it is not there."""
        return dict(self.options).get(name)

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
                has_any = any(word in text for word in (b"digest", RELEASE_NOTES.encode()))
                found = tuple(_find(text.decode("utf-8", "replace"))) if has_any else ()
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
            yield Found(match[1], match[2].strip(), *_options_and_body(lines[index + 1 :], is_fence=line[0] != "."))
        if opening := _FENCE.match(line):
            if fences and line.startswith(fences[-1][0]) and not line.strip("`~ "):
                fences.pop()
            elif not in_code:
                fences.append((opening[1], _WITH_BODY.match(opening[2]) is None))


def _options_and_body(lines: list[str], *, is_fence: bool) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The options of a directive and its content, from the lines below it."""
    options, left = {}, iter(lines)
    pattern = _OPTION
    rest: list[str] = []
    if lines and lines[0].strip() == _YAML_MARK:
        pattern, left = _YAML_OPTION, iter(lines[1:])
    for line in left:
        match = pattern.fullmatch(line)
        if match is None:
            rest = [] if pattern is _YAML_OPTION and line.strip() == _YAML_MARK else [line]
            break
        options[match[1]] = match[2].strip().strip("\"'") if pattern is _YAML_OPTION else match[2].strip()
    body = takewhile(_goes_on(is_fence=is_fence), chain(rest, left))
    return tuple(options.items()), tuple(line.strip() for line in body if line.strip())


def _goes_on(*, is_fence: bool) -> Callable[[str], bool]:
    """Return what says whether a line still belongs to a directive."""
    if is_fence:
        return lambda line: not line.startswith(("```", ":::"))
    return lambda line: not line or line[0].isspace()
