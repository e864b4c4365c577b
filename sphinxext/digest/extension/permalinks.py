"""A link to itself behind each line of a list that can be linked to, as Sphinx has them behind headings."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.domain import DigestDomain


class Permalinks(SphinxPostTransform):
    """Puts the links behind successes and items, where the project wants such links."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: Any) -> None:
        """Add a link to the first paragraph of each line."""
        domain = DigestDomain.of(self.env)
        if not (self.config.html_permalinks and getattr(domain.builder, "add_permalinks", False)):
            return
        gettext = domain.words.gettext
        names = {
            "digest-successes": gettext("Permalink to this success"),
            "digest-items": gettext("Permalink to this item"),
        }
        for listing in self.document.findall(nodes.bullet_list):
            name = next((names[kind] for kind in listing["classes"] if kind in names), None)
            if name is not None:
                for item in listing.children:
                    self._add(item, name)

    def _add(self, item: nodes.Node, name: str) -> None:
        line = item.next_node(nodes.paragraph)
        place = line.children[0] if line is not None and line.children else None
        if line is not None and isinstance(place, nodes.target) and place["ids"]:
            # the icon may be a picture of HTML, as behind headings
            html = (
                f' <a class="headerlink" href="#{escape(place["ids"][0])}" title="{escape(name)}" '
                f'aria-label="{escape(name)}">{self.config.html_permalinks_icon}</a>'
            )
            line += nodes.raw("", html, format="html")
