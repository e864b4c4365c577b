"""The words of a page's body, to see that two sites show the same."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from measure import Failure

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)

#: The signs that link to headings and lines, what stands above a digest, the links to feeds, pictures.
_AROUND = frozenset(("headerlink", "digest-head", "digest-published", "digest-picture"))


class _Body(HTMLParser):
    """Collects the text of the element ``<div class="body">`` without what helps to find the way in it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._depth = 0
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        classes = (dict(attrs).get("class") or "").split()
        if self._depth or "body" in classes:
            self._depth += 1
        if self._depth and not self._skipped and (tag == "summary" or not _AROUND.isdisjoint(classes)):
            self._skipped = self._depth

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in _VOID:
            if self._skipped == self._depth:
                self._skipped = 0
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth and not self._skipped:
            self.parts.append(data)


def words_of(page: Path) -> list[str]:
    """The words that a page shows, but for its navigation."""
    body = _Body()
    body.feed(page.read_text(encoding="utf-8"))
    return "".join(body.parts).split()


def compare_pages(site: Path, other: Path, pages: str, *, more: bool = False) -> int:
    """Check that the pages of two sites show the same words, and return how many pages these are.

    :param pages: a pattern for their paths.
    :param more: whether a page of the other site may go on, with links to other pages.
    :raises Failure: if a page is missing on one of the sites, or shows something else.
    """
    names, others = ({page.relative_to(root) for page in root.glob(pages)} for root in (site, other))
    if not names or names != others:
        raise Failure(f"only one of {site} and {other} has {', '.join(map(str, sorted(names ^ others)[:5]))}")
    for name in sorted(names):
        words, wanted = words_of(site / name), words_of(other / name)
        if not words or words != (wanted[: len(words)] if more else wanted):
            place = next((i for i, pair in enumerate(zip(words, wanted, strict=False)) if pair[0] != pair[1]), 0)
            shown = " ".join(words[max(0, place - 5) : place + 5])
            expected = " ".join(wanted[max(0, place - 5) : place + 5])
            raise Failure(f"{name} of {site} shows '… {shown} …', and of {other} '… {expected} …'")
    return len(names)
