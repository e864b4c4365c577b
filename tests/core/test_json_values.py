"""Values of YAML that JSON can hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sphinxext.digest.problems import Problem
from sphinxext.digest.yaml import compose, json_value


def read(text: str, **limits: Any) -> tuple[object, list[str]]:
    problems: list[Problem] = []
    node = compose(text, "x", problems, **limits)
    return json_value(node) if node is not None else None, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("a", "a"), ("'1'", "1"), ("[]", []), ("{a: [b]}", {"a": ["b"]}), ("[~, Null]", [None, None])),
        *(("yes", True), ("[off]", [False]), ("0", 0), ("-12", -12), ("1.50", 1.5), ("1700000000", 1_700_000_000)),
        *(("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19), ("1." + "0" * 18, "1." + "0" * 18)),
        *(
            ("0x10", "0x10"),
            ("010", "010"),
            ("1_0", "1_0"),
            (".inf", ".inf"),
            ("2020-01-02", "2020-01-02"),
            ("1:1", "1:1"),
        ),
        *(("!!binary YWJj", "abc"), ("!!str 5", "5"), ("{a: 1, a: 2}", {"a": 2}), ("[&a x, *a]", ["x", "x"])),
    ],
)
def test_value(text: str, value: object) -> None:
    assert read(text) == (value, [])
    assert json.loads(json.dumps(value)) == value


#: A list at the limit of depth, which an alias puts one level deeper.
DEEP = "[&a " + "[" * 19 + "]" * 19 + ", [[*a]]]"


@pytest.mark.parametrize(
    "text", ["!!int 5", "{[a]: b}", "{!!int 5: b}", "!!binary '4'", "!!binary /w==", "&a [*a]", DEEP]
)
def test_no_value(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_aliases_count_as_what_they_stand_for() -> None:
    text = "a: &a [1, 2, 3]\nb: &b [*a, *a]\nc: [*b, *b, x]\n"
    # the mapping, its keys, and 4 + 9 + 20 values
    assert read(text, expands=True, max_nodes=37)[1] == []
    assert read(text, expands=True, max_nodes=36)[1] == ["x:3:13: too-large there are more than 36 values"]
    # each alias counts as one
    assert read(text, max_nodes=15)[1] == []
    assert read(text, max_nodes=14)[1] == ["x:3:13: too-large there are more than 14 values"]
    assert read("[" * 19 + "[a]" + "]" * 19)[1] == []
    assert read("[&a x, *a, *a]", expands=True, max_nodes=4)[1] == []
