"""Addresses on a page, as they are for whoever reads it elsewhere."""

from __future__ import annotations

from sphinxext.digest.urls import join_url, split_url

#: What a URL is made of, and the sign of an escape (RFC 3986, 2).
URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


def whole_address(page: str, target: str) -> str:
    """Where a link of a page leads. One that nobody can take apart, such as ``http://[x``, stays as it is."""
    joined = join_url(page, target)
    return target if joined is None else joined


def scheme_of(address: str) -> str:
    """The scheme of an address in small letters, or nothing for what has none or cannot be taken apart."""
    parts = split_url(address)
    return parts.scheme.lower() if parts else ""
