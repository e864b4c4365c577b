"""The directives."""

from __future__ import annotations

from docutils.parsers.rst import Directive

from sphinxext.digest.extension.directives.collection import ArchiveDirective, CollectionDirective, ReviewDirective
from sphinxext.digest.extension.directives.digest import DigestDirective, SuccessBotDirective, ThreadSummaryDirective
from sphinxext.digest.extension.directives.events import UpcomingEventsDirective
from sphinxext.digest.extension.directives.release_notes import ReleaseNotesDirective
from sphinxext.digest.extension.directives.schedule import CountdownDirective, ReleaseScheduleDirective

DIRECTIVES: dict[str, type[Directive]] = {
    "digest": DigestDirective,
    "digest-collection": CollectionDirective,
    "digest-archive": ArchiveDirective,
    "digest-review": ReviewDirective,
    "successbot": SuccessBotDirective,
    "countdown": CountdownDirective,
    "release-schedule": ReleaseScheduleDirective,
    "upcoming-events": UpcomingEventsDirective,
    "thread-summary": ThreadSummaryDirective,
}
#: Those that take the place of others' directives with these names.
REPLACEMENTS: dict[str, type[Directive]] = {"release-notes": ReleaseNotesDirective}
