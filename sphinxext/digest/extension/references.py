"""References that an output cannot have: lines that lead to the pages of archives, where there are no such pages."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.builders import has_archives
from sphinxext.digest.extension.domain import ARCHIVE, LINE, PAGE, DigestDomain, build_state_of


class LinesWithoutPage(SphinxPostTransform):
    """Takes away the lines that would lead nowhere in an output."""

    # before Sphinx makes links (priority 10), or words, of what is to become one
    default_priority = 9

    def run(self, **_arguments: Any) -> None:
        """Take the items of lists away, and lists that have no others."""
        reached = has_archives(build_state_of(self.env).builder)
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get(LINE) and link["reftype"] == PAGE and link["refdomain"] == DigestDomain.name:
                if reached and link["reftarget"] in self.env.found_docs:
                    continue
                _remove_line(link)


def leave_out_archives(doctree: nodes.document) -> None:
    """Take the links to archives out of a page whose links are made: a mail has the digest alone."""
    for link in list(doctree.findall(nodes.Element)):
        if link.get(ARCHIVE) == LINE:
            _remove_line(link)
        elif ARCHIVE in link and isinstance(link, nodes.reference):
            link.parent.replace(link, link.children)


def _remove_line(link: nodes.Element) -> None:
    """Take away the line that a link stands in, and the list if that has no others."""
    item = link.parent.parent
    listing = item.parent
    listing.remove(item)
    if not listing.children:
        listing.parent.remove(listing)
