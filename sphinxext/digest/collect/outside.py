"""What came from outside, made harmless: plain text to reStructuredText that says just that, and addresses."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from sphinxext.digest.archive.escape import begun, escaped, filled
from sphinxext.digest.fragments.values import ValueProblem, check_url
from sphinxext.digest.model import REFUSED_CHARACTER

#: The longest address that is kept, in characters.
MAX_URL = 4000

#: Sequences that steer a terminal, after ECMA-48: CSI (colours), OSC (titles, links), and those of two characters.
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")
#: Characters that are not seen and change what is: zero-width ones that join nothing, embeddings, overrides and
#: isolates of the bidirectional algorithm (UAX #9), annotations, tags. Marks and joiners that writing needs stay.
_INVISIBLE = re.compile("[\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
#: What browsers leave out of an address, and what cannot stand in one as it is.
_LEFT_OUT_OF_URLS = re.compile(r"[\t\r\n]")
_NOT_IN_URLS = re.compile(
    '[\\s\x00-\x20\x7f-\xa0<>"\\\\^`{|}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
)


def plain_line(text: str) -> str:
    """A text as one line, without what steers terminals, hides, or turns the direction of what is around it."""
    return " ".join(REFUSED_CHARACTER.sub(" ", _INVISIBLE.sub("", without_sequences(text))).split())


def without_sequences(text: str) -> str:
    """A text without what steers a terminal."""
    return _TERMINAL.sub("", text) if "\x1b" in text else text


def without_controls(text: str) -> str:
    """A text of several lines, without what :func:`plain_line` leaves out of one."""
    text = _INVISIBLE.sub("", without_sequences(text)).replace("\r\n", "\n").expandtabs(8)
    return REFUSED_CHARACTER.sub(" ", text)


def plain_title(text: str) -> str:
    """Plain text as a line of reStructuredText."""
    return begun(escaped(plain_line(text)))


def plain_paragraph(text: str, indent: int = 0) -> list[str]:
    """The lines of plain text as a paragraph of reStructuredText, which will be indented by so many spaces."""
    return filled(plain_title(text), indent)


def web_url(url: str | None, base: str | None = None) -> str | None:
    """An absolute address on the web, or None for any other.

    What cannot stand in a URL is written as RFC 3986 has it, with percent signs.

    :param base: what a relative address is relative to.
    """
    text = _LEFT_OUT_OF_URLS.sub("", (url or "").strip())
    if not text or len(text) > MAX_URL:
        return None
    try:
        joined = urljoin(base, text) if base else text
        result = _NOT_IN_URLS.sub(lambda match: quote(match[0], safe="", errors="replace"), joined)
        return check_url(result) if urlsplit(result).scheme.lower() in ("http", "https") else None
    except (ValueProblem, ValueError):
        return None
