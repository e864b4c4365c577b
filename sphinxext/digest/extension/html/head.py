"""The head of a collection's pages, for search engines and feed readers.

Links of themes to the source of a page: those of generated pages lead to fragments.

Themes make such an address of where the sources are, the name of the page and the suffix of its source. They do so in
templates, in macros and in functions, so that no value of the context would be right for all of them. But each of
these addresses has the suffix that only generated pages have, so they are replaced in what the templates give.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sphinx.util.osutil import relative_uri

from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.extension.links import (
    PageSummary,
    SiteContext,
    base_url,
    page_summary,
    page_url,
    shown_collections,
)
from sphinxext.digest.extension.pages import STUB_SUFFIX, is_generated
from sphinxext.digest.extension.published import (
    ATOM,
    JSON_FEED,
    Feeds,
    author_name,
    feeds_of,
    project_name,
    release_feeds,
)
from sphinxext.digest.settings.options import CARDS, MAILS, Settings, is_default, words_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


#: The characters that could end the element around the data, or a line of a script.
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_DESCRIPTION = re.compile(r"""<meta\b[^>]*\bname=["']?description\b""", re.IGNORECASE)
#: The options that the heads of pages, and the links to feeds, depend on.
_IN_HEADS = ("accent", "base_url", "publish", "feeds", "collection_title", "pages")
#: The field of a page by which sphinxext-opengraph takes a description that is not its own.
_OPENGRAPH = "sphinxext.opengraph"
_OG_DESCRIPTION = "og:description"


def shown_in_heads(app: Sphinx) -> tuple[object, ...]:
    """Return the dependencies of heads and feed links besides the pages and the options of Sphinx."""
    if not is_site(app.builder):
        return ()
    found = app.env.found_docs
    return tuple(
        (*(getattr(settings, name) for name in _IN_HEADS), _listing(settings) in found)
        for settings in build_state_of(app.env).project.collections
    )


def add_to_head(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: object) -> None:
    """Add to the head of a page what a collection has for it."""
    if doctree is None or not is_site(app.builder):
        return
    site = SiteContext(app.env, app.builder)
    collections = shown_collections(app.env, pagename)
    feeds = [feeds for settings in collections for feeds in feeds_of(site, settings)]
    feeds += release_feeds(site, pagename).values()
    tags = [*_refresh(site, pagename), *(tag for one in feeds for tag in _feed_links(site, one, pagename))]
    for settings in collections:
        if not is_default(settings, "accent"):
            # over the style sheet, which some themes load later
            tags.append(f"<style>:root:root {{ --digest-accent: {settings.accent}; }}</style>")
        described = page_summary(app.env, settings, pagename)
        if described is not None:
            if not context.get("pageurl"):
                context["pageurl"] = page_url(site, settings, pagename) or None
            own = context.get("metatags") or ""
            tags += _summary_tags(site, settings, pagename, described, has_own=bool(_DESCRIPTION.search(own)))
            if _OPENGRAPH not in app.extensions and "og:title" not in own:
                tags += _card_tags(site, settings, pagename, described)
            meta = context.get("meta") or {}
            if _OPENGRAPH in app.extensions and described.description and _OG_DESCRIPTION not in meta:
                # it replaces no other character than quotation marks
                context["meta"] = {**meta, _OG_DESCRIPTION: escape(described.description)}
    tags += _event_tags(site, pagename)
    if tags:
        context["metatags"] = (context.get("metatags") or "") + "".join(f"\n{tag}" for tag in tags) + "\n"


def _refresh(site: SiteContext, pagename: str) -> Iterator[str]:
    """Yield what leads from the address of the latest release to its page, at once."""
    newest = build_state_of(site.env).version_pages.latest.get(pagename)
    if newest is not None:
        uri = relative_uri(site.builder.get_target_uri(pagename), site.builder.get_target_uri(newest))
        yield f'<meta http-equiv="refresh" content="0; url={escape(uri)}" />'


def _feed_links(site: SiteContext, feeds: Feeds, pagename: str) -> Iterator[str]:
    for type_, path in ((ATOM, feeds.atom), (JSON_FEED, feeds.json)):
        yield _alternate(site, pagename, type_, path, feeds.title)


def _summary_tags(
    site: SiteContext, settings: Settings, pagename: str, described: PageSummary, *, has_own: bool
) -> Iterator[str]:
    """Return the metadata of the page itself."""
    if described.description and not has_own:
        yield f'<meta name="description" content="{escape(described.description)}" />'
    if not described.name:
        return
    if MAILS in settings.publish:
        title = site.messages.gettext("Plain text")
        yield _alternate(site, pagename, "text/plain", f"{pagename}.txt", title)
    yield f'<script type="application/ld+json">{_structured(site, settings, pagename, described)}</script>'


def _card_tags(site: SiteContext, settings: Settings, pagename: str, described: PageSummary) -> Iterator[str]:
    """Return what chats make a card of, by the Open Graph protocol: a digest is an article."""
    values = {
        "og:type": "article" if described.name else "website",
        "og:title": described.title,
        "og:description": described.description,
        "og:url": page_url(site, settings, pagename),
        "og:site_name": site.config.project,
        "article:published_time": described.published,
        "article:modified_time": described.updated,
    }
    if CARDS in settings.publish:
        from sphinxext.digest.extension.published.cards import card_values

        values |= card_values(site, settings, pagename, described)
    for name, value in values.items():
        if value:
            yield f'<meta property="{name}" content="{escape(value)}" />'


def _event_tags(site: SiteContext, pagename: str) -> Iterator[str]:
    """Return the data of each event on a page; one without a URL of its own has that of its place there."""
    events: dict[str, dict[str, object]] = DigestDomain.of(site.env).data["events"].get(pagename, {})
    base = base_url(site, build_state_of(site.env).project.main)
    here = {"url": f"{base}{site.builder.get_target_uri(pagename)}"} if base else {}
    for anchor, data in events.items():
        place = {name: f"{url}#{anchor}" for name, url in here.items()}
        document = {"@context": "https://schema.org", **place, **data}
        yield f'<script type="application/ld+json">{json_in_script(document)}</script>'


def _structured(site: SiteContext, settings: Settings, pagename: str, described: PageSummary) -> str:
    collection = words_of(settings, "collection_title", site.messages)
    author = author_name(site) or collection
    url = page_url(site, settings, pagename)
    part = {"@type": "CreativeWorkSeries", "name": collection, "url": collection_url(site, settings)}
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": described.title,
        "description": described.description,
        "datePublished": described.published,
        "dateModified": described.updated,
        "inLanguage": language_tag(site),
        "url": url,
        "mainEntityOfPage": url,
        "author": {"@type": "Organization", "name": author},
        "publisher": {"@type": "Organization", "name": project_name(site) or author},
        "isPartOf": {name: value for name, value in part.items() if value},
    }
    return json_in_script({name: value for name, value in data.items() if value})


def json_in_script(data: object) -> str:
    """Return data as JSON for an element ``script``, which nothing in it can end."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def collection_url(site: SiteContext, settings: Settings) -> str:
    """The address of the page that a collection is known by, or nothing: the list of digests, or the first page."""
    base, listing = base_url(site, settings), _listing(settings)
    docname = listing if listing in site.env.found_docs else str(site.config.root_doc)
    return f"{base}{site.builder.get_target_uri(docname)}" if base else ""


def _listing(settings: Settings) -> str:
    return f"{settings.pages}/index"


def language_tag(site: SiteContext) -> str:
    """The language of the build as HTML and feeds call it."""
    return (site.config.language or "en").replace("_", "-")


def _alternate(site: SiteContext, pagename: str, type_: str, path: str, title: str) -> str:
    href = relative_uri(site.builder.get_target_uri(pagename), file_uri(path))
    return f'<link rel="alternate" type="{type_}" title="{escape(title)}" href="{escape(href)}" />'


#: What addresses of files have, and those of folders in its place, on GitHub, GitLab, and Gitea or Forgejo.
_FOLDERS = (
    (re.compile(r"/-/(?:edit|blob|raw|tree)/"), "/-/tree/"),
    (re.compile(r"/_edit/"), "/src/branch/"),
    (re.compile(r"/(?:edit|blob|raw|tree)/"), "/tree/"),
    (re.compile(r"/src/"), "/src/"),
)
#: What no address in HTML has in it.
_AROUND = re.compile(r"[\s\"'<>]")
#: No theme makes longer addresses.
_MAX_ADDRESS = 2_000
_BEGINNING = re.compile(r"((?:.*[?=&#])?(?:[a-z]+://[^/]*)?)(.*)", re.DOTALL)


def replace_edit_links(app: Sphinx) -> None:
    """Let the templates of a builder have links to fragments on generated pages."""
    templates: Any = getattr(app.builder, "templates", None)
    if app.builder.format != "html" or templates is None:
        return
    render: Callable[[str, dict[str, Any]], str] = templates.render

    def render_with_fragments(template: str, context: dict[str, Any]) -> str:
        text, docname = render(template, context), context.get("pagename")
        if isinstance(docname, str) and is_generated(app.env, docname):
            return with_edit_links(text, docname, *source_of(app.env, docname))
        return text

    templates.render = render_with_fragments


def source_of(env: BuildEnvironment, docname: str) -> tuple[str, bool]:
    """Return what a generated page is made of, as seen from the folder of sources, and whether that is a folder.

    It is a fragment, or the folder of several, or nothing.
    """
    root = build_state_of(env).project.root
    found = [path for path in DigestDomain.of(env).data["fragments"].get(docname, ()) if (root / path).is_file()]
    folders = [settings.fragments for settings in shown_collections(env, docname)]
    path = found[0] if len(found) == 1 else folders[0] if folders else ""
    place = os.path.relpath(root / path, env.srcdir).replace(os.sep, "/") if path else ""
    return place, len(found) != 1


def with_edit_links(html: str, docname: str, source: str, is_folder: bool) -> str:
    """Replace the addresses of the source of a page in its HTML.

    :param source: the path that they should lead to, as seen from the folder of sources. Without it, and where nobody
        knows how a host names a folder, links are taken away.
    """
    found = {url: edit_url(unescape(url), docname, source, is_folder) for url in _addresses(html, docname)}
    for url, new in found.items():
        if new is None:
            link = re.compile(rf"<a\b[^<>]*\bhref=[\"']{re.escape(url)}[\"'][^<>]*>.*?</a>", re.DOTALL)
            html = link.sub("", html).replace(url, "")
        else:
            html = html.replace(url, escape(new))
    # what the theme of OpenStack puts into reports of bugs
    return html.replace(f'"{docname}" + ".rst"', f'"{source}"') if source else html


def _addresses(html: str, docname: str) -> set[str]:
    """Return the absolute URLs in HTML that end in the source of a page, and what follows it."""
    found = set()
    for name in dict.fromkeys((docname, quote(docname), escape(docname))):
        for match in re.finditer(rf"/{re.escape(name)}{re.escape(STUB_SUFFIX)}(?![\w.])", html):
            before = _AROUND.split(html[max(0, match.start() - _MAX_ADDRESS) : match.start()])[-1]
            after = _AROUND.split(html[match.end() : match.end() + _MAX_ADDRESS], 1)[0]
            if before.startswith(("http://", "https://")):
                found.add(f"{before}{match[0]}{after}")
    return found


def edit_url(url: str, docname: str, source: str, is_folder: bool) -> str | None:
    """Return the address of a source by that of a page that would be beside the others, or None if there is none."""
    name = next((name for name in (docname, quote(docname)) if f"/{name}{STUB_SUFFIX}" in url), "")
    if not name or not source:
        return None
    before, _, after = url.partition(f"/{name}{STUB_SUFFIX}")
    match = _BEGINNING.fullmatch(before)
    assert match is not None
    path = posixpath.normpath(f"{match[2]}/{quote(source)}")
    if path.startswith("../"):
        return None
    if not is_folder:
        return f"{match[1]}{path}{after}"
    whole = f"{match[1]}{path}"
    for pattern, folder in _FOLDERS:
        if pattern.search(whole):
            return pattern.sub(folder, whole, count=1)
    return None


def date_digests(app: Sphinx, env: BuildEnvironment) -> None:
    """Give the page of a digest the digest's last day, where sphinx-last-updated-by-git gives pages days.

    Its page is made of files that are older than the digest or were changed since; sphinx-sitemap has the same days.
    """
    dates = getattr(env, "git_last_updated", {})
    for docname, described in DigestDomain.of(env).data["described"].items():
        if described.published and dates.get(docname) is not None:
            moment = datetime.combine(date.fromisoformat(described.published[:10]), time(12), UTC)
            dates[docname] = str(int(moment.timestamp())), dates[docname][1]


def setup(app: Sphinx) -> None:
    """Register what is in the heads of pages, and links to sources."""
    app.connect("builder-inited", replace_edit_links)
    # before what looks at the head, such as sphinxext-opengraph
    app.connect("html-page-context", add_to_head, priority=400)
    # after sphinx-last-updated-by-git has asked git
    app.connect("env-updated", date_digests, priority=900)
