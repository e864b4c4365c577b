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
        on_web = "://" in problem.path
        location = problem.path if on_web else f"{root / problem.path}:{problem.line or 1}"
        if problem.line:
            location += f":{problem.column}"
        logger.warning("%s", problem.message, type="digest", subtype=str(problem.code), location=location)


def say_remarks(remarks: Iterable[str]) -> None:
    """Log remarks that are not worth a warning."""
    for remark in remarks:
        logger.info("digest: %s", remark)


def say_problems_of_others(problems: Iterable[Problem]) -> None:
    """Say of each other project how many problems its notes have; more than that is for builds that say much.

    Nobody here can do anything for them, and a build in which warnings are errors must not depend on other projects.
    """
    by_project: dict[str, list[Problem]] = {}
    for problem in problems:
        by_project.setdefault(problem.path.partition(":")[0], []).append(problem)
    for project, found in by_project.items():
        logger.info("digest: notes of %s: %d problem(s), which -v shows", project, len(found))
        for problem in found:
            logger.verbose("digest: %s", problem)


def warn_at(location: str | tuple[str, int] | Node | None, code: Code, message: str) -> None:
    """Show a problem of a page, or of what has no place of its own."""
    logger.warning("%s", message, type="digest", subtype=str(code), location=location)
