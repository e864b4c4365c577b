"""Turn a post into the fragments of an issue: its period, its kind, its sections, and the text of each file.

Identities are the same at every import, so that importing again changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date
from hashlib import blake2b
from pathlib import PurePath

from sphinxext.digest.collection.compose import countdown_heading
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import dump_fragment, slug_of
from sphinxext.digest.gather.importer import Block, Form, Post, Words
from sphinxext.digest.gather.importer.kinds import Maker, SectionDraft
from sphinxext.digest.gather.importer.newsletter import drafts_of_newsletter
from sphinxext.digest.gather.importer.references import NUMBER, References, body_rst, take_references
from sphinxext.digest.gather.importer.sections import PostSection, join_parts, sections_of
from sphinxext.digest.gather.importer.sources import DIGEST
from sphinxext.digest.gather.importer.titles import (
    COUNTDOWN,
    SUCCESSES,
    Title,
    days_in_name,
    period_of,
    read_title,
)
from sphinxext.digest.model import ENGLISH, Entry, Fragment, Moment, Period, Thread
from sphinxext.digest.model.notes import CONTINUING
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import Settings, dated


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The user's information on the files: the year of the last day, the whole period, the series of countdowns.

    ``base`` is the address that relative links in Markdown are relative to. With ``numbers`` newsletters keep theirs.
    """

    year: int | None = None
    period: Period | None = None
    series: str | None = None
    base: str | None = None
    numbers: bool = False


@dataclass(slots=True)
class Issue:
    """A post that was understood: its drafts in order, and the moment that all of them have.

    ``period`` is that of a digest, and None for what is only dated. ``name`` tells this publication from others of
    the same day. ``number`` is the one that it keeps.
    """

    path: str
    name: str
    moment: Moment
    period: Period | None
    drafts: list[SectionDraft]
    line: int = 1
    problems: list[Problem] = field(default_factory=list)
    number: int | None = None


def issue_of(post: Post, options: ImportOptions) -> tuple[Issue | None, list[Problem]]:
    """Understand a post; the issue is None if it cannot be dated."""
    if post.is_story:
        return _story_issue(post)
    title = read_title(post.title or "")
    if post.is_newsletter:
        return _newsletter_issue(post, title, options)
    sections, references, problems = _sections(post)
    is_digest = _is_digest(post, title, sections)
    sent = post.sent.astimezone(UTC).date() if post.sent else None
    period = options.period or period_of(title, options.year, sent, _hints(post))
    if period is None:
        if sent is None or (is_digest and title.days is not None):
            return None, [*problems, _no_period(post, title)]
        if not is_digest:
            return _story_issue(post)
    day = period.end if period else sent
    assert day is not None
    moment = Moment(day)
    if not is_digest and post.url is not None and title.days is None:
        return _story_issue(post)
    maker = Maker(references, post.is_mail, options.series, _text(post), moment.day.year, moment.day.month)
    drafts = _digest_drafts(sections, maker) if is_digest else [_stories(sections, maker, title)]
    _keep_unused(references, drafts)
    name = title.words or post.title or PurePath(post.path).stem
    own = period if is_digest and not title.is_day else None
    return Issue(post.path, name, moment, own, drafts, post.line), problems


def _newsletter_issue(post: Post, title: Title, options: ImportOptions) -> tuple[Issue | None, list[Problem]]:
    """Understand a newsletter. Its title says its days, or else its date, or else the name of its file."""
    problems: list[Problem] = []
    references = take_references(post, problems)
    named, hints = title, _hints(post)
    sent = post.sent.date() if post.sent else None
    if title.days is None and sent is None and len(hints) < 2:
        named = read_title(PurePath(post.path).stem.replace("_", " ").replace("-", " "))
    period = options.period or period_of(named, options.year, sent, hints)
    day = period.end if period else sent or (hints[0] if hints else None)
    if day is None:
        return None, [*problems, _no_period(post, title)]
    maker = Maker(references, False, options.series, _text(post), day.year, day.month)
    drafts = drafts_of_newsletter(post.blocks, maker, day)
    _keep_unused(references, drafts)
    own = period if period and (options.period or not named.is_day) else None
    name = title.words or post.title or PurePath(post.path).stem
    return Issue(post.path, name, Moment(day), own, drafts, post.line), problems


def _sections(post: Post) -> tuple[list[PostSection], References, list[Problem]]:
    problems: list[Problem] = []
    references = take_references(post, problems)
    sections = sections_of(post.blocks, heads=post.heads)
    return sections, references, problems


def _is_digest(post: Post, title: Title, sections: list[PostSection]) -> bool:
    """Return True if a post is a digest, by its title or by what it has; anything else consists of stories."""
    if post.title and DIGEST.search(title.words):
        return True
    marks = (SUCCESSES.match(section.title) or COUNTDOWN.search(section.title) for section in sections)
    return any(marks) or sum(section.has_full_thread for section in sections) > 0


def _hints(post: Post) -> list[date]:
    """Return the days that the file's name says, else those of the address that the mail gives for its page."""
    if days := days_in_name(PurePath(post.path).name):
        return days
    first = post.blocks[0].plain if post.blocks else ""
    return days_in_name(post.url or (first if "://" in first else ""))[:1]


def _no_period(post: Post, title: Title) -> Problem:
    if title.days is not None:
        message = (
            f"the days '{title.days}' cannot be placed: no date of the file says their year, or there are no such "
            "days; use --year or --period"
        )
    else:
        message = "neither a title nor the file's name says what days this is about: use --period START/END"
    return Problem(post.path, post.line, 1, Code.NO_PERIOD, message)


def _digest_drafts(sections: list[PostSection], maker: Maker) -> list[SectionDraft]:
    """Return the sections of a digest. Text before the first heading is its prelude."""
    prelude: PostSection | None = None
    if sections and sections[0].heading is None and not sections[0].lost:
        prelude, *sections = sections
    joined = join_parts(sections)
    _report_meanings(joined, maker.references)
    text = body_rst(prelude.body, maker.references) if prelude else ""
    drafts = [maker.draft(section) for section in joined]
    if text and drafts:
        drafts[0].texts["prelude"] = text
    elif text and prelude:
        drafts = [SectionDraft("stories", [{"text": text}], "text", prelude.line)]
    return drafts


def _stories(sections: list[PostSection], maker: Maker, title: Title) -> SectionDraft:
    """Return the pieces of a newsletter, or of a committee's post, under one heading."""
    group = title.words or "News"
    notes = []
    for section in sections:
        for note in maker.draft(section).notes if not section.body else maker.story(section).notes:
            author = {"author": maker.references.post.author} if maker.references.post.author else {}
            notes.append({**note, **author, "group": group})
    line = sections[0].line if sections else 1
    return SectionDraft("stories", notes, title.words or "stories", line)


def _story_issue(post: Post) -> tuple[Issue | None, list[Problem]]:
    """Return a whole post as one story of the day on which it was published."""
    problems: list[Problem] = []
    references = take_references(post, problems)
    note = {"title": references.rst(Words.of(post.title), post.line)} if post.title else {}
    fields = {"author": post.author, "group": post.group}
    note |= {name: value for name, value in fields.items() if value}
    if post.url and (url := references.check(post.url, post.line)):
        note["url"] = url
    note["text"] = body_rst(post.blocks, references) or note.get("title", "")
    if post.sent is None:
        message = "the story has no date: use --period with its day, as DAY/DAY"
        return None, [*problems, Problem(post.path, post.line, 1, Code.NO_PERIOD, message)]
    when = post.sent.astimezone(UTC)
    moment = Moment(when.date(), when.replace(microsecond=0) if when.time().isoformat() != "00:00:00" else None)
    draft = SectionDraft("stories", [note], post.title or "story", post.line)
    _keep_unused(references, [draft])
    name = f"{post.group or ''} {post.title or note['text'][:80]}"
    return Issue(post.path, name, moment, None, [draft], post.line), problems


def _report_meanings(sections: list[PostSection], references: References) -> None:
    uses: defaultdict[int, list[tuple[int, Block]]] = defaultdict(list)
    for index, section in enumerate(sections):
        for block in section.body:
            for match in NUMBER.finditer(block.plain):
                found = uses[int(match[1])]
                if not found or found[-1][1] is not block:
                    found.append((index, block))
    references.report_other_meaning(uses)


def _keep_unused(references: References, drafts: list[SectionDraft]) -> None:
    """Keep what the list has and the text does not refer to, as text at the end."""
    unused = references.unused()
    if not unused:
        return
    blocks = [Block(Form.TEXT, Words.of(f"[{entry.number}] - {entry.url}"), entry.line) for entry in unused]
    silent = References(references.post, [])
    drafts.append(SectionDraft("stories", [{"text": body_rst(blocks, silent)}], "references", unused[0].line))


def _text(post: Post) -> str:
    return " ".join([post.title or "", *(block.plain for block in post.blocks)]).lower()


@dataclass(slots=True)
class NewFragment:
    """A fragment that an import makes. ``place`` are the file that it comes from and the line of the section.

    ``order`` is the place of its section in the digest, ``number`` the digest's number if this fragment says it.
    """

    identity: str
    stem: str
    text: str
    place: tuple[str, int]
    moment: Moment
    draft: SectionDraft
    order: int | None = None
    number: int | None = None

    def read(self, folder: str) -> tuple[Fragment | None, list[Problem]]:
        """The comment at the top of the file."""
        return read_fragment(self.text.encode(), f"{folder}/{self.stem}.yaml", self.stem)


@dataclass(frozen=True, slots=True)
class KnownThread:
    """A thread that another may continue."""

    identity: str
    title: str
    url: str | None
    moment: Moment


def fragments_of(issue: Issue, settings: Settings) -> list[NewFragment]:
    """Return the fragments of an issue, one to each section, with the order of the sections.

    The first one says the number of the digest, if there is one to keep.
    """
    seen: Counter[str] = Counter()
    result = []
    for place, draft in enumerate(issue.drafts, 1):
        words = " ".join(draft.words.casefold().split())
        key = f"{draft.section}\n{words}"
        seen[key] += 1
        content = f"{issue.name.casefold()}\n{issue.period or issue.moment}\n{key}\n{seen[key]}"
        identity = blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()
        order = place if len(issue.drafts) > 1 else None
        number = issue.number if place == 1 else None
        text = text_of(draft, issue.moment, order, settings, number)
        stem = f"{slug_of(f'{issue.moment.day} {draft.words}')}-{identity}"
        result.append(NewFragment(identity, stem, text, (issue.path, draft.line), issue.moment, draft, order, number))
    return result


def text_of(
    draft: SectionDraft, moment: Moment, order: int | None, settings: Settings, number: int | None = None
) -> str:
    """Return the YAML of a draft."""
    heading = draft.heading
    if heading == _usual_heading(draft, moment, settings):
        heading = None
    sections = {draft.section: draft.notes}
    return dump_fragment(
        sections, date=moment, draft=False, number=number, order=order, heading=heading, **draft.texts
    )


def connect(new: list[NewFragment], known: list[KnownThread], settings: Settings) -> None:
    """Let threads that continue others name the fragments of these, if they are among the known or the new ones."""
    threads = known + [
        KnownThread(fragment.identity, fragment.draft.words, fragment.draft.notes[0].get("url"), fragment.moment)
        for fragment in new
        if fragment.draft.section == "threads"
    ]
    for fragment in new:
        if fragment.draft.section == "threads":
            earlier = _earlier(fragment, threads)
            if earlier is not None:
                note = fragment.draft.notes[0]
                fragment.draft.notes[0] = {**note, "continues": earlier.identity}
                fragment.text = text_of(fragment.draft, fragment.moment, fragment.order, settings, fragment.number)


def may_continue(fragment: NewFragment) -> bool:
    """Return True if a fragment is a thread that says that it continues another."""
    draft = fragment.draft
    return draft.section == "threads" and bool(draft.earlier or CONTINUING.search(draft.words))


def known_thread(entry: Entry) -> KnownThread:
    """Return a thread of a collection."""
    note = entry.note
    assert isinstance(note, Thread)
    return KnownThread(entry.fragment.identity, note.title.value.replace("\\", ""), note.url, entry.moment)


def _earlier(fragment: NewFragment, threads: list[KnownThread]) -> KnownThread | None:
    """Return the latest thread before this one that has its title, its URL, or one that it calls earlier."""
    if not may_continue(fragment):
        return None
    draft = fragment.draft
    title, url = bare_title(draft.words), draft.notes[0].get("url")
    before = [
        thread
        for thread in threads
        if thread.identity != fragment.identity and thread.moment.day < fragment.moment.day
    ]
    said = CONTINUING.search(draft.words) is not None
    found = [
        thread
        for thread in before
        if (said and (bare_title(thread.title) == title or (url and thread.url == url)))
        or (thread.url and thread.url in draft.earlier)
    ]
    return max(found, key=lambda thread: thread.moment.day, default=None)


def bare_title(title: str) -> str:
    """Return a title without what says that it goes on, for comparing."""
    return " ".join("".join(char if char.isalnum() else " " for char in CONTINUING.sub("", title).casefold()).split())


def _usual_heading(draft: SectionDraft, moment: Moment, settings: Settings) -> str | None:
    """Return the heading that a digest would have here by itself."""
    if draft.section == "successes":
        return settings.success_heading
    if draft.section == "countdown":
        fragment, _ = read_fragment(dump_fragment({"countdown": draft.notes}).encode(), "", f"x-{0:016x}")
        if fragment is not None and fragment.notes:
            entry = Entry(fragment, fragment.notes[0], moment)
            return countdown_heading(entry, with_series=False, messages=dated(ENGLISH, settings))
    return None
