"""The files that are published beside the pages: calendars, indexes, feeds; and when each of them is stale."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from hashlib import blake2b

from docutils import nodes
from sphinx.application import Sphinx

from sphinxext.digest import __version__
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.builders import is_site
from sphinxext.digest.extension.cache import mark_of
from sphinxext.digest.extension.domain import RELEASE, DigestDomain, build_state_of
from sphinxext.digest.extension.html.head import collection_url, language_tag
from sphinxext.digest.extension.links import PageSummary, SiteContext, base_url, digest_pages, shown_collections
from sphinxext.digest.extension.published import (
    Feeds,
    File,
    Publisher,
    author_name,
    collection_state,
    feeds_of,
    places_of,
    project_name,
    release_feeds,
)
from sphinxext.digest.extension.releases import release_queries
from sphinxext.digest.extension.schedules import ScheduleDependency, published_schedules, stamp_of
from sphinxext.digest.extension.warnings import warn_of
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.checks import Topic
from sphinxext.digest.settings.options import INDEX, Settings, words_of

_UNUSUAL = re.compile(r"[^a-z0-9]+")


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
            yield File(name, _calendar_state(build, query), partial(_calendar, build, query))


def _calendar_state(build: BuildState, query: ScheduleDependency) -> str:
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
    from sphinxext.digest.extension.published.contents import calendar_file

    return calendar_file(build, query)


class EventCalendars(Publisher):
    """The calendar of the events of each collection that has any. Nothing is read while no fragment has changed."""

    name = "events"

    def files(self) -> Iterator[File]:
        """One file to each collection."""
        site = SiteContext(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            if build_state_of(site.env).folder_state(settings).has_events:
                names, folder = _names(site, settings), collection_state(site, settings)
                parts = (folder, base_url(site, settings), names, _digest_uris(site, settings), places_of(site))
                state = mark_of(*parts).hex() if folder else ""
                yield File(settings.pages, state, partial(_events, site, settings, names[1]))


def _digest_uris(site: SiteContext, settings: Settings) -> list[tuple[str, str]]:
    """Return the addresses of the pages of digests, relative to the documentation, with the names of the digests."""
    pages = digest_pages(site.env, settings)
    return [(site.builder.get_target_uri(docname), page.name) for docname, page in pages.items()]


def _events(site: SiteContext, settings: Settings, name: str) -> tuple[str, bytes]:
    from sphinxext.digest.extension.published.contents import events_file

    return events_file(site, settings, name)


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
                names, pages = _names(site, settings), _digest_uris(site, settings)
                parts = (folder, pages, base_url(site, settings), names, places_of(site))
                yield File(
                    settings.pages, mark_of(*parts).hex() if folder else "", partial(_index, site, settings, names)
                )


def _names(site: SiteContext, settings: Settings) -> tuple[str, str]:
    """Return the names of the project for programs and for readers; a further collection adds its title."""
    build = build_state_of(site.env)
    title = words_of(settings, "collection_title", build.messages)
    project = project_name(site) or title
    if settings is not build.project.main:
        project = f"{project} {title}" if project != title else title
    return _UNUSUAL.sub("-", project.lower()).strip("-") or project, project


def _index(site: SiteContext, settings: Settings, names: tuple[str, str]) -> tuple[str, bytes]:
    from sphinxext.digest.extension.published.contents import index_file

    return index_file(site, settings, names)


class DigestFeeds(Publisher):
    """The newest digests of each collection, with the text of their pages."""

    name = "feeds"

    def files(self) -> Iterator[File]:
        """Yield two files for each collection; nothing is made while the pages don't change."""
        if not is_site(self.app.builder):
            return
        site = SiteContext(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            for feeds in feeds_of(site, settings)[:1]:
                newest = dict(list(digest_pages(site.env, settings).items())[: settings.feed_limit])
                state = _digests_state(site, settings, feeds, newest)
                yield from _files(feeds, state, partial(_digests, site, settings, feeds, newest))


def _files(feeds: Feeds, state: str, make: Callable[[], tuple[bytes, bytes]]) -> Iterator[File]:
    """Yield the two files of a feed.

    :param make: returns the contents of both.
    """
    made = cache(make)
    yield File(feeds.atom, state, lambda: (feeds.atom, made()[0]))
    yield File(feeds.json, state, lambda: (feeds.json, made()[1]))


def _inputs(site: SiteContext, settings: Settings, feeds: Feeds) -> tuple[object, ...]:
    """Return the inputs of every feed of a collection, besides its entries."""
    return (feeds, base_url(site, settings), collection_url(site, settings), author_name(site), language_tag(site))


def _digests_state(site: SiteContext, settings: Settings, feeds: Feeds, pages: dict[str, PageSummary]) -> str:
    marks = [(page, _mark(site, docname)) for docname, page in pages.items()]
    return mark_of(_inputs(site, settings, feeds), marks).hex()


def _mark(site: SiteContext, docname: str) -> bytes:
    """Return a checksum of a page's content and of our version."""
    expected = build_state_of(site.env).writes.expected
    return mark_of(__version__, expected.pages.get(docname) if expected is not None else None)


class TopicFeeds(Publisher):
    """The newest notes of each topic."""

    name = "topics"

    def files(self) -> Iterator[File]:
        """Yield two files for each topic of a collection; nothing is read while nothing has changed."""
        if not is_site(self.app.builder):
            return
        site = SiteContext(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            for topic, feeds in zip(settings.feeds, feeds_of(site, settings)[1:], strict=False):
                state = _topic_state(site, settings, topic, feeds)
                yield from _files(feeds, state, partial(_topic, site, settings, topic, feeds))


class ReleaseFeeds(Publisher):
    """The newest versions on each page with release notes, with their notes as the page shows them."""

    name = "release-feeds"

    def files(self) -> Iterator[File]:
        """Yield two files for each page, and for each section that its directive names."""
        if not is_site(self.app.builder):
            return
        site = SiteContext(self.app.env, self.app.builder)
        settings, parts = build_state_of(site.env).project.main, build_state_of(site.env).version_pages.list_of
        for docname in sorted({page for page, _query in release_queries(site.env)} - parts.keys()):
            state = _releases_state(site, settings, docname)
            # resolved once for all feeds of a page, and not at all if none is stale
            pages = cache(partial(_released_pages, site, settings, docname))
            for section, feeds in release_feeds(site, docname).items():
                own = mark_of(state, feeds).hex() if state else ""
                yield from _files(feeds, own, partial(_releases, site, settings, docname, section, feeds, pages))


def _pages_with_releases(site: SiteContext, settings: Settings, docname: str) -> list[str]:
    """Return a page with release notes, and those of the newest versions that it lists."""
    versions = build_state_of(site.env).version_pages.of_page.get(docname, {})
    dated = [(day, page) for page, day in versions.values() if day is not None and page in site.env.found_docs]
    newest = sorted(dated, key=lambda pair: pair[0], reverse=True)[: settings.feed_limit]
    return list(dict.fromkeys((docname, *(page for _day, page in newest))))


def _released_pages(site: SiteContext, settings: Settings, docname: str) -> dict[str, nodes.document]:
    from sphinxext.digest.extension.published.contents import absolute_page

    return {page: absolute_page(site, settings, page) for page in _pages_with_releases(site, settings, docname)}


def _releases_state(site: SiteContext, settings: Settings, docname: str) -> str:
    histories = build_state_of(site.env).histories
    try:
        stamps = [histories.stamp(query) for _page, query in release_queries(site.env, docname)]
    except DigestError:
        return ""
    around = (base_url(site, settings), settings.feed_limit, author_name(site), language_tag(site), places_of(site))
    marks = [_mark(site, page) for page in _pages_with_releases(site, settings, docname)]
    return mark_of(stamps, around, marks).hex()


def _releases(
    site: SiteContext,
    settings: Settings,
    docname: str,
    section: str,
    feeds: Feeds,
    pages: Callable[[], dict[str, nodes.document]],
) -> tuple[bytes, bytes]:
    from sphinxext.digest.extension.published.contents import feed_of_releases

    return feed_of_releases(site, settings, docname, section, feeds, pages())


def warn_of_topics(app: Sphinx) -> None:
    """Warn that feeds of topics need the URL of the documentation."""
    build = build_state_of(app.env)
    for settings in build.project.collections if is_site(app.builder) else ():
        if settings.feeds and not base_url(SiteContext(app.env, app.builder), settings):
            message = (
                "digest_feeds: feeds need to know where the documentation is: set digest_base_url, or html_baseurl"
            )
            warn_of([Problem(build.settings_path, 0, 0, Code.BAD_SETTING, message)], build.project.root)
            return


def _topic_state(site: SiteContext, settings: Settings, topic: Topic, feeds: Feeds) -> str:
    folder, releases = collection_state(site, settings), b""
    build, domain = build_state_of(site.env), DigestDomain.of(site.env)
    if topic.notes:
        try:
            releases = build.histories.state_of_project(str(build.project.root))
        except DigestError:
            return ""
    pages = [(name, page.name) for name, page in digest_pages(site.env, settings).items()]
    targets = [target for target in domain.targets() if target.type == RELEASE] if topic.notes else []
    around = (pages, targets, places_of(site))
    parts = (folder, releases, around, topic, settings.feed_limit, _inputs(site, settings, feeds))
    return mark_of(*parts).hex() if folder else ""


def _digests(
    site: SiteContext, settings: Settings, feeds: Feeds, pages: dict[str, PageSummary]
) -> tuple[bytes, bytes]:
    from sphinxext.digest.extension.published.contents import feed_of_digests

    return feed_of_digests(site, settings, feeds, pages, partial(_mark, site))


def _topic(site: SiteContext, settings: Settings, topic: Topic, feeds: Feeds) -> tuple[bytes, bytes]:
    from sphinxext.digest.extension.published.contents import feed_of_topic

    return feed_of_topic(site, settings, topic, feeds)
