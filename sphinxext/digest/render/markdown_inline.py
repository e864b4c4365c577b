"""Words as Markdown: escapes, links and emphasis, by CommonMark and its extensions on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.render.labels import SILENT

#: Ends a line within a paragraph.
HARD_BREAK = "\\\n"

_SPECIAL = re.compile(r"[\\`*{}\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#a-zA-Z])")
#: What makes something else than a paragraph of a line that begins with it.
_BEGINNING = re.compile(r"(?:(#)|([-+=:])|(\d{1,9})([.)])(?=\s|$))")
_AUTOLINK = re.compile(r"(?:https?|mailto|ircs|matrix):[^\s<>]+", re.IGNORECASE)
#: What a URL between parentheses may not have.
_NOT_IN_URL = re.compile(r"[\s()<>\\\[\]`|*]")
_CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")
_BACKTICKS = re.compile(r"`+")


def escaped(text: str) -> str:
    """A text whose characters mean themselves, anywhere but at the beginning of a line."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def escaped_beginning(line: str) -> str:
    """A line that begins nothing else than a paragraph. Its other characters have been escaped before."""
    line = line.lstrip(" \t")
    match = _BEGINNING.match(line)
    if match is None:
        return line
    if match[3]:
        return f"{match[3]}\\{line[match.end(3) :]}"
    return f"\\{line}"


def words_of(node: nodes.Node, *, plain: bool = False) -> str:
    """The words of an element on one line.

    :param plain: without marks for emphasis, since what they stand in has them.
    """
    return " ".join(inline(node.children, plain=plain).split())


def inline(children: Iterable[nodes.Node], *, plain: bool = False) -> str:
    """Inline elements one after the other."""
    text = ""
    for child in children:
        piece = _inline(child, plain=plain)
        # an exclamation mark before a link would make a picture of it
        text = f"{text[:-1]}\\!{piece}" if piece.startswith("[") and text.endswith("!") else text + piece
    return text


def _inline(node: nodes.Node, *, plain: bool) -> str:
    if isinstance(node, nodes.Text):
        return escaped(node.astext())
    if isinstance(node, nodes.image):
        return picture(node)
    if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
        return ""
    if isinstance(node, nodes.literal | nodes.math):
        return code(node.astext())
    text = inline(node.children, plain=plain or isinstance(node, nodes.strong | nodes.emphasis))
    if isinstance(node, nodes.reference):
        return link(node, text)
    if not plain and isinstance(node, nodes.strong):
        return f"**{text}**"
    if not plain and isinstance(node, nodes.emphasis | nodes.title_reference):
        return f"*{text}*"
    if isinstance(node, nodes.footnote_reference | nodes.citation_reference):
        return f"\\[{text}\\]"
    return text


def link(node: nodes.Element, text: str) -> str:
    """A link, or only its text where it leads to another place of the same text."""
    url = node.get("refuri")
    if not url:
        return text
    if node.astext() == url and _AUTOLINK.fullmatch(url):
        return f"<{url}>"
    return f"[{text}]({url_in_parentheses(url)})"


def picture(node: nodes.Element) -> str:
    """A picture that is on the web, else its alternative text."""
    alternative = escaped(" ".join((node.get("alt") or node["uri"]).split()))
    if node["uri"].lower().startswith(("http://", "https://")):
        return f"![{alternative}]({url_in_parentheses(node['uri'])})"
    return alternative


def url_in_parentheses(url: str) -> str:
    """A URL in which nothing ends it, by RFC 3986's escapes, and nothing is a character reference."""
    url = _CHARACTER_REFERENCE.sub("&amp;", url)
    return _NOT_IN_URL.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)


def code(text: str) -> str:
    """A code span, between more backticks than the text has in a row."""
    text = " ".join(text.split("\n"))
    if not text.strip():
        return text
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    gap = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{gap}{text}{gap}{fence}"
