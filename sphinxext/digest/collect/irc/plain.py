"""What somebody said in a chat to the text that readers saw: without colours, controls and turned directions."""

from __future__ import annotations

import re

from sphinxext.digest.archive.decode import as_windows

#: What a terminal takes for commands: CSI sequences, strings such as titles up to their ends, and sets of characters.
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[()*+][0-9A-Z])")
#: mIRC's codes: colours by number and by value. Those without an argument are controls like others.
_COLOURS = re.compile(r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
#: Controls; what changes the direction of text, or is not seen at all; half characters and what is no character.
#: Joiners stay, which scripts and emoji are made with.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_HALVES = re.compile("[\ud800-\udfff]")


def decode_line(data: bytes) -> str:
    """A line of a log. It is UTF-8, perhaps cut within a character, or else taken for Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    if any(character > "\x7f" and not "\ud800" <= character <= "\udfff" for character in text):
        return _HALVES.sub("\ufffd", text)
    return as_windows(data)


def visible_text(text: str) -> str:
    """The text that a reader of the chat saw, on one line, with single spaces between words.

    Codes of mIRC (colours, bold) and of terminals, controls, and characters that cannot be seen or change the
    direction of text are left out.
    """
    return " ".join(without_codes(text).split())


def without_codes(text: str) -> str:
    """A text without what :func:`visible_text` leaves out; white space stays, and line ends become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub(" ", _COLOURS.sub("", _TERMINAL.sub("", text)))
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", text))
