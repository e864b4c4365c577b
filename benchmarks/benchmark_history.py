"""Finding the release notes of a large repository: reno's scanner and ours, each as a whole process.

The repository is OpenStack's nova: the clone ``nova`` in the folder that ``SPHINXEXT_DIGEST_REPOS`` names, or a new
one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from measure import Cost, Failure, Ratio, Result, in_turns, run_python

RUNS = 3
_URL = "https://opendev.org/openstack/nova"
#: What is printed is the number of notes, and a sum of all that was found.
_SCRIPT = """
import hashlib, json, sys
from reno.config import Config
from {module} import Scanner
conf = Config(sys.argv[1])
conf.override(**json.loads(sys.argv[2]))
with Scanner(conf) as scanner:
    found = list(scanner.get_notes_by_version().items())
print(sum(len(files) for _, files in found), hashlib.sha256(repr(found).encode()).hexdigest())
"""
_SMALL_COMMITS = 500


def measure(folder: Path, *, runs: int | None, small: bool, **_options: object) -> Result:
    repository = _made(folder / "small") if small else _nova(folder)
    scans = {
        "current branch": {},
        "stable branch": {"branch": _newest_series(repository)},
        "whole history": {"stop_at_branch_base": False},
    }
    costs: dict[str, list[Cost]] = {}
    ratios = []
    for name, options in scans.items():
        reno, cold, warm = f"{name}, reno", f"{name}, cold", f"{name}, warm"
        place = folder / name.replace(" ", "-")
        place.mkdir()
        arguments = (str(repository), json.dumps(options))
        variants = {
            reno: _scan("reno.scanner", arguments, place / "reno"),
            cold: _scan("sphinxext.digest.release.scanner", arguments, place / "cold", forget=True),
            warm: _scan("sphinxext.digest.release.scanner", arguments, place / "warm"),
        }
        variants[warm]()
        measured = in_turns(variants, runs or (1 if small else RUNS))
        if len({cost.output for values in measured.values() for cost in values}) != 1:
            raise Failure(f"{name}: the results are not the same")
        costs |= measured
        ratios += [
            Ratio.of(f"{name}, reno / cold", measured[reno], measured[cold], at_least=30),
            Ratio.of(f"{name}, reno / warm", measured[reno], measured[warm], at_least=100),
            Ratio(
                f"{name}, memory, cold / reno",
                [cost.peak / other.peak for cost, other in zip(measured[cold], measured[reno], strict=True)],
                at_most=1,
            ),
        ]
    notes = [
        "Results are equal, the order of versions and notes included.",
        "Cold is without what earlier scans kept, warm is with it and with nothing new.",
        "Memory is the peak of the largest process.",
    ]
    return Result("history", f"release notes of {repository.name}", ratios, costs, notes)


def _scan(module: str, arguments: tuple[str, str], home: Path, *, forget: bool = False) -> Callable[[], Cost]:
    """Scan with the scanner of a module; what it keeps is in ``home``."""

    def run() -> Cost:
        if forget:
            shutil.rmtree(home, ignore_errors=True)
        home.mkdir(exist_ok=True)
        return run_python("-c", _SCRIPT.format(module=module), *arguments, folder=home)

    return run


def _nova(folder: Path) -> Path:
    if clones := os.environ.get("SPHINXEXT_DIGEST_REPOS"):
        return Path(clones, "nova").resolve()
    print("nova is cloned first, which takes a while", flush=True)
    subprocess.run(["git", "clone", "--quiet", _URL, folder / "nova"], check=True)
    return folder / "nova"


def _newest_series(repository: Path) -> str:
    command = ["git", "-C", repository, "for-each-ref", "--format=%(refname:strip=2)", "refs/**/stable/*"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return max(names, key=lambda name: name.rpartition("/")[-1])


def _made(root: Path) -> Path:
    """A small repository with a note in each commit, a version now and then, and a series."""
    lines = []
    for number in range(_SMALL_COMMITS):
        date = 1_500_000_000 + number * 60
        lines.append(f"commit refs/heads/master\ncommitter A <a@example.org> {date} +0000\ndata 1\nc")
        lines.append(f"M 100644 inline releasenotes/notes/a-{number:016x}.yaml\ndata 5\nfixes\n")
        if number % 100 == 50:
            lines.append(f"tag {number}.0.0\nfrom refs/heads/master\ntagger A <a@example.org> {date} +0000\ndata 1\nt")
        if number == _SMALL_COMMITS // 2:
            lines.append("reset refs/heads/stable/a\nfrom refs/heads/master\n")
    root.mkdir()
    subprocess.run(["git", "-c", "init.defaultBranch=master", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, check=True, input="\n".join(lines), text=True)
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=root, check=True)
    return root
