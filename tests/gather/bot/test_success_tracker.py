"""Messages that are successes, and the memory of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sphinxext.digest.collection.people import People, Person
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.bot import success_tracker as module
from sphinxext.digest.gather.bot.success_tracker import Origin, SuccessTracker, log_url
from sphinxext.digest.gather.irc import TrackedCommand, draft_success, parse

NOW = datetime(2026, 3, 2, 14, 5, 30, tzinfo=UTC)


def _hear(tracker: SuccessTracker, text: str, seconds: float = 0, nick: str = "aya", channel: str = "#dev") -> Any:
    return tracker.hear(nick, channel, text, NOW + timedelta(seconds=seconds))


def test_entry() -> None:
    entry, is_new = _hear(SuccessTracker([]), "#thanks fungi for caf\u00e9")
    assert is_new
    assert (entry.kind, entry.nick, entry.channel, entry.before) == ("thanks", "aya", "#dev", "")
    assert entry.moment == "2026-03-02T14:05:30+00:00"
    assert entry.name == f"for-cafe-{entry.identity}.yaml"
    assert entry.time == NOW
    assert "draft" not in entry.text
    assert "url:" not in entry.text


def test_draft() -> None:
    entry, _ = _hear(SuccessTracker([], draft=True), "#success draft: true")
    assert "\ndraft: true\n" in entry.text


def test_any_time_zone() -> None:
    moment = datetime(2026, 3, 3, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    found = SuccessTracker([]).hear("aya", "#dev", "#success one", moment)
    assert found
    assert found[0].moment == "2026-03-02T23:00:00+00:00"


def test_link_to_the_log() -> None:
    tracker = SuccessTracker([], log_url="https://example.org/{channel}/{date}#{time}")
    entry, _ = _hear(tracker, "#success one")
    assert "url: https://example.org/%23dev/2026-03-02#14:05:30" in entry.text
    assert log_url("{date}{{time}", "#a", NOW) == "2026-03-02{14:05:30"


def test_what_is_none() -> None:
    tracker = SuccessTracker([])
    assert [_hear(tracker, text) for text in ("words", "#success", "s/a/b/", "#thanks aya")] == [None] * 4


def test_again_within_five_minutes_and_later() -> None:
    tracker = SuccessTracker([])
    first, soon, other = (_hear(tracker, "#success one", n, nick) for n, nick in ((0, "aya"), (299, "aya"), (0, "bo")))
    assert first[1]
    assert other[1]
    assert soon == (first[0], False)
    later, is_new = _hear(tracker, "#success one", 900)
    assert is_new
    assert later.identity != first[0].identity
    assert later.key == first[0].key
    # a restart knows both
    known = SuccessTracker([first[0], later])
    assert _hear(known, "#success one", 905) == (later, False)
    third, _ = _hear(known, "#success one", 2000)
    assert len({third.identity, later.identity, first[0].identity}) == 3
    assert _hear(SuccessTracker([first[0]]), "#success one", 900) == (later, True)
    # the collector counts them in the same way, and drafts none of them again
    command = parse("#success one")
    assert command is not None
    for number, entry in enumerate((first[0], later, third), 1):
        told = TrackedCommand("aya", "#dev", entry.time, command, repeat=number)
        assert draft_success(told).identity == entry.identity


def test_correction() -> None:
    tracker = SuccessTracker([])
    first, _ = _hear(tracker, "#success teh gate works")
    fixed, is_new = _hear(tracker, "s/teh/the/", 10)
    assert is_new
    assert fixed.before == first.text
    assert fixed.text == first.text.replace("teh", "the")
    assert fixed.identity == first.identity
    assert fixed.token != first.token
    # the words that came of it are no news
    assert _hear(tracker, "#success the gate works", 20) == (fixed, False)
    more, is_new = _hear(tracker, "#success the gate works again", 25)
    assert is_new
    assert more.before == fixed.text
    # a correction is not a success of its own after a restart
    known = SuccessTracker([first, fixed])
    assert _hear(known, "#success teh gate works", 30) == (first, False)
    again, _ = _hear(known, "#success teh gate works", 3000)
    assert again.identity == _hear(SuccessTracker([first]), "#success teh gate works", 3000)[0].identity


def test_correction_after_a_change_of_the_nick() -> None:
    tracker = SuccessTracker([])
    _hear(tracker, "#success teh gate works")
    _hear(tracker, "#success teh other", channel="#infra")
    tracker.rename("aya", "aya_away")
    for channel in ("#dev", "#infra"):
        fixed, _ = _hear(tracker, "s/teh/the/", 5, "aya_away", channel)
        assert fixed.nick == "aya"
        assert fixed.channel == channel


def test_correction_that_comes_late() -> None:
    tracker = SuccessTracker([])
    _hear(tracker, "#success teh gate works")
    assert _hear(tracker, "s/teh/the/", 301) is None


@pytest.mark.parametrize("shift", [-86400, 86400])
def test_clock_that_jumps(shift: int) -> None:
    """Each success is one, and what was said before the jump is known after it."""
    tracker = SuccessTracker([])
    first = _hear(tracker, "#success one")
    assert _hear(tracker, "#success one", shift)[1]
    assert _hear(tracker, "#success two", shift + 5)[1]
    assert _hear(tracker, "#success three", 5)[1]
    assert _hear(tracker, "#success one", 10) == (first[0], False)


def test_flood_takes_linear_time_and_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands in a minute, and what is too old leaves no trace."""
    looks: list[int] = []
    monkeypatch.setattr(module, "max", lambda *sizes: looks.append(max(sizes)) or max(sizes), raising=False)
    tracker = SuccessTracker([])
    used = time.process_time()
    for number in range(4_000):
        assert _hear(tracker, f"#success number {number}", number / 400, f"nick{number % 50}")[1]
    used = time.process_time() - used
    assert used < 60
    assert len(tracker._recent) == 4_000
    # all of it was looked through only as often as it had doubled
    assert 2 <= len(looks) < 20
    late = timedelta(hours=37).total_seconds()
    for number in range(5_000):
        assert _hear(tracker, f"#success later {number}", late + number / 3, f"nick{number % 50}")[1]
    assert len(tracker._recent) < 2_500
    assert len(tracker._latest) < 10_000
    assert not any("2026-03-02" in last.moment for _, last in tracker._latest.values())
    # what is not too old is known
    assert _hear(tracker, "#success later 4999", late + 1668, f"nick{4999 % 50}")[1] is False


def test_no_more_is_forgotten_than_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 2)
    tracker = SuccessTracker([])
    for number in range(30):
        _hear(tracker, f"#success teh number {number}", number, f"nick{number}")
    for number in range(30):
        assert _hear(tracker, "s/teh/the/", 60 + number, f"nick{number}")[1]
        # the words as they were before are known as well
        assert not _hear(tracker, f"#success teh number {number}", 61 + number, f"nick{number}")[1]


def test_correction_in_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 0)
    tracker = SuccessTracker([])
    first, _ = _hear(tracker, "#success teh gate works")
    assert _hear(tracker, "s/teh/the/", 300)[0].before == first.text


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
    entry, _ = _hear(SuccessTracker([]), f"#success so {text}", nick=nick)
    fragment, problems = read_fragment(entry.text.encode(), "x", entry.name.removesuffix(".yaml"))
    assert not problems
    assert fragment is not None
    assert not fragment.draft
    [note] = fragment.notes
    assert "\n" not in note.text.value
    assert note.text.value.isprintable()
    entry.name.encode("ascii")
    assert len(entry.name) < 100


def _on_matrix(event: int, sender: str = "@ada_m:example.org") -> Origin:
    return Origin(f"!r:example.org ${event}", sender, "!r:example.org", f"https://matrix.to/#/!r:example.org/${event}")


@pytest.fixture
def networks() -> SuccessTracker:
    """A tracker that knows that ``ada_m`` is ``ada``, and one success of hers."""
    tracker = SuccessTracker([], people=People([Person("ada", aliases=("ada_m",))]))
    assert _hear(tracker, "#success *teh* gate works", nick="ada")
    return tracker


@pytest.mark.parametrize(
    ("nick", "text", "seconds", "is_copy"),
    [
        ("ada_m", "#success teh gate works!", 60, True),
        ("Ada", "#success Teh gate works", -60, True),
        ("ada_m", "#success teh gate works", 61, False),
        ("bob", "#success teh gate works", 1, False),
        ("ada_m", "#success teh gates work", 1, False),
        ("ada_m", "#thanks teh gate works", 1, False),
    ],
)
def test_told_on_two_networks(networks: SuccessTracker, nick: str, text: str, seconds: int, is_copy: bool) -> None:
    moment = NOW + timedelta(seconds=seconds)
    for origin, channel in ((_on_matrix(1), "dev"), (None, "#other")):
        assert (networks.hear(nick, channel, text, moment, origin) is None) is is_copy
        if not is_copy:
            break


def test_releases_are_told_apart() -> None:
    tracker = SuccessTracker([])
    _hear(tracker, "#success Nova 1.10 is out")
    assert _hear(tracker, "#success Nova 11.0 is out", 1, channel="#other")[1]


def test_told_on_two_networks_around_a_restart() -> None:
    first, _ = _hear(SuccessTracker([]), "#success one")
    again = SuccessTracker([first])
    assert again.hear("aya", "dev", "#success one", NOW + timedelta(seconds=30), _on_matrix(1)) is None


def test_corrections_of_what_was_told_on_two_networks(networks: SuccessTracker) -> None:
    """They count wherever they are made, and once."""
    here, place = _on_matrix(1), "!r:example.org $1"
    moment = NOW + timedelta(seconds=5)
    assert networks.hear("ada_m", "dev", "#success teh gate works", moment, here) is None
    fixed = networks.hear("ada_m", "dev", "s/teh/the/", moment, _on_matrix(2))
    assert fixed
    assert fixed[1]
    assert "text: the gate works" in fixed[0].text
    assert "nick: ada\n" in fixed[0].text
    assert "channel: dev" in fixed[0].text
    assert networks.knows(place)
    assert networks.edit(place, "@eve:example.org", "#success forged") is None
    edited = networks.edit(place, here.sender, "#success the gate works again")
    assert edited
    assert edited[0].before == fixed[0].text
    assert "the gate works again" in edited[0].text
    # on the first network it is the same success, as it reads now
    last = _hear(networks, "s/again/at last/", 20, "ada")
    assert last[0].before == edited[0].text
    assert "the gate works at last" in last[0].text
    gone = networks.take_back(place)
    assert gone
    assert gone[0].is_removal
    assert gone[0].before == last[0].text
    assert {entry.identity for entry, _ in (fixed, edited, last, gone)} == {last[0].identity}


def test_a_correction_that_is_told_on_another_network(networks: SuccessTracker) -> None:
    _hear(networks, "s/teh/the/", 5, "ada")
    moment = NOW + timedelta(seconds=8)
    assert networks.hear("ada_m", "dev", "#success the gate works", moment, _on_matrix(1)) is None


def test_what_was_taken_back_stays_so_on_two_networks() -> None:
    tracker = SuccessTracker([])
    first = tracker.hear("ada", "dev", "#success teh gate works", NOW, _on_matrix(1))
    assert first
    _hear(tracker, "#success teh gate works", 5, "ada")
    gone = tracker.take_back(first[0].event)
    assert gone
    assert _hear(tracker, "s/teh/the/", 6, "ada") is None
    # also after a restart
    again = SuccessTracker([first[0], gone[0]])
    assert _hear(again, "#success teh gate works", 7, "ada") is None
    assert _hear(again, "s/teh/the/", 8, "ada") is None


def test_the_same_correction_on_two_networks(networks: SuccessTracker) -> None:
    moment = NOW + timedelta(seconds=5)
    assert networks.hear("ada_m", "dev", "#success teh gate works", moment, _on_matrix(1)) is None
    assert _hear(networks, "s/teh/the/", 6, "ada")[1]
    assert networks.hear("ada_m", "dev", "s/teh/the/", moment, _on_matrix(2)) is None


def test_relayed_people_of_one_nick() -> None:
    """Who has the nick on another network corrects nothing."""
    tracker = SuccessTracker([])
    tracker.hear("ada", "#dev", "#success teh gate works", NOW, speaker="bridge ada")
    assert tracker.hear("ada", "#dev", "s/teh/no/", NOW, speaker="ada") is None
    fixed = tracker.hear("ada", "#dev", "s/teh/the/", NOW, speaker="bridge ada")
    assert fixed
    assert "the gate works" in fixed[0].text


def test_messages_in_sections() -> None:
    """Plain text below the heading; moved, edited and illustrated; one that is rejected stays out."""
    tracker = SuccessTracker([])
    moment = datetime(2026, 11, 16, 10, tzinfo=UTC)
    origin = Origin("!r $1", "@bob:e.org", "!r", "https://matrix.to/#/!r/$1")
    entry, is_new = tracker.put("bob", "dev", "A *new* page\n\n.. raw:: html", moment, origin, "News: all") or ({}, 0)
    assert is_new and entry.text == (
        '---\ndate: 2026-11-16\nitems:\n  - group: "News: all"\n    text: |\n'
        "      A \\*new* page\n\n      \\.. raw:: html\n"
        "    url: https://matrix.to/#/!r/$1\n"
    )
    assert tracker.put("bob", "dev", "A *new* page\n\n.. raw:: html", moment, origin, "News: all") == (entry, False)
    moved, _ = tracker.put("bob", "dev", "Two pages", moment, origin, "Other") or (None, None)
    assert (moved.identity, moved.before) == (entry.identity, entry.text)
    assert "group: Other\n    text: Two pages\n" in moved.text
    picture = ".. image:: /news/x.png\n   :alt: A page\n"
    shown, _ = tracker.illustrate("!r $1", "doc/news/x.png", picture) or (None, None)
    assert "text: |\n      Two pages\n\n      .. image:: /news/x.png\n         :alt: A page\n" in shown.text
    assert tracker.illustrate("!r $1", "doc/news/x.png", picture) == (shown, False)
    edited, _ = tracker.edit("!r $1", "@bob:e.org", "Three pages") or (None, None)
    assert "Three pages\n\n      .. image:: /news/x.png" in edited.text and edited.files == "doc/news/x.png"
    assert tracker.edit("!r $1", "@eve:e.org", "Forged") is None
    # after a restart
    again = SuccessTracker([entry, moved, shown, edited])
    assert again.last_of("@bob:e.org", "!r", moment) == "!r $1"
    assert again.last_of("@bob:e.org", "!r", moment - timedelta(seconds=1)) == ""
    assert again.last_of("@bob:e.org", "!other", moment) == ""
    gone, _ = again.take_back("!r $1") or (None, None)
    assert gone.is_removal and gone.before == edited.text
    assert again.put("bob", "dev", "Again", moment, origin, "News") is None
    assert again.illustrate("!r $1", "y", picture) is None
