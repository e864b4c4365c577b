"""Release notes on pages beside the same text as static pages: what it costs to ask git and to read notes.

The site is keystone's, with a page for each of its series, from the clone ``keystone`` in the folder that
``SPHINXEXT_DIGEST_REPOS`` names, or a new one. The static pages have the directive's report in its place. Every build
makes all pages from nothing; the scans of the history are cached in one of them, as in a second build of a CI system.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmark_release_notes import _made, _write_pages
from measure import Cost, Failure, Ratio, Result, in_turns, run_python

RUNS = 5
_URL = "https://opendev.org/openstack/keystone"
_CONF = "project = 'Notes'\nextensions = [{}]\nhtml_theme = 'basic'\nhtml_copy_source = False\n"
_DIRECTIVE = re.compile(r"^\.\. release-notes::.*\n((?:[ \t]+\S.*\n?)*)", re.MULTILINE)
#: An option may go on in the next lines.
_OPTION = re.compile(r"^[ \t]+:([a-z-]+):[ \t]*((?:.*\n?)(?:[ \t]+[^ \t:\n].*\n?)*)", re.MULTILINE)
_COMMAND = "import sys; from sphinxext.digest.cli.group import cli; cli(sys.argv[1:], prog_name='sphinx-digest')"
_BUILD = "import sys; from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    repository = _made(folder / "small") if small else _keystone(folder)
    source = folder / "source"
    if small:
        _write_pages(source)
    else:
        shutil.copytree(repository / "releasenotes/source", source, ignore=shutil.ignore_patterns("locale"))
    static, ours, known = "static pages", "sphinxext.digest", "sphinxext.digest, history known"
    variants = {
        static: _build(_static(source, repository, folder / "static"), ""),
        ours: _build(_copied(source, folder / "ours"), "'sphinxext.digest'", repository, forget=True),
        known: _build(_copied(source, folder / "known"), "'sphinxext.digest'", repository),
    }
    variants[known]()
    costs = in_turns(variants, runs or RUNS)
    sizes = {name: _words(folder / name / "html") for name in ("static", "ours", "known")}
    if len(set(sizes.values())) != 1:
        raise Failure(f"the pages do not have the same words: {sizes}")
    ratios = [
        Ratio.of("ours / static", costs[ours], costs[static], at_most=1.15),
        Ratio.of("ours, history known / static", costs[known], costs[static], at_most=1.15),
    ]
    notes = ["The processor's time tells more than the clock's where other work goes on."]
    return Result("static-notes", f"release notes of {repository.name} and static pages", ratios, costs, notes)


def _keystone(folder: Path) -> Path:
    if clones := os.environ.get("SPHINXEXT_DIGEST_REPOS"):
        return Path(clones, "keystone").resolve()
    print("keystone is cloned first, which takes a while", flush=True)
    subprocess.run(["git", "clone", "--quiet", _URL, folder / "keystone"], check=True)
    return folder / "keystone"


def _copied(source: Path, place: Path) -> Path:
    shutil.copytree(source, place / "source")
    return place


def _static(source: Path, repository: Path, place: Path) -> Path:
    """Write the pages with the report of each directive in its place."""
    for page in _copied(source, place).joinpath("source").rglob("*.rst"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_DIRECTIVE.sub(lambda found: _report(found[1], repository, place), text), encoding="utf-8")
    return place


def _report(options: str, repository: Path, folder: Path) -> str:
    found = {name: " ".join(value.split()) for name, value in _OPTION.findall(options)}
    arguments = [part for name, value in found.items() for part in (f"--{name}", value)]
    command = ("--project", repository, "release-notes", "report", "--format", "rst", "--title", "", *arguments)
    return run_python("-c", _COMMAND, *command, folder=folder).output


def _build(place: Path, extension: str, repository: Path | None = None, *, forget: bool = False) -> Callable[[], Cost]:
    conf = _CONF.format(extension)
    (place / "source/conf.py").write_text(conf, encoding="utf-8")
    if repository is not None:
        # the directive looks for the repository from the folder of the sources
        for page in (place / "source").rglob("*.rst"):
            text = page.read_text(encoding="utf-8")
            page.write_text(_DIRECTIVE.sub(lambda found: _with_root(found[0], repository), text), "utf-8")

    def run() -> Cost:
        for name in place.iterdir():
            if name.name in ("html", "doctrees") or (forget and name.name != "source"):
                shutil.rmtree(name) if name.is_dir() else name.unlink()
        arguments = ("-q", "-d", place / "doctrees", place / "source", place / "html")
        return run_python("-c", _BUILD, *arguments, folder=place)

    return run


def _with_root(directive: str, repository: Path) -> str:
    return f"{directive.rstrip()}\n   :reporoot: {repository}\n"


def _words(folder: Path) -> int:
    """Return the number of words on all pages, which tells whether they have the same text."""
    body = re.compile(r'<div class="body" role="main">.*?<div class="clearer">', re.DOTALL)
    count = 0
    for file in sorted(folder.rglob("*.html")):
        if (found := body.search(file.read_text(encoding="utf-8"))) and file.stem not in ("genindex", "search"):
            count += len(re.sub(r"<!--.*?-->|<[^>]*>", " ", found[0], flags=re.DOTALL).split())
    return count
