"""Greetings and thanks in mails: the words that are about the readers and not about the subject."""

from __future__ import annotations

import re

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
#: Whom a greeting is for, and the mark that ends it: a comma, a dash, or the end of the line.
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
    """Return the rest of a line that begins with a greeting: nothing if it is one, all of it if there is none.

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
