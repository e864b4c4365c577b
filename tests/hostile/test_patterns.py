"""Texts that repeat what could be the beginning of markup: looking for it takes no longer than reading them."""

from __future__ import annotations

import re
import time

import pytest

from sphinxext.digest.collect import joined, schedule
from sphinxext.digest.render import schedule_text

NUMBER = 30_000
TEXTS = {
    "names of roles": ":a" * NUMBER,
    "ends of words": "a." * NUMBER,
    "ends of names": ":a." * NUMBER,
    "spaces in a role": ":a:`x" + " " * NUMBER + "<",
    "open marks": "`a " * NUMBER,
    "open targets": "`x <" * NUMBER,
}
PATTERNS = {
    "references": schedule._REFERENCE,
    "roles": joined._ROLE,
    "markup": schedule_text._UNRESOLVED,
    "words": schedule_text._UNRESOLVED_WORD,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_not_slow(pattern: re.Pattern[str], text: str) -> None:
    begin = time.process_time()
    pattern.sub("", text)
    # what looked at the rest of the text from each place needed ten seconds and more
    assert time.process_time() - begin < 1


def test_what_markup_leaves() -> None:
    text = "See :ref:`the plan <plan>`, `words  <https://example.org/>`__, :doc:`a` and name_, or a.b_ and snake_case."
    assert schedule_text.without_markup(text) == "See the plan, words, a and name, or a.b and snake_case."
