"""The plain text of a digest as it is mailed."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from sphinxext.digest.compose import References
from sphinxext.digest.doctree.notes import NEIGHBOUR_CLASS, PROJECT_CLASS
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.model import ENGLISH, Words
from sphinxext.digest.model.words import filled
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.render.wrap import WIDTH


def mail_text(
    parts: Sequence[nodes.Node], page_url: str | None = None, width: int = WIDTH, words: Words = ENGLISH
) -> str:
    """A digest in the layout of OpenStack's mails: where its page is, the sections, and the list of links.

    A mail stays what it was when it was sent, so that it says nothing of the parts of a thread in other digests.

    :param parts: the sections, whose links have no numbers yet; they get them here, and the lines of the project that
        close the successes become the one that mails have, ``All: URL``.
    :param page_url: where the digest's page is published, for the first line.
    """
    _shorten_closing(parts, words)
    _remove_neighbours(parts)
    numbers = References()
    number_links(parts, numbers, "reference", titles=True)
    lines = [filled(words.gettext("HTML rendered: {url}"), url=page_url), ""] if page_url else []
    lines += text_lines(parts, width, words)
    if numbers.targets:
        lines += ["", *(f"[{number}] - {target}" for number, target in enumerate(numbers.targets, 1))]
    return "\n".join(lines).strip("\n") + "\n"


def _shorten_closing(parts: Sequence[nodes.Node], words: Words) -> None:
    for part in parts:
        lines = [item for item in part.findall(nodes.list_item) if PROJECT_CLASS in item["classes"]]
        links = [link for line in lines for link in line.findall(nodes.reference)]
        for link in links:
            link.clear()
            link += nodes.Text(words.gettext("All"))
        for line in lines:
            if links and not any(line.findall(nodes.reference)):
                line.parent.remove(line)


def _remove_neighbours(parts: Sequence[nodes.Node]) -> None:
    for part in parts:
        for line in list(part.findall(nodes.list_item)):
            if NEIGHBOUR_CLASS in line["classes"]:
                line.parent.remove(line)
