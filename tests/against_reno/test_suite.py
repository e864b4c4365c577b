"""reno's own tests, as its distribution has them, with our scanner in the place of reno's.

All of them run. What they test beside the scanner, such as ``RenoRepo``, ``_ChangeAggregator``, the loader and the
formatter, stays reno's own.
"""

from __future__ import annotations

import inspect
import shutil
import unittest
from importlib import import_module

import pytest
from reno_scanner import RenoScanner

pytest.importorskip("testtools")
pytest.importorskip("fixtures")

#: Tests that cannot hold, with the reason.
_EXCEPTIONS: dict[str, str] = {}

_NAMES = ("cache", "config", "create", "exts", "formatter", "loader", "scanner", "semver", "utils")

pytestmark = pytest.mark.skipif(not shutil.which("gpg"), reason="reno's tests sign tags with gpg")

for _name in _NAMES:
    _module = import_module(f"reno.tests.test_{_name}")
    for _class_name, _class in inspect.getmembers(_module, inspect.isclass):
        if issubclass(_class, unittest.TestCase) and _class.__module__ == _module.__name__:
            globals()[f"{_name}_{_class_name}"] = _class


@pytest.fixture(autouse=True)
def ours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put our scanner in the place of reno's."""
    if reason := _EXCEPTIONS.get(request.node.name):
        pytest.skip(reason)
    monkeypatch.setattr("reno.scanner.Scanner", RenoScanner)


def test_it_is_ours() -> None:
    from reno import loader

    assert loader.scanner.Scanner is RenoScanner
