"""The weekly mail of a release countdown, and the fields of its note, drafted from a release schedule.

The mail has the layout that OpenStack's release team sends since 2017.

See "Countdown Emails" and the templates in ``doc/source/reference/process.rst`` of openstack/releases. The text comes
from the note of the week; missing parts come from the schedule, and decisions that no schedule can make are marked as
in ``[TODO: what teams should work on in week R-3]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from docutils import nodes

from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Countdown,
    Entry,
    Event,
    Period,
    Schedule,
    Scope,
    Text,
    Week,
)
from sphinxext.digest.model.keys import Type
from sphinxext.digest.model.period import long_day, plain_week
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.schedule.rows import named_days
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.rst import begun, escaped, filled
from sphinxext.digest.text.width import wrap

#: The decisions that a schedule cannot make, by the fields of a countdown.
DECISIONS = {
    "focus": "what teams should work on in week {week}",
    "general": "what else everybody has to know in week {week}, or nothing",
    "actions": "who has to do what in week {week}, and where",
}

#: Markup of the page of a schedule that means nothing elsewhere: roles, references to other parts of the page.
_REFERENCE = re.compile(r"(?::[\w.+-]{1,60}){0,4}:?`~?([^`<>]++)(?:<[^`<>]*+>)?+`_{0,2}")
_NO_WORDS = re.compile(r"\.\. |:[\w-]+:|[^\w\s]+\Z")


def deadlines(schedule: Schedule, week: Week) -> list[tuple[Week, Event]]:
    """Return the cross-project events from a week to the release, by day, each with its week.

    For a week after the release these are all events that are left.
    """
    last = schedule.release if week.period.start <= schedule.release else date.max
    found = [
        (other, event)
        for other in schedule.weeks
        for event in other.events
        if event.scope is Scope.CROSS_PROJECT and week.period.start <= other.period.end and other.period.start <= last
    ]
    return sorted(found, key=lambda pair: pair[1].day)


def deadline_line(week: Week, event: Event) -> str:
    """Return a line of plain text such as ``RC1 deadline: March 4th, 2027 (R-3 week)``."""
    label = f" ({week.name} week)" if week.name else ""
    return f"{one_line(event.title)}: {long_day(event.day)}{label}"


def countdown_fields(schedule: Schedule, week: Week, settings: Settings) -> dict[str, str]:
    """Return the text of each part of a countdown that a schedule knows anything for.

    :param settings: the settings of the collection, which tell what texts may use.
    """
    own = [event for event in week.events if event.scope is Scope.CROSS_PROJECT]
    ahead = deadlines(schedule, week)
    values = {
        "focus": "\n".join(_focus(schedule, week, own, ahead)),
        "general": _sound(lambda plain: _general(own, plain=plain), settings),
        "actions": "\n".join(_actions(schedule, week, ahead)),
        "dates": "\n".join(line for pair in ahead for line in _item(deadline_line(*pair))),
    }
    return {name: value for name, value in values.items() if value}


def _focus(schedule: Schedule, week: Week, own: list[Event], ahead: list[tuple[Week, Event]]) -> Iterable[str]:
    for event in own:
        yield from _item(f"{one_line(event.title)}: {long_day(event.day)}")
    if not own and ahead:
        yield from _item(f"No deadline is in this week. The next is {deadline_line(*ahead[0])}.")
    if week.to_release:
        yield from _item(_distance(schedule, week.to_release))
    elif not own and not ahead:
        # a countdown needs one part at least, and that of a release nobody put into the table has no other
        yield from _item(f"{schedule.title} is released this week: {long_day(schedule.release)}.")


def _distance(schedule: Schedule, weeks: int) -> str:
    number = f"{abs(weeks)} week{'' if abs(weeks) == 1 else 's'}"
    name, day = schedule.title, long_day(schedule.release)
    return f"{name} is released in {number}: {day}." if weeks > 0 else f"{name} was released {number} ago: {day}."


def _general(events: list[Event], *, plain: bool) -> str:
    lines: list[str] = []
    for event in events:
        if event.text is None:
            continue
        text = REFUSED_CHARACTER.sub(" ", event.text.value)
        body = _plain_lines(text) if plain else text.split("\n")
        if body:
            lines += [*([""] if lines else []), *_item(event.title), "", *(f"  {line}".rstrip() for line in body)]
    return "\n".join(lines)


def _actions(schedule: Schedule, week: Week, ahead: list[tuple[Week, Event]]) -> Iterable[str]:
    """Yield the duties of projects in the week, and those of everybody in the next one."""
    for event in week.events:
        if event.scope is Scope.PROJECT_SPECIFIC:
            project = f"{event.project}: " if event.project else ""
            yield from _item(f"{project}{event.title}, {long_day(event.day)}")
    end = week.period.start + timedelta(days=14 - week.period.start.weekday())
    for other, event in ahead:
        if other is not week and other.period.start < end:
            yield from _item(f"Prepare for {deadline_line(other, event)}")


def _item(text: str) -> list[str]:
    """Return plain text as an item of a list."""
    first, *rest = filled(begun(escaped(one_line(text))), 2)
    return [f"* {first}", *(f"  {line}" for line in rest)]


def one_line(text: str) -> str:
    """Return a text as one line, without characters that are forbidden in fragments."""
    return " ".join(REFUSED_CHARACTER.sub(" ", text).split())


def _sound(write: Callable[[bool], str], settings: Settings) -> str:
    """Return a text with the markup of the schedule's page, or without it if it refers to that page."""
    text = write(False)
    return write(True) if check_texts([("", Type.RST, Text(text, 1, 1))], settings) else text


def _plain_lines(text: str) -> list[str]:
    """Return the paragraphs of a text as plain text; lists become paragraphs, comments and targets are dropped."""
    paragraphs = []
    for paragraph in re.split(r"\n[^\S\n]*\n", _REFERENCE.sub(lambda found: found[1].rstrip(), text)):
        words = " ".join(paragraph.replace("::", ":").split())
        if words and not _NO_WORDS.match(words):
            paragraphs.append(filled(begun(escaped(words.replace("``", "`"))), 4))
    return [line for lines in paragraphs for line in ("", *lines)][1:]


#: The parts of a countdown and their headings.
HEADINGS = {
    "focus": "Development Focus",
    "general": "General Information",
    "actions": "Actions",
    "dates": "Upcoming Deadlines & Dates",
}

#: The most characters of a day in a line of deadlines: ``Wednesday, September 30th, 2026``.
_LONGEST_DAY = 40

#: Begins the mark of a decision for a person; a square bracket ends it.
MARK = "[TODO: "


@dataclass(frozen=True)
class CountdownMail:
    """A mail to be read by a person before it is sent.

    ``marks`` counts what is left to decide. ``differing`` are deadlines by the schedule that the note has as well,
    with other words for their days. ``problems`` are those of the note's texts.
    """

    subject: str
    text: str
    marks: int = 0
    differing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def countdown_mail(schedule: Schedule, week: Week, settings: Settings, entry: Entry | None = None) -> CountdownMail:
    """Return the mail about a week that has a name.

    :param settings: the settings of the collection, which tell what the texts of its notes may use.
    :param entry: the note of this week, if there is one.
    """
    parser, own_parser = TextParser(guard_of(settings)), TextParser(guard_of(settings))
    drafted = countdown_fields(schedule, week, settings)
    parts: dict[str, list[nodes.Node]] = {}
    marks = 0
    for name in HEADINGS:
        text = getattr(entry.note, name) if entry is not None else None
        if entry is not None and text is not None:
            parts[name] = parser.blocks(text, entry.fragment.path, f"{entry.anchor}-{name}")
        elif name == "dates":
            parts[name] = _dates(schedule, week)
        else:
            parts[name] = own_parser.blocks(Text(drafted[name], 1, 1), "", name) if name in drafted else []
            parts[name].append(nodes.paragraph("", f"{MARK}{DECISIONS[name].format(week=week.name)}]"))
            marks += 1
    return CountdownMail(
        subject=subject_of(week),
        text="\n".join(_lines(parts, schedule)) + "\n",
        marks=marks,
        differing=tuple(_differing(schedule, week, entry)),
        problems=tuple(parser.problems),
    )


def subject_of(week: Week) -> str:
    """``[release] Release countdown for week R-3, March 1-5``."""
    return f"[release] Release countdown for week {week.name}, {plain_week(week.period)}"


def _dates(schedule: Schedule, week: Week) -> list[nodes.Node]:
    """Return the deadlines of the schedule from the week to the release, one on each line."""
    lines = [nodes.line("", deadline_line(*pair)) for pair in deadlines(schedule, week)]
    return [nodes.line_block("", *lines)] if lines else [nodes.paragraph("", "The schedule has no more deadlines.")]


def _lines(parts: dict[str, list[nodes.Node]], schedule: Schedule) -> Iterator[str]:
    """Yield the sections, the URL of the schedule and the targets of links."""
    targets = number_links(node for found in parts.values() for node in found)
    for name, found in parts.items():
        if name != next(iter(parts)):
            yield ""
        yield from (HEADINGS[name], "-" * len(HEADINGS[name]), "")
        yield from text_lines(found)
    if schedule.url:
        yield from ("", *wrap(f"Schedule: {' '.join(schedule.url.split())}"))
    if targets:
        yield ""
    for number, target in enumerate(targets, 1):
        yield f"[{number}] - {target}"


def _differing(schedule: Schedule, week: Week, entry: Entry | None) -> Iterator[str]:
    """Yield the deadlines for which a note names another day than the schedule, as after the schedule was changed."""
    note = entry.note if entry is not None else None
    if not isinstance(note, Countdown) or note.dates is None:
        return
    words = " ".join(note.dates.value.replace("\\", "").split())
    for pair in deadlines(schedule, week):
        event = pair[1]
        _, found, behind = words.partition(f"{' '.join(event.title.split())}: ")
        named = named_days(behind[:_LONGEST_DAY]) if found else ()
        if named and named[0].within(Period(event.day, event.day)) != event.day:
            yield deadline_line(*pair)
