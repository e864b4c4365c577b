"""Links for the numbers of issues and changes in texts: ``#123``, ``LP#123``, Gerrit's Change-Ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from docutils import nodes

from sphinxext.digest.settings.release_notes import IssueLink
from sphinxext.digest.text.rst import link

#: What a text stands for that is not prose.
_NOT_IN = (nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)
#: The longest number, and a Change-Id; git abbreviates it to no less than seven digits.
_PATTERNS = {"number": r"[0-9]{1,12}", "change": r"I[0-9a-f]{7,40}"}
#: The numbers in a text that are tried one by one.
_MAX_TRIED = 20


class IssueLinks:
    """Find what the option ``issue_links`` has links for.

    :param links: where several match at one place, the longest text before the number wins.
    """

    def __init__(self, links: Iterable[IssueLink]) -> None:
        self._links = sorted(links, key=lambda link: -len(link.before))
        choices = [
            f"(?P<link{number}>{re.escape(link.before)}(?P<id{number}>{_PATTERNS[link.field]}){re.escape(link.after)})"
            for number, link in enumerate(self._links)
        ]
        self._pattern = re.compile(rf"(?<![\w#/&-])(?:{'|'.join(choices)})(?!\w)") if choices else None

    @property
    def are_any(self) -> bool:
        """Return True if there is a link to look for."""
        return self._pattern is not None

    def in_source(self, source: str, parsed: Callable[[str], list[nodes.Node]]) -> str:
        """Return a text of reStructuredText with the links that :meth:`add_to` makes.

        What a number is part of only a parser knows: each of them becomes a link, and stays one if the text then has
        the same words, and that link besides those that it had.

        :param parsed: returns the nodes of a text.
        """
        found = list(self._pattern.finditer(source)) if self._pattern is not None else []
        if not found:
            return source
        wanted = parsed(source)
        self.add_to(wanted)
        linked = self._with_links(source, found)
        if _reading(parsed(linked)) == _reading(wanted):
            return linked
        for match in reversed(found[:_MAX_TRIED]):
            before, linked = _reading(parsed(source)), self._with_links(source, [match])
            words, urls = _reading(parsed(linked))
            if words == before[0] and urls - before[1] == Counter([self._url(match)]):
                source = linked
        return source

    def _with_links(self, source: str, matches: list[re.Match[str]]) -> str:
        for match in reversed(matches):
            words = link(match[0], self._url(match))
            source = f"{source[: match.start()]}{words}{source[match.end() :]}"
        return source

    def _url(self, match: re.Match[str]) -> str:
        number = int(str(match.lastgroup).removeprefix("link"))
        return self._links[number].url % match[f"id{number}"]

    def add_to(self, parts: Iterable[nodes.Node]) -> None:
        """Make links of the numbers in prose; code, formulas and links stay as they are."""
        if self._pattern is None:
            return
        for part in parts:
            for text in list(part.findall(nodes.Text)):
                if text.parent is not None and not _is_within(text, _NOT_IN):
                    found = list(self._split(text.astext()))
                    if len(found) > 1 or (found and not isinstance(found[0], nodes.Text)):
                        text.parent.replace(text, found)

    def _split(self, text: str) -> Iterable[nodes.Node]:
        assert self._pattern is not None
        position = 0
        for match in self._pattern.finditer(text):
            if match.start() > position:
                yield nodes.Text(text[position : match.start()])
            yield nodes.reference("", match[0], refuri=self._url(match), internal=False)
            position = match.end()
        if position < len(text):
            yield nodes.Text(text[position:])


def _is_within(node: nodes.Node, types: tuple[type[nodes.Node], ...]) -> bool:
    parent = node.parent
    while parent is not None:
        if isinstance(parent, types):
            return True
        parent = parent.parent
    return False


def _reading(parts: list[nodes.Node]) -> tuple[list[str], Counter[str]]:
    """Return the words of nodes and the addresses of their links."""
    links = [node for part in parts for node in part.findall(nodes.reference)]
    return [part.astext() for part in parts], Counter(str(node.get("refuri")) for node in links)
