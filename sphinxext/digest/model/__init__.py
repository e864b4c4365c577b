"""The records that everything else works on: plain, typed and frozen."""

from sphinxext.digest.model.digest import Digest, Origin, ReleasedVersion, Section, ThreadLinks
from sphinxext.digest.model.fragment import Entry, Fragment, OtherProject, split_name
from sphinxext.digest.model.messages import ENGLISH, Messages
from sphinxext.digest.model.notes import (
    KINDS,
    Closing,
    Countdown,
    Item,
    Kind,
    Note,
    Participants,
    Prelude,
    State,
    Story,
    Success,
    Thread,
)
from sphinxext.digest.model.period import Period, month_name
from sphinxext.digest.model.schedule import MILESTONE, Event, Outlook, Schedule, Scope, Week, week_label, week_number
from sphinxext.digest.model.text import REFUSED_CHARACTER, Moment, Place, Text

__all__ = [
    "ENGLISH",
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
    "Messages",
    "Moment",
    "Note",
    "Origin",
    "OtherProject",
    "Outlook",
    "Participants",
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
    "week_label",
    "week_number",
]
