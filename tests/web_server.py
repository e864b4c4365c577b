"""A web server of the tests' own, which can misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What programs take for the way to the web; no test goes there.
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")

#: What answers a request by itself.
Answer = Callable[[BaseHTTPRequestHandler], None]


class WebServer:
    """Answers with what a test puts into ``pages``: bytes, a status, where to look instead, or a function."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | int | str | Answer] = {}
        self.asked: list[str] = []
        #: The bodies of requests that send something.
        self.posted: list[bytes] = []
        #: The headers of the last request for each path.
        self.headers: dict[str, dict[str, str]] = {}
        self.ended = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.headers[self.path] = dict(self.headers)
                page = outer.pages.get(self.path, 404)
                if callable(page):
                    page(self)
                else:
                    self.answer(page)

            def do_POST(self) -> None:
                outer.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def answer(self, page: bytes | int | str) -> None:
                self.send_response(page if isinstance(page, int) else 302 if isinstance(page, str) else 200)
                if isinstance(page, str):
                    self.send_header("Location", page)
                body = page if isinstance(page, bytes) else b""
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            #: More may ask at once than a machine that is busy can be quick for.
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                """Take it that a client goes away."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def never_ending(self, chunk: bytes) -> Answer:
        """Sends something again and again until the test is over."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while not self.ended.wait(0.005):
                handler.wfile.write(chunk)

        return answer

    def raw(self, *parts: bytes, dribble: bytes = b"", pause: float = 0.02) -> Answer:
        """Sends these bytes and nothing else, then ``dribble`` with pauses until the client is gone."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            for part in parts:
                handler.wfile.write(part)
            while dribble and not self.ended.wait(pause):
                handler.wfile.write(dribble)

        return answer

    def tagged(self, body: bytes, tag: str, **headers: str) -> Answer:
        """A page with an ``ETag``, which is not sent to those who know it."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            known = handler.headers.get("If-None-Match") == tag
            handler.send_response(304 if known else 200)
            handler.send_header("ETag", tag)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            if not known:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            if not known:
                handler.wfile.write(body)

        return answer

    def silent(self) -> Answer:
        """Says nothing until the test is over."""
        return lambda _handler: self.ended.wait(30) and None

    def close(self) -> None:
        """End all that is under way."""
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
