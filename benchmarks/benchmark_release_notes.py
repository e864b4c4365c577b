"""A whole site of release notes: ``sphinx-build`` with ``reno.sphinxext`` and with ours, each as a whole process.

The site is nova's, from ``releasenotes/source``, with a ``conf.py`` that has nothing but the extension. The repository
is found as in the benchmark of histories. Versions, headings and texts of all pages are compared.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmark_history import _nova
from measure import Cost, Failure, Ratio, Result, in_turns, run_python

RUNS = 1
_SMALL_COMMITS = 100
_CONF = "project = 'Notes'\nextensions = ['{}']\nhtml_theme = 'basic'\nhtml_copy_source = False\n"
#: Identifiers, links and comments: ours lead to what stays, and name commits as git does.
_NOT_COMPARED = re.compile(r"<!--.*?-->|<span id=\"[^\"]*\"></span>| (?:id|href)=\"[^\"]*\"", re.DOTALL)
_BODY = re.compile(r'<div class="body" role="main">.*?<div class="clearer">', re.DOTALL)


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    repository = _made(folder / "small") if small else _nova(folder)
    source = folder / "source"
    if small:
        _write_pages(source)
    else:
        shutil.copytree(repository / "releasenotes/source", source, ignore=shutil.ignore_patterns("locale"))
    reno, ours, again = "reno.sphinxext", "sphinxext.digest", "sphinxext.digest, nothing new"
    variants = {
        reno: _build(reno, repository, source, folder / "reno"),
        ours: _build(ours, repository, source, folder / "ours", forget=True),
        again: _build(ours, repository, source, folder / "again"),
    }
    variants[again]()
    costs = in_turns(variants, runs or RUNS)
    if len({_sum_of_pages(folder / name / "html") for name in ("reno", "ours", "again")}) != 1:
        raise Failure("the pages are not the same")
    ratios = [
        Ratio.of("reno / ours", costs[reno], costs[ours], at_least=5),
        Ratio.of("reno / nothing new", costs[reno], costs[again]),
    ]
    notes = [
        "All pages are equal but for identifiers and comments.",
        "Builds and scans begin with nothing, but for the one with nothing new.",
    ]
    return Result("release-notes", f"site of the release notes of {repository.name}", ratios, costs, notes)


def _build(extension: str, repository: Path, source: Path, place: Path, *, forget: bool = False) -> Callable[[], Cost]:
    """Build the site in a process; reno finds the repository only from inside it."""
    copy = place / "source"
    copy.parent.mkdir()
    shutil.copytree(source, copy)
    (copy / "conf.py").write_text(_CONF.format(extension))
    code = f"import os, sys; from sphinx.cmd.build import main; os.chdir({str(repository)!r}); sys.exit(main())"

    def run() -> Cost:
        if forget:
            # the caches of scans are in the folder of the process
            for name in place.iterdir():
                if name.name != "source":
                    shutil.rmtree(name) if name.is_dir() else name.unlink()
        fresh = ["-E", "-a"] if extension.startswith("reno") else []
        return run_python("-c", code, "-q", *fresh, "-d", place / "doctrees", copy, place / "html", folder=place)

    return run


def _made(root: Path) -> Path:
    """A small repository with a note in each commit, and a version now and then."""
    lines = []
    for number in range(_SMALL_COMMITS):
        date = 1_500_000_000 + number * 60
        note = f"fixes:\n  - Fixed ``{number}``.\n"
        lines.append(f"commit refs/heads/master\ncommitter A <a@example.org> {date} +0000\ndata 1\nc")
        lines.append(f"M 100644 inline releasenotes/notes/a-{number:016x}.yaml\ndata {len(note)}\n{note}")
        if number % 20 == 10:
            lines.append(f"tag {number}.0.0\nfrom refs/heads/master\ntagger A <a@example.org> {date} +0000\ndata 1\nt")
    root.mkdir()
    subprocess.run(["git", "-c", "init.defaultBranch=master", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, check=True, input="\n".join(lines), text=True)
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=root, check=True)
    return root


def _write_pages(source: Path) -> None:
    source.mkdir()
    source.joinpath("index.rst").write_text("Notes\n=====\n\n.. toctree::\n\n   series\n")
    source.joinpath("series.rst").write_text("Series\n======\n\n.. release-notes::\n")


def _sum_of_pages(folder: Path) -> str:
    state = hashlib.sha256()
    for file in sorted(folder.rglob("*.html")):
        body = _BODY.search(file.read_text(encoding="utf-8"))
        if file.name not in {"genindex.html", "search.html"} and body:
            state.update(f"{file.relative_to(folder)} {_NOT_COMPARED.sub('', body[0])}".encode())
    return state.hexdigest()
