"""Texts that repeat what could be the beginning of markup: looking for it takes no longer than reading them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from sphinxext.digest import mail as message
from sphinxext.digest import text as outside
from sphinxext.digest.gather import mail
from sphinxext.digest.gather.mail import body, draft, header, search, sources, threads
from sphinxext.digest.render import calendar, countdown
from sphinxext.digest.text import rst

NUMBER = 30_000
TEXTS = {
    "names of roles": ":a" * NUMBER,
    "ends of words": "a." * NUMBER,
    "ends of names": ":a." * NUMBER,
    "spaces in a role": ":a:`x" + " " * NUMBER + "<",
    "open marks": "`a " * NUMBER,
    "open targets": "`x <" * NUMBER,
}
PATTERNS = {
    "references": countdown._REFERENCE,
    "roles": rst._ROLE,
    "markup": calendar._UNRESOLVED,
    "words": calendar._UNRESOLVED_WORD,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_not_slow(pattern: re.Pattern[str], text: str) -> None:
    begin = time.process_time()
    pattern.sub("", text)
    # what looked at the rest of the text from each place needed ten seconds and more
    assert time.process_time() - begin < 1


def test_what_markup_leaves() -> None:
    text = "See :ref:`the plan <plan>`, `words  <https://example.org/>`__, :doc:`a` and name_, or a.b_ and snake_case."
    assert calendar.without_markup(text) == "See the plan, words, a and name, or a.b and snake_case."


MEGABYTE = 1_000_000
#: How patterns of mails are used, and texts that are the worst for them; each is repeated up to a megabyte.
OF_MAILS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "_HYPERKITTY": (search._HYPERKITTY.match, ("https://h/", "https://h/archives/list/", "https://h/list/a@b")),
    "_MONTH": (search._MONTH.fullmatch, ("2016-", "._-", "1", "2016-April", "Week-of-Mon-")),
    "_PIPERMAIL_FILE": (search._PIPERMAIL_FILE.match, ("https://h/", "https://h/.txt", "https://h")),
    "_PIPERMAIL_PAGE": (search._PIPERMAIL_PAGE.match, ("https://h/", "https://h//date.html", "https://h")),
    "_ENTRY": (
        search._ENTRY.sub,
        (
            '<a href="1234.html">',
            '<a href="1234.html">x</a> <a name="1">',
            '<a href="1234.html">x</a><a name="1">x</a><i>',
        ),
    ),
    "_URL": (body._URL.sub, ("https://", "https://a ", "(", "https")),
    "_NO_TAG": (body._NO_TAG.sub, ("<", "< >", "<!-- >", "<a")),
    "_LETTER": (body._LETTER.search, ("1", "_")),
    "_NUMBER": (body._NUMBER.sub, ("1", "1 ")),
    "_DAY": (body._DAY.sub, ("1.", "1-1-", "11/", "1", "1. ")),
    "_TIME": (body._TIME.sub, ("1:", "11", "1:1")),
    "_SENTENCE_BREAK": (body._SENTENCE_BREAK.sub, ("abc", "abc. ", ". ", "ab")),
    "_QUOTED_FROM": (header._QUOTED_FROM.sub, (">", ">From", "\n>", ">F\n")),
    "_COUNT": (draft._COUNT.search, ("# Messages: ", "\n# Messages:", "\n")),
    "_CALL": (mail._CALL.fullmatch, ("all ", "thanks ", "Thanks, ", "a", "A ", ", ", "you ", "here ")),
    "_HELLO": (mail._HELLO.match, ("hi", "good ", "good morning")),
    "_END of headers": (header._END.search, ("\n ", "\r", "\r\n ")),
    "_WANTED": (header._WANTED.sub, ("from", "from ", "from:\n ", "from:\n\t\n", "subject ", "\n", "from: \r")),
    "_RECEIVED": (header._RECEIVED.sub, ("received", "received ", "received:\n ", "received:\r")),
    "_COMMENT": (header._COMMENT.match, ("(", "(a)", "( ", " ", "(a) ")),
    "_ID": (header._ID.findall, ("<", "<a", "< ", "<>", "><")),
    "_ONLY_ID": (header._ONLY_ID.fullmatch, ("<", "< ", "<a", "<a>", "(a) ", " ", "<a>(a)")),
    "_BARE_IDS": (header._BARE_IDS.fullmatch, ("a", "a@", "a@b", "a@b ", "a@b, ", ", ")),
    "_MASKED": (header._MASKED.fullmatch, ("a at ", "a", " at ", "a at b(", " ")),
    "_NAMED": (header._NAMED.match, ("<", '"', '\\"', "a ", " ", '"a" ', "<a", "> <")),
    "_QUOTED_NAME": (header._QUOTED_NAME.fullmatch, ("'", "' ", "'a", "'' ", "'a' ")),
    "_VIA": (header._VIA.sub, (" via", " via ", " ", "via x")),
    "_IN_BRACKETS": (header._IN_BRACKETS.fullmatch, ("(", "a(", "a", "()", "(a) ", "[")),
    "_LIST_ID": (header._LIST_ID.search, ("<", "<a", "a.", "<a.", "< ", "<a ")),
    "_POSTMARK_TIME": (
        header._POSTMARK_TIME.search,
        (b"Jan ", b"Jan 1 00:00 ", b" ", b"Jan 1 00:00 AAA ", b"Jan 1 0"),
    ),
    "_FROM_LINE": (sources._FROM_LINE.sub, ("From ", "From a\n", "\r", "\nFrom ")),
    "_TIME of postmarks": (sources._TIME.search, ("00:0", "0", "00:", "From ")),
    "_ONE_WORD": (sources._ONE_WORD.fullmatch, ("From ", " ", "a")),
    "_SURE_POSTMARK": (
        sources._SURE_POSTMARK.fullmatch,
        (" Mon", "Mon Jan 1 00:00 ", "Mon, ", "1 Jan 2026 00:00 ", " "),
    ),
    "_FIELD": (sources._FIELD.match, ("a", "a ", "a:", "\n ", ":\n ", "\r")),
    "_QUOTED": (sources._QUOTED.match, (">", ">From ", ">From a\n", ">\n")),
    "_OF_MAIL": (sources._OF_MAIL.match, ("From ", "From", "received ")),
    "_OF_PATCH": (sources._OF_PATCH.fullmatch, ("From ", "a", " ", "0")),
    "_HEADER": (sources._HEADER.match, ("a", "a:", "a:\n", "a:\n ", "\r", " ")),
    "_SIMPLE_URL": (mail._SIMPLE_URL.fullmatch, ("https://", "https://a/", "/", "/a", "a.", "?a", "#a")),
    "_SCHEME": (mail._SCHEME.sub, ("a", "a:", ":", "a.", "a-", "+")),
    "_ADDRESS": (mail._ADDRESS.sub, ("a", "a@", "a@b", "a@b.", "@", "<a at ", "mailto:", "https://", "<a at b", ".")),
    "_TERMINAL": (outside._TERMINAL.sub, ("\x1b", "\x1b[", "\x1b]", " ", "\x1b ", "\x1b[0")),
    "_COLOURS": (outside._COLOURS.sub, ("\x03", "\x031,", "\x04a")),
    "_REPLY": (threads._REPLY.match, ("re", "re ", " ", "re[", "re[1]", "re[1] ")),
    "_TAG": (threads._TAG.match, ("[", "[a", " ", "[a] ", "]")),
    "_WAS": (threads._WAS.search, ("(was", "(was: ", "(was ", "[was: a]", "(")),
    "_DOMAIN": (message._DOMAIN.fullmatch, ("a", "a.", "[1", "[")),
    "_ATOMS": (message._ATOMS.fullmatch, ("a", "a ", " ")),
    "_MESSAGE_ID": (message._MESSAGE_ID.fullmatch, ("<", "<a", "a@", "<a@b", "@")),
}


@pytest.mark.parametrize("name", OF_MAILS)
def test_a_pattern_of_mails_is_not_slow(name: str) -> None:
    method, worst = OF_MAILS[name]
    is_bytes = isinstance(method.__self__.pattern, bytes)  # type: ignore[attr-defined]
    starts = {"_SIMPLE_URL": "https://a/", "_ONE_WORD": "From ", "_SURE_POSTMARK": "From a "}
    for part in worst:
        text = part if isinstance(part, str) else part.decode()
        text = starts.get(name, "") + text * (MEGABYTE // len(text))
        for end in ("", "\x00", "\n\x00"):
            given = (text + end).encode() if is_bytes else text + end
            begin = time.process_time()
            method(b"" if is_bytes else "", given) if method.__name__ == "sub" else method(given)
            # what looks at the rest from each place takes minutes
            assert time.process_time() - begin < 2, part


LINES_OF_MAILS = [
    *("-", "- ", "-_=*", "_", "--- a", "original message", "sent from my a", "mailing list -- a", "mailing list --"),
    *(" |", " | 1", "diff -a ", "@@ -1", "--- a/", "Index: ", " ", "\t", "<", "<a", "<@", "(a at ", "a at ", "a@"),
    *(
        "a: ",
        "From: ",
        "a:",
        "wrote",
        "wrote:",
        "wrote: ",
        "wrote ",
        "On Mon ",
        "on ",
        "1 2026 ",
        "10:00 ",
        "1.1.",
        "(",
    ),
    *(
        "Hi ",
        "Hi, ",
        "hi all, ",
        "all, ",
        "A, ",
        "A and ",
        "and ",
        "thanks, ",
        "Thanks ",
        "e.g. ",
        "a. ",
        "... ",
        "! ",
    ),
    *("https://a ", "https://a)", "*https://a*", "[", "[1, 2026", "&gt;", "> ", "|", "\u2026", "\x1b[", "\x1b]"),
]


@pytest.mark.parametrize("part", LINES_OF_MAILS)
def test_a_megabyte_of_a_mail_is_not_slow(part: str) -> None:
    """Patterns that only ever see a line of limited length are tried where they are used."""
    line = part * (1990 // len(part))
    begin = time.process_time()
    for text in (part * (MEGABYTE // len(part)), f"{line}\n" * 80, f"{line}:\n> x\n" * 80, f"{line}\n\n" * 80):
        lines = body.own_lines(text)
        body.first_sentence(lines)
        list(body.cited_urls(lines))
        body.first_sentence(text.split("\n"))
    assert time.process_time() - begin < 10
    begin = time.process_time()
    for name in (part * 100, line):
        mail.name_of(name)
        header._own_name(name, "dev@lists.example.org", "dev")
        threads.split_subject(line * 2)
        list(threads.keys_of(line * 2))
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    "part", ["(", "a: ", "<", '"', "a at ", "=?", "=?utf-8?q?", ",", "\\", "a@b,", "<a@", " ", "'", "1 "]
)
def test_a_header_of_half_a_megabyte_is_not_slow(part: str) -> None:
    names = (
        "From",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "List-Id",
        "Archived-At",
        "Received",
    )
    for name in names:
        begin = time.process_time()
        for fold in ("", "\n "):
            value = (part + fold) * (MEGABYTE // 2 // len(part + fold))
            header.read_message(
                _Bytes(f"{name}: {value}\nX-Other: x\n\n".encode()), b"From " + value.encode()[:100_000]
            )
        assert time.process_time() - begin < 2, name


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, limit: int = MEGABYTE) -> bytes:
        return self.data[:limit]
