"""What lies between two versions, or between two days: ``A..B``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sphinxext.digest.model.period import PeriodError, parse_day
from sphinxext.digest.release.notes import NotesConfig, Release


class SpanError(ValueError):
    """A span that cannot be understood; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Span:
    """What came after ``start``, up to ``end``. Either is a version or a day; None stands for no limit.

    As in git the start itself is not part of it, if it is a version: it is what somebody has already. A day is part of
    it at both ends, as in the periods of digests.
    """

    start: str | date | None
    end: str | date | None

    def __str__(self) -> str:
        return f"{self.start or ''}..{self.end or ''}"


def parse_span(text: str) -> Span:
    """Read ``A..B``, ``A..``, ``..B`` or ``A``, which is the same as ``A..``.

    :raises SpanError: if it is none, or a day that there is not.
    """
    start, dots, end = text.strip().partition("..")
    span = Span(_limit(start), _limit(end))
    if not dots and not start:
        raise SpanError("nothing says since when: write A..B with versions or days (YYYY-MM-DD)")
    if isinstance(span.start, date) and isinstance(span.end, date) and span.end < span.start:
        raise SpanError(f"{span} ends before it starts")
    return span


def _limit(text: str) -> str | date | None:
    text = text.strip()
    try:
        return parse_day(text) or text or None
    except PeriodError as error:
        raise SpanError(str(error)) from None


def versions_of_branch(conf: NotesConfig, scanner: object) -> list[str]:
    """All versions of the branch, the newest first: those that have no notes as well.

    Empty if the scanner cannot tell, as that of a committed cache file.

    :param scanner: one with reno's interface.
    :raises HistoryError: if there is no such branch.
    """
    tags = getattr(scanner, "_get_tags_on_branch", None)
    return list(tags(conf.branch)) if tags is not None else []


def select_releases(releases: Sequence[Release], span: Span, versions: Iterable[str] = ()) -> tuple[Release, ...]:
    """The releases in a span, the newest first.

    What is not released yet is in spans without an end.

    :param releases: of the whole branch, as :func:`~sphinxext.digest.release.load.load_releases` has them if the
        configuration stops neither at the base of the branch nor at an earliest version.
    :param versions: as of :func:`versions_of_branch`, so that a limit can be a version without notes.
    :raises SpanError: if there is no such version, or the end is before the start.
    """
    order = _order(releases, versions)
    start = _place(span.start, order) if isinstance(span.start, str) else len(order)
    end = _place(span.end, order) if isinstance(span.end, str) else -1
    if start < end:
        raise SpanError(f"{span} ends before it starts")
    return tuple(release for release in releases if end <= order[release.version] < start and _in_days(release, span))


def _order(releases: Iterable[Release], versions: Iterable[str]) -> dict[str, int]:
    """The place of each version, 0 for the newest. What has no tag comes before the versions that have one."""
    versions = list(versions)
    known = set(versions)
    names = [release.version for release in releases]
    if not known.intersection(names):
        return {name: place for place, name in enumerate(dict.fromkeys([*names, *versions]))}
    return {
        name: place for place, name in enumerate(dict.fromkeys([*(n for n in names if n not in known), *versions]))
    }


def _place(version: str, order: dict[str, int]) -> int:
    if version not in order:
        raise SpanError(f"there is no version '{version}' on this branch")
    return order[version]


def _in_days(release: Release, span: Span) -> bool:
    if release.day is None:
        return span.end is None
    after = not isinstance(span.start, date) or span.start <= release.day
    return after and (not isinstance(span.end, date) or release.day <= span.end)
