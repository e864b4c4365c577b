"""Texts of fragments and translators: the catalogues of pages, and what is extracted for them."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import ApplySourceWorkaround, ExtraTranslatableNodes, SphinxTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

from sphinxext.digest.doctree.translation import is_marked
from sphinxext.digest.extension.domain import build_state_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: Where a page that is being read remembers its elements that are translated, and those of our own words.
_TRANSLATED, _OWN = "digest_translated", "digest_own_words"

#: What is extracted although it has no source: docutils gives it that of the page, where a directive has put it.
_SHOWN = (nodes.rubric, nodes.title, nodes.paragraph)


class PageCatalogue:
    """The catalogue of a page in the language of the build, as Sphinx finds it."""

    def __init__(self, catalogue: gettext.NullTranslations) -> None:
        self._catalogue = catalogue

    @classmethod
    def of(cls, env: BuildEnvironment, docnames: Iterable[str] = ()) -> PageCatalogue | None:
        """The catalogue of the page that is being read, if it has one.

        :param docnames: the pages whose texts it shows as well; translators find these there.
        """
        own, found = docname_to_domain(env.docname, env.config.gettext_compact), None
        others = {docname_to_domain(docname, env.config.gettext_compact) for docname in docnames}
        for domain in (own, *sorted(others - {own})):
            for folder in env.config.locale_dirs:
                try:
                    catalogue = gettext.translation(domain, Path(env.srcdir, folder), [env.config.language])
                except (OSError, ValueError, EOFError):
                    continue  # Sphinx says what is wrong with it
                if domain != own:
                    env.note_dependency(str(_file_of(env, folder, domain)))
                if found is None:
                    found = catalogue
                else:
                    found.add_fallback(catalogue)
        return cls(found) if found is not None else None

    def messages(self, document: nodes.document) -> Iterable[tuple[nodes.Element, str]]:
        """The elements of a text that can be translated, each with what a catalogue calls it, as Sphinx has them."""
        ApplySourceWorkaround(document).apply()
        ExtraTranslatableNodes(document).apply()
        return extract_messages(document)

    def find(self, message: str) -> str:
        """The translation of a message, or nothing."""
        found = self._catalogue.gettext(message) if message else ""
        return found if found != message else ""


def _file_of(env: BuildEnvironment, folder: str, domain: str) -> Path:
    """The file of a catalogue, whose change makes Sphinx read again the pages that depend on it."""
    return Path(env.srcdir, folder, env.config.language, "LC_MESSAGES", f"{domain}.mo")


def keep_from_translators(elements: Iterable[nodes.Element]) -> None:
    """Let nobody translate elements once more that are translated elsewhere, as the texts of a digest are there."""
    for node in elements:
        if isinstance(node, nodes.TextElement) and node.source:
            node.attributes.pop("translated", None)
            node["translatable"] = False


def note_words(env: BuildEnvironment, elements: Iterable[nodes.Element]) -> None:
    """Remember which elements that a directive has made are translated, and which are our own words."""
    for node in elements:
        if is_marked(node):
            env.temp_data[_TRANSLATED] = [*(env.temp_data.get(_TRANSLATED) or ()), node]
        elif isinstance(node, _SHOWN) and node.source is None and not node.rawsource:
            env.temp_data[_OWN] = [*(env.temp_data.get(_OWN) or ()), node]


class WordsForTranslators(SphinxTransform):
    """Lets translators see the texts of fragments, whether they have a translation or not, and no words of ours."""

    # after Sphinx has translated the page (Locale, 20), which would translate again what is translated already
    default_priority = 21

    def apply(self, **_arguments: object) -> None:
        """Take away what has kept Sphinx from translating, and what it would show of our own words."""
        for node in self.env.temp_data.get(_TRANSLATED) or ():
            node.attributes.pop("translatable", None)
        for node in self.env.temp_data.get(_OWN) or ():
            node.rawsource = ""
        build, docname = build_state_of(self.env), self.env.docname
        made, title = build.made.get(docname), self.document.next_node(nodes.title)
        if made is None or title is None:
            return
        _identify(title.parent, made.english, self.document)
        if made.is_ours:
            title.rawsource = ""
        else:
            title.source, title.line = str(build.project.root / build.settings_path), 1


def _identify(section: nodes.Element, title: str, document: nodes.document) -> None:
    """Give the section of a made page the identifier that it has in English, whatever the language."""
    identifier = nodes.make_id(title)
    if not identifier or identifier in document.ids:
        return
    for old in section["ids"]:
        document.ids.pop(old, None)
        for name, known in document.nameids.items():
            if known == old:
                document.nameids[name] = identifier
    section["ids"] = [identifier]
    document.ids[identifier] = section


def setup(app: Sphinx) -> None:
    """Register what shows the texts of fragments to translators."""
    app.add_transform(WordsForTranslators)
