"""Random histories: our scanner and reno's must agree."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.scanner import Scanner

from .histories import NOTES, History, git, histories

config = pytest.importorskip("reno.config")
reno_scanner = pytest.importorskip("reno.scanner")

#: Each example makes a repository and scans it twice.
_FEWER = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
_OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "branch": st.sampled_from(["master", "stable/a", "stable/b", "stable/c", "stable/2024.1", "topic", "2.0.0"]),
        "earliest_version": st.sampled_from(["1.0.0", "1.0.0.0rc1", "2.0.0"]),
        "collapse_pre_releases": st.just(False),
        "stop_at_branch_base": st.just(False),
        "ignore_null_merges": st.just(False),
        "ignore_notes": st.just(["one-0000000000000001.yaml"]),
    },
)


def outcome(scanner_class: Any, root: Path, options: dict[str, Any]) -> tuple[str, Any]:
    conf = config.Config(str(root))
    conf.override(**options)
    try:
        with scanner_class(conf) as scanner:
            return "notes", list(scanner.get_notes_by_version().items())
    except Exception as error:
        return type(error).__name__, error


def compare(history: History, options: dict[str, Any], change: Any = None) -> None:
    root = Path(tempfile.mkdtemp()) / "repository"
    try:
        history.write(root)
        if change:
            # what is kept of this scan must not matter to the next one
            outcome(Scanner, root, options)
            change(root)
        kind, expected = outcome(reno_scanner.Scanner, root, options)
        ours, found = outcome(Scanner, root, options)
        event(kind)
        if kind == "notes":
            assert (ours, found) == (kind, expected)
        elif ours == "notes":
            # reno gives up at merges of three, or that add a note: these are no reason to
            assert "nknown re" not in str(expected)
        else:
            assert isinstance(found, HistoryError), (found, expected)
            assert "\n" not in str(found)
    finally:
        shutil.rmtree(root.parent)


@_FEWER
@given(histories(), _OPTIONS)
def test_histories(alone: None, history: History, options: dict[str, Any]) -> None:
    compare(history, options)


@_FEWER
@given(histories(size=30, skewed=False), _OPTIONS, st.sampled_from([0, 1_000_000]))
def test_reading_no_further_than_needed(
    alone: None, monkeypatch: pytest.MonkeyPatch, history: History, options: dict[str, Any], patience: int
) -> None:
    monkeypatch.setattr("sphinxext.digest.release.git._CHUNK", 1)
    monkeypatch.setattr("sphinxext.digest.release.graph._MARGIN", 0)
    monkeypatch.setattr("sphinxext.digest.release.graph._PATIENCE", patience)
    compare(history, options)


@_FEWER
@given(histories(size=20), _OPTIONS, st.data())
def test_histories_that_grow(alone: None, history: History, options: dict[str, Any], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(history.commits)))
    compare(history.beginning(size), options, history.put)


_NAME = st.sampled_from(
    [f"one-{1:016x}.yaml", f"zwölf-日本-{2:016x}.yaml", f"one-{3:016x}.yaml", f"two-{1:016x}.yaml"]
)
_DEEDS = st.lists(
    st.tuples(st.sampled_from(["write", "write", "delete", "touch", "stage", "intend"]), _NAME), max_size=6
)


@_FEWER
@given(histories(size=6), _DEEDS)
def test_what_is_not_committed(alone: None, history: History, deeds: list[tuple[str, str]]) -> None:
    def change(root: Path) -> None:
        for number, (deed, name) in enumerate(deeds):
            file = root / NOTES / name
            if deed == "write":
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(str(number))
            elif deed == "delete":
                file.unlink(missing_ok=True)
            elif deed == "touch" and file.exists():
                os.utime(file, (number, number))
            elif deed == "stage" and (file.exists() or git(root, "ls-files", str(file))):
                git(root, "add", "--all", str(file))
            elif deed == "intend" and file.exists():
                git(root, "add", "--intent-to-add", str(file))

    compare(history, {}, change)
