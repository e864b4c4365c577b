"""Pages of web servers that list the logs of a folder."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from datetime import date

from sphinxext.digest.collect.irc.names import day_of
from sphinxext.digest.collect.irc.plain import decode_line
from sphinxext.digest.collect.irc.sources import Source, is_log_name, source_of_url, without_twins
from sphinxext.digest.urls import join_url, split_url

#: More than a server lists in ten years, and as much as such a page may have.
MAX_LOGS, MAX_BYTES = 10_000, 16 * 1024 * 1024
_LINK = re.compile(rb"<a\s[^<>]{0,300}?href\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)


def listed_logs(data: bytes, page: Source, wanted: Callable[[date], bool], *, as_pages: bool) -> list[Source]:
    """The logs that a page links to in its own folder, in the order of their days.

    :param wanted: whether a day matters, for logs whose names say it.
    :param as_pages: whether pages are better than the logs beside them that they were made of: they have anchors.
    """
    assert page.url is not None
    # a server redirects from the folder's name without a slash to the page, and its links begin there
    parts = split_url(page.url)
    name = parts.path.rpartition("/")[2] if parts else ""
    base = f"{page.url}/" if name and "." not in name else page.url
    folder = join_url(base, ".") or base
    names: dict[str, str] = {}
    for match in _LINK.finditer(data):
        url = _joined(base, html.unescape(decode_line(match[1])))
        name = url.removeprefix(folder) if url.startswith(folder) else ""
        if name and "/" not in name and "?" not in name and is_log_name(name):
            names[name] = url
    kept: Iterable[str] = without_twins(names, as_pages=as_pages)
    days = {name: day_of(name) for name in kept}
    chosen = [name for name, day in days.items() if day is None or wanted(day)]
    chosen.sort(key=lambda name: (days[name] or date.min, name))
    return [source_of_url(names[name], page.channel, is_listed=True) for name in chosen[:MAX_LOGS]]


def _joined(base: str, link: str) -> str:
    """Return where a link leads without its fragment, "" if it cannot be parsed."""
    url = (join_url(base, link) or "").partition("#")[0]
    parts = split_url(url)
    return url if parts and parts.hostname and url.isprintable() else ""
