"""Where the pages of a collection belong: its name in their titles, breadcrumbs, the active entry of sidebars.

Archive pages are in no toctree, so that Sphinx knows nothing above them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinxext.digest.collection.archives import INDEX
from sphinxext.digest.extension.builders import is_for_browsers, is_site
from sphinxext.digest.extension.domain import DigestDomain, NotesTransform, build_state_of
from sphinxext.digest.settings.options import Settings, words_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from sphinxext.digest.extension.links import PageSummary

#: The pages above, before and after each page, as Sphinx has them.
Relations = Mapping[str, Sequence[str | None]]


class ArchiveLinks(NotesTransform):
    """Makes the line of links to archives a landmark with a name, which docutils does not know."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Add the tags; books are for programs of all ages."""
        build = build_state_of(self.env)
        if not is_for_browsers(build.builder):
            return
        # a build with nothing changed has no use for what makes archives
        from sphinxext.digest.extension.archives import NAVIGATION_CLASS

        label = escape(build.messages.gettext("Archives of the digests"))
        for listing in list(self.document.findall(nodes.bullet_list)):
            if NAVIGATION_CLASS in listing["classes"]:
                start = nodes.raw("", f'<nav aria-label="{label}">', format="html")
                listing.parent.replace(listing, [start, listing, nodes.raw("", "</nav>", format="html")])


def pages_above(domain: DigestDomain, docname: str, relations: Relations) -> list[str]:
    """Return the pages above one of an archive, from the top: the list of digests, and that of the archive."""
    found = _collection_of(domain, docname)
    if found is None:
        return []
    settings = found[0]
    kind, _, page = docname.removeprefix(f"{settings.pages}/").partition("/")
    if kind not in settings.archives or not page:
        return []
    above: list[str] = []
    name: str | None = domain.build_state.list_of(settings)
    while name and name not in above and name != domain.env.config.root_doc:
        above.insert(0, name)
        name = next(iter(relations.get(name, ())), None)
    index = f"{settings.pages}/{kind}/{INDEX}"
    return [name for name in (*above, *([index] if docname != index else [])) if name in domain.env.titles]


def place_page(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: object) -> None:
    """Let a page that is part of a collection say so in its title, its breadcrumbs and the sidebar."""
    domain = DigestDomain.of(app.env)
    found = _collection_of(domain, pagename)
    if doctree is None or found is None or not is_site(app.builder):
        return
    settings, described = found
    collection = words_of(settings, "collection_title", domain.build_state.messages)
    if described.title.endswith(_after(collection)):
        # themes strip tags in the title of a window, and show the rest in breadcrumbs, where the collection is already
        context["title"] = f"{context['title']}<span hidden>{escape(_after(collection))}</span>"
    builder: Any = app.builder
    names = pages_above(domain, pagename, builder.relations)
    if not names or context.get("parents"):
        return
    uris = [app.builder.get_relative_uri(pagename, name) for name in names]
    titles = [builder.render_partial(app.env.titles[name])["title"] for name in names]
    context["parents"] = [{"link": uri, "title": title} for uri, title in zip(uris, titles, strict=True)]
    if toctree := context.get("toctree"):
        context["toctree"] = _with_active(toctree, uris)


def title_in(collection: str, title: str) -> str:
    """Return the title of a page with the collection that it is part of."""
    return title if title == collection else f"{title}{_after(collection)}"


def _after(collection: str) -> str:
    return f" – {collection}"


def _collection_of(domain: DigestDomain, docname: str) -> tuple[Settings, PageSummary] | None:
    """Return the collection of a page that lists digests or is of an archive, with the summary of the page."""
    described: PageSummary | None = domain.data["described"].get(docname)
    if described is None or described.name:
        return None
    collections = domain.build_state.project.collections
    settings = next((one for one in collections if one.fragments == described.folder), None)
    return (settings, described) if settings is not None else None


def _with_active(toctree: Callable[..., str], uris: Sequence[str]) -> Callable[..., str]:
    """Return a function that marks the entries of some pages in a toctree as those that the page is below."""
    links = "|".join(re.escape(escape(uri)) for uri in uris)
    entry = re.compile(rf'<li class="(toctree-l[0-9]+)">(?=<a class="reference internal" href="(?:{links})">)')
    return lambda **options: entry.sub(r'<li class="\1 current">', toctree(**options))


def setup(app: Sphinx) -> None:
    """Register what tells where archive pages belong."""
    app.add_post_transform(ArchiveLinks)
    # before themes make sidebars of the context
    app.connect("html-page-context", place_page, priority=300)
