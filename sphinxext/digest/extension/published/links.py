"""Where what is published of a collection is, and the line of links to it on the page that lists the digests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes
from sphinx.util.osutil import relative_uri

from sphinxext.digest.extension.addresses import Site, base_url
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model.words import filled
from sphinxext.digest.option_table import FEEDS
from sphinxext.digest.options import Settings, words_of

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"


class Feeds(NamedTuple):
    """The two files of a feed, seen from the folder of the output."""

    title: str
    atom: str
    json: str


def feeds_of(site: Site, settings: Settings) -> list[Feeds]:
    """The feeds that a collection has: that of its digests, then those of its topics."""
    if FEEDS not in settings.publish or not base_url(site, settings):
        return []
    pages = settings.pages
    own = Feeds(feed_title(site, settings), f"{pages}/atom.xml", f"{pages}/feed.json")
    topics = [
        Feeds(feed_title(site, settings, topic.title), f"{pages}/{topic.name}.xml", f"{pages}/{topic.name}.json")
        for topic in settings.feeds
    ]
    return [own, *topics]


def feed_title(site: Site, settings: Settings, topic: str = "") -> str:
    """What a feed is called where readers see no page around it."""
    words = site.words
    title = topic or words_of(settings, "collection_title", words)
    project = project_name(site)
    return filled(words.gettext("{title}: {text}"), title=project, text=title) if project else title


def project_name(site: Site) -> str:
    """What the project is called, or nothing: Sphinx has words for that, too."""
    project = str(site.config.project).strip()
    return "" if project == "Project name not set" else project


def author_name(site: Site) -> str:
    """Who writes the documentation, by its settings: its author, or the project."""
    author = str(site.config.author).strip()
    return author if author and author not in ("Author name not set", "unknown") else project_name(site)


def published_links(env: BuildEnvironment, docname: str, builder: Builder, folder: str) -> nodes.paragraph | None:
    """The links to the feeds and calendars of a collection, as they are on a page; nothing if there are none."""
    store = store_of(env)
    settings = store.project.for_fragments(folder)
    if settings is None or builder.format != "html":
        return None
    start = builder.get_target_uri(docname)
    links = [
        nodes.reference("", words, refuri=relative_uri(start, file_uri(path)), internal=False)
        for words, path in _targets(Site(env, builder), settings)
    ]
    if not links:
        return None
    line: list[nodes.Node] = [nodes.Text(store.words.gettext("Subscribe:")), nodes.Text(" ")]
    for number, link in enumerate(links):
        line += [nodes.Text(store.words.gettext(", ")), link] if number else [link]
    return nodes.paragraph("", "", *line, classes=["digest-published"])


def _targets(site: Site, settings: Settings) -> Iterator[tuple[str, str]]:
    from sphinxext.digest.extension.published.calendars import calendars_of

    words = site.words
    if is_site(site.builder):
        for number, feeds in enumerate(feeds_of(site, settings)):
            if number:
                yield settings.feeds[number - 1].title, feeds.atom
            else:
                yield from (("Atom", feeds.atom), ("JSON Feed", feeds.json))
    for path, title in calendars_of(site.env, settings).items():
        yield filled(words.gettext("Calendar of {cycle} (iCalendar)"), cycle=title), path
