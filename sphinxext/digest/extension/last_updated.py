"""When a generated page was last updated: on the day of its newest note.

Extensions that ask git for it would ask for the source of the page, which is no file of any repository.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from sphinxext.digest.extension.addresses import shown_collections
from sphinxext.digest.extension.domain import DigestDomain, NotesIndex
from sphinxext.digest.extension.edit_links import is_generated

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

#: The module whose listener asks git for each page, and says so where git does not know the file.
_OPENSTACK = "openstackdocstheme.page_context"
#: The sources of generated pages, as sphinx-last-updated-by-git names files.
_STUBS = "**.digest"
#: The page of the index of the domain, which has no document.
_INDEX = f"{DigestDomain.name}-{NotesIndex.name}"


def keep_from_git(_app: Sphinx, config: Config) -> None:
    """Keep sphinx-last-updated-by-git from asking for generated pages."""
    if "git_exclude_patterns" in config:
        config.git_exclude_patterns = [*config.git_exclude_patterns, _STUBS]


def say_last_updated(_app: Sphinx, env: BuildEnvironment) -> None:
    """Tell sphinx-last-updated-by-git the days of generated pages."""
    known: dict[str, Any] | None = getattr(env, "git_last_updated", None)
    for docname in (known or {}).keys() & env.found_docs:
        if known is not None and is_generated(env, docname) and (moment := last_updated(env, docname)):
            known[docname] = (str(int(moment.timestamp())), True)


def spare_openstackdocstheme(app: Sphinx) -> None:
    """Let openstackdocstheme ask git for the pages that have files; for others nothing that it asks has an answer."""
    listeners = app.events.listeners.get("html-page-context", [])
    for place, listener in enumerate(listeners):
        if getattr(listener.handler, "__module__", "") == _OPENSTACK:
            listeners[place] = listener._replace(handler=_sparing(listener.handler))


def last_updated(env: BuildEnvironment, docname: str) -> datetime | None:
    """Return midnight UTC of the day of the newest note on a page, or of its collection if it has none."""
    known: dict[str, dict[str, str]] = DigestDomain.of(env).data["fragments"]
    days = list(known.get(docname, {}).values())
    if not days:
        collections = shown_collections(env, docname if docname != _INDEX else None)
        folders = tuple(f"{settings.fragments}/" for settings in collections)
        days = [day for found in known.values() for path, day in found.items() if path.startswith(folders)]
    return datetime.combine(date.fromisoformat(max(days)), time(), UTC) if days else None


def _sparing(handler: Callable[..., Any]) -> Callable[..., Any]:
    def listener(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> Any:
        if pagename != _INDEX and not is_generated(app.env, pagename):
            return handler(app, pagename, template, context, doctree)
        # as the theme has it: without a time zone
        moment = last_updated(app.env, pagename)
        context["last_updated"] = moment.replace(tzinfo=None) if moment is not None else None
        return None

    return listener
