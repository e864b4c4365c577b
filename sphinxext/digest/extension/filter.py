"""The filter on the page that lists all digests: which pages have one, and what it needs there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sphinx.util.osutil import relative_uri

from sphinxext.digest.extension.builders import file_uri, has_other_files
from sphinxext.digest.extension.domain import OBJECT_KINDS, DigestDomain
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model import Words
from sphinxext.digest.options import Settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SCRIPT, STYLES = "digest-filter.js", "digest-filter.css"


def filter_class(settings: Settings) -> str:
    """The class of the list of a collection, by which the script finds it."""
    from sphinxext.digest.registers import page_name

    # that of no other collection, whatever the folder is called
    return f"digest-of-{page_name(settings.pages)}"


def notes_path(settings: Settings) -> str:
    """Where the notes of a collection are, seen from the folder of the output."""
    return f"{settings.pages}/notes.js"


def listings(app: Sphinx) -> dict[str, list[str]]:
    """The pages that list all digests of collections, with the folders of these."""
    if not has_other_files(app.builder):
        return {}
    listed: dict[str, list[str]] = DigestDomain.of(app.env).data["listings"]
    return listed


def add_filter(app: Sphinx, pagename: str, _template: str, _context: dict[str, Any], _doctree: object) -> None:
    """Let a page that lists the digests of a collection load the script; the page is complete without it."""
    found = listings(app)
    pages = found if app.builder.name == "singlehtml" else found.keys() & {pagename}
    folders = dict.fromkeys(folder for page in sorted(pages) for folder in found[page])
    if not folders:
        return
    store = store_of(app.env)
    here = app.builder.get_target_uri(pagename)
    notes = {}
    for settings in store.project.collections:
        if settings.fragments in folders:
            periods = store.periods(settings)
            years = {year for period in periods for year in (period.start.year, period.end.year)}
            address = relative_uri(here, file_uri(notes_path(settings)))
            notes[filter_class(settings)] = [address, sorted(years, reverse=True)]
    words = words_of_filter(DigestDomain.of(app.env).words)
    # not deferred: the form has to be there before the list below it is painted
    attributes: dict[str, Any] = {"data-notes": json.dumps(notes), "data-words": words}
    app.add_js_file(SCRIPT, **attributes)
    app.add_css_file(STYLES)


def words_of_filter(words: Words) -> str:
    """What the script says."""
    gettext = words.gettext
    own = {
        "form": gettext("Find notes"),
        "words": gettext("Words"),
        "kind": gettext("Kind"),
        "person": gettext("Person"),
        "year": gettext("Year"),
        "any": gettext("all"),
        "clear": gettext("Clear"),
        "found": dict(words.counting("{number} note", "{number} notes")),
        "more": gettext("{number} more"),
        "loading": gettext("Loading…"),
        "failed": gettext("The notes cannot be loaded."),
        "kinds": {kind: gettext(kind) for kind in map(str, OBJECT_KINDS)},
    }
    return json.dumps(own, ensure_ascii=False)
