"""From problems to Sphinx warnings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docutils.nodes import Node
from sphinx.util import logging

from sphinxext.digest.problems import Code, Problem

logger = logging.getLogger(__name__)


def warn_of(problems: Iterable[Problem], root: Path) -> None:
    """Show problems of fragments and settings, each at its own place, as ``digest.<code>``."""
    for problem in problems:
        # Sphinx takes a location without a colon for the name of a document
        location = f"{root / problem.path}:{problem.line or 1}"
        if problem.line:
            location += f":{problem.column}"
        logger.warning("%s", problem.message, type="digest", subtype=str(problem.code), location=location)


def warn_at(location: str | tuple[str, int] | Node | None, code: Code, message: str) -> None:
    """Show a problem of a page, or of what has no place of its own."""
    logger.warning("%s", message, type="digest", subtype=str(code), location=location)
