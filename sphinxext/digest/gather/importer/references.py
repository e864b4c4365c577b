"""Resolve the numbers in a digest by its list of links, and write the blocks of a section as reST."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.gather.importer import Block, Form, Post, Words
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text import join_url, rst

#: A number that refers to the list.
NUMBER = re.compile(r"\[(0|[1-9][0-9]{0,2})\]")
_ENTRY = re.compile(r"\[(?P<number>0|[1-9][0-9]{0,2})\]\s*+(?:[-–—−:.=]++\s*+)?+(?P<target>\S++)?+")  # noqa: RUF001
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
#: Several entries that lost the line ends between them.
_SPLIT = re.compile(r"(?<!\s)\s++(?=\[(?:0|[1-9][0-9]{0,2})\]\s*[-–—−:])")  # noqa: RUF001
#: The most characters of a sentence before a number.
_CONTEXT = 1000
#: Words of addresses that say nothing about what they lead to.
_COMMON = frozenset(
    [
        *("http", "https", "html", "index", "openstack", "wiki", "etherpad", "review", "lists", "pipermail"),
        *("archives", "blog", "docs", "summary", "tree", "blob", "master"),
    ]
)


@dataclass(slots=True)
class ReferenceEntry:
    """A line of the list: its number, where it leads or None if that got lost, and its place."""

    number: int
    url: str | None
    line: int


@dataclass(slots=True)
class References:
    """The list of a digest, and what became of its numbers.

    ``rest`` are entries to be kept as text, since nothing in the digest leads there.
    """

    post: Post
    problems: list[Problem]
    entries: list[ReferenceEntry] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    _reported: set[object] = field(default_factory=set)
    _by_number: dict[int, list[ReferenceEntry]] | None = None

    def target(self, number: int) -> str | None:
        """Return the target of a number if it is certain."""
        urls = {entry.url for entry in self.entries_of(number)}
        return next(iter(urls)) if len(urls) == 1 else None

    def entries_of(self, number: int) -> list[ReferenceEntry]:
        """Return the entries of a number, in order."""
        if self._by_number is None:
            self._by_number = {}
            for entry in self.entries:
                self._by_number.setdefault(entry.number, []).append(entry)
        return self._by_number.get(number, [])

    def report(self, code: Code, text: str, line: int, message: str) -> None:
        """Report something at the place of a text, from a line on."""
        place = self.post.place(text, line)
        self.problems.append(Problem(self.post.path, place.line, place.column, code, message))

    def rst(self, words: Words, line: int) -> str:
        """Words as reStructuredText: links with their targets, numbers as links, everything else as plain text."""
        pieces: list[tuple[str, bool]] = []
        for run in words.runs:
            if run.url and run.text.strip():
                pieces += self._link(run.text, run.url, line)
            else:
                pieces += self._plain(run.text, line)
        return rst.begun(rst.joined(pieces))

    def check(self, url: str, line: int) -> str | None:
        """Return the URL if a fragment may have it; otherwise that is reported."""
        try:
            return absolute_target(url, self.post.url)
        except ValueProblem as error:
            self.report(Code.LOST_URL, url, line, f"the link is left out, its text stays: {error}")
            return None

    def unused(self) -> list[ReferenceEntry]:
        """Return the entries that nothing in the digest leads to."""
        known = [entry for entry in self.entries if entry.url]
        return [entry for entry in known if entry.number not in self.used or self.target(entry.number) is None]

    def _link(self, text: str, url: str, line: int) -> Iterator[tuple[str, bool]]:
        target = self.check(url, line)
        inner = text.strip()
        start = text.index(inner)
        yield rst.escaped(text[:start]), False
        if target is None or inner == target:
            yield rst.escaped(inner), False
        else:
            yield rst.link(inner.replace("\n", " "), target), True
        yield rst.escaped(text[start + len(inner) :]), False

    def _plain(self, text: str, line: int) -> Iterator[tuple[str, bool]]:
        position = 0
        for match in NUMBER.finditer(text):
            target = self._target_of(int(match[1]), line)
            if target is not None:
                yield rst.escaped(text[position : match.start()]), False
                yield rst.link(match[0], target), True
                position = match.end()
        yield rst.escaped(text[position:]), False

    def _target_of(self, number: int, line: int) -> str | None:
        target = self.target(number)
        if target is None:
            self._report_lost(number, line)
            return None
        self.used.add(number)
        return target

    def _report_lost(self, number: int, line: int) -> None:
        entries = self.entries_of(number)
        if number in self._reported or len(entries) > 1:
            return
        self._reported.add(number)
        where = entries[0].line if entries else line
        self.report(Code.LOST_URL, f"[{number}]", where, f"the URL of [{number}] is not in the file: the number stays")

    def report_two_targets(self) -> None:
        """Report numbers that the list has twice, with different targets."""
        for number in sorted({entry.number for entry in self.entries}):
            entries = self.entries_of(number)
            urls = {entry.url for entry in entries}
            if len(urls) > 1:
                message = f"[{number}] has {len(urls)} targets: which of them is meant where is not known"
                self.report(Code.TWO_TARGETS, f"[{number}]", entries[1].line, message)

    def report_other_meaning(self, uses: dict[int, list[tuple[int, Block]]]) -> None:
        """Report numbers that different sections use, where the target has words of a later use and not of the first.

        Such a number may have been meant for another target first, which is not in the list. If it has words of the
        first use, the later ones are taken for more of the same.

        :param uses: for each number the index of the section and the block of each use.
        """
        for number, found in sorted(uses.items()):
            target = self.target(number)
            if target is None or len({section for section, _ in found}) < 2:
                continue
            words = _words(target)
            known = [bool(words & _words(_context(block.plain, number))) for _, block in found]
            if any(known) and not known[0]:
                block = found[0][1]
                message = (
                    f"[{number}] is in several sections, and may have been meant for two targets: "
                    f"the list has only {target}"
                )
                self.report(Code.TWO_TARGETS, f"[{number}]", block.line, message)


def absolute_target(url: str, base: str | None) -> str:
    """Return the absolute URL of a link, as a fragment may have it.

    :param base: what relative URLs are relative to, if that is known.
    :raises ValueProblem: if it is not a URL.
    """
    url = url.replace(" ", "%20")
    if base and not _ADDRESS.match(url):
        url = join_url(base, url) or url
    elif url.startswith("//"):
        url = f"https:{url}"
    return check_url(url)


def take_references(post: Post, problems: list[Problem]) -> References:
    """Take the list at the end of a post out of its blocks."""
    references = References(post, problems)
    blocks = post.blocks
    end = len(blocks)
    found: list[list[ReferenceEntry]] = []
    while end and (entries := list(_entries(blocks[end - 1]))):
        found.insert(0, entries)
        end -= 1
    if (
        found
        and end
        and blocks[end - 1].form is Form.HEADING
        and re.fullmatch(r"(?:references|links|footnotes|notes):?", blocks[end - 1].plain.strip(), re.IGNORECASE)
    ):
        end -= 1
    references.entries = [entry for entries in found for entry in entries]
    del blocks[end:]
    for entry in references.entries:
        if entry.url:
            entry.url = references.check(entry.url, entry.line)
    references.report_two_targets()
    return references


def _entries(block: Block) -> Iterator[ReferenceEntry]:
    """Yield the entries that a block consists of, or nothing if it has any other text."""
    if block.form is Form.HEADING and block.level:
        return
    entries: list[ReferenceEntry] = []
    for number, words in enumerate(_lines(block)):
        text = words.plain
        match = _ENTRY.fullmatch(text)
        if match:
            target = words.urls[0] if words.urls else match["target"]
            if target and not words.urls and not _ADDRESS.fullmatch(target):
                return
            entries.append(ReferenceEntry(int(match["number"]), target, block.line + number))
        elif entries and entries[-1].url is None and _ADDRESS.fullmatch(text):
            entries[-1].url = text
        elif text:
            return
    yield from entries


def _lines(block: Block) -> Iterator[Words]:
    """Yield the lines of a block; lines of plain text have been joined and are told by their numbers."""
    for words in block.words.lines():
        plain = words.plain
        gaps = [match.span() for match in _SPLIT.finditer(plain)]
        starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(plain)]
        for piece in words.pieces(zip(starts, ends, strict=True)):
            yield piece.stripped()


def _context(text: str, number: int) -> str:
    """Return the words of the sentence before a number."""
    position = text.find(f"[{number}]")
    before = text[max(0, position - _CONTEXT) : position].rstrip(" .”\"'")
    return re.split(r"[.;:!?] ", before)[-1]


def _words(text: str) -> set[str]:
    """Return the words of a text or an address that mean something, without endings."""
    words = re.findall(r"[a-z]{4,}", text.lower())
    return {word[:6].rstrip("s") for word in words if word not in _COMMON}


def body_rst(blocks: Sequence[Block], references: References, *, base: int = 0) -> str:
    """Return the text of a note.

    :param base: how many lists around the blocks are not part of the text.
    """
    lines: list[str] = []
    depth = 0
    before: Block | None = None
    for block in blocks:
        if block.form is Form.HEADING and not block.plain.strip():
            continue
        level = max(0, block.level - base) if block.form is not Form.HEADING else 0
        level = min(max(level, 1), depth + 1) if block.form is Form.BULLET else min(level, depth)
        if before is not None and not _are_neighbours(before, block, level, depth):
            lines.append("")
        if block.rst is not None and block.rst.startswith(" ") and not level:
            lines += ["..", ""]  # else a quotation would be a part of what is before it, or lose its margin
        lines += _block_lines(block, level, references)
        depth, before = level, block
    return "\n".join(lines).strip("\n")


def _are_neighbours(before: Block, block: Block, level: int, depth: int) -> bool:
    """Return True if two blocks are lines of one list."""
    return before.form is Form.BULLET and block.form is Form.BULLET and level == depth


def _block_lines(block: Block, level: int, references: References) -> list[str]:
    if block.form is Form.HEADING:
        heading = " ".join(references.rst(block.words, block.line).split())
        return [f".. rubric:: {heading}"]
    if block.rst is not None:
        margin = "  " * level
        start = f"{margin[2:]}* " if block.form is Form.BULLET else margin
        return [f"{margin if number else start}{line}".rstrip() for number, line in enumerate(block.rst.split("\n"))]
    if block.form is Form.LITERAL:
        margin = "  " * level
        return [f"{margin}::", "", *(f"{margin}   {line}".rstrip() for line in block.plain.split("\n"))]
    indent = "  " * (level - 1) if block.form is Form.BULLET else "  " * level
    first, rest = (f"{indent}* ", f"{indent}  ") if block.form is Form.BULLET else (indent, indent)
    if "\n" in block.plain.strip():
        return _line_block(block, first, rest, references)
    text = references.rst(block.words, block.line)
    lines = rst.filled(text, len(rest))
    return [f"{rest if count else first}{line}".rstrip() for count, line in enumerate(lines)]


def _line_block(block: Block, first: str, rest: str, references: References) -> list[str]:
    """Lines that end where they do."""
    result: list[str] = []
    for words in block.words.lines():
        lines = rst.filled(references.rst(words, block.line), len(rest) + 2)
        result += [f"{rest}{'  ' if count else '| '}{line}".rstrip() for count, line in enumerate(lines)]
    result[0] = first + result[0][len(rest) :]
    return result
