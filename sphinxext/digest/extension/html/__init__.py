"""The decorations of pages for browsers: stylesheets, scripts, mastheads, heads, the filter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.extension.builders import is_for_browsers
from sphinxext.digest.extension.domain import RELEASE, DigestDomain
from sphinxext.digest.extension.html import archives, countdown, head, masthead
from sphinxext.digest.extension.html import filter as filter_
from sphinxext.digest.extension.releases import (
    ComponentsDependency,
    IssueLinksDependency,
    ReleaseNotesDependency,
    RepositoryLookup,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_STATIC = Path(__file__).parents[1] / "static"
#: The dependencies of pages that show nothing but release notes.
_OF_RELEASE_NOTES = (ComponentsDependency, IssueLinksDependency, ReleaseNotesDependency, RepositoryLookup)
_STYLES, _WEB_STYLES = "digest.css", "digest-web.css"


def _add_static_files(_app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(_STATIC))
    # what a book may not have, and what it does not use
    excluded = (f"_static/{name}" for name in (_WEB_STYLES, countdown.SCRIPT, filter_.SCRIPT, filter_.STYLES))
    config.epub_exclude_files = [*config.epub_exclude_files, *excluded]


def add_styles(app: Sphinx, pagename: str, _template: str, _context: object, doctree: object) -> None:
    """Let a page that shows notes load the stylesheets. Release notes need none, and neither do other pages."""
    domain = DigestDomain.of(app.env)
    if doctree is None:  # an index
        is_styled = any(target.type != RELEASE for target in domain.targets())
    else:
        page = None if app.builder.name == "singlehtml" else pagename
        shown = domain.dependencies(object, page)
        is_styled = any(not isinstance(one, _OF_RELEASE_NOTES) for _page, one in shown)
    if is_styled:
        app.add_css_file(_STYLES)
        if is_for_browsers(app.builder):
            app.add_css_file(_WEB_STYLES)


def setup(app: Sphinx) -> None:
    """Register the decorations."""
    app.connect("config-inited", _add_static_files)
    app.connect("html-page-context", add_styles)
    archives.setup(app)
    masthead.setup(app)
    countdown.setup(app)
    head.setup(app)
    app.connect("html-page-context", filter_.add_filter)
