"""Join messages to threads: by References and In-Reply-To as notmuch does, by subjects only as a last resort.

Subjects also tell a list's tags, titles, and countdowns and digests among the mails.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sphinxext.digest.gather.importer.titles import COUNTDOWN, WEEK, read_title
from sphinxext.digest.gather.mail.header import Message

#: Prefixes of the subjects of answers and forwarded mails, in the languages of mail programs.
_REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|vá|antw|res|ref|rif|odp|ynt|atb|bls|απ|σχετ|отв|ответ|השב|תגובה|回复|回覆|答复|答覆|返信|"
    r"fwd?|wg|tr|rv|vb|vl|pd|ilt|doorst|trs|πρθ|enc|转发|轉寄)"
    r"\s*(?:(?:\[\d+\]|\(\d+\))\s*)?[:\uff1a]",
    re.IGNORECASE,
)
#: Words that may be one, too, if a thread has the rest of the subject.
_LETTER = re.compile(r"\s*[^\W\d_]\s*[:\uff1a](?=\s*\S)")
#: Remarks behind a subject that somebody has changed.
_WAS = re.compile(r"[(\[]was:? [^()\[\]]*[)\]]?\Z", re.IGNORECASE)
_TAG = re.compile(r"\s*\[([^\[\]]{0,80})\]")
_RELEASE = re.compile(r"\brelease", re.IGNORECASE)
#: A tag that most messages have is the list's own.
_MOST = 0.9
_ENOUGH = 5


def split_subject(subject: str) -> tuple[tuple[str, ...], str]:
    """Split a subject into its tags and its title: ``[a][b] Re: Words`` is ``(a, b)`` and ``Words``."""
    parts, title = _split(subject)
    return tuple(tag for tag in parts if tag), title


def _split(subject: str) -> tuple[list[str | None], str]:
    """Split a subject into the tags, None where it says that it is an answer, and the title."""
    parts: list[str | None] = []
    position = 0
    while True:
        if match := _REPLY.match(subject, position):
            parts.append(None)
        elif match := _TAG.match(subject, position):
            parts.append(" ".join(match[1].split()))
        else:
            return parts, subject[position:].strip()
        position = match.end()


def is_answer(subject: str) -> bool:
    """Return True if a subject says that the message answers another: ``Re:`` before the title, or among its tags."""
    return None in _split(subject)[0]


def key_of(subject: str) -> str:
    """Return what the subjects of a thread have in common: tags and title in lower case, without ``Re:``."""
    return next(keys_of(subject))


def keys_of(subject: str) -> Iterator[str]:
    """Return keys of the threads that a subject may belong to, the most likely one first.

    Gateways and mail programs put tags around ``Re:``, as in ``RE: [ext] Re: Words``. So an answer may belong to a
    thread without the tags between two of them, and to one without all tags before the last. A letter and a colon may
    be an answer too (``R:``).
    """
    parts, title = _split(subject)
    title = _WAS.sub("", title).strip() or title
    yield _key(parts, title)
    if None in parts:
        first, last = parts.index(None), len(parts) - 1 - parts[::-1].index(None)
        yield _key([*parts[:first], *parts[last:]], title)
        yield _key(parts[last:], title)
        parts = parts[last:]
    if match := _LETTER.match(title):
        yield _key(parts, title[match.end() :].strip())


def _key(parts: Iterable[str | None], title: str) -> str:
    return " ".join((*(tag for tag in parts if tag), title)).casefold()


def list_tags(subjects: Iterable[str]) -> frozenset[str]:
    """Return the tags that are a list's own, case folded: nearly all subjects begin with them."""
    firsts = Counter()  # type: Counter[str]
    number = 0
    for subject in subjects:
        number += 1
        tags, _ = split_subject(subject)
        if tags:
            firsts[tags[0].casefold()] += 1
    return frozenset(tag for tag, count in firsts.items() if number >= _ENOUGH and count >= _MOST * number)


def is_countdown(title: str) -> bool:
    """Return True if a title announces the countdown to a release: ``Release countdown for week R-4``."""
    return COUNTDOWN.search(title) is not None and bool(WEEK.search(title) or _RELEASE.search(title))


def is_digest(title: str) -> bool:
    """Return True if a title announces a digest: it has the word, and days."""
    return re.search(r"\bdigest\b", title, re.IGNORECASE) is not None and read_title(title).days is not None


#: The longest time after the last message of a thread in which another with its subject belongs to it.
_PAUSE = timedelta(days=30)
#: The most that a message may be dated before the one that it answers.
_CLOCKS = timedelta(hours=26)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MailThread:
    """A discussion: its messages by the time they were sent, those without a time where they came in.

    ``root`` is the message-id that the discussion begins with, which may be that of a message that is not there.
    Forums count ``likes``, and know whether a question is solved; ``source`` is what drafts call the origin.
    """

    root: str
    messages: tuple[Message, ...]
    likes: int = 0
    is_done: bool = False
    source: str = "a mailing list"

    @property
    def is_whole(self) -> bool:
        """True if the first message is the one that the discussion begins with, as far as it knows."""
        return not self.messages[0].references

    def parents(self) -> dict[str, str | None]:
        """Return the message that each one answers, by their ids; None where it is not there or answers none.

        It is that of In-Reply-To, else the last of References that is there. What was found by its subject answers
        the first message.
        """
        order = {message.id: index for index, message in enumerate(self.messages)}
        found: dict[str, str | None] = {}
        for message in self.messages:
            named = (message.parent, *reversed(message.references))
            parent = next((one for one in named if one in order), None)
            if not message.references and order[message.id]:
                parent = self.messages[0].id
            found[message.id] = parent
        # only what seems to be older than what it answers can make a circle
        for one, parent in found.items():
            if parent is not None and order[parent] >= order[one] and _leads_to(parent, one, found):
                found[one] = None
        return found

    def until(self, end: datetime) -> MailThread | None:
        """Return the thread as it was before a time, or None if it began later."""
        kept = tuple(message for message in self.messages if message.sent is None or message.sent < end)
        return replace(self, messages=kept) if kept else None


def find_threads(archives: Iterable[Sequence[Message]]) -> list[MailThread]:
    """Return the threads of archives, whatever archive their messages are in, oldest first.

    Messages belong together if one names the other, or both name a third, by References or In-Reply-To: this is how
    notmuch sees it. A message that names none belongs to the thread of its subject where that is all there is to go
    by, see :func:`_by_subject`.

    :param archives: messages in the order in which each archive has them. One that is in several counts once.
    """
    messages: dict[str, Message] = {}
    sets = _Sets()
    loose: set[str] = set()
    for archive in archives:
        loose |= _by_subject(archive)
        for message in archive:
            messages.setdefault(message.id, message)
            for named in message.references:
                sets.join(message.id, named)
    ordered = [messages[one] for one in _in_order(messages)]
    _join_by_subject(ordered, loose, sets)
    groups: defaultdict[str, list[Message]] = defaultdict(list)
    for message in ordered:
        groups[sets.find(message.id)].append(message)
    return [MailThread(_root(group[0]), tuple(group)) for group in groups.values()]


class _Sets:
    """Names that belong together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, name: str) -> str:
        """Return the representative of the set that a name belongs to (union-find)."""
        top = name
        while (above := self._above.get(top, top)) != top:
            top = above
        while name != top:
            name, self._above[name] = self._above.get(name, top), top
        return top

    def join(self, name: str, other: str) -> None:
        """Say that two names belong together."""
        top, below = self.find(other), self.find(name)
        if top != below:
            self._above[below] = top


def _in_order(messages: dict[str, Message]) -> list[str]:
    """Sort ids by time. A message without a time, or before the one that it answers, comes right after that."""
    times: dict[str, datetime] = {}
    last = _LONG_AGO
    for message in messages.values():
        if message.sent is not None:
            times[message.id] = last = message.sent
        else:
            times[message.id] = last
    for message in messages.values():
        parent = message.parent or (message.references[-1] if message.references else None)
        above = times.get(parent) if parent else None
        if above is not None and (message.sent is None or times[message.id] + _CLOCKS < above):
            times[message.id] = above
    places = {one: index for index, one in enumerate(messages)}
    return sorted(messages, key=lambda one: (times[one], places[one]))


def _by_subject(archive: Sequence[Message]) -> set[str]:
    """Return the ids of those messages of an archive that may belong to a thread by nothing but their subjects.

    They name no other message. Besides, no message of the archive names another, and this one's subject says that it
    is an answer; or the archive is one that takes ``Re:`` out of subjects.
    """
    nameless = [message for message in archive if not message.references]
    answers = sum(is_answer(message.subject) for message in archive)
    if answers and len(nameless) == len(archive):
        keys = {key_of(message.subject) for message in nameless}
        return {message.id for message in nameless if _may_answer(message.subject, keys)}
    return {message.id for message in nameless} if _strips_answers(archive, answers) else set()


def _may_answer(subject: str, keys: set[str]) -> bool:
    """Return True if a subject says that it is an answer, or may say so of one of these subjects."""
    _, *others = keys_of(subject)
    return is_answer(subject) or not keys.isdisjoint(others)


def _strips_answers(archive: Sequence[Message], answers: int) -> bool:
    """Return True if an archive has subjects without ``Re:``.

    Pipermail's are so, which are known by masked addresses, and so is one in which messages have the same subjects as
    those that they answer. What is not English often stays, such as ``AW:``.

    :param answers: how many subjects say that they are answers.
    """
    subjects = {message.id: key_of(message.subject) for message in archive}
    same = sum(
        any(subjects.get(one) == subjects[message.id] for one in message.references) and not is_answer(message.subject)
        for message in archive
    )
    masked = sum(message.masked for message in archive) * 2 > len(archive)
    return (same > 2 or masked) and answers * 10 <= same


def _join_by_subject(ordered: Sequence[Message], loose: set[str], sets: _Sets) -> None:
    """Give loose messages to the latest thread of their subject.

    It must not have paused for too long. Where ``Re:`` is not there to tell, what the same person sends again is a
    new thread unless it quotes something, as reports and invitations that come every week are.
    """
    latest: dict[str, tuple[Message, datetime | None]] = {}
    for message in ordered:
        keys = [key for key in keys_of(message.subject) if key]
        if not keys:
            continue
        known = next((key for key in keys if key in latest), keys[0]) if message.id in loose else keys[0]
        first, last = latest.get(known, (message, None))
        if message.id in loose and first is not message and _answers(message, first, last):
            sets.join(message.id, first.id)
            latest[known] = first, message.sent or last
        elif first is not message and sets.find(first.id) != sets.find(message.id):
            first = message
        latest[keys[0]] = first, message.sent or last


def _answers(message: Message, first: Message, last: datetime | None) -> bool:
    if message.sent is not None and last is not None and message.sent - last > _PAUSE:
        return False
    if is_answer(message.subject) or message.sender.casefold() != first.sender.casefold():
        return True
    return re.search(rb"^>", message.content.read(), re.MULTILINE) is not None


def _root(first: Message) -> str:
    """Return the beginning of a thread: the first, and oldest, reference of its first message."""
    return first.references[0] if first.references else first.id


def _leads_to(start: str, wanted: str, parents: dict[str, str | None]) -> bool:
    """Return True if the messages that one answers, one after the other, come to another one."""
    seen: set[str] = set()
    above: str | None = start
    while above is not None and above != wanted and above not in seen:
        seen.add(above)
        above = parents[above]
    return above == wanted
