"""The calendars beside the pages: one to each series that a page shows.

All notes of each collection in one file, for other programs and other sites.

Whole addresses in the source of a text, for programs that read it without the documentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from docutils import nodes

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.relative import Address, Home, docs_path, is_relative
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.compat import is_site
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.extension.links import Site, base_url, digest_pages, shown_collections
from sphinxext.digest.extension.outputs import mark_of
from sphinxext.digest.extension.published.memory import File, Publisher, collection_state, places_of, project_name
from sphinxext.digest.extension.schedules import ScheduleQuery, find_schedule, stamp_of
from sphinxext.digest.model import Schedule, Text
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import INDEX, Settings, words_of
from sphinxext.digest.text.rst import is_plain

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.model import Entry


_UNUSUAL = re.compile(r"[^a-z0-9_-]+")


def calendar_path(pages: str, schedule: Schedule) -> str:
    """Where the calendar of a series is, seen from the folder of the output."""
    return f"{pages}/{_UNUSUAL.sub('-', schedule.series.lower()).strip('-') or 'series'}.ics"


class Calendars(Publisher):
    """The calendars of the series that pages show.

    No schedule is read for those that have been published and have not changed since.
    """

    name = "calendars"

    def files(self) -> Iterator[File]:
        """One calendar to each series; the project's schedules come last, so that theirs are published."""
        build = build_state_of(self.app.env)
        for query in _published(self.app.env):
            name = json.dumps([query.folder, query.path, query.series, str(query.day or "")])
            yield File(name, _state(build, query), partial(_calendar, build, query))


def calendars_of(env: BuildEnvironment, settings: Settings) -> dict[str, str]:
    """The calendars that stand beside the pages of a collection: their paths, and the titles of their series."""
    build, found = build_state_of(env), {}
    for query in _published(env):
        try:
            schedule = find_schedule(build, query)
            pages = build.settings_for(query.folder).pages
        except DigestError:
            continue
        if schedule is not None and pages == settings.pages:
            found[calendar_path(pages, schedule)] = schedule.title
    return dict(sorted(found.items()))


def _state(build: BuildState, query: ScheduleQuery) -> str:
    """A value that changes with everything that a calendar depends on."""
    try:
        stamp = stamp_of(build, query)
    except DigestError:
        return ""
    from sphinxext.digest.schedule.load import CURRENT

    # which series is the current one depends on the day
    day = query.day or (build.today if query.series.casefold() == CURRENT else "")
    return blake2b(stamp + f"{day}".encode(), digest_size=16).hexdigest()


def _published(env: BuildEnvironment) -> list[ScheduleQuery]:
    """What pages ask for, in an order of their own; the project's schedules last, so that theirs is what stays."""
    asked = DigestDomain.of(env).data["schedules"]
    queries = [query for docname in sorted(asked) for query, _answer in asked[docname] if query.published]
    return sorted(queries, key=lambda query: (query.path == "", query.path, query.series))


def _calendar(build: BuildState, query: ScheduleQuery) -> tuple[str, bytes] | None:
    # the library takes longer to import than all the rest
    from sphinxext.digest.render.calendar import calendar_of

    try:
        schedule = find_schedule(build, query)
        pages = build.settings_for(query.folder).pages
    except DigestError:
        return None
    return (calendar_path(pages, schedule), calendar_of(schedule)) if schedule is not None else None


_UNUSUAL_IN_PROJECT = re.compile(r"[^a-z0-9]+")


class NotesIndexes(Publisher):
    """The index of each collection. Nothing is read as long as no fragment has changed."""

    name = "index"

    def files(self) -> Iterator[File]:
        """One file to each collection."""
        if not is_site(self.app.builder):
            return
        site = Site(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            if INDEX in settings.publish:
                folder = collection_state(site, settings)
                pages = [
                    (site.builder.get_target_uri(docname), page.name)
                    for docname, page in digest_pages(site.env, settings).items()
                ]
                parts = (folder, pages, base_url(site, settings), _names(site, settings), places_of(site))
                yield File(settings.pages, mark_of(*parts).hex() if folder else "", partial(_index, site, settings))


def _names(site: Site, settings: Settings) -> tuple[str, str]:
    """What the project is called by programs and by readers; a further collection has its title besides."""
    build = build_state_of(site.env)
    title = words_of(settings, "collection_title", build.words)
    project = project_name(site) or title
    if settings is not build.project.main:
        project = f"{project} {title}" if project != title else title
    return _UNUSUAL_IN_PROJECT.sub("-", project.lower()).strip("-") or project, project


def _index(site: Site, settings: Settings) -> tuple[str, bytes]:
    from sphinxext.digest.extension.links import home_of, picture_url
    from sphinxext.digest.joint.index import index_document
    from sphinxext.digest.render.records import note_record

    collection = build_state_of(site.env).collection(settings)
    base = base_url(site, settings)
    pages = {page.name: docname for docname, page in digest_pages(site.env, settings).items()}

    def record(entry: Entry) -> dict[str, object]:
        docname = pages.get(collection.calendar.period_of(entry.moment.day).name)
        if not base:
            return note_record(entry)
        home = home_of(site, settings, collection, entry)

        def whole(text: Text) -> str:
            return with_whole_addresses(text, home.page, home.url_of, partial(picture_url, site, base))

        if docname is None:
            return note_record(entry, whole)
        return note_record(entry, whole) | {"page": f"{base}{site.builder.get_target_uri(docname)}#{entry.anchor}"}

    # what is from other projects is theirs to publish
    own = (entry for entry in collection.entries if entry.fragment.project is None)
    document = index_document(*_names(site, settings), base, map(record, own))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"{settings.pages}/index.json", f"{text}\n".encode()


#: Where reStructuredText has addresses: after the words of a link, and at the ends of lines of directives and targets.
_PLACES = re.compile(
    r"(?P<before><)(?P<in_link>[^<>]+)(?=>`_)"
    r"|^(?P<lead>[ \t]*(?:\.\. (?:\|[^|\n]+\|[ \t])?[ \t]*(?:image|figure)::|:target:|\.\. _[^\n]*?(?<!\\):|__)[ \t]+)"
    r"(?P<on_line>\S[^\n]*)$",
    re.MULTILINE,
)
#: Gives the whole address of a picture, by its path below the documentation's folder, or nothing.
PictureOf = Callable[[str], str]


class _Recorder(Home):
    """Remembers the whole addresses of all that a text has relative ones of."""

    def __init__(self, page: str, url_of: Callable[[Address], str], picture_of: PictureOf) -> None:
        super().__init__(page)
        self.url_of, self.picture_of = url_of, picture_of
        self.found: dict[str, str] = {}

    def place(self, link: nodes.reference, address: Address) -> str:
        """Remember an address."""
        self.found[address.written] = self.url_of(address)
        return ""

    def place_elsewhere(self, link: nodes.reference) -> None:
        """Remember that of another host."""
        written = link["refuri"]
        super().place_elsewhere(link)
        self.found[written] = link["refuri"]

    def place_pictures(self, document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
        """Remember those of pictures; words that stand for them must not change."""
        for picture in document.findall(nodes.image):
            path = docs_path(picture["uri"], self.page) if is_relative(picture["uri"]) else None
            if path and (url := self.picture_of(path)):
                self.found[picture["uri"]] = url
                picture["uri"] = f"/{path}"
        yield from ()


def with_whole_addresses(text: Text, page: str, url_of: Callable[[Address], str], picture_of: PictureOf) -> str:
    """Return the source of a text with whole addresses in the place of relative ones.

    A text whose words would not be the same then, since it shows such an address as code, stays as it is.

    :param page: the document that relative addresses count from.
    :param url_of: gives whole addresses.
    """
    if is_plain(text.value):
        return text.value
    recorder = _Recorder(page, url_of, picture_of)
    words = _words(text, recorder)
    if not recorder.found:
        return text.value

    def replaced(match: re.Match[str]) -> str:
        lead = match["lead"] or match["before"]
        written = match["in_link"] or match["on_line"]
        whole = recorder.found.get(_address(written))
        return match[0] if whole is None else f"{lead}{whole}"

    value = _PLACES.sub(replaced, text.value)
    left = _Recorder(page, url_of, picture_of)
    same = _words(Text(value, text.line, text.column), left) == words
    return value if same and not left.found else text.value


def _words(text: Text, home: Home) -> list[str]:
    parser = TextParser(Guard())
    return [node.astext() for node in parser.blocks(text, "", "index", home=lambda: home)]


def _address(written: str) -> str:
    """Return an address as docutils reads it: without white space and the marks of escapes."""
    return re.sub(r"\\(.)|\s+", lambda match: match[1] or "", written)
