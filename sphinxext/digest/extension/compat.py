r"""What the outputs of builders of HTML are like, which decides what of ours they have and how it is reached.

The builder ``changes`` of Sphinx, which writes texts and titles into its list as they are.

Words that MathJax leaves alone.

MathJax looks for formulas in all text of a page, not only where Sphinx put some, and typesets ``\(\href{...}{...}\)``
from a nick or a title as well: links of any scheme, styles, identifiers. It passes by elements of these classes.

What some of Sphinx's writers cannot do with our nodes is done before they see them.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.domains.changeset import ChangeSet


#: A book and files of help have no other files than those that Sphinx knows of.
_CLOSED = frozenset({"epub", "htmlhelp", "qthelp", "devhelp", "applehelp"})
#: One page, and data that something else makes pages of: their pages have no addresses of their own.
_WITHOUT_ADDRESSES = _CLOSED | {"singlehtml", "json", "pickle"}


def is_for_browsers(builder: Builder) -> bool:
    """Whether an output is read on screens, with room beside the text; a book is read from its beginning."""
    return builder.format == "html" and builder.name != "epub"


def has_other_files(builder: Builder) -> bool:
    """Whether an output has files beside the pages that only a script asks for."""
    return builder.format == "html" and builder.name not in _CLOSED


def has_archives(builder: Builder) -> bool:
    """Whether an output has pages that are in no toctree, and links that lead to them."""
    return builder.format == "html" and builder.name != "singlehtml"


def is_site(builder: Builder) -> bool:
    """Whether an output is a site, whose pages have addresses."""
    return builder.format == "html" and builder.name not in _WITHOUT_ADDRESSES


def file_uri(path: str) -> str:
    """The address of a file beside the pages, seen from the folder of the output, as Sphinx has those of pages."""
    return quote(path)


def escape_changes(app: Sphinx) -> None:
    """Let the list have what pages say of versions as text: that of fragments is from outside."""
    if app.builder.name != "changes":
        return
    # the environment was saved when the builder asks for these; nothing else has them
    env, domain = app.env, app.env.get_domain("changeset")
    find = domain.get_changesets_for  # type: ignore[attr-defined]

    def find_escaped(version: str) -> list[ChangeSet]:
        found: list[ChangeSet] = find(version)
        for docname in {change.docname for change in found}:
            env.titles[docname] = nodes.title("", escape(env.titles[docname].astext()))
        return [change._replace(content=escape(change.content)) for change in found]

    domain.get_changesets_for = find_escaped  # type: ignore[attr-defined]


#: Of MathJax 2, and of MathJax 3 and 4.
IGNORED_CLASSES = ("tex2jax_ignore", "mathjax_ignore")
#: What MathJax passes by in any case, or typesets rightly.
_OTHERS = (nodes.FixedTextElement, nodes.math, nodes.math_block, nodes.raw)


def ignore_commands(elements: Iterable[nodes.Element]) -> None:
    """Hide from MathJax all words with a backslash: formulas without any command do nothing."""
    for element in elements:
        if isinstance(element, nodes.literal):
            # keys are the only ones of them that do not become code
            if "kbd" in element["classes"]:
                element["classes"] += IGNORED_CLASSES
        elif not isinstance(element, _OTHERS):
            for child in list(element.children):
                if isinstance(child, nodes.Text) and "\\" in child:
                    element.replace(child, plain_words(child))


def plain_words(words: str) -> nodes.inline:
    """Words in an element of their own, which is hidden from MathJax if it has to be."""
    classes = list(IGNORED_CLASSES) if "\\" in words else []
    return nodes.inline("", "", words if isinstance(words, nodes.Text) else nodes.Text(words), classes=classes)


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


def setup(app: Sphinx) -> None:
    """Register what changes doctrees and lists for writers of Sphinx that cannot do it themselves."""
    app.add_post_transform(KeptAnchors)
    app.add_post_transform(OpenContainers)
    app.connect("builder-inited", escape_changes)
