"""``sphinx-digest mail --send`` through servers that answer slowly, without an end, or with codes that are rare."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from talking import talking

from sphinxext.digest.mail import smtp as module

from .conftest import Outcome, Run

ONE, TWO = "one@example.org", "two@example.org"
HEARD = ["", "EHLO", "MAIL", "RCPT", "RCPT", "DATA", "<message>", "QUIT"]


@dataclass
class Script:
    """The answers of a server, one after the other; ``pauses`` are seconds before them.

    From the answer ``dribbles_at`` on, the server sends ``dribble`` again and again.
    """

    answers: list[bytes] = field(
        default_factory=lambda: [
            b"220 hello\r\n",
            b"250-localhost\r\n250 SIZE 1000000\r\n",
            b"250 ok\r\n",
            b"250 ok\r\n",
            b"250 ok\r\n",
            b"354 go on\r\n",
            b"250 taken\r\n",
            b"221 bye\r\n",
        ]
    )
    pauses: dict[int, float] = field(default_factory=dict)
    dribbles_at: int = -1
    dribble: bytes = b"2"
    lines: list[bytes] = field(default_factory=list)

    def talk(self, connection: socket.socket, ended: threading.Event) -> None:
        """Answer one client."""
        with connection.makefile("rb") as stream:
            for number, answer in enumerate(self.answers):
                if number:
                    self.lines.append(self._hear(stream, number))
                ended.wait(self.pauses.get(number, 0))
                if number == self.dribbles_at:
                    while not ended.wait(0.02):
                        connection.sendall(self.dribble)
                    return
                connection.sendall(answer)

    def _hear(self, stream: object, number: int) -> bytes:
        line: bytes = stream.readline()  # type: ignore[attr-defined]
        if HEARD[number] == "<message>":
            while (more := stream.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]
                line += more
        return line


Send = Callable[..., Outcome]


@pytest.fixture
def send(
    run: Run, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Sends a digest to two addresses by a script, without encryption unless the environment says more."""
    write("a", "date: 2015-12-01\nstories: [Prose]\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("USER", "PASSWORD"):
        monkeypatch.delenv(f"SPHINX_DIGEST_SMTP_{name}", raising=False)

    def send(script: Script, **more: str) -> Outcome:
        with talking(script.talk) as port:
            env = {"HOST": "localhost", "PORT": str(port), "TLS": "none", **more}
            names = {f"SPHINX_DIGEST_SMTP_{name}": value for name, value in env.items()}
            return run("mail", "latest", "--from", "team@example.org", "--to", ONE, "--cc", TWO, "--send", **names)

    return send


def limit(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    for name, value in seconds.items():
        monkeypatch.setattr(module, name, value)


def test_the_whole_session(send: Send) -> None:
    script = Script()
    result = send(script)
    assert (result.status, result.err) == (0, f"{ONE}: sent\n{TWO}: sent\n")
    assert [line.split()[0].decode() for line in script.lines][:5] == ["ehlo", "mail", "rcpt", "rcpt", "data"]
    size = int(script.lines[1].split(b"size=")[-1].split(b"SIZE=")[-1])
    assert size == len(script.lines[5])
    assert script.lines[6] == b"quit\r\n"
    # nobody is sent it again
    assert "not sent again" in send(Script()).err


@pytest.mark.parametrize("step", range(7), ids=HEARD[:7])
def test_an_answer_that_never_ends(send: Send, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    limit(monkeypatch, TIMEOUT=2, FINAL_TIMEOUT=2.5)
    started = time.monotonic()
    result = send(Script(dribbles_at=step))
    assert time.monotonic() - started < 30
    assert (result.status, result.out) == (1, "")
    assert "it takes longer than 2 seconds" in result.err or (step >= 5 and "it takes longer than 2." in result.err)
    reasons = ["cannot connect", *["the connection was lost before the message was sent"] * 4]
    expected = (reasons + ["before the server accepted the message"] * 2)[step]
    assert expected in result.err
    # it was not recorded as sent
    assert send(Script()).err == f"{ONE}: sent\n{TWO}: sent\n"


def test_lines_without_an_end(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, MAX_SAID=100_000)
    result = send(Script(dribbles_at=1, dribble=b"250-more\r\n" * 1_000))
    assert result.status == 1
    assert "the server sends too much" in result.err


def test_many_slow_answers(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, TIMEOUT=5, MAX_TIME=0.6)
    result = send(Script(pauses=dict.fromkeys(range(5), 0.25)))
    assert result.status == 1
    assert "it takes longer than" in result.err


def test_the_last_answer_may_take_longer(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, TIMEOUT=3, MAX_TIME=40, FINAL_TIMEOUT=60)
    assert send(Script(pauses={6: 4})).status == 0


def test_a_farewell_that_never_ends(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, QUIT_TIME=0.3)
    started = time.monotonic()
    assert send(Script(dribbles_at=7)).status == 0
    assert time.monotonic() - started < 30


def with_answer(step: int, answer: bytes) -> Script:
    script = Script()
    script.answers[step] = answer
    return script


def test_a_message_that_is_refused_before_it_is_sent(send: Send) -> None:
    result = send(with_answer(5, b"451 4.3.0 try\r\n"))
    assert result.status == 1
    assert "the server refused the message: 451 4.3.0 try" in result.err
    assert "sent" not in result.err.replace("not sent", "")
    assert send(Script()).status == 0


def test_a_server_that_ends_the_session_at_a_recipient(send: Send) -> None:
    script = with_answer(4, b"421 4.7.0 too\r\n")
    result = send(script)
    assert result.status == 1
    assert "the server ended the session: 421 4.7.0 too" in result.err
    assert b"data\r\n" not in script.lines
    assert send(Script()).err == f"{ONE}: sent\n{TWO}: sent\n"


def test_a_recipient_whose_mail_is_forwarded(send: Send) -> None:
    result = send(with_answer(3, b"251 not here, will forward\r\n"))
    assert (result.status, result.err) == (0, f"{ONE}: sent\n{TWO}: sent\n")


def test_an_answer_of_several_lines_and_odd_bytes(send: Send) -> None:
    result = send(with_answer(6, b"554-no\r\n554  \xff spam\r\n"))
    assert result.status == 1
    assert "the server refused the message: 554 no \\xff spam" in result.err


def test_a_server_without_sizes(send: Send) -> None:
    script = with_answer(1, b"250 localhost\r\n")
    assert send(script).status == 0
    assert script.lines[1].strip().upper().endswith(b"<TEAM@EXAMPLE.ORG>")


@pytest.mark.parametrize("answer", [b"454 4.7.0 not now\r\n", b"250 as you like\r\n"])
def test_encryption_that_is_refused(send: Send, answer: bytes) -> None:
    """Nothing follows in clear text."""
    script = Script([b"220 hello\r\n", b"250-localhost\r\n250 STARTTLS\r\n", answer, b"221 bye\r\n", b"250 x\r\n"])
    result = send(script, TLS="starttls")
    assert result.status == 1
    assert f"cannot start an encrypted connection: {answer.decode().strip()}" in result.err
    assert [line.split()[0].lower() for line in script.lines if line.strip()] == [b"ehlo", b"starttls", b"quit"]


def test_a_server_that_knows_no_extensions(send: Send) -> None:
    """It does not know the greeting that asks for them."""
    script = Script()
    script.answers[1:2] = [b"502 no such command\r\n", b"250 localhost\r\n"]
    assert "does not offer STARTTLS" in send(script, TLS="starttls").err
    assert [line.split()[0].lower() for line in script.lines[:2]] == [b"ehlo", b"helo"]
