"""What pictures in pages have in common: SVG in the colour of the text, with words for who cannot see it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

#: What XML cannot hold, not even escaped (XML 1.0, 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """A text on one line, without what XML cannot hold."""
    return " ".join(_NOT_XML.sub("\ufffd", text).split())


def words_in_svg(text: str) -> str:
    """A text as the content of an element."""
    return escape(clean(text))


def picture(parts: str, height: int, title: str, description: str, identifier: str, css_class: str) -> str:
    """A picture as wide as the page, and so many pixels high. Places along its width are percentages.

    :param identifier: begins the identifiers in the picture, which nothing else on the page may have.
    """
    return (
        f'<svg class="{css_class}" role="img" aria-labelledby="{identifier}-title {identifier}-description" '
        f'xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" overflow="visible" fill="currentColor" '
        f'direction="ltr" font-size="12"><title id="{identifier}-title">{words_in_svg(title)}</title>'
        f'<desc id="{identifier}-description">{words_in_svg(description)}</desc>{parts}</svg>'
    )
