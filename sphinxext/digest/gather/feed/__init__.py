"""Draft stories from feeds, and notes from the indexes of other projects.

Here are the records and values that all formats of feeds share, and the drafts of an index: notes of the same kinds,
that name the project they come from.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime

from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import SECTION_FIELDS, ValueProblem, read_moment
from sphinxext.digest.fragments.write import Draft, make_draft, plain_paragraph, plain_title
from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.joint.index import Index, IndexNote
from sphinxext.digest.model import Moment, Text
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text import visible_lines, visible_text
from sphinxext.digest.text.rst import begun, escaped, is_plain, without_roles

#: The most characters that are read of a title and a name, and that excerpts are made of.
MAX_TITLE, MAX_NAME, MAX_BODY = 2000, 200, 20_000

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|h[1-6]|i|iframe|img|ins|kbd|mark|p|pre|q|s|samp|script|small|span"
    r"|strike|strong|style|sub|sup|svg|tt|u|var|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LEAP_SECOND = re.compile(r"(:\d\d):60(?!\d)")
#: ``name@host (Name)``, the form that RSS has, and ``Name <name@host>``.
_MAIL_THEN_NAME = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_NAME_THEN_MAIL = re.compile(r"(?P<name>[^<>@]+?)\s*<[^<>\s]+@[^<>\s]+>")
_MAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A post of a feed. All texts but ``body`` are plain lines, and empty if the feed has none.

    ``body`` is its text or summary, HTML if ``is_html``. ``identifier`` is the feed's own name for the post.
    """

    title: str
    author: str
    body: str
    is_html: bool
    url: str | None = None
    identifier: str = ""
    published: Moment | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed. ``home`` is the page that it is the feed of; ``posts`` are in the order of the file."""

    title: str
    home: str | None
    posts: tuple[FeedPost, ...]


def read_time(text: str) -> Moment | None:
    """Read a time in the formats of feeds, in UTC, or a day; return None if it is invalid.

    The formats are RFC 3339, and RFC 822 with years of four digits (RFC 5322) or two and named zones. A time without
    a zone, or with an unknown one, counts as UTC, as in RFC 5322.
    """
    text = _LEAP_SECOND.sub(r"\1:59", " ".join(text[:200].split()))
    try:
        return read_moment(text)
    except ValueProblem:
        pass
    try:
        when = parsedate_to_datetime(text)
        return read_moment(when.isoformat(timespec="seconds"))
    except (ValueProblem, ValueError, TypeError, IndexError, OverflowError):
        return None


def title_of(text: str, *, is_html: bool) -> str:
    """Return a title as a plain line."""
    text = visible_lines(text[:MAX_TITLE])
    if is_html:
        blocks, _, _ = blocks_of_html(text, 1)
        text = " ".join(block.plain for block in blocks)
    return visible_text(text)


def loose_title(text: str) -> str:
    """Return a title of RSS as a plain line. RSS does not say if it is HTML: it is if it has HTML tags.

    See https://www.rssboard.org/rss-profile#data-types-characterdata.
    """
    return (
        title_of(text, is_html=True) if _TAG.search(text[:MAX_TITLE]) else title_of(html.unescape(text), is_html=False)
    )


def name_of(text: str) -> str:
    """Return the name of an author without mail addresses."""
    line = visible_text(html.unescape(text[:MAX_TITLE]))
    for form in (_MAIL_THEN_NAME, _NAME_THEN_MAIL):
        if match := form.fullmatch(line):
            line = match["name"].strip()
    return "" if _MAIL.fullmatch(line) else line[:MAX_NAME].strip()


#: The longest text that is taken with its markup.
_MAX_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """The choice of notes, and the heading of items and stories.

    ``limit`` is how many fragments, the newest. ``known`` are the identities of those that the folder has.
    """

    settings: Settings
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    group: str | None = None
    known: frozenset[str] = frozenset()


def draft_index(index: Index, options: IndexOptions) -> list[Draft]:
    """Draft the fragments of an index, oldest first.

    A fragment keeps its identity, so that parts of threads stay connected, and what several projects have, such as
    one thread of a common list, comes once. Texts keep their markup if it is such as any fragment may have; roles that
    point into the project's own documentation become words. A text with anything else becomes plain text.
    """
    groups: dict[str, list[IndexNote]] = {}
    for note in index.notes:
        day = note.moment.day
        if (options.since is None or options.since <= day) and (options.until is None or day <= options.until):
            groups.setdefault(note.identity, []).append(note)
    fragments = sorted(groups.values(), key=lambda notes: (notes[0].moment.day, notes[0].identity))
    if options.limit is not None:
        fragments = fragments[max(0, len(fragments) - options.limit) :]
    here = options.known.union(notes[0].identity for notes in fragments)
    # a slug is another one here, and what is not here cannot be continued
    threads = {note.slug: note.identity for note in reversed(index.notes) if note.section == "threads" and note.slug}
    names = {slug: identity for slug, identity in threads.items() if identity in here} | {name: name for name in here}
    fragments = [[_connected(note, names) for note in notes] for notes in fragments]
    sound = _sound_texts((note for notes in fragments for note in notes), options.settings)
    return [_draft(index, notes, sound, options.group) for notes in fragments]


def _connected(note: IndexNote, names: Mapping[str, str]) -> IndexNote:
    """Return a note with the identity of what it continues, by the names that there are for that, or with nothing."""
    continues = note.fields.get("continues")
    if continues is None:
        return note
    fields = {name: value for name, value in note.fields.items() if name != "continues"}
    identity = names.get(continues)
    return replace(note, fields=fields | ({"continues": identity} if identity else {}))


def _draft(index: Index, notes: Sequence[IndexNote], sound: Mapping[str, str], group: str | None) -> Draft:
    notes = sorted(notes, key=lambda note: note.index)
    sections: dict[str, list[dict[str, object]]] = {}
    moment = notes[0].moment
    for note in notes:
        values: dict[str, object] = dict(_fields(index, note, sound, group))
        if note.moment != moment:
            values["date"] = note.moment
        sections.setdefault(note.section, []).append(values)
    comment = [f"From {index.title}{f', {index.home}' if index.home else ''}."]
    if note_url := next((note.fields["url"] for note in notes if "url" in note.fields), None):
        comment.append(f"See {note_url}")
    comment.append("Read it, change what only that project understands, and delete these lines and 'draft'.")
    fields = notes[0].fields
    words = notes[0].slug or fields.get("title") or fields.get("text") or next(iter(fields.values()))
    return make_draft(
        notes[0].identity, f"{index.project} {words}", sections, date=moment, comment=map(visible_text, comment)
    )


def _fields(index: Index, note: IndexNote, sound: Mapping[str, str], group: str | None) -> Iterator[tuple[str, str]]:
    """Yield the fields of a note, with the name of the project in one of them."""
    fields = {name: sound.get(f"{_type(note, name).value} {value}", value) for name, value in note.fields.items()}
    if note.section in ("items", "stories"):
        own = f"{index.title}: {fields['group']}" if "group" in fields else index.title
        fields["group"] = visible_text(group or "") or own
    elif note.section in ("threads", "events"):
        fields["title"] = f"{begun(escaped(index.title))}: {fields['title']}"
    elif note.section == "successes" and is_plain(fields["text"]):
        fields["text"] = "\n".join(plain_paragraph(f"{fields['text']} ({index.title})"))
    yield from fields.items()


def _type(note: IndexNote, name: str) -> Type | Choice:
    return SECTION_FIELDS[note.section].fields[name].type


def _sound_texts(notes: Iterable[IndexNote], settings: Settings) -> dict[str, str]:
    """Return the texts that are valid here by type and original text. All are checked at once."""
    # what this project lets its own authors do is not for others
    strict = replace(
        settings, fragment_raw=False, fragment_file_insertion=False, fragment_directives=(), fragment_roles=()
    )
    texts: dict[str, tuple[Type, str]] = {}
    for note in notes:
        for name, value in note.fields.items():
            kind = _type(note, name)
            if kind is Type.RST or kind is Type.TITLE:
                texts[f"{kind.value} {value}"] = kind, value
    marked = {key: _with_markup(value, kind) for key, (kind, value) in texts.items()}
    checked = ((key, texts[key][0], Text(text, 1, 1)) for key, text in marked.items() if text)
    bad = {problem.path for problem in check_texts(checked, strict)}
    return {
        key: _without_markup(value, kind) if key in bad or not marked[key] else marked[key]
        for key, (kind, value) in texts.items()
    }


def _with_markup(value: str, kind: Type) -> str:
    """Return a text with its markup, but for roles; empty if it is too long for that."""
    text = visible_lines(value).strip("\n")
    if kind is Type.TITLE:
        text = " ".join(text.split())
    return without_roles(text) if len(text) <= _MAX_TEXT and text.strip() else ""


def _without_markup(value: str, kind: Type) -> str:
    if kind is Type.TITLE:
        return plain_title(value)
    paragraphs = (part for part in re.split(r"\n[^\S\n]*\n", value[:_MAX_TEXT]) if visible_text(part))
    return "\n\n".join("\n".join(plain_paragraph(part)) for part in paragraphs)
