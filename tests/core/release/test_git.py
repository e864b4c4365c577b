"""How git is started: with what environment and options, in which folder, and what becomes of its failures."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.release.git import (
    GitDir,
    GitError,
    PartialCloneError,
    Process,
    environment,
    override_drivers,
    read_lines,
    read_output,
    remote_protocols,
)
from sphinxext.digest.release.refs import Objects, find_top, is_partial, named_repository

#: What leads git elsewhere; "git rev-parse --local-env-vars" names most of them.
LEADS_ELSEWHERE = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_NAMESPACE"),
    *("GIT_REPLACE_REF_BASE", "GIT_CONFIG", "GIT_ATTR_SOURCE", "GIT_EXTERNAL_DIFF", "GIT_GLOB_PATHSPECS"),
    *("GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)


class TestEnvironment:
    def test_what_leads_elsewhere_is_dropped(
        self, repository: Any, note: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = note(1)
        for name in LEADS_ELSEWHERE:
            monkeypatch.setenv(name, "1" if name.endswith("PATHSPECS") else str(tmp_path / "elsewhere"))
        assert not environment().keys() & set(LEADS_ELSEWHERE)
        assert list(read_lines(repository.root, "ls-files")) == [file]

    def test_what_the_user_sets_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "X": "y"}
        for name, value in kept.items():
            monkeypatch.setenv(name, value)
        assert kept.items() <= environment().items()

    def test_ours_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ours = {
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_GRAFT_FILE": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        for name in ours:
            monkeypatch.setenv(name, "other")
        assert ours.items() <= environment().items()

    def test_protocols_are_for_who_reaches_a_remote(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert remote_protocols() == {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}
        monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "https")
        assert remote_protocols() == {"GIT_ALLOW_PROTOCOL": "https"}

    @pytest.mark.parametrize("value", ["1", "2", "true"])
    def test_a_trace_is_no_message(self, repository: Any, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("GIT_TRACE", "GIT_TRACE2", "GIT_TRACE_SETUP"):
            monkeypatch.setenv(name, value)
        with pytest.raises(GitError, match=r"^fatal: ambiguous argument 'nowhere'"):
            read_output(repository.root, "log", "nowhere")
        with pytest.raises(GitError, match=r"^status 1 of git$"):
            read_output(repository.root, "show-ref")

    def test_a_trace_in_a_file(self, repository: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
        read_output(repository.root, "rev-parse", "--git-dir")
        assert "rev-parse" in (tmp_path / "trace").read_text()


def test_what_takes_programs_away() -> None:
    names = ["core.x", "filter.a.clean", "filter.a=b.c.smudge", "filter.a.process", "filter.a.required", "filter.a.x"]
    names += [
        "merge.a.driver",
        "merge.a.name",
        "merge.tool",
        "hook.a.b.command",
        "hook.a.event",
        "clean",
        "diff.clean",
    ]
    values = {"SPHINXEXT_DIGEST_EMPTY": "", "SPHINXEXT_DIGEST_FALSE": "false"}
    assert values.items() <= environment().items()
    found = [option.removeprefix("--config-env=").rpartition("=") for option in override_drivers(names)]
    assert [(name, values[variable]) for name, _, variable in found] == [
        ("filter.a.clean", ""),
        ("filter.a=b.c.smudge", ""),
        ("filter.a.process", ""),
        ("filter.a.required", "false"),
        ("merge.a.driver", ""),
        ("hook.a.b.enabled", "false"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="the program is one of a shell")
@pytest.mark.parametrize("form", ["counted", "parameters", "global"])
@pytest.mark.parametrize("key", ["core.fsmonitor", "filter.a=b.clean"])
def test_settings_of_the_environment(
    repository: Any, note: Callable[..., str], tmp_path: Path, form: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/was-run"\n')
    program.chmod(0o700)
    (repository.root / ".git" / "info" / "attributes").write_text("* filter=a=b\n")
    file = repository.root / note(1)
    os.utime(file, (1, 1))
    if form == "counted":
        for name, value in (("COUNT", "1"), ("KEY_0", key), ("VALUE_0", str(program))):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    elif form == "parameters":
        monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'{key}'='{program}'")
    else:
        settings = tmp_path / "settings"
        repository.run("config", "--file", str(settings), key, str(program))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    read_output(repository.root, "diff-files", "--raw")
    assert not (tmp_path / "was-run").exists()
    repository.run("diff-files", "--patch")
    assert (tmp_path / "was-run").exists()


class TestPlaces:
    @pytest.fixture
    def bare(self, repository: Any, note: Callable[..., str]) -> Path:
        """A bare repository in a folder of another one."""
        note(1)
        bare = repository.root / "releasenotes" / "inner"
        repository.run("clone", "--quiet", "--bare", ".", str(bare))
        return bare

    def test_a_bare_repository_is_used_where_it_is_named(self, repository: Any, bare: Path) -> None:
        head = repository.run("rev-parse", "HEAD")
        assert named_repository(bare) == GitDir(bare)
        assert list(read_lines(GitDir(bare), "rev-parse", "HEAD")) == [head]
        assert str(GitDir(bare)) == str(bare)

    def test_and_nowhere_else(self, bare: Path) -> None:
        for folder in (bare, bare / "refs"):
            with pytest.raises(GitError, match="bare repository"):
                read_output(folder, "rev-parse", "HEAD")

    def test_a_working_copy_is_no_bare_repository(self, repository: Any) -> None:
        assert named_repository(repository.root) == repository.root
        (repository.root / "HEAD").touch()
        assert named_repository(repository.root) == repository.root
        (repository.root / "objects").mkdir()
        assert named_repository(repository.root) == repository.root

    @pytest.mark.parametrize("missing", ["HEAD", "objects"])
    def test_half_of_a_repository(self, bare: Path, missing: str) -> None:
        path = bare / missing
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        assert named_repository(bare) == bare

    def test_the_top(self, repository: Any, bare: Path) -> None:
        assert find_top(bare / "refs") == find_top(bare) == find_top(repository.root) == repository.root
        assert find_top(repository.root / "nowhere") is None
        assert find_top(repository.root / "releasenotes" / "notes" / f"note-{1:016x}.yaml") is None

    def test_the_nearest(self, repository: Any, bare: Path) -> None:
        inner = repository.root / "worktree"
        repository.run("worktree", "add", "--quiet", str(inner))
        (inner / "deep").mkdir()
        assert find_top(inner / "deep") == inner

    def test_ceilings(self, repository: Any, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def ceilings(*folders: object) -> None:
            monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.pathsep.join(map(str, folders)))

        ceilings(repository.root / "releasenotes")
        assert find_top(bare) is None
        assert find_top(repository.root / "releasenotes") == repository.root
        # only absolute ones count
        monkeypatch.chdir(repository.root)
        ceilings("", "releasenotes", repository.root.parent)
        assert find_top(bare) == repository.root
        ceilings(repository.root.parent, repository.root)
        assert find_top(bare) is None
        assert find_top(repository.root) == repository.root

    def test_no_repository(self, tmp_path: Path) -> None:
        assert find_top(tmp_path) is None


class TestObjects:
    @pytest.fixture
    def partial(self, repository: Any, note: Callable[..., str], tmp_path: Path) -> tuple[Path, str]:
        """A partial clone, and a note whose text it lacks."""
        lost = note(1, "fixes: [lost]\n")
        repository.run("config", "uploadpack.allowFilter", "true")
        repository.run("rm", "--quiet", lost)
        note(2)
        clone = tmp_path / "clone"
        repository.run("clone", "--quiet", "--filter=blob:none", f"file://{repository.root}", str(clone))
        return clone, lost

    def test_what_a_partial_clone_lacks(self, repository: Any, partial: tuple[Path, str]) -> None:
        clone, lost = partial
        assert is_partial(clone)
        repository.run("remote", "add", "origin", str(clone))
        assert not is_partial(repository.root)
        objects = Objects(clone)
        there = f"HEAD:releasenotes/notes/note-{2:016x}.yaml".encode()
        for _ in range(2):
            with pytest.raises(PartialCloneError, match="git fetch --refetch --no-filter"):
                objects.get(f"HEAD~1:{lost}".encode())
            # the process that gave up is followed by another
            assert objects.get(there) == (b"blob", b"fixes: [a]\n")
        assert objects.get(b"HEAD:nothing") is None
        objects.close()

    def test_many_at_once(self, repository: Any, note: Callable[..., str]) -> None:
        path = note(1, "fixes: [one]\n" + "# long\n" * 50_000)
        name = f"HEAD:{path}".encode()
        objects = Objects(repository.root)
        # more than a pipe takes, one way and the other
        wanted = [
            name,
            *(b"HEAD:nothing/%0100d" % number for number in range(3_000)),
            b"HEAD:a\nb",
            b"HEAD:releasenotes",
        ]
        found = objects.get_all(wanted)
        assert set(found) == {name, b"HEAD:releasenotes"}
        assert found[name].startswith(b"fixes: [one]\n")
        assert objects.get(name) == (b"blob", found[name])
        assert objects.get_all([]) == {}
        objects.close()

    def test_at_once_from_a_partial_clone(self, partial: tuple[Path, str]) -> None:
        clone, lost = partial
        there = f"HEAD:releasenotes/notes/note-{2:016x}.yaml".encode()
        objects = Objects(clone)
        assert objects.get_all([f"HEAD~1:{lost}".encode(), there]).get(there) in (None, b"fixes: [a]\n")
        # what is missing is told then
        assert objects.get(there) == (b"blob", b"fixes: [a]\n")
        with pytest.raises(PartialCloneError):
            objects.get(f"HEAD~1:{lost}".encode())
        objects.close()

    def test_a_name_with_a_line_end(self, repository: Any, note: Callable[..., str], tmp_path: Path) -> None:
        lost = note(1, "fixes: [lost]\n", slug="a\nb")
        repository.run("config", "uploadpack.allowFilter", "true")
        repository.run("rm", "--quiet", lost)
        note(2)
        clone = tmp_path / "clone"
        repository.run("clone", "--quiet", "--filter=blob:none", f"file://{repository.root}", str(clone))
        with pytest.raises(PartialCloneError):
            Objects(clone).get(f"HEAD~1:{lost}".encode())
        assert Objects(clone).get(b"HEAD:a\nb") is None


def test_a_process_that_nobody_closes_leaves_nothing_open(repository: Any) -> None:
    """Whatever keeps it from being closed, its pipes are, without a warning of Python."""
    process = Process(repository.root, "cat-file", "--batch", send=None)
    streams = [process.input, process.output]
    holder = [process]
    holder.append(holder)  # type: ignore[arg-type]
    del process, holder
    gc.collect()
    assert [stream.closed for stream in streams] == [True, True]
