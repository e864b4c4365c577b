"""Numbers of notes in words."""

from __future__ import annotations

from collections.abc import Mapping

from sphinxext.digest.model import Kind, Words
from sphinxext.digest.option_table import SECTIONS


def count_in_words(kind: Kind, number: int, words: Words) -> str:
    """A number of notes in words: ``1 success``, ``2 stories``."""
    ngettext = words.ngettext
    counts = {
        Kind.SUCCESS: ngettext("{number} success", "{number} successes", number),
        Kind.ITEM: ngettext("{number} item", "{number} items", number),
        Kind.COUNTDOWN: ngettext("{number} countdown", "{number} countdowns", number),
        Kind.THREAD: ngettext("{number} thread", "{number} threads", number),
        Kind.STORY: ngettext("{number} story", "{number} stories", number),
    }
    return counts[kind]


def counts_in_words(counts: Mapping[Kind, int], words: Words) -> str:
    """Numbers of notes of several kinds, in the order of the sections of a digest."""
    separator = words.gettext(", ")
    return separator.join(count_in_words(kind, counts[kind], words) for kind in SECTIONS.values() if counts.get(kind))
