"""A digest as one document of reStructuredText, to be pasted into a documentation.

It is composed of the fragments' own texts, with the directives and roles of the project, between headings, items and
links. A text that docutils cannot parse becomes a literal block. In one document each name may be defined only once:
the names of later texts are changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain

from docutils import nodes
from docutils.utils import column_width

from sphinxext.digest.doctree.digest import after_version
from sphinxext.digest.doctree.events import deadline_facts, event_facts, now_words
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.lines import ends_with, state_words
from sphinxext.digest.doctree.notes import COUNTDOWN_PARTS, remarks_of
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.model import (
    Closing,
    Countdown,
    Entry,
    EventNote,
    Item,
    Kind,
    Note,
    Period,
    Prelude,
    Section,
    Story,
    Success,
    Text,
    Thread,
    ThreadLinks,
)
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.render.digest import DigestSource, address_line
from sphinxext.digest.render.text import indented, separated
from sphinxext.digest.text.rst import (
    EMBEDDED_LINK,
    LINK_TARGET,
    as_paragraph,
    begun,
    escaped,
    link,
    without_roles,
)

_FOOTNOTE = re.compile(r"^[ ]*\.\. \[(#?[^\]\n*#]+)\]", re.MULTILINE)
_SUBSTITUTION = re.compile(r"^[ ]*\.\. \|([^|\n]+)\|", re.MULTILINE)

#: Returns the words of a text and the targets of its links, to compare it with another.
Reading = Callable[[str], object]


class UniqueNames:
    """Renames what several texts of one document define under the same name: links, footnotes, substitutions."""

    def __init__(self, read: Reading) -> None:
        """Begin with no names.

        :param read: returns what a text says, to compare it with its renamed form.
        """
        self._read = read
        self._taken: set[str] = set()

    def unique(self, text: str) -> str | None:
        """Return the text with names that no earlier text defines, or None if renaming would change what it says."""
        clashing = {name for name in _names(text) if name in self._taken}
        changed = text
        for name in sorted(clashing):
            changed = self._without(changed, name)
        found = set(_names(changed))
        if found & self._taken or (changed != text and self._read(changed) != self._read(text)):
            return None
        self._taken |= found
        return changed

    def _without(self, text: str, name: str) -> str:
        kind, _, words = name.partition(":")
        if kind == "link":
            return _without_target(text, words)
        # an auto-numbered footnote can be renamed, an explicit number cannot
        prefix = "#note-" if words.isdecimal() else ""
        number = 2
        while f"{kind}:{prefix}{words}-{number}" in self._taken:
            number += 1
        if kind == "substitution":
            return re.sub(rf"\|({_pattern(words)})\|", rf"|\1-{number}|", text, flags=re.IGNORECASE)
        label = rf"[{prefix}\1-{number}]\2"
        return re.sub(rf"\[({_pattern(words)})\](_|(?=\s))", label, text, flags=re.IGNORECASE)


def _names(text: str) -> Iterator[str]:
    for pattern, kind in (
        (EMBEDDED_LINK, "link"),
        (LINK_TARGET, "link"),
        (_FOOTNOTE, "footnote"),
        (_SUBSTITUTION, "substitution"),
    ):
        for match in pattern.finditer(text):
            yield f"{kind}:{' '.join(match[1].strip('`').lower().split())}"


def _without_target(text: str, name: str) -> str:
    """Return a text in which the links of a name have an embedded URL."""
    urls = {
        match[2] for pattern in (EMBEDDED_LINK, LINK_TARGET) for match in pattern.finditer(text) if _is(match[1], name)
    }
    if len(urls) != 1:
        return text
    url = urls.pop()
    text = LINK_TARGET.sub(lambda match: "" if _is(match[1], name) else match[0], text)
    text = EMBEDDED_LINK.sub(lambda match: f"{match[0]}_" if _is(match[1], name) else match[0], text)
    words = _pattern(name)
    reference = re.compile(rf"`({words})`_(?!_)|(?<![\w`_])({words})_(?![\w_])", re.IGNORECASE)
    return reference.sub(lambda match: f"`{match[1] or match[2]} <{url}>`__", text).rstrip("\n")


def _is(written: str, name: str) -> bool:
    return " ".join(written.strip("`").lower().split()) == name


def _pattern(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


#: Blocks of lines, without the blank lines between them.
Blocks = list[list[str]]


def rst_document(source: DigestSource) -> tuple[str, list[Problem]]:
    """Return a digest with its title and sections, and the problems of its texts."""
    writer = _Writer(source)
    blocks: Blocks = [heading(plain(source.digest.title), "=", overline=True)]
    if source.page_url:
        blocks.append([address_line(source.page_url, source.collection.settings)])
    for section in source.digest.sections:
        if section.heading is None and section.kind is not Kind.PRELUDE and len(blocks) > 1:
            blocks.append(["----"])  # nothing else separates a story without a heading
        blocks += writer.section(section)
    return "\n".join(separated(blocks)) + "\n", writer.parser.problems


class _Writer:
    """Writes sections and notes as blocks."""

    def __init__(self, source: DigestSource) -> None:
        self.source = source
        self.settings = source.collection.settings
        self.parser = TextParser(guard_of(self.settings))
        self.foreign = TextParser(Guard())
        self.names = UniqueNames(reading_of(TextParser(guard_of(self.settings))))

    def section(self, section: Section) -> Blocks:
        """Write a section under its heading."""
        title: Blocks = []
        if isinstance(section.heading, Text):
            entry = section.entries[0]
            state = state_words(entry.note) if isinstance(entry.note, Thread) else ""
            title = [heading(self.title(section.heading, entry) + state, "=")]
        elif section.heading is not None:
            title = [heading(plain(section.heading), "=")]
        return title + self.body(section)

    def body(self, section: Section) -> Blocks:
        entries = section.entries
        if section.released:
            lines = bullets(plain(f"{version.version}{after_version(version)}") for version in section.released)
            return [list(chain.from_iterable(lines))]
        if not entries:
            return [[plain(self.settings.empty_group)]]
        if section.kind is Kind.SUCCESS:
            return self.successes(entries)
        if section.kind is Kind.EVENT:
            return [list(chain.from_iterable(self.event(entry, entry.note) for entry in entries))]
        items = [self.item(entry, entry.note) for entry in entries if isinstance(entry.note, Item)]
        blocks: Blocks = [list(chain.from_iterable(items))]
        for entry in entries:
            note = entry.note
            if isinstance(note, Countdown):
                blocks += self.countdown(entry, note)
            elif isinstance(note, Thread):
                blocks += self.thread(entry, note)
            elif isinstance(note, Story):
                blocks += self.story(entry, note, with_title=section.heading is not note.title)
            elif isinstance(note, Prelude):
                blocks += _draft_line(entry) + self.text(note.text, entry)[0]
        return blocks

    def text(self, text: Text, entry: Entry) -> tuple[Blocks, list[nodes.Node]]:
        """Write a text unchanged, and return its parsed nodes, which tell what may be put beside it."""
        text, parser = self.portable(text, entry)
        known = len(parser.problems)
        # relative addresses stay as they are: the page may be pasted anywhere
        home = partial(self.source.home_of, entry)
        parsed = parser.blocks(text, entry.fragment.path, entry.anchor, home=home)
        if len(parser.problems) > known:
            return [_literal_block(text.value)], []
        value = self.names.unique(as_paragraph(text.value) if text.is_line else text.value)
        if value is None:
            message = "another text of this digest defines the same name, and it cannot be changed here: rename it"
            parser.problems.append(Problem(entry.fragment.path, text.line, text.column, Code.RST, message))
            return [_literal_block(text.value)], []
        lines = [line.expandtabs(8).rstrip() for line in value.split("\n")]
        # an empty comment keeps an indented first line from becoming part of the block before it
        return [*([[".."]] if lines[0].startswith(" ") else []), lines], parsed

    def portable(self, text: Text, entry: Entry) -> tuple[Text, TextParser]:
        """Return a text without the roles of another project, and its parser: foreign problems are not reported."""
        if entry.fragment.project is None:
            return text, self.parser
        return replace(text, value=without_roles(text.value)), self.foreign

    def title(self, text: Text, entry: Entry) -> str:
        """Return a title as one line of source."""
        text, parser = self.portable(text, entry)
        known = len(parser.problems)
        parser.inline(text, entry.fragment.path, f"{entry.anchor}-title", partial(self.source.home_of, entry))
        value = self.names.unique(as_paragraph(text.value)) if len(parser.problems) == known else None
        return " ".join(value.split()) if value is not None else plain(text.value)

    def successes(self, entries: tuple[Entry, ...]) -> Blocks:
        lines: list[str] = []
        own: Blocks = []
        for entry in entries:
            if isinstance(entry.note, Success):
                lines += self.success(entry, entry.note)
            elif isinstance(entry.note, Closing):
                closing, parsed = self.text(entry.note.text, entry)
                is_list = parsed and all(isinstance(block, nodes.bullet_list) for block in parsed)
                own += closing if is_list else [item(closing)]
        if own:
            return [lines, *own]
        settings = self.settings
        closing_lines = [plain(settings.success_closing)] if settings.success_closing else []
        closing_lines += [link("All Successes", settings.success_url)] if settings.success_url else []
        closing_lines += [link("Add yours", settings.add_url)] if settings.add_url else []
        return [[*lines, *chain.from_iterable(bullets(closing_lines))]]

    def success(self, entry: Entry, note: Success) -> list[str]:
        remarks = remarks_of(note)
        tail = [f"({link(one.words, one.url) if one.url else escaped(one.words)})" for one in remarks]
        return self.line(entry, note.text, plain(f"{''.join(note.lead)}:") if note.lead else "", tail)

    def item(self, entry: Entry, note: Item) -> list[str]:
        if note.url and re.fullmatch(r"[\w ,.()'\"/-]+", note.text.value):
            return item([[" ".join([*_draft(entry), link(note.text.value, note.url), *_project(entry)])]])
        return self.line(entry, note.text, "", [link("Link", note.url)] if note.url else [])

    def line(self, entry: Entry, text: Text, lead: str, tail: list[str]) -> list[str]:
        """Write an item with words before and after its first paragraph."""
        blocks, parsed = self.text(text, entry)
        lead = " ".join([*_draft(entry), *([lead] if lead else [])])
        after = " ".join([*tail, *_project(entry)])
        if lead and parsed and isinstance(parsed[0], nodes.paragraph):
            blocks[0][0] = f"{lead} {blocks[0][0]}"
        elif lead:
            blocks.insert(0, [lead])
        is_paragraph = len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph)
        if after and is_paragraph and not blocks[-1][-1].endswith("\\"):
            blocks[-1][-1] += f" {after}"
        elif after:
            blocks.append([after])
        return item(blocks)

    def countdown(self, entry: Entry, note: Countdown) -> Blocks:
        parts = [(label, getattr(note, name)) for name, label in COUNTDOWN_PARTS if getattr(note, name)]
        if len(parts) == 1:
            blocks = self.text(parts[0][1], entry)[0]
        else:
            blocks = [separated(item([[f"{label}:"], *self.text(text, entry)[0]]) for label, text in parts)]
        return _draft_line(entry) + blocks + self.links(entry, "Full thread", note.url)

    def thread(self, entry: Entry, note: Thread) -> Blocks:
        blocks, parsed = self.text(note.summary, entry) if note.summary else ([], [])
        url = note.url if note.url and not ends_with(parsed, note.url) else None
        return (
            _draft_line(entry)
            + blocks
            + self.links(entry, "Full thread", url, self.source.digest.threads[entry.identity])
        )

    def story(self, entry: Entry, note: Story, *, with_title: bool) -> Blocks:
        title = [heading(self.title(note.title, entry), "-")] if note.title and with_title else []
        byline = [[plain(f"By {note.author}")]] if note.author else []
        return [
            *title,
            *_draft_line(entry),
            *byline,
            *self.text(note.text, entry)[0],
            *self.links(entry, "Full story", note.url),
        ]

    def event(self, entry: Entry, note: Note) -> list[str]:
        """Write an event as an item, with its text and its deadlines."""
        assert isinstance(note, EventNote)
        period = self.source.digest.period
        title = self.title(note.title, entry)
        if note.url and re.fullmatch(r"[\w ,.()'\"/-]+", note.title.value):
            title = link(note.title.value, note.url)
        elif note.url:
            title = f"{title} ({link('Link', note.url)})"
        words = now_words(note.days, period)
        words = f"{words}: {title}:" if words else f"{title}:"
        line = " ".join([*_draft(entry), words, plain(event_facts(note)), *_project(entry)])
        text = self.text(note.text, entry)[0] if note.text else []
        ahead = note.deadlines_from(period.start)
        deadlines = bullets(plain(f"{_now(one.day, period)}{one.title}: {deadline_facts(one)}") for one in ahead)
        return item([[line], *text, list(chain.from_iterable(deadlines))])

    def links(self, entry: Entry, label: str, url: str | None, parts: ThreadLinks | None = None) -> Blocks:
        """Write the links that close a note as a list."""
        lines = [link(label, url)] if url else []
        if parts is not None and parts.earlier:
            lines.append(_labelled("Continued from", *self.source.links.digest_of(parts.earlier)))
        for later in parts.later if parts else ():
            lines.append(_labelled("Continued in", *self.source.links.digest_of(later)))
        if (project := entry.fragment.project) is not None:
            lines.append(_labelled("Project", project.title, entry.note.page or project.home))
        return [list(chain.from_iterable(bullets(lines)))]


def _labelled(label: str, title: str, url: str | None) -> str:
    return f"{label}: {link(title, url)}" if url else plain(f"{label}: {title}")


def _now(day: date, period: Period) -> str:
    words = now_words(Period(day, day), period)
    return f"{words}: " if words else ""


def _draft(entry: Entry) -> list[str]:
    """Return the mark of a draft, to be put before its words; nothing for other notes."""
    return ["**Draft**"] if entry.fragment.draft else []


def _draft_line(entry: Entry) -> Blocks:
    return [_draft(entry)] if entry.fragment.draft else []


def _project(entry: Entry) -> list[str]:
    """Return the project that a note is from, to be put after its words."""
    project = entry.fragment.project
    if project is None:
        return []
    url = entry.note.page or project.home
    return [f"({link(project.title, url)})" if url else escaped(f"({project.title})")]


def plain(text: str) -> str:
    """Return the source of a paragraph without markup."""
    return begun(escaped(" ".join(text.split())))


def heading(source: str, line: str, *, overline: bool = False) -> list[str]:
    """Return a title above a line of this character."""
    rule = line * max(column_width(source), 4)
    return [*([rule] if overline else []), source, rule]


def item(blocks: Iterable[list[str]]) -> list[str]:
    """Return an item of a bullet list."""
    first, *rest = separated(blocks) or [""]
    return [f"* {first}".rstrip(), *indented(rest, "  ")]


def bullets(lines: Iterable[str]) -> Blocks:
    """Return items of one line each."""
    return [item([[line]]) for line in lines]


def _literal_block(text: str) -> list[str]:
    return ["::", "", *indented(text.split("\n"), "    ")]


def reading_of(parser: TextParser) -> Reading:
    """Return a function that reads the words of a text, but for the numbers of labels, and its links."""

    def read(value: str) -> object:
        blocks = parser.blocks(Text(value, 1, 1), "", "compared")
        words = [re.sub(r"-?\d+", "", block.astext()) for block in blocks]
        targets = [link.get("refuri") for block in blocks for link in block.findall(nodes.reference)]
        return words, targets

    return read
