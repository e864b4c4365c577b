"""What a case cannot tell: directories, links, permissions, and what else may stand in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.fragments.folder import FolderReading, fingerprint, read_file, read_folder
from sphinxext.digest.problems import Code

FOLDER = "releasenotes/digests"
NAME = "name-0123456789abcdef.yaml"
TEXT = "date: 2015-12-02\nsuccesses: [a]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def read(tmp_path: Path) -> Callable[[], FolderReading]:
    return lambda: read_folder(tmp_path, FOLDER)


def shown(reading: FolderReading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def test_a_folder_that_is_not_there_has_no_fragments(tmp_path: Path) -> None:
    assert read_folder(tmp_path, FOLDER) == FolderReading()


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "releasenotes").mkdir()
    (tmp_path / FOLDER).write_text(TEXT)
    assert shown(read_folder(tmp_path, FOLDER)) == [f"{FOLDER}: unreadable cannot be read: Not a directory"]


def test_a_file_in_place_of_a_parent(tmp_path: Path) -> None:
    (tmp_path / "releasenotes").write_text(TEXT)
    assert shown(read_folder(tmp_path, FOLDER)) == [f"{FOLDER}: unreadable cannot be read: Not a directory"]


def test_a_directory_in_place_of_a_file(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).mkdir()
    assert shown(read()) == [f"{FOLDER}/{NAME}: unreadable a directory is in the place of a file"]


def test_folders_in_the_folder_are_left_alone(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / "drafts").mkdir()
    (folder / "drafts" / NAME).write_text("no: fragment")
    assert read() == FolderReading()


def test_a_pipe(folder: Path, read: Callable[[], FolderReading]) -> None:
    os.mkfifo(folder / NAME)
    assert shown(read()) == [f"{FOLDER}/{NAME}: unreadable this is not a regular file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).write_text(TEXT)
    (folder / NAME).chmod(0)
    assert shown(read()) == [f"{FOLDER}/{NAME}: unreadable cannot be read: Permission denied"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read(folder: Path, read: Callable[[], FolderReading]) -> None:
    folder.chmod(0)
    try:
        assert shown(read()) == [f"{FOLDER}: unreadable cannot be read: Permission denied"]
    finally:
        folder.chmod(0o755)


def test_a_link_out_of_the_folder(tmp_path: Path, folder: Path, read: Callable[[], FolderReading]) -> None:
    (tmp_path / "secret.yaml").write_text(TEXT)
    (folder / NAME).symlink_to(tmp_path / "secret.yaml")
    assert shown(read()) == [f"{FOLDER}/{NAME}: outside the link leads out of the folder"]


def test_a_link_out_of_the_folder_by_another_link(
    tmp_path: Path, folder: Path, read: Callable[[], FolderReading]
) -> None:
    (tmp_path / "secret.yaml").write_text(TEXT)
    (folder / "step").symlink_to(tmp_path)
    (folder / NAME).symlink_to("step/secret.yaml")
    assert [problem.code for problem in read().problems] == [Code.OUTSIDE]


def test_a_link_inside_the_folder(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / "shared").write_text(TEXT)
    (folder / NAME).symlink_to("shared")
    reading = read()
    assert [fragment.path for fragment in reading.fragments] == [f"{FOLDER}/{NAME}"]
    assert reading.problems == []


def test_a_link_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / NAME).write_text(TEXT)
    (tmp_path / "releasenotes").mkdir()
    (tmp_path / FOLDER).symlink_to(tmp_path / "elsewhere")
    reading = read_folder(tmp_path, FOLDER)
    assert [fragment.path for fragment in reading.fragments] == [f"{FOLDER}/{NAME}"]
    assert reading.problems == []


def test_a_link_that_leads_nowhere(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).symlink_to("gone.yaml")
    assert shown(read()) == [f"{FOLDER}/{NAME}: unreadable cannot be read: No such file or directory"]


def test_a_link_that_leads_to_itself(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).symlink_to(NAME)
    assert [problem.code for problem in read().problems] == [Code.UNREADABLE]


def test_a_file_of_just_the_size_that_is_read(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).write_text(TEXT.ljust(1024 * 1024, "\n"))
    assert read().problems == []


def test_a_file_that_is_one_byte_larger(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).write_text(TEXT.ljust(1024 * 1024 + 1, "\n"))
    assert shown(read()) == [f"{FOLDER}/{NAME}:1:1: too-large the file is larger than 1,048,576 bytes"]


@pytest.mark.parametrize(
    ("name", "as_shown"),
    [
        (b"line\nbreak-0123456789abcdef.yaml", r"line\nbreak-0123456789abcdef.yaml"),
        (b"\x1b[31mred-0123456789abcdef.yaml", r"\x1b[31mred-0123456789abcdef.yaml"),
        (b"latin-\xe5-0123456789abcdef.yaml", r"latin-\udce5-0123456789abcdef.yaml"),
    ],
)
def test_a_name_that_cannot_be_shown(
    name: bytes, as_shown: str, folder: Path, read: Callable[[], FolderReading]
) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(TEXT)
    reading = read()
    assert shown(reading) == [f"{FOLDER}/{as_shown}: file-name the name has characters that cannot be shown"]
    assert reading.fragments == []


def test_names_in_any_script(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / "Å-日本 語-0123456789abcdef.yaml").write_text(TEXT)
    (fragment,) = read().fragments
    assert (fragment.slug, fragment.identity) == ("Å-日本 語", "0123456789abcdef")


def test_fragments_come_in_the_order_of_their_names(folder: Path, read: Callable[[], FolderReading]) -> None:
    for name in ("b-1", "a-3", "B-2"):
        (folder / f"{name}123456789abcdef.yaml").write_text(TEXT)
    assert [fragment.slug for fragment in read().fragments] == ["B", "a", "b"]


def test_texts_of_notes_that_are_left_out_are_kept(folder: Path, read: Callable[[], FolderReading]) -> None:
    (folder / NAME).write_text("successes:\n- {text: a *b*, date: never}\n- c\ndate: 2015-12-02\n")
    reading = read()
    assert [text.value for _, text in reading.left_out[f"{FOLDER}/{NAME}"]] == ["a *b*"]
    assert [note.label for note in reading.fragments[0].notes] == ["c"]


def test_read_file_takes_no_other_suffix(tmp_path: Path) -> None:
    (tmp_path / "name-0123456789abcdef.txt").write_text(TEXT)
    fragment, problems = read_file(tmp_path / "name-0123456789abcdef.txt", "a.txt")
    assert fragment is None
    assert [str(problem) for problem in problems] == ["a.txt: file-name the name must end in .yaml"]


def test_read_file_that_is_gone(tmp_path: Path) -> None:
    _, problems = read_file(tmp_path / NAME, NAME)
    assert [str(problem) for problem in problems] == [f"{NAME}: unreadable cannot be read: No such file or directory"]


class TestFingerprint:
    """A folder's fingerprint tells its states apart."""

    @pytest.fixture
    def old(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A fragment long ago. Times of inodes cannot be set back; so the clock is set forward."""
        (folder / NAME).write_text(TEXT)
        late = (folder / NAME).stat().st_ctime_ns + 3600 * 10**9
        monkeypatch.setattr("time.time_ns", lambda: late)
        return folder / NAME

    def test_nothing_changes(self, tmp_path: Path, old: Path) -> None:
        assert fingerprint(tmp_path, FOLDER) == fingerprint(tmp_path, FOLDER) is not None

    def test_a_new_file(self, tmp_path: Path, old: Path) -> None:
        before = fingerprint(tmp_path, FOLDER)
        old.with_name("new-1123456789abcdef.yaml").write_text(TEXT)
        assert fingerprint(tmp_path, FOLDER) != before

    def test_a_file_is_gone(self, tmp_path: Path, old: Path) -> None:
        before = fingerprint(tmp_path, FOLDER)
        old.unlink()
        assert fingerprint(tmp_path, FOLDER) != before

    def test_a_file_has_another_name(self, tmp_path: Path, old: Path) -> None:
        before = fingerprint(tmp_path, FOLDER)
        old.rename(old.with_name("new-0123456789abcdef.yaml"))
        assert fingerprint(tmp_path, FOLDER) != before

    def test_a_file_has_another_text_of_the_same_size_and_time(self, tmp_path: Path, old: Path) -> None:
        before = fingerprint(tmp_path, FOLDER)
        status = old.stat()
        old.write_text(TEXT.replace("a]", "b]"))
        os.utime(old, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert fingerprint(tmp_path, FOLDER) != before

    def test_a_young_file_may_still_change(self, tmp_path: Path, folder: Path) -> None:
        (folder / NAME).write_text(TEXT)
        assert fingerprint(tmp_path, FOLDER) is None

    def test_no_folder(self, tmp_path: Path) -> None:
        assert fingerprint(tmp_path, FOLDER) is not None
