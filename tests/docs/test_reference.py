"""What is not made from the code is complete all the same: directives, roles, classes, and the map of the code."""

from __future__ import annotations

import re
import tomllib
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


@pytest.mark.parametrize("page", ["map", "architecture"])
def test_contributors_find_the_files(page: str) -> None:
    text = (SOURCE / "contributor" / f"{page}.rst").read_text(encoding="utf-8")
    names = [name for name in _LITERAL.findall(text) if re.fullmatch(r"[\w./-]*/[\w./-]*|\w+\.(?:py|toml)", name)]
    assert len(names) > 30 if page == "map" else len(names) > 20
    folders = (ROOT, PACKAGE, SOURCE)
    assert [name for name in names if not any((folder / name).exists() for folder in folders)] == []


def test_the_map_is_short() -> None:
    text = (SOURCE / "contributor" / "map.rst").read_text(encoding="utf-8")
    recipes = re.findall(r"^[A-Z].*\n {3}\S", text, re.MULTILINE)
    assert 10 <= len(recipes) <= 15


def test_modules_and_tests_to_measure() -> None:
    """The list that ``tox -e mutation`` goes through."""
    listed = tomllib.loads((ROOT / "tests" / "mutation" / "modules.toml").read_text(encoding="utf-8"))
    assert len(listed) > 20
    assert [name for name in listed if not (PACKAGE / name).is_file()] == []
    assert [test for tests in listed.values() for test in tests if not (ROOT / test).exists()] == []
