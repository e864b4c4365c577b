"""Writing files: each appears with all its content, or what was there stays."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.files import replace_file, replace_files

Write = Callable[[Path, bytes], None]


def write_one(path: Path, data: bytes) -> None:
    replace_file(path, data)


def write_among_others(path: Path, data: bytes) -> None:
    replace_files({path.with_name("first"): b"1", path: data, path.with_name("zlast"): b"2"})
    for name in ("first", "zlast"):
        path.with_name(name).unlink()


each_way = pytest.mark.parametrize("write", [write_one, write_among_others])


@each_way
@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions(tmp_path: Path, write: Write) -> None:
    """A file keeps its own; a new one has those that any new file has."""
    old, new, other = (tmp_path / name for name in ("old", "new", "other"))
    old.touch()
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write(old, b"x")
        write(new, b"x")
        other.touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(other.stat().st_mode) == 0o640
    assert sorted(tmp_path.iterdir()) == [new, old, other]


@each_way
def test_a_link_stays(tmp_path: Path, write: Write) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link"
    link.symlink_to("elsewhere/file")
    (tmp_path / "elsewhere" / "file").write_text("old")
    write(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "file").read_text() == "new"
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_no_regular_file(tmp_path: Path) -> None:
    """It is written to, and is still what it was."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    replace_file(pipe, b"words")
    reader.join(10)
    assert read == [b"words"]
    assert pipe.is_fifo()


@each_way
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    """The error names the file that is to be, and nothing is left of the one that was begun."""
    path = tmp_path / "file"
    path.write_text("old")
    seen: list[str] = []

    def refuse(_descriptor: int) -> None:
        seen.append("")
        if write is write_one or len(seen) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="cannot be written: No space left on device") as caught:
        write(path, b"new")
    assert caught.value.filename == str(path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("file", "old")]


@each_way
def test_what_a_killed_process_has_left(tmp_path: Path, write: Write) -> None:
    """It is in nobody's way."""
    left = tmp_path / ".file.abcdefgh.tmp"
    left.write_text("half")
    write(tmp_path / "file", b"whole")
    assert (tmp_path / "file").read_text() == "whole"
    assert left.read_text() == "half"


def test_several_files_that_get_their_names_only_in_part(tmp_path: Path) -> None:
    """The last one is a folder, which no file can replace."""
    old, new, folder = (tmp_path / name for name in ("old", "new", "folder"))
    old.write_text("old")
    folder.mkdir()
    with pytest.raises(OSError, match="cannot be written") as caught:
        replace_files({old: b"other", new: b"new", folder: b"x"})
    assert caught.value.filename == str(folder)
    assert sorted(tmp_path.iterdir()) == [folder, old]
    assert old.read_text() == "old"
