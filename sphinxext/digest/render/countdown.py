"""The weekly mail of a release countdown, in the layout that OpenStack's release team sends since 2017.

See "Countdown Emails" and the templates in ``doc/source/reference/process.rst`` of openstack/releases. The text comes
from the note of the week; missing parts come from the schedule, and decisions that no schedule can make are marked as
in ``[TODO: what teams should work on in week R-3]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

from sphinxext.digest.doctree.countdown_fields import DECISIONS, countdown_fields, deadline_line, deadlines
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.model import Countdown, Entry, Period, Schedule, Text, Week
from sphinxext.digest.model.period import short_title
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.schedule.rows import named_days
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.width import wrap

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
    return f"[release] Release countdown for week {week.name}, {short_title(week.period)}"


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
