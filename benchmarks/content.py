"""The made-up content of the benchmarks: weekly digests of a project that does not exist.

The same arguments give the same content, on every machine. Links in texts are written as an author of a fragment
writes them; a hand-written page numbers them itself, see :mod:`as_pages`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

#: The last day of the last digest, a Friday.
LAST_DAY = date(2025, 12, 26)
SUCCESSES, THREADS, LINES = 10, 5, 15
_WIDTH = 88
_DEEPEST = 3

_NICKS = (
    "stevie", "twierz", "priyar", "lea", "bao", "zoe", "oksana", "sorenv", "marit",
    "jorge", "ana", "kofi", "hana", "dmitri", "yuki",
)  # fmt: skip
_CHANNELS = ("gannet-dev", "gannet-infra", "gannet-release", "skua")
_PROJECTS = (
    "dunlin", "fulmar", "gannet", "heron", "ibis", "kittiwake", "petrel", "rookery", "skua", "tern", "whimbrel",
)  # fmt: skip
_SUBJECTS = (
    "the scheduler", "every client library", "the gate", "our documentation", "the release team", "the catalogue",
    "the upgrade job", "a vault with encrypted blocks", "the nightly backup", "the migration tool", "the public cloud",
    "the review queue", "the test suite", "the installer", "the new quota driver", "the packaging of the agent",
)  # fmt: skip
_VERBS = (
    "does not need", "now uses", "waits for", "has lost", "has got rid of", "reports", "can be run without", "refuses",
    "no longer depends on", "is measured against", "will be moved to", "shares", "keeps track of", "starts before",
)  # fmt: skip
_OBJECTS = (
    "the old database", "a lock file", "locks", "the second network", "a schema that changes online",
    "stable branches", "upper constraints", "the message queue", "its own configuration files", "the volume driver",
    "one retry policy", "credentials in plain text", "the deprecated interface", "translated strings",
    "signed manifests", "cached tokens",
    "the certificates of the old authority", "snapshots that were never cleaned up", "rolling upgrades",
)  # fmt: skip
_ENDS = (
    "since last week", "on machines with little memory", "in all projects but one", "as agreed in the meeting",
    "which was the reason for most failures", "before the freeze", "unless an operator asks for it", "by default",
    "although nobody has measured it yet", "and the numbers look good", "at the price of a slower start",
    "and there is a specification for the rest", "so that operators have one thing less to think about",
)  # fmt: skip
_LEADS = ("Concerns raised:", "Some proposals:", "What was said in favour:", "Open questions:", "Next steps:")
_LITERALS = ("nova.conf", "--all-projects", "requirements.txt", "PATCH", "lock_path", "retry_after")


@dataclass(frozen=True)
class Success:
    nick: str
    text: str
    time: datetime
    channel: str | None
    url: str | None


@dataclass(frozen=True)
class Thread:
    """A summary; ``continues`` is the thread of an earlier digest, ``continued`` the one of a later digest."""

    identity: str
    slug: str
    title: str
    url: str
    day: date
    summary: str
    digest: Digest = field(repr=False)
    continues: Thread | None = None
    continued: list[Thread] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        return f"{self.slug}-{self.identity}"

    @property
    def first_line(self) -> str:
        """The beginning of the summary, which has no markup: a place for an edit."""
        return self.summary.split("\n", 1)[0]


@dataclass(frozen=True)
class Digest:
    """A week, from Saturday to Friday; the threads are in the order in which a digest shows them."""

    start: date
    end: date
    identity: str
    successes: list[Success] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    @property
    def title(self) -> str:
        start, end = self.start, self.end
        if start.year != end.year:
            return f"{start:%B} {start.day}, {start.year} to {end:%B} {end.day}, {end.year}"
        if start.month != end.month:
            return f"{start:%B} {start.day} to {end:%B} {end.day}"
        return f"{start:%B} {start.day}-{end.day}"


def make_digests(number: int) -> list[Digest]:
    """So many weekly digests, oldest first. A fifth of the threads continues one of the digest before."""
    digests: list[Digest] = []
    for index in range(number):
        words = Words(f"digest {index}")
        end = LAST_DAY - timedelta(weeks=number - 1 - index)
        digest = Digest(end - timedelta(days=6), end, words.identity())
        for place in range(SUCCESSES):
            time = datetime.combine(digest.start, datetime.min.time()) + timedelta(
                hours=14 * place, minutes=index % 60
            )
            digest.successes.append(words.success(time))
        threads = [_thread(words, digest, digests[-1] if digests and not place else None) for place in range(THREADS)]
        digest.threads.extend(sorted(threads, key=lambda thread: (thread.day, thread.name)))
        digests.append(digest)
    return digests


def _thread(words: Words, digest: Digest, before: Digest | None) -> Thread:
    day = digest.start + timedelta(days=words.random.randrange(7))
    earlier = words.random.choice(before.threads) if before else None
    title = words.title()
    identity = words.identity()
    slug = "-".join("".join(letter for letter in title.lower() if letter.isalnum() or letter == " ").split())
    url = f"https://lists.gannet.example/archives/dev/{day:%Y-%B}/{identity[:6]}.html"
    thread = Thread(identity, slug, title, url, day, words.summary(), digest, earlier)
    if earlier:
        earlier.continued.append(thread)
    return thread


class Words:
    """Texts out of a seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def identity(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    def sentence(self) -> str:
        choice = self.random.choice
        words = f"{choice(_SUBJECTS)} of {choice(_PROJECTS)} {choice(_VERBS)} {choice(_OBJECTS)} {choice(_ENDS)}"
        return f"{words[0].upper()}{words[1:]}."

    def title(self) -> str:
        """A heading, about one in three with a second part in brackets."""
        choice = self.random.choice
        title = f"{choice(_PROJECTS)} and {choice(_OBJECTS)}".title()
        return f"{title} (and What {choice(_NICKS).capitalize()} Found)" if self.random.random() < 0.3 else title

    def marked_up(self) -> str:
        """One or two sentences, some of them with a link, a literal or a stressed word."""
        text = self.sentence()
        dice = self.random.random()
        if dice < 0.15:
            text += f" See `{self.random.choice(_OBJECTS)} <{self.url()}>`__ for the details."
        elif dice < 0.25:
            text += f" This is what ``{self.random.choice(_LITERALS)}`` is for."
        elif dice < 0.3:
            text += " Nobody is *required* to change anything."
        elif dice < 0.6:
            text += f" {self.sentence()}"
        return text

    def url(self) -> str:
        return f"https://review.gannet.example/c/{self.random.choice(_PROJECTS)}/+/{self.random.randrange(10**5)}"

    def success(self, time: datetime) -> Success:
        text = self.marked_up() if self.random.random() < 0.2 else self.sentence()
        channel = self.random.choice(_CHANNELS) if self.random.random() < 0.5 else None
        url = f"https://logs.gannet.example/{channel}/{time:%Y-%m-%d}.html#t{time:%H%M}" if channel else None
        return Success(self.random.choice(_NICKS), text, time, channel, url)

    def summary(self, lines: int = LINES) -> str:
        """Nested bullets that fill so many lines, blank ones not counted."""
        summary = wrapped(self.sentence(), 0)
        before, lead = 0, False
        used = len(summary)
        while used < lines:
            level = 1 if lead else self.random.randrange(min(before + 1, _DEEPEST) + 1)
            lead = level == 0 and used < lines - 2 and self.random.random() < 0.3
            bullet = wrapped(self.random.choice(_LEADS) if lead else self.marked_up(), level)
            summary += ["", *bullet] if level != before else bullet
            used += len(bullet)
            before = level
        return "\n".join(summary)


def wrapped(text: str, level: int) -> list[str]:
    """The lines of a bullet of a list in so many other lists."""
    indent = "  " * level
    return textwrap.wrap(
        text, _WIDTH, initial_indent=f"{indent}* ", subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def months_of(digests: list[Digest]) -> Iterator[tuple[str, str, list[Digest]]]:
    """Each year and month with the digests that end in it, newest first."""
    members: dict[tuple[str, str], list[Digest]] = {}
    for digest in reversed(digests):
        members.setdefault((f"{digest.end:%Y}", f"{digest.end:%Y-%m}"), []).append(digest)
    return ((year, month, found) for (year, month), found in members.items())
