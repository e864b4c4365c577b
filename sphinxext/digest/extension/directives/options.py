"""Checks of the directives' options, in docutils' way: a text to a value, or a ValueError for the user."""

from __future__ import annotations

from datetime import date

from docutils.parsers.rst import directives

from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.model import Scope, State
from sphinxext.digest.model.period import PeriodError, parse_day
from sphinxext.digest.settings.options import SECTIONS

#: The parts of a countdown, in the order in which they are shown if nothing else is said.
COUNTDOWN_SHOWS = ("left", "note", "deadlines", "timeline")


def day(argument: str) -> date:
    """A day, ``YYYY-MM-DD``."""
    text = directives.unchanged_required(argument).strip()
    try:
        found = parse_day(text)
    except PeriodError as error:
        raise ValueError(str(error)) from None
    if found is None:
        raise ValueError(f"'{text}' is not a day: write YYYY-MM-DD")
    return found


def count(argument: str) -> int:
    """A whole number from 1."""
    number: int = directives.positive_int(argument)
    return number


def names(argument: str) -> tuple[str, ...]:
    """Texts separated by commas."""
    found = tuple(name.strip() for name in directives.unchanged_required(argument).split(",") if name.strip())
    if not found:
        raise ValueError("at least one name is needed")
    return found


def sections(argument: str) -> tuple[str, ...]:
    """Names of sections, separated by commas or spaces."""
    found = tuple(directives.unchanged_required(argument).replace(",", " ").split())
    for name in found:
        if name not in SECTIONS:
            raise ValueError(f"there is no section '{name}': there are {', '.join(SECTIONS)}")
    return found


def url(argument: str) -> str:
    """A URL of one of the schemes that fragments may use."""
    try:
        return check_url(directives.unchanged_required(argument).strip())
    except ValueProblem as error:
        raise ValueError(str(error)) from None


def state(argument: str) -> State:
    """Read the state of a thread."""
    return State(directives.choice(argument, [state.value for state in State]))


def switch(argument: str | None) -> bool:
    """True or false; an option without a value is true, as a flag is."""
    text = (argument or "").strip().lower()
    if text in ("", "true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0"):
        return False
    raise ValueError("must be true or false")


def scopes(argument: str) -> tuple[Scope, ...]:
    """Whom events are for: one scope, or ``all``."""
    choice = directives.choice(argument, [*(scope.value for scope in Scope), "all"])
    return tuple(Scope) if choice == "all" else (Scope(choice),)


def countdown_parts(argument: str) -> tuple[str, ...]:
    """Names of parts of a countdown, separated by commas or spaces."""
    found = tuple(directives.unchanged_required(argument).replace(",", " ").split())
    for name in found:
        if name not in COUNTDOWN_SHOWS:
            raise ValueError(f"a countdown has no part '{name}': there are {', '.join(COUNTDOWN_SHOWS)}")
    return tuple(dict.fromkeys(found))
