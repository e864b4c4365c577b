"""The texts of a release schedule as plain text, for programs that know no markup."""

from __future__ import annotations

import re

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Event, Schedule
from sphinxext.digest.render.mail_text import mail_text

#: Lines as long as their paragraphs: whoever shows the text wraps it.
_UNLIMITED = 1_000_000
#: Markup that only the page of the schedule can resolve: roles of Sphinx, references to what stands elsewhere on it.
_UNRESOLVED = re.compile(r"(?::[\w.+-]{1,60}){0,4}:?`~?([^`<>\n]++)(?:\s*+<[^`<>]*+>)?+`_{0,2}")
_UNRESOLVED_WORD = re.compile(r"(?<![\w.-])([\w.-]+)(?<!_)__?(?!\w)")

#: Schedules may use nothing that reads the machine, whatever a project allows its own fragments.
_GUARD = Guard(frozenset(), False, False)


def series_name(schedule: Schedule) -> str:
    """A series as it begins a sentence: ``Epoxy``. So OpenStack's calendars call it."""
    return f"{schedule.series[:1].upper()}{schedule.series[1:]}"


def text_of_event(event: Event, schedule: Schedule) -> str:
    """The text of an event as paragraphs of plain text, each on one line; links are numbered and listed at the end.

    Where markup refers to something outside of the text, its words remain.
    """
    if event.text is None:
        return ""
    parser = TextParser(_GUARD)
    parts = parser.blocks(event.text, schedule.text_path or schedule.path, event.id)
    text = mail_text(parts, width=_UNLIMITED).strip()
    return without_markup(text) if parser.problems else text


def without_markup(text: str) -> str:
    """A text with the words of references and roles in place of their markup."""
    return _UNRESOLVED_WORD.sub(r"\1", _UNRESOLVED.sub(lambda found: found[1].rstrip(), text))
