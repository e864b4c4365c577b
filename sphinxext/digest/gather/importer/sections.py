"""Divide a post into sections: its blocks under their headings, some of which belong to a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from sphinxext.digest.gather.importer import Block, Form, Words
from sphinxext.digest.gather.importer.html import BOLD_LEVEL
from sphinxext.digest.gather.importer.titles import CLOSER, COUNTDOWN, FULL_THREAD, SUCCESSES

#: The marks that a heading does not end with.
_SENTENCE_END = (".", ",", ";", "!")
_LONG = 120
#: Without a list below it, a line is a heading if it is not longer than this.
_SHORT = 90
#: From this length on, a line directly below a heading is text, even if it could be another heading.
_TEXT = 68
#: Headings of parts of a discussion, which do not name anything by themselves.
_PART = re.compile(
    r".*:|(?:.*\b(?:issues|concerns|questions|answers|options|alternatives|proposals|solutions|next steps|background"
    r"|pros|cons|conclusions?|responses|feedback|action items|work items|benefits|goals|problems|requirements)"
    r"|(?:how|what|why|where|when|who)\b[^?]*|summary|background|overview|details|status|proposal|timeline"
    r"|introduction|current \w+|next \w+|possible \w+|proposed \w+)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class PostSection:
    """A heading and the blocks below it. Headings within are blocks of the body.

    ``lost`` says that there is a place for a heading, but no words.
    """

    heading: Words | None
    line: int
    level: int = 0
    lost: bool = False
    body: list[Block] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The words of the heading."""
        return " ".join(self.heading.plain.split()) if self.heading else ""

    @property
    def has_full_thread(self) -> bool:
        """True if the section ends with the line that leads to the whole thread."""
        return bool(self.body) and FULL_THREAD.match(self.body[-1].plain) is not None

    @property
    def is_discussion(self) -> bool:
        """True if it may be a thread: bullets under a heading that is not one of the usual ones."""
        return not self.is_usual and self.has_bullets

    @property
    def is_usual(self) -> bool:
        """True if it has no heading, or one of those that digests have for successes and countdowns."""
        return not self.heading or bool(SUCCESSES.match(self.title) or COUNTDOWN.search(self.title))

    @property
    def is_label(self) -> bool:
        """True if its heading is a short paragraph, not marked as a heading, that ends in a colon."""
        return self.level in (0, BOLD_LEVEL) and self.title.endswith(":") and not self.is_usual

    @property
    def has_bullets(self) -> bool:
        """True if there is a list below it."""
        return any(block.form is Form.BULLET for block in self.body)


def sections_of(blocks: list[Block], *, heads: bool) -> list[PostSection]:
    """Return the sections of a post; the first has no heading if there is text before the first one.

    :param heads: whether all headings are marked; otherwise short lines above others are headings.
    """
    heads = heads or _stand_directly_above(blocks)
    sections = [PostSection(None, blocks[0].line if blocks else 1)]
    for index, block in enumerate(blocks):
        current = sections[-1]
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.form is Form.HEADING and not block.plain.strip():
            sections.append(PostSection(None, block.line, block.level, lost=True))
        elif block.form is Form.HEADING or (not heads and _is_heading(block, following, current)):
            sections.append(PostSection(block.words.stripped(), block.line, block.level))
        elif _begins_without_heading(block, current):
            sections.append(PostSection(None, block.line, current.level, lost=True, body=[block]))
        else:
            current.body.append(block)
    sections = _with_levels([section for section in sections if section.heading or section.body])
    return _without_labels(sections)


def _stand_directly_above(blocks: list[Block]) -> bool:
    """Return True if headings are directly above their bodies, as in mails, which identifies them."""
    known = sum(block.form is Form.HEADING for block in blocks)
    apart = sum(
        block.form is Form.TEXT and following.form is Form.BULLET and len(block.plain) <= _SHORT
        for block, following in pairwise(blocks)
    )
    return known > 0 and known >= apart


def _is_heading(block: Block, following: Block | None, current: PostSection) -> bool:
    """Return True if a paragraph of one line is a heading: short, no sentence, and something comes after it.

    Directly below another heading a line is text if it is too long for a heading. There are lists of headings whose
    texts got lost, but hardly long ones.
    """
    text = block.plain.strip()
    if block.form is not Form.TEXT or block.level or "\n" in text or len(text) > _LONG or "://" in text:
        return False
    if text.endswith(_SENTENCE_END) or FULL_THREAD.match(text) or not any(map(str.isalpha, text)):
        return False
    if following is not None and following.form is Form.BULLET:
        return following.level == 1 and (not text.endswith(":") or len(text) <= _SHORT)
    if text.endswith(":") or len(text) > _SHORT:
        return False
    if current.heading is None and not current.body and not current.lost:
        return following is not None
    if current.heading is not None and not current.body:
        return len(text) < _TEXT
    return True


def _begins_without_heading(block: Block, current: PostSection) -> bool:
    """Return True if a list begins where its heading should be: after the lines that close another, or a wider gap."""
    if block.form is not Form.BULLET or block.level != 1 or not current.body:
        return False
    last = current.body[-1]
    if last.form is not Form.BULLET:
        return False
    closed = (
        bool(CLOSER.fullmatch(last.plain))
        and not CLOSER.fullmatch(block.plain)
        and bool(SUCCESSES.match(current.title))
    )
    return closed or block.gap > 1 or (block.gap > 0 and current.has_full_thread)


def _with_levels(sections: list[PostSection]) -> list[PostSection]:
    """Put sections of lower levels, as HTML has them, into the threads that they are parts of.

    A part comes before the line that leads to the whole thread.
    """
    levels = [section.level for section in sections if section.level]
    if len(set(levels)) < 2:
        return sections
    top = min(levels)
    result: list[PostSection] = []
    is_discussion = False
    for section in sections:
        within = section.level > top and result and result[-1].level == top and section.heading is not None
        if within and not result[-1].has_full_thread and (is_discussion or section.level == BOLD_LEVEL):
            _take_in(result[-1], section)
            is_discussion = is_discussion or (not result[-1].is_usual and section.has_bullets)
        else:
            result.append(section)
            is_discussion = section.is_discussion
    return result


def _without_labels(sections: list[PostSection]) -> list[PostSection]:
    """Put short paragraphs that end in a colon, such as "Rules:", into the section before, whose lists they introduce.

    Where all headings are written with a colon, they are headings. But where none of the sections is known by what it
    has, and there is text before the first one, the whole post is one text.
    """
    own = [section for section in sections if section.heading and not section.is_usual]
    all_labels = all(section.is_label for section in own)
    if all_labels and (not sections or sections[0].heading or any(map(_is_known, sections))):
        return sections
    result: list[PostSection] = []
    for section in sections:
        before = result[-1] if result else None
        if before is None or not section.is_label or section.has_full_thread or not _may_go_on(before):
            result.append(section)
        else:
            _take_in(before, section)
    return result


def _is_known(section: PostSection) -> bool:
    return section.has_full_thread or section.lost or (section.heading is not None and section.is_usual)


def _may_go_on(section: PostSection) -> bool:
    """Return True unless a section is complete, has no place for more, or is introduced in the same way."""
    return not (_is_known(section) or section.is_label)


def join_parts(sections: list[PostSection]) -> list[PostSection]:
    """Put headings within a thread back into it.

    Text does not say which headings are within a thread. But where a digest ends its threads by a line that leads
    to the whole of each, a heading after a section without that line may be a part of the same thread, which ends
    with the next such line. So sections are joined from the first without the line to the next with it, if

    - more than one of the digest's threads, the last of them included, has such a line, and two or more sections in a
      row have none, or
    - the heading is that of a part: it ends with a colon, or is one like "Current Issues" or "How to ...".

    One section without the line between others that have it is a thread whose line is missing. Successes, countdowns,
    short lists and lists without a heading end a run.
    """
    discussions = [section for section in sections if section.is_discussion]
    closed = sum(1 for section in discussions if section.has_full_thread)
    consistent = closed > 1 and discussions[-1].has_full_thread
    result: list[PostSection] = []
    run: list[PostSection] = []
    for section in sections:
        if not section.is_discussion or (run and is_short_list(run[-1])):
            result += run
            run = []
        if not section.is_discussion:
            result.append(section)
            continue
        run.append(section)
        if section.has_full_thread:
            result += _joined(run, all_parts=consistent and len(run) > 2)
            run = []
    return result + run


def _joined(run: list[PostSection], *, all_parts: bool) -> list[PostSection]:
    result = [run[0]]
    for section in run[1:]:
        if all_parts or _PART.fullmatch(section.title):
            _take_in(result[-1], section)
        else:
            result.append(section)
    return result


def _take_in(section: PostSection, part: PostSection) -> None:
    assert part.heading is not None
    section.body.append(Block(Form.HEADING, part.heading, part.line, part.level))
    section.body += part.body


def is_short_list(section: PostSection) -> bool:
    """Return True if a section is a short list: lines without others below them, each a title more than a sentence.

    A title is short, and ends with a number of the list of links, or at least not with a full stop.
    """
    if section.heading is None or section.has_full_thread or not section.body:
        return False
    for block in section.body:
        text = block.plain.strip()
        if block.form is not Form.BULLET or block.level != 1 or len(text) > _SHORT + 30:
            return False
        if text.count(". ") or (text.endswith((".", "!", "?")) and not _ends_with_link(block)):
            return False
    return True


def _ends_with_link(block: Block) -> bool:
    """Return True if a line has a link, or ends with an address or with a number of the list of links."""
    last = block.plain.split()[-1]
    return bool(block.words.urls or re.search(r"https?://.", last) or re.fullmatch(r".*\[\d+\][.,;]?", last))
