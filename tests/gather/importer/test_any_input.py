"""Whatever a file holds, it is imported or refused with a message, and what is written is sound."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import make_plan
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.settings.project import load_project

TITLE = "Lumen Mailing List Digest April 2-8, 2016\n\n"
MAIL = "From: a@example.org\nSubject: Digest April 2-8\nDate: Mon, 11 Apr 2016 09:00:00 +0000\n"
WXR = (
    '<?xml version="1.0"?><rss><channel><item><title>Digest</title><pubDate>Mon, 11 Apr 2016 09:00:00 +0000</pubDate>'
)
LINES = st.sampled_from(
    [
        *("SuccessBot Says", "  • quill: It works [1].", "  • All", "* a", "  - b", "    + c", "", ""),
        *(
            "Wicks",
            "Oil:",
            "Full thread",
            "* Full thread: https://e.org/1",
        ),
        *("Release Countdown For Week R-1", "* Focus:", "  - mitaka-1"),
        *("[1] - https://e.org/", "[1] –", "[2] - x", "    code", "by X at January 2, 2016 10:00 AM"),
        *("\x0c", "\ufeff"),
        *("word " * 40, "From a@e.org Mon Apr 11 09:00:00 2016", "Subject: x", "-- ", "_" * 30),
        *("<p>a<ul><li>b", "</ul>", "<h3>c", "<a href='//e.org'>[1]</a>", "&nbsp;&#0;&#x110000;", "<pre>"),
        *("<!--", "<![CDATA[", "]]>", "*", "[1]"),
        *(
            "## Lamps",
            "### Events",
            "* 2016-04-09 | a | [b](https://e.org/)",
            "> c",
            "[a](/b) `c` **d**",
            "|a|b|",
            "|-|-|",
        ),
        *("```", "1. a", "{raw}`b`", "[c]: https://e.org/", "---"),
    ]
)
TEXTS = st.lists(st.one_of(LINES, st.text(max_size=15)), max_size=25).map("\n".join)
MARKDOWN = "---\ntitle: Lumen Weekly 9\ndate: 2016-04-08\n---\n\n## Lamps\n\n"
STARTS = st.sampled_from(
    ["", TITLE, MARKDOWN, MAIL, f"{MAIL}Content-Type: text/html\n\n", f"{WXR}<description>", "<html>", WXR]
)


def plan_of(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "digest")
        file.write_bytes(data)
        project, _ = load_project(Path(folder))
        plan = make_plan(project, project.main, [(file, "digest")], ImportOptions(period=parse_interval("2016-W14")))
        assert plan.new or plan.problems
        for problem in plan.problems:
            assert problem.path == "digest"


@given(STARTS, TEXTS)
@example(MAIL, "Content-Type: text/plain; charset=\x00\n\nx")
@example(MAIL, "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--")
def test_texts(start: str, text: str) -> None:
    plan_of(f"{start}{text}".encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=300))
def test_bytes(data: bytes) -> None:
    plan_of(data)


@pytest.mark.parametrize("tag", ["<ul><li>", "<div>", "<b>", "<a href='x'>", "<h2>", "<table><tr><td>"])
def test_deep_html(tag: str) -> None:
    blocks_of_html(f"{tag * 3000}x", 1)
    blocks_of_html(f"{tag}x" * 3000, 1)
