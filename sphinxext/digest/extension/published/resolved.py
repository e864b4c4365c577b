"""Pages as they are written, for what is made of them after all of them were."""

from __future__ import annotations

from docutils import nodes

from sphinxext.digest.extension.addresses import Site
from sphinxext.digest.extension.domain import DigestDomain


def resolved_page(site: Site, docname: str) -> nodes.document:
    """The doctree of a page with its references resolved. It may be changed."""
    domain = DigestDomain.of(site.env)
    # the page is not being written, which others would take from the event that comes with this
    expected, domain.expected = domain.expected, None
    domain.is_silent = True
    try:
        doctree = site.env.get_doctree(docname)
        site.env.apply_post_transforms(doctree, docname)
    finally:
        domain.expected = expected
        domain.is_silent = False
    return doctree
