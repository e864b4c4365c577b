"""``sphinx-digest collect mbox``."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from gather.mail.mails import START, Mail, conversation, mbox
from web_server import WebServer

from sphinxext.digest.gather.mail.search import hash_of

from .conftest import FOLDER, Run

LIST = "https://lists.example.org/archives/list/dev@lists.example.org/"


def files(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (project / FOLDER).iterdir()}


@pytest.fixture
def archive(project: Path) -> Path:
    """An mbox with two threads, a countdown, and a mail that nobody answered."""
    mails = [
        *conversation(),
        *conversation("b", "[list] [release] Freeze next week")[:2],
        Mail("c@example.org", "[list] [release] Release countdown for week R-4, Jan 23-27", "Dee Other"),
        Mail(
            "d@example.org",
            "Re: [list] [release] Release countdown for week R-4, Jan 23-27",
            "A B",
            ("c@example.org",),
        ),
        Mail("e@example.org", "[list] Nobody answers", "Dee Other"),
    ]
    path = project / "list.mbox"
    path.write_bytes(mbox(mails))
    return path


def test_drafts(run: Run, project: Path, archive: Path) -> None:
    outcome = run("collect", "mbox", archive)
    assert (outcome.status, outcome.err) == (0, "2 drafts written\n")
    assert [line.rpartition("-")[0] for line in outcome.lines] == [
        "releasenotes/digests/where-locks-live",
        "releasenotes/digests/freeze-next-week",
    ]
    checked = run("lint")
    assert (checked.status, checked.err) == (0, "2 fragments (2 drafts), 0 problems\n")
    assert "locks" in run("list", "--drafts").out
    assert run("list").out == ""


def test_twice_adds_nothing(run: Run, project: Path, archive: Path) -> None:
    run("collect", "mbox", archive)
    before = files(project)
    outcome = run("collect", "mbox", archive)
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "0 drafts written, 2 there already\n")
    assert files(project) == before


def test_completed_drafts_do_not_make_room_for_others(run: Run, project: Path, archive: Path) -> None:
    run("collect", "mbox", archive, "--top", "1")
    (path,) = (project / FOLDER).iterdir()
    text = (
        path.read_text(encoding="utf-8").replace("draft: true\n", "").replace("Where locks", "Locks, and where they")
    )
    path.write_text(text, encoding="utf-8")
    path.rename(path.with_name(f"mine-{path.stem[-16:]}.yaml"))
    outcome = run("collect", "mbox", archive, "--top", "1")
    assert (outcome.out, outcome.err) == ("", "0 drafts written, 1 there already\n")
    assert list(files(project).values()) == [text]


def test_a_thread_that_has_grown(run: Run, project: Path) -> None:
    path = project / "list.mbox"
    path.write_bytes(mbox(conversation()[:3]))
    run("collect", "mbox", path)
    before = files(project)
    path.write_bytes(mbox(conversation()))
    outcome = run("collect", "mbox", path)
    assert outcome.out == ""
    assert outcome.err.endswith(
        ".yaml: the thread has grown by 2 messages since then; nothing is changed\n0 drafts written, 1 there already\n"
    )
    assert files(project) == before


def test_a_draft_that_nobody_has_touched_grows(run: Run, project: Path) -> None:
    """It is drawn up again, with the day of the last message, and so comes to the digest that is written now."""
    path = project / "list.mbox"
    others = [Mail(f"o{number}@example.org", f"[list] Other {number}", "Dee Other") for number in range(5)]
    path.write_bytes(mbox([*conversation()[:3], *others]))
    run("collect", "mbox", path)
    [(name, before)] = files(project).items()
    path.write_bytes(mbox([*conversation(), *others]))
    planned = run("collect", "mbox", path, "--dry-run").err
    assert "has grown by 2 messages since then; nobody has edited the draft: it would be drawn up again\n" in planned
    assert files(project) == {name: before}
    outcome = run("collect", "mbox", path)
    assert "the draft: it was drawn up again\n0 drafts written, 1 there already\n" in outcome.err
    [(same, after)] = files(project).items()
    assert same == name
    assert "# Messages: 3," in before and "# Messages: 5," in after
    run("collect", "mbox", path, "--fragments", "fresh")
    [fresh] = (project / "fresh").iterdir()
    assert fresh.read_text(encoding="utf-8") == after
    # what a person has touched stays
    (project / FOLDER / name).write_text(before.replace("Where locks live", "Where locks live now"), encoding="utf-8")
    assert "nothing is changed" in run("collect", "mbox", path).err
    assert "Where locks live now" in files(project)[name]


def test_more_is_known_of_the_beginning(run: Run, project: Path) -> None:
    """A mail of HyperKitty's export tells the one that it answers, not the first one."""
    mails = [mail.hyperkitty() for mail in conversation()[:4]]
    october, november = project / "2025-10.mbox", project / "2025-11.mbox"
    october.write_bytes(mbox(mails[:3]))
    november.write_bytes(mbox(mails[3:]))
    assert len(run("collect", "mbox", november, "--min-messages", "1").lines) == 1
    outcome = run("collect", "mbox", october, november)
    assert outcome.out == ""
    assert "1 there already" in outcome.err


def test_the_thread_goes_on_after_the_digest(run: Run, project: Path) -> None:
    path = project / "list.mbox"
    path.write_bytes(mbox(conversation()[:2]))
    run("collect", "mbox", path)
    (first,) = (project / FOLDER).iterdir()
    first.write_text(first.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    path.write_bytes(mbox(conversation()))
    outcome = run("collect", "mbox", path, "--format", "json")
    (record,) = json.loads(outcome.out)
    assert record["continues"] == first.stem[-16:]
    assert record["summary"].startswith("nova: 3 more messages by 3 people")
    assert run("collect", "mbox", path).err == "0 drafts written, 1 there already\n"
    second = next(path for path in (project / FOLDER).iterdir() if path != first)
    second.write_text(second.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert run("collect", "mbox", path).err == "0 drafts written, 1 there already\n"
    assert run("lint").status == 0
    late = Mail("late@example.org", "Re: x", "Dee", ("a0@example.org",), sent=START + timedelta(days=50))
    path.write_bytes(mbox([*conversation(), late]))
    (record,) = json.loads(run("collect", "mbox", path, "--min-messages", "1", "--format", "json").out)
    assert record["continues"] == second.stem[-16:]
    assert run("lint").status == 0


def test_a_summary_that_somebody_wrote(run: Run, archive: Path, write: Callable[..., Path]) -> None:
    write("mine", "date: 2025-11-06\nthreads: [{title: Where locks live, summary: x}]\n")
    outcome = run("collect", "mbox", archive)
    assert [line.rpartition("-")[0] for line in outcome.lines] == ["releasenotes/digests/freeze-next-week"]


def test_dry_run_and_json(run: Run, project: Path, archive: Path) -> None:
    outcome = run("collect", "mbox", archive, "--dry-run", "--format", "json", "--archive", LIST, "--tag", "Nova")
    (record,) = json.loads(outcome.out)
    assert record == {
        "kind": "thread",
        "identity": record["identity"],
        "date": "2025-11-06",
        "path": f"releasenotes/digests/where-locks-live-{record['identity']}.yaml",
        "title": "Where locks live",
        "url": f"{LIST}thread/{hash_of('a0@example.org')}/",
        "state": "open",
        "participants": "Ann Example: 2\nBob Sample: 2\nCyd Case: 1",
        "summary": record["summary"],
    }
    assert files(project) == {}


def test_choosing(run: Run, archive: Path) -> None:
    def titles(*options: str) -> list[str]:
        outcome = run("collect", "mbox", archive, "--dry-run", "--format", "json", *options)
        assert outcome.status == 0
        return [record["title"] for record in json.loads(outcome.out)]

    assert titles("--min-messages", "1") == ["Where locks live", "Freeze next week", "Nobody answers"]
    assert titles("--top", "1") == ["Where locks live"]
    assert titles("--tag", "[release]") == ["Freeze next week"]
    assert titles("--since", "2025-11-01") == ["Where locks live"]
    assert titles("--until", "2025-10-01") == []
    assert titles("--thread", "<e@example.org>") == ["Nobody answers"]
    identity = run("threads", archive, "--min-messages", "5").lines[1].split()[0]
    assert titles("--thread", identity, "--thread", "b1@example.org") == ["Where locks live", "Freeze next week"]
    # a countdown is not drafted even so
    assert titles("--thread", "c@example.org") == []


def test_pipermail_from_the_web(run: Run, project: Path, server: WebServer) -> None:
    mails = [mail.pipermail() for mail in conversation()]
    items = "".join(
        f'<LI><A HREF="{number:06d}.html">{mail.subject}\n</A><A NAME="{number}">&nbsp;</A>\n<I>{mail.who}\n</I>'
        for number, mail in enumerate(mails, 92451)
    )
    base = f"{server.url}/pipermail/dev"
    server.pages["/pipermail/dev/2025-October.txt.gz"] = gzip.compress(mbox(mails))
    server.pages["/pipermail/dev/2025-October/thread.html"] = items.encode()
    for source in (f"{base}/2025-October.txt.gz", f"{base}/2025-October/thread.html", f"{base}/2025-October/"):
        outcome = run("collect", "mbox", source, "--dry-run", "--format", "json")
        (record,) = json.loads(outcome.out)
        assert record["url"] == f"{base}/2025-October/thread.html#92451"
    del server.pages["/pipermail/dev/2025-October/thread.html"]
    outcome = run("collect", "mbox", f"{base}/2025-October.txt.gz")
    assert outcome.status == 0
    assert "there is no such page" in outcome.err
    (path,) = outcome.lines
    assert "where the thread can be read" in Path(path).read_text(encoding="utf-8")


def test_what_cannot_be_read(run: Run, project: Path, archive: Path, server: WebServer) -> None:
    (project / "page.html").write_text("<p>no mail</p>")
    outcome = run("collect", "mbox", "page.html", archive, "missing", f"{server.url}/none", "--dry-run")
    assert (outcome.status, len(outcome.lines)) == (1, 2)
    assert "page.html: no-mail not a mail archive" in outcome.err
    assert "missing: unreadable there is no such file" in outcome.err
    assert f"{server.url}/none: source-fetch there is no such file on the server" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x", "--top", "0"],
        ["x", "--since", "soon"],
        ["x", "--archive", "javascript:x"],
        ["x", "--archive", "lists"],
    ],
)
def test_a_wrong_command_line(run: Run, project: Path, arguments: list[str]) -> None:
    outcome = run("collect", "mbox", *arguments)
    assert (outcome.status, outcome.out) == (2, "")


def test_mails_of_any_kind(run: Run, project: Path) -> None:
    odd = [
        replace(mail, subject="", headers={"Date": "never", "From": "", "Message-ID": ""}) for mail in conversation()
    ]
    (project / "odd.mbox").write_bytes(b"\n".join(mbox([mail]).replace(b"2025", b"soon") for mail in odd))
    outcome = run("collect", "mbox", "odd.mbox", "--min-messages", "1")
    assert outcome.status == 0
    assert len(outcome.lines) == 2
    checked = run("lint")
    assert (checked.status, checked.err) == (0, "2 fragments (2 drafts), 0 problems\n")
