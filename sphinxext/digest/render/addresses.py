"""Addresses on a page, as they are for whoever reads it elsewhere."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

#: What a URL is made of, and the sign of an escape (RFC 3986, 2).
URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


def whole_address(page: str, target: str) -> str:
    """Where a link of a page leads. One that nobody can take apart, such as ``http://[x``, stays as it is."""
    try:
        return urljoin(page, target)
    except ValueError:
        return target


def scheme_of(address: str) -> str:
    """The scheme of an address in small letters, or nothing for what has none or cannot be taken apart."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""
