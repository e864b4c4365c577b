"""Digests as they were published, where the folder with them is there: nothing of their text is in the project.

``SPHINXEXT_DIGEST_DATA`` names the folder that has ``digests``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

pytest.importorskip("docutils")

from sphinxext.digest.gather.importer.plan import Plan
from sphinxext.digest.problems import Code

from .reporting import import_files, report

FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "digests")
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="SPHINXEXT_DIGEST_DATA does not name the real digests")

#: The file, the day of its digest, the kinds of its notes, and how often what was reported.
DIGESTS = {
    "2015-11-28_2015-12-04.txt": (
        "2015-12-04",
        {"closing": 1, "success": 7, "item": 3, "countdown": 1, "thread": 3, "story": 1},
        {"lost-url": 13},
    ),
    "2016-02-20_2016-02-26.txt": ("2016-02-26", {"thread": 2}, {"lost-url": 6}),
    "2016-03-05_2016-03-11.txt": (
        "2016-03-11",
        {"closing": 1, "success": 2, "story": 1, "thread": 3, "countdown": 1},
        {"lost-url": 13, "lost-heading": 1},
    ),
    "2016-04-09_2016-04-22.eml.txt": (
        "2016-04-22",
        {"prelude": 1, "closing": 1, "success": 6, "thread": 5},
        {"two-targets": 1},
    ),
    "newsletter-2015-11-28_2015-12-04.txt": ("2015-12-04", {"story": 11}, {"lost-text": 6}),
    "tc-2015-11-27.txt": ("2015-11-27", {"story": 6}, {"lost-text": 1}),
    "planet-2015-01.txt": ("2015-01-23/2015-01-24", {"story": 6}, {}),
}


def words(text: str) -> list[str]:
    """The words of a text, without bullets."""
    return re.sub(r"(?m)^ *[•*+-] ", "", text.replace("\xa0", " ")).split()


def counts(found: list[str]) -> dict[str, int]:
    return {name: found.count(name) for name in dict.fromkeys(found)}


def imported(root: Path, name: str) -> Plan:
    return import_files(root, FOLDER / name)


@pytest.mark.parametrize("name", DIGESTS)
def test_kinds_and_problems(name: str, tmp_path: Path) -> None:
    _, kinds, problems = DIGESTS[name]
    plan = imported(tmp_path, name)
    assert counts([str(note.kind) for _, fragment in plan.new for note in fragment.notes]) == kinds
    assert counts([str(problem.code) for problem in plan.problems]) == problems
    assert not plan.failed


@pytest.mark.parametrize("name", [name for name in DIGESTS if name[0] == "2"])
def test_same_words_in_the_same_order(name: str, tmp_path: Path) -> None:
    imported(tmp_path, name)
    text = (FOLDER / name).read_text(encoding="utf-8")
    if ".eml" in name:
        text = text[text.index("HTML rendered") : text.index("More information about")]
    else:
        text = text.partition("\n")[2]
    assert words(report(tmp_path, DIGESTS[name][0])) == words(text)


def test_a_mail_comes_out_as_it_was(tmp_path: Path) -> None:
    """But for spaces at ends of lines, and one line that had room for another word."""
    name = "2016-04-09_2016-04-22.eml.txt"
    imported(tmp_path, name)
    text = (FOLDER / name).read_text(encoding="utf-8")
    sent = [
        line.rstrip() for line in text[text.index("HTML rendered") : text.index("\n\nMore information")].split("\n")
    ]
    shown = report(tmp_path, "2016-04-22").rstrip("\n").split("\n")
    assert len(shown) == len(sent)
    different = [line for line, before in zip(shown, sent, strict=True) if line != before]
    assert len(different) == 2


@pytest.mark.parametrize("name", [name for name in DIGESTS if name[0] != "2"])
def test_no_word_is_lost(name: str, tmp_path: Path) -> None:
    imported(tmp_path, name)
    shown = words(report(tmp_path, DIGESTS[name][0]))
    body = (FOLDER / name).read_text(encoding="utf-8").partition("\n")[2]
    dates = re.compile(r"(?m)^(?:by .* at )?January \d+, 2015(?: \d+:\d+ [AP]M)?$")
    assert not set(words(dates.sub("", body))) - set(shown)


def test_all_together(tmp_path: Path) -> None:
    plan = import_files(tmp_path, *(FOLDER / name for name in DIGESTS))
    assert Code.DIFFERS not in {problem.code for problem in plan.problems}
    assert not import_files(tmp_path, *(FOLDER / name for name in DIGESTS)).new
