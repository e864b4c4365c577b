"""Subjects."""

from __future__ import annotations

import pytest

from sphinxext.digest.collect.mail.subject import is_answer, is_countdown, is_digest, key_of, list_tags, split_subject


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
