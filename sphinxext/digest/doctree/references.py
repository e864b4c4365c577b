"""Numbering the links of a digest."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.compose import References
from sphinxext.digest.doctree.lines import SOURCE_CLASS

#: Marks the numbers that are put after links.
NUMBER_CLASS = "digest-number"

#: A link text that is a number already, as in digests that were written as mails: ``[3]``.
_NUMBER = re.compile(r"\[\d+\]")


def number_links(parts: Iterable[nodes.Node], references: References, anchor: str, *, titles: bool = False) -> None:
    """Put its number after each link, in the order of the text.

    A link whose text is a number gets the right one. Links whose text is their target, and those that say where they
    lead, stay as they are.

    :param anchor: begins the identifiers of the list that :func:`reference_list` makes.
    :param titles: whether links in titles get numbers as well: where there are no links, nothing else tells of them.
    """
    for part in parts:
        for link in list(part.findall(nodes.reference)):
            target = link.get("refuri")
            if not target or _stands_for_itself(link, target) or (not titles and _in_title(link)):
                continue
            number = references.number(target)
            if _NUMBER.fullmatch(link.astext()):
                link.children = [nodes.Text(f"[{number}]")]
                link.setup_child(link.children[0])
            else:
                marker = nodes.reference("", f"[{number}]", internal=True, refid=f"{anchor}-{number}")
                marker["classes"].append(NUMBER_CLASS)
                if not isinstance(link.parent, nodes.TextElement):
                    _put_into_paragraph(link)  # a picture that is a link
                place = link.parent.index(link) + 1
                link.parent.insert(place, [nodes.Text(" "), marker])


def reference_list(references: References, anchor: str) -> nodes.bullet_list:
    """The list for the end of a digest: each number with its target."""
    items = []
    for number, target in enumerate(references.targets, 1):
        line = nodes.paragraph("", "", nodes.target("", "", ids=[f"{anchor}-{number}"]))
        line += [nodes.Text(f"[{number}] "), nodes.reference("", target, refuri=target)]
        items.append(nodes.list_item("", line))
    return nodes.bullet_list("", *items, bullet="*", classes=["digest-references"])


def _stands_for_itself(link: nodes.reference, target: str) -> bool:
    return SOURCE_CLASS in link["classes"] or link.astext() in (target, target.removeprefix("mailto:"))


def _put_into_paragraph(link: nodes.reference) -> None:
    paragraph = nodes.paragraph()
    link.parent.replace(link, paragraph)
    paragraph += link


def _in_title(link: nodes.Node) -> bool:
    node = link.parent
    while node is not None:
        if isinstance(node, nodes.title | nodes.rubric):
            return True
        node = node.parent
    return False
