"""Who wrote how much in a thread, as a picture: SVG to be put into a page.

The line of words that stands above it names few; here each of those who wrote most has a name, a number, and below
them a bar.
"""

from __future__ import annotations

from sphinxext.digest.model import ENGLISH, Participants, Words
from sphinxext.digest.model.words import filled
from sphinxext.digest.render.svg import picture, words_in_svg

#: With fewer people, or with as many messages by each of them, a picture says nothing.
FEWEST = 4
#: How many people have a bar; the others have one together.
MOST = 7
#: How many characters of a name there is room for on a phone.
_MAX_NAME = 30
_ROW, _TEXT, _BAR, _THICK = 26, 12, 16, 5


def people_svg(participants: Participants, identifier: str, words: Words = ENGLISH) -> str:
    """The people of a thread with bars; empty if there is too little to show.

    :param identifier: begins the identifiers in the picture, which nothing else on the page may have.
    """
    rows = _rows(participants, words)
    largest = max(number for _name, number in rows)
    if len(participants.counts) < FEWEST or len({number for _name, number in participants.counts}) == 1:
        return ""
    separator = words.gettext(", ")
    listed = separator.join(f"{name} ({number})" for name, number in rows)
    parts = "".join(
        f'<text y="{index * _ROW + _TEXT}">{words_in_svg(_short(name))}</text>'
        f'<text x="100%" y="{index * _ROW + _TEXT}" text-anchor="end">{number}</text>'
        f'<rect y="{index * _ROW + _BAR}" width="100%" height="{_THICK}" fill-opacity=".12"/>'
        f'<rect y="{index * _ROW + _BAR}" width="{round(100 * number / largest, 2):g}%" height="{_THICK}" '
        'fill-opacity=".7"/>'
        for index, (name, number) in enumerate(rows)
    )
    title = words.gettext("Messages of each person")
    return picture(parts, len(rows) * _ROW, title, listed, identifier, "digest-bars")


def participants_words(participants: Participants, words: Words = ENGLISH) -> str:
    """How many people wrote how many messages, and who wrote most of them, in one line."""
    gettext, ngettext = words.gettext, words.ngettext
    ordered = [name for name, _number in participants.by_number]
    # to leave out one or two would not make the line much shorter
    named = ordered if len(ordered) <= 5 else ordered[:3]
    names = gettext(", ").join(named)
    if others := len(ordered) - len(named):
        pattern = gettext("{names} and {others}")
        names = filled(pattern, names=names, others=ngettext("{number} other", "{number} others", others))
    return filled(
        gettext("{people}, {messages}: {names}"),
        people=ngettext("{number} person", "{number} people", len(ordered)),
        messages=ngettext("{number} message", "{number} messages", participants.messages),
        names=names,
    )


def _rows(participants: Participants, words: Words) -> list[tuple[str, int]]:
    """The names with their numbers, and the others as one."""
    ordered = participants.by_number
    if len(ordered) <= MOST + 1:
        return list(ordered)
    others = ordered[MOST:]
    together = words.ngettext("{number} other", "{number} others", len(others))
    return [*ordered[:MOST], (together, sum(number for _name, number in others))]


def _short(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1].rstrip()}…"
