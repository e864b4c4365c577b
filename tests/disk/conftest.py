"""Inputs for the commands that write, and a small disk."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from extension.building import Project, empty_project

SAMPLE = Path(__file__).parents[2] / "doc" / "sample"
DIGEST = """\
Lumen Mailing List Digest April 9-22, 2016

SuccessBot Says

  * quill: It works.

Wicks

  * One. Two.
  * Full thread: https://lists.example.org/1.html
"""
CHANGES = """)]}'
[{"project": "lumen/lamp", "branch": "master", "change_id": "I1", "subject": "Add a wick", "status": "NEW",
  "created": "2016-04-10 10:00:00.000000000", "updated": "2016-04-10 10:00:00.000000000", "_number": 1,
  "owner": {"name": "quill"}}]
"""
FEED = """\
<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><id>urn:x</id><updated>2016-04-10T10:00:00Z</updated>
<entry><title>News</title><id>urn:y</id><updated>2016-04-10T10:00:00Z</updated>
<link href="https://example.org/news"/><content>Words of a post.</content></entry></feed>
"""

#: A documentation that has nothing of ours yet.
DOCUMENTATION = {"docs/conf.py": "extensions = []\n", "docs/index.rst": "Lumen\n=====\n", "tox.ini": "[tox]\n"}

#: The commands that write, by short names.
COMMANDS: dict[str, list[str]] = {
    "init": ["init"],
    "new": ["new", "item", "Something that is new, and told in more words than one line of a fragment needs"],
    "import": ["import", "digest.txt"],
    "mbox": ["collect", "mbox", str(SAMPLE / "mail" / "2026-August.mbox")],
    "irc": ["collect", "irc", *map(str, SAMPLE.glob("irclogs/*/*.log"))],
    "schedule": ["collect", "schedule", "--schedule", str(SAMPLE / "schedules" / "ibis.yaml"), "ibis", "R-5"],
    "feed": ["collect", "feed", "feed.xml"],
    "gerrit": ["collect", "gerrit", "changes.json"],
    "report": ["report", "2016-04-10", "--output", "report.txt"],
    "release-notes report": ["release-notes", "report", "--output", "report.txt"],
    "release-notes cache": ["release-notes", "cache"],
}


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a project."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def outputs(outdir: Path) -> dict[str, bytes]:
    """What a build made, but for Sphinx's notes to itself and the order of words in its search."""
    found = {name: data for name, data in contents(outdir).items() if ".buildinfo" not in name}
    if "searchindex.js" in found:
        index = found["searchindex.js"].removeprefix(b"Search.setIndex(").removesuffix(b")")
        found["searchindex.js"] = json.dumps(json.loads(index), sort_keys=True).encode()
    return found


@dataclass
class Disk:
    """A file system of its own that can be filled up."""

    folder: Path

    def fill(self, left: int) -> None:
        """Leave room for so many bytes."""
        filler = self.folder / "filler"
        filler.unlink(missing_ok=True)
        status = os.statvfs(self.folder)
        with filler.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, status.f_bavail * status.f_frsize - left)

    def free(self) -> None:
        (self.folder / "filler").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 16 MB. What can be tested without it, by a limit of the size of files, is a test of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a file system")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def make_site() -> Callable[[Path], Project]:
    """Makes a project with digests, a calendar and pages of its own, whose files are old."""

    def make(folder: Path) -> Project:
        project = empty_project(folder, 'html_baseurl = "https://example.org"\nexclude_patterns = ["build"]\n')
        project.write("releases/xena.yaml", "series: xena\nstart: 2026-10-05\nrelease: 2027-04-01\nmilestones: []\n")
        project.write("releasenotes/digest.yaml", "schedules: [releases]\n")
        for number in range(1, 7):
            note = f"date: 2015-12-{number * 4:02}\nsuccesses:\n" + f"  - {f'Done {number}. ' * 20}\n" * 20
            project.fragment(f"win-{number}", note)
        links = "Title\n=====\n\n.. countdown:: xena R-5\n\n.. toctree::\n\n   digests/index\n   shown\n"
        project.write("index.rst", links)
        project.write("shown.rst", "Shown\n=====\n\n.. successbot:: 2015-12-04\n")
        project.age()
        return project

    return make


@pytest.fixture
def make_inputs() -> Callable[[Path], Path]:
    """Makes a repository with release notes and with all that fragments can be made from."""

    def make(folder: Path) -> Path:
        from conftest import Repository

        repository = Repository(folder)
        (folder / "releasenotes" / "digests").mkdir(parents=True)
        (folder / "releasenotes" / "digests" / "old-00000000000000ff.yaml").write_text(
            "items: [x]\ndate: 2016-04-10\n"
        )
        for number in range(4):
            note = folder / "releasenotes" / "notes" / f"note-{number:016x}.yaml"
            note.parent.mkdir(exist_ok=True)
            note.write_text(f"fixes:\n  - {'Mended. ' * 30}\n")
            repository.commit(f"2016-04-0{number + 1}T00:00:00Z")
            repository.run("tag", "-m", "x", f"1.{number}.0")
        (folder / "docs").mkdir()
        for name, text in {"digest.txt": DIGEST, "feed.xml": FEED, "changes.json": CHANGES, **DOCUMENTATION}.items():
            (folder / name).write_text(text)
        return folder

    return make
