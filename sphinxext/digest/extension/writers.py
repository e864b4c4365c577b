"""What some of Sphinx's writers cannot do with our nodes is done before they see them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

#: Begins the classes of all that our directives make.
_OURS = "digest-"


class KeptAnchors(SphinxPostTransform):
    """Lets links lead to rubrics and containers: the writers of LaTeX and Texinfo write no identifiers for them."""

    formats = ("latex", "texinfo")
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: Any) -> None:
        """Move the identifiers to a target before each of them."""
        for node in _own(self.document.findall(nodes.rubric), self.document.findall(nodes.container)):
            identifiers = [name for name in node["ids"] if name not in _targets_before(node)]
            node["ids"] = []
            if identifiers:
                place = node.parent.index(node)
                # Texinfo has no anchors at the very beginning of a box
                place = place or int(isinstance(node.parent, nodes.Admonition))
                node.parent.insert(place, nodes.target("", "", ids=identifiers))


class OpenContainers(SphinxPostTransform):
    """Takes containers away for manual pages, where the first paragraph of one goes on in the line before it."""

    formats = ("man",)
    default_priority = 60

    def run(self, **_arguments: Any) -> None:
        """Put what is in a container into its place."""
        for node in _own(self.document.findall(nodes.container)):
            node.parent.replace(node, node.children)


def _own(*found: Iterable[nodes.Element]) -> list[nodes.Element]:
    return [node for some in found for node in some if any(name.startswith(_OURS) for name in node["classes"])]


def _targets_before(node: nodes.Element) -> set[str]:
    """The identifiers that docutils gave a node from the targets before it, which are written with those."""
    before = reversed(node.parent.children[: node.parent.index(node)])
    targets = takewhile(lambda sibling: isinstance(sibling, nodes.target), before)
    return {target["refid"] for target in targets if "refid" in target}
