"""Each file of ``cases`` is a project with what reading it has to find.

A case begins with words that say what it is about. Then come its parts, each below a line ``=== NAME``:

``=== releasenotes/digests/name-0123456789abcdef.yaml``
    A file of the project. ``{{C3 A9}}`` stands for bytes, ``{{"[" x 500}}`` for a text that repeats.
``=== committed 2015-12-02T10:00:00Z``
    The files above are committed to git at that time.
``=== problems``
    All problems of the settings and the fragments, as they are shown.
``=== notes``
    All notes, oldest first, one to a line: moment, kind, identity, label.
``=== places``
    For each line of each text that is not empty, in the order of the notes: where it is said to stand, and the line.
    The test makes sure that the line's first word is what the file has there.

``problems`` must always be there; without ``notes`` or ``places`` these are not looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scenarios import compare_parts

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.fragments.fields import SECTION_FIELDS, texts_of
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.project import load_project

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))

#: Codes of problems that do not come from reading a project's files.
_NOT_OF_FILES = {
    Code.RST,
    Code.RST_FORBIDDEN,
    Code.DEAD_LINK,
    Code.MARKDOWN,
    Code.NO_RELEASE_NOTE,
    Code.BAD_PERIOD,
    Code.EMPTY_PERIOD,
    Code.UNKNOWN_SERIES,
    Code.UNKNOWN_FRAGMENT,
    Code.PAGE_CONFLICT,
    # of what is imported, see tests/gather/importer
    Code.NOT_A_DIGEST,
    Code.XML_SYNTAX,
    Code.NO_PERIOD,
    Code.SEVERAL_DIGESTS,
    Code.LOST_URL,
    Code.LOST_HEADING,
    Code.LOST_TEXT,
    Code.TWO_TARGETS,
    Code.NO_SERIES,
    Code.DIFFERS,
    # of feeds, indexes and lists of changes, see tests/gather
    Code.SOURCE_FETCH,
    Code.NOT_A_FEED,
    Code.JSON_SYNTAX,
    Code.BAD_RECORD,
    # of logs, see tests/gather
    Code.NOT_A_LOG,
    # of what drafts are made from, see tests/gather
    Code.NO_MAIL,
    # of release notes, see tests/extension
    Code.HISTORY,
    Code.SHALLOW,
    Code.UNKNOWN_SECTION,
    Code.NOT_A_CHANGELOG,
    Code.UNKNOWN_VERSION,
    # of schedules, see tests/core/schedule
    Code.NO_SCHEDULE,
    Code.SCHEDULE_CONTRADICTION,
    Code.SCHEDULE_ANCHOR,
    Code.SCHEDULE_TABLE,
    Code.SCHEDULE_YEAR,
    Code.SCHEDULE_FETCH,
    # of what a project is set up from, see tests/cli/test_init.py
    Code.NO_DOCUMENTATION,
    Code.PYTHON_SYNTAX,
    Code.BY_HAND,
}
#: Codes of problems that a text file cannot tell; see test_folder.
_NOT_OF_CASES = {Code.UNREADABLE, Code.OUTSIDE}

_ESCAPE = re.compile(rb"\{\{(?:(?P<bytes>[0-9A-F]{2}(?: [0-9A-F]{2})*)|(?P<text>\".*?\") x (?P<times>\d+))\}\}")
#: Stands for the keys that a section declares, in a message that names all of them.
_KEYS = re.compile(r"\{keys of (?P<section>\w+)\}")


@dataclass
class Case:
    """A case: files and commits in order, and what is expected."""

    steps: list[tuple[str, bytes]]
    expected: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Case:
        parts = re.split(rb"^=== (.*)\n", path.read_bytes(), flags=re.MULTILINE)
        case = cls([], {})
        for name, content in zip(parts[1::2], parts[2::2], strict=True):
            if name in (b"problems", b"notes", b"places"):
                case.expected[name.decode()] = _KEYS.sub(_keys, content.decode())
            else:
                case.steps.append((name.decode(), _ESCAPE.sub(_escaped, content)))
        return case

    def build(self, root: Path, make_repository: Callable[[Path], Any]) -> None:
        for name, content in self.steps:
            word, _, when = name.partition(" ")
            if word == "committed":
                make_repository(root).commit(when)
            else:
                file = root / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)


def _keys(match: re.Match[str]) -> str:
    return ", ".join(SECTION_FIELDS[match["section"]].fields)


def _escaped(match: re.Match[bytes]) -> bytes:
    if match["bytes"]:
        return bytes.fromhex(match["bytes"].decode())
    return ast.literal_eval(match["text"].decode()).encode() * int(match["times"])


def _notes(collection: Collection) -> list[str]:
    return [f"{entry.moment} {entry.kind} {entry.identity} {entry.note.label}" for entry in collection.entries]


def _places(root: Path, collection: Collection) -> Iterator[str]:
    for entry in collection.entries:
        lines = (root / entry.fragment.path).read_text(encoding="utf-8-sig").split("\n")
        for _type, text in texts_of(entry.note):
            for index, line in enumerate(text.value.split("\n")):
                if line.strip():
                    place = text.line_of(index), text.column_of(index)
                    there = lines[place[0] - 1][place[1] - 1 :]
                    assert there.startswith(line.split()[0]), f"{place}: {line!r} is said to be at {there!r}"
                    yield f"{place[0]}:{place[1]} {line.strip()}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path, make_repository: Callable[[Path], Any]) -> None:
    case = Case.read(path)
    case.build(tmp_path, make_repository)

    project, problems = load_project(tmp_path)
    collection = load_collection(tmp_path, project.main)

    found = {"problems": [str(problem) for problem in (*problems, *collection.problems)]}
    if "notes" in case.expected:
        found["notes"] = _notes(collection)
    if "places" in case.expected:
        found["places"] = list(_places(tmp_path, collection))
    texts = {name: "".join(f"{line}\n" for line in lines) for name, lines in found.items()}
    compare_parts(path, texts, case.expected)


def test_every_problem_of_files_has_a_case() -> None:
    shown = "".join(Case.read(path).expected["problems"] for path in CASES)
    without = {code for code in Code if not re.search(rf": {code} ", shown)}
    assert without == _NOT_OF_FILES | _NOT_OF_CASES
