"""The release schedules of a build: read when a page asks for them, and not at all when nothing has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.dependencies import Dependency, remember
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.model import Event, Schedule
from sphinxext.digest.problems import Problem
from sphinxext.digest.settings.options import Settings

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
