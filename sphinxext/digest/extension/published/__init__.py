"""Publish files beside the pages of a site, and remember them, so that only stale files are made again.

This module also tells what published files depend on, resolves pages once more for them, names feeds, and makes the
links to all files of a collection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypedDict

from docutils import nodes
from sphinx.util.osutil import relative_uri

from sphinxext.digest import __version__
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.cache import checksum, load_data, mark_of, remove_output, save_data, write_if_changed
from sphinxext.digest.extension.domain import build_state_of
from sphinxext.digest.extension.links import SiteContext, base_url
from sphinxext.digest.extension.releases import release_queries
from sphinxext.digest.extension.schedules import calendars_of, events_path
from sphinxext.digest.model.messages import filled
from sphinxext.digest.settings.options import FEEDS, Settings, words_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx


#: The published files of each folder, beside the environment.
_MEMORY = "digest-published.json"


class Record(TypedDict):
    """The files of a publisher: its state, their paths and states by their names; names and checksums by the paths."""

    state: str
    files: dict[str, list[str]]
    published: dict[str, str]
    sums: dict[str, str]


#: The records by the names of the publishers.
Published = dict[str, Record]
_NOTHING: Record = {"state": "", "files": {}, "published": {}, "sums": {}}


class File(NamedTuple):
    """A file to publish.

    ``name`` is unique for its publisher. ``state`` is a checksum of its inputs; if empty, the file is made in each
    build. ``make`` returns its path, relative to the output folder, and its content, or None if there is no file.
    """

    name: str
    state: str
    make: Callable[[], tuple[str, bytes] | None]


class Publisher:
    """Base class: publishes files beside the pages of a site."""

    #: The key of its files in the record.
    name: ClassVar[str]

    def __init__(self, app: Sphinx) -> None:
        self.app = app

    @property
    def state(self) -> str:
        """A checksum of the inputs of all files, or an empty string if it is unknown.

        While it stays the same, the publisher is not asked for its files.
        """
        return ""

    def files(self) -> Iterable[File]:
        """Return the files to publish; of several with the same path the last one wins."""
        raise NotImplementedError


def publish(publishers: Sequence[Publisher], builder: str, outdir: Path, doctreedir: Path) -> None:
    """Write the missing and stale files, and remove those that are not published any more.

    :param builder: its name, since several may write into the same folder.
    :raises SphinxError: if one cannot be written.
    """
    memory, key = doctreedir / _MEMORY, f"{builder} {outdir}"
    known = _read(memory)
    before: Published = known.get(key, {})
    now = {
        publisher.name: _publish(publisher, before.get(publisher.name, _NOTHING), outdir) for publisher in publishers
    }
    gone = _sums(before)
    others = [_sums(one) for other, one in known.items() if other != key and other.partition(" ")[2] == str(outdir)]
    for path in gone.keys() - _sums(now).keys() - set().union(*others):
        remove_output(outdir, path, bytes.fromhex(gone[path]))
    if now != before:
        folders = {other: published for other, published in known.items() if Path(other.partition(" ")[2]).is_dir()}
        record = {"version": __version__, "folders": {**folders, key: now}}
        save_data(memory, json.dumps(record, sort_keys=True).encode())


def _publish(publisher: Publisher, before: Record, outdir: Path) -> Record:
    """Write the files of a publisher, and return the record of them."""
    state, known, sums = publisher.state, before["files"], before["sums"]
    if state and before["state"] == state and all((outdir / path).is_file() for path, _state in known.values()):
        return before
    now: dict[str, list[str]] = {}
    chosen: dict[str, File] = {}
    contents: dict[str, bytes] = {}
    for file in publisher.files():
        path, of_file = known.get(file.name, ("", ""))
        if not file.state or of_file != file.state or not (outdir / path).is_file():
            made = file.make()
            if made is None:
                continue
            path, contents[file.name] = made
        now[file.name] = [path, file.state]
        chosen[path] = file
    for path, file in chosen.items():
        made = (path, contents[file.name]) if file.name in contents else None
        if made is None and before["published"].get(path) != file.name:
            made = file.make()  # it had the place of another that is gone
        if made is not None:
            write_if_changed(outdir / path, made[1])
            sums = {**sums, path: checksum(made[1]).hex()}
    return {
        "state": state,
        "files": now,
        "published": {path: file.name for path, file in chosen.items()},
        "sums": {path: sums[path] for path in chosen},
    }


def _sums(published: Published) -> dict[str, str]:
    """Return the checksums of all files by their paths."""
    return {path: checksum for one in published.values() for path, checksum in one["sums"].items()}


def _read(file: Path) -> dict[str, Published]:
    """Read the published files by their folders; ignore those of another release."""
    data = load_data(file)
    record: dict[str, Any] = json.loads(data) if data is not None else {}
    return record["folders"] if record.get("version") == __version__ else {}


def collection_state(site: SiteContext, settings: Settings) -> str:
    """Return a checksum of the notes of a collection, their days and digests, and its settings.

    It is empty while a fragment, or a file with notes of other projects, is so recent that it could change without a
    new modification time.
    """
    build = build_state_of(site.env)
    state = build.folder_state(settings)
    if state.fingerprint is None or (build.joint(settings) is not None and state.joint is None):
        return ""
    return mark_of(state.fingerprint, state.commit, state.settings, state.explicit, state.numbers, state.joint).hex()


def places_of(site: SiteContext) -> bytes:
    """Return a value that changes with the pages and the pictures that addresses in notes may lead to."""
    pictures = sorted((path, name) for path, (_pages, name) in site.env.images.items())
    return mark_of(sorted(site.env.found_docs), pictures)


def resolved_page(site: SiteContext, docname: str) -> nodes.document:
    """Return a new doctree of a page with its references resolved, and without numbers behind its links."""
    build = build_state_of(site.env)
    # the page is not being written, which others would take from the event that comes with this
    expected, build.writes.expected = build.writes.expected, None
    build.is_silent = True
    try:
        doctree = site.env.get_doctree(docname)
        site.env.apply_post_transforms(doctree, docname)
    finally:
        build.writes.expected = expected
        build.is_silent = False
    return doctree


ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"


class Feeds(NamedTuple):
    """The two files of a feed, seen from the folder of the output."""

    title: str
    atom: str
    json: str


def feeds_of(site: SiteContext, settings: Settings) -> list[Feeds]:
    """Return the feeds of a collection: that of its digests, then those of its topics."""
    if FEEDS not in settings.publish or not base_url(site, settings):
        return []
    pages = settings.pages
    own = Feeds(feed_title(site, settings), f"{pages}/atom.xml", f"{pages}/feed.json")
    topics = [
        Feeds(feed_title(site, settings, topic.title), f"{pages}/{topic.name}.xml", f"{pages}/{topic.name}.json")
        for topic in settings.feeds
    ]
    return [own, *topics]


def release_feeds(site: SiteContext, docname: str) -> dict[str, Feeds]:
    """Return the feeds of the release notes on a page by their sections; that of all sections has an empty name.

    The page of a single version has those of the page that lists it.
    """
    build = build_state_of(site.env)
    settings, docname = build.project.main, build.version_pages.list_of.get(docname, docname)
    queries = [query for _page, query in release_queries(site.env, docname)]
    if not queries or FEEDS not in settings.publish or not base_url(site, settings):
        return {}
    title = site.env.titles[docname].astext()
    sections = ("", *sorted({section for query in queries for section in query.feeds}))
    return {
        section: Feeds(
            feed_title(site, settings, f"{title} ({section})" if section else title),
            *(f"{docname}.{section}{'.' if section else ''}{suffix}" for suffix in ("atom.xml", "feed.json")),
        )
        for section in sections
    }


def feed_title(site: SiteContext, settings: Settings, topic: str = "") -> str:
    """Return the title of a feed."""
    messages = site.messages
    title = topic or words_of(settings, "collection_title", messages)
    project = project_name(site)
    return filled(messages.gettext("{title}: {text}"), title=project, text=title) if project else title


def project_name(site: SiteContext) -> str:
    """Return the name of the project, or an empty string for Sphinx's placeholder."""
    project = str(site.config.project).strip()
    return "" if project == "Project name not set" else project


def author_name(site: SiteContext) -> str:
    """Return the author of the documentation, or its project."""
    author = str(site.config.author).strip()
    return author if author and author not in ("Author name not set", "unknown") else project_name(site)


def published_links(site: SiteContext, docname: str, folder: str) -> nodes.paragraph | None:
    """Return the links to the feeds and calendars of a collection for a page, or None if there are none."""
    messages, settings = site.messages, build_state_of(site.env).project.for_fragments(folder)
    if settings is None or site.builder.format != "html":
        return None
    start = site.builder.get_target_uri(docname)
    links = [
        nodes.reference("", words, refuri=relative_uri(start, file_uri(path)), internal=False)
        for words, path in _targets(site, settings)
    ]
    if not links:
        return None
    line: list[nodes.Node] = [nodes.Text(messages.gettext("Subscribe:")), nodes.Text(" ")]
    for number, link in enumerate(links):
        line += [nodes.Text(messages.gettext(", ")), link] if number else [link]
    return nodes.paragraph("", "", *line, classes=["digest-published"])


def _targets(site: SiteContext, settings: Settings) -> Iterator[tuple[str, str]]:
    messages = site.messages
    if is_site(site.builder):
        for number, feeds in enumerate(feeds_of(site, settings)):
            if number:
                yield settings.feeds[number - 1].title, feeds.atom
            else:
                yield from (("Atom", feeds.atom), ("JSON Feed", feeds.json))
    if build_state_of(site.env).folder_state(settings).has_events:
        yield messages.gettext("Calendar of events (iCalendar)"), events_path(settings)
    for path, title in calendars_of(site.env, settings).items():
        yield filled(messages.gettext("Calendar of {cycle} (iCalendar)"), cycle=title), path
