"""The lines and the links that notes are made of.

Sentences of our own words with nodes in them.

How long a reader needs for what nodes say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docutils import nodes

from sphinxext.digest.model import ENGLISH, Entry, Words

#: Marks links that are not numbered, since their text says where they lead.
SOURCE_CLASS = "digest-source"

#: Marks the links that close a note.
LINKS_CLASS = "digest-links"

#: Marks the name of the project that a note is from.
PROJECT_NAME_CLASS = "digest-project-name"


def list_item_of(
    entry: Entry, blocks: list[nodes.Node], lead: list[nodes.Node], tail: list[nodes.Node]
) -> nodes.list_item:
    """A list item that can be linked to, with inline nodes before and after the text of its first paragraph."""
    if not blocks or not isinstance(blocks[0], nodes.paragraph):
        source = blocks[0].source if blocks else None
        blocks.insert(0, nodes.paragraph("".join(node.astext() for node in lead)))
        blocks[0].source, blocks[0].line = source, entry.note.place.line
    first = blocks[0]
    assert isinstance(first, nodes.paragraph)
    target = nodes.target("", "", ids=[entry.anchor])
    last, start = lead[-1:], first.children[:1]
    if last and start and isinstance(last[0], nodes.Text) and isinstance(start[0], nodes.Text):
        # one node for both: what Sphinx does with each text node costs more than the text
        lead, first.children[:1] = lead[:-1], [nodes.Text(last[0] + start[0])]
    first.children = [target, *lead, *first.children, *tail]
    for child in first.children:
        first.setup_child(child)
    return nodes.list_item("", *blocks)


def project_after(entry: Entry) -> list[nodes.Node]:
    """The project that a note is from, to stand after its words."""
    if entry.fragment.project is None:
        return []
    name = project_name(entry)
    name.insert(0, nodes.Text("("))
    name.append(nodes.Text(")"))
    return [nodes.Text(" "), name]


def project_name(entry: Entry) -> nodes.inline:
    """The title of a project, as a link to the note on its pages, or to all of them."""
    project = entry.fragment.project
    assert project is not None
    url = entry.note.page or project.home
    title: nodes.Node = source_link(project.title, url) if url else nodes.Text(project.title)
    return nodes.inline("", "", title, classes=[PROJECT_NAME_CLASS])


def source_link(text: str, url: str) -> nodes.reference:
    """A link whose text says where it leads."""
    return nodes.reference("", text, refuri=url, classes=[SOURCE_CLASS])


def links_list(lines: list[nodes.list_item]) -> list[nodes.Node]:
    """The links that close a note, as a list of their own."""
    return [nodes.bullet_list("", *lines, bullet="*", classes=[LINKS_CLASS])] if lines else []


def with_source_links(blocks: list[nodes.Node]) -> list[nodes.Node]:
    """Blocks in which a paragraph ``Words: URL`` is a link whose text says where it leads, as in lines of our own."""
    for paragraph in [paragraph for block in blocks for paragraph in block.findall(nodes.paragraph)]:
        label, link = paragraph.children if len(paragraph) == 2 else (None, None)
        if not isinstance(label, nodes.Text) or not isinstance(link, nodes.reference):
            continue
        words, url = " ".join(label.astext().split()), link.get("refuri")
        if words.endswith(":") and link.astext() == url:
            paragraph.clear()
            paragraph += source_link(words.removesuffix(":"), url)
    return blocks


def ends_with(body: list[nodes.Node], url: str) -> bool:
    """Whether the last line of a list at the end of a body links to a URL, so that no other line has to."""
    last = body[-1] if body else None
    if not isinstance(last, nodes.bullet_list):
        return False
    return any(link.get("refuri") == url for link in last.children[-1].findall(nodes.reference))


def line_with(*children: nodes.Node) -> nodes.list_item:
    """A line of a list."""
    return nodes.list_item("", nodes.paragraph("", "", *children))


_PLACE = re.compile(r"\{(\w+)\}")


def sentence(pattern: str, **parts: str | Sequence[nodes.Node]) -> list[nodes.Node]:
    """The nodes of a pattern such as ``Release: {day} ({left})``, with words or nodes in its places.

    Whoever translates a pattern may order its places as the language wants it.
    """
    found: list[nodes.Node] = []
    text = ""
    for number, piece in enumerate(_PLACE.split(pattern)):
        part = parts.get(piece, f"{{{piece}}}") if number % 2 else piece
        if isinstance(part, str):
            text += part
            continue
        found += [nodes.Text(text), *part] if text else part
        text = ""
    return [*found, nodes.Text(text)] if text else found


def heading_of(words: str, source: str | None = None, line: int | None = None) -> nodes.paragraph:
    """Words that are to become a heading.

    :param source: the file that they come from, where they are a project's: that makes them translatable. Ours, which
        come from our own catalogues, have none.
    """
    heading = nodes.paragraph(words if source else "", words)
    heading.source, heading.line = source, line
    return heading


#: How many words people read in a minute, about.
_WORDS = 200
#: How many characters that are as much to read as a word, in scripts that put no spaces between words.
_CHARACTERS = 2.5
#: Chinese characters, Japanese syllables and their punctuation. Korean has spaces.
_WITHOUT_SPACES = re.compile(
    "[\u3001-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def length(parts: Iterable[nodes.Node]) -> int:
    """The number of words in nodes; what is written for one format alone is none of theirs."""
    return sum(
        _length(str(text))
        for part in parts
        for text in part.findall(nodes.Text)
        if not isinstance(text.parent, nodes.raw)
    )


def minutes_words(number: int, words: Words = ENGLISH) -> str:
    """How long it takes to read a number of words, in minutes."""
    return words.ngettext("{number} minute to read", "{number} minutes to read", max(1, round(number / _WORDS)))


def _length(text: str) -> int:
    rest, characters = _WITHOUT_SPACES.subn(" ", text)
    return len(rest.split()) + round(characters / _CHARACTERS)
