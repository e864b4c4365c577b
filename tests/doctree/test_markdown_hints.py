"""Markdown in reStructuredText is hinted at; reStructuredText that looks like it is not."""

from __future__ import annotations

import pytest

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.markdown_hints import markdown_hints
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text


def hints(value: str, *, code: bool = True) -> list[str]:
    text = Text(value, 3, 5)
    nodes = TextParser(Guard()).blocks(text, "x.yaml", "x")
    return [str(hint).removeprefix("x.yaml:") for hint in markdown_hints(nodes, text, "x.yaml", code=code)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "A *word*,\nsee [the\npage](https://example.org/a).",
            [
                "4:9: markdown [the page](https://example.org/a) is Markdown: write `the page <https://example.org/a>`__"
            ],
        ),
        ("* see [it](#there)", ["3:11: markdown [it](#there) is Markdown: write `it <#there>`__"]),
        (
            "Run:\n\n```bash\nmake\n```",
            ["5:5: markdown '```' begins no block of code in reStructuredText: use '.. code-block::'"],
        ),
        (
            "## What is new",
            ["3:5: markdown '##' begins no heading in reStructuredText: use bold words or '.. rubric::'"],
        ),
        (
            "Set `lock_path` and `lock_path`.",
            [
                "3:9: markdown `lock_path` is not code in reStructuredText: write ``lock_path``",
                "3:25: markdown `lock_path` is not code in reStructuredText: write ``lock_path``",
            ],
        ),
        ("`run()`", ["3:5: markdown `run()` is not code in reStructuredText: write ``run()``"]),
        ("`--force` it", ["3:5: markdown `--force` is not code in reStructuredText: write ``--force``"]),
    ],
)
def test_hints(value: str, expected: list[str]) -> None:
    assert hints(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "**bold** and *more* `with a title`, `2.0`, ``code_x``, :code:`x_y`, `a <https://example.org/x_y>`__",
        "an array a[0](1) and [1]_ ``[x](https://example.org)``\n\n.. [1] x",
        "::\n\n   ```\n   [x](https://example.org)\n   ## x",
        "#13 is fixed; # of items\n# more",
        ".. code-block:: markdown\n\n   [x](https://example.org) `a_b`",
        "`title_x`_\n\n.. _title_x: https://example.org",
    ],
)
def test_no_hints(value: str) -> None:
    assert hints(value) == []


def test_another_default_role() -> None:
    assert hints("`lock_path`", code=False) == []


def test_a_folded_text() -> None:
    text = Text("one two `a_b`", 3, 5, (3,))
    nodes = TextParser(Guard()).blocks(text, "x", "x")
    assert [(hint.line, hint.column) for hint in markdown_hints(nodes, text, "x")] == [(3, 5)]
