"""Our headings beside ``sphinx.ext.autosectionlabel``, which makes a label of every heading.

Digests have the same headings over and over, such as "References", and each version has its bug fixes: labels of them
would collide. What they lead to has names of its own, in the domain or by explicit labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinxext.digest.extension.pages import STUB_SUFFIX
from sphinxext.digest.extension.releases import anchors_of_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_EXTENSION = "sphinx.ext.autosectionlabel"


class _WithoutOurs:
    """A page for the other extension, which does not find our headings in it."""

    def __init__(self, app: Sphinx, document: nodes.document) -> None:
        self._app = app
        self._document = document

    def findall(self, condition: Any) -> Iterator[nodes.Node]:
        """The nodes of the page but for our sections; none on a page that was made."""
        env = self._app.env
        if str(env.doc2path(env.docname)).endswith(STUB_SUFFIX):
            return
        anchors = anchors_of_page(env)
        for node in self._document.findall(condition):
            if not (isinstance(node, nodes.section) and (_is_ours(node) or anchors.intersection(node["ids"]))):
                yield node


def _is_ours(section: nodes.section) -> bool:
    return any(name.startswith("digest-") and name.endswith("-section") for name in section["classes"])


def keep_from_labels(app: Sphinx, _config: Config) -> None:
    """Let the other extension, if the project has it, see pages without our headings."""
    if _EXTENSION not in app.extensions:
        return
    from sphinx.ext.autosectionlabel import register_sections_as_label

    def register_others(app: Sphinx, document: nodes.document) -> None:
        register_sections_as_label(app, _WithoutOurs(app, document))  # type: ignore[arg-type]

    for listener in list(app.events.listeners["doctree-read"]):
        if listener.handler is register_sections_as_label:
            app.disconnect(listener.id)
            app.connect("doctree-read", register_others, priority=listener.priority)
