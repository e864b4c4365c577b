"""The options of a collection, each declared once as a field of :class:`Settings`.

The command reads options from ``releasenotes/digest.yaml``; a build reads the same file and then ``conf.py``, where
each option is called ``digest_<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from sphinxext.digest.model import Kind, Messages, Period
from sphinxext.digest.model.messages import N_, with_plain_dates
from sphinxext.digest.model.period import FREQUENCIES, WEEKDAYS, Calendar
from sphinxext.digest.problems import Code, nearest
from sphinxext.digest.settings import announce_targets, checks, collect_sources, release_notes
from sphinxext.digest.settings.announce_targets import Target
from sphinxext.digest.settings.checks import LinkRole, Topic
from sphinxext.digest.settings.collect_sources import Source
from sphinxext.digest.settings.release_notes import Component, IssueLink

#: The sections a digest can have, by the names that the option and the fragments use, in the default order.
SECTIONS: dict[str, Kind] = {
    "successes": Kind.SUCCESS,
    "items": Kind.ITEM,
    "countdown": Kind.COUNTDOWN,
    "events": Kind.EVENT,
    "releases": Kind.RELEASE,
    "threads": Kind.THREAD,
    "stories": Kind.STORY,
}

#: What a build publishes beside the pages of a collection, besides the calendars of schedules.
FEEDS, INDEX, MAILS, EVENTS = PUBLISHED = ("feeds", "index", "mails", "events")

#: What it publishes for links that are shared, if it is asked to.
CARDS = "cards"

#: The section that needs git's history: a digest has it only if the option asks for it.
RELEASES = "releases"


#: The values of the option ``text_layout``.
TITLED, OPENSTACK = TEXT_LAYOUTS = ("titled", "openstack")

#: The values of the option ``contents``.
AUTO, ALWAYS, NEVER = CONTENTS = ("auto", "always", "never")

#: The archives that a collection can have beside its digests, by the names of their folders.
ARCHIVES = ("successes", "people", "threads", "channels", "series")


def _sections(value: object) -> tuple[str, ...]:
    names = checks.texts(value)
    if unknown := [name for name in names if name not in SECTIONS]:
        raise checks.OptionError(f"has no section '{unknown[0]}': there are {', '.join(SECTIONS)}")
    if len(set(names)) < len(names):
        raise checks.OptionError("names a section twice")
    return names


#: Files that need no release note: tests, documentation, and what builds and checks a project.
_EXEMPT = (
    *("tests/", "**/tests/", "test/", "doc/", "docs/", "api-ref/", "releasenotes/", "*.md", "*.rst"),
    *(".*", ".github/", ".gitlab/", ".zuul.d/", "zuul.d/", "playbooks/", "tox.ini", "noxfile.py", "bindep.txt"),
    *("*test-requirements.txt", "CODEOWNERS", "LICENSE"),
)
_MAX_PATTERN, _MAX_STARS = 200, 4


def _patterns(value: object) -> tuple[str, ...]:
    patterns = checks.texts(value)
    for pattern in patterns:
        if not pattern.strip("/") or len(pattern) > _MAX_PATTERN or pattern.count("*") > _MAX_STARS:
            raise checks.OptionError(f"cannot have '{pattern}': a pattern has a name, and at most {_MAX_STARS} stars")
    return patterns


#: Called with the name of an option, the kind of problem and a message, for each value that is refused.
Complain = Callable[[str, Code, str], None]

#: Where the command and the build find the options, relative to the project.
SETTINGS_FILE = "releasenotes/digest.yaml"

#: What the names of options begin with in ``conf.py``.
CONF_PREFIX = "digest_"

#: The key of the settings, and the end of the conf.py value's name, that has further collections.
COLLECTIONS = "collections"


class Option(NamedTuple):
    """An option: ``check`` returns a value as the settings hold it, or raises ``OptionError``."""

    name: str
    default: object
    check: Callable[[object], object]
    help: str


def _option(default: object, check: Callable[[object], object], description: str) -> Any:
    return field(default=default, metadata={"check": check, "help": description})


@dataclass(frozen=True)
class Settings:
    """The options of one collection, checked. Each is declared here: its name, type, default, check and help."""

    fragments: str = _option(
        "releasenotes/digests", checks.folder, "The folder of the fragments, relative to the project."
    )
    pages: str = _option(
        "digests", checks.subfolder, "Where the pages of the collection are, relative to the documentation's root."
    )
    title: str = _option(
        "{period}",
        checks.title,
        "The title of a digest. ``{period}`` is the period in words (``November 28 – December 4, 2026``), ``{year}`` "
        "the year of its last day, ``{start}`` and ``{end}`` its days in ISO form, ``{number}`` its number; see "
        ":doc:`/user/periods`.",
    )
    plain_dates: bool = _option(
        False,
        checks.flag,
        "Whether English days are written as in OpenStack's plain-text digests, ``November 28 to December 4`` and "
        "``Dec 7-11``, and not as ``November 28 – December 4, 2026`` and ``Dec 7–11``.",
    )
    automatic: bool = _option(
        True,
        checks.flag,
        "Whether the build makes the pages of the collection: one to each digest, month and year, and the list.",
    )
    archives: tuple[str, ...] = _option(
        ARCHIVES,
        checks.names(*ARCHIVES),
        "The archives that the build makes beside the digests, each with an index: all successes by year, a page "
        "to each person, to each thread that runs over several digests, to each IRC channel, and to each series "
        "of countdowns. An empty list is for none of them.",
    )
    collection_title: str = _option(N_("Digests"), checks.text, "The title of the page that lists all digests.")
    period: str = _option("weekly", checks.choice(*FREQUENCIES), "How often there is a digest.")
    week_start: str = _option("monday", checks.choice(*WEEKDAYS), "The weekday that a digest's week begins with.")
    anchor: date = _option(
        date(2000, 1, 1), checks.day, "Two-week periods begin in every second week from this day's on."
    )
    intervals: tuple[Period, ...] = _option(
        (),
        checks.intervals,
        "Periods that differ from the regular ones, as ``START/END``: each is one digest and wins over the "
        "calendar. A page with a ``digest`` directive for an interval does the same in a build.",
    )
    sections: tuple[str, ...] = _option(
        tuple(name for name in SECTIONS if name != RELEASES),
        _sections,
        "The sections of a digest, in order; others are left out. With ``releases`` digests tell the versions "
        "that were released in their periods, if they have release notes.",
    )
    groups: tuple[str, ...] = _option(
        (),
        checks.texts,
        "Headings of items and stories that every digest shows, in this order and before all others, even when "
        "there is nothing under them.",
    )
    empty_group: str = _option(
        N_("None this week."), checks.text, "The text under a heading of ``groups`` without notes."
    )
    success_heading: str = _option(N_("Successes"), checks.text, "The heading of the successes.")
    success_closing: str = _option(
        "",
        checks.text_or_empty,
        "The line that closes the successes, such as an invitation to tell yours; empty for none.",
    )
    success_url: str = _option(
        "", checks.url_or_empty, "Where all successes are listed: an absolute URL, linked in a last line."
    )
    add_url: str = _option(
        "",
        checks.url_or_empty,
        "Where readers tell news of their own, such as the page of a host that makes a new file, or one that says "
        "how: an absolute URL, linked as “Add yours” below successes.",
    )
    source_url: str = _option(
        "",
        checks.source_url,
        "Where readers change the file of a note, linked as “Improve this note” below threads, stories and "
        "countdowns on pages in HTML: an absolute URL with ``{path}`` in the place of the file's path from the "
        "project's folder, such as ``https://github.com/OWNER/NAME/edit/main/{path}``.",
    )
    references: bool = _option(
        True,
        checks.flag,
        "Whether links are numbered and listed at the end of a digest's page. Without it they are links only.",
    )
    contents: str = _option(
        AUTO,
        checks.choice(*CONTENTS),
        "Whether a digest's page in HTML begins with a folded list of its sections: ``always``, ``never``, or "
        "``auto``, which leaves it out in themes that have the contents of a page beside it (furo, "
        "openstackdocstheme, pydata-sphinx-theme and those based on them).",
    )
    text_layout: str = _option(
        TITLED,
        checks.choice(*TEXT_LAYOUTS),
        "The layout of a digest's plain text: ``titled`` begins with its title and days, and closes the successes as "
        "its page does. ``openstack`` is that of OpenStack's mails: they begin with ``HTML rendered``, and one line "
        "``All`` closes the successes.",
    )
    accent: str = _option(
        "#b8860b",
        checks.colour,
        "The colour of stars and thick lines on pages and in the HTML part of mails, as ``#rrggbb``. Words never have "
        "it.",
    )
    fragment_directives: tuple[str, ...] = _option(
        (), checks.texts, "Names of directives that fragments may use besides those that are known to be harmless."
    )
    fragment_roles: tuple[str, ...] = _option(
        (),
        checks.texts,
        "Names of roles that fragments may use besides those of docutils and Sphinx that were read one by one.",
    )
    link_roles: tuple[LinkRole, ...] = _option(
        (),
        checks.link_roles,
        "Roles of fragments that make links: their names, each with an absolute URL that has ``%s`` in the place "
        "of the role's words, or a list of the URL and a caption with ``%s``, as in ``sphinx.ext.extlinks``: "
        "``bug: [https://bugs.example.org/%s, 'bug %s']``. The command knows them as well. In a build a role of "
        "the same name in ``extlinks`` wins.",
    )
    issue_links: tuple[IssueLink, ...] = _option(
        (),
        release_notes.issue_links,
        "Links for issues and changes in release notes: texts with ``{number}``, or with ``{change}`` for a Change-Id "
        'of Gerrit\'s, each with its URL: ``"#{number}": https://bugs.example.org/{number}``.',
    )
    components: tuple[Component, ...] = _option(
        (),
        release_notes.components,
        "The parts of the project that release notes can be grouped by: names, or names with titles. A note names its "
        "component at the beginning of a text, ``[api] ...``, or of its file's name, ``api-...``, or by a key if "
        "reno's configuration names one in ``component_key``.",
    )
    fragment_raw: bool = _option(
        False, checks.flag, "Whether fragments may use ``raw``: only if all their authors are trusted."
    )
    fragment_file_insertion: bool = _option(
        False,
        checks.flag,
        "Whether fragments may insert files (``include``, ``csv-table`` with a file ...): only if all their "
        "authors are trusted.",
    )
    fragment_remote_images: bool = _option(
        True,
        checks.flag,
        "Whether fragments may show pictures from the web. Readers of the pages ask other servers for them, and "
        "so do builds of EPUB and LaTeX.",
    )
    base_url: str = _option(
        "",
        checks.folder_url_or_empty,
        "Where the documentation is published, as an absolute URL. Reports and mails then say where the page of a "
        "digest is, and link to earlier and later parts of threads. Feeds need it, or Sphinx's ``html_baseurl``.",
    )
    schedules: tuple[str, ...] = _option(
        (),
        checks.paths,
        "Where release schedules are, relative to the project: files, and folders with a folder to each series, "
        "such as a checkout of openstack/releases. They may lie outside the project: ``../releases``.",
    )
    schedule_url: str = _option(
        "",
        checks.schedule_url,
        "The page that has a schedule for readers, as an absolute URL. ``{series}`` is the name of the series: "
        "``https://releases.openstack.org/{series}/schedule.html``.",
    )
    sources: tuple[Source, ...] = _option(
        (),
        collect_sources.sources,
        "What ``sphinx-digest collect`` goes through: a list of mappings, each with the name of a collector, such as "
        "``feed``, as the key of its files or URLs, and with options of its command; see :doc:`/user/collecting`.",
    )
    relays: tuple[str, ...] = _option(
        (),
        checks.texts,
        "Bots that say in one chat what people say in another: their nicks on IRC, their IDs elsewhere. A success "
        "that one of them passes on is that of the person whom it names; see :ref:`relays`.",
    )
    publish: tuple[str, ...] = _option(
        PUBLISHED,
        checks.names(*PUBLISHED, CARDS),
        "What a build of a site publishes beside the pages of the collection: ``feeds``, ``index`` (all notes, "
        "for other programs), ``mails`` (the plain text of each digest), ``events`` (their calendar); also "
        "``cards``, a picture of each digest for links that are shared; "
        "see :doc:`/user/feeds`.",
    )
    feed_limit: int = _option(20, checks.number(1, 1000), "How many entries a feed has, the newest.")
    feeds: tuple[Topic, ...] = _option(
        (),
        checks.topics,
        "Feeds of topics: a list of mappings, each with a ``name``, a ``title``, and what the feed has: ``kinds`` "
        "of notes, the countdowns of a ``series``, or ``notes``, sections of release notes; see "
        ":doc:`/user/feeds`.",
    )
    announce: tuple[Target, ...] = _option(
        (),
        announce_targets.targets,
        "Where ``sphinx-digest announce`` can tell of a digest: a list of mappings, each with a ``name``, a ``kind`` "
        "and what that needs; see :doc:`/user/announcing`.",
    )
    drafts: bool = _option(
        False,
        checks.flag,
        "Whether digests have the notes of drafts as well, each marked as a draft: for previews, not for readers.",
    )
    joint: tuple[str, ...] = _option(
        (),
        checks.places,
        "Whose notes the digests have besides the project's own: URLs of other projects' ``digests/index.json``, "
        "or paths relative to the project. A path that ends with ``.txt`` is a file with one of these on each "
        "line; see :doc:`/user/joint`.",
    )
    joint_cache_limit: float = _option(
        1,
        checks.days,
        "For how many days an index of ``joint`` is used again before its server is asked whether there is "
        "another. With 0 each build asks, with a number below zero none does that has a copy.",
    )
    joint_since: date | None = _option(
        None, checks.day_or_none, "The first day whose notes are taken of other projects; without it all of them are."
    )
    joint_timeout: float = _option(20, checks.seconds, "For how many seconds a server of ``joint`` may be silent.")

    release_note_exempt: tuple[str, ...] = _option(
        _EXEMPT,
        _patterns,
        "Files for which ``sphinx-digest release-notes check`` wants no release note. ``*`` matches anything but "
        "slashes, ``**`` for any folders. A pattern that ends with a slash is a folder with all in it; one without "
        "other slashes is a name in any folder.",
    )

    @property
    def calendar(self) -> Calendar:
        """The calendar that says which digest a day belongs to."""
        return Calendar(self.period, self.week_start, self.anchor).with_intervals(self.intervals)

    def page_url(self, period: Period) -> str | None:
        """Return the URL of a digest's page, or None without the option ``base_url``."""
        return f"{self.base_url}{quote(self.pages)}/{period.name}.html" if self.base_url else None


#: All options by their names.
OPTIONS: dict[str, Option] = {one.name: Option(one.name, one.default, **one.metadata) for one in fields(Settings)}


def is_default(settings: Settings, name: str) -> bool:
    """Return True if an option has the value that it has in a project that sets nothing: words like these are ours."""
    return bool(getattr(settings, name) == OPTIONS[name].default)


def words_of(settings: Settings, name: str, messages: Messages) -> str:
    """Return the words that an option holds: ours in the language of the page, and those of a project as they are."""
    text: str = getattr(settings, name)
    return messages.gettext(text) if is_default(settings, name) else text


def shows_number(settings: Settings) -> bool:
    """Return True if the titles of digests have their numbers."""
    return "{number}" in settings.title


def dated(messages: Messages, settings: Settings) -> Messages:
    """Return the messages with the dates that a collection wants."""
    return with_plain_dates(messages) if settings.plain_dates else messages


def with_changes(settings: Settings, values: Mapping[str, object], complain: Complain) -> Settings:
    """Return the settings with some values replaced by others, which are checked.

    :param values: by the names of :data:`OPTIONS`, as YAML or ``conf.py`` give them.
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
    """Return a hint for the name of an unknown option: the nearest one, as a list of thirty helps nobody.

    ``conf.py`` may have any value as a name. The beginning that all of its options have tells nothing.
    """
    by_end = {one.removeprefix(CONF_PREFIX): one for one in known}
    near = nearest(str(name).removeprefix(CONF_PREFIX), by_end, 0.6)
    return f": did you mean '{by_end[near]}'?" if near else ": the reference has all that there are"
