"""Where a build's pages are published, and which of them belong to a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sphinxext.digest.checks import OptionError, folder_url_or_empty
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model import Words
from sphinxext.digest.options import Settings

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment


class Described(NamedTuple):
    """What is said of a page where others refer to it: in its head, in feeds.

    ``folder`` are the fragments of its collection, ``title`` and ``description`` are plain text. For the page of a
    digest ``name`` is the digest's, ``published`` and ``updated`` are the times of its first and its last note.
    """

    folder: str
    title: str
    description: str
    name: str = ""
    published: str = ""
    updated: str = ""


class Site(NamedTuple):
    """A build: what it knows of its pages, and who makes files of them."""

    env: BuildEnvironment
    builder: Builder

    @property
    def config(self) -> Config:
        """The options of Sphinx."""
        return self.env.config

    @property
    def words(self) -> Words:
        """Our own words in the language of the build."""
        return store_of(self.env).words


def base_url(site: Site, settings: Settings) -> str:
    """Where the documentation is published, by the option ``base_url`` or Sphinx's own; empty if neither says it."""
    try:
        return settings.base_url or folder_url_or_empty(site.config.html_baseurl or "")
    except OptionError:
        return ""


def page_url(site: Site, settings: Settings, docname: str) -> str:
    """The address of a page, or nothing if that is not known."""
    base = base_url(site, settings)
    return f"{base}{site.builder.get_target_uri(docname)}" if base else ""


def described_pages(env: BuildEnvironment, settings: Settings) -> dict[str, Described]:
    """The pages of a collection that are described, by their names."""
    found: dict[str, Described] = DigestDomain.of(env).data["described"]
    return {docname: found[docname] for docname in sorted(found) if found[docname].folder == settings.fragments}


def described_page(env: BuildEnvironment, settings: Settings, docname: str) -> Described | None:
    """What is said of a page of a collection, if anything is."""
    found: Described | None = DigestDomain.of(env).data["described"].get(docname)
    return found if found is not None and found.folder == settings.fragments else None


def digest_pages(env: BuildEnvironment, settings: Settings) -> dict[str, Described]:
    """The pages of the digests of a collection, the newest first."""
    pages = [pair for pair in described_pages(env, settings).items() if pair[1].name]
    return dict(sorted(pages, key=lambda pair: pair[1].name, reverse=True))


def shown_collections(env: BuildEnvironment, docname: str | None = None) -> list[Settings]:
    """The collections of the project that a page shows something of, or that any page does."""
    queries = DigestDomain.of(env).data["queries"]
    asked = [queries.get(docname, ())] if docname is not None else queries.values()
    folders = {query.folder for pairs in asked for query, _checksum in pairs}
    return [settings for settings in store_of(env).project.collections if settings.fragments in folders]
