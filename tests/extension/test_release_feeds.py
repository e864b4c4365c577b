"""Feeds of release notes: a version to each entry, with all that the page shows of it."""

from __future__ import annotations

import json

import feedparser
import pytest

from .building import Build, Project
from .feeds import atom_complaints, html_complaints, json_feed_complaints
from .outputs import parse_page
from .release_histories import Notes

BASE = "https://example.org/"


@pytest.fixture
def released(site: Project, notes: Notes) -> Project:
    """Two versions, notes that are not released, and a series of their own."""
    (site.folder / "releasenotes" / "digests").rmdir()
    site.write("current.rst", "Current\n=======\n\n.. release-notes::\n   :feeds: security, fixes\n")
    site.write("guide.rst", ":orphan:\n\n.. _guide:\n\nGuide\n=====\n")
    notes.commit_note(
        "first-1", "prelude: The first.\nfixes:\n  - See :ref:`guide` & `more <https://a.org/x>`__.\n", "1.0.0"
    )
    notes.run("branch", "stable/alpha")
    notes.commit_note(
        "second-2", "features:\n  - A *feature*.\nsecurity:\n  - |\n    Safe.\n\n    * Really\n", "2.0.0"
    )
    notes.commit_note("third-3", "fixes:\n  - Not released.\n")
    return site


def entries(build: Build, name: str) -> dict[str, str]:
    """The HTML of each entry by its title; both files must be valid and have the same."""
    atom = (build.outdir / f"{name}.atom.xml").read_bytes()
    data = (build.outdir / f"{name}.feed.json").read_bytes()
    assert [*atom_complaints(atom), *json_feed_complaints(data)] == []
    parsed = feedparser.parse(atom)
    assert not parsed.bozo
    found = {entry.title: entry.content[0].value for entry in parsed.entries}
    assert list(found) == [item["title"] for item in json.loads(data)["items"]]
    assert [complaint for html in found.values() for complaint in html_complaints(html)] == []
    return found


def test_a_version_to_each_entry(released: Project) -> None:
    build = released.build()
    assert build.warnings == []
    found = entries(build, "current")
    assert list(found) == ["2.0.0", "1.0.0"]
    assert "The first." in found["1.0.0"]
    assert f'<a href="{BASE}guide.html#guide">Guide</a>' in found["1.0.0"].replace(' class="reference internal"', "")
    assert "Not released." not in "".join(found.values())
    items = json.loads((build.outdir / "current.feed.json").read_bytes())["items"]
    assert items[0]["id"] == f"{BASE}current#release-2.0.0"
    assert items[0]["url"] == f"{BASE}current.html#relnotes-2-0-0"
    assert items[0]["date_published"] == "2015-01-02T00:00:00Z"


def test_series_and_sections_have_feeds_of_their_own(released: Project) -> None:
    build = released.build()
    assert list(entries(build, "alpha")) == ["1.0.0"]
    (html,) = entries(build, "current.security").values()
    assert "Really" in html
    assert "feature" not in html
    assert list(entries(build, "current.fixes")) == ["1.0.0"]
    assert not (build.outdir / "alpha.security.atom.xml").exists()


def test_pages_lead_to_their_feeds(released: Project) -> None:
    build = released.build()
    found = {
        page: parse_page(build.outdir / f"{page}.html").xpath("//link[@rel='alternate']/@href")
        for page in ("current", "alpha", "plain")
    }
    names = [
        f"current.{section}{suffix}" for section in ("", "fixes.", "security.") for suffix in ("atom.xml", "feed.json")
    ]
    assert found == {"current": names, "alpha": ["alpha.atom.xml", "alpha.feed.json"], "plain": []}


def test_a_feed_follows_its_page(released: Project, notes: Notes) -> None:
    released.build()
    notes.commit_note("fourth-4", "other:\n  - More.\n", "3.0.0")
    assert list(entries(released.build(), "current")) == ["3.0.0", "2.0.0", "1.0.0"]
    before = (released.build().outdir / "current.atom.xml").stat().st_mtime_ns
    assert (released.build().outdir / "current.atom.xml").stat().st_mtime_ns == before
    released.write("current.rst", "Current\n=======\n")
    build = released.build()
    assert not list(build.outdir.glob("current.*.xml"))
    assert not list(build.outdir.glob("current.*.json"))


def test_the_number_of_versions_is_limited(released: Project) -> None:
    assert list(entries(released.build(digest_feed_limit=1), "current")) == ["2.0.0"]


def test_no_feeds_without_an_address_or_if_they_are_not_wanted(released: Project) -> None:
    for options in ({"html_baseurl": ""}, {"digest_publish": []}):
        build = released.build(**options)
        assert not list(build.outdir.rglob("*.atom.xml"))
        assert "alternate" not in build.text("current.html")


def test_an_unknown_section(released: Project) -> None:
    released.write("current.rst", "Current\n=======\n\n.. release-notes::\n   :feeds: securty\n")
    (warning,) = released.build().warnings
    assert "there is no section 'securty' for a feed; there are features, issues, upgrade" in warning
