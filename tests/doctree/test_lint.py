"""Checking a collection finds the problems of its files and of their texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.settings.options import Settings

FOLDER = "releasenotes/digests"
FILES = {
    "broken-0000000000000001": "date: 2015-12-01\nthreads:\n  - {title: 'A *b', state: over, summary: 'See |c|'}\n",
    "sound-0000000000000002": "date: 2015-12-01\nsuccesses: ['a: *b*']\n",
    "double-0000000000000002": "date: 2015-12-01\nsuccesses: ['*b']\n",
    "later-0000000000000003": "date: 2015-12-02\nthreads: [{title: T, continues: sound}]\n",
}
BROKEN = [
    "broken-0000000000000001.yaml:3:14: rst Inline emphasis start-string without end-string.",
    "broken-0000000000000001.yaml:3:28: bad-value 'state' must be one of open, continuing, done, not 'over'",
    'broken-0000000000000001.yaml:3:44: rst Undefined substitution referenced: "c".',
]
DOUBLE = [
    "double-0000000000000002.yaml:2:14: rst Inline emphasis start-string without end-string.",
    f"sound-0000000000000002.yaml: duplicate-identity {FOLDER}/double-0000000000000002.yaml has the same identity, "
    "0000000000000002: give one of them another",
]
LATER = ["later-0000000000000003.yaml:2:33: unknown-thread there is no fragment 'sound' with a thread"]


@pytest.fixture
def check(tmp_path: Path, make_settings: Callable[..., Settings]) -> Callable[..., tuple[set[str], list[str]]]:
    """Checks the files above: the names of those that were checked, and what was found."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / FOLDER / f"{name}.yaml").write_text(text)

    def run(*names: str, **options: object) -> tuple[set[str], list[str]]:
        only = [f"{FOLDER}/{name}.yaml" for name in names] or None
        findings = check_collection(tmp_path, make_settings(**options), only)
        checked = {Path(path).stem for path in findings.checked}
        return checked, [str(problem).removeprefix(f"{FOLDER}/") for problem in findings.problems]

    return run


def test_all_files_are_checked_and_the_texts_of_notes_that_are_left_out(check: Callable[..., object]) -> None:
    assert check() == (set(FILES), sorted([*BROKEN, *DOUBLE, *LATER]))


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("broken-0000000000000001", BROKEN),
        ("sound-0000000000000002", DOUBLE[1:]),
        ("double-0000000000000002", DOUBLE),
        ("later-0000000000000003", LATER),
    ],
)
def test_some_files_are_checked_with_what_they_have_to_do_with_others(
    check: Callable[..., object], name: str, problems: list[str]
) -> None:
    assert check(name) == ({name}, problems)


def test_what_the_settings_allow_is_no_problem(check: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / FOLDER / "raw-0000000000000004.yaml").write_text(
        "date: 2015-12-01\nstories:\n  - text: |\n      .. raw:: html\n\n         <b>\n"
    )
    forbidden = 'raw-0000000000000004.yaml:4:7: rst-forbidden The directive "raw" may not be used in fragments.'
    assert check("raw-0000000000000004") == ({"raw-0000000000000004"}, [forbidden])
    assert check("raw-0000000000000004", fragment_raw=True) == ({"raw-0000000000000004"}, [])
