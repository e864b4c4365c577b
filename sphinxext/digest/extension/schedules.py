"""The release schedules of a build, and links to their events and calendars.

Schedules are read when a page asks for them, and not at all when nothing has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from sphinxext.digest.doctree.deadlines import EventName, outlook_of_note, plain_name
from sphinxext.digest.doctree.lines import line_with, links_list
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.dependencies import Dependency, remember
from sphinxext.digest.extension.domain import CALENDAR, DigestDomain, build_state_of
from sphinxext.digest.model import MILESTONE, Countdown, Entry, Event, Messages, Outlook, Schedule
from sphinxext.digest.model.messages import filled
from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.settings.options import EVENTS, Settings

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.schedule.load import Schedules


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScheduleDependency(Dependency):
    """The schedule of a series, as a page shows it.

    ``folder`` has the fragments of the collection whose settings say where schedules are, ``path`` is another place
    than those, or empty. ``day`` is the one on which a name such as ``current`` is to be understood, and None means
    today. With ``daily`` the page counts from today, with ``texts`` it shows what the schedule says of its events. The
    calendar of the series is published with ``published``.
    """

    folder: str
    path: str
    series: str
    day: date | None = None
    daily: bool = False
    texts: bool = False
    published: bool = False

    @property
    def reason(self) -> str:
        """Why a page with another schedule is read again."""
        return "the day or the release schedule changed" if self.daily else "the release schedule changed"

    def stamp(self, env: BuildEnvironment) -> object:
        """Return what the files look like, and the day if the name of the series may mean another one on the next."""
        build = build_state_of(env)
        return stamp_of(build, self), None if self.day and not self.daily else build.today

    def answer(self, env: BuildEnvironment) -> object:
        """Return a checksum of all that shows, and the day if the page counts from it."""
        build = build_state_of(env)
        return _checksum(build, self), build.today if self.daily else None


def has_schedules(settings: Settings, path: str = "") -> bool:
    """Return True if there is any place for schedules."""
    return bool(path or settings.schedules)


def schedules_for(build: BuildState, settings: Settings, path: str = "") -> Schedules:
    """The schedules of a collection, or those at another path; looked for once in a build."""
    key = (settings.schedules, settings.schedule_url, path)
    if key not in build.schedules:
        from sphinxext.digest.schedule.load import load_schedules

        build.schedules[key] = load_schedules(build.project.root, settings, (path,) if path else ())
    return build.schedules[key]


def find_schedule(build: BuildState, query: ScheduleDependency) -> Schedule | None:
    """The schedule that a query is for. It looks the same on all days.

    :raises DigestError: if the collection is not there.
    """
    settings = build.settings_for(query.folder)
    schedule = schedules_for(build, settings, query.path).find(query.series, query.day or build.today)
    return replace(schedule, status=None) if schedule is not None else None


def remember_schedule(env: BuildEnvironment, query: ScheduleDependency) -> list[Problem]:
    """Remember what a page has asked, so that it is read again when the answer changes.

    :returns: what is wrong with the files of the series, or with the place where it should be. The build shows it
        again until it is right, but for a place that the page itself has named.
    """
    build = build_state_of(env)
    problems = problems_of(build, query)
    shown = [found for found in problems if found.line or found.path != query.path]
    DigestDomain.of(env).note_problems(env.docname, shown)
    remember(env, query)
    return problems


def problems_of(build: BuildState, query: ScheduleDependency) -> list[Problem]:
    """Return the problems of the files of a series, and of the places for schedules.

    What is only odd, as in many schedules that were published, is told to those who want to know more.
    """
    from sphinxext.digest.schedule import REMARKS
    from sphinxext.digest.schedule.sources import DisplayPaths

    settings = build.settings_for(query.folder)
    schedules = schedules_for(build, settings, query.path)
    schedule = find_schedule(build, query)
    shown = DisplayPaths(build.project.root)
    files = schedules.files(schedule.series if schedule is not None else query.series)
    paths = {*map(shown, files), *((query.path,) if query.path else settings.schedules)}
    found = [problem for problem in schedules.problems if problem.path in paths]
    for problem in found:
        if problem.code in REMARKS:
            logger.verbose("%s", problem)
    return [problem for problem in found if problem.code not in REMARKS]


def stamp_of(build: BuildState, query: ScheduleDependency) -> bytes:
    """Return the times and sizes of the files in all places: while they are the same, no schedule is read."""
    settings = build.settings_for(query.folder)
    key = ("stamp", settings.schedules, settings.schedule_url, settings.pages, query.path)
    if key not in build.stamps:
        paths = (query.path,) if query.path else settings.schedules
        seen = _files_in(build.project.root, paths) if paths else []
        text = repr((key, seen)).encode("utf-8", "surrogatepass")
        build.stamps[key] = blake2b(text, digest_size=16).digest()
    return build.stamps[key]


def _files_in(root: Path, paths: tuple[str, ...]) -> list[object]:
    """The schedule files, and the places without any, found without reading them."""
    from sphinxext.digest.schedule.sources import find_sources

    problems: list[Problem] = []
    sources = find_sources(root, paths, problems)
    # problems name a file by the place that links lead to
    files = [(source.series, file, file.resolve(), _status(file)) for source in sources for file in source.files]
    return [*files, *problems]


def _status(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return ""
    # the time of the last change of status cannot be set: an edit that keeps the other time and the size shows as well
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}"


def _checksum(build: BuildState, query: ScheduleDependency) -> bytes:
    """A value that changes with anything that shows of a schedule."""
    settings = build.settings_for(query.folder)
    seen = _seen(find_schedule(build, query), texts=query.texts)
    text = f"{settings.pages} {seen!r} {problems_of(build, query)!r}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _seen(schedule: Schedule | None, *, texts: bool) -> object:
    """All that a page may show of a schedule: not its lines in the file, and its texts only if they are shown."""
    if schedule is None:
        return None
    weeks = [
        (week.period, week.name, week.to_release, [_seen_of_event(event, texts=texts) for event in week.events])
        for week in schedule.weeks
    ]
    path = schedule.text_path if texts else ""
    return schedule.series, schedule.title, schedule.url, schedule.release, path, weeks


def _seen_of_event(event: Event, *, texts: bool) -> object:
    text = event.text if texts else None
    return event.id, event.title, event.scope, event.day, event.project, text


_UNUSUAL = re.compile(r"[^a-z0-9_-]+")


def calendar_path(pages: str, schedule: Schedule) -> str:
    """Return the path of the calendar of a series, relative to the output folder."""
    name = _UNUSUAL.sub("-", schedule.series.lower()).strip("-") or "series"
    return f"{pages}/{'series-' if name == EVENTS else ''}{name}.ics"


def events_path(settings: Settings) -> str:
    """Return the path of the calendar of a collection's events, relative to the output folder."""
    return f"{settings.pages}/{EVENTS}.ics"


def published_schedules(env: BuildEnvironment) -> list[ScheduleDependency]:
    """Return the schedules that pages show, the project's own ones last, so that they win."""
    asked = sorted(DigestDomain.of(env).dependencies(ScheduleDependency), key=lambda pair: pair[0])
    queries = [query for _page, query in asked if query.published]
    return sorted(queries, key=lambda query: (query.path == "", query.path, query.series))


def calendars_of(env: BuildEnvironment, settings: Settings) -> dict[str, str]:
    """Return the calendars of a collection by their paths, with the titles of their series."""
    build, found = build_state_of(env), {}
    for query in published_schedules(env):
        try:
            schedule = find_schedule(build, query)
            pages = build.settings_for(query.folder).pages
        except DigestError:
            continue
        if schedule is not None and pages == settings.pages:
            found[calendar_path(pages, schedule)] = schedule.title
    return dict(sorted(found.items()))


#: Pages that show SVG and have a folder around them. A book has to declare SVG in its list of files, which Sphinx
#: does not do.
HTML_PAGES = "format_html and not builder_epub"


@dataclass(frozen=True)
class PageLinks:
    """Makes links for a page; ``place`` is the file and the line that they come from."""

    docname: str
    place: tuple[str, int]
    messages: Messages

    def xref(self, type_: str, target: str, content: nodes.Element) -> addnodes.pending_xref:
        """A link to something of the domain. Where that is missing, its content remains."""
        link = addnodes.pending_xref(
            "", content, refdomain=DigestDomain.name, reftype=type_, reftarget=target,
            refdoc=self.docname, refexplicit=True, optional=True,
        )  # fmt: skip
        link.source, link.line = self.place
        return link

    def to_event(self, schedule: Schedule, event: Event, *, published: bool = True) -> nodes.Node:
        """The title of an event: a link to it on a page of the project, or else, if wanted, to the schedule's own."""
        content: nodes.Element = nodes.inline("", event.title)
        if published and schedule.url and "#" not in schedule.url:
            content = nodes.reference("", event.title, refuri=f"{schedule.url}#{quote(event.id)}")
        return self.xref(MILESTONE, f"{schedule.series}-{event.id}", content)

    def names(self, schedule: Schedule, *, published: bool = True) -> EventName:
        """The same as a function of the event."""
        return lambda event: [self.to_event(schedule, event, published=published)]

    def closing(self, lines: list[nodes.list_item], settings: Settings, schedule: Schedule) -> list[nodes.Node]:
        """Links as a list, where there are calendars beside the pages with a link to that of the series."""
        label = filled(self.messages.gettext("Calendar of {cycle} (iCalendar)"), cycle=schedule.title)
        content = nodes.inline("", label, classes=["digest-calendar"])
        link = self.xref(CALENDAR, calendar_path(settings.pages, schedule), content)
        calendar = line_with(link)
        with_calendar = links_list([*(line.deepcopy() for line in lines), calendar])
        parts: list[nodes.Node] = [addnodes.only("", *with_calendar, expr=HTML_PAGES)]
        if lines:
            parts.append(addnodes.only("", *links_list(lines), expr=f"not ({HTML_PAGES})"))
        return parts


def outlook_in_digest(
    env: BuildEnvironment, settings: Settings, entry: Entry, place: tuple[str, int]
) -> tuple[Outlook, EventName] | None:
    """Return the coming events of a countdown's cycle, if the project has the schedule of its series."""
    note = entry.note
    if not isinstance(note, Countdown) or not settings.schedules:
        return None
    query = ScheduleDependency(settings.fragments, "", note.series, day=entry.moment.day)
    schedule = find_schedule(build_state_of(env), query)
    remember_schedule(env, query)
    ahead = outlook_of_note(schedule, entry) if schedule is not None else None
    # links out of the digest would fill its list of references
    links = PageLinks(env.docname, place, build_state_of(env).messages)
    names = links.names(schedule, published=False) if schedule is not None else plain_name
    return (ahead, names) if ahead is not None else None
