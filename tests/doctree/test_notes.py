"""Each file of ``digests`` has fragments, and what their digest becomes.

``=== fragment SLUG``
    A file; identities count up from 1.
``=== settings``
    Options of the collection that differ, in YAML; may be left out.
``=== nodes``
    The digest with the latest note, in docutils' pseudo-XML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from docutils import nodes
from scenarios import pseudo_xml, read_scenario, scenario_files

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model.fragment import OtherProject

from .conftest import DigestNames

DIGESTS = scenario_files(Path(__file__).parent / "digests")


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_digest(file: Path, render: Callable[..., nodes.section]) -> None:
    parts = read_scenario(file)
    fragments = {name.split()[1]: text for name, text in parts.items() if name.startswith("fragment ")}
    page = render(fragments, **yaml.safe_load(parts.get("settings", "{}")))
    assert pseudo_xml("".join(part.pformat() for part in page.children)) == parts["nodes"]


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
