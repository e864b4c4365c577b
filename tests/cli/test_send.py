"""``sphinx-digest mail --send``: through a real server on the loopback interface."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from web_server import WebServer

from .conftest import WEEKS, Outcome, Run
from .mail_server import PASSWORD, USER, Certificates, Inbox, serving

HOST, ONE, TWO = "SPHINX_DIGEST_SMTP_HOST", "one@example.org", "two@example.org"
LOGIN = {"SPHINX_DIGEST_SMTP_USER": USER, "SPHINX_DIGEST_SMTP_PASSWORD": PASSWORD}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(str(tmp_path_factory.mktemp("certificates") / "authority.pem"))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sphinx-digest" / "sent.json"


@pytest.fixture
def send(
    run: Run, write: Callable[..., Path], certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Sends a digest to two addresses through a server on this port."""
    write("a", "date: 2015-12-01\nstories: [Prose – 完成]\n")
    for name in ("HOST", "PORT", "USER", "PASSWORD", "TLS"):
        monkeypatch.delenv(f"SPHINX_DIGEST_SMTP_{name}", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", certificates.file)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def send(port: int, *arguments: str, **env: str) -> Outcome:
        addresses = ("--from", "Team <team@example.org>", "--to", ONE, "--cc", TWO)
        env = {HOST: "localhost", "SPHINX_DIGEST_SMTP_PORT": str(port), **env}
        return run("mail", "latest", *addresses, "--send", *arguments, **env)

    return send


Send = Callable[..., Outcome]


def test_starttls_and_authentication(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context, login=True) as port:
        result = send(port, **LOGIN)
    assert (result.status, result.out) == (0, "")
    assert result.err == f"{ONE}: sent\n{TWO}: sent\n"
    ((recipients, message),) = inbox.received
    assert recipients == [ONE, TWO]
    assert (message["To"], message["Cc"]) == (ONE, TWO)
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr]
    assert text.endswith("\n\nProse – 完成\n")
    assert inbox.users == [USER]
    assert inbox.encrypted == [True]


def test_what_is_not_published_is_sent_with_a_warning(
    send: Send, inbox: Inbox, server: WebServer, project: Path, write: Callable[..., Path]
) -> None:
    page = f"{server.url}/digests/2015-12-04.html"
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}base_url: {server.url}\n")
    warning = "sphinx-digest: "

    def sent() -> list[str]:
        with serving(inbox) as port:
            result = send(port, "--again", SPHINX_DIGEST_SMTP_TLS="none", SOURCE_DATE_EPOCH="1449273600")
        assert result.status == 0
        return [line.removeprefix(warning) for line in result.err.splitlines() if line.startswith(warning)]

    assert sent() == [f"the page of the digest is not published yet: {page} is not found"]
    server.pages["/digests/2015-12-04.html"] = b"<p>Here"
    assert sent() == []
    server.pages["/digests/2015-12-04.html"] = 503
    (line,) = sent()
    assert line.startswith(f"nobody knows if the page of the digest is published: {page}: the server says 503")
    # the next day of a digest whose last day is that of the clock
    write("b", "date: 2015-12-05\nstories: [More]\n", 2)
    assert sent() == ["the digest may still get notes: its last day is 2015-12-11"]
    assert len(inbox.received) == 4


def test_tls_from_the_start(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context, tls_first=True, login=True) as port:
        result = send(port, SPHINX_DIGEST_SMTP_TLS="tls", **LOGIN)
    assert (result.status, inbox.recipients) == (0, [ONE, TWO])


def test_the_user_of_netrc(send: Send, inbox: Inbox, certificates: Certificates, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f'default login other password none\nmachine localhost login {USER} password "{PASSWORD}"\n')
    netrc.chmod(0o600)
    with serving(inbox, certificates.context, login=True) as port:
        assert send(port).status == 0
    assert inbox.users == [USER]


def test_a_netrc_that_others_can_read(send: Send, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine localhost login a password b\n")
    (tmp_path / "netrc").chmod(0o644)
    result = send(1)
    assert result.status == 1
    assert "chmod 600" in result.err


def test_a_netrc_that_cannot_be_read(send: Send, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine localhost password secret login a nonsense\n")
    (tmp_path / "netrc").chmod(0o600)
    result = send(1)
    assert result.status == 1
    assert "not a valid netrc file" in result.err
    assert "secret" not in result.err


def test_without_encryption_if_asked_for(send: Send, inbox: Inbox) -> None:
    with serving(inbox) as port:
        assert send(port, SPHINX_DIGEST_SMTP_TLS="none").status == 0
    assert inbox.encrypted == [False]


def test_no_password_without_encryption(send: Send, inbox: Inbox) -> None:
    with serving(inbox) as port:
        result = send(port, SPHINX_DIGEST_SMTP_TLS="none", **LOGIN)
    assert result.status == 1
    assert "never sent without encryption" in result.err
    assert PASSWORD not in result.err
    assert inbox.received == []


def test_a_server_without_starttls(send: Send, inbox: Inbox) -> None:
    with serving(inbox) as port:
        result = send(port, **LOGIN)
    assert result.status == 1
    assert "does not offer STARTTLS" in result.err
    assert (inbox.received, inbox.users) == ([], [])


def test_a_certificate_that_nobody_vouches_for(
    send: Send, inbox: Inbox, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving(inbox, certificates.context, login=True) as port:
        result = send(port, **LOGIN)
    assert result.status == 1
    assert "the certificate is not trusted" in result.err
    assert (inbox.received, inbox.users) == ([], [])


def test_a_certificate_of_another_host(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context) as port:
        result = send(port, **{HOST: "127.0.0.1"})
    assert result.status == 1
    assert "the certificate is not trusted" in result.err


def test_a_wrong_password(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context, login=True) as port:
        result = send(port, **{**LOGIN, "SPHINX_DIGEST_SMTP_PASSWORD": "wr0ng"})
    assert result.status == 1
    assert "refused the user or the password" in result.err
    assert "wr0ng" not in result.err
    assert inbox.received == []


def test_a_password_that_no_server_is_given(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context, login=True) as port:
        result = send(port, **{**LOGIN, "SPHINX_DIGEST_SMTP_PASSWORD": "pässword"})
    assert result.status == 1
    assert "the user and the password must be ASCII" in result.err
    assert "pässword" not in result.err
    assert (inbox.received, inbox.users) == ([], [])


def test_repeating_sends_nothing(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context) as port:
        assert send(port).status == 0
        sessions = inbox.sessions
        result = send(port)
        assert inbox.sessions == sessions, "there is no need to ask the server"
    assert result.status == 0
    assert [line.split(": ")[0] for line in result.err.splitlines()] == [ONE, TWO]
    assert result.err.count("not sent again") == 2
    assert inbox.recipients == [ONE, TWO]


def test_again(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context) as port:
        assert send(port).status == 0
        assert send(port, "--again").status == 0
    assert inbox.recipients == [ONE, TWO, ONE, TWO]


def test_a_correction_is_another_message(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    with serving(inbox, certificates.context) as port:
        assert (
            send(port).status == send(port, "--correction", "1").status == send(port, "--correction", "1").status == 0
        )
    (_, first), (_, second) = inbox.received
    assert second["In-Reply-To"] == first["Message-ID"]


def test_a_refused_recipient(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    inbox.answers[TWO] = "550 5.1.1 no such user"
    with serving(inbox, certificates.context) as port:
        result = send(port)
        assert result.status == 1
        assert result.err == f"{ONE}: sent\n{TWO}: refused: 550 5.1.1 no such user\n"
        assert inbox.recipients == [ONE]
        inbox.answers.clear()
        result = send(port)
        assert result.status == 0
        assert inbox.recipients == [ONE, TWO]
    assert f"{TWO}: sent" in result.err


def test_all_recipients_refused(send: Send, inbox: Inbox, certificates: Certificates) -> None:
    inbox.answers |= {ONE: "450 try later", TWO: "550 no"}
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert result.status == 1
    assert result.err == f"{ONE}: refused: 450 try later\n{TWO}: refused: 550 no\n"
    assert inbox.received == []


@pytest.mark.parametrize("answer", ["420 try later", "450 try later"])
def test_a_refused_recipient_does_not_end_the_session(
    send: Send, inbox: Inbox, certificates: Certificates, answer: str
) -> None:
    inbox.answers[ONE] = answer
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert (result.status, result.err) == (1, f"{TWO}: sent\n{ONE}: refused: {answer}\n")
    assert inbox.recipients == [TWO]


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("MAIL", "550 not you", "refused the sender team@example.org: 550 not you"),
        ("DATA", "554 looks like spam", "refused the message: 554 looks like spam"),
    ],
)
def test_a_refused_message(
    send: Send, inbox: Inbox, certificates: Certificates, command: str, answer: str, expected: str
) -> None:
    inbox.answers[command] = answer
    with serving(inbox, certificates.context) as port:
        result = send(port)
        assert result.status == 1
        assert expected in result.err
        inbox.answers.clear()
        assert send(port).status == 0
    assert inbox.recipients == [ONE, TWO]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_lost_connection(send: Send, inbox: Inbox, certificates: Certificates, command: str) -> None:
    inbox.drop = command
    with serving(inbox, certificates.context) as port:
        result = send(port)
        assert (result.status, result.out) == (1, "")
        assert "the connection was lost" in result.err
        assert inbox.received == []
        inbox.drop = ""
        assert send(port).status == 0
        assert send(port).status == 0
    assert inbox.recipients == [ONE, TWO]


def test_a_connection_that_is_lost_after_the_message_was_taken(
    send: Send, inbox: Inbox, certificates: Certificates
) -> None:
    inbox.drop = "QUIT"
    with serving(inbox, certificates.context) as port:
        assert send(port).status == 0
        assert send(port).status == 0
    assert inbox.recipients == [ONE, TWO]


@contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """A server that says one thing and hangs up; its port."""
    with socket.create_server(("localhost", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("answer", [b"", b"421 too busy\r\n", b"nonsense\r\n", b"220 hello\r\n", b"\xff\xfe\r\n"])
def test_no_mail_server(send: Send, answer: bytes) -> None:
    with listening(answer) as port:
        result = send(port)
    assert result.status == 1
    assert result.err.startswith(f"sphinx-digest: localhost:{port}: cannot ")
    assert result.err.count("\n") == 1


def test_nobody_listens(send: Send) -> None:
    result = send(1)
    assert result.status == 1
    assert "localhost:1: cannot connect: Connection refused" in result.err


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({HOST: ""}, "SPHINX_DIGEST_SMTP_HOST is not set"),
        ({"SPHINX_DIGEST_SMTP_PORT": "x"}, "expected a number up to 65535"),
        ({"SPHINX_DIGEST_SMTP_PORT": "65536"}, "expected a number up to 65535"),
        ({"SPHINX_DIGEST_SMTP_TLS": "yes"}, "expected one of starttls, tls, none"),
        ({"SPHINX_DIGEST_SMTP_USER": "a"}, ": set both, or none"),
    ],
)
def test_a_server_that_is_described_wrongly(send: Send, env: dict[str, str], expected: str) -> None:
    result = send(25, **env)
    assert (result.status, result.out) == (1, "")
    assert expected in result.err


def test_a_dry_run_says_what_would_be_sent(send: Send, inbox: Inbox, certificates: Certificates, state: Path) -> None:
    with serving(inbox, certificates.context) as port:
        result = send(port, "--dry-run")
        assert result.status == 0
        assert result.out.startswith("From: Team <team@example.org>\n")
        assert result.err == "".join(f"{name}: would get it through localhost:{port}\n" for name in (ONE, TWO))
        assert (inbox.sessions, state.exists()) == (0, False)
        inbox.answers[TWO] = "550 no"
        send(port)
        assert f"{ONE}: has it since 20" in send(port, "--dry-run").err


def test_a_digest_with_problems_is_not_sent(
    send: Send, inbox: Inbox, certificates: Certificates, write: Callable[..., Path]
) -> None:
    write("bad", "date: 2015-12-02\nstories: ['*bad']\n", 3)
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert (result.status, result.out) == (1, "")
    assert "not sent, because there are problems" in result.err
    assert inbox.sessions == 0


def test_the_record(send: Send, inbox: Inbox, certificates: Certificates, state: Path) -> None:
    with serving(inbox, certificates.context) as port:
        send(port)
    record = json.loads(state.read_text())
    ((identifier, sent),) = record["sent"].items()
    assert identifier == inbox.received[0][1]["Message-ID"]
    assert list(sent) == [ONE, TWO]
    assert state.stat().st_mode & 0o077 == 0
    assert {path.name for path in state.parent.iterdir()} == {"sent.json", "sent.lock"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2, "sent": {}}', '{"version": 1, "sent": 3}'])
def test_a_record_that_cannot_be_read(
    send: Send, inbox: Inbox, certificates: Certificates, state: Path, text: str
) -> None:
    state.parent.mkdir(parents=True)
    state.write_text(text)
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert result.status == 1
    assert str(state) in result.err
    assert (inbox.sessions, state.read_text()) == (0, text)


def test_no_place_for_the_record(send: Send, inbox: Inbox, certificates: Certificates, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert result.status == 1
    assert inbox.sessions == 0


def test_a_record_that_cannot_be_written_any_more(
    send: Send, inbox: Inbox, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sphinxext.digest.mail.smtp import DeliveryLog

    def fail(self: DeliveryLog, identifier: str, recipients: object) -> None:
        raise OSError(28, "No space left on device", "sent.json")

    monkeypatch.setattr(DeliveryLog, "add", fail)
    with serving(inbox, certificates.context) as port:
        result = send(port)
    assert result.status == 1
    assert f"{ONE}: sent" in result.err
    assert "the delivery log cannot be written: sent.json: No space left on device" in result.err


def test_two_at_once_send_it_once(
    send: Send, start: Run, inbox: Inbox, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(inbox, certificates.context) as port:
        env = {HOST: "localhost", "SPHINX_DIGEST_SMTP_PORT": str(port)}
        arguments = ("mail", "latest", "--from", "team@example.org", "--to", ONE, "--send")
        found: list[Outcome] = []
        threads = [threading.Thread(target=lambda: found.append(start(*arguments, **env))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [outcome.status for outcome in found] == [0, 0, 0], found
    assert inbox.recipients == [ONE]
