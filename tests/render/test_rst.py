"""The report in reStructuredText is a page: it parses without a warning and says what the digest says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import example, given
from hypothesis import strategies as st
from scenarios import read_scenario, scenario_files

from sphinxext.digest.problems import Code
from sphinxext.digest.render.rst import heading, plain
from sphinxext.digest.text.rst import escaped, link

#: The cases that have a page and do not need Sphinx's roles.
CASES = [
    file
    for file in scenario_files(Path(__file__).parent / "cases")
    if "rst" in read_scenario(file) and ":ref:" not in file.read_text(encoding="utf-8")
]
LINES = st.text(st.sampled_from(r"ab1 *`_|\:<>[](){}.,-#+=~'&!/—é日") | st.characters(codec="utf-8"), max_size=30)


def parse(text: str) -> nodes.document:
    """Parse a page, and expect no warnings."""
    warnings = io.StringIO()
    settings = {"warning_stream": warnings, "report_level": 2, "_disable_config": True, "doctitle_xform": False}
    document = publish_doctree(text, settings_overrides=settings)
    assert warnings.getvalue() == ""
    return document


def words(text: str) -> list[str]:
    """Return the words of a text, without the numbers of footnotes and the suffixes of renamed labels."""
    return re.sub(r"-2\b|[\d\[\]]", "", text).split()


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_page_has_the_words_of_the_digest(source: Callable[..., object], file: Path) -> None:
    parts = read_scenario(file)
    fragments = {name.removeprefix("fragment "): text for name, text in parts.items() if name.startswith("fragment ")}
    digest = source(fragments, **yaml.safe_load(parts.get("settings", "{}")))
    found, problems = digest.parts()  # type: ignore[attr-defined]
    assert problems == []
    page = parse(parts["rst"])
    for node in list(page.findall(nodes.Element)):
        if isinstance(node, nodes.Invisible | nodes.system_message) or node.astext().startswith("HTML rendered: "):
            node.parent.remove(node)
    shown = words("\n".join(part.astext() for section in page.findall(nodes.section) for part in section.children))
    assert set(words("\n".join(part.astext() for part in found))) | HEADING == set(shown) | HEADING


#: The additional words of the page: its title, and links beside texts with markup.
HEADING = {"Digest", "of", "November", "–", "December", ",", "Link"}


def inline(text: str) -> str:
    paragraph = parse(text)[0]
    assert isinstance(paragraph, nodes.paragraph)
    assert all(isinstance(node, nodes.Text | nodes.reference) for node in paragraph.children)
    return str(paragraph.astext())


def printable(text: str) -> str:
    """Return a line of text: without control characters, and with white space as docutils normalizes it."""
    return " ".join("".join(char for char in text if char.isprintable() or char == " ").split())


@given(LINES)
@example("1. first")
@example("(a) x")
@example("a::")
@example("-- x")
@example(":field: x")
@example(".. note:: x")
@example("word_ and_")
@example("x__")
@example("[1]_")
@example("|x|")
@example("__ x")
@example(">>> x")
@example("A.")
def test_escaped_lines_are_themselves(text: str) -> None:
    text = printable(text)
    if text:
        assert inline(plain(text)) == text
        assert inline(plain(f"By {text}")) == f"By {text}"
        assert inline(f"{plain(f'{text}:')} x") == f"{text}: x"
        assert inline(f"x {escaped(f'({text})')}") == f"x ({text})"


@given(LINES)
def test_escaped_headings_are_themselves(text: str) -> None:
    text = printable(text)
    if text:
        page = parse("\n".join([*heading(plain(text), "="), "", "Text"]))
        assert isinstance(page[0], nodes.section)
        assert page[0][0].astext() == text


@given(LINES)
def test_links_are_themselves(text: str) -> None:
    text = printable(text)
    if text:
        (reference,) = parse(f"* {link(text, 'https://example.org/a_b_')}").findall(nodes.reference)
        assert (reference.astext(), reference["refuri"]) == (text, "https://example.org/a_b_")


@pytest.mark.parametrize("url", ["https://e.org/(x)", "https://e.org/a_", "https://e.org/\\a", "mailto:a@e.org"])
def test_urls_are_themselves(url: str) -> None:
    (reference,) = parse(link("text", url)).findall(nodes.reference)
    assert reference["refuri"] == url


def test_what_may_not_be_used_stands_there_as_text(unsound: Callable[..., tuple[str, list[object]]]) -> None:
    text = "date: 2015-12-02\nthreads:\n  - title: T\n    summary: |\n      .. raw:: html\n\n         <script>\n"
    page, problems = unsound("rst", {"a": text})
    assert [problem.code for problem in problems] == [Code.RST_FORBIDDEN]  # type: ignore[attr-defined]
    assert [block.astext() for block in parse(page).findall(nodes.literal_block)] == [".. raw:: html\n\n   <script>"]
    assert list(parse(page).findall(nodes.raw)) == []


def test_a_name_that_cannot_be_given_twice_is_a_problem(unsound: Callable[..., tuple[str, list[object]]]) -> None:
    first = "date: 2015-12-02\nthreads:\n  - {title: T, summary: 'See `x <https://e.org/1>`_.'}"
    second = """date: 2015-12-03
threads:
  - title: U
    summary: |
      See `x <https://e.org/2>`_ and ``see x_``.
"""
    page, problems = unsound("rst", {"a": first, "b": second})
    assert [(problem.path, problem.line) for problem in problems] == [  # type: ignore[attr-defined]
        ("releasenotes/digests/b-0000000000000002.yaml", 5)
    ]
    parse(page)
