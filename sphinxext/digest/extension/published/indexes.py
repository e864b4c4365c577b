"""Files beside the pages for other programs: calendars of the series that pages show, indexes of the collections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.builders import is_site
from sphinxext.digest.extension.cache import mark_of
from sphinxext.digest.extension.domain import build_state_of
from sphinxext.digest.extension.links import SiteContext, base_url, digest_pages, shown_collections
from sphinxext.digest.extension.published import File, Publisher, collection_state, places_of, project_name
from sphinxext.digest.extension.schedules import (
    ScheduleDependency,
    calendar_path,
    find_schedule,
    published_schedules,
    stamp_of,
)
from sphinxext.digest.model import Text
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import INDEX, Settings, words_of

if TYPE_CHECKING:
    from sphinxext.digest.model import Entry


class Calendars(Publisher):
    """The calendars of the series that pages show.

    No schedule is read for those that have been published and have not changed since.
    """

    name = "calendars"

    def files(self) -> Iterator[File]:
        """One calendar to each series; the project's schedules come last, so that theirs are published."""
        build = build_state_of(self.app.env)
        for query in published_schedules(self.app.env):
            name = json.dumps([query.folder, query.path, query.series, str(query.day or "")])
            yield File(name, _state(build, query), partial(_calendar, build, query))


def _state(build: BuildState, query: ScheduleDependency) -> str:
    """Return a checksum of the inputs of a calendar."""
    try:
        stamp = stamp_of(build, query)
    except DigestError:
        return ""
    from sphinxext.digest.schedule.load import CURRENT

    # which series is the current one depends on the day
    day = query.day or (build.today if query.series.casefold() == CURRENT else "")
    return blake2b(stamp + f"{day}".encode(), digest_size=16).hexdigest()


def _calendar(build: BuildState, query: ScheduleDependency) -> tuple[str, bytes] | None:
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
        site = SiteContext(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            if INDEX in settings.publish:
                folder = collection_state(site, settings)
                pages = [
                    (site.builder.get_target_uri(docname), page.name)
                    for docname, page in digest_pages(site.env, settings).items()
                ]
                parts = (folder, pages, base_url(site, settings), _names(site, settings), places_of(site))
                yield File(settings.pages, mark_of(*parts).hex() if folder else "", partial(_index, site, settings))


def _names(site: SiteContext, settings: Settings) -> tuple[str, str]:
    """Return the names of the project for programs and for readers; a further collection adds its title."""
    build = build_state_of(site.env)
    title = words_of(settings, "collection_title", build.messages)
    project = project_name(site) or title
    if settings is not build.project.main:
        project = f"{project} {title}" if project != title else title
    return _UNUSUAL_IN_PROJECT.sub("-", project.lower()).strip("-") or project, project


def _index(site: SiteContext, settings: Settings) -> tuple[str, bytes]:
    from sphinxext.digest.extension.links import home_of, picture_url
    from sphinxext.digest.joint.index import index_document, note_record

    collection = build_state_of(site.env).collection(settings)
    base = base_url(site, settings)
    pages = {page.name: docname for docname, page in digest_pages(site.env, settings).items()}

    # only an index that is written anew needs parsers
    from sphinxext.digest.doctree.absolute_urls import with_absolute_urls

    def record(entry: Entry) -> dict[str, object]:
        docname = pages.get(collection.calendar.period_of(entry.moment.day).name)
        if not base:
            return note_record(entry)
        home = home_of(site, settings, collection, entry)

        def whole(text: Text) -> str:
            return with_absolute_urls(text, home.page, home.url_of, partial(picture_url, site, base))

        if docname is None:
            return note_record(entry, whole)
        return note_record(entry, whole) | {"page": f"{base}{site.builder.get_target_uri(docname)}#{entry.anchor}"}

    # what is from other projects is theirs to publish
    own = (entry for entry in collection.entries if entry.fragment.project is None)
    document = index_document(*_names(site, settings), base, map(record, own))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"{settings.pages}/index.json", f"{text}\n".encode()
