"""A digest as a document of reStructuredText: a page that one can paste into a documentation.

Texts are the fragments' own, with the directives and roles of the project; what does not parse stands there as it is
written, in a literal block.

Names in texts that come together in one document, where each name may be given only once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from docutils import nodes

from sphinxext.digest.doctree.digest import after_version
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.lines import project_after
from sphinxext.digest.doctree.notes import COUNTDOWN_PARTS, NoteBuilder
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.model import (
    Closing,
    Countdown,
    Entry,
    Item,
    Kind,
    Prelude,
    Section,
    Story,
    Success,
    Text,
    Thread,
)
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.render.digest import DigestSource
from sphinxext.digest.render.rst_markup import (
    escaped,
    escaped_words,
    heading,
    item,
    link,
    literal_block,
    separated,
)
from sphinxext.digest.text.rst import as_paragraph, without_roles

#: ```text <url>`_`` with its text and URL.
_EMBEDDED = re.compile(r"`([^`<>]+?)\s*<([^`<>\s]+)>`_(?!_)")
#: ``.. _name: url``, on one line of its own.
_TARGET = re.compile(r"^[ ]*\.\. _(`[^`\n]+`|[^`:\n_][^:\n]*):[ ]+(\S*[^\s_])[ ]*\n?", re.MULTILINE)
_FOOTNOTE = re.compile(r"^[ ]*\.\. \[(#?[^\]\n*#]+)\]", re.MULTILINE)
_SUBSTITUTION = re.compile(r"^[ ]*\.\. \|([^|\n]+)\|", re.MULTILINE)

#: The words of a text and where its links lead, to compare it with another.
Reading = Callable[[str], object]


class UniqueNames:
    """Gives the names of one text after the other a form in which none comes twice."""

    def __init__(self, read: Reading) -> None:
        """Start without names.

        :param read: gives what two texts have to have in common to say the same.
        """
        self._read = read
        self._taken: set[str] = set()

    def unique(self, text: str) -> str | None:
        """A text that says the same and gives no name that an earlier text has given; None if there is no way."""
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
        # a number that is counted can have a name besides, one that is written cannot
        prefix = "#note-" if words.isdecimal() else ""
        number = 2
        while f"{kind}:{prefix}{words}-{number}" in self._taken:
            number += 1
        if kind == "substitution":
            return re.sub(rf"\|({_pattern(words)})\|", rf"|\1-{number}|", text, flags=re.IGNORECASE)
        label = rf"[{prefix}\1-{number}]\2"
        return re.sub(rf"\[({_pattern(words)})\](_|(?=\s))", label, text, flags=re.IGNORECASE)


def link_targets(text: str) -> Iterator[tuple[str, str]]:
    """The names that a text gives to links, as docutils compares names, and where each leads."""
    for pattern in (_EMBEDDED, _TARGET):
        for match in pattern.finditer(text):
            yield " ".join(match[1].strip("`").lower().split()), match[2]


def _names(text: str) -> Iterator[str]:
    for pattern, kind in (
        (_EMBEDDED, "link"),
        (_TARGET, "link"),
        (_FOOTNOTE, "footnote"),
        (_SUBSTITUTION, "substitution"),
    ):
        for match in pattern.finditer(text):
            yield f"{kind}:{' '.join(match[1].strip('`').lower().split())}"


def _without_target(text: str, name: str) -> str:
    """A text whose links of a name have their URL beside them instead."""
    urls = {match[2] for pattern in (_EMBEDDED, _TARGET) for match in pattern.finditer(text) if _is(match[1], name)}
    if len(urls) != 1:
        return text
    url = urls.pop()
    text = _TARGET.sub(lambda match: "" if _is(match[1], name) else match[0], text)
    text = _EMBEDDED.sub(lambda match: f"{match[0]}_" if _is(match[1], name) else match[0], text)
    words = _pattern(name)
    reference = re.compile(rf"`({words})`_(?!_)|(?<![\w`_])({words})_(?![\w_])", re.IGNORECASE)
    return reference.sub(lambda match: f"`{match[1] or match[2]} <{url}>`__", text).rstrip("\n")


def _is(written: str, name: str) -> bool:
    return " ".join(written.strip("`").lower().split()) == name


def _pattern(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


Blocks = list[list[str]]


def rst_document(source: DigestSource) -> tuple[str, list[Problem]]:
    """A digest with its title and sections, and the problems of its texts."""
    writer = _Writer(source)
    blocks: Blocks = [heading(escaped(source.digest.title), "=", overline=True)]
    if source.page_url:
        blocks.append([f"HTML rendered: {source.page_url}"])
    for section in source.digest.sections:
        if section.heading is None and section.kind is not Kind.PRELUDE and len(blocks) > 1:
            blocks.append(["----"])  # nothing else tells where a story without a heading begins
        blocks += writer.section(section)
    return "\n".join(separated(blocks)) + "\n", writer.parser.problems


class _Writer:
    """Writes sections and notes. Each function gives blocks, which are lines without blank lines around them."""

    def __init__(self, source: DigestSource) -> None:
        self.source, self.digest = source, source.digest
        self.settings = source.collection.settings
        self.parser = TextParser(guard_of(self.settings))
        # what a page has of the notes: which links close them is decided there
        self.builder = NoteBuilder(self.settings, TextParser(guard_of(self.settings)), source.links)
        self.others = TextParser(Guard())
        self.names = UniqueNames(reading_of(TextParser(guard_of(self.settings))))

    def section(self, section: Section) -> Blocks:
        """A section under its heading."""
        title: Blocks = []
        if isinstance(section.heading, Text):
            title = [heading(self.title(section.heading, section.entries[0]), "=")]
        elif section.heading is not None:
            title = [heading(escaped(section.heading), "=")]
        return title + self.body(section)

    def body(self, section: Section) -> Blocks:
        entries = section.entries
        if section.released:
            lines = [f"{version.version}{after_version(version)}" for version in section.released]
            return [[row for line in lines for row in item([[escaped(line)]])]]
        if not entries:
            return [[escaped(self.settings.empty_group)]]
        if section.kind is Kind.SUCCESS:
            return self.successes(entries)
        blocks: Blocks = []
        items = [(entry, entry.note) for entry in entries if isinstance(entry.note, Item)]
        blocks.append([line for entry, note in items for line in self.item(entry, note)])
        for entry in entries:
            note = entry.note
            if isinstance(note, Countdown):
                blocks += self.countdown(entry, note)
            elif isinstance(note, Thread):
                blocks += self.thread(entry, note)
            elif isinstance(note, Story):
                blocks += self.story(entry, note, with_title=section.heading is not note.title)
            elif isinstance(note, Prelude):
                blocks += self.text(note.text, entry)[0]
        return blocks

    def text(self, text: Text, entry: Entry) -> tuple[Blocks, list[nodes.Node]]:
        """The source of a text, and what it is parsed to."""
        text, parser = self.readable(text, entry)
        known = len(parser.problems)
        # addresses stay as they are: where the page will be pasted is not known
        home = partial(self.source.home_of, entry)
        parsed = parser.blocks(text, entry.fragment.path, entry.anchor, home=home)
        if len(parser.problems) > known:
            return [literal_block(text.value)], []
        value = self.names.unique(as_paragraph(text.value) if text.is_line else text.value)
        if value is None:
            message = "a name is that of another text of this digest: in one document it has to be another"
            parser.problems.append(Problem(entry.fragment.path, text.line, text.column, Code.RST, message))
            return [literal_block(text.value)], []
        lines = [line.expandtabs(8).rstrip() for line in value.split("\n")]
        # an empty comment keeps an indented beginning from becoming part of what is before it
        return [*([[".."]] if lines[0].startswith(" ") else []), lines], parsed

    def readable(self, text: Text, entry: Entry) -> tuple[Text, TextParser]:
        """A text as it can stand in any document, and what tells whether it does; what others wrote is no problem."""
        if entry.fragment.project is None:
            return text, self.parser
        return replace(text, value=without_roles(text.value)), self.others

    def title(self, text: Text, entry: Entry) -> str:
        """The source of a title on one line."""
        text, parser = self.readable(text, entry)
        known = len(parser.problems)
        parser.inline(text, entry.fragment.path, f"{entry.anchor}-title", partial(self.source.home_of, entry))
        value = self.names.unique(as_paragraph(text.value)) if len(parser.problems) == known else None
        return " ".join(value.split()) if value is not None else escaped(text.value)

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
        if not own:
            lines += [line for found in self.builder.project_closing() for line in _line_item(found)]
        return [lines, *own]

    def success(self, entry: Entry, note: Success) -> list[str]:
        lead = f"{escaped(''.join(note.lead))}: " if note.lead else ""
        label = f"#{note.channel.lstrip('#')}" if note.channel else "log"
        where = [f"({link(label, note.url)})"] if note.url else []
        return self.line(entry, note.text, lead, " ".join([*where, *self.project(entry)]))

    def item(self, entry: Entry, note: Item) -> list[str]:
        if note.url and re.fullmatch(r"[\w ,.()'\"/-]+", note.text.value):
            return item([[" ".join([link(note.text.value, note.url), *self.project(entry)])]])
        links = [link("Link", note.url)] if note.url else []
        return self.line(entry, note.text, "", " ".join([*links, *self.project(entry)]))

    def project(self, entry: Entry) -> list[str]:
        """The project that a line is from, if it is not the project's own."""
        return ["".join(map(_words, project_after(entry))).strip()] if entry.fragment.project else []

    def line(self, entry: Entry, text: Text, lead: str, tail: str) -> list[str]:
        """An item with words before and after its first paragraph."""
        blocks, parsed = self.text(text, entry)
        if lead and parsed and isinstance(parsed[0], nodes.paragraph):
            blocks[0][0] = lead + blocks[0][0]
        elif lead:
            blocks.insert(0, [lead.rstrip()])
        if tail and len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph) and not blocks[-1][-1].endswith("\\"):
            blocks[-1][-1] += f" {tail}"
        elif tail:
            blocks.append([tail])
        return item(blocks)

    def countdown(self, entry: Entry, note: Countdown) -> Blocks:
        parts = [(label, getattr(note, name)) for name, label in COUNTDOWN_PARTS if getattr(note, name)]
        if len(parts) == 1:
            blocks = self.text(parts[0][1], entry)[0]
        else:
            items = [item([[f"{label}:"], *self.text(text, entry)[0]]) for label, text in parts]
            blocks = [separated(items)]
        return blocks + _links(self.builder.countdown(entry))

    def thread(self, entry: Entry, note: Thread) -> Blocks:
        blocks = self.text(note.summary, entry)[0] if note.summary else []
        return blocks + _links(self.builder.thread(entry, self.digest.threads[entry.identity]))

    def story(self, entry: Entry, note: Story, *, with_title: bool) -> Blocks:
        title = [heading(self.title(note.title, entry), "-")] if note.title and with_title else []
        byline = [[f"By {escaped_words(note.author)}"]] if note.author else []
        return [*title, *byline, *self.text(note.text, entry)[0], *_links(self.builder.story(entry))]


def _links(body: list[nodes.Node]) -> Blocks:
    """The list of links that closes a note, from what a page has of the note."""
    last = body[-1] if body else None
    if not isinstance(last, nodes.bullet_list) or "digest-links" not in last["classes"]:
        return []
    return [[line for found in last.children for line in _line_item(found)]]


def _line_item(found: nodes.Node) -> list[str]:
    """An item of words and links."""
    paragraph = found.children[0]
    return item([["".join(_words(node) for node in paragraph.children)]])


def _words(node: nodes.Node) -> str:
    if isinstance(node, nodes.reference):
        return link(node.astext(), node["refuri"])
    if isinstance(node, nodes.inline):
        return "".join(map(_words, node.children))
    return escaped_words(node.astext())


def reading_of(parser: TextParser) -> Reading:
    """What a text says, for comparing: its words without numbers, which labels get, and where its links lead."""

    def read(value: str) -> object:
        blocks = parser.blocks(Text(value, 1, 1), "", "compared")
        words = [re.sub(r"-?\d+", "", block.astext()) for block in blocks]
        targets = [link.get("refuri") for block in blocks for link in block.findall(nodes.reference)]
        return words, targets

    return read
