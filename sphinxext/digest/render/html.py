"""A digest as one self-contained document of HTML: no script, no picture, no other file.

It is a report and, with inlined styles, the HTML part of a mail. Mail readers know less of HTML and styles than
browsers do: the layout is one column of blocks, and only Outlook, which knows no widths of blocks, gets a table around
it, in a comment that no other reader looks into.
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

from sphinxext.digest.doctree.digest import note_titles, plain_words, shortened, with_references
from sphinxext.digest.doctree.lines import STATE_CLASS, add_badges
from sphinxext.digest.doctree.references import number_marked_links
from sphinxext.digest.model import State
from sphinxext.digest.render.digest import READ, DigestSource
from sphinxext.digest.settings.options import OPTIONS

#: The language of a digest without a build: our headings and the names of months are English.
LANGUAGE = "en"

#: From how many sections on they are listed at the top.
_MANY = 3
#: The most characters that lists of mails show beside a subject, and what keeps them from showing more of the mail.
_PREHEADER = 140
_FILLER = "&zwnj;&nbsp;"

_STYLESHEET = Path(__file__).parent / "static" / "digest-mail.css"
_ACCENT = str(OPTIONS["accent"].default)
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
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{preheader}<!--[if mso]><table role="presentation" width="600" align="center"><tr><td><![endif]-->
<main>
<div class="head">
<h1>{title}</h1>
{head}</div>
{body}</main>
<!--[if mso]></td></tr></table><![endif]-->
</body>
</html>
"""


def html_document(source: DigestSource, parts: list[nodes.Node]) -> str:
    """Return a digest as a complete document.

    :param parts: the sections, without numbers behind their links. They are changed.
    """
    facts, preheader = source.facts(parts), _preheader(parts)
    sections = parts
    if source.collection.settings.references:
        parts = with_references(parts, source.digest.period, sections=True)
        number_marked_links(parts)
    link_pictures(parts)
    add_badges(parts, states=(State.CONTINUING, State.DONE))
    contents = _contents(sections)
    head = f'<p class="facts">{escape(facts)}</p>\n'
    if source.page_url:
        head += f'<p class="published"><a href="{escape(source.page_url)}">{READ}</a></p>\n'
    return _document(source.heading, html_body(parts), head + contents, preheader, source.collection.settings.accent)


def html_page(title: str, parts: list[nodes.Node]) -> str:
    """Return sections as a complete document in the style of digests. They are changed."""
    link_pictures(parts)
    return _document(title, html_body(parts))


def _document(title: str, body: str, head: str = "", preheader: str = "", accent: str = _ACCENT) -> str:
    style = stylesheet().replace(_ACCENT, accent)
    return _DOCUMENT.format(
        language=LANGUAGE, title=escape(title), style=style, preheader=preheader, head=head, body=body
    )


def _preheader(parts: list[nodes.Node]) -> str:
    """Return the words that lists of mails show beside the subject, and the mail itself does not: the first titles."""
    words = escape(shortened("; ".join(note_titles(parts)), _PREHEADER))
    filler = _FILLER * ((_PREHEADER - len(words)) // 2)
    return f'<div class="preheader">{words}{filler}</div>\n' if words else ""


def _contents(parts: Iterable[nodes.Node]) -> str:
    """Return the links to the sections, if there are many."""
    sections = [part for part in parts if isinstance(part, nodes.section)]
    if len(sections) < _MANY:
        return ""
    lines = "".join(f"<li>{_link_to(section)}</li>\n" for section in sections)
    return f'<nav aria-label="In this digest">\n<ul class="contents">\n{lines}</ul>\n</nav>\n'


def _link_to(section: nodes.section) -> str:
    heading = section.next_node(nodes.title)
    assert heading is not None
    link = f'<a href="#{escape(section["ids"][0])}">{escape(plain_words(heading))}</a>'
    badge = next((node for node in heading.findall(nodes.inline) if STATE_CLASS in node["classes"]), None)
    return f'{link} <span class="{STATE_CLASS}">{escape(badge.astext())}</span>' if badge is not None else link


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
