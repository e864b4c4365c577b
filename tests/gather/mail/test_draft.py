"""Drafts of threads: what is in them, and which threads get one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.mail import ranking
from sphinxext.digest.gather.mail.draft import draft_thread, growth
from sphinxext.digest.gather.mail.ranking import (
    Candidate,
    Known,
    Status,
    ThreadOptions,
    choose,
    cut,
    make_candidate,
    participants_of,
)
from sphinxext.digest.model import Thread

from .mails import START, Mail, conversation, threads

#: The conversation began at 2025-10-01, and its last mail is of 2025-11-06.
TITLE = "Where locks live"

Candidates = Callable[..., list[Candidate]]


@pytest.fixture
def candidates(tmp_path: Path, make_collection: Callable[..., Collection]) -> Candidates:
    """The candidates of some mails, given the fragments of a collection by their slugs."""

    def make(mails: list[Mail], fragments: dict[str, str] | None = None, **options: object) -> list[Candidate]:
        known = Known(make_collection(fragments or {}))
        wanted = ThreadOptions(**options)  # type: ignore[arg-type]
        found = cut(threads(mails, folder=tmp_path), wanted.until)
        url = "https://lists.example.org/t/1"
        urls = [url, *[None] * len(found)]
        pairs = zip(found, urls, strict=False)
        made = [make_candidate(thread, one, frozenset({"list"}), known, wanted) for thread, one in pairs]
        return choose(made, wanted)

    return make


def thread_of(text: str) -> Thread:
    fragment, problems = read_fragment(text.encode(), "x.yaml", "x-0123456789abcdef")
    assert problems == []
    assert fragment is not None
    assert fragment.draft
    (note,) = fragment.notes
    assert isinstance(note, Thread)
    return note


def test_a_whole_draft(candidates: Candidates) -> None:
    mails = conversation()
    mails[1] = replace(
        mails[1], body="> Point 0 of a.\n\nSee https://example.org/a_b and https://example.org/c.\n-- \nBob"
    )
    (candidate,) = candidates(mails)
    draft = draft_thread(candidate)
    assert draft.stem == f"where-locks-live-{draft.identity}"
    assert (
        draft.text
        == """\
# A draft from a mailing list: 'Where locks live'.
# Messages: 5, from 2025-10-01 to 2025-11-06 (UTC).
# Tags: nova.
# The outline has who answered whom, with the first sentence of each message. A person has to decide:
# - what was discussed, and what came of it: cut the outline down to that, in words of your own
# - whether the discussion is over: 'state: done', or 'continuing'; 'open' holds if nothing is said
# - whether all links below belong to the summary
# Then delete these lines and 'draft'.
---
date: 2025-11-06
draft: true
threads:
  - title: Where locks live
    url: https://lists.example.org/t/1
    participants:
      Ann Example: 2
      Bob Sample: 2
      Cyd Case: 1
    summary: |
      nova: 5 messages by 3 people from 2025-10-01 to 2025-11-06: Ann Example (2),
      Bob Sample (2), Cyd Case (1).

      * Ann Example: Point 0 of a.

        * Bob Sample: See https://example.org/a_b and https://example.org/c.

          * Cyd Case: Point 2 of a.

            * Ann Example: Point 3 of a.

        * Bob Sample: Point 4 of a.

      Links:

      * https://example.org/a_b
      * https://example.org/c
"""
    )
    assert thread_of(draft.text).title.value == TITLE


def test_addresses_of_people_are_masked(candidates: Candidates) -> None:
    mails = [
        Mail(
            "m0",
            "[list] Access for ute@example.org",
            body="Ask ute.sample+x@example.org, <bob at example.org> or mailto:cyd@example.org please.",
            headers={"From": "netdev@example.org"},
        ),
        Mail("m1", "Re: x", answers=("m0",), body="Not a person: @property, v@1.2, git@example.org:a/b.git there."),
        Mail("m2", "Re: x", answers=("m0",), body="See https://example.org/list/dev@example.org/ for more."),
    ]
    deep = [
        Mail(f"d{n}", "x", answers=(f"d{n - 1}" if n else "m0",), headers={"From": "ute＠example.org"})  # noqa: RUF001
        for n in range(5)
    ]
    (candidate,) = candidates([*mails, *deep])
    draft = draft_thread(candidate)
    assert draft.stem.startswith("access-for-ute-")
    assert draft.text.startswith("# A draft from a mailing list: 'Access for ute'.\n")
    note = thread_of(draft.text)
    assert note.title.value == "Access for ute"
    assert note.summary is not None
    lines = [" ".join(one.split()) for one in note.summary.value.replace("\\", "").split("* ")]
    assert "netdev: Ask ute.sample+x, bob or cyd please." in lines
    assert "Ann Example: Not a person: @property, v@1.2, git@example.org:a/b.git there." in lines
    assert "Ann Example: See https://example.org/list/dev@example.org/ for more." in lines
    assert "ute, to ute: Some words of a mail." in lines
    assert "netdev (1)" in note.summary.value.replace("\n", " ")


def test_a_masked_title_is_that_of_its_note(candidates: Candidates) -> None:
    mails = [replace(mail, subject="Access for ute@example.org") for mail in conversation()]
    fragment = (
        f"date: 2025-10-06\nthreads:\n{written('', title='Access for ute', url='https://lists.example.org/t/1')[15:]}"
    )
    (candidate,) = candidates(mails, {"earlier": f"{fragment}  - title: Other\n"})
    assert thread_of(draft_thread(candidate).text).continues == f"{1:016x}"


def test_a_thread_without_any_date(candidates: Candidates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1791194400")
    mails = [replace(mail, headers={"Date": "never"}) for mail in conversation()]
    monkeypatch.setattr("sphinxext.digest.gather.mail.header._POSTMARK_TIME", re.compile(rb"x\A"))
    (candidate,) = candidates(mails)
    text = draft_thread(candidate).text
    assert "\ndate: 2026-10-05\n" in text
    assert "\n# - when it was: no message has a date" in text
    assert "5 messages by 3 people at an unknown time:" in text.replace("\n      ", " ")
    assert candidate.first is candidate.last is None


def test_hundreds_of_people(candidates: Candidates) -> None:
    mails = [Mail(f"m{n}", who=f"Person{n} Name", answers=("m0",) if n else ()) for n in range(700)]
    (candidate,) = candidates([*mails, Mail("last", who="Person9 Name", answers=("m0",))])
    note = thread_of(draft_thread(candidate).text)
    assert note.participants is not None
    assert len(note.participants.counts) == 500
    assert note.participants.counts[0] == ("Person9 Name", 2)
    assert note.summary is not None
    assert "701 messages by 700 people" in note.summary.value
    assert "and 688 more" in note.summary.value.replace("\n", " ")
    assert note.summary.value.count("Some words of a mail") == 300
    assert note.summary.value.rstrip().endswith("* More messages follow.")


def test_deeper_than_four_levels(candidates: Candidates) -> None:
    mails = [
        Mail(f"m{n}", "x", f"Person{n} Name", (f"m{n - 1}",) if n else (), f"Words of {n} here.", START + timedelta(n))
        for n in range(7)
    ]
    (candidate,) = candidates(mails)
    lines = draft_thread(candidate).text.splitlines()
    assert [line.strip() for line in lines if "* Person" in line and line.startswith(" " * 12)] == [
        "* Person3 Name: Words of 3 here.",
        "* Person4 Name, to Person3 Name: Words of 4 here.",
        "* Person5 Name, to Person4 Name: Words of 5 here.",
        "* Person6 Name, to Person5 Name: Words of 6 here.",
    ]


def test_identity_is_that_of_the_first_message(candidates: Candidates) -> None:
    mails = conversation()
    (one,) = candidates(mails)
    (part,) = candidates(mails[3:])
    (other,) = candidates(conversation("b"))
    assert one.identity == part.identity != other.identity
    assert one.title == TITLE
    assert one.tags == ("nova",)
    assert one.participants == {"Ann Example": 2, "Bob Sample": 2, "Cyd Case": 1}


def written(day: str, **fields: str) -> str:
    lines = "".join(f"    {name}: {value}\n" for name, value in {"title": "Other words", **fields}.items())
    return f"date: {day}\nthreads:\n  -{lines[3:]}"


@pytest.mark.parametrize(
    "fields",
    [{"title": TITLE}, {"title": "Where LOCKS live (Cont)"}, {"url": "http://lists.example.org/t/1/"}],
)
def test_an_earlier_digest_had_the_thread(candidates: Candidates, fields: dict[str, str]) -> None:
    # its digest goes to Friday, 2025-10-10, on which the second mail was sent
    fragments = {"earlier": written("2025-10-06", **fields)}
    (candidate,) = candidates(conversation(), fragments)
    assert candidate.status is Status.CONTINUES
    assert [message.id for message in candidate.messages] == [f"a{n}@example.org" for n in (2, 3, 4)]
    note = thread_of(draft_thread(candidate).text)
    assert note.continues == f"{1:016x}"
    assert note.summary is not None
    assert note.summary.value.startswith("nova: 3 more messages by 3 people from 2025-10-19 to 2025-11-06:")
    assert "Point 1" not in note.summary.value


@pytest.mark.parametrize(("day", "score"), [("2025-11-05", 0), ("2025-11-06", 0), ("2025-12-24", 0)])
def test_a_summarized_thread(candidates: Candidates, day: str, score: float) -> None:
    (candidate,) = candidates(conversation(), {"mine": written(day, title=TITLE)})
    assert (candidate.status, candidate.score) == (Status.SUMMARIZED, score)
    assert not candidate.is_worthy


def test_countdowns_and_digests_are_not_drafted(candidates: Candidates) -> None:
    subjects = ["[list] [release] Release countdown for week R-4, Jan 23-27", "[list] Mailing List Digest April 9-22"]
    found = candidates([Mail(str(n), subject) for n, subject in enumerate(subjects)])
    assert {(one.status, one.is_worthy) for one in found} == {(Status.COUNTDOWN, False), (Status.DIGEST, False)}
    assert [one.score for one in found] == [0.0, 0.0]


def test_choosing(candidates: Candidates) -> None:
    short = Mail("s", "[list] [Release] Short", sent=START + timedelta(days=60))
    mails = [*conversation(), short, Mail("t", "[list] [release] Another", "Bob Sample", ("s",))]

    def titles(**options: object) -> list[str]:
        return [one.title for one in candidates(mails, **options)]

    assert titles() == [TITLE, "Short"]
    assert titles(top=1) == [TITLE]
    assert titles(min_messages=3) == [TITLE]
    assert titles(tags=frozenset({"release"})) == ["Short"]
    assert titles(since=date(2025, 11, 7)) == ["Short"]
    assert titles(since=date(2025, 11, 6))[0] == "Short"  # most of the other one is older
    (before,) = candidates(mails[:5], until=date(2025, 10, 10))
    assert len(before.messages) == 2
    assert titles(until=date(2025, 9, 1)) == []
    assert titles(chosen=("<a3@example.org>",)) == [TITLE]
    identity = candidates(mails)[1].identity
    assert titles(chosen=(identity[:8],)) == ["Short"]


def test_the_best_come_first(candidates: Candidates) -> None:
    alone = [Mail(f"x{n}", f"[list] Alone {n}", sent=START + timedelta(days=day)) for n, day in enumerate((5, 9, 9))]
    mails = [*alone, *conversation()]
    assert [one.title for one in candidates(mails)] == [TITLE, "Alone 1", "Alone 2", "Alone 0"]
    assert [one.title for one in candidates(mails, top=2)] == [TITLE, "Alone 1"]


def test_days_and_numbers_that_are_asked_for(candidates: Candidates) -> None:
    """All of them are included, in UTC."""
    late = [Mail("l", "[list] Late", sent=datetime(2025, 10, 1, 23, 59, tzinfo=UTC))]
    assert [one.title for one in candidates(late, since=date(2025, 10, 1))] == ["Late"]
    assert candidates(late, since=date(2025, 10, 2)) == []
    assert [one.title for one in candidates(late, until=date(2025, 10, 1))] == ["Late"]
    assert candidates(late, until=date(2025, 9, 30)) == []
    assert len(candidates(late, until=date(9999, 12, 31))) == 1
    assert len(candidates(conversation(), min_messages=5)) == 1
    assert candidates(conversation(), min_messages=6) == []
    assert candidates(conversation(), tags=frozenset({"list"})) == []
    assert len(candidates(conversation(), tags=frozenset({"nova", "x"}))) == 1
    assert candidates(conversation(), chosen=("a3",)) == []
    (one,) = candidates(conversation())
    assert len(candidates(conversation(), chosen=("no", one.identity.upper()))) == 1
    (recent,) = candidates(conversation(), since=date(2025, 10, 28))
    assert recent.recent == 2 / 5
    # midnight belongs to the day that begins with it
    night = [replace(mail, sent=datetime(2025, 10, 2 + n, tzinfo=UTC)) for n, mail in enumerate(conversation())]
    assert candidates(night, since=date(2025, 10, 4))[0].recent == 3 / 5


def test_what_somebody_made_of_a_draft(candidates: Candidates, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = candidates(conversation())
    assert not one.is_there
    # the collection's first fragment has the identity of the thread
    monkeypatch.setattr(ranking, "identity_of", lambda *parts: f"{1 if parts[1] == 'a0@example.org' else 2:016x}")
    for note, status in {
        "items: [Locks]": Status.SUMMARIZED,
        "draft: true\nitems: [Locks]": Status.DRAFTED,
        f"threads: [{{title: {TITLE}, summary: x}}]": Status.SUMMARIZED,
    }.items():
        (found,) = candidates(conversation(), {"mine": f"date: 2025-11-06\n{note}\n"})
        assert (found.status, found.is_there, found.is_worthy) == (status, True, False)
        assert found.score == (found.rank if status is Status.DRAFTED else 0)
        assert growth(found, "") == 0


def test_the_latest_note_of_a_thread_counts(candidates: Candidates) -> None:
    fragments = {"b": written("2025-11-06", title=TITLE), "a": written("2025-10-06", title=TITLE)}
    (found,) = candidates(conversation(), fragments)
    assert found.status is Status.SUMMARIZED
    assert found.entry is not None
    assert str(found.entry.moment.day) == "2025-11-06"
    (found,) = candidates(
        conversation(), {"b": written("2025-10-13", title=TITLE), "a": written("2025-10-06", title=TITLE)}
    )
    assert [message.id[:2] for message in found.messages] == ["a2", "a3", "a4"]


def test_threads_without_a_title(candidates: Candidates) -> None:
    mails = [Mail("a", "[list] Re:"), Mail("b", "[list] [x] [X] [x] Found", answers=("a",))]
    (one,) = candidates(mails)
    assert (one.title, one.tags) == ("Found", ("x", "X"))
    (one,) = candidates(mails[:1])
    assert (one.title, one.tags) == ("(no subject)", ())


def test_how_long_a_draft_may_be(candidates: Candidates) -> None:
    body = "\n".join(f"https://example.org/{n}" for n in range(50))
    mails = [
        Mail("a", "x" * 300, body=body),
        Mail("b", "Re: x", answers=("a",), body="https://example.org/49 https://example.org/0"),
    ]
    (one,) = candidates(mails)
    text = draft_thread(one).text
    assert text.count("* https://example.org/") == 40
    assert len(thread_of(text).title.value) == 200
    assert "2 messages by 1 person on 2025-10-01: Ann Example (2)." in text
    assert "* Ann Example: https://example.org/0 https" in text


def test_ranks(candidates: Candidates) -> None:
    (one,) = candidates(conversation())
    assert one.score == round(2 * 2 + 2.585, 2)
    alone = [replace(mail, who="Ann Example") for mail in conversation()]
    assert candidates(alone)[0].score < one.score
    assert candidates(conversation()[:3])[0].score < one.score


def test_growth(candidates: Candidates) -> None:
    (before,) = candidates(conversation()[:3])
    draft = draft_thread(before)
    (after,) = candidates(conversation())
    assert growth(after, draft.text) == 2
    assert growth(before, draft.text) == 0
    assert growth(after, "nothing") is None


def test_names_count_once(tmp_path: Path) -> None:
    mails = [Mail("a", who="Ann Example"), Mail("b", who="ann example"), Mail("c", who="Bob Sample")]
    found = [message for thread in threads(mails, folder=tmp_path) for message in thread.messages]
    assert participants_of(found) == {"Ann Example": 2, "Bob Sample": 1}


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Ann Example <ann@example.org>", "Ann Example"),
        ("ann@example.org", "ann"),
        ("ann at example.org", "ann"),
        ("ann_at_example.org", "ann"),
        ('"ann@example.org" <ann@example.org>', "ann"),
        ("Ann (ann@example.org) <x@example.org>", "Ann (ann)"),
        ("Ann at Work <ann@example.org>", "Ann at Work"),
        ('"12: no" <ann@example.org>', "12: no"),
        (f"{'Long ' * 40} <ann@example.org>", "Long " * 14 + "Long…"),
    ],
)
def test_participants_have_names_and_no_addresses(candidates: Candidates, sender: str, name: str) -> None:
    mails = [Mail("a@example.org", headers={"From": sender}), Mail("b@example.org", answers=("a@example.org",))]
    (candidate,) = candidates(mails)
    participants = thread_of(draft_thread(candidate).text).participants
    assert participants is not None
    assert dict(participants.counts) == {name: 1, "Ann Example": 1} if name != "Ann Example" else {name: 2}
