"""Community digests and release notes out of small YAML fragments, rendered by Sphinx.

The package is a Sphinx extension and a command, ``sphinx-digest``. Importing it imports neither Sphinx nor
docutils: everything that knows them lives in :mod:`sphinxext.digest.extension` and is loaded by :func:`setup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    from sphinxext.digest.extension import setup as setup_extension

    return setup_extension(app)
