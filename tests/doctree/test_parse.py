"""Each file of ``cases`` is a fragment with the problems of its texts, and their nodes.

``=== fragment``
    The file, which is called ``f``.
``=== settings``
    Options of the collection that differ, in YAML; may be left out.
``=== problems``
    What parsing finds, each at its line and column.
``=== problems with docutils 0.20``
    The same where an older docutils knows another line; may be left out.
``=== nodes``
    What the texts become, in docutils' pseudo-XML; may be left out.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import docutils
import pytest
import yaml
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from scenarios import compare_parts, pseudo_xml, read_scenario, scenario_files

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import Text
from sphinxext.digest.model.keys import Type
from sphinxext.digest.settings.options import Settings

from .texts import literal

CASES = scenario_files(Path(__file__).parent / "cases")
OLDER = "problems with docutils 0.20"


def run(parts: dict[str, str], settings: Settings) -> dict[str, str]:
    """Return the nodes of the texts of a fragment, and their problems."""
    fragment, problems = read_fragment(parts["fragment"].encode(), "f", "f-0123456789abcdef")
    assert problems == []
    assert fragment is not None
    parser = TextParser(guard_of(settings))
    blocks = []
    for number, note in enumerate(fragment.notes, 1):
        for kind, text in texts_of(note):
            parse = parser.inline if kind is Type.TITLE else parser.blocks
            blocks += parse(text, "f", f"n{number}")
    return {
        "problems": "".join(f"{problem}\n" for problem in parser.problems),
        "nodes": pseudo_xml("".join(block.pformat() for block in blocks)),
    }


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, make_settings: Callable[..., Settings]) -> None:
    parts = read_scenario(file)
    older = parts.pop(OLDER, None)
    if older is not None and docutils.__version_info__ < (0, 21):
        parts["problems"] = older
    found = run(parts, make_settings(**yaml.safe_load(parts.get("settings", "{}"))))
    assert set(parts) - {"fragment", "settings"} <= found.keys()
    assert "problems" in parts
    names = found.keys() & parts.keys()
    compare_parts(file, {name: found[name] for name in names}, {name: parts[name] for name in names})


def test_a_parser_goes_on_after_a_text_that_broke_off() -> None:
    parser = TextParser(Guard())
    (broken,) = parser.blocks(literal("* " * 200 + "deep"), "f", "a")
    assert broken.tagname == "literal_block"
    (sound,) = parser.blocks(literal("*sound*"), "f", "b")
    assert sound.pformat() == "<paragraph>\n    <emphasis>\n        sound\n"
    assert [str(problem) for problem in parser.problems] == [
        "f:1:1: rst the text is nested too deeply: lists in lists, and so on"
    ]


def test_the_page_takes_nothing_along() -> None:
    """A page is pickled; its nodes must not lead to the settings, which hold Sphinx's environment in a build."""
    settings = get_default_settings(Parser)
    settings.env = lambda: None  # cannot be pickled
    parser = TextParser(Guard(), settings)
    text = Text("* one `link <https://e.org>`__ [#]_\n\n  * two\n\n.. [#] note\n", 1, 1)
    parts = [*parser.blocks(text, "a.yaml", "a"), *parser.inline(Text("a *title*", 1, 1), "a.yaml", "b")]
    assert len(pickle.dumps(parts)) < 10_000


@pytest.mark.parametrize("part", ["a_ ", "`a`_ ", "a:", "|a| ", "[1]_ ", "*a ", "x?="])
def test_a_paragraph_with_more_marks_than_anyone_reads_is_shown_as_it_is(part: str) -> None:
    """Docutils would look through the rest of it for each mark."""
    parser = TextParser(Guard())
    paragraph, after = parser.blocks(literal(f"*x* {part * 3000}\n\n*sound*"), "f", "a")
    assert paragraph.astext() == f"*x* {part * 3000}".strip()
    assert after.pformat() == "<paragraph>\n    <emphasis>\n        sound\n"
    (problem,) = parser.problems
    assert str(problem).startswith("f:1:1: rst a paragraph has more than 2,000 marks")


@pytest.mark.parametrize("definition", ["|b|", "|b| |a|", "|b| |c|\n.. |b| replace:: |d|"])
def test_a_replacement_with_an_unknown_one_in_it(definition: str) -> None:
    """Docutils ends with a KeyError at these."""
    parser = TextParser(Guard())
    (shown,) = parser.blocks(literal(f"|a|\n\n.. |a| replace:: {definition}\n"), "f", "a")
    assert shown.tagname == "literal_block"
    (problem,) = parser.problems
    assert str(problem).startswith("f:1:1: rst docutils fails at the text with KeyError")


def test_many_marks_where_nothing_is_markup() -> None:
    parser = TextParser(Guard())
    parser.blocks(literal(f"::\n\n  {'a: [b] | c_ ' * 2000}\n\n" + "*a* b\n\n" * 2000), "f", "a")
    assert parser.problems == []


def test_problems_know_their_columns_however_many_there_are() -> None:
    parser = TextParser(Guard())
    parser.blocks(literal("a::\n\n  `b\n\n" * 3), "f", "a")
    parser.blocks(Text("`a\n\n  `b\n", 1, 1, (7, 8, 9), (3, 3, 3)), "g", "a")
    assert [(problem.path, problem.line, problem.column) for problem in parser.problems if problem.path == "g"] == [
        ("g", 7, 3),
        ("g", 9, 5),
    ]
