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
from pathlib import Path

import pytest
import yaml
from docutils import nodes
from scenarios import pseudo_xml, read_scenario, scenario_files

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
