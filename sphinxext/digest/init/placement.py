"""The place of the digests in a root document: one of its toctrees, and a line in it.

Of several toctrees the one that lists a changelog is the right one, else the last that readers see under a suitable
caption. If there is neither, the user has to choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sphinxext.digest.init.conf import TextFile, without_end
from sphinxext.digest.init.external_toc import external_toctrees, item, lines_of_list
from sphinxext.digest.init.toctrees import Entry, Toctree, indent_of, toctrees_of

_INDENT = "   "
#: Parts of paths and titles that are about news of a project, in lower case and without punctuation.
_CERTAIN = re.compile(
    r"change(?:log|logs|s|history)|whatsnew|news|newsletter|release(?:note|notes|history)|versionhistory|digests"
)
_LIKELY = re.compile(r"history|releases?|blog|updates|announcements")
#: Words of captions that digests suit.
_CAPTIONS = re.compile(
    r"\b(?:about|announcements?|blog|communit(?:y|ies)|contribut\w*|develop(?:er|ers|ment)|information|meta|"
    r"miscellaneous|more|news|project|releases?|what's new)\b",
    re.IGNORECASE,
)
#: The builders whose readers an ``only`` may be for, so that the digests are in it.
_PAGES = re.compile(r"\bhtml\b")


class Form(Enum):
    """The form of a root document: a page in one of two languages, or the file of ``sphinx-external-toc``."""

    RST = "rst"
    MARKDOWN = "md"
    EXTERNAL = "yml"


@dataclass(frozen=True)
class RootDocument:
    """A root document and its toctrees, without those for other outputs than pages."""

    source: TextFile
    form: Form
    toctrees: tuple[Toctree, ...]

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return [without_end(line) for line in self.source.lines]

    def chosen(self) -> Toctree | None:
        """Return the toctree for the digests, or None if it is unclear or if there is none."""
        if len(self.toctrees) == 1:
            return self.toctrees[0]
        for words in (_CERTAIN, _LIKELY):
            for toctree in self.toctrees:
                if _news_in(toctree, words):
                    return toctree
        suitable = [toctree for toctree in self.toctrees if _CAPTIONS.search(toctree.caption)]
        visible = [toctree for toctree in suitable if not toctree.is_hidden]
        return next(reversed(visible or suitable), None)

    def named(self, name: str) -> Toctree | None:
        """Return the toctree with a caption, or on a line, from 1; None if there is none."""
        for toctree in self.toctrees:
            is_there = name.isdecimal() and toctree.start < int(name) <= toctree.stop
            if is_there or toctree.caption.casefold() == name.casefold():
                return toctree
        return None

    def with_entries(self, entries: Sequence[str], toctree: Toctree | None) -> TextFile:
        """Add entries to a toctree, below the one of a changelog, or at the end.

        :param toctree: if it is None, the document gets a toctree at its end.
        """
        if toctree is not None:
            line, before, added = self._place(entries, toctree)
            return self.source.inserted(line, *before, *added)
        if self.form is Form.EXTERNAL:
            return self.source.inserted(len(self.source.lines), *lines_of_list(self.lines, self.source.path, entries))
        if self.form is Form.MARKDOWN:
            return self.source.appended("```{toctree}", *entries, "```")
        return self.source.appended(".. toctree::", "", *(f"{_INDENT}{entry}" for entry in entries))

    def text_for(self, entries: Sequence[str], toctree: Toctree) -> list[str]:
        """Return the lines that :meth:`with_entries` would add."""
        return self._place(entries, toctree)[2]

    def _place(self, entries: Sequence[str], toctree: Toctree) -> tuple[int, list[str], list[str]]:
        """Return the line before which to add entries, a blank line if that is needed, and their own lines."""
        lines = self.lines
        texts = [item(entry) if self.form is Form.EXTERNAL else entry for entry in entries]
        neighbour = news_entry(toctree) or (toctree.entries[-1] if toctree.entries else None)
        if neighbour is not None:
            # items of YAML may have several lines, all of them below the first
            line = lines[toctree.start if self.form is Form.EXTERNAL else neighbour.line]
            return neighbour.line + 1, [], [f"{_margin_of(line)}{text}" for text in texts]
        at = toctree.stop
        while not lines[at - 1].strip():
            at -= 1
        blank = [] if toctree.markdown and at == toctree.start + 1 else [""]
        margin = _margin(lines, toctree, at)
        return at, blank, [f"{margin}{text}" for text in texts]


def root_document(source: TextFile, form: Form) -> RootDocument:
    """Read a root document.

    :raises DigestError: if it is a file of YAML that is not valid.
    """
    lines = [without_end(line) for line in source.lines]
    if form is Form.EXTERNAL:
        return RootDocument(source, form, tuple(external_toctrees(lines, source.path)))
    toctrees = toctrees_of(lines, markdown=form is Form.MARKDOWN)
    return RootDocument(source, form, tuple(one for one in toctrees if _is_for_pages(one.condition)))


def _is_for_pages(condition: str) -> bool:
    return not condition or (_PAGES.search(condition) is not None and "not" not in condition.split())


def _margin(lines: list[str], toctree: Toctree, stop: int) -> str:
    directive, last = lines[toctree.start], lines[stop - 1]
    if stop > toctree.start + 1 and (toctree.markdown or indent_of(last) > indent_of(directive)):
        return _margin_of(last)
    return _margin_of(directive) if toctree.markdown else f"{_margin_of(directive)}{_INDENT}"


def _margin_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def news_entry(toctree: Toctree) -> Entry | None:
    """Return the entry of a changelog, of release notes or of news."""
    for words in (_CERTAIN, _LIKELY):
        if entry := _news_in(toctree, words):
            return entry
    return None


def _news_in(toctree: Toctree, words: re.Pattern[str]) -> Entry | None:
    return next((entry for entry in toctree.entries if _is_news(entry, words)), None)


def _is_news(entry: Entry, words: re.Pattern[str]) -> bool:
    """Return True if the target of an entry, or its title, is about the news of a project."""
    path = [] if ":" in entry.target else entry.target.rstrip("/").split("/")[-2:]
    return any(words.fullmatch(_plain(part)) for part in (*path, entry.title))


def _plain(text: str) -> str:
    name = re.sub(r"\.(?:rst|md|txt)$", "", text.lower())
    return re.sub(r"[\W_]+", "", name)
