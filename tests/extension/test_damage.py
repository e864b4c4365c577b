"""What a build keeps for the next one may be cut off or damaged at any place; a full disk leaves nothing half."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sphinx.errors import SphinxError

from sphinxext.digest.extension.cache import load_data, save_data, write_output

from .building import Project

DATA = bytes(range(256)) * 2


def test_what_is_kept_is_as_it_was_written_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    assert load_data(file) is None
    save_data(file, DATA)
    whole = file.read_bytes()
    assert load_data(file) == DATA
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        assert load_data(file) is None
    for place in range(len(whole)):
        for bit in range(8):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            assert load_data(file) is None


@pytest.mark.parametrize("there", [True, False])
def test_a_disk_that_becomes_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    file = tmp_path / "folder" / "file"
    if there:
        write_output(file, b"before")

    def half(descriptor: int, _mode: str) -> None:
        os.write(descriptor, DATA[: len(DATA) // 2])
        os.close(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", half)
    with pytest.raises(SphinxError, match="file cannot be written: No space left on device"):
        write_output(file, DATA)
    save_data(file, DATA)
    assert [path.name for path in file.parent.iterdir()] == (["file"] if there else [])
    assert not there or file.read_bytes() == b"before"


@pytest.mark.parametrize("name", ["digest-folders.pickle", "digest-published.json", "digest-written.pickle"])
def test_a_build_after_damage(project: Project, name: str) -> None:
    project.write("releases/xena.yaml", "series: xena\nstart: 2026-10-05\nrelease: 2027-04-01\nmilestones: []\n")
    project.write("releasenotes/digest.yaml", "schedules: [releases]\n")
    project.write("releasenotes/digests/one-0000000000000001.yaml", "date: 2015-12-02\nsuccesses: [Done.]\n")
    project.write("index.rst", "Title\n=====\n\n.. countdown:: xena R-5\n\n.. toctree::\n\n   digests/index\n")
    first = project.build("html")
    project.age()
    project.build("html")
    page, calendar = first.text("digests/2015-12-04.html"), first.text("digests/xena.ics")
    memory = next(project.folder.rglob(name))
    whole = memory.read_bytes()
    for data in (b"", whole[:16], whole[: len(whole) // 2], whole[:-1], whole[:20] + b"\x00" + whole[21:]):
        memory.write_bytes(data)
        again = project.build("html")
        assert again.warnings == []
        assert (again.text("digests/2015-12-04.html"), again.text("digests/xena.ics")) == (page, calendar)
