"""Find out what kinds of nodes a text has, in one walk, so that most steps of its processing need no walk.

Most texts are paragraphs and lists with links. docutils' transforms that resolve names, and the checks of what a text
may have, would look for a dozen kinds of nodes in each of them, one after the other.
"""

from __future__ import annotations

from docutils import nodes
from docutils.transforms import references

#: The transforms that resolve names inside a text, in docutils' order of priority.
_TRANSFORMS = (
    references.Substitutions,
    references.PropagateTargets,
    references.AnonymousHyperlinks,
    references.IndirectHyperlinks,
    references.Footnotes,
    references.ExternalTargets,
    references.InternalTargets,
    references.DanglingReferences,
)
#: What these look for.
_NAMED = (
    nodes.target,
    nodes.substitution_definition,
    nodes.substitution_reference,
    nodes.footnote,
    nodes.footnote_reference,
    nodes.citation,
    nodes.citation_reference,
)
#: The deepest nesting of nodes in a text. docutils' and Sphinx's own functions recurse, and each of them further
#: down Python's stack than the last, so that a text which one can just read may end another.
MAX_DEPTH = 60


class NodeKinds(frozenset[type[nodes.Node]]):
    """The classes of the nodes in a document."""

    @classmethod
    def of(cls, document: nodes.document, depth: int) -> NodeKinds | None:
        """Return the kinds of nodes below a document, or None if they are nested deeper than a number of levels."""
        found: set[type[nodes.Node]] = set()
        level: list[nodes.Node] = [document]
        while level and depth:
            level = [child for node in level for child in node.children]
            found.update(map(type, level))
            depth -= 1
        return None if level else cls(found)

    def has(self, *kinds: type[nodes.Node]) -> bool:
        """Return True if there are nodes of one of some kinds, or of kinds made of these."""
        return any(issubclass(kind, kinds) for kind in self)

    @property
    def has_unseen(self) -> bool:
        """Return True if there may be nodes that have done their work and show nowhere."""
        unseen = nodes.target, nodes.substitution_definition, nodes.comment
        return self.has(*unseen) or any(kind.__name__ == "index" for kind in self)


def resolved(document: nodes.document) -> NodeKinds | None:
    """Resolve the names in a document, and return the kinds of its nodes; None if they are nested too deeply."""
    kinds = NodeKinds.of(document, MAX_DEPTH)
    if kinds is None or not _has_names(document, kinds):
        return kinds
    document.transformer.add_transforms(_TRANSFORMS)
    document.transformer.apply_transforms()
    after = NodeKinds.of(document, MAX_DEPTH)
    return None if after is None else NodeKinds(kinds | after)


def _has_names(document: nodes.document, kinds: NodeKinds) -> bool:
    """Return True if there is a name in a document that a transform has to resolve.

    :param kinds: those of its nodes.
    """
    if kinds.has(*_NAMED) or document.transformer.transforms:
        return True
    return kinds.has(nodes.reference) and any(
        "refname" in link or "anonymous" in link for link in document.findall(nodes.reference)
    )
