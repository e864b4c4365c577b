"""``sphinx-digest announce`` in a channel of a real IRC server."""

from __future__ import annotations

import base64
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from gather.bot.conftest import ircd, people
from gather.bot.ircd import Ircd, Person, free_port

from sphinxext.digest.announce import Announcement
from sphinxext.digest.announce.irc import folded, lines_of, without_nicks
from sphinxext.digest.settings.announce_targets import Target

from .conftest import SETTINGS, WEEKS, Outcome, Run

__all__ = ["ircd", "people"]

Come = Callable[..., Person]
Write = Callable[..., Path]
Announce = Callable[..., Outcome]
URL = "https://docs.example.org/digests/2026-11-27.html"


@pytest.fixture
def announce(
    run: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Outcome]:
    """Announces a digest with these titles in ``#news``, on a port of this computer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def announce(
        port: int, *titles: str, more: str = "", arguments: tuple[str, ...] = (), secret: str = ""
    ) -> Outcome:
        write("a", "date: 2026-11-25\nthreads:\n" + "".join(f"  - {{title: '{one}', summary: x}}\n" for one in titles))
        target = f"{{name: chat, kind: irc, url: 'irc://127.0.0.1:{port}', room: '#news', {more}}}"
        text = f"{WEEKS}base_url: https://docs.example.org/\nannounce: [{target}]\n"
        (project / SETTINGS).write_text(text, encoding="utf-8")
        environ = {"SPHINX_DIGEST_ANNOUNCE_CHAT": secret} if secret else {}
        return run("announce", "2026-11-25", "--to", "chat", *arguments, **environ)

    return announce


def test_said_once_and_calls_nobody(announce: Announce, ircd: Ircd, people: Come) -> None:
    """It comes, says its line, and quits; nicks of the channel are broken, whoever is meant."""
    ada, tern = (people(ircd.port, nick, "#news") for nick in ("ada", "tern"))
    tern.send("NICK Tern[m]")
    ada.wait(r":tern!.* NICK :?Tern\[m\]")
    titles = ("Ada and @tern[M]: locks", "What TERN[m] and bob told Ada", "\\*bold\\* words")
    first = announce(ircd.port, *titles)
    assert (first.status, first.out, first.err) == (0, "", "chat: announced\n")
    ada.wait("QUIT")
    said = ada.said("#news", "sphinx-digest")
    assert len(said) == 1
    assert said[0].startswith("November 21")
    assert said[0].endswith(f" {URL}")
    assert "*bold* words" in said[0]
    assert "bob told" in said[0]
    assert not re.search(r"\bada\b|tern\[m\]|@\w", said[0], re.IGNORECASE)
    assert said[0].count("A\u200bda") == 2
    assert ada.find(":sphinx-digest!.* QUIT :")
    assert "has it since" in announce(ircd.port, *titles[:1]).err
    assert announce(ircd.port, *titles[:1], arguments=("--again",), more="user: herald").status == 0
    tern.wait(":herald!.* QUIT")
    assert len(tern.said("#news", "sphinx-digest")) == len(tern.said("#news", "herald")) == 1


def test_several_lines(announce: Announce, ircd: Ircd, people: Come) -> None:
    """None begins with words that are a command to a bot, and the address is whole."""
    ada = people(ircd.port, "ada", "#news")
    titles = [f"#success {letter * 8} " + "\N{SNOWMAN}uper long " * 20 for letter in "abc"]
    template = "template: '{headlines} {title} {url}'"
    assert announce(ircd.port, *(title.strip() for title in titles), more=template).status == 0
    ada.wait("QUIT")
    said = ada.said("#news", "sphinx-digest")
    assert 2 <= len(said) <= 3
    assert said[0].startswith("\N{EN DASH} #success")
    assert all(line.startswith("\N{HORIZONTAL ELLIPSIS} ") for line in said[1:])
    assert said[-1].endswith(f" {URL}")
    assert all(len(line.encode()) <= 400 for line in said)


def test_channels_that_refuse(announce: Announce, ircd: Ircd, people: Come) -> None:
    ada = people(ircd.port, "ada", "#news")
    ada.send("MODE #news +m")
    ada.wait("MODE #news")
    moderated = announce(ircd.port, "One")
    assert moderated.status == 1
    assert "chat: 127.0.0.1:" in moderated.err and "#news: " in moderated.err
    assert "may have been said" not in moderated.err
    ada.send("MODE #news +i")
    ada.wait("MODE #news", 2)
    invited = announce(ircd.port, "One")
    assert (invited.status, "#news: " in invited.err) == (1, True)
    ada.send("MODE #news -im")
    ada.wait("MODE #news", 3)
    # what was refused counts as not said; a nick that somebody has is no obstacle
    assert announce(ircd.port, "One", more="user: ada").err == "chat: announced\n"
    ada.wait(":ada_!.* QUIT")
    assert len(ada.said("#news", "ada_")) == 1


def test_password_without_a_login(announce: Announce, ircd: Ircd, people: Come) -> None:
    """This server has no SASL: nothing is said, and the password stays here."""
    ada = people(ircd.port, "ada", "#news")
    result = announce(ircd.port, "One", secret="s3cret")
    assert result.status == 1
    assert "has no login by SASL, so the password was not sent" in result.err
    assert "s3cret" not in result.err
    assert ada.said("#news", "sphinx-digest") == []


@pytest.mark.parametrize(
    ("url", "room", "said"),
    [
        ("irc://irc.example.org", "'#news'", "nothing is said on irc.example.org:6667 without encryption"),
        ("https://irc.example.org", "'#news'", "the target needs a 'url', such as ircs://irc.example.org"),
        ("ircs://127.0.0.1:1", "'a b'", "'a b' is not a valid channel name"),
        ("ircs://127.0.0.1:1", "news", "127.0.0.1:1: cannot connect"),
    ],
)
def test_targets(run: Run, write: Write, project: Path, url: str, room: str, said: str) -> None:
    write("a", "date: 2026-11-25\nthreads: [{title: One, summary: x}]\n")
    target = f"announce: [{{name: chat, kind: irc, url: '{url}', room: {room}}}]\n"
    (project / SETTINGS).write_text(f"{WEEKS}base_url: https://docs.example.org/\n{target}", encoding="utf-8")
    result = run("announce", "2026-11-25", "--to", "chat")
    assert (result.status, said in result.err) == (1, True)


class Scripted:
    """A server that answers lines by what they begin with, and may hang up then."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.port = free_port()
        self.heard: list[str] = []
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._listener:
            connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                text = line.decode().strip()
                self.heard.append(text)
                answer = next((said for lead, said in self._answers.items() if text.startswith(lead)), "")
                connection.sendall(answer.replace("|", "\r\n").encode())
                if answer.endswith("BYE|"):
                    return


WELCOME = ":irc 001 me :Hi|:irc 005 me BOT=B CHANTYPES=# :are supported|:irc 376 me :End|"
NAMES = ":me!u@h JOIN #news|:irc 353 me = #news :me ~&ada!u@h +tern|:irc 366 me #news :End|"


def test_a_connection_that_is_lost_while_it_is_said(announce: Announce) -> None:
    """Nobody knows whether it was said, so a person has to look."""
    server = Scripted({"CAP": "", "USER": WELCOME, "JOIN": NAMES, "PRIVMSG": "ERROR :BYE|"})
    result = announce(server.port, "Ada and tern", more="user: me")
    assert result.status == 1
    assert "it may have been said, or not: " in result.err
    assert ". Look into #news before you repeat it" in result.err
    assert "MODE me +B" in server.heard
    assert any("A\u200bda and t\u200bern" in line for line in server.heard)


def test_a_password_goes_by_sasl(announce: Announce) -> None:
    server = Scripted(
        {
            "CAP LS": ":irc CAP * LS :sasl=PLAIN|",
            "CAP REQ": ":irc CAP me ACK :sasl|",
            "AUTHENTICATE PLAIN": "AUTHENTICATE +|",
            "AUTHENTICATE": ":irc 903 me :Logged in|",
            "CAP END": WELCOME,
            "JOIN": NAMES,
            "PING said": ":irc PONG irc :said|",
        }
    )
    result = announce(server.port, "One", more="user: me", secret="s3cret")
    assert (result.status, result.err) == (0, "chat: announced\n")
    assert f"AUTHENTICATE {base64.b64encode(bytes(1) + b'me' + bytes(1) + b's3cret').decode()}" in server.heard
    assert any(line.startswith("PRIVMSG #news :November 21") for line in server.heard)


def test_a_channel_that_leads_elsewhere(announce: Announce) -> None:
    forward = ":irc 470 me #news ##news :Forwarding|:me!u@h JOIN ##news|:irc 366 me ##news :End|"
    server = Scripted({"CAP": "", "USER": WELCOME, "JOIN": forward})
    result = announce(server.port, "One", more="user: me")
    assert (result.status, "#news: Forwarding" in result.err) == (1, True)
    assert not any(line.startswith("PRIVMSG") for line in server.heard)


def test_a_server_that_shows_the_password(announce: Announce) -> None:
    """What it says is shown without it, and without what steers a terminal."""
    login = ":irc CAP * LS :sasl=PLAIN|"
    server = Scripted({"CAP": login, "USER": ":irc 465 me :\x1b[31mYou said s3cret|"})
    result = announce(server.port, "One", secret="s3cret")
    assert result.status == 1
    assert "does not let" in result.err
    assert "s3cret" not in result.err
    assert "\x1b" not in result.err


def test_nicks() -> None:
    nicks = frozenset(map(folded, ("ada", "Da", "tern[m]", "x", "_oftc_owl", "gull")))
    assert without_nicks("Ada, ADA's adage: tern{M} x owl", nicks) == (
        "A\u200bd\u200ba, A\u200bD\u200bA's adage: t\u200bern{M} x owl"
    )
    assert without_nicks("a_gull-nest _oftc_owl", nicks) == "a_g\u200bull-nest _\u200boftc_owl"
    started = time.perf_counter()
    without_nicks("a" * 200_000, {"a" * length for length in range(2, 300)})
    without_nicks("ab " * 20_000, {"ab", "b"})
    assert time.perf_counter() - started < 2


def test_nothing_to_say() -> None:
    announcement = Announcement("x", "Title", (), "")
    with pytest.raises(Exception, match="there is nothing to say"):
        lines_of(Target("chat", "irc", template="{url}"), announcement, "#news", frozenset())
    long = Announcement("x", "\N{SNOWMAN}" * 5000, ("y" * 5000,) * 3, URL)
    lines = lines_of(Target("chat", "irc"), long, "#news", frozenset())
    assert len(lines) <= 3
    assert lines[-1].endswith(URL)
