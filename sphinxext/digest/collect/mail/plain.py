"""Text of mails to the text that people read, and to reStructuredText that says exactly that."""

from __future__ import annotations

import re

from sphinxext.digest.archive.escape import begun, escaped, filled, link
from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.fragments.values import ValueProblem, check_url

#: What docutils may take for a URL where no link is meant.
_SCHEME = re.compile(r"(?<![\w.+-])([A-Za-z][A-Za-z0-9.+-]*):(?=\S)")
#: A URL that docutils finds in a text by itself, with nothing in it that could be markup.
_WORDS = r"(?:[A-Za-z0-9.~+=-]|_(?=[A-Za-z0-9]))"
_SIMPLE_URL = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/{_WORDS}*)*(?:\?(?:{_WORDS}|[/&])+)?(?:#(?:{_WORDS}|/)+)?(?<=[A-Za-z0-9/])"
)
#: An address in the name of a sender, also as archives mask it: ``a at example.org``, ``a_at_example.org``.
_ADDRESS_OF_SENDER = re.compile(r"(?<![^\s@<>])([^\s@<>]+)(?:[@＠][^\s)>]*|(?:\s+at\s+|_at_)\S+\.\S+)")  # noqa: RUF001
_MAX_SENDER = 320
#: A URL, which stays, or an address in a text: a decorator, a version or a clone by SSH is none.
_ADDRESS = re.compile(
    r"(?P<url>https?://\S+)|<(?P<masked>[\w.+-]{1,80}) at [\w.-]{1,200}>"
    r"|(?<![\w.+-])(?:mailto:)?(?P<local>[\w.+-]+)[@＠](?:[\w-]+\.)+[^\W\d_]{2,}(?![\w-])(?!:[\w~/])",  # noqa: RUF001
    re.IGNORECASE,
)


def name_of(sender: str) -> str:
    """Return a name in which of an address only the beginning stays."""
    return _ADDRESS_OF_SENDER.sub(r"\1", shortened(sender, _MAX_SENDER))


def without_addresses(text: str) -> str:
    """Return a text in which only the beginnings of addresses stay; URLs stay as they are."""
    return _ADDRESS.sub(lambda match: match["url"] or match["masked"] or match["local"], text)


def shortened(text: str, width: int) -> str:
    """A text of at most so many characters, cut between words where that is possible."""
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if len(words) > width // 2 else cut).rstrip(' ,;:.-')}…"


def as_rst(text: str) -> str:
    """A line of plain text as a paragraph without markup; only URLs of the allowed schemes are links."""
    return begun(_SCHEME.sub(_without_link, escaped(text)))


def item(text: str, level: int = 0) -> list[str]:
    """The lines of a paragraph in reStructuredText as an item of a list within so many others."""
    margin = "  " * level
    first, *rest = filled(text, 2 * level + 2)
    return [f"{margin}* {first}", *(f"{margin}  {line}" for line in rest)]


def url_as_rst(url: str) -> str:
    """A URL that a fragment may have, as a link that shows it."""
    return url if _SIMPLE_URL.fullmatch(url) else link(url, url)


def allowed_url(url: str | None) -> str | None:
    """The URL if a fragment may have it."""
    if url is None:
        return None
    try:
        return check_url(url)
    except ValueProblem:
        return None


def _without_link(match: re.Match[str]) -> str:
    return match[0] if match[1].lower() in URL_SCHEMES else f"{match[1]}\\:"
