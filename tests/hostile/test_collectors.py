"""Each installed collector: hostile inputs for it, help, documentation; commands and collectors of others."""

from __future__ import annotations

import gzip
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fuzz.targets import TARGETS
from fuzz.traps import traps

from sphinxext.digest.cli.group import cli
from sphinxext.digest.plugins import COLLECTORS, COMMANDS, RELEASE_NOTES, installed, summary_of
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import sources

TESTS = Path(__file__).parents[1]
GROUPS = (COMMANDS, RELEASE_NOTES, COLLECTORS)
#: A collector that another distribution brings.
BOOKMARKS = Path(__file__).with_name("bookmarks_digest.py")
#: Another one, which the docs show.
CHIRP = TESTS.parent / "doc" / "sample" / "collector" / "chirp_digest.py"
#: What stands before a file, where the arguments are not files.
ARGUMENTS = {"matrix": ["--server", "http://127.0.0.1:1"], "schedule": ["ibis", "--schedule"]}
HOSTILE = {
    "empty": b"",
    "zeros": bytes(100_000),
    "bomb": gzip.compress(bytes(30_000_000), mtime=0),
    "truncated": gzip.compress(b"hello" * 1000, mtime=0)[:-9],
    "tags": b"<" * 100_000,
    "lists": b"[" * 100_000,
    "mappings": b'{"a":' * 50_000,
    "entities": b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
    "aliases": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "latin": "Grüße\n".encode("latin-1") * 1000,
    "mark": b"\xff\xfe\x00",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "releasenotes" / "digests").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["collect", *arguments])


def test_ours_are_installed() -> None:
    """Each ``cli/collect_*.py`` is an entry point of its name."""
    files = (TESTS.parent / "sphinxext" / "digest" / "cli").glob("collect_*.py")
    values = {f"sphinxext.digest.cli.{file.stem}:command": file.stem.removeprefix("collect_") for file in files}
    ours = {entry.value: name for name, entry in installed(COLLECTORS).items() if entry.value.startswith("sphinxext.")}
    assert ours == values, f"list it under {COLLECTORS} in pyproject.toml, and run: pip install --no-deps -e ."


@pytest.mark.parametrize("name", installed(COLLECTORS))
def test_fuzz_inputs(name: str) -> None:
    """A target of the fuzzer is called like the collector, or begins with its name and a hyphen."""
    targets = [target for target in TARGETS if target == name or target.startswith(f"{name}-")]
    assert targets
    for target in targets:
        assert any(traps(target))
        folder = TESTS / "fuzz" / "corpus" / target
        assert folder.is_dir() and any(folder.iterdir()), (
            f"put files that '{name}' reads into tests/fuzz/corpus/{target}"
        )


@pytest.mark.parametrize("name", installed(COLLECTORS))
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(project: Path, name: str, data: bytes) -> None:
    (project / "x").write_bytes(data)
    outcome = run(name, *ARGUMENTS.get(name, []), "x")
    assert outcome.exit_code in (0, 1)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    assert not list((project / "releasenotes" / "digests").iterdir())


@pytest.mark.parametrize("name", installed(COLLECTORS))
def test_help_and_documentation(name: str) -> None:
    pages = (TESTS.parent / "doc" / "source" / "user").glob("*.rst")
    is_described = any(f"sphinx-digest collect {name}" in page.read_text(encoding="utf-8") for page in pages)
    assert is_described, f"show 'sphinx-digest collect {name}' in doc/source/user/collecting.rst"
    summary = summary_of(installed(COLLECTORS)[name])
    assert summary.endswith("."), "begin the docstring of its module with a sentence of one line"
    line = re.search(f"^ +{name} +(.+)$", run("--help").output, re.MULTILINE)
    assert line and summary.startswith(line[1].removesuffix("..."))


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another distribution with a collector of bookmarks, which is a command as well, and others that are broken."""
    folder = tmp_path / "other"
    info = folder / "bookmarks_digest-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bookmarks-digest\nVersion: 1.0\n", encoding="utf-8")
    points = ("bookmarks = bookmarks_digest:command", "gone = no_digest:command", "text = bookmarks_digest:__name__")
    ours = ("irc = bookmarks_digest:command", "threads = bookmarks_digest:command", "lint = bookmarks_digest:command")
    lines = [line for group in (COLLECTORS, COMMANDS) for line in (f"[{group}]", *points, *ours)]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / BOOKMARKS.name).write_bytes(BOOKMARKS.read_bytes())
    monkeypatch.syspath_prepend(folder)
    installed.cache_clear()
    yield folder
    installed.cache_clear()
    sys.modules.pop("bookmarks_digest", None)


def test_another_distribution(project: Path, other: Path) -> None:
    assert "  bookmarks  Draft items from lists of bookmarks." in run("--help").output
    assert "bookmarks_digest" not in sys.modules
    assert installed(COLLECTORS)["irc"].value.startswith("sphinxext.digest.")
    (project / "x").write_text("https://example.org/1 A *fine* page\n", encoding="utf-8")
    (project / "releasenotes" / "digest.yaml").write_text(
        "sources: [{bookmarks: x, group: Pages}]\n", encoding="utf-8"
    )
    for arguments in (["bookmarks", "x", "gone.txt"], []):
        outcome = run(*arguments)
        assert outcome.exit_code == bool(arguments), outcome.output
    [file] = (project / "releasenotes" / "digests").iterdir()
    text = file.read_text(encoding="utf-8")
    assert "group: Bookmarks" in text
    assert "A \\*fine* page" in text


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_of_another_distribution(project: Path, other: Path, data: bytes) -> None:
    test_hostile_files(project, "bookmarks", data)


@pytest.fixture
def chirp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another distribution with the collector that the docs show."""
    folder = tmp_path / "chirp"
    info = folder / "chirp_digest-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: chirp-digest\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{COLLECTORS}]\nchirp = chirp_digest:command\n", encoding="utf-8")
    (folder / CHIRP.name).write_bytes(CHIRP.read_bytes())
    monkeypatch.syspath_prepend(folder)
    installed.cache_clear()
    yield
    installed.cache_clear()
    sys.modules.pop("chirp_digest", None)


def test_the_collector_in_the_docs(project: Path, chirp: None) -> None:
    """Messages of a chat become successes, thanks and threads by the interface that all collectors share."""
    page = TESTS.parent / "doc" / "source" / "contributor" / "collectors.rst"
    assert f"sample/collector/{CHIRP.name}" in page.read_text(encoding="utf-8")
    assert len(CHIRP.read_text(encoding="utf-8").splitlines()) <= 40
    said = [
        ["1", "dev", "2026-11-16T10:00:00", "tern", "#success *All* tests pass", ""],
        ["2", "dev", "2026-11-16T10:00:09", "tern", "s/tests/checks/", ""],
        ["3", "dev", "2026-11-16T11:00:00", "auk", "Shall we drop Python 3.10?", ""],
        ["4", "dev", "2026-11-16T11:01:00", "owl", "Yes, nobody uses it.", "3"],
        ["5", "dev", "2026-11-16T11:02:00", "tern", "#thanks auk for asking", "4"],
        ["6", "ops", "2026-11-16T11:03:00", "owl", "Is it me?", "9"],
    ]
    lines = [json.dumps([*one, f"https://chirp.example.org/{one[0]}"]) for one in said]
    (project / "x").write_text("\n".join([*lines, "[1]"]), encoding="utf-8")
    outcome = run("chirp", "x", "--period", "2026-W47")
    assert (outcome.exit_code, outcome.stderr) == (
        1, "3 drafts written\nx:7:1: bad-record the line is not a message of Chirp\n"
    )  # fmt: skip
    files = (project / "releasenotes" / "digests").iterdir()
    success, thanks, thread = (
        next(text for text in texts if mark in text)
        for texts in [[file.read_text(encoding="utf-8") for file in files]]
        for mark in ("checks pass", "thanks: auk", "threads:")
    )
    assert "text: '\\*All* checks pass'" in success and "channel: dev" in success
    assert "thanks: auk\n    text: for asking" in thanks
    assert "# A draft from Chirp: 'Shall we drop Python 3.10?'." in thread
    assert "url: https://chirp.example.org/3\n" in thread and "* owl: Yes, nobody uses it.\n" in thread
    assert run("chirp", "x").stderr.startswith("0 drafts written, 3 there already\n")


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_of_the_collector_in_the_docs(project: Path, chirp: None, data: bytes) -> None:
    test_hostile_files(project, "chirp", data)


def test_lines_that_are_wrong(project: Path, other: Path) -> None:
    (project / "x").write_text(
        "\nhttps://example.org/1 A page\njavascript:x B\nhttps://example.org/2\n", encoding="utf-8"
    )
    outcome = run("bookmarks", "x")
    assert (outcome.exit_code, outcome.stdout.count("\n")) == (1, 1)
    message = "bad-record the line is not a bookmark: write a URL, a space and a title\n"
    assert f"x:3:1: {message}x:4:1: {message}" in outcome.stderr


def test_collectors_that_are_broken(project: Path, other: Path) -> None:
    assert run("gone").output.splitlines()[-1].startswith("Error: The command 'gone' (no_digest:command) cannot be ")
    assert "is not a click command" in run("text").output
    assert [summary_of(EntryPoint("x", f"{name}:x", COLLECTORS)) for name in ("no_digest", "no.digest", "sys")] == [
        ""
    ] * 3


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_commands_of_another_distribution(project: Path, other: Path) -> None:
    lines = run_command("--help").output.splitlines()
    table = lines[lines.index("Write:") + 1 : lines.index("  Examples:")]
    names = [line.split()[0] for line in table if line.startswith("  ")]
    assert (names[0], names[-4:]) == ("init", ["bookmarks", "gone", "irc", "text"])
    assert any(re.fullmatch(" *bookmarks +Draft items from lists of bookmarks[.]", line) for line in lines)
    assert "bookmarks_digest" not in sys.modules
    (project / "x").write_text("https://example.org/1 A page\n", encoding="utf-8")
    assert run_command("bookmarks", "x").output.startswith("releasenotes/digests/a-page-")
    # those of ours win
    assert "0 problems" in run_command("lint").output
    assert "mbox" in run_command("threads", "--help").output
    message = "Error: The command 'gone' (no_digest:command) cannot be loaded: "
    assert run_command("gone").output.startswith(message)
    assert run_command("text").output.endswith("it is not a click command.\n")
    assert run_command("bookmark").exit_code == 2
    assert "Did you mean 'bookmarks'?" in run_command("bookmark").output


def test_what_gathers_is_an_entry_point() -> None:
    """No other module may import ``gather``."""
    settings = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [one for one in settings["tool"]["importlinter"]["contracts"] if one["id"] == "gather"]
    groups = settings["project"]["entry-points"]
    modules = {value.partition(":")[0] for group in GROUPS for value in groups[group].values()}
    assert set(contract["allowed_importers"]) <= modules
    assert list(installed(COMMANDS)) == ["bot", "import", "threads"]
    assert list(installed(RELEASE_NOTES)) == ["import"]


@pytest.mark.parametrize("arguments", [["collect", "irc", "x"], ["import", "x"], ["frobnicate"]])
def test_no_entry_points(project: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """The metadata of an editable install may be older than its modules."""
    monkeypatch.setattr("sphinxext.digest.cli.group.installed", lambda group: {})
    monkeypatch.setattr("sphinxext.digest.settings.collect_sources.installed", lambda group: {})
    outcome = run_command(*arguments)
    assert outcome.exit_code == 1
    assert outcome.output.endswith("is not installed: install sphinxext-digest again.\n")
    assert [run_command("--help").exit_code, run("--help").exit_code] == [0, 0]
    with pytest.raises(OptionError, match="has none of them"):
        sources([{"irc": "x"}])
