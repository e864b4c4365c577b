"""What the name of a log says: its channel and its day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote

_ENDINGS = re.compile(r"(?:\.(?:gz|html?|log|txt|json|weechatlog|xchatlog))+\Z", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(\d{4})([-._]?)(\d\d)\2(\d\d)(?!\d)")
_DAY_AT_END = re.compile(r"[ ._-]?\d{4}([-._]?)\d\d\1\d\d\Z")
#: Folders of Pidgin are named so.
_CHAT = ".chat"
_CHANNEL = re.compile(r"#[^\s,\x00-\x1f\x7f]*[^\s,\x00-\x1f\x7f#]\Z")
#: WeeChat's logger names all that it logs so; what has no ``#`` is a talk of two.
_WEECHAT = re.compile(r"irc\.[^.]+\.(?P<name>.+)\.weechatlog(?:\.gz)?\Z")


def channel_of(path: str) -> str | None:
    """The channel, without its first ``#``, that a path names in its file or in one of its folders.

    Such as ``%23chan/%23chan.2016-03-14.log`` (Limnoria), ``#chan/2016-03-14.log`` and ``net_#chan_20160314.log``
    (ZNC), ``irc.net.#chan.weechatlog``, ``#chan.log`` (irssi).
    """
    parts = PurePosixPath(unquote(path.replace("\\", "/"))).parts
    for number, part in enumerate(reversed(parts)):
        name = _DAY_AT_END.sub("", _ENDINGS.sub("", part)) if number == 0 else part.removesuffix(_CHAT)
        if "#" in name and (match := _CHANNEL.search(name[name.index("#") :])):
            return match[0].removeprefix("#")
    return None


def day_of(path: str) -> date | None:
    """The day that the name of a file ends with, ``YYYY-MM-DD`` or ``YYYYMMDD``."""
    name = PurePosixPath(path.replace("\\", "/")).name
    for match in reversed(list(_DAY.finditer(name))):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None


def is_private(path: str) -> bool:
    """Whether a log certainly is that of a talk of two, or of a server."""
    match = _WEECHAT.search(PurePosixPath(unquote(path.replace("\\", "/"))).name)
    return match is not None and not match["name"].startswith(("#", "&"))
