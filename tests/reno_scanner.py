"""The scanner with those private methods of reno's that reno's own tests call."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sphinxext.digest.release.scanner import Scanner


class RenoScanner(Scanner):
    """Takes the place of ``reno.scanner.Scanner`` in reno's tests."""

    def __init__(self, conf: Any) -> None:
        super().__init__(conf)
        self._repo = SimpleNamespace(head=lambda: self._get_ref(None))

    def _get_ref(self, name: str | None) -> bytes:
        return self._refs.find(name)

    def _get_tags_on_branch(self, branch: str | None) -> list[str]:
        return self.get_versions_on_branch(branch)

    def _get_current_version(self, branch: str | None = None) -> str:
        return self._versions.current(branch)

    def _get_branch_base(self, branch: str) -> str | None:
        return self._versions.base(branch)

    def _get_earlier_branch(self, branch: str) -> str | None:
        return self._versions.earlier(branch)

    def _find_scan_stop_point(
        self, earliest_version: str | None, versions_by_date: Any, collapse_pre_releases: bool, branch: str | None
    ) -> str | None:
        return self._versions.stop_before(
            earliest_version, versions_by_date, collapse=collapse_pre_releases, branch=branch
        )
