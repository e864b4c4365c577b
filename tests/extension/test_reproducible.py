"""Two builds of one commit make the same bytes, wherever, whenever and by whomever they are made."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .building import BUILDERS
from .edits import make_site
from .outputs import needed_program

#: Builds with each of the builders; Sphinx goes by the locale of the process.
_SCRIPT = """\
import sys
from sphinx.cmd.build import main
for builder in sys.argv[3:]:
    status = main(["-q", "-b", builder, "-j", sys.argv[1], ".", sys.argv[2] + "/" + builder])
    assert status == 0, builder
"""
# A day that is another one in the west and in the east.
_EPOCH = "1449136800"
_CONF = """
html_baseurl = "https://example.org/"
html_last_updated_fmt = "%A, %d %B %Y %H:%M"
html_copy_source = True
man_pages = [("index", "x", "X", ["Y"], 7)]
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with pages of all kinds, all of which is committed."""
    site = make_site(tmp_path / "origin")
    conf = site.project.folder / "conf.py"
    conf.write_text(conf.read_text() + _CONF)
    site.apply([("set", "file", "sections", 1), ("commit", 3), ("tag", "1.1.0")])
    return site.project.folder


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of the outputs in a folder, and those in archives."""
    found = {}
    for file in sorted((folder / "build").rglob("*")):
        name = file.relative_to(folder).as_posix()
        if not file.is_file() or ".doctrees" in name:
            continue
        if file.suffix == ".epub":
            # Sphinx packs files with their times
            with zipfile.ZipFile(file) as archive:
                found |= {f"{name}: {info.filename}": archive.read(info) for info in archive.infolist()}
        else:
            found[name] = file.read_bytes()
        if file.suffix == ".xml":
            # docutils says where it has read a page
            found[name] = found[name].replace(os.fsencode(folder), b"")
    return found


def build(
    repository: Path,
    folder: Path,
    program: list[str],
    processes: int,
    umask: int,
    builders: tuple[str, ...],
    **env: str,
) -> dict[str, bytes]:
    """What is made of a fresh clone in a folder."""
    subprocess.run(["git", "clone", "--quiet", str(repository), str(folder)], check=True, umask=umask)
    command = [*program, sys.executable, "-c", _SCRIPT, str(processes), str(folder / "build"), *builders]
    done = subprocess.run(
        command, cwd=folder, umask=umask, env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return files_of(folder)


def other_locale() -> str:
    """A locale of another language, if there is one."""
    names = subprocess.run(["locale", "-a"], check=False, capture_output=True, text=True).stdout.split()
    return next((name for name in names if name.lower().endswith("utf8") and not name.startswith(("C", "en"))), "C")


def test_two_builds_make_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    one = build(
        repository, tmp_path / "a", [needed_program("faketime"), "2016-02-29 23:59:00"], 1, 0o022, BUILDERS,
        TZ="America/Los_Angeles", LC_ALL="C.UTF-8", LANG="C.UTF-8", PYTHONHASHSEED="1", HOME="/nonexistent",
    )  # fmt: skip
    two = build(
        repository, tmp_path / "another" / "place with a space", [], 8, 0o077, BUILDERS,
        TZ="Pacific/Auckland", LC_ALL=other_locale(), LANG=other_locale(), PYTHONHASHSEED="2",
    )  # fmt: skip
    assert list(one) == list(two)
    assert len(one) > 100
    assert [name for name in one if one[name] != two[name]] == []
