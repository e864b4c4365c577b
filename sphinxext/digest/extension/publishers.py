"""Everything that a build publishes beside its pages: calendars, feeds, indexes, the filter's notes, mails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.extension.compat import is_for_browsers
from sphinxext.digest.extension.html.filter import FilteredNotes
from sphinxext.digest.extension.mail_builder import Mails
from sphinxext.digest.extension.published.feeds import DigestFeeds, TopicFeeds
from sphinxext.digest.extension.published.indexes import Calendars, NotesIndexes
from sphinxext.digest.extension.published.memory import Publisher, publish

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Everything that publishes files, in the order in which that is done.
PUBLISHERS: tuple[type[Publisher], ...] = (Calendars, DigestFeeds, TopicFeeds, NotesIndexes, FilteredNotes, Mails)


def publish_beside_pages(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages of a site, those that are not there as they should be."""
    if exception is not None or not is_for_browsers(app.builder):
        return
    # not the folder of the application: Apple's help has its pages deeper
    builder = app.builder
    publish([publisher(app) for publisher in PUBLISHERS], builder.name, Path(builder.outdir), Path(app.doctreedir))
