"""The directive ``digest-archive``: a page of an archive."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes

from sphinxext.digest.extension.archives.content import NAMES, ArchiveContent
from sphinxext.digest.extension.archives.queries import ArchiveQuery
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec, elements_of
from sphinxext.digest.extension.domain import CHANNEL, PERSON, SERIES, DigestDomain, Target
from sphinxext.digest.extension.translation import keep_from_translators
from sphinxext.digest.model import Entry
from sphinxext.digest.option_table import ARCHIVES
from sphinxext.digest.problems import Code
from sphinxext.digest.registers import INDEX, Member

_TYPES = {"people": PERSON, "channels": CHANNEL, "series": SERIES}


class ArchiveDirective(CollectionReader):
    """A person, a thread, a channel, a series, a year of successes; or the list of all of them.

    At the beginning of a page it has its own title.
    """

    required_arguments = 1
    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {**CollectionReader.option_spec}

    def show(self) -> list[nodes.Node]:
        """The page."""
        if self.arguments[0] not in ARCHIVES:
            self.warn(Code.BAD_VALUE, f"there is no archive '{self.arguments[0]}': there are {', '.join(ARCHIVES)}")
            return []
        page = self.arguments[1] if len(self.arguments) > 1 else INDEX
        query = ArchiveQuery(self.settings.fragments, self.arguments[0], page)
        self.ask(query)
        entries = self._entries(query)
        if entries is None:
            self.warn(Code.BAD_VALUE, f"the archive '{query.kind}' has no page '{page}'")
            return []
        content = ArchiveContent(self, self.builder(shown=entries))
        anchor = f"{query.kind}-{page}"
        title, body = self._content(query, content, anchor)
        listing = self.store.list_of(self.settings)
        parts = [*content.navigation(query.kinds(self.collection), listing), *body]
        if isinstance(self.state_machine.node, nodes.document):
            parts = [nodes.section("", nodes.title("", title), *parts, ids=[anchor])]
        else:
            parts.insert(0, nodes.target("", "", ids=[anchor]))
        elsewhere = self.place(parts, content.builder, ())
        keep_from_translators(elements_of(elsewhere))
        return elsewhere

    def _entries(self, query: ArchiveQuery) -> list[Entry] | None:
        """The notes whose texts are shown; None if there is no such page."""
        registers = self.collection.registers
        if query.kind == "threads":
            chain = query.chain(self.collection)
            if chain is not None:
                return list(chain.parts)
            return [found.parts[0] for found in registers.threads.values()] if query.page == INDEX else None
        if query.page == INDEX:
            return []
        member = query.member(self.collection)
        return None if member is None else [*member.notes, *member.thanks]

    def _content(self, query: ArchiveQuery, content: ArchiveContent, anchor: str) -> tuple[str, list[nodes.Node]]:
        """The title, and what stands below it."""
        registers = self.collection.registers
        if query.kind == "threads":
            chain = query.chain(self.collection)
            if chain is not None:
                return content.title_of_chain(chain), content.chain(chain)
            return self.words.gettext(NAMES[query.kind]), content.chains(registers.threads.values())
        member = query.member(self.collection) if query.page != INDEX else None
        if member is None:
            members = registers[query.kind].values()
            return self.words.gettext(NAMES[query.kind]), content.index(query.kind, members)
        if query.year is None:
            self._register(query, member, anchor)
        if query.kind == "people":
            content.builder.person = member.page
        return content.title_of_member(query.kind, member, query.year), content.member(query, member)

    def _register(self, query: ArchiveQuery, member: Member, anchor: str) -> None:
        """Let roles find a person, a channel or a series; a name with a space in it would break the inventory."""
        if query.kind not in _TYPES:
            return
        names = [member.page, *(name for name in member.spellings if name.isprintable() and " " not in name)]
        title = " ".join(member.name.split())
        target = Target(_TYPES[query.kind], tuple(dict.fromkeys(names)), title, self.env.docname, anchor, primary=True)
        DigestDomain.of(self.env).note_target(target)
