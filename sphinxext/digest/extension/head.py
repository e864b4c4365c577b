"""What stands in the head of the pages of a collection, for search engines and readers of feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from sphinx.util.osutil import relative_uri

from sphinxext.digest.extension.addresses import (
    Described,
    Site,
    base_url,
    described_page,
    page_url,
    shown_collections,
)
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.option_table import MAILS
from sphinxext.digest.options import Settings, words_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_DESCRIPTION = re.compile(r"""<meta\b[^>]*\bname=["']?description\b""", re.IGNORECASE)
#: The options that the heads of pages, and the links to feeds, depend on.
_IN_HEADS = ("base_url", "publish", "feeds", "collection_title", "pages")
#: The field of a page by which sphinxext-opengraph takes a description that is not its own.
_OPENGRAPH = "sphinxext.opengraph"
_OG_DESCRIPTION = "og:description"


def shown_in_heads(app: Sphinx) -> tuple[object, ...]:
    """What the heads of pages, and the links to feeds, depend on besides the pages and the options of Sphinx."""
    if not is_site(app.builder):
        return ()
    found = app.env.found_docs
    return tuple(
        (*(getattr(settings, name) for name in _IN_HEADS), _listing(settings) in found)
        for settings in store_of(app.env).project.collections
    )


def add_to_head(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: object) -> None:
    """Add to the head of a page what a collection has for it."""
    if doctree is None or not is_site(app.builder):
        return
    site = Site(app.env, app.builder)
    collections = shown_collections(app.env, pagename)
    tags = [tag for settings in collections for tag in _feed_links(site, settings, pagename)]
    for settings in collections:
        described = described_page(app.env, settings, pagename)
        if described is not None:
            if not context.get("pageurl"):
                context["pageurl"] = page_url(site, settings, pagename) or None
            own = context.get("metatags") or ""
            tags += _describing(site, settings, pagename, described, has_own=bool(_DESCRIPTION.search(own)))
            meta = context.get("meta") or {}
            if _OPENGRAPH in app.extensions and described.description and _OG_DESCRIPTION not in meta:
                # it replaces no other character than quotation marks
                context["meta"] = {**meta, _OG_DESCRIPTION: escape(described.description)}
    if tags:
        context["metatags"] = (context.get("metatags") or "") + "".join(f"\n{tag}" for tag in tags) + "\n"


def _feed_links(site: Site, settings: Settings, pagename: str) -> Iterator[str]:
    from sphinxext.digest.extension.published.links import ATOM, JSON_FEED, feeds_of

    for feeds in feeds_of(site, settings):
        for type_, path in ((ATOM, feeds.atom), (JSON_FEED, feeds.json)):
            yield _alternate(site, pagename, type_, path, feeds.title)


def _describing(
    site: Site, settings: Settings, pagename: str, described: Described, *, has_own: bool
) -> Iterator[str]:
    """What is said of the page itself."""
    if described.description and not has_own:
        yield f'<meta name="description" content="{escape(described.description)}" />'
    if not described.name:
        return
    if MAILS in settings.publish:
        title = site.words.gettext("Plain text")
        yield _alternate(site, pagename, "text/plain", f"{pagename}.txt", title)
    yield f'<script type="application/ld+json">{_structured(site, settings, pagename, described)}</script>'


def _structured(site: Site, settings: Settings, pagename: str, described: Described) -> str:
    from sphinxext.digest.extension.published.links import author_name, project_name
    from sphinxext.digest.render.structured import Article, json_ld

    collection = words_of(settings, "collection_title", site.words)
    author = author_name(site) or collection
    return json_ld(
        Article(
            headline=described.title,
            description=described.description,
            published=described.published,
            updated=described.updated,
            url=page_url(site, settings, pagename),
            language=language_tag(site),
            author=author,
            publisher=project_name(site) or author,
            collection=collection,
            collection_url=home_of(site, settings),
        )
    )


def home_of(site: Site, settings: Settings) -> str:
    """The address of the page that a collection is known by, or nothing: the list of digests, or the first page."""
    base, listing = base_url(site, settings), _listing(settings)
    docname = listing if listing in site.env.found_docs else str(site.config.root_doc)
    return f"{base}{site.builder.get_target_uri(docname)}" if base else ""


def _listing(settings: Settings) -> str:
    return f"{settings.pages}/index"


def language_tag(site: Site) -> str:
    """The language of the build as HTML and feeds call it."""
    return (site.config.language or "en").replace("_", "-")


def _alternate(site: Site, pagename: str, type_: str, path: str, title: str) -> str:
    href = relative_uri(site.builder.get_target_uri(pagename), file_uri(path))
    return f'<link rel="alternate" type="{type_}" title="{escape(title)}" href="{escape(href)}" />'
