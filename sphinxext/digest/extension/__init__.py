"""The Sphinx extension: all that knows Sphinx."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest import __version__
from sphinxext.digest.extension.archives.lines import LinesWithoutPage
from sphinxext.digest.extension.circles import OpenToctrees, open_circles
from sphinxext.digest.extension.compat import (
    KeptAnchors,
    OpenContainers,
    escape_changes,
    is_for_browsers,
)
from sphinxext.digest.extension.config import CONFIG_VALUES
from sphinxext.digest.extension.dependencies import outdated_documents
from sphinxext.digest.extension.domain import DigestDomain, NotesIndex, begin_reading, end_build, open_build
from sphinxext.digest.extension.html.filter import SCRIPT as FILTER_SCRIPT
from sphinxext.digest.extension.html.filter import STYLES as FILTER_STYLES
from sphinxext.digest.extension.html.filter import add_filter
from sphinxext.digest.extension.html.head import (
    add_to_head,
    keep_from_git,
    replace_edit_links,
    say_last_updated,
    spare_openstackdocstheme,
)
from sphinxext.digest.extension.html.masthead import (
    SCRIPT,
    DayElements,
    Folds,
    LargeDays,
    Mastheads,
    Permalinks,
    add_script,
    follow_days,
)
from sphinxext.digest.extension.i18n import add_catalogues
from sphinxext.digest.extension.leftovers import remove_leftovers, save_outputs
from sphinxext.digest.extension.linkcheck import LinkPlaces, name_fragments, report_problems
from sphinxext.digest.extension.mail_builder import DigestMailBuilder, LinkNumbers, MailsOfPages
from sphinxext.digest.extension.pages import STUB_SUFFIX, add_pages, recall_pages
from sphinxext.digest.extension.published.feeds import warn_of_topics
from sphinxext.digest.extension.publishers import publish_beside_pages
from sphinxext.digest.extension.releases import StableAnchors, keep_from_labels
from sphinxext.digest.extension.rewrite import (
    note_read,
    note_tree,
    note_written,
    outdated_outputs,
    remember_links,
    save_written,
    watch_writes,
)
from sphinxext.digest.extension.translation import WordsForTranslators

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

_STATIC = Path(__file__).parent / "static"
_WEB_STYLES = "digest-web.css"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what the extension has; nothing is read before the builder is there."""
    for name, description in CONFIG_VALUES.items():
        # No default and no types: an option that conf.py does not set may be set by the settings file, and our checks
        # report a wrong value at its line. No rebuild kind: each page has a checksum of the settings it shows.
        app.add_config_value(name, None, "", description=description)
    add_catalogues(app)
    NotesIndex.translate()
    app.add_domain(DigestDomain)
    app.add_builder(DigestMailBuilder)
    app.add_source_suffix(STUB_SUFFIX, "restructuredtext")
    app.add_transform(StableAnchors)
    app.add_transform(WordsForTranslators)
    app.add_post_transform(LinesWithoutPage)
    app.add_post_transform(OpenToctrees)
    app.add_post_transform(MailsOfPages)
    app.add_post_transform(LinkNumbers)
    app.add_post_transform(DayElements)
    app.add_post_transform(LargeDays)
    app.add_post_transform(Mastheads)
    app.add_post_transform(Permalinks)
    app.add_post_transform(Folds)
    app.add_post_transform(KeptAnchors)
    app.add_post_transform(OpenContainers)
    app.add_post_transform(LinkPlaces)
    app.connect("config-inited", keep_from_labels)
    app.connect("config-inited", _add_stylesheet)
    app.connect("config-inited", keep_from_git)
    app.connect("builder-inited", _add_web_styles)
    app.connect("builder-inited", open_build)
    app.connect("builder-inited", warn_of_topics)
    app.connect("builder-inited", add_pages)
    app.connect("builder-inited", watch_writes)
    app.connect("builder-inited", escape_changes)
    app.connect("builder-inited", name_fragments)
    app.connect("builder-inited", replace_edit_links)
    # after the theme, whichever extension is listed first
    app.connect("builder-inited", spare_openstackdocstheme, priority=900)
    # after autosummary, which opens the file of each document
    app.connect("builder-inited", recall_pages, priority=900)
    app.connect("env-get-outdated", outdated_documents)
    app.connect("env-before-read-docs", _add_directives)
    app.connect("env-before-read-docs", note_read)
    app.connect("source-read", begin_reading)
    app.connect("doctree-read", remember_links)
    app.connect("env-updated", report_problems)
    app.connect("env-updated", open_circles)
    app.connect("env-updated", outdated_outputs)
    app.connect("env-updated", remove_leftovers)
    app.connect("env-updated", say_last_updated, priority=900)
    app.connect("doctree-resolved", note_written)
    # before themes that make their sidebars in the same event
    app.connect("html-page-context", note_tree, priority=100)
    app.connect("html-page-context", add_script)
    # before what looks at the head, such as sphinxext-opengraph
    app.connect("html-page-context", add_to_head, priority=400)
    app.connect("html-page-context", follow_days, priority=100)
    app.connect("html-page-context", add_filter)
    # before anything fails, and after others have changed what was written
    app.connect("build-finished", save_outputs, priority=100)
    app.connect("build-finished", save_outputs, priority=900)
    app.connect("build-finished", end_build)
    app.connect("build-finished", save_written)
    app.connect("build-finished", publish_beside_pages)
    return {
        "version": __version__,
        "env_version": DigestDomain.data_version,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_directives(app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
    # when the first page is about to be read: with the directives comes most of the package, of which a build with
    # nothing changed has no use, and others' directives are all there, whichever extension is listed first
    if docnames:
        from sphinxext.digest.extension.directives import DIRECTIVES, REPLACEMENTS

        for name, directive in (*DIRECTIVES.items(), *REPLACEMENTS.items()):
            app.add_directive(name, directive, override=name in REPLACEMENTS)


def _add_stylesheet(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(_STATIC))
    app.add_css_file("digest.css")
    # what a book may not have, and what it does not use
    excluded = (f"_static/{name}" for name in (_WEB_STYLES, SCRIPT, FILTER_SCRIPT, FILTER_STYLES))
    config.epub_exclude_files = [*config.epub_exclude_files, *excluded]


def _add_web_styles(app: Sphinx) -> None:
    if is_for_browsers(app.builder):
        app.add_css_file(_WEB_STYLES)
