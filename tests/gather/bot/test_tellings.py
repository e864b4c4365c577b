"""Which messages are told successes, and what is remembered of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.bot import success_tracker as module
from sphinxext.digest.gather.bot.success_tracker import Tellings, log_url

NOW = datetime(2026, 3, 2, 14, 5, 30, tzinfo=UTC)


def _hear(tellings: Tellings, text: str, seconds: float = 0, nick: str = "aya", channel: str = "#dev") -> object:
    return tellings.hear(nick, channel, text, NOW + timedelta(seconds=seconds))


def test_entry() -> None:
    noted = _hear(Tellings([]), "#thanks fungi for caf\u00e9")
    assert noted
    entry = noted.entry
    assert (noted.kind, noted.corrects, noted.token) == ("thanks", False, entry.token)
    assert (entry.kind, entry.nick, entry.channel, entry.before) == ("thanks", "aya", "#dev", "")
    assert entry.moment == "2026-03-02T14:05:30+00:00"
    assert entry.name == f"for-cafe-{entry.identity}.yaml"
    assert entry.time == NOW
    assert "draft" not in entry.text
    assert "url:" not in entry.text


def test_any_time_zone() -> None:
    moment = datetime(2026, 3, 3, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    noted = Tellings([]).hear("aya", "#dev", "#success one", moment)
    assert noted
    assert noted.entry
    assert noted.entry.moment == "2026-03-02T23:00:00+00:00"


def test_link_to_the_log() -> None:
    noted = _hear(Tellings([], log_url="https://example.org/{channel}/{date}#{time}"), "#success one")
    assert noted
    assert "url: https://example.org/%23dev/2026-03-02#14:05:30" in noted.entry.text
    assert log_url("{date}{{time}", "#a", NOW) == "2026-03-02{14:05:30"


def test_what_is_none() -> None:
    tellings = Tellings([])
    assert [_hear(tellings, text) for text in ("words", "#success", "s/a/b/", "#thanks aya")] == [None] * 4


def test_again_within_five_minutes_and_later() -> None:
    tellings = Tellings([])
    first, soon, other = (
        _hear(tellings, "#success one", n, nick) for n, nick in ((0, "aya"), (299, "aya"), (0, "bo"))
    )
    assert first.entry
    assert other.entry
    assert (soon.entry, soon.token, soon.corrects) == (None, first.token, False)
    later = _hear(tellings, "#success one", 900)
    assert later.entry.identity != first.entry.identity
    assert later.entry.key == first.entry.key
    # a restart knows both
    known = Tellings([first.entry, later.entry])
    again = _hear(known, "#success one", 905)
    assert (again.entry, again.token) == (None, later.token)
    third = _hear(known, "#success one", 2000)
    assert len({third.entry.identity, later.entry.identity, first.entry.identity}) == 3
    assert _hear(Tellings([first.entry]), "#success one", 900).entry == later.entry


def test_correction() -> None:
    tellings = Tellings([])
    first = _hear(tellings, "#success teh gate works")
    fixed = _hear(tellings, "s/teh/the/", 10)
    assert fixed.corrects
    assert fixed.entry.before == first.entry.text
    assert fixed.entry.text == first.entry.text.replace("teh", "the")
    assert fixed.entry.identity == first.entry.identity
    assert fixed.token == fixed.entry.token != first.token
    # the words that came of it are no news
    same = _hear(tellings, "#success the gate works", 20)
    assert (same.entry, same.token, same.corrects) == (None, fixed.token, False)
    more = _hear(tellings, "#success the gate works again", 25)
    assert more.entry.before == fixed.entry.text
    assert not more.corrects
    # a correction is not a telling of its own after a restart
    known = Tellings([first.entry, fixed.entry])
    assert _hear(known, "#success teh gate works", 30).entry is None
    assert _hear(known, "#success teh gate works", 3000).entry.identity == (
        _hear(Tellings([first.entry]), "#success teh gate works", 3000).entry.identity
    )


def test_correction_after_a_change_of_the_nick() -> None:
    tellings = Tellings([])
    _hear(tellings, "#success teh gate works")
    _hear(tellings, "#success teh other", channel="#infra")
    tellings.rename("aya", "aya_away")
    for channel in ("#dev", "#infra"):
        fixed = _hear(tellings, "s/teh/the/", 5, "aya_away", channel)
        assert fixed.entry.nick == "aya"
        assert fixed.entry.channel == channel


def test_correction_that_comes_late() -> None:
    tellings = Tellings([])
    _hear(tellings, "#success teh gate works")
    assert _hear(tellings, "s/teh/the/", 301) is None


@pytest.mark.parametrize("shift", [-86400, 86400])
def test_clock_that_jumps(shift: int) -> None:
    """Each success is one, and what was said before the jump is known after it."""
    tellings = Tellings([])
    first = _hear(tellings, "#success one")
    assert _hear(tellings, "#success one", shift).entry
    assert _hear(tellings, "#success two", shift + 5).entry
    assert _hear(tellings, "#success three", 5).entry
    again = _hear(tellings, "#success one", 10)
    assert (again.entry, again.token) == (None, first.token)


def test_flood_takes_linear_time_and_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands in a minute, and what is too old leaves no trace."""
    looks: list[int] = []
    monkeypatch.setattr(module, "max", lambda *sizes: looks.append(max(sizes)) or max(sizes), raising=False)
    tellings = Tellings([])
    used = time.process_time()
    for number in range(4_000):
        assert _hear(tellings, f"#success number {number}", number / 400, f"nick{number % 50}").entry
    used = time.process_time() - used
    assert used < 60
    assert len(tellings._recent) == 4_000
    # all of it was looked through only as often as it had doubled
    assert 2 <= len(looks) < 20
    late = timedelta(hours=37).total_seconds()
    for number in range(5_000):
        assert _hear(tellings, f"#success later {number}", late + number / 3, f"nick{number % 50}").entry
    assert len(tellings._recent) < 2_500
    assert len(tellings._times) < 10_000
    assert not any("2026-03-02" in str(last.moment) for last in tellings._times.values())
    # what is not too old is known
    assert _hear(tellings, "#success later 4999", late + 1668, f"nick{4999 % 50}").entry is None


def test_no_more_is_forgotten_than_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 2)
    tellings = Tellings([])
    for number in range(30):
        _hear(tellings, f"#success teh number {number}", number, f"nick{number}")
    for number in range(30):
        assert _hear(tellings, "s/teh/the/", 60 + number, f"nick{number}").entry
        # the words as they were before are known as well
        assert not _hear(tellings, f"#success teh number {number}", 61 + number, f"nick{number}").entry


def test_correction_in_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 0)
    tellings = Tellings([])
    first = _hear(tellings, "#success teh gate works")
    assert _hear(tellings, "s/teh/the/", 300).entry.before == first.entry.text


HOSTILE = [
    "line\u2028separator\u2029paragraph\x85next\x0bvertical\x0cform\x1c\x1d\x1e",
    "\x02bold\x1f\x16\x11\x1e\x0f \x0304,12red \x04ff0000,00ff00hex \x1b]0;title\x07 \x9b31m",
    "\u202eturned\u2066isolated\u200b\u2060\ufeff\U000e0041tag",
    "draft: true",
    "--- !!python/object:os.system x",
    "*bold* `role` |sub| [1]_ target_ __ :ref:`x` .. raw:: html",
    "'single \"double \\back",
    "{channel} {0} %s ${HOME}",
    "\ud83d\ude00 \U0001f600 \ufffd \ufffe",
    "- x\n- y: z",
    "x" * 9000,
    "\u0430" * 4000,
    "#success #success #thanks aya #success",
    "\x00\x01ACTION\x01",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("nick", ["aya", "{[^_`|}]", "<b>\u202e", "-rf", "a\u2028b", "n" * 500, "'\"\\"])
def test_hostile_texts_are_fragments(text: str, nick: str) -> None:
    """Of one note with one line, which says nothing but words."""
    noted = _hear(Tellings([]), f"#success so {text}", nick=nick)
    assert noted
    fragment, problems = read_fragment(noted.entry.text.encode(), "x", noted.entry.name.removesuffix(".yaml"))
    assert not problems
    assert fragment is not None
    assert not fragment.draft
    [note] = fragment.notes
    assert "\n" not in note.text.value
    assert note.text.value.isprintable()
    noted.entry.name.encode("ascii")
    assert len(noted.entry.name) < 100
