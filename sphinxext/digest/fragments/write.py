"""Write fragments: notes and drafts to canonical YAML, and YAML to a new file.

All text of a draft comes from outside, and is sanitized here.
"""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from yaml.nodes import ScalarNode

from sphinxext.digest.files import create_files, writing
from sphinxext.digest.fragments.fields import SECTION_FIELDS, TEXT_NOTES, SectionFields, ValueProblem, check_url
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import Deadlines, Fragment, Participants, split_name
from sphinxext.digest.model.keys import Type
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import join_url, split_url, visible_text
from sphinxext.digest.text.rst import begun, escaped, filled
from sphinxext.digest.yaml import is_string

#: The types of keys, each of which is of one type in all sections that have it, but for texts.
_TYPES = {field.name: field.type for section in SECTION_FIELDS.values() for field in section.fields.values()}
#: A slug is cut after the last word that ends before this many characters.
MAX_SLUG = 50
#: The slug of a text that has no Latin letters and no digits.
NO_SLUG = "note"

#: Letters that do not decompose into a Latin letter and a mark.
_LATIN = str.maketrans(
    {
        "æ": "ae",
        "ð": "d",
        "đ": "d",
        "ħ": "h",
        "\u0131": "i",
        "ł": "l",
        "ø": "o",
        "œ": "oe",
        "þ": "th",
        "’": "",
        "'": "",
    }
)
#: What YAML 1.1 does not allow to stand as it is, and what it takes for the end of a line.
_NOT_PRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
#: A value that certainly is a string without quotes: it begins like a word and has no mark of YAML in it.
_PLAIN = re.compile(r"(?!.*(?::[ ]|[ ]#|:\Z))[^\W_].*", re.DOTALL)
#: What YAML 1.1 takes for a number or a time, and other readers than ours do not give back as a string.
_LIKE_A_NUMBER = re.compile(r"\d[\d\s_.:,+TtZzEeXxOo-]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def dump_fragment(
    sections: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    date: object = None,
    draft: bool = False,
    number: int | None = None,
    order: int | None = None,
    heading: str | None = None,
    **texts: str | None,
) -> str:
    """Return the YAML of a fragment, in its canonical form.

    The keys come in the order of the format. Texts of several lines are literal blocks, others stand on one line
    however long, in quotes where they have to be. What cannot stand in a block, such as a control character or a
    space at the end of a line, is written as an escape in quotes.

    Read again, every value is the same but for white space at its ends.

    :param sections: the notes by the names of their sections; the values are texts, or have the text to write as
        their ``str()``; a None is left out.
    :param date: of the fragment; so are ``draft``, ``number``, ``order`` and ``heading``.
    :param texts: of the fragment, by their keys: ``prelude``, ``closing``.
    :raises ValueError: for a section or a key that the format does not have, and for a lone surrogate in a text.
    """
    if unknown := (set(sections) - set(SECTION_FIELDS)) | (set(texts) - set(TEXT_NOTES)):
        raise ValueError(f"a fragment has no section '{min(unknown)}'")
    lines = ["---"]
    lines += dump_value("date", date, 0) if date is not None else ()
    lines += ["draft: true"] if draft else ()
    lines += [f"number: {number:d}"] if number is not None else ()
    lines += [f"order: {order:d}"] if order is not None else ()
    for name, value in {"heading": heading, **{name: texts.get(name) for name in TEXT_NOTES}}.items():
        lines += dump_value(name, value, 0) if value is not None else ()
    for section in SECTION_FIELDS.values():
        if notes := sections.get(section.name):
            lines.append(f"{section.name}:")
            for note in notes:
                lines += _note_lines(section, note)
    text = "\n".join(lines) + "\n"
    text.encode()
    return text


def dump_value(key: str, value: object, indent: int) -> list[str]:
    """Return the lines of a key with its value, indented by so many spaces."""
    margin = " " * indent
    if _TYPES.get(key) is Type.PARTICIPANTS:
        return _participants_lines(key, value, margin)
    if _TYPES.get(key) is Type.DEADLINES:
        return _deadlines_lines(key, value, margin)
    if _TYPES.get(key) is Type.FLAG:
        return [f"{margin}{key}: {str(value).lower()}"]
    text = re.sub(r"\A(?:[^\S\n]*\n)+", "", str(value)).rstrip()
    if "\n" not in text:
        return [f"{margin}{key}: {_scalar(text.strip(), is_date=_TYPES.get(key) in (Type.MOMENT, Type.WHEN))}"]
    if not _fits_a_block(text):
        return [f"{margin}{key}: {_double_quoted(text.strip())}"]
    # a text that itself begins with spaces needs to be told from its indentation
    header = "|2" if text[0] == " " else "|"
    body = (f"{margin}  {line}" if line else "" for line in text.split("\n"))
    return [f"{margin}{key}: {header}", *body]


def slug_of(text: str) -> str:
    """Return the words of a text as a part of a file's name: lower-case ASCII letters and digits, joined by ``-``."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LATIN))
    words = re.findall(r"[a-z0-9]+", folded.encode("ascii", "ignore").decode())
    slug = words[0][:MAX_SLUG] if words else NO_SLUG
    for word in words[1:]:
        if len(slug) + 1 + len(word) > MAX_SLUG:
            break
        slug = f"{slug}-{word}"
    return slug


def write_new_file(folder: Path, slug: str, text: str, identity: str | None = None) -> Path:
    """Write a new fragment and return its path.

    The folder is made if it is missing. The write is atomic and never replaces another file.

    :param slug: any text; see :func:`slug_of`.
    :param identity: 16 hexadecimal digits; random ones without it.
    :raises DigestError: if there is a fragment with this identity.
    :raises OSError: if the file cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    taken = {name[1]: path.name for path in folder.glob(f"*{SUFFIX}") if (name := split_name(path.stem))}
    if identity is None:
        identity = next(new for new in iter(new_identity, "") if new not in taken)
    elif identity in taken:
        message = f"{taken[identity]} has the identity {identity} already"
        raise DigestError(Problem(os.fspath(folder), 0, 0, Code.DUPLICATE_IDENTITY, message))
    path = folder / f"{slug_of(slug)}-{identity}{SUFFIX}"
    create_files({path: text.encode()})
    return path


def write_new_files(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write new fragments and return their paths: all of them, or none if one cannot be written.

    The folder is made if it is missing. None of the files takes the place of another.

    :param texts: by the names of the files, whose identities must be free.
    :raises OSError: if one of the files cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return create_files({folder / name: text.encode() for name, text in texts.items()})


def _note_lines(section: SectionFields, note: Mapping[str, object]) -> Iterator[str]:
    if unknown := set(note) - set(section.fields):
        raise ValueError(f"a note in '{section.name}' has no key '{min(unknown)}'")
    values = [(name, note[name]) for name in section.fields if note.get(name) is not None]
    if not values:
        raise ValueError(f"a note in '{section.name}' has no keys")
    lines = [line for name, value in values for line in dump_value(name, value, 4)]
    yield f"  - {lines[0].lstrip()}"
    yield from lines[1:]


def _participants_lines(key: str, value: object, margin: str) -> list[str]:
    """Names with their numbers, a line to each of them.

    :raises ValueError: for a text that is not of the form that these have as a string.
    """
    participants = Participants.of_text(str(value))
    if participants is None:
        raise ValueError(f"'{key}' is not of the form 'NAME: NUMBER'")
    return [
        f"{margin}{key}:",
        *(f"{margin}  {_scalar(name, is_date=False)}: {number}" for name, number in participants.counts),
    ]


def _deadlines_lines(key: str, value: object, margin: str) -> list[str]:
    """Deadlines, each with its title and its date.

    :raises ValueError: for a text that is not of the form that these have as a string.
    """
    deadlines = Deadlines.of_text(str(value))
    if deadlines is None:
        raise ValueError(f"'{key}' is not of the form 'YYYY-MM-DD: TITLE'")
    lines = [f"{margin}{key}:"]
    for one in deadlines.days:
        lines += [
            f"{margin}  - title: {_scalar(one.title, is_date=False)}",
            f"{margin}    date: {one.day.isoformat()}",
        ]
    return lines


def _scalar(text: str, *, is_date: bool) -> str:
    if is_date and _LIKE_A_NUMBER.fullmatch(text):
        return text
    if _NOT_PRINTABLE.search(text) or "\t" in text:
        return _double_quoted(text)
    if _PLAIN.fullmatch(text) and not _LIKE_A_NUMBER.fullmatch(text) and is_string(ScalarNode("", text)):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _double_quoted(text: str) -> str:
    escaped = re.sub(r'["\\\n\r\t]', lambda match: _ESCAPES[match[0]], text)
    return '"' + _NOT_PRINTABLE.sub(lambda match: _escape(match[0]), escaped) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        return character  # half of a character: there is no way to write it in UTF-8
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _fits_a_block(text: str) -> bool:
    lines = text.split("\n")
    return not _NOT_PRINTABLE.search(text) and all(
        line == line.rstrip() and not line.lstrip(" ").startswith("\t") for line in lines
    )


def new_identity() -> str:
    """Return 16 random hexadecimal digits."""
    return secrets.token_hex(8)


#: The longest address that is kept, in characters.
MAX_URL = 4000

#: What browsers leave out of an address, and what cannot stand in one as it is.
_LEFT_OUT_OF_URLS = re.compile(r"[\t\r\n]")
_NOT_IN_URLS = re.compile(
    '[\\s\x00-\x20\x7f-\xa0<>"\\\\^`{|}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
)


#: What most addresses look like, so that nothing has to be written in another way.
_COMMON_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%#?=&+-]*)?")


def plain_title(text: str) -> str:
    """Plain text as a line of reStructuredText."""
    return begun(escaped(visible_text(text)))


def plain_paragraph(text: str, indent: int = 0) -> list[str]:
    """Return the lines of plain text as a paragraph of reStructuredText, which will be indented by so many spaces."""
    return filled(plain_title(text), indent)


def web_url(url: str | None, base: str | None = None) -> str | None:
    """Return an absolute address on the web, or None for any other.

    What cannot stand in a URL is written as RFC 3986 has it, with percent signs.

    :param base: what a relative address is relative to.
    """
    if url and base is None and len(url) <= MAX_URL and _COMMON_URL.fullmatch(url):
        return url
    text = _LEFT_OUT_OF_URLS.sub("", (url or "").strip())
    if not text or len(text) > MAX_URL:
        return None
    joined = join_url(base, text) if base else text
    result = _NOT_IN_URLS.sub(lambda match: quote(match[0], safe="", errors="replace"), joined or "")
    parts = split_url(result)
    try:
        return check_url(result) if parts and parts.scheme.lower() in ("http", "https") else None
    except ValueProblem:
        return None


def allowed_url(url: str | None) -> str | None:
    """Return the URL if a fragment may have it."""
    try:
        return check_url(url) if url else None
    except ValueProblem:
        return None


@dataclass(frozen=True)
class Draft:
    """A fragment to be completed by a person.

    ``identity`` are the 16 hexadecimal digits that every draft of the same thing has, whenever it is made; ``stem`` is
    the name of its file without the suffix.
    """

    identity: str
    stem: str
    text: str


@dataclass
class DraftPlan:
    """The plan for drafts: ``new`` ones with their fragments, paths of those ``known``, the number of those rejected.

    What cannot be a fragment is among the ``problems``.
    """

    new: list[tuple[Draft, Fragment]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)


def identity_of(*parts: object) -> str:
    """Return the identity of what these parts tell from everything else: its kind first, then what it is known by."""
    content = "\n".join(map(str, parts))
    return blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()


def make_draft(
    identity: str,
    words: str,
    sections: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    date: object = None,
    comment: Iterable[str] = (),
    is_draft: bool = True,
) -> Draft:
    """Return a draft of notes.

    :param words: what its name says, any text.
    :param sections: the notes by the names of their sections, as :func:`dump_fragment` takes them. Texts are
        reStructuredText: what comes from outside must have been escaped.
    :param comment: lines of plain text for the top of the file, such as what a person has to decide.
    :param is_draft: False for a fragment that is published at once, without a person who completes it.
    """
    head = "".join(f"# {' '.join(line.split())}\n" for line in comment)
    return Draft(identity, f"{slug_of(words)}-{identity}", head + dump_fragment(sections, date=date, draft=is_draft))


def plan_drafts(
    drafts: Iterable[Draft], root: Path, folder: str, rejected: Callable[[], Container[str]] = frozenset
) -> DraftPlan:
    """Find out which drafts are new.

    One that was written before is known by its identity, whatever its name and its text have become since.

    :param root: the project.
    :param folder: the folder of the fragments, relative to the project.
    :param rejected: returns the identities of drafts that nobody wants; it is only asked if a draft is new.
    """
    plan = DraftPlan()
    known: dict[str, str] = {}
    for file in sorted((root / folder).glob(f"*{SUFFIX}")):
        if name := split_name(file.stem):
            known.setdefault(name[1], f"{folder}/{file.name}")
    unwanted: Container[str] | None = None
    for draft in drafts:
        if draft.identity in known:
            plan.known.append(known[draft.identity])
            continue
        unwanted = rejected() if unwanted is None else unwanted
        if draft.identity in unwanted:
            plan.rejected += 1
            continue
        path = known[draft.identity] = f"{folder}/{draft.stem}{SUFFIX}"
        fragment, problems = read_fragment(draft.text.encode(), path, draft.stem)
        plan.problems += problems
        if fragment is not None and not problems:
            plan.new.append((draft, fragment))
    return plan
