"""What a digest is about, in a sentence or two of plain text."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

from sphinxext.digest.doctree.lines import PROJECT_NAME_CLASS, SOURCE_CLASS
from sphinxext.digest.doctree.notes import WHERE_CLASS
from sphinxext.digest.model import ENGLISH, Kind, Words
from sphinxext.digest.model.words import filled

#: How many characters a description has at most. Search engines show about as many.
MAX_LENGTH = 200
#: What is put after the words of a note.
_ASIDES = frozenset({PROJECT_NAME_CLASS, SOURCE_CLASS, WHERE_CLASS})
#: The notes whose titles tell most of a digest.
_TITLED = (f"digest-{Kind.THREAD}-section", f"digest-{Kind.STORY}-section")


def digest_summary(parts: Iterable[nodes.Node], counts: str, words: Words = ENGLISH) -> str:
    """The beginning of a digest's prelude, or how many notes it has and the titles of its threads and stories.

    :param parts: the nodes of the digest.
    :param counts: the numbers of its notes in words.
    """
    elements = [part for part in parts if isinstance(part, nodes.Element)]
    for part in elements:
        paragraph = part.next_node(nodes.paragraph) if "digest-prelude" in part["classes"] else None
        if paragraph is not None and (text := plain_words(paragraph)):
            return shortened(text)
    headings = [_heading(part) for part in elements if any(name in part["classes"] for name in _TITLED)]
    titles = words.gettext("; ").join(title for title in headings if title)
    if not titles:
        return shortened(counts)
    return shortened(filled(words.gettext("{title}: {text}"), title=counts, text=titles) if counts else titles)


def plain_words(node: nodes.Node) -> str:
    """The words of an element on one line, without the links and names that are put after them."""
    if isinstance(node, nodes.Text):
        return " ".join(node.astext().split())
    words: list[str] = []
    for text in node.findall(nodes.Text):
        holder = text.parent
        while holder is not None and holder is not node:
            if _ASIDES.intersection(holder.get("classes", ())) or isinstance(holder, nodes.raw):
                break
            holder = holder.parent
        else:
            words.append(text.astext())
    return " ".join("".join(words).split())


def shortened(text: str, length: int = MAX_LENGTH) -> str:
    """A text of at most so many characters, which ends with a whole word where there are words."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return f"{words.rstrip(' ,;:')}…"


def _heading(part: nodes.Element) -> str:
    title = part.next_node(nodes.title) if isinstance(part, nodes.section) else part
    return plain_words(title) if title is not None else ""
