"""Words as Markdown: escapes, links and emphasis, by CommonMark and its extensions on GitHub.

GitHub makes more of a text than Markdown does: it notifies people, links issues and commits, and shows emoji. It looks
for these in the text that is left after all escapes, so that only another character in between keeps it from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from docutils import nodes

from sphinxext.digest.render.blocks import SILENT

#: Ends a line within a paragraph.
HARD_BREAK = "\\\n"

#: Stands between characters that would mean something together on GitHub, and has no width.
ZERO_WIDTH_SPACE = "\u200b"

_SPECIAL = re.compile(r"[\\`*{}\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=[#a-zA-Z])")
#: The beginnings of GitHub's own markup: the first character of ``@name`` and ``#12``, the ``GH`` of ``GH-12``,
#: and the first colon of ``:name:``. Digits alone are rather a part of a time, but for ``:100:`` and ``:1234:``.
_ON_GITHUB = re.compile(
    r"(?<![a-zA-Z0-9])@(?=[a-zA-Z0-9])|#(?=[0-9])|(?<![a-zA-Z0-9])[gG][hH](?=-[0-9])"
    r"|:(?=(?=[0-9]{0,40}[a-zA-Z+_-]|100:|1234:)[a-zA-Z0-9+_-]{1,40}:)"
)
#: A possible name of a commit; without a letter it is rather a number.
_COMMIT = re.compile(r"(?<![a-zA-Z0-9_])(?=[0-9]{0,40}[a-f])[0-9a-f]{7,40}(?![a-zA-Z0-9_])")
#: The beginnings of lines that are not paragraphs.
_BEGINNING = re.compile(r"(?:(#)|([-+=:]|-{2,}|={2,})|(\d{1,9})([.)]))(?=\s|$)")
_AUTOLINK = re.compile(r"(?:https?|mailto|ircs|matrix):[^\s<>]+", re.IGNORECASE)
#: The characters that a URL in parentheses may not have.
_NOT_IN_URL = re.compile(r"[\s()<>\\\[\]`|*]")
_CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")
_BACKTICKS = re.compile(r"`+")
#: Elements that become more than their text.
_MARKED = (nodes.image, nodes.literal, nodes.math, nodes.footnote_reference, nodes.citation_reference)
_EMPHASIS = (nodes.strong, nodes.emphasis, nodes.title_reference)


def escaped(text: str) -> str:
    """Escape a text for any place but the beginning of a line.

    A possible commit becomes code, in which GitHub links nothing and from which it can be copied.
    """
    start, parts = 0, []
    for match in _COMMIT.finditer(text):
        parts += [_escaped(text[start : match.start()]), code(match[0])]
        start = match.end()
    return "".join([*parts, _escaped(text[start:])])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _ON_GITHUB.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text))


def escaped_beginning(line: str) -> str:
    """Escape the beginning of a line so that it begins a paragraph; the rest has been escaped before."""
    line = line.lstrip(" \t")
    match = _BEGINNING.match(line)
    if match is None:
        return line
    if match[3]:
        return f"{match[3]}\\{line[match.end(3) :]}"
    return f"\\{line}"


def words_of(node: nodes.Node, *, plain: bool = False) -> str:
    """Return the words of an element on one line.

    :param plain: without marks of emphasis, since their parent has them.
    """
    return " ".join(inline(node.children, plain=plain).split())


def inline(children: Iterable[nodes.Node], *, plain: bool = False) -> str:
    """Return inline elements one after the other."""
    text = ""
    for child in _joined(children, plain=plain):
        piece = escaped(child) if isinstance(child, str) else _inline(child, plain=plain)
        # an exclamation mark before a link would make a picture of it
        text = f"{text[:-1]}\\!{piece}" if piece.startswith("[") and text.endswith("!") else text + piece
    return text


def _joined(children: Iterable[nodes.Node], *, plain: bool) -> Iterator[str | nodes.Node]:
    """Yield the elements with marks, and between them the text, also of elements without marks."""
    pending: list[str] = []
    for child in _unmarked(children, plain=plain):
        if isinstance(child, nodes.Text):
            pending.append(child.astext())
            continue
        if pending:
            yield "".join(pending)
            pending.clear()
        yield child
    if pending:
        yield "".join(pending)


def _unmarked(children: Iterable[nodes.Node], *, plain: bool) -> Iterator[nodes.Node]:
    for child in children:
        is_marked = isinstance(child, _MARKED) or (not plain and isinstance(child, _EMPHASIS))
        is_link = isinstance(child, nodes.reference) and child.get("refuri")
        if isinstance(child, nodes.Text) or is_marked or is_link:
            yield child
        elif isinstance(child, nodes.Element) and not isinstance(child, SILENT):
            yield from _unmarked(child.children, plain=plain)


def _inline(node: nodes.Node, *, plain: bool) -> str:
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
    """Return a link, or only its text if it leads to another place of the same text."""
    url = node.get("refuri")
    if not url:
        return text
    if node.astext() == url and _AUTOLINK.fullmatch(url):
        return f"<{url}>"
    return f"[{text}]({url_in_parentheses(url)})"


def picture(node: nodes.Element) -> str:
    """Return a picture on the web, or the alternative text of another one."""
    words = " ".join((node.get("alt") or node["uri"]).split())
    if node["uri"].lower().startswith(("http://", "https://")):
        return f"![{_escaped(words)}]({url_in_parentheses(node['uri'])})"
    return escaped(words)


def url_in_parentheses(url: str) -> str:
    """Percent-encode the characters that would end a URL in parentheses, and escape character references."""
    url = _CHARACTER_REFERENCE.sub("&amp;", url)
    return _NOT_IN_URL.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)


def code(text: str) -> str:
    """Return a code span, with more backticks around it than the text has in a row."""
    text = " ".join(text.split("\n"))
    if not text.strip():
        return text
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    gap = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{gap}{text}{gap}{fence}"
