"""The extension's own messages, and the way days are written.

English is the default; a build in another language passes its own :class:`Messages`. Each message is given in English
where it is used, to :meth:`Messages.gettext` or :meth:`Messages.ngettext`, or in :func:`N_` where it is only declared,
so that Babel finds all of them for the catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from sphinxext.digest.model.period import Period, month_name, plain_title, plain_week, short_days


def N_(message: str) -> str:
    """Mark a message for translation where it is shown."""
    return message


def filled(pattern: str, **parts: object) -> str:
    """Fill the placeholders of a pattern such as ``{weeks} and {days}``; unknown placeholders stay."""
    return re.sub(r"\{(\w+)\}", lambda place: str(parts.get(place[1], place[0])), pattern)


_NEAR = (N_("yesterday"), N_("today"), N_("tomorrow"))


class Messages:
    """The messages in English, with days in one long and one short form."""

    @property
    def language(self) -> str:
        """The language, as Sphinx and Babel call it."""
        return "en"

    def gettext(self, message: str) -> str:
        """Translate a message, which may have placeholders such as ``{day}``."""
        return message

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Translate a message with a number, and fill in ``{number}``."""
        return filled(one if number == 1 else many, number=number)

    def counting(self, one: str, many: str) -> Mapping[str, str]:
        """Return the message for each of the plurals that CLDR has for this language, with ``{number}`` in it."""
        return {"one": one, "other": many}

    def near(self) -> list[str]:
        """Return the names of the days from yesterday to tomorrow."""
        return [self.gettext(name) for name in _NEAR]

    def distance(self, days: int) -> str:
        """Return the distance to a day: ``in 15 days``, ``tomorrow``, ``11 days ago``."""
        if abs(days) <= 1:
            return self.near()[days + 1]
        if days > 0:
            return self.ngettext("in {number} day", "in {number} days", days)
        return self.ngettext("{number} day ago", "{number} days ago", -days)

    def period(self, period: Period) -> str:
        """The days of a digest: ``April 9–22, 2026``, ``November 28 – December 4, 2026``, ``December 2026``."""
        return period.title

    def week(self, period: Period) -> str:
        """The days of a week in short: ``Dec 7–11``, ``Nov 30 – Dec 4``."""
        return short_days(period)

    def week_of_year(self, period: Period) -> str:
        """The same with the year: ``Nov 16–20, 2026``, ``Dec 28, 2026 – Jan 1, 2027``."""
        return short_days(period, with_year=True)

    def day(self, day: date) -> str:
        """``March 24``."""
        return f"{month_name(day)} {day.day}"

    def day_of_year(self, day: date) -> str:
        """``March 24, 2027``."""
        return f"{month_name(day)} {day.day}, {day.year}"

    def month(self, day: date) -> str:
        """The month of a day: ``March``."""
        return month_name(day)

    def short_month(self, day: date) -> str:
        """The month of a day in short: ``Mar``."""
        return month_name(day)[:3]

    def month_of_year(self, day: date) -> str:
        """``March 2027``."""
        return f"{month_name(day)} {day:%Y}"

    def year(self, day: date) -> str:
        """``2027``."""
        return f"{day:%Y}"


class PlainDates(Messages):
    """The messages in English, with days formatted as in OpenStack's plain-text digests."""

    def period(self, period: Period) -> str:
        """The days of a digest: ``April 9-22``, ``November 28 to December 4``, ``December 2015``."""
        return plain_title(period)

    def week(self, period: Period) -> str:
        """The days of a week in short: ``Dec 7-11``, ``Nov 30 - Dec 4``."""
        return plain_week(period)


#: The messages of the command, and of a build in English.
ENGLISH = Messages()
_PLAIN_DATES = PlainDates()


def with_plain_dates(messages: Messages) -> Messages:
    """Return the messages with OpenStack's dates if they are in English; CLDR has those of other languages."""
    return _PLAIN_DATES if messages is ENGLISH else messages
