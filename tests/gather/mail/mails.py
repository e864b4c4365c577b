"""Mails of a list that does not exist, in all the forms in which archives have them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from sphinxext.digest.gather.mail.header import Message
from sphinxext.digest.gather.mail.sources import read_archives
from sphinxext.digest.gather.mail.threads import MailThread, find_threads

START = datetime(2025, 10, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Mail:
    """A mail; ``answers`` are the ids of References, the last of which is that of In-Reply-To."""

    id: str
    subject: str = "[list] A subject"
    who: str = "Ann Example"
    answers: tuple[str, ...] = ()
    body: str = "Some words of a mail."
    sent: datetime = START
    headers: dict[str, str] = field(default_factory=dict)

    def header(self) -> dict[str, str]:
        address = f"{self.who.split()[0].lower()}@example.org"
        found = {
            "From": f"{self.who} <{address}>",
            "Subject": self.subject,
            "Date": format_datetime(self.sent),
            "Message-ID": f"<{self.id}>",
        }
        if self.answers:
            found["In-Reply-To"] = f"<{self.answers[-1]}>"
            found["References"] = " ".join(f"<{one}>" for one in self.answers)
        found |= self.headers
        return {name: value for name, value in found.items() if value}

    def raw(self) -> str:
        header = "".join(f"{name}: {value}\n" for name, value in self.header().items())
        return f"{header}\n{self.body}\n"

    def pipermail(self) -> Mail:
        """The mail as Pipermail has it: a masked address, no ``Re:``."""
        name = self.who.split()[0].lower()
        subject = self.subject.replace("Re: ", "")
        return replace(self, subject=subject, headers={"From": f"{name} at example.org ({self.who})", **self.headers})

    def hyperkitty(self) -> Mail:
        """The mail as HyperKitty exports it: without References."""
        return replace(self, headers={"References": "", "To": "list@example.org", **self.headers})


def mbox(mails: Iterable[Mail]) -> bytes:
    """An mbox of mails, lines of bodies quoted where they have to be."""
    parts = []
    for mail in mails:
        raw = mail.raw().replace("\nFrom ", "\n>From ")
        parts.append(f"From {mail.who.split()[0].lower()}@example.org  {mail.sent:%a %b %d %H:%M:%S %Y}\n{raw}\n")
    return "".join(parts).encode()


def write_maildir(folder: Path, mails: Iterable[Mail]) -> Path:
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for index, mail in enumerate(mails):
        (folder / ("new" if index % 3 else "cur") / f"{index:04d}.host:2,S").write_bytes(mail.raw().encode())
    return folder


def write_gzip(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data))
    return path


def conversation(prefix: str = "a", subject: str = "[list][nova] Where locks live") -> list[Mail]:
    """A thread of five mails by three people over two months."""
    ids = [f"{prefix}{number}@example.org" for number in range(5)]
    people = ["Ann Example", "Bob Sample", "Cyd Case", "Ann Example", "Bob Sample"]
    answers: list[tuple[str, ...]] = [(), (ids[0],), (ids[0], ids[1]), (ids[0], ids[1], ids[2]), (ids[0],)]
    return [
        Mail(
            one,
            subject if not index else f"Re: {subject}",
            people[index],
            answers[index],
            f"Point {index} of {prefix}.",
            START + timedelta(days=9 * index),
        )
        for index, one in enumerate(ids)
    ]


def messages(*archives: Sequence[Mail] | bytes, folder: Path) -> list[tuple[Message, ...]]:
    """The messages that are read of archives."""
    names = []
    for index, archive in enumerate(archives):
        path = folder / f"archive-{index}.mbox"
        path.write_bytes(archive if isinstance(archive, bytes) else mbox(archive))
        names.append(str(path))
    reading = read_archives(names)
    assert reading.problems == []
    return [archive.messages for archive in reading.archives]


def threads(*archives: Sequence[Mail] | bytes, folder: Path) -> list[MailThread]:
    """The threads of archives."""
    return find_threads(messages(*archives, folder=folder))


def ids(found: Iterable[MailThread]) -> list[list[str]]:
    """The Message-IDs of threads, without ``@example.org``."""
    return [[message.id.removesuffix("@example.org") for message in thread.messages] for thread in found]
