"""Lines of plain text to blocks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.gather.importer.layout import MAX_LEVEL, USUAL, Wrapping, blocks_of_text

LONG = "The lamps of this harbour have to be looked at by somebody every night and"


def shown(text: str) -> list[str]:
    """Each block in a line: its number, its form, its level, its words."""
    blocks = blocks_of_text(text.strip("\n").split("\n"), 1)
    return [f"{block.line} {block.form.value}{block.level or ''} {block.plain!r}" for block in blocks]


@pytest.mark.parametrize("sign", "+-")
def test_a_wrapped_line_may_begin_like_a_bullet(sign: str) -> None:
    text = f"* {LONG}\n  {sign} every morning\n  as well\n* Next"
    assert shown(text) == [f"1 bullet1 '{LONG} {sign} every morning as well'", "4 bullet1 'Next'"]


def test_the_words_tell_where_nothing_else_does() -> None:
    assert shown(f"* {LONG}\n  - every morning") == [f"1 bullet1 '{LONG} - every morning'"]
    assert shown(f"* {LONG}:\n  - Every morning") == [f"1 bullet1 '{LONG}:'", "2 bullet2 'Every morning'"]
    assert shown(f"* {LONG}\n  + Every morning") == [f"1 bullet1 '{LONG} + Every morning'"]


def test_bullets_below_a_full_line() -> None:
    text = f"* {LONG}\n  - one\n  - two\n    + three"
    assert shown(text) == [f"1 bullet1 '{LONG}'", "2 bullet2 'one'", "3 bullet2 'two'", "4 bullet3 'three'"]
    text = f"* {LONG}\n  - one which goes\n    on"
    assert shown(text) == [f"1 bullet1 '{LONG}'", "2 bullet2 'one which goes on'"]


def test_four_levels_on_the_web() -> None:
    text = "  • a\n    • b\n      • c\n        • d\n    • e\n  • f"
    levels = [line.split()[1] for line in shown(text)]
    assert levels == ["bullet1", "bullet2", "bullet3", "bullet4", "bullet2", "bullet1"]


@pytest.mark.parametrize(
    ("lines", "width"),
    [
        # the first word of the next line would not have fit, nor a word of one letter without that after it
        (["", "a " * 31, "abcd", "x"], USUAL),
        (["a", "a " * 30 + "bc", "abcd xy", "abcde"], 66),
        (["a", "a " * 30 + "bc", "a xy", "abcde"], 66),
        (["a", "a " * 30 + "bc", "a", "abcde"], 63),
        (["* " + "a " * 29 + "bc  ", "  abcd"], 66),
        (["* " + "a " * 29 + "bc", "abcd"], USUAL),
        (["* " + "a " * 29 + "bc", "  * cd"], USUAL),
        (["a", "http://a " + "a " * 26 + "bc", "abcd"], USUAL),
        # a line that ends so early does so on purpose
        (["a", "a " * 27 + "b", "abcd", "x"], USUAL),
        (["a", "a " * 27 + "b", "abcde", "x"], 60),
        (["a " * 44 + "b"], 89),
    ],
)
def test_width_at_which_lines_were_wrapped(lines: list[str], width: int) -> None:
    assert Wrapping(lines).width == width


@pytest.mark.parametrize("start", "*-+")
@pytest.mark.parametrize("depth", range(1, 8))
def test_signs_take_turns(start: str, depth: int) -> None:
    """At any depth a bullet has the sign that follows that of the level above; another one is a word of the text."""
    signs = ("*-+" * 4)["*-+".index(start) :]
    above = [f"{'  ' * level}{signs[level]} {'lamp' * 20}"[:78] for level in range(depth)]
    for sign in "*-+":
        text = "\n".join([*above, f"{'  ' * depth}{sign} Every morning"])
        is_bullet = shown(text)[-1] == f"{depth + 1} bullet{depth + 1} 'Every morning'"
        assert is_bullet is (sign == signs[depth]), text


def test_indents_of_others() -> None:
    assert [line.split()[1] for line in shown("- a\n    * b\n        + c\n    * d\n- e")] == [
        *("bullet1", "bullet2", "bullet3", "bullet2", "bullet1")
    ]


def test_heading_directly_above() -> None:
    assert shown("Wicks\n* One\n\nOil\nIs a story.") == [
        *("1 heading 'Wicks'", "2 bullet1 'One'", "4 heading 'Oil'", "5 text 'Is a story.'")
    ]


def test_a_long_heading_is_wrapped() -> None:
    assert shown(f"{LONG}\neverybody\n* One") == [f"1 heading '{LONG} everybody'", "3 bullet1 'One'"]


def test_lines_that_end_early_stay() -> None:
    assert shown("Yours,\nthe lamps") == [r"1 text 'Yours,\nthe lamps'"]


def test_indented_lines_stay() -> None:
    assert shown("Look:\n\n    $ a\n      b\n\n    c\n\nEnd") == [
        *("1 text 'Look:'", r"3 literal '$ a\n  b\n\nc'", "8 text 'End'")
    ]


def test_paragraphs_in_a_list() -> None:
    assert shown("* One\n\n  Two\n\n* Three\n\nFour") == [
        *("1 bullet1 'One'", "3 text1 'Two'", "5 bullet1 'Three'", "7 text 'Four'")
    ]


def test_a_text_of_long_lines_is_not_wrapped() -> None:
    line = "word " * 40 + "end."
    assert shown(f"{line}\nThe next paragraph") == [f"1 text {line!r}", "2 text 'The next paragraph'"]


def test_wide_characters() -> None:
    assert shown("* " + "漢" * 38 + "\n  " + "字" * 4) == [f"1 bullet1 '{'漢' * 38}{'字' * 4}'"]


def test_levels_have_an_end() -> None:
    text = "\n".join("  " * level + "* x" for level in range(30))
    assert shown(text)[-1] == f"30 bullet{MAX_LEVEL} 'x'"


@given(st.lists(st.text("*-+• \tax.é\xa0", max_size=20), max_size=20))
def test_no_word_is_lost(lines: list[str]) -> None:
    blocks = blocks_of_text([line.expandtabs().replace("\xa0", " ") for line in lines], 1)
    found = "".join(block.plain for block in blocks)
    assert [char for char in found if char in "axé."] == [char for line in lines for char in line if char in "axé."]


def test_long_texts_are_read_quickly() -> None:
    lines = ["* " + "word " * 12, "  + " + "x " * 30, "", "    code", "Heading"] * 20_000
    start = time.process_time()
    blocks_of_text(lines, 1)
    assert time.process_time() - start < 20


def test_underlined_headings() -> None:
    assert shown("Wicks\n=====\n* One\n\nOil\n---\n\n----\n* Two")[:2] == ["1 heading 'Wicks'", "3 bullet1 'One'"]


def test_after_the_end_of_a_sentence_a_bullet_begins_a_list() -> None:
    assert shown(f"* {LONG}.\n  - every morning") == [f"1 bullet1 '{LONG}.'", "2 bullet2 'every morning'"]
    assert shown(f"* {LONG}\n  - Every morning") == [f"1 bullet1 '{LONG}'", "2 bullet2 'Every morning'"]


def test_a_line_above_a_bullet_within_a_list_is_no_heading() -> None:
    assert shown("* One\n\n  Two\n  - Three") == ["1 bullet1 'One'", "3 text1 'Two'", "4 bullet2 'Three'"]
    assert shown("* One\n\nTwo\n* Three") == ["1 bullet1 'One'", "3 heading 'Two'", "4 bullet1 'Three'"]


def test_text_below_nested_bullets_belongs_to_the_innermost() -> None:
    assert shown("* One\n  - Two\n\n    Three\n\n  Four") == [
        *("1 bullet1 'One'", "2 bullet2 'Two'", "4 text2 'Three'", "6 text1 'Four'")
    ]
    assert shown("* One\n  - Two\n\n        $ lamp") == ["1 bullet1 'One'", "2 bullet2 'Two'", "4 literal2 '$ lamp'"]
    assert shown("* One\n  - Two\n\n      oil") == ["1 bullet1 'One'", "2 bullet2 'Two'", "4 text2 'oil'"]


def test_a_line_in_the_first_column_below_a_bullet_with_room() -> None:
    assert shown("* One\nTwo\n") == ["1 bullet1 'One'", "2 text 'Two'"]
    assert shown(f"* {LONG}\neverybody else") == [f"1 bullet1 '{LONG} everybody else'"]
    assert shown("* One\n two") == ["1 bullet1 'One two'"]


def test_where_literal_lines_end() -> None:
    assert shown("Look:\n\n    a\n   b") == ["1 text 'Look:'", "3 literal 'a'", "4 text 'b'"]
    assert shown("Look:\n    a") == ["1 heading 'Look:'", "2 text 'a'"]
    assert shown("Look:\n\n   a") == ["1 text 'Look:'", "3 text 'a'"]
    assert shown("Look:\n\n    a\n\n\n      b\n\n* c") == [
        *("1 text 'Look:'", r"3 literal 'a\n\n\n  b'", "8 bullet1 'c'")
    ]
    assert shown("Look:\n\n    a\n\n    * b") == ["1 text 'Look:'", r"3 literal 'a\n\n* b'"]
    assert shown("Look:\n\n    a\n\n  * b") == ["1 text 'Look:'", "3 literal 'a'", "5 bullet1 'b'"]


def test_gaps_and_lines_are_kept() -> None:
    blocks = blocks_of_text(["a", "", "", "b", "* c", "", "* d"], 10)
    assert [(block.line, block.gap) for block in blocks] == [(10, 0), (13, 2), (14, 0), (16, 1)]
    line = "word " * 40 + "end."
    blocks = blocks_of_text(["", line, "second", "third"], 1)
    assert [(block.line, block.gap, block.plain) for block in blocks] == [
        *((2, 1, line), (3, 0, "second"), (4, 0, "third"))
    ]


def test_what_ends_with_a_full_stop_is_no_heading() -> None:
    for end in ".,;":
        assert shown(f"Wicks{end}\n{LONG}\nlamps") == [rf"1 text 'Wicks{end}\n{LONG} lamps'"]
    assert shown(f"Wicks\n{LONG}\nlamps") == ["1 heading 'Wicks'", f"2 text '{LONG} lamps'"]


def test_one_heading_and_then_its_text() -> None:
    assert shown(f"{LONG}\nlamps\n{LONG}") == [rf"1 heading '{LONG} lamps'", f"3 text '{LONG}'"]


@pytest.mark.parametrize("line", ["====", "----", "~~~~", "****", "=" * 70])
def test_each_kind_of_underline(line: str) -> None:
    assert shown(f"Wicks\n{line}\n\nOne") == ["1 heading 'Wicks'", "4 text 'One'"]
    assert shown(f"Wicks\n{line[:3]}")[1] == f"2 text '{line[:3]}'"
    assert shown(f"Wicks\n\n{line}")[0] == "1 text 'Wicks'"
    assert shown(f"* Wicks\n{line}")[0] == "1 bullet1 'Wicks'"


def test_a_paragraph_of_many_lines_that_look_like_bullets() -> None:
    lines = [f"{'+-'[number % 2]} {'lamp ' * 15}a" for number in range(20_000)]
    start = time.process_time()
    blocks_of_text([LONG, *lines], 1)
    blocks_of_text(["x " * 200, *["short"] * 100_000], 1)
    assert time.process_time() - start < 20


def test_a_line_further_out_than_the_text_of_its_bullet() -> None:
    """In the first column it may be wrapped; between the bullet and the first column, or its text, it is a bullet."""
    assert shown(f"  * {LONG}\n- every morning") == [f"1 bullet1 '{LONG} - every morning'"]
    assert shown("   * One\n - Two") == ["1 bullet1 'One'", "2 bullet1 'Two'"]
    assert shown(f"   * {LONG}\n - every morning") == [f"1 bullet1 '{LONG}'", "2 bullet1 'every morning'"]
    assert shown(f"*   {LONG}\n  - every morning") == [f"1 bullet1 '{LONG}'", "2 bullet2 'every morning'"]


def test_a_word_of_one_letter_would_have_moved_on() -> None:
    assert shown(f"* {LONG} a\n  - every morning") == [f"1 bullet1 '{LONG} a'", "2 bullet2 'every morning'"]
    assert shown(f"* {LONG} ab\n  - every morning") == [f"1 bullet1 '{LONG} ab - every morning'"]
    # here the bullet would have had room as well
    short = f"{LONG[:-4]} a"
    assert shown(f"* {short}\n  - every morning") == [f"1 bullet1 '{short} - every morning'"]


def test_where_the_text_of_a_bullet_begins() -> None:
    for bullet, margin in (("* ", 2), ("*   ", 4), ("  *  ", 5), (" * ", 3)):
        assert shown(f"{bullet}One\n\n{' ' * margin}Two")[1] == "3 text1 'Two'"
        form = "literal" if margin > 4 else "text"
        assert shown(f"{bullet}One\n\n{' ' * (margin - 1)}Two")[1] == f"3 {form} 'Two'"
        assert shown(f"{bullet}One\n\n{' ' * (margin + 4)}$ Two")[1] == "3 literal1 '$ Two'"
        assert shown(f"{bullet}One\n\n{' ' * (margin + 3)}$ Two")[1] == "3 text1 '$ Two'"


def test_a_text_below_a_heading_and_above_bullets() -> None:
    """Only the first line is the heading; where the last line was full, the bullet is a part of the text."""
    assert shown("Wicks\nThe lamps burn\n* One") == [
        *("1 heading 'Wicks'", "2 text 'The lamps burn'", "3 bullet1 'One'")
    ]
    assert shown(f"Wicks\n{LONG}\n* Every morning") == ["1 heading 'Wicks'", f"2 text '{LONG} * Every morning'"]
    assert shown(f"{LONG}\n* Every morning") == [f"1 heading '{LONG}'", "2 bullet1 'Every morning'"]
    assert shown(f"* One\n\n  Two\n  {LONG}\n  - Every morning") == [
        *("1 bullet1 'One'", f"3 text1 'Two {LONG}'", "5 bullet2 'Every morning'")
    ]


def test_what_is_further_in_stays_as_it_is() -> None:
    for indent in (6, 7, 9):
        assert shown(f"* One\n\n{' ' * indent}$ lamp\n{' ' * indent}$ oil") == [
            *("1 bullet1 'One'", r"3 literal1 '$ lamp\n$ oil'")
        ]
    assert shown("Look:\n\n     $ lamp") == ["1 text 'Look:'", "3 literal '$ lamp'"]


def test_only_a_text_directly_above_is_a_heading() -> None:
    assert shown("Wicks\n\n* One") == ["1 text 'Wicks'", "3 bullet1 'One'"]
    blocks = blocks_of_text(["", "Wicks", LONG, "* One", "", "", "Oil", "* Two"], 1)
    assert [(block.form.value, block.line, block.gap) for block in blocks] == [
        *(("heading", 2, 1), ("text", 3, 0), ("heading", 7, 2), ("bullet", 8, 0))
    ]


def test_lines_of_a_text_that_is_not_wrapped_are_no_headings() -> None:
    line = "word " * 40 + "end"
    assert shown(f"Wicks\n{line}\nOil") == ["1 text 'Wicks'", f"2 text {line!r}", "3 text 'Oil'"]


def test_a_line_of_spaces_is_none() -> None:
    assert shown(f"* {LONG}\n  - every morning\n     \nEnd") == [
        *(f"1 bullet1 '{LONG} - every morning'", "4 text 'End'")
    ]


def test_a_bullet_goes_on_wherever_it_is() -> None:
    for above in range(1, 5):
        lines = [*["* One"] * above, f"* {LONG}", "everybody", "* Two", "else"]
        assert shown("\n".join(lines))[above:] == [
            f"{above + 1} bullet1 '{LONG} everybody'",
            *(f"{above + 3} bullet1 'Two'", f"{above + 4} text 'else'"),
        ]
