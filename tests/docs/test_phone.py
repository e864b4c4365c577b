"""Pages of this documentation with long names, on a phone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "doc" / "source"
PAGES = (
    "contributor/map",
    "reference/commands",
    "reference/options",
    "user/bot",
    "user/collecting",
    "user/hosts",
    "user/translating",
)
SIZE = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}


def test_nothing_has_to_be_moved_sideways(driver: Any, tmp_path: Path) -> None:
    pytest.importorskip("sphinx_rtd_theme")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(SOURCE), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
    try:
        widths = {}
        for page in PAGES:
            driver.get((tmp_path / f"{page}.html").as_uri())
            widths[page] = driver.execute_script("return document.documentElement.scrollWidth")
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert widths == dict.fromkeys(PAGES, SIZE["width"])
