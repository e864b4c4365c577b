"""Catalogues of translations for the tests' projects."""

from __future__ import annotations

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from .building import Project


def translate(project: Project, domain: str, messages: dict[str, str], language: str = "de") -> None:
    """Write a catalogue, which Sphinx compiles as it begins."""
    catalogue = Catalog(locale=language, fuzzy=False)
    for message, translation in messages.items():
        catalogue.add(message, translation)
    file = project.folder / "locales" / language / "LC_MESSAGES" / f"{domain}.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue)
