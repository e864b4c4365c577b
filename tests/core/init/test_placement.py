"""Adding an entry to a toctree of a root document, and choosing among several."""

from __future__ import annotations

import pytest

from sphinxext.digest.init.conf import TextFile
from sphinxext.digest.init.placement import Form, RootDocument, root_document
from sphinxext.digest.problems import DigestError

ENTRY = "digests/index"


def document(text: str, form: Form = Form.RST) -> RootDocument:
    lines = tuple(text.splitlines(keepends=True))
    return root_document(TextFile("index", text.encode(), lines, "utf-8"), form)


def changed(text: str, form: Form = Form.RST) -> str:
    root = document(text, form)
    chosen = root.chosen()
    assert (chosen is None) == (not root.toctrees)
    return root.with_entries([ENTRY], chosen).encoded().decode()


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
        (".. toctree::\n\n   a\n   changes\n   b\n", ".. toctree::\n\n   a\n   changes\n   digests/index\n   b\n"),
        (".. toctree::\n   :glob:\n\n   *\n", ".. toctree::\n   :glob:\n\n   *\n   digests/index\n"),
        (".. toctree::\n   :hidden:\n\n   a\n", ".. toctree::\n   :hidden:\n\n   a\n   digests/index\n"),
        (
            ".. only:: html\n\n   .. toctree::\n\n      a\n\n   x\n",
            ".. only:: html\n\n   .. toctree::\n\n      a\n      digests/index\n\n   x\n",
        ),
        ("* x\n\n  .. toctree::\n\nT\n", "* x\n\n  .. toctree::\n\n     digests/index\n\nT\n"),
        ("T\n=\n", "T\n=\n\n.. toctree::\n\n   digests/index\n"),
        ("", ".. toctree::\n\n   digests/index\n"),
    ],
)  # fmt: skip
def test_restructuredtext(before: str, after: str) -> None:
    assert changed(before) == after


@pytest.mark.parametrize(
    "before",
    [
        "T\n=\n\nWords::\n\n   .. toctree::\n\n      a\n",
        ".. code-block:: rst\n\n   .. toctree::\n\n      a\n",
        "* ::\n\n     x\n\n     .. toctree::\n",
        ".. Nothing for readers:\n\n   .. toctree::\n\n      a\n",
        "..\n   .. toctree::\n\n      a\n",
        ".. only:: latex\n\n   .. toctree::\n\n      a\n",
        ".. only:: not html\n\n   .. toctree::\n\n      a\n",
    ],
)
def test_toctrees_that_are_none(before: str) -> None:
    """Those of examples, comments and other outputs are left alone."""
    assert changed(before) == f"{before}\n.. toctree::\n\n   digests/index\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# T\n\n```{toctree}\na\n```\n\nMore\n", "# T\n\n```{toctree}\na\ndigests/index\n```\n\nMore\n"),
        ("````{toctree} Title\n:maxdepth: 2\n````\n", "````{toctree} Title\n:maxdepth: 2\n\ndigests/index\n````\n"),
        (":::{toctree}\n---\nmaxdepth: 2\n---\n:::", ":::{toctree}\n---\nmaxdepth: 2\n---\n\ndigests/index\n:::"),
        ("```{toctree}\n---\nglob:\n---\n\n*\n```\n", "```{toctree}\n---\nglob:\n---\n\n*\ndigests/index\n```\n"),
        ("~~~{toctree}\n~~~\n", "~~~{toctree}\ndigests/index\n~~~\n"),
        ("```{toctree}\n:hidden:\n\na\n\n```\n", "```{toctree}\n:hidden:\n\na\ndigests/index\n\n```\n"),
        ("```text\nx\n```\n\n```{toctree}\na\n````\n", "```text\nx\n```\n\n```{toctree}\na\ndigests/index\n````\n"),
        ("```{toctree}\na\n", "```{toctree}\na\ndigests/index\n"),
        (
            "```{eval-rst}\n.. toctree::\n\n   a\n```\n",
            "```{eval-rst}\n.. toctree::\n\n   a\n   digests/index\n```\n",
        ),
        (
            "::::{grid}\n:::{toctree}\na\n:::\n::::\n",
            "::::{grid}\n:::{toctree}\na\ndigests/index\n:::\n::::\n",
        ),
        ("# T\n", "# T\n\n```{toctree}\ndigests/index\n```\n"),
        (
            "````markdown\n```{toctree}\na\n```\n````\n",
            "````markdown\n```{toctree}\na\n```\n````\n\n```{toctree}\ndigests/index\n```\n",
        ),
        (
            "````markdown\n```\n```{toctree}\na\n```\n````\n",
            "````markdown\n```\n```{toctree}\na\n```\n````\n\n```{toctree}\ndigests/index\n```\n",
        ),
    ],
)
def test_markdown(before: str, after: str) -> None:
    assert changed(before, Form.MARKDOWN) == after


TOC = """\
# the site
root: intro
subtrees:
- caption: Guide
  entries:
  - file: install
    entries:
    - file: linux

  - file: changelog.md
    title: Changes
- caption: Links
  entries:
  - url: https://example.org/
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TOC, TOC.replace("    title: Changes\n", "    title: Changes\n  - file: digests/index\n")),
        ("root: a\nentries:\n- file: b\n", "root: a\nentries:\n- file: b\n- file: digests/index\n"),
        (
            "format: jb-book\nroot: a\nchapters:\n  - file: b\n    sections:\n      - file: c\n",
            "format: jb-book\nroot: a\nchapters:\n  - file: b\n    sections:\n      - file: c\n"
            "  - file: digests/index\n",
        ),
        ("root: a\n", "root: a\nentries:\n- file: digests/index\n"),
        ("format: jb-article\nroot: a\n", "format: jb-article\nroot: a\nsections:\n- file: digests/index\n"),
    ],
)
def test_external_toc(before: str, after: str) -> None:
    assert changed(before, Form.EXTERNAL) == after


def test_a_damaged_external_toc() -> None:
    with pytest.raises(DigestError, match=r"^index:2:1: yaml-syntax"):
        document("root: [", Form.EXTERNAL)


def toctrees(*parts: tuple[str, str]) -> str:
    return "\n".join(f".. toctree::\n{options}\n   {entries}\n" for options, entries in parts)


ANY, HIDDEN = "", "   :hidden:\n"


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        ([(ANY, "a"), (ANY, "changelog"), (ANY, "b")], 1),
        ([(ANY, "a"), (HIDDEN, "about/release_notes"), (ANY, "b")], 1),
        ([(ANY, "a"), (ANY, "whatsnew/index"), (ANY, "b")], 1),
        ([(ANY, "a"), (ANY, "What's new? <b>"), (ANY, "b")], 1),
        ([(ANY, "a"), (ANY, "Release Notes <https://example.org/notes>"), (ANY, "b")], 1),
        ([(ANY, "history"), (ANY, "CHANGES.rst"), (ANY, "b")], 1),
        ([(ANY, "a"), (ANY, "history"), (ANY, "b")], 1),
        ([("   :caption: Project\n", "a"), ("   :caption: Community\n", "b"), ("   :caption: API\n", "c")], 1),
        ([("   :caption: About us\n", "a"), (f"{HIDDEN}   :caption: Community\n", "b")], 0),
        ([(f"{HIDDEN}   :caption: Developers\n", "a"), ("   :caption: API\n", "b")], 0),
        ([(ANY, "a"), (ANY, "https://example.org/changelog")], None),
        ([(ANY, "a"), (ANY, "contributing/releasing")], None),
        ([(ANY, "a"), (ANY, "b")], None),
    ],
)
def test_the_suitable_one_of_several(parts: list[tuple[str, str]], number: int | None) -> None:
    root = document(toctrees(*parts))
    assert len(root.toctrees) == len(parts)
    assert root.chosen() == (None if number is None else root.toctrees[number])


def test_section_titles_are_captions() -> None:
    root = document("Use\n===\n\n.. toctree::\n\n   a\n\nContribute\n==========\n\n.. toctree::\n\n   b\n")
    assert [one.caption for one in root.toctrees] == ["Use", "Contribute"]
    assert root.chosen() == root.toctrees[1]
    markdown = document("# Use #\n\n```{toctree}\na\n```\n\n## More\n\n```{toctree}\nb\n```\n", Form.MARKDOWN)
    assert [one.caption for one in markdown.toctrees] == ["Use", "More"]


def test_one_by_its_name() -> None:
    root = document(toctrees(("   :caption: Über uns\n", "a"), (ANY, "b")))
    first, second = root.toctrees
    assert root.named("über UNS") == root.named("1") == root.named("4") == first
    assert root.named(str(second.start + 1)) == second
    assert root.named("99") is root.named("elsewhere") is None


@pytest.mark.parametrize(
    ("entry", "is_listed"),
    [
        ("digests/index", True),
        ("/digests/index", True),
        ("digests/index.rst", True),
        ("News <digests/index>", True),
        ("A <b> <c <digests/index>", True),
        ("*/index", True),
        ("**", True),
        ("digests/*", True),
        ("*", False),
        ("digests/indexes", False),
        ("my/digests/index", False),
        ("../digests/index", False),
        ("See digests/index", False),
        ("*" * 100_000, False),
    ],
)
def test_an_entry_that_is_there(entry: str, is_listed: bool) -> None:
    (toctree,) = document(f".. toctree::\n   :glob:\n\n   {entry}\n").toctrees
    assert toctree.lists(ENTRY) is is_listed


def test_an_entry_of_another_folder() -> None:
    (toctree,) = document(".. toctree::\n\n   ../digests/index\n").toctrees
    assert toctree.lists(ENTRY, "news")
    assert not toctree.lists(ENTRY, "a/news")
    (toctree,) = document(".. toctree::\n\n   digests/*\n").toctrees
    assert not toctree.lists(ENTRY)  # without glob


@pytest.mark.parametrize("form", list(Form)[:2])
@pytest.mark.parametrize(
    "text",
    [
        *(".. " * 50_000, ".. toctree::" + " " * 200_000, "x" + " " * 200_000 + "<", "`" * 200_000, "#" * 200_000),
        *(":::{" * 50_000, ".. a::\n " * 20_000, "<" * 200_000),
        "\n".join(" " * number + ".. a::" for number in range(600)),
    ],
)
def test_hostile_lines(form: Form, text: str) -> None:
    """No line takes more than a moment."""
    root = document(f"{text}\n\n.. toctree::\n\n   {text.replace(chr(10), ' ')}\n", form)
    root.chosen()
    root.with_entries([ENTRY], root.toctrees[0] if root.toctrees else None)
