"""What published files depend on, as far as a look at a folder tells it."""

from __future__ import annotations

from sphinxext.digest.extension.addresses import Site
from sphinxext.digest.extension.shown import mark_of
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.options import Settings


def collection_state(site: Site, settings: Settings) -> str:
    """A value that changes with the notes of a collection, their days and digests, and its settings.

    It is empty as long as a fragment, or a file with notes of other projects, is so young that it could change without
    a new time.
    """
    store = store_of(site.env)
    state = store.folder_state(settings)
    if state.fingerprint is None or (store.joint(settings) is not None and state.joint is None):
        return ""
    return mark_of(state.fingerprint, state.commit, state.settings, state.explicit, state.periods, state.joint).hex()


def places_of(site: Site) -> bytes:
    """Return a value that changes with the pages and the pictures that addresses in notes may lead to."""
    pictures = sorted((path, name) for path, (_pages, name) in site.env.images.items())
    return mark_of(sorted(site.env.found_docs), pictures)
