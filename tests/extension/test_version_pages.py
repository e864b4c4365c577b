"""A page for each version of release notes: its address, its place in the site, and what leads to the newest."""

from __future__ import annotations

import json
import shutil

import pytest

from .building import BUILDERS, Build, Project
from .outputs import broken_links, inventory, parse_page
from .release_histories import Notes, pre_releases, simple, stable_branch

PAGES = "Current\n=======\n\n.. release-notes::\n   :pages:\n"


@pytest.fixture
def paged(site: Project, notes: Notes) -> Project:
    """Two versions and what is not released yet, each on a page of its own."""
    simple(notes)
    shutil.rmtree(site.folder / "releasenotes" / "digests")
    (site.folder / "alpha.rst").unlink()
    site.write("current.rst", PAGES)
    site.write("plain.rst", "Plain\n=====\n\n:digest:release:`latest`, :ref:`relnotes_1.0.0`\n")
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n   plain\n")
    site.age()
    return site


def started_again(notes: Notes) -> Notes:
    """The project with another history."""
    shutil.rmtree(notes.root / ".git")
    shutil.rmtree(notes.root / "releasenotes/notes")
    return Notes(notes.root)


def links_of(build: Build, name: str) -> dict[str, str]:
    """The words of the links on a page, by where they lead."""
    links = parse_page(build.outdir / name).xpath("//div[@role='main']//a[not(@class='headerlink')]")
    return {link.get("href"): link.text_content() for link in links}


def test_each_version_has_a_page(paged: Project) -> None:
    build = paged.build()
    assert build.warnings == []
    pages = {"current/1.0.0", "current/2.0.0", "current/unreleased"}
    assert build.env.found_docs == {"index", "plain", "current", "current/latest", *pages}
    assert build.env.titles["current/2.0.0"].astext() == "2.0.0"
    text = build.text("current/2.0.0.html")
    assert "A feature." in text
    assert "Fixed the first." not in text
    assert "Not released." in build.text("current/unreleased.html")


def test_the_page_with_the_directive_lists_them(paged: Project) -> None:
    build = paged.build()
    text = build.text("current.html")
    assert "A feature." not in text
    assert 'href="current/2.0.0.html"' in text
    assert "(January 3, 2015): 3 release notes." in text
    assert build.env.toctree_includes["current"] == ["current/unreleased", "current/2.0.0", "current/1.0.0"]
    # where the versions were before they had pages
    assert 'id="relnotes-2-0-0"' in text


def test_they_are_found(paged: Project) -> None:
    build = paged.build()
    assert 'href="current/1.0.0.html#relnotes-1-0-0"' in build.text("plain.html")
    found = inventory(build.outdir)
    assert found["digest:release"]["2.0.0"][0] == "current/2.0.0.html#relnotes-2-0-0"
    assert found["std:doc"]["current/2.0.0"][0] == "current/2.0.0.html"
    assert "current/2.0.0" in build.text("searchindex.js")
    assert list(broken_links(build.outdir)) == []


@pytest.mark.parametrize(("builder", "uri"), [("html", "2.0.0.html"), ("dirhtml", "../2.0.0/")])
def test_an_address_leads_to_the_latest(paged: Project, builder: str, uri: str) -> None:
    build = paged.build(builder)
    text = build.text("current/latest.html" if builder == "html" else "current/latest/index.html")
    assert f'<meta http-equiv="refresh" content="0; url={uri}" />' in text
    assert f'The latest release is <a class="reference internal" href="{uri}">' in text


def test_a_role_leads_to_the_latest(paged: Project, notes: Notes) -> None:
    assert links_of(paged.build(), "plain.html")["current/2.0.0.html#relnotes-2-0-0"] == "2.0.0"
    assert inventory(paged.build().outdir)["digest:release"]["latest"][0] == "current/2.0.0.html#relnotes-2-0-0"
    notes.run("tag", "3.0.0")
    build = paged.build()
    assert "plain" not in build.read
    assert links_of(build, "plain.html")["current/3.0.0.html#relnotes-3-0-0"] == "3.0.0"
    assert "url=3.0.0.html" in build.text("current/latest.html")


def test_the_role_needs_no_pages(paged: Project) -> None:
    paged.write("current.rst", PAGES.replace(":pages:", ""))
    build = paged.build()
    assert build.warnings == []
    assert links_of(build, "plain.html")["current.html#relnotes-2-0-0"] == "2.0.0"


def test_a_pre_release_is_not_the_latest(paged: Project, notes: Notes) -> None:
    notes.run("tag", "3.0.0.0rc1")
    build = paged.build()
    assert "3.0.0.0rc1" in build.text("current.html")
    assert "url=2.0.0.html" in build.text("current/latest.html")
    assert links_of(build, "plain.html")["current/2.0.0.html#relnotes-2-0-0"] == "2.0.0"


def test_only_what_changed_is_read_again(paged: Project, notes: Notes) -> None:
    paged.build()
    assert paged.build().read == []
    notes.commit_note("first-1", "fixes:\n  - Fixed with other words.\n")
    # the version of what is not released counts commits
    assert set(paged.build().read) == {"current", "current/1.0.0", "current/unreleased"}
    assert "Fixed with other words." in paged.build().text("current/1.0.0.html")
    assert paged.build().read == []


def test_the_same_pages_from_nothing(paged: Project, notes: Notes) -> None:
    paged.build()
    notes.run("tag", "3.0.0")
    after, new = paged.build(), paged.build(output="new", doctrees="new-d")
    for page in new.outdir.rglob("*.html"):
        name = page.relative_to(new.outdir).as_posix()
        assert after.text(name) == new.text(name)
    assert not (after.outdir / "current/unreleased.html").exists()


def test_a_page_of_ones_own_takes_the_place(paged: Project) -> None:
    paged.write("current/2.0.0.rst", "Great news\n==========\n\nIn my own words.\n")
    build = paged.build()
    assert build.warnings == []
    assert "In my own words." in build.text("current/2.0.0.html")
    assert 'href="current/2.0.0.html"' in build.text("current.html")


def test_options_count_on_the_pages_of_versions(paged: Project, notes: Notes) -> None:
    stable_branch(started_again(notes))
    paged.write(
        "releases/index.rst",
        "Alpha\n=====\n\n.. release-notes:: Notes\n   :branch: stable/alpha\n   :pages:\n   :contributors:\n"
        "   :unreleased-version-title: Soon\n   :feeds: fixes\n",
    )
    paged.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   releases/index\n")
    (paged.folder / "plain.rst").unlink()
    (paged.folder / "current.rst").unlink()
    build = paged.build()
    assert build.warnings == []
    assert "Soon" in build.text("releases/unreleased.html")
    text = build.text("releases/1.0.1.html")
    assert 'id="notes-1-0-1-stable-alpha"' in text
    assert "Contributors" in text
    assert "<h1>1.0.1" in text.replace("\n", "")


def test_two_branches_on_one_page(paged: Project, notes: Notes) -> None:
    notes.run("branch", "stable/alpha", "1.0.0")
    paged.write("current.rst", f"{PAGES}\nAlpha\n-----\n\n.. release-notes::\n   :branch: stable/alpha\n   :pages:\n")
    (paged.folder / "plain.rst").unlink()
    paged.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n")
    build = paged.build()
    assert build.warnings == []
    assert build.text("current.html").count('href="current/1.0.0.html"') >= 2


def test_pre_releases_have_pages_if_they_are_apart(paged: Project, notes: Notes) -> None:
    pre_releases(started_again(notes))
    paged.write("current.rst", f"{PAGES}   :collapse-pre-releases: no\n")
    build = paged.build()
    assert "current/1.0.0.0rc1" in build.env.found_docs
    assert build.env.toctree_includes["current"][0] == "current/2.0.0.0b2"


def test_a_directive_that_the_scan_does_not_find(paged: Project) -> None:
    paged.write("current.rst", "Current\n=======\n\n.. only:: html\n\n   .. release-notes::\n      :pages:\n")
    build = paged.build()
    assert ["page-conflict" in warning for warning in build.warnings] == [True]
    assert "current/2.0.0" not in build.env.found_docs
    assert "A feature." in build.text("current.html")


def test_a_branch_that_is_missing(paged: Project) -> None:
    paged.write("current.rst", f"{PAGES}   :branch: stable/none\n")
    (paged.folder / "plain.rst").unlink()
    paged.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n")
    build = paged.build()
    assert ["stable/none" in warning for warning in build.warnings] == [True]
    assert build.env.found_docs == {"index", "current"}


@pytest.mark.parametrize("builder", BUILDERS)
def test_all_builders(paged: Project, builder: str) -> None:
    assert paged.build(builder, fail_on_warning=True).status == 0


def test_several_processes(paged: Project) -> None:
    one = paged.build(output="one", doctrees="one-d", fail_on_warning=True)
    two = paged.build(parallel=2, fail_on_warning=True)
    for page in one.outdir.rglob("*.html"):
        name = page.relative_to(one.outdir).as_posix()
        assert two.text(name) == one.text(name)


def test_feeds_have_the_texts_of_the_pages(paged: Project, notes: Notes) -> None:
    paged.write("current.rst", f"{PAGES}   :feeds: fixes\n")
    build = paged.build()
    items = json.loads((build.outdir / "current.feed.json").read_bytes())["items"]
    assert [item["title"] for item in items] == ["2.0.0", "1.0.0"]
    assert items[0]["url"] == "https://example.org/current/2.0.0.html#relnotes-2-0-0"
    assert "A feature." in items[0]["content_html"]
    assert not (build.outdir / "current/2.0.0.feed.json").exists()
    assert 'href="../current.fixes.atom.xml"' in build.text("current/2.0.0.html")
    notes.commit_note("first-1", "fixes:\n  - Fixed with other words.\n")
    assert "Fixed with other words." in paged.build().text("current.feed.json")


def test_words_in_german(paged: Project) -> None:
    build = paged.build(language="de")
    assert build.warnings == []
    assert "Die neueste Version ist" in build.text("current/latest.html")


@pytest.mark.parametrize("title", ["", "Notes: of *all*"])
def test_on_a_page_in_markdown(paged: Project, title: str) -> None:
    pytest.importorskip("myst_parser")
    (paged.folder / "current.rst").unlink()
    (paged.folder / "plain.rst").unlink()
    paged.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n")
    paged.write("current.md", f"# Current\n\n```{{release-notes}}\n:pages:\n\n{title}\n```\n")
    build = paged.build(extensions=["myst_parser", "sphinxext.digest"])
    assert build.warnings == []
    assert "A feature." in build.text("current/2.0.0.html")


def test_dead_links_are_named_by_their_notes(paged: Project, notes: Notes) -> None:
    notes.commit_note("first-1", "fixes:\n  - |\n    See\n    https://nowhere.invalid/.\n")
    build = paged.build("linkcheck")
    assert "releasenotes/notes/first-0000000000000001.yaml:4: [broken]" in build.text("output.txt")
