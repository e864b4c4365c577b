"""Reading the files of one series to a schedule."""

from __future__ import annotations

from pathlib import Path

from yaml.nodes import MappingNode

from sphinxext.digest import safeyaml
from sphinxext.digest.model import Schedule
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.build import build_schedule
from sphinxext.digest.schedule.cycle import KEYS, read_cycle
from sphinxext.digest.schedule.files import read_file
from sphinxext.digest.schedule.grid import read_grid
from sphinxext.digest.schedule.nodes import NodeReader
from sphinxext.digest.schedule.own import KEYS as OWN_KEYS
from sphinxext.digest.schedule.own import read_own
from sphinxext.digest.schedule.page import Page, read_page
from sphinxext.digest.schedule.sources import Shown, Source
from sphinxext.digest.schedule.status import Statuses


def read_source(source: Source, shown: Shown, statuses: Statuses, problems: list[Problem]) -> Schedule | None:
    """The schedule of a series, or None if nothing of it can be used.

    :param problems: is added to.
    """
    path = shown(source.table)
    text = read_file(source.table, path, problems)
    if text is None:
        return None
    if source.table.suffix == ".rst":
        whole = read_page(text, path)
        name = source.series or source.table.stem
        table = read_grid(text, whole, statuses.get(name), problems)
        return build_schedule(name, table, whole, statuses, problems) if table is not None else None
    before = len(problems)
    root = safeyaml.compose(text, path, problems, max_aliases=0)
    reader = NodeReader(path, problems)
    keys = {key.value for key, _ in root.value} if isinstance(root, MappingNode) else set()
    if root is None or not keys & {*KEYS, *OWN_KEYS}:
        if len(problems) == before:
            message = "this is not a release schedule: it has neither 'cycle' nor 'milestones'"
            problems.append(Problem(path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    if not keys & set(KEYS):
        return read_own(root, text, reader, source)
    page = _read_prose(source.prose, shown, problems)
    return build_schedule(source.series or source.table.stem, read_cycle(root, reader), page, statuses, problems)


def _read_prose(file: Path | None, shown: Shown, problems: list[Problem]) -> Page | None:
    if file is None:
        return None
    path = shown(file)
    text = read_file(file, path, problems)
    return read_page(text, path) if text is not None else None
