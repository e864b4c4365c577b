"""The directive ``successbot``."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.extension.directives import options
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec
from sphinxext.digest.extension.queries import NotesQuery
from sphinxext.digest.model import Kind
from sphinxext.digest.selection import Selection


class SuccessBotDirective(CollectionReader):
    """Successes, oldest first, with the lines that close them."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **CollectionReader.option_spec,
        "since": options.day,
        "until": options.day,
        "limit": options.count,
        "channel": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        """The list of successes."""
        selection = Selection(kind=Kind.SUCCESS, **self.chosen("since", "until", "limit", "channel"))
        query = NotesQuery(self.settings.fragments, selection, self.arguments[0] if self.arguments else None)
        entries = self.entries(query)
        builder = self.builder()
        listing = builder.success_list(entries)
        return self.place([listing] if listing.children else [], builder, entries)
