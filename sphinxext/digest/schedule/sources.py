"""Files of schedules: find those of each series, and read the list of all series beside them.

The list is ``data/series_status.yaml`` in the format of openstack/releases: the names of all release series, their
numbers, statuses, and release dates.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yaml.nodes import Node, SequenceNode

from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import monday_of
from sphinxext.digest.yaml import compose as safeyaml
from sphinxext.digest.yaml.reader import NodeReader

YAML, RST, STATUS = "schedule.yaml", "schedule.rst", "series_status.yaml"
#: Where a checkout of openstack/releases has the folders of the series.
CHECKOUT = "doc/source"
_SUFFIXES = (".yaml", ".yml")
_MAX_LINK = 200


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one series, and how problems name them.

    ``table`` has the weeks and ``prose`` the texts; they are one file where the weeks stand in a table of the prose.
    ``status`` is the list of all series. ``series`` is None where only the file itself can tell.
    """

    series: str | None
    table: Path
    prose: Path | None = None
    status: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, each once."""
        found = (self.table, self.prose, self.status)
        return tuple(dict.fromkeys(file for file in found if file is not None))


class Shown:
    """How problems name files: relative to the project where they are inside, else as the user wrote the place."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def __call__(self, file: Path) -> str:
        """The path of a file as problems have it."""
        resolved = file.resolve()
        if resolved.is_relative_to(self.root):
            return resolved.relative_to(self.root).as_posix()
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.as_posix()


def find_sources(root: Path, paths: Sequence[str], problems: list[Problem]) -> list[Source]:
    """The sources in all places, in order; of several for one series the first counts.

    :param paths: files and folders, relative to ``root`` or absolute.
    """
    found: dict[str | Path, Source] = {}
    for path in paths:
        place = root.resolve() / path
        try:
            sources = list(_sources(place))
        except OSError as error:
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {error.strerror}"))
            continue
        except ValueError:
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: its name is not one of a file"))
            continue
        if not sources:
            message = f"there is no schedule: neither SERIES/{YAML} nor {CHECKOUT}/SERIES/{YAML}, nor another *.yaml"
            problems.append(Problem(path, 0, 0, Code.NO_SCHEDULE, message))
        for source in sources:
            found.setdefault(source.series.casefold() if source.series else source.table.resolve(), source)
    return list(found.values())


def _sources(place: Path) -> Iterator[Source]:
    """:raises OSError: if there is nothing, or it cannot be read."""
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
    """The source that a folder of a series is, if it has one of the files."""
    table, prose = folder / YAML, folder / RST
    if table.is_file():
        return Source(_name(folder), table, prose if prose.is_file() else None, _status(folder.parent))
    if prose.is_file() and _has_table(prose):
        return Source(_name(folder), prose, prose, _status(folder.parent))
    return None


def _name(folder: Path) -> str:
    return folder.resolve().name


def _has_table(prose: Path) -> bool:
    """Whether a file might hold a table of weeks. What cannot be read is for the reader to tell."""
    try:
        with prose.open("rb") as stream:
            return b"+--" in stream.read(1024 * 1024)
    except OSError:
        return True


def _status(folder: Path) -> Path | None:
    """The list of all series, beside the folders of the series or up to two levels above (openstack/releases)."""
    for above in (folder, folder.parent, folder.parent.parent):
        for file in (above / STATUS, above / "data" / STATUS):
            if file.is_file() and not _is_written_link(file):
                return file
    return None


def _is_written_link(file: Path) -> bool:
    """Whether git wrote the target of a symbolic link into a file, as it does where there are no such links."""
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
    """A release series.

    ``status`` is how the file calls its state, ``next_status`` what that becomes on ``next_day``, if it says so.
    """

    name: str
    release_id: str | None = None
    status: str | None = None
    release: date | None = None
    next_status: str | None = None
    next_day: date | None = None

    def status_on(self, day: date) -> str | None:
        """The state on a day. The past is not known: a state counts until the next one begins."""
        if self.next_status and self.next_day and day >= self.next_day:
            return self.next_status
        return self.status


class Statuses:
    """All series of one file, by their names in lower case."""

    def __init__(self, series: tuple[Series, ...] = ()) -> None:
        self.series = series
        self._by_name = {one.name.casefold(): one for one in reversed(series)}
        self._by_week: dict[tuple[date, str], date] = {}
        for one in reversed(series):
            if one.release:
                self._by_week[monday_of(one.release), one.name[:1].casefold()] = one.release

    def get(self, name: str) -> Series | None:
        """The series of a name, in any case."""
        return self._by_name.get(name.casefold())

    def released_in_week(self, day: date, letter: str) -> date | None:
        """The day of the release of a series that begins with a letter, if it is in the week of a day."""
        return self._by_week.get((monday_of(day), letter.casefold()))

    def current(self, day: date) -> Series | None:
        """The series under development on a day.

        It is the one that is released next, for whatever day, which the states cannot tell of the past. Only while
        that is still ``future``, because the release before it is late, another one that is in development counts.
        """
        ahead = [one for one in self.series if one.release and one.release >= day]
        coming = min(ahead, key=lambda one: one.release or day, default=None)
        if coming is not None and coming.status_on(day) != FUTURE:
            return coming
        developed = [one for one in self.series if one.status_on(day) == DEVELOPMENT]
        return max(developed, key=lambda one: one.release or date.max, default=coming)


def read_statuses(file: Path, path: str, problems: list[Problem]) -> Statuses:
    """Read the file. What is not sound of it is a problem and left out."""
    text = read_file(file, path, problems)
    before = len(problems)
    root = safeyaml.compose(text, path, problems, max_aliases=0) if text is not None else None
    if root is None:
        if text is not None and len(problems) == before:
            problems.append(Problem(path, 1, 1, Code.EMPTY, "there is nothing in the file"))
        return Statuses()
    reader = NodeReader(path, problems)
    if not isinstance(root, SequenceNode):
        reader.complain(root, Code.WRONG_TYPE, "the file must be a list of series")
        return Statuses()
    found = (_read_series(reader, node) for node in root.value)
    return Statuses(tuple(one for one in found if one is not None))


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
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: it is not a file"))
            return None
        with file.open("rb") as stream:
            data = stream.read(safeyaml.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name is not one of a file"
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {reason}"))
        return None
    return safeyaml.decode(data, path, problems)
