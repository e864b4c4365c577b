"""Python's cycle collector, which need not look again and again at what stays until the build is over.

That is what was imported, and the environment of the last build with thousands of places that can be referred to. In a
parallel build each process would get its own copy of all memory that the collector writes its marks to.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

#: How many new objects the collector waits for, and how many of its rounds before it looks at older ones. Pages that
#: are read are full of cycles, so that it has to go on, but not after each 700 objects. Pages that wait to be written
#: grow old, and 2,000 of them that nobody looks at again are 350 MB.
_SELDOM = (50_000, 20, 10)
_USUAL = gc.get_threshold()


def collect_seldom(_app: Sphinx, _config: Config) -> None:
    """Let the collector leave alone what is loaded now, and rest while the environment of the last build is loaded."""
    if gc.get_freeze_count():
        # an earlier build of this process: most processes end with their only one, and save the work
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def spare_what_is_loaded(_app: Sphinx) -> None:
    """Let the collector leave alone all that is there when the work begins."""
    gc.freeze()


def collect_as_usual(_app: Sphinx, _exception: Exception | None) -> None:
    """Let it be as it was before the build."""
    gc.set_threshold(*_USUAL)
