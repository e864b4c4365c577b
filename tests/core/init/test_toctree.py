"""Adding an entry to the table of contents of a root document."""

from __future__ import annotations

import pytest

from sphinxext.digest.init.conf import TextFile
from sphinxext.digest.init.documentation import mentions_entry, with_entry

ENTRY = "digests/index"


def changed(text: str, *, markdown: bool = False) -> str | list[int]:
    lines = tuple(text.splitlines(keepends=True))
    new = with_entry(TextFile("index", text.encode(), lines, "utf-8"), ENTRY, markdown=markdown)
    return new.encoded().decode() if isinstance(new, TextFile) else new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("T\n\n.. toctree::\n\n   a\n   b\n\nMore\n", "T\n\n.. toctree::\n\n   a\n   b\n   digests/index\n\nMore\n"),
        (".. toctree::\n   :name:\n\n   a\n\n\nM\n", ".. toctree::\n   :name:\n\n   a\n   digests/index\n\n\nM\n"),
        (".. toctree::\n    :name: x\n\n\nMore\n", ".. toctree::\n    :name: x\n\n    digests/index\n\n\nMore\n"),
        (".. toctree::\n    :maxdepth: 2", ".. toctree::\n    :maxdepth: 2\n\n    digests/index\n"),
        (".. toctree::\n", ".. toctree::\n\n   digests/index\n"),
        (".. toctree::\nMore\n", ".. toctree::\n\n   digests/index\nMore\n"),
        (".. toctree::\n\n\tTitle <a>\n", ".. toctree::\n\n\tTitle <a>\n\tdigests/index\n"),
        (".. toctree::\r\n\r\n   a", ".. toctree::\r\n\r\n   a\r\n   digests/index\r\n"),
        ("T\n=\n", "T\n=\n\n.. toctree::\n\n   digests/index\n"),
        ("T\n=\n\nWords::\n\n   x", "T\n=\n\nWords::\n\n   x\n\n.. toctree::\n\n   digests/index\n"),
        ("", ".. toctree::\n\n   digests/index\n"),
    ],
)  # fmt: skip
def test_restructuredtext(before: str, after: str) -> None:
    assert changed(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# T\n\n```{toctree}\na\n```\n\nMore\n", "# T\n\n```{toctree}\na\ndigests/index\n```\n\nMore\n"),
        ("````{toctree} Title\n:maxdepth: 2\n````\n", "````{toctree} Title\n:maxdepth: 2\n\ndigests/index\n````\n"),
        (":::{toctree}\n---\nmaxdepth: 2\n---\n:::", ":::{toctree}\n---\nmaxdepth: 2\n---\n\ndigests/index\n:::"),
        ("~~~{toctree}\n~~~\n", "~~~{toctree}\ndigests/index\n~~~\n"),
        ("```{toctree}\n:hidden:\n\na\n\n```\n", "```{toctree}\n:hidden:\n\na\ndigests/index\n\n```\n"),
        ("```text\nx\n```\n\n```{toctree}\na\n````\n", "```text\nx\n```\n\n```{toctree}\na\ndigests/index\n````\n"),
        ("# T\n", "# T\n\n```{toctree}\ndigests/index\n```\n"),
    ],
)
def test_markdown(before: str, after: str) -> None:
    assert changed(before, markdown=True) == after


@pytest.mark.parametrize(
    ("text", "markdown", "lines"),
    [
        (".. toctree::\n\n   a\n\nX\n\n.. toctree::\n\n   b\n", False, [1, 7]),
        (".. only:: html\n\n   .. toctree::\n\n      a\n", False, [3]),
        ("::\n\n   .. toctree::\n", False, [3]),
        ("X\n\n.. toctree::\n   :glob:\n\n   *\n", False, [3]),
        ("```{toctree}\na\n```\n\n```{toctree}\nb\n```\n", True, [1, 5]),
        ("````markdown\n```{toctree}\na\n```\n````\n", True, [2]),
        ("````markdown\n```\n```{toctree}\na\n```\n````\n", True, [3]),
        ("```{eval-rst}\n.. toctree::\n\n   a\n```\n", True, [2]),
        ("```{toctree}\n:glob:\n\n*\n```\n", True, [1]),
        ("```{toctree}\na\n", True, [1]),
    ],
)
def test_more_than_one_place_or_none_that_is_obvious(text: str, markdown: bool, lines: list[int]) -> None:
    assert changed(text, markdown=markdown) == lines


@pytest.mark.parametrize(
    "line",
    [
        "digests/index",
        "   digests/index  ",
        "/digests/index",
        "../digests/index.rst",
        "News <digests/index>",
        "  A <b> <c </digests/index>",
    ],
)
def test_an_entry_that_is_there(line: str) -> None:
    assert mentions_entry(f"x\n{line}\ny\n", ENTRY)


@pytest.mark.parametrize(
    "line", ["digests/indexes", "my/digests/index", "See digests/index", "digests", "<digests/index> x"]
)
def test_another_entry(line: str) -> None:
    assert not mentions_entry(f"x\n{line}\ny\n", ENTRY)
