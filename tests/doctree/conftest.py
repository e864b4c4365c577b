"""Fixtures for tests of docutils nodes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from docutils import nodes

from sphinxext.digest.collection.compose import compose
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.digest import digest_nodes, with_references
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.references import number_marked_links
from sphinxext.digest.model import Entry


class DigestNames:
    """Names the digest of a thread, without a link."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        return [nodes.Text(self.collection.calendar.period_of(entry.moment.day).title)]


@pytest.fixture
def render(make_collection: Callable[..., Collection]) -> Callable[..., nodes.section]:
    """Return a function that builds the digest of a period from fragments by their slugs, in a section like a page."""

    def make(
        fragments: dict[str, str], period: str = "latest", *, rubrics: bool = False, **options: object
    ) -> nodes.section:
        collection = make_collection(fragments, **options)
        parser = TextParser(Guard())
        digest = compose(collection, collection.period(period))
        builder = NoteBuilder(collection.settings, parser, DigestNames(collection))
        parts = digest_nodes(digest, builder, sections=not rubrics)
        if collection.settings.references:
            parts = with_references(parts, digest.period, sections=not rubrics)
        assert parser.problems == []
        page = nodes.section("", *parts)
        number_marked_links([page])
        return page

    return make
