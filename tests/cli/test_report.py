"""``sphinx-digest report``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from .conftest import FOLDER, WEEKS, Run

FORMATS = ["text", "html", "rst", "markdown", "json"]

THREADS = """---
date: 2015-12-02
threads:
  - title: Locks & <Keys>
    url: https://lists.example.org/1
    summary: |
      * See `this <https://example.org/a>`__.
"""
SUCCESSES = """---
date: 2015-12-01
successes:
  - nick: stevemar
    text: Done.
    channel: openstack-dev
    date: 2015-12-01T14:05:00Z
"""
FACTS = "1 success, 1 thread · 1 minute to read"
HEAD = f"Digest: November 28 – December 4, 2015\n{FACTS}\n"
BODY = """Successes
* stevemar: Done.

Locks & <Keys>
* See this [1].
* Full thread: https://lists.example.org/1

[1] - https://example.org/a
"""
TEXT = f"{HEAD}\n{BODY}"
#: The days of periods that are none of the calendar's.
DAYS = {"2015-12": "December 2015", "2015-W49": "November 30 – December 6, 2015"}


@pytest.fixture
def notes(write: Callable[..., Path]) -> None:
    write("thread", THREADS, 1)
    write("success", SUCCESSES, 2)


@pytest.mark.parametrize("period", ["2015-12-04", "latest", "2015-11-28/2015-12-04", "2015-12", "2015-W49"])
@pytest.mark.usefixtures("notes")
def test_text(run: Run, period: str) -> None:
    result = run("report", period)
    expected = f"Digest: {DAYS[period]}\n{FACTS}\n\n{BODY}" if period in DAYS else TEXT
    assert (result.status, result.out, result.err) == (0, expected, "")


@pytest.mark.usefixtures("notes")
def test_text_invites_as_the_page_does(run: Run, project: Path) -> None:
    settings = (
        "success_closing: Tell us yours in the channel.\nsuccess_url: https://example.org/all\n"
        "base_url: https://docs.example.org/\ncollection_title: Gannet News\n"
    )
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}{settings}")
    url = "https://docs.example.org/digests/2015-12-04.html"
    head = HEAD.replace("Digest:", "Gannet News:")
    closing = "* Tell us yours in the channel.\n* All Successes: https://example.org/all\n"
    successes = f"Successes\n* stevemar: Done.\n{closing}\n"
    expected = f"{head}Read in your browser: {url}\n\n{successes}"
    assert run("report", "latest").out.startswith(expected)
    for form, line in (("rst", f"Read in your browser: {url}"), ("markdown", f"Read in your browser: <{url}>")):
        assert line in run("report", "latest", "--format", form).lines
    # a title without the days is followed by them
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}title: News of week {{end}}\n")
    days = "November 28 – December 4, 2015"
    assert run("report", "latest").out.startswith(f"News of week 2015-12-04\n{days} · {FACTS}\n\n")
    # OpenStack's mails have their own beginning, and one line for both
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}{settings}text_layout: openstack\n")
    expected = f"HTML rendered: {url}\n\nSuccesses\n* stevemar: Done.\n* All: https://example.org/all\n\n"
    assert run("report", "latest").out.startswith(expected)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("notes")
def test_every_format_without_a_sphinx_project(run: Run, form: str) -> None:
    result = run("report", "latest", "--format", form)
    assert (result.status, result.err) == (0, "")
    assert "See" in result.out
    assert result.out.endswith("\n")
    assert not result.out.endswith("\n\n")


@pytest.mark.usefixtures("notes")
def test_sphinx_is_not_even_loaded(start: Run) -> None:
    before = "import sys; sys.modules['sphinx'] = None"
    for form in FORMATS:
        assert start("report", "latest", "--format", form, before=before).status == 0


@pytest.mark.usefixtures("notes")
def test_json(run: Run) -> None:
    assert json.loads(run("report", "latest", "--format", "json").out) == {
        "name": "2015-12-04",
        "number": 1,
        "title": "November 28 – December 4, 2015",
        "url": None,
        "period": {"start": "2015-11-28", "end": "2015-12-04", "title": "November 28 – December 4, 2015"},
        "sections": [
            {
                "kind": "success",
                "heading": "Successes",
                "notes": [
                    {
                        "kind": "success",
                        "identity": "0000000000000002",
                        "date": "2015-12-01T14:05:00Z",
                        "path": "releasenotes/digests/success-0000000000000002.yaml",
                        "line": 4,
                        "nick": "stevemar",
                        "text": "Done.",
                        "channel": "openstack-dev",
                    }
                ],
            },
            {
                "kind": "thread",
                "heading": "Locks & <Keys>",
                "notes": [
                    {
                        "kind": "thread",
                        "identity": "0000000000000001",
                        "date": "2015-12-02",
                        "path": "releasenotes/digests/thread-0000000000000001.yaml",
                        "line": 4,
                        "title": "Locks & <Keys>",
                        "url": "https://lists.example.org/1",
                        "state": "open",
                        "summary": "* See `this <https://example.org/a>`__.",
                    }
                ],
            },
        ],
        "references": [{"number": 1, "url": "https://example.org/a"}],
    }


@pytest.mark.usefixtures("notes")
def test_html_is_a_document_of_its_own(run: Run) -> None:
    page = html.document_fromstring(run("report", "latest", "--format", "html").out)
    assert page.get("lang") == "en"
    assert page.findtext(".//title") == "Digest: November 28 – December 4, 2015"
    assert [heading.text_content() for heading in page.iter("h1", "h2")] == [
        "Digest: November 28 – December 4, 2015",
        "Successes",
        "Locks & <Keys>",
        "References",
    ]
    assert page.find(".//meta[@name='viewport']") is not None
    assert [node for node in page.iter("script", "link", "img", "iframe", "object") if node is not None] == []
    assert "url(" not in page.findtext(".//style")
    targets = {link.get("href") for link in page.iter("a")}
    assert {target.lstrip("#") for target in targets if target.startswith("#")} <= set(page.xpath("//@id"))


def test_html_begins_with_facts_and_contents(run: Run, write: Callable[..., Path], notes: None) -> None:
    page = html.document_fromstring(run("report", "latest", "--format", "html").out)
    facts = page.find(".//p[@class='facts']").text
    assert facts == "1\xa0success, 1\xa0thread · 1\xa0minute to read"
    assert page.find(".//nav") is None
    assert page.find(".//div[@class='preheader']").text.rstrip("\u200c\xa0") == "Locks & <Keys>"
    write("more", "date: 2015-12-03\nthreads: [{title: Done & over, url: 'https://e.org', state: done}]\n", 3)
    page = html.document_fromstring(run("report", "latest", "--format", "html").out)
    nav = page.find(".//nav")
    links = [(link.get("href"), link.text) for link in nav.iter("a")]
    assert [words for _, words in links] == ["Successes", "Locks & <Keys>", "Done & over"]
    assert {target.lstrip("#") for target, _ in links} <= set(page.xpath("//section/@id"))
    assert nav.find(".//span").text == "Decided"
    assert page.find(".//div[@class='preheader']").text.startswith("Locks & <Keys>; Done & over\u200c")


@pytest.mark.usefixtures("notes")
def test_html_has_the_name_and_the_colour_of_the_project(run: Run, project: Path) -> None:
    (project / "doc" / "source").mkdir(parents=True)
    conf = project / "doc" / "source" / "conf.py"
    conf.write_text("project = 'Gannet & Sons'\nhtml_baseurl = 'https://docs.example.org'\n")
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}accent: '#0B6E4F'\n")
    page = html.document_fromstring(run("report", "latest", "--format", "html").out)
    assert page.findtext(".//h1") == "Gannet & Sons Digest: November 28 – December 4, 2015"
    link = page.find(".//p[@class='published']/a")
    assert (link.text, link.get("href")) == (
        "Read in your browser",
        "https://docs.example.org/digests/2015-12-04.html",
    )
    style = page.findtext(".//style")
    assert "6px solid #0b6e4f" in style
    assert "#b8860b" not in style
    conf.write_text("import name\nproject = name.of()\nhtml_baseurl = 'nowhere'\n")
    for setting, title in (
        ("", "Digest: November 28 – December 4, 2015"),
        ("collection_title: Gannet News\n", "Gannet News: November 28 – December 4, 2015"),
        ("title: News of {period}\ncollection_title: Gannet News\n", "News of November 28 – December 4, 2015"),
    ):
        (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}{setting}")
        page = html.document_fromstring(run("report", "latest", "--format", "html").out)
        assert page.findtext(".//h1") == title
        assert page.find(".//p[@class='published']") is None


def test_html_links_pictures_and_loads_none(run: Run, write: Callable[..., Path]) -> None:
    text = ".. image:: https://e.org/a.png\n         :alt: Graph\n\n      .. figure:: b.png\n         :alt: Local"
    write("a", f"date: 2015-12-02\nstories:\n  - text: |\n      {text}\n")
    page = html.document_fromstring(run("report", "latest", "--format", "html").out)
    assert list(page.iter("img")) == []
    assert [(link.text, link.get("href")) for link in page.iter("a")] == [("Graph", "https://e.org/a.png")]
    assert page.find(".//figure").text_content().strip() == "Local"


@pytest.mark.usefixtures("notes")
def test_where_the_page_is_published(run: Run, project: Path) -> None:
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}base_url: https://docs.example.org/infra\n")
    url = "https://docs.example.org/infra/digests/2015-12-04.html"
    assert run("report", "latest").lines[2] == f"Read in your browser: {url}"
    assert url in run("report", "latest", "--format", "html").out
    assert json.loads(run("report", "latest", "--format", "json").out)["url"] == url
    # not every period is a digest with a page
    assert run("report", "2015-12").lines[2:4] == ["", "Successes"]


@pytest.mark.usefixtures("notes")
def test_another_folder_has_no_pages(run: Run, project: Path) -> None:
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}base_url: https://docs.example.org/\n")
    (project / "more").mkdir()
    (project / "more" / "a-00000000000000aa.yaml").write_text("date: 2016-02-02\nstories: [Other prose]\n")
    result = run("report", "latest", "--fragments", "more")
    assert result.status == 0
    assert result.lines[2:] == ["", "Other prose"]


@pytest.mark.parametrize("period", ["2015-13", "2015-12-32", "one day", "2015-12-04/2015-12-01", ""])
def test_what_is_no_period(run: Run, period: str) -> None:
    result = run("report", period)
    assert (result.status, result.out) == (2, "")
    assert "Usage" in result.err


def test_no_period(run: Run) -> None:
    assert run("report").status == 2


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("notes")
def test_a_period_without_notes(run: Run, form: str) -> None:
    result = run("report", "2014-01", "--format", form)
    assert (result.status, result.out) == (1, "")
    assert result.err == "releasenotes/digests: empty-period there are no notes from 2014-01-01 to 2014-01-31\n"


@pytest.mark.usefixtures("project")
def test_no_notes_at_all(run: Run) -> None:
    result = run("report", "latest")
    assert (result.status, result.out) == (1, "")
    assert "bad-period" in result.err


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("notes")
def test_what_is_sound_is_printed_in_spite_of_problems(run: Run, write: Callable[..., Path], form: str) -> None:
    write("bad", "date: 2015-12-02\nstories: [{text: '*bad'}, {text: Good}]\nunknown: 1\n", 3)
    result = run("report", "2015-12-04", "--format", form)
    assert result.status == 1
    assert "Done." in result.out
    assert "Good" in result.out
    path = (FOLDER / f"bad-{3:016x}.yaml").as_posix()
    assert [line.split(" ", 2)[:2] for line in result.err.splitlines()] == [
        [f"{path}:2:19:", "rst"],
        [f"{path}:3:1:", "unknown-key"],
    ]


@pytest.mark.usefixtures("notes")
def test_a_file_is_written_whole(run: Run, project: Path) -> None:
    file = project / "report.txt"
    result = run("report", "latest", "--output", "report.txt")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert file.read_text(encoding="utf-8") == TEXT
    file.chmod(0o600)
    run("report", "latest", "--output", file, "--format", "rst")
    assert file.read_text(encoding="utf-8").startswith("====")
    assert file.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in project.iterdir()} == {"report.txt", "releasenotes"}


@pytest.mark.usefixtures("notes")
def test_a_link_to_a_file_stays_a_link(run: Run, project: Path) -> None:
    (project / "real.txt").write_text("old")
    (project / "link.txt").symlink_to("real.txt")
    assert run("report", "latest", "--output", "link.txt").status == 0
    assert (project / "link.txt").is_symlink()
    assert (project / "real.txt").read_text(encoding="utf-8") == TEXT
    assert run("report", "latest", "--output", os.devnull).status == 0
    assert Path(os.devnull).is_char_device()


@pytest.mark.usefixtures("notes")
def test_a_file_that_cannot_be_written(run: Run) -> None:
    result = run("report", "latest", "--output", "missing/report.txt")
    assert result.status == 1
    assert "No such file or directory" in result.err
    assert run("report", "latest", "--output", ".").status == 2


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_relative_links_are_whole_addresses(run: Run, project: Path, write: Callable[..., Path], form: str) -> None:
    (project / "docs").mkdir()
    (project / "docs/conf.py").touch()
    (project / "docs/about us.rst").touch()
    written = ("../guide/index.rst#part", "/app/", "/about%20us.html", "#success-0000000000000001", "//x.example.org/")
    links = " ".join(f"`w{number} <{uri}>`__" for number, uri in enumerate(written))
    picture = ".. image:: ../pictures/leaf.png\n"
    write("a", json.dumps({"date": "2015-12-02", "successes": [f"{links}\n\n{picture}"]}))

    words = run("report", "2015-12-04", "--format", form)
    assert (words.status, words.err) == (0, "")
    assert "w0" in words.out
    assert "leaf.png" in words.out
    assert "pictures" not in words.out
    assert "guide" not in words.out
    assert "https://x.example.org/" in words.out

    base = "https://docs.example.org/latest/"
    (project / "releasenotes/digest.yaml").write_text(f"{WEEKS}base_url: {base}\n")
    whole = run("report", "2015-12-04", "--format", form).out
    for url in (
        f"{base}guide/index.html#part",
        "https://docs.example.org/app/",
        f"{base}about%20us.html",
        f"{base}digests/2015-12-04.html#success-0000000000000001",
    ):
        assert url in whole


def test_relative_links_stay_in_restructuredtext(run: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nitems: ['`w <../guide/index.rst>`__']\n")
    assert "* `w <../guide/index.rst>`__\n" in run("report", "2015-12-04", "--format", "rst").out


LINK_ROLES = """\
base_url: https://docs.example.org/
link_roles:
  bug: [https://bugs.example.org/%s?x=100%%, 'bug %s']
  Review: https://review.example.org/%s
  ref: https://refs.example.org/%s
"""


def test_link_roles(run: Run, project: Path, write: Callable[..., Path]) -> None:
    (project / "releasenotes/digest.yaml").write_text(LINK_ROLES)
    text = ":bug:`12`, :BUG:`this one <13>`, :review:`4 5`, :ref:`x`, :rfc:`822`, :bug:`a <b`"
    write("a", json.dumps({"date": "2015-12-02", "items": [text, ":bug:`<i> <javascript:alert(1)>`"]}))
    assert run("lint").status == 0
    result = run("report", "2015-12-04", "--format", "markdown")
    assert (result.status, result.err) == (0, "")
    for link in (
        "- [bug 12](https://bugs.example.org/12?x=100%)",
        "[this one](https://bugs.example.org/13?x=100%)",
        "[https://review.example.org/4 5](https://review.example.org/4%205)",
        "<https://refs.example.org/x>",
    ):
        assert link in result.out
    assert "[bug a \\<b](https://bugs.example.org/a%20%3Cb?x=100%)" in result.out
    assert "[\\<i\\>](https://bugs.example.org/javascript:alert%281%29?x=100%)" in result.out
    assert '<a class="reference external" href="https://bugs.example.org/12?x=100%">bug 12</a>' in (
        run("report", "2015-12-04", "--format", "html").out
    )
    rst = run("report", "2015-12-04", "--format", "rst")
    assert (rst.status, rst.err) == (0, "")
    assert ":bug:`12`" in rst.out


def test_a_link_role_that_cannot_be_one_is_reported_at_its_line(run: Run, project: Path) -> None:
    (project / "releasenotes/digest.yaml").write_text("title: A\nlink_roles: {bug: 'https://e.org/'}\n")
    result = run("lint")
    assert result.status == 1
    assert result.out.startswith("releasenotes/digest.yaml:2:1: bad-setting 'link_roles' has no address for the role")


@pytest.mark.parametrize("form", ["text", "html", "rst", "markdown", "json"])
def test_drafts_are_marked(run: Run, write: Callable[..., Path], form: str) -> None:
    write("done", "date: 2026-11-25\nitems: [{text: finished}]\n", 1)
    write(
        "waiting",
        "date: 2026-11-25\ndraft: true\nprelude: Hello\nsuccesses: ['ada: all green']\n"
        "items: [{text: waiting}]\n"
        "countdown: [{series: ibis, focus: Fixes}]\nthreads: [{title: Locks, summary: words}]\n"
        "stories: [{title: A story, text: words}]\nevents: [{title: Meeting, start: 2026-12-01}]\n",
        2,
    )

    hidden = run("report", "2026-11-25", "--format", form)
    shown = run("report", "2026-11-25", "--drafts", "--format", form)

    assert "waiting" not in hidden.out
    assert "Draft" not in hidden.out
    assert (hidden.status, shown.status) == (0, 0), shown.err
    for words in ("waiting", "all green", "Locks", "A story", "Meeting", "Fixes", "Hello"):
        assert words in shown.out
    if form == "json":
        notes = [note for section in json.loads(shown.out)["sections"] for note in section["notes"]]
        assert [note.get("draft", False) for note in notes if note["kind"] == "item"] == [False, True]
    else:
        assert shown.out.count("Draft") == 7
