"""Entry points: the commands and collectors that installed distributions bring, ours among them.

An entry point is a name and a click command. The first line of its module's docstring is its summary.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.abc import SourceLoader
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

#: The groups: commands of ``sphinx-digest``, and those of its groups ``collect`` and ``release-notes``.
COMMANDS, COLLECTORS = "sphinx_digest.commands", "sphinx_digest.collectors"
RELEASE_NOTES = "sphinx_digest.release_notes"
#: The group of announcers, which are functions: see :mod:`sphinxext.digest.announce`.
ANNOUNCERS = "sphinx_digest.announcers"


@cache
def installed(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name, without importing them. Ours win over others of the same name."""
    # it takes nearly as long as all of --version, which has no use for it
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=group), key=lambda one: one.value.startswith("sphinxext.digest."))
    return dict(sorted((one.name, one) for one in found))


def summary_of(entry: EntryPoint) -> str:
    """Return the first line of the docstring of an entry point's module, without importing it; "" if it has none."""
    try:
        spec = find_spec(entry.module)
        source = spec.loader.get_source(entry.module) if spec and isinstance(spec.loader, SourceLoader) else None
        return (ast.get_docstring(ast.parse(source or "")) or "").partition("\n")[0]
    except (ImportError, SyntaxError):
        return ""
