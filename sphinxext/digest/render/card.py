"""The card of a digest that chats and social networks show beside a link: a picture of its title and first titles.

It is a picture in SVG, of text and rectangles only, so that it is small and the same bytes each time. Most services
show no SVG: with the extra ``cards`` there is a PNG of it as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.util import find_spec

from sphinxext.digest.text import visible_text
from sphinxext.digest.text.width import cut, wrap

#: The size that services ask for, and the place that words have.
WIDTH, HEIGHT = 1200, 630
_LEFT, _ROOM = 80, 1040
#: What most machines have one of: a program that draws pictures may know no "sans-serif".
_FONTS = "DejaVu Sans, Liberation Sans, Noto Sans, Helvetica, Arial, sans-serif"
#: The width of a column of text, as a part of the size of its letters; bold ones are wider than others.
_COLUMN, _BOLD_COLUMN = 0.56, 0.62
_TITLE, _FACTS, _LINE = 60, 30, 36
#: At most so many lines of the title, and titles below it.
_TITLE_LINES, _TITLES = 2, 3

_CARD = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" \
xml:lang="{language}">
<title>{title}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
<rect width="{width}" height="20" fill="{accent}"/>
<g font-family="{fonts}" fill="#1f2328">
{words}
</g>
</svg>
"""


def card_svg(title: str, facts: str, titles: Iterable[str], accent: str, language: str = "en") -> str:
    """Return the card of a digest in SVG.

    :param accent: a colour as ``#rrggbb``.
    """
    title, y = visible_text(title), 60
    words = []
    for line in _title_lines(title):
        y += round(_TITLE * 1.2)
        words.append(_text(line, y, _TITLE, 'font-weight="bold"'))
    y += round(_FACTS * 1.9)
    words.append(_text(cut(visible_text(facts), _columns(_FACTS)), y, _FACTS, 'fill="#59636e"'))
    y += 40
    for line in [visible_text(one) for one in titles][:_TITLES]:
        y += round(_LINE * 2)
        words.append(f'<rect x="{_LEFT}" y="{y - 26}" width="10" height="30" fill="{accent}"/>')
        words.append(_text(cut(line, _columns(_LINE) - 2), y, _LINE, x=_LEFT + 34))
    return _CARD.format(
        width=WIDTH,
        height=HEIGHT,
        title=escape(title),
        accent=accent,
        language=escape(language),
        fonts=_FONTS,
        words="\n".join(words),
    )


def can_draw() -> bool:
    """Return True if resvg-py is installed, and finds a font: without one it leaves out all words."""
    if find_spec("resvg_py") is None:
        return False
    return card_png(card_svg("Digest", "", (), "#000000")) != card_png(card_svg("", "", (), "#000000"))


def card_png(svg: str) -> bytes:
    """Return a card as PNG, in the fonts of this machine."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg))


def _title_lines(title: str) -> list[str]:
    columns = _columns(_TITLE, _BOLD_COLUMN)
    lines = wrap(title, width=columns)
    if len(lines) > _TITLE_LINES:
        lines[_TITLE_LINES - 1] = " ".join(lines[_TITLE_LINES - 1 :])
    return [cut(line, columns) for line in lines[:_TITLE_LINES]]


def _columns(size: int, column: float = _COLUMN) -> int:
    return int(_ROOM / (size * column))


def _text(words: str, y: int, size: int, more: str = "", x: int = _LEFT) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}"{" " * bool(more)}{more}>{escape(words)}</text>'
