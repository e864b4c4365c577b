"""A real IRC server, people on it, and a bot that is a program of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
#: How long anything may take.
PATIENCE = 30
#: The bot's waits in tests, where nobody has the patience of a network.
WAITS = {"reconnect": 0.2, "longest_reconnect": 0.5, "rejoin": 0.2, "answer": 0.05, "tick": 0.05}

CONFIGURATION = """\
[Global]
Name = {name}.example.org
Listen = 127.0.0.1
Ports = {port}
PidFile = {folder}/pid
MotdPhrase = "Hello"
[Limits]
MaxConnectionsIP = 0
MaxNickLength = 20
MaxPenaltyTime = 0
ConnectRetry = 5
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local1
[SSL]
{ssl}
[Operator]
Name = boss
Password = secret
{links}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(condition: Callable[[], object], what: str = "", seconds: float = PATIENCE) -> object:
    """Wait for something to become true; what it is then."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"waited in vain for {what or condition}"
        time.sleep(0.02)
    return result


class Ircd:
    """An ngIRCd on the loopback interface."""

    def __init__(self, folder: Path, name: str = "one", ssl: str = "", links: str = "", port: int = 0) -> None:
        program = shutil.which("ngircd") or shutil.which("ngircd", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            message = "ngircd is not installed (see bindep.txt)"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        self.program = program
        self.port = port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "ngircd.conf"
        content = CONFIGURATION.format(name=name, port=self.port, folder=folder, ssl=ssl, links=links)
        self.file.write_text(content, encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Ircd:
        log = self.file.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            [self.program, "--nodaemon", "--config", str(self.file)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        log.close()
        wait_until(self._answers, "ngircd")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.file.with_suffix(".log").read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class Person:
    """Somebody on IRC, who remembers all lines that came."""

    def __init__(self, port: int, nick: str, *channels: str) -> None:
        self.nick = nick
        self.lines: list[str] = []
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()
        self.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        self.wait(" 376 | 422 ")
        for channel in channels:
            self.send(f"JOIN {channel}")
            self.wait(f" 366 {nick} {channel} ")

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                text = line.rstrip(b"\r").decode("utf-8", "replace")
                if text.startswith("PING"):
                    self.send(text.replace("PING", "PONG", 1))
                self.lines.append(text)

    def send(self, *lines: str | bytes) -> None:
        data = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\r\n" for line in lines)
        self._socket.sendall(data)

    def say(self, target: str, *texts: str) -> None:
        self.send(*(f"PRIVMSG {target} :{text}" for text in texts))

    def find(self, pattern: str) -> list[str]:
        """The lines that a pattern occurs in."""
        return [line for line in list(self.lines) if re.search(pattern, line)]

    def wait(self, pattern: str, number: int = 1) -> list[str]:
        """Wait for so many lines that a pattern occurs in."""
        wait_until(lambda: len(self.find(pattern)) >= number, f"{pattern!r} in {self.lines[-20:]}")
        return self.find(pattern)

    def said(self, channel: str, bot: str = "successbot") -> list[str]:
        """What the bot has said in a channel."""
        found = [re.match(rf":{bot}!\S+ PRIVMSG {re.escape(channel)} :(.*)", line) for line in list(self.lines)]
        return [match[1] for match in found if match]

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class BotProgram:
    """A bot that runs as a program, in a process group of its own with all that it starts."""

    def __init__(
        self, root: Path, *arguments: str, env: dict[str, str] | None = None, before: str = "", **waits: float
    ):
        given = {**WAITS, **waits}
        code = (
            f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
            "from functools import partial\n"
            "from sphinxext.digest.cli import bot\n"
            "from sphinxext.digest.gather.bot import Waits\n"
            f"bot.BotSettings = partial(bot.BotSettings, waits=Waits(**{given!r}))\n"
            f"{before}\n"
            "from sphinxext.digest.cli import main; main()\n"
        )
        self.log_file = root.parent / f"{root.name}-bot.log"
        self.log_file.touch()
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "--project", str(root), "bot", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        # through a pipe, so that a limit on files is none on the log
        self._reader = threading.Thread(target=self._copy_log, daemon=True)
        self._reader.start()

    def _copy_log(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream, self.log_file.open("ab", buffering=0) as log:
            for line in stream:
                log.write(line)

    def wait(self) -> int:
        """Wait for the end; the exit status."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def wait_log(self, pattern: str, number: int = 1) -> None:
        def condition() -> bool:
            assert len(re.findall(pattern, self.log)) >= number or self.process.poll() is None, self.log
            return len(re.findall(pattern, self.log)) >= number

        try:
            wait_until(condition, pattern)
        except AssertionError:
            raise AssertionError(f"{pattern!r} is not in the log:\n{self.log[-3000:]}") from None

    def kill(self) -> None:
        """End it, and every git that it has started, at once."""
        for pid in [self.process.pid, *self._children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        self._reader.join(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(number)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it does not end:\n{self.log[-3000:]}") from None

    def _children(self) -> list[int]:
        file = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [
                int(pid)
                for task in file.parents[1].iterdir()
                for pid in (task / "children").read_text(encoding="ascii").split()
            ]
        except OSError:
            return []
