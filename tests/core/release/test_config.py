"""reno's configuration, read within the limits of all YAML."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("reno")

from reno.config import Config

from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.release.config import read_config, sections_of

FILE = "releasenotes/config.yaml"

VALID = """\
---
default_branch: main
stop_at_branch_base: false
earliest_version: "1.0"
ignore_notes: &notes [a-0000000000000001.yaml]
sections:
  - [features, Features]
  - [api, API, 2]
semver_major: *notes
encoding: null
"""

HOSTILE = {
    "aliases": "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 8)),
    "nesting": "sections: " + "[" * 50_000 + "]" * 50_000 + "\n",
    "itself": "sections: &a [*a]\n",
    "key": "[branch]: 1\n",
    "object": "branch: !!python/object/apply:os.getcwd []\n",
    "sexagesimal": "branch: 1" + ":1" * 50_000 + "\n",
    "digits": "branch: 0b" + "1" * 60_000 + "\n",
    "size": f"branch: {'x' * 2_000_000}\n",
    "not UTF-8": "branch: \udcff\n",
}


@pytest.fixture
def write(tmp_path: Path) -> Path:
    """The configuration of a project in a temporary folder."""
    file = tmp_path / FILE
    file.parent.mkdir()
    return file


def test_values_are_those_of_reno(write: Path, tmp_path: Path) -> None:
    write.write_text(VALID)
    ours = read_config(tmp_path)
    theirs = Config(str(tmp_path))
    assert ours.options == theirs.options
    assert (ours.reporoot, ours.notespath) == (theirs.reporoot, theirs.notespath)
    assert sections_of(ours) == [("features", "Features", 1), ("api", "API", 2)]


def test_without_a_file(tmp_path: Path) -> None:
    assert read_config(tmp_path, "notes").options == Config(str(tmp_path), "notes").options


def test_unknown_options_have_their_line(write: Path, tmp_path: Path) -> None:
    write.write_text("branch: a\nbranhc: b\n")
    problems: list[Problem] = []
    assert read_config(tmp_path, problems=problems).branch == "a"
    assert [(problem.path, problem.line, problem.code) for problem in problems] == [(FILE, 2, "unknown-setting")]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(write: Path, tmp_path: Path, text: str) -> None:
    write.write_bytes(text.encode("utf-8", "surrogateescape"))
    started = time.process_time()
    with pytest.raises(DigestError) as raised:
        read_config(tmp_path)
    assert time.process_time() - started < 3
    assert {problem.path for problem in raised.value.problems} == {FILE}


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_pipe_is_no_file(write: Path, tmp_path: Path) -> None:
    os.mkfifo(write)
    assert read_config(tmp_path).options == Config(str(tmp_path)).options
