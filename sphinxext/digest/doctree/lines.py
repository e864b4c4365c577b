"""The parts that notes are built of: list items, links, sentences of our own words, headings; and the reading time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from sphinxext.digest.model import ENGLISH, Entry, Kind, Messages, State, Thread
from sphinxext.digest.model.notes import CONTINUING

#: The class of links that are not numbered, since their text says where they lead.
SOURCE_CLASS = "digest-source"

#: The class of the list of links that closes a note.
LINKS_CLASS = "digest-links"

#: The class of the badge with the state of a thread.
STATE_CLASS = "digest-state"

#: Comes before a badge, which is on no line alone.
_SPACE = "\N{NO-BREAK SPACE}"

#: The class of when and where an event is.
FACTS_CLASS = "digest-when"

#: The class of the name of the project that a note is from.
PROJECT_NAME_CLASS = "digest-project-name"


def list_item_of(
    entry: Entry, blocks: list[nodes.Node], lead: list[nodes.Node], tail: list[nodes.Node]
) -> nodes.list_item:
    """Return a list item with an anchor, and inline nodes before and after the text of its first paragraph."""
    if not blocks or not isinstance(blocks[0], nodes.paragraph):
        source = blocks[0].source if blocks else None
        blocks.insert(0, nodes.paragraph("".join(node.astext() for node in lead)))
        blocks[0].source, blocks[0].line = source, entry.note.place.line
    first = blocks[0]
    assert isinstance(first, nodes.paragraph)
    target = nodes.target("", "", ids=[entry.anchor])
    last, start = lead[-1:], first.children[:1]
    if last and start and isinstance(last[0], nodes.Text) and isinstance(start[0], nodes.Text):
        # one node for both, since Sphinx spends more on each text node than on its text
        lead, first.children[:1] = lead[:-1], [nodes.Text(last[0] + start[0])]
    first.children = [target, *lead, *first.children, *tail]
    for child in first.children:
        first.setup_child(child)
    return nodes.list_item("", *blocks)


def project_after(entry: Entry) -> list[nodes.Node]:
    """Return the project that a note is from, in parentheses after its words."""
    if entry.fragment.project is None:
        return []
    name = project_name(entry)
    name.insert(0, nodes.Text("("))
    name.append(nodes.Text(")"))
    return [nodes.Text(" "), name]


def project_name(entry: Entry) -> nodes.inline:
    """Return the title of a project as a link to the note on its pages, or to its documentation."""
    project = entry.fragment.project
    assert project is not None
    url = entry.note.page or project.home
    title: nodes.Node = source_link(project.title, url) if url else nodes.Text(project.title)
    return nodes.inline("", "", title, classes=[PROJECT_NAME_CLASS])


def source_link(text: str, url: str) -> nodes.reference:
    """Return a link whose text says where it leads, so that it is not numbered."""
    return nodes.reference("", text, refuri=url, classes=[SOURCE_CLASS])


def links_list(lines: list[nodes.list_item]) -> list[nodes.Node]:
    """Return the links that close a note as a list."""
    return [nodes.bullet_list("", *lines, bullet="*", classes=[LINKS_CLASS])] if lines else []


def with_source_links(blocks: list[nodes.Node]) -> list[nodes.Node]:
    """Turn each paragraph ``Messages: URL`` of some blocks into a link whose text says where it leads."""
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
    """Return True if a body ends with a list whose last item links to a URL."""
    last = body[-1] if body else None
    if not isinstance(last, nodes.bullet_list):
        return False
    return any(link.get("refuri") == url for link in last.children[-1].findall(nodes.reference))


def line_with(*children: nodes.Node) -> nodes.list_item:
    """Return a list item of one paragraph."""
    return nodes.list_item("", nodes.paragraph("", "", *children))


_PLACE = re.compile(r"\{(\w+)\}")


def sentence(pattern: str, **parts: str | Sequence[nodes.Node]) -> list[nodes.Node]:
    """Fill the placeholders of a pattern such as ``Release: {day} ({left})`` with words or nodes.

    A translation may have the placeholders in another order.
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


def state_badge(state: State, messages: Messages = ENGLISH) -> list[nodes.Node]:
    """Return the state of a thread as a badge, to come after its title, whose last word keeps it company."""
    label = messages.gettext(state.label)
    return [nodes.Text(_SPACE), nodes.inline("", label, classes=[STATE_CLASS, f"digest-{state}"])]


def state_words(note: Thread, messages: Messages = ENGLISH) -> str:
    """Return the state of a thread as words after its title.

    An open one has none, since most of them are open, and neither has one whose title says that it goes on.
    """
    is_said = note.state is State.CONTINUING and CONTINUING.search(note.title.value)
    return "" if note.state is State.OPEN or is_said else f" [{messages.gettext(note.state.label)}]"


def add_badges(parts: Iterable[nodes.Node], messages: Messages = ENGLISH, states: Iterable[State] = State) -> None:
    """Add badges to the headings of threads that are in one of some states."""
    wanted = frozenset(states)
    for heading, state in _headings_of_threads(parts):
        if state in wanted and not _badges([heading]):
            heading += state_badge(state, messages)


def add_states(parts: Sequence[nodes.Node], messages: Messages = ENGLISH) -> None:
    """Add the states of threads in words to their headings, in the place of badges, unless a title says it itself."""
    add_badges(parts, messages)
    replace_badges(parts)


def replace_badges(parts: Iterable[nodes.Node]) -> None:
    """Replace the badges of states by words, for outputs without our styles."""
    for badge in _badges(parts):
        space = badge.previous_sibling()
        if isinstance(space, nodes.Text) and space.astext() == _SPACE:
            badge.parent.remove(space)
        heading = badge.parent
        is_open = f"digest-{State.OPEN}" in badge["classes"]
        is_said = f"digest-{State.CONTINUING}" in badge["classes"] and CONTINUING.search(heading.astext())
        heading.replace(badge, [] if is_open or is_said else nodes.Text(f" [{badge.astext()}]"))


def _badges(parts: Iterable[nodes.Node]) -> list[nodes.inline]:
    return [node for part in parts for node in part.findall(nodes.inline) if STATE_CLASS in node["classes"]]


def _headings_of_threads(parts: Iterable[nodes.Node]) -> Iterator[tuple[nodes.Element, State]]:
    for part in parts:
        for node in part.findall(nodes.Element):
            classes = node.get("classes", ())
            if f"digest-{Kind.THREAD}-section" in classes:
                heading = node.next_node(nodes.title) if isinstance(node, nodes.section) else node
                state = next((state for state in State if f"digest-{state}" in classes), None)
                if heading is not None and state is not None:
                    yield heading, state


def joined(parts: Iterable[list[nodes.Node]], separator: str) -> list[nodes.Node]:
    """Return nodes with a separator between them."""
    return [node for number, part in enumerate(parts) for node in ([nodes.Text(separator)] if number else []) + part]


def heading_of(words: str, source: str | None = None, line: int | None = None) -> nodes.paragraph:
    """Return words that become a heading.

    :param source: the file that they come from, which makes them translatable; None for words of our own catalogues.
    """
    heading = nodes.paragraph(words if source else "", words)
    heading.source, heading.line = source, line
    return heading


#: The words that people read in a minute, about.
_WORDS = 200
#: The characters that count as a word, in scripts without spaces between words.
_CHARACTERS = 2.5
#: Chinese characters, Japanese syllables and their punctuation. Korean has spaces.
_WITHOUT_SPACES = re.compile(
    "[\u3001-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def length(parts: Iterable[nodes.Node]) -> int:
    """Return the number of words in nodes, without raw text of one format."""
    return sum(
        _length(str(text))
        for part in parts
        for text in part.findall(nodes.Text)
        if not isinstance(text.parent, nodes.raw)
    )


def minutes_words(number: int, messages: Messages = ENGLISH) -> str:
    """Return the reading time of a number of words: ``5 minutes to read``."""
    return messages.ngettext("{number} minute to read", "{number} minutes to read", max(1, round(number / _WORDS)))


def facts_line(title: str, *facts: str) -> str:
    """Return facts on one line, but for those that a title has; a number stays with what it counts."""
    return re.sub(r"(?<=\d) (?=\w)", "\xa0", " · ".join(fact for fact in facts if fact and fact not in title))


def _length(text: str) -> int:
    rest, characters = _WITHOUT_SPACES.subn(" ", text)
    return len(rest.split()) + round(characters / _CHARACTERS)
