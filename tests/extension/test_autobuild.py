"""``sphinx-autobuild`` builds again when a fragment is written, and then has nothing more to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from .building import CONF
from .edits import make_site

#: How long a build may take on a busy machine, in seconds.
_PATIENCE = 180.0


class Server:
    """A server whose messages go to a file."""

    def __init__(self, folder: Path, log: Path, *arguments: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        self._log = log
        command = [sys.executable, "-m", "sphinx_autobuild", "--port", str(port), *arguments]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def stop(self) -> None:
        """End it and the processes that it has started."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def page(self, name: str) -> str:
        """A page as it is now; empty if there is none yet."""
        try:
            with urllib.request.urlopen(self.url + name) as answer:
                return str(answer.read(), "utf-8")
        except OSError:
            return ""

    def builds(self) -> int:
        """How often it has built again so far."""
        return self._log.read_text().count("Rebuilding...")

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something has come true."""
        end = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < end, self._log.read_text()
            assert self.process.poll() is None, self._log.read_text()
            time.sleep(0.2)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server in a folder."""
    if find_spec("sphinx_autobuild") is None:
        message = "sphinx-autobuild is not installed"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    servers: list[Server] = []

    def run(folder: Path, *arguments: str) -> Server:
        servers.append(Server(folder, tmp_path / "server.log", *arguments))
        return servers[-1]

    yield run
    for server in servers:
        server.stop()


def test_a_fragment_is_seen(tmp_path: Path, start: Callable[..., Server]) -> None:
    source = tmp_path / "doc" / "source"
    source.mkdir(parents=True)
    (source / "conf.py").write_text(CONF)
    (source / "index.rst").write_text("Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    fragment = tmp_path / "releasenotes" / "digests" / "one-0000000000000001.yaml"
    fragment.parent.mkdir(parents=True)
    fragment.write_text("date: 2015-12-02\nsuccesses: [First words]\n")
    server = start(tmp_path, "--watch", "releasenotes", "doc/source", "doc/build/html")
    page = "digests/2015-12-04.html"
    server.wait(lambda: "First words" in server.page(page))
    # it watches from when it serves pages on, or a moment later
    time.sleep(2)
    fragment.write_text("date: 2015-12-02\nsuccesses: [Other words]\n")
    server.wait(lambda: "Other words" in server.page(page))
    more = fragment.with_name("two-0000000000000002.yaml")
    more.write_text("date: 2015-12-09\nsuccesses: [Next week]\n")
    server.wait(lambda: "Next week" in server.page("digests/2015-12-11.html"))
    # a build that touched what is watched would be followed by another one, and that by the next
    builds = server.builds()
    assert builds <= 3
    time.sleep(3)
    assert server.builds() == builds


def test_a_build_changes_nothing_in_the_project(tmp_path: Path) -> None:
    site = make_site(tmp_path / "src")
    for builder in ("html", "text", "latex"):
        before = site.project.listing()
        site.project.build(builder)
        assert site.project.listing() == before, builder
        site.apply([("fragment", 5, "more", "2015-12-15", f"successes: [{builder}]"), ("page", "own", "2015-12-11")])
