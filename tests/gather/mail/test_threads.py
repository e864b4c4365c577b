"""Messages to threads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from .mails import START, Mail, conversation, ids, mbox, threads

WHOLE = ["a0", "a1", "a2", "a3", "a4"]


def test_references(tmp_path: Path) -> None:
    found = threads([*conversation("a"), *conversation("b")], folder=tmp_path)
    assert ids(found) == [WHOLE, ["b0", "b1", "b2", "b3", "b4"]]
    assert found[0].parents() == {
        f"a{index}@example.org": parent and f"{parent}@example.org"
        for index, parent in enumerate([None, "a0", "a1", "a2", "a0"])
    }
    assert (found[0].root, found[0].is_whole) == ("a0@example.org", True)


def test_hyperkitty_has_in_reply_to_alone(tmp_path: Path) -> None:
    assert ids(threads([mail.hyperkitty() for mail in conversation()], folder=tmp_path)) == [WHOLE]


def test_months_in_any_order(tmp_path: Path) -> None:
    mails = conversation()
    assert ids(threads(mails[3:], mails[:3], folder=tmp_path)) == [WHOLE]


def test_a_month_that_lacks_the_beginning(tmp_path: Path) -> None:
    (found,) = threads(conversation()[3:], folder=tmp_path)
    assert ids([found]) == [["a3", "a4"]]
    assert (found.root, found.is_whole) == ("a0@example.org", False)
    assert set(found.parents().values()) == {None}


def test_what_is_there_twice_counts_once(tmp_path: Path) -> None:
    mails = conversation()
    again = replace(mails[1], answers=("other@example.org",))
    other = Mail("other@example.org", "[elsewhere] Another")
    # sent to two lists: it connects their threads, as in notmuch
    assert sorted(map(len, ids(threads([*mails, mails[2]], [again, other], folder=tmp_path)))) == [6]


def test_equal_subjects_do_not_make_a_thread(tmp_path: Path) -> None:
    mails = [
        *conversation(),
        Mail("x@example.org", "[list][nova] Where locks live", "Dee Other"),
        Mail("y@example.org", "Re: [list][nova] Where locks live", "Dee Other"),
    ]
    assert sorted(ids(threads(mails, folder=tmp_path))) == [WHOLE, ["x"], ["y"]]


def lost(mail: Mail) -> Mail:
    return replace(mail, answers=())


def test_subjects_where_a_list_strips_re(tmp_path: Path) -> None:
    mails = [mail.pipermail() for mail in [*conversation(), *conversation("b", "[list] Another subject")]]
    mails[2] = lost(mails[2])
    assert sorted(ids(threads(mails, folder=tmp_path))) == [WHOLE, ["b0", "b1", "b2", "b3", "b4"]]


def test_subjects_where_no_mail_names_another(tmp_path: Path) -> None:
    mails = [lost(mail) for mail in conversation()]
    mails[3] = replace(mails[3], body="Cyd Case wrote:\n> Point 2\nPoint 3.")
    assert ids(threads(mails, folder=tmp_path)) == [WHOLE]
    assert ids(threads([mail.pipermail() for mail in mails], folder=tmp_path)) == [WHOLE]
    months = [lost(mail) for mail in conversation()]
    assert ids(threads(months[:2], months[2:], folder=tmp_path)) == [WHOLE]


def test_answers_with_tags_of_gateways_and_in_other_languages(tmp_path: Path) -> None:
    """No mail names another: they belong together by their subjects, whatever programs made of these."""
    subjects = [
        "Locks",
        "RE: [ext] Re: Locks",
        "[ext] Re: Locks",
        "R: Locks",
        "Re: [ext] Locks",
        "Re: Locks (was: Keys)",
    ]
    mails = [
        Mail(f"m{number}@example.org", subject, f"Person{number} Name", sent=START + timedelta(hours=number))
        for number, subject in enumerate(subjects)
    ]
    others = [
        Mail("x@example.org", "I: want it", "Dee Other", sent=START + timedelta(hours=10)),
        Mail("y@example.org", "[ext] Keys", "Dee Other", sent=START + timedelta(hours=11)),
    ]
    found = ids(threads([*mails, *others], folder=tmp_path))
    assert found == [[f"m{number}" for number in range(6)], ["x"], ["y"]]


def test_an_answer_without_a_thread_is_its_own(tmp_path: Path) -> None:
    mails = [
        Mail("a@example.org", "Re: [ext] Re: Locks"),
        Mail("b@example.org", "Re: Locks", "Bob Sample", sent=START + timedelta(hours=1)),
        Mail("c@example.org", "Re: [ext] Locks", "Cyd Case", sent=START + timedelta(hours=2)),
    ]
    assert ids(threads(mails, folder=tmp_path)) == [["a", "c"], ["b"]]


@pytest.mark.parametrize("names", ["abcd", "dcba"])
def test_without_references_only_answers_belong_together(tmp_path: Path, names: str) -> None:
    subjects = ["Locks", "Re: Locks", "Locks", "Re: Locks"]
    mails = [
        Mail(f"{name}@example.org", subject, f"Person{number} Name", sent=START + timedelta(hours=number))
        for number, (name, subject) in enumerate(zip(names, subjects, strict=True))
    ]
    assert ids(threads(mails, folder=tmp_path)) == [[*names[:2]], [*names[2:]]]


def test_many_mails_that_nobody_answers_do_not_show_that_a_list_strips_re(tmp_path: Path) -> None:
    alone = [Mail(f"m{n}@example.org", "Locks", f"Person{n} Name", sent=START + timedelta(hours=n)) for n in range(15)]
    answer = Mail("z@example.org", "Re: Locks", "Zoe Last", ("m0@example.org",), sent=START + timedelta(days=1))
    assert len(threads([*alone, answer], folder=tmp_path)) == 15


@pytest.mark.parametrize(("answers", "strips"), [(1, True), (2, False)])
def test_a_few_answers_in_other_languages_where_a_list_strips_re(tmp_path: Path, answers: int, strips: bool) -> None:
    first = Mail("m0@example.org", "Locks")
    same = [
        Mail(f"m{n}@example.org", "Locks", f"Person{n} Name", ("m0@example.org",), sent=START + timedelta(hours=n))
        for n in range(1, 11)
    ]
    other = [
        Mail(f"a{n}@example.org", "AW: Keys", "Bob Sample", ("m0@example.org",), sent=START + timedelta(hours=n))
        for n in range(answers)
    ]
    loose = Mail("x@example.org", "Locks", "Zoe Last", sent=START + timedelta(days=1))
    assert len(threads([first, *same, *other, loose], folder=tmp_path)) == (1 if strips else 2)


@pytest.mark.parametrize(("number", "strips"), [(2, False), (3, True)])
def test_how_many_equal_subjects_show_that_a_list_strips_re(tmp_path: Path, number: int, strips: bool) -> None:
    first = Mail("m0@example.org", "Locks")
    same = [Mail(f"m{n}@example.org", "Locks", f"P{n} Name", ("m0@example.org",)) for n in range(1, number + 1)]
    loose = Mail("x@example.org", "Locks", "Zoe Last", sent=START + timedelta(hours=1))
    assert len(threads([first, *same, loose], folder=tmp_path)) == (1 if strips else 2)


def undated(mail: Mail) -> Mail:
    return replace(mail, headers={"Date": ""})


@pytest.mark.parametrize("header", ["References", "In-Reply-To"])
def test_a_mail_without_a_date_comes_after_what_it_answers(tmp_path: Path, header: str) -> None:
    mails = [
        Mail("a@example.org"),
        Mail("b@example.org", "Re: x", answers=("a@example.org",), sent=START + timedelta(hours=1)),
        Mail("c@example.org", headers={"Date": "", header: "<a@example.org>"}),
        Mail("d@example.org", "Re: x", answers=("a@example.org",), sent=START + timedelta(hours=2)),
        undated(Mail("e@example.org")),
    ]
    data = re.sub(rb"(?m)^From .*", b"From -", mbox(mails))
    assert ids(threads(data, folder=tmp_path)) == [["a", "c", "b", "d"], ["e"]]


def test_a_mail_without_a_date_comes_after_that_of_in_reply_to(tmp_path: Path) -> None:
    named = {"Date": "", "References": "<a@example.org> <b@example.org>", "In-Reply-To": "<a@example.org>"}
    mails = [
        Mail("a@example.org"),
        Mail("b@example.org", "Re: x", answers=("a@example.org",), sent=START + timedelta(hours=1)),
        Mail("c@example.org", "Re: x", headers=named),
    ]
    data = re.sub(rb"(?m)^From .*", b"From -", mbox(mails))
    assert ids(threads(data, folder=tmp_path)) == [["a", "c", "b"]]


@pytest.mark.parametrize(("hours", "order"), [(25, ["b", "a"]), (27, ["a", "b"])])
def test_a_clock_that_is_behind(tmp_path: Path, hours: int, order: list[str]) -> None:
    mails = [
        Mail("a@example.org"),
        Mail("b@example.org", "Re: x", answers=("a@example.org",), sent=START - timedelta(hours=hours)),
    ]
    assert ids(threads(mails, folder=tmp_path)) == [order]


@pytest.mark.parametrize(("days", "number"), [(30, 1), (31, 2)])
def test_how_long_a_thread_may_pause(tmp_path: Path, days: int, number: int) -> None:
    mails = [
        Mail("a@example.org", "Locks"),
        Mail("b@example.org", "Re: Locks", "Bob Sample", sent=START + timedelta(days=20)),
        Mail("c@example.org", "Re: Locks", "Cyd Case", sent=START + timedelta(days=20 + days)),
    ]
    assert len(threads(mails, folder=tmp_path)) == number


def test_a_pause_ends_with_an_answer_under_another_key(tmp_path: Path) -> None:
    mails = [
        Mail("a@example.org", "Locks"),
        Mail("b@example.org", "[ext] Re: Locks", "Bob Sample", sent=START + timedelta(days=20)),
        Mail("c@example.org", "Re: Locks", "Cyd Case", sent=START + timedelta(days=40)),
        Mail("d@example.org", "[ext] Re: Locks", "Dee Other", sent=START + timedelta(days=45)),
    ]
    assert ids(threads(mails, folder=tmp_path)) == [["a", "b", "c", "d"]]


def test_what_has_no_subject_belongs_to_nothing(tmp_path: Path) -> None:
    mails = [
        Mail("a@example.org", "Re: "),
        Mail("b@example.org", "Re: ", "Bob Sample"),
        Mail("c@example.org", "Re: x"),
    ]
    assert ids(threads(mails, folder=tmp_path)) == [["a"], ["b"], ["c"]]


def test_a_report_of_every_week_is_no_thread(tmp_path: Path) -> None:
    reports = [
        Mail(f"r{week}@example.org", "[list] Weekly report", "Dee Other", sent=START + timedelta(weeks=week))
        for week in range(4)
    ]
    mails = [mail.pipermail() for mail in [*conversation(), *reports]]
    assert sorted(ids(threads(mails, folder=tmp_path))) == [WHOLE, ["r0"], ["r1"], ["r2"], ["r3"]]
    quoting = replace(reports[1], body="> Weekly report\n\nA correction.").pipermail()
    assert sorted(ids(threads([*mails[:6], quoting], folder=tmp_path))) == [WHOLE, ["r0", "r1"]]


def test_the_same_subject_a_year_later_is_another_thread(tmp_path: Path) -> None:
    first = Mail("x@example.org", "[list] Nominations")
    later = Mail("y@example.org", "[list] Nominations", "Bob Sample", sent=START + timedelta(days=365))
    assert len(threads([first.pipermail(), later.pipermail()], folder=tmp_path)) == 2


def test_lost_dates(tmp_path: Path) -> None:
    mails = conversation()
    mails[1] = replace(mails[1], headers={"Date": "once upon a time"})
    mails[2] = replace(mails[2], headers={"Date": "Thu, 1 Jan 1970 00:00:00 +0000"})
    (found,) = threads(mails, folder=tmp_path)
    # the first line of each in the mbox has the time
    assert ids([found]) == [WHOLE]
    assert [message.sent for message in found.messages] == [mail.sent for mail in conversation()]


def test_a_thread_that_begins_without_a_date(tmp_path: Path) -> None:
    first, second, *_ = conversation()
    data = mbox([replace(first, headers={"Date": "Thu, 1 Feb 1945 25:61:61 +9999"}), second])
    data = data.replace(b"  Wed Oct 01 09:00:00 2025", b" Mon Jan  1 00:00:00 1945")
    (found,) = threads(data, folder=tmp_path)
    assert ids([found]) == [["a0", "a1"]]
    assert [message.sent for message in found.messages] == [None, second.sent]
    assert found.until(START + timedelta(days=1)) is not None


@pytest.mark.parametrize("mails", [[("a", "b"), ("b", "a")], [("a", "a")], [("a", "b"), ("b", "c"), ("c", "a")]])
def test_circles(tmp_path: Path, mails: list[tuple[str, str]]) -> None:
    made = [Mail(one, answers=(other,), sent=START - timedelta(days=n)) for n, (one, other) in enumerate(mails)]
    (found,) = threads(made, folder=tmp_path)
    parents = found.parents()
    assert len(parents) == len(mails)
    for one in parents:
        steps = 0
        above: str | None = one
        while above is not None:
            above = parents[above]
            steps += 1
            assert steps <= len(mails)


def test_a_circle_that_an_older_mail_answers(tmp_path: Path) -> None:
    mails = [
        Mail("a", answers=("b",), sent=START),
        Mail("b", answers=("c",), sent=START + timedelta(hours=1)),
        Mail("c", answers=("b",), sent=START + timedelta(hours=2)),
    ]
    (found,) = threads(mails, folder=tmp_path)
    assert found.parents() == {"a": "b", "b": None, "c": "b"}


def test_a_deep_thread(tmp_path: Path) -> None:
    mails = [
        Mail(f"m{n}", answers=(f"m{n - 1}",) if n else (), sent=START + timedelta(minutes=n)) for n in range(3000)
    ]
    (found,) = threads(mails, folder=tmp_path)
    assert len(found.parents()) == 3000


def test_until(tmp_path: Path) -> None:
    (found,) = threads(conversation(), folder=tmp_path)
    assert found.until(START) is None
    kept = found.until(START + timedelta(days=10))
    assert kept is not None
    assert ids([kept]) == [["a0", "a1"]]
