"""The calendars beside the pages: one to each series that a page shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.published.memory import File, Publisher
from sphinxext.digest.extension.schedules import ScheduleQuery, find_schedule, stamp_of
from sphinxext.digest.extension.store import Store, store_of
from sphinxext.digest.model import Schedule
from sphinxext.digest.options import Settings
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

_UNUSUAL = re.compile(r"[^a-z0-9_-]+")


def calendar_path(pages: str, schedule: Schedule) -> str:
    """Where the calendar of a series is, seen from the folder of the output."""
    return f"{pages}/{_UNUSUAL.sub('-', schedule.series.lower()).strip('-') or 'series'}.ics"


class Calendars(Publisher):
    """The calendars of the series that pages show.

    No schedule is read for those that have been published and have not changed since.
    """

    name = "calendars"

    def files(self) -> Iterator[File]:
        """One calendar to each series; the project's schedules come last, so that theirs are published."""
        store = store_of(self.app.env)
        for query in _published(self.app.env):
            name = json.dumps([query.folder, query.path, query.series, str(query.day or "")])
            yield File(name, _state(store, query), partial(_calendar, store, query))


def calendars_of(env: BuildEnvironment, settings: Settings) -> dict[str, str]:
    """The calendars that stand beside the pages of a collection: their paths, and the titles of their series."""
    store, found = store_of(env), {}
    for query in _published(env):
        try:
            schedule = find_schedule(store, query)
            pages = store.settings_for(query.folder).pages
        except DigestError:
            continue
        if schedule is not None and pages == settings.pages:
            found[calendar_path(pages, schedule)] = schedule.title
    return dict(sorted(found.items()))


def _state(store: Store, query: ScheduleQuery) -> str:
    """A value that changes with everything that a calendar depends on."""
    try:
        stamp = stamp_of(store, query)
    except DigestError:
        return ""
    from sphinxext.digest.schedule import CURRENT

    # which series is the current one depends on the day
    day = query.day or (store.today if query.series.casefold() == CURRENT else "")
    return blake2b(stamp + f"{day}".encode(), digest_size=16).hexdigest()


def _published(env: BuildEnvironment) -> list[ScheduleQuery]:
    """What pages ask for, in an order of their own; the project's schedules last, so that theirs is what stays."""
    asked = DigestDomain.of(env).data["schedules"]
    queries = [query for docname in sorted(asked) for query, _answer in asked[docname] if query.published]
    return sorted(queries, key=lambda query: (query.path == "", query.path, query.series))


def _calendar(store: Store, query: ScheduleQuery) -> tuple[str, bytes] | None:
    # the library takes longer to import than all the rest
    from sphinxext.digest.render.calendar import calendar_of

    try:
        schedule = find_schedule(store, query)
        pages = store.settings_for(query.folder).pages
    except DigestError:
        return None
    return (calendar_path(pages, schedule), calendar_of(schedule)) if schedule is not None else None
