"""Feeds: valid, complete without their pages, and the same whenever they are made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
import pytest
from hostile.texts import TEXTS

from .building import Build, Project, copy_root, empty_project
from .feeds import atom_complaints, html_complaints, json_feed_complaints
from .release_histories import Notes

BASE = "https://docs.example.org/nova/"
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n"
NOTES = """\
date: 2015-12-02
prelude: Hello, *all*.
successes:
  - {nick: ttx, text: It ``works``., date: 2015-12-02T14:05:00Z, url: "https://logs.example.org/1"}
  - "*two* words"
items: [{group: Specs, text: A spec, url: "https://review.example.org/1"}]
countdown: [{series: mitaka, week: R-2, focus: Test}, {series: newton, focus: Plan}]
threads: [{title: "Locks & *keys*", summary: "See :digest:thread:`doors`.", url: "https://lists.example.org/1"}]
stories: [{title: A story, author: Jane, text: "See :doc:`/index` and `this <https://example.org>`__."}]
"""
TOPICS = [
    {"name": "wins", "title": "All successes", "kinds": ["success"]},
    {"name": "mitaka", "series": "mitaka"},
    {"name": "texts", "kinds": ["thread", "story", "item"]},
    {"name": "nothing", "series": "ocata"},
]


def complaints(build: Build) -> list[str]:
    """What is wrong with the feeds of a build, all of which are looked at."""
    found: list[str] = []
    files = sorted(build.outdir.rglob("*.xml"))
    assert files
    for file in files:
        other = file.name.replace("atom.xml", "feed.json").removesuffix(".xml")
        other = other if other.endswith(".json") else f"{other}.json"
        found += atom_complaints(file.read_bytes())
        found += json_feed_complaints(file.with_name(other).read_bytes())
        parsed = feedparser.parse(file.read_bytes())
        assert not parsed.bozo, parsed.bozo_exception
    return found


def published(build: Build) -> set[str]:
    """The files beside the pages, but for those that Sphinx makes."""
    folder = build.outdir / "digests"
    return {file.name for file in folder.iterdir() if file.suffix in (".xml", ".json", ".txt")}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A project with something of each kind, and topics."""
    project = empty_project(tmp_path_factory.mktemp("feeds") / "src")
    project.write("index.rst", INDEX)
    project.fragment("locks-1", NOTES)
    project.fragment("doors-2", "date: 2015-11-24\nthreads: [{title: Doors, summary: Closed.}]\n")
    project.fragment("later-3", "date: 2015-12-09\nthreads: [{title: More, continues: doors}]\n")
    return project.build(digest_base_url=BASE, digest_feeds=TOPICS)


def test_a_site_has_valid_feeds(tmp_path: Path) -> None:
    project = copy_root("everything", tmp_path / "src")
    build = project.build(digest_feeds=TOPICS)
    assert complaints(build) == []
    feed = feedparser.parse(build.outdir / "digests/atom.xml")
    assert [entry.id for entry in feed.entries] == [
        "https://everything.example/digests/2026-11-06",
        "https://everything.example/digests/2026-10-30",
    ]
    items = json.loads(build.text("digests/feed.json"))["items"]
    assert [item["id"] for item in items] == [entry.id for entry in feed.entries]
    # a picture of the documentation, a mark of a footnote and what stands over an admonition
    text = "".join(item["content_html"] for item in items)
    assert 'src="https://everything.example/_images/picture.png"' in text
    assert re.search(r'<a href="https://everything\.example/digests/[^"]*#[^"]*footnote[^"]*">\[1\]</a>', text)


def test_what_an_entry_says(shown: Build) -> None:
    assert complaints(shown) == []
    feed = feedparser.parse(shown.outdir / "digests/atom.xml")
    assert (feed.feed.title, feed.feed.author, feed.feed.language) == ("Test: Digests", "Somebody", "en")
    assert feed.feed.link == f"{BASE}digests/index.html"
    newest, entry, _oldest = feed.entries
    assert newest.id == f"{BASE}digests/2015-12-11"
    assert (entry.title, entry.link) == ("November 28 – December 4, 2015", f"{BASE}digests/2015-12-04.html")
    assert (entry.published, entry.updated) == ("2015-12-04T00:00:00Z", "2015-12-04T00:00:00Z")
    text = entry.content[0].value
    assert "Hello, <em>all</em>." in text
    assert f'<a href="{BASE}digests/2015-11-27.html#thread-0000000000000002">Doors</a>' in text
    assert f'<a href="{BASE}index.html">Title</a>' in text
    assert "References" not in text


def test_topics(shown: Build) -> None:
    wins = feedparser.parse(shown.outdir / "digests/wins.xml")
    assert wins.feed.title == "Test: All successes"
    assert [(entry.title, entry.updated) for entry in wins.entries] == [
        ("ttx: It works.", "2015-12-02T14:05:00Z"),
        ("two words", "2015-12-02T00:00:00Z"),
    ]
    assert wins.entries[0].id == f"{BASE}digests/#success-0000000000000001"
    assert wins.entries[0].link == f"{BASE}digests/2015-12-04.html#success-0000000000000001"
    mitaka = feedparser.parse(shown.outdir / "digests/mitaka.xml")
    assert [entry.title for entry in mitaka.entries] == ["Release Countdown For Week R-2, Nov 30 – Dec 4 (Mitaka)"]
    texts = feedparser.parse(shown.outdir / "digests/texts.xml")
    assert [entry.title for entry in texts.entries] == ["More", "Locks & keys", "A story", "A spec", "Doors"]
    assert f'<a href="{BASE}digests/2015-12-11.html#thread-0000000000000003">' in texts.entries[-1].content[0].value
    nothing = json.loads(shown.text("digests/nothing.json"))
    assert nothing["items"] == []


def test_the_newest_entries_are_kept(project: Project) -> None:
    project.write("index.rst", INDEX)
    for number in range(5):
        project.fragment(f"one-{number}", f"date: 2015-12-{1 + number * 7:02}\nsuccesses: [one, two]\n")
    build = project.build(digest_base_url=BASE, digest_feed_limit=3, digest_feeds=TOPICS[:1])
    names = [entry.id[-10:] for entry in feedparser.parse(build.outdir / "digests/atom.xml").entries]
    assert names == ["2016-01-01", "2015-12-25", "2015-12-18"]
    wins = [entry.updated[:10] for entry in feedparser.parse(build.outdir / "digests/wins.xml").entries]
    assert wins == ["2015-12-29", "2015-12-29", "2015-12-22"]


def test_release_notes_as_a_topic(notes: Notes, site: Project) -> None:
    notes.commit_note("one-1", "upgrade:\n  - Do *this*, see :ref:`that`.\nfixes: [Fixed.]\n", "1.0.0")
    notes.commit_note("two-2", "fixes: [Other.]\n", "2.0.0")
    notes.commit_note("three-3", "security: ['`Hole <https://e.org/>`__ closed.']\n", "3.0.0")
    site.write("index.rst", INDEX)
    site.fragment("won-5", "date: 2015-12-02\nsuccesses: [won]\n")
    topic = {"name": "safety", "title": "Safety first", "notes": ["security", "upgrade"]}
    build = site.build(digest_base_url=BASE, digest_feeds=[topic])
    assert complaints(build) == []
    feed = feedparser.parse(build.outdir / "digests/safety.xml")
    assert [(entry.title, entry.id) for entry in feed.entries] == [
        (version, f"{BASE}digests/#release-{version}") for version in ("3.0.0", "1.0.0")
    ]
    assert feed.entries[0].link == f"{BASE}current.html#relnotes-3-0-0"
    assert "Hole</a> closed" in feed.entries[0].content[0].value
    # a role of Sphinx becomes its words, as in reports
    assert "Do <em>this</em>, see <code>that</code>." in feed.entries[1].content[0].value
    assert "Fixed" not in build.text("digests/safety.xml")
    before = build.text("digests/safety.xml")
    notes.commit_note("four-4", "upgrade: [More.]\n", "4.0.0")
    after = site.build(digest_base_url=BASE, digest_feeds=[topic]).text("digests/safety.xml")
    assert before != after and ">4.0.0<" in after


@pytest.mark.parametrize("base", ["", "not an address"])
def test_without_an_address_there_are_no_feeds(project: Project, base: str) -> None:
    project.write("index.rst", INDEX)
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    build = project.build(html_baseurl=base)
    assert build.warnings == []
    assert published(build) == {"2015-12-04.txt", "index.json"}
    assert "atom" not in build.text("digests/index.html")


def test_topics_without_an_address_are_warned_of(project: Project) -> None:
    project.write("index.rst", INDEX)
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    for _again in range(2):
        (warning,) = project.build(digest_feeds=TOPICS).warnings
        assert "digest_base_url" in warning and "[digest.bad-setting]" in warning
    assert project.build("text", digest_feeds=TOPICS).warnings == []


def test_what_is_published_is_an_option(project: Project) -> None:
    project.write("index.rst", INDEX)
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    own = {"2015-12-04.txt"}, {"index.json"}, {"atom.xml", "feed.json"}
    for names in (["mails", "index"], ["feeds"], []):
        build = project.build(digest_base_url=BASE, digest_publish=names)
        expected = [files for name, files in zip(("mails", "index", "feeds"), own, strict=True) if name in names]
        assert published(build) == set().union(*expected)
        page = build.text("digests/2015-12-04.html")
        assert ("2015-12-04.txt" in page, "atom.xml" in page) == ("mails" in names, "feeds" in names)


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "htmlhelp", "epub", "json"])
def test_only_sites_publish(project: Project, builder: str) -> None:
    project.write("index.rst", INDEX)
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    build = project.build(builder, html_baseurl=BASE.rstrip("/"), fail_on_warning=True)
    found = {file.name for file in build.outdir.rglob("*") if file.suffix in (".xml", ".txt", ".json")}
    expected = {"atom.xml", "feed.json", "index.json", "2015-12-04.txt"}
    if builder != "dirhtml":
        assert found & expected == set()
        return
    assert expected <= found
    feed = feedparser.parse(build.outdir / "digests/atom.xml")
    # whatever the pages are called, the digest is the same
    assert (feed.entries[0].id, feed.entries[0].link) == (f"{BASE}digests/2015-12-04", f"{BASE}digests/2015-12-04/")
    assert 'href="../atom.xml"' in build.text("digests/2015-12-04/index.html")
    assert 'href="../2015-12-04.txt"' in build.text("digests/2015-12-04/index.html")
    assert f"\nRead in your browser: {BASE}digests/2015-12-04/\n" in build.text("digests/2015-12-04.txt")


def test_hostile_texts(project: Project) -> None:
    project.write("index.rst", INDEX)
    texts = [case.text for case in TEXTS]
    for number, text in enumerate(texts, 1):
        note = {"title": "</script><script>alert(1)</script>", "text": text}
        project.fragment(
            f"case-{number:x}", json.dumps({"date": "2015-12-02", "stories": [note], "successes": [text]})
        )
    build = project.build(digest_base_url=BASE, digest_feeds=[{"name": "all", "kinds": ["story", "success"]}],
                          digest_feed_limit=1000)  # fmt: skip
    found = complaints(build)
    assert found == []
    assert len(json.loads(build.text("digests/all.json"))["items"]) > 100


def test_addresses_that_nobody_can_take_apart(project: Project) -> None:
    """Those of a page's own words; fragments may not have them."""
    project.write("index.rst", INDEX)
    words = "See `this <http://[x>`__ and `that <../index.html>`__.\n\n.. image:: http://[y\n   :alt: picture\n\n"
    project.write("digests/2015-12-04.rst", f"Page\n====\n\n{words}.. digest:: 2015-11-28/2015-12-04\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    build = project.build(digest_base_url=BASE)
    assert complaints(build) == []
    (entry,) = feedparser.parse(build.outdir / "digests/atom.xml").entries
    assert f'See this and <a href="{BASE}index.html">that</a>.' in entry.content[0].value
    assert "<p>picture</p>" in entry.content[0].value
    for mail in (build.text("digests/2015-12-04.txt"), project.build("digest-mail").text("digests/2015-12-04.txt")):
        assert "See this [1] and that [2].\n" in mail
        assert "[1] - http://[x\n" in mail


def test_the_checks_find_something() -> None:
    assert list(html_complaints('<p id="x"><a href="/y">z</a><script>1</script></p>')) == [
        "there is an attribute id", "/y is no absolute address", "there is an element script",
    ]  # fmt: skip
    empty = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title></feed>'
    assert list(atom_complaints(empty)) != []
