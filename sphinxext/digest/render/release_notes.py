"""Release notes as text, Markdown, HTML and reStructuredText, from one outline.

In text and Markdown, what only a Sphinx build knows degrades to its words: a reference to its text, a directive to its
content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from docutils import nodes

from sphinxext.digest.doctree.guard import Guard, ReleaseNotesGuard
from sphinxext.digest.doctree.issue_links import IssueLinks
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.notes import Release, ReleaseNote
from sphinxext.digest.render.html import html_page
from sphinxext.digest.render.markdown import markdown_document
from sphinxext.digest.render.release_outline import (
    CONTRIBUTORS,
    Chapter,
    NotePart,
    Outline,
    Passage,
    outline_by_version,
)
from sphinxext.digest.render.rst import UniqueNames, heading, item, plain, reading_of
from sphinxext.digest.render.text import separated, text_lines
from sphinxext.digest.settings.release_notes import Component, IssueLink
from sphinxext.digest.text.rst import link_targets
from sphinxext.digest.text.width import WIDTH, width_of

#: Roles whose text is prose: titles of pages and headings. The text of other roles is the name of something.
_WORD_ROLES = frozenset({"abbr", "any", "doc", "download", "guilabel", "menuselection", "numref", "ref", "term"})
_ROLE = re.compile(r":([\w.+-]+(?::[\w.+-]+)*):`")
#: docutils' message for a name that the text itself does not define.
_UNKNOWN = re.compile(r'Unknown target name: "(.+?)"')
#: The target of references to headings, which degrade to their text.
_HEADING = "#"
#: The class of the section of a component.
_COMPONENT = "component"
#: Ignored without a page: a link of another scheme degrades to its text.
_NO_PROBLEM = frozenset({Code.BAD_URL})


def release_notes_text(outline: Outline, width: int = WIDTH) -> tuple[str, list[Problem]]:
    """The notes as plain text, and the problems of their texts.

    Titles are underlined, headings of sections come above their bullets, and links are numbered, with a list of
    their targets at the end.
    """
    builder = _Builder(outline)
    chapters = [(chapter, builder.sections(chapter)) for chapter in outline.chapters]
    targets = number_links(part for _, parts in chapters for part in parts)
    blocks = [_underlined(outline.title, "=")]
    for chapter, parts in chapters:
        blocks.append(_underlined(chapter.heading, "-"))
        for is_component, group in groupby(parts, lambda part: _COMPONENT in part["classes"]):
            if is_component:
                for part in group:
                    blocks += [_underlined(part[0].astext(), "~"), text_lines(part[1:], width)]
            else:
                blocks.append(text_lines(group, width))
    blocks.append([f"[{number}] - {target}" for number, target in enumerate(targets, 1)])
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n", builder.problems


def release_notes_markdown(outline: Outline) -> tuple[str, list[Problem]]:
    """The notes as GitHub Flavored Markdown, and the problems of their texts."""
    builder = _Builder(outline)
    return markdown_document(outline.title, builder.document(outline)), builder.problems


def release_notes_html(outline: Outline) -> tuple[str, list[Problem]]:
    """The notes as a complete document in HTML, without ``raw``, and the problems of their texts."""
    builder = _Builder(outline, raw=False)
    return html_page(outline.title, builder.document(outline)), builder.problems


class _Builder:
    """Build nodes from notes.

    In a report all notes are one document, so that a text may refer to a name that another one gives, or to a heading.
    """

    def __init__(self, outline: Outline, *, raw: bool = True) -> None:
        self._parser = TextParser(replace(ReleaseNotesGuard(), raw=raw))
        self._issues = IssueLinks(outline.issues)
        self._targets = {part.title.lower(): _HEADING for chapter in outline.chapters for part in chapter.parts}
        for _, passage in outline.passages:
            self._targets |= link_targets(passage.text.value)

    @property
    def problems(self) -> list[Problem]:
        """The problems of the texts so far."""
        return [problem for problem in self._parser.problems if problem.code not in _NO_PROBLEM]

    def document(self, outline: Outline) -> list[nodes.Node]:
        """The chapters below their headings."""
        parts: list[nodes.Node] = []
        for chapter in outline.chapters:
            sections = self.sections(chapter)
            parts += [_section(chapter.heading, sections)] if chapter.heading else sections
        return parts

    def sections(self, chapter: Chapter) -> list[nodes.section]:
        """The sections of a chapter, those of lower levels inside the others."""
        top: list[nodes.section] = []
        around: list[tuple[int, nodes.section]] = []
        for part in chapter.parts:
            # the heading of a component has none of its own
            body = self._body(part, with_version=chapter.release is None) if part.passages else []
            section = _section(part.title, body)
            if not part.passages:
                section["classes"].append(_COMPONENT)
            around = [(level, outer) for level, outer in around if level < part.level]
            if around:
                around[-1][1].append(section)
            else:
                top.append(section)
            around.append((part.level, section))
        if credits := [nodes.paragraph("", "", nodes.Text(text)) for text in chapter.credits]:
            top.append(_section(CONTRIBUTORS, credits))
        return top

    def _body(self, part: NotePart, *, with_version: bool) -> list[nodes.Node]:
        found = [self._blocks(passage, with_version=with_version) for passage in part.passages]
        if part.is_prelude:
            return [block for blocks in found for block in blocks]
        return [nodes.bullet_list("", *(nodes.list_item("", *blocks) for blocks in found), bullet="*")]

    def _blocks(self, passage: Passage, *, with_version: bool) -> list[nodes.Node]:
        blocks = self._parsed(passage)
        _unwrap_words(blocks)
        self._issues.add_to(blocks)
        if with_version:
            lead = nodes.Text(f"{passage.release.title}: ")
            if blocks and isinstance(blocks[0], nodes.paragraph):
                blocks[0].insert(0, lead)
            else:
                blocks.insert(0, nodes.paragraph("", "", nodes.Text(lead.rstrip())))
        return blocks

    def _parsed(self, passage: Passage) -> list[nodes.Node]:
        text, note = passage.text, passage.note
        prefix = f"note-{note.identity}"
        known = len(self._parser.problems)
        blocks = self._parser.blocks(text, note.path, prefix)
        found = {match[1] for problem in self._parser.problems[known:] if (match := _UNKNOWN.search(problem.message))}
        if names := sorted(found & self._targets.keys()):
            del self._parser.problems[known:]
            lines = [f".. _`{name}`: {self._targets[name]}" for name in names]
            blocks = self._parser.blocks(replace(text, value="\n\n".join([text.value, *lines])), note.path, prefix)
        for block in blocks:
            for link in list(block.findall(nodes.reference)):
                if link.get("refuri") == _HEADING:
                    link.parent.replace(link, link.children)
        return blocks


def _unwrap_words(blocks: Iterable[nodes.Node]) -> None:
    """Turn literals of prose roles into text, and strip the prefixes ``!`` and ``~`` of names."""
    for block in blocks:
        for literal in list(block.findall(nodes.literal)):
            role = _ROLE.match(literal.rawsource)
            if role is None:
                continue
            words = literal.astext().removeprefix("!")
            if words.startswith("~"):
                words = words[1:].rpartition(".")[2]
            is_word = role[1].rpartition(":")[2] in _WORD_ROLES
            literal.parent.replace(literal, nodes.Text(words) if is_word else nodes.literal("", words))


def _section(title: str, body: Sequence[nodes.Node]) -> nodes.section:
    return nodes.section("", nodes.title("", "", nodes.Text(title)), *body)


def _underlined(title: str, line: str) -> list[str]:
    return [title, line * width_of(title)] if title else []


#: The underlines of headings of sections, by their level.
_UNDERLINES = {1: "-", 2: "^", 3: "~", 4: '"'}


class Line(NamedTuple):
    """A line of a report. A line of a note's has the note's path and its line there, from 1."""

    text: str
    path: str | None = None
    line: int = 0


def label_of(release: Release, title: str = "", branch: str | None = None, section: str = "") -> str:
    """The label of a version, or of one of its sections by the section's heading.

    Labels and headings are an interface: links from elsewhere lead to them.

    :param title: of the whole report.
    :param branch: that the directive names.
    """
    parts = [title or "relnotes", release.title + (f"_{branch.replace('/', '_')}" if branch else "")]
    return "_".join([*parts, section] if section else parts)


def report_lines(
    conf: NotesConfig,
    releases: Sequence[Release],
    *,
    title: str = "",
    branch: str | None = None,
    show_source: bool = True,
    with_title: bool = True,
    components: Sequence[Component] = (),
) -> Iterator[Line]:
    """The document of ``reno report`` and reno's directive, line by line, each with its place.

    It differs where reno gives up, such as at a note that cannot be read: that is left out. The days of releases are
    those in UTC, wherever the report is made.

    :param title: a heading above all.
    :param branch: a part of labels if it is given.
    :param with_title: whether the title is a heading, and not only the beginning of labels.
    :param components: those to group the notes of a version by.
    """
    if title and with_title:
        rule = Line("=" * len(title))
        yield from (rule, Line(title), rule, Line(""))
    for chapter in outline_by_version(conf, releases, title, components).chapters:
        release = chapter.release
        assert release is not None
        yield from _heading(label_of(release, title, branch), release.title, "=")
        if conf.add_release_date:
            yield from (Line(f"Release Date: {release.day or 'Unknown'}"), Line(""))
        for part in chapter.parts:
            # reno counts characters; the titles of components are ours
            width = len(part.title) if part.passages else width_of(part.title)
            yield from _heading(
                label_of(release, title, branch, part.label), part.title, _UNDERLINES[part.level], width
            )
            for passage in part.passages:
                yield from _passage_lines(part, passage, show_source=show_source)
            if part.passages and not part.is_prelude:
                yield Line("")
        if chapter.contributors:
            yield from _heading(label_of(release, title, branch, CONTRIBUTORS), CONTRIBUTORS, _UNDERLINES[1])
            for text in chapter.credits:
                yield from (Line(plain(text)), Line(""))


def _heading(label: str, title: str, underline: str, width: int = 0) -> Iterator[Line]:
    # a colon before a space would end the label, and the rest would be its target
    escaped_label = label.replace(": ", r"\: ")
    yield from (
        Line(f".. _{escaped_label}:"),
        Line(""),
        Line(title),
        Line(underline * (width or len(title))),
        Line(""),
    )


def _passage_lines(part: NotePart, passage: Passage, *, show_source: bool) -> Iterator[Line]:
    """A text after a comment that names its source, which also keeps it apart from the one before."""
    note, text = passage.note, passage.text
    if show_source:
        # as reno writes commits: Python's form of bytes
        commit = note.commit.encode() if note.commit else None
        yield from (Line(f".. {note.path} @ {commit!r}", note.path, 1), Line(""))
    bullet = "" if part.is_prelude else "- "
    for index, content in enumerate(text.value.split("\n")):
        before = bullet if not index else " " * len(bullet)
        yield Line(before + content, note.path, text.line_of(index))
    if part.is_prelude:
        yield from (Line("") for _ in note.prelude_end)
    yield Line("")


def with_issue_links(releases: Sequence[Release], issues: Iterable[IssueLink]) -> tuple[Release, ...]:
    """Return releases with the links of ``issue_links`` in the source of their texts."""
    links = IssueLinks(issues)
    if not links.are_any:
        return tuple(releases)
    parser = TextParser(ReleaseNotesGuard())

    def linked(note: ReleaseNote, text: Text) -> Text:
        def parsed(value: str) -> list[nodes.Node]:
            return list(parser.blocks(replace(text, value=value), note.path, "linked"))

        return replace(text, value=links.in_source(text.value, parsed))

    return tuple(
        replace(
            release,
            notes=tuple(
                replace(
                    note,
                    prelude=linked(note, note.prelude) if note.prelude else None,
                    sections={
                        name: tuple(linked(note, text) for text in texts) for name, texts in note.sections.items()
                    },
                )
                for note in release.notes
            ),
        )
        for release in releases
    )


def release_notes_rst(outline: Outline, *, show_source: bool) -> str:
    """Notes of several versions by section, each text after its version, in the style of reno's reports.

    Names of links that several texts give are told apart, so that the document has each of them once.
    """
    parser = TextParser(Guard())
    names = UniqueNames(reading_of(parser))
    blocks = [heading(outline.title, "=", overline=True)] if outline.title else []
    for chapter in outline.chapters:
        for part in chapter.parts:
            blocks.append(heading(part.title, _UNDERLINES[part.level]))
            for passage in part.passages:
                if show_source:
                    blocks.append([f".. {passage.note.path} @ {passage.note.commit or 'not committed'}"])
                blocks.append(_passage(parser, names, part, passage))
        if chapter.contributors:
            blocks += [heading(CONTRIBUTORS, _UNDERLINES[1]), *([plain(text)] for text in chapter.credits)]
    return "\n".join(separated(blocks)) + "\n"


def _passage(parser: TextParser, names: UniqueNames, part: NotePart, passage: Passage) -> list[str]:
    lead = plain(f"{passage.release.title}:")
    lines = (names.unique(passage.text.value) or passage.text.value).split("\n")
    parsed = parser.blocks(passage.text, passage.note.path, "note")
    if parsed and isinstance(parsed[0], nodes.paragraph):
        blocks = [[f"{lead} {lines[0]}", *lines[1:]]]
    else:
        blocks = [[lead], lines]
    return separated(blocks) if part.is_prelude else item(blocks)
