"""Reading the file of a project's settings."""

from __future__ import annotations

from pathlib import Path

from yaml.nodes import MappingNode, Node

from sphinxext.digest import safeyaml
from sphinxext.digest.model import Place
from sphinxext.digest.options import COLLECTIONS, SETTINGS_FILE
from sphinxext.digest.problems import Code, Problem


def read_settings_file(root: Path) -> tuple[dict[str, object], dict[str, Place], list[Problem]]:
    """The values of ``releasenotes/digest.yaml``, where each of them stands, and problems of the file itself."""
    problems: list[Problem] = []
    file = root / SETTINGS_FILE
    try:
        data = file.read_bytes()
    except OSError as error:
        return {}, {}, [Problem(SETTINGS_FILE, 0, 0, Code.UNREADABLE, f"cannot be read: {error.strerror}")]
    text = safeyaml.decode(data, SETTINGS_FILE, problems)
    node = safeyaml.compose(text, SETTINGS_FILE, problems, max_aliases=0) if text is not None else None
    if text is None or node is None:
        return {}, {}, problems
    safeyaml.report_cut_values(node, text, SETTINGS_FILE, problems)
    if not isinstance(node, MappingNode):
        problems.append(Problem(SETTINGS_FILE, 1, 1, Code.WRONG_TYPE, "the settings must be a mapping"))
        return {}, {}, problems
    values: dict[str, object] = {}
    places: dict[str, Place] = {}
    for name, key, value in safeyaml.items_of(node, SETTINGS_FILE, problems):
        before = len(problems)
        result = safeyaml.plain_value(value, SETTINGS_FILE, problems)
        if len(problems) == before:
            values[name] = result
        places[name] = safeyaml.place_of(key)
        if name == COLLECTIONS:
            places |= _places_of_collections(value)
    return values, places, problems


def _places_of_collections(node: Node) -> dict[str, Place]:
    """Where each collection and each of its options stands, by names as in ``collections.<pages>.<option>``."""
    places = {}
    for pages, changes in node.value if isinstance(node, MappingNode) else ():
        name = f"{COLLECTIONS}.{pages.value}"
        places[name] = safeyaml.place_of(pages)
        for option, _value in changes.value if isinstance(changes, MappingNode) else ():
            places[f"{name}.{option.value}"] = safeyaml.place_of(option)
    return places
