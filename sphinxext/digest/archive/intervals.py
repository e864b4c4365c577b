"""Adding intervals to the settings, and leaving everything else in the file as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from sphinxext.digest import safeyaml
from sphinxext.digest.model import Period
from sphinxext.digest.options import COLLECTIONS, SETTINGS_FILE, Settings
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.project import Project, load_project

_KEY = "intervals"


def needed_intervals(settings: Settings, periods: Sequence[Period]) -> list[Period]:
    """The periods of digests that the calendar of a collection does not have."""
    calendar = settings.calendar
    return sorted({period for period in periods if calendar.period_of(period.end) != period})


def with_intervals(project: Project, settings: Settings, periods: Sequence[Period]) -> str:
    """The text of the settings' file with intervals added for a collection.

    :raises DigestError: if the file is written in a way that does not allow to add them without touching the rest.
    """
    file = project.root / SETTINGS_FILE
    text = file.read_text(encoding="utf-8") if file.exists() else "---\n"
    root = safeyaml.compose(text, SETTINGS_FILE, [], max_aliases=0)
    is_main = settings is project.main
    parent = root if is_main else _value(_value(root, COLLECTIONS), settings.pages)
    known = settings.intervals if not is_main and _value(parent, _KEY) is None else ()
    lines = [str(period) for period in (*known, *periods)]
    if root is None and is_main:
        return _appended(text, lines, "")
    if isinstance(parent, MappingNode) and not parent.flow_style and (result := _inserted(text, parent, lines)):
        return result
    wanted = ", ".join(lines)
    message = f"add to the '{_KEY}' of {'the project' if is_main else settings.pages} by hand: {wanted}"
    raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.BAD_SETTING, message))


def check_intervals(root: Path, text: str, folder: str, periods: Sequence[Period]) -> None:
    """Make sure that new settings say what was meant, before they replace the old ones.

    :raises DigestError: if they do not.
    """
    problems: list[Problem] = []
    node = safeyaml.compose(text, SETTINGS_FILE, problems, max_aliases=0)
    found = _periods(node, folder, load_project(root)[0])
    if problems or not {str(period) for period in periods} <= found:
        message = f"add to the '{_KEY}' by hand: {', '.join(map(str, periods))}"
        raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.BAD_SETTING, message))


def _periods(root: Node | None, folder: str, project: Project) -> set[str]:
    settings = project.for_fragments(folder) or project.main
    parent = root if settings is project.main else _value(_value(root, COLLECTIONS), settings.pages)
    node = _value(parent, _KEY)
    return {item.value for item in node.value} if isinstance(node, SequenceNode) else set()


def _value(node: Node | None, key: str) -> Node | None:
    for name, value in node.value if isinstance(node, MappingNode) else ():
        if name.value == key:
            assert isinstance(value, Node)
            return value
    return None


def _appended(text: str, periods: list[str], margin: str) -> str:
    body = text if text.endswith("\n") or not text else f"{text}\n"
    return body + f"{margin}{_KEY}:\n" + "".join(f"{margin}  - {period}\n" for period in periods)


def _inserted(text: str, parent: MappingNode, periods: list[str]) -> str | None:
    """The text with periods in the list of a mapping, which gets one if it has none."""
    lines = text.split("\n")
    node = _value(parent, _KEY)
    if isinstance(node, SequenceNode) and node.value and not node.flow_style:
        last = node.value[-1]
        margin = lines[last.start_mark.line][: last.start_mark.column]
        if margin.strip() != "-" or "\n" in text[last.start_mark.index : last.end_mark.index].strip():
            return None
        at = last.start_mark.line + 1
        return "\n".join([*lines[:at], *(f"{margin}{period}" for period in periods), *lines[at:]])
    if isinstance(node, SequenceNode):
        end = node.end_mark.index - 1
        if text[end : end + 1] != "]":
            return None
        last = text[:end].rstrip()
        before = last.rstrip(",")
        return f"{before}{', ' if node.value else ''}{', '.join(periods)}{text[len(last) :]}"
    if node is not None:
        return None
    margin = " " * parent.start_mark.column
    at = parent.value[0][0].start_mark.line
    new = [f"{margin}{_KEY}:", *(f"{margin}  - {period}" for period in periods)]
    if not margin:
        return _appended(text, periods, "") if "\n..." not in text else None
    return "\n".join([*lines[:at], *new, *lines[at:]])
