"""Each file of ``cases`` is what somebody imports, and what has to come of it.

A case begins with words that say what it is about. Then come its parts, each below a line ``=== NAME``:

``=== input NAME``
    A file to import; there may be several. ``\\xNN`` stands for a byte.
``=== numbers``
    Newsletters keep their numbers, as with ``--number``.
``=== settings before``
    ``releasenotes/digest.yaml`` as it is before the import.
``=== problems``
    What is reported.
``=== fragments``
    The fragments, each below a line ``# NAME``.
``=== settings``
    ``releasenotes/digest.yaml`` afterwards, if the import changes it.
``=== report PERIOD``
    The digest's plain text. ``as input`` stands for what the mail has below its header.

Everything is imported twice, and the second import changes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scenarios import compare_parts, read_scenario, scenario_files

from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import HARMLESS
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.options import SETTINGS_FILE

from .reporting import import_files, report

CASES = scenario_files(Path(__file__).parent / "cases")
FOLDER = "releasenotes/digests"
#: Codes of problems that are shown elsewhere: those of files that are no text, and of what has been edited since.
ELSEWHERE = {Code.DIFFERS, Code.ENCODING}


def _bytes(text: str) -> bytes:
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())


def _fragments(root: Path) -> str:
    files = sorted((root / FOLDER).glob("*.yaml"))
    return "".join(f"# {file.stem}\n{file.read_text(encoding='utf-8')}" for file in files)


def _settings(root: Path) -> str | None:
    file = root / SETTINGS_FILE
    return file.read_text(encoding="utf-8") if file.exists() else None


#: The settings of a case that has none before: most digests are OpenStack's, whose weeks begin on Saturday.
WEEKS = "---\nweek_start: saturday\nsuccess_heading: SuccessBot Says\n"


def outcome(parts: dict[str, str], root: Path) -> dict[str, str]:
    """What comes of a case, in the parts that it has to have."""
    inputs = {name.removeprefix("input "): text for name, text in parts.items() if name.startswith("input ")}
    (root / SETTINGS_FILE).parent.mkdir(parents=True)
    before = parts.get("settings before", WEEKS)
    (root / SETTINGS_FILE).write_text(before, encoding="utf-8")
    for name, text in inputs.items():
        (root / name).write_bytes(_bytes(text))
    options = ImportOptions(numbers="numbers" in parts)
    plan = import_files(root, *(root / name for name in inputs), options=options)
    found = {"problems": "".join(f"{problem}\n" for problem in plan.problems), "fragments": _fragments(root)}
    settings = _settings(root)
    if settings != before:
        found["settings"] = (settings or "").replace(WEEKS, "---\n")
    again = import_files(root, *(root / name for name in inputs), options=options)
    assert not again.new
    assert (again.problems, again.settings) == (plan.problems, None)
    assert (_fragments(root), _settings(root)) == (found["fragments"], settings)
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    parts = read_scenario(path)
    expected = {name: text for name, text in parts.items() if name in ("problems", "fragments", "settings")}
    compare_parts(path, outcome(parts, tmp_path), expected)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_report(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("docutils")
    parts = read_scenario(path)
    outcome(parts, tmp_path)
    for name, text in parts.items():
        if name.startswith("report "):
            if text.strip() == "as input":
                mail = next(text for part, text in parts.items() if part.startswith("input "))
                text = mail.partition("\n\n")[2]
            assert report(tmp_path, name.removeprefix("report ")) == text


def test_every_problem_has_a_case() -> None:
    shown = "\n".join(read_scenario(path).get("problems", "") for path in CASES)
    codes = HARMLESS | {Code.NO_PERIOD, Code.NOT_A_DIGEST, Code.XML_SYNTAX}
    assert {code for code in codes if not re.search(rf": {code} ", shown)} == ELSEWHERE


def test_the_usual_heading_of_a_countdown_has_the_dates_of_the_project(tmp_path: Path) -> None:
    parts = read_scenario(Path(__file__).parent / "cases" / "mail.txt")
    for folder, settings, is_usual in (("dashes", WEEKS, False), ("plain", f"{WEEKS}plain_dates: true\n", True)):
        found = outcome({**parts, "settings before": settings}, tmp_path / folder)["fragments"]
        assert ("heading: Release Countdown" not in found) == is_usual
