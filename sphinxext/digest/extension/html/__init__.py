"""The decorations of pages for browsers: stylesheets, scripts, mastheads, heads, the filter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.extension.builders import is_for_browsers
from sphinxext.digest.extension.html import countdown, head, masthead
from sphinxext.digest.extension.html import filter as filter_

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_STATIC = Path(__file__).parents[1] / "static"
_WEB_STYLES = "digest-web.css"


def _add_stylesheet(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(_STATIC))
    app.add_css_file("digest.css")
    # what a book may not have, and what it does not use
    excluded = (f"_static/{name}" for name in (_WEB_STYLES, countdown.SCRIPT, filter_.SCRIPT, filter_.STYLES))
    config.epub_exclude_files = [*config.epub_exclude_files, *excluded]


def _add_web_styles(app: Sphinx) -> None:
    if is_for_browsers(app.builder):
        app.add_css_file(_WEB_STYLES)


def setup(app: Sphinx) -> None:
    """Register the decorations."""
    app.connect("config-inited", _add_stylesheet)
    app.connect("builder-inited", _add_web_styles)
    masthead.setup(app)
    countdown.setup(app)
    head.setup(app)
    app.connect("html-page-context", filter_.add_filter)
