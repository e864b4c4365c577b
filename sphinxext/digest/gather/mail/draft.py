"""Draft the summary of a thread with what is known of it, for a person to cut down and complete."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sphinxext.digest.fragments.write import Draft, make_draft
from sphinxext.digest.gather.mail import as_rst, item, name_of, shortened, url_as_rst, without_addresses
from sphinxext.digest.gather.mail.body import cited_urls, first_sentence, own_lines, text_of_message
from sphinxext.digest.gather.mail.header import Message
from sphinxext.digest.gather.mail.ranking import Candidate, Status
from sphinxext.digest.model import Entry, Kind, Participants, State
from sphinxext.digest.model.period import today
from sphinxext.digest.text.rst import filled

#: The depth of lists in an outline; deeper answers are in the last list.
MAX_LEVELS = 4
_MAX_ITEMS = 300
_MAX_LINKS = 40
_MAX_TITLE = 200
_MAX_NAME = 80
_MAX_NAMES = 12
_MAX_PARTICIPANTS = 500
_NOTHING = "(nothing but quotes, a patch or an attachment)"
#: The line of a draft's comment with the length of the thread.
_COUNT = re.compile(r"^# Messages: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A message in an outline: its depth, who wrote it, whom it answers, and its first sentence.

    ``answers`` is None where the list around says it.
    """

    level: int
    sender: str
    answers: str | None
    words: str


def draft_thread(candidate: Candidate) -> Draft:
    """Return the fragment of a thread, dated to the day (UTC) of its last message, or to today if none has a time.

    All that comes from the messages is plain text: nothing in it is markup, and addresses of people are masked.
    """
    texts = {message.id: own_lines(text_of_message(message.content.read())) for message in candidate.messages}
    summary = [
        *filled(as_rst(_numbers(candidate)), 0),
        "",
        *_outline_rst(outline(candidate, texts)),
        *_links_rst(candidate.messages, texts),
    ]
    title = _title(candidate)
    note = {
        "title": as_rst(title),
        "url": candidate.url,
        "state": State.DONE.value if candidate.thread.is_done else None,
        "continues": _continued(candidate),
        "participants": _participants(candidate),
        "summary": "\n".join(summary),
    }
    last = candidate.last
    return make_draft(
        candidate.identity,
        title,
        {"threads": [note]},
        date=last.date() if last else today(),
        comment=_comment(candidate),
    )


def redrawn(candidate: Candidate, text: str) -> Draft | None:
    """Return the draft of a thread as it is now, if the file still is what was made of its first messages.

    :param text: the draft's file. What a person has touched is left alone.
    """
    match = _COUNT.search(text)
    messages = candidate.thread.messages
    if match is None or not 0 < int(match[1]) < len(messages):
        return None
    some = messages[: int(match[1])]
    before = replace(candidate, thread=replace(candidate.thread, messages=some), messages=some)
    return draft_thread(candidate) if draft_thread(before).text == text else None


def outline(candidate: Candidate, texts: dict[str, list[str]]) -> Iterator[OutlineLine]:
    """Yield the messages of a thread, each below the one that it answers, with its first sentence.

    :param texts: the senders' own lines by Message-ID.
    """
    parents = candidate.thread.parents()
    messages = {message.id: message for message in candidate.messages}
    answers: defaultdict[str | None, list[Message]] = defaultdict(list)
    for message in candidate.messages:
        parent = parents.get(message.id)
        answers[parent if parent in messages else None].append(message)
    waiting = [(message, 0) for message in reversed(answers[None])]
    while waiting:
        message, depth = waiting.pop()
        answered = messages.get(parents.get(message.id) or "") if depth >= MAX_LEVELS else None
        words = first_sentence(texts[message.id]) or _NOTHING
        yield OutlineLine(min(depth, MAX_LEVELS - 1), message.sender, answered.sender if answered else None, words)
        waiting += [(answer, depth + 1) for answer in reversed(answers[message.id])]


def growth(candidate: Candidate, text: str) -> int | None:
    """Count the messages since a draft was made; return None if that is unknown.

    :param text: the draft's file.
    """
    match = _COUNT.search(text)
    if match is not None:
        return max(0, len(candidate.thread.messages) - int(match[1]))
    if candidate.entry is None:
        return None
    day = candidate.entry.moment.day
    return sum(message.sent is not None and message.sent.date() > day for message in candidate.thread.messages)


def days_of(first: datetime | None, last: datetime | None) -> str:
    """Describe the time of a thread in days of UTC."""
    if first is None or last is None:
        return "at an unknown time"
    start, end = first.date().isoformat(), last.date().isoformat()
    return f"on {start}" if start == end else f"from {start} to {end}"


def _outline_rst(lines: Iterable[OutlineLine]) -> Iterator[str]:
    before = 0
    kept = list(islice(lines, _MAX_ITEMS + 1))
    for line in kept[:_MAX_ITEMS]:
        # the first line of a list is one level below the line before it, whatever its depth
        level = min(line.level, before + 1)
        if level != before:
            yield ""
        answers = f", to {_name(line.answers)}" if line.answers else ""
        yield from item(as_rst(f"{_name(line.sender)}{answers}: {without_addresses(line.words)}"), level)
        before = level
    if len(kept) > _MAX_ITEMS:
        yield from ["", *item("More messages follow.")]


def _links_rst(messages: Sequence[Message], texts: dict[str, list[str]]) -> Iterator[str]:
    urls = dict.fromkeys(url for message in messages for url in cited_urls(texts[message.id]))
    if urls:
        yield from ["", "Links:", ""]
        for url in islice(urls, _MAX_LINKS):
            yield f"* {url_as_rst(url)}"


def _numbers(candidate: Candidate) -> str:
    """Tags, how long the thread is and who wrote, in one sentence."""
    people = candidate.participants
    number = len(candidate.messages)
    tags = f"{', '.join(candidate.tags)}: " if candidate.tags else ""
    more = "more " if candidate.status is Status.CONTINUES else ""
    return (
        f"{tags}{number} {more}message{'' if number == 1 else 's'} by {len(people)} "
        f"{'person' if len(people) == 1 else 'people'} {days_of(candidate.first, candidate.last)}: {_names(people)}."
    )


def _participants(candidate: Candidate) -> Participants:
    """Return who wrote most, by their names."""
    found: Counter[str] = Counter()
    for sender, number in candidate.participants.items():
        found[_name(sender)] += number
    return Participants(tuple(found.most_common(_MAX_PARTICIPANTS)))


def _name(sender: str) -> str:
    """Return the name of a sender: an address is not published, so that only its beginning stays."""
    return shortened(name_of(sender), _MAX_NAME)


def _title(candidate: Candidate) -> str:
    return shortened(without_addresses(candidate.title), _MAX_TITLE)


def _names(people: dict[str, int]) -> str:
    named = [f"{_name(name)} ({count})" for name, count in islice(people.items(), _MAX_NAMES)]
    others = len(people) - len(named)
    return ", ".join(named) + (f" and {others} more" if others else "")


def _continued(candidate: Candidate) -> str | None:
    """Return the fragment that the thread continues, if the name of it says which of its notes is meant."""
    entry = candidate.entry
    if candidate.status is not Status.CONTINUES or entry is None:
        return None
    return entry.fragment.identity if _is_clear(entry, as_rst(_title(candidate))) else None


def _is_clear(entry: Entry, title: str) -> bool:
    threads = [note for note in entry.fragment.notes if note.kind is Kind.THREAD]
    return len(threads) == 1 or sum(note.label == title for note in threads) == 1


def _comment(candidate: Candidate) -> Iterator[str]:
    thread = candidate.thread
    yield f"A draft from {thread.source}: '{_title(candidate)}'."
    sent = [message.sent for message in thread.messages if message.sent]
    yield f"Messages: {len(thread.messages)}, {days_of(min(sent, default=None), max(sent, default=None))} (UTC)."
    if candidate.tags:
        yield f"Tags: {', '.join(candidate.tags)}."
    if candidate.status is Status.CONTINUES and candidate.entry is not None:
        yield f"An earlier digest has the beginning ({candidate.entry.moment.day}); below is what came since then."
    yield "The outline has who answered whom, with the first sentence of each message. A person has to decide:"
    yield "- what was discussed, and what came of it: cut the outline down to that, in words of your own"
    yield "- whether the discussion is over: 'state: done', or 'continuing'; 'open' holds if nothing is said"
    if not sent:
        yield "- when it was: no message has a date, so the one below is the day on which it was collected"
    if candidate.url is None:
        yield "- where the thread can be read: its 'url' is not known"
    yield "- whether all links below belong to the summary"
    yield "Then delete these lines and 'draft'."
