"""What puts a success right, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.gather.irc import Command, CommandKind, Listener, corrected, distinct, parse

START = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)


def after(*messages: tuple[float, str, str]) -> list[str]:
    """The texts after messages, each with its minute and its nick; ``-> nick`` is a new nick."""
    listener = Listener("dev")
    for minute, nick, text in messages:
        if text.startswith("-> "):
            listener.rename(nick, text[3:])
        else:
            listener.hear(nick, text, START + timedelta(minutes=minute))
    return [one.current.text for one in distinct(listener.heard) if one.current]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("s/gate/check/", "the check is green, the gate"),
        ("s/gate/check/g", "the check is green, the check"),
        ("s/gate/check", "the check is green, the gate"),
        ("s/GATE/check/gi", "the check is green, the check"),
        ("s|green, the gate|red/blue|", "the gate is red/blue"),
        (r"s/green,/a\/b/", "the gate is a/b the gate"),
        ("s#, the gate##", "the gate is green"),
        ("s/ green,//", "the gate is the gate"),
        ("s/gate is/gate  was/", "the gate was green, the gate"),
        ("#success the gate is green, the gate", "the gate is green, the gate"),
        ("#success The gate is green. The gate!", "The gate is green. The gate!"),
        ("#success the gate is green, the gate of nova", "the gate is green, the gate of nova"),
        ("#success the gate is grene, the gate", "the gate is grene, the gate"),
    ],
)
def test_correction(message: str, text: str) -> None:
    assert after((0, "ada", "#success the gate is green, the gate"), (5, "ada", message)) == [text]


@pytest.mark.parametrize(
    "message",
    [
        *(
            "s/nothing/like it/",
            "s/a.*e/b/",
            "s/GATE/x/",
            "s//x/",
            "s/gate/x/y",
            "s/gate",
            "sed s/gate/x/",
            "s/the gate",
        ),
        *(" s/gate/x/", "gate", "#success", "#thanks fungi for the gate", "s/the gate is green, the gate//"),
    ],
)
def test_no_correction(message: str) -> None:
    assert "the gate is green, the gate" in after(
        (0, "ada", "#success the gate is green, the gate"), (1, "ada", message)
    )


@pytest.mark.parametrize(("new", "is_corrected"), [("b", True), ("bbb", False)])
def test_a_correction_that_makes_a_text_too_long(new: str, is_corrected: bool) -> None:
    """Its limit is checked before it is made, with what is replaced still there."""
    text = "a " * 2_500
    (found,) = after((0, "ada", f"#success {text}"), (1, "ada", f"s/a/{new}/g"))
    assert (new in found) is is_corrected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("#success keystone has reno", "#success nova has reno"),
        ("#success 13.0.0.0b1 is out", "#success 13.0.0.0b2 is out"),
        ("#success bug 12345 is closed", "#success bug 12346 is closed"),
        ("#success keystone is out", "#success keystoneauth is out"),
        ("#thanks fungi for all", "#thanks clarkb for all"),
        ("#success done", "#success done with nova"),
        ("#success Got it", "#thanks fungi Got it"),
    ],
)
def test_two_successes(first: str, second: str) -> None:
    assert len(after((0, "ada", first), (1, "ada", second))) == 2


def test_a_recipient() -> None:
    told = parse("#thanks fnugi for all")
    assert told is not None
    for message in ("s/fnugi/fungi/", "#thanks fungi for all"):
        changed = corrected(told, message)
        assert changed is not None
        assert (changed.recipient, changed.text) == ("fungi", "for all")
    assert corrected(told, "s/fnugi/fungi and clarkb/") is None


def test_time_and_nick() -> None:
    first = (0.0, "ada", "#success it wroks")
    assert after(first, (5, "ada", "s/wroks/works/")) == ["it works"]
    assert after(first, (5.1, "ada", "s/wroks/works/")) == ["it wroks"]
    assert after(first, (1, "bob", "s/wroks/works/")) == ["it wroks"]
    assert after(first, (1, "Ada", "s/wroks/works/")) == ["it works"]
    assert after(first, (1, "ada", "-> ada_"), (2, "ada_", "s/wroks/works/")) == ["it works"]
    assert after(first, (4, "ada", "s/wroks/worsk/"), (8, "ada", "s/worsk/works/")) == ["it works"]


def test_the_same_again() -> None:
    first = (0.0, "ada", "#success it works")
    assert after(first, (5, "ada", "#success it works")) == ["it works"]
    assert after(first, (6, "ada", "#success it works")) == ["it works"] * 2
    assert after(first, (1, "bob", "#success it works")) == ["it works"] * 2


def test_what_was_said_in_between() -> None:
    first = (0.0, "ada", "#success it works")
    between = (1.0, "ada", "but does it really")
    assert after(first, between, (2, "ada", "s/it/that/")) == ["it works"]
    assert after(first, between, (2, "ada", "s/works/flies/")) == ["it flies"]


def test_the_latest_that_fits() -> None:
    told = [(0.0, "ada", "#success one works"), (1.0, "ada", "#success two works")]
    assert after(*told, (2, "ada", "s/works/flies/")) == ["one works", "two flies"]
    assert after(*told, (2, "ada", "s/one/three/")) == ["three works", "two works"]


def test_a_correction_cannot_swell() -> None:
    told = parse("#success " + "a" * 5000)
    assert told is not None
    assert corrected(told, f"s/a/{'b' * 500}/g") is None


@given(st.text("s/|#\\gi ab", max_size=20), st.text("ab /#", min_size=1, max_size=20))
def test_any_message(message: str, text: str) -> None:
    told = parse(f"#success x{text}")
    assert told is not None
    changed = corrected(told, message)
    assert changed is None or (changed.text and changed.recipient is None)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        # at most two words, and at most half of them
        ("release wroks", "release works", True),
        ("relaese wroks", "release works", False),
        ("wroks", "works", False),
        ("the relaese realy works", "the release really works", True),
        ("relaese gatse realy works today again", "release gates really works today again", False),
        # a slip changes little of a word, and no word of three letters
        ("the gate now", "the gate not", False),
        ("the gats are open", "the gate are open", True),
        ("the gate are open", "the fits are open", False),
        ("the mirrors broke", "the mirrorsxx broke", True),
        ("the mirrors broke", "the mirrorsxxx broke", False),
        (f"the {'a' * 50} broke", f"the {'a' * 49}b broke", True),
        (f"the {'a' * 51} broke", f"the {'a' * 50}b broke", False),
        # more words at the end, but not where one word is all that it had
        ("it works", "it works again", True),
        ("works", "works again", False),
        ("it works", "again it works", False),
        ("it works again", "it works", False),
        # what stands around words does not count
        ('it "works"!', "(it works)", True),
        ("it ...", "it !!!", False),
    ],
)
def test_when_it_is_the_same_again(first: str, second: str, is_one: bool) -> None:
    told = after((0, "ada", f"#success {first}"), (1, "ada", f"#success {second}"))
    assert told == ([second] if is_one else [first, second])


def test_flags_and_marks_of_sed() -> None:
    told = parse("#success one one ONE")
    assert told is not None
    for message, text in {
        "s/one/two/i": "two one ONE",
        "s/one/two/ig": "two two two",
        "s/ONE/two/": "one one two",
        "s/one/two/g ": "two two ONE",
        "s@one@a/b@": "a/b one ONE",
        "s/one /\\//": "/one ONE",
        "s/one/\x02two\x02/": "two one ONE",
    }.items():
        changed = corrected(told, message)
        assert changed is not None and changed.text == text, message
    assert corrected(told, "s/one/two/" + " " * 1_000) is None
    assert corrected(told, f"s/one/{'b' * 993}/") is not None
    assert corrected(told, f"s/one/{'b' * 994}/") is None


def test_one_of_several_recipients() -> None:
    command = parse("#thanks ada, bbo and eve for the reviews")
    assert command is not None
    expected = Command(CommandKind.THANKS, "ada", "for the reviews", ("bob", "eve"))
    assert corrected(command, "s/bbo/bob/") == expected
    assert corrected(command, "#thanks ada, bbo and eve for the reviews of today") is not None
