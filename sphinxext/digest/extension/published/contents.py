"""The contents of published files: calendars, indexes, feeds.

A module of its own, since it needs parsers and renderers: only a file that is made anew imports it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from docutils import nodes

from sphinxext.digest.collection.compose import digest_title
from sphinxext.digest.collection.load import Collection, by_start
from sphinxext.digest.doctree.absolute_urls import with_absolute_urls
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.builders import file_uri
from sphinxext.digest.extension.cache import load_record, save_record
from sphinxext.digest.extension.config import guard_in_build
from sphinxext.digest.extension.domain import RELEASE, DigestDomain, build_state_of
from sphinxext.digest.extension.html.head import collection_url, language_tag
from sphinxext.digest.extension.links import (
    PageSummary,
    SiteContext,
    SiteHome,
    base_url,
    digest_pages,
    home_of,
    page_url,
    picture_url,
)
from sphinxext.digest.extension.mail_builder import parts_of_page
from sphinxext.digest.extension.published import Feeds, author_name, resolved_page
from sphinxext.digest.extension.releases import release_queries
from sphinxext.digest.extension.schedules import ScheduleDependency, calendar_path, events_path, find_schedule
from sphinxext.digest.joint.index import index_document, note_record
from sphinxext.digest.model import Countdown, Entry, Kind, Moment, Text, ThreadLinks
from sphinxext.digest.model.messages import filled
from sphinxext.digest.problems import DigestError
from sphinxext.digest.release.config import sections_of
from sphinxext.digest.render.digest import PublishedLinks
from sphinxext.digest.render.feed import (
    Feed,
    FeedEntry,
    atom_document,
    feed_html,
    json_feed_document,
    note_parts,
    release_parts,
)
from sphinxext.digest.settings.checks import Topic
from sphinxext.digest.settings.options import Settings

#: The texts of feeds, beside the environment.
_MEMORY = "digest-feeds.pickle"


def calendar_file(build: BuildState, query: ScheduleDependency) -> tuple[str, bytes] | None:
    """Return the calendar of a schedule with its path, or None if there is no such schedule."""
    # the library takes longer to import than all the rest, and few projects have calendars
    from sphinxext.digest.render.calendar import calendar_of

    try:
        schedule = find_schedule(build, query)
        pages = build.settings_for(query.folder).pages
    except DigestError:
        return None
    return (calendar_path(pages, schedule), calendar_of(schedule)) if schedule is not None else None


def events_file(site: SiteContext, settings: Settings, name: str) -> tuple[str, bytes]:
    """Return the calendar of the events of a collection with its path.

    :param name: that of the project, for readers.
    """
    from sphinxext.digest.render.event_calendar import events_calendar

    collection, base, messages = build_state_of(site.env).collection(settings), base_url(site, settings), site.messages
    parser = TextParser(guard_in_build(site.env, settings, with_sphinx=False))
    builder = NoteBuilder(settings, parser, PublishedLinks(collection), messages=messages)
    if base:
        builder.home_of = partial(home_of, site, settings, collection)
    pages = {page.name: docname for docname, page in digest_pages(site.env, settings).items()}

    def page_of(entry: Entry) -> str:
        docname = pages.get(collection.calendar.period_of(entry.moment.day).name)
        return f"{base}{site.builder.get_target_uri(docname)}#{entry.anchor}" if base and docname else ""

    title = filled(messages.gettext("{title}: {text}"), title=name, text=messages.gettext("Events"))
    events = by_start(collection.of_kind(Kind.EVENT))
    return events_path(settings), events_calendar(events, builder, title, page_of)


def index_file(site: SiteContext, settings: Settings, names: tuple[str, str]) -> tuple[str, bytes]:
    """Return the index of a collection with its path.

    :param names: those of the project, for programs and for readers.
    """
    collection = build_state_of(site.env).collection(settings)
    base = base_url(site, settings)
    pages = {page.name: docname for docname, page in digest_pages(site.env, settings).items()}

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
    document = index_document(*names, base, map(record, own))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"{settings.pages}/index.json", f"{text}\n".encode()


def feed_of_digests(
    site: SiteContext,
    settings: Settings,
    feeds: Feeds,
    pages: dict[str, PageSummary],
    mark_of_page: Callable[[str], bytes],
) -> tuple[bytes, bytes]:
    """Return the feed of digests, as Atom and as JSON Feed.

    :param mark_of_page: returns a checksum of a page's content.
    """
    base, texts = base_url(site, settings), _texts(site, settings, feeds, list(pages), mark_of_page)
    entries = [
        FeedEntry(
            # whatever builder, suffix or page, it is the digest of the same day
            f"{base}{file_uri(settings.pages)}/{page.name}",
            page.title,
            page_url(site, settings, docname),
            page.published,
            page.updated,
            texts[docname],
        )
        for docname, page in pages.items()
    ]
    return _feed(site, settings, feeds, tuple(entries))


def _texts(
    site: SiteContext, settings: Settings, feeds: Feeds, docnames: list[str], mark_of_page: Callable[[str], bytes]
) -> dict[str, str]:
    """Return the pages as HTML, from a cache: most edits change only one of them."""
    file, key = Path(site.env.doctreedir, _MEMORY), (str(site.builder.outdir), feeds.atom)
    known: dict[tuple[str, str], dict[str, tuple[bytes, str]]] = load_record(file, DigestDomain.data_version) or {}
    before, now = known.get(key, {}), {}
    for docname in docnames:
        mark = mark_of_page(docname)
        text = before.get(docname, (b"", ""))
        now[docname] = text if text[0] == mark else (mark, _text(site, settings, docname))
    known = {other: texts for other, texts in known.items() if Path(other[0]).is_dir()}
    save_record(file, DigestDomain.data_version, {**known, key: now})
    return {docname: text for docname, (_mark, text) in now.items()}


def _text(site: SiteContext, settings: Settings, docname: str) -> str:
    base, url = base_url(site, settings), page_url(site, settings, docname)
    parts = parts_of_page(resolved_page(site, docname), url)

    def picture_of(uri: str) -> str:
        images = site.env.images
        return f"{base}_images/{quote(images[uri][1])}" if uri in images else ""

    return feed_html(parts, url, picture_of, site.messages)


def feed_of_topic(site: SiteContext, settings: Settings, topic: Topic, feeds: Feeds) -> tuple[bytes, bytes]:
    """Return the feed of a topic, as Atom and as JSON Feed."""
    releases = islice(_releases(site, settings, topic), settings.feed_limit)
    found = [*_notes(site, settings, topic), *releases]
    newest = sorted(found, key=lambda entry: (entry.updated, entry.identifier), reverse=True)
    return _feed(site, settings, feeds, tuple(newest[: settings.feed_limit]))


def _notes(site: SiteContext, settings: Settings, topic: Topic) -> Iterator[FeedEntry]:
    """Yield the newest notes of a topic as entries."""
    if not topic.kinds:
        return
    collection = build_state_of(site.env).collection(settings)
    base = base_url(site, settings)
    pages = {
        page.name: f"{base}{site.builder.get_target_uri(docname)}"
        for docname, page in digest_pages(site.env, settings).items()
    }
    links = _DigestLinks(collection, pages)
    builder = NoteBuilder(
        settings, TextParser(guard_in_build(site.env, settings, with_sphinx=False)), links, messages=site.messages
    )
    builder.home_of = partial(home_of, site, settings, collection)
    chosen = [
        entry
        for entry in collection.entries
        if entry.kind in topic.kinds
        and not (topic.series and isinstance(entry.note, Countdown) and entry.note.series != topic.series)
    ]
    for entry in chosen[-settings.feed_limit :]:
        title, parts = note_parts(entry, builder, collection.threads.get(entry.identity, ThreadLinks()))
        page = pages.get(collection.calendar.period_of(entry.moment.day).name, "")
        url = f"{page}#{entry.anchor}" if page else ""
        moment, html = entry.moment.rfc3339, feed_html(parts, page, partial(picture_url, site, base), site.messages)
        # it stays the same note in another digest; a picture may be all that it has
        identifier, title = f"{base}{file_uri(settings.pages)}/#{entry.anchor}", title or entry.moment.day.isoformat()
        yield FeedEntry(identifier, title, url, moment, moment, html)


def _releases(site: SiteContext, settings: Settings, topic: Topic) -> Iterator[FeedEntry]:
    """Yield the newest versions with notes of a topic as entries."""
    if not topic.notes:
        return
    try:
        conf, releases = build_state_of(site.env).histories.tagged(str(build_state_of(site.env).project.root))
    except DigestError:
        return
    collection, base = build_state_of(site.env).collection(settings), base_url(site, settings)
    parser = TextParser(guard_in_build(site.env, settings, with_sphinx=False))
    builder = NoteBuilder(settings, parser, _DigestLinks(collection, {}), messages=site.messages)
    dated = [(release.day, release.version, release) for release in releases if release.day is not None]
    for day, version, release in sorted(dated, key=lambda triple: triple[:2], reverse=True):
        target = DigestDomain.of(site.env).find(RELEASE, version)
        home = SiteHome(target.docname if target else str(site.config.root_doc), site, settings)
        if parts := release_parts(release, conf, topic.notes, builder, home):
            page = f"{base}{site.builder.get_target_uri(target.docname)}" if target else ""
            url = f"{page}#{target.anchor}" if target else ""
            moment, picture_of = Moment(day).rfc3339, partial(picture_url, site, base)
            html = feed_html(parts, page, picture_of, site.messages)
            identifier = f"{base}{file_uri(settings.pages)}/#release-{version}"
            yield FeedEntry(identifier, version, url, moment, moment, html)


def absolute_page(site: SiteContext, settings: Settings, docname: str) -> nodes.document:
    """Return a page with its references resolved and its addresses made absolute."""
    doctree = resolved_page(site, docname)
    parts_of_page(doctree, page_url(site, settings, docname))
    return doctree


def feed_of_releases(
    site: SiteContext,
    settings: Settings,
    docname: str,
    section: str,
    feeds: Feeds,
    doctrees: Mapping[str, nodes.document],
) -> tuple[bytes, bytes]:
    """Return the feed of the versions on a page, as Atom and as JSON Feed.

    Versions without a tag are left out: their notes are not released.

    :param section: the only section of the notes, by its name; all of them if it is empty.
    :param doctrees: the page and those of its versions, from :func:`absolute_page`, which stay as they are.
    """
    days, heading = _days_on(site, docname, section)
    entries = [
        FeedEntry(
            f"{base_url(site, settings)}{file_uri(docname)}#release-{version}", version, url, moment, moment, html
        )
        for page, doctree in doctrees.items()
        for version, url, moment, html in _releases_on(site, settings, page, doctree, days, heading)
    ]
    newest = sorted(entries, key=lambda entry: entry.updated, reverse=True)[: settings.feed_limit]
    return _feed(site, settings, feeds, tuple(newest), page_url(site, settings, docname))


def _releases_on(
    site: SiteContext,
    settings: Settings,
    docname: str,
    doctree: nodes.document,
    days: Mapping[str, date],
    heading: str,
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the versions on a page, each with its URL, its day and the HTML of what it has below a heading."""
    url, base = page_url(site, settings, docname), base_url(site, settings)
    found = {anchor: part for part in doctree.findall(nodes.section) for anchor in part["ids"]}
    for target in DigestDomain.of(site.env).data["targets"].get(docname, ()):
        day = days.get(target.title)
        if target.type == RELEASE and day is not None and target.anchor in found:
            parts = _parts_of_release(found[target.anchor], heading)
            if parts:
                html = feed_html(parts, url, partial(picture_url, site, base), site.messages)
                yield target.title, f"{url}#{target.anchor}", Moment(day).rfc3339, html


def _days_on(site: SiteContext, docname: str, section: str) -> tuple[dict[str, date], str]:
    """Return the days of the versions on a page, and the heading of a section."""
    days: dict[str, date] = {}
    heading = ""
    for _page, query in release_queries(site.env, docname):
        try:
            report = build_state_of(site.env).histories.report(query)
        except DigestError:
            continue
        days |= {release.version: release.day for release in report.releases if release.day is not None}
        heading = next((title for name, title, _level in sections_of(report.conf) if name == section), heading)
    return days, heading


def _parts_of_release(release: nodes.section, heading: str) -> list[nodes.Node]:
    """Return a copy of what a version has below its title, or below the title of one of its sections.

    Where notes are grouped by component, there are several sections of one title.
    """
    found = [release]
    if heading:
        sections = (part for part in release.findall(nodes.section) if part is not release)
        found = [part for part in sections if part[0].astext() == heading]
    parts = (part for section in found for part in section.children)
    return [part.deepcopy() for part in parts if not isinstance(part, (nodes.title, nodes.comment))]


class _DigestLinks:
    """Links from the notes of a feed to digests, by the URLs of their pages."""

    def __init__(self, collection: Collection, pages: dict[str, str]) -> None:
        self.collection, self.pages = collection, pages

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        """Return the title of the digest with a thread, as a link if it has a page."""
        period = self.collection.calendar.period_of(entry.moment.day)
        number, url = self.collection.numbers.of(period), self.pages.get(period.name)
        title = digest_title(period, number, self.collection.settings)
        return [nodes.reference("", title, refuri=f"{url}#{entry.anchor}") if url else nodes.Text(title)]

    def to_release(self, version: str) -> list[nodes.Node]:
        """Return the version without a link."""
        return [nodes.Text(version)]


def _feed(
    site: SiteContext, settings: Settings, feeds: Feeds, entries: tuple[FeedEntry, ...], home: str = ""
) -> tuple[bytes, bytes]:
    base = base_url(site, settings)
    feed = Feed(
        url=f"{base}{file_uri(feeds.atom.removesuffix('.xml'))}",
        title=feeds.title,
        author=author_name(site) or feeds.title,
        language=language_tag(site),
        home=home or collection_url(site, settings),
        atom_url=f"{base}{file_uri(feeds.atom)}",
        json_url=f"{base}{file_uri(feeds.json)}",
        entries=entries,
    )
    return atom_document(feed).encode(), json_feed_document(feed).encode()
