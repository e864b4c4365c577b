"""``people.yaml``: who is behind a nick."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.collection.people import people_schema, read_people
from sphinxext.digest.problems import Problem
from sphinxext.digest.settings.options import Settings

FILE = "releasenotes/people.yaml"
PEOPLE = """\
tern:
  name: Ada Tern
  link: https://tern.example.org/
  picture: /_static/tern.png
  aliases: [_oftc_tern, TERN_]
auk:
"""
NOTES = """\
date: 2026-11-20
successes:
  - {nick: tern, text: one}
  - {nick: _oftc_tern, thanks: tern_, text: two}
  - {nick: tern_, thanks: auk, text: three}
  - {nick: auk, thanks: Tern, text: four}
threads:
  - {title: Long, url: 'https://e.org/t', summary: Begun., participants: {Ada Tern: 3, auk: 1}}
stories:
  - {title: Story, text: Told., author: Ada Tern}
"""


def read(root: Path, text: str) -> list[str]:
    """Return the problems of a file, each as one line."""
    (root / "releasenotes").mkdir(exist_ok=True)
    (root / FILE).write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    read_people(root, "releasenotes/digests", problems)
    return [str(problem) for problem in problems]


def load(root: Path, people: str, notes: str = NOTES) -> Collection:
    folder = root / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (root / FILE).write_text(people, encoding="utf-8")
    (folder / "a-0000000000000001.yaml").write_text(notes, encoding="utf-8")
    collection = load_collection(root, Settings())
    assert collection.problems == ()
    return collection


def test_all_nicks_of_a_person_are_one(tmp_path: Path) -> None:
    collection = load(tmp_path, PEOPLE)
    people = collection.archives.people
    assert list(people) == ["auk", "tern"]
    tern = people["tern"]
    assert tern.name == "Ada Tern"
    assert tern.person is not None and tern.person.link == "https://tern.example.org/"
    assert (len(tern.notes), len(tern.thanks)) == (3, 1)
    # thanks to oneself under another nick are nobody else's
    assert [note.note.text.value for note in people["auk"].thanks] == ["three"]
    assert [entry.note.label for entry in tern.others] == ["Long", "Story"]
    assert [entry.note.label for entry in people["auk"].others] == ["Long"]


def test_without_the_file_each_nick_is_a_person(tmp_path: Path) -> None:
    (tmp_path / "releasenotes" / "digests").mkdir(parents=True)
    problems: list[Problem] = []
    people = read_people(tmp_path, "releasenotes/digests", problems)
    assert problems == []
    assert people.name("tern") == "tern"
    assert people.page("Tern") == "tern"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- tern\n", "1:1: wrong-type the people must be a mapping of nicks"),
        ("tern: Ada\n", "1:7: wrong-type 'tern' must be a mapping"),
        (
            "tern: {nam: Ada}\n",
            "1:8: unknown-key 'tern' has no key 'nam': did you mean 'name'? It has name, link",
        ),
        ("tern: {link: 'javascript:x'}\n", "1:14: bad-url 'link' is not valid: "),
        ("tern: {picture: tern.png}\n", "1:17: bad-value 'picture' must be a path in the documentation's folder"),
        ("tern: {picture: //e.org/x.png}\n", "1:17: bad-value 'picture' must be a path in the documentation's folder"),
        ("tern: {aliases: auk}\n", "1:17: wrong-type 'aliases' must be a list"),
        ("tern: {name: ''}\n", "1:14: empty-text 'name' is empty"),
        ("tern: {}\nTERN: {}\n", "2:1: duplicate-key 'TERN' is already a nick of 'tern', on line 1: remove it"),
        ("a: {aliases: [c]}\nb: {aliases: [C]}\n", "2:15: duplicate-key 'C' is already a nick of 'a', on line 1"),
        ("a: {aliases: [b]}\nb: {}\n", "1:15: duplicate-key 'b' is already a nick of 'b', on line 2: remove it"),
        ("a: &x {}\nb: *x\n", "yaml-aliases"),
        ("a: [\n", "yaml-syntax"),
    ],
)
def test_problems(tmp_path: Path, text: str, expected: str) -> None:
    found = read(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(f"{FILE}:")
    assert expected in found[0]


def test_a_file_of_others_is_not_read(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "releasenotes").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("x: {}\n", encoding="utf-8")
    (project / FILE).symlink_to(tmp_path / "secret.yaml")
    problems: list[Problem] = []
    read_people(project, "releasenotes/digests", problems)
    assert [problem.code.value for problem in problems] == ["unreadable"]


def test_the_schema_says_what_the_reader_says() -> None:
    schema = people_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    person = {"name": "Ada", "link": "https://e.org/", "picture": "/a.png", "aliases": ["b"]}
    assert validator.is_valid({"tern": person})
    for wrong in ([], {"tern": {"nam": "x"}}, {"tern": {"picture": "a.png"}}, {"tern": {"aliases": "b"}}):
        assert not validator.is_valid(wrong)
