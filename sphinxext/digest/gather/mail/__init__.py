"""Draft summaries of threads from archives of mailing lists.

Here is what these modules need of texts: reST without markup or addresses of people, greetings and thanks.
"""

from __future__ import annotations

import re

from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.text.rst import begun, escaped, filled, link

#: Words that docutils takes for a URL though they are not meant as links.
_SCHEME = re.compile(r"(?<![\w.+-])([A-Za-z][A-Za-z0-9.+-]*):(?=\S)")
#: A URL that docutils finds in a text by itself, with nothing in it that could be markup.
_WORDS = r"(?:[A-Za-z0-9.~+=-]|_(?=[A-Za-z0-9]))"
_SIMPLE_URL = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/{_WORDS}*)*(?:\?(?:{_WORDS}|[/&])+)?(?:#(?:{_WORDS}|/)+)?(?<=[A-Za-z0-9/])"
)
#: An address in the name of a sender, also as archives mask it: ``a at example.org``, ``a_at_example.org``.
_ADDRESS_OF_SENDER = re.compile(r"(?<![^\s@<>])([^\s@<>]+)(?:[@＠][^\s)>]*|(?:\s+at\s+|_at_)\S+\.\S+)")  # noqa: RUF001
_MAX_SENDER = 320
#: A URL, which is kept, or an address in a text; decorators, versions and clones by SSH are not addresses.
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
    """Cut a text to a number of characters, between words where that is possible."""
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if len(words) > width // 2 else cut).rstrip(' ,;:.-')}…"


def as_rst(text: str) -> str:
    """Return a line of plain text as a paragraph without markup; only URLs of the allowed schemes are links."""
    return begun(_SCHEME.sub(_without_link, escaped(text)))


def item(text: str, level: int = 0) -> list[str]:
    """Return the lines of a paragraph in reST as a list item, nested at a level."""
    margin = "  " * level
    first, *rest = filled(text, 2 * level + 2)
    return [f"{margin}* {first}", *(f"{margin}  {line}" for line in rest)]


def url_as_rst(url: str) -> str:
    """Return a URL that a fragment may have, as a link that shows it."""
    return url if _SIMPLE_URL.fullmatch(url) else link(url, url)


def _without_link(match: re.Match[str]) -> str:
    return match[0] if match[1].lower() in URL_SCHEMES else f"{match[1]}\\:"


#: The word that begins a greeting, and the words for all readers of a list.
_HELLO = re.compile(
    r"(?:hi|hiya|hello|hey|dear|greetings|good (?:morning|day|evening|afternoon)|howdy|hallo|hej|moin|salut|bonjour|"
    r"hola|ciao|olá|(?P<time>morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_READERS = (
    r"(?:all|there|folks|friends|everyone|everybody|stackers|team|list|guys|both|again|people|developers|devs|"
    r"colleagues|contributors|maintainers|members|community|world|and|&)"
)
_IS_READERS = re.compile(_READERS, re.IGNORECASE)
#: The people whom a greeting is for, and the mark that ends it: a comma, a dash, or the end of the line.
_WHOM = re.compile(r"(?P<whom>(?:\s+[^\s,.!?:;–—]{1,40}){0,4})\s*(?P<mark>[,!:;.]+|[–—]|\s-{1,3}(?=\s|\Z)|\Z)\s*")
_MORE_READERS = re.compile(rf"(?:(?:and|&)\s+)?{_READERS}\s*(?:[,!:–—]|\s-{{1,3}}(?=\s|\Z)|\Z)\s*", re.IGNORECASE)
_NAMES = re.compile(
    r"(?:(?:and|&)\s+)?[^\W\d_a-z][\w.-]{0,40}(?:,?\s+(?:(?:and|&)\s+)?[^\W\d_a-z][\w.-]{0,40}){0,6}\s*[,!]"
)
#: A first line such as "Liebe Leute,": no more than four words and a comma.
_SALUTATION = re.compile(r"[^\s,，]{1,40}(?: [^\s,，]{1,40}){0,3}\s?[,，]")  # noqa: RUF001
#: A paragraph that only calls its readers or thanks them, with a name below.
_CALL = re.compile(
    rf"(?:{_READERS}|thanks|thank you|thx|cheers|(?:(?:kind|best|warm) )?regards|best)"
    rf"(?:[\s,!]+(?:{_READERS}|again|you|a lot|so much|very much|in advance|(?-i:[A-Z])\w*)){{0,4}}\s*[,!:.–—-]*"
    r"|\w+ here[.,!]*",
    re.IGNORECASE,
)


def without_greeting(line: str, *, is_first: bool) -> str:
    """Remove a greeting from the beginning of a line.

    :param is_first: it is the first line of the message.
    """
    if is_first and _SALUTATION.fullmatch(line) and not _CALL.fullmatch(line):
        return ""
    hello = _HELLO.match(line)
    greeting = _WHOM.match(line, hello.end()) if hello else None
    if hello is None or greeting is None or not _is_greeting(greeting, is_time=hello["time"] is not None):
        return line
    rest = line[greeting.end() :]
    while more := _MORE_READERS.match(rest):
        rest = rest[more.end() :]
    return "" if _NAMES.fullmatch(rest) else rest


def is_call(text: str) -> bool:
    """Return True if a paragraph only calls its readers or thanks them: "Folks," or "Thanks, Ann"."""
    return _CALL.fullmatch(text) is not None


def _is_greeting(greeting: re.Match[str], *, is_time: bool) -> bool:
    """Return True if the words between a greeting and its mark are people.

    :param is_time: the greeting is a time of day, which begins sentences as well.
    """
    words = greeting["whom"].split()
    if is_time and not words:
        return greeting.end() == len(greeting.string)
    people = [bool(_IS_READERS.fullmatch(word)) or not word[:1].islower() for word in words]
    if greeting["mark"][:1] in (",", "!", "–", "—") or greeting["mark"][1:2] == "-":
        return (len(words) == 1 and not is_time) or (len(words) == 2 and people[1]) or all(people)
    return all(people)
