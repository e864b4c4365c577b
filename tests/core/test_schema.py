"""The JSON Schema says the same as the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sphinxext.digest.fragments.fields import FRAGMENT_KEYS, SECTION_FIELDS
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.schema import DIALECT, fragment_schema
from sphinxext.digest.model.keys import Choice, Type

SAMPLES = sorted((Path(__file__).parents[2] / "doc" / "sample" / "digests").glob("*.yaml"))
SCHEMA = fragment_schema()


class EditorLoader(yaml.SafeLoader):
    """Reads YAML as editors do, by YAML 1.2: dates are strings."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def is_valid(text: str) -> bool:
    value = yaml.load(text, EditorLoader)
    return Draft202012Validator(SCHEMA).is_valid(value)


def is_sound(text: str) -> bool:
    return not read_fragment(text.encode(), "x.yaml", "x-0123456789abcdef")[1]


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == DIALECT


def test_is_always_the_same() -> None:
    assert json.dumps(fragment_schema()) == json.dumps(SCHEMA)


def test_says_something_about_every_key() -> None:
    def explained(properties: dict[str, Any]) -> bool:
        return all(value["title"] and value["description"] for value in properties.values())

    assert list(SCHEMA["properties"]) == [*FRAGMENT_KEYS, *SECTION_FIELDS]
    assert explained(SCHEMA["properties"])
    for section in SECTION_FIELDS.values():
        note = SCHEMA["properties"][section.name]["items"]
        mapping = note["anyOf"][1] if section.short else note
        assert list(mapping["properties"]) == list(section.fields)
        assert explained(mapping["properties"])
        assert mapping["additionalProperties"] is False


def test_knows_every_type_of_field() -> None:
    kinds = {field.type for section in SECTION_FIELDS.values() for field in section.fields.values()}
    assert {kind for kind in kinds if not isinstance(kind, Choice)} == set(Type)
    state = SCHEMA["properties"]["threads"]["items"]["anyOf"][1]["properties"]["state"]
    assert (state["enum"], state["default"]) == (["open", "continuing", "done"], "open")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_valid(path: Path) -> None:
    assert is_valid(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "prelude: Hello\n",
        "successes: ['ttx: Nova published']\n",
        "date: 2015-12-02\nsuccesses: [Nova]\n",
        "date: 2015-12-02T14:05:00Z\nsuccesses: [Nova]\n",
        "date: 2015-12-02 14:05:00.5 +0100\nsuccesses: [Nova]\n",
        "threads: [A title]\n",
        "threads: [{title: A title, state: done, continues: 3f9c0e5a7b21d846}]\n",
        "threads:\n  - title: >\n      A long\n      title\n",
        "countdown: [{series: mitaka, week: R-17, focus: x}]\n",
        "countdown: [{series: mitaka, week: R+1, dates: x}]\n",
        "items: [{group: A, text: b, url: 'mailto:a@example.org'}]\n",
        "items: [{text: b, url: 'ircs://irc.example.org/dev'}]\n",
        "stories: [{text: b, author: c, url: 'https://example.org/#a:b'}]\n",
    ],
)
def test_both_accept(text: str) -> None:
    assert is_sound(text)
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "[]\n",
        "{}\n",
        "date: 2015-12-02\n",
        "succeses: [x]\n",
        "successes: []\n",
        "successes: x\n",
        "successes: ['']\n",
        "successes: [' ']\n",
        "successes: [1]\n",
        "successes: [{nick: x}]\n",
        "successes: [{text: x, colour: red}]\n",
        "successes: [{text: x, nick: true}]\n",
        "successes: [{text: x, nick: ''}]\n",
        "successes: [{text: x, date: yesterday}]\n",
        "successes: [{text: x, url: example.org}]\n",
        "successes: [{text: x, url: 'ftp://example.org'}]\n",
        "successes: [{text: x, url: 'https://example.org/a b'}]\n",
        "threads: [{title: x, state: closed}]\n",
        'threads: [{title: "a\\nb"}]\n',
        "threads: [{summary: x}]\n",
        "countdown: [mitaka]\n",
        "countdown: [{series: mitaka}]\n",
        "countdown: [{series: mitaka, url: 'https://example.org'}]\n",
        "countdown: [{series: mitaka, focus: x, week: '17'}]\n",
        "stories: [{title: x}]\n",
        "prelude: {text: x}\n",
        "prelude: null\n",
    ],
)
def test_both_refuse(text: str) -> None:
    assert not is_sound(text)
    assert not is_valid(text)
