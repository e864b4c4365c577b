"""All notes of each collection in one file, for other programs and other sites."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from sphinxext.digest.extension.addresses import Site, base_url, digest_pages, shown_collections
from sphinxext.digest.extension.builders import is_site
from sphinxext.digest.extension.published.links import project_name
from sphinxext.digest.extension.published.memory import File, Publisher
from sphinxext.digest.extension.published.state import collection_state, places_of
from sphinxext.digest.extension.shown import mark_of
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.option_table import INDEX
from sphinxext.digest.options import Settings, words_of

if TYPE_CHECKING:
    from sphinxext.digest.model import Entry, Text

_UNUSUAL = re.compile(r"[^a-z0-9]+")


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
    store = store_of(site.env)
    title = words_of(settings, "collection_title", store.words)
    project = project_name(site) or title
    if settings is not store.project.main:
        project = f"{project} {title}" if project != title else title
    return _UNUSUAL.sub("-", project.lower()).strip("-") or project, project


def _index(site: Site, settings: Settings) -> tuple[str, bytes]:
    from sphinxext.digest.collect.joint import index_document
    from sphinxext.digest.doctree.whole_addresses import with_whole_addresses
    from sphinxext.digest.extension.relative import home_of, picture_url
    from sphinxext.digest.render.records import note_record

    collection = store_of(site.env).collection(settings)
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
