"""The directive ``digest-review``: a year in review."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.doctree.lines import line_with
from sphinxext.digest.doctree.sentence import sentence
from sphinxext.digest.extension.archives.content import ArchiveContent
from sphinxext.digest.extension.archives.queries import ReviewQuery
from sphinxext.digest.extension.counts import counts_in_words
from sphinxext.digest.extension.directives.base import CollectionReader
from sphinxext.digest.problems import Code
from sphinxext.digest.registers import Chain, Member
from sphinxext.digest.review import Review, review_of

_YEAR = re.compile(r"[0-9]{4}")
#: So many newcomers are named.
_NAMED = 30


class ReviewDirective(CollectionReader):
    """A year in as few lines as say something; nothing where there is nothing to say."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        """A list of lines."""
        if not _YEAR.fullmatch(self.arguments[0]):
            self.warn(Code.BAD_VALUE, f"'{self.arguments[0]}' is not a year: write 2015")
            return []
        query = ReviewQuery(self.settings.fragments, int(self.arguments[0]))
        self.ask(query)
        review = review_of(self.collection, query.year)
        builder = self.builder(shown=[chain.parts[0] for chain in review.longest])
        self._content = ArchiveContent(self, builder)
        items = [line_with(*line) for line in self._lines(review)]
        listing = nodes.bullet_list("", *items, bullet="*", classes=["digest-review"])
        return self.place([listing] if items else [], builder, ())

    def _lines(self, review: Review) -> Iterable[list[nodes.Node]]:
        gettext = self.words.gettext
        # what stands around the notes of a digest is not counted
        if numbers := counts_in_words(review.counts, self.words):
            yield self._numbers(numbers, review.people)
        if review.newcomers:
            names = self._joined([self._person(member) for member in review.newcomers[:_NAMED]])
            more = len(review.newcomers) - _NAMED
            if more > 0:
                others = self.words.ngettext("{number} other", "{number} others", more)
                names = sentence(gettext("{names} and {others}"), names=names, others=others)
            yield sentence(gettext("Here for the first time: {names}"), names=names)
        if review.thanked:
            people = [self._times(member, times) for member, times in review.thanked]
            yield sentence(gettext("Most thanked: {names}"), names=self._joined(people))
        if review.longest:
            threads = self._joined([self._chain(chain) for chain in review.longest])
            yield sentence(gettext("Longest threads: {threads}"), threads=threads)

    def _numbers(self, counts: str, number: int) -> list[nodes.Node]:
        """How many notes of each kind there are, and of how many people."""
        numbers: list[nodes.Node] = [nodes.Text(counts)]
        if not number:
            return numbers
        people = self.words.ngettext("{number} person", "{number} people", number)
        return sentence(self.words.gettext("{notes}; {people} in the successes"), notes=numbers, people=people)

    def _person(self, member: Member) -> list[nodes.Node]:
        return [self._content.builder.nick(member.name)]

    def _times(self, member: Member, times: int) -> list[nodes.Node]:
        return [*self._person(member), nodes.Text(f" ({times})")]

    def _chain(self, chain: Chain) -> list[nodes.Node]:
        title = nodes.inline("", self._content.title_of_chain(chain))
        link = self.to_page(f"threads/{chain.page}", title)
        parts = self.words.ngettext("{number} part", "{number} parts", len(chain.parts))
        return [link, nodes.Text(f" ({parts})")]

    def _joined(self, parts: list[list[nodes.Node]]) -> list[nodes.Node]:
        """Nodes with commas between them."""
        separator = self.words.gettext(", ")
        return [
            node for number, part in enumerate(parts) for node in ([nodes.Text(separator), *part] if number else part)
        ]
