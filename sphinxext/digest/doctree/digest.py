"""From a digest to docutils nodes: its sections under their headings, and a summary of it in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.doctree.events import event_list
from sphinxext.digest.doctree.lines import PROJECT_NAME_CLASS, SOURCE_CLASS, STATE_CLASS, heading_of, line_with
from sphinxext.digest.doctree.notes import WHERE_CLASS, Links, NoteBuilder
from sphinxext.digest.doctree.references import REFERENCES_CLASS, empty_list, mark_links
from sphinxext.digest.model import (
    ENGLISH,
    Digest,
    Entry,
    Kind,
    Messages,
    Period,
    ReleasedVersion,
    Section,
    Text,
    Thread,
)
from sphinxext.digest.model.messages import N_, filled

#: The heading of the list of links.
REFERENCES = N_("References")


def digest_nodes(digest: Digest, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """Return the sections of a digest, without numbers behind its links.

    :param sections: False where docutils allows no sections; their titles become rubrics then.
    """
    return [node for section in digest.sections for node in section_nodes(section, digest, builder, sections=sections)]


def with_references(
    parts: list[nodes.Node], period: Period, *, sections: bool, messages: Messages = ENGLISH
) -> list[nodes.Node]:
    """Return the sections of a digest with its links marked, and a section for the list of their targets, if any."""
    if not mark_links(parts):
        return parts
    heading, listing = heading_of(messages.gettext(REFERENCES)), empty_list(period.name)
    return [*parts, *titled(heading, [listing], f"references-{period.name}", REFERENCES_CLASS, sections=sections)]


def section_nodes(section: Section, digest: Digest, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """Return one section of a digest, under its heading if it has one."""
    body = _body(section, digest, builder, sections=sections)
    if section.heading is None:
        return body
    first = section.entries[0] if section.entries else None
    if isinstance(section.heading, Text) and first is not None:
        heading, anchor = builder.heading(section.heading, first), first.anchor
    else:
        heading = builder.heading_of_section(section)
        if section.kind is Kind.COUNTDOWN and first is not None:
            anchor = first.anchor
        elif section.kind is Kind.SUCCESS:
            anchor = f"successes-{digest.period.name}"
        else:
            anchor = f"{_words(section.name or str(section.heading))}-{digest.period.name}"
    return titled(heading, body, anchor, section.kind, sections=sections, state=_state(first))


def titled(
    heading: nodes.paragraph,
    body: list[nodes.Node],
    anchor: str,
    kind: str,
    *,
    sections: bool,
    state: str | None = None,
) -> list[nodes.Node]:
    """Return a body under a heading: a section, or a rubric where sections are not allowed.

    :param heading: the words, with their place in a file and the marks of a translation.
    """
    classes = [f"digest-{kind}-section", *([f"digest-{state}"] if state else [])]
    title = (nodes.title if sections else nodes.rubric)(heading.rawsource, "", *heading.children)
    title.source, title.line = heading.source, heading.line
    for name in ("translated", "translatable"):
        if name in heading:
            title[name] = heading[name]
    if not sections:
        title["ids"], title["classes"] = [anchor], classes
        return [title, *body]
    section = nodes.section("", title, *body, ids=[anchor], classes=classes)
    section.source, section.line = heading.source, heading.line
    return [section]


def _body(section: Section, digest: Digest, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    entries = section.entries
    if section.released:
        return [released_list(section.released, builder.links, builder.messages)]
    if not entries:
        nothing = builder.of_settings("empty_group")
        nothing["classes"].append("digest-nothing")
        return [nothing]
    if section.kind is Kind.PRELUDE:
        return _wrapped(entries, builder)
    if section.kind is Kind.SUCCESS:
        return [builder.success_list(entries)]
    if section.kind is Kind.COUNTDOWN:
        return builder.countdown(entries[0])
    if section.kind is Kind.EVENT:
        return [event_list(entries, builder, digest.period.start, digest.period)]
    if section.kind is Kind.THREAD:
        return builder.thread(entries[0], digest.threads[entries[0].identity])
    return _items_and_stories(section, builder, sections=sections)


def _items_and_stories(section: Section, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    body: list[nodes.Node] = []
    if items := [entry for entry in section.entries if entry.kind is Kind.ITEM]:
        body.append(builder.item_list(items))
    for entry in section.entries:
        if entry.kind is Kind.STORY:
            body += _story(entry, section, builder, sections=sections)
    return body


def released_list(
    versions: Iterable[ReleasedVersion], links: Links, messages: Messages = ENGLISH
) -> nodes.bullet_list:
    """Return versions as a list, each with its day and a summary."""
    items = []
    for version in versions:
        after = nodes.Text(after_version(version, messages))
        items.append(line_with(*links.to_release(version.version), after))
    return nodes.bullet_list("", *items, bullet="*", classes=["digest-releases"])


def after_version(version: ReleasedVersion, messages: Messages = ENGLISH, *, with_year: bool = False) -> str:
    """Return the words after the name of a version: its day, the number of its notes, a summary."""
    day = messages.day_of_year(version.day) if with_year else messages.day(version.day)
    notes = messages.ngettext("{number} release note", "{number} release notes", version.notes)
    text = filled(messages.gettext("({day}): {notes}."), day=day, notes=notes)
    return f" {text} {version.summary}" if version.summary else f" {text}"


def _story(entry: Entry, section: Section, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """Return a story; its title is the section's, or comes below the heading of a group."""
    title = getattr(entry.note, "title", None)
    body = builder.story(entry)
    if title is not None and section.heading is title:
        return body
    if title is not None:
        return titled(builder.heading(title, entry), body, entry.anchor, Kind.STORY, sections=sections)
    if section.heading is not None:
        return [nodes.target("", "", ids=[entry.anchor]), *body]
    # only its style separates a story without any heading
    return [nodes.container("", *body, ids=[entry.anchor], classes=["digest-untitled"])]


def _wrapped(entries: Iterable[Entry], builder: NoteBuilder) -> list[nodes.Node]:
    return [nodes.container("", *builder.prelude(entry), classes=["digest-prelude"]) for entry in entries]


def _state(entry: Entry | None) -> str | None:
    return entry.note.state if entry is not None and isinstance(entry.note, Thread) else None


def _words(heading: str) -> str:
    """Return a heading as part of an identifier."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "group"


#: The most characters of a description; search engines show about as many.
MAX_LENGTH = 200
#: The classes of nodes after the words of a note.
_ASIDES = frozenset({PROJECT_NAME_CLASS, SOURCE_CLASS, STATE_CLASS, WHERE_CLASS})
#: The notes whose titles tell most of a digest.
_TITLED = (f"digest-{Kind.THREAD}-section", f"digest-{Kind.STORY}-section")


def digest_summary(parts: Iterable[nodes.Node], counts: str, messages: Messages = ENGLISH) -> str:
    """Return the first words of a digest's prelude, or its numbers of notes and the titles of its threads and stories.

    :param parts: the nodes of the digest.
    :param counts: the numbers of notes in words.
    """
    parts = list(parts)
    for part in parts:
        if not isinstance(part, nodes.Element):
            continue
        paragraph = part.next_node(nodes.paragraph) if "digest-prelude" in part["classes"] else None
        if paragraph is not None and (text := plain_words(paragraph)):
            return shortened(text)
    titles = messages.gettext("; ").join(note_titles(parts))
    if not titles:
        return shortened(counts)
    return shortened(filled(messages.gettext("{title}: {text}"), title=counts, text=titles) if counts else titles)


def note_titles(parts: Iterable[nodes.Node]) -> list[str]:
    """Return the titles of the threads and stories of a digest, or of the groups of its stories."""
    elements = (part for part in parts if isinstance(part, nodes.Element))
    headings = [_heading(part) for part in elements if any(name in part["classes"] for name in _TITLED)]
    return [heading for heading in headings if heading]


def plain_words(node: nodes.Node) -> str:
    """Return the words of an element on one line, without the links and names that the digest adds after them."""
    if isinstance(node, nodes.Text):
        return " ".join(node.astext().split())
    words: list[str] = []
    for text in node.findall(nodes.Text):
        holder = text.parent
        while holder is not None and holder is not node:
            if _ASIDES.intersection(holder.get("classes", ())) or isinstance(holder, nodes.raw):
                break
            holder = holder.parent
        else:
            words.append(text.astext())
    return " ".join("".join(words).split())


def shortened(text: str, length: int = MAX_LENGTH) -> str:
    """Shorten a text to a number of characters, at the end of a word if it has words."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return f"{words.rstrip(' ,;:')}…"


def _heading(part: nodes.Element) -> str:
    title = part.next_node(nodes.title) if isinstance(part, nodes.section) else part
    return plain_words(title) if title is not None else ""
