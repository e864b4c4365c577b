"""``sphinx-digest announce``, to servers that answer as the services' documentation says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.cli.announce import secret_of
from sphinxext.digest.settings.announce_targets import Target

from .conftest import SETTINGS, WEEKS, Run

Write = Callable[..., Path]


@dataclass
class Service:
    """A server that remembers what it is sent, and answers with a status."""

    url: str = ""
    status: int = 200
    answer: object = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.requests.append((self.command, self.path, dict(self.headers), json.loads(data) if data else None))
            body = found.answer if isinstance(found.answer, bytes) else json.dumps(found.answer).encode()
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", f"{found.url}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET = take

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def digest(write: Write, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A digest with titles that try to call people, to be a link, and to be markup; and a target of each kind."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    titles = ("Locks for @everyone", "A <!channel> and \\*bold\\*", "[x](https://evil.example)", "The fourth")
    threads = "".join(f"  - {{title: '{title}', summary: x}}\n" for title in titles)
    write("a", f"date: 2026-11-25\nthreads:\n{threads}")
    targets = [
        "{name: chat, kind: slack}",
        "{name: team, kind: mattermost}",
        "{name: guild, kind: discord}",
        f"{{name: fedi-verse, kind: mastodon, url: '{service.url}'}}",
        f"{{name: room, kind: matrix, url: '{service.url}', room: '#news:example.org'}}",
        f"{{name: forum, kind: discourse, url: '{service.url}', user: bot, category: 4}}",
    ]
    lines = "".join(f"  - {target}\n" for target in targets)
    (project / SETTINGS).write_text(
        f"{WEEKS}base_url: https://docs.example.org/\nannounce:\n{lines}", encoding="utf-8"
    )


def secrets(service: Service) -> dict[str, str]:
    hooks = {f"SPHINX_DIGEST_ANNOUNCE_{name}": f"{service.url}/hook" for name in ("CHAT", "TEAM", "GUILD")}
    return hooks | {f"SPHINX_DIGEST_ANNOUNCE_{name}": "s3cret" for name in ("FEDI_VERSE", "ROOM", "FORUM")}


URL = "https://docs.example.org/digests/2026-11-27.html"


@pytest.mark.parametrize(
    ("name", "method", "path", "key", "words"),
    [
        ("chat", "POST", "/hook", "text", "A &lt;!channel&gt; and"),
        ("team", "POST", "/hook", "text", "\\[x\\](https://evil.example)"),
        ("guild", "POST", "/hook", "content", "A \\<!channel\\> and"),
        ("fedi-verse", "POST", "/api/v1/statuses", "status", "[x](https://evil.example)"),
        ("room", "PUT", "/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/", "body", "<!channel>"),
        ("forum", "POST", "/posts.json", "raw", "\\[x\\](https://evil.example)"),
    ],
)
@pytest.mark.usefixtures("digest")
def test_kinds(run: Run, service: Service, name: str, method: str, path: str, key: str, words: str) -> None:
    service.answer = {"room_id": "!abc:example.org"}

    result = run("announce", "2026-11-25", "--to", name, **secrets(service))

    assert (result.status, result.out, result.err) == (0, "", f"{name}: announced\n")
    sent, where, headers, body = service.requests[-1]
    assert (sent, where[: len(path)]) == (method, path)
    assert body[key].startswith("November 21")
    assert body[key].endswith(f" {URL}")
    assert words in body[key]
    assert "@everyone" not in body[key]
    assert "The fourth" not in body[key]
    secret = {**headers, "hook": where}
    assert any("s3cret" in value or value == "/hook" for value in secret.values())
    if name == "guild":
        assert body["allowed_mentions"] == {"parse": []}
    if name == "room":
        assert service.requests[0][1] == "/_matrix/client/v3/directory/room/%23news%3Aexample.org"
        assert body["m.mentions"] == {}


@pytest.mark.usefixtures("digest")
def test_never_twice(run: Run, service: Service) -> None:
    service.answer = {"room_id": "!abc:example.org"}
    first = run("announce", "2026-11-25", "--to", "fedi-verse", **secrets(service))
    again = run("announce", "2026-11-25", "--to", "fedi-verse", "--to", "chat", **secrets(service))
    forced = run("announce", "2026-11-25", "--to", "fedi-verse", "--again", **secrets(service))

    assert [first.status, again.status, forced.status] == [0, 0, 0]
    assert "fedi-verse: has it since 20" in again.err
    assert "chat: announced" in again.err
    assert [path for _, path, _, _ in service.requests] == ["/api/v1/statuses", "/hook", "/api/v1/statuses"]
    # the server may take a status that it gets twice for the same, but not this one
    keys = {headers["Idempotency-Key"] for _, path, headers, _ in service.requests if path != "/hook"}
    assert len(keys) == 2


@pytest.mark.usefixtures("digest")
def test_server_knows_what_it_gets_twice(
    run: Run, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for log in ("one", "two"):  # as if the first was lost
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / log))
        assert run("announce", "2026-11-25", "--to", "fedi-verse", **secrets(service)).status == 0

    assert len(service.requests) == 2
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in service.requests}) == 1


@pytest.mark.usefixtures("digest")
def test_dry_run(run: Run, service: Service) -> None:
    result = run("announce", "2026-11-25", "--to", "chat", "--to", "room", "--dry-run")

    assert result.status == 0
    assert [line.split(": ")[0] for line in result.lines] == ["chat", "room"]
    assert service.requests == []


@pytest.mark.parametrize(("status", "said"), [(403, "says 403 Forbidden: no such hook"), (302, "says 302 Found")])
@pytest.mark.usefixtures("digest")
def test_one_failure_keeps_no_other_back(run: Run, service: Service, status: int, said: str) -> None:
    service.status, service.answer = status, b"no such\n hook"

    refused = run("announce", "2026-11-25", "--to", "chat", "--to", "fedi-verse", **secrets(service))
    service.status = 200
    later = run("announce", "2026-11-25", "--to", "chat", **secrets(service))

    assert refused.status == 1
    assert refused.err.count(said) == 2
    assert "/hook" not in refused.err
    assert "s3cret" not in refused.err
    assert "/elsewhere" not in [path for _, path, _, _ in service.requests]
    assert (later.status, later.err) == (0, "chat: announced\n")


@pytest.mark.parametrize(
    ("arguments", "secret", "status", "said"),
    [
        (["--to", "nobody"], "", 2, "There is no target 'nobody': there are chat, team"),
        (["--to", "chat"], "", 1, "SPHINX_DIGEST_ANNOUNCE_CHAT is not set"),
        (["--to", "chat"], "http://hooks.example.org/s3cret", 1, "never sent to hooks.example.org without encryption"),
        (["--to", "chat"], "s3cret", 1, "the address is not an absolute URL"),
        (["--to", "chat"], "http://127.0.0.1:1/s3cret", 1, "127.0.0.1 cannot be reached"),
    ],
)
@pytest.mark.usefixtures("digest")
def test_failures(run: Run, arguments: list[str], secret: str, status: int, said: str) -> None:
    result = run("announce", "2026-11-25", *arguments, SPHINX_DIGEST_ANNOUNCE_CHAT=secret)

    assert result.status == status
    assert said in result.err
    assert "s3cret" not in result.err


@pytest.mark.usefixtures("digest")
def test_digest_with_problems_is_not_announced(run: Run, service: Service, write: Write) -> None:
    write("b", "date: 2026-11-25\nitems: [{text: '*broken'}]\n", 2)

    result = run("announce", "2026-11-25", "--to", "chat", **secrets(service))

    assert result.status == 1
    assert "not announced, because there are problems" in result.err
    assert service.requests == []


@pytest.mark.parametrize("room", [b"", b"[]", b"{}", b'{"room_id": 7}', b"\xff"])
@pytest.mark.usefixtures("digest")
def test_room_that_the_server_does_not_know(run: Run, service: Service, room: bytes) -> None:
    service.answer = room

    result = run("announce", "2026-11-25", "--to", "room", **secrets(service))

    assert result.status == 1
    assert "the server does not know the room #news:example.org" in result.err


@pytest.mark.usefixtures("digest")
def test_long_titles_fit(run: Run, service: Service, write: Write) -> None:
    for path in Path("releasenotes/digests").iterdir():
        path.unlink()
    write("long", "date: 2026-11-25\nthreads:\n" + "".join(f"  - title: {'word ' * 40}{n}\n" for n in range(3)))

    assert run("announce", "2026-11-25", "--to", "fedi-verse", **secrets(service)).status == 0
    status = service.requests[-1][3]["status"]
    assert len(status) <= 500
    assert status.count("word 0") + status.count("word 1") == 2
    assert status.endswith(URL)


def test_secret_in_netrc(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine social.example.org login me password s3cret\n")
    file.chmod(0o600)
    target = Target("fedi", "mastodon", "https://social.example.org/")

    assert secret_of(target, {"NETRC": str(file)}) == "s3cret"
    assert secret_of(target, {"NETRC": str(file), "SPHINX_DIGEST_ANNOUNCE_FEDI": "other"}) == "other"
