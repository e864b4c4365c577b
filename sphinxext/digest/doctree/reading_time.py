"""How long a reader needs for what nodes say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.model import ENGLISH, Words

#: How many words people read in a minute, about.
_WORDS = 200
#: How many characters that are as much to read as a word, in scripts that put no spaces between words.
_CHARACTERS = 2.5
#: Chinese characters, Japanese syllables and their punctuation. Korean has spaces.
_WITHOUT_SPACES = re.compile(
    "[\u3001-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def length(parts: Iterable[nodes.Node]) -> int:
    """The number of words in nodes; what is written for one format alone is none of theirs."""
    return sum(
        _length(str(text))
        for part in parts
        for text in part.findall(nodes.Text)
        if not isinstance(text.parent, nodes.raw)
    )


def minutes_words(number: int, words: Words = ENGLISH) -> str:
    """How long it takes to read a number of words, in minutes."""
    return words.ngettext("{number} minute to read", "{number} minutes to read", max(1, round(number / _WORDS)))


def _length(text: str) -> int:
    rest, characters = _WITHOUT_SPACES.subn(" ", text)
    return len(rest.split()) + round(characters / _CHARACTERS)
