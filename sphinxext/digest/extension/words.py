"""Our own words in the language of a build: from our catalogues, and days by Babel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sphinx.locale
from sphinx.util.i18n import CatalogInfo

from sphinxext.digest.model.words import ENGLISH, Words

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: The name of the catalogues. A project can have one of this name for a language that is not among ours.
CATALOGUE = "sphinxext-digest"
LOCALES = Path(__file__).parent.parent / "locale"


def add_catalogues(app: Sphinx) -> None:
    """Let Sphinx know our words, for the names that it shows itself; those of the project win over ours."""
    language = app.config.language
    folders = [Path(app.srcdir, folder) for folder in app.config.locale_dirs]
    for folder in folders if app.config.gettext_auto_build else ():
        # as Sphinx does with the catalogue of its own words: those of pages come later
        catalogue = CatalogInfo(str(folder / language / "LC_MESSAGES"), CATALOGUE, "utf-8")
        if Path(catalogue.po_path).is_file() and catalogue.is_outdated():
            catalogue.write_mo(language)
    # a process may have built something in another language before
    sphinx.locale.translators.pop(("general", CATALOGUE), None)
    sphinx.locale.init([*folders, LOCALES], language, CATALOGUE)


def words_for(language: str | None) -> Words:
    """Our words in a language; in English where Babel does not know it."""
    if not language or language.replace("-", "_").split("_")[0] == "en":
        return ENGLISH
    # Babel is for builds in other languages: English pages have the dates of OpenStack's digests
    from babel import Locale, UnknownLocaleError

    from sphinxext.digest.extension.translated_words import TranslatedWords

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return ENGLISH
    return TranslatedWords(language, locale, sphinx.locale.get_translator(CATALOGUE))
