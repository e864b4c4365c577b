"""Whether all pages of a build could be written: Sphinx only warns of one that could not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sphinxext.digest.extension.domain import DigestDomain

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_BUILDERS = "sphinx.sphinx.builders."
#: How the text of an error of the system begins, in any language.
_ERROR = "[Errno "


class FailedWrites(logging.Handler):
    """Hears the warnings of builders, also of those in other processes, which come as plain text."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found = False

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a warning."""
        if record.name.startswith(_BUILDERS) and _ERROR in record.getMessage():
            self.found = True


def watch_writes(app: Sphinx) -> None:
    """Begin to hear of pages that cannot be written; with the next build, Sphinx forgets all handlers."""
    handler = DigestDomain.of(app.env).failed_writes = FailedWrites()
    logging.getLogger("sphinx").addHandler(handler)
