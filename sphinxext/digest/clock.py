"""The clock: now, or what ``SOURCE_DATE_EPOCH`` says, so that two builds of a commit give the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the time in UTC, or that of ``SOURCE_DATE_EPOCH`` (seconds since 1970).

    See https://reproducible-builds.org/specs/source-date-epoch/. A value that is no number, or one of no time that
    there is, counts as none.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if seconds.isascii() and seconds.isdecimal():
        try:
            return datetime.fromtimestamp(int(seconds), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    return datetime.now(UTC)


def day_of(seconds: int | None) -> date | None:
    """Return the day (UTC) of seconds since 1970, or None without seconds or outside the years of Python."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date() if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def today() -> date:
    """Return the current day in UTC; see :func:`now`."""
    return now().date()
