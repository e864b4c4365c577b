"""``sphinx-digest completion``, as shells run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import REPOSITORY, Run

#: Ask for completions of the words, of which the last one is unfinished.
_ASK = (
    'eval "$(sphinx-digest completion bash)"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); '
    '_sphinx_digest_completion sphinx-digest; printf "%s\\n" "${{COMPREPLY[@]}}"'
)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which the command is."""
    script = tmp_path / "sphinx-digest"
    script.write_text(
        f"#!{sys.executable}\nimport sys; sys.path.insert(0, {os.fspath(REPOSITORY)!r})\n"
        "from sphinxext.digest.cli import main; main()\n"
    )
    script.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sphinx-digest rep", ["report"]),
        ("sphinx-digest report --format ht", ["html"]),
        ("sphinx-digest release-notes li", ["lint", "list"]),
        ("sphinx-digest collect ir", ["irc"]),
    ],
)
def test_bash_completes(path: str, words: str, expected: list[str]) -> None:
    ask = _ASK.format(words=words)

    result = subprocess.run(
        ["bash", "-c", ask], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}, timeout=60
    )

    assert sorted(result.stdout.split()) == expected, result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(run: Run, shell: str) -> None:
    result = run("completion", shell)

    assert result.status == 0
    assert f"_SPHINX_DIGEST_COMPLETE={shell}_complete" in result.out


def test_unknown_shell(run: Run) -> None:
    assert run("completion", "tcsh").status == 2
