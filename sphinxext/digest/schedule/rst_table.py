"""Parse the table of weeks in a ``schedule.rst`` without a ``schedule.yaml``, as OpenStack first wrote schedules.

It is a grid table of reStructuredText: the days of a week, its name, and references to the anchors of its events. The
days have no year (``Nov 30-4``, ``Dec 28-1``), which is inferred from the list of all series or from the texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sphinxext.digest.model import Period, Place, Scope, week_number
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.rows import MONTH, Mention, Row, Table, make_day, month_number
from sphinxext.digest.schedule.rst_prose import SchedulePage
from sphinxext.digest.schedule.sources import Series

#: Consider years up to this far from one that is named.
_NEAR = 2
_TITLE = re.compile(r"\b((?:19|20)[0-9]{2})\.[0-9]")


@dataclass(frozen=True, slots=True)
class WrittenPeriod:
    """The first and last day of a week as (month, day), and the year of the first day if it is given."""

    start: tuple[int, int]
    end: tuple[int, int]
    year: int | None = None

    def in_year(self, year: int) -> Period | None:
        """Return the days of the week if it begins in this year, or None if they don't exist."""
        start, end = make_day(year, *self.start), make_day(year + (self.end < self.start), *self.end)
        return Period(start, end) if start and end and (end - start).days < 7 else None


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row of a table: its days as they are written, its name, and its events."""

    written: WrittenPeriod
    words: str
    place: Place
    name: str | None
    mentions: tuple[Mention, ...]


def dated_rows(
    weeks: Sequence[WrittenRow], page: SchedulePage, series: Series | None, problems: list[Problem]
) -> list[Row]:
    """Infer the years of rows; return no rows if that is not possible.

    The list of all series decides, or else the years named by the table and by the texts of its events. Of those, the
    year that makes most weeks begin on a Monday wins, as texts often keep the year of the cycle before.
    """
    offsets = _offsets(weeks)
    first = _first_year(weeks, offsets, page, series)
    if first is None:
        place = weeks[0].place
        message = (
            "the year of the weeks is unknown: add a year to a week (Nov 30-4, 2015), name the day of the release "
            "with its year in the text of the release, or list the series in series_status.yaml"
        )
        problems.append(Problem(page.path, place.line, place.column, Code.SCHEDULE_YEAR, message))
        return []
    rows = []
    for week, offset in zip(weeks, offsets, strict=True):
        period = week.written.in_year(first + offset)
        if period is None:
            message = f"'{week.words}' is not a valid week in {first + offset}"
            problems.append(Problem(page.path, week.place.line, week.place.column, Code.SCHEDULE_TABLE, message))
            continue
        rows.append(Row(period, week.place, week.name, week.mentions))
    return rows


def _offsets(weeks: Sequence[WrittenRow]) -> list[int]:
    """Count for each week how many years after the first one it begins: one more after each turn of the year."""
    offsets, offset = [], 0
    for index, week in enumerate(weeks):
        # only a step back by months is a new year; a row out of order keeps its year
        if index and weeks[index - 1].written.start[0] - week.written.start[0] > 5:
            offset += 1
        offsets.append(offset)
    return offsets


def _first_year(
    weeks: Sequence[WrittenRow], offsets: Sequence[int], page: SchedulePage, series: Series | None
) -> int | None:
    """Return the most likely year of the first week, or None if nothing tells it."""
    release = next((index for index, week in enumerate(weeks) if week_number(week.name or "") == 0), len(weeks) - 1)
    if series is not None and series.release is not None:
        return _year_of(weeks[release], series.release, offsets[release])
    votes = Counter(_votes(weeks, offsets, page))
    if not votes and (match := _TITLE.search(page.title)):
        return int(match[1]) - offsets[release]
    candidates = {year for vote in votes for year in range(vote - _NEAR, vote + _NEAR + 1) if year in YEARS}
    if not candidates:
        return None
    return max(sorted(candidates), key=lambda year: (_mondays(weeks, offsets, year), votes[year]))


def _year_of(week: WrittenRow, day: date, offset: int) -> int:
    """Return the year of the first week that puts a week, ``offset`` years later, nearest to a day."""
    periods = {year: week.written.in_year(year) for year in (day.year - 1, day.year, day.year + 1)}
    near = {year: abs((day - period.start).days) for year, period in periods.items() if period}
    return min(near, key=lambda year: near[year], default=day.year) - offset


def _votes(weeks: Sequence[WrittenRow], offsets: Sequence[int], page: SchedulePage) -> Iterable[int]:
    """Yield a year of the first week for each year that the table or a text names."""
    for week, offset in zip(weeks, offsets, strict=True):
        if week.written.year is not None:
            yield week.written.year - offset
        for mention in week.mentions:
            section = page.sections.get(mention.id)
            for named in section.days if section else ():
                for year in (named.year - 1, named.year) if named.year else ():
                    period = week.written.in_year(year)
                    if period and named.within(Period(period.start, period.end + timedelta(days=2))):
                        yield year - offset


def _mondays(weeks: Sequence[WrittenRow], offsets: Sequence[int], first: int) -> int:
    """Count the weeks that begin on a Monday if the first one is in this year."""
    periods = (week.written.in_year(first + offset) for week, offset in zip(weeks, offsets, strict=True))
    return sum(period is not None and period.start.weekday() == 0 for period in periods)


_BORDER = re.compile(r"\+(?:[-=]+\+)+")
_PARTIAL = re.compile(r"[-=]*")
_WEEK = re.compile(
    rf"({MONTH})\s?([0-9]{{1,2}})\s?[-\u2013]\s?(?:({MONTH})\s?)?([0-9]{{1,2}})(?:,?\s([0-9]{{4}}))?", re.IGNORECASE
)
_REFERENCE = re.compile(r":ref:`(?:[^`<>]*<)?([^`<>]+)>?`")
_SPECIFIC = "project-specific"
_MAX_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class _Cell:
    """One line of a cell, with its place in the file."""

    text: str
    line: int
    column: int


#: The cells of one row, each a list of lines.
_Cells = list[list[_Cell]]


class _GridTable:
    """Parser of one grid table.

    :param lines: pairs of line number and text.
    """

    def __init__(self, lines: Sequence[tuple[int, str]], path: str, problems: list[Problem]) -> None:
        self.lines = lines
        self.path = path
        self.problems = problems
        body = next((text for _, text in lines if "=" in text and _BORDER.fullmatch(text)), lines[0][1])
        self.cuts = [offset for offset, char in enumerate(body) if char == "+"]
        self.headings: list[list[str]] = [[] for _ in self.cuts[1:]]
        self.rows: list[_Cells] = []

    def read(self) -> None:
        """Parse all rows; those of the head become the headings of the columns."""
        cells: _Cells = [[] for _ in self.cuts[1:]]
        has_head = any("=" in text and _BORDER.fullmatch(text) for _, text in self.lines)
        for number, text in self.lines:
            if _BORDER.fullmatch(text) and len(text) == self.cuts[-1] + 1:
                if any(cells):
                    self.rows.append(cells)
                    cells = [[] for _ in self.cuts[1:]]
                if "=" in text:
                    self.rows, has_head = [], False
            elif has_head:
                self.read_heading(text)
            elif wrong := self.broken(text):
                message = f"malformed row: expected '|' in column {wrong}"
                self.complain(number, min(wrong, len(text) + 1), message)
            else:
                for cell, (start, end) in zip(cells, pairwise(self.cuts), strict=True):
                    content = text[start + 1 : end]
                    if content.strip() and not _PARTIAL.fullmatch(content):
                        indent = len(content) - len(content.lstrip())
                        cell.append(_Cell(content.strip(), number, start + indent + 2))
        if any(cells):
            self.complain(self.lines[-1][0], 1, "the border below the last row of the table is missing")
            self.rows.append(cells)

    def broken(self, text: str) -> int:
        """Return the column, from 1, of the first missing border, or 0."""
        return next((cut + 1 for cut in self.cuts if text[cut : cut + 1] not in ("|", "+")), 0)

    def read_heading(self, text: str) -> None:
        """Add a line of the head to the headings of the columns below it; a heading can span columns."""
        for index, (start, end) in enumerate(pairwise(self.cuts)):
            left = max(text.rfind("|", 0, start + 1), text.rfind("+", 0, start + 1))
            right = text.find("|", end)
            content = text[left + 1 : right if right >= 0 else len(text)].strip()
            self.headings[index].append(content.lower())

    def complain(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, column, Code.SCHEDULE_TABLE, message))

    def scope(self, index: int) -> Scope:
        """Return the scope of the events in a column, by its heading or, without one, its position."""
        heading = " ".join(self.headings[index])
        specific = _SPECIFIC in heading or (not heading.strip() and index >= 3)
        return Scope.PROJECT_SPECIFIC if specific else Scope.CROSS_PROJECT


def read_table(source: str, page: SchedulePage, series: Series | None, problems: list[Problem]) -> Table | None:
    """Read the first table that has weeks, or return None after a problem.

    :param source: the text of the page.
    :param series: the entry of this series in the list of all series, which tells the year.
    """
    before = len(problems)
    weeks: list[WrittenRow] = []
    for lines in _tables(source):
        grid = _GridTable(lines, page.path, problems)
        if len(grid.cuts) > _MAX_COLUMNS:
            grid.complain(lines[0][0], 1, f"the table has more than {_MAX_COLUMNS} columns")
            continue
        grid.read()
        weeks = [week for cells in grid.rows if (week := _week(grid, cells)) is not None]
        if weeks:
            break
    if not weeks:
        if len(problems) == before:
            message = "there is no table of weeks such as 'Nov 30-4' in the file, and no schedule.yaml beside it"
            problems.append(Problem(page.path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    rows = dated_rows(weeks, page, series, problems)
    return Table(page.path, rows) if rows else None


def _tables(source: str) -> list[list[tuple[int, str]]]:
    """Find the numbered lines of each grid table."""
    tables: list[list[tuple[int, str]]] = []
    inside = False
    for number, line in enumerate(source.split("\n"), 1):
        text = line.rstrip()
        if inside and text[:1] in ("+", "|"):
            tables[-1].append((number, text))
        elif not inside and _BORDER.fullmatch(text):
            tables.append([(number, text)])
            inside = True
        else:
            inside = False
    return [table for table in tables if len(table) > 2]


def _week(grid: _GridTable, cells: _Cells) -> WrittenRow | None:
    """Parse a row: the first cell has the days, the second the name, and all others references to events."""
    first = next(cell for column in cells for cell in column)
    days = " ".join(cell.text for cell in cells[0])
    match = _WEEK.fullmatch(days)
    if match is None:
        message = f"'{days}' is not a valid week: write Nov 2-6, Nov 30-4 or Nov 30-Dec 4"
        grid.complain(first.line, first.column, message)
        return None
    start, end = (month_number(match[1]), int(match[2])), int(match[4])
    end_month = month_number(match[3]) if match[3] else start[0] if end >= start[1] else start[0] % 12 + 1
    written = WrittenPeriod(start, (end_month, end), int(match[5]) if match[5] else None)
    name, mentions = None, []
    for index, column in enumerate(cells[1:], 1):
        for cell in column:
            if index == 1 and ":ref:" not in cell.text:
                name = _name(grid, cell)
            mentions += [
                Mention(found[1].strip(), grid.scope(index), Place(cell.line, cell.column + found.start()))
                for found in _REFERENCE.finditer(cell.text)
            ]
    return WrittenRow(written, days, Place(first.line, first.column), name, tuple(mentions))


def _name(grid: _GridTable, cell: _Cell) -> str | None:
    if week_number(cell.text) is not None:
        return cell.text
    grid.complain(cell.line, cell.column, f"a week must have a name such as R-17 or R+0, not '{cell.text}'")
    return None
