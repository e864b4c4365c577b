"""Strip text from outside of what readers do not see: colours, control characters, overrides of direction."""

from __future__ import annotations

import re

#: What a terminal takes for commands (ECMA-48): CSI sequences such as colours, strings such as titles up to their
#: ends, sets of characters, and what has two characters.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])"
)
#: mIRC's codes: colours by number and by value. Those without an argument are controls like others.
_COLOURS = re.compile(r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
#: Controls; what changes the direction of text (UAX #9), or is not seen at all; what is no character. Joiners stay,
#: which scripts and emoji are written with.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_HALVES = re.compile("[\ud800-\udfff]")


def visible_text(text: str) -> str:
    """Return the text that a reader saw, on one line, with single spaces between words.

    Codes of mIRC (colours, bold) and of terminals, controls, and characters that cannot be seen or change the
    direction of text are left out.
    """
    return " ".join(without_codes(text).split())


def without_codes(text: str) -> str:
    """Return a text without what :func:`visible_text` leaves out; white space stays, and line ends become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub(" ", _COLOURS.sub("", _TERMINAL.sub("", text)))
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", text))


def visible_lines(text: str) -> str:
    """Return a text of several lines, without what :func:`visible_text` leaves out of one; tabs become spaces."""
    return "\n".join(without_codes(line) for line in text.replace("\r\n", "\n").expandtabs(8).split("\n"))
