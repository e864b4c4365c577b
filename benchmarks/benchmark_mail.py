"""Drafting the threads of a mailing list: an mbox of 10,000 messages with headers as servers write them.

The whole command is measured, from the mbox to the ten drafts. What it is compared with is Python's own ``mailbox``,
as it goes through the messages and reads their headers, which every program that is made with it does first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from measure import Cost, Failure, Ratio, Result, in_turns, run_python

RUNS = 3
MESSAGES = 10_000
_SMALL_MESSAGES = 300
#: What an mbox of so many messages may take.
_MAX_SECONDS, _MAX_BYTES = 20, 300 * 2**20
_COMMAND = "from sphinxext.digest.cli import main; main()"
_MAILBOX = """
import mailbox, sys
from email.parser import BytesHeaderParser
archive = mailbox.mbox(sys.argv[1], factory=lambda stream: BytesHeaderParser().parsebytes(stream.read()))
print(sum(bool(message["Subject"] and message["Message-ID"] and message["References"] != "") for message in archive))
"""
_WORDS = (
    "the",
    "gate",
    "job",
    "fails",
    "when",
    "a",
    "node",
    "has",
    "no",
    "lock",
    "directory",
    "and",
    "we",
    "move",
    "it",
)


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    number = _SMALL_MESSAGES if small else MESSAGES
    archive = folder / "2026-October.mbox"
    with archive.open("w", encoding="ascii") as stream:
        # not all of it at once: what this process has in memory would be counted as the command's
        stream.writelines(_made(number))
    (folder / "releasenotes" / "digests").mkdir(parents=True)
    variants = {
        "threads": lambda: _checked("threads", archive, folder=folder),
        "collect mbox": lambda: _checked("collect", "mbox", archive, "--dry-run", folder=folder),
        "mailbox": lambda: run_python("-c", _MAILBOX, archive, folder=folder),
    }
    costs = in_turns(variants, runs or (1 if small else RUNS))
    ratios = [
        Ratio.of("collect mbox / mailbox", costs["collect mbox"], costs["mailbox"]),
        Ratio("seconds of 20", [cost.seconds / _MAX_SECONDS for cost in costs["collect mbox"]], at_most=1),
        Ratio("memory of 300 MiB", [cost.peak / _MAX_BYTES for cost in costs["collect mbox"]], at_most=1),
    ]
    size = archive.stat().st_size / 2**20
    notes = [f"The mbox has {number:,} messages, {size:.0f} MiB. Mailbox reads headers only and finds no threads."]
    return Result("mail", f"threads of an mbox of {number:,} messages", ratios, costs, notes)


def _checked(*arguments: str | Path, folder: Path) -> Cost:
    cost = run_python("-c", _COMMAND, *arguments, folder=folder)
    if "Traceback" in cost.messages or not cost.output:
        raise Failure(cost.messages)
    return cost


def _made(number: int) -> Iterator[str]:
    """An mbox in which about every eighth message begins a thread; some have attachments."""
    chance = random.Random(1)
    start = datetime(2026, 10, 1, tzinfo=UTC)
    threads: list[list[str]] = []
    for index in range(number):
        sent = start + timedelta(seconds=index * 250)
        identity = f"{index:06d}.{chance.randrange(10**9)}@mail.example.org"
        thread = threads[-chance.randint(1, min(len(threads), 40))] if threads and chance.random() < 0.87 else []
        if not thread:
            threads.append(thread)
        yield _message(index, identity, thread, sent, chance)
        thread.append(identity)


def _message(index: int, identity: str, thread: list[str], sent: datetime, chance: random.Random) -> str:
    who = f"person{chance.randrange(200)}"
    hops = "".join(
        f"Received: from relay{hop}.example.org (relay{hop}.example.org [192.0.2.{hop}])\n"
        f"\tby mx.example.org (Postfix) with ESMTPS id {index:X}{hop}\n"
        f"\tfor <list@example.org>; {format_datetime(sent)}\n"
        for hop in range(4)
    )
    subject = f"[list] [nova] Subject {thread[0] if thread else identity}"
    answers = (
        f"In-Reply-To: <{thread[-1]}>\nReferences: {' '.join(f'<{one}>' for one in thread[-20:])}\n" if thread else ""
    )
    body = "\n".join(" ".join(chance.choices(_WORDS, k=12)) + "." for _ in range(12))
    quote = "On Monday, somebody wrote:\n> " + "\n> ".join(" ".join(chance.choices(_WORDS, k=12)) for _ in range(10))
    blob = "\n".join("QUJD" * 18 for _ in range(600)) if index % 25 == 0 else ""
    return (
        f"From {who}@example.org {sent:%a %b %d %H:%M:%S %Y}\n{hops}From: Person {who} <{who}@example.org>\n"
        f"Subject: {'Re: ' if thread else ''}{subject}\nDate: {format_datetime(sent)}\nMessage-ID: <{identity}>\n"
        f"{answers}To: list@example.org\nContent-Type: text/plain; charset=utf-8\n\n{quote}\n\n{body}\n{blob}\n"
        f"-- \n{who}\n_______________________________________________\nlist mailing list\n\n"
    )
