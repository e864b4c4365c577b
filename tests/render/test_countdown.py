"""The mail of a week of a release cycle, and the fragment that is drafted for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from cycles import event, new_year, schedule, week
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxext.digest.cli.collect_schedule import countdown_day, draft_countdown, identity_of
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import Fragment, Schedule, Week
from sphinxext.digest.model.period import countdown_week, long_day
from sphinxext.digest.render.countdown import (
    HEADINGS,
    MARK,
    CountdownMail,
    countdown_fields,
    countdown_mail,
    deadline_line,
    deadlines,
)
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.width import WIDTH

SETTINGS = Settings()
MONDAY = date(2027, 1, 11)
FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "schedules")
SERIES = sorted(path.parent.name for path in FOLDER.glob("*/schedule.rst"))
real = pytest.mark.skipif(not SERIES, reason="SPHINXEXT_DIGEST_DATA does not name the real schedules")

WITHOUT_A_NOTE = """\
Development Focus
-----------------

* RC1 deadline: December 31st, 2026
* 2027.1 Ibis is released in 2 weeks: January 13th, 2027.

[TODO: what teams should work on in week R-2]

General Information
-------------------

* RC1 deadline

  The first candidate.
  - one
  - two

[TODO: what else everybody has to know in week R-2, or nothing]

Actions
-------

* Prepare for String freeze: January 5th, 2027 (R-1 week)
* Prepare for Final RC deadline: January 7th, 2027 (R-1 week)

[TODO: who has to do what in week R-2, and where]

Upcoming Deadlines & Dates
--------------------------

RC1 deadline: December 31st, 2026 (R-2 week)
String freeze: January 5th, 2027 (R-1 week)
Final RC deadline: January 7th, 2027 (R-1 week)
2027.1 Ibis release: January 13th, 2027 (R+0 week)

Schedule: https://releases.example.org/ibis/schedule.html
"""

NOTE = """\
date: 2026-12-24
countdown:
  - series: Ibis
    week: R-2
    focus: Look at `this <https://example.org/a>`__ and `that <https://example.org/b>`__.
    actions: |
      * Tag it, as `this <https://example.org/a>`__ says
      * https://example.org/with/a/path/that/is/much/longer/than/any/line/of/a/mail/ever/should/be
    dates: |
      * RC1 deadline: December 30th, 2026 (R-2 week)
      * String freeze: January 5th, 2027 (R-1 week)
"""

WITH_A_NOTE = """\
Development Focus
-----------------

Look at this [1] and that [2].

General Information
-------------------

* RC1 deadline

  The first candidate.
  - one
  - two

[TODO: what else everybody has to know in week R-2, or nothing]

Actions
-------

* Tag it, as this [1] says
* https://example.org/with/a/path/that/is/much/longer/than/any/line/of/a/mail/ever/should/be

Upcoming Deadlines & Dates
--------------------------

* RC1 deadline: December 30th, 2026 (R-2 week)
* String freeze: January 5th, 2027 (R-1 week)

Schedule: https://releases.example.org/ibis/schedule.html

[1] - https://example.org/a
[2] - https://example.org/b
"""


def named(made: Schedule, name: str) -> Week:
    found = made.week(name)
    assert found is not None
    return found


def mail_of(made: Schedule, name: str) -> CountdownMail:
    return countdown_mail(made, named(made, name), SETTINGS)


def drafted(made: Schedule, found: Week) -> Fragment:
    """Return the words of a draft, which must be valid."""
    draft = draft_countdown(made, found, SETTINGS)
    fragment, problems = read_fragment(draft.text.encode(), f"a/{draft.stem}.yaml", draft.stem)
    assert fragment is not None and not problems
    assert fragment.identity == draft.identity
    texts = [(fragment.path, kind, text) for note in fragment.notes for kind, text in texts_of(note)]
    assert check_texts(texts, SETTINGS) == []
    return fragment


def test_without_a_note() -> None:
    mail = mail_of(new_year(), "R-2")
    assert mail.subject == "[release] Release countdown for week R-2, Dec 28 - Jan 1"
    assert mail.text == WITHOUT_A_NOTE
    assert mail.marks == mail.text.count(MARK) == 3


def test_with_a_note(make_collection: Callable[..., Collection]) -> None:
    made = new_year()
    found = named(made, "R-2")
    collection = make_collection({"other": NOTE.replace("R-2", "R-3"), "this": NOTE})
    mail = countdown_mail(made, found, SETTINGS, collection.countdown_of(made, found))
    assert mail.text == WITH_A_NOTE
    assert (mail.marks, mail.problems) == (1, ())
    assert mail.differing == ("RC1 deadline: December 31st, 2026 (R-2 week)",)
    assert collection.countdown_of(made, named(made, "R-1")) is None


def test_texts_that_do_not_parse_are_reported(make_collection: Callable[..., Collection]) -> None:
    made = new_year()
    found = named(made, "R-2")
    collection = make_collection({"this": "date: 2026-12-24\ncountdown: [{series: ibis, week: R-2, focus: '`a'}]\n"})
    mail = countdown_mail(made, found, SETTINGS, collection.countdown_of(made, found))
    assert [problem.code for problem in mail.problems] == ["rst"]
    assert "`a" in mail.text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("R-4", ["* Feature freeze: December 17th, 2026", "* lamp: Sprint; first, *half*, December 17th, 2026"]),
        ("R-3", ["* No deadline is in this week. The next is RC1 deadline: December 31st, 2026"]),
        ("R-1", ["* 2027.1 Ibis is released in 1 week: January 13th, 2027.", "* lamp: Sprint, January 7th, 2027"]),
        ("R-0", ["* 2027.1 Ibis release: January 13th, 2027"]),
        (
            "R+1",
            ["* 2027.1 Ibis was released 1 week ago: January 13th, 2027.", "Trailing: January 21st, 2027 (R+1 week)"],
        ),
    ],
)
def test_what_the_schedule_knows_of_a_week(name: str, lines: list[str]) -> None:
    text = mail_of(new_year(), name).text
    assert [line for line in lines if line not in text.split("\n")] == []


def test_deadlines_go_to_the_release() -> None:
    made = new_year()
    assert [found.id for _, found in deadlines(made, named(made, "R-1"))] == ["i-strings", "i-finalrc", "i-final"]
    assert [found.id for _, found in deadlines(made, named(made, "R+1"))] == ["i-trailing"]


def test_nothing_is_ahead() -> None:
    made = schedule(week(MONDAY, 0))
    text = mail_of(made, "R+0").text
    assert text.endswith(
        "\nThe schedule has no more deadlines.\n\nSchedule: https://releases.example.org/ibis/schedule.html\n"
    )
    # a note has to have one part at least
    focus = "* 2027.1 Ibis is released this week: January 13th, 2027."
    assert countdown_fields(made, made.weeks[0], SETTINGS) == {"focus": focus}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2028, 2, 29), "February 29th, 2028"),
        (date(2027, 1, 1), "January 1st, 2027"),
        (date(2027, 5, 2), "May 2nd, 2027"),
        (date(2027, 3, 3), "March 3rd, 2027"),
        (date(2027, 3, 11), "March 11th, 2027"),
        (date(2027, 3, 12), "March 12th, 2027"),
        (date(2027, 3, 13), "March 13th, 2027"),
        (date(2027, 3, 21), "March 21st, 2027"),
        (date(2027, 3, 22), "March 22nd, 2027"),
    ],
)
def test_days_in_words(day: date, words: str) -> None:
    assert long_day(day) == words


def test_a_draft() -> None:
    made = new_year()
    assert draft_countdown(made, named(made, "R-3"), SETTINGS).text == (
        "# A draft from the release schedule of 2027.1 Ibis: week R-3, Dec 21-25.\n"
        "# The schedule does not know the following. Decide it, write it below, and delete these lines "
        "and 'draft'.\n"
        "# - focus: what teams should work on in week R-3\n"
        "# - general: what else everybody has to know in week R-3, or nothing (empty so far)\n"
        "# - actions: who has to do what in week R-3, and where\n"
        "---\n"
        "date: 2026-12-17\n"
        "draft: true\n"
        "countdown:\n"
        "  - series: ibis\n"
        "    week: R-3\n"
        "    focus: |\n"
        "      * No deadline is in this week. The next is RC1 deadline: December 31st,\n"
        "        2026 (R-2 week).\n"
        "      * 2027.1 Ibis is released in 3 weeks: January 13th, 2027.\n"
        '    actions: "* Prepare for RC1 deadline: December 31st, 2026 (R-2 week)"\n'
        "    dates: |\n"
        "      * RC1 deadline: December 31st, 2026 (R-2 week)\n"
        "      * String freeze: January 5th, 2027 (R-1 week)\n"
        "      * Final RC deadline: January 7th, 2027 (R-1 week)\n"
        "      * 2027.1 Ibis release: January 13th, 2027 (R+0 week)\n"
    )


def test_every_week_has_an_identity_that_stays() -> None:
    made = new_year()
    assert len({identity_of(made, found) for found in made.cycle}) == len(made.cycle)
    assert identity_of(made, named(made, "R-2")) == "a342683c59b1ced7"
    zero = week(MONDAY, 0, name="R-0")
    assert identity_of(made, zero) == identity_of(made, named(made, "R+0"))


@pytest.mark.parametrize("weekday", range(5))
def test_the_day_of_a_draft(weekday: int) -> None:
    start = MONDAY + timedelta(days=weekday)
    day = countdown_day(week(start, 0))
    assert day == date(2027, 1, 7)
    assert countdown_week(day).start == MONDAY


@pytest.mark.parametrize(
    "text",
    [
        ":unknown:`role`, a `reference`_ and another_\n\n* a list\n\n.. unknown:: directive\n\nend::",
        "a\n===\n\nb",
        ".. include:: /etc/passwd",
        "* a\nb",
        "``literal`` and :ref:`some words <target>`; `broken",
    ],
)
def test_markup_that_does_not_stand_on_its_own(text: str) -> None:
    made = schedule(week(MONDAY, 0, event("a", "Title", MONDAY, text), event("b", "Other", MONDAY, "*kept*")))
    drafted(made, made.weeks[0])
    assert "passwd" not in mail_of(made, "R+0").text.replace(".. include:: /etc/passwd", "")


def test_targets_of_the_same_name() -> None:
    texts = (f"See `it`_.\n\n.. _it: https://example.org/{number}" for number in range(2))
    events = [event(f"e-{number}", f"Event {number}", MONDAY, text) for number, text in enumerate(texts)]
    made = schedule(week(MONDAY, 0, *events))
    drafted(made, made.weeks[0])


@pytest.mark.parametrize(
    "words", ["a\nb", "1. x", "* y", "`z", "*", "::", "x_", "|a|", "\x00\x1b[31m", "\u2028", "#", "'\""]
)
def test_hostile_words(words: str) -> None:
    made = schedule(
        week(MONDAY, 1, event(words, words, MONDAY), event(words, words, MONDAY, project=words)), series="a:b"
    )
    drafted(made, made.weeks[0])
    mail = mail_of(made, "R-1")
    assert "\n" not in mail.subject


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80), st.integers(-3, 40))
def test_any_words(words: str, number: int) -> None:
    made = schedule(week(MONDAY, number, event("a", words or "a", MONDAY, words or None)), series="ibis")
    drafted(made, made.weeks[0])
    assert deadline_line(made.weeks[0], made.weeks[0].events[0]).count("\n") == 0


@pytest.fixture(scope="module")
def schedules() -> dict[str, Schedule]:
    found = load_schedules(FOLDER.parent, SETTINGS, [os.fspath(FOLDER)])
    made = {name: found.find(name, date(2026, 11, 20)) for name in found.names}
    return {name: one for name, one in made.items() if one is not None}


@real
@pytest.mark.parametrize("series", SERIES)
def test_every_week_of_every_real_series(series: str, schedules: dict[str, Schedule]) -> None:
    made = schedules[series]
    assert made.cycle
    for found in made.cycle:
        drafted(made, found)
        mail = countdown_mail(made, found, SETTINGS)
        lines = mail.text.split("\n")
        assert [line for line in lines if len(line) > WIDTH and "://" not in line] == []
        assert all(heading in lines for heading in HEADINGS.values())
        assert mail.problems == ()


@real
def test_the_current_series(schedules: dict[str, Schedule]) -> None:
    found = schedules["indri"].week_of(countdown_week(date(2026, 11, 13)).start)
    assert found is not None
    assert found.name == "R-18"
    mail = countdown_mail(schedules["indri"], found, SETTINGS)
    assert mail.subject == "[release] Release countdown for week R-18, Nov 16-20"
    assert "RC1 target week: March 4th, 2027 (R-3 week)" in mail.text.split("\n")
