"""Python's cycle collector, which need not look again and again at what stays until the build is over.

That is the environment of the last build above all, with thousands of places that can be referred to. In a parallel
build each process would get its own copy of all memory that the collector writes its marks to.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def spare_what_is_loaded(_app: Sphinx) -> None:
    """Let the collector leave alone all that is there when the work begins."""
    gc.freeze()


def spare_nothing(_app: Sphinx, _exception: Exception | None) -> None:
    """Let it look at everything again: a process may go on after a build, and build something else."""
    gc.unfreeze()
