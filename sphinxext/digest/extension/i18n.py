"""Our own words in the language of a build: from our catalogues, and days by Babel."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import sphinx.locale
from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from sphinx.util.i18n import CatalogInfo

from sphinxext.digest.model.messages import ENGLISH, Messages, filled
from sphinxext.digest.model.period import Period

if TYPE_CHECKING:
    from sphinx.application import Sphinx


#: The name of the catalogues. A project can have one of this name for a language that is not among ours.
CATALOGUE = "sphinxext-digest"
LOCALES = Path(__file__).parent.parent / "locale"


def add_catalogues(app: Sphinx) -> None:
    """Let Sphinx know our words, for the names that it shows itself; those of the project win over ours."""
    language = app.config.language
    folders = [Path(app.srcdir, folder) for folder in app.config.locale_dirs]
    for folder in folders if app.config.gettext_auto_build else ():
        # as Sphinx does with the catalogue of its own words: those of pages come later
        catalogue = CatalogInfo(str(folder / language / "LC_MESSAGES"), CATALOGUE, "utf-8")
        if Path(catalogue.po_path).is_file() and catalogue.is_outdated():
            catalogue.write_mo(language)
    # a process may have built something in another language before
    sphinx.locale.translators.pop(("general", CATALOGUE), None)
    sphinx.locale.init([*folders, LOCALES], language, CATALOGUE)


def messages_for(language: str | None) -> Messages:
    """Our words in a language; in English where Babel does not know it."""
    if not language or language.replace("-", "_").split("_")[0] == "en":
        return ENGLISH
    # Babel is for builds in other languages: English ones have dates of their own
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return ENGLISH
    return TranslatedWords(language, locale, sphinx.locale.get_translator(CATALOGUE))


#: How many numbers are looked at to know the words for all of them: what CLDR and gettext have for a language is
#: decided by the last two digits.
_NUMBERS = range(200)


class TranslatedWords(Messages):
    """The words of a catalogue, and days as CLDR has them for the language."""

    def __init__(self, language: str, locale: Locale, catalogue: gettext.NullTranslations) -> None:
        self._language = language
        self._locale = locale
        self._catalogue = catalogue

    @property
    def language(self) -> str:
        """The language, as Sphinx calls it."""
        return self._language

    def gettext(self, message: str) -> str:
        """A word, or a sentence with places such as ``{day}`` in it."""
        return self._catalogue.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Messages for a number of things."""
        return filled(self._catalogue.ngettext(one, many, number), number=number)

    def counting(self, one: str, many: str) -> Mapping[str, str]:
        """Messages for any number of things, by the categories of numbers."""
        found: dict[str, str] = {}
        for number in _NUMBERS:
            found.setdefault(self._locale.plural_form(number), self._catalogue.ngettext(one, many, number))
        return found

    def period(self, period: Period) -> str:
        """The days of a digest; a whole month is that month."""
        start, end = period.start, period.end
        if start == end:
            return self.day_of_year(start)
        if period.is_month:
            return self.month_of_year(start)
        return self._interval("yMMMd", period, in_full=True)

    def week(self, period: Period) -> str:
        """The days of a week in short."""
        return self._interval("MMMd", period)

    def week_of_year(self, period: Period) -> str:
        """The same with the year."""
        return self._interval("yMMMd", period)

    def day(self, day: date) -> str:
        """The month and the day."""
        return format_skeleton("MMMMd", day, locale=self._locale)

    def day_of_year(self, day: date) -> str:
        """The whole date."""
        return format_date(day, "long", locale=self._locale)

    def month(self, day: date) -> str:
        """The name of a month as it stands alone."""
        return self._month(day, "MMMM")

    def short_month(self, day: date) -> str:
        """The short name of a month as it stands alone."""
        return self._month(day, "MMM")

    def month_of_year(self, day: date) -> str:
        """The name of a month with the year."""
        return format_skeleton("yMMMM", day, locale=self._locale)

    def year(self, day: date) -> str:
        """The year as it stands alone."""
        return format_skeleton("y", day, locale=self._locale)

    def _month(self, day: date, pattern: str) -> str:
        # Where a month has another form beside a day, CLDR says so in the pattern of month and year. Babel gives names
        # of another locale for the form that stands alone in locales where it is the same (python-babel 2.18).
        stands_alone = "L" in str(self._locale.datetime_skeletons["y" + pattern].pattern)
        return format_date(day, pattern.replace("M", "L") if stands_alone else pattern, locale=self._locale)

    def _interval(self, skeleton: str, period: Period, *, in_full: bool = False) -> str:
        """Some days as CLDR writes them, with the names of months in full if that is wanted.

        CLDR has such patterns for short names only, and says that they are to be used for long names as well (UTS 35,
        "Missing Skeleton Fields"), which Babel does not do.
        """
        start, end = period.start, period.end
        patterns = self._locale.interval_formats.get(skeleton, {})
        differs = "y" if start.year != end.year else "M" if start.month != end.month else "d"
        found = patterns.get(differs) or patterns.get("M")
        if found is None or len(found) != 2 or start == end:
            text = format_interval(start, end, skeleton, locale=self._locale)
        else:
            wide = {"MMM": "MMMM", "LLL": "LLLL"} if in_full else {}
            for short, name in wide.items():
                found = [pattern.replace(short, name) for pattern in found]
            days = zip((start, end), found, strict=True)
            text = "".join(format_date(day, pattern, locale=self._locale) for day, pattern in days)
        # not every font of a book, and no mail, has the thin spaces that some languages put around the dash
        return text.replace("\u2009", " ")
