"""Entries of a journal, as the bot makes them of what somebody says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.gather.bot.success_tracker import SuccessTracker

FOLDER = "releasenotes/digests"
NOW = datetime(2026, 3, 2, 14, 5, 30, tzinfo=UTC)


def make_entries(*texts: str, nick: str = "aya", now: datetime = NOW) -> list[JournalEntry]:
    """Return the last entry of each text that is a success, said in #dev, one second after the other."""
    tracker = SuccessTracker([])
    heard = [tracker.hear(nick, "#dev", text, now + timedelta(seconds=number)) for number, text in enumerate(texts)]
    return [found[0] for found in heard if found and found[1]]
