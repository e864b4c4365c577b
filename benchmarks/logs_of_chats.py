"""Logs of a channel as Limnoria writes them: one file to a day, with joins, talk, and now and then a success."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

CHANNEL = "openstack-made-up"
_NICKS = [f"nick{number}" for number in range(60)]
_WORDS = [*"abcde", "the gate is green", "again", "and the review", "of that change", "needs", "a second pair of eyes"]


def write_logs(folder: Path, days: int, lines: int, successes: int = 1) -> Path:
    """Write the logs of so many days with so many lines each; so many of the lines are successes."""
    dice = random.Random(20160314)
    channel = folder / f"%23{CHANNEL}"
    channel.mkdir()
    for number in range(days):
        day = date(2016, 1, 1) + timedelta(days=number)
        told = set(dice.sample(range(lines), successes))
        rows = [f"{day}T{_time(row, lines)}  {_event(dice, day, row in told)}\n" for row in range(lines)]
        (channel / f"%23{CHANNEL}.{day}.log").write_text("".join(rows), encoding="utf-8")
    return folder


def _time(row: int, lines: int) -> str:
    return f"{timedelta(seconds=row * 86_399 // lines)!s:0>8}"


def _event(dice: random.Random, day: date, success: bool) -> str:
    nick = dice.choice(_NICKS)
    words = " ".join(dice.choices(_WORDS, k=dice.randint(3, 25)))
    if success:
        return f"<{nick}> #success On {day} {words}"
    kind = dice.random()
    if kind < 0.15:
        return f"*** {nick} <~{nick}@host.example.org> has joined #{CHANNEL}"
    if kind < 0.3:
        return f"*** {nick} <~{nick}@host.example.org> has quit IRC (Ping timeout)"
    return f"* {nick} {words}" if kind < 0.33 else f"<{nick}> {words}"
