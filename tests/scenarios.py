"""Scenario files: a text that says what it is about, then parts, each below a line ``=== NAME``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

#: The name begins with a letter or a full stop, which tells it from a table's line.
_PART = re.compile(r"^=== ([a-zA-Z.].*)\n", re.MULTILINE)


def scenario_files(folder: Path) -> list[Path]:
    """The scenarios of a folder; there must be some."""
    files = sorted(folder.glob("*.txt"))
    assert files, folder
    return files


def read_scenario(file: Path) -> dict[str, str]:
    """The parts of a scenario by their names, in the order of the file."""
    about, *rest = _PART.split(file.read_text(encoding="utf-8"))
    assert about.strip(), f"{file} does not say what it is about"
    names, texts = rest[::2], rest[1::2]
    assert len(set(names)) == len(names), f"{file} has a part twice"
    return dict(zip(names, texts, strict=True))


def compare_parts(file: Path, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """Fail if parts differ, with what differs and with the parts as they came out, to be copied if they are right."""
    wrong = [name for name in {**expected, **found} if found.get(name) != expected.get(name)]
    if not wrong:
        return
    diff = [
        line.rstrip("\n")
        for name in wrong
        for line in difflib.unified_diff(
            expected.get(name, "").splitlines(), found.get(name, "").splitlines(), f"expected {name}", f"found {name}"
        )
    ]
    parts = "".join(f"=== {name}\n{found[name]}" for name in wrong if name in found)
    words = f"{file} expects something else:\n\n" + "\n".join(diff)
    pytest.fail(f"{words}\n\nIf the new output is right, the case needs these parts:\n\n{parts}", pytrace=False)


def pseudo_xml(text: str) -> str:
    """docutils' pseudo-XML without what differs between versions: an attribute, and the line of the document."""
    return re.sub(r' internal="(?:True|1)"', "", re.sub(r"\A<document .*>", "<document>", text))
