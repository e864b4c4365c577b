"""The numbers of digests: counted, said by a fragment, and counted on from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sphinxext.digest.collection.compose import compose
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.problems import Code, DigestError

Make = Callable[..., Collection]

#: Days of the digests of five weeks; the fourth week has none.
DAYS = {1: "2026-10-27", 2: "2026-11-03", 3: "2026-11-10", 5: "2026-11-24", 6: "2026-12-01"}


@pytest.fixture
def make(make_collection: Make) -> Make:
    """A collection whose weeks begin on Mondays."""

    def make(fragments: dict[str, str], **options: object) -> Collection:
        return make_collection(fragments, week_start="monday", **options)

    return make


def fragments(**numbers: int) -> dict[str, str]:
    """A fragment for each week; ``week3=567`` says the number of one of them."""
    return {
        f"week{week}": f"date: {day}\n"
        + (f"number: {numbers[f'week{week}']}\n" if f"week{week}" in numbers else "")
        + "successes: [Skuas]\n"
        for week, day in DAYS.items()
    }


def numbers_of(collection: Collection) -> list[int]:
    return [collection.numbers.of(period) for period in collection.digests]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        # weeks without a digest have no number
        ({}, [1, 2, 3, 4, 5]),
        ({"week1": 100}, [100, 101, 102, 103, 104]),
        ({"week3": 567}, [565, 566, 567, 568, 569]),
        ({"week6": 5}, [1, 2, 3, 4, 5]),
        ({"week2": 12, "week5": 1}, [11, 12, 13, 1, 2]),
        ({"week3": 1}, [-1, 0, 1, 2, 3]),
    ],
)
def test_numbers(make: Make, said: dict[str, int], numbers: list[int]) -> None:
    collection = make(fragments(**said))
    assert numbers_of(collection) == numbers
    assert collection.problems == ()


@pytest.mark.parametrize(
    ("period", "number"),
    [
        # a week without notes, one that is to come, one before all
        ("2026-11-16/2026-11-22", 568),
        ("2026-12-07/2026-12-13", 570),
        ("2026-10-05/2026-10-11", 565),
        # days of a digest; days of two
        ("2026-11-10/2026-11-11", 567),
        ("2026-11-02/2026-11-15", 567),
    ],
)
def test_a_period_that_is_no_digest_has_the_number_that_one_would_have(make: Make, period: str, number: int) -> None:
    assert make(fragments(week3=567)).numbers.of(parse_interval(period)) == number


def test_no_digests(make: Make) -> None:
    assert make({}).numbers.of(parse_interval("2026-W48")) == 1


def test_the_title_and_the_digest_have_it(make: Make) -> None:
    collection = make(fragments(week3=567), title="Weekly News #{number}, {period}")
    digest = compose(collection, parse_interval("2026-11-23/2026-11-29"))
    assert (digest.number, digest.title) == (568, "Weekly News #568, November 23–29, 2026")


def test_a_fragment_numbers_the_digest_of_its_earliest_note(make: Make) -> None:
    text = "number: 40\nsuccesses: [{text: Later, date: 2026-11-24}, {text: Sooner, date: 2026-11-10}]\n"
    collection = make({"one": text})
    assert numbers_of(collection) == [40, 41]


def test_a_digest_of_two_weeks_is_one(make: Make) -> None:
    collection = make(fragments(week1=7), intervals=("2026-11-02/2026-11-15",))
    assert numbers_of(collection) == [7, 8, 9, 10]
    assert numbers_of(collection.with_intervals([parse_interval("2026-10-26/2026-11-01")])) == [7, 8, 9, 10]


def test_drafts_and_other_projects_say_nothing(make: Make) -> None:
    drafted = {**fragments(), "week3": "date: 2026-11-10\ndraft: true\nnumber: 567\nsuccesses: [Terns]\n"}
    assert numbers_of(make(drafted)) == [1, 2, 3, 4]
    assert numbers_of(make(drafted, drafts=True)) == [565, 566, 567, 568, 569]


def test_two_numbers_in_one_digest(make: Make) -> None:
    with pytest.raises(DigestError) as caught:
        make({**fragments(week3=567), "week3-b": "date: 2026-11-11\nnumber: 568\nsuccesses: [Terns]\n"})
    [problem] = caught.value.problems
    assert (problem.code, problem.line, problem.column) == (Code.DIGEST_NUMBER, 2, 9)
