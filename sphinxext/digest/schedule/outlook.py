"""What is ahead in a cycle."""

from __future__ import annotations

from datetime import date, timedelta

from sphinxext.digest.model import Outlook, Schedule, Week


def outlook(schedule: Schedule, now: date, week: Week | None = None) -> Outlook:
    """What is ahead in a cycle, seen from a day.

    :param now: the day from which the days are counted.
    :param week: the week that it is for; without it the week of ``now``.
    """
    week = week or schedule.week_of(now)
    start = week.period.start if week else now - timedelta(days=now.weekday())
    monday = start - timedelta(days=start.weekday())
    ends = [monday + timedelta(weeks=count) for count in (1, 2)]
    ahead = [event for event in schedule.events if event.week.end >= monday]
    coming = next((event for event in sorted(ahead, key=lambda event: event.day) if event.day >= now), None)
    return Outlook(
        schedule=schedule,
        now=now,
        week=week,
        this_week=tuple(event for event in ahead if event.week.start < ends[0]),
        next_week=tuple(event for event in ahead if ends[0] <= event.week.start < ends[1]),
        later=tuple(event for event in ahead if event.week.start >= ends[1]),
        next=coming,
        days_to_next=(coming.day - now).days if coming else None,
        days_to_release=(schedule.release - now).days,
        weeks_to_release=week.to_release if week else None,
    )
