"""Roles of fragments that make links, as a project's settings list them, and as ``sphinx.ext.extlinks`` has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_NAME = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"%/?#]+[/?#][^\s<>\"]*", re.IGNORECASE)
#: What the template may have besides text: the place of the words, and an escaped sign.
_FIELD = re.compile(r"%(.?)")


class LinkRoleError(ValueError):
    """A role that nobody can use; the message says what it must be."""


class LinkRole(NamedTuple):
    """A role such as ``bug``: its ``address`` and its ``caption`` have ``%s`` where the role has its words.

    An empty caption is for the address itself.
    """

    name: str
    address: str
    caption: str = ""

    def link(self, text: str) -> tuple[str, str]:
        """Return the words and the address of a link.

        :param text: what the role has, ``12`` or ``words <12>``.
        """
        words, target = "", text
        if text.endswith(">") and (start := text.rfind("<")) > 0:
            words, target = text[:start].strip(), text[start + 1 : -1]
        address = self.address % target.strip()
        return words or (self.caption % target if self.caption else address), address


def read_link_roles(value: object) -> tuple[LinkRole, ...]:
    """Read a mapping of names to addresses, or to lists of an address and a caption.

    :raises LinkRoleError: if something of it cannot be a role.
    """
    if value == ():
        return ()
    if not isinstance(value, Mapping):
        raise LinkRoleError("must map the names of roles to addresses")
    return tuple(_read(name, one) for name, one in value.items())


def _read(name: object, value: object) -> LinkRole:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise LinkRoleError(f"has the role '{name}': names are letters, digits, and '-', '.', '_', '+' between them")
    address, caption = (value, None) if isinstance(value, str) else _pair(name, value)
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address) or not _has_one_field(address):
        raise LinkRoleError(
            f"has no address for the role '{name}': it must be an absolute URL, http or https, with one '%s' behind "
            "the host, and '%%' for a percent sign"
        )
    if caption is not None and (not isinstance(caption, str) or not _has_one_field(caption) or "\n" in caption):
        raise LinkRoleError(f"has no caption for the role '{name}': it must be a line of text with one '%s'")
    return LinkRole(name.lower(), address, caption or "")


def _pair(name: str, value: object) -> tuple[object, object]:
    if isinstance(value, list | tuple) and len(value) == 2:
        return value[0], value[1]
    raise LinkRoleError(f"must have an address for the role '{name}', or a list of an address and a caption")


def _has_one_field(template: str) -> bool:
    fields = _FIELD.findall(template)
    return fields.count("s") == 1 and all(field in ("s", "%") for field in fields)
