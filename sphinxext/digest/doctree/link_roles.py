"""Roles of docutils for the link roles of a project's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from docutils import nodes
from docutils.parsers.rst import roles
from docutils.utils import unescape

from sphinxext.digest.link_roles import LinkRole


@contextmanager
def known_link_roles(link_roles: tuple[LinkRole, ...]) -> Iterator[None]:
    """Let docutils find link roles, whatever else has their names."""
    find_role: Callable[..., Any] = roles.role
    own = {one.name: partial(_link, one) for one in link_roles}

    def role(name: str, *arguments: Any) -> Any:
        return (own[name.lower()], []) if name.lower() in own else find_role(name, *arguments)

    roles.role = role  # type: ignore[assignment]
    try:
        yield
    finally:
        roles.role = find_role


def _link(link_role: LinkRole, _name: str, rawtext: str, text: str, *_: Any, **__: Any) -> Any:
    words, address = link_role.link(unescape(text))
    return [nodes.reference(rawtext, words, internal=False, refuri=address)], []
