"""The bytes of sources: what is packed, and how."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc import sources
from sphinxext.digest.gather.irc.sources import BrokenError, chunks_of
from sphinxext.digest.net.source import MAX_BYTES, parse_json, read_source, unpacked
from sphinxext.digest.problems import Code, DigestError


def failure(data: bytes, max_bytes: int = MAX_BYTES) -> tuple[Code, str]:
    with pytest.raises(DigestError) as caught:
        unpacked(data, "x", max_bytes)
    (problem,) = caught.value.problems
    return problem.code, problem.message


def test_packed() -> None:
    noise = bytes(number * number % 251 for number in range(30_000))
    for parts in ([b"words"], [b""], [b"a", b"", b"b" * 10_000, noise], [b"x"] * 1_000):
        packed = b"".join(map(gzip.compress, parts))
        for end in (b"", b"\0" * 512, b"garbage", b"\x1f"):
            assert unpacked(packed + end, "x") == b"".join(parts)
        assert b"".join(chunks_of(io.BytesIO(packed + b"\0" * 512))) == b"".join(parts)
    assert unpacked(b"plain", "x") == b"plain"
    assert unpacked(b"", "x") == b""


def test_limits() -> None:
    packed = gzip.compress(b"a" * 1_000) + gzip.compress(b"b" * 1_000)
    assert len(unpacked(packed, "x", 2_000)) == 2_000
    assert failure(packed, 1_999) == (Code.TOO_LARGE, "is larger than 1,999 bytes")
    assert failure(packed, 1_000)[0] is Code.TOO_LARGE
    assert failure(packed, len(packed) - 1)[0] is Code.TOO_LARGE
    assert failure(b"x" * 11, 10) == (Code.TOO_LARGE, "is larger than 10 bytes")
    assert unpacked(b"x" * 10, "x", 10) == b"x" * 10


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.process_time()
    assert failure(gzip.compress(bytes(300_000_000), 1), 1_000_000)[0] is Code.TOO_LARGE
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(BrokenError, match="more than"):
        list(chunks_of(io.BytesIO(gzip.compress(gzip.compress(bytes(20_000_000))))))
    assert time.process_time() - started < 10


@pytest.mark.parametrize("cut", [1, 8, 9, 100])
def test_broken(cut: int) -> None:
    noise = bytes(number * number % 251 for number in range(3_000))
    whole = gzip.compress(b"first") + gzip.compress(noise)
    assert failure(whole[:-cut]) == (Code.UNREADABLE, "cannot be unpacked: it ends too early")
    with pytest.raises(BrokenError):
        list(chunks_of(io.BytesIO(whole[:-cut])))
    damaged = whole[:-cut] + bytes([whole[-cut] ^ 0xFF]) + whole[len(whole) - cut + 1 :]
    assert failure(damaged)[1].startswith("cannot be unpacked: ")


def test_many_small_parts_take_no_longer() -> None:
    packed = gzip.compress(b"") * 150_000
    started = time.process_time()
    assert unpacked(packed, "x") == b""
    assert b"".join(chunks_of(io.BytesIO(packed))) == b""
    assert time.process_time() - started < 5


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(b"words"))
    assert read_source(str(tmp_path / "a")) == b"words"
    (tmp_path / "b").write_bytes(b"x" * 11)
    with pytest.raises(DigestError, match="is larger than 10 bytes"):
        read_source(str(tmp_path / "b"), max_bytes=10)
    for name in ("none", "a\0b"):
        with pytest.raises(DigestError) as caught:
            read_source(str(tmp_path / name))
        assert caught.value.problems[0].code is Code.UNREADABLE


def test_json() -> None:
    for text, message in {
        "{": "Expecting property name",
        "[" * 100_000: "it is nested too deeply",
        f"[{'1' * 5_000}]": "is not valid JSON: ",
    }.items():
        with pytest.raises(DigestError) as caught:
            parse_json(text, "x", 3)
        (problem,) = caught.value.problems
        assert problem.code is Code.JSON_SYNTAX and message in problem.message
    assert problem.line == 0
    with pytest.raises(DigestError) as caught:
        parse_json("\n[}", "x", 3)
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (5, 2)
