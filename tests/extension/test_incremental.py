"""A build reads the pages again whose notes have changed, and no others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from .building import Build, Project

#: The pages that the build makes for the fragments below, without the list.
NOVEMBER, DECEMBER, LATER = "digests/2015-11-27", "digests/2015-12-04", "digests/2015-12-11"
LISTS = {"digests/index", "digests/2015", "digests/2015-11", "digests/2015-12"}
ALL = {"index", "wins", "plain", NOVEMBER, DECEMBER, LATER, *LISTS}


@pytest.fixture
def site(project: Project) -> Project:
    """A project with three digests, a page with successes and one with nothing of ours, built once.

    It has no archives: test_archives.py has tests of these.
    """
    project.overrides["digest_archives"] = ()
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   wins\n   plain\n")
    project.write("wins.rst", "Wins\n====\n\n.. successbot:: 2015-12\n")
    project.write("plain.rst", "Plain\n=====\n")
    project.fragment("wins-1", "date: 2015-11-24\nsuccesses: [one]\n")
    project.fragment("wins-2", "date: 2015-12-02\nsuccesses: [two]\n")
    project.fragment("locks-3", "date: 2015-12-03\nthreads: [{title: Locks}]\n")
    project.fragment("keys-4", "date: 2015-12-09\nthreads: [{title: Keys, continues: locks}]\n")
    project.age()
    first = project.build()
    assert set(first.read) == ALL
    assert first.warnings == []
    return project


def read_again(project: Project, **overrides: object) -> set[str]:
    """The pages that the next build reads; it must not warn, and the one after it must read nothing."""
    build = project.build(**overrides)
    assert build.warnings == []
    assert len(build.read) == len(set(build.read))
    again = project.build(**overrides)
    assert again.read == []
    assert again.warnings == []
    return set(build.read)


def test_nothing_changed(site: Project) -> None:
    assert read_again(site) == set()


def test_a_fragment_that_is_written_anew_with_the_same_text(site: Project) -> None:
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [two]\n")
    assert read_again(site) == set()


def test_an_edit(site: Project) -> None:
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [changed]\n")
    assert read_again(site) == {DECEMBER, "wins"}
    assert "changed" in site.build().text(f"{DECEMBER}.html")


def test_an_edit_that_keeps_size_and_time(site: Project) -> None:
    file = site.fragments / "wins-0000000000000002.yaml"
    status = file.stat()
    file.write_text("date: 2015-12-02\nsuccesses: [TWO]\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read_again(site) == {DECEMBER, "wins"}


def test_a_new_note_in_a_digest(site: Project) -> None:
    site.fragment("more-5", "date: 2015-12-04\nsuccesses: [three]\n")
    # the lists say how many notes there are
    assert read_again(site) == {DECEMBER, "wins", "digests/index", "digests/2015", "digests/2015-12"}


def test_a_note_of_another_kind(site: Project) -> None:
    site.fragment("wins-2", "date: 2015-12-02\nstories: [two]\n")
    assert read_again(site) == {DECEMBER, "wins", "digests/index", "digests/2015", "digests/2015-12"}


def test_a_new_digest_of_the_same_month(site: Project) -> None:
    site.fragment("more-5", "date: 2015-12-15\nstories: [three]\n")
    assert read_again(site) == {"digests/2015-12-18", "digests/index", "digests/2015", "digests/2015-12"}


def test_a_new_digest_of_another_year(site: Project) -> None:
    site.fragment("more-5", "date: 2016-01-15\nstories: [three]\n")
    assert read_again(site) == {"digests/2016-01-15", "digests/2016-01", "digests/2016", "digests/index"}


def test_a_digest_that_is_gone(site: Project) -> None:
    (site.fragments / "wins-0000000000000001.yaml").unlink()
    assert read_again(site) == {"digests/index", "digests/2015"}
    build = site.build()
    assert set(build.env.found_docs) == ALL - {NOVEMBER, "digests/2015-11"}


def test_outputs_that_are_gone_are_written_again(site: Project) -> None:
    build = site.build()
    for docname in (DECEMBER, "wins", "digests/2015"):
        (build.outdir / f"{docname}.html").unlink()
    again = site.build()
    assert again.read == []
    assert [name for name in sorted(ALL) if not (again.outdir / f"{name}.html").is_file()] == []


def test_a_setting_of_html_writes_all_pages_again(site: Project) -> None:
    build = site.build(html_title="Of gannets")
    assert build.read == []
    assert [name for name in sorted(ALL) if "Of gannets" not in build.text(f"{name}.html")] == []


def test_a_fragment_that_is_renamed(site: Project) -> None:
    (site.fragments / "wins-0000000000000002.yaml").rename(site.fragments / "two-0000000000000002.yaml")
    assert read_again(site) == {DECEMBER, "wins"}


def test_a_date_that_moves_a_note_to_another_digest(site: Project) -> None:
    site.fragment("locks-3", "date: 2015-11-25\nthreads: [{title: Locks}]\n")
    # the part that continues it leads there
    assert read_again(site) == {NOVEMBER, DECEMBER, LATER, *LISTS}
    assert "November 21–27, 2015" in site.build().text(f"{LATER}.html")


def test_a_thread_that_goes_on(site: Project) -> None:
    site.fragment("more-5", "date: 2015-12-15\nthreads: [{title: Doors, continues: keys}]\n")
    assert read_again(site) == {LATER, "digests/2015-12-18", "digests/index", "digests/2015", "digests/2015-12"}


def test_an_earlier_part_that_has_another_title(site: Project) -> None:
    site.fragment("locks-3", "date: 2015-12-03\nthreads: [{title: Locked}]\n")
    # the lists show the titles of threads
    assert read_again(site) == {DECEMBER, "digests/index", "digests/2015", "digests/2015-12"}


@pytest.mark.parametrize(
    ("option", "value", "pages"),
    [
        ("success_heading", "Wins", {NOVEMBER, DECEMBER, LATER}),
        ("success_closing", "That is all.", {NOVEMBER, DECEMBER, LATER, "wins"}),
        ("references", False, {NOVEMBER, DECEMBER, LATER}),
        ("title", "Digest of {period}", ALL - {"index", "plain", "wins"}),
        # it is in the titles of the pages of years and months
        ("collection_title", "News", LISTS),
        ("base_url", "https://example.org/", set()),
    ],
)
def test_settings(site: Project, option: str, value: object, pages: set[str]) -> None:
    assert read_again(site, **{f"digest_{option}": value}) == pages
    assert read_again(site) == pages
    site.write("releasenotes/digest.yaml", f"{option}: {str(value).lower() if value is False else value}\n")
    assert read_again(site) == pages


def test_a_calendar_with_other_periods(site: Project) -> None:
    # the week of December begins and ends two days later, so that its page has another name
    read = read_again(site, digest_week_start="monday")
    assert {"digests/2015-11-29", "digests/2015-12-06", "digests/2015-12-13"} <= read
    assert "plain" not in read
    assert "index" not in read


def test_other_pages_for_the_same_digests(site: Project) -> None:
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   news/index\n   wins\n   plain\n")
    build = site.build(digest_pages="news")
    assert build.warnings == []
    assert set(build.env.found_docs) == {name.replace("digests/", "news/") for name in ALL}
    assert "plain" not in build.read


def test_a_page_of_its_own_for_a_digest(site: Project) -> None:
    page = site.write("digests/2015-12-11.rst", "Two weeks\n=========\n\n.. digest:: 2015-11-28/2015-12-11\n")
    lists = {"digests/index", "digests/2015", "digests/2015-12"}
    build = site.build()
    assert build.warnings == []
    assert set(build.read) == {LATER, *lists}
    assert DECEMBER not in build.env.found_docs
    assert read_again(site) == set()
    page.unlink()
    assert read_again(site) == {DECEMBER, LATER, *lists}


def test_a_page_that_lists_the_digests(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. digest-collection::\n")
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   wins\n   plain\n")
    assert read_again(site) == {"plain", "index"}
    assert "digests/index" not in site.build().env.found_docs


def test_a_page_that_asks_for_the_latest(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. digest:: latest\n")
    assert read_again(site) == {"plain"}
    site.fragment("more-5", "date: 2015-12-15\nstories: [three]\n")
    assert read_again(site) == {"plain", "digests/2015-12-18", "digests/index", "digests/2015", "digests/2015-12"}
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [changed]\n")
    assert read_again(site) == {DECEMBER, "wins"}


def test_a_page_that_found_nothing(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. thread-summary:: to-come\n")
    assert site.build().warnings == [
        "<src>/plain.rst:4: WARNING: there is no fragment 'to-come' with a thread [digest.unknown-fragment]"
    ]
    site.fragment("to-come-5", "date: 2015-12-09\nthreads: [Come]\n")
    assert read_again(site) == {"plain", LATER, "digests/index", "digests/2015", "digests/2015-12"}


def test_the_current_week_of_a_countdown(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(day: int) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1448928000 + (day - 1) * 86400))  # from December 1, 2015

    at(1)
    site.write("plain.rst", "Plain\n=====\n\n.. countdown:: mitaka\n")
    for number, day in ((11, 1), (12, 5)):
        site.fragment(f"c-{number}", f"date: 2015-12-0{day}\ncountdown: [{{series: mitaka, focus: week {number}}}]\n")
    site.build()
    site.age()
    assert "week 11" in site.build().text("plain.html")
    at(4)
    assert site.build().read == []
    at(5)
    assert site.build().read == ["plain"]
    assert "week 12" in site.build().text("plain.html")


def test_periods_and_days_in_words(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(day: int) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1448928000 + (day - 1) * 86400))  # from December 1, 2015

    at(15)
    for number, day in ((11, 9), (12, 15)):
        site.fragment(f"c-{number}", f"date: 2015-12-{day:02}\nsuccesses: [day {day} it was]\n")
    site.write("plain.rst", "Plain\n=====\n\n.. successbot:: previous\n")
    site.write("other.rst", ":orphan:\n\nOther\n=====\n\n.. successbot::\n   :since: tuesday\n   :until: today\n")
    assert site.build().warnings == []
    site.age()
    build = site.build()
    assert "day 9 it was" in build.text("plain.html")
    assert "day 15 it was" in build.text("other.html")
    assert build.read == []
    # on the next day the same days are meant by all words but "today"
    at(16)
    assert site.build().read == ["other"]
    at(23)
    build = site.build()
    assert build.read == ["other", "plain"]
    assert "day 15 it was" in build.text("plain.html")
    assert "day 15 it was" not in build.text("other.html")
    site.write("plain.rst", "Plain\n=====\n\n.. successbot::\n   :since: yesterdy\n\n.. digest:: lastest\n")
    found = "\n".join(site.build().warnings)
    assert "'yesterdy' is not a day: did you mean 'yesterday'?" in found
    assert "'lastest' is not a period: did you mean 'latest'?" in found


def test_a_collection_of_its_own(site: Project) -> None:
    site.write("news/a-0000000000000021.yaml", "date: 2015-12-02\nsuccesses: [news]\n")
    site.write("plain.rst", "Plain\n=====\n\n.. successbot::\n   :fragments: news\n")
    assert read_again(site) == {"plain"}
    site.write("news/a-0000000000000021.yaml", "date: 2015-12-02\nsuccesses: [other news]\n")
    assert read_again(site) == {"plain"}
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [changed]\n")
    assert read_again(site) == {DECEMBER, "wins"}


def test_a_note_that_has_its_day_from_git(project: Project, make_repository: Callable) -> None:
    repository = make_repository(project.folder)
    project.overrides["digest_archives"] = ()
    project.write(".gitignore", "build\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("dated-1", "date: 2015-11-24\nsuccesses: [one]\n")
    repository.commit("2015-11-24T12:00:00Z")
    project.age()
    assert project.build().warnings == []
    project.fragment("undated-2", "successes: [two]\n")
    project.age()
    (warning,) = project.build().warnings
    assert warning.startswith(
        "<src>/releasenotes/digests/undated-0000000000000002.yaml:1:13: WARNING: the note has no "
    )
    repository.commit("2015-12-02T12:00:00Z")
    assert read_again(project) == {DECEMBER, "digests/2015-12", "digests/2015", "digests/index"}
    repository.commit("2015-12-20T12:00:00Z")
    assert read_again(project) == set()


def outputs(build: Build) -> dict[str, str]:
    return {file.relative_to(build.outdir).as_posix(): file.read_text() for file in build.outdir.rglob("*.html")}


def test_many_steps_end_at_what_a_fresh_build_makes(site: Project) -> None:
    site.fragment("more-5", "date: 2015-12-15\nthreads: [{title: Doors, continues: keys}]\n")
    site.build()
    site.write("digests/2015-12-18.rst", "Two weeks\n=========\n\n.. digest:: 2015-12-05/2015-12-18\n")
    (site.fragments / "wins-0000000000000001.yaml").unlink()
    site.build(digest_success_heading="Hurrah")
    (site.fragments / "locks-0000000000000003.yaml").rename(site.fragments / "locks-old-0000000000000003.yaml")
    site.fragment("keys-4", "date: 2015-12-09\nthreads: [{title: Keys, continues: locks-old}]\n")
    site.build()
    site.fragment("wins-6", "date: 2015-12-02\nsuccesses: [six]\n")
    step_by_step = site.build()
    fresh = site.build(output="fresh", doctrees="fresh-doctrees")
    assert step_by_step.warnings == fresh.warnings == []
    assert {name: text for name, text in outputs(step_by_step).items() if name in outputs(fresh)} == outputs(fresh)


def test_what_is_remembered_of_folders_may_be_lost_or_damaged(project: Project) -> None:
    project.write("releasenotes/digests/one-0000000000000001.yaml", "date: 2015-12-02\nsuccesses: [Done.]\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    first = project.build("html")
    project.age()
    project.build("html")
    memory = next(project.folder.rglob("digest-folders.pickle"))
    memory.write_bytes(b"damaged")
    again = project.build("html")
    assert (first.warnings, again.warnings) == ([], [])
    assert memory.read_bytes() != b"damaged"


def test_a_latest_digest_with_another_period_and_the_same_notes(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. digest:: latest\n")
    assert read_again(site) == {"plain"}
    assert "plain" in read_again(site, digest_intervals=["2015-12-08/2015-12-10"])
    assert 'id="digest-2015-12-10"' in site.build(digest_intervals=["2015-12-08/2015-12-10"]).text("plain.html")


def test_a_page_with_a_digest_that_gets_another_name(site: Project) -> None:
    text = "Two weeks\n=========\n\n.. digest:: 2015-11-28/2015-12-11\n"
    page = site.write("one.rst", f":orphan:\n\n{text}")
    site.build()
    page.rename(site.folder / "other.rst")
    # the list of the month has the link
    assert read_again(site) == {"other", "digests/index", "digests/2015", "digests/2015-12"}
    assert 'href="../other.html"' in site.build().text("digests/2015-12.html")


def test_an_earlier_part_whose_digest_has_other_days(site: Project) -> None:
    summary = ".. thread-summary:: Ours\n   :continues: locks\n\n   Words.\n"
    site.write("plain.rst", f"Plain\n=====\n\n{summary}")
    assert read_again(site) == {"plain"}
    site.write("own.rst", ":orphan:\n\nOwn\n===\n\n.. digest:: 2015-12-01/2015-12-04\n")
    assert "plain" in read_again(site)
    assert "December 1–4, 2015" in site.build().text("plain.html")


def test_a_page_in_the_place_of_a_digest(site: Project) -> None:
    page = site.write("digests/2015-12-11.rst", "Own words\n=========\n")
    # a file that was written long ago, and moved here now
    os.utime(page, (0, 0))
    build = site.build()
    assert [line.partition(" WARNING")[0] for line in build.warnings] == ["<src>/digests/2015-12-11.rst:"]
    assert LATER in build.read
    assert "Own words" in build.text(f"{LATER}.html")
    page.unlink()
    assert LATER in read_again(site)
    assert "Own words" not in site.build().text(f"{LATER}.html")


def test_a_title_that_links_of_other_pages_show(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n:digest:thread:`locks` and :doc:`wins`\n")
    assert read_again(site) == {"plain"}
    site.fragment("locks-3", "date: 2015-12-03\nthreads: [{title: Bolts}]\n")
    site.write("wins.rst", "Victories\n=========\n\n.. successbot:: 2015-12\n")
    # it is written, but there is no need to read it
    assert "plain" not in read_again(site)
    page = site.build().text("plain.html")
    assert ("Locks" in page, "Bolts" in page, "Victories" in page) == (False, True, True)


def test_the_pages_before_and_after_a_digest(site: Project) -> None:
    site.fragment("more-5", "date: 2015-12-15\nstories: [{title: Three, text: Words.}]\n")
    assert LATER not in read_again(site)
    page = site.build().text(f"{LATER}.html")
    # in the head, for the theme, and at the top of the digest
    assert 'rel="next" title="December 12–18, 2015" href="2015-12-18.html"' in page
    assert 'rel="next" href="2015-12-18.html"><span>Next digest</span> December 12–18, 2015<' in page


@pytest.mark.parametrize("collapse", [True, False])
def test_a_sidebar_with_the_tree_of_pages(site: Project, collapse: bool) -> None:
    overrides = {
        "html_sidebars": {"**": ["globaltoc.html"]},
        "html_theme_options": {"globaltoc_collapse": collapse, "globaltoc_includehidden": True},
    }
    site.build(**overrides)
    site.fragment("more-5", "date: 2015-12-15\nstories: [{title: Three, text: Words.}]\n")
    build = site.build(**overrides)
    texts = {name: re.sub("<[^>]+>", "", build.text(f"{name}.html")) for name in build.env.found_docs}
    pages = {name for name, text in texts.items() if "December 12–18, 2015" in text}
    assert {LATER, DECEMBER} <= pages
    assert ("plain" in pages) != collapse
    assert "plain" not in build.read


def test_builders_that_share_an_environment(site: Project) -> None:
    site.build("html", doctrees="shared")
    site.build("text", doctrees="shared")
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [changed]\n")
    assert "changed" in site.build("html", doctrees="shared").text("wins.html")
    build = site.build("text", doctrees="shared")
    # it was read for the other builder
    assert build.read == []
    assert "changed" in build.text("wins.txt")


def test_a_build_of_one_file_leaves_the_others_to_the_next(site: Project) -> None:
    site.fragment("wins-2", "date: 2015-12-02\nsuccesses: [changed]\n")
    site.build(files=["plain.rst"])
    assert "changed" in site.build().text("wins.html")


def test_a_toctree_whose_page_is_gone(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. digest-collection::\n")
    (warning,) = site.build().warnings
    assert warning.startswith("<src>/index.rst:4: WARNING: toctree contains reference to nonexisting document ")


class TestNumbers:
    """The titles of pages have the numbers of digests, which depend on the fragments of others."""

    TITLE = "No. {number}, {period}"

    @pytest.fixture
    def numbered(self, site: Project) -> Project:
        site.overrides["digest_title"] = self.TITLE
        site.write("links.rst", "Links\n=====\n\n:digest:issue:`2015-12-04`\n\n.. thread-summary:: keys\n")
        site.write("own.rst", "Own\n===\n\n.. digest:: 2015-12-05/2015-12-11\n")
        root = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   wins\n   plain\n   links\n   own\n"
        site.write("index.rst", root)
        assert site.build().warnings == []
        return site

    def test_a_number_that_is_said(self, numbered: Project) -> None:
        numbered.fragment("wins-2", "date: 2015-12-02\nnumber: 567\nsuccesses: [two]\n")
        # the page of December 11 is the user's own
        assert read_again(numbered) == {NOVEMBER, DECEMBER, "own", "links", "wins", *LISTS}
        build = numbered.build()
        assert "No. 566, November 21–27, 2015" in build.text(f"{NOVEMBER}.html")
        assert "No. 567, November 28 – December 4, 2015" in build.text(f"{DECEMBER}.html")
        # links to the earlier part of a thread, of roles and of the navigation
        for name in ("own", "links", DECEMBER, NOVEMBER):
            assert "No. 567, November 28 – December 4, 2015" in build.text(f"{name}.html")
            assert not re.search(r"No\. [0-9],", build.text(f"{name}.html"))
        assert "No. 568, December 5–11, 2015" in re.sub("<[^>]+>", "", build.text("digests/index.html"))
        assert "567 · Nov 28 – Dec 4" in build.text("digests/2015-12.html")
        assert "No. 567, November 28 – December 4, 2015" in build.text("digests/2015-12-04.txt")

    def test_feeds_have_it(self, numbered: Project) -> None:
        numbered.overrides["digest_base_url"] = "https://docs.example.org/"
        assert numbered.build().warnings == []
        numbered.fragment("wins-1", "date: 2015-11-24\nnumber: 300\nsuccesses: [one]\n")
        feed = numbered.build().text("digests/atom.xml")
        assert re.findall(r"<title>No\. ([0-9]+),", feed) == ["302", "301", "300"]

    def test_an_earlier_digest_that_is_new(self, numbered: Project) -> None:
        numbered.fragment("more-5", "date: 2015-11-17\nsuccesses: [three]\n")
        new = "digests/2015-11-20"
        assert read_again(numbered) == {new, NOVEMBER, DECEMBER, "own", "links", *LISTS}
        assert "No. 3, November 28 – December 4, 2015" in numbered.build().text(f"{DECEMBER}.html")

    def test_a_number_that_is_said_before_a_later_digest(self, numbered: Project) -> None:
        numbered.fragment("keys-4", "date: 2015-12-09\nnumber: 3\nthreads: [{title: Keys, continues: locks}]\n")
        # it is the same as before
        assert read_again(numbered) == {"own", "links"}

    def test_titles_without_numbers(self, site: Project) -> None:
        site.fragment("wins-2", "date: 2015-12-02\nnumber: 567\nsuccesses: [two]\n")
        assert read_again(site) == {DECEMBER, "wins"}

    def test_archives_name_digests(self, numbered: Project) -> None:
        numbered.overrides["digest_archives"] = ("successes", "threads")
        assert numbered.build().warnings == []
        numbered.fragment("wins-1", "date: 2015-11-24\nnumber: 300\nsuccesses: [one]\n")
        assert {"digests/successes/2015", "digests/threads/0000000000000003"} <= read_again(numbered)
        build = numbered.build()
        assert "No. 301, November 28 – December 4, 2015" in build.text("digests/threads/0000000000000003.html")
        assert "No. 300, November 21–27, 2015" in build.text("digests/successes/2015.html")
