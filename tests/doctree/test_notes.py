"""Each file of ``digests`` has fragments, and what their digest becomes.

``=== fragment SLUG``
    A file; identities count up from 1.
``=== settings``
    Options of the collection that differ, in YAML; may be left out.
``=== nodes``
    The digest with the latest note, in docutils' pseudo-XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from docutils import nodes
from scenarios import compare_parts, pseudo_xml, read_scenario, scenario_files

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Kind, Messages, Origin, Section
from sphinxext.digest.model.fragment import OtherProject

from .conftest import DigestNames

DIGESTS = scenario_files(Path(__file__).parent / "digests")


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_digest(file: Path, render: Callable[..., nodes.section]) -> None:
    parts = read_scenario(file)
    fragments = {name.split()[1]: text for name, text in parts.items() if name.startswith("fragment ")}
    page = render(fragments, **yaml.safe_load(parts.get("settings", "{}")))
    found = {"nodes": pseudo_xml("".join(part.pformat() for part in page.children))}
    compare_parts(file, found, {"nodes": parts["nodes"]})


def test_a_closing_that_is_prose_stays(render: Callable[..., nodes.section]) -> None:
    text = "date: 2015-12-01\nsuccesses: [It works.]\nclosing: |\n  Tell us *yours*.\n\n  Somewhere.\n"
    words = render({"a": text}).astext()
    assert "Tell us yours." in words
    assert "Somewhere." in words


def test_a_countdown_of_another_project_names_it(make_collection: Callable[..., Collection]) -> None:
    collection = make_collection({"a": "date: 2015-12-01\ncountdown: [{series: heron, focus: Rest.}]\n"})
    (entry,) = collection.entries
    fragment = replace(entry.fragment, project=OtherProject("gannet", "Gannet", "https://gannet.example/"))
    builder = NoteBuilder(collection.settings, TextParser(Guard()), DigestNames(collection))
    assert "Gannet" not in "".join(part.astext() for part in builder.countdown(entry))
    assert "Project: Gannet" in "".join(part.astext() for part in builder.countdown(replace(entry, fragment=fragment)))


class German(Messages):
    """A few words of another language."""

    TRANSLATED: ClassVar = {
        "{nick} thanks {whom}": "{nick} dankt {whom}",
        "Thanks to {whom}": "Dank an {whom}",
        "None this week.": "Diese Woche nichts.",
    }

    def gettext(self, message: str) -> str:
        return str(self.TRANSLATED.get(message, message))


class Catalogue:
    """Has the translation of a paragraph with these words, whatever is between them."""

    def __init__(self, message: str, translation: str) -> None:
        self.words, self.translation = re.findall(r"\w+", message), translation

    def messages(self, document: nodes.document) -> list[tuple[nodes.Element, str]]:
        return [(node, node.rawsource) for node in document.findall(nodes.paragraph)]

    def find(self, message: str) -> str:
        return self.translation if re.findall(r"\w+", message) == self.words else ""


#: Of the words of a success, their translation, and what the page shows.
TRANSLATED = [
    # as translators are asked to do it
    ("{nick: ann, text: It *works*.}", "ann: It works", "ann: Es *geht*.", "ann: Es geht."),
    ("{nick: ann, text: It works.}", "ann: It works", "ann: Es geht.", "ann: Es geht."),
    ("{nick: ann, text: It works.}", "ann: It works", "ann\uff1aEs geht.", "ann: Es geht."),
    ("{nick: ann, text: It works.}", "ann: It works", "ann  :  Es geht.", "ann: Es geht."),
    # something else in the place of the beginning
    ("{nick: ann, text: It works.}", "ann: It works", "Wie Ann sagt: Es geht.", "Wie Ann sagt: Es geht."),
    ("{nick: ann, text: It works.}", "ann: It works", "annette: Es geht.", "annette: Es geht."),
    ("{nick: ann, text: It works.}", "ann: It works", "*ann*: Es geht.", "ann: Es geht."),
    # in our words, or in English
    ("{nick: ann, thanks: bo, text: It works.}", "ann thanks bo: It works", "ann dankt bo: Es geht.",
     "ann dankt bo: Es geht."),
    ("{nick: ann, thanks: bo, text: It works.}", "ann thanks bo: It works", "ann thanks bo: Es *geht* so.",
     "ann dankt bo: Es geht so."),
    ("{thanks: bo, text: It works.}", "Thanks to bo: It works", "Thanks to bo: Es geht.", "Dank an bo: Es geht."),
    # nobody told it
    ("{text: It works.}", "It works", "Es geht: ja.", "Es geht: ja."),
    ("{text: It works.}", "It works", ": Es geht.", ": Es geht."),
    # there is no translation
    ("{nick: ann, text: It works.}", "another", "x", "ann: It works."),
    ("{nick: ann, thanks: bo, text: It *works*.}", "another", "x", "ann dankt bo: It works."),
    # nothing but the beginning
    ("{nick: ann, text: It works.}", "ann: It works", "ann:", "ann:"),
]  # fmt: skip


@pytest.mark.parametrize(("success", "message", "translation", "shown"), TRANSLATED)
def test_translated_successes(
    make_collection: Callable[..., Collection], success: str, message: str, translation: str, shown: str
) -> None:
    collection = make_collection({"a": f"date: 2015-12-01\nsuccesses: [{success}]\n"})
    parser = TextParser(Guard(), translation=Catalogue(message, translation))
    builder = NoteBuilder(collection.settings, parser, DigestNames(collection), messages=German())
    item = builder.success(collection.entries[0])
    assert item.astext().strip() == shown
    assert parser.problems == []


def test_words_of_the_project_have_its_file(make_collection: Callable[..., Collection]) -> None:
    """So translators of the project see them, and not ours."""
    text = "date: 2015-12-01\n\nitems:\n- {group: Specs, text: Close}\n"
    collection = make_collection({"a": text}, empty_group="Nothing at all.")
    parser = TextParser(Guard(), root=Path("/project"))
    builder = NoteBuilder(collection.settings, parser, DigestNames(collection), messages=German())

    def place(node: nodes.Element) -> tuple[str, object, object, str]:
        return node.astext(), node.source, node.line, node.rawsource

    settings = "/project/releasenotes/digest.yaml"
    assert place(builder.of_settings("empty_group")) == ("Nothing at all.", settings, 1, "Nothing at all.")
    section = Section(Kind.ITEM, "Specs", collection.entries)
    fragment = str(Path("/project", collection.entries[0].fragment.path))
    assert place(builder.heading_of_section(section)) == ("Specs", fragment, 4, "Specs")
    of_settings = replace(section, origin=Origin.SETTINGS)
    assert place(builder.heading_of_section(of_settings)) == ("Specs", settings, 1, "Specs")
    for ours in (replace(section, origin=Origin.OURS), replace(section, entries=())):
        assert place(builder.heading_of_section(ours)) == ("Specs", None, None, "")
    default = NoteBuilder(make_collection({"b": text}).settings, parser, DigestNames(collection), messages=German())
    assert place(default.of_settings("empty_group")) == ("Diese Woche nichts.", None, None, "")
