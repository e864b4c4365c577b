"""Moving the styles of a document to its elements, since many mail readers drop a stylesheet."""

from __future__ import annotations

EXTRA = "sphinxext-digest[mail]"


class InlinerMissing(Exception):
    """The package that does it is not installed."""


def with_inlined_styles(html: str) -> str:
    """A document whose elements have the styles of its stylesheet.

    What cannot be inlined, the colours for dark screens, stays in the stylesheet. Nothing is loaded from anywhere.

    :raises InlinerMissing: if css-inline is not installed.
    """
    try:
        import css_inline
    except ModuleNotFoundError as error:
        if error.name != "css_inline":
            raise
        raise InlinerMissing from None
    inlined: str = css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
    return inlined
