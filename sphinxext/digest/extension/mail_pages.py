"""The plain-text mail of a digest, made of its page."""

from __future__ import annotations

from urllib.parse import quote

from docutils import nodes

from sphinxext.digest.doctree.digest import REFERENCES_CLASS
from sphinxext.digest.doctree.references import NUMBER_CLASS
from sphinxext.digest.extension.archives.lines import leave_out_archives
from sphinxext.digest.model import Words
from sphinxext.digest.render.addresses import URL_CHARACTERS, whole_address
from sphinxext.digest.render.labels import admonition_label
from sphinxext.digest.render.mail_text import mail_text


def mail_of_page(doctree: nodes.document, url: str, words: Words) -> str:
    """The mail of a page, whose doctree is changed.

    :param doctree: with its references resolved.
    :param url: where the page is published; without it references to other pages become words.
    """
    leave_out_archives(doctree)
    return mail_text(parts_of_page(doctree, url), url or None, words=words)


def parts_of_page(doctree: nodes.document, url: str) -> list[nodes.Node]:
    """What is on a page below its title, without the numbers that its links have there, and with whole addresses."""
    _undo_writing(doctree)
    for node in list(doctree.findall(nodes.Element)):
        if NUMBER_CLASS in node.get("classes", ()):
            space = node.previous_sibling()
            if isinstance(space, nodes.Text) and space == " ":
                node.parent.remove(space)
            node.parent.remove(node)
        elif f"digest-{REFERENCES_CLASS}-section" in node.get("classes", ()):
            node.parent.remove(node)
    for link in list(doctree.findall(nodes.reference)):
        if url and "refuri" in link:
            # addresses of pages may be unescaped, as the builder "dirhtml" has them
            target = quote(link["refuri"], safe=URL_CHARACTERS) if link.get("internal") else link["refuri"]
            link["refuri"] = whole_address(url, target)
        elif link.get("internal") and not url:
            link.parent.replace(link, link.children)
    pages = [node for node in doctree.children if isinstance(node, nodes.section)]
    below = [node for page in pages for node in page.children if not isinstance(node, nodes.title)]
    return below or list(doctree.children)


def _undo_writing(doctree: nodes.document) -> None:
    """Take back what Sphinx changes in a doctree while it writes HTML: titles of admonitions, places of pictures."""
    for node in list(doctree.findall(nodes.Element)):
        if admonition_label(node) and node.children and isinstance(node.children[0], nodes.title):
            del node[0]
        elif isinstance(node, nodes.image) and not node.get("alt") and "://" not in node["uri"]:
            node["alt"] = node["uri"].rpartition("/")[2]
