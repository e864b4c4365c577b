"""Suggestions for the options of directives, where docutils only says that one is unknown."""

from __future__ import annotations

from collections.abc import Callable

from docutils.parsers.rst import Directive

from sphinxext.digest.problems import nearest


class SuggestingOptions(dict[str, Callable[[str], object]]):
    """The options of a directive, by their names. An unknown name is an error that names the nearest one.

    docutils puts what the error says between quotes: ``unknown option: "sinse": did you mean "since".``
    """

    def __missing__(self, name: str) -> Callable[[str], object]:
        """Refuse a name, as a mapping does."""
        near = nearest(name, self)
        raise KeyError(f'{name}": did you mean "{near}' if near else name)


class SuggestsOptions(Directive):
    """The base of directives whose options are :class:`SuggestingOptions`."""

    def __init_subclass__(cls) -> None:
        """Take the options that a class declares."""
        super().__init_subclass__()
        cls.option_spec = SuggestingOptions(cls.option_spec or {})
