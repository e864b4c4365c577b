"""Release notes as plain text, in the style of the mails of digests, and as Markdown.

What only a Sphinx build knows degrades to its words: a reference to its text, a directive to its content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from docutils import nodes

from sphinxext.digest.compose import References
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.render.markdown import markdown_document
from sphinxext.digest.render.release_notes import Chapter, NotePart, Outline, Passage
from sphinxext.digest.render.rst_names import link_targets
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.render.wrap import WIDTH, width_of

#: Roles whose words are words: titles of pages and headings. What other roles have is a name of something.
_WORD_ROLES = frozenset({"abbr", "any", "doc", "download", "guilabel", "menuselection", "numref", "ref", "term"})
_ROLE = re.compile(r":([\w.+-]+(?::[\w.+-]+)*):`")
#: What docutils says of a name that the text itself does not give.
_UNKNOWN = re.compile(r'Unknown target name: "(.+?)"')
#: Stands for the place of a heading, to which nothing but words leads.
_HEADING = "#"
#: What is no matter without a page: a link of another scheme is its words.
_NO_PROBLEM = frozenset({Code.BAD_URL})


class _NotesGuard(Guard):
    """What release notes may use: any directive of the project's build, if it reads no file."""

    def allows_directive(self, name: str) -> bool:
        return True


def release_notes_text(outline: Outline, width: int = WIDTH) -> tuple[str, list[Problem]]:
    """The notes as plain text, and the problems of their texts.

    Titles are underlined, headings of sections stand above their bullets, and links are numbered, with a list of
    their targets at the end.
    """
    builder = _Builder(outline)
    chapters = [(chapter, builder.sections(chapter)) for chapter in outline.chapters]
    numbers = References()
    number_links([part for _, parts in chapters for part in parts], numbers, "reference", titles=True)
    blocks = [_underlined(outline.title, "=")]
    for chapter, parts in chapters:
        blocks += [_underlined(chapter.heading, "-"), text_lines(parts, width)]
    blocks.append([f"[{number}] - {target}" for number, target in enumerate(numbers.targets, 1)])
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n", builder.problems


def release_notes_markdown(outline: Outline) -> tuple[str, list[Problem]]:
    """The notes as GitHub Flavored Markdown, and the problems of their texts."""
    builder = _Builder(outline)
    parts: list[nodes.Node] = []
    for chapter in outline.chapters:
        sections = builder.sections(chapter)
        parts += [_section(chapter.heading, sections)] if chapter.heading else sections
    return markdown_document(outline.title, parts), builder.problems


class _Builder:
    """Makes nodes of notes.

    In a report all notes are one document, so that a text may refer to a name that another one gives, or to a heading.
    """

    def __init__(self, outline: Outline) -> None:
        self._parser = TextParser(_NotesGuard(raw=True))
        self._targets = {part.title.lower(): _HEADING for chapter in outline.chapters for part in chapter.parts}
        for _, passage in outline.passages:
            self._targets |= link_targets(passage.text.value)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the texts so far."""
        return [problem for problem in self._parser.problems if problem.code not in _NO_PROBLEM]

    def sections(self, chapter: Chapter) -> list[nodes.Node]:
        """The sections of a chapter, those of lower levels inside the others."""
        top: list[nodes.Node] = []
        around: list[tuple[int, nodes.section]] = []
        for part in chapter.parts:
            section = _section(part.title, self._body(part, with_version=chapter.release is None))
            around = [(level, outer) for level, outer in around if level < part.level]
            if around:
                around[-1][1].append(section)
            else:
                top.append(section)
            around.append((part.level, section))
        return top

    def _body(self, part: NotePart, *, with_version: bool) -> list[nodes.Node]:
        found = [self._blocks(passage, with_version=with_version) for passage in part.passages]
        if part.is_prelude:
            return [block for blocks in found for block in blocks]
        return [nodes.bullet_list("", *(nodes.list_item("", *blocks) for blocks in found), bullet="*")]

    def _blocks(self, passage: Passage, *, with_version: bool) -> list[nodes.Node]:
        blocks = self._parsed(passage)
        _unwrap_words(blocks)
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
    """Take the marks of literals from words that are none, and from names what only tells Sphinx how to show them."""
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
