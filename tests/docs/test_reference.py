"""What is not made from the code is complete all the same: directives, roles, classes, and the map of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from sphinxext.digest.extension.directives import DIRECTIVES, REPLACEMENTS
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.model import Kind, State

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sphinxext" / "digest"
SOURCE = ROOT / "doc" / "source"

_LITERAL = re.compile(r"``([^`\n]+)``")
#: Names of the code that begin in the same way: a directive, a folder, an attribute.
NO_CLASSES = {"digest-archive", "digest-collection", "digest-joint", "digest-listing", "digest-mail", "digest-pages"}


def test_directives_and_their_options() -> None:
    text = (SOURCE / "reference" / "directives.rst").read_text(encoding="utf-8")
    for name, directive in (DIRECTIVES | REPLACEMENTS).items():
        parts = re.findall(rf"^\.\. rst:directive:: \.\. {name}::(?s:.*?)(?=^\.\. rst:|\Z)", text, re.MULTILINE)
        assert parts, name
        described = set(re.findall(r"rst:directive:option:: ([a-z-]+)(?::|$)", "".join(parts), re.MULTILINE))
        assert described == set(directive.option_spec or ()) - {"fragments"}, name


def test_roles() -> None:
    text = (SOURCE / "reference" / "roles.rst").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:\.\. rst:role::)? +digest:([a-z]+)$", text, re.MULTILINE)) == set(DigestDomain.roles)


def test_classes() -> None:
    files = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.js")])
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r'"(digest-[a-z]+(?:-name)?)"', code)) - NO_CLASSES
    parts = {"references", "milestone", "span", *Kind} - {Kind.PRELUDE, Kind.CLOSING}
    used |= {f"digest-{part}-section" for part in parts} | {f"digest-{state}" for state in State}
    used.add("digest-of-digests")  # which is made of the name of a folder
    text = (SOURCE / "user" / "styling.rst").read_text(encoding="utf-8")
    named = {name for name in _LITERAL.findall(text) if name.startswith("digest-")}
    sheets = {path.name for path in PACKAGE.rglob("*.css")}
    assert named - sheets == used


def test_map_leads_somewhere() -> None:
    text = (SOURCE / "contributor" / "map.rst").read_text(encoding="utf-8")
    paths = [name for name in _LITERAL.findall(text) if re.fullmatch(r"[\w./]*/[\w./]*|\w+\.(?:py|toml)", name)]
    assert len(paths) > 30
    folders = (ROOT, PACKAGE, SOURCE, ROOT / "benchmarks")
    # a bare name stands after one with its folder
    names = {file.name for file in PACKAGE.rglob("*.py")}
    missing = [path for path in paths if path not in names and not any((folder / path).exists() for folder in folders)]
    assert not missing
