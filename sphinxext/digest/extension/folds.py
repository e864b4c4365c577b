"""Long summaries of threads that a reader can fold, on pages of HTML.

All of them are open at first. A closed one would need a script to be open on wide screens and in print, since styles
open those of new browsers only, and tell a screen reader that they are closed all the same. The heading stays outside
of what one presses: some browsers make a button of that, in which a heading is none any more.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.builders import is_for_browsers
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.model import Kind
from sphinxext.digest.model.words import filled

#: From how many words on a summary is long: more than a phone shows at once.
_LONG = 90


class Folds(SphinxPostTransform):
    """Puts long summaries into elements ``details``, which docutils does not know."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: Any) -> None:
        """Add the tags; books are for programs of all ages."""
        if not is_for_browsers(DigestDomain.of(self.env).builder):
            return
        for section in self.document.findall(nodes.section):
            if f"digest-{Kind.THREAD}-section" in section["classes"]:
                self._fold(section)

    def _fold(self, section: nodes.section) -> None:
        from sphinxext.digest.doctree.lines import LINKS_CLASS
        from sphinxext.digest.doctree.reading_time import length, minutes_words

        # the links that close it are useful when it is closed
        links = isinstance(section[-1], nodes.bullet_list) and LINKS_CLASS in section[-1]["classes"]
        end = len(section) - 1 if links else len(section)
        number = length(section.children[1:end])
        if number < _LONG:
            return
        words = DigestDomain.of(self.env).words
        label = filled(words.gettext("Summary, {time}"), time=minutes_words(number, words))
        section.insert(end, nodes.raw("", "</details>", format="html"))
        opened = f'<details class="digest-fold" open><summary>{escape(label)}</summary>'
        section.insert(1, nodes.raw("", opened, format="html"))
