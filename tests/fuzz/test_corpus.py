"""What random inputs have found before, within the limits of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("docutils")

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
TARGETS = sorted(folder.name for folder in CORPUS.iterdir())
#: How much longer anything may take where other programs run, too.
FACTOR = 5.0


def test_each_target_has_a_corpus() -> None:
    from .targets import TARGETS as targets

    assert sorted(targets) == TARGETS, "each target has a folder of inputs in tests/fuzz/corpus"
    files = [file for file in CORPUS.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 1_000_000
    assert len(files) < 500


@pytest.mark.parametrize("name", TARGETS)
def test_corpus(name: str) -> None:
    """In a process of its own, whose memory nobody else uses; the whole of it counts."""
    command = [sys.executable, "-m", "fuzz.replay", name, f"--factor={FACTOR}", "--corpus-only"]
    found = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=550, check=False)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    counts = json.loads(found.stdout.splitlines()[-1])
    assert counts["corpus"] == len(list((CORPUS / name).iterdir())) > 0
