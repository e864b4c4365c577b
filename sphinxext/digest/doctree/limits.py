"""What else could go wrong with harmless directives and roles.

Some options reach beyond the text, open files, or have no end. And some texts end a directive or a role with an error
of its own, which would end the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.tables import CSVTable

#: As many columns as a list may have: each is made, whether the list fills it or not.
MAX_COLUMNS = 100
#: How many digits the number of a line may have: a range is made of all its numbers.
MAX_DIGITS = 4


def _columns(argument: str) -> int:
    number = int(argument)
    if not 1 <= number <= MAX_COLUMNS:
        raise ValueError(f"must be between 1 and {MAX_COLUMNS}")
    return number


def _lines(argument: str) -> str:
    if any(len(number) > MAX_DIGITS for number in re.findall(r"\d+", argument)):
        raise ValueError("there are no such lines")
    return directives.unchanged_required(argument)


def _loading(argument: str) -> str:
    """A file that is embedded becomes a part of the page, as it is."""
    return directives.choice(argument, ("link", "lazy"))


#: What somebody's code ends with where it did not expect a text; not what docutils itself stops directives by.
MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

_OPTIONS: dict[str, dict[str, Callable[[str], Any]]] = {
    "code-block": {"emphasize-lines": _lines},
    "sourcecode": {"emphasize-lines": _lines},
    "figure": {"loading": _loading},
    "image": {"loading": _loading},
    "hlist": {"columns": _columns},
}


def limited(name: str, found: Any) -> Any:
    """A directive that takes the options which do no harm, and whose own errors are problems of the text."""
    if not (isinstance(found, type) and issubclass(found, Directive)):
        return found
    return _limited_directive(found, name.lower())  # type: ignore[arg-type] # it is hashable


@cache
def _limited_directive(found: Any, name: str) -> type[Directive]:
    options = found.option_spec or {}
    checks = {option: check for option, check in _OPTIONS.get(name, {}).items() if _takes(options, option)}

    class Limited(found):  # type: ignore[misc]
        # the table may be one that has any option
        option_spec = type(options)({**options, **checks})

        def run(self) -> list[nodes.Node]:
            if name == "math":
                # the whole project knows labels of formulas, and one would take the place of another's; without one it
                # would be the name
                self.options["label"] = None
            try:
                if isinstance(self, CSVTable) and not self.state.document.settings.file_insertion_enabled:
                    # Sphinx would first look whether the file is there, and say so
                    return list(CSVTable.run(self))
                result: list[nodes.Node] = super().run()
            except MISTAKES as mistake:
                raise self.error(failure_message("directive", self.name, mistake)) from None
            return result

    return Limited


def limited_role(found: Callable[..., Any]) -> Callable[..., Any]:
    """A role whose own errors are problems of the text."""

    def role(name: str, rawtext: str, text: str, lineno: int, inliner: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return found(name, rawtext, text, lineno, inliner, *arguments, **options)
        except MISTAKES as mistake:
            inliner.reporter.error(failure_message("role", name, mistake), line=lineno)
            return [nodes.literal(rawtext, text)], []

    # docutils reads them from a role: what it takes, and whether its text may have markup
    role.__dict__.update(getattr(found, "__dict__", {}))
    return role


def failure_message(what: str, name: str, mistake: Exception) -> str:
    """What a problem says of a directive or role that ended with an error of its own."""
    return f'The {what} "{name}" cannot be used like this ({type(mistake).__name__}: {mistake})'


def _takes(options: Mapping[str, Any], name: str) -> bool:
    try:
        return options[name] is not None
    except KeyError:
        return False
