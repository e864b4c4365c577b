"""The markup of pages, as the checker of the W3C sees it: https://validator.github.io/validator/"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from .conftest import missing
from .kinds import PAGES

#: Where the checker is that ``npm install vnu-jar`` has brought, if the environment does not say it.
INSTALLED = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
#: What themes do: a pattern of the message, and of where it is.
THEIRS = (
    # in a sidebar, which comes after the page
    (r"The heading “h[34]” .* skipping", r"searchlabel|<h4>Prev|<h4>Next|<h3>(This|Table|Navig)"),
)
THEMES = ("basic", "alabaster")


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that checks files."""
    jar = Path(os.environ.get("VNU_JAR", INSTALLED))
    if shutil.which("java") is None:
        missing("Java")
    if not jar.is_file():
        missing("The Nu HTML checker (npm install --no-save vnu-jar, or VNU_JAR)")
    return ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", "--errors-only"]


def errors(checker: list[str], files: list[Path]) -> list[str]:
    """What is wrong with pages, but for what is the theme's; all of them in one run, which takes seconds to begin."""
    run = subprocess.run([*checker, *map(str, files)], check=True, capture_output=True, text=True, encoding="utf-8")
    return [
        f"{Path(found['url']).name}: {found['message']} {found.get('extract', '')}"
        for found in json.loads(run.stdout)["messages"]
        if not any(
            re.search(message, found["message"]) and re.search(place, found.get("extract", ""))
            for message, place in THEIRS
        )
    ]


def test_pages_have_no_errors(checker: list[str], site: Callable[[str], str], tmp_path: Path) -> None:
    files = []
    for theme in THEMES:
        address = site(theme)
        for page in PAGES:
            with urlopen(f"{address}/{page}.html") as answer:
                files.append(tmp_path / f"{theme}-{page.replace('/', '-')}.html")
                files[-1].write_bytes(answer.read())
    assert errors(checker, files) == []
    # and errors would be found
    bad = files[0].read_text(encoding="utf-8").replace('<nav class="digest-', '<li><nav role="list" class="digest-')
    bad = bad.replace("<section id=", '<section id="twice"><p id="twice"><section id=')
    files[0].write_text(bad, encoding="utf-8")
    assert len(errors(checker, files[:1])) >= 1
