"""The checks of options for release notes: links for issues, and the components that notes are grouped by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from sphinxext.digest.settings.checks import ADDRESS, OptionError, has_one_field


class IssueLink(NamedTuple):
    """A link for texts such as ``#123``: the text before and after the number, and the ``url`` with ``%s`` for it.

    ``field`` is ``number``, or ``change`` for a Change-Id of Gerrit's.
    """

    before: str
    field: str
    after: str
    url: str


_ISSUE = re.compile(r"([^{}]{0,40})\{(number|change)\}([^{}]{0,10})")


def issue_links(value: object) -> tuple[IssueLink, ...]:
    """Read a mapping of texts with ``{number}`` or ``{change}`` to URLs with the same.

    :raises OptionError: if one of them is malformed.
    """
    if value == ():
        return ()
    if not isinstance(value, Mapping):
        raise OptionError("must map texts such as '#{number}' to URLs")
    return tuple(_issue_link(text, url) for text, url in value.items())


def _issue_link(text: object, url: object) -> IssueLink:
    match = _ISSUE.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[2] == "number" and not match[1].strip()):
        raise OptionError(
            f"has the text {text!r}: it must be '{{change}}', or have '{{number}}' after a sign or a word"
        )
    place = f"{{{match[2]}}}"
    template = url.replace("%", "%%").replace(place, "%s") if isinstance(url, str) else ""
    if not ADDRESS.fullmatch(template) or not has_one_field(template) or "{" in template:
        raise OptionError(f"has no URL for {text!r}: it must be http or https, with one '{place}' behind the host")
    return IssueLink(match[1], match[2], match[3], template)


class Component(NamedTuple):
    """A part of the project: its ``name`` in release notes, and its ``title`` in headings."""

    name: str
    title: str


_COMPONENT = re.compile(r"\w[\w.+/-]{0,39}")


def components(value: object) -> tuple[Component, ...]:
    """Read a list of names, or a mapping of names to titles.

    :raises OptionError: if one of them is malformed, or two names are the same.
    """
    if not isinstance(value, list | tuple | Mapping):
        raise OptionError("must be a list of names, or map names to titles, such as {api: REST API}")
    pairs = list(value.items()) if isinstance(value, Mapping) else [(name, name) for name in value]
    found: dict[str, Component] = {}
    for name, title in pairs:
        if not isinstance(name, str) or not _COMPONENT.fullmatch(name):
            raise OptionError(f"has the name {name!r}: names are letters, digits, and '-', '.', '_', '+', '/' in them")
        if not isinstance(title, str) or not title.strip() or "\n" in title.strip():
            raise OptionError(f"has no title for {name!r}: it must be a line of text")
        if name.lower() in found:
            raise OptionError(f"has the name {name!r} twice")
        found[name.lower()] = Component(name, title.strip())
    return tuple(found.values())
