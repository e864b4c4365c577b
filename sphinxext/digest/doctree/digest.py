"""From a digest to docutils nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.compose import References
from sphinxext.digest.doctree.lines import line_with
from sphinxext.digest.doctree.notes import Links, NoteBuilder
from sphinxext.digest.doctree.references import number_links, reference_list
from sphinxext.digest.doctree.sentence import heading_of
from sphinxext.digest.model import (
    ENGLISH,
    Digest,
    Entry,
    Kind,
    Period,
    ReleasedVersion,
    Section,
    Text,
    Thread,
    Words,
)
from sphinxext.digest.model.words import N_, filled

#: The heading of the list of links.
REFERENCES = N_("References")
#: Begins the class of the section with that list, as a kind begins those of other sections.
REFERENCES_CLASS = "references"


def digest_nodes(digest: Digest, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """All sections of a digest; its links have no numbers yet.

    :param sections: whether sections may stand here; otherwise their titles become rubrics.
    """
    return [node for section in digest.sections for node in section_nodes(section, digest, builder, sections=sections)]


def with_references(
    parts: list[nodes.Node], period: Period, *, sections: bool, words: Words = ENGLISH
) -> list[nodes.Node]:
    """The sections of a digest with numbers after their links, and the list of the links at the end."""
    numbers = References()
    anchor = f"reference-{period.name}"
    number_links(parts, numbers, anchor)
    if not numbers.targets:
        return parts
    heading = heading_of(words.gettext(REFERENCES))
    body: list[nodes.Node] = [reference_list(numbers, anchor)]
    identifier = f"references-{period.name}"
    return [*parts, *titled(heading, body, identifier, REFERENCES_CLASS, sections=sections)]


def section_nodes(section: Section, digest: Digest, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """One section of a digest, under its heading if it has one."""
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
    """A body under a heading: a section, or a rubric where sections cannot stand.

    :param heading: the words, with what is known of where they come from and whether they are translated.
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
        return [released_list(section.released, builder.links, builder.words)]
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
    if section.kind is Kind.THREAD:
        return builder.thread(entries[0], digest.threads[entries[0].identity])
    body: list[nodes.Node] = []
    if items := [entry for entry in entries if entry.kind is Kind.ITEM]:
        body.append(builder.item_list(items))
    for entry in entries:
        if entry.kind is Kind.STORY:
            body += _story(entry, section, builder, sections=sections)
    return body


def released_list(versions: Iterable[ReleasedVersion], links: Links, words: Words = ENGLISH) -> nodes.bullet_list:
    """Versions as a list, each with its day and what it is about."""
    items = []
    for version in versions:
        after = nodes.Text(after_version(version, words))
        items.append(line_with(*links.to_release(version.version), after))
    return nodes.bullet_list("", *items, bullet="*", classes=["digest-releases"])


def after_version(version: ReleasedVersion, words: Words = ENGLISH) -> str:
    """What a line says of a version after its name."""
    notes = words.ngettext("{number} release note", "{number} release notes", version.notes)
    text = filled(words.gettext("({day}): {notes}."), day=words.day(version.day), notes=notes)
    return f" {text} {version.summary}" if version.summary else f" {text}"


def _story(entry: Entry, section: Section, builder: NoteBuilder, *, sections: bool) -> list[nodes.Node]:
    """A story: its title is the section's, or stands below the heading of a group."""
    title = getattr(entry.note, "title", None)
    body = builder.story(entry)
    if title is not None and section.heading is title:
        return body
    if title is not None:
        return titled(builder.heading(title, entry), body, entry.anchor, Kind.STORY, sections=sections)
    if section.heading is not None:
        return [nodes.target("", "", ids=[entry.anchor]), *body]
    # nothing but its looks tells where a story without any heading begins
    return [nodes.container("", *body, ids=[entry.anchor], classes=["digest-untitled"])]


def _wrapped(entries: Iterable[Entry], builder: NoteBuilder) -> list[nodes.Node]:
    return [nodes.container("", *builder.prelude(entry), classes=["digest-prelude"]) for entry in entries]


def _state(entry: Entry | None) -> str | None:
    return entry.note.state if entry is not None and isinstance(entry.note, Thread) else None


def _words(heading: str) -> str:
    """A heading as part of an identifier."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "group"
