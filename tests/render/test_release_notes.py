"""Release notes in their formats, from records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("docutils")
pytest.importorskip("reno")

from docutils.core import publish_doctree
from reno.config import Section

from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code
from sphinxext.digest.release.notes import Release, ReleaseNote
from sphinxext.digest.render.release_notes import (
    release_notes_markdown,
    release_notes_rst,
    release_notes_text,
    report_lines,
)
from sphinxext.digest.render.release_outline import outline_by_section, outline_by_version, release_note_records


def conf(sections: Sequence[Sequence[object]] = (("features", "New Features"), ("fixes", "Bug Fixes"))) -> Any:
    found = Section.from_raw_yaml(sections)
    return SimpleNamespace(
        sections=found, prelude_section_name="prelude", unreleased_version_title="", add_release_date=False
    )


def release(version: str, *texts: str, day: date | None = None, section: str = "fixes", prelude: str = "") -> Release:
    notes = [
        ReleaseNote(
            path=f"releasenotes/notes/a-{number:016x}.yaml",
            identity=f"{number:016x}",
            commit="c" * 40,
            prelude=Text(prelude, 2, 3) if prelude and number == 1 else None,
            sections={section: (Text(text, 4, 5),)} if text else {},
        )
        for number, text in enumerate(texts, 1)
    ]
    return Release(version, version, day, tuple(notes))


def as_text(text: str) -> str:
    """Return a note alone as text, without the headings around it."""
    shown, problems = release_notes_text(outline_by_version(conf(), [release("1.0", text)], ""))
    assert not problems
    head = "1.0\n---\n\nBug Fixes\n"
    assert shown.startswith(head)
    return shown.removeprefix(head)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":ref:`x`", "* x"),
        (":ref:`the page <x>`", "* the page"),
        (":doc:`/user/guide`", "* /user/guide"),
        (":term:`!word`", "* word"),
        (":class:`nova.objects.Instance`", "* `nova.objects.Instance`"),
        (":py:meth:`~nova.objects.Instance.save`", "* `save`"),
        (":oslo.config:option:`DEFAULT.debug`", "* `DEFAULT.debug`"),
        ("``literal``", "* `literal`"),
        ("See `bug 1 <https://example.org/1>`_.", "* See bug 1 [1].\n\n[1] - https://example.org/1"),
        ("Run::\n\n  $ make", "* Run:\n\n      $ make"),
        ("Do\n\n.. code-block:: console\n   :linenos:\n\n   $ make", "* Do\n\n      $ make"),
        ("Do\n\n.. prompt:: bash\n\n   make all", "* Do\n\n  bash\n\n  make all"),
        (".. versionadded:: 2.0\n   Words.", "* 2.0 Words."),
        (".. raw:: html\n\n   <b>no</b>\n\nWords.", "* Words."),
        (".. note:: Mind this.", "* Note:\n    Mind this."),
        ("`a link <ftp://example.org/>`_", "* a link"),
        ("First.\n\nSecond.", "* First.\n\n  Second."),
        ("Either\n\n* one\n* two", "* Either\n  - one\n  - two"),
    ],
)
def test_markup_in_text(source: str, expected: str) -> None:
    assert as_text(source) == f"{expected}\n"


def test_text_is_wrapped_and_urls_are_whole() -> None:
    url = f"https://example.org/{'long/' * 20}"
    lines = as_text(f"{'Words and words ' * 20}\n{url}").split("\n")
    assert f"  {url}" in lines
    assert all(len(line) <= 79 for line in lines if url not in line)


def test_links_are_numbered_over_all_versions() -> None:
    releases = [
        release("2.0", "`b <https://b.example>`_"),
        release("1.0", "`a <https://a.example>`_ `b <https://b.example>`__"),
    ]
    text, _ = release_notes_text(outline_by_version(conf(), releases, "News"))
    assert "* b [1]\n" in text and "* a [2] b [1]\n" in text
    assert text.endswith("\n\n[1] - https://b.example\n[2] - https://a.example\n")


def test_names_of_other_texts() -> None:
    texts = [
        "See `The Guide`_, `bug 1`_ and `Bug Fixes`_.",
        ".. _the guide: https://g.example\n\n`Bug 1 <https://b.example>`_",
    ]
    text, problems = release_notes_text(outline_by_version(conf(), [release("1.0", *texts)], "News"))
    assert not problems
    assert "* See The Guide [1], bug 1 [2] and Bug Fixes.\n* Bug 1 [2]\n" in text
    assert text.endswith("\n\n[1] - https://g.example\n[2] - https://b.example\n")


def test_days_preludes_and_versions_without_texts() -> None:
    releases = [release("2.0", day=date(2021, 2, 3)), release("1.0", "", prelude="Hello.\n\nAgain.")]
    text, _ = release_notes_text(outline_by_version(conf(), releases, "News"))
    assert text == "News\n====\n\n2.0 (2021-02-03)\n----------------\n\n1.0\n---\n\nPrelude\nHello.\n\nAgain.\n"


def test_sections_of_lower_levels() -> None:
    sections = [["features", "New Features"], ["cli", "Command", 2], ["fixes", "Bug Fixes"]]
    note = ReleaseNote("a.yaml", "a", None, None, {name: (Text(name, 1, 1),) for name in ("features", "cli", "fixes")})
    outline = outline_by_version(conf(sections), [Release("1.0", "1.0", None, (note,))], "News")
    markdown, _ = release_notes_markdown(outline)
    assert re.findall("^#.*", markdown, re.MULTILINE) == [
        "# News",
        "## 1.0",
        "### New Features",
        "#### Command",
        "### Bug Fixes",
    ]


def test_since_in_markdown() -> None:
    releases = [release("2.0", "A fix."), release("1.0", "* a list")]
    markdown, _ = release_notes_markdown(outline_by_section(conf(), releases, "News"))
    assert markdown == "# News\n\n## Bug Fixes\n\n- 2.0: A fix.\n- 1.0:\n  - a list\n"


def test_since_as_rst() -> None:
    texts = [
        "`bug <https://example.org/1>`_",
        "`bug <https://example.org/2>`_\n\n.. code-block:: ini\n\n   a",
        "* a list",
    ]
    releases = [release("2.0.0-3", *texts, prelude="Words."), release("next *one*", "A fix.")]
    source = release_notes_rst(outline_by_section(conf(), releases, "News"), show_source=True)
    warnings: list[str] = []
    settings = {"warning_stream": SimpleNamespace(write=warnings.append), "report_level": 1}
    document = publish_doctree(source, settings_overrides=settings)
    assert not [line for line in warnings if "Duplicate implicit" not in line]
    text = document.astext()
    assert "2.0.0-3: bug" in text and "next *one*: A fix." in text and "2.0.0-3:\n\na list" in text
    assert f".. releasenotes/notes/a-{1:016x}.yaml @ {'c' * 40}\n" in source


def test_lines_of_a_report_name_their_places() -> None:
    lines = report_lines(conf(), [release("1.0", "Fixed.", prelude="In 1.0.")])
    placed = [(line.text, line.path, line.line) for line in lines if line.path and not line.text.startswith("..")]
    path = f"releasenotes/notes/a-{1:016x}.yaml"
    assert placed == [("In 1.0.", path, 2), ("- Fixed.", path, 4)]


def test_records() -> None:
    outline = outline_by_section(conf(), [release("1.0", "*Text*", day=date(2021, 2, 3), prelude="Hello.")], "")
    assert [(one["section"], one["text"], one["line"]) for one in release_note_records(outline)] == [
        ("prelude", "Hello.", 2),
        ("fixes", "*Text*", 4),
    ]


@pytest.mark.parametrize("render", [release_notes_text, release_notes_markdown])
def test_problems_have_their_places(render: Any) -> None:
    _, problems = render(outline_by_version(conf(), [release("1.0", "Fine\n\nAn *open one")], ""))
    assert [(problem.path, problem.line, problem.code) for problem in problems] == [
        (f"releasenotes/notes/a-{1:016x}.yaml", 6, Code.RST)
    ]


@pytest.mark.parametrize("directive", ["include:: /etc/hostname", "raw:: html\n   :file: /etc/hostname"])
def test_no_file_is_read(directive: str) -> None:
    text, problems = release_notes_text(outline_by_version(conf(), [release("1.0", f".. {directive}")], ""))
    assert [problem.code for problem in problems] == [Code.RST_FORBIDDEN]
    assert "/etc/hostname" in text
