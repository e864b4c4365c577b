"""Issues to fragments: the text of each file, its name, and the identity that it has at every import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

from sphinxext.digest.archive.issue import Issue
from sphinxext.digest.archive.kinds import Draft
from sphinxext.digest.archive.words import CONTINUING
from sphinxext.digest.compose import countdown_heading
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import dump_fragment, slug_of
from sphinxext.digest.model import Entry, Fragment, Moment, Thread
from sphinxext.digest.options import Settings
from sphinxext.digest.problems import Problem


@dataclass(slots=True)
class NewFragment:
    """A fragment that an import makes. ``place`` are the file that it comes from and the line of the section."""

    identity: str
    stem: str
    text: str
    place: tuple[str, int]
    moment: Moment
    draft: Draft

    def read(self, folder: str) -> tuple[Fragment | None, list[Problem]]:
        """What the file says to whoever reads it."""
        return read_fragment(self.text.encode(), f"{folder}/{self.stem}.yaml", self.stem)


@dataclass(frozen=True, slots=True)
class KnownThread:
    """A thread that another may continue."""

    identity: str
    title: str
    url: str | None
    moment: Moment


def fragments_of(issue: Issue, settings: Settings) -> list[NewFragment]:
    """The fragments of an issue, one to each section, with the order of the sections."""
    seen: Counter[str] = Counter()
    result = []
    for number, draft in enumerate(issue.drafts, 1):
        words = " ".join(draft.words.casefold().split())
        key = f"{draft.section}\n{words}"
        seen[key] += 1
        content = f"{issue.name.casefold()}\n{issue.period or issue.moment}\n{key}\n{seen[key]}"
        identity = blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()
        order = number if len(issue.drafts) > 1 else None
        text = text_of(draft, issue.moment, order, settings)
        stem = f"{slug_of(f'{issue.moment.day} {draft.words}')}-{identity}"
        result.append(NewFragment(identity, stem, text, (issue.path, draft.line), issue.moment, draft))
    return result


def text_of(draft: Draft, moment: Moment, order: int | None, settings: Settings) -> str:
    """The YAML of a draft."""
    heading = draft.heading
    if heading == _usual_heading(draft, moment, settings):
        heading = None
    sections = {draft.section: draft.notes}
    return dump_fragment(sections, date=moment, draft=False, order=order, heading=heading, **draft.texts)


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
                order = _order_of(fragment.text)
                fragment.text = text_of(fragment.draft, fragment.moment, order, settings)


def may_continue(fragment: NewFragment) -> bool:
    """Whether a fragment is a thread that says that it continues another."""
    draft = fragment.draft
    return draft.section == "threads" and bool(draft.earlier or CONTINUING.search(draft.words))


def known_thread(entry: Entry) -> KnownThread:
    """A thread of a collection."""
    note = entry.note
    assert isinstance(note, Thread)
    return KnownThread(entry.fragment.identity, note.title.value.replace("\\", ""), note.url, entry.moment)


def _earlier(fragment: NewFragment, threads: list[KnownThread]) -> KnownThread | None:
    """The latest thread before this one that has its title, its URL, or one that it calls earlier."""
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
    """A title without what says that it goes on, for comparing."""
    return " ".join("".join(char if char.isalnum() else " " for char in CONTINUING.sub("", title).casefold()).split())


def _order_of(text: str) -> int | None:
    found = next((line for line in text.split("\n", 4) if line.startswith("order: ")), None)
    return int(found.removeprefix("order: ")) if found else None


def _usual_heading(draft: Draft, moment: Moment, settings: Settings) -> str | None:
    """The heading that a digest would have here by itself."""
    if draft.section == "successes":
        return settings.success_heading
    if draft.section == "countdown":
        fragment, _ = read_fragment(dump_fragment({"countdown": draft.notes}).encode(), "", f"x-{0:016x}")
        if fragment is not None and fragment.notes:
            return countdown_heading(Entry(fragment, fragment.notes[0], moment), with_series=False)
    return None
