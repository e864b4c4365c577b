"""``sphinx-digest preview``: the browser shows drafts, and what changes, without being asked."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import missing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DRAFT = "date: 2026-11-25\ndraft: true\nsuccesses: ['ada: First words']\n"
#: How long a build may take on a busy machine, in seconds.
PATIENCE = 180.0


class Preview:
    """A preview of a project, whose messages go to a file."""

    def __init__(self, project: Path, cache: Path, *arguments: str) -> None:
        self._log = project.parent / "preview.log"
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sphinxext.digest.cli import main; main()"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", code, "preview", "2026-11-25", "--no-browser", *arguments],
                cwd=project,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
            )

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()

    @property
    def url(self) -> str:
        """The address that it says, once the page is there."""
        found: list[str] = []

        def is_said() -> bool:
            found[:] = re.findall(r"http://127\.0\.0\.1:\d+/\S+\.html", self._log.read_text())
            return bool(found)

        self.wait(is_said)
        return found[0]

    def wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self._log.read_text()
            assert self._process.poll() is None, self._log.read_text()
            time.sleep(0.2)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a draft, and without documentation."""
    root = tmp_path / "gannet"
    (root / "releasenotes" / "digests").mkdir(parents=True)
    (root / "releasenotes" / "digests" / "one-0000000000000001.yaml").write_text(DRAFT)
    return root


@pytest.fixture
def preview(project: Path, tmp_path: Path) -> Iterator[Callable[..., Preview]]:
    if importlib.util.find_spec("sphinx_autobuild") is None:
        missing("sphinx-autobuild")
    started: list[Preview] = []

    def start(*arguments: str) -> Preview:
        started.append(Preview(project, tmp_path / "cache", *arguments))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def text_of(driver: Any) -> str:
    from selenium.common.exceptions import WebDriverException

    try:
        return str(driver.execute_script("return document.body.innerText"))
    except WebDriverException:  # it is being loaded
        return ""


@pytest.mark.parametrize("has_docs", [True, False])
def test_drafts_and_changes_are_shown(
    driver: Any, project: Path, preview: Callable[..., Preview], has_docs: bool
) -> None:
    if has_docs:
        docs = project / "doc" / "source"
        docs.mkdir(parents=True)
        (docs / "conf.py").write_text("project = 'Gannet'\nextensions = ['sphinxext.digest']\n")
        (docs / "index.rst").write_text("Gannet\n======\n\n.. toctree::\n\n   digests/index\n")
    before = {path for path in project.rglob("*") if path.is_file()}

    served = preview()
    driver.get(served.url)
    assert "Draft ada: First words" in text_of(driver)
    # it watches from when it serves pages on, or a moment later
    time.sleep(2)
    (project / "releasenotes" / "digests" / "one-0000000000000001.yaml").write_text(DRAFT.replace("First", "Other"))

    served.wait(lambda: "Draft ada: Other words" in text_of(driver))
    assert {path for path in project.rglob("*") if path.is_file()} == before


def test_without_drafts(driver: Any, project: Path, preview: Callable[..., Preview]) -> None:
    more = project / "releasenotes" / "digests" / "two-0000000000000002.yaml"
    more.write_text("date: 2026-11-25\nitems: [An item]\n")

    driver.get(preview("--no-drafts").url)

    shown = text_of(driver)
    assert "An item" in shown
    assert "First words" not in shown
