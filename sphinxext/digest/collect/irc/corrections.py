"""Second thoughts: what somebody says soon after a success to put it right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import SequenceMatcher

from sphinxext.digest.collect.irc.commands import Told, parse
from sphinxext.digest.collect.plain import visible_text, without_codes

#: How long after a success a correction of it may follow.
WINDOW = timedelta(minutes=5)
#: No correction makes a text longer, and none is longer itself.
MAX_TEXT, MAX_CORRECTION = 10_000, 1_000

#: ``s/old/new/``: any usual delimiter, which a backslash escapes; the last one may be missing.
_SED = re.compile(
    r"s(?P<mark>[/|#,:;!@%~^+=])(?P<old>(?:(?!(?P=mark))[^\\]|\\.)+)(?P=mark)(?P<new>(?:(?!(?P=mark))[^\\]|\\.)*)"
    r"(?:(?P=mark)(?P<flags>[gi]*)\s*)?\Z",
    re.DOTALL,
)
#: Two words are one with a slip of the fingers if they are so much alike and have about the same length.
_ALIKE, _DIFFERENCE, _SHORT = 0.75, 2, 4
_SLIPS = 2


def corrected(told: Told, message: str, since: str = "") -> Told | None:
    """What a success becomes by a later message of the same nick, or None if that is no correction of it.

    A correction is ``s/old/new/`` as in sed, or the same again, see :func:`is_told_again`. Here ``old`` is words and
    not an expression. The caller sees to it that no more than :data:`WINDOW` has passed.

    :param since: what the nick said in between, if anything: a correction that fits there is about that.
    """
    again = parse(message)
    if again is not None:
        return again if is_told_again(told, again) else None
    match = _SED.match(without_codes(message)) if len(message) <= MAX_CORRECTION else None
    if match is None:
        return None
    old, new = (visible_text_of_part(match[name]) for name in ("old", "new"))
    flags = match["flags"] or ""
    expression = re.compile(re.escape(old), re.IGNORECASE if "i" in flags else 0)
    if not old or expression.search(since):
        return None
    return _replaced(told, expression, new, everywhere="g" in flags)


def is_told_again(told: Told, again: Told) -> bool:
    """Whether a second success says the same as the first: the same words, more of them, or without slips.

    Words with digits are never slips: ``13.0.0.0b1`` and ``13.0.0.0b2`` are two releases.
    """
    if told.kind is not again.kind:
        return False
    before, after = list(_words_of(told)), list(_words_of(again))
    if before == after:
        return True
    if len(before) < len(after):
        return len(before) > 1 and after[: len(before)] == before
    if len(before) > len(after):
        return False
    changes = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    return len(changes) <= min(_SLIPS, len(before) // 2) and all(_is_slip(*pair) for pair in changes)


def visible_text_of_part(part: str) -> str:
    """A part of ``s/old/new/`` without escapes; spaces at its ends stay, since they matter there."""
    text = re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)
    words = visible_text(text)
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if words else " " * bool(text)


def _replaced(told: Told, old: re.Pattern[str], new: str, *, everywhere: bool) -> Told | None:
    """The text with other words, or else the recipient with another name."""
    for name in ("text", "recipient"):
        value = getattr(told, name)
        found = len(old.findall(value)) if value else 0
        if not found or len(value) + found * len(new) > MAX_TEXT:
            continue
        changed = visible_text(old.sub(lambda _: new, value, count=0 if everywhere else 1))
        if changed and (name == "text" or " " not in changed):
            parts = {"text": told.text, "recipient": told.recipient, name: changed}
            return Told(told.kind, parts["recipient"], parts["text"] or "")
    return None


def _words_of(told: Told) -> Iterator[str]:
    if told.recipient:
        yield told.recipient.casefold()
    for word in told.text.casefold().split():
        yield word.strip(".,;:!?()\"'") or word


def _is_slip(before: str, after: str) -> bool:
    if min(len(before), len(after)) < _SHORT or abs(len(before) - len(after)) > _DIFFERENCE:
        return False
    if any(character.isdigit() for character in before + after) or max(len(before), len(after)) > 50:
        return False
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE
