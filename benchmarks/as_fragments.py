"""The content as fragments: one file with the successes of a week, and one to each thread."""

from __future__ import annotations

import textwrap
from datetime import date, datetime, time, timedelta
from pathlib import Path

from content import LAST_DAY, Digest, Success, Thread, Words, wrapped

FOLDER = "releasenotes/digests"

#: How many of a hundred fragments are of each kind.
_MIX = {"successes": 25, "thread": 50, "items": 15, "countdown": 10}


def write_digests(project: Path, digests: list[Digest]) -> None:
    """The fragments of whole digests."""
    folder = _folder(project)
    for digest in digests:
        name = f"successes-of-{digest.end:%B}-{digest.end.day}".lower()
        text = "---\nsuccesses:\n" + "".join(map(_success, digest.successes))
        (folder / f"{name}-{digest.identity}.yaml").write_text(text, encoding="utf-8")
        for thread in digest.threads:
            (project / path_of(thread)).write_text(_thread(thread), encoding="utf-8")


def path_of(thread: Thread) -> str:
    """The fragment of a thread, relative to the project."""
    return f"{FOLDER}/{thread.name}.yaml"


def write_mix(project: Path, number: int) -> Path:
    """So many fragments of all kinds, of ten to forty lines, as a project of some years has them; all have dates."""
    folder = _folder(project)
    kinds = [kind for kind, share in _MIX.items() for _ in range(share)]
    for index in range(number):
        words = Words(f"fragment {index}")
        kind = words.random.choice(kinds)
        text = getattr(_Mix(words, index), kind)()
        name = f"{kind}-{words.random.choice('abcdefgh')}-{words.identity()}"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _folder(project: Path) -> Path:
    folder = project / FOLDER
    folder.mkdir(parents=True)
    return folder


def _success(success: Success) -> str:
    """The long form, with all keys that are known."""
    time = f"{success.time:%Y-%m-%dT%H:%M:%SZ}"
    lines = [f"  - nick: {success.nick}", "    text: >", _indented(success.text, 6), f"    date: {time}"]
    if success.channel:
        lines += [f"    channel: {success.channel}", f"    url: {success.url}"]
    return "\n".join(lines) + "\n"


def _thread(thread: Thread) -> str:
    lines = ["---", f"date: {thread.day}", "threads:", f"  - title: {thread.title}", f"    url: {thread.url}"]
    if thread.continues:
        lines.append(f'    continues: "{thread.continues.identity}"')  # a number otherwise, where it has no letter
    lines += ["    state: done", "    summary: |", textwrap.indent(thread.summary, " " * 6)]
    return "\n".join(lines) + "\n"


def _indented(text: str, indent: int) -> str:
    return "\n".join(textwrap.wrap(text, 100 - indent, break_long_words=False, break_on_hyphens=False,
                                   initial_indent=" " * indent, subsequent_indent=" " * indent))  # fmt: skip


class _Mix:
    """The text of one fragment of each kind."""

    def __init__(self, words: Words, index: int) -> None:
        self.words = words
        self.random = words.random
        self.day = LAST_DAY - timedelta(days=index % 3650)

    def successes(self) -> str:
        text = f"---\ndate: {self.day}\nsuccesses:\n"
        for _ in range(self.random.randint(5, 6)):
            success = self.words.success(_noon(self.day))
            short = self.random.random() < 0.3
            text += f'  - "{success.nick}: {success.text}"\n' if short else _success(success)
        return text

    def thread(self) -> str:
        digest = Digest(self.day, self.day, "")
        title, identity = self.words.title(), self.words.identity()
        url = f"https://lists.gannet.example/archives/dev/{self.day:%Y-%B}/{identity[:6]}.html"
        lines = self.random.choice((10, 15, 15, 15, 20))
        return _thread(Thread(identity, "", title, url, self.day, self.words.summary(lines), digest))

    def items(self) -> str:
        group = self.random.choice(("Cross-Project Specs Close to Merging", "Other News", "Reviews Wanted"))
        text = f"---\ndate: {self.day}\nitems:\n"
        for _ in range(self.random.randint(3, 9)):
            sentence = self.words.sentence()
            text += f"  - group: {group}\n    text: {sentence}\n    url: {self.words.url()}\n"
        return text

    def countdown(self) -> str:
        week = self.random.randrange(26)
        text = f"---\ndate: {self.day}\ncountdown:\n  - series: heron\n    week: R-{week}\n"
        text += "    url: https://releases.gannet.example/heron/schedule.html\n"
        for part in ("focus", "general", "actions", "dates"):
            bullets = [line for _ in range(2) for line in wrapped(self.words.marked_up(), 0)]
            text += f"    {part}: |\n" + textwrap.indent("\n".join(bullets), " " * 6) + "\n"
        return text


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
