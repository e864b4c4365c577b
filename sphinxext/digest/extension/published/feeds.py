"""The feeds of the digests of each collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sphinxext.digest import __version__
from sphinxext.digest.extension.addresses import (
    Described,
    Site,
    base_url,
    digest_pages,
    page_url,
    shown_collections,
)
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.head import home_of, language_tag
from sphinxext.digest.extension.outputs import keep_record, kept_record
from sphinxext.digest.extension.published.links import Feeds, author_name, feeds_of
from sphinxext.digest.extension.published.memory import File, Publisher
from sphinxext.digest.extension.published.resolved import resolved_page
from sphinxext.digest.extension.shown import mark_of
from sphinxext.digest.options import Settings

if TYPE_CHECKING:
    from sphinxext.digest.render.feed import Feed, FeedEntry

#: The texts of feeds, beside the environment.
_MEMORY = "digest-feeds.pickle"


class DigestFeeds(Publisher):
    """The newest digests of each collection, as their pages have them."""

    name = "feeds"

    def files(self) -> Iterator[File]:
        """Two files to each collection; nothing is made as long as the pages are as they were written."""
        if not is_site(self.app.builder):
            return
        site = Site(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            for feeds in feeds_of(site, settings)[:1]:
                newest = dict(list(digest_pages(site.env, settings).items())[: settings.feed_limit])
                state = _state(site, settings, feeds, newest)
                feed = cache(partial(_feed, site, settings, feeds, newest))
                yield from feed_files(feeds, state, feed)


def feed_files(feeds: Feeds, state: str, feed: Callable[[], Feed]) -> Iterator[File]:
    """The two files of a feed.

    :param feed: makes what both of them are made from.
    """

    def atom() -> tuple[str, bytes]:
        from sphinxext.digest.render.atom import atom_document

        return feeds.atom, atom_document(feed()).encode()

    def json_feed() -> tuple[str, bytes]:
        from sphinxext.digest.render.json_feed import json_feed_document

        return feeds.json, json_feed_document(feed()).encode()

    yield File(feeds.atom, state, atom)
    yield File(feeds.json, state, json_feed)


def make_feed(site: Site, settings: Settings, feeds: Feeds, entries: tuple[FeedEntry, ...]) -> Feed:
    """A feed with what all feeds of a collection say of themselves."""
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


def what_feeds_say(site: Site, settings: Settings, feeds: Feeds) -> tuple[object, ...]:
    """What every feed of a collection depends on, besides its entries."""
    return (feeds, base_url(site, settings), home_of(site, settings), author_name(site), language_tag(site))


def _state(site: Site, settings: Settings, feeds: Feeds, pages: dict[str, Described]) -> str:
    marks = [(page, _mark(site, docname)) for docname, page in pages.items()]
    return mark_of(what_feeds_say(site, settings, feeds), marks).hex()


def _mark(site: Site, docname: str) -> bytes:
    """A value that changes with all that a page shows, its base and our own work included."""
    expected = DigestDomain.of(site.env).expected
    return mark_of(__version__, expected.pages.get(docname) if expected is not None else None)


def _feed(site: Site, settings: Settings, feeds: Feeds, pages: dict[str, Described]) -> Feed:
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


def _texts(site: Site, settings: Settings, feeds: Feeds, docnames: list[str]) -> dict[str, str]:
    """The pages as HTML. They are kept: after most edits all but one of them are the same."""
    file, key = Path(site.env.doctreedir, _MEMORY), (str(site.builder.outdir), feeds.atom)
    known: dict[tuple[str, str], dict[str, tuple[bytes, str]]] = kept_record(file, DigestDomain.data_version) or {}
    before, now = known.get(key, {}), {}
    for docname in docnames:
        mark = _mark(site, docname)
        text = before.get(docname, (b"", ""))
        now[docname] = text if text[0] == mark else (mark, _text(site, settings, docname))
    known = {other: texts for other, texts in known.items() if Path(other[0]).is_dir()}
    keep_record(file, DigestDomain.data_version, {**known, key: now})
    return {docname: text for docname, (_mark, text) in now.items()}


def _text(site: Site, settings: Settings, docname: str) -> str:
    from sphinxext.digest.extension.mail_pages import parts_of_page
    from sphinxext.digest.render.feed_html import feed_html

    base, url = base_url(site, settings), page_url(site, settings, docname)
    parts = parts_of_page(resolved_page(site, docname), url)

    def picture_of(uri: str) -> str:
        images = site.env.images
        return f"{base}_images/{quote(images[uri][1])}" if uri in images else ""

    return feed_html(parts, url, picture_of, site.words)
