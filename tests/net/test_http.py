"""Downloads from servers that misbehave on purpose: one deadline, whole files, and only safe redirects."""

from __future__ import annotations

import gc
import gzip
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme
from talking import talking
from web_server import WebServer

from sphinxext.digest.net import http
from sphinxext.digest.net.http import Answer, WebError, ask, check_web_url, download, is_public

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def failure(url: str, timeout: float = 5, max_bytes: int = 1_000_000, longest: float = 20) -> WebError:
    with pytest.raises(WebError) as caught:
        download(url, timeout, max_bytes, longest=longest)
    return caught.value


DRIBBLES = {
    "status": (b"HTTP/1.1 200 ", b"O"),
    "header": (HEAD + b"X: ", b"a"),
    "headers": (HEAD, b"A: b\r\n"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "continue's header": (b"HTTP/1.1 100 Continue\r\nX: ", b"a"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"a"),
    "body without a length": (HEAD + b"\r\n", b"a"),
    "chunk": (CHUNKED + b"ffff\r\n", b"a"),
    "chunks": (CHUNKED, b"1\r\na\r\n"),
    "size of a chunk": (CHUNKED, b"0"),
    "extension of a chunk": (CHUNKED + b"1;", b"a"),
    "trailer": (CHUNKED + b"1\r\na\r\n0\r\nX: ", b"a"),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\n", b"A: b\r\n"),
    "header of a refusal": (b"HTTP/1.1 404 x\r\nX: ", b"a"),
    "header of a redirect": (b"HTTP/1.1 302 x\r\nX: ", b"a"),
}


@pytest.mark.parametrize("name", DRIBBLES)
def test_one_deadline_for_everything(server: WebServer, name: str) -> None:
    first, again = DRIBBLES[name]
    server.pages["/"] = server.raw(first, dribble=again)
    started = time.monotonic()
    error = failure(f"{server.url}/", longest=0.5)
    assert time.monotonic() - started < 15
    assert "takes longer than 0.5 seconds" in str(error)
    assert error.offline and not error.status


def test_redirects_share_the_deadline(server: WebServer) -> None:
    def leads_to(target: str) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(0.2)
            server.raw(f"HTTP/1.1 302 x\r\nLocation: {target}\r\n\r\n".encode())(handler)

        return answer

    server.pages |= {f"/{number}": leads_to(f"/{number + 1}") for number in range(8)}
    server.pages["/8"] = b"late"
    assert "takes longer than 0.5 seconds" in str(failure(f"{server.url}/0", longest=0.5))
    assert len(server.asked) < 5
    assert download(f"{server.url}/0") == b"late"


def test_default_deadline(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_TIME", 0.3)
    server.pages["/"] = server.raw(HEAD, dribble=b"A: b\r\n")
    for call in (download, ask):
        with pytest.raises(WebError, match=r"longer than 0\.3 seconds"):
            call(f"{server.url}/")


def test_silence_ends_it_sooner(server: WebServer) -> None:
    server.pages["/"] = server.silent()
    error = failure(f"{server.url}/", timeout=0.3)
    assert "timed out" in str(error) and error.offline


FLOODS = {
    "headers": (HEAD, b"A: " + b"x" * 50_000 + b"\r\n"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" * 1000),
    "extension": (CHUNKED, (b"1;" + b"x" * 60_000 + b"\r\na\r\n") * 10),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\n", b"A: b\r\n" * 10_000),
}


@pytest.mark.parametrize("name", FLOODS)
def test_bytes_that_are_no_content_are_counted(server: WebServer, name: str) -> None:
    first, again = FLOODS[name]
    server.pages["/"] = server.raw(first, dribble=again, pause=0.0001)
    error = failure(f"{server.url}/", max_bytes=100_000, longest=60)
    assert "bytes of headers or chunks" in str(error)


def test_too_many_headers(server: WebServer) -> None:
    server.pages["/"] = server.raw(HEAD, b"".join(b"X%d: y\r\n" % number for number in range(200)), b"\r\nx")
    assert "more than 100 headers" in str(failure(f"{server.url}/"))


def test_how_large_headers_may_be(server: WebServer) -> None:
    whole, rest = b"X: " + b"y" * 65_000 + b"\r\n", 256 * 1024 - len(HEAD) - 4 * 65_005 - 7
    for number, fits in ((rest - 10, True), (rest + 10, False)):
        server.pages["/"] = server.raw(HEAD, *[whole] * 4, b"X: " + b"y" * number + b"\r\n", b"\r\n")
        if fits:
            assert download(f"{server.url}/") == b""
        else:
            assert "more than 262,144 bytes of headers" in str(failure(f"{server.url}/"))


def test_small_chunks_are_no_flood(server: WebServer) -> None:
    server.pages["/"] = server.raw(CHUNKED, b"a\r\n0123456789\r\n" * 100_000, b"0\r\nX: y\r\n\r\n")
    assert download(f"{server.url}/", max_bytes=1_000_000) == b"0123456789" * 100_000
    assert "is larger than 999,999 bytes" in str(failure(f"{server.url}/", max_bytes=999_999))


WHOLE = {
    "length": HEAD + b"Content-Length: 2\r\n\r\nok",
    "nothing, with a length": HEAD + b"Content-Length: 0\r\n\r\n",
    "more than its length": HEAD + b"Content-Length: 2\r\n\r\nokok",
    "the same length twice": HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nokok",
    "the same length in a list": HEAD + b"Content-Length: 2, 2\r\n\r\nokok",
    "no length": HEAD + b"\r\nok",
    "HTTP 1.0": b"HTTP/1.0 200 OK\r\n\r\nok",
    "chunks": CHUNKED + b"1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n",
    "chunks, without a last line": CHUNKED + b"2\r\nok\r\n0\r\n",
    "CHUNKED": HEAD + b"transfer-encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
    "identity": HEAD + b"Content-Encoding: Identity\r\n\r\nok",
    "nothing, by its status": b"HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n",
    "content of another": b"HTTP/1.1 203 x\r\nContent-Length: 2\r\n\r\nok",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok",
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_body(server: WebServer, name: str) -> None:
    server.pages["/"] = server.raw(WHOLE[name])
    assert download(f"{server.url}/") == (b"" if name.startswith("nothing") else b"ok")


TRUNCATED, UNCLEAR = "ends too early", "does not say clearly where the file ends"
BROKEN = {
    "short": (
        HEAD + b"Content-Length: 5\r\n\r\nok",
        f"{TRUNCATED}: the connection was closed before the end of the file: 2 of 5",
    ),
    "empty": (
        HEAD + b"Content-Length: 1\r\n\r\n",
        f"{TRUNCATED}: the connection was closed before the end of the file: 0 of 1",
    ),
    "short list": (HEAD + b"Content-Length: 5, 5\r\n\r\nok", TRUNCATED),
    "short HTTP 1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok", TRUNCATED),
    "chunk": (CHUNKED + b"5\r\nok", TRUNCATED),
    "no last chunk": (CHUNKED + b"2\r\nok\r\n", TRUNCATED),
    "half a size": (CHUNKED + b"2\r\nok\r\n1", TRUNCATED),
    "no chunk": (CHUNKED, TRUNCATED),
    "size of a chunk": (CHUNKED + b"x\r\nok\r\n0\r\n\r\n", TRUNCATED),
    "negative": (HEAD + b"Content-Length: -5\r\n\r\nok", UNCLEAR),
    "sign": (HEAD + b"Content-Length: +2\r\n\r\nok", UNCLEAR),
    "underscore": (HEAD + b"Content-Length: 1_0\r\n\r\n0123456789", UNCLEAR),
    "hexadecimal": (HEAD + b"Content-Length: 0x2\r\n\r\nok", UNCLEAR),
    "blank": (HEAD + b"Content-Length: \r\n\r\nok", UNCLEAR),
    "words": (HEAD + b"Content-Length: two\r\n\r\nok", UNCLEAR),
    "digits": (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nok", UNCLEAR),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\nok", UNCLEAR),
    "list of lengths": (HEAD + b"Content-Length: 2, 5\r\n\r\nok", UNCLEAR),
    "length and chunks": (
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        UNCLEAR,
    ),
    "gzip, chunked": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", UNCLEAR),
    "two transfer encodings": (
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        UNCLEAR,
    ),
    "brotli": (HEAD + b"Content-Encoding: br\r\n\r\nok", "in the encoding 'br'"),
    "part": (b"HTTP/1.1 206 x\r\nContent-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nok", "sends a part"),
    "HTTP 0.9": (b"hello\r\n", "cannot be fetched"),
    "nothing": (b"", "cannot be fetched"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_body_that_is_not_whole(server: WebServer, name: str) -> None:
    page, message = BROKEN[name]
    server.pages["/"] = server.raw(page)
    error = failure(f"{server.url}/")
    assert message in str(error), error
    if message.startswith(TRUNCATED):
        assert error.offline and error.status == 200
    else:
        assert error.offline == ("cannot be fetched" in message)


def test_length_beyond_the_limit_is_not_read(server: WebServer) -> None:
    server.pages["/"] = server.raw(HEAD + b"Content-Length: 1000001\r\n\r\n", dribble=b"a" * 1000)
    assert "is larger than 1,000,000 bytes" in str(failure(f"{server.url}/", longest=5))
    server.pages["/"] = b"a" * 1_000_000
    assert len(download(f"{server.url}/", max_bytes=1_000_000) or b"") == 1_000_000


def test_statuses(server: WebServer) -> None:
    for status in (404, 410):
        server.pages["/"] = status
        assert download(f"{server.url}/") is None
    server.pages["/"] = 304
    assert ask(f"{server.url}/") == Answer(None)
    for status, offline in {401: False, 403: False, 429: False, 499: False, 500: True, 503: True}.items():
        server.pages["/"] = status
        error = failure(f"{server.url}/")
        assert (error.status, error.offline) == (status, offline)
        assert f"the server says {status}" in str(error)


def test_validators_are_such_that_can_be_sent_back(server: WebServer) -> None:
    for value, kept in {
        b'"one"': '"one"',
        b'W/"x"': 'W/"x"',
        b'"\x1b[31m"': "",
        b'"\xff"': "",
        b'"' + b"x" * 998 + b'"': '"' + "x" * 998 + '"',
        b'"' + b"x" * 999 + b'"': "",
    }.items():
        server.pages["/"] = server.raw(HEAD + b"ETag: " + value + b"\r\nLast-Modified: " + value + b"\r\n\r\nok")
        assert ask(f"{server.url}/") == Answer(b"ok", kept, kept)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:text/plain,x",
        "gopher://127.0.0.1",
        "javascript:x",
        "http://[::1/",
        "http://127.0.0.1:999999/",
        "http://u:p@127.0.0.1/ok",
    ],
)
def test_redirects_to_what_is_not_on_the_web(server: WebServer, target: str) -> None:
    server.pages |= {"/": target, "/ok": b"no"}
    message = str(failure(f"{server.url}/", timeout=1))
    assert any(part in message for part in ("is not", "not allowed", "has a user", "Invalid IPv6")), message
    assert server.asked == ["/"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_that_are_refused_leave_no_connection_open(server: WebServer, status: int) -> None:
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        for target in (b"http://[::1/", b"ftp://127.0.0.1/x", b"http://u:p@127.0.0.1/", b"/"):
            server.pages["/"] = server.raw(b"HTTP/1.1 %d x\r\nLocation: %s\r\n\r\n" % (status, target), b"page" * 9000)
            failure(f"{server.url}/", timeout=5)
        gc.collect()
    assert [str(one.message) for one in left] == []


def test_another_server_gets_no_password(server: WebServer) -> None:
    other = WebServer()
    try:
        other.pages["/b"] = b"ok"
        server.pages |= {"/a": f"{other.url}/b".replace("127.0.0.1", "localhost"), "/c": "/d", "/d": b"ok"}
        headers = {"Authorization": "Bearer x", "PRIVATE-TOKEN": "x", "Cookie": "x", "Accept": "text/plain"}
        for path in ("/a", "/c"):
            assert ask(f"{server.url}{path}", headers=headers) is not None
        assert server.headers["/d"].keys() >= {"Authorization", "Private-Token", "Cookie", "Accept"}
        assert other.headers["/b"].keys() == {"Host", "User-Agent", "Accept", "Connection", "Accept-Encoding"}
    finally:
        other.close()


def test_redirects_in_a_circle(server: WebServer) -> None:
    server.pages |= {"/a": "/b", "/b": "/a"}
    assert "infinite loop" in str(failure(f"{server.url}/a"))
    assert len(server.asked) < 20


@contextmanager
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server with TLS, whose certificate is trusted."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = WebServer()
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.url = f"https://localhost:{server.server.server_port}"
    yield server
    server.close()


def test_tls(server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with secure(tmp_path, monkeypatch) as other:
        other.pages |= {
            "/": b"secret",
            "/secure": "/",
            "/away": f"{server.url}/",
            "/slow": other.raw(HEAD + b"X: ", dribble=b"a"),
            "/cut": other.raw(HEAD + b"Content-Length: 5\r\n\r\nok"),
        }
        server.pages |= {"/": b"open", "/in": f"{other.url}/"}
        assert download(f"{other.url}/secure") == download(f"{server.url}/in") == b"secret"
        before = len(server.asked)
        assert f"leads from https to {server.url}/" in str(failure(f"{other.url}/away"))
        assert len(server.asked) == before
        assert "takes longer than 3 seconds" in str(failure(f"{other.url}/slow", longest=3))
        assert TRUNCATED in str(failure(f"{other.url}/cut"))
        monkeypatch.delenv("SSL_CERT_FILE")
        assert "certificate verify failed" in str(failure(f"{other.url}/"))


def listening(*sent: bytes) -> AbstractContextManager[int]:
    """A port that takes connections and sends these bytes, one after the other with pauses."""

    def talk(connection: socket.socket, ended: threading.Event) -> None:
        for part in sent:
            connection.sendall(part)
            if ended.wait(0.05):
                return
        ended.wait(20)

    return talking(talk)


@pytest.mark.parametrize("sent", [(), (b"\x16\x03\x03\x40\x00", *[b"a"] * 200)], ids=["silent", "dribbling"])
def test_tls_that_is_never_agreed_on(sent: tuple[bytes, ...]) -> None:
    with listening(*sent) as port:
        started = time.monotonic()
        error = failure(f"https://127.0.0.1:{port}/", timeout=30, longest=0.5)
        assert time.monotonic() - started < 15
        assert error.offline


def test_a_name_that_nobody_knows_the_address_of(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [] if ended.wait(30) else None)
    started = time.monotonic()
    error = failure("http://slow.example/", longest=0.3)
    ended.set()
    assert time.monotonic() - started < 15
    assert "nobody answers which address" in str(error) and error.offline
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [])
    assert "has no address" in str(failure("http://none.example/"))
    monkeypatch.undo()
    assert failure(f"http://{'a' * 70}.example/").offline


def test_the_next_address_is_tried(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "")

    def two(host: str, port: int, *arguments: object, **options: object) -> object:
        if host == "two.example":
            return [(*entry, ("127.0.0.9", port)), (*entry, ("127.0.0.1", port))]
        return real(host, port, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    server.pages["/"] = b"ok"
    assert download(server.url.replace("127.0.0.1", "two.example") + "/") == b"ok"


def test_private_addresses() -> None:
    for address in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254", "::1", "fe80::1%eth0"):
        assert not is_public(address), address
    for address in ("fd00::1", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "100.64.0.1"):
        assert not is_public(address), address
    for address in ("1.1.1.1", "2606:4700::1", "::ffff:1.1.1.1"):
        assert is_public(address), address


def test_a_server_outside_leads_to_no_private_network(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # this machine has both: for this test, one of its addresses counts as one of the internet
    with socket.create_server(("127.0.0.2", 0)) as inside:
        inside.settimeout(10)
        url = f"http://127.0.0.2:{inside.getsockname()[1]}/"
        server.pages |= {"/": url, "/ok": b"ok", "/again": "/ok"}
        monkeypatch.setattr(http, "is_public", lambda address: address == "127.0.0.1")
        assert "leads from the internet to 127.0.0.2 in a private network" in str(failure(f"{server.url}/"))
        assert download(f"{server.url}/again") == b"ok"
        inside.setblocking(False)
        with pytest.raises(BlockingIOError):
            inside.accept()
        inside.settimeout(10)
        # the other ways are free
        for is_public in (lambda address: address == "127.0.0.2", lambda _: True, lambda _: False):
            monkeypatch.setattr(http, "is_public", is_public)
            results: list[object] = []
            thread = threading.Thread(target=lambda found=results: found.append(download(f"{server.url}/")))
            thread.start()
            connection, _ = inside.accept()
            with connection:
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nin")
                thread.join(10)
            assert results == [b"in"]


def test_proxies(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("https_proxy", server.url)
    server.pages["http://logs.example/a"] = b"by proxy"
    assert download("http://logs.example/a") == b"by proxy"
    # what a proxy fetches is outside, so it leads nowhere inside
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.pages |= {"http://logs.example/b": f"{server.url}/inside", "/inside": b"no"}
    assert "in a private network" in str(failure("http://logs.example/b"))
    assert "/inside" not in server.asked
    with listening(b"HTTP/1.1 200 x\r\n", *[b"A: b\r\n"] * 50) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert "takes longer than 0.5 seconds" in str(failure("https://logs.example/", longest=0.5))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://example.org/", "is not an absolute URL, http or https"),
        ("example.org", "is not an absolute URL, http or https"),
        ("http:///x", "is not an absolute URL, http or https"),
        ("http://example.org/a b", "is not an absolute URL, http or https"),
        ("http://example.org/a\x00", "is not an absolute URL, http or https"),
        ("http://[x/", "is not a URL"),
        ("http://example.org:x/", "is not a URL"),
        ("http://example.org:65536/", "is not a URL"),
        ("http://me:secret@example.org/", "has a user or a password in it"),
    ],
)
def test_what_is_no_address_on_the_web(url: str, message: str) -> None:
    with pytest.raises(WebError) as caught:
        check_web_url(url)
    assert message in str(caught.value) and "secret" not in str(caught.value)
    assert message in str(failure(url))


def test_what_is_one() -> None:
    for url in ("HTTP://example.org", "https://example.org:0/", "http://[::1]:8080/x?y#z", "https://bücher.example/"):
        assert check_web_url(url).hostname


def test_packed_content_is_left_to_the_caller(server: WebServer) -> None:
    packed = gzip.compress(b"words")
    server.pages["/"] = server.tagged(packed, '"x"', Content_Encoding="gzip")
    assert ask(f"{server.url}/", headers={"Accept-Encoding": "gzip"}) == Answer(packed, '"x"', "")
    assert server.headers["/"]["Accept-Encoding"] == "gzip"
    assert server.headers["/"]["User-Agent"].startswith("sphinxext-digest/")
