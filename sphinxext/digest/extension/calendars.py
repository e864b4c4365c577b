"""The calendars beside the pages: one to each series that a page shows."""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest import __version__
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.outputs import keep, kept, write_output
from sphinxext.digest.extension.schedules import ScheduleQuery, find_schedule, stamp_of
from sphinxext.digest.extension.store import Store, store_of
from sphinxext.digest.model import Schedule
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What was published in which folder, beside the environment.
_PUBLISHED = "digest-calendars.json"
_UNUSUAL = re.compile(r"[^a-z0-9_-]+")


def calendar_path(pages: str, schedule: Schedule) -> str:
    """Where the calendar of a series is, seen from the folder of the output."""
    return f"{pages}/{_UNUSUAL.sub('-', schedule.series.lower()).strip('-') or 'series'}.ics"


def publish_calendars(app: Sphinx, exception: Exception | None) -> None:
    """Write the calendars of the series that pages show, if they are not there as they should be.

    No schedule is read for those that have been published and have not changed since.
    """
    if exception is not None or app.builder.format != "html" or app.builder.name == "epub":
        return
    memory = Path(app.doctreedir, _PUBLISHED)
    # not that of the application: Apple's help has its pages deeper
    folder = str(app.builder.outdir)
    known = _read(memory)
    before = known.get(folder, {})
    now: dict[str, list[str]] = {}
    store = store_of(app.env)
    for query in _published(app):
        name = json.dumps([query.folder, query.path, query.series, str(query.day or "")])
        state = _state(store, query)
        same = before.get(name)
        if same is not None and same[1] == state and Path(folder, same[0]).is_file():
            now[name] = same
        elif path := _publish(Path(folder), store, query):
            now[name] = [path, state]
    if now != before:
        known[folder] = now
        keep(memory, json.dumps(known, sort_keys=True).encode())


def _state(store: Store, query: ScheduleQuery) -> str:
    """A value that changes with everything that a calendar depends on."""
    try:
        stamp = stamp_of(store, query)
    except DigestError:
        return ""
    from sphinxext.digest.schedule import CURRENT

    # which series is the current one depends on the day
    day = query.day or (store.today if query.series.casefold() == CURRENT else "")
    return blake2b(stamp + f"{day} {__version__}".encode(), digest_size=16).hexdigest()


def _published(app: Sphinx) -> list[ScheduleQuery]:
    """What pages ask for, in an order of their own; the project's schedules last, so that theirs is what stays."""
    asked = DigestDomain.of(app.env).data["schedules"]
    queries = [query for docname in sorted(asked) for query, _answer in asked[docname] if query.published]
    return sorted(queries, key=lambda query: (query.path == "", query.path, query.series))


def _publish(outdir: Path, store: Store, query: ScheduleQuery) -> str | None:
    """Write the calendar of a series; returns where it is."""
    # the library takes longer to import than all the rest
    from sphinxext.digest.render.calendar import calendar_of

    try:
        schedule = find_schedule(store, query)
        pages = store.settings_for(query.folder).pages
    except DigestError:
        return None
    if schedule is None:
        return None
    path = calendar_path(pages, schedule)
    data = calendar_of(schedule)
    file = outdir / path
    if not file.is_file() or file.read_bytes() != data:
        write_output(file, data)
    return path


def _read(file: Path) -> dict[str, dict[str, list[str]]]:
    data = kept(file)
    found: dict[str, dict[str, list[str]]] = json.loads(data) if data is not None else {}
    return found
