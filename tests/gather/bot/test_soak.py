"""A crowd that tells successes as fast as the server takes them, and a kill in the middle.

``SPHINXEXT_DIGEST_SOAK=20000`` is the number of successes; without it there are a few hundred.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.journal import _records
from sphinxext.digest.gather.bot.recorder import MOST_IN_COMMIT

from .ircd import BotProgram, Ircd, Person, wait_until

NUMBER = int(os.environ.get("SPHINXEXT_DIGEST_SOAK", "600"))
CHANNEL = "#dev"
CROWD = 8
#: Seconds that anything may take with so many.
PATIENCE = 30 + NUMBER / 20


class Crowd:
    """People who tell numbered successes, each number its own one."""

    def __init__(self, come: Callable[..., Person], ircd: Ircd, journal: Path) -> None:
        self.people = [come(ircd.port, f"person{number}", CHANNEL) for number in range(CROWD)]
        self._journal = journal

    def tell(self, numbers: list[int]) -> None:
        for start in range(0, len(numbers), 100):
            part = numbers[start : start + 100]
            for person in self.people:
                person.say(CHANNEL, *(f"#success soak {n}" for n in part if n % CROWD == self.people.index(person)))

    def missing(self, numbers: list[int]) -> list[int]:
        """Those numbers that are not in the journal."""
        data = self._journal.read_bytes() if self._journal.exists() else b""
        texts = "\n".join(str(record.get("text", "")) for record in _records(data))
        known = set(map(int, re.findall(r"soak (\d+)", texts)))
        return [number for number in numbers if number not in known]

    def tell_all(self, numbers: list[int], bot: BotProgram) -> None:
        """Tell until everything was heard: a server drops who reads more slowly than others write."""
        while left := self.missing(numbers):
            joined = bot.log.count("joined")
            self.tell(left)
            end, known = time.monotonic() + 5, len(left)
            while left and time.monotonic() < end and bot.log.count("joined") == joined:
                time.sleep(0.2)
                left = self.missing(left)
                if len(left) < known:
                    end, known = time.monotonic() + 5, len(left)

    def answered(self) -> int:
        """How many successes the bot has answered."""
        said = "\n".join(text for nick in ("successbot", "successbot_") for text in self.people[0].said(CHANNEL, nick))
        return sum(int(number or 1) for number in re.findall(r"Added (?:(\d+) successes|success)", said))


def test_soak(
    ircd: Ircd,
    clone: Path,
    git: Callable[..., str],
    people: Callable[..., Person],
    bots: Callable[..., BotProgram],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each success is in a commit at the end, once, and no commit has more than some hundred."""
    journal = clone / ".git" / "sphinx-digest-bot" / "journal"
    arguments = (f"--server=127.0.0.1:{ircd.port}", "--no-tls", f"--channel={CHANNEL}", "--author=Bot <b@example.org>")
    bot = bots(clone, *arguments)
    bot.wait_log("joined")
    crowd = Crowd(people, ircd, journal)
    started = time.monotonic()
    crowd.tell(list(range(NUMBER // 2)))
    wait_until(lambda: len(crowd.missing(list(range(NUMBER)))) < NUMBER * 0.8, "some in the journal", PATIENCE)
    peak = _peak(bot)
    bot.kill()
    answered = crowd.answered()
    in_journal = NUMBER - len(crowd.missing(list(range(NUMBER))))
    assert answered <= in_journal

    bot = bots(clone, *arguments)
    bot.wait_log("joined", 2)
    crowd.tell_all(list(range(NUMBER)), bot)
    told = time.monotonic() - started

    def committed() -> bool:
        time.sleep(0.2)
        names = git("ls-tree", "-r", "--name-only", "HEAD", "releasenotes/digests")
        return len(names.splitlines()) >= NUMBER

    wait_until(committed, f"{NUMBER} in commits", PATIENCE)
    done = time.monotonic() - started
    peak = max(peak, _peak(bot))
    assert bot.stop() == 0
    found = [int(name) for name in re.findall(r"soak-(\d+)-[0-9a-f]{16}\.yaml", git("ls-tree", "-r", "HEAD"))]
    assert sorted(found) == list(range(NUMBER))
    assert not git("status", "--porcelain")
    sizes = [len(names.split()) for names in git("log", "--format=%x00", "--name-only").split("\0")[1:-1]]
    assert max(sizes) <= MOST_IN_COMMIT
    with capsys.disabled():
        sys.stdout.write(
            f"\n{NUMBER} successes: {in_journal} in the journal at the kill, all told after {told:.0f} s, committed "
            f"after {done:.0f} s in {len(sizes)} commits, {peak / 1024:.0f} MB at most\n"
        )


def _peak(bot: BotProgram) -> int:
    """The most memory that a bot has had, in KB."""
    status = Path(f"/proc/{bot.process.pid}/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) if found else 0
