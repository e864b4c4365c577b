"""reno's loader, lister, formatter and files on our scanner."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from reno import cache, config, formatter, lister, loader
from reno import scanner as reno_scanner

from sphinxext.digest.release.cache_file import CacheFile, open_scanner, read_cache_file, write_cache_file
from sphinxext.digest.release.git import GitError, HistoryError
from sphinxext.digest.release.scanner import Scanner

NOTES = "releasenotes/notes"
FILE = f"{NOTES}/reno.cache"


@pytest.fixture
def conf(repository: Any) -> Any:
    """Three versions, of which one is on a branch."""
    (repository.root / NOTES).mkdir(parents=True)
    texts = {
        1: "prelude: Hello, wörld 🎉\n",
        2: 'fixes:\n  - "a \\u2028 b \\x85 c \\x7f d"\n',
        3: "upgrade:\n  - two\n  - three\n",
    }
    for number, text in texts.items():
        (repository.root / f"{NOTES}/note-{number:016x}.yaml").write_text(text, encoding="utf-8")
        repository.commit(f"2020-01-0{number}T00:00:00Z")
        repository.run("tag", "--annotate", "--message", "x", f"{number}.0.0", date=f"2020-01-0{number}T00:00:00Z")
        if number == 2:
            repository.run("branch", "stable/a")
    repository.run("branch", "master")
    return config.Config(str(repository.root))


def on_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reno.scanner.Scanner", Scanner)


def test_report(conf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def report() -> str:
        with loader.Loader(conf) as loaded:
            return str(formatter.format_report(loaded, conf, loaded.versions, title="Notes"))

    expected = report()
    on_ours(monkeypatch)
    assert report() == expected


def test_list(conf: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lister.list_cmd(Namespace(version=None), conf)
    expected = capsys.readouterr()
    on_ours(monkeypatch)
    lister.list_cmd(Namespace(version=None), conf)
    assert capsys.readouterr() == expected


def test_renos_cache(conf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def built() -> dict[str, Any]:
        content: dict[str, Any] = cache.build_cache_db(conf, None)
        # reno has them in no order
        content["dates"].sort(key=lambda row: row["version"])
        return content

    expected = built()
    on_ours(monkeypatch)
    assert built() == expected


class TestFile:
    """A file of notes that is committed."""

    def test_it_says_what_git_says(self, conf: Any) -> None:
        path = write_cache_file(conf)
        assert path == Path(conf.reporoot, FILE)
        read = read_cache_file(conf)
        with Scanner(conf) as scanner:
            for branch in (None, "stable/a", "origin/stable/a"):
                if branch != "origin/stable/a":
                    assert read.get_notes_by_version(branch) == scanner.get_notes_by_version(branch)
                assert read.get_notes_by_version(branch)
            assert read.get_version_dates() == scanner.get_version_dates()
            assert read.get_series_branches() == ["stable/a"]

    def test_reno_reads_it(self, conf: Any) -> None:
        def report() -> str:
            with loader.Loader(conf) as loaded:
                return str(formatter.format_report(loaded, conf, loaded.versions, show_source=False))

        conf.override(branch="master", stop_at_branch_base=False, add_release_date=True)
        expected = report()
        write_cache_file(conf)
        assert report() == expected

    def test_texts_are_the_same(self, conf: Any) -> None:
        conf.override(stop_at_branch_base=False)
        with loader.Loader(conf, ignore_cache=True) as live:
            notes = {file: live.parse_note_file(file, commit) for v in live.versions for file, commit in live[v]}
        write_cache_file(conf)
        with loader.Loader(conf) as cached:
            for file, content in notes.items():
                assert cached.parse_note_file(file, None) == content

    def test_we_read_renos(self, conf: Any) -> None:
        conf.override(branch="master", stop_at_branch_base=False)
        with reno_scanner.Scanner(conf) as scanner:
            expected = scanner.get_notes_by_version()
        cache.write_cache_db(conf, None)
        read = read_cache_file(conf)
        assert read.get_notes_by_version() == expected
        (file, commit), *_ = expected["1.0.0"]
        assert json.loads(read.get_file_at_commit(file, commit) or b"")["prelude"].startswith("Hello")
        assert read.get_file_at_commit("no file", commit) is None

    def test_options(self, conf: Any) -> None:
        conf.override(stop_at_branch_base=False)
        write_cache_file(conf)
        conf.override(ignore_notes=["note-0000000000000003.yaml"], earliest_version="2.0.0")
        assert list(read_cache_file(conf).get_notes_by_version()) == ["2.0.0"]

    @pytest.mark.parametrize("text", ["", "{", "[]", "- [", "{}", '{"notes": 1}'])
    def test_damage(self, conf: Any, text: str) -> None:
        Path(conf.reporoot, FILE).write_text(text)
        with pytest.raises(HistoryError, match=r"reno\.cache"):
            read_cache_file(conf)

    def test_no_such_branch(self, conf: Any) -> None:
        write_cache_file(conf)
        with pytest.raises(HistoryError, match="does not have branch 'stable/z'"):
            read_cache_file(conf).get_notes_by_version("stable/z")

    def test_a_note_that_is_no_yaml(self, conf: Any, repository: Any) -> None:
        (repository.root / f"{NOTES}/bad-{4:016x}.yaml").write_text("fixes: [")
        repository.commit("2020-01-04T00:00:00Z")
        write_cache_file(conf)
        found = [file for files in read_cache_file(conf).get_notes_by_version().values() for file, _ in files]
        assert found
        assert not any("bad-" in file for file in found)
        assert [file.name for file in Path(conf.reporoot, NOTES).iterdir() if file.name.endswith(".tmp")] == []

    def test_which_one_is_used(self, conf: Any, repository: Any, tmp_path: Path) -> None:
        write_cache_file(conf)
        assert isinstance(open_scanner(conf), Scanner)
        repository.run("add", "--all")
        repository.run("commit", "--quiet", "--message", "Cache")
        repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(tmp_path / "shallow"))
        shallow = config.Config(str(tmp_path / "shallow"))
        assert isinstance(open_scanner(shallow), CacheFile)
        (tmp_path / "shallow" / FILE).unlink()
        assert isinstance(open_scanner(shallow), Scanner)
        sdist = tmp_path.parent / f"{tmp_path.name}-sdist"
        (sdist / NOTES).mkdir(parents=True)
        with pytest.raises(GitError):
            open_scanner(config.Config(str(sdist)))
        (sdist / FILE).write_bytes((repository.root / FILE).read_bytes())
        with open_scanner(config.Config(str(sdist))) as scanner:
            assert list(scanner.get_notes_by_version()) == ["3.0.0", "2.0.0"]
