"""Compose a digest: put the notes of a period into sections, in order, with headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sphinxext.digest.model import (
    ENGLISH,
    Countdown,
    Digest,
    Entry,
    Item,
    Kind,
    Messages,
    Origin,
    Period,
    ReleasedVersion,
    Section,
    Story,
    Thread,
    ThreadLinks,
)
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.model.period import countdown_week
from sphinxext.digest.settings.options import RELEASES, SECTIONS, Settings, dated, is_default, words_of

if TYPE_CHECKING:
    from sphinxext.digest.collection.load import Collection


#: The heading of items without a group.
UNGROUPED_ITEMS = N_("In Brief")
#: The heading of the events that come.
UPCOMING_EVENTS = N_("Upcoming Events")
#: The heading of the versions that were released, in a digest of a week and in others.
RELEASED_THIS_WEEK, RELEASED = N_("Released This Week"), N_("Releases")
_WEEK = timedelta(days=6)


def compose(
    collection: Collection,
    period: Period,
    settings: Settings | None = None,
    released: tuple[ReleasedVersion, ...] = (),
    messages: Messages = ENGLISH,
) -> Digest:
    """Compose the digest of a period.

    The sections come in the order of the settings; within a section notes are ordered by their moments, oldest first.
    Sections whose first note is of a fragment with an ``order`` then change places among each other.

    :param settings: where they are not the collection's own.
    :param released: the versions of the project that were released in the period, if the digest tells them.
    :param messages: ours, for headings and the title.
    """
    settings = settings or collection.settings
    messages = dated(messages, settings)
    shown = {Kind.PRELUDE, Kind.CLOSING, *(SECTIONS[name] for name in settings.sections)}
    entries = [entry for entry in collection.entries_of(period) if entry.kind in shown - {Kind.EVENT}]
    entries += collection.events_of(period) if Kind.EVENT in shown else ()
    sections = [Section(Kind.PRELUDE, None, (entry,)) for entry in entries if entry.kind is Kind.PRELUDE]
    standing_done = not settings.groups
    for name in settings.sections:
        kind = SECTIONS[name]
        if kind in (Kind.ITEM, Kind.STORY) and not standing_done:
            sections += _standing_groups(entries, settings)
            standing_done = True
        if kind in _SECTIONS:
            sections += _SECTIONS[kind](entries, settings, messages)
        else:
            sections += _releases(released, period, messages)
    threads = {
        entry.identity: collection.threads.get(entry.identity, ThreadLinks())
        for entry in entries
        if entry.kind is Kind.THREAD
    }
    number = collection.numbers.of(period)
    title = digest_title(period, number, settings, messages)
    return Digest(period, title, tuple(_in_own_order(sections, period)), threads, number)


def tells_releases(settings: Settings) -> bool:
    """Return True if digests have a section of released versions."""
    return RELEASES in settings.sections


def digest_title(period: Period, number: int, settings: Settings, messages: Messages = ENGLISH) -> str:
    """Return the title of the digest of a period, from the option ``title``.

    :param number: that of the digest; see :class:`~sphinxext.digest.collection.numbers.Numbers`.
    """
    return settings.title.format(
        period=dated(messages, settings).period(period),
        number=number,
        year=period.end.year,
        start=period.start.isoformat(),
        end=period.end.isoformat(),
    )


def named_title(title: str, settings: Settings, project: str = "", messages: Messages = ENGLISH) -> str:
    """Return the title of a digest for readers away from its site: with a name, unless the project gave it words.

    :param title: as :func:`digest_title` gives it.
    :param project: the name of the project; the title of the collection comes before it, if that is set.
    """
    if re.search(r"[^\W\d_]", re.sub(r"\{\w*\}", "", settings.title)):
        return title
    if not is_default(settings, "collection_title"):
        name = settings.collection_title
    elif project:
        name = filled(messages.gettext("{project} Digest"), project=project)
    else:
        name = messages.gettext("Digest")
    return filled(messages.gettext("{title}: {text}"), title=name, text=title)


def count_in_words(kind: Kind, number: int, messages: Messages) -> str:
    """A number of notes in words: ``1 success``, ``2 stories``."""
    ngettext = messages.ngettext
    counts = {
        Kind.SUCCESS: ngettext("{number} success", "{number} successes", number),
        Kind.ITEM: ngettext("{number} item", "{number} items", number),
        Kind.COUNTDOWN: ngettext("{number} countdown", "{number} countdowns", number),
        Kind.THREAD: ngettext("{number} thread", "{number} threads", number),
        Kind.STORY: ngettext("{number} story", "{number} stories", number),
        Kind.EVENT: ngettext("{number} event", "{number} events", number),
    }
    return counts[kind]


def counts_in_words(counts: Mapping[Kind, int], messages: Messages) -> str:
    """Numbers of notes of several kinds, in the order of the sections of a digest."""
    separator = messages.gettext(", ")
    return separator.join(
        count_in_words(kind, counts[kind], messages) for kind in SECTIONS.values() if counts.get(kind)
    )


def countdown_heading(entry: Entry, *, with_series: bool, messages: Messages = ENGLISH) -> str:
    """Return the heading of a countdown: ``Release Countdown For Week R-17, Dec 7–11``."""
    note = entry.note
    assert isinstance(note, Countdown)
    series = f" ({note.series[:1].upper()}{note.series[1:]})" if with_series else ""
    return f"{week_heading(note.week, countdown_week(entry.moment.day), messages)}{series}"


def week_heading(name: str | None, period: Period, messages: Messages = ENGLISH) -> str:
    """Return the heading of the countdown for a week."""
    if name:
        pattern = messages.gettext("Release Countdown For Week {week}, {days}")
    else:
        pattern = messages.gettext("Release Countdown For the Week of {days}")
    return filled(pattern, week=name, days=messages.week(period))


def _in_own_order(sections: list[Section], period: Period) -> Iterator[Section]:
    """Sort the sections whose fragments have an order, among the places of those sections only."""
    orders = {id(section): order for section in sections if (order := _order(section, period)) is not None}
    ordered = iter(sorted((one for one in sections if id(one) in orders), key=lambda one: orders[id(one)]))
    for section in sections:
        yield next(ordered) if id(section) in orders else section


def _order(section: Section, period: Period) -> int | None:
    """Return the order of the first note of the period; events of earlier digests were ordered there."""
    return next((entry.fragment.order for entry in section.entries if entry.moment.day in period), None)


def _group_of(entry: Entry) -> str | None:
    """Return the group of a note; a story may have none."""
    note = entry.note
    if isinstance(note, Item):
        return note.group or UNGROUPED_ITEMS
    return note.group if isinstance(note, Story) else None


def _standing_groups(entries: Iterable[Entry], settings: Settings) -> Iterator[Section]:
    for group in settings.groups:
        yield _group(Kind.ITEM, group, _members(group, entries), Origin.SETTINGS)


def _group(kind: Kind, name: str, members: tuple[Entry, ...], origin: Origin = Origin.FRAGMENT) -> Section:
    return Section(kind, name, members, origin=origin, name=name)


def _members(group: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the notes of a group: first the items, then the stories."""
    members = [entry for entry in entries if _group_of(entry) == group]
    return tuple(sorted(members, key=lambda entry: entry.kind is Kind.STORY))


def _of_kind(kind: Kind, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind is kind]


def _successes(entries: Iterable[Entry], settings: Settings, messages: Messages) -> Iterator[Section]:
    """Yield the section of successes, with the digest's own closing if it has one."""
    successes = _of_kind(Kind.SUCCESS, entries)
    if successes:
        closing = _of_kind(Kind.CLOSING, entries)
        own = next((entry.fragment.heading for entry in successes if entry.fragment.heading), None)
        ours = Origin.OURS if is_default(settings, "success_heading") else Origin.SETTINGS
        heading = own or words_of(settings, "success_heading", messages)
        yield Section(Kind.SUCCESS, heading, (*successes, *closing), origin=Origin.FRAGMENT if own else ours)


def _items(entries: Iterable[Entry], settings: Settings, messages: Messages) -> Iterator[Section]:
    """Yield the groups of items, in the order of their first items, with the stories of the same group."""
    done = set(settings.groups)
    for entry in _of_kind(Kind.ITEM, entries):
        group = _group_of(entry)
        if group is not None and group not in done:
            done.add(group)
            section = _group(Kind.ITEM, group, _members(group, entries))
            if group == UNGROUPED_ITEMS:
                section = replace(section, heading=messages.gettext(UNGROUPED_ITEMS), origin=Origin.OURS)
            yield section


def _countdowns(entries: Iterable[Entry], _settings: Settings, messages: Messages) -> Iterator[Section]:
    countdowns = _of_kind(Kind.COUNTDOWN, entries)
    several = len({entry.note.series for entry in countdowns if isinstance(entry.note, Countdown)}) > 1
    for entry in countdowns:
        own = entry.fragment.heading
        heading = own or countdown_heading(entry, with_series=several, messages=messages)
        yield Section(Kind.COUNTDOWN, heading, (entry,), origin=Origin.FRAGMENT if own else Origin.OURS)


def _releases(released: tuple[ReleasedVersion, ...], period: Period, messages: Messages) -> Iterator[Section]:
    if released:
        name = RELEASED_THIS_WEEK if period.end - period.start == _WEEK else RELEASED
        yield Section(Kind.RELEASE, messages.gettext(name), (), released, Origin.OURS, name)


def _events(entries: Iterable[Entry], _settings: Settings, messages: Messages) -> Iterator[Section]:
    if events := tuple(_of_kind(Kind.EVENT, entries)):
        heading = messages.gettext(UPCOMING_EVENTS)
        yield Section(Kind.EVENT, heading, events, origin=Origin.OURS, name=UPCOMING_EVENTS)


def _threads(entries: Iterable[Entry], _settings: Settings, _words: Messages) -> Iterator[Section]:
    for entry in _of_kind(Kind.THREAD, entries):
        assert isinstance(entry.note, Thread)
        yield Section(Kind.THREAD, entry.note.title, (entry,))


def _stories(entries: Iterable[Entry], settings: Settings, _words: Messages) -> Iterator[Section]:
    """Yield the stories, each on its own or with the stories of its group.

    Stories of a group with items are in the section of the items.
    """
    done = {*settings.groups, *map(_group_of, _of_kind(Kind.ITEM, entries))}
    for entry in _of_kind(Kind.STORY, entries):
        assert isinstance(entry.note, Story)
        group = entry.note.group
        if group is None:
            yield Section(Kind.STORY, entry.note.title, (entry,))
        elif group not in done:
            done.add(group)
            stories = _of_kind(Kind.STORY, entries)
            yield _group(Kind.STORY, group, tuple(story for story in stories if _group_of(story) == group))


_SECTIONS: dict[Kind, Callable[[Iterable[Entry], Settings, Messages], Iterable[Section]]] = {
    Kind.SUCCESS: _successes,
    Kind.ITEM: _items,
    Kind.COUNTDOWN: _countdowns,
    Kind.EVENT: _events,
    Kind.THREAD: _threads,
    Kind.STORY: _stories,
}
