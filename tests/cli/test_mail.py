"""``sphinx-digest mail``: the message as it is printed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from lxml import html

from .conftest import WEEKS, Run

TEXT = """Digest: November 28 – December 4, 2015
1 success, 1 thread · 1 minute to read

Successes
* zoë: Fertig – 完成 🎉

Locks
* See this [1].
* Full thread: https://lists.example.org/1

[1] - https://example.org/a
"""

#: Prints the message as it is shown, and ends. The folder is one that it need not ask for.
MUTTRC = """
set folder=. charset=utf-8 wait_key=no print=yes print_decode print_command="cat > shown.txt"
alternative_order text/plain
ignore *
unignore from subject
push "<print-message><exit>"
"""


@pytest.fixture
def notes(write: Callable[..., Path]) -> None:
    write("success", "date: 2015-12-01\nsuccesses: ['zoë: Fertig – 完成 🎉']\n", 1)
    write(
        "thread",
        "date: 2015-12-02\nthreads:\n  - title: Locks\n    url: https://lists.example.org/1\n"
        "    summary: '* See `this <https://example.org/a>`__.'\n",
        2,
    )


@pytest.fixture
def mail(run: Run, notes: None) -> Callable[..., EmailMessage]:
    """Runs the command and reads the message that it prints."""

    def mail(*arguments: str, **env: str) -> EmailMessage:
        result = run(
            "mail", "latest", "--from", "Team <team@example.org>", "--to", "dev@example.org", *arguments, **env
        )
        assert (result.status, result.err) == (0, "")
        message = message_from_string(result.out, policy=default)
        assert isinstance(message, EmailMessage)
        assert [part.defects for part in message.walk() if part.defects] == []
        return message

    return mail


Mail = Callable[..., EmailMessage]


def test_two_parts_and_their_headers(mail: Mail) -> None:
    message = mail()
    plain, hypertext = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert plain.get_content_type() == "text/plain"
    assert plain.get_content() == TEXT
    assert message["From"] == "Team <team@example.org>"
    assert message["To"] == "dev@example.org"
    assert message["Subject"] == "Digest: November 28 – December 4, 2015"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Date"].datetime.tzinfo is not None
    assert message["Content-Language"] == "en"
    for name in ("In-Reply-To", "References", "Archived-At", "Cc", "Bcc", "Reply-To", "Precedence", "List-Id"):
        assert message[name] is None
    page = html.document_fromstring(hypertext.get_content())
    assert "Fertig – 完成 🎉" in page.text_content()
    assert page.find(".//h2").get("style")


def test_styles_are_inlined_and_nothing_is_loaded(mail: Mail) -> None:
    page = html.document_fromstring(list(mail().iter_parts())[1].get_content())
    assert all(node.get("style") for node in page.iter("body", "h1", "h2", "p", "ul", "li", "a"))
    style = page.findtext(".//style")
    assert re.findall(r"@media[^{]*", style) == ["@media (prefers-color-scheme: dark) "]
    assert style.strip().endswith("}")
    assert list(page.iter("script", "link", "img", "iframe")) == []


def test_plain_text_only(mail: Mail) -> None:
    message = mail("--no-html")
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == TEXT


def test_several_recipients_and_a_subject(mail: Mail) -> None:
    message = mail(
        "--to", "A <a@example.org>, b@example.org", "--cc", "c@example.org", "--subject", "Grüße", "--no-html"
    )
    assert [address.addr_spec for address in message["To"].addresses] == [
        "dev@example.org",
        "a@example.org",
        "b@example.org",
    ]
    assert message["Cc"] == "c@example.org"
    assert message["Subject"] == "Grüße"


def test_a_correction(mail: Mail) -> None:
    original, first, second = mail(), mail("--correction", "1"), mail("--correction", "2")
    assert len({original["Message-ID"], first["Message-ID"], second["Message-ID"]}) == 3
    assert first["In-Reply-To"] == first["References"] == second["In-Reply-To"] == original["Message-ID"]
    assert first["Subject"] == "[Correction] Digest: November 28 – December 4, 2015"
    assert mail("--correction", "1", "--in-reply-to", "x@y")["In-Reply-To"] == "<x@y>"


def test_the_same_bytes_each_time(run: Run, notes: None) -> None:
    arguments = ("mail", "latest", "--from", "a@b.org", "--to", "c@d.org")
    one, two = (run(*arguments, SOURCE_DATE_EPOCH="1449230400") for _ in range(2))
    assert one.out == two.out
    assert "\nDate: Fri, 04 Dec 2015 12:00:00 +0000\n" in one.out


def test_where_the_page_is(mail: Mail, project: Path) -> None:
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}base_url: https://docs.example.org/\n")
    message = mail("--no-html")
    assert message["Archived-At"] == "<https://docs.example.org/digests/2015-12-04.html>"
    lines = message.get_content().splitlines()
    assert lines[2:4] == ["Read in your browser: https://docs.example.org/digests/2015-12-04.html", ""]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "a@b\nBcc: c@d", "--to", "c@d"],
        ["--from", "a@b", "--to", "c@d\nBcc: e@f"],
        ["--from", "a@b", "--to", "c@d", "--cc", "c@d\r\nBcc: e@f"],
        ["--from", "=?utf-8?q?=0A?= <a@b>", "--to", "c@d"],
        ["--from", "a@b", "--to", "=?utf-8?q?=0ABcc:_e@f?= <c@d>"],
        ["--from", "a@b", "--to", "=?utf-8?b?Cg==?= <c@d>"],
        ["--from", "a@b", "--to", "c@d", "--cc", "=?utf-8?q?=E2=80=A8?= <c@d>"],
        ["--from", "a@b", "--to", "(" * 20_000 + "c@d"],
        ["--from", "a@b", "--to", "c@d", "--in-reply-to", "=?utf-8?q?=0A?="],
        ["--from", "a@b", "--to", "c@d", "--subject", "x\nBcc: e@f"],
        ["--from", "a@b", "--to", "c@d", "--in-reply-to", "<x@y>\nBcc: e@f"],
        ["--from", "a@b, c@d", "--to", "c@d"],
        ["--from", "nobody", "--to", "c@d"],
        ["--from", "a@b", "--to", "nobody"],
        ["--from", "a@b", "--to", "c@d", "--correction", "0"],
        ["--from", "a@b", "--to", "c@d", "--again"],
        ["--from", "a@b"],
        ["--to", "a@b"],
    ],
)
@pytest.mark.usefixtures("notes")
def test_what_the_headers_cannot_have(run: Run, arguments: list[str]) -> None:
    result = run("mail", "latest", *arguments)
    assert (result.status, result.out) == (2, "")
    assert "Usage" in result.err
    assert result.err.count("Error: ") == 1
    assert "Bcc" not in [line.partition(":")[0] for line in result.err.splitlines()]


@pytest.mark.parametrize(
    "title",
    ["=?utf-8?q?=0ABcc:_x@example.org?=", "=?utf-8?b?CkJjYzogeA==?= {end}", "Дайджест для всех: {start} – {end}"],
)
def test_a_title_in_the_settings_is_a_text(mail: Mail, project: Path, title: str) -> None:
    (project / "releasenotes" / "digest.yaml").write_text(f'{WEEKS}title: "{title}"\n', encoding="utf-8")
    message = mail("--no-html")
    expected = title.replace("{start}", "2015-11-28").replace("{end}", "2015-12-04")
    assert str(message["Subject"]) == expected
    assert message["Bcc"] is None


def test_the_subject_names_the_collection_or_the_project(mail: Mail, project: Path) -> None:
    settings = project / "releasenotes" / "digest.yaml"
    (project / "docs").mkdir()
    (project / "docs" / "conf.py").write_text("project = 'Gannet'\n")
    assert mail()["Subject"] == "Gannet Digest: November 28 – December 4, 2015"
    settings.write_text(f"{WEEKS}collection_title: Harbour News\n")
    assert mail()["Subject"] == "Harbour News: November 28 – December 4, 2015"
    # a project that gave its digests a title has chosen what a subject says
    settings.write_text(f"{WEEKS}collection_title: Harbour News\ntitle: The Week in Review {{end}}\n")
    assert mail()["Subject"] == "The Week in Review 2015-12-04"


def test_a_preview(run: Run, notes: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("mail", "latest", "--preview")
    file = Path(result.out.rstrip("\n"))
    assert (result.status, result.err, opened) == (0, "", [file.as_uri()])
    assert file.name == "2015-12-04.html"
    page = html.document_fromstring(file.read_text(encoding="utf-8"))
    assert page.findtext(".//h1") == "Digest: November 28 – December 4, 2015"
    assert page.find(".//h2").get("style")
    assert run("mail", "latest", "--preview", "--send").status == 2


@pytest.mark.parametrize("host", ["a\nb", "a b", "a..b", "x" * 300, "\udcff", "a\x00b"])
@pytest.mark.usefixtures("notes")
def test_a_server_that_no_host_can_be(run: Run, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"SPHINX_DIGEST_SMTP_HOST": host, "XDG_STATE_HOME": "state"}
    monkeypatch.setattr("sphinxext.digest.cli.mail.os.environ", {**os.environ, **environ})
    result = run("mail", "latest", "--from", "a@b.org", "--to", "c@d.org", "--send")
    assert (result.status, result.out) == (1, "")
    assert re.fullmatch(r"sphinx-digest: invalid SPHINX_DIGEST_SMTP_HOST '.*': expected the name .*\n", result.err)


@pytest.mark.usefixtures("notes")
def test_periods(run: Run) -> None:
    addresses = ("--from", "a@b.org", "--to", "c@d.org")
    assert run("mail", "some day", *addresses).status == 2
    result = run("mail", "2014-01", *addresses)
    assert (result.status, result.out) == (1, "")
    assert "empty-period" in result.err


@pytest.mark.usefixtures("notes")
def test_problems(run: Run, write: Callable[..., Path]) -> None:
    write("bad", "date: 2015-12-02\nstories: ['*bad']\n", 3)
    result = run("mail", "latest", "--from", "a@b.org", "--to", "c@d.org", "--no-html")
    assert result.status == 1
    assert "rst" in result.err
    assert message_from_string(result.out, policy=default).get_content().startswith("Digest: November 28")


@pytest.mark.usefixtures("notes")
def test_without_the_extra_the_styles_stay_together_and_a_message_names_it(start: Run) -> None:
    arguments = ("mail", "latest", "--from", "a@b.org", "--to", "c@d.org")
    before = "import sys; sys.modules['css_inline'] = None"
    result = start(*arguments, before=before)
    assert result.status == 0
    assert "sphinxext-digest[mail]" in result.err
    (_, hypertext) = message_from_string(result.out, policy=default).iter_parts()
    page = html.document_fromstring(hypertext.get_content())
    assert page.find(".//h2").get("style") is None
    assert "h2 {" in page.findtext(".//style")
    assert start(*arguments, "--no-html", before=before).err == ""


def test_a_mail_reader_shows_it(start: Run, notes: None, tmp_path: Path) -> None:
    """The message in mutt, which parses it, decodes it and prints it."""
    mutt = shutil.which("mutt")
    if mutt is None:
        pytest.skip("mutt is not installed")
    result = start("mail", "latest", "--from", "Zoë <a@b.org>", "--to", "c@d.org", "--subject", "Grüße – 完成")
    (tmp_path / "mbox").write_text(f"From a@b.org Fri Dec  4 12:00:00 2015\n{result.out}\n", encoding="utf-8")
    (tmp_path / "muttrc").write_text(MUTTRC)
    env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", "HOME": str(tmp_path)}
    command = [mutt, "-n", "-F", "muttrc", "-R", "-f", "mbox"]
    _in_a_terminal(command, tmp_path, env)
    shown = (tmp_path / "shown.txt").read_text(encoding="utf-8")
    assert "Grüße – 完成" in shown
    assert "Zoë <a@b.org>" in shown
    assert TEXT in shown
    assert "<html" not in shown


def _in_a_terminal(command: list[str], folder: Path, env: dict[str, str]) -> None:
    """Run a program that wants a terminal, and wait until it ends."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    with subprocess.Popen(
        command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_read_all, args=(ours,))
        reader.start()
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            reader.join()
            os.close(ours)


def _read_all(descriptor: int) -> None:
    """Take what a program writes to its terminal, so that it can go on."""
    with suppress(OSError):
        while os.read(descriptor, 65536):
            pass


def test_drafts_are_shown_and_never_sent(run: Run, write: Callable[..., Path]) -> None:
    write("waiting", "date: 2026-11-25\ndraft: true\nsuccesses: ['ada: all green']\n")
    arguments = ("mail", "2026-11-25", "--from", "a@example.org", "--to", "b@example.org", "--no-html", "--drafts")

    assert "**Draft** ada: all green" in run(*arguments).out
    sending = run(*arguments, "--send")
    assert sending.status == 2
    assert "--drafts is for looking at a mail" in sending.err
