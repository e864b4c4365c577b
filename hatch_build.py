"""A hook of hatchling: puts the manual page into the wheel, if it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("build/man/sphinx-digest.1")


class ManualPage(BuildHookInterface):
    """Add ``share/man/man1/sphinx-digest.1`` to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the page, before a distribution is built."""
        if self.target_name == "wheel" and version == "standard" and (Path(self.root) / PAGE).is_file():
            build_data["shared_data"][str(PAGE)] = f"share/man/man1/{PAGE.name}"
