"""The Sphinx extension: all that knows Sphinx. Each room registers what it has in a ``setup`` of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest import __version__
from sphinxext.digest.extension import (
    builders,
    compat,
    config,
    dependencies,
    domain,
    html,
    leftovers,
    linkcheck,
    mail_builder,
    pages,
    releases,
    rewrite,
    translation,
)
from sphinxext.digest.extension.html.filter import FilteredNotes
from sphinxext.digest.extension.i18n import add_catalogues
from sphinxext.digest.extension.published import publish
from sphinxext.digest.extension.published.cards import Cards
from sphinxext.digest.extension.published.files import (
    Calendars,
    DigestFeeds,
    EventCalendars,
    NotesIndexes,
    ReleaseFeeds,
    TopicFeeds,
    warn_of_topics,
)
from sphinxext.digest.extension.references import OutputReferences

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

#: In this order listeners of one event are called: the domain opens the build, pages mend toctrees before rewrite
#: compares them, and rewrite finishes its records before files are published beside the pages.
_ROOMS = (
    config, domain, mail_builder, releases, translation, linkcheck,
    pages, dependencies, rewrite, leftovers, html, compat,
)  # fmt: skip


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let each room register what it has; nothing is read before the builder is there."""
    # before anything is named
    add_catalogues(app)
    for room in _ROOMS:
        room.setup(app)
    app.add_post_transform(OutputReferences)
    app.connect("builder-inited", warn_of_topics)
    app.connect("env-before-read-docs", _add_directives)
    app.connect("build-finished", _publish)
    return {
        "version": __version__,
        "env_version": domain.DigestDomain.data_version,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_directives(app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
    # when the first page is about to be read: with the directives comes most of the package, of which a build with
    # nothing changed has no use, and others' directives are all there, whichever extension is listed first
    if docnames:
        from sphinxext.digest.extension.directives import DIRECTIVES, REPLACEMENTS

        for name, directive in (*DIRECTIVES.items(), *REPLACEMENTS.items()):
            app.add_directive(name, directive, override=name in REPLACEMENTS)


def _publish(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages of a site that are missing or outdated: calendars, feeds, indexes, mails."""
    if exception is not None or not builders.is_for_browsers(app.builder):
        return
    publishers = (
        Calendars, EventCalendars, DigestFeeds, TopicFeeds, ReleaseFeeds, NotesIndexes, FilteredNotes,
        mail_builder.Mails, Cards,
    )  # fmt: skip
    # not the folder of the application: Apple's help has its pages deeper
    builder = app.builder
    publish([publisher(app) for publisher in publishers], builder.name, Path(builder.outdir), Path(app.doctreedir))
