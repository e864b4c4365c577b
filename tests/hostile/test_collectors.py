"""Each installed collector: hostile inputs for it, help, documentation, and what other distributions bring."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fuzz.targets import TARGETS
from fuzz.traps import traps

from sphinxext.digest.cli.collect import summary_of
from sphinxext.digest.cli.group import cli
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import COLLECTORS, collectors, sources

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
    assert list(collectors()) == ["feed", "gerrit", "irc", "mbox", "schedule"]


@pytest.mark.parametrize("name", collectors())
def test_fuzz_inputs(name: str) -> None:
    """A target of the fuzzer is called like the collector, or begins with its name and a hyphen."""
    targets = [target for target in TARGETS if target == name or target.startswith(f"{name}-")]
    assert targets
    for target in targets:
        assert any(traps(target))
        assert any((TESTS / "fuzz" / "corpus" / target).iterdir())


@pytest.mark.parametrize("name", collectors())
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(project: Path, name: str, data: bytes) -> None:
    (project / "x").write_bytes(data)
    outcome = run(name, *ARGUMENTS.get(name, []), "x")
    assert outcome.exit_code in (0, 1)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    assert not list((project / "releasenotes" / "digests").iterdir())


@pytest.mark.parametrize("name", collectors())
def test_help_and_documentation(name: str) -> None:
    pages = (TESTS.parent / "doc" / "source" / "user").glob("*.rst")
    assert any(f"sphinx-digest collect {name}" in page.read_text(encoding="utf-8") for page in pages)
    summary = summary_of(collectors()[name])
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
    """Another distribution with a collector of links, and others that are broken."""
    folder = tmp_path / "other"
    info = folder / "links_digest-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: links-digest\nVersion: 1.0\n", encoding="utf-8")
    points = ("links = links_digest:command", "gone = no_digest:command", "text = links_digest:__name__")
    ours = "irc = links_digest:command"
    (info / "entry_points.txt").write_text("\n".join([f"[{COLLECTORS}]", *points, ours]), encoding="utf-8")
    (folder / "links_digest.py").write_text(LINKS, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    collectors.cache_clear()
    yield folder
    collectors.cache_clear()
    sys.modules.pop("links_digest", None)


def test_another_distribution(project: Path, other: Path) -> None:
    assert "links     Draft items from a list of links." in run("--help").output
    assert "links_digest" not in sys.modules
    assert collectors()["irc"].value.startswith("sphinxext.digest.")
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
    assert run("gone").output.splitlines()[-1].startswith("Error: The collector 'gone' (no_digest:command) cannot be ")
    assert "is not a click command" in run("text").output
    assert [summary_of(EntryPoint("x", f"{name}:x", COLLECTORS)) for name in ("no_digest", "no.digest", "sys")] == [
        ""
    ] * 3


def test_no_collectors(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The metadata of an editable install may be older than its modules."""
    monkeypatch.setattr("sphinxext.digest.cli.collect.collectors", dict)
    monkeypatch.setattr("sphinxext.digest.settings.collect_sources.collectors", dict)
    assert "install sphinxext-digest again" in run("irc", "x").output
    assert run("--help").exit_code == 0
    with pytest.raises(OptionError, match="has none of them"):
        sources([{"irc": "x"}])
