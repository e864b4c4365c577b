"""Make notes of a newsletter whose headings have levels and name what is below them.

A heading with nothing but a list below it is the group of these items; one with nothing but other headings below it
is the group of their stories; a list of days under a heading for events are events; everything else is a story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sphinxext.digest.gather.importer import Block, Form, Words
from sphinxext.digest.gather.importer.events import EVENTS, events_of
from sphinxext.digest.gather.importer.kinds import Maker, SectionDraft
from sphinxext.digest.gather.importer.references import body_rst
from sphinxext.digest.gather.importer.sections import PostSection
from sphinxext.digest.gather.importer.titles import COUNTDOWN, SUCCESSES
from sphinxext.digest.gather.markdown import emphasis


def drafts_of_newsletter(blocks: Sequence[Block], maker: Maker, day: date) -> list[SectionDraft]:
    """Return the notes of a newsletter, in order. Text before the first heading is its prelude.

    :param day: its day, for the years of events.
    """
    sections = _sections(blocks)
    prelude = ""
    if sections and sections[0].heading is None and not _is_list(sections[0]):
        prelude = body_rst(sections.pop(0).body, maker.references)
    drafts = list(_drafts(sections, maker, day))
    if prelude and drafts:
        drafts[0].texts["prelude"] = prelude
    elif prelude:
        drafts = [SectionDraft("stories", [{"text": prelude}], "text", 1)]
    return drafts


def _sections(blocks: Sequence[Block]) -> list[PostSection]:
    sections = [PostSection(None, blocks[0].line if blocks else 1)]
    for block in blocks:
        if block.form is Form.HEADING:
            if block.plain.strip():
                sections.append(PostSection(block.words.stripped(), block.line, block.level))
        else:
            sections[-1].body.append(block)
    return [section for section in sections if section.heading or section.body]


def _drafts(sections: list[PostSection], maker: Maker, day: date) -> Iterator[SectionDraft]:
    position = 0
    while position < len(sections):
        section = sections[position]
        end = position + 1
        while end < len(sections) and sections[end].level > section.level:
            end += 1
        below = sections[position + 1 : end]
        if EVENTS.fullmatch(section.title) and (found := list(_events([section, *below], maker, day))):
            yield from found
            position = end
        elif below and not section.body and _are_stories(below) and section.title not in maker.groups:
            yield _group_of_stories(section, below, maker)
            position = end
        else:
            yield _heading(section, maker) if below and not section.body else _draft(section, maker)
            position += 1


def _draft(section: PostSection, maker: Maker) -> SectionDraft:
    """Return the notes of a section."""
    if not section.body:
        return maker.draft(section)
    draft: SectionDraft | None = None
    if section.heading is not None and section.has_bullets and SUCCESSES.match(section.title):
        draft = maker.successes(section)
    elif section.heading is not None and section.has_bullets and COUNTDOWN.search(section.title):
        draft = maker.countdown(section)
    elif section.heading is not None and section.has_full_thread:
        draft = maker.thread(section)
    elif _is_list(section) and not (section.heading and section.heading.urls) and section.title not in maker.groups:
        draft = maker.items(section)
    return draft or _story(section, maker)


def _is_list(section: PostSection) -> bool:
    return bool(section.body) and all(block.form is Form.BULLET for block in section.body)


def _heading(section: PostSection, maker: Maker) -> SectionDraft:
    """Return a heading of headings as a line of its own."""
    assert section.heading is not None
    words = section.heading
    text = maker.references.rst(words, section.line) if words.urls else emphasis("**", section.title)
    return SectionDraft("stories", [{"text": text}], section.title, section.line)


def _story(section: PostSection, maker: Maker) -> SectionDraft:
    """Return a story; a title that is a link gives its URL."""
    draft = maker.story(section)
    url = _only_url(section, maker)
    if url:
        title = maker.references.rst(Words.of(section.title), section.line)
        draft.notes[0] = {"title": title, "url": url, "text": draft.notes[0]["text"]}
    return draft


def _only_url(section: PostSection, maker: Maker) -> str | None:
    """Return where a heading leads to that is one link."""
    words = section.heading
    if words is None or len(set(words.urls)) != 1 or not all(run.url for run in words.runs):
        return None
    return maker.references.check(words.urls[0], section.line)


def _are_stories(sections: list[PostSection]) -> bool:
    """Return True if sections are of one level, and all of them prose."""
    levels = {section.level for section in sections}
    return len(levels) == 1 and all(
        section.body and not (_is_list(section) or section.is_usual or section.has_full_thread) for section in sections
    )


def _group_of_stories(section: PostSection, below: list[PostSection], maker: Maker) -> SectionDraft:
    """Return stories under one heading."""
    maker.groups.add(section.title)
    notes = [{**_story(part, maker).notes[0], "group": section.title} for part in below]
    return SectionDraft("stories", notes, section.title, section.line)


def _events(sections: list[PostSection], maker: Maker, day: date) -> Iterator[SectionDraft]:
    """Yield the events of some sections, and what else is there as a story; nothing if there are no events."""
    events: list[dict[str, str]] = []
    rest: list[Block] = []
    top = sections[0]
    for section in sections:
        place = "" if section is top else section.title
        others = []
        for block in section.body:
            found = events_of(block, place, day, maker.references)
            events += found
            others += [] if found else [block]
        if others and section is not top and section.heading is not None:
            rest.append(Block(Form.HEADING, section.heading, section.line, section.level))
        rest += others
    if not events:
        return
    yield SectionDraft("events", events, top.title, top.line)
    if rest:
        yield SectionDraft("stories", [{"text": body_rst(rest, maker.references)}], top.title, top.line)
