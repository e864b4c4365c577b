"""A digest as one self-contained document of HTML5: no script, no picture, no other file.

The same document is the report in HTML and, with inlined styles, the HTML part of a mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.transforms.writer_aux import Admonitions
from docutils.utils import new_document
from docutils.writers.html5_polyglot import HTMLTranslator, Writer

from sphinxext.digest.doctree.digest import with_references
from sphinxext.digest.doctree.references import number_marked_links
from sphinxext.digest.render.digest import DigestSource

#: The language of a digest without a build: our headings and the names of months are English.
LANGUAGE = "en"

_STYLESHEET = Path(__file__).parent / "static" / "digest-mail.css"
_SETTINGS = {
    "stylesheet": "",
    "stylesheet_path": "",
    "embed_stylesheet": False,
    "initial_header_level": "2",
    "math_output": "MathML",
    "table_style": "colwidths-auto",
    "footnote_references": "brackets",
    "section_self_link": False,
    "cloak_email_addresses": False,
    "image_loading": "link",
    "report_level": 5,
    "halt_level": 5,
}
_DOCUMENT = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{published}{body}</main>
</body>
</html>
"""


def html_document(source: DigestSource, parts: list[nodes.Node]) -> str:
    """Return a digest as a complete document.

    :param parts: the sections, without numbers behind their links. They are changed.
    """
    if source.collection.settings.references:
        parts = with_references(parts, source.digest.period, sections=True)
        number_marked_links(parts)
    link_pictures(parts)
    url = source.page_url
    published = f'<p class="published"><a href="{escape(url)}">{escape(url)}</a></p>\n' if url else ""
    return _DOCUMENT.format(
        language=LANGUAGE,
        title=escape(source.digest.title),
        style=stylesheet(),
        published=published,
        body=html_body(parts),
    )


def html_body(parts: Iterable[nodes.Node], translator_class: type[HTMLTranslator] = HTMLTranslator) -> str:
    """Return body elements and sections as HTML; titles of sections are headings of the second level."""
    settings = get_default_settings(Writer)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    document = new_document("digest", settings)
    document += list(parts)
    document.transformer.add_transform(Admonitions)
    document.transformer.apply_transforms()
    translator = translator_class(document)
    document.walkabout(translator)
    return "".join(translator.fragment)


@cache
def stylesheet() -> str:
    """Return the styles of the document."""
    return _STYLESHEET.read_text(encoding="utf-8")


def link_pictures(parts: Iterable[nodes.Node]) -> None:
    """Replace pictures by their alternative texts, with a link to those that are on the web.

    Mail readers don't load them, files of the documentation are not available, and a remote picture tells its owner
    who reads the digest.
    """
    for part in parts:
        for picture in list(part.findall(nodes.image)):
            uri: str = picture["uri"]
            words = nodes.Text(picture.get("alt") or uri)
            inside = isinstance(picture.parent, nodes.TextElement)
            link = uri.lower().startswith(("http://", "https://")) and not isinstance(picture.parent, nodes.reference)
            label = nodes.reference("", "", words, refuri=uri) if link else nodes.inline("", "", words)
            picture.parent.replace(picture, label if inside else nodes.paragraph("", "", label))
