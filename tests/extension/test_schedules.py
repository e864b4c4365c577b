"""Release schedules on pages: every builder, builds after a change, calendars, links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from sphinxext.digest.extension.schedules import ScheduleDependency

from .building import Build, Project, empty_project
from .outputs import READERS, broken_links, contains, inventory, parse_page, words_of

NOVEMBER_4 = 1793750400
HTML = ("html", "dirhtml", "singlehtml")

INDEX = """\
Title
=====

.. toctree::

   countdown
   cycle
   plain
   digests/index
"""
COUNTDOWN = "Countdown\n=========\n\n.. countdown:: heron R-2\n   :at: 2026-11-04\n"
CYCLE = "Cycle\n=====\n\n.. release-schedule:: heron\n"
PLAIN = "Plain\n=====\n\nIt ends with :digest:milestone:`heron-h-final`.\n"
NOTE = "date: 2026-10-30\ncountdown: [{series: heron, week: R-2, focus: Focus of two.}]\n"
ROWS = """\
start-week: 2026-10-26
release-week: 2026-11-16
cycle:
  - {start: 2026-10-26, end: 2026-10-30, name: R-3, x-project: [h-1]}
  - {start: 2026-11-02, end: 2026-11-06, name: R-2, x-project: [h-ff]}
  - {start: 2026-11-09, end: 2026-11-13, name: R-1, x-project: [h-rc1], project-specific: [h-puffin]}
  - {start: 2026-11-16, end: 2026-11-20, name: R+0, x-project: [h-final]}
"""
PROSE = """\
======================
Heron Release Schedule
======================

.. _h-1:

Heron-1 <milestone> & more
--------------------------

The first one.

.. _h-ff:

Feature freeze
--------------

No more features.

.. _h-rc1:

Candidates
----------

First candidates.

.. _h-puffin:

Drivers of Puffin
-----------------

A passing job.

.. _h-final:

Heron release
-------------

It is out on 18 November, 2026.
"""
#: What readers have to find, whatever the builder.
WORDS = (
    "Release Countdown For Week R Nov",
    "Next deadline Feature freeze November",
    "Focus of two",
    "Candidates November R week",
    "R Nov Heron milestone more",
    "Cross project events",
    "No more features",
    "Drivers of Puffin",
)
PAGES = {
    "index",
    "countdown",
    "cycle",
    "plain",
    "digests/2026-10-30",
    "digests/index",
    "digests/2026",
    "digests/2026-10",
}


def make_site(folder: Path) -> Project:
    """A project with the schedule of a series outside of its documents, and pages that show it."""
    conf = (
        'digest_schedules = ["../schedules"]\nepub_show_urls = "no"\nman_pages = [("index", "x", "X", ["Y"], 7)]\n'
        'latex_documents = [("index", "x.tex", "X", "Y", "manual")]\nhtml_baseurl = "https://e.org/"\n'
    )
    project = empty_project(folder / "src", conf)
    for name, text in (("index", INDEX), ("countdown", COUNTDOWN), ("cycle", CYCLE), ("plain", PLAIN)):
        project.write(f"{name}.rst", text)
    project.fragment("countdown-1", NOTE)
    project.write("../schedules/heron/schedule.yaml", ROWS)
    project.write("../schedules/heron/schedule.rst", PROSE)
    return project


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return make_site(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Build]:
    """Builds the project, once with each builder, all of them with one environment."""
    project = make_site(tmp_path_factory.mktemp("schedules"))
    builds: dict[str, Build] = {}

    def build(builder: str) -> Build:
        if builder not in builds:
            builds[builder] = project.build(
                builder, fail_on_warning=True, doctrees="gettext" if builder == "gettext" else "shared"
            )
        return builds[builder]

    return build


@pytest.mark.parametrize("builder", [*(name for name in READERS if name != "digest-mail"), "dummy", "linkcheck"])
def test_every_builder_says_the_same(built: Callable[[str], Build], builder: str) -> None:
    build = built(builder)
    assert build.warnings == []
    assert build.status == 0
    if builder in READERS and builder != "gettext":
        text = words_of(READERS[builder](build.outdir))
        assert [words for words in WORDS if not contains(text, words.split())] == []


@pytest.mark.parametrize("builder", [*HTML, "epub", "text", "xml", "latex"])
def test_only_pages_of_html_have_the_picture(built: Callable[[str], Build], builder: str) -> None:
    outdir = built(builder).outdir
    files = [file for file in outdir.rglob("*") if file.suffix in (".html", ".xhtml", ".txt", ".xml", ".tex")]
    text = "".join(file.read_text() for file in files)
    assert text.count('class="digest-cycle"') == (1 if builder in HTML else 0)
    assert ("countdown.js" in text) == (builder in HTML)
    assert ("heron.ics" in text) == (builder in HTML)
    assert sorted(path.name for path in outdir.rglob("*.ics")) == (["heron.ics"] if builder in HTML else [])


@pytest.mark.parametrize("builder", HTML)
def test_every_link_leads_somewhere(built: Callable[[str], Build], builder: str) -> None:
    found = list(broken_links(built(builder).outdir))
    if builder == "singlehtml":
        # Sphinx 9.0 links to "#document-PAGE#ID", and to an index that it does not make; the note is on two pages
        expected = ("leads to no file", "#document-", "#countdown-0")
        found = [line for line in found if not any(words in line for words in expected)]
    assert found == []


def test_only_pages_that_count_load_the_script(built: Callable[[str], Build]) -> None:
    outdir = built("html").outdir
    pages = {
        file.relative_to(outdir).as_posix() for file in outdir.rglob("*.html") if "countdown.js" in file.read_text()
    }
    # a countdown with a day of its own is not changed
    assert pages == {"cycle.html"}
    (script,) = parse_page(outdir / "cycle.html").xpath("//script[contains(@src, 'countdown.js')]")
    assert "defer" in script.attrib


def test_days_are_known_to_programs(built: Callable[[str], Build]) -> None:
    page = parse_page(built("html").outdir / "countdown.html")
    assert page.xpath("//*[contains(@class, 'digest-now')]/time/@datetime") == ["2026-11-04"]
    assert page.xpath("//*[contains(@class, 'digest-deadlines')]//time/@datetime") == [
        *("2026-11-05", "2026-11-12", "2026-11-12", "2026-11-18")
    ]
    assert "<time" not in built("text").text("countdown.txt")


def test_the_picture_has_words_and_a_list(built: Callable[[str], Build]) -> None:
    page = parse_page(built("html").outdir / "countdown.html")
    (picture,) = page.xpath("//svg[@role='img']")
    label, description = (page.get_element_by_id(name) for name in picture.get("aria-labelledby").split())
    assert label.text == "Timeline of Heron"
    assert "Now is November 4, 2026, in week R-2." in description.text
    (listing,) = page.xpath("//ul[contains(@class, 'digest-marks')]")
    assert [" ".join(item.xpath("./p")[0].text_content().split()) for item in listing] == [
        "1R-3, Oct 26–30: Heron-1 <milestone> & more",
        "2R-2, Nov 2–6: Feature freeze",
        "3R-1, Nov 9–13: Candidates; Drivers of Puffin",
        "4R+0, Nov 16–20: Heron release",
    ]


def test_events_lead_to_the_page_with_the_schedule(built: Callable[[str], Build]) -> None:
    page = parse_page(built("html").outdir / "countdown.html")
    links = page.xpath("//*[contains(@class, 'digest-deadlines')]//a/@href")
    assert links[0] == "cycle.html#milestone-heron-h-ff"
    (link,) = parse_page(built("html").outdir / "plain.html").xpath("//p/a[contains(., 'Heron release')]")
    assert link.get("href") == "cycle.html#milestone-heron-h-final"


def test_events_lead_to_the_published_schedule_if_there_is_no_page(site: Project) -> None:
    site.write("cycle.rst", "Cycle\n=====\n")
    site.write("plain.rst", "Plain\n=====\n")
    build = site.build(digest_schedule_url="https://e.org/{series}.html")
    assert build.warnings == []
    links = parse_page(build.outdir / "countdown.html").xpath("//*[contains(@class, 'digest-deadlines')]//a/@href")
    assert links[0] == "https://e.org/heron.html#h-ff"


def test_a_digest_has_the_deadlines_that_its_note_leaves_out(site: Project) -> None:
    build = site.build("text")
    text = build.text("digests/2026-10-30.txt")
    assert "* Important Dates:\n\n  * Feature freeze: November 5, 2026 (R-2 week)\n" in text
    assert "Puffin" not in text
    site.fragment("countdown-1", NOTE.replace("focus", "dates: My own., focus"))
    assert "November 5" not in site.build("text").text("digests/2026-10-30.txt")


def test_names_for_other_projects(built: Callable[[str], Build]) -> None:
    names = {name: place for name, (place, _title) in inventory(built("html").outdir)["digest:milestone"].items()}
    assert names["heron-h-ff"] == names["h-ff"] == "cycle.html#milestone-heron-h-ff"
    assert names["heron"] == "cycle.html#schedule-heron"


def test_the_calendar_is_written_only_when_it_changes(site: Project) -> None:
    outdir = site.build().outdir
    calendar = outdir / "digests" / "heron.ics"
    assert calendar.read_bytes().startswith(b"BEGIN:VCALENDAR")
    before = calendar.stat().st_mtime_ns
    site.write("plain.rst", PLAIN + "\nMore.\n")
    site.build()
    assert calendar.stat().st_mtime_ns == before
    site.write("../schedules/heron/schedule.rst", PROSE.replace("Candidates", "First ones"))
    site.build()
    assert b"First ones" in calendar.read_bytes()
    calendar.unlink()
    assert site.build().read == []
    assert calendar.exists()
    site.build("dirhtml", doctrees="doctrees-html")
    assert (site.folder / "build" / "dirhtml" / "digests" / "heron.ics").read_bytes() == calendar.read_bytes()


# what is read again


@pytest.fixture
def old(site: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, built on the 4th of November, 2026."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOVEMBER_4))
    site.age()
    assert site.build().warnings == []
    site.age()
    site.build()
    return site


def test_nothing_is_read_without_a_change(old: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a schedule is read")

    monkeypatch.setattr("sphinxext.digest.schedule.load.load_schedules", refuse)
    assert old.build().read == []


def test_other_words_of_an_event(old: Project) -> None:
    old.write("../schedules/heron/schedule.rst", PROSE.replace("No more", "Not any more"))
    assert old.build().read == ["cycle"]
    assert "Not any more" in old.build().text("cycle.html")
    assert old.build().read == []


def test_another_title_of_an_event(old: Project) -> None:
    old.write("../schedules/heron/schedule.rst", PROSE.replace("Candidates", "First ones"))
    assert set(old.build().read) == {"countdown", "cycle", "digests/2026-10-30"}
    assert "First ones" in old.build().text("digests/2026-10-30.html")
    assert old.build().read == []


def test_a_remark_in_the_file(old: Project) -> None:
    old.write("../schedules/heron/schedule.yaml", "# A remark.\n" + ROWS)
    assert old.build().read == []


def test_a_schedule_of_another_series(old: Project) -> None:
    old.write("../schedules/ibis/schedule.yaml", ROWS.replace("h-", "i-"))
    assert old.build().read == []


def test_a_schedule_that_is_written_anew_with_the_same_text(old: Project) -> None:
    old.write("../schedules/heron/schedule.rst", PROSE)
    assert old.build().read == []


def test_a_schedule_that_comes_and_goes(old: Project) -> None:
    pages = {"countdown", "cycle", "digests/2026-10-30"}
    rows = old.folder.parent / "schedules" / "heron" / "schedule.yaml"
    prose = rows.with_suffix(".rst")
    rows.unlink()
    prose.unlink()
    build = old.build()
    assert set(build.read) == pages
    warning, dangling = build.warnings
    assert warning.startswith("<src>/../schedules:1: WARNING: no schedule found")
    # the page with a link to a milestone was not read, but written without it
    assert dangling.startswith(
        "<src>/plain.rst:4: WARNING: digest:milestone reference target not found: heron-h-final"
    )
    rows.write_text(ROWS)
    prose.write_text(PROSE)
    build = old.build()
    assert set(build.read) == pages
    assert build.warnings == []


def test_only_what_counts_from_today_is_read_on_the_next_day(old: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    old.write("plain.rst", "Plain\n=====\n\n.. countdown:: heron\n")
    assert old.build().read == ["plain"]
    assert "As of November 4, 2026" in words(old.build(), "plain.html")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOVEMBER_4 + 86400))
    assert old.build().read == ["cycle", "plain"]
    assert "As of November 5, 2026" in words(old.build(), "plain.html")
    assert "R-2 (now, November 5)" in words(old.build(), "cycle.html")
    assert old.build().read == []


def test_a_digest_of_a_week_of_the_cycle(old: Project) -> None:
    old.fragment("win-2", "date: 2026-11-08\nsuccesses: [Feature freeze is over]\n")
    old.write("plain.rst", "Plain\n=====\n\n.. successbot:: R-2\n")
    old.build()
    assert "Feature freeze is over" in words(old.build(), "plain.html")
    old.age()
    assert old.build().read == []
    # the cycle is a week later: nothing is left of R-2
    later = ROWS.replace("R-2", "R-x").replace("R-3", "R-2").replace("R-x", "R-3")
    old.write("../schedules/heron/schedule.yaml", later)
    assert "plain" in old.build().read
    assert "Feature freeze is over" not in words(old.build(), "plain.html")
    old.write("plain.rst", "Plain\n=====\n\n.. successbot:: R-9\n")
    (warning,) = [line for line in old.build().warnings if "plain" in line]
    assert "week R-9 is outside the cycle of heron" in warning


def words(build: Build, page: str) -> str:
    return " ".join(html.document_fromstring((build.outdir / page).read_bytes()).text_content().split())


def test_steps_end_at_what_a_fresh_build_makes(old: Project) -> None:
    old.write("../schedules/heron/schedule.rst", PROSE.replace("Candidates", "First ones"))
    old.build()
    old.write("../schedules/heron/schedule.yaml", ROWS.replace("[h-ff]", "[h-ff, h-rc1]"))
    step_by_step = outputs(old.build())
    assert step_by_step == outputs(old.build(output="fresh", doctrees="fresh"))


@pytest.mark.parametrize("builder", ["html", "latex"])
def test_many_processes_make_the_same(site: Project, builder: str) -> None:
    for number in range(6):
        site.write(
            f"more{number}.rst",
            f":orphan:\n\nMore\n====\n\n.. countdown:: heron R-{number % 3}\n   :at: 2026-11-0{number + 1}\n",
        )
    one = site.build(builder, output="one", doctrees="one")
    two = site.build(builder, output="two", doctrees="two", parallel=2)
    assert one.warnings == two.warnings == []
    assert outputs(one) == outputs(two)


def outputs(build: Build) -> dict[str, bytes]:
    names = (".html", ".tex", ".ics")
    return {
        file.relative_to(build.outdir).as_posix(): file.read_bytes()
        for file in build.outdir.rglob("*")
        if file.suffix in names
    }


# what may be wrong


def test_a_problem_is_shown_by_each_build_until_it_is_right(old: Project) -> None:
    old.write(
        "../schedules/heron/schedule.yaml", ROWS.replace("2026-11-02, end: 2026-11-06", "2026-11-02, end: 2026-11-01")
    )
    first = old.build()
    (warning,) = [line for line in first.warnings if "bad-period" in line]
    assert "schedules/heron/schedule.yaml:5:" in warning
    second = old.build()
    assert second.read == []
    assert warning in second.warnings


def test_what_is_only_odd_does_not_break_a_build(site: Project) -> None:
    site.write(
        "../schedules/heron/schedule.yaml", ROWS.replace("release-week: 2026-11-16", "release-week: 2026-11-30")
    )
    assert site.build(fail_on_warning=True).warnings == []


def test_a_page_twice_the_same(site: Project) -> None:
    site.write("cycle.rst", CYCLE + "\n.. release-schedule:: heron\n\n.. countdown:: heron\n   :at: 2026-11-04\n" * 2)
    build = site.build(fail_on_warning=True)
    assert build.warnings == []
    assert list(broken_links(build.outdir)) == []


def test_without_schedules_nothing_is_read(site: Project) -> None:
    site.write("cycle.rst", "Cycle\n=====\n")
    site.write("plain.rst", "Plain\n=====\n")
    build = site.build(digest_schedules=[])
    assert build.warnings == []
    # that there are none is remembered as any other answer, and no calendar is looked for
    asked = build.env.get_domain("digest").dependencies(ScheduleDependency, "countdown")
    assert [schedule.published for _page, schedule in asked] == [False]
    assert list(build.outdir.rglob("*.ics")) == []
    assert date(2026, 11, 4).isoformat() not in build.text("countdown.html")


def test_the_page_of_a_countdown_before_and_after_the_cycle(site: Project) -> None:
    text = "Plain\n=====\n\n.. countdown:: heron\n   :at: {}\n"
    for day, expected in (
        ("2026-01-01", "Release: November 18, 2026 (in 321 days)"),
        ("2026-11-18", "Release: November 18, 2026 (today)"),
        ("2027-01-01", "Heron was released on November 18, 2026 · 44 days ago"),
    ):
        site.write("plain.rst", text.format(day))
        build = site.build(fail_on_warning=True)
        assert build.warnings == []
        assert expected in words(build, "plain.html")


def test_release_notes_of_a_release(site: Project) -> None:
    countdown = "Plain\n=====\n\n.. countdown:: heron\n   :at: 2026-11-30\n   :notes: {}\n"
    for notes, expected in (("cycle", "cycle.html"), ("https://e.org/heron", "https://e.org/heron")):
        site.write("plain.rst", countdown.format(notes))
        page = parse_page(site.build(fail_on_warning=True).outdir / "plain.html")
        (link,) = page.xpath("//*[contains(@class, 'digest-released')]//a[contains(., 'Release notes')]")
        assert link.get("href") == expected
    site.write("plain.rst", countdown.format("javascript:alert(1)"))
    assert any("notes" in line for line in site.build().warnings)


def test_deadlines_that_have_passed_come_last(site: Project) -> None:
    site.write("plain.rst", "Plain\n=====\n\n.. countdown:: heron\n   :at: 2026-11-13\n   :show: deadlines\n")
    text = site.build("text").text("plain.txt")
    assert "* 2 deadlines have passed:\n\n  * Candidates: November 12, 2026 (R-1 week), yesterday\n" in text
    page = parse_page(site.build().outdir / "plain.html")
    (fold,) = page.xpath("//li[contains(@class, 'digest-passed')]/details")
    assert fold.xpath("./summary/text()") == ["2 deadlines have passed"]
    assert len(fold.xpath("./ul/li")) == 2


def test_the_table_folds_past_weeks_without_events(site: Project) -> None:
    more = "".join(
        f"  - {{start: 2026-10-{day:02}, end: 2026-10-{day + 4:02}, name: R-{week}}}\n"
        for day, week in ((5, 6), (12, 5), (19, 4))
    )
    rows = ROWS.replace("start-week: 2026-10-26", "start-week: 2026-10-05").replace("cycle:\n", f"cycle:\n{more}")
    site.write("../schedules/heron/schedule.yaml", rows)
    for day, names in (
        ("2026-10-01", ["R-6", "R-5", "R-4", "R-3", "R-2", "R-1", "R+0"]),
        ("2026-10-23", ["R-6 – R-5", "R-4 (now, October 23)", "R-3", "R-2", "R-1", "R+0"]),
        ("2027-01-01", ["R-6 – R-4", "R-3", "R-2", "R-1", "R+0"]),
    ):
        site.write("cycle.rst", f"{CYCLE}   :at: {day}\n")
        build = site.build(fail_on_warning=True)
        table = parse_page(build.outdir / "cycle.html").xpath("//table[contains(@class, 'digest-schedule')]")[0]
        assert [" ".join(row[0].text_content().split()) for row in table.xpath(".//tbody/tr")] == names
    assert "Oct 5–23, 2026" in words(build, "cycle.html")


def test_a_countdown_that_is_read_later_names_no_week(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOVEMBER_4 + 7 * 86400))
    site.write("plain.rst", "Plain\n=====\n\n.. countdown:: heron\n")
    page = parse_page(site.build(fail_on_warning=True).outdir / "plain.html")
    assert page.xpath("//h2/text()") == ["Release Countdown For Heron"]
    (template,) = page.xpath("//*[contains(@class, 'digest-live')]/template")
    assert [" ".join(line.text_content().split()) for line in template.xpath(".//li")] == [
        "1 day Next deadline: Candidates, November 12, 2026 (tomorrow)",
        "1 day Next deadline: Drivers of Puffin, November 12, 2026 (tomorrow)",
        "7 days Next deadline: Heron release, November 18, 2026 (in 7 days)",
        "7 days Release: November 18, 2026 (in 7 days)",
        "7 days Heron was released on November 18, 2026 · in 7 days",
    ]
    index = (site.folder / "build" / "html" / "searchindex.js").read_text()
    assert "released" not in index
