"""Folders that may not be written: a message of one line, and caches are done without."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from extension.building import Project

from .conftest import COMMANDS, contents, outputs
from .processes import build, command, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="root can give up its privileges in this way on Linux")

#: What a build says that may not make a new file among its outputs: of the mail, which a site has as well.
DENIED = "{}/digests/2015-12-04.txt cannot be written: Permission denied\n"


def protect(folder: Path, mode: int = 0o555) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(mode)


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(tmp_path: Path, make_inputs: Callable[[Path], Path], name: str) -> None:
    folder = make_inputs(tmp_path / "project")
    before = contents(folder)
    protect(folder)
    ended = run(command(folder, *COMMANDS[name]), powerless=True)
    protect(folder, 0o755)
    last = ended.out.splitlines()[-1]
    assert ended.status == 1
    assert last.startswith("sphinx-digest: ")
    assert last.endswith(": cannot be written: Permission denied")
    assert "Traceback" not in ended.out
    assert contents(folder) == before


def test_cache_of_the_history(
    tmp_path: Path, make_inputs: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_inputs(tmp_path / "project")
    cache = tmp_path / "cache"
    cache.mkdir()
    protect(cache)
    monkeypatch.setenv("SPHINXEXT_DIGEST_CACHE", str(cache))
    without = run(command(folder, "release-notes", "report"), powerless=True)
    assert (without.status, list(cache.iterdir())) == (0, [])
    protect(cache, 0o755)
    assert run(command(folder, "release-notes", "report"), powerless=True) == without
    assert list(cache.iterdir()) != []


@pytest.mark.parametrize("builder", ["html", "digest-mail"])
@pytest.mark.parametrize("protected", ["html", "digest-mail", "doctrees"])
def test_builds(tmp_path: Path, make_site: Callable[[Path], Project], builder: str, protected: str) -> None:
    """After an edit, when the outputs or what Sphinx keeps may not be written."""
    project = make_site(tmp_path / "project")
    place, fresh = tmp_path / "build", tmp_path / "fresh"
    assert run(build(project.folder, builder, place), powerless=True).status == 0
    project.fragment("win-1", "date: 2015-12-04\nsuccesses: [Really done.]\n")
    project.age()
    (place / protected).mkdir(exist_ok=True)
    protect(place / protected)
    ended = run(build(project.folder, builder, place), powerless=True)
    protect(place / protected, 0o755)
    if protected == builder:
        assert ended.status != 0
        assert ended.out.count(DENIED.format(place / builder)) == 1, ended.out
        assert ended.out.count("Permission denied") == 1, ended.out
        assert "sphinxext/digest/" not in ended.out or "SphinxError" in ended.out
    else:
        # its own files are there already and may be written
        assert ended.status == 0, ended.out
        assert "build succeeded." in ended.out
        assert not re.search("WARNING|ERROR|Permission denied", ended.out), ended.out
    again = run(build(project.folder, builder, place), powerless=True)
    assert again.status == 0, again.out
    assert run(build(project.folder, builder, fresh), powerless=True).status == 0
    assert outputs(place / builder) == outputs(fresh / builder)
