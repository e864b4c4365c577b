"""Lookups that come before a question to a collection: which collection, which pages, which repository.

Their answers are cheap, so they are compared in every build. Like any other answer, a failure is remembered: a page
that asked for a folder, a setting or a repository that was missing or broken is read again when there is one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


class Lookup(Protocol):
    """A dependency of a page whose answer is cheap."""

    def answer(self, env: BuildEnvironment) -> object:
        """Return the answer, also where it is a failure. Nothing is raised."""


@dataclass(frozen=True)
class CollectionLookup:
    """The collection of a directive; ``folder`` is its option ``fragments``, None for the project's own collection."""

    folder: str | None

    def answer(self, env: BuildEnvironment) -> object:
        """Return the project's root, and the fragments folder and the place of the collection, or the problems."""
        store = store_of(env)
        root = os.path.relpath(store.project.root, env.srcdir)
        try:
            settings = store.settings_for(self.folder) if self.folder else store.project.main
        except DigestError as error:
            return root, error.problems
        return root, settings.fragments, store.place_of(settings)


@dataclass(frozen=True)
class MissingPages:
    """Pages that a list of digests would link to if the project had them."""

    docnames: frozenset[str]

    def answer(self, env: BuildEnvironment) -> object:
        """Return the names of those that exist."""
        return self.docnames & env.found_docs


@dataclass(frozen=True)
class RepositoryLookup:
    """The repository of release notes; see :func:`~sphinxext.digest.extension.releases.find_repository`."""

    folder: str | None
    notes: str

    def answer(self, env: BuildEnvironment) -> object:
        """Return the path of the repository, or None."""
        from sphinxext.digest.extension.releases import find_repository

        root = find_repository(env, self.folder, self.notes)
        return None if root is None else str(root)


def remember_lookup(env: BuildEnvironment, lookup: Lookup) -> None:
    """Remember a lookup of the page that is being read, so that it is read again when the answer changes."""
    DigestDomain.of(env).note_lookup(env.docname, lookup, lookup.answer(env))
