"""Toctrees that lead back to their own page: a list of digests has no entry for a digest that is above it.

A page with a ``digest`` directive may have the list of digests in its toctree, and the list would have that page in
its own. Sphinx follows such a circle until Python ends it with a RecursionError.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.domain import LISTING_TOCTREE, DigestDomain, build_state_of
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.problems import Code

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class OpenToctrees(SphinxPostTransform):
    """Takes the entries out of the toctrees of a page that :func:`open_circles` has found."""

    default_priority = 5

    def run(self, **_arguments: Any) -> None:
        """Look at the toctrees of lists of digests."""
        _take_out(self.document, DigestDomain.of(self.env).data["circles"].get(self.env.docname, ()))


def open_circles(_app: Sphinx, env: BuildEnvironment) -> None:
    """Take those pages out of the toctrees of lists of digests that lead to the list themselves."""
    circles: dict[str, list[str]] = DigestDomain.of(env).data["circles"]
    build = build_state_of(env)
    digests = {page for settings in build.project.collections for page in build.explicit_pages(settings).values()}
    for docname in sorted(name for name, children in env.toctree_includes.items() if not digests.isdisjoint(children)):
        toctrees = [node for node in env.tocs[docname].findall(addnodes.toctree) if LISTING_TOCTREE in node]
        # all others are lists, whose own entries are looked at in their turn
        listed = dict.fromkeys(child for node in toctrees for child in node["includefiles"] if child in digests)
        if not listed:
            continue
        above = _pages_above(env, docname)
        if found := [child for child in listed if child in above]:
            circles[docname] = found
            _take_out(env.tocs[docname], found)
            env.toctree_includes[docname] = [child for child in env.toctree_includes[docname] if child not in found]
    for docname in sorted({child for found in circles.values() for child in found}):
        message = (
            "the toctree of this page leads to the list of digests, which lists this page as well: "
            "the list links to it, but has no toctree entry for it"
        )
        warn_at(docname, Code.PAGE_CONFLICT, message)


def _pages_above(env: BuildEnvironment, docname: str) -> set[str]:
    """Return the pages whose toctrees lead to a page."""
    parents: dict[str, list[str]] = {}
    for parent, children in env.toctree_includes.items():
        for child in children:
            parents.setdefault(child, []).append(parent)
    above: set[str] = set()
    left = [docname]
    while left:
        found = set(parents.get(left.pop(), ())) - above
        above |= found
        left += found
    return above


def _take_out(tree: nodes.Element, docnames: Iterable[str]) -> None:
    for node in tree.findall(addnodes.toctree):
        if LISTING_TOCTREE in node:
            node["entries"] = [entry for entry in node["entries"] if entry[1] not in docnames]
            node["includefiles"] = [name for name in node["includefiles"] if name not in docnames]
