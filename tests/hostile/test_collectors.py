"""Each installed collector: hostile inputs for it, help, documentation; commands and collectors of others."""

from __future__ import annotations

import gzip
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
from sphinxext.digest.plugins import COLLECTORS, COMMANDS, installed, summary_of
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import sources

TESTS = Path(__file__).parents[1]
#: What stands before a file, where the arguments are not files.
ARGUMENTS = {"schedule": ["ibis", "--schedule"]}
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
    assert list(installed(COLLECTORS)) == ["feed", "gerrit", "ics", "irc", "mbox", "schedule"]


@pytest.mark.parametrize("name", installed(COLLECTORS))
def test_fuzz_inputs(name: str) -> None:
    """A target of the fuzzer is called like the collector, or begins with its name and a hyphen."""
    targets = [target for target in TARGETS if target == name or target.startswith(f"{name}-")]
    assert targets
    for target in targets:
        assert any(traps(target))
        assert any((TESTS / "fuzz" / "corpus" / target).iterdir())


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
    assert any(f"sphinx-digest collect {name}" in page.read_text(encoding="utf-8") for page in pages)
    summary = summary_of(installed(COLLECTORS)[name])
    assert summary.endswith(".")
    assert f"{name:10}{summary}"[:60] in run("--help").output


LINKS = '''"""Draft items from a list of links."""

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.fragments.write import identity_of, make_draft, plain_title
from sphinxext.digest.net.source import read_source


@click.command("links")
@click.argument("sources", nargs=-1, required=True)
@click.option("--group", default="Links")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], group: str) -> None:
    """Draft an item of each line: a URL and a title."""
    lines = [line for data in run.read(sources, read_source) for line in data.decode().splitlines()]
    links = [line.partition(" ")[::2] for line in lines]
    run.save(
        make_draft(
            identity_of("link", url), title, {"items": [{"group": group, "text": plain_title(title), "url": url}]},
            date="2026-12-25",
        )
        for url, title in links
    )
'''


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another distribution with a collector of links, which is a command as well, and others that are broken."""
    folder = tmp_path / "other"
    info = folder / "links_digest-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: links-digest\nVersion: 1.0\n", encoding="utf-8")
    points = ("links = links_digest:command", "gone = no_digest:command", "text = links_digest:__name__")
    ours = ("irc = links_digest:command", "threads = links_digest:command", "lint = links_digest:command")
    lines = [line for group in (COLLECTORS, COMMANDS) for line in (f"[{group}]", *points, *ours)]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "links_digest.py").write_text(LINKS, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    installed.cache_clear()
    yield folder
    installed.cache_clear()
    sys.modules.pop("links_digest", None)


def test_another_distribution(project: Path, other: Path) -> None:
    assert "links     Draft items from a list of links." in run("--help").output
    assert "links_digest" not in sys.modules
    assert installed(COLLECTORS)["irc"].value.startswith("sphinxext.digest.")
    (project / "x").write_text("https://example.org/1 A *fine* page\n", encoding="utf-8")
    (project / "releasenotes" / "digest.yaml").write_text("sources: [{links: x, group: Pages}]\n", encoding="utf-8")
    for arguments in (["links", "x", "gone.txt"], []):
        outcome = run(*arguments)
        assert outcome.exit_code == bool(arguments), outcome.output
    [file] = (project / "releasenotes" / "digests").iterdir()
    text = file.read_text(encoding="utf-8")
    assert "group: Links" in text
    assert "A \\*fine* page" in text


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
    names = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    assert (names[0], names[-3:]) == ("init", ["irc", "links", "text"])
    assert any(re.fullmatch(" *links +Draft items from a list of links[.]", line) for line in lines)
    assert "links_digest" not in sys.modules
    (project / "x").write_text("https://example.org/1 A page\n", encoding="utf-8")
    assert run_command("links", "x").output.startswith("releasenotes/digests/a-page-")
    # those of ours win
    assert "0 problems" in run_command("lint").output
    assert "mbox" in run_command("threads", "--help").output
    message = "Error: The command 'gone' (no_digest:command) cannot be loaded: "
    assert run_command("gone").output.startswith(message)
    assert run_command("text").output.endswith("it is not a click command.\n")
    assert run_command("link").exit_code == 2
    assert "Did you mean 'links' or 'lint'?" in run_command("link").output


def test_what_gathers_is_an_entry_point() -> None:
    """No other module may import ``gather``."""
    settings = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [one for one in settings["tool"]["importlinter"]["contracts"] if one["id"] == "gather"]
    groups = settings["project"]["entry-points"]
    modules = {value.partition(":")[0] for group in (COMMANDS, COLLECTORS) for value in groups[group].values()}
    assert set(contract["allowed_importers"]) <= modules
    assert list(installed(COMMANDS)) == ["bot", "import", "threads"]


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
