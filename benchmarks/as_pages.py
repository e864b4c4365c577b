"""The content as pages that somebody wrote by hand: the same words under the same headings, with the same links.

Four ways to arrange them: pages of years and months between the list and the digests, one flat toctree, posts of an
ABlog blog, and such posts in one flat toctree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from content import SUCCESSES, THREADS, Digest, Success, Thread, months_of

FOLDER = "digests"
SUCCESS_URL = "https://wiki.gannet.example/successes"
HEADING = "SuccessBot Says"
CLOSING = "Tell us yours via IRC with a message “#success [insert success]”."

_LINK = re.compile(r"`[^`<]+<(?P<url>[^>]+)>`__")
_HIDDEN_TOCTREE = ".. toctree::\n   :hidden:\n   :titlesonly:\n\n"


def write_nested(source: Path, digests: list[Digest]) -> None:
    """Pages in the structure that the extension gives a collection."""
    folder = _write_digests(source, digests)
    months = list(months_of(digests))
    years: dict[str, list[tuple[str, list[Digest]]]] = {}
    for year, month, members in months:
        years.setdefault(year, []).append((month, members))
    listing = ""
    for year, members in years.items():
        listing += f":doc:`{year} </{FOLDER}/{year}>`\n{_indented(_months(members), 2)}\n"
        _write(folder / f"{year}.rst", year, _months(members) + _toctree(month for month, _ in members))
    _write(folder / "index.rst", "Digests", listing + _toctree(years))
    for _, month, members in months:
        title = f"{members[0].end:%B %Y}"
        _write(folder / f"{month}.rst", title, _lines(members) + _toctree(_name(digest) for digest in members))


def write_flat(source: Path, digests: list[Digest]) -> None:
    """All digests in one toctree."""
    folder = _write_digests(source, digests)
    names = "".join(f"   {_name(digest)}\n" for digest in reversed(digests))
    _write(folder / "index.rst", "Digests", f".. toctree::\n   :titlesonly:\n\n{names}")


def write_posts(source: Path, digests: list[Digest]) -> None:
    """Each digest a post; the first page lists them. ABlog makes the archive's pages and the feed."""
    _write_digests(
        source, digests, lambda digest: f".. post:: {digest.end:%d %B %Y}\n   :tags: digest\n   :author: Gannet\n\n"
    )
    _write(source / FOLDER / "index.rst", "Digests", ".. postlist::\n   :format: {title}\n")


def write_posts_flat(source: Path, digests: list[Digest]) -> None:
    """Posts that are documents like others, all in one toctree."""
    write_posts(source, digests)
    names = "".join(f"   {_name(digest)}\n" for digest in reversed(digests))
    with (source / FOLDER / "index.rst").open("a", encoding="utf-8") as index:
        index.write(f"\n{_HIDDEN_TOCTREE}{names}")


def path_of(thread: Thread) -> str:
    """The page that a thread stands on, relative to the source folder."""
    return f"{FOLDER}/{_name(thread.digest)}.rst"


def _write_digests(source: Path, digests: list[Digest], head: Callable[[Digest], str] = lambda _: "") -> Path:
    folder = source / FOLDER
    folder.mkdir(parents=True)
    for digest in digests:
        _write(folder / f"{_name(digest)}.rst", digest.title, head(digest) + _Page(digest).text())
    return folder


def _write(path: Path, title: str, body: str) -> None:
    path.write_text(_headed(title, "=", body), encoding="utf-8")


def _headed(title: str, line: str, body: str) -> str:
    return f"{title}\n{line * len(title)}\n\n{body}\n"


def _name(digest: Digest) -> str:
    return digest.end.isoformat()


def _months(members: list[tuple[str, list[Digest]]]) -> str:
    return "".join(
        f":doc:`{digests[0].end:%B} </{FOLDER}/{month}>`\n{_indented(_lines(digests), 2)}\n"
        for month, digests in members
    )


def _lines(digests: list[Digest]) -> str:
    """The digests of a month, with what is in them."""
    counts = f"({SUCCESSES} successes, {THREADS} threads)"
    lines = (f"* :doc:`{digest.title} </{FOLDER}/{_name(digest)}>` {counts}\n" for digest in digests)
    return "".join(lines)


def _toctree(names: Iterable[str]) -> str:
    return f"\n{_HIDDEN_TOCTREE}" + "".join(f"   {name}\n" for name in names)


def _indented(text: str, indent: int) -> str:
    return "".join(f"{' ' * indent}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


@dataclass
class _Page:
    """One digest; its links are numbered by first appearance and listed at the end."""

    digest: Digest
    numbers: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        successes = "".join(map(self._success, self.digest.successes))
        successes += f"* {CLOSING}\n* `All Successes <{SUCCESS_URL}>`__\n"
        parts = [_headed(HEADING, "-", successes), *map(self._thread, self.digest.threads)]
        if self.numbers:
            lines = "".join(f"* _`[{number}]` {url}\n" for url, number in self.numbers.items())
            parts.append(_headed("References", "-", lines))
        return "\n".join(parts)

    def _numbered(self, text: str) -> str:
        def number(match: re.Match[str]) -> str:
            return f"{match[0]} `[{self.numbers.setdefault(match['url'], len(self.numbers) + 1)}]`_"

        return _LINK.sub(number, text)

    def _success(self, success: Success) -> str:
        where = f" (`#{success.channel} <{success.url}>`__)" if success.channel else ""
        return f"* {success.nick}: {self._numbered(success.text)}{where}\n"

    def _thread(self, thread: Thread) -> str:
        label = f".. _thread-{thread.identity}:\n\n"
        links = [f"`Full thread <{thread.url}>`__"]
        if thread.continues:
            links.append(f"Continued from: {_reference(thread.continues)}")
        links += [f"Continued in: {_reference(later)}" for later in thread.continued]
        body = self._numbered(thread.summary) + "\n\n" + "".join(f"* {link}\n" for link in links)
        return label + _headed(thread.title, "-", body)


def _reference(thread: Thread) -> str:
    return f":ref:`{thread.digest.title} <thread-{thread.identity}>`"
