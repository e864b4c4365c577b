"""Release schedules that are made by hand, for the tests of what shows them."""

from __future__ import annotations

from datetime import date, timedelta

from sphinxext.digest.model import Event, Period, Place, Schedule, Scope, Text, Week

PLACE = Place(1, 1)
URL = "https://releases.example.org/ibis/schedule.html"


def event(
    id: str,
    title: str,
    monday: date,
    text: str | None = None,
    *,
    project: str | None = None,
    specific: bool = False,
    day: date | None = None,
) -> Event:
    """An event of the week that begins on a day, due on its Thursday unless there is a day."""
    return Event(
        id=id,
        title=title,
        scope=Scope.PROJECT_SPECIFIC if project or specific else Scope.CROSS_PROJECT,
        week=Period(monday, monday + timedelta(days=4)),
        day=day or monday + timedelta(days=3),
        exact=day is not None,
        place=PLACE,
        text=Text(text, 1, 1) if text is not None else None,
        project=project,
    )


def week(monday: date, to_release: int | None, *events: Event, name: str | None = None) -> Week:
    """A week, Monday to Friday; without a number it has no name."""
    if to_release is not None and name is None:
        name = f"R-{to_release}" if to_release > 0 else f"R+{-to_release}"
    period = Period(monday, monday + timedelta(days=4))
    return Week(period=period, place=PLACE, name=name, to_release=to_release, events=events)


def schedule(*weeks: Week, release: date = date(2027, 1, 13), series: str = "ibis", url: str | None = URL) -> Schedule:
    """A schedule of these weeks."""
    return Schedule(
        series=series,
        title=f"2027.1 {series.capitalize()}",
        release_id="2027.1",
        weeks=weeks,
        release=release,
        path=f"{series}/schedule.yaml",
        url=url,
    )


def new_year() -> Schedule:
    """A short cycle across new year, with all that occurs: texts, weeks without events, an id that repeats."""
    first, second, third, fourth, last = (date(2026, 12, 14) + timedelta(weeks=number) for number in range(5))
    return schedule(
        week(first - timedelta(weeks=1), None, event("heron-final", "heron-final", first - timedelta(weeks=1))),
        week(
            first,
            4,
            event("i-ff", "Feature freeze", first, "No new features, see `the model <https://example.org/model>`_."),
            event("i-lamp-sprint", "Sprint; first, *half*", first, project="lamp"),
        ),
        week(second, 3),
        week(third, 2, event("i-rc1", "RC1 deadline", third, "The first candidate.\n\n* one\n* two")),
        week(
            fourth,
            1,
            event("i-finalrc", "Final RC deadline", fourth),
            event("i-strings", "String freeze", fourth, day=fourth + timedelta(days=1)),
            event("i-lamp-sprint", "Sprint", fourth, project="lamp"),
        ),
        week(last, 0, event("i-final", "2027.1 Ibis release", last, "Done.", day=last + timedelta(days=2))),
        week(last + timedelta(weeks=1), -1, event("i-trailing", "Trailing", last + timedelta(weeks=1))),
    )
