"""The records that everything else works on: plain, typed and frozen."""

from sphinxext.digest.model.digest import Digest, ReleasedVersion, Section, ThreadLinks
from sphinxext.digest.model.fragment import Entry, Fragment, split_name
from sphinxext.digest.model.notes import (
    KINDS,
    Closing,
    Countdown,
    Item,
    Kind,
    Note,
    Prelude,
    State,
    Story,
    Success,
    Thread,
)
from sphinxext.digest.model.period import Period, month_name
from sphinxext.digest.model.schedule import MILESTONE, Event, Outlook, Schedule, Scope, Week, week_number
from sphinxext.digest.model.text import REFUSED_CHARACTER, Moment, Place, Text

__all__ = [
    "KINDS",
    "MILESTONE",
    "REFUSED_CHARACTER",
    "Closing",
    "Countdown",
    "Digest",
    "Entry",
    "Event",
    "Fragment",
    "Item",
    "Kind",
    "Moment",
    "Note",
    "Outlook",
    "Period",
    "Place",
    "Prelude",
    "ReleasedVersion",
    "Schedule",
    "Scope",
    "Section",
    "State",
    "Story",
    "Success",
    "Text",
    "Thread",
    "ThreadLinks",
    "Week",
    "month_name",
    "split_name",
    "week_number",
]
