"""What fragments say: the words that every output has to have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from docutils.core import publish_doctree

from .outputs import words_of

#: Keys whose values are no texts.
NO_TEXTS = {"author", "channel", "continues", "date", "nick", "series", "state", "url", "week"}


def texts_of(value: object) -> Iterator[str]:
    """The texts of a fragment."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        yield from texts_of([item for key, item in value.items() if key not in NO_TEXTS])


@cache
def blocks_of(file: Path) -> list[list[str]]:
    """The words of each block of the texts of a fragment, by docutils alone, without directives that it has not."""
    found = []
    for text in texts_of(yaml.safe_load(file.read_text())):
        document = publish_doctree(text, settings_overrides={"report_level": 5})
        for message in list(document.findall(nodes.system_message)):
            message.parent.remove(message)
        for block in document.findall(nodes.TextElement):
            if not isinstance(block, nodes.Inline | nodes.label | nodes.target | nodes.substitution_definition):
                found.append(words_of(block.astext()))
    return [words for words in found if words]
