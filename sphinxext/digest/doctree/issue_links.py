"""Links for the numbers of issues and changes in texts: ``#123``, ``LP#123``, Gerrit's Change-Ids."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.settings.checks import IssueLink

#: What a text stands for that is not prose.
_NOT_IN = (nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)
#: The longest number, and a Change-Id; git abbreviates it to no less than seven digits.
_PATTERNS = {"number": r"[0-9]{1,12}", "change": r"I[0-9a-f]{7,40}"}


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
            number = int(str(match.lastgroup).removeprefix("link"))
            url = self._links[number].url % match[f"id{number}"]
            yield nodes.reference("", match[0], refuri=url, internal=False)
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
