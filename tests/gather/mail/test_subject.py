"""Subjects."""

from __future__ import annotations

import pytest

from sphinxext.digest.gather.mail.threads import (
    is_answer,
    is_countdown,
    is_digest,
    key_of,
    keys_of,
    list_tags,
    split_subject,
)


@pytest.mark.parametrize(
    ("subject", "tags", "title"),
    [
        ("[openstack-dev] [release][ptl] Words", ("openstack-dev", "release", "ptl"), "Words"),
        ("Re: [a] Re: [ b  c ] RE:Words [d]", ("a", "b c"), "Words [d]"),
        ("AW: Re[2]: Fwd: 答复: Words", (), "Words"),
        ("[] Words", (), "Words"),
        ("Regarding: words", (), "Regarding: words"),
        ("[a]", ("a",), ""),
        ("[unclosed words", (), "[unclosed words"),
        ("", (), ""),
    ],
)
def test_tags_and_title(subject: str, tags: tuple[str, ...], title: str) -> None:
    assert split_subject(subject) == (tags, title)


def test_answers() -> None:
    assert is_answer("[list] Re: x")
    assert is_answer("re: [list] x")
    assert not is_answer("[list] x re: y")
    assert not is_answer("Redo: x")
    assert key_of("RE: [List] Re: Words") == key_of("[list] words")


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "Re:Words",
            "RE : Words",
            "Re[2]: Words",
            "Odp: Words",
            "YNT: Words",
            "回覆: Words",
            "Απ: Words",
            "R: Words",
        ),
        *("RE: [ext] Re: Words", "[EXT] Re: Words", "RE: [EXT] [a] Re: Words", "Re: words (was: Other words)"),
        *("Re: Words [was Re: Other words]", "AW: [ext] [b] AW: R: Words"),
    ],
)
def test_the_same_thread_whatever_programs_put_before_it(answer: str) -> None:
    assert "words" in keys_of(answer)


def test_tags_of_a_thread_count_first() -> None:
    assert list(keys_of("[list] Re: [ext] Re: [nova] Words")) == [
        "list ext nova words",
        "list nova words",
        "nova words",
    ]
    assert list(keys_of("[list] [nova] Words")) == ["list nova words"]
    assert list(keys_of("I: want")) == ["i: want", "want"]
    assert key_of("(was: it)") == "(was: it)"
    assert key_of("RFC: Words") == "rfc: words"


def test_the_tag_of_a_list() -> None:
    subjects = ["[dev] [nova] x", "Re: [Dev] y", "[dev] z", "[dev] a", "[dev] [nova] b"]
    assert list_tags(subjects) == {"dev"}
    assert list_tags(subjects[:3]) == frozenset()
    assert list_tags([*subjects, "no tag", "none either"]) == frozenset()


def test_countdowns_and_digests() -> None:
    assert is_countdown("Release countdown for week R-4 (Ocata-3 Milestone), Jan 23-27")
    assert is_countdown("Release Count Down for R+1")
    assert not is_countdown("The final countdown")
    assert is_digest("Developer Mailing List Digest April 9-22")
    assert not is_digest("Use another digest algorithm")
