"""Options: the values each of them takes, and those it refuses."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sphinxext.digest.model import Kind, Period
from sphinxext.digest.model.period import Calendar
from sphinxext.digest.plugins import COLLECTORS, installed
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.announce_targets import Target
from sphinxext.digest.settings.checks import LinkRole, Topic
from sphinxext.digest.settings.collect_sources import Source
from sphinxext.digest.settings.options import OPTIONS, SECTIONS, Settings, with_changes
from sphinxext.digest.settings.release_notes import Component, IssueLink

WEEK = Period(date(2015, 11, 28), date(2015, 12, 4))

#: Values as YAML or conf.py give them, and what the settings hold then.
GOOD: list[tuple[str, object, object]] = [
    ("fragments", "news", "news"),
    ("fragments", "news/", "news"),
    ("fragments", "./a//b", "a/b"),
    ("fragments", " a b ", "a b"),
    ("pages", "team/digests", "team/digests"),
    ("title", "Digest of {period}, {year} ({start}, {end})", "Digest of {period}, {year} ({start}, {end})"),
    ("title", "100 % {{}}\n", "100 % {{}}"),
    ("automatic", False, False),
    ("collection_title", "Community news", "Community news"),
    ("period", "biweekly", "biweekly"),
    ("period", "monthly", "monthly"),
    ("week_start", "monday", "monday"),
    ("anchor", "2015-11-28", date(2015, 11, 28)),
    ("anchor", date(2015, 11, 28), date(2015, 11, 28)),
    ("anchor", datetime(2015, 11, 28, 23, 59, tzinfo=UTC), date(2015, 11, 28)),
    ("intervals", ["2015-11-28/2015-12-04"], (WEEK,)),
    ("intervals", ("2015-12",), (Period(date(2015, 12, 1), date(2015, 12, 31)),)),
    ("intervals", [], ()),
    ("sections", ["stories", "successes"], ("stories", "successes")),
    ("sections", [], ()),
    ("groups", ["News", " Specs "], ("News", "Specs")),
    ("empty_group", "Nichts Neues.", "Nichts Neues."),
    ("success_heading", "Success Bot Says", "Success Bot Says"),
    ("success_closing", "", ""),
    ("success_closing", "Tell\xa0us — “quotes”", "Tell\xa0us — “quotes”"),
    ("add_url", "https://e.org/new?file=x", "https://e.org/new?file=x"),
    ("source_url", "https://e.org/edit/{path}?a=b", "https://e.org/edit/{path}?a=b"),
    ("source_url", "", ""),
    ("success_url", "", ""),
    ("success_url", "https://example.org/successes?all", "https://example.org/successes?all"),
    ("relays", ["bridge", "@bridge:example.org"], ("bridge", "@bridge:example.org")),
    ("references", False, False),
    ("drafts", True, True),
    (
        "announce",
        [{"name": "fedi", "kind": "mastodon", "url": "https://social.example.org", "template": "{title} {url}"}],
        (Target("fedi", "mastodon", "https://social.example.org/", template="{title} {url}"),),
    ),
    (
        "announce",
        [{"name": "chat", "kind": "irc", "url": "ircs://irc.example.org", "room": "#news"}],
        (Target("chat", "irc", "ircs://irc.example.org:6697/", "#news"),),
    ),
    ("fragment_directives", ["Graphviz"], ("Graphviz",)),
    ("release_note_exempt", ["tests/", "**/*.md"], ("tests/", "**/*.md")),
    ("fragment_roles", ["eval"], ("eval",)),
    ("link_roles", {"bug": "https://bugs.example.org/%s"}, (LinkRole("bug", "https://bugs.example.org/%s"),)),
    (
        "link_roles",
        {"Bug": ["https://bugs.example.org?a=%%20&id=%s", "bug %s (100 %%)"], "a.b-c_d+e": "http://x/%s/y"},
        (
            LinkRole("bug", "https://bugs.example.org?a=%%20&id=%s", "bug %s (100 %%)"),
            LinkRole("a.b-c_d+e", "http://x/%s/y"),
        ),
    ),
    ("link_roles", {"bug": ("https://bugs.example.org/%s", None)}, (LinkRole("bug", "https://bugs.example.org/%s"),)),
    ("link_roles", {}, ()),
    ("issue_links", {}, ()),
    ("components", [], ()),
    ("components", ["api", "CLI"], (Component("api", "api"), Component("CLI", "CLI"))),
    (
        "components",
        {"api": " REST API ", "a.b-c_d+e/f": "All"},
        (Component("api", "REST API"), Component("a.b-c_d+e/f", "All")),
    ),
    (
        "issue_links",
        {"#{number}": "https://e.org/%20/{number}", "{change}": "https://e.org/q/{change}?a"},
        (IssueLink("#", "number", "", "https://e.org/%%20/%s"), IssueLink("", "change", "", "https://e.org/q/%s?a")),
    ),
    ("plain_dates", True, True),
    ("fragment_raw", True, True),
    ("fragment_file_insertion", True, True),
    ("fragment_remote_images", False, False),
    ("base_url", "", ""),
    ("base_url", "https://docs.example.org/infra", "https://docs.example.org/infra/"),
    ("base_url", "http://docs.example.org/", "http://docs.example.org/"),
    ("schedules", ["../releases", " plans/a.yaml"], ("../releases", "plans/a.yaml")),
    ("schedule_url", "https://docs.example.org/{series}#top", "https://docs.example.org/{series}#top"),
    ("schedule_url", "", ""),
    ("sources", [{"feed": "a", "limit": 5}], (Source("feed", ("a",), (("limit", "5"),)),)),
    ("archives", ["people", "threads"], ("people", "threads")),
    ("archives", [], ()),
    ("publish", ["mails", "feeds", "mails"], ("mails", "feeds")),
    ("publish", [], ()),
    ("feed_limit", 1, 1),
    ("feeds", [], ()),
    ("feeds", [{"name": "wins", "kinds": ["success"]}], (Topic("wins", "wins", (Kind.SUCCESS,)),)),
    ("feeds", [{"name": "a-1", "title": " A ", "series": "heron"}], (Topic("a-1", "A", (Kind.COUNTDOWN,), "heron"),)),
    (
        "feeds",
        ({"name": "safe", "notes": ["security", "upgrade"]},),
        (Topic("safe", "safe", (), "", ("security", "upgrade")),),
    ),
    ("joint", "indexes.txt", ("indexes.txt",)),
    (
        "joint",
        ["https://docs.example.org/nova/digests/index.json", " a.json"],
        ("https://docs.example.org/nova/digests/index.json", "a.json"),
    ),
    ("joint_cache_limit", -1, -1),
    ("joint_cache_limit", 0.5, 0.5),
    ("joint_since", "2015-11-28", date(2015, 11, 28)),
    ("joint_since", "", None),
    ("joint_timeout", 5, 5),
    ("contents", "always", "always"),
    ("accent", "#0B6E4F", "#0b6e4f"),
    ("text_layout", "openstack", "openstack"),
]

#: Values that are refused, and why.
BAD: list[tuple[str, object, str]] = [
    ("pages", ".", "inside the documentation's own"),
    ("pages", "./", "inside the documentation's own"),
    ("fragments", "", "not empty"),
    ("fragments", "  ", "not empty"),
    ("fragments", None, "a text"),
    ("fragments", 3, "a text"),
    ("fragments", "/etc", "inside the project"),
    ("fragments", "a/../../b", "inside the project"),
    ("fragments", "a\0b", "one line, without control characters"),
    ("pages", ["digests"], "a text"),
    ("pages", "..", "inside the project"),
    ("title", "", "not empty"),
    ("title", "{series}", "the fields {period}, {number}, {year}, {start} and {end}"),
    ("title", "{}", "the fields"),
    ("title", "{0}", "the fields"),
    ("title", "{period.title}", "the fields"),
    ("title", "{period[0]}", "the fields"),
    ("title", "{year:>1000000000}", "the fields"),
    ("title", "{year!r}", "the fields"),
    ("title", "{period", "is not a valid template"),
    ("title", "one\ntwo", "one line"),
    ("automatic", "no", "true or false"),
    ("automatic", 0, "true or false"),
    ("collection_title", "\t", "not empty"),
    ("collection_title", "a\x1b[31m", "one line, without control characters"),
    ("period", "daily", "one of weekly, biweekly, monthly"),
    ("period", "Weekly", "one of weekly"),
    ("period", ["weekly"], "one of weekly"),
    ("period", math.nan, "one of weekly"),
    ("week_start", 0, "one of monday"),
    ("anchor", "today", "a day, YYYY-MM-DD"),
    ("anchor", 20151128, "a day, YYYY-MM-DD"),
    ("anchor", "2015-02-29", "there is no such day"),
    ("anchor", date(9999, 12, 31), "the year 9999"),
    ("anchor", date(1, 1, 1), "a day, YYYY-MM-DD"),
    ("intervals", "2015-11-28/2015-12-04", "a list of texts"),
    ("intervals", [20151128], "a list of texts"),
    ("intervals", ["2015-12-04/2015-11-28"], "ends before it starts"),
    ("intervals", ["latest"], "is not a period"),
    ("sections", "stories", "a list of texts"),
    ("sections", ["stories", "news"], "has no section 'news'"),
    ("sections", ["stories", "stories"], "names a section twice"),
    ("sections", {"stories": 1}, "a list of texts"),
    ("relays", "bridge", "a list of texts"),
    ("relays", [""], "not empty"),
    ("groups", [""], "not empty"),
    ("groups", [None], "a list of texts"),
    ("groups", {"News"}, "a list of texts"),
    ("empty_group", None, "a text"),
    ("success_heading", "", "not empty"),
    ("success_closing", None, "a text"),
    ("add_url", "new", "an absolute URL"),
    ("source_url", "https://e.org/edit", "with '{path}' once"),
    ("source_url", "https://e.org/{path}{path}", "with '{path}' once"),
    ("source_url", "https://e.org/{path} x", "an absolute URL"),
    ("source_url", "javascript:{path}", "an absolute URL"),
    ("success_url", "example.org", "an absolute URL"),
    ("success_url", "javascript:alert(1)", "an absolute URL"),
    ("success_url", "https:///path", "an absolute URL"),
    ("success_url", "https://example.org/a b", "an absolute URL"),
    ("references", "yes", "true or false"),
    ("drafts", "1", "true or false"),
    ("announce", {"name": "x"}, "a list of mappings"),
    ("announce", ["x"], "entry 1 is not one"),
    ("announce", [{"name": "x", "kind": "pigeon"}], "has no kind 'pigeon' in entry 1 (x)"),
    ("announce", [{"name": "X", "kind": "slack"}], "needs a 'name'"),
    ("announce", [{"name": "x", "kind": "slack", "to": "y"}], "has 'to' in entry 1"),
    ("announce", [{"name": "x", "kind": "slack"}] * 2, "two targets of the name 'x'"),
    (
        "announce",
        [{"name": "x", "kind": "slack", "template": "{secret}"}],
        "the fields are {title}, {headlines}, {url}",
    ),
    ("announce", [{"name": "x", "kind": "slack", "template": "{"}], "the fields are"),
    ("announce", [{"name": "x", "kind": "slack", "template": "{title.__class__}"}], "has 'title.__class__'"),
    ("announce", [{"name": "x", "kind": "matrix", "url": "ftp://x"}], "invalid 'url'"),
    ("announce", [{"name": "x", "kind": "matrix", "room": "a\nb"}], "a line of text as 'room'"),
    (
        "announce",
        [{"name": "x", "kind": "irc", "url": "ircs://a/b"}],
        "invalid server 'a/b': expected HOST",
    ),
    ("announce", [{"name": "x", "kind": "irc", "url": "irc://a:x"}], "invalid port 'x'"),
    ("fragment_directives", "graphviz", "a list of texts"),
    ("release_note_exempt", ["a*b*c*d*e*"], "at most 4 stars"),
    ("fragment_roles", "eval", "a list of texts"),
    ("components", "api", "must be a list"),
    ("components", ["api", "API"], "'API' twice"),
    ("components", ["[api]"], "has the name '[api]'"),
    ("components", [1], "has the name 1"),
    ("components", {"api": None}, "no title for 'api'"),
    ("components", {"api": "a\nb"}, "no title for 'api'"),
    ("issue_links", ["#{number}"], "map texts"),
    ("issue_links", {1: "https://e.org/{number}"}, "has the text 1"),
    ("issue_links", {"{number}": "https://e.org/{number}"}, "after a sign or a word"),
    ("issue_links", {" {number}": "https://e.org/{number}"}, "after a sign or a word"),
    ("issue_links", {"#{number} {number}": "https://e.org/{number}"}, "has the text"),
    ("issue_links", {"#{number}": "https://e.org/{change}"}, "with one '{number}'"),
    ("issue_links", {"#{number}": "https://e.org/"}, "no URL"),
    ("issue_links", {"#{number}": "https://{number}.e.org/"}, "behind the host"),
    ("issue_links", {"#{number}": "javascript:{number}"}, "must be http"),
    ("issue_links", {"#{number}": None}, "no URL"),
    ("link_roles", ["bug"], "map the names of roles"),
    ("link_roles", {1: "https://e.org/%s"}, "has the role '1'"),
    ("link_roles", {"a b": "https://e.org/%s"}, "has the role 'a b'"),
    ("link_roles", {"py:class": "https://e.org/%s"}, "has the role 'py:class'"),
    ("link_roles", {"bug": 3}, "an address for the role 'bug'"),
    ("link_roles", {"bug": ["https://e.org/%s"]}, "an address for the role 'bug'"),
    ("link_roles", {"bug": None}, "an address for the role 'bug'"),
    *(
        ("link_roles", {"bug": address}, "no address for the role 'bug'")
        for address in (
            "https://e.org/",
            "https://e.org/%s/%s",
            "https://e.org/%d",
            "https://e.org/%s%",
            "/bugs/%s",
            "javascript:alert(%s)",
            "https://%s.example.org/",
            "https://e.org/ %s",
            "https://e.org/%(s)s",
            "",
        )
    ),
    ("link_roles", {"bug": ["https://e.org/%s", "bug"]}, "no caption for the role 'bug'"),
    ("link_roles", {"bug": ["https://e.org/%s", "%s and %s"]}, "no caption for the role 'bug'"),
    ("link_roles", {"bug": ["https://e.org/%s", "%s\nx"]}, "no caption for the role 'bug'"),
    ("link_roles", {"bug": ["https://e.org/%s", 3]}, "no caption for the role 'bug'"),
    ("plain_dates", "yes", "true or false"),
    ("fragment_raw", 1, "true or false"),
    ("fragment_file_insertion", None, "true or false"),
    ("fragment_remote_images", "no", "true or false"),
    ("base_url", "docs.example.org", "an absolute URL"),
    ("base_url", "ftp://docs.example.org", "an absolute URL"),
    ("base_url", "https://docs.example.org/?page=", "the URL of a folder"),
    ("schedules", "../releases", "a list of texts"),
    ("schedules", [""], "not empty"),
    ("schedules", ["https://example.org/releases"], "a list of paths"),
    ("schedules", ["..\\releases"], "a list of paths"),
    ("schedule_url", "{series}.html", "an absolute URL"),
    ("schedule_url", "https://docs.example.org/{name}", "the field {series}"),
    ("schedule_url", "https://docs.example.org/{series", "the field {series}"),
    ("sources", [{"blog": "a"}], f"one of the keys {', '.join(installed(COLLECTORS))}"),
    ("archives", "people", "a list of texts"),
    ("archives", ["persons"], "channels, series, and no 'persons'"),
    ("publish", "feeds", "a list of texts"),
    ("publish", ["pages"], "feeds, index, mails, events, cards, and no 'pages'"),
    ("feed_limit", 0, "a number from 1 to 1000"),
    ("feed_limit", "5", "a number from 1 to 1000"),
    ("feed_limit", True, "a number from 1 to 1000"),
    ("feeds", {"name": "a"}, "a list of mappings"),
    ("feeds", ["a"], "must have mappings"),
    ("feeds", [{"kinds": ["success"]}], "needs a 'name'"),
    ("feeds", [{"name": "../up", "kinds": ["success"]}], "needs a 'name'"),
    ("feeds", [{"name": 2015, "kinds": ["success"]}], "a text of one line as 'name' in entry 1"),
    ("feeds", [{"name": "index", "kinds": ["success"]}], "which another file has"),
    ("feeds", [{"name": "a", "kinds": ["prelude"]}], "no kind 'prelude' in entry 1 (a)"),
    ("feeds", [{"name": "a", "kinds": "success"}], "a list as 'kinds'"),
    ("feeds", [{"name": "a"}], "neither kinds nor a series nor notes"),
    ("feeds", [{"name": "a", "kind": "success"}], "has 'kind' in entry 1"),
    ("feeds", [{"name": "a", "series": "b", "kinds": ["story"]}], "without 'countdown'"),
    ("feeds", [{"name": "a", "title": "x\ny", "series": "b"}], "a text of one line as 'title'"),
    ("feeds", [{"name": "a", "series": "b"}, {"name": "a", "series": "c"}], "two feeds of the name 'a'"),
    ("joint", 3, "a list of texts"),
    ("joint", {"nova": "a"}, "a list of texts"),
    ("joint", ["file:///etc/passwd"], "an absolute URL"),
    ("joint", ["file:/etc/passwd"], "URLs, http or https"),
    ("joint", ["ftp://example.org/index.json"], "an absolute URL"),
    ("joint", ["a\\b.json"], "paths with '/'"),
    ("joint_cache_limit", True, "a number of days"),
    ("joint_cache_limit", math.nan, "a number of days"),
    ("joint_since", "soon", "a day, YYYY-MM-DD"),
    ("joint_timeout", 0, "a number of seconds"),
    ("joint_timeout", "20", "a number of seconds"),
    ("joint_timeout", 601, "at most 600"),
    ("contents", "sometimes", "auto"),
    ("text_layout", "html", "openstack"),
    ("accent", "red", "#b8860b"),
    ("accent", "#fff; } body { display: none", "#b8860b"),
    ("accent", 0, "#b8860b"),
    ("contents", True, "auto"),
]


def change(values: dict[str, Any]) -> tuple[Settings, list[tuple[str, Code, str]]]:
    """The default settings with changes, and what was complained of."""
    complaints: list[tuple[str, Code, str]] = []
    return with_changes(Settings(), values, lambda *complaint: complaints.append(complaint)), complaints


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_good_value(name: str, value: object, expected: object) -> None:
    settings, complaints = change({name: value})
    assert complaints == []
    assert getattr(settings, name) == expected
    assert type(getattr(settings, name)) is type(expected)


@pytest.mark.parametrize(("name", "value", "why"), BAD)
def test_bad_value_is_refused_and_the_old_one_stays(name: str, value: object, why: str) -> None:
    settings, ((at, code, message),) = change({name: value})
    assert (at, code) == (name, Code.BAD_SETTING)
    assert message.startswith(f"'{name}' ")
    assert why in message
    assert settings == Settings()


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option(name: str) -> None:
    option = OPTIONS[name]
    assert option.check(option.default) == option.default, "the default is good"
    assert name in {good[0] for good in GOOD}
    assert name in {bad[0] for bad in BAD}
    assert option.help.endswith(".")


def test_the_settings_hold_the_options_and_nothing_else() -> None:
    assert [field.name for field in fields(Settings)] == list(OPTIONS)


def test_unknown_option() -> None:
    _, ((name, code, message),) = change({"titel": "a"})
    assert (name, code) == ("titel", Code.UNKNOWN_SETTING)
    assert message == "there is no option 'titel': did you mean 'title'?"


def test_good_values_beside_bad_ones_are_taken() -> None:
    settings, complaints = change({"title": "{", "pages": "news", "nothing": 1})
    assert settings.pages == "news"
    assert [name for name, _, _ in complaints] == ["title", "nothing"]


def test_calendar() -> None:
    settings, _ = change(
        {"period": "biweekly", "week_start": "monday", "anchor": "2015-11-30", "intervals": ["2015-W49"]}
    )
    assert settings.calendar == Calendar(
        "biweekly", "monday", date(2015, 11, 30), (Period(date(2015, 11, 30), date(2015, 12, 6)),)
    )


def test_the_url_of_a_page() -> None:
    period = Period(date(2015, 11, 28), date(2015, 12, 4))
    settings, _ = change({"base_url": "https://docs.example.org/infra", "pages": "news/weekly"})
    assert settings.page_url(period) == "https://docs.example.org/infra/news/weekly/2015-12-04.html"
    assert Settings().page_url(period) is None


def test_all_sections_by_default_but_the_one_that_needs_the_history_of_the_project() -> None:
    assert Settings().sections == tuple(name for name in SECTIONS if name != "releases")
