"""Whom the bot answers, and when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sphinxext.digest.gather.bot import BotSettings
from sphinxext.digest.gather.bot.bot import Bot
from sphinxext.digest.gather.bot.recorder import MOST_WAITING
from sphinxext.digest.gather.bot.success_tracker import Origin
from sphinxext.digest.gather.irc.relays import Speech
from sphinxext.digest.net.irc import Login, Server

from .test_recorder import FakeJournal, FakeRepository, _entries


def _bot(journal: object) -> Bot:
    settings = BotSettings((Server("irc.example.org", 6697),), ("#dev",), Login("successbot"))
    return Bot(settings, None, journal, FakeRepository())  # type: ignore[arg-type]


def _hear(bot: Bot, text: str, nick: str = "aya", seconds: int = 0) -> None:

    bot._hear(Speech(nick, nick, text), "#dev", datetime(2026, 3, 2, 14, 5, tzinfo=UTC) + timedelta(seconds=seconds))


def _answers(bot: Bot) -> list[str]:
    found = []
    while line := bot._replies.next(lambda _: True):
        found.append(line[1])
    return found


def test_nobody_is_answered_before_the_journal_has_it() -> None:
    """Nor who says the same again meanwhile, or says a correction again."""
    bot = _bot(FakeJournal())
    _hear(bot, "#success It wroks")
    _hear(bot, "#success It wroks", seconds=1)
    assert _answers(bot) == []
    [first] = bot._recorder._journaling.waiting
    bot._recorded([first])
    assert _answers(bot) == ["aya: Added success to Success page"] * 2
    _hear(bot, "#success It wroks", seconds=2)
    assert _answers(bot) == ["aya: Added success to Success page"]
    _hear(bot, "s/wroks/works/", seconds=3)
    _hear(bot, "#success It works", seconds=4)
    assert _answers(bot) == []
    correction = bot._recorder._journaling.waiting[1]
    bot._recorded([correction])
    assert _answers(bot) == ["aya: Corrected success", "aya: Added success to Success page"]


def test_what_could_not_be_recorded_is_as_new_later(caplog: pytest.LogCaptureFixture) -> None:
    """Who tells it again while it is not recorded gets no other answer."""
    bot = _bot(FakeJournal())
    bot._recorder._journaling.waiting += _entries(MOST_WAITING - 1)
    _hear(bot, "#success The last one")
    for second in (1, 2):
        _hear(bot, "#success One more", seconds=second)
        assert _answers(bot) == ["aya: I cannot record anything at the moment, sorry"]
    _hear(bot, "s/last/very last/", seconds=3)
    _hear(bot, "some words", seconds=4)
    assert _answers(bot) == []
    assert len(bot._recorder._journaling.waiting) == MOST_WAITING
    assert "not recorded, too many wait for the journal: aya in #dev at 2026-03-02T14:05:01" in caplog.text
    del bot._recorder._journaling.waiting[10:]
    _hear(bot, "#success One more", seconds=5)
    assert bot._recorder._journaling.waiting[-1].text.count("One more") == 1
    assert _answers(bot) == []


def test_what_was_heard_before_an_unexpected_error_is_recorded() -> None:
    journal = FakeJournal()
    bot = _bot(journal)

    async def listen() -> None:
        _hear(bot, "#success before it")
        raise RuntimeError("unexpected")

    bot._listen = listen  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="unexpected"):
        asyncio.run(bot.run())
    assert [entry.text.count("before it") for entry in journal.committed] == [1]


def test_a_text_that_comes_back_is_waited_for_twice() -> None:
    """Entries of one success that have the same text are all in the journal before a server's position is stored."""

    async def wait(bot: Bot, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await bot.recorded()
        except TimeoutError:
            return False
        return True

    bot = _bot(FakeJournal())
    place, sender = "!r:example.org $1", "@aya:example.org"
    bot.hear(
        "aya", "dev", "#success One", datetime(2026, 3, 2, 14, 5, tzinfo=UTC), Origin(place, sender, "!r:example.org")
    )
    for text in ("#success Two", "#success One"):
        bot.edit(place, sender, text)
    entries = bot._recorder._journaling.waiting
    assert entries[0].token == entries[2].token
    bot._recorded(entries[:2])
    assert not asyncio.run(wait(bot, 0.05))
    bot._recorded(entries[2:])
    assert asyncio.run(wait(bot, 5))
