"""``schedule.yaml`` as openstack/releases has it: the rows of a cycle."""

from __future__ import annotations

from yaml.nodes import Node, ScalarNode

from sphinxext.digest import safeyaml
from sphinxext.digest.model import Period, Scope, week_number
from sphinxext.digest.problems import Code
from sphinxext.digest.schedule.nodes import NodeReader
from sphinxext.digest.schedule.rows import Claim, Mention, Row, Table

START, RELEASE, CYCLE = KEYS = ("start-week", "release-week", "cycle")
_SCOPES = {"x-project": Scope.CROSS_PROJECT, "project-specific": Scope.PROJECT_SPECIFIC}
_ROW_KEYS = ("start", "end", "name", *_SCOPES)


def read_cycle(root: Node, reader: NodeReader) -> Table:
    """Read the root of the file. A row with a problem is left out; a missing or wrong head is a problem only."""
    values = reader.mapping(root, "a schedule", KEYS)
    reader.require(root, values, "a schedule", *KEYS)
    claims = {name: _read_claim(reader, values[name], name) for name in (START, RELEASE) if name in values}
    rows = []
    for node in reader.items(values[CYCLE], CYCLE) if CYCLE in values else ():
        if (row := _read_row(reader, node)) is not None:
            rows.append(row)
    return Table(reader.path, rows, claims.get(START), claims.get(RELEASE))


def _read_claim(reader: NodeReader, node: Node, name: str) -> Claim | None:
    day = reader.day(node, name)
    return Claim(day, safeyaml.place_of(node)) if day else None


def _read_row(reader: NodeReader, node: Node) -> Row | None:
    values = reader.mapping(node, "a week", _ROW_KEYS)
    if not values or not reader.require(node, values, "a week", "start", "end"):
        return None
    start, end = reader.day(values["start"], "start"), reader.day(values["end"], "end")
    if start is None or end is None:
        return None
    if end < start:
        reader.complain(values["end"], Code.BAD_PERIOD, f"the week that begins on {start} ends before that, on {end}")
        return None
    name = reader.line(values["name"], "name") if "name" in values else None
    if name is not None and week_number(name) is None:
        reader.complain(values["name"], Code.BAD_VALUE, f"a week must be called R-17, R+0 or alike, not '{name}'")
        name = None
    mentions = [
        Mention(id, scope, safeyaml.place_of(item))
        for key, scope in _SCOPES.items()
        if key in values
        for item in reader.items(values[key], key)
        if isinstance(item, ScalarNode) or _refuse(reader, item, key)
        if (id := reader.line(item, key)) is not None
    ]
    return Row(Period(start, end), safeyaml.place_of(node), name, tuple(mentions))


def _refuse(reader: NodeReader, node: Node, key: str) -> bool:
    reader.complain(node, Code.WRONG_TYPE, f"an event in '{key}' must be the id of an anchor")
    return False
