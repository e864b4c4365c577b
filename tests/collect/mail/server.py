"""A server on the loopback interface that answers as badly as a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Answers with what a test puts into ``pages``: bytes, a code, where to look instead, or ``...`` for no end.

    None never answers. ``headers`` are sent with bytes, by their paths.
    """

    def __init__(self) -> None:
        self.pages: dict[str, object] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.done = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.answer(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        page = self.pages.get(handler.path, 404)
        if page is None:
            self.done.wait(20)
            return
        handler.send_response(page if isinstance(page, int) else 302 if isinstance(page, str) else 200)
        if isinstance(page, str):
            handler.send_header("Location", page)
        for name, value in self.headers.get(handler.path, {}).items():
            handler.send_header(name, value)
        body = page if isinstance(page, bytes) else b""
        if page is not ...:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body)
            while page is ... and not self.done.is_set():
                handler.wfile.write(b"From a Mon Oct 5 00:00:00 2026\n" * 1000)
        except OSError:
            pass  # whoever asked has gone


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.done.set()
        server.server.shutdown()
        server.server.server_close()
