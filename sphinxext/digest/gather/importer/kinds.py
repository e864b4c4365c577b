"""Turn the sections of a post into notes: the kind of each section, its fields, and the series of countdowns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sphinxext.digest.gather.importer import Block, Form, Words
from sphinxext.digest.gather.importer.references import NUMBER, References, body_rst
from sphinxext.digest.gather.importer.sections import PostSection, is_short_list
from sphinxext.digest.gather.importer.titles import (
    CANONICAL_FULL_THREAD,
    CLOSER,
    COUNTDOWN,
    FULL_THREAD,
    LABELS,
    NICK,
    OTHER_LABELS,
    PREVIOUS,
    SUCCESSES,
    WEEK,
)
from sphinxext.digest.model.notes import CONTINUING
from sphinxext.digest.problems import Code

#: OpenStack's series and the year and month of their releases.
SERIES = {
    "austin": (2010, 10),
    "bexar": (2011, 2),
    "cactus": (2011, 4),
    "diablo": (2011, 9),
    "essex": (2012, 4),
    "folsom": (2012, 9),
    "grizzly": (2013, 4),
    "havana": (2013, 10),
    "icehouse": (2014, 4),
    "juno": (2014, 10),
    "kilo": (2015, 4),
    "liberty": (2015, 10),
    "mitaka": (2016, 4),
    "newton": (2016, 10),
    "ocata": (2017, 2),
    "pike": (2017, 8),
    "queens": (2018, 2),
    "rocky": (2018, 8),
    "stein": (2019, 4),
    "train": (2019, 10),
    "ussuri": (2020, 5),
    "victoria": (2020, 10),
    "wallaby": (2021, 4),
    "xena": (2021, 10),
    "yoga": (2022, 3),
    "zed": (2022, 10),
    "antelope": (2023, 3),
    "bobcat": (2023, 10),
    "caracal": (2024, 4),
    "dalmatian": (2024, 10),
    "epoxy": (2025, 4),
    "flamingo": (2025, 10),
    "gazpacho": (2026, 4),
    "hibiscus": (2026, 9),
}
#: Names in places where only the name of a series can be.
_PLACES = re.compile(
    r"\b(?P<before>[A-Z][a-z]{2,})(?:[- ][1-3]\b| (?:final|cycle|release schedule|release candidate|milestone))"
    r"|\bstable/(?P<branch>[a-z]{3,})\b|\b(?P<tag>[a-z]{3,})-[1-3]\b"
)
_NO_NAMES = frozenset(
    [
        *("the", "this", "next", "first", "each", "every", "current"),
        *("development", "release", "final", "milestone"),
    ]
)


def series_of(section: PostSection, text: str, year: int, month: int) -> str | None:
    """Return the name of the series, in lower case, or None if nothing tells it.

    It is the one that the countdown names most often, or that is where a series is named. Else it is the one that was
    released next after the digest, if the digest speaks of OpenStack or names that series.

    :param text: that of the whole digest, in lower case.
    """
    own = " ".join([section.title, *(block.plain for block in section.body)])
    named: Counter[str] = Counter(word for word in re.findall(r"[a-z]+", own.lower()) if word in SERIES)
    if named:
        in_heading = [name for name in named if name in section.title.lower()]
        if in_heading:
            return in_heading[0]
        coming = _coming(year, month)
        return coming if coming in named else named.most_common(1)[0][0]
    for match in _PLACES.finditer(own):
        name = str(next(group for group in match.groups() if group)).lower()
        if name not in _NO_NAMES:
            return name
    coming = _coming(year, month)
    return coming if coming and ("openstack" in text or coming in text) else None


def _coming(year: int, month: int) -> str | None:
    """OpenStack's series that is released next after a month."""
    return next((name for name, released in SERIES.items() if released >= (year, month)), None)


#: Stands for lines that close the successes where a digest has none.
NO_CLOSING = ".. none"
#: The most characters between a word such as "previous" and its number.
_BEFORE = 80


@dataclass(slots=True)
class SectionDraft:
    """The content of a fragment: the notes of one section, by the name of the fragments' section.

    ``words`` are its heading, for the name of the file. ``earlier`` are URLs that may belong to an earlier part of a
    thread.
    """

    section: str
    notes: list[dict[str, str]]
    words: str
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    heading: str | None = None
    earlier: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Maker:
    """Makes the notes of a digest.

    ``series`` is what the user says that countdowns are about; ``strict`` that the digest has to come out of a report
    as it was.
    """

    references: References
    strict: bool
    series: str | None = None
    text: str = ""
    year: int = 0
    month: int = 0
    groups: set[str] = field(default_factory=set)

    def draft(self, section: PostSection) -> SectionDraft:
        """Return the notes of one section of a digest."""
        post = self.references.post
        if section.lost:
            message = "the heading is blank: what is below it is a story without one"
            self.references.report(Code.LOST_HEADING, "", section.line, message)
        if not section.body:
            message = f"there is nothing below '{section.title}' in the file: it is a story of one line"
            self.references.report(Code.LOST_TEXT, section.title, section.line, message)
            words = section.heading or Words.of(post.title or "")
            return SectionDraft(
                "stories", [{"text": self.references.rst(words, section.line)}], section.title, section.line
            )
        bullets = any(block.form is Form.BULLET for block in section.body)
        make: Callable[[PostSection], SectionDraft | None] = self.story
        if section.heading is not None and bullets:
            if SUCCESSES.match(section.title):
                make = self.successes
            elif COUNTDOWN.search(section.title):
                make = self.countdown
            elif is_short_list(section) and section.title not in self.groups:
                make = self.items
            elif section.has_full_thread or section.body[0].form is Form.BULLET:
                make = self.thread
        elif section.heading is not None and section.has_full_thread:
            make = self.thread
        return make(section) or self.story(section)

    def successes(self, section: PostSection) -> SectionDraft | None:
        """Successes with the lines that close them; None if there is anything else, or nothing else, below."""
        body = list(section.body)
        closing: list[Block] = []
        while body and _is_line(body[-1]) and CLOSER.fullmatch(body[-1].plain.strip()):
            closing.insert(0, body.pop())
        if not body or any(block.form is Form.HEADING or block.level == 0 for block in body):
            return None
        notes = [self.success(item) for item in _items(body)]
        texts = {"closing": body_rst(closing, self.references) if closing else NO_CLOSING}
        return SectionDraft("successes", notes, "successes", section.line, texts, heading=section.title)

    def success(self, item: list[Block]) -> dict[str, str]:
        """Return the nick, if the line begins with one word and a colon, and the text."""
        first = item[0]
        match = NICK.match(first.plain)
        if match is None or "[" in match["nick"]:
            return {"text": _item_rst(item, self.references)}
        rest = [replace(first, words=first.words.cut(match.end()).stripped(), rst=None), *item[1:]]
        return {"nick": match["nick"], "text": _item_rst(rest, self.references)}

    def items(self, section: PostSection) -> SectionDraft:
        """Return a short list. A line that ends with its only link becomes that link.

        A digest shows all lists of one heading as one, so a second list with the same heading is skipped.
        """
        self.groups.add(section.title)
        notes = []
        for block in section.body:
            note = self.linked_item(block)
            group = {"group": section.title} if section.title else {}
            notes.append({**group, **(note or {"text": _item_rst([block], self.references)})})
        return SectionDraft("items", notes, section.title or "items", section.line)

    def linked_item(self, block: Block) -> dict[str, str] | None:
        """Return the text and the URL of a line that is one link, or ends with its only number; None for any other."""
        if "\n" in block.plain:
            return None
        match = re.fullmatch(rf"(?P<text>[^\[\]]*\S) {NUMBER.pattern}", block.plain)
        if match and not block.words.urls and "://" not in match["text"]:
            number = int(match[2])
            target = self.references.target(number)
            if target:
                self.references.used.add(number)
                text = self.references.rst(block.words.until(match.end("text")), block.line)
                return {"text": text, "url": target}
        if len(block.words.runs) == 1 and block.words.urls:
            target = self.references.check(block.words.urls[0], block.line)
            if target and block.plain != target:
                return {"text": self.references.rst(Words.of(block.plain), block.line), "url": target}
        return None

    def thread(self, section: PostSection) -> SectionDraft | None:
        """Return a thread, with the URL of the whole if it is known."""
        assert section.heading is not None
        note = {"title": self.references.rst(section.heading, section.line)}
        url, body = self.full_thread(section)
        if url:
            note["url"] = url
        if CONTINUING.search(section.title):
            note["state"] = "continuing"
        summary = body_rst(body, self.references)
        if summary:
            note["summary"] = summary
        return SectionDraft("threads", [note], section.title, section.line, earlier=self.earlier(body))

    def full_thread(self, section: PostSection) -> tuple[str | None, list[Block]]:
        """Return the URL of the whole thread, and the body without the line that a report makes of it.

        Any other form of that line stays as the last of the text.
        """
        last = section.body[-1]
        if not FULL_THREAD.match(last.plain) or last.level > 1:
            return None, section.body
        if match := CANONICAL_FULL_THREAD.fullmatch(last.plain):
            url = self.references.check(match[1], last.line)
            return url, section.body[:-1] if url and last.form is Form.BULLET else section.body
        url = self.url_in(last)
        if url is None:
            message = "the URL of the full thread is not in the file: the line stays"
            if not NUMBER.search(last.plain):
                self.references.report(Code.LOST_URL, last.plain.strip(), last.line, message)
        elif not self.strict and re.fullmatch(r"full threads?[.:]?", last.plain.strip(), re.IGNORECASE):
            return url, section.body[:-1]
        return url, section.body

    def url_in(self, block: Block) -> str | None:
        """Return the only place that a line leads to."""
        found = block.words.urls or re.findall(r"https?://[^\s<>]*[^\s<>.,;:)]", block.plain)
        for match in NUMBER.finditer(block.plain):
            if target := self.references.target(int(match[1])):
                found.append(target)
        return self.references.check(found[0], block.line) if len(set(found)) == 1 else None

    def earlier(self, body: Sequence[Block]) -> list[str]:
        """Return the targets of numbers and links that the text calls earlier ones."""
        found = []
        for block in body:
            plain = block.plain
            for match in NUMBER.finditer(plain):
                target = self.references.target(int(match[1]))
                if target and PREVIOUS.search(plain[max(0, match.start() - _BEFORE) : match.start()]):
                    found.append(target)
            found += [run.url for run in block.words.runs if run.url and PREVIOUS.search(run.text[-_BEFORE:])]
        return found

    def countdown(self, section: PostSection) -> SectionDraft | None:
        """Return a countdown: its parts where they are labelled, else all of it as general information."""
        series = self.series or series_of(section, self.text, self.year, self.month)
        if series is None:
            message = "the series of the countdown is not known: it is a story; name it with --series"
            self.references.report(Code.NO_SERIES, section.title, section.line, message)
            return None
        note = {"series": series}
        if match := WEEK.search(section.title):
            note["week"] = f"R{'+' if match['sign'] == '+' else '-'}{int(match['weeks'])}"
        url, body = self.full_thread(section)
        parts = self.parts(body)
        if parts is None:
            note["general"] = body_rst(body, self.references)
        else:
            note |= {name: body_rst(blocks, self.references, base=1) for name, blocks in parts.items()}
        if not any(name in note for name in LABELS) or not any(note.get(name) for name in LABELS):
            return None
        if url:
            note["url"] = url
        return SectionDraft("countdown", [note], section.title, section.line, heading=section.title)

    def parts(self, body: list[Block]) -> dict[str, list[Block]] | None:
        """Return the parts below their labels, or None if a report would not show them in the same way."""
        parts: dict[str, list[Block]] = {}
        current: list[Block] | None = None
        trailing: list[Block] = []
        for block in body:
            name = _label(block, strict=self.strict)
            if name and name not in parts and not trailing:
                if list(LABELS).index(name) < len(parts):
                    return None
                current = parts[name] = []
            elif block.level == 1 and block is body[-1] and FULL_THREAD.match(block.plain) and not self.strict:
                trailing.append(replace(block, level=2))
            elif current is None or block.form is Form.HEADING or block.level < 1 or _is_line(block):
                return None
            else:
                current.append(block)
        if len(parts) < 2 or not all(parts.values()) or list(parts) != [name for name in LABELS if name in parts]:
            return None
        parts[list(parts)[-1]] += trailing
        return parts

    def story(self, section: PostSection) -> SectionDraft:
        """Prose."""
        note = {}
        if section.heading is not None:
            note["title"] = self.references.rst(section.heading, section.line)
        note["text"] = body_rst(section.body, self.references)
        return SectionDraft("stories", [note], section.title or "story", section.line)


def _label(block: Block, *, strict: bool) -> str | None:
    """Return the part of a countdown that a line of the list is the label of."""
    if not _is_line(block):
        return None
    text = block.plain.strip()
    if strict:
        return next((name for name, label in LABELS.items() if text == f"{label}:"), None)
    text = text.rstrip(":").strip()
    return next((name for name, label in OTHER_LABELS.items() if label.fullmatch(text)), None)


def _is_line(block: Block) -> bool:
    """Return True if a block is a line of the section's own list."""
    return block.form is Form.BULLET and block.level == 1


def _items(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the lines of a list, each with the blocks below it."""
    items: list[list[Block]] = []
    for block in blocks:
        if not items or _is_line(block):
            items.append([block])
        else:
            items[-1].append(block)
    return items


def _item_rst(item: list[Block], references: References) -> str:
    """Return a line of a list and what is below it, without its own bullet."""
    first, *rest = item
    blocks = [replace(first, form=Form.TEXT, level=0), *(replace(block, level=block.level - 1) for block in rest)]
    return body_rst(blocks, references)
