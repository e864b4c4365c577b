"""Running the command: quickly in this process, or as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

from .cycle import write_schedules

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path("releasenotes", "digests")
SETTINGS = Path("releasenotes", "digest.yaml")
#: Weeks as OpenStack's digests have them, from Saturday to Friday.
WEEKS = "week_start: saturday\n"

Run = Callable[..., "Outcome"]


@dataclass
class Outcome:
    """What a run of the command came to."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project with an empty folder of fragments; it is the current folder."""
    root = tmp_path.resolve() / "project"
    (root / FOLDER).mkdir(parents=True)
    (root / SETTINGS).write_text(WEEKS)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def write(project: Path) -> Callable[..., Path]:
    """Writes a fragment of the project by the beginning of its name; the identity is a number."""

    def write(slug: str, text: str | bytes, identity: int = 1) -> Path:
        path = project / FOLDER / f"{slug}-{identity:016x}.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def run() -> Run:
    """Runs the command in this process."""
    try:
        runner = CliRunner(mix_stderr=False)  # type: ignore[call-arg]
    except TypeError:  # from click 8.2 on they are never mixed
        runner = CliRunner()

    def run(*arguments: str | Path, **env: str) -> Outcome:
        result = runner.invoke(cli, [str(argument) for argument in arguments], prog_name="sphinx-digest", env=env)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout_bytes.decode(), result.stderr_bytes.decode())

    return run


@pytest.fixture
def program() -> Callable[..., list[str | bytes]]:
    """Makes the arguments that run the command as a program, after code of the test's own."""

    def program(*arguments: str | bytes, before: str = "") -> list[str | bytes]:
        code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); {before}\n"
        return [sys.executable, "-c", f"{code}from sphinxext.digest.cli import main; main()", *arguments]

    return program


@pytest.fixture
def start(program: Callable[..., list[str | bytes]]) -> Run:
    """Runs the command as a program of its own."""

    def start(*arguments: str | bytes, before: str = "", **env: str) -> Outcome:
        result = subprocess.run(
            program(*arguments, before=before), capture_output=True, check=False, env={**os.environ, **env}, timeout=60
        )
        return Outcome(result.returncode, result.stdout.decode(), result.stderr.decode())

    return start


@pytest.fixture
def schedules(project: Path) -> Path:
    """Release schedules of one series, ``ibis``, which the project's settings name."""
    (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}schedules: [../releases]\n", encoding="utf-8")
    return write_schedules(project.parent / "releases")
