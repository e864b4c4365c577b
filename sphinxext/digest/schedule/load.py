"""All schedules of a project, each read from its files when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

from yaml.nodes import MappingNode

from sphinxext.digest.model import Period, Schedule
from sphinxext.digest.model.period import PeriodError
from sphinxext.digest.model.schedule import missing_week
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.cycle import build_schedule
from sphinxext.digest.schedule.project_schedule import KEYS as OWN_KEYS
from sphinxext.digest.schedule.project_schedule import read_project_schedule
from sphinxext.digest.schedule.rows import KEYS, read_cycle
from sphinxext.digest.schedule.rst_prose import SchedulePage, read_page
from sphinxext.digest.schedule.rst_table import read_table
from sphinxext.digest.schedule.sources import (
    DisplayPaths,
    SeriesList,
    Source,
    find_sources,
    read_file,
    read_series_list,
)
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.yaml import compose
from sphinxext.digest.yaml.reader import NodeReader


def read_source(
    source: Source, shown: DisplayPaths, series_list: SeriesList, problems: list[Problem]
) -> Schedule | None:
    """Read the schedule of a series, or return None if it is not usable.

    :param problems: the list to add problems to.
    """
    path = shown(source.table)
    text = read_file(source.table, path, problems)
    if text is None:
        return None
    if source.table.suffix == ".rst":
        whole = read_page(text, path)
        name = source.series or source.table.stem
        table = read_table(text, whole, series_list.get(name), problems)
        return build_schedule(name, table, whole, series_list, problems) if table is not None else None
    before = len(problems)
    root = compose(text, path, problems, max_aliases=0)
    reader = NodeReader(path, problems)
    keys = {key.value for key, _ in root.value} if isinstance(root, MappingNode) else set()
    if root is None or not keys & {*KEYS, *OWN_KEYS}:
        if len(problems) == before:
            message = "this is not a release schedule: it has neither 'cycle' nor 'milestones'"
            problems.append(Problem(path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    if not keys & set(KEYS):
        return read_project_schedule(root, text, reader, source)
    page = _read_prose(source.prose, shown, problems)
    return build_schedule(source.series or source.table.stem, read_cycle(root, reader), page, series_list, problems)


def _read_prose(file: Path | None, shown: DisplayPaths, problems: list[Problem]) -> SchedulePage | None:
    if file is None:
        return None
    path = shown(file)
    text = read_file(file, path, problems)
    return read_page(text, path) if text is not None else None


#: The name for the series under development.
CURRENT = "current"


class Schedules:
    """The schedules in some places, read lazily and once."""

    def __init__(self, root: Path, paths: Sequence[str] = (), url: str = "") -> None:
        """Find the sources of schedules.

        :param url: the page of a series for readers, with ``{series}`` for its name; may be empty.
        """
        self._shown = DisplayPaths(root)
        self._url = url
        self._problems: dict[Problem, None] = {}
        self._series_lists: dict[Path, SeriesList] = {}
        self._read: dict[str, Schedule | None] = {}
        found: list[Problem] = []
        sources = find_sources(root, paths, found)
        self._note(found)
        self._sources: dict[str, Source] = {}
        for source in sources:
            self._add(source)

    def _note(self, problems: list[Problem]) -> None:
        self._problems.update(dict.fromkeys(problems))

    def _add(self, source: Source) -> None:
        """Add a source unless its series has one already. A file whose name does not tell the series is read now."""
        if source.series is not None:
            self._sources.setdefault(source.series.casefold(), source)
            return
        problems: list[Problem] = []
        schedule = read_source(source, self._shown, SeriesList(), problems)
        name = (schedule.series if schedule else source.table.stem).casefold()
        if name not in self._sources:
            self._note(problems)
            self._sources[name] = source
            self._read[name] = self._with_url(schedule)

    def _with_url(self, schedule: Schedule | None) -> Schedule | None:
        if schedule is None or schedule.url or not self._url:
            return schedule
        return replace(schedule, url=self._url.replace("{series}", schedule.series))

    def _series_list_of(self, source: Source) -> SeriesList:
        if source.status is None:
            return SeriesList()
        file = source.status.resolve()
        if file not in self._series_lists:
            problems: list[Problem] = []
            self._series_lists[file] = read_series_list(source.status, self._shown(source.status), problems)
            self._note(problems)
        return self._series_lists[file]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the series by release date; series without a known date come last."""

        def order(name: str) -> tuple[date, str]:
            series = self._series_list_of(self._sources[name]).get(name)
            schedule = self._read.get(name)
            release = series.release if series else schedule.release if schedule else None
            return release or date.max, name

        return tuple(sorted(self._sources, key=order))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems found so far, sorted by place, without duplicates."""
        return tuple(sorted(self._problems))

    def find(self, name: str, today: date) -> Schedule | None:
        """Return the schedule of a series with its status on a day, or None if there is no usable one.

        :param name: the name of a series in any case, its number (``2027.1``), or ``current``: the series that is
            released next.
        """
        name = name.strip().casefold()
        if name == CURRENT:
            name = self._current(today) or ""
        schedule = self._get(name) if name in self._sources else self._numbered(name)
        if schedule is None:
            return None
        series = self._series_list_of(self._sources[schedule.series.casefold()]).get(schedule.series)
        return replace(schedule, status=series.status_on(today)) if series else schedule

    def week_days(self, name: str, today: date) -> Period:
        """Return the days, Monday to Sunday, of a week in the cycle of the series under development.

        :param name: the week's name, such as ``R-17``.
        :raises PeriodError: if no series is under development, or its cycle has no such week.
        """
        if not self._sources:
            raise PeriodError(
                f"'{name}' is a week of a release cycle, and no release schedules are known: name them in the option "
                "'schedules'"
            )
        schedule = self.find(CURRENT, today)
        if schedule is None:
            names = ", ".join(self.names)
            raise PeriodError(
                f"'{name}' is a week of a release cycle, and no series is under development on {today}: there are "
                f"schedules of {names}"
            )
        week = schedule.week(name)
        if week is None:
            raise PeriodError(missing_week(schedule, f"week {name}"))
        monday = week.period.start - timedelta(days=week.period.start.weekday())
        return Period(monday, monday + timedelta(days=6))

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files of a series."""
        source = self._sources.get(name.casefold())
        return source.files if source else ()

    def fingerprint(self) -> str:
        """Return a checksum of the files' times and sizes, which changes with every file without reading any."""
        checksum = blake2b(self._url.encode(), digest_size=16)
        files = {file for source in self._sources.values() for file in source.files}
        for file in sorted(files):
            try:
                stat = file.stat()
                state = f"{stat.st_mtime_ns} {stat.st_size}"
            except OSError:
                state = "missing"
            checksum.update(f"{file}\0{state}\0".encode("utf-8", "surrogateescape"))
        return checksum.hexdigest()

    def _get(self, name: str) -> Schedule | None:
        if name not in self._read:
            problems: list[Problem] = []
            source = self._sources[name]
            schedule = read_source(source, self._shown, self._series_list_of(source), problems)
            self._note(problems)
            self._read[name] = self._with_url(schedule)
        return self._read[name]

    def _numbered(self, number: str) -> Schedule | None:
        """Find a schedule by the number of its series, in the list of all series or else in the schedules."""
        for name, source in self._sources.items():
            series = self._series_list_of(source).get(name)
            if series is not None and series.release_id == number:
                return self._get(name)
        if not number[:1].isdigit():
            return None
        read = (self._get(name) for name in self.names)
        return next((schedule for schedule in read if schedule and schedule.release_id == number), None)

    def _current(self, today: date) -> str | None:
        """Return the name of the series under development, from the list of all series or else the schedules."""
        for source in self._sources.values():
            if series := self._series_list_of(source).current(today):
                return series.name.casefold()
        read = [schedule for name in self.names if (schedule := self._get(name)) is not None]
        ahead = [schedule for schedule in read if schedule.release >= today]
        if ahead:
            return min(ahead, key=lambda schedule: schedule.release).series.casefold()
        late = [schedule for schedule in read if schedule.week_of(today)]
        return max(late, key=lambda schedule: schedule.release).series.casefold() if late else None


def load_schedules(root: Path, settings: Settings, paths: Sequence[str] = ()) -> Schedules:
    """Return the schedules of a project.

    :param paths: files and folders, relative to the project or absolute, instead of the project's own setting.
    """
    return Schedules(root, tuple(paths) or settings.schedules, settings.schedule_url)
