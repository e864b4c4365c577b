"""Which pages have to be read again."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.queries import NotesQuery, Query
from sphinxext.digest.extension.store import Store, store_of
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def outdated_documents(
    _app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Iterable[str]:
    """The documents for whose questions the collections have other answers than when they were read."""
    store = store_of(env)
    queries: dict[str, list[tuple[Query, bytes]]] = DigestDomain.of(env).data["queries"]
    return [
        docname
        for docname, asked in queries.items()
        if docname not in added | changed | removed and any(_has_changed(store, *pair) for pair in asked)
    ]


def _has_changed(store: Store, query: Query, before: bytes) -> bool:
    try:
        settings = store.settings_for(query.folder)
    except DigestError:
        return True
    current = isinstance(query, NotesQuery) and query.current
    if store.is_current(settings) and not current:
        return False
    return query.checksum(store.collection(settings), store.today) != before
