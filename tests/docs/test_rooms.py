"""The picture of the rooms, held against the imports between them and against the contract that checks them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sphinxext" / "digest"
CONTRIBUTOR = ROOT / "doc" / "source" / "contributor"

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture() -> ElementTree.Element:
    return ElementTree.parse(CONTRIBUTOR / "rooms.svg").getroot()


def rows_of(picture: ElementTree.Element) -> dict[str, int]:
    """The row of each room, from the place of its box, so that the picture cannot say one thing and show another."""
    boxes = {room.attrib["data-room"]: room for room in picture.iter(f"{_SVG}g") if room.get("class") == "room"}
    assert all(room.findtext(f"{_SVG}text") == name for name, room in boxes.items())
    tops = {
        name: float(box.attrib["y"]) for name, room in boxes.items() if (box := room.find(f"{_SVG}rect")) is not None
    }
    heights = sorted(set(tops.values()))
    return {name: heights.index(top) for name, top in tops.items()}


def imports_between_rooms() -> Iterator[tuple[str, str, Path]]:
    """Each import of another room, wherever in a module it is, with the file that has it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                base = node.module or ""
                names = [f"{base}.{alias.name}" for alias in node.names] if base == "sphinxext.digest" else [base]
            for name in names:
                match = re.match(r"sphinxext\.digest\.([a-z]\w*)", name)
                if match and match[1] != room:
                    yield room, match[1], path


def test_rows_are_the_layers_of_the_contract(picture: ElementTree.Element) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = (contract for contract in settings["contracts"] if contract["id"] == "layers")
    layers = {
        room: number for number, layer in enumerate(contract["layers"]) for room in re.split(r"\s*[|:]\s*", layer)
    }
    assert rows_of(picture) == layers


def test_every_room_is_in_the_picture_and_in_the_table(picture: ElementTree.Element) -> None:
    rooms = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(rows_of(picture)) == rooms - {"__init__"}
    text = (CONTRIBUTOR / "architecture.rst").read_text(encoding="utf-8")
    table = re.findall(r"^``(\w+)`` {2,}\w", text, re.MULTILINE)
    rows = rows_of(picture)
    assert set(table) == set(rows)
    assert [rows[name] for name in table] == sorted(rows.values())


def test_imports_go_down(picture: ElementTree.Element) -> None:
    rows = rows_of(picture)
    found = list(imports_between_rooms())
    assert len(found) > 300
    assert [(str(path), name) for room, name, path in found if rows[room] >= rows[name]] == []


def test_arrows_are_imports(picture: ElementTree.Element) -> None:
    arrows = {
        (path.attrib["data-from"], path.attrib["data-to"])
        for path in picture.iter(f"{_SVG}path")
        if path.get("class") == "way"
    }
    assert len(arrows) == 5
    assert arrows <= {(name, room) for room, name, _ in imports_between_rooms()}


def modules_imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Each of our modules that another one imports: where it begins, in functions, and for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in modules else node.module


def test_no_circle_of_imports() -> None:
    """Not even one that is hidden in a function; a circle ends the sort with an error that names its modules."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    # the whole package has the version, and the door through which Sphinx comes
    del modules["sphinxext.digest"]
    graph = {name: modules.keys() & set(modules_imported(path, modules)) for name, path in modules.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(modules) > 100
