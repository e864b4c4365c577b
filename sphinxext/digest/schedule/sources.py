"""Files of schedules: find those of each series, and read the list of all series beside them.

The list is ``data/series_status.yaml`` in the format of openstack/releases: the names of all release series, their
numbers, series_list, and release dates.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yaml.nodes import Node, SequenceNode

from sphinxext.digest.problems import Code, Problem, unreadable
from sphinxext.digest.schedule.rows import monday_of
from sphinxext.digest.yaml import MAX_BYTES, compose, decode
from sphinxext.digest.yaml.reader import NodeReader

YAML, RST, STATUS = "schedule.yaml", "schedule.rst", "series_status.yaml"
#: Where a checkout of openstack/releases has the folders of the series.
CHECKOUT = "doc/source"
_SUFFIXES = (".yaml", ".yml")
_MAX_LINK = 200


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one series.

    ``table`` has the weeks and ``prose`` the texts; both are the same file if the weeks are in a table of the prose.
    ``status`` is the list of all series. ``series`` is None if only the content of the file can tell it.
    """

    series: str | None
    table: Path
    prose: Path | None = None
    status: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, without duplicates."""
        found = (self.table, self.prose, self.status)
        return tuple(dict.fromkeys(file for file in found if file is not None))


class DisplayPaths:
    """Format paths for problems: relative to the project if they are inside it, else as the user wrote them."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def __call__(self, file: Path) -> str:
        """Return the path of a file as a problem shows it."""
        resolved = file.resolve()
        if resolved.is_relative_to(self.root):
            return resolved.relative_to(self.root).as_posix()
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.as_posix()


def find_sources(root: Path, paths: Sequence[str], problems: list[Problem]) -> list[Source]:
    """Find the sources in all places, in order; the first source of a series wins.

    :param paths: files and folders, relative to ``root`` or absolute.
    """
    found: dict[str | Path, Source] = {}
    for path in paths:
        place = root.resolve() / path
        try:
            sources = list(_sources(place))
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        except ValueError:
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: not a valid file name"))
            continue
        if not sources:
            message = f"no schedule found: expected SERIES/{YAML}, {CHECKOUT}/SERIES/{YAML} or another *.yaml file"
            problems.append(Problem(path, 0, 0, Code.NO_SCHEDULE, message))
        for source in sources:
            found.setdefault(source.series.casefold() if source.series else source.table.resolve(), source)
    return list(found.values())


def _sources(place: Path) -> Iterator[Source]:
    """Find the sources in one place.

    :raises OSError: if the place does not exist or cannot be read.
    """
    if not place.is_dir():
        place.stat()
        yield _of_file(place)
        return
    if source := _of_series(place):
        yield source
        return
    found = False
    for folder in (place, place / CHECKOUT):
        for child in sorted(folder.iterdir()) if folder.is_dir() else ():
            if child.is_dir() and (source := _of_series(child)):
                found = True
                yield source
    if not found:
        for child in sorted(place.iterdir()):
            if child.suffix in _SUFFIXES and child.name != STATUS and child.is_file():
                yield Source(None, child)


def _of_file(file: Path) -> Source:
    if file.name not in (YAML, RST):
        return Source(None, file)
    source = _of_series(file.parent)
    return source if source and source.table.name == file.name else Source(_name(file.parent), file, file)


def _of_series(folder: Path) -> Source | None:
    """Return the source in the folder of a series, if it has one of the files."""
    table, prose = folder / YAML, folder / RST
    if table.is_file():
        return Source(_name(folder), table, prose if prose.is_file() else None, _status(folder.parent))
    if prose.is_file() and _has_table(prose):
        return Source(_name(folder), prose, prose, _status(folder.parent))
    return None


def _name(folder: Path) -> str:
    return folder.resolve().name


def _has_table(prose: Path) -> bool:
    """Return True if a file may contain a table of weeks. The reader reports an unreadable file later."""
    try:
        with prose.open("rb") as stream:
            return b"+--" in stream.read(1024 * 1024)
    except OSError:
        return True


def _status(folder: Path) -> Path | None:
    """Find the list of all series beside the folders of the series or up to two levels above (openstack/releases)."""
    for above in (folder, folder.parent, folder.parent.parent):
        for file in (above / STATUS, above / "data" / STATUS):
            if file.is_file() and not _is_written_link(file):
                return file
    return None


def _is_written_link(file: Path) -> bool:
    """Return True if git wrote the target of a symbolic link into a file, as it does without ``core.symlinks``."""
    try:
        with file.open("rb") as stream:
            start = stream.read(_MAX_LINK + 1)
    except OSError:
        return False
    return len(start) <= _MAX_LINK and b"\n" not in start.strip() and start.strip().endswith(STATUS.encode())


DEVELOPMENT = "development"
FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Series:
    """A release series: its current status, and the status it changes to on ``next_day``, if the file says so."""

    name: str
    release_id: str | None = None
    status: str | None = None
    release: date | None = None
    next_status: str | None = None
    next_day: date | None = None

    def status_on(self, day: date) -> str | None:
        """Return the status on a day. The file has no past statuses: the current one counts until the next begins."""
        if self.next_status and self.next_day and day >= self.next_day:
            return self.next_status
        return self.status


class SeriesList:
    """The series of one file, found by name."""

    def __init__(self, series: tuple[Series, ...] = ()) -> None:
        self.series = series
        self._by_name = {one.name.casefold(): one for one in reversed(series)}
        self._by_week: dict[tuple[date, str], date] = {}
        for one in reversed(series):
            if one.release:
                self._by_week[monday_of(one.release), one.name[:1].casefold()] = one.release

    def get(self, name: str) -> Series | None:
        """Return the series with a name, ignoring case."""
        return self._by_name.get(name.casefold())

    def released_in_week(self, day: date, letter: str) -> date | None:
        """Return the release date of the series with this first letter, if it is in the week of a day."""
        return self._by_week.get((monday_of(day), letter.casefold()))

    def current(self, day: date) -> Series | None:
        """Return the series under development on a day.

        That is the series released next after the day, as past statuses are not known. While its status is still
        ``future``, because the release before it is late, it is the series whose status is ``development``.
        """
        ahead = [one for one in self.series if one.release and one.release >= day]
        coming = min(ahead, key=lambda one: one.release or day, default=None)
        if coming is not None and coming.status_on(day) != FUTURE:
            return coming
        developed = [one for one in self.series if one.status_on(day) == DEVELOPMENT]
        return max(developed, key=lambda one: one.release or date.max, default=coming)


def read_series_list(file: Path, path: str, problems: list[Problem]) -> SeriesList:
    """Read the list of all series. Invalid series are problems and left out."""
    text = read_file(file, path, problems)
    before = len(problems)
    root = compose(text, path, problems, max_aliases=0) if text is not None else None
    if root is None:
        if text is not None and len(problems) == before:
            problems.append(Problem(path, 1, 1, Code.EMPTY, "there is nothing in the file"))
        return SeriesList()
    reader = NodeReader(path, problems)
    if not isinstance(root, SequenceNode):
        reader.complain(root, Code.WRONG_TYPE, "the file must be a list of series")
        return SeriesList()
    found = (_read_series(reader, node) for node in root.value)
    return SeriesList(tuple(one for one in found if one is not None))


def _read_series(reader: NodeReader, node: Node) -> Series | None:
    before = len(reader.problems)
    values = reader.mapping(node, "a series")
    if len(reader.problems) > before and not values:
        return None
    if not reader.require(node, values, "a series", "name"):
        return None
    name = reader.line(values["name"], "name")
    phase = reader.mapping(values["next-phase"], "'next-phase'") if "next-phase" in values else {}
    lines = {key: reader.line(values[key], key) if key in values else None for key in ("release-id", "status")}
    release = reader.day(values["initial-release"], "initial-release") if "initial-release" in values else None
    next_status = reader.line(phase["status"], "status") if "status" in phase else None
    next_day = reader.day(phase["date"], "date") if "date" in phase else None
    if name is None:
        return None
    return Series(name, lines["release-id"], lines["status"], release, next_status, next_day)


def read_file(file: Path, path: str, problems: list[Problem]) -> str | None:
    """Return the text of a file, or None after a problem.

    Nothing but a regular file is opened, and no more is read of it than a schedule may have.

    :param path: how problems name the file.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: not a regular file"))
            return None
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a valid file name"
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {reason}"))
        return None
    return decode(data, path, problems)
