"""Threads are those that notmuch finds, on generated mail and on real archives.

``SPHINXEXT_DIGEST_DATA`` names the folder that has ``mail``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sphinxext.digest.gather.mail.header import Message
from sphinxext.digest.gather.mail.sources import read_archives
from sphinxext.digest.gather.mail.threads import find_threads

from .mails import START, Mail, mbox

FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "mail")
ARCHIVES = sorted(FOLDER.glob("*.mbox")) if FOLDER.is_dir() else []


def found_by_notmuch(messages: Iterable[Message], folder: Path) -> set[frozenset[str]]:
    """The sets of ids that notmuch takes for threads, given each message in a file."""
    program = shutil.which("notmuch")
    if program is None:
        message = "notmuch is not installed (see bindep.txt)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    mail = folder / "mail"
    for part in ("cur", "new", "tmp"):
        (mail / part).mkdir(parents=True)
    for index, message in enumerate(messages):
        data = message.content.read(1 << 30)
        # the last empty line belongs to the mbox
        (mail / "cur" / f"{index}:2,").write_bytes(data[:-1] if data.endswith(b"\n\n") else data)
    settings = folder / "notmuch-config"
    settings.write_text(f"[database]\npath={mail}\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=new\n")

    def run(*arguments: str) -> str:
        env = {**os.environ, "NOTMUCH_CONFIG": str(settings), "HOME": str(folder)}
        return subprocess.run([program, *arguments], env=env, check=True, capture_output=True, text=True).stdout

    run("new", "--quiet")
    threads = json.loads(run("search", "--output=threads", "--format=json", "*"))
    query = ("search", "--output=messages", "--format=json")
    return {frozenset(json.loads(run(*query, f"thread:{thread}"))) for thread in threads}


def compare(archives: list[Path], folder: Path) -> set[frozenset[str]]:
    reading = read_archives([str(path) for path in archives])
    messages = [message for archive in reading.archives for message in archive.messages]
    ours = {
        frozenset(message.id for message in thread.messages)
        for thread in find_threads([archive.messages for archive in reading.archives])
    }
    theirs = found_by_notmuch(messages, folder)
    assert ours - theirs == theirs - ours == set()
    return ours


def generated(number: int, seed: int) -> list[Mail]:
    """Mails that answer each other in all ways that there are, over months: some of what they answer is not there."""
    chance = random.Random(seed)
    mails: list[Mail] = []
    for index in range(number):
        earlier = mails[chance.randrange(len(mails))] if mails and chance.random() < 0.75 else None
        answers = (*earlier.answers[-chance.randint(0, 6) :], earlier.id) if earlier else ()
        if chance.random() < 0.05:
            answers = (f"gone{chance.randrange(5)}@example.org", *answers)
        mail = Mail(
            f"m{index}.{seed}@example.org",
            f"{'Re: ' if answers else ''}[list] Subject {chance.randrange(6)}",
            chance.choice(["Ann Example", "Bob Sample", "Cyd Case"]),
            answers,
            sent=START + timedelta(hours=chance.randint(-40, 40) + 6 * index),
        )
        mails.append(_broken(mail, chance))
    return [mail for mail in mails if chance.random() < 0.9]


def _broken(mail: Mail, chance: random.Random) -> Mail:
    """The mail as some programs would send it."""
    lists = " ".join(f"<{one}>" for one in mail.answers)
    forms: list[dict[str, str]] = [
        {},
        {},
        {"References": ""},
        {"In-Reply-To": ""},
        {"In-Reply-To": "Your message of yesterday"},
        {"References": lists.replace(" ", "\n\t(a comment)\n "), "Message-ID": f"  <{mail.id}> (made here)"},
        {"References": lists.replace(" ", "")},
        {"References": f"<{mail.id}> {lists}"},
        {"Date": "yesterday"},
        {"Message-ID": ""},
        {"Message-ID": mail.id},
    ]
    return replace(mail, headers=chance.choice(forms)) if mail.answers else mail


@pytest.mark.parametrize("seed", range(4))
def test_generated_mail(tmp_path: Path, seed: int) -> None:
    mails = generated(150, seed)
    files = []
    for month in range(3):
        files.append(tmp_path / f"{month}.mbox")
        # a message that is in two months counts once
        files[-1].write_bytes(mbox(mails[max(0, month * 50 - 3) : month * 50 + 50]))
    assert len(compare(files, tmp_path)) > 20


@pytest.mark.skipif(not ARCHIVES, reason="SPHINXEXT_DIGEST_DATA does not name the real archives")
@pytest.mark.parametrize("path", [*ARCHIVES, None], ids=lambda path: path.stem if path else "all")
def test_real_mail(tmp_path: Path, path: Path | None) -> None:
    assert compare([path] if path else ARCHIVES, tmp_path)
