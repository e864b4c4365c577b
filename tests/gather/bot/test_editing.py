"""Pictures, and answers that are longer than a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.commit import Clone
from sphinxext.digest.gather.bot.editing import _LONGEST, Picture, PictureFolder, _parts, ending_of
from sphinxext.digest.release.git import GitError


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a", "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>\x89PNG", None),
        (b"", None),
    ],
)
def test_what_is_a_picture(data: bytes, ending: str | None) -> None:
    assert ending_of(data) == ending


def test_words_of_a_picture_are_one_line() -> None:
    picture = Picture("doc/x.png", "/x.png", "A page\n   :target: javascript:x\n\n.. raw:: html\x1b[31m")
    assert picture.as_rst() == ".. image:: /x.png\n   :alt: A page :target: javascript:x .. raw:: html\n"
    assert Picture("x", "/x.png", "").as_rst() == ".. image:: /x.png\n"


def test_a_picture_is_saved_once(clone: Path) -> None:
    folder = PictureFolder(Clone(clone, clone / ".git" / "index-of-bot"), "doc/news", "/news")
    data = b"\x89PNG\r\n\x1a\n" + bytes(50)
    picture, again = folder.save(data, "One"), folder.save(data, "Two")
    assert picture is not None and again is not None
    assert picture.path == again.path and picture.uri == f"/news/{Path(picture.path).name}"
    assert [file.read_bytes() for file in (clone / "doc" / "news").iterdir()] == [data]
    assert folder.save(b"<svg/>", "x") is None


def test_nothing_is_saved_behind_a_link(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (clone / "news").symlink_to(tmp_path / "outside")
    folder = PictureFolder(Clone(clone, clone / ".git" / "index-of-bot"), "news", "/news")
    with pytest.raises(GitError):
        folder.save(b"GIF89a", "x")
    assert list((tmp_path / "outside").iterdir()) == []


def test_long_answers_are_several_messages() -> None:
    lines = [f"{number} {'x' * 100}" for number in range(1000)]
    parts = list(_parts("\n".join(lines)))
    assert len(parts) == 6 and all(len(part) <= _LONGEST for part in parts)
    assert parts[0].startswith("0 x") and parts[-1].startswith("… and more")
    assert list(_parts("one\ntwo\n")) == ["one\ntwo"]
    assert list(_parts("")) == []
