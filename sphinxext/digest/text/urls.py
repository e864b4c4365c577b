"""Parse URLs from outside: nothing here raises, however malformed they are.

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


#: What a URL is made of, and the sign of an escape (RFC 3986, 2).
URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


def absolute_url(page: str, target: str) -> str:
    """Return the absolute target of a link. A malformed one, such as ``http://[x``, is returned as it is."""
    joined = join_url(page, target)
    return target if joined is None else joined


def scheme_of(address: str) -> str:
    """Return the scheme of an address in small letters, or nothing for what has none or cannot be taken apart."""
    parts = split_url(address)
    return parts.scheme.lower() if parts else ""
