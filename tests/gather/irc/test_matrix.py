"""Exports of Matrix rooms: replies, edits in any order, and the names of people."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.matrix import People, nick_of, without_fallback
from sphinxext.digest.problems import Code

from .logs import edit, message, read, room, told

QUOTE = "> <@bob:example.org> hello\n> there\n\n"


def said(*events: dict[str, object], path: Path) -> list[str]:
    path.write_text(room(*events), encoding="utf-8")
    collector = read(path)
    assert collector.problems == []
    return [line.partition("#dev ")[2] for line in told(collector)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "export.json"


def reply(body: str, number: int = 2, of: int = 1, **content: object) -> dict[str, object]:
    relation = {"m.in_reply_to": {"event_id": f"${of}"}}
    return message("", number, content={"msgtype": "m.text", "body": body, "m.relates_to": relation, **content})


def member(nick: str, name: object) -> dict[str, object]:
    who = f"@{nick}:example.org"
    return {"type": "m.room.member", "state_key": who, "sender": who, "content": {"displayname": name}}


def test_replies(export: Path) -> None:
    assert said(
        reply(f"{QUOTE}#success In a reply", 2),
        reply("#success Without a fallback", 3),
        reply("> * <@bob:example.org> waves\n\n#success After an action", 4),
        reply("> <@bob:example.org> hello\n#success Without a blank line", 5),
        reply("> <@bob:example.org> #success quoted only\n\nnice one", 6),
        reply("> a quote of one's own\n\n#success is no command here", 7),
        reply("> <@bob:example.org> nothing else", 8),
        message(f"{QUOTE}#success Quoted by hand", 9),
        path=export,
    ) == [
        "ada: In a reply",
        "ada: Without a fallback",
        "ada: After an action",
        "ada: Without a blank line",
    ]


def test_replies_in_threads(export: Path) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$1", "is_falling_back": True, "m.in_reply_to": {"event_id": "$1"}}
    content = {"msgtype": "m.text", "body": f"{QUOTE}#success Here", "m.relates_to": relation}
    assert said(message("", 2, content=content), path=export) == ["ada: Here"]


def test_edits_of_replies(export: Path) -> None:
    own = edit(f"{QUOTE}#success Edited, too", 5, 4)
    content = own["content"]
    assert isinstance(content, dict)
    content["m.new_content"]["m.relates_to"] = {"m.in_reply_to": {"event_id": "$1"}}
    assert said(
        reply(f"{QUOTE}#success In a reply", 2),
        edit(f"{QUOTE}#success Edited", 3, 2),
        message("nothing", 4),
        own,
        message("#success Plain", 6),
        edit(f"{QUOTE}#success quoted", 7, 6),
        path=export,
    ) == ["ada: Edited", "ada: Edited, too"]
    # the edit may be all that is exported
    assert said(edit("#success Of something older", 3, 2), path=export) == ["ada: Of something older"]


def test_edits_before_what_they_edit(export: Path) -> None:
    assert said(
        edit("#success Last", 3, 10),
        edit("#success First", 2, 10),
        message("#success Original", 10),
        edit("nothing now", 4, 11),
        message("#success Taken back", 11),
        path=export,
    ) == ["ada: Last"]


def test_what_was_redacted(export: Path) -> None:
    assert said(
        message("#success One", 1),
        message("#success Two", 2),
        message("#success Three", 3),
        {"type": "m.room.redaction", "sender": "@ada:example.org", "redacts": "$1"},
        {"type": "m.room.redaction", "sender": "@ada:example.org", "content": {"redacts": "$2"}},
        {"type": "m.room.redaction", "sender": "@ada:example.org", "redacts": ["$3"], "content": []},
        path=export,
    ) == ["ada: Three"]


PILL = '<a href="https://matrix.to/#/@quill:example.org">Quill (away)</a>'


@pytest.mark.parametrize(
    ("body", "content", "recipient"),
    [
        ("#thanks @quill:example.org for it", {}, "quill"),
        ("#thanks @quill:example.org: for it", {}, "quill"),
        ("#thanks quill for it", {}, "quill"),
        # links to people
        ("#thanks Quill (away): for it", {"formatted_body": f"#thanks {PILL}: for it"}, "quill"),
        ("#thanks quill (AWAY) for it", {"formatted_body": f"#thanks {PILL} for it"}, "quill"),
        (
            "#thanks Qu & Co for it",
            {"formatted_body": f"#thanks {PILL.replace('Quill (away)', 'Qu &amp; Co')}"},
            "quill",
        ),
        (
            "#thanks Q for it",
            {"formatted_body": "<a href='https://matrix.to/#/%40quill%3Aexample.org?via=x'>Q</a>"},
            "quill",
        ),
        ("#thanks Q for it", {"formatted_body": '<A class="x" HREF=matrix:u/quill:example.org>Q</A>'}, "quill"),
        ("#thanks Q for it", {"formatted_body": '<a href="https://matrix.to/#/!room:example.org">Q</a>'}, "Q"),
        ("#thanks Q for it", {"formatted_body": '<a href="https://evil.example/#/@quill:example.org">Q</a>'}, "Q"),
        # the names that the message mentions, and those of the room
        ("#thanks Quill Pen for it", {"m.mentions": {"user_ids": ["@q17:example.org"]}}, "q17"),
        ("#thanks @Quill Pen: for it", {"m.mentions": {"user_ids": ["@q17:example.org"]}}, "q17"),
        ("#thanks Twin for it", {"m.mentions": {"user_ids": ["@twin2:example.org"]}}, "twin2"),
        ("#thanks Quill Pen for it", {}, "q17"),
        ("#thanks Quill for it", {}, "q18"),
        ("#thanks Quill, for it", {}, "q18"),
        ("#thanks Twin for it", {}, "Twin"),
        ("#thanks nicky for it", {}, "nicky"),
        ("#thanks Old Name for it", {}, "Old"),
        ("#thanks Quill\tPen for it", {}, "q18"),
        ("#thanks Quiller for it", {}, "Quiller"),
        ("#thanks: Quill for it", {}, "q18"),
        # what is of a wrong type counts as missing
        ("#thanks Quill for it", {"m.mentions": {"user_ids": 1}, "formatted_body": {}}, "q18"),
        ("#thanks Quill for it", {"m.mentions": {"user_ids": [1, None, []]}, "formatted_body": None}, "q18"),
        ("#thanks Quill for it", {"m.mentions": []}, "q18"),
    ],
)
def test_who_is_thanked(export: Path, body: str, content: dict[str, object], recipient: str) -> None:
    people = (
        member("q17", "Quill Pen"),
        member("q18", "Quill"),
        member("twin1", "Twin"),
        member("twin2", "Twin"),
        member("q19", ["Quill"]),
        member("q20", " "),
        member("nicky", "Nick"),
        member("q21", "nicky"),
        member("q22", "Old Name"),
        member("q22", "New Name"),
    )
    own = message("", 2, content={"msgtype": "m.text", "body": body, **content})
    rest = {"Old": "Name for it", "q18": "Pen for it" if "Pen" in body else "for it"}.get(recipient, "for it")
    assert said(*people, own, path=export) == [f"ada thanks {recipient}: {rest}"]
    new = {"msgtype": "m.text", "body": body, **content}
    relation = {"rel_type": "m.replace", "event_id": "$2"}
    later = message(
        "", 3, content={"msgtype": "m.text", "body": "* x", "m.new_content": new, "m.relates_to": relation}
    )
    assert said(*people, message("x", 2), later, path=export) == [f"ada thanks {recipient}: {rest}"]
    # in a reply the fallback has links to people as well
    quoted = f"{QUOTE}{body}"
    assert said(*people, reply(quoted, 2, **content), path=export) == [f"ada thanks {recipient}: {rest}"]


def test_names_do_not_matter_elsewhere(export: Path) -> None:
    people = member("q18", "for"), member("q17", "#success")
    assert said(*people, message("#success for it", 2), path=export) == ["ada: for it"]
    assert said(*people, message("#thanks", 3), message("#thanks for", 4), path=export) == []


def test_the_nick_of_an_identifier() -> None:
    for who, nick in {
        "@ada:example.org": "ada",
        "@ada:[::1]:8448": "ada",
        "ada": "ada",
        "@ada": "ada",
        "@": "@",
        ":x": ":x",
        "@a b:example.org": "a b",
    }.items():
        assert nick_of(who) == nick


def test_a_fallback_alone() -> None:
    assert without_fallback("> <@a:b> x") == ""
    assert without_fallback("> <@a:b> x\n>\n> y\n\n\nz") == "\nz"
    assert without_fallback("> <a b> x\n\ny") == "> <a b> x\n\ny"
    assert without_fallback("x\n> <@a:b> x\n\ny") == "x\n> <@a:b> x\n\ny"


@pytest.mark.parametrize(
    "content",
    [
        {"body": "#thanks x y", "formatted_body": "<a " * 300_000},
        {"body": "#thanks x y", "formatted_body": '<a href="https://matrix.to/#/@x:y">' * 30_000},
        {"body": "#thanks x y", "formatted_body": "<a href=" + "https://matrix.to/#/" * 50_000},
        {"body": "#thanks " + "x" * 1_000_000},
        {"body": "#thanks " + "@x:" * 300_000 + " y"},
        {"body": "> <@a:b> x\n" + ">\n" * 300_000 + "#success x"},
        {"body": "> <" + "<" * 1_000_000},
        {"body": "#thanks x y", "m.mentions": {"user_ids": ["@x:y"] * 300_000}},
    ],
    ids=range(8),
)
def test_hostile_messages_take_no_longer(content: dict[str, object]) -> None:
    people = People()
    for number in range(1_000):
        people.add(member(f"x{number}", "x" * number))
    started = time.process_time()
    people.resolve(content, without_fallback(str(content["body"])))
    assert time.process_time() - started < 5


def test_a_large_room_takes_no_longer(export: Path) -> None:
    events = [member(f"n{number}", f"Name {number}") for number in range(3_000)]
    events += [message(f"#thanks Name {number} for {number}", number) for number in range(1_000)]
    started = time.process_time()
    assert len(said(*events, path=export)) == 1_000
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "value",
    [
        1,
        "x",
        None,
        True,
        [],
        {},
        [[]],
        [1],
        {"messages": {}},
        {"messages": [1]},
        {"messages": [{"origin_server_ts": []}]},
    ],
    ids=str,
)
def test_exports_of_wrong_types(export: Path, value: object) -> None:
    export.write_text(json.dumps(value), encoding="utf-8")
    collector = read(export)
    assert told(collector) == []
    assert [problem.code for problem in collector.problems] in ([], [Code.NOT_A_LOG])
