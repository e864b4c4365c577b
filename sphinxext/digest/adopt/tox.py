"""Adding an environment to a project's ``tox.ini`` that checks the fragments."""

from __future__ import annotations

import re

from sphinxext.digest.adopt.source import Source

TOX = "tox.ini"

_SECTION = re.compile(r"^\[testenv:digests\]", re.MULTILINE)
#: OpenStack's projects take all versions from a file, whose name depends on the branch.
_CONSTRAINTS = re.compile(
    r"^[ \t]*(?:deps[ \t]*=[ \t]*)?(-c[ \t]*\{env:[A-Z_]*CONSTRAINTS_FILE.*\})[ \t\r]*$", re.MULTILINE
)


def with_environment(source: Source) -> Source:
    """A ``tox.ini`` with an environment ``digests``, unless it has one, or some other checks the fragments."""
    text = source.text
    if _SECTION.search(text) or "sphinx-digest lint" in text:
        return source
    constraints = _CONSTRAINTS.search(text)
    return source.appended(
        "[testenv:digests]",
        "description = Check the fragments of the digests.",
        "skip_install = true",
        "deps =",
        *([f"  {constraints[1]}"] if constraints else []),
        "  sphinxext-digest",
        "commands =",
        "  sphinx-digest lint {posargs}",
    )
