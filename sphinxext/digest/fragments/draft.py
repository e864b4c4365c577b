"""Drafts: what a collector makes of a source, and which of it is new to a folder of fragments.

What came from outside, made harmless: plain text to reStructuredText that says just that, and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.values import ValueProblem, check_url
from sphinxext.digest.fragments.write import dump_fragment, slug_of
from sphinxext.digest.model import Fragment, split_name
from sphinxext.digest.problems import Problem
from sphinxext.digest.text.rst import begun, escaped, filled
from sphinxext.digest.text.urls import join_url, split_url
from sphinxext.digest.text.visible import visible_text

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
    """The plan for drafts: ``new`` ones with their fragments, and the paths of those ``known``.

    What cannot be a fragment is among the ``problems``.
    """

    new: list[tuple[Draft, Fragment]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
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


def plan_drafts(drafts: Iterable[Draft], root: Path, folder: str) -> DraftPlan:
    """Find out which drafts are new.

    One that was written before is known by its identity, whatever its name and its text have become since.

    :param root: the project.
    :param folder: the folder of the fragments, relative to the project.
    """
    plan = DraftPlan()
    known: dict[str, str] = {}
    for file in sorted((root / folder).glob(f"*{SUFFIX}")):
        if name := split_name(file.stem):
            known.setdefault(name[1], f"{folder}/{file.name}")
    for draft in drafts:
        if draft.identity in known:
            plan.known.append(known[draft.identity])
            continue
        path = known[draft.identity] = f"{folder}/{draft.stem}{SUFFIX}"
        fragment, problems = read_fragment(draft.text.encode(), path, draft.stem)
        plan.problems += problems
        if fragment is not None and not problems:
            plan.new.append((draft, fragment))
    return plan
