"""Links to lines of logs.

A template is a URL with these words in braces: ``channel`` without its ``#``, ``date`` (``YYYY-MM-DD``), ``time`` as
irclog2html names its anchors (``YYYY-MM-DDTHH:MM:SS``, and ``-2`` for the second line of a second), ``year``,
``month``, ``day``, ``line`` (the number of the line).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from sphinxext.digest.collect.irc.formats import Said
from sphinxext.digest.fragments.values import ValueProblem, check_url

WORDS = ("channel", "date", "time", "year", "month", "day", "line")
_WORD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: what it says, its anchor on a page of the log if that is known, and its number."""

    said: Said
    anchor: str | None
    number: int


def check_template(template: str) -> None:
    """Make sure that a template has known words only, and becomes a URL.

    :raises ValueProblem: if not.
    """
    for match in _WORD.finditer(template):
        if match[1] not in WORDS:
            known = ", ".join(f"{{{word}}}" for word in WORDS)
            raise ValueProblem(f"'{match[0]}' is none of {known}")
    check_url(_WORD.sub("1", template))


def fill(template: str, channel: str | None, line: Line) -> str | None:
    """The link to a line; None if it needs a channel and nothing says it."""
    if channel is None and "{channel}" in template:
        return None
    time = line.anchor.removeprefix("t") if line.anchor and "T" in line.anchor else line.said.stamp
    values = {
        "channel": quote(channel or "", safe="", errors="replace"),
        "date": line.said.stamp[:10],
        "time": time,
        "year": line.said.stamp[:4],
        "month": line.said.stamp[5:7],
        "day": line.said.stamp[8:10],
        "line": str(line.number),
    }
    return _WORD.sub(lambda match: values[match[1]], template)
