"""Lines of lists that are nothing but a link to a page of an archive."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.domain import PAGE, DigestDomain

#: Marks a link without which its line says nothing.
_LINE = "line"


def line_of(link: nodes.Element) -> nodes.list_item:
    """A line of a list that is nothing but a link; where there are no such links, there is no line."""
    link[_LINE] = True
    return nodes.list_item("", nodes.paragraph("", "", link))


class LinesWithoutPage(SphinxPostTransform):
    """Takes away the lines that would lead nowhere in an output."""

    # before Sphinx makes links (priority 10), or words, of what is to become one
    default_priority = 9

    def run(self, **_arguments: Any) -> None:
        """Take the items of lists away, and lists that have no others."""
        reached = DigestDomain.of(self.env).has_archives
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get(_LINE) and link["reftype"] == PAGE and link["refdomain"] == DigestDomain.name:
                if reached and link["reftarget"] in self.env.found_docs:
                    continue
                item = link.parent.parent
                listing = item.parent
                listing.remove(item)
                if not listing.children:
                    listing.parent.remove(listing)
