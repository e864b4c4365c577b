"""Problems: data that can be shown."""

from __future__ import annotations

import re

import pytest

from sphinxext.digest.problems import Code, DigestError, Problem


def test_problem_with_a_place() -> None:
    problem = Problem("a.yaml", 3, 5, Code.BAD_DATE, "no such date")
    assert str(problem) == "a.yaml:3:5: bad-date no such date"


def test_problem_of_a_whole_file() -> None:
    assert str(Problem("a.yaml", 0, 0, Code.UNREADABLE, "it is gone")) == "a.yaml: unreadable it is gone"


def test_problems_are_ordered_by_their_places() -> None:
    first = Problem("a.yaml", 9, 1, Code.RST, "x")
    second = Problem("a.yaml", 10, 1, Code.EMPTY, "x")
    third = Problem("b.yaml", 0, 0, Code.EMPTY, "x")
    assert sorted([third, second, first]) == [first, second, third]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("one\ntwo\ttabs", r"one\ntwo\ttabs"),
        ("\x1b[2J", r"\x1b[2J"),
        ("right\u202eleft", r"right\u202eleft"),
        ("lone \ud800", r"lone \ud800"),
        ("no break\xa0space, 日本\u3000語, 😀", "no break\xa0space, 日本\u3000語, 😀"),
    ],
)
def test_a_message_is_one_line_that_can_be_shown(message: str, shown: str) -> None:
    assert Problem("a.yaml", 1, 1, Code.RST, message).message == shown


def test_a_long_message_is_cut_in_the_middle() -> None:
    message = Problem("a.yaml", 1, 1, Code.RST, f"begin {'x' * 10_000} end").message
    assert re.fullmatch("begin x+ ... x+ end", message)
    assert len(message) < 400


def test_an_error_has_problems_and_shows_them() -> None:
    problems = (Problem("a", 0, 0, Code.EMPTY, "b"), Problem("c", 1, 2, Code.EMPTY, "d"))
    error = DigestError(*problems)
    assert error.problems == problems
    assert str(error) == "a: empty b\nc:1:2: empty d"


def test_codes_are_words() -> None:
    """Each is a part of a warning's name in Sphinx, and stands in lists of warnings to suppress."""
    assert [code for code in Code if not re.fullmatch("[a-z]+(-[a-z]+)*", code)] == []
