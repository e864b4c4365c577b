"""References that are resolved by the output that they are in, before Sphinx resolves all others."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.builders import IMPROVEMENT_CLASS, has_archives, is_for_browsers
from sphinxext.digest.extension.domain import ARCHIVE, LINE, PAGE, PUBLISHED, DigestDomain, build_state_of
from sphinxext.digest.extension.links import ADDRESS, SiteContext, link_as_written
from sphinxext.digest.extension.published import published_links


class OutputReferences(SphinxPostTransform):
    """Replaces placeholders of links to published files and to relative addresses of notes.

    Lines of lists that are nothing but a link to a page which the output does not have are taken away.
    """

    # before Sphinx asks the domain (priority 10), which knows of pages and their targets alone
    default_priority = 9

    def run(self, **_arguments: object) -> None:
        """Look at the references of our domain."""
        site = SiteContext(self.env, build_state_of(self.env).builder)
        reached = has_archives(site.builder)
        if not is_for_browsers(site.builder):
            leave_out_improvements(self.document)
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get("refdomain") != DigestDomain.name:
                continue
            docname, target = link.get("refdoc", self.env.docname), link["reftarget"]
            if link["reftype"] == PUBLISHED:
                link.replace_self(published_links(site, docname, target) or link[0])
            elif ADDRESS in link:
                link.replace_self(link_as_written(site, docname, link))
            elif link.get(LINE) and link["reftype"] == PAGE and not (reached and target in self.env.found_docs):
                _remove_line(link)


def leave_out_improvements(doctree: nodes.document) -> None:
    """Take the links to sources of notes out of a page: they are for readers of the site alone."""
    for link in list(doctree.findall(nodes.reference)):
        if IMPROVEMENT_CLASS in link["classes"]:
            _remove_line(link)


def leave_out_archives(doctree: nodes.document) -> None:
    """Take the links to archives out of a page whose links are made: a mail has the digest alone."""
    for link in list(doctree.findall(nodes.Element)):
        if link.get(ARCHIVE) == LINE:
            _remove_line(link)
        elif ARCHIVE in link and isinstance(link, nodes.reference):
            link.parent.replace(link, link.children)


def _remove_line(link: nodes.Element) -> None:
    """Take away the line of a link, and the list if that has no others."""
    item = link.parent.parent
    listing = item.parent
    listing.remove(item)
    if not listing.children:
        listing.parent.remove(listing)
