"""SIGTERM and SIGINT end the bot within five seconds, whatever it is doing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.success_tracker import SuccessTracker

from .ircd import BotProgram, Ircd, Person, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tests end the bot with signals")

#: Seconds from the signal to the end of the process.
LIMIT = 5
CHANNEL = "#dev"
Start = Callable[..., BotProgram]
Come = Callable[..., Person]


def _stop(bot: BotProgram, number: int = signal.SIGTERM) -> int:
    """The exit status of a bot that is asked to end."""
    before = time.monotonic()
    status = bot.stop(number)
    assert time.monotonic() - before < LIMIT, bot.log
    assert "Traceback" not in bot.log
    return status


@pytest.fixture
def arguments(ircd: Ircd) -> list[str]:
    return [f"--server=127.0.0.1:{ircd.port}", "--no-tls", f"--channel={CHANNEL}", "--author=Bot <bot@example.org>"]


class Server:
    """A server that accepts connections, and answers what a test says."""

    def __init__(self, answer: Callable[[socket.socket], object] = lambda _: None) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connected: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                self.connected.append(connection)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._answer(connection)

    def close(self) -> None:
        self._listener.close()
        for connection in self.connected:
            connection.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers."""
    servers: list[Server] = []

    def start(*arguments: Callable[[socket.socket], object]) -> Server:
        servers.append(Server(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _login(connection: socket.socket) -> None:
    connection.sendall(b":irc CAP * LS :\r\n:irc 001 successbot :Hello\r\n:irc 422 successbot :No MOTD\r\n")


def _drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def _flood(connection: socket.socket) -> None:
    _login(connection)
    while True:
        connection.sendall(b":a!u@h PRIVMSG #dev :" + b"x" * 400 + b"\r\nPING :a\r\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("tls", [False, True])
def test_server_that_says_nothing(
    clone: Path, bots: Start, serve: Callable[..., Server], number: int, tls: bool
) -> None:
    server = serve()
    bot = bots(clone, f"--server=127.0.0.1:{server.port}", f"--channel={CHANNEL}", *([] if tls else ["--no-tls"]))
    wait_until(lambda: server.connected)
    assert _stop(bot, number) == 0


# the last one neither reads nor ends
@pytest.mark.parametrize("answer", [_login, _drip, _flood])
def test_server_that_does_not_say_goodbye(
    clone: Path, bots: Start, serve: Callable[..., Server], answer: Callable[[socket.socket], None]
) -> None:
    server = serve(answer)
    bot = bots(clone, f"--server=127.0.0.1:{server.port}", f"--channel={CHANNEL}", "--no-tls")
    wait_until(lambda: server.connected)
    if answer is not _drip:
        bot.wait_log("on the network")
    time.sleep(0.5)
    assert _stop(bot) == 0


def test_between_two_attempts(clone: Path, bots: Start) -> None:
    waits = {"reconnect": 300, "longest_reconnect": 300}
    bot = bots(clone, "--server=127.0.0.1:1", f"--channel={CHANNEL}", "--no-tls", **waits)
    bot.wait_log("next attempt in")
    assert _stop(bot) == 0


def test_name_that_nobody_resolves(clone: Path, bots: Start) -> None:
    before = "import socket, time; socket.getaddrinfo = lambda *_, **__: time.sleep(60)"
    bot = bots(clone, "--server=irc.example.org", f"--channel={CHANNEL}", before=before)
    bot.wait_log("connecting to")
    time.sleep(0.3)
    assert _stop(bot) == 0


def test_disk_that_hangs(ircd: Ircd, clone: Path, people: Come, bots: Start, arguments: list[str]) -> None:
    """What waits for the disk is in the log, and was not answered."""
    before = (
        "import os, time\n"
        "from sphinxext.digest.gather.bot import recorder\n"
        "class Disk(recorder.Journal): add = lambda *_: time.sleep(60)\n"
        "bot.Journal = Disk"
    )
    bot = bots(clone, *arguments, before=before)
    bot.wait_log("joined")
    person = people(ircd.port, "aya", CHANNEL)
    person.say(CHANNEL, "#success for a disk that hangs")
    bot.wait_log("success of aya")
    assert _stop(bot) == 1
    assert "not recorded: {" in bot.log
    assert not person.said(CHANNEL)


@pytest.fixture
def slow_git(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Gives an environment in which a command of git takes ten minutes."""

    def make(command: str) -> dict[str, str]:
        git = shutil.which("git")
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\ncase " $* " in *" {command} "*) echo hint: no; sleep 600 & wait;; esac\nexec {git} "$@"\n',
            encoding="utf-8",
        )
        program.chmod(0o755)
        return {"PATH": f"{program.parent}:{os.environ['PATH']}"}

    return make


@pytest.mark.skipif(sys.platform != "linux", reason="the processes of a bot are looked up in /proc")
@pytest.mark.parametrize("command", ["read-tree", "commit-tree", "update-ref", "push", "fetch"])
def test_git_that_hangs(
    ircd: Ircd,
    clone: Path,
    git: Callable[..., str],
    kept: Callable[[], list[str]],
    people: Come,
    bots: Start,
    arguments: list[str],
    slow_git: Callable[[str], dict[str, str]],
    command: str,
) -> None:
    """It is killed, with all that it has started, and nothing is lost."""
    remote = clone.parent / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    if command == "fetch":
        other = git("commit-tree", "HEAD^{tree}", "-m", "Theirs", "-p", "HEAD")
        git("push", "--quiet", str(remote), f"{other}:refs/heads/main")
    push = ["--push", str(remote)] if command in ("push", "fetch") else []
    bot = bots(clone, *arguments, *push, env=slow_git(command))
    bot.wait_log("joined")
    people(ircd.port, "aya", CHANNEL).say(CHANNEL, "#success not lost")
    bot.wait_log("success of aya")
    wait_until(lambda: _sleeping(bot), "git")
    sleeping = _sleeping(bot)
    assert _stop(bot) == 0
    wait_until(lambda: not any(map(_runs, sleeping)), "the end of git")
    again = bots(clone, *arguments, *push)
    wait_until(lambda: kept() == ["not lost"])
    if push:
        wait_until(lambda: git("ls-remote", str(remote), "main")[:40] == git("rev-parse", "HEAD"))
    assert _stop(again) == 0


def _sleeping(bot: BotProgram) -> list[int]:
    """The programs that sleep for a git of a bot."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            session = int((folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[3])
            if words[:2] == [b"sleep", b"600"] and session == bot.process.pid:
                found.append(int(folder.name))
    return found


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def backlog(clone: Path, number: int) -> list[JournalEntry]:
    """Successes that a bot has written to its journal and not committed."""
    now = datetime.now(UTC)
    found = SuccessTracker([]).hear("aya", CHANNEL, "#success the first", now - timedelta(hours=1))
    assert found
    entry = found[0]
    entries = [
        replace(
            entry,
            identity=f"{count:016x}",
            name=f"number-{count}-{count:016x}.yaml",
            key=f"{count}",
            text=entry.text.replace("the first", f"number {count}"),
        )
        for count in range(number)
    ]
    journal = Journal(clone / ".git" / "sphinx-digest-bot" / "journal")
    journal.open(now)
    journal.add(entries)
    journal.close()
    return entries


def test_long_backlog(clone: Path, kept: Callable[[], list[str]], bots: Start, arguments: list[str]) -> None:
    """It stops between two commits, and goes on at the next start."""
    backlog(clone, 3000)
    bot = bots(clone, *arguments)
    bot.wait_log("committed 200 as")
    assert _stop(bot) == 0
    assert 200 <= len(kept()) < 3000
    assert "in the journal, to be committed at the next start" in bot.log
