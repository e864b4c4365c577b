"""The numbers of a digest's links: ``[1]`` behind each link, by first appearance, and the list of targets at its end.

The nodes of a digest have no numbers. A page has its links marked while it is read, with an empty list below them, so
that the table of contents has the section; the numbers come when the page is written. Mails and feeds are made of the
same nodes: mails number all their links, titles included, and feeds none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from docutils import nodes

from sphinxext.digest.doctree.lines import SOURCE_CLASS

#: The class of the numbers behind links.
NUMBER_CLASS = "digest-number"
#: Begins the class of the section with that list, as a kind begins those of other sections.
REFERENCES_CLASS = "references"
#: The class of the list of targets.
LIST_CLASS = "digest-references"
#: The attribute of a link that gets a number when its page is written.
_NUMBERED = "numbered"
#: A link text that is a number already, as in digests that were written as mails: ``[3]``.
_NUMBER = re.compile(r"\[\d+\]")


def number_links(parts: Iterable[nodes.Node]) -> tuple[str, ...]:
    """Number the links of a text without hyperlinks, those of titles included, and return their targets in order."""
    return _number(list(_links(parts, titles=True)), lambda number: f"reference-{number}")


def mark_links(parts: Iterable[nodes.Node]) -> bool:
    """Mark the links of a page that get a number, and return True if there are any.

    A link in a title gets none, since a table of contents would show it.
    """
    links = list(_links(parts, titles=False))
    for link in links:
        link[_NUMBERED] = True
    return bool(links)


def empty_list(period: str) -> nodes.bullet_list:
    """Return the list that :func:`number_marked_links` fills in.

    :param period: the name of the digest's period, for the identifiers of the lines.
    """
    return nodes.bullet_list("", bullet="*", classes=[LIST_CLASS], ids=[f"reference-{period}"])


def number_marked_links(parts: Iterable[nodes.Node]) -> None:
    """Number the marked links of each digest, and fill in the list at its end."""
    marked: list[nodes.reference] = []
    for node in [node for part in parts for node in part.findall(_is_link_or_list)]:
        if isinstance(node, nodes.reference) and node.attributes.pop(_NUMBERED, False):
            marked.append(node)
        elif isinstance(node, nodes.bullet_list) and LIST_CLASS in node["classes"]:
            _fill(node, marked)
            marked = []


def _is_link_or_list(node: nodes.Node) -> bool:
    return isinstance(node, nodes.reference | nodes.bullet_list)


def remove_lists(document: nodes.Element) -> None:
    """Take the lists out of nodes whose links are not numbered, each with its section."""
    for listing in list(document.findall(nodes.bullet_list)):
        if LIST_CLASS in listing["classes"]:
            _remove(listing)


def _links(parts: Iterable[nodes.Node], *, titles: bool) -> Iterator[nodes.reference]:
    """Yield the links to number: not those whose text is their target, or says where they lead."""
    for part in parts:
        for link in part.findall(nodes.reference):
            target = link.get("refuri")
            if target and not _is_its_own_target(link, target) and (titles or not _in_title(link)):
                yield link


def _number(links: Iterable[nodes.reference], anchor_of: Callable[[int], str]) -> tuple[str, ...]:
    numbers: dict[str, int] = {}
    for link in links:
        number = numbers.setdefault(link["refuri"], len(numbers) + 1)
        if _NUMBER.fullmatch(link.astext()):
            link.children = [nodes.Text(f"[{number}]")]
            link.setup_child(link.children[0])
            continue
        marker = nodes.reference("", f"[{number}]", internal=True, refid=anchor_of(number), classes=[NUMBER_CLASS])
        if not isinstance(link.parent, nodes.TextElement):
            _put_into_paragraph(link)  # a picture that is a link
        link.parent.insert(link.parent.index(link) + 1, [nodes.Text(" "), marker])
    return tuple(numbers)


def _fill(listing: nodes.bullet_list, links: list[nodes.reference]) -> None:
    # a digest that is shown twice on a page has another identifier the second time
    base, *copy = listing["ids"].pop().partition("-copy-")

    def anchor_of(number: int) -> str:
        return f"{base}-{number}{''.join(copy)}"

    for number, target in enumerate(_number(links, anchor_of), 1):
        line = nodes.paragraph("", "", nodes.target("", "", ids=[anchor_of(number)]))
        line += [nodes.Text(f"[{number}] "), nodes.reference("", target, refuri=target)]
        listing += nodes.list_item("", line)
    if not links:
        _remove(listing)  # they led to pages that this output does not have


def _remove(listing: nodes.bullet_list) -> None:
    """Take a list away with its heading."""
    parent = listing.parent
    if isinstance(parent, nodes.section) and len(parent) == 2:
        parent.parent.remove(parent)
        return
    heading = listing.previous_sibling()
    if isinstance(heading, nodes.rubric):
        parent.remove(heading)
    parent.remove(listing)


def _is_its_own_target(link: nodes.reference, target: str) -> bool:
    return SOURCE_CLASS in link["classes"] or link.astext() in (target, target.removeprefix("mailto:"))


def _put_into_paragraph(link: nodes.reference) -> None:
    paragraph = nodes.paragraph()
    link.parent.replace(link, paragraph)
    paragraph += link


def _in_title(link: nodes.Node) -> bool:
    node = link.parent
    while node is not None and not isinstance(node, nodes.title | nodes.rubric):
        node = node.parent
    return node is not None
