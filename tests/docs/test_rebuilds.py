"""The page on rebuilds: every reason that ``-v`` prints is in it, beside what decides it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "sphinxext" / "digest" / "extension"
PAGE = (ROOT / "doc" / "source" / "contributor" / "rebuilds.rst").read_text(encoding="utf-8")


def texts_in(node: ast.AST) -> Iterator[str]:
    """The texts in a piece of code that are reasons, and neither docstrings nor names."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.match("[a-z]+ .*[a-z]$", one.value):
            yield one.value


def reasons_of_reading() -> Iterator[tuple[str, str]]:
    """The dependencies that have a reason, and the reasons that they have."""
    for path in sorted(EXTENSION.glob("*.py")):
        for owner in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(owner, ast.ClassDef) or owner.name == "Dependency":
                continue
            for part in owner.body:
                is_reason = isinstance(part, ast.FunctionDef) and part.name == "reason"
                if is_reason or ast.unparse(part).startswith("reason = "):
                    yield from ((owner.name, text) for text in texts_in(part))


def reasons_of_writing() -> Iterator[str]:
    for part in ast.parse((EXTENSION / "rewrite.py").read_text(encoding="utf-8")).body:
        name = getattr(part, "name", "") or ast.unparse(part).partition(" = ")[0]
        if name in ("_outdated", "_reason", "_REASONS"):
            yield from texts_in(part)


@pytest.mark.parametrize(("owner", "reason"), list(reasons_of_reading()))
def test_reading(owner: str, reason: str) -> None:
    wanted = re.search(f"^{re.escape(reason)} +``{owner}``", PAGE, re.MULTILINE)
    assert wanted, f"add a row to 'Reading again' in doc/source/contributor/rebuilds.rst: {reason}  ``{owner}``"


@pytest.mark.parametrize("reason", list(reasons_of_writing()))
def test_writing(reason: str) -> None:
    wanted = re.search(f"^{re.escape(reason)}  ", PAGE, re.MULTILINE)
    assert wanted, f"add a row to 'Writing again' in doc/source/contributor/rebuilds.rst: {reason}"
