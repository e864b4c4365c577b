"""One deadline for a whole conversation: looking up the name, connecting, and every byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from sphinxext.digest.net import Deadline, DeadlineReader, connect

ENTRY = (socket.AF_INET, socket.SOCK_STREAM, 6, "")


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which connections are taken and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[tuple[object, ...]]:
    """Let all names have these addresses; returns what is asked."""
    asked: list[tuple[object, ...]] = []

    def look_up(host: str, port: int, *_: object, **options: object) -> object:
        if host.startswith("127."):
            return [(*ENTRY, (host, port))]
        asked.append((host, port, options.get("type")))
        return [(*ENTRY, (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_how_long_the_next_byte_may_take() -> None:
    deadline = Deadline(silence=5, longest=100)
    assert deadline.left() == 5
    deadline.extend(3)
    assert 2 < deadline.left() <= 3
    deadline.extend(0)
    with pytest.raises(TimeoutError, match="longer than 0 seconds"):
        deadline.left()
    deadline.extend(50)
    assert deadline.left() == 5
    # very long ones are told in full
    deadline.extend(-1.5)
    with pytest.raises(TimeoutError, match=r"longer than -1\.5 seconds"):
        deadline.left()


def test_a_reader_counts_what_comes() -> None:
    one, other = socket.socketpair()
    counted: list[int] = []
    reader = DeadlineReader(one, Deadline(10, 10), counted.append)
    assert reader.readable()
    other.sendall(b"words")
    assert reader.read(3) == b"wor"
    assert reader.read(10) == b"ds"
    other.close()
    assert reader.read(10) == b""
    assert counted == [3, 2, 0]
    reader.close()
    assert reader.closed
    one.close()
    assert one.fileno() == -1


def test_a_closed_reader_lets_go_of_its_socket() -> None:
    one, other = socket.socketpair()
    with other:
        reader = DeadlineReader(one, Deadline(10, 10))
        one.close()
        reader.close()  # only now does the other side see the end
        other.settimeout(5)
        assert other.recv(1) == b""


@pytest.mark.parametrize(("silence", "longest", "message"), [(0.05, 30, "timed out"), (30, 0.05, "takes longer")])
def test_a_reader_ends_at_silence_or_at_the_deadline(silence: float, longest: float, message: str) -> None:
    one, other = socket.socketpair()
    with one, other:
        started = time.monotonic()
        with pytest.raises(TimeoutError, match=message):
            DeadlineReader(one, Deadline(silence, longest)).read(1)
        assert time.monotonic() - started < 15


def test_after_the_deadline_nothing_is_read() -> None:
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"words")
        with pytest.raises(TimeoutError, match="takes longer than 0 seconds"):
            DeadlineReader(one, Deadline(10, 0)).read(1)
        assert one.recv(5) == b"words"


def test_a_connection_has_the_time_that_is_left(port: int) -> None:
    with connect("127.0.0.1", port, Deadline(7, 100)) as sock:
        assert sock.gettimeout() == 7
    with connect("127.0.0.1", port, Deadline(70, 20)) as sock:
        assert 10 < (sock.gettimeout() or 0) <= 20


def test_the_first_address_that_answers(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, "127.0.0.9", "127.0.0.9", "127.0.0.1", "127.0.0.8")
    checked: list[str] = []
    with connect("two.example", port, Deadline(10, 10), checked.append) as sock:
        assert sock.getpeername() == ("127.0.0.1", port)
    # each once, and none after it
    assert checked == ["127.0.0.9", "127.0.0.1"]
    assert asked == [("two.example", port, socket.SOCK_STREAM)]


def test_no_address_answers(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "127.0.0.9", "127.0.0.8")
    with pytest.raises(ConnectionRefusedError):
        connect("two.example", port, Deadline(10, 10))
    names(monkeypatch)
    with pytest.raises(OSError, match="its name has no address"):
        connect("none.example", port, Deadline(10, 10))
    names(monkeypatch, "127.0.0.9")

    def late(_address: str) -> None:
        deadline.extend(0)

    deadline = Deadline(10, 10)
    with pytest.raises(TimeoutError, match="takes longer"):
        connect("late.example", port, deadline, late)


def test_a_check_may_refuse_an_address(port: int) -> None:
    def refuse(address: str) -> None:
        raise RuntimeError(address)

    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1"):
        connect("127.0.0.1", port, Deadline(10, 10), refuse)


def test_a_name_that_cannot_be_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="label"):
        connect("a" * 70 + ".example", 1, Deadline(10, 10))

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(1, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(socket.gaierror, match="no such name"):
        connect("none.example", 1, Deadline(10, 10))


def test_a_look_up_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [] if ended.wait(30) else None)
    started = time.monotonic()
    with pytest.raises(TimeoutError, match="nobody answers which address the name has"):
        connect("slow.example", 1, Deadline(0.05, 30))
    assert time.monotonic() - started < 15
    # nothing waits for its thread at the end of a program
    assert any(thread.daemon for thread in threading.enumerate() if "look_up" in thread.name)
    ended.set()
