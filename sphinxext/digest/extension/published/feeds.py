"""The feeds of each collection: its digests, and topics with single notes and the release notes of versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sphinxext.digest import __version__
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.cache import load_record, mark_of, save_record
from sphinxext.digest.extension.domain import RELEASE, DigestDomain, build_state_of
from sphinxext.digest.extension.html.head import home_of, language_tag
from sphinxext.digest.extension.links import (
    PageSummary,
    SiteContext,
    base_url,
    digest_pages,
    page_url,
    shown_collections,
)
from sphinxext.digest.extension.published import (
    Feeds,
    File,
    Publisher,
    author_name,
    collection_state,
    feeds_of,
    places_of,
    resolved_page,
)
from sphinxext.digest.extension.warnings import warn_of
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.checks import Topic
from sphinxext.digest.settings.options import Settings

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from sphinxext.digest.collection.load import Collection
    from sphinxext.digest.extension.histories import Histories
    from sphinxext.digest.model import Entry
    from sphinxext.digest.render.feed import Feed, FeedEntry


#: The texts of feeds, beside the environment.
_MEMORY = "digest-feeds.pickle"


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
                state = _state(site, settings, feeds, newest)
                feed = cache(partial(_feed, site, settings, feeds, newest))
                yield from feed_files(feeds, state, feed)


def feed_files(feeds: Feeds, state: str, feed: Callable[[], Feed]) -> Iterator[File]:
    """Yield the two files of a feed.

    :param feed: returns the data of both.
    """

    def atom() -> tuple[str, bytes]:
        from sphinxext.digest.render.feed import atom_document

        return feeds.atom, atom_document(feed()).encode()

    def json_feed() -> tuple[str, bytes]:
        from sphinxext.digest.render.feed import json_feed_document

        return feeds.json, json_feed_document(feed()).encode()

    yield File(feeds.atom, state, atom)
    yield File(feeds.json, state, json_feed)


def make_feed(site: SiteContext, settings: Settings, feeds: Feeds, entries: tuple[FeedEntry, ...]) -> Feed:
    """Return a feed with the metadata that all feeds of a collection share."""
    from sphinxext.digest.render.feed import Feed

    base = base_url(site, settings)
    return Feed(
        url=f"{base}{file_uri(feeds.atom.removesuffix('.xml'))}",
        title=feeds.title,
        author=author_name(site) or feeds.title,
        language=language_tag(site),
        home=home_of(site, settings),
        atom_url=f"{base}{file_uri(feeds.atom)}",
        json_url=f"{base}{file_uri(feeds.json)}",
        entries=entries,
    )


def feed_inputs(site: SiteContext, settings: Settings, feeds: Feeds) -> tuple[object, ...]:
    """Return the inputs of every feed of a collection, besides its entries."""
    return (feeds, base_url(site, settings), home_of(site, settings), author_name(site), language_tag(site))


def _state(site: SiteContext, settings: Settings, feeds: Feeds, pages: dict[str, PageSummary]) -> str:
    marks = [(page, _mark(site, docname)) for docname, page in pages.items()]
    return mark_of(feed_inputs(site, settings, feeds), marks).hex()


def _mark(site: SiteContext, docname: str) -> bytes:
    """Return a checksum of a page's content and of our version."""
    expected = build_state_of(site.env).writes.expected
    return mark_of(__version__, expected.pages.get(docname) if expected is not None else None)


def _feed(site: SiteContext, settings: Settings, feeds: Feeds, pages: dict[str, PageSummary]) -> Feed:
    from sphinxext.digest.render.feed import FeedEntry

    base, texts = base_url(site, settings), _texts(site, settings, feeds, list(pages))
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
    return make_feed(site, settings, feeds, tuple(entries))


def _texts(site: SiteContext, settings: Settings, feeds: Feeds, docnames: list[str]) -> dict[str, str]:
    """Return the pages as HTML, from a cache: most edits change only one of them."""
    file, key = Path(site.env.doctreedir, _MEMORY), (str(site.builder.outdir), feeds.atom)
    known: dict[tuple[str, str], dict[str, tuple[bytes, str]]] = load_record(file, DigestDomain.data_version) or {}
    before, now = known.get(key, {}), {}
    for docname in docnames:
        mark = _mark(site, docname)
        text = before.get(docname, (b"", ""))
        now[docname] = text if text[0] == mark else (mark, _text(site, settings, docname))
    known = {other: texts for other, texts in known.items() if Path(other[0]).is_dir()}
    save_record(file, DigestDomain.data_version, {**known, key: now})
    return {docname: text for docname, (_mark, text) in now.items()}


def _text(site: SiteContext, settings: Settings, docname: str) -> str:
    from sphinxext.digest.extension.mail_builder import parts_of_page
    from sphinxext.digest.render.feed import feed_html

    base, url = base_url(site, settings), page_url(site, settings, docname)
    parts = parts_of_page(resolved_page(site, docname), url)

    def picture_of(uri: str) -> str:
        images = site.env.images
        return f"{base}_images/{quote(images[uri][1])}" if uri in images else ""

    return feed_html(parts, url, picture_of, site.messages)


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
                yield from feed_files(feeds, state, cache(partial(_topic_feed, site, settings, topic, feeds)))


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


class _DigestLinks:
    """Links from the notes of a feed to digests, by the URLs of their pages."""

    def __init__(self, collection: Collection, pages: dict[str, str]) -> None:
        self.collection, self.pages = collection, pages

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        """Return the title of the digest with a thread, as a link if it has a page."""
        from docutils import nodes

        from sphinxext.digest.collection.compose import digest_title

        period = self.collection.calendar.period_of(entry.moment.day)
        title, url = digest_title(period, self.collection.settings), self.pages.get(period.name)
        return [nodes.reference("", title, refuri=f"{url}#{entry.anchor}") if url else nodes.Text(title)]

    def to_release(self, version: str) -> list[nodes.Node]:
        """Return the version without a link."""
        from docutils import nodes

        return [nodes.Text(version)]


def _topic_state(site: SiteContext, settings: Settings, topic: Topic, feeds: Feeds) -> str:
    folder, releases = collection_state(site, settings), b""
    domain = DigestDomain.of(site.env)
    if topic.notes:
        try:
            releases = _histories(site).state_of_project(_root(site))
        except DigestError:
            return ""
    pages = [(name, page.name) for name, page in digest_pages(site.env, settings).items()]
    targets = [target for target in domain.targets() if target.type == RELEASE] if topic.notes else []
    around = (pages, targets, places_of(site))
    parts = (folder, releases, around, topic, settings.feed_limit, feed_inputs(site, settings, feeds))
    return mark_of(*parts).hex() if folder else ""


def _topic_feed(site: SiteContext, settings: Settings, topic: Topic, feeds: Feeds) -> Feed:
    releases = islice(_releases(site, settings, topic), settings.feed_limit)
    found = [*_notes(site, settings, topic), *releases]
    newest = sorted(found, key=lambda entry: (entry.updated, entry.identifier), reverse=True)
    return make_feed(site, settings, feeds, tuple(newest[: settings.feed_limit]))


def _notes(site: SiteContext, settings: Settings, topic: Topic) -> Iterator[FeedEntry]:
    """Yield the newest notes of a topic as entries."""
    if not topic.kinds:
        return
    from sphinxext.digest.doctree.notes import NoteBuilder
    from sphinxext.digest.doctree.parse import TextParser
    from sphinxext.digest.extension.config import guard_in_build
    from sphinxext.digest.extension.links import home_of, picture_url
    from sphinxext.digest.model import Countdown, ThreadLinks
    from sphinxext.digest.render.feed import FeedEntry, feed_html, note_parts

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
    from sphinxext.digest.doctree.notes import NoteBuilder
    from sphinxext.digest.doctree.parse import TextParser
    from sphinxext.digest.extension.config import guard_in_build
    from sphinxext.digest.extension.links import SiteHome, picture_url
    from sphinxext.digest.model import Moment
    from sphinxext.digest.render.feed import FeedEntry, feed_html, release_parts

    try:
        conf, releases = _histories(site).tagged(_root(site))
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


def _histories(site: SiteContext) -> Histories:
    return build_state_of(site.env).histories


def _root(site: SiteContext) -> str:
    return str(build_state_of(site.env).project.root)
