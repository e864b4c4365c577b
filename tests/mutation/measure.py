"""Measure how many small changes to the code the tests notice.

    tox -e mutation                                   # every module in modules.toml, 20 changes of each
    tox -e mutation -- periods.py --changes 0         # every change of one module
    tox -e mutation -- --seed 7                       # other changes

cosmic-ray makes the changes, one at a time, in a clone of the last commit. A change that is not noticed is printed:
add the test that notices it, or delete the code that nothing needs, unless the change makes no difference. One that
makes the tests take too long is noticed, and counted once more by itself: it may as well be a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome, WorkResult

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = Path("sphinxext", "digest")
#: Annotations are never evaluated, and what a decorator caches does not change a result.
LEFT_OUT = ("core/ReplaceBinaryOperator_BitOr_", "core/RemoveDecorator")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="modules of modules.toml, relative to the package")
    parser.add_argument("--changes", type=int, default=20, help="changes of each module; 0 for all")
    parser.add_argument("--seed", type=int, default=1, help="which changes are made")
    arguments = parser.parse_args()
    tests = tomllib.loads((HERE / "modules.toml").read_text(encoding="utf-8"))
    noticed = made = late = 0
    for module in arguments.modules or tests:
        with TemporaryDirectory() as folder:
            tree = Path(folder, "tree")
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(tree)], check=True)
            outcomes = measure(tree, module, tests[module], arguments.changes, arguments.seed)
        survived = [result.diff or "" for result in outcomes if not result.is_killed]
        slow = sum(result.output == "timeout" for result in outcomes)
        print(f"{module}: {len(outcomes) - len(survived)} of {len(outcomes)} noticed, {slow} by time", flush=True)
        print("".join(f"{change.rstrip()}\n" for change in survived), end="", flush=True)
        noticed, made, late = noticed + len(outcomes) - len(survived), made + len(outcomes), late + slow
    print(f"{noticed} of {made} noticed, {100 * noticed / max(made, 1):.0f} %, {late} by time")


def measure(tree: Path, module: str, tests: list[str], changes: int, seed: int) -> list[WorkResult]:
    """Make changes to a module, and return what the tests said to each, with its diff."""
    command = f"{sys.executable} -m pytest -q -x -p no:cacheprovider {' '.join(tests)}"
    settings = {"module-path": str(PACKAGE / module), "timeout": 300.0, "test-command": command}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    Path(tree, "mutation.toml").write_text(
        "\n".join(["[cosmic-ray]", *lines, "excluded-modules = []", '[cosmic-ray.distributor]\nname = "local"\n']),
        encoding="utf-8",
    )
    # the clone's package has to win over the one that is installed
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    baseline = subprocess.run(command.split(), cwd=tree, env=env, check=False, capture_output=True, text=True)
    if baseline.returncode:
        sys.exit(f"{module}: its tests fail without any change\n{baseline.stdout[-2000:]}")

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "cosmic_ray.cli", *arguments], cwd=tree, env=env, check=True)

    run("init", "mutation.toml", "session.sqlite")
    with use_db(str(tree / "session.sqlite"), WorkDB.Mode.open) as db:
        items = [item for item in db.work_items if not item.mutations[0].operator_name.startswith(LEFT_OUT)]
        chosen = items if not changes else random.Random(seed).sample(items, min(changes, len(items)))
        kept = {item.job_id for item in chosen}
        for item in db.work_items:
            if item.job_id not in kept:
                db.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
    run("exec", "mutation.toml", "session.sqlite")
    with use_db(str(tree / "session.sqlite"), WorkDB.Mode.open) as db:
        results = dict(db.results)
    return [results[job] for job in sorted(kept)]


if __name__ == "__main__":
    main()
