"""Taking URLs apart that were written elsewhere: nothing here raises, whatever they look like.

``urllib.parse`` raises :exc:`ValueError` for hosts such as ``[x``, and for some characters in them. No other module
calls these functions of it.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit


def split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None for one that cannot be parsed."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def join_url(base: str, url: str) -> str | None:
    """Return a URL that is relative to another as an absolute one, or None if one of them cannot be parsed."""
    try:
        return urljoin(base, url)
    except ValueError:
        return None
