"""The tests that the page of guarantees names are there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "doc/source/user/guarantees.rst"


def test_each_test_is_there() -> None:
    tables = PAGE.read_text(encoding="utf-8").partition("What is not promised")[0]
    named = set(
        re.findall(r"``((?:[a-z]+/)+test_[a-z_]+\.py|browser|against_reno|disk|gather/bot|fuzz|hostile)``", tables)
    )
    assert len(named) > 15
    assert [name for name in sorted(named) if not (TESTS / name).exists()] == []
