"""Names in texts that come together in one document, where each name may be given only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: ```text <url>`_`` with its text and URL.
_EMBEDDED = re.compile(r"`([^`<>]+?)\s*<([^`<>\s]+)>`_(?!_)")
#: ``.. _name: url``, on one line of its own.
_TARGET = re.compile(r"^[ ]*\.\. _(`[^`\n]+`|[^`:\n_][^:\n]*):[ ]+(\S*[^\s_])[ ]*\n?", re.MULTILINE)
_FOOTNOTE = re.compile(r"^[ ]*\.\. \[(#?[^\]\n*#]+)\]", re.MULTILINE)
_SUBSTITUTION = re.compile(r"^[ ]*\.\. \|([^|\n]+)\|", re.MULTILINE)

#: The words of a text and where its links lead, to compare it with another.
Reading = Callable[[str], object]


class UniqueNames:
    """Gives the names of one text after the other a form in which none comes twice."""

    def __init__(self, read: Reading) -> None:
        """Start without names.

        :param read: gives what two texts have to have in common to say the same.
        """
        self._read = read
        self._taken: set[str] = set()

    def unique(self, text: str) -> str | None:
        """A text that says the same and gives no name that an earlier text has given; None if there is no way."""
        clashing = {name for name in _names(text) if name in self._taken}
        changed = text
        for name in sorted(clashing):
            changed = self._without(changed, name)
        found = set(_names(changed))
        if found & self._taken or (changed != text and self._read(changed) != self._read(text)):
            return None
        self._taken |= found
        return changed

    def _without(self, text: str, name: str) -> str:
        kind, _, words = name.partition(":")
        if kind == "link":
            return _without_target(text, words)
        # a number that is counted can have a name besides, one that is written cannot
        prefix = "#note-" if words.isdecimal() else ""
        number = 2
        while f"{kind}:{prefix}{words}-{number}" in self._taken:
            number += 1
        if kind == "substitution":
            return re.sub(rf"\|({_pattern(words)})\|", rf"|\1-{number}|", text, flags=re.IGNORECASE)
        label = rf"[{prefix}\1-{number}]\2"
        return re.sub(rf"\[({_pattern(words)})\](_|(?=\s))", label, text, flags=re.IGNORECASE)


def link_targets(text: str) -> Iterator[tuple[str, str]]:
    """The names that a text gives to links, as docutils compares names, and where each leads."""
    for pattern in (_EMBEDDED, _TARGET):
        for match in pattern.finditer(text):
            yield " ".join(match[1].strip("`").lower().split()), match[2]


def _names(text: str) -> Iterator[str]:
    for pattern, kind in (
        (_EMBEDDED, "link"),
        (_TARGET, "link"),
        (_FOOTNOTE, "footnote"),
        (_SUBSTITUTION, "substitution"),
    ):
        for match in pattern.finditer(text):
            yield f"{kind}:{' '.join(match[1].strip('`').lower().split())}"


def _without_target(text: str, name: str) -> str:
    """A text whose links of a name have their URL beside them instead."""
    urls = {match[2] for pattern in (_EMBEDDED, _TARGET) for match in pattern.finditer(text) if _is(match[1], name)}
    if len(urls) != 1:
        return text
    url = urls.pop()
    text = _TARGET.sub(lambda match: "" if _is(match[1], name) else match[0], text)
    text = _EMBEDDED.sub(lambda match: f"{match[0]}_" if _is(match[1], name) else match[0], text)
    words = _pattern(name)
    reference = re.compile(rf"`({words})`_(?!_)|(?<![\w`_])({words})_(?![\w_])", re.IGNORECASE)
    return reference.sub(lambda match: f"`{match[1] or match[2]} <{url}>`__", text).rstrip("\n")


def _is(written: str, name: str) -> bool:
    return " ".join(written.strip("`").lower().split()) == name


def _pattern(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))
