"""A clone for the bot to commit to, and servers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.commit import Author, Clone
from sphinxext.digest.gather.bot.repository import Repository

from .entries import FOLDER
from .ircd import BotProgram, Ircd, Person

URL = "https://wiki.example.org/Successes"


@pytest.fixture
def clone(tmp_path: Path, make_repository: type) -> Path:
    """A repository with one commit."""
    root = tmp_path / "clone"
    repository = make_repository(root)
    (root / "README").write_text("A project.\n", encoding="utf-8")
    (root / "releasenotes").mkdir()
    (root / "releasenotes" / "digest.yaml").write_text(f"success_url: {URL}\n", encoding="utf-8")
    repository.commit("2001-01-01T00:00:00Z")
    return root


@pytest.fixture
def repository(clone: Path) -> Repository:
    """The clone as the bot's."""
    return Repository(Clone(clone, clone / ".git" / "bot-index", Author("SuccessBot", "bot@example.org")), FOLDER)


@pytest.fixture
def git(clone: Path, make_repository: type) -> Callable[..., str]:
    """What a git command prints in the clone."""
    return make_repository(clone).run


@pytest.fixture
def ircd(tmp_path: Path) -> Iterator[Ircd]:
    """A server that runs."""
    server = Ircd(tmp_path / "ircd").start()
    yield server
    server.stop()


@pytest.fixture
def people() -> Iterator[Callable[..., Person]]:
    """Brings people to a server: the port, the nick, and the channels."""
    all_people: list[Person] = []

    def come(port: int, nick: str, *channels: str) -> Person:
        all_people.append(Person(port, nick, *channels))
        return all_people[-1]

    yield come
    for person in all_people:
        try:
            person.close()
        except OSError:
            continue


@pytest.fixture
def bots() -> Iterator[Callable[..., BotProgram]]:
    """Starts bots."""
    started: list[BotProgram] = []

    def start(root: Path, *arguments: str, **options: object) -> BotProgram:
        started.append(BotProgram(root, *arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for bot in started:
        if bot.process.poll() is None:
            bot.kill()
    for log in dict.fromkeys(bot.log_file for bot in started):
        sys.stdout.write(log.read_text(encoding="utf-8"))  # a test that fails shows it


@pytest.fixture
def kept(clone: Path, git: Callable[..., str]) -> Callable[[], list[str]]:
    """The texts of the successes that are committed, in alphabetical order."""

    def read() -> list[str]:
        head = git("rev-parse", "HEAD")
        names = git("ls-tree", "-r", "--name-only", head, "releasenotes/digests").splitlines()
        found = []
        for name in names:
            lines = git("show", f"{head}:{name}").splitlines()
            found += [line.partition(": ")[2] for line in lines if line.strip(" -").startswith("text:")]
        return sorted(found)

    return read
