"""Reading whatever there may be: it never fails, is quick, and knows where things stand."""

from __future__ import annotations

import re
import time

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import REFUSED_CHARACTER, Fragment, Story, Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.yaml import MAX_BYTES

PATH = "releasenotes/digests/name-0123456789abcdef.yaml"

#: Seconds that reading may take at the very worst, on a slow and busy machine.
LIMIT = 5

SOUND = """---
date: 2015-12-02
prelude: Welcome to *this* digest.
successes:
  - nick: stevemar
    text: Got reno in all keystone projects.
    date: 2015-12-02T14:05:00Z
    url: https://example.org/irclogs/
  - "ttx: Nova mitaka-1 (13.0.0.0b1) published!"
threads:
  - title: The Lock Files Saga (and Where We Can Go From Here)
    state: done
    continues: 3f9c0e5a7b21d846
    summary: |
      * first

        * second
countdown:
  - {series: mitaka, week: R-17, focus: "one\\n  two"}
items:
  - &item
    group: Specs
    text: >
      folded
      text

      of two lines
  - *item
"""

#: What means something to YAML, and what is hard for a reader of texts.
TOKENS = [
    *"-?:,[]{}#&*!|>'\"%@`~=< \n\t\r\\\0\x1b\x7f\x85\xa0\u2028\ufeff\ufffe\U0001f600é1a_",
    *("- ", "  ", ": ", "? ", "\n\n", "\r\n", "---\n", "...\n", "&a ", "*a", "!!str ", "!!python/name:os ", "|2+\n"),
    *(">-\n", '"\\n"', "<<: ", "null", "yes", "2015-12-02", "date: ", "prelude: ", "successes:\n- ", "threads:\n- "),
    *("countdown: ", "series: a", "text: ", "title: ", "continues: ", "https://", "%YAML 1.1\n", "\\u2028", "\\0"),
]


def read(data: bytes) -> tuple[Fragment | None, list[Problem]]:
    """Read a fragment, and make sure that what is found makes sense."""
    fragment, problems = read_fragment(data, PATH, "name-0123456789abcdef")
    lines = re.split(r"\r\n?|\n", data.decode("utf-8", "replace"))
    for problem in problems:
        assert problem.line <= len(lines)
        assert problem.column >= (1 if problem.line else 0)
        assert "\n" not in str(problem)
        str(problem).encode()
    assert fragment is None or fragment.notes or problems
    for note in fragment.notes if fragment else ():
        assert 1 <= note.place.line <= len(lines)
        assert note.label == note.label.strip() != ""
        for _, text in texts_of(note):
            assert text.value.strip()
            assert not REFUSED_CHARACTER.search(text.value)
            for index in range(text.value.count("\n") + 1):
                assert 1 <= text.line_of(index) <= len(lines)
                assert text.column_of(index) >= 1
    return fragment, problems


def text_of(source: str) -> Text:
    """The text of the only note of a fragment, which is sound."""
    fragment, problems = read(source.encode())
    assert problems == []
    assert fragment is not None
    (note,) = fragment.notes
    assert isinstance(note, Story)
    return note.text


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    read(data)


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_anything_like_yaml(text: str) -> None:
    read(text.encode())


@given(st.lists(st.sampled_from(TOKENS), max_size=20).map("".join))
def test_anything_in_a_note(text: str) -> None:
    read(f"date: 2015-12-02\nsuccesses:\n- {text}\n".encode())


@given(st.lists(st.sampled_from(TOKENS), max_size=20).map("".join))
@example("\\\n\\n")
def test_anything_in_quotes(text: str) -> None:
    read(f'date: 2015-12-02\nsuccesses:\n- "{text}"\n'.encode())


@given(st.integers(0, len(SOUND)), st.integers(0, 8), st.lists(st.sampled_from(TOKENS), max_size=3).map("".join))
def test_a_sound_fragment_with_a_change(start: int, length: int, text: str) -> None:
    read((SOUND[:start] + text + SOUND[start + length :]).encode())


def test_the_sound_fragment_is_sound() -> None:
    fragment, problems = read(SOUND.encode())
    assert problems == []
    assert fragment is not None
    assert len(fragment.notes) == 7


MEBIBYTE = 1024 * 1024
HOSTILE = {
    "brackets": "[" * 500_000,
    "braces": "{" * 500_000,
    "dashes": "- " * 500_000,
    "questions": "? " * 500_000,
    "colons": ": " * 500_000,
    "pairs of brackets": "[]" * 500_000,
    "keys": "a: " * 300_000,
    "deeper and deeper": "".join(f"{' ' * depth}a:\n" for depth in range(1_400)),
    "quotes": '"' * MEBIBYTE,
    "one quote": '"' + "a" * (MEBIBYTE - 1),
    "backslashes": 'successes: ["' + "\\\\" * 500_000 + '"]',
    "escaped line ends": 'successes: ["' + "a\\n" * 300_000 + '"]',
    "blank lines in quotes": 'successes: ["a' + "\n" * 1_000_000 + 'b"]',
    "blank lines in a block": "successes:\n- |\n" + "\n" * 1_000_000 + "  b",
    "folded lines": "successes:\n- >\n" + "  a\n\n" * 200_000,
    "anchors": "successes: [" + "&a a," * 200_000 + "]",
    "one long anchor": "&" + "a" * (MEBIBYTE - 1),
    "aliases": "a: &a b\nsuccesses: [" + "*a," * 300_000 + "]",
    "a note with many keys, many times": (
        "successes:\n- &a {" + "".join(f"k{number}: v," for number in range(20_000)) + "}\n" + "- *a\n" * 60
    ),
    "many keys twice": "{" + "".join(f"k{number % 9_999}: v," for number in range(20_000)) + "}",
    "tags": "successes: [" + "!a b," * 200_000 + "]",
    "tag directives": "".join(f"%TAG !{number}! tag:a\n" for number in range(40_000)) + "---\na",
    "comments": "#\n" * 500_000,
    "documents": "---\n" * 250_000,
    "byte order marks": "\ufeff" * 300_000,
    "line separators": "\u2028" * 300_000,
    "carriage returns": "\r" * MEBIBYTE,
    "spaces": " " * MEBIBYTE,
    "nothing": "\0" * MEBIBYTE,
    "a long number": "successes: [" + "9" * 1_000_000 + "]",
    "a long time of day": "date: 2015-12-02" + " " * 1_000_000 + "\nsuccesses: [a]",
    "a long date": "date: 2015-12-02" + "0" * 1_000_000 + "\nsuccesses: [a]",
    "a long URL": "threads: [{title: a, url: 'https://" + "[" * 1_000_000 + "'}]",
    "a long nick": "successes: ['" + "a" * 1_000_000 + ": b']",
    "spaces after a nick": "successes: ['a:" + " " * 1_000_000 + "']",
    "wrong notes": "date: 2015-12-02\nsuccesses: [" + "{}," * 40_000 + "]",
    "threads": "date: 2015-12-02\nthreads: [" + "a," * 40_000 + "]",
    "spaces before a tag's text": "successes: [! " + "\n#" * 200_000 + "\n a]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_fragments_are_read_quickly(name: str) -> None:
    data = HOSTILE[name].encode()
    started = time.process_time()
    read_fragment(data, PATH, "name-0123456789abcdef")
    assert time.process_time() - started < LIMIT


def test_nesting_that_ends_python_is_refused() -> None:
    """libyaml's composer recurses for each bracket, and would end the process without a word."""
    _, (problem,) = read(b"[" * 500_000)
    assert problem.code is Code.YAML_NESTING


# Lines of a block: spaces in front are indentation within the text.
_characters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
_lines = st.builds(
    lambda indentation, words: (" " * indentation + words).rstrip(),
    st.integers(0, 6),
    st.text(_characters, max_size=12),
)


@given(st.lists(_lines, min_size=1, max_size=8), st.integers(1, 9), st.integers(0, 3), st.sampled_from(["", "-", "+"]))
def test_places_in_a_literal_block(lines: list[str], indentation: int, blank: int, chomping: str) -> None:
    assume(any(line.strip() for line in lines))
    block = "".join(f"{' ' * indentation}{line}\n" for line in lines)
    source = f"date: 2015-12-02\nstories:\n- text: |{indentation}{chomping} # a comment\n{chr(10) * blank}{block}"
    # the block is indented from the note, which begins at the third column
    source = source.replace(f"\n{' ' * indentation}", f"\n  {' ' * indentation}")
    text = text_of(source)
    in_file = source.split("\n")
    for index, line in enumerate(text.value.split("\n")):
        if line.strip():
            there = in_file[text.line_of(index) - 1][text.column_of(index) - 1 :]
            assert there.rstrip() == line.strip()


_words = st.text("abcdefgh", min_size=1, max_size=9)
_paragraphs = (
    st.lists(st.lists(_words, max_size=12).map(" ".join), min_size=1, max_size=6).map("\n".join).map(str.strip)
)


@given(_paragraphs.filter(bool), st.sampled_from(["'", '"', ">", "|", ""]), st.integers(10, 60))
def test_places_in_scalars_of_every_style(value: str, style: str, width: int) -> None:
    """Each line is found where another program wrote it, in whatever way that folds lines."""
    dumped = yaml.safe_dump({"text": value}, default_style=style or None, width=width)
    dumped = re.sub(r"""^["']?text["']?: """, "text: ", dumped)
    source = "date: '2015-12-02'\nstories:\n- " + dumped.replace("\n", "\n  ")
    assume(yaml.safe_load(source)["stories"][0]["text"].strip() == value)
    text = text_of(source)
    in_file = source.split("\n")
    assert text.value == value
    for index, line in enumerate(value.split("\n")):
        if line:
            there = in_file[text.line_of(index) - 1][text.column_of(index) - 1 :]
            assert re.match(rf"{line.split()[0]}\b", there)


def test_a_text_that_is_cut_stands_where_its_rest_stands() -> None:
    text = Text("nick: one\n  two\nthree", 4, 3)
    rest = text.cut(6)
    assert rest.value == "one\n  two\nthree"
    assert [(rest.line_of(index), rest.column_of(index)) for index in range(3)] == [(4, 9), (5, 5), (6, 3)]


def test_a_text_whose_first_line_is_cut_away() -> None:
    rest = Text("nick:\n\n  one\ntwo", 4, 3).cut(9)
    assert rest.value == "one\ntwo"
    assert [(rest.line_of(index), rest.column_of(index)) for index in range(2)] == [(6, 5), (7, 3)]


def test_places_outside_a_text_are_those_of_its_ends() -> None:
    text = Text("one\n  two", 4, 3, (4, 6))
    assert (text.line_of(-1), text.line_of(9)) == (4, 6)
    assert (text.column_of(-1), text.column_of(9)) == (3, 5)


@pytest.mark.parametrize(
    ("text", "stem", "expected"),
    [
        ("date: 2015-12-02\nitems: [one]", "name-0123456789abcdef", []),
        # the note is not used, since one of its fields is wrong
        ("date: 2015-12-02\nitems: [{text: one, url: 'no'}, two]", "name-0123456789abcdef", ["one"]),
        ("date: 2015-12-02\nstories: [{title: t, text: s, x: y}]", "name-0123456789abcdef", []),
        ("date: 2015-12-02\nstories: [{title: [], text: s}]", "name-0123456789abcdef", ["s"]),
        ("date: 2015-12-02\ncountdown: [{focus: f}]", "name-0123456789abcdef", ["f"]),
        # nobody knows which digest they belong to
        ("date: never\nitems: [one, {text: two, date: 2015-12-02}]", "name-0123456789abcdef", ["one"]),
        # the file is not used
        ("date: 2015-12-02\nprelude: hello\nitems: [one, {text: two, url: 'no'}]", "name", ["hello", "one", "two"]),
    ],
)
def test_texts_that_are_not_used_are_returned_to_be_checked(text: str, stem: str, expected: list[str]) -> None:
    found: list[tuple[object, Text]] = []
    fragment, problems = read_fragment(text.encode(), PATH, stem, found)  # type: ignore[arg-type]
    assert sorted(text.value for _, text in found) == expected
    assert read_fragment(text.encode(), PATH, stem) == (fragment, problems)
    assert (fragment is None) is (stem == "name")


def test_how_much_aliases_may_repeat() -> None:
    """As much as a file may have, to the last character."""
    size = MAX_BYTES // 16
    for more, sound in ((0, True), (1, False)):
        text = f"prelude: &text {'x' * size}\nclosing: *text\nsuccesses: [{', '.join(['{text: *text}'] * 14)}]\n"
        text += f"heading: {'x' * more}\n" if more else ""
        _, problems = read_fragment(text.encode(), PATH, "name-0123456789abcdef")
        assert [problem.code for problem in problems] == ([] if sound else [Code.YAML_ALIASES])
