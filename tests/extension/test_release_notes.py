"""Release notes on pages: what is read again, what is better than with reno, what is wrong."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from docutils import nodes

from .building import BUILDERS, Project
from .release_histories import Notes, only_page, pre_releases, simple, stable_branch


@pytest.fixture
def built(site: Project, notes: Notes) -> Project:
    """The project, built once."""
    stable_branch(notes)
    site.age()
    assert site.build().warnings == []
    return site


def read_again(site: Project) -> set[str]:
    """The pages that the next build reads; the one after it must read nothing."""
    build = site.build()
    assert build.warnings == []
    assert site.build().read == []
    return set(build.read)


def test_a_site_with_nothing_else_loads_no_styles(site: Project, notes: Notes) -> None:
    stable_branch(notes)
    (site.folder / "releasenotes" / "digests").rmdir()
    build = site.build()
    pages = list(build.outdir.rglob("*.html"))
    assert len(pages) > 4
    loaded = re.compile(r"digest[-a-z]*\.(css|js)|countdown\.js")
    assert [page.name for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []


# what is read again


def test_nothing_changed(built: Project) -> None:
    assert read_again(built) == set()


def test_nothing_is_scanned_without_a_change(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPHINXEXT_DIGEST_CACHE", "")
    built.build()
    monkeypatch.setattr("sphinxext.digest.release.scanner.scan", lambda *_: pytest.fail("there was a scan"))
    assert built.build().read == []


def test_a_new_commit_with_a_note(built: Project, notes: Notes) -> None:
    notes.commit_note("new-9", "fixes:\n  - Just committed.\n")
    assert read_again(built) == {"current"}
    assert "Just committed." in built.build().text("current.html")


def test_a_commit_without_a_note_where_contributors_are_named(built: Project, notes: Notes) -> None:
    notes.commit_note("new-9", "fixes:\n  - Not released.\n")
    built.write("current.rst", "Current\n=======\n\n.. release-notes::\n   :contributors:\n")
    text = built.build().text("current.html")
    assert "Contributors" in text
    assert "Tester" in text
    assert read_again(built) == set()
    notes.run("commit", "--quiet", "--allow-empty", "--message", "a", "--author", "Ada <ada@example.org>")
    assert read_again(built) == {"current"}
    assert "Ada, Tester" in built.build().text("current.html")
    (notes.root / ".mailmap").write_text("Ada Lovelace <ada@example.org>\n", encoding="utf-8")
    assert read_again(built) == {"current"}
    assert "Ada Lovelace, Tester" in built.build().text("current.html")


def test_numbers_of_issues_are_links(built: Project, notes: Notes) -> None:
    notes.commit_note("new-9", "fixes:\n  - 'Fixed #12 and ``#13``.'\n")
    assert ">#12<" not in built.build().text("current.html")
    built.write("releasenotes/digest.yaml", 'issue_links: {"#{number}": "https://e.org/{number}"}\n')
    assert read_again(built) == {"alpha", "current"}
    text = built.build().text("current.html")
    assert '<a class="reference external" href="https://e.org/12">#12</a>' in text
    assert "https://e.org/13" not in text


def test_a_note_that_was_only_saved(built: Project, notes: Notes) -> None:
    file = notes.note("new-9", "fixes:\n  - Just saved.\n")
    assert read_again(built) == {"current"}
    assert "Just saved." in built.build().text("current.html")
    file.write_text("fixes:\n  - Saved again.\n")
    assert read_again(built) == {"current"}
    assert "Saved again." in built.build().text("current.html")
    file.unlink()
    assert read_again(built) == {"current"}
    assert "Saved again." not in built.build().text("current.html")


def test_an_edit_that_keeps_size_and_time(built: Project, notes: Notes) -> None:
    file = notes.note("main-6", "fixes:\n  - One.\n")
    built.build()
    status = file.stat()
    file.write_text("fixes:\n  - Two.\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read_again(built) == {"current"}


def test_a_note_that_was_deleted(built: Project, notes: Notes) -> None:
    (notes.root / "releasenotes/notes/main-0000000000000006.yaml").unlink()
    assert read_again(built) == {"current"}


def test_a_commit_without_notes(built: Project, notes: Notes) -> None:
    built.write("README", "Words")
    notes.commit_all()
    # a tag for the notes that are there already is on no commit with notes
    assert read_again(built) == set()


def test_a_commit_on_a_stable_branch(built: Project, notes: Notes, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    notes.run("worktree", "add", "--quiet", str(copy), "stable/alpha")
    note = copy / "releasenotes/notes/stable-0000000000000008.yaml"
    note.write_text("fixes:\n  - Backported.\n")
    notes.run("-C", str(copy), "add", "--all")
    notes.run("-C", str(copy), "commit", "--quiet", "--message", "Change", date="2015-02-01T00:00:00Z")
    assert read_again(built) == {"alpha"}


def test_a_new_tag(built: Project, notes: Notes) -> None:
    notes.run("tag", "1.0.2", "stable/alpha")
    assert read_again(built) == {"alpha"}
    assert "1.0.2" in built.build().text("alpha.html")


def test_configuration(built: Project, notes: Notes) -> None:
    notes.configure("sections: [[fixes, Repairs]]\n")
    assert read_again(built) == {"current", "alpha"}
    assert "Repairs" in built.build().text("alpha.html")


# better than with reno


def test_a_problem_of_markup_is_at_its_line(notes: Notes, site: Project) -> None:
    notes.commit_note(
        "bad-1",
        "prelude: >\n  Folded *words\n\n  in two paragraphs.\nfixes:\n  - Sound.\n"
        "  - |\n    A list:\n\n    * ``one\n    * two\n    * three\n\n      .. unknown:: x\n",
    )
    warnings = only_page(notes, site).warnings
    place = "<src>/releasenotes/notes/bad-0000000000000001.yaml"
    found = [line.split(" [")[0] for line in warnings if line.startswith("<src>")]
    assert found == [
        f"{place}:2: WARNING: Inline emphasis start-string without end-string.",
        f"{place}:10: WARNING: Inline literal start-string without end-string.",
        f'{place}:14: ERROR: Unknown directive type "unknown".',
    ]


def test_pre_releases_apart(notes: Notes, site: Project) -> None:
    pre_releases(notes)
    assert "1.0.0.0b1" not in only_page(notes, site, "   :collapse-pre-releases: true\n").text("index.html")
    assert "1.0.0.0b1" in only_page(notes, site, "   :collapse-pre-releases: false\n").text("index.html")
    notes.configure("collapse_pre_releases: false\n")
    assert "1.0.0.0b1" in only_page(notes, site).text("index.html")


def test_ignored_notes_of_the_configuration(notes: Notes, site: Project) -> None:
    simple(notes)
    notes.configure("ignore_notes: ['0000000000000001']\n")
    text = only_page(notes, site, "   :ignore-notes: 0000000000000002\n").text("index.html")
    assert "first" not in text
    assert "second" not in text
    assert "feature" in text


def test_whole_history_of_a_series(notes: Notes, site: Project) -> None:
    stable_branch(notes)
    assert "Before the branch" not in only_page(notes, site, "   :branch: stable/beta\n").text("index.html")
    text = only_page(notes, site, "   :branch: stable/beta\n   :stop-at-branch-base: no\n").text("index.html")
    assert "Before the branch" in text


def test_links_lead_to_what_stays(notes: Notes, site: Project) -> None:
    simple(notes)
    build = only_page(notes, site)
    sections = [node["ids"] for node in build.env.get_doctree("index").findall(nodes.section)]
    assert sections[1:] == [
        ["relnotes-2-0-0-1", "id1"],
        ["relnotes-2-0-0-1-bug-fixes", "bug-fixes"],
        ["relnotes-2-0-0", "id2"],
        ["relnotes-2-0-0-new-features", "new-features"],
        ["relnotes-2-0-0-bug-fixes", "id3"],
        ["relnotes-1-0-0", "id4"],
        ["relnotes-1-0-0-bug-fixes", "id5"],
    ]
    assert 'href="#relnotes-1-0-0"' in build.text("index.html")


def test_versions_can_be_referred_to(notes: Notes, site: Project) -> None:
    simple(notes)
    site.write("plain.rst", "Plain\n=====\n\n:digest:release:`1.0.0`, :ref:`relnotes_2.0.0`\n")
    (site.folder / "alpha.rst").unlink()
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n   plain\n")
    build = site.build()
    assert build.warnings == []
    assert 'href="current.html#relnotes-1-0-0"' in build.text("plain.html")
    assert 'href="current.html#relnotes-2-0-0"' in build.text("plain.html")


def test_started_in_another_folder(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "On the main branch" not in built.build(output="elsewhere", doctrees="elsewhere-d").text("alpha.html")


def test_the_title_may_have_a_colon(notes: Notes, site: Project) -> None:
    simple(notes)
    build = only_page(notes, site, "\n   Title: of notes\n")
    assert build.warnings == []
    assert 'id="title-of-notes-1-0-0"' in build.text("index.html")


@pytest.mark.parametrize("builder", BUILDERS)
def test_all_builders(built: Project, builder: str) -> None:
    assert built.build(builder, fail_on_warning=True).status == 0


def test_several_processes(notes: Notes, site: Project) -> None:
    stable_branch(notes)
    pages = [f"page{number}" for number in range(8)]
    for name in pages:
        site.write(f"{name}.rst", f"{name}\n=====\n\n.. release-notes:: {name}\n   :branch: stable/beta\n")
    listed = "".join(f"   {name}\n" for name in [*pages, "current", "alpha", "plain"])
    site.write("index.rst", f"Title\n=====\n\n.. toctree::\n\n{listed}")
    site.age()
    one = site.build(output="one", doctrees="one-d", fail_on_warning=True)
    two = site.build(parallel=2, fail_on_warning=True)
    for name in pages:
        assert two.text(f"{name}.html") == one.text(f"{name}.html")
    assert site.build(parallel=2).read == []


def test_a_translation(built: Project) -> None:
    # Sphinx keeps translations as long as the process runs, by the names of pages
    built.write("translated.rst", ":orphan:\n\nPage\n====\n\n.. release-notes:: All\n   :branch: stable/alpha\n")
    text = built.build("gettext").text("translated.pot")
    assert "releasenotes/notes/stable-0000000000000002.yaml:2" in text
    folder = built.folder / "locale/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    text = text.replace('msgid "On the branch."\nmsgstr ""', 'msgid "On the branch."\nmsgstr "Auf dem Zweig."')
    (folder / "translated.po").write_text(text.replace("charset=CHARSET", "charset=UTF-8"))
    build = built.build(output="de", doctrees="de-d", language="de", locale_dirs=["locale"])
    assert build.warnings == []
    assert "Auf dem Zweig." in build.text("translated.html")


# with reno's own extension


@pytest.mark.parametrize(
    "extensions", [("sphinxext.digest", "reno.sphinxext"), ("reno.sphinxext", "sphinxext.digest")]
)
def test_beside_reno(notes: Notes, site: Project, extensions: tuple[str, ...]) -> None:
    simple(notes)
    build = only_page(notes, site, "   :collapse-pre-releases: false\n", extensions)
    assert build.warnings == []
    assert "relnotes-1-0-0" in build.text("index.html")


def test_a_project_without_digests_has_no_list_of_them(notes: Notes, site: Project) -> None:
    simple(notes)
    shutil.rmtree(site.folder / "releasenotes" / "digests")
    build = only_page(notes, site)
    assert build.warnings == []
    assert build.env.found_docs == {"index"}
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    build = site.build()
    assert build.warnings == []
    assert build.env.found_docs == {"index", "digests/index"}


def test_components(built: Project, notes: Notes) -> None:
    notes.commit_note("api-8", "fixes:\n  - Of the file.\nfeatures:\n  - '[cli] Of the *text*.'\n", "3.0.0")
    notes.commit_note("cli-9", "fixes:\n  - Not released.\n")
    built.write("releasenotes/digest.yaml", "components: {cli: Command line, api: REST API}\n")
    built.write("current.rst", "Current\n=======\n\n.. release-notes::\n   :by-component:\n   :feeds: fixes\n")
    build = built.build()
    assert build.warnings == []
    sections = {node["ids"][0]: node for node in build.env.get_doctree("current").findall(nodes.section)}
    assert [
        name for name in sections if name.startswith("relnotes-3-0-0") and not name.startswith("relnotes-3-0-0-1")
    ] == [
        "relnotes-3-0-0",
        "relnotes-3-0-0-bug-fixes",
        "relnotes-3-0-0-command-line",
        "relnotes-3-0-0-command-line-new-features",
        "relnotes-3-0-0-rest-api",
        "relnotes-3-0-0-rest-api-bug-fixes",
    ]
    assert "Of the text." in sections["relnotes-3-0-0-command-line-new-features"].astext()
    assert "Of the file." in build.text("current.fixes.feed.json")
    assert "[cli]" in (notes.root / "releasenotes/notes/api-0000000000000008.yaml").read_text()
    assert read_again(built) == set()
    built.write("releasenotes/digest.yaml", "components: {cli: Shell}\n")
    assert read_again(built) == {"current"}
    assert "Shell" in built.build().text("current.html")


def test_no_components(built: Project) -> None:
    built.write("current.rst", "Current\n=======\n\n.. release-notes::\n   :by-component:\n")
    build = built.build()
    assert ["there are no components to group notes by" in warning for warning in build.warnings] == [True]
    assert "On the main branch" in build.text("current.html")


def early_tag(notes: Notes) -> None:
    """A pre-release of 2.22.0 lies before the branch that 2.21.0 was made from."""
    notes.configure("pre_release_tag_re: (?P<pre_release>-rc\\d+)$\nrelease_lines: true\n")
    notes.commit_note("early-1", "fixes:\n  - Before the tag.\n", "2.22.0-rc0")
    notes.run("checkout", "--quiet", "-b", "v2.21.x")
    notes.commit_note("late-2", "fixes:\n  - On the branch.\n", "2.21.0")


def test_versions_by_release_line(notes: Notes, site: Project) -> None:
    early_tag(notes)
    build = only_page(notes, site, "   :version: 2.21.0\n")
    assert build.warnings == []
    assert "Before the tag." in build.text("index.html")
    build = only_page(notes, site, "   :release-lines: false\n   :version: 2.21.0\n")
    assert "Before the tag." not in build.text("index.html")
    assert "On the branch." in build.text("index.html")
