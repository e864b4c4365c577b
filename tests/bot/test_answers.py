"""How fast the bot speaks, and what it says when there is much to say."""

from __future__ import annotations

from sphinxext.digest.bot.backoff import Backoff
from sphinxext.digest.bot.flood import Answer, AnswerQueue, Bucket

URL = "https://wiki.example.org/Successes"


def _lines(queue: AnswerQueue) -> list[tuple[str, str]]:
    lines = []
    while line := queue.next(lambda channel: True):
        lines.append(line)
    return lines


def test_bucket() -> None:
    time = [100.0]
    bucket = Bucket(lambda: time[0], capacity=3, interval=2)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 2, 4]
    time[0] += 100
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 2]


def test_few_are_answered_one_by_one_and_channels_take_turns() -> None:
    queue = AnswerQueue(URL)
    for channel, nick in (("#a", "x"), ("#a", "y"), ("#b", "z")):
        queue.add(channel, Answer(nick, "success"))
    assert _lines(queue) == [
        ("#a", f"x: Added success to Success page ({URL})"),
        ("#b", f"z: Added success to Success page ({URL})"),
        ("#a", f"y: Added success to Success page ({URL})"),
    ]


def test_without_url() -> None:
    queue = AnswerQueue("")
    queue.add("#a", Answer("x", "thanks"))
    assert _lines(queue) == [("#a", "x: Added your thanks to Thanks page")]


def test_many_are_answered_together() -> None:
    queue = AnswerQueue(URL)
    for number in range(20):
        queue.add("#a", Answer(f"nick{number % 2}", "thanks" if number == 3 else "success"))
    assert _lines(queue) == [
        ("#a", f"nick0, nick1: Added 19 successes to Success page ({URL})"),
        ("#a", f"nick1: Added your thanks to Thanks page ({URL})"),
    ]
    assert not len(queue)


def test_long_nicks_take_several_lines() -> None:
    queue = AnswerQueue(URL)
    for number in range(30):
        queue.add("#a", Answer(f"{'n' * 60}{number}", "success"))
    lines = _lines(queue)
    assert all(len(text) < 400 and text.endswith(f"({URL})") for _, text in lines)
    assert sum(text.count("n" * 60) for _, text in lines) == 30


def test_a_channel_without_the_bot_waits() -> None:
    queue = AnswerQueue(URL)
    queue.add("#a", Answer("x", "success"))
    assert queue.next(lambda channel: False) is None
    assert len(queue) == 1


def test_backoff() -> None:
    backoff = Backoff(1, 60)
    waits = [backoff.next() for _ in range(40)]
    assert all(0.5 <= wait <= 60 for wait in waits)
    assert 30 <= waits[-1] <= 60
    backoff.reset()
    assert backoff.next() <= 1
