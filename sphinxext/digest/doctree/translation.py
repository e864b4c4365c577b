"""Replace the words of a text by their translation.

This happens in the text's own document, before its names are resolved. There the translation can use the names,
footnotes and replacements of the text; on the page, where Sphinx translates, none of them is known. Identifiers stay
those of the original, so that links work in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, Protocol

from docutils import nodes

#: Elements whose words are no markup.
_LITERAL = (nodes.literal_block, nodes.doctest_block, nodes.math_block)


class Translation(Protocol):
    """The catalogue of a page."""

    def messages(self, document: nodes.document) -> Iterable[tuple[nodes.Element, str]]:
        """Yield the elements of a document that can be translated, each with its message."""

    def find(self, message: str) -> str:
        """Return the translation of a message, or an empty string."""


#: Parses a translation in a document and returns what it is as the content of one paragraph.
Parse = Callable[[str, int], list[nodes.Node]]


def translate(document: nodes.document, translation: Translation, parse: Parse) -> None:
    """Translate the elements of a document that the catalogue has; they are marked, as Sphinx does it."""
    for node, message in list(translation.messages(document)):
        translated = translation.find(message)
        if not translated or translated == message:
            continue
        if isinstance(node, nodes.image):
            node["alt"] = translated if node.get("alt") == message else node.get("alt", "")
        elif isinstance(node, _LITERAL):
            node.rawsource = translated
            node.children = [nodes.Text(translated)]
            node.setup_child(node.children[0])
        elif isinstance(node, nodes.TextElement):
            _replace_words(node, document, translated, parse)
            mark_translated(node)


def mark_translated(node: nodes.Element) -> None:
    """Let Sphinx know that an element is translated, and leave it as it is; see :func:`is_marked`."""
    node["translated"] = True
    node["translatable"] = False


def is_marked(node: nodes.Element) -> bool:
    """Return True if an element has been translated already."""
    return node.get("translated") is True and node.get("translatable") is False


def _replace_words(node: nodes.Element, document: nodes.document, translated: str, parse: Parse) -> None:
    before = list(node.findall(nodes.Element))[1:]
    _forget(document, before)
    node.children = parse(translated, node.line or 1)
    for child in node.children:
        node.setup_child(child)
    after = list(node.findall(nodes.Element))[1:]
    _keep_identifiers(document, before, after)
    _keep_names(document, before, after)


def _forget(document: nodes.document, gone: list[nodes.Element]) -> None:
    """Take elements out of what a document knows by name and in order."""
    identities = set(map(id, gone))
    tables: tuple[dict[str, list[Any]], ...] = (document.refnames, document.footnote_refs, document.citation_refs)
    for table in tables:
        for name, references in list(table.items()):
            table[name] = [reference for reference in references if id(reference) not in identities]
            if not table[name]:
                del table[name]
    listings: tuple[list[Any], ...] = (
        document.autofootnote_refs,
        document.symbol_footnote_refs,
        document.indirect_targets,
    )
    for listing in listings:
        listing[:] = [reference for reference in listing if id(reference) not in identities]
    names: list[list[str]] = [node.get("names", []) for node in gone]
    for name in chain.from_iterable(names):
        document.nameids.pop(name, None)
        document.nametypes.pop(name, None)
    for node in gone:
        for identifier in _identifiers(node):
            document.ids.pop(identifier, None)


def _identifiers(node: nodes.Element) -> list[str]:
    found: list[str] = node.get("ids", [])
    return found


def _keep_identifiers(document: nodes.document, before: list[nodes.Element], after: list[nodes.Element]) -> None:
    """Give the footnotes' marks and the targets of a translation the identifiers of those of the original."""
    for kind in {type(node) for node in before if node.get("ids")}:
        old, new = ([node for node in nodes_ if type(node) is kind and node.get("ids")] for nodes_ in (before, after))
        for original, translated in zip(old, new, strict=False):
            for identifier in translated["ids"]:
                document.ids.pop(identifier, None)
            translated["ids"] = original["ids"]
            document.ids.update(dict.fromkeys(original["ids"], translated))
            names: list[str] = translated.get("names", [])
            document.nameids.update(dict.fromkeys(names, original["ids"][0]))


def _keep_names(document: nodes.document, before: list[nodes.Element], after: list[nodes.Element]) -> None:
    """Let references whose words are names, as in ```proposal`_``, lead to what those of the original lead to."""
    used = {node["refname"] for node in after if "refname" in node}
    spare = [node["refname"] for node in before if node.get("refname") and node["refname"] not in used]
    for node in after:
        if isinstance(node, nodes.reference) and "refname" in node and node["refname"] not in document.nameids:
            if not spare:
                return
            document.refnames.get(node["refname"], []).clear()
            node["refname"] = spare.pop(0)
            document.note_refname(node)
