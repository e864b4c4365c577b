"""Real repositories, in the folder that ``SPHINXEXT_DIGEST_REPOS`` names: clones with all branches and tags.

reno takes minutes for the large ones.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from reno import config
from reno import scanner as reno_scanner

from sphinxext.digest.release.scanner import Scanner

_FOLDER = os.environ.get("SPHINXEXT_DIGEST_REPOS")
_REPOSITORIES = sorted(path.parent.name for path in Path(_FOLDER).glob("*/.git")) if _FOLDER else []
_SCANS: dict[str, dict[str, Any]] = {
    "current": {},
    "whole": {"stop_at_branch_base": False},
    "whole, as it was": {
        "stop_at_branch_base": False,
        "collapse_pre_releases": False,
        "ignore_null_merges": False,
    },
}


@pytest.mark.parametrize("name", _REPOSITORIES)
class TestRepository:
    @pytest.mark.parametrize("options", _SCANS.values(), ids=_SCANS)
    def test_scan(self, name: str, options: dict[str, Any]) -> None:
        self.compare(name, options)

    def test_newest_series(self, name: str) -> None:
        with Scanner(self.conf(name)) as scanner:
            branches = scanner.get_series_branches()
        for branch in branches[-1:]:
            self.compare(name, {"branch": branch})

    def compare(self, name: str, options: dict[str, Any]) -> None:
        conf = self.conf(name)
        conf.override(**options)
        with reno_scanner.Scanner(conf) as theirs:
            expected = theirs.get_notes_by_version()
            dates = theirs.get_version_dates()
        for _ in range(2):
            with Scanner(conf) as ours:
                assert list(ours.get_notes_by_version().items()) == list(expected.items())
                assert ours.get_version_dates() == dates

    def conf(self, name: str) -> Any:
        assert _FOLDER
        return config.Config(str(Path(_FOLDER, name)))
