"""Schedules in files of the tests, as openstack/releases lays them out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.model import Schedule
from sphinxext.digest.schedule.load import Schedules, load_schedules
from sphinxext.digest.settings.options import Settings

#: A day in the cycle of most of the schedules here.
TODAY = date(2026, 11, 16)


class Files:
    """Writes files of schedules and loads them."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            text = text.encode()
        file.write_bytes(text)
        return file

    def load(self, *paths: str) -> Schedules:
        return load_schedules(self.root, self.settings, paths or ("releases",))

    def read(self, name: str, *paths: str) -> tuple[Schedule | None, list[str]]:
        """A schedule, and its problems in one line each."""
        schedules = self.load(*paths)
        schedule = schedules.find(name, TODAY)
        return schedule, [str(problem) for problem in schedules.problems]

    def series(self, name: str, yaml: str = "", rst: str = "") -> None:
        """Write the files of a series."""
        if yaml:
            self.write(f"releases/{name}/schedule.yaml", yaml)
        if rst:
            self.write(f"releases/{name}/schedule.rst", rst)


@pytest.fixture
def files(tmp_path: Path, make_settings: Callable[..., Settings]) -> Files:
    """Files in ``tmp_path``."""
    return Files(tmp_path, make_settings())
