"""Docutils nodes for each kind of note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from docutils import nodes

from sphinxext.digest.doctree.deadlines import EventName, next_deadlines
from sphinxext.digest.doctree.lines import (
    ends_with,
    heading_of,
    line_with,
    links_list,
    list_item_of,
    project_after,
    project_name,
    sentence,
    source_link,
    with_source_links,
)
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.relative import Home
from sphinxext.digest.doctree.translation import is_marked
from sphinxext.digest.model import (
    ENGLISH,
    Closing,
    Countdown,
    Entry,
    Item,
    Kind,
    Messages,
    Origin,
    Outlook,
    Participants,
    Prelude,
    Section,
    Story,
    Success,
    Text,
    Thread,
    ThreadLinks,
)
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.settings.options import SETTINGS_FILE, Settings, dated, is_default, words_of

#: The class of the label of a part of a countdown.
LABEL_CLASS = "digest-label"

#: The class of the links to other parts of a thread.
NEIGHBOUR_CLASS = "digest-neighbour"

#: The class of the mark of a draft, which only previews show.
DRAFT_CLASS = "digest-draft"

#: The class of the link to the log with a success.
WHERE_CLASS = "digest-where"

#: The classes of the lines that close the successes, and of those that come from the settings.
CLOSING_CLASS = "digest-closing"
PROJECT_CLASS = "digest-project"

#: The parts of a countdown, and the label of each where there are several.
COUNTDOWN_PARTS = (
    ("focus", N_("Focus")),
    ("general", N_("General Notes")),
    ("actions", N_("Release Actions")),
    ("dates", N_("Important Dates")),
)


#: Returns the deadlines ahead in the cycle of a countdown's series, and a way to name events; None if there are none.
OutlookOf = Callable[[Entry], tuple[Outlook, EventName] | None]


#: Returns the nodes about the participants of a thread.
PeopleOf = Callable[[Participants], list[nodes.Node]]


@dataclass(frozen=True, slots=True)
class Remark:
    """Messages in parentheses after the text of a note; a link if there is a URL."""

    words: str
    url: str | None = None

    def nodes(self) -> list[nodes.Node]:
        """Return the inline nodes. Mails leave out those that are links."""
        if self.url is None:
            return [nodes.Text(f" ({self.words})")]
        link = source_link(self.words, self.url)
        return [nodes.Text(" "), nodes.inline("", "(", link, nodes.Text(")"), classes=[WHERE_CLASS])]


def remarks_of(note: Success, messages: Messages = ENGLISH) -> list[Remark]:
    """Return the remarks after a success, in whatever output it is: the place where it was told."""
    label = f"#{note.channel.lstrip('#')}" if note.channel else messages.gettext("log")
    return [Remark(label, note.url)] if note.url else []


class Links(Protocol):
    """Links from notes to notes of other digests."""

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        """Return inline nodes that name the digest of a thread, and link to the thread there."""

    def to_release(self, version: str) -> list[nodes.Node]:
        """Return inline nodes that name a version, and link to its release notes if a page has them."""


class NoteBuilder:
    """Builds the nodes of notes. They carry the identifiers of the notes; nothing is registered anywhere.

    :param outlook_of: returns the deadlines of a countdown whose note names none.
    :param messages: the extension's own, in the language of the page.
    :ivar foreign: the parser of texts of other projects, whose problems are not reported as the project's own.
    :ivar settings_path: the file with the words of the settings, for translators.
    :ivar home_of: returns the page that relative addresses in a note count from; without it they are not changed.
    :ivar people_of: returns the nodes about the participants of a thread; without it there are none, as in mails.
    """

    settings_path = SETTINGS_FILE
    people_of: PeopleOf | None = None
    home_of: Callable[[Entry], Home] | None = None

    def __init__(
        self,
        settings: Settings,
        parser: TextParser,
        links: Links,
        outlook_of: OutlookOf | None = None,
        messages: Messages = ENGLISH,
    ) -> None:
        self.settings = settings
        self.parser = parser
        self.foreign = parser.for_foreign_texts()
        self.links = links
        self.outlook_of = outlook_of
        self.messages = dated(messages, settings)

    def parser_of(self, entry: Entry) -> TextParser:
        """Return the parser for the texts of a note: the project's own, or that of foreign texts."""
        return self.parser if entry.fragment.project is None else self.foreign

    def blocks(self, text: Text, entry: Entry, lead: str = "") -> list[nodes.Node]:
        """Return the body elements of a text of a note."""
        return self.parser_of(entry).blocks(text, entry.fragment.path, entry.anchor, lead, self._home(entry))

    def heading(self, text: Text, entry: Entry) -> nodes.paragraph:
        """Return the title of a note, to become a heading."""
        return self.parser_of(entry).line(text, entry.fragment.path, f"{entry.anchor}-title", self._home(entry))

    def _home(self, entry: Entry) -> Callable[[], Home] | None:
        return partial(self.home_of, entry) if self.home_of is not None else None

    def heading_of_section(self, section: Section) -> nodes.paragraph:
        """Return the heading of a section that is not a note's title."""
        heading = str(section.heading)
        if section.origin is Origin.FRAGMENT and section.entries:
            first = section.entries[0]
            return heading_of(heading, self.parser.source_of(first.fragment.path), first.note.place.line)
        if section.origin is Origin.SETTINGS:
            return heading_of(heading, self.parser.source_of(self.settings_path), 1)
        return heading_of(heading)

    def of_settings(self, name: str) -> nodes.paragraph:
        """Return the words of an option as a paragraph; a project can translate its own as it does its texts."""
        words = words_of(self.settings, name, self.messages)
        if is_default(self.settings, name):
            return nodes.paragraph("", words)
        return heading_of(words, self.parser.source_of(self.settings_path), 1)

    def prelude(self, entry: Entry) -> list[nodes.Node]:
        """Return the prelude, before the first section."""
        assert isinstance(entry.note, Prelude)
        return self.draft_line(entry) + with_source_links(self.blocks(entry.note.text, entry))

    def draft_mark(self, entry: Entry) -> list[nodes.Node]:
        """Return the mark of a draft, to come before the text of a line; nothing for other notes."""
        if not entry.fragment.draft:
            return []
        return [nodes.strong("", self.messages.gettext("Draft"), classes=[DRAFT_CLASS]), nodes.Text(" ")]

    def draft_line(self, entry: Entry) -> list[nodes.Node]:
        """Return the mark of a draft as a line of its own; nothing for other notes."""
        mark = self.draft_mark(entry)
        return [nodes.paragraph("", "", mark[0])] if mark else []

    def success_list(self, entries: Iterable[Entry]) -> nodes.bullet_list:
        """Return successes as a list, with the lines that close it: the digest's own, or those of the settings."""
        entries = list(entries)
        items = [self.success(entry) for entry in entries if entry.kind is Kind.SUCCESS]
        own = [entry for entry in entries if entry.kind is Kind.CLOSING]
        closing = [item for entry in own for item in self.closing(entry)] if own else self.project_closing()
        return nodes.bullet_list("", *items, *closing, bullet="*", classes=["digest-successes"])

    def project_closing(self) -> list[nodes.list_item]:
        """Return the lines that close successes by the settings."""
        items = []
        if self.settings.success_closing:
            items.append(nodes.list_item("", self.of_settings("success_closing")))
        if self.settings.success_url:
            link = source_link(self.messages.gettext("All Successes"), self.settings.success_url)
            items.append(line_with(link))
        else:
            items += self.all_successes()
        if self.settings.add_url:
            items.append(line_with(source_link(self.messages.gettext("Add yours"), self.settings.add_url)))
        for item in items:
            item["classes"] += [CLOSING_CLASS, PROJECT_CLASS]
        return items

    def lead_of(self, note: Success) -> list[nodes.Node]:
        """Return the lead of a success, before its colon and text."""
        return [
            self.nick(words) if number % 2 else nodes.Text(words)
            for number, words in enumerate(note.lead_in(self.messages))
            if words
        ]

    def nick(self, name: str) -> nodes.Element:
        """Return the name of a person who told a success, or is thanked in one."""
        return nodes.inline("", name, classes=["digest-nick"])

    def all_successes(self) -> list[nodes.list_item]:
        """Return the link to all successes for a project without a URL of its own; only a build has one."""
        return []

    def whole_thread(self, _entry: Entry) -> list[nodes.list_item]:
        """Return the link to all parts of a thread; only a build has a page with them."""
        return []

    def improvement(self, _entry: Entry) -> list[nodes.list_item]:
        """Return the link to the source of a note; only pages of a build have one."""
        return []

    def _with_improvement(self, entry: Entry, lines: list[nodes.list_item]) -> list[nodes.list_item]:
        """Add the link to the source of a note as the second one: the first is short, so that they share a line."""
        return [*lines[:1], *self.improvement(entry), *lines[1:]]

    def closing(self, entry: Entry) -> list[nodes.list_item]:
        """Return the lines that close the successes of one digest: the items of its list, or its text as one item."""
        assert isinstance(entry.note, Closing)
        blocks = with_source_links(self.blocks(entry.note.text, entry))
        items: list[nodes.list_item] = []
        for block in blocks:
            if isinstance(block, nodes.bullet_list):
                items += [item for item in block.children if isinstance(item, nodes.list_item)]
            else:
                items.append(nodes.list_item("", block))
        for item in items:
            item["classes"].append(CLOSING_CLASS)
        return items

    def success(self, entry: Entry) -> nodes.list_item:
        """Return ``nick: text`` or ``nick thanks whom: text``, with a link to the log."""
        note = entry.note
        assert isinstance(note, Success)
        lead = self.lead_of(note)
        if lead:
            lead.append(nodes.Text(": "))
        english = "".join((*note.lead, ": ")) if note.lead else ""
        tail = [node for remark in remarks_of(note, self.messages) for node in remark.nodes()]
        tail += project_after(entry)
        blocks = self.blocks(note.text, entry, english)
        first = blocks[0] if blocks else None
        if isinstance(first, nodes.paragraph) and is_marked(first):
            lead = _lead_of_translation(first, lead, english)
        return list_item_of(entry, blocks, self.draft_mark(entry) + lead, tail)

    def item(self, entry: Entry) -> nodes.list_item:
        """Return an item of a short list; the whole line is the link, unless it contains links."""
        note = entry.note
        assert isinstance(note, Item)
        blocks = self.blocks(note.text, entry)
        first = blocks[0] if blocks else None
        if note.url and isinstance(first, nodes.paragraph):
            if any(_is_link(node) for node in first.findall(nodes.Element)):
                first += [nodes.Text(" "), source_link(self.messages.gettext("Link"), note.url)]
            else:
                content = list(first.children)
                first.clear()
                first += nodes.reference("", "", *content, refuri=note.url)
        elif note.url:
            blocks.append(nodes.paragraph("", "", source_link(self.messages.gettext("Link"), note.url)))
        return list_item_of(entry, blocks, self.draft_mark(entry), project_after(entry))

    def item_list(self, entries: Iterable[Entry]) -> nodes.bullet_list:
        """Return a short list."""
        return nodes.bullet_list("", *map(self.item, entries), bullet="*", classes=["digest-items"])

    def countdown(self, entry: Entry) -> list[nodes.Node]:
        """Return the parts of a countdown, under labels if there are several."""
        note = entry.note
        assert isinstance(note, Countdown)
        texts = [
            (self.messages.gettext(label), getattr(note, name))
            for name, label in COUNTDOWN_PARTS
            if getattr(note, name)
        ]
        parts = [(label, self.blocks(text, entry)) for label, text in texts]
        lines = [line_with(source_link(self.messages.gettext("Full thread"), note.url))] if note.url else []
        ahead = self.outlook_of(entry) if self.outlook_of is not None and note.dates is None else None
        if ahead is not None and (dates := next_deadlines(*ahead, self.messages)):
            parts.append((self.messages.gettext(COUNTDOWN_PARTS[-1][1]), dates))
            url = ahead[0].schedule.url
            lines += [line_with(source_link(self.messages.gettext("Release schedule"), url))] if url else []
        lines = self._with_improvement(entry, lines + self.project(entry))
        body = _labelled(parts, self.messages) if len(parts) != 1 else parts[0][1]
        return self.draft_line(entry) + body + links_list(lines)

    def thread(self, entry: Entry, neighbours: ThreadLinks) -> list[nodes.Node]:
        """Return the summary of a thread, its participants, and links to all of it and to its other parts."""
        note = entry.note
        assert isinstance(note, Thread)
        body = self.blocks(note.summary, entry) if note.summary else []
        people = self.people_of(note.participants) if self.people_of is not None and note.participants else []
        lines = []
        if note.url and not ends_with(body, note.url):
            lines.append(line_with(source_link(self.messages.gettext("Full thread"), note.url)))
        if neighbours.earlier:
            lines.append(self.neighbour(neighbours.earlier))
        lines += [self.neighbour(later, earlier=False) for later in neighbours.later]
        lines += self.whole_thread(entry) + self.project(entry)
        lines = self._with_improvement(entry, lines)
        return self.draft_line(entry) + body + people + links_list(lines)

    def project(self, entry: Entry) -> list[nodes.list_item]:
        """Return the line with the project that a note is from, if it is a foreign one."""
        if entry.fragment.project is None:
            return []
        line = line_with(*sentence(self.messages.gettext("Project: {project}"), project=[project_name(entry)]))
        return [line]

    def neighbour(self, entry: Entry, *, earlier: bool = True) -> nodes.list_item:
        """Return the link to an earlier or a later part of a thread."""
        gettext = self.messages.gettext
        pattern = gettext("Continued from: {digest}") if earlier else gettext("Continued in: {digest}")
        line = line_with(*sentence(pattern, digest=self.links.to_thread(entry)))
        line["classes"].append(NEIGHBOUR_CLASS)
        return line

    def story(self, entry: Entry) -> list[nodes.Node]:
        """Return the author of a story, its text, and the link to all of it."""
        note = entry.note
        assert isinstance(note, Story)
        body = self.blocks(note.text, entry)
        if note.author:
            byline = filled(self.messages.gettext("By {author}"), author=note.author)
            body.insert(0, nodes.paragraph("", byline, classes=["digest-byline"]))
        lines = [line_with(source_link(self.messages.gettext("Full story"), note.url))] if note.url else []
        return self.draft_line(entry) + body + links_list(self._with_improvement(entry, lines + self.project(entry)))


def _labelled(parts: list[tuple[str, list[nodes.Node]]], messages: Messages) -> list[nodes.Node]:
    """Return the parts of a countdown, each under its label."""
    items = []
    for label, blocks in parts:
        heading = nodes.paragraph("", filled(messages.gettext("{label}:"), label=label), classes=[LABEL_CLASS])
        items.append(nodes.list_item("", heading, *blocks))
    return [nodes.bullet_list("", *items, bullet="*", classes=["digest-parts"])]


def _lead_of_translation(paragraph: nodes.Element, lead: list[nodes.Node], english: str) -> list[nodes.Node]:
    """Return the lead that a translated text still needs: translators see ``nick: text`` and keep the beginning.

    If they kept it, in English or in our own words, it is removed from the text. If they replaced it, no lead is left.
    """
    first = paragraph.children[0] if paragraph.children else None
    for words in ("".join(node.astext() for node in lead), english):
        start = words.rstrip(": ")
        match = (
            re.match(rf"{re.escape(start)}\s*[:\uff1a]\s*", first.astext()) if start and first is not None else None
        )
        if match and isinstance(first, nodes.Text):
            rest = first.astext()[match.end() :]
            paragraph[:1] = [nodes.Text(rest)] if rest else []
            return lead
    return []


def _is_link(node: nodes.Element) -> bool:
    return node.tagname in ("reference", "pending_xref")
