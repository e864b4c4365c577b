"""Code in fragments: no lexer takes long, whatever it is that it shall highlight."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from docutils import nodes
from extension.building import Project, empty_project
from pygments.lexers import get_lexer_by_name

from sphinxext.digest.doctree.sanitize import HIGHLIGHTED, MAX_CODE, bound_highlighting

#: What slows lexers down when it is repeated: found by trying each lexer of Pygments with a hundred such texts.
UNITS = (
    "(",
    "[",
    "<",
    '"\\',
    "a",
    "a ",
    "a.",
    "a::",
    "a\n",
    "\nA ",
    "`",
    "<<a\n",
    "#{",
    "[a]:",
    "a_",
    "é",
    "0",
)


def highlighted(text: str, language: str | None, default: str = "default") -> str:
    """The language by which code is highlighted in the end."""
    block = nodes.literal_block(text, text)
    if language is not None:
        block["language"] = language
    document = nodes.document(None, None)
    document += block
    bound_highlighting(document, default)
    return str(block["language"])


@pytest.mark.parametrize("language", sorted(HIGHLIGHTED - {"default", "none", "plain"}))
def test_a_lexer_that_is_used_is_fast(language: str) -> None:
    lexer = get_lexer_by_name(language)
    start = time.process_time()
    for unit in UNITS:
        text = (unit * MAX_CODE)[:MAX_CODE]
        assert highlighted(text, language) == language
        list(lexer.get_tokens(text))
    # without a limit some take minutes, or never end
    assert time.process_time() - start < 10


@pytest.mark.parametrize("language", ["fish", "scala", "autoit", "csharp", "gherkin", "x y", "no-such-language"])
def test_other_lexers_are_not_used(language: str) -> None:
    assert highlighted("a", language) == "text"


def test_long_code_is_not_highlighted() -> None:
    assert highlighted("a" * MAX_CODE, "Python") == "Python"
    assert highlighted("a" * (MAX_CODE + 1), "python") == "text"
    assert highlighted("$ ls", "console") == "console"
    assert highlighted("[a]:" * 126, "console") == "text"


def test_code_with_long_white_space_is_not_highlighted() -> None:
    assert highlighted("a" + " " * 99 + "b", "c") == "c"
    assert highlighted("a" + "\n " * 50 + "b", "c") == "text"


def test_code_without_a_language_has_that_of_the_project() -> None:
    assert highlighted("a", None) == "default"
    assert highlighted("a", None, "c") == "c"
    assert highlighted("a", None, "scala") == "text"


def test_words_that_are_no_code_stay_as_they_are() -> None:
    document = nodes.document(None, None)
    document += nodes.paragraph("", "", nodes.literal("a", "a"), nodes.literal("b", "b", language="fish"))
    bound_highlighting(document, "python")
    assert "language" not in document[0][0]
    assert document[0][1]["language"] == "text"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose pages have roles with languages, and a language of their own."""
    project = empty_project(tmp_path / "src", "digest_archives = []\n")
    project.write(
        "index.rst",
        "Index\n=====\n\n.. role:: fish(code)\n   :language: fish\n\n.. highlight:: fish\n\n"
        ".. toctree::\n\n   digests/index\n\n.. digest:: latest\n",
    )
    return project


def test_a_build_is_fast_with_code_that_is_slow(project: Project) -> None:
    bad = '"' + "\\" * 1500
    spaces = "a" + " " * 1500 + "b"
    codes = [
        *(f".. {name}:: {language}\n\n   {bad}" for name in ("code", "code-block") for language in ("fish", "scala")),
        *(f".. code-block:: {language}\n\n   {spaces}" for language in ("c", "autoit")),
        f"::\n\n   {bad}",
        ">>> " + bad,
        f".. parsed-literal::\n\n   {spaces}",
        f":code:`{spaces[:900]}`",
        ".. code-block:: python\n   :emphasize-lines: 1-90000\n\n   x",
        ".. code-block:: python\n   :lineno-start: 999999999999\n\n   x",
        ".. code:: python\n   :number-lines: 99999999999\n\n   x",
    ]
    fragment = "".join(
        f"  - title: '{number}'\n    text: |\n" + "".join(f"      {line}\n" for line in code.split("\n"))
        for number, code in enumerate(codes)
    )
    project.fragment("code-1", f"date: 2015-12-01\nstories:\n{fragment}")
    start = time.process_time()
    build = project.build()
    assert time.process_time() - start < 20
    assert sum("digits" in line for line in build.warnings) == 3
    assert build.text("digests/2015-12-04.html").count("highlight-text") >= 4
