"""Which pages have to be read again."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.lookups import Lookup
from sphinxext.digest.extension.queries import NotesQuery, Query
from sphinxext.digest.extension.store import store_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def outdated_documents(
    _app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Iterable[str]:
    """The documents for whose questions the collections have other answers than when they were read.

    Those that have another file now are among them, those that have lost a page of their toctree, and those for which
    a lookup has another answer.
    """
    store = store_of(env)
    queries: dict[str, list[tuple[Query, bytes]]] = DigestDomain.of(env).data["queries"]
    known = added | changed | removed
    # first, since nothing can be asked of a collection that is gone
    store.outdated = frozenset(_with_other_lookups(env, known))
    outdated = [
        docname
        for docname, asked in queries.items()
        if docname not in known | store.outdated and any(_has_changed(env, *pair) for pair in asked)
    ]
    # a toctree without one of its pages, such as the list of digests when another page takes its place
    parents = [docname for docname, children in env.toctree_includes.items() if not removed.isdisjoint(children)]
    return [*outdated, *store.outdated, *({*store.replaced, *parents} - known)]


def _with_other_lookups(env: BuildEnvironment, known: Set[str]) -> Iterable[str]:
    """Return the documents for which a lookup has another answer now."""
    lookups: dict[str, list[tuple[Lookup, object]]] = DigestDomain.of(env).data["lookups"]
    # most pages look up the same
    answers = {lookup: lookup.answer(env) for made in lookups.values() for lookup, _before in made}
    return (
        docname
        for docname, made in lookups.items()
        if docname not in known and any(answers[lookup] != before for lookup, before in made)
    )


def _has_changed(env: BuildEnvironment, query: Query, before: bytes) -> bool:
    store = store_of(env)
    settings = store.settings_for(query.folder)
    current = isinstance(query, NotesQuery) and query.current
    if store.is_current(settings) and not current:
        return False
    return query.checksum(store.collection(settings), env) != before
