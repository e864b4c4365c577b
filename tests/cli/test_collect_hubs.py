"""``sphinx-digest collect github``, ``gitlab`` and ``forgejo``, with servers that answer as the APIs are documented.

GitHub's are at https://docs.github.com/rest ("List repository issues", "List issue comments", "List releases", "List
commits", "Using pagination", "Rate limits") and https://docs.github.com/graphql; GitLab's at
https://docs.gitlab.com/api/ ("Issues", "Merge requests", "Discussions", "Releases"); Forgejo's are its
``/api/swagger``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import Answer, WebServer

from sphinxext.digest.cli.collect_github import GITHUB
from sphinxext.digest.gather.hub import plain_of_markdown
from sphinxext.digest.gather.hub.client import MAX_KEPT, Client, KeptAnswer, KeptAnswers
from sphinxext.digest.problems import DigestError

from .conftest import FOLDER, Run

DAYS = ("--since", "2026-11-14", "--until", "2026-11-20")
ISSUES = "/repos/o/r/issues?state=all&sort=updated&direction=desc&per_page=100&since=2026-11-14T00%3A00%3A00Z"
COMMENTS = "/repos/o/r/issues/7/comments?per_page=100"
RELEASES = "/repos/o/r/releases?per_page=100"


def issue(number: int, title: str, **others: object) -> dict[str, object]:
    return {
        "number": number,
        "title": title,
        "html_url": f"https://hub.example.org/o/r/issues/{number}",
        "user": {"login": "tern", "type": "User"},
        "created_at": "2026-11-13T08:00:00Z",
        "updated_at": "2026-11-18T08:00:00Z",
        "body": "### What happened\n\nThe *disk* is full.\n\n```\nlog\n```\n",
        "labels": [{"id": 1, "name": "infra"}],
        "comments": 2,
        "state": "open",
        "reactions": {"+1": 2, "-1": 5, "heart": 1, "total_count": 8},
        **others,
    }


def change(number: int, title: str, author: str, merged: str | None, *labels: str) -> dict[str, object]:
    return issue(
        number,
        title,
        user={"login": author},
        labels=[{"name": label} for label in labels],
        state="closed",
        comments=9,
        pull_request={"url": "x", "merged_at": merged},
    )


def comment(number: int, who: str, body: str, day: int = 16, **others: object) -> dict[str, object]:
    url = f"https://hub.example.org/o/r/issues/7#issuecomment-{number}"
    return {"id": number, "html_url": url, "user": {"login": who, "type": "User"}, "body": body,
            "created_at": f"2026-11-{day}T09:00:00Z", **others}  # fmt: skip


def dump(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def hub(server: WebServer) -> WebServer:
    """A repository with an issue, merged changes and releases."""
    server.pages[ISSUES] = dump([
        issue(7, "Where do logs go?", state="closed"),
        issue(8, "Short", comments=0),
        change(9, "Add *bulk* export", "auk", "2026-11-16T12:00:00Z", "Feature"),
        change(10, "Fix a typo", "owl", "2026-11-17T12:00:00Z"),
        change(11, "Too late", "owl", "2026-11-21T12:00:00Z", "feature"),
        change(12, "Refused", "owl", None, "feature"),
    ])  # fmt: skip
    server.pages[COMMENTS] = dump([
        comment(1, "auk", "> The disk is full.\n\nThen compress them: https://example.org/a"),
        comment(2, "ci[bot]", "Failed."),
        comment(3, "owl", "Yes, *please*.", 17),
    ])  # fmt: skip
    server.pages[RELEASES] = dump([
        {"name": "", "tag_name": "v2.0", "html_url": "https://hub.example.org/o/r/releases/v2.0", "draft": False,
         "prerelease": False, "published_at": "2026-11-18T10:00:00Z",
         "body": "# News\n\nIt has **bulk** export.\n\n- One\n- Two <script>x</script>\n"},
        {"name": "Beta", "tag_name": "v2.0b1", "html_url": "https://hub.example.org/o/r/releases/v2.0b1",
         "prerelease": True, "published_at": "2026-11-17T10:00:00Z", "body": "x"},
        {"name": "Old", "tag_name": "v1.0", "html_url": "https://hub.example.org/o/r/releases/v1.0",
         "published_at": "2026-10-17T10:00:00Z", "body": "x"},
    ])  # fmt: skip
    return server


def drafts(project: Path) -> dict[str, str]:
    """The drafts by what they are called."""
    files = (project / FOLDER).iterdir()
    return {file.stem.rpartition("-")[0]: file.read_text(encoding="utf-8") for file in files}


def test_issues_and_releases(run: Run, project: Path, hub: WebServer) -> None:
    outcome = run("collect", "github", "o/r", "--api", hub.url, "--min-messages", "3", *DAYS)
    assert (outcome.status, outcome.err) == (
        0,
        "o/r: discussions are not read: GitHub shows them only to those with a token\n2 drafts written\n",
    )
    found = drafts(project)
    thread = found["where-do-logs-go"]
    assert thread.startswith(
        "# A draft from GitHub: 'Where do logs go?'.\n# Messages: 3, from 2026-11-13 to 2026-11-17"
    )
    assert (
        "  - title: Where do logs go?\n    url: https://hub.example.org/o/r/issues/7\n    state: done\n"
        "    participants:\n      tern: 1\n      auk: 1\n      owl: 1\n"
    ) in thread
    assert (
        "      * tern: The disk is full.\n\n        * auk: Then compress them: https://example.org/a\n"
        "        * owl: Yes, please.\n"
    ) in thread
    release = found["r-v2-0"]
    assert release.endswith(
        "stories:\n  - title: r v2.0\n    url: https://hub.example.org/o/r/releases/v2.0\n    text: |\n"
        "      It has bulk export.\n\n      * One\n      * Two\n    date: 2026-11-18T10:00:00Z\n"
    )
    assert "<script>" not in release
    assert run("lint").status == 0
    again = run("collect", "github", "o/r", "--api", hub.url, "--min-messages", "3", *DAYS)
    assert again.err.endswith("\n0 drafts written, 2 there already\n")


def test_changes_by_label_and_newcomers(run: Run, project: Path, hub: WebServer) -> None:
    before = "&until=2026-11-14T00%3A00%3A00Z&per_page=1"
    hub.pages[f"/repos/o/r/commits?author=auk{before}"] = dump([{"sha": "1"}])
    hub.pages[f"/repos/o/r/commits?author=owl{before}"] = dump([])
    arguments = ("--no-releases", "--label", "feature=Features", "--newcomers", "--min-messages", "99")
    outcome = run("collect", "github", "o/r", "--api", hub.url, *arguments, *DAYS)
    assert (outcome.status, outcome.err.splitlines()[-1]) == (0, "2 drafts written")
    found = drafts(project)
    assert found["add-bulk-export"].endswith(
        "---\ndate: 2026-11-16\ndraft: true\nitems:\n  - group: Features\n    text: Add \\*bulk* export\n"
        "    url: https://hub.example.org/o/r/issues/9\n"
    )
    assert found["fix-a-typo"].endswith(
        '---\ndraft: true\nsuccesses:\n  - nick: owl\n    text: "First change: Fix a typo"\n'
        "    url: https://hub.example.org/o/r/issues/10\n    date: 2026-11-17T12:00:00Z\n"
    )
    assert run("lint").status == 0


def test_discussions(run: Run, project: Path, hub: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def node(number: int, who: str, words: str, **others: object) -> dict[str, object]:
        author, moment = {"login": who} if who else None, f"2026-11-16T0{number}:00:00Z"
        url = f"https://hub.example.org/d/{number}"
        return {"id": f"D{number}", "url": url, "body": words, "createdAt": moment, "author": author, **others}

    talk = node(1, "tern", "Shall we?", title="Shall we drop 3.10?", updatedAt="2026-11-17T00:00:00Z", upvoteCount=4,
                isAnswered=True, category={"name": "Ideas"},
                comments={"nodes": [node(2, "auk", "Yes.", replies={"nodes": [node(3, "owl", "When?")]}),
                                    node(4, "", "Gone.", replies={"nodes": []})]})  # fmt: skip
    old = node(5, "tern", "Old", title="Old", updatedAt="2026-11-01T00:00:00Z", comments={"nodes": []})
    page = {"pageInfo": {"hasNextPage": True, "endCursor": "x"}, "nodes": [talk, old]}
    hub.pages["/graphql"] = dump({"data": {"repository": {"discussions": page}}})
    netrc = project.parent / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password t0ken\n", encoding="utf-8")
    netrc.chmod(0o600)
    arguments = ("--no-releases", "--min-messages", "3")
    outcome = run("collect", "github", "o/r", "--api", hub.url, *arguments, *DAYS, NETRC=str(netrc), GH_TOKEN="other")
    assert (outcome.status, outcome.err) == (0, "2 drafts written\n")
    (text,) = [text for name, text in drafts(project).items() if name.startswith("shall-we-drop")]
    assert "state: done" in text and "    url: https://hub.example.org/d/1\n" in text
    assert "      * tern: Shall we?\n\n        * auk: Yes.\n\n          * owl: When?\n" in text
    assert "Ideas: 3 messages by 3 people on 2026-11-16" in text
    # the token of github.com is for github.com
    assert hub.headers["/graphql"]["Authorization"] == "Bearer t0ken"
    assert json.loads(hub.posted[0])["variables"] == {"owner": "o", "name": "r", "after": None}
    assert len(hub.posted) == 1


def test_what_graphql_refuses_is_told(server: WebServer, client: Callable[..., Client]) -> None:
    server.pages["/graphql"] = dump(
        {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "Too \x1b[31mmuch"}]}
    )
    one = client()
    assert one.post(f"{server.url}/graphql", {}) is None
    assert one.notes == [f"{server.url}/graphql: Too much"]


def test_tokens_go_to_their_own_site_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of a repository choose the address, and must not get at what the environment has."""
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert GITHUB.headers("https://api.github.com") == {"Authorization": "Bearer secret"}
    for api in ("https://api.github.com.example.org", "https://example.org/api.github.com", "https://github.com"):
        assert GITHUB.headers(api) == {}
    assert GITHUB.place_of("https://hub.example.org/o/r.git", None) == ("https://hub.example.org/api/v3", "o/r")
    assert GITHUB.place_of("https://github.com/o/r", None) == ("https://api.github.com", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", "a\nb")
    with pytest.raises(DigestError, match="characters that none has"):
        GITHUB.headers("https://api.github.com")


def test_without_the_extra(run: Run, project: Path, hub: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    outcome = run("collect", "github", "o/r", "--api", hub.url, "--min-messages", "3", *DAYS)
    assert outcome.status == 1
    assert "pip install 'sphinxext-digest[markdown]'" in outcome.err
    assert run("collect", "github", "--help").status == 0


@pytest.mark.parametrize("source", ["o", "o/r?x", "../..", "https://a:b@e.org/o/r", "o r/x", "file:///o/r"])
def test_what_is_no_repository(run: Run, project: Path, source: str) -> None:
    outcome = run("collect", "github", source, "--api", "http://127.0.0.1:1")
    assert (outcome.status, "not a repository" in outcome.err or "cannot be reached" in outcome.err) == (1, True)


def linked(body: bytes, address: str) -> Answer:
    """A page with an address of the next one."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Link", f'<https://x.example>; rel="prev", <{address}>; rel="next"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def client(server: WebServer, tmp_path: Path) -> Callable[..., Client]:
    def make(**options: object) -> Client:
        kept = KeptAnswers(tmp_path / "kept")
        return Client(server.url, {"Authorization": "Bearer x"}, kept=kept, **options)  # type: ignore[arg-type]

    return make


def test_pages_of_the_same_site_only(server: WebServer, client: Callable[..., Client]) -> None:
    server.pages["/a"] = linked(dump([{"n": 1}]), f"{server.url}/b")
    server.pages["/b"] = linked(dump([{"n": 2}, 3]), server.url.replace("127.0.0.1", "localhost") + "/c")
    assert list(client().pages("/a")) == [{"n": 1}, {"n": 2}]
    server.pages["/a"] = linked(dump([{}]), f"{server.url}/a")
    one = client()
    assert len(list(one.pages("/a"))) == 50
    assert one.notes == [f"{server.url}/a: only the first 50 pages were read: choose days with --since"]


def test_what_is_unchanged_is_not_sent_again(server: WebServer, client: Callable[..., Client]) -> None:
    server.pages["/a"] = server.tagged(dump([1]), '"tag"', Link=f'<{server.url}/b>; rel="next"')
    server.pages["/b"] = dump([{"n": 2}])
    for _ in range(2):
        assert client().get("/a") == [1]
        assert list(client().pages("/a")) == [{"n": 2}]
    assert server.headers["/a"]["If-None-Match"] == '"tag"'
    # nobody with another token sees it
    other = client()
    other.headers = {"Authorization": "Bearer y"}
    assert other.get("/a") == [1]
    assert "If-None-Match" not in server.headers["/a"]


def test_kept_answers_are_safe_and_few(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "k")
    name, _ = kept.find("https://e.org", {})
    kept.keep(name, KeptAnswer("e", "", b"[1]"))
    assert kept.find("https://e.org", {})[1] == KeptAnswer("e", "", b"[1]")
    assert (tmp_path / "k" / name).stat().st_mode & 0o077 == 0
    for damage in (b"", b"[1]", b"\xff", b'["x", "e", ""]\n[1]', b"[" * 100_000):
        (tmp_path / "k" / name).write_bytes(damage)
        assert kept.find("https://e.org", {})[1] is None
    for number in range(MAX_KEPT + 5):
        kept.keep(f"{number}", KeptAnswer("e", "", b"[]"))
    assert len(list((tmp_path / "k").iterdir())) == MAX_KEPT


def limited(status: int, **headers: str) -> Answer:
    """Refuses because of too many requests."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def test_limits_of_requests(server: WebServer, client: Callable[..., Client]) -> None:
    reset = str(int(time.time()) + 100)
    server.pages["/a"] = limited(403, X_RateLimit_Remaining="0", X_RateLimit_Reset=reset)
    with pytest.raises(DigestError, match=r"until \d\d:\d\d UTC: a token has a higher one, --wait waits for it"):
        client().get("/a")
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        server.pages["/a"] = limited(429, Retry_After="7") if len(waits) == 1 else dump([1])

    assert client(may_wait=True, sleep=sleep).get("/a") == [1]
    assert 90 < waits[0] < 110 and waits[1:] == [7]
    for page in (limited(403), limited(403, X_RateLimit_Remaining="5"), 301, 404, 500):
        server.pages["/a"] = page
        with pytest.raises(DigestError, match=r"127\.0\.0\.1"):
            client(may_wait=True, sleep=waits.append).get("/a")
    assert len(waits) == 2


def test_gitlab(run: Run, project: Path, server: WebServer) -> None:
    def record(number: int, title: str, **others: object) -> dict[str, object]:
        return {"iid": number, "title": title, "web_url": f"https://lab.example.org/g/p/-/issues/{number}",
                "author": {"username": "tern"}, "created_at": "2026-11-13T08:00:00.000Z",
                "updated_at": "2026-11-18T08:00:00.000Z", "description": "Words.", "labels": ["infra"],
                "user_notes_count": 2, "upvotes": 1, "state": "opened", **others}  # fmt: skip

    def note(number: int, who: str, words: str, **others: object) -> dict[str, object]:
        moment = f"2026-11-16T1{number}:00:00.000Z"
        return {"id": number, "author": {"username": who}, "body": words, "created_at": moment, "system": False,
                **others}  # fmt: skip

    since = "&per_page=100&updated_after=2026-11-14T00%3A00%3A00Z"
    base = "/projects/g%2Fp"
    server.pages[f"{base}/issues?scope=all&order_by=updated_at{since}"] = dump(
        [record(7, "Where do logs go?"), record(8, "Not for all", confidential=True)]
    )
    server.pages[f"{base}/issues/7/discussions?per_page=100"] = dump([
        {"id": "a", "notes": [note(1, "auk", "Up."), note(2, "owl", "No, down.")]},
        {"id": "b", "notes": [note(3, "tern", "closed", system=True), note(4, "auk", "Secret", internal=True)]},
    ])  # fmt: skip
    merged = {"merged_at": "2026-11-17T12:00:00.000Z", "state": "merged", "labels": ["feature"]}
    server.pages[f"{base}/merge_requests?state=merged&scope=all&order_by=updated_at{since}"] = dump(
        [record(3, "Add export", **merged)]
    )
    first = "state=merged&scope=all&author_username=tern&order_by=created_at&sort=asc&per_page=1"
    server.pages[f"{base}/merge_requests?{first}"] = dump([record(3, "Add export", **merged)])
    server.pages[f"{base}/releases?per_page=50"] = dump([
        {"name": "p 2.0", "tag_name": "2.0", "released_at": "2026-11-18T10:00:00Z", "description": "It is out.",
         "_links": {"self": "https://lab.example.org/g/p/-/releases/2.0"}, "upcoming_release": False},
        {"name": "3.0", "released_at": "2026-11-19T10:00:00Z", "upcoming_release": True},
    ])  # fmt: skip
    arguments = ("--min-messages", "3", "--label", "feature", "--newcomers")
    outcome = run("collect", "gitlab", "g/p", "--api", server.url, *arguments, *DAYS)
    assert (outcome.status, outcome.err) == (0, "4 drafts written\n")
    texts = drafts(project)
    assert "      * tern: Words.\n\n        * auk: Up.\n\n          * owl: No, down.\n" in texts["where-do-logs-go"]
    assert "3 messages by 3 people" in texts["where-do-logs-go"]
    assert any("/releases/2.0\n    text: It is out.\n" in text for text in texts.values())
    assert sum("Add export" in text for text in (run("list", "--drafts").out.splitlines())) == 2
    assert run("lint").status == 0


def test_forgejo(run: Run, project: Path, hub: WebServer) -> None:
    for path in (ISSUES, COMMENTS, RELEASES):
        hub.pages[path.replace("per_page=100", "limit=50")] = hub.pages.pop(path)
    for who, merged in (("auk", "2026-01-01T00:00:00Z"), ("owl", None)):
        query = f"state=closed&type=pulls&created_by={who}&limit=50"
        hub.pages[f"/repos/o/r/issues?{query}"] = dump([change(1, "x", who, merged)])
    arguments = ("--min-messages", "3", "--label", "feature=Features", "--newcomers")
    outcome = run("collect", "forgejo", "o/r", "--api", hub.url, *arguments, *DAYS)
    assert (outcome.status, outcome.err) == (0, "4 drafts written\n")
    assert "# A draft from Forgejo:" in drafts(project)["where-do-logs-go"]
    assert "nick: owl" in drafts(project)["fix-a-typo"]


@pytest.mark.parametrize("name", ["github", "gitlab", "forgejo"])
@pytest.mark.parametrize("answer", [b"", b"{}", b"[[1]]", b'[{"number": true}]', b"[" * 100_000, b"\xff", 500])
def test_answers_that_make_no_sense(
    run: Run, project: Path, server: WebServer, name: str, answer: bytes | int
) -> None:
    class Everything(dict[str, object]):
        def get(self, _path: str, _default: object = None) -> object:
            return answer

    server.pages = Everything()  # type: ignore[assignment]
    outcome = run("collect", name, "o/r", "--api", server.url, "--newcomers", *DAYS)
    assert outcome.status in (0, 1)
    assert list((project / FOLDER).iterdir()) == []


def test_code_and_headings_are_no_words() -> None:
    text = (
        "<!-- a\nb -->\n# Title\nSome *words*,\nand `code` of [us](https://example.org/x).\n\n"
        "~~~\ncode\n```\n~~~\n> Quote\n\n- More.\n"
    )
    assert plain_of_markdown(text) == "Some words,\nand code of us.\n\nMore.\n\nhttps://example.org/x"
    assert plain_of_markdown("> " * 5000 + "[" * 5000 + "*" * 5000 + "`" * 4000) == ""
