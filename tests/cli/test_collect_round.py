"""``sphinx-digest collect`` without a source: all that the settings list."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gather.mail.mails import Mail, mbox
from web_server import WebServer

from .conftest import FOLDER, WEEKS, Run

TODAY = {"SOURCE_DATE_EPOCH": "1798156800"}  # 2026-12-25, a Friday

SETTINGS = """
schedules: [../releases]
sources:
  - {feed: [data/feed.xml, data/feed-2.xml], group: Blogs, limit: 2}
  - gerrit: data/changes.json
    group: Specs Close to Merging
    vote: [Code-Review=2]
    site: https://review.example.org
  - {schedule: ibis}
"""


def feed(*days: int, name: str = "a") -> str:
    items = "".join(
        f"<item><title>Post {name}{day}</title><link>https://{name}.example/{day}</link><description>x</description>"
        f"<pubDate>{day} Dec 2026 10:00 GMT</pubDate></item>"
        for day in days
    )
    return f"<rss version='2.0'><channel><title>Blog</title>{items}</channel></rss>"


Configure = Callable[[str], None]


@pytest.fixture
def configure(project: Path, schedules: Path) -> Configure:
    """Sets the project's settings; there is something to collect in ``data``."""
    data = project / "data"
    data.mkdir()
    (data / "feed.xml").write_text(feed(18, 20, 22), encoding="utf-8")
    (data / "feed-2.xml").write_text(feed(25, name="b"), encoding="utf-8")
    change = {
        "_number": 1,
        "project": "specs",
        "subject": "A spec",
        "status": "NEW",
        "updated": "2026-12-22 10:00:00.0",
    }
    label = {"labels": {"Code-Review": {"all": [{"value": 2}]}}}
    (data / "changes.json").write_text(json.dumps([change | label]), encoding="utf-8")

    def configure(text: str) -> None:
        (project / "releasenotes" / "digest.yaml").write_text(f"{text.rstrip()}\n{WEEKS}", encoding="utf-8")

    return configure


def names(project: Path) -> list[str]:
    return sorted(path.name[:-22] for path in (project / FOLDER).glob("*.yaml"))


def test_the_whole_round(run: Run, project: Path, configure: Configure) -> None:
    configure(SETTINGS)
    outcome = run("collect", "--since", "2026-12-12", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (0, 5)
    assert outcome.err.splitlines() == [
        "feed data/feed.xml data/feed-2.xml:",
        "3 drafts written",
        "gerrit data/changes.json:",
        "1 draft written",
        "schedule ibis:",
        "1 draft written",
        "3 sources, 2026-12-12 to 2026-12-25: 5 drafts written",
    ]
    assert names(project) == ["a-spec", "countdown-ibis-r-2", "post-a20", "post-a22", "post-b25"]
    assert run("lint").err == "5 fragments (5 drafts), 0 problems\n"


def test_the_period_is_that_of_today(run: Run, project: Path, configure: Configure) -> None:
    configure("sources: [{feed: data/feed.xml}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, names(project)) == (0, ["post-a20", "post-a22"])
    assert outcome.err.endswith("1 source, 2026-12-19 to 2026-12-25: 2 drafts written\n")
    assert run("collect", "--until", "2026-12-18", **TODAY).err.endswith("2026-12-12 to 2026-12-18: 1 draft written\n")
    assert run("collect", "--since", "2026-12-22", **TODAY).err.endswith(
        "2026-12-22 to 2026-12-25: 0 drafts written, 1 there already\n"
    )
    assert run("collect", "--since", "2027-12-24", **TODAY).status == 2


MONDAY = {"SOURCE_DATE_EPOCH": "1798416000"}  # 2026-12-28
TUESDAY = {"SOURCE_DATE_EPOCH": "1798502400"}


@pytest.mark.parametrize("start", ["monday", "saturday", "sunday"])
def test_on_monday_it_is_the_digest_that_ended(run: Run, project: Path, configure: Configure, start: str) -> None:
    configure("sources: [{feed: data/feed.xml}]")
    settings = project / "releasenotes" / "digest.yaml"
    settings.write_text(f"week_start: {start}\nsources: [{{feed: data/feed.xml}}]\n", encoding="utf-8")
    days = {
        "monday": ("2026-12-21 to 2026-12-27", "2026-12-28 to 2027-01-03"),
        "saturday": ("2026-12-19 to 2026-12-25", "2026-12-26 to 2027-01-01"),
        "sunday": ("2026-12-20 to 2026-12-26", "2026-12-27 to 2027-01-02"),
    }
    before, new = days[start]
    outcome = run("collect", **MONDAY)
    assert outcome.err.startswith(
        f"this is about the digest that ended, {before}; --period today is the one that has begun\n"
    )
    assert f"1 source, {before}: " in outcome.err
    for arguments, env, wanted in (
        ((), TUESDAY, new),
        (("--period", "today"), MONDAY, new),
        (("--period", "previous"), TUESDAY, before),
        (("--until", "today"), MONDAY, new.partition(" ")[0]),
    ):
        outcome = run("collect", *arguments, **env)
        assert outcome.err.splitlines()[-1].startswith(f"1 source, {wanted}"), arguments
        assert "that ended" not in outcome.err


def test_periods_of_a_round_and_of_a_source(run: Run, project: Path, configure: Configure) -> None:
    configure("sources: [{feed: data/feed.xml}]")
    assert "2026-12-01 to 2026-12-31: 3 drafts written" in run("collect", "--period", "2026-12", **TODAY).err
    for path in (project / FOLDER).iterdir():
        path.unlink()
    outcome = run("collect", "feed", "data/feed.xml", "--period", "previous", **TODAY)
    assert (outcome.status, names(project)) == (0, ["post-a18"])
    for command in (("collect",), ("collect", "feed", "data/feed.xml")):
        outcome = run(*command, "--period", "2026-12", "--since", "2026-12-20", **TODAY)
        assert outcome.status == 2
        assert "--period and --since cannot be used together." in outcome.err
        outcome = run(*command, "--period", "last week", **TODAY)
        assert outcome.status == 2
        assert "did you mean 'previous'?" in outcome.err
    configure("sources: [{feed: data/feed.xml, gruop: Blogs}]")
    assert (
        "There is no option 'gruop' for a source: did you mean 'group'? There are since" in run("collect", **TODAY).err
    )
    configure("sources: [{feed: data/feed.xml, period: latest}]")
    assert "There is no option 'period' for a source" in run("collect", **TODAY).err


def test_events_that_come_are_news_whatever_the_days_of_the_round(
    run: Run, project: Path, configure: Configure
) -> None:
    configure("sources:\n  - {ics: data/events.ics}\n")
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Summit\nDTSTART;VALUE=DATE:20270425\nEND:VEVENT\n"
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}END:VCALENDAR\n"
    (project / "data" / "events.ics").write_text(calendar.replace("\n", "\r\n"), encoding="utf-8")

    result = run("collect", **TODAY)

    assert (result.status, len(result.lines)) == (0, 1)
    assert "start: 2027-04-25" in (project / result.lines[0]).read_text(encoding="utf-8")


def test_twice_adds_nothing(run: Run, project: Path, configure: Configure) -> None:
    configure("sources: [{feed: data/feed.xml}, {gerrit: data/changes.json}]")
    run("collect", **TODAY)
    before = names(project)
    outcome = run("collect", **TODAY)
    assert (outcome.status, outcome.out, names(project)) == (0, "", before)
    assert outcome.err.endswith(": 0 drafts written, 3 there already\n")


def test_a_second_round_drafts_what_is_new_and_not_the_next_of_the_ranking(
    run: Run, project: Path, configure: Configure
) -> None:
    def mails(name: str, people: int, day: int) -> list[Mail]:
        return [
            Mail(f"{name}{who}@e.org", f"Thread {name}", f"Person {who}", (f"{name}0@e.org",) if who else (),
                 sent=datetime(2026, 12, day, 9 + who, tzinfo=UTC))
            for who in range(people)
        ]  # fmt: skip

    configure("sources: [{mbox: list.mbox, top: 2}]")
    found = [*mails("a", 5, 20), *mails("b", 4, 20), *mails("c", 3, 21), *mails("d", 2, 21)]
    (project / "list.mbox").write_bytes(mbox(found))
    assert len(run("collect", **TODAY).lines) == 2
    assert run("collect", **TODAY).lines == []
    (project / "list.mbox").write_bytes(mbox([*found, *mails("e", 6, 23)]))
    (path,) = run("collect", **TODAY).lines
    assert "thread-e" in path
    # whoever has completed the drafts gets no others for them
    for file in (project / FOLDER).iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert run("collect", **TODAY).lines == []


def test_one_failure_does_not_stop_the_others(run: Run, project: Path, configure: Configure) -> None:
    configure(
        """
sources:
  - feed: data/none.xml
  - {feed: data/feed.xml, colour: red}
  - {feed: data/feed.xml, limit: many}
  - {feed: data/feed.xml, dry-run: true}
  - {feed: data/feed.xml, limit: [1, 2]}
  - {feed: data/feed.xml, limit: true}
  - {schedule: nothing}
  - {feed: "http://127.0.0.1:1/{date}"}
  - {feed: data/feed.xml}
"""
    )
    outcome = run("collect", "--strict", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (1, 2)
    for text in (
        "none.xml: unreadable",
        "releasenotes/digest.yaml: feed: There is no option 'colour' for a source: there are since, until, group,",
        "Invalid value for '--limit'",
        "There is no option 'dry-run' for a source",
        "The option 'limit' must be one text or number.",
        "The option 'limit' must be a text or a number.",
        "http://127.0.0.1:1/2026-12-25",
        "9 sources, 2026-12-19 to 2026-12-25: 2 drafts written; 8 of them failed: feed data/none.xml, feed",
        "schedule nothing, feed http://127.0.0.1:1/{date}",
    ):
        assert text in outcome.err
    again = run("collect", **TODAY)
    assert (again.status, again.lines) == (0, [])
    assert "8 of them failed" in again.err
    assert "Traceback" not in outcome.err


def test_lint_finds_options_that_no_command_has(run: Run, project: Path, configure: Configure) -> None:
    configure(
        """
sources:
  - {feed: data/none.xml, limit: 3, group: Blogs}
  - {feed: "x{date}y{year}", colour: red}
  - {irc: logs, dry-run: true}
collections:
  news:
    fragments: news
  other:
    fragments: other
    sources: [{mbox: x, top: true}]
"""
    )
    outcome = run("lint")
    assert outcome.status == 1
    first, second, third = outcome.lines
    assert first.startswith(
        "releasenotes/digest.yaml:2:1: bad-setting 'sources' cannot be used: entry 2 (feed): There is no option "
        "'colour' for a source: there are since, until, group,"
    )
    assert "entry 3 (irc): There is no option 'dry-run' for a source" in second
    assert third == (
        "releasenotes/digest.yaml:11:5: bad-setting 'sources' cannot be used: entry 1 (mbox): The option 'top' must "
        "be a text or a number."
    )


def test_dry_run_in_json_is_one_document(run: Run, project: Path, configure: Configure) -> None:
    configure("sources: [{feed: data/feed.xml}, {gerrit: data/changes.json}]")
    outcome = run("collect", "--dry-run", "--format", "json", **TODAY)
    assert [record["kind"] for record in json.loads(outcome.out)] == ["story", "story", "item"]
    assert outcome.err.endswith(": 3 drafts would be written\n")
    assert names(project) == []


def test_another_folder_and_paths_from_elsewhere(
    run: Run, project: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("sources: [{feed: data/feed.xml}]")
    monkeypatch.chdir(project / "data")
    outcome = run("collect", "--fragments", "other", **TODAY)
    assert (outcome.status, len(list((project / "other").iterdir()))) == (0, 2)


def test_days_in_paths(run: Run, project: Path, configure: Configure) -> None:
    for day in range(19, 26):
        (project / "data" / f"2026-12-{day}.xml").write_text(feed(day, name="c"), encoding="utf-8")
    configure("sources: [{feed: 'data/{date}.xml'}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (0, 7)


LOG = "{day}T10:00:00  <ada> #success On {day}\n"


@pytest.mark.parametrize("status", [404, 410])
def test_days_without_a_log(run: Run, project: Path, configure: Configure, server: WebServer, status: int) -> None:
    for day in range(19, 26):
        server.pages[f"/dev.2026-12-{day}.log"] = LOG.format(day=f"2026-12-{day}").encode() if day % 2 else status
    configure(f"sources: [{{irc: '{server.url}/dev.{{date}}.log', channel: dev}}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (0, 4)
    for day in (20, 22, 24):
        assert f"{server.url}/dev.2026-12-{day}.log: the server has nothing there; it is left out\n" in outcome.err
    assert outcome.err.endswith("1 source, 2026-12-19 to 2026-12-25: 4 drafts written\n")
    # a day on which nothing is there at all is no failure either
    assert run("collect", "--since", "2026-12-20", "--until", "2026-12-20", **TODAY).status == 0


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_other_answers_are_failures(
    run: Run, project: Path, configure: Configure, server: WebServer, status: int
) -> None:
    for day in range(19, 26):
        server.pages[f"/{day}.log"] = LOG.format(day=f"2026-12-{day}").encode() if day < 25 else status
    configure(f"sources: [{{irc: '{server.url}/{{day}}.log'}}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (1, 6)
    assert f"{server.url}/25.log: source-fetch {server.url}/25.log: the server says {status}" in outcome.err
    assert "1 of them failed" in outcome.err


def test_months_and_feeds_of_days_that_are_not_there(
    run: Run, project: Path, configure: Configure, server: WebServer
) -> None:
    configure(
        f"""
sources:
  - mbox: {server.url}/{{year}}-{{month-name}}.txt
  - feed: "{server.url}/{{date}}.xml"
  - gerrit: "{server.url}/{{date}}.json"
"""
    )
    outcome = run("collect", **TODAY)
    assert outcome.status == 0
    assert f"{server.url}/2026-December.txt: there is no such file on the server; it is left out" in outcome.err
    assert outcome.err.count("left out") == 1 + 7 + 7
    assert outcome.err.endswith("3 sources, 2026-12-19 to 2026-12-25: 0 drafts written\n")


def test_an_address_without_a_day_has_to_be_there(
    run: Run, project: Path, configure: Configure, server: WebServer
) -> None:
    configure(f"sources: [{{irc: {server.url}/dev.log}}, {{feed: '{server.url}/x?from={{since}}'}}]")
    outcome = run("collect", **TODAY)
    assert outcome.status == 1
    assert "2 of them failed" in outcome.err
    # neither is a single command a round
    assert run("collect", "irc", f"{server.url}/2026-12-19.log").status == 1
    # what is left out of one source counts in the next one
    address = f"{server.url}/2026-12-25.log"
    configure(f"sources: [{{irc: '{server.url}/{{date}}.log'}}, {{irc: {address}}}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, outcome.err.endswith(f"1 of them failed: irc {address}\n")) == (0, True)


def test_files_of_days_that_are_not_there(run: Run, project: Path, configure: Configure) -> None:
    (project / "data" / "2026-12-20.xml").write_text(feed(20), encoding="utf-8")
    (project / "data" / "2026-12-21.xml").write_text("broken", encoding="utf-8")
    configure("sources: [{feed: 'data/{date}.xml'}]")
    outcome = run("collect", **TODAY)
    assert (outcome.status, len(outcome.lines)) == (1, 1)
    assert outcome.err.count("there is no such file; it is left out") == 5
    assert "data/2026-12-19.xml: there is no such file; it is left out" in outcome.err
    (project / "data" / "2026-12-21.xml").unlink()
    assert run("collect", **TODAY).status == 0
    (project / "data" / "2026-12-20.xml").unlink()
    assert run("collect", **TODAY).status == 0
    configure("sources: [{feed: data/none.xml}, {feed: 'data/{since}.xml'}]")
    assert "2 of them failed" in run("collect", **TODAY).err


def test_options_of_a_round_are_not_those_of_a_source(run: Run, project: Path) -> None:
    outcome = run("collect", "--dry-run", "feed", "x")
    assert outcome.status == 2
    assert "--dry-run is for a round through all sources here" in outcome.err


def test_no_sources(run: Run, project: Path) -> None:
    outcome = run("collect")
    assert (outcome.status, outcome.out) == (2, "")
    assert "list it in the option 'sources' in releasenotes/digest.yaml" in outcome.err


def test_settings_that_are_wrong(run: Run, project: Path) -> None:
    (project / "releasenotes" / "digest.yaml").write_text("title: x\nsources: [{blog: x}]\n", encoding="utf-8")
    outcome = run("collect")
    assert outcome.status == 1
    start = "releasenotes/digest.yaml:2:1: bad-setting 'sources' must have one of the keys "
    assert outcome.err.startswith(start)
