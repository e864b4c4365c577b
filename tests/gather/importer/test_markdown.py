"""Newsletters in Markdown: their days, notes, links, and whatever else is in them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

pytest.importorskip("docutils")
pytest.importorskip("markdown_it")

from sphinxext.digest.cli.group import cli
from sphinxext.digest.gather.importer.front_matter import read_date, read_front_matter
from sphinxext.digest.gather.importer.issue import ImportOptions, issue_of
from sphinxext.digest.gather.importer.plan import Plan
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.problems import DigestError

from .reporting import import_files, report

NEWSLETTER = """\
---
title: The Lumen Weekly 12
date: 2026-01-14
---

Welcome to *another* issue. Read [the last one][last].

[last]: https://example.org/weekly/11

<!-- Editors: add links below. -->

## Around the Island

### Lamps

* [A `wick` for every lamp](https://example.org/wick)
* [Oil prices](https://example.org/oil) by Wren
  > They fell again.

### Oil

1. Press.
2. Wait for [the press](/press).

## Lamp of the Week

It is [the green one](https://example.org/green), with `lamp.light()`:

```python
lamp.light()
```

| lamp | light |
|------|-------|
| red  | **dim** |

## Featured

### [101: Burn longer](https://example.org/101)

A lamp burns longer now.

### 102: Burn less

It burns less.

## Upcoming Events

Come and see.

### Online

* 2026-01-15 | Virtual (Oslo, NO) | [Lamp Club](https://example.org/club)
    * [**Lamps for beginners**](https://example.org/beginners)
* Jan 20. [Oil tasting](https://example.org/tasting).

### Europe

* [Feb 3-4, Lamp Days](https://example.org/days)
"""


def imported(root: Path, text: str, name: str = "news.md", options: ImportOptions | None = None) -> Plan:
    root.mkdir(exist_ok=True)
    file = root / name
    file.write_text(dedent(text), encoding="utf-8")
    return import_files(root, file, options=options or ImportOptions())


def notes(plan: Plan) -> list[tuple[str, dict[str, str]]]:
    return [(fragment.draft.section, note) for fragment, _ in plan.new for note in fragment.draft.notes]


def codes(plan: Plan) -> list[str]:
    return [str(problem.code) for problem in plan.problems]


def test_sections_of_a_newsletter(tmp_path: Path) -> None:
    plan = imported(tmp_path, NEWSLETTER)
    assert [(str(problem.code), problem.line) for problem in plan.problems] == [("lost-url", 23)]
    found = notes(plan)
    assert [(section, note.get("group"), note.get("title")) for section, note in found] == [
        ("stories", None, None),
        ("items", "Lamps", None),
        ("items", "Lamps", None),
        ("stories", None, "Oil"),
        ("stories", None, "Lamp of the Week"),
        ("stories", "Featured", "101: Burn longer"),
        ("stories", "Featured", "102: Burn less"),
        ("events", None, "Lamps for beginners"),
        ("events", None, "Oil tasting"),
        ("events", None, "Lamp Days"),
        ("stories", None, None),
    ]
    assert "`the last one <https://example.org/weekly/11>`__" in plan.new[0][0].draft.texts["prelude"]
    by_title = {note.get("title", note.get("text", "")): note for _, note in found}
    assert by_title["**Around the Island**"]
    assert by_title["A wick for every lamp"]["url"] == "https://example.org/wick"
    assert by_title["101: Burn longer"]["url"] == "https://example.org/101"
    assert ".. code-block:: python" in by_title["Lamp of the Week"]["text"]
    assert ".. list-table::" in by_title["Lamp of the Week"]["text"]
    assert "   They fell again." in found[2][1]["text"]


def test_events(tmp_path: Path) -> None:
    events = [note for section, note in notes(imported(tmp_path, NEWSLETTER)) if section == "events"]
    assert events == [
        {
            "title": "Lamps for beginners",
            "start": "2026-01-15",
            "online": "true",
            "place": "Virtual (Oslo, NO)",
            "url": "https://example.org/beginners",
            "text": "`Lamp Club <https://example.org/club>`__",
        },
        {"title": "Oil tasting", "start": "2026-01-20", "online": "true", "url": "https://example.org/tasting"},
        {
            "title": "Lamp Days",
            "start": "2026-02-03",
            "end": "2026-02-04",
            "place": "Europe",
            "url": "https://example.org/days",
        },
    ]


def test_an_event_of_an_earlier_newsletter_is_not_repeated(tmp_path: Path) -> None:
    imported(tmp_path, NEWSLETTER, "12.md")
    later = NEWSLETTER.replace("Weekly 12", "Weekly 13").replace("2026-01-14", "2026-01-21")
    later += "* [Mar 3. Lamp fair](https://example.org/fair)\n"
    plan = imported(tmp_path, later, "13.md")
    assert [note["title"] for section, note in notes(plan) if section == "events"] == ["Lamp fair"]
    assert not imported(tmp_path, later, "13.md").new


def test_the_report_reads_like_the_newsletter(tmp_path: Path) -> None:
    imported(tmp_path, NEWSLETTER)
    text = report(tmp_path, "2026-01-14")
    order = [
        "Welcome",
        "Around the Island",
        "Lamps\n",
        "They fell",
        "Oil\n",
        "1. Press.",
        "Lamp of the Week",
        "Featured",
    ]
    positions = [
        text.index(words) for words in [*order, "101: Burn", "102: Burn less", "Upcoming Events", "Come and see"]
    ]
    assert positions == sorted(positions)
    assert text.count("Upcoming Events") == text.count("Lamp of the Week") == 1
    assert "Editors" not in text


DATES = {
    "date: 2026-01-14": "2026-01-14",
    "date: 2026-01-14 23:45:00 -0500": "2026-01-14",
    "date: '2026-01-14T10:00:00Z'": "2026-01-14",
    "date: Wed, 14 Jan 2026 10:00:00 +0100": "2026-01-14",
    "date: January 14, 2026 # a comment": "2026-01-14",
    "published: 2026-1-4": "2026-01-04",
}


@pytest.mark.parametrize(("line", "day"), DATES.items())
@pytest.mark.parametrize(
    "form", ["---\ntitle: News 9\n{}\n---\n", "Title: News 9\n{}\n", "+++\ntitle = 'News 9'\n{}\n+++\n"]
)
def test_dates_in_front_matter(form: str, line: str, day: str, tmp_path: Path) -> None:
    line = line.replace(": ", " = ", 1) if form.startswith("+++") else line
    plan = imported(tmp_path, form.format(line) + "\n# Lamps\n\n* [A](https://example.org/)\n")
    assert [str(fragment.moment.day) for fragment, _ in plan.new] == [day]


PERIODS = {
    ("Lumen News 2024-W03", "x.md"): "2024-01-15/2024-01-21",
    ("Lumen News, week 3, 2024", "x.md"): "2024-01-15/2024-01-21",
    ("Lumen News, week 53 of 2021", "x.md"): "2021-12-27/2022-01-02",
    ("Lumen News January 2024", "x.md"): "2024-01-01/2024-01-31",
    ("Week Ending January 14, 2024", "x.md"): "2024-01-14",
    ("The Weekly 530", "2024-01-18-this-week.md"): "2024-01-18",
    ("The Weekly 530", "2024-W03.md"): "2024-01-15/2024-01-21",
    ("The Weekly 530", "2024-01-15_2024-01-21.md"): "2024-01-15/2024-01-21",
}


@pytest.mark.parametrize(("title", "name", "period"), [(*key, value) for key, value in PERIODS.items()])
def test_periods_of_titles_and_names(title: str, name: str, period: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(f"# {title}\n\n## Lamps\n\n* [A](https://example.org/)\n", encoding="utf-8")
    [post] = read_source(file, name).posts
    issue, problems = issue_of(post, ImportOptions())
    assert issue is not None
    assert not problems
    assert str(issue.period or issue.moment) == period
    assert [draft.words for draft in issue.drafts] == ["Lamps"]  # the title is not a heading as well


def test_without_a_date(tmp_path: Path) -> None:
    plan = imported(tmp_path, "## Lamps\n\n* [A](https://example.org/)\n* [B](https://example.org/b)\n")
    assert plan.failed
    assert codes(plan) == ["no-period"]


def test_front_matter_says_no_more_than_it_does() -> None:
    assert read_front_matter(["---", "Lamps", "---"]).end == 0
    assert read_front_matter(["Title: Lamps", "and oil", "", "x"]).end == 0
    assert read_front_matter(["Lamps: they are lit", ""]).end == 0
    matter = read_front_matter(
        ["---", "title: >-", "  Lamps", "  and oil", "author: [a, b]", "tags: &a [*a]", "...", "x"]
    )
    assert (matter.end, matter.title, matter.author) == (7, "Lamps and oil", None)
    assert read_date("2026-02-30") is None
    assert read_date("soon") is None


def test_what_is_not_published_is_left_out(tmp_path: Path) -> None:
    plan = imported(tmp_path, "---\ntitle: News 1\ndate: 2026-01-14\ndraft: true\n---\n\n## Lamps\n\nThey are lit.\n")
    assert not plan.new
    assert not plan.failed
    assert plan.remarks == ["news.md: left out: its front matter says that it is not published"]


BODIES = {
    "[a](/b)": "`a <https://example.org/b>`__",
    "[a](b#c)": "`a <https://example.org/news/b#c>`__",
    "[a][b]\n\n[b]: ../c": "`a <https://example.org/c>`__",
    "<a href='/b'>a</a>": "`a <https://example.org/b>`__",
    "![a](b.png)": "`a <https://example.org/news/b.png>`__",
    "[a](javascript:alert(1))": "[a](javascript:alert(1))",
    "<a href='javascript:x'>a</a> [b](/c)": "a `b <https://example.org/c>`__",
    "<div>a <b>b</b></div>": "a b",
    "a <script>b</script>": "a <script>b</script>",
    "a <!-- b --> c": "a c",
    "{raw}`a`": "{raw}\\ ``a``",
    ":raw:`a`, |a|, a_ and \\`b\\`_": ":raw:\\ ``a``, \\|a\\|, a\\_ and \\`b\\`\\_",
    "[promote `x` now](https://example.org/)": "`promote x now <https://example.org/>`__",
}


@pytest.mark.parametrize(("body", "rst"), BODIES.items())
def test_links_and_html(body: str, rst: str, tmp_path: Path) -> None:
    text = f"---\ntitle: News 1\ndate: 2026-01-14\n---\n\n## Lamps\n\n{body}\n"
    plan = imported(tmp_path, text, options=ImportOptions(base="https://example.org/news/1"))
    [(section, note)] = notes(plan)
    assert section == "stories"
    assert note["text"].lstrip("\\") == rst
    assert report(tmp_path, "2026-01-14")


def test_html_without_text_is_reported(tmp_path: Path) -> None:
    plan = imported(
        tmp_path, "---\ntitle: News 1\ndate: 2026-01-14\n---\n\n## Lamps\n\nLit.\n\n<iframe src='/x'>no</iframe>\n"
    )
    assert [(str(problem.code), problem.line) for problem in plan.problems] == [("lost-text", 10)]
    assert not plan.failed


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    plan = imported(tmp_path, NEWSLETTER)
    [problem] = plan.problems
    assert "pip install 'sphinxext-digest[markdown]'" in problem.message
    assert plan.failed


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "news" / "2026"
    folder.mkdir(parents=True)
    for day in (14, 21):
        text = NEWSLETTER.replace("2026-01-14", f"2026-01-{day}").replace("Weekly 12", f"Weekly {day}")
        (folder / f"{day}.md").write_text(text, encoding="utf-8")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / ".draft.md").write_text("x", encoding="utf-8")
    names = [str(tmp_path / "news"), str(folder / "*.md")]
    counts = []
    for name in names:
        arguments = ["--project", str(tmp_path), "import", "--dry-run", "--base-url", "https://example.org", name]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.output
        counts.append(result.stdout.splitlines())
    assert counts[0] == counts[1]
    assert {line.split("/")[-1][:10] for line in counts[0]} == {"2026-01-14", "2026-01-21"}
    result = CliRunner().invoke(cli, ["--project", str(tmp_path), "import", str(folder / "*.txt")])
    assert result.exit_code == 1
    assert "no file to import is there" in result.stderr


MATTER = "---\ntitle: News 1\ndate: 2026-01-14\n---\n\n"
HOSTILE = {
    "brackets": "[" * 10_000,
    "brackets and parentheses": "[a](" * 5_000,
    "pictures": "![" * 10_000,
    "stars": "*a " * 8_000,
    "both emphases": "*a_ " * 5_000,
    "backticks": "".join("a" + "`" * number for number in range(150)),
    "quotes": ">" * 10_000 + "a",
    "lists": "\n".join("  " * number + "* a" for number in range(200)),
    "a large table": "|a" * 60 + "\n" + "|-" * 60 + "\n" + ("|b" * 60 + "\n") * 60,
    "definitions": "".join(f"[{number}]: https://example.org/{number}\n" for number in range(1_000)) + "[1]" * 1_000,
    "tags": "<div>" * 20_000,
    "attributes": "<a " * 20_000,
    "comments": "<!--" * 20_000,
    "entities": "&#x41;" * 20_000,
    "a long number": f"&#{'9' * 20_000};",
    "headings": "# a\n" * 1_000,
    "fences": "```\n" * 1_000,
    "bars of events": "## Events\n\n* 2026-01-15 " + "| a" * 5_000,
    "lines of an event": "## Events\n\n* 2026-01-15 | a | b\n" + "  * c\n" * 2_000,
    "days": "## Events\n\n* " + "1 " * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts(text: str, tmp_path: Path) -> None:
    """Nothing takes more than some seconds, and what is written is sound."""
    file = tmp_path / "news.md"
    file.write_text(f"{MATTER}{text}\n\n## Lamps\n\n[a](https://example.org/)\n", encoding="utf-8")
    start = time.process_time()
    source = read_source(file, "news.md")
    for post in source.posts:
        issue, _ = issue_of(post, ImportOptions())
        assert issue is not None
    assert time.process_time() - start < 6


MATTERS = {
    "aliases": "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}]\n" for n in range(1, 60)),
    "depth": "a: " + "[" * 100_000,
    "an anchor": "title: &a *a\n",
    "a tag": "title: !!python/object/apply:os.system [ls]\n",
    "quotes": 'title: "' + '\\"' * 50_000,
    "many": "a: b\n" * 5_000,
    "spaces": "title: " + " " * 100_000 + "#",
}


@pytest.mark.parametrize("matter", MATTERS.values(), ids=MATTERS)
def test_hostile_front_matter(matter: str, tmp_path: Path) -> None:
    file = tmp_path / "2026-01-14.md"
    file.write_text(f"---\n{matter}date: 2026-01-14\n---\n\n## Lamps\n\n[a](https://example.org/)\n", encoding="utf-8")
    start = time.process_time()
    assert read_source(file, "2026-01-14.md").posts
    assert time.process_time() - start < 5


def test_a_text_that_is_too_long(tmp_path: Path) -> None:
    file = tmp_path / "news.md"
    file.write_text(MATTER + "## a\n\nword " * 300_000, encoding="utf-8")
    with pytest.raises(DigestError, match="too-large the newsletter is longer than"):
        read_source(file, "news.md")


def test_a_header_that_ends_with_dashes(tmp_path: Path) -> None:
    """As Haunt has it; with the file's name it is sign enough, so that the markup below counts."""
    text = (
        "title: Lamps\ndate: 2026-01-14 11:00\ntags: oil, wicks\n---\n\nAs [`the\nlamp`](https://example.org/) says.\n"
    )
    plan = imported(tmp_path, text)
    [(_, note)] = notes(plan)
    assert " ".join(note["text"].split()) == "As `the lamp <https://example.org/>`__ says."
    assert str(plan.new[0][0].moment.day) == "2026-01-14"


def test_tabs_indent_by_four(tmp_path: Path) -> None:
    """As in CommonMark: with eight, the paragraph of the item would be code."""
    text = "# Lamps\n\n- Oil.\n\n\tSee [the list](https://example.org/oil).\n"
    plan = imported(tmp_path, text, "2026-01-14-lamps.md")
    assert "`the list <https://example.org/oil>`__" in "".join(fragment.text for fragment, _ in plan.new)
