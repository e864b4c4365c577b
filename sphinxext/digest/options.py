"""The options of a collection as they are set.

The command reads options from ``releasenotes/digest.yaml``; a build reads the same file and then ``conf.py``, where
each option is called ``digest_<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from sphinxext.digest import checks
from sphinxext.digest.link_roles import LinkRole
from sphinxext.digest.model import Period, Words
from sphinxext.digest.option_table import OPTIONS
from sphinxext.digest.periods import Calendar
from sphinxext.digest.problems import Code
from sphinxext.digest.rounds import Source
from sphinxext.digest.topics import Topic

#: Called with the name of an option, the kind of problem and a message, for each value that is refused.
Complain = Callable[[str, Code, str], None]

#: Where the command and the build find the options, relative to the project.
SETTINGS_FILE = "releasenotes/digest.yaml"

#: What the names of options begin with in ``conf.py``.
CONF_PREFIX = "digest_"

#: The key of the settings, and the end of the conf.py value's name, that has further collections.
COLLECTIONS = "collections"


@dataclass(frozen=True)
class Settings:
    """The options of one collection, checked; what each means says the table of all options."""

    fragments: str
    pages: str
    title: str
    automatic: bool
    archives: tuple[str, ...]
    collection_title: str
    period: str
    week_start: str
    anchor: date
    intervals: tuple[Period, ...]
    sections: tuple[str, ...]
    groups: tuple[str, ...]
    empty_group: str
    success_heading: str
    success_closing: str
    success_url: str
    references: bool
    fragment_directives: tuple[str, ...]
    fragment_roles: tuple[str, ...]
    link_roles: tuple[LinkRole, ...]
    fragment_raw: bool
    fragment_file_insertion: bool
    fragment_remote_images: bool
    base_url: str
    schedules: tuple[str, ...]
    schedule_url: str
    sources: tuple[Source, ...]
    publish: tuple[str, ...]
    feed_limit: int
    feeds: tuple[Topic, ...]
    joint: tuple[str, ...]
    joint_cache_limit: float
    joint_since: date | None
    joint_timeout: float

    @property
    def calendar(self) -> Calendar:
        """The calendar that says which digest a day belongs to."""
        return Calendar(self.period, self.week_start, self.anchor).with_intervals(self.intervals)

    def page_url(self, period: Period) -> str | None:
        """Where the page of a digest is published, if the option ``base_url`` says where the documentation is."""
        return f"{self.base_url}{quote(self.pages)}/{period.name}.html" if self.base_url else None


def default_settings() -> Settings:
    """The settings of a project that sets nothing."""
    return Settings(**{name: option.default for name, option in OPTIONS.items()})


def is_default(settings: Settings, name: str) -> bool:
    """Whether an option has the value that it has in a project that sets nothing: words like these are ours."""
    return bool(getattr(settings, name) == OPTIONS[name].default)


def words_of(settings: Settings, name: str, words: Words) -> str:
    """The words that an option holds: ours in the language of the page, and those of a project as they are."""
    text: str = getattr(settings, name)
    return words.gettext(text) if is_default(settings, name) else text


def with_changes(settings: Settings, values: Mapping[str, object], complain: Complain) -> Settings:
    """The settings with some values replaced by others, which are checked.

    :param values: by the names of :data:`~sphinxext.digest.option_table.OPTIONS`, as YAML or ``conf.py`` give them.
    :param complain: called for each value that is refused; the old value stays.
    """
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in OPTIONS:
            complain(name, Code.UNKNOWN_SETTING, f"there is no option '{name}'{near_option(name)}")
            continue
        try:
            changes[name] = OPTIONS[name].check(value)
        except checks.OptionError as error:
            complain(name, Code.BAD_SETTING, f"'{name}' {error}")
    return replace(settings, **changes)


def near_option(name: object, known: Iterable[str] = (*OPTIONS, COLLECTIONS)) -> str:
    """What may be meant by a name that no option has; with thirty options, a list of them helps nobody.

    ``conf.py`` may have any value as a name. The beginning that all of its options have tells nothing.
    """
    by_end = {one.removeprefix(CONF_PREFIX): one for one in known}
    near = get_close_matches(str(name).removeprefix(CONF_PREFIX), by_end, 1)
    return f": is it '{by_end[near[0]]}'?" if near else ": the reference has all that there are"
