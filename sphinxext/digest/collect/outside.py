"""What came from outside, made harmless: plain text to reStructuredText that says just that, and addresses."""

from __future__ import annotations

import re
from urllib.parse import quote

from sphinxext.digest.archive.escape import begun, escaped, filled
from sphinxext.digest.collect.plain import visible_text
from sphinxext.digest.fragments.values import ValueProblem, check_url
from sphinxext.digest.urls import join_url, split_url

#: The longest address that is kept, in characters.
MAX_URL = 4000

#: What browsers leave out of an address, and what cannot stand in one as it is.
_LEFT_OUT_OF_URLS = re.compile(r"[\t\r\n]")
_NOT_IN_URLS = re.compile(
    '[\\s\x00-\x20\x7f-\xa0<>"\\\\^`{|}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
)


#: What most addresses look like, so that nothing has to be written in another way.
_COMMON_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%#?=&+-]*)?")


def plain_title(text: str) -> str:
    """Plain text as a line of reStructuredText."""
    return begun(escaped(visible_text(text)))


def plain_paragraph(text: str, indent: int = 0) -> list[str]:
    """The lines of plain text as a paragraph of reStructuredText, which will be indented by so many spaces."""
    return filled(plain_title(text), indent)


def web_url(url: str | None, base: str | None = None) -> str | None:
    """An absolute address on the web, or None for any other.

    What cannot stand in a URL is written as RFC 3986 has it, with percent signs.

    :param base: what a relative address is relative to.
    """
    if url and base is None and len(url) <= MAX_URL and _COMMON_URL.fullmatch(url):
        return url
    text = _LEFT_OUT_OF_URLS.sub("", (url or "").strip())
    if not text or len(text) > MAX_URL:
        return None
    joined = join_url(base, text) if base else text
    result = _NOT_IN_URLS.sub(lambda match: quote(match[0], safe="", errors="replace"), joined or "")
    parts = split_url(result)
    try:
        return check_url(result) if parts and parts.scheme.lower() in ("http", "https") else None
    except ValueProblem:
        return None
