"""Adding intervals to the settings, whatever they look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.gather.importer.plan import check_intervals, needed_intervals, with_intervals
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import load_project

NEW = [parse_interval("2016-04-09/2016-04-22")]
OLD = "2016-01-01/2016-01-10"
#: Settings and how they end, or what becomes of them as a whole where something follows.
FILES = {
    "": "intervals:\n  - {new}\n",
    "---\n": "---\nintervals:\n  - {new}\n",
    "# nothing yet\n": "# nothing yet\nintervals:\n  - {new}\n",
    "title: x": "title: x\nintervals:\n  - {new}\n",
    "intervals: []\ntitle: x\n": "intervals: [{new}]\ntitle: x\n",
    "intervals: [{old}]\n": "intervals: [{old}, {new}]\n",
    "intervals: [\n  {old},\n]\n": "intervals: [\n  {old}, {new}\n]\n",
    "intervals:\n  - {old}  # a holiday\ntitle: x  # ours\n": (
        "intervals:\n  - {old}  # a holiday\n  - {new}\ntitle: x  # ours\n"
    ),
    'intervals:\n- "{old}"\n': 'intervals:\n- "{old}"\n- {new}\n',
    "title: x\n\nintervals:\n    -   {old}\n\n# end\n": (
        "title: x\n\nintervals:\n    -   {old}\n    -   {new}\n\n# end\n"
    ),
}


def filled(text: str) -> str:
    return text.format(old=OLD, new=NEW[0])


def write(root: Path, text: str | None) -> None:
    file = root / SETTINGS_FILE
    file.parent.mkdir(exist_ok=True)
    if text is not None:
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("text", FILES)
def test_rest_of_the_file_stays(tmp_path: Path, text: str) -> None:
    write(tmp_path, filled(text))
    project, _ = load_project(tmp_path)
    result = with_intervals(project, project.main, NEW)
    assert result == filled(FILES[text])
    check_intervals(tmp_path, result, project.main.fragments, NEW)
    write(tmp_path, result)
    project, problems = load_project(tmp_path)
    assert not problems
    assert set(NEW) <= set(project.main.intervals)
    assert needed_intervals(project.main, NEW) == []


def test_no_file(tmp_path: Path) -> None:
    write(tmp_path, None)
    project, _ = load_project(tmp_path)
    assert with_intervals(project, project.main, NEW) == filled("---\nintervals:\n  - {new}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "intervals: [{old}]\ncollections:\n  news:\n    fragments: news\n    title: x\n",
            "intervals: [{old}]\ncollections:\n  news:\n    intervals:\n      - {old}\n      - {new}\n"
            "    fragments: news\n    title: x\n",
        ),
        (
            "collections:\n  news:\n    fragments: news\n    intervals: [{old}]\ntitle: x\n",
            "collections:\n  news:\n    fragments: news\n    intervals: [{old}, {new}]\ntitle: x\n",
        ),
    ],
)
def test_another_collection(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path, filled(text))
    project, _ = load_project(tmp_path)
    settings = project.for_fragments("news")
    assert settings is not None
    result = with_intervals(project, settings, NEW)
    assert result == filled(expected)
    check_intervals(tmp_path, result, "news", NEW)


@pytest.mark.parametrize("text", ["{{title: x}}\n", "intervals:\ntitle: x\n"])
def test_what_has_to_be_done_by_hand(tmp_path: Path, text: str) -> None:
    write(tmp_path, filled(text))
    project, _ = load_project(tmp_path)
    with pytest.raises(DigestError, match="by hand: 2016-04-09/2016-04-22"):
        check_intervals(tmp_path, with_intervals(project, project.main, NEW), project.main.fragments, NEW)


def test_only_what_the_calendar_does_not_have(tmp_path: Path) -> None:
    write(tmp_path, "week_start: saturday\n")
    project, _ = load_project(tmp_path)
    weekly = parse_interval("2016-04-02/2016-04-08")
    assert needed_intervals(project.main, [*NEW, weekly, *NEW]) == NEW
