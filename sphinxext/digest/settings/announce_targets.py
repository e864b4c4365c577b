"""The targets that the option ``announce`` lists for ``sphinx-digest announce``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from sphinxext.digest.model import REFUSED_CHARACTER
from sphinxext.digest.net.irc import parse_server
from sphinxext.digest.plugins import ANNOUNCERS, installed
from sphinxext.digest.settings.checks import OptionError, folder_url_or_empty

#: What is said if a target has no template of its own.
TEMPLATE = "{title}: {headlines} {url}"
_FIELDS = ("title", "headlines", "url")
_KEYS = ("name", "kind", "url", "room", "category", "user", "template")
_IRC = ("irc://", "ircs://")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_EXAMPLE = "such as {name: fediverse, kind: mastodon, url: https://social.example.org}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest is announced.

    ``kind`` is the name of an announcer; ``url`` the server's, with a slash at its end; ``room`` is for Matrix and
    IRC, ``user`` for IRC and Discourse, and ``category`` for Discourse.
    """

    name: str
    kind: str
    url: str = ""
    room: str = ""
    category: str = ""
    user: str = ""
    template: str = TEMPLATE


def targets(value: object) -> tuple[Target, ...]:
    """Read a list of targets, a value from YAML or ``conf.py``.

    :raises OptionError: if it is anything else than a list of mappings.
    """
    if not isinstance(value, list | tuple):
        raise OptionError(f"must be a list of mappings, {_EXAMPLE}")
    found = [_target(entry, f"entry {number}") for number, entry in enumerate(value, 1)]
    names = [target.name for target in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise OptionError(f"has two targets of the name '{twice[0]}'")
    return tuple(found)


def _target(entry: object, where: str) -> Target:
    if not isinstance(entry, Mapping) or not all(isinstance(key, str) for key in entry):
        raise OptionError(f"must have mappings, {_EXAMPLE}: {where} is not one")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise OptionError(f"has '{unknown[0]}' in {where}: there are {', '.join(_KEYS)}")
    texts = {key: _text(value, where, key) for key, value in entry.items()}
    name, kind = texts.get("name", ""), texts.get("kind", "")
    if not _NAME.fullmatch(name):
        raise OptionError(f"needs a 'name' of small letters, digits and '-' in {where}")
    where = f"{where} ({name})"
    if kind not in installed(ANNOUNCERS):
        raise OptionError(f"has no kind '{kind}' in {where}: there are {', '.join(installed(ANNOUNCERS))}")
    if url := texts.get("url", ""):
        try:
            texts["url"] = _irc_url(url) if url.startswith(_IRC) else folder_url_or_empty(url)
        except OptionError as error:
            raise OptionError(f"has an invalid 'url' in {where}: it {error}") from None
    _check_template(texts.get("template", TEMPLATE), where)
    return Target(**texts)


def _irc_url(url: str) -> str:
    """Return the URL of a server of IRC."""
    scheme, _, server = url.partition("://")
    try:
        return f"{scheme}://{parse_server(server.removesuffix('/'), tls=scheme == 'ircs')}/"
    except ValueError as error:
        raise OptionError(f"has an {error}") from None


def _check_template(template: str, where: str) -> None:
    try:
        names = [
            f"{name}!{conversion}:{spec}" if spec or conversion else name
            for _, name, spec, conversion in Formatter().parse(template)
            if name is not None
        ]
    except ValueError:
        names = ["{"]
    if wrong := [name for name in names if name not in _FIELDS]:
        fields = ", ".join(f"{{{name}}}" for name in _FIELDS)
        raise OptionError(f"has '{wrong[0]}' in the template of {where}: the fields are {fields}")


def _text(value: object, where: str, key: str) -> str:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or "\n" in text or REFUSED_CHARACTER.search(text):
        raise OptionError(f"must have a line of text as '{key}' in {where}")
    return text
