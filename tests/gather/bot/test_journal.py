"""The journal on bad days."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sphinxext.digest.files import sync_folder
from sphinxext.digest.gather.bot import journal as journal_module
from sphinxext.digest.gather.bot.journal import Journal, JournalError

from .entries import NOW, make_entries


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "bot" / "journal")


def test_journal_after_an_error_at_its_opening(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file has taken the place of the old one, which was longer, and then there is an error."""
    one, two, three = make_entries("#success one", "#success two", "#success three")
    journal.open(NOW)
    journal.add([one, two])
    journal.note_committed([one])
    journal.close()
    monkeypatch.setattr(Path, "unlink", _failing)
    assert journal.open(NOW + timedelta(days=2)) == ([two], [])
    monkeypatch.undo()
    journal.add([three])
    journal.close()
    assert b"\0" not in journal.file.read_bytes()
    assert journal.open(NOW) == ([two, three], [])


def _failing(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_journal_that_an_older_version_has_left(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    """It could write an entry behind zeros."""
    one, two = make_entries("#success one", "#success two")
    journal.open(NOW)
    journal.add([one])
    size = journal.file.stat().st_size
    journal.add([two])
    journal.close()
    data = journal.file.read_bytes()
    journal.file.write_bytes(data[:size] + bytes(500) + data[size:])
    assert journal.open(NOW)[0] == [one, two]
    assert not caplog.records


def test_journal_names_its_file_before_it_says_yes(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a name that is not on the disk, the power takes all that was written to the file."""
    [one] = make_entries("#success one")
    journal.open(NOW)
    synced: list[Path] = []

    def sync(folder: Path) -> None:
        if not synced:
            synced.append(folder)
            raise OSError(errno.EIO, "Input/output error")
        synced.append(folder)

    monkeypatch.setattr(journal_module, "sync_folder", sync)
    with pytest.raises(OSError, match="Input/output"):
        journal.add([one])
    assert not journal.file.read_bytes()
    journal.add([one])
    journal.add([one])
    parent = journal.file.parent
    assert synced == [parent, parent, parent.parent]


def test_folder_that_cannot_be_synced(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have no such thing."""
    [one] = make_entries("#success one")
    sync = os.fsync

    def no_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", no_folders)
    journal.open(NOW)
    journal.add([one])
    journal.close()
    assert journal.open(NOW)[0] == [one]


def test_journal_that_cannot_be_opened(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not held by the process then, which may try again."""
    monkeypatch.setattr(Path, "read_bytes", _failing)
    journal.open(NOW)
    journal.close()
    journal.file.touch()
    with pytest.raises(OSError, match="Input/output"):
        journal.open(NOW)
    monkeypatch.undo()
    journal.open(NOW)
    journal.close()


def test_journal_remembers_through_two_restarts(journal: Journal) -> None:
    one, two, three = make_entries("#success one", "#success two", "#success three")
    journal.open(NOW)
    journal.add([one, two, three])
    journal.note_committed([two, one])
    journal.close()
    for hours in (0, 1, 35):
        assert journal.open(NOW + timedelta(hours=hours)) == ([three], [one, two])
        journal.close()
    assert journal.open(NOW + timedelta(hours=37)) == ([three], [])


def test_journal_that_another_has_open(journal: Journal) -> None:
    journal.open(NOW)
    other = Journal(journal.file)
    with pytest.raises(JournalError, match="another bot works on this clone"):
        other.open(NOW)
    # the first one still has it, and leaves it to the other
    with pytest.raises(JournalError):
        other.open(NOW)
    journal.close()
    other.open(NOW)
    other.close()


def test_journal_is_closed_more_than_once(journal: Journal) -> None:
    journal.close()
    journal.open(NOW)
    journal.close()
    journal.close()
    journal.open(NOW)


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be synced")
def test_order_of_what_reaches_the_disk(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file before it takes its place, and the names before the first entry; nothing stays open."""
    done: list[str] = []
    sync, replace = os.fsync, os.replace
    opened = len(list(Path("/dev/fd").iterdir()))

    def fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths))[1])
    journal.open(NOW)
    assert done == ["file", "replace"]
    journal.add(make_entries("#success one"))
    assert done[2:] == ["folder", "folder", "file"]
    journal.add(make_entries("#success two"))
    assert done[5:] == ["file"]
    journal.close()
    assert len(list(Path("/dev/fd").iterdir())) == opened


def test_lines_that_are_damaged(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    """They are left out and named; what was not written to its end is no line, and is written over."""
    one, two, three = make_entries("#success one", "#success two", "#success three")
    journal.open(NOW)
    journal.add([one, two])
    journal.close()
    first, second = journal.file.read_bytes().splitlines(keepends=True)
    damaged = [first.replace(b"one", b"two"), b"00000000 \n", b"\n", b"deadbeef {}\n"]
    journal.file.write_bytes(b"".join([first, *damaged, second, b"half a li"]))
    assert journal.open(NOW) == ([one, two], [])
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == [2, 3, 4, 5]
    assert all("of the journal is damaged" in record.getMessage() for record in caplog.records)
    assert journal.file.read_bytes() == first + second
    journal.add([three])
    journal.close()
    assert journal.open(NOW) == ([one, two, three], [])


def test_a_line_without_its_end_is_written_over(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal cannot be rewritten, the next entry follows the last whole line."""
    one, two = make_entries("#success one", "#success two")
    journal.open(NOW)
    journal.add([one])
    journal.close()
    data = journal.file.read_bytes()
    journal.file.write_bytes(data + b"half a li" * 100)
    monkeypatch.setattr(Path, "replace", _failing)
    assert journal.open(NOW) == ([one], [])
    monkeypatch.undo()
    assert not journal.file.with_suffix(".new").exists()
    journal.add([two])
    assert journal.file.read_bytes().startswith(data)
    assert len(journal.file.read_bytes().splitlines()) == 2
    journal.close()
    assert journal.open(NOW) == ([one, two], [])


def test_a_disk_that_takes_little_at_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = make_entries("#success one", "#success two", "#success three")
    write, left = os.write, [10**6]

    def little(descriptor: int, data: bytes) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 7
        return write(descriptor, data[:7])

    journal.open(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", little)
        journal.add([one])
        size = journal.file.stat().st_size
        left[0] = 50
        with pytest.raises(OSError, match="No space left"):
            journal.add([two])
        # nothing of it stays
        assert journal.file.stat().st_size == size
    journal.add([three])
    journal.close()
    assert journal.open(NOW) == ([one, three], [])


def test_a_disk_that_gives_little_at_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make_entries("#success one", "#success two")
    read = os.read
    journal.open(NOW)
    journal.add([one])
    journal.close()
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", lambda descriptor, size: read(descriptor, min(size, 7)))
        journal.open(NOW)
    journal.add([two])
    journal.close()
    assert journal.open(NOW) == ([one, two], [])


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_nobody_else_reads_it(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def modes() -> dict[str, int]:
        return {file.name: stat.S_IMODE(file.stat().st_mode) for file in journal.file.parent.iterdir()}

    expected = {journal.file.name: 0o600, journal.file.with_suffix(".lock").name: 0o600}
    with monkeypatch.context() as patch:
        # as on a full disk
        patch.setattr(Journal, "_rewrite", _failing)
        journal.open(NOW)
        journal.close()
        assert expected.items() <= modes().items()
    journal.open(NOW)
    assert expected.items() <= modes().items()


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be synced")
@pytest.mark.parametrize(("number", "raises"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_errors_of_folders(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, raises: bool
) -> None:
    def failing(_descriptor: int) -> None:
        raise OSError(number, "error")

    monkeypatch.setattr(os, "fsync", failing)
    if raises:
        with pytest.raises(OSError, match="error"):
            sync_folder(tmp_path)
    else:
        sync_folder(tmp_path)


def test_the_same_words_again_and_corrections_have_tokens_of_their_own() -> None:
    one, two = make_entries("#success one", "#success two")
    assert one.token != two.token
    assert replace(one, text="else").token != one.token
    assert replace(one, nick="bo").token == one.token
    assert one.token == f"{one.identity}-{zlib.crc32(one.text.encode()):08x}"
    assert replace(one, text="plumless").token.endswith("-4ddb0c25")
    assert one.time == NOW


def test_the_new_file_is_whole_before_it_is_synced(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = make_entries("#success one")
    journal.open(NOW)
    journal.add([one])
    journal.close()
    size, sizes, sync = journal.file.stat().st_size, [], os.fsync

    def fsync(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    journal.open(NOW)
    assert sizes == [size]
    journal.close()
