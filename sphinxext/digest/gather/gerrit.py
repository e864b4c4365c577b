"""Draft items from Gerrit's lists of changes, such as those close to merging or in need of review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

from sphinxext.digest.fragments.fields import ValueProblem, read_moment
from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_title, web_url
from sphinxext.digest.model import Moment
from sphinxext.digest.net.source import parse_json
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import split_url, visible_text

#: The number of changes to ask for if the query does not say it.
ASKED_FOR = 100

#: The prefix of Gerrit's JSON, so that no page can load it as a script (REST API, "Output Format").
_PREFIX = ")]}'"
#: The option of the REST API that adds votes.
_DETAILS = "DETAILED_LABELS"
_MERGED, _ABANDONED = "MERGED", "ABANDONED"
#: The status of private changes before Gerrit 2.15.
_OLD_PRIVATE = "DRAFT"
#: The keys by which the REST API and ``gerrit query`` mark changes; any value but a negative one counts.
_PRIVATE_KEYS, _WIP_KEYS = ("is_private", "private"), ("work_in_progress", "wip")


@dataclass(frozen=True, slots=True)
class Change:
    """A change. ``site`` is the address of the Gerrit, if it is known; ``votes`` are all that it has, by the label.

    ``is_wip`` if its owner still works on it, and asks nobody for a review.
    """

    number: int
    project: str
    subject: str
    status: str
    updated: Moment | None
    url: str | None
    site: str
    votes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    is_wip: bool = False


@dataclass
class ChangeList:
    """The changes of one list; ``more`` if Gerrit has others that the query would find.

    Private changes are never among them: whoever asks may be allowed to see them, readers of a digest are not.
    ``private`` counts them.
    """

    changes: list[Change] = field(default_factory=list)
    more: bool = False
    private: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote that a change has to have: at least ``value``, and if that is positive nobody's veto on the label."""

    label: str
    value: int

    def is_in(self, votes: Mapping[str, tuple[int, ...]]) -> bool:
        """Return True if a change has the vote."""
        found = next((values for name, values in votes.items() if name.casefold() == self.label.casefold()), ())
        if self.value < 0:
            return any(value <= self.value for value in found)
        return any(value >= self.value for value in found) and min(found) > -max(2, self.value)


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """The choice of changes; ``projects`` may end in ``*``. An open change is dated to ``today``.

    Changes that are work in progress, or abandoned, are wanted only with ``wip`` and ``abandoned``.
    """

    today: date
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    group: str | None = None
    projects: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    wip: bool = False
    abandoned: bool = False


def query_url(url: str) -> str:
    """Return the address to ask for what an address of Gerrit means.

    That of a search in a browser (``/q/status:open+...``) becomes that of the REST API; the votes, and a limit, are
    asked for if the query does not do so.
    """
    parts = split_url(url)
    if parts is None:
        return url
    path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
    if match := re.fullmatch(r"(?P<base>.*?)/q/(?P<query>[^/].*)", path):
        path = f"{match['base']}/changes/"
        query = [("q", unquote_plus(match["query"])), *query]
    if not path.rstrip("/").endswith("/changes"):
        return url
    options = [value for name, value in query if name == "o"]
    if not {_DETAILS, "LABELS"}.intersection(options):
        query.append(("o", _DETAILS))
    if not any(name in ("n", "limit") for name, _ in query):
        query.append(("n", str(ASKED_FOR)))
    return parts._replace(path=path, query=urlencode(query, quote_via=quote, safe=":/*,"), fragment="").geturl()


def site_of(url: str) -> str:
    """Return the address of the Gerrit that a query goes to."""
    parts = split_url(url)
    if parts is None:
        return url
    path = re.sub(r"(?:/a)?/(?:changes|q)(?:/.*)?\Z", "", parts.path).rstrip("/")
    return parts._replace(path=path, query="", fragment="").geturl()


def read_changes(data: bytes, source: str, site: str = "") -> ChangeList:
    """Read what ``/changes/?q=...`` answers, or what ``gerrit query --format=JSON`` prints, a change to a line.

    :param source: what problems name.
    :param site: the address of the Gerrit, which the REST API does not tell.
    :raises DigestError: if it is neither.
    """
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    is_rest = text.startswith((_PREFIX, "["))
    records = _rest(text, source) if is_rest else _lines(text, source)
    result = ChangeList()
    for number, value in enumerate(records, 1):
        record = value if isinstance(value, Mapping) else {}
        if not is_rest and record.get("type") == "stats":
            result.more = result.more or record.get("moreChanges") is True
            continue
        change = _change(record, site)
        if change is None:
            message = f"entry {number} is not a change: its number or its subject is missing"
            result.problems.append(Problem(source, 0, 0, Code.BAD_RECORD, message))
            continue
        result.more = result.more or record.get("_more_changes") is True
        if _says(record, _PRIVATE_KEYS) or change.status == _OLD_PRIVATE:
            result.private += 1
        else:
            result.changes.append(change)
    return result


def draft_changes(changes: Iterable[Change], options: ChangeOptions) -> list[Draft]:
    """Draft an item of each change that is wanted, in the order of the list.

    A merged change is news of the day on which it was, others of the day on which they were collected. A change that
    is in several lists is drafted once, and not again while it stays open.
    """
    drafts: dict[str, Draft] = {}
    wanted = [change for change in changes if _wants(options, change)]
    for change in wanted[: options.limit]:
        day = Moment(_last_day(options)) if change.status != _MERGED or change.updated is None else change.updated
        identity = identity_of("change", change.site or change.project, change.number)
        note = {
            "group": visible_text(options.group or "") or None,
            "text": plain_title(change.subject),
            "url": change.url,
        }
        comment = [
            f"A draft from Gerrit: change {change.number} of {change.project}, {change.status.lower() or 'open'}.",
            "Say what it is about if the subject does not, and delete these lines and 'draft'.",
        ]
        draft = make_draft(identity, change.subject, {"items": [note]}, date=day, comment=map(visible_text, comment))
        drafts.setdefault(identity, draft)
    return list(drafts.values())


def _last_day(options: ChangeOptions) -> date:
    return min(options.today, options.until) if options.until else options.today


def unasked(changes: Iterable[Change], options: ChangeOptions) -> list[Change]:
    """Return the changes that are left out only since they are work in progress, or abandoned."""
    more = replace(options, wip=True, abandoned=True)
    return [change for change in changes if _wants(more, change) and not _wants(options, change)]


def _wants(options: ChangeOptions, change: Change) -> bool:
    if (change.is_wip and not options.wip) or (change.status == _ABANDONED and not options.abandoned):
        return False
    day = change.updated.day if change.updated else options.today
    if (options.since and day < options.since) or (options.until and options.until < day):
        return False
    if options.projects and not any(_is_of(change.project, name) for name in options.projects):
        return False
    return all(vote.is_in(change.votes) for vote in options.votes)


def _is_of(project: str, name: str) -> bool:
    return project.startswith(name[:-1]) if name.endswith("*") else project in (name, name.removesuffix(".git"))


def _rest(text: str, source: str) -> list[object]:
    """Return the changes of an answer of the REST API; several queries have an array each."""
    start = text.removeprefix(_PREFIX)
    value = parse_json(start, source, text.count("\n") - start.count("\n"))
    if not isinstance(value, list):
        raise DigestError(Problem(source, 0, 0, Code.NOT_A_FEED, "not a list of changes"))
    return [change for part in value for change in (part if isinstance(part, list) else [part])]


def _lines(text: str, source: str) -> Iterator[object]:
    """Yield the objects of a query's output; the last of them counts the others."""
    if not text.startswith("{"):
        message = "not a list of changes: neither an answer of Gerrit's REST API nor 'gerrit query --format=JSON'"
        raise DigestError(Problem(source, 0, 0, Code.NOT_A_FEED, message))
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            yield parse_json(line, source, number)


def _change(record: Mapping[str, object], site: str) -> Change | None:
    number = str(record.get("_number", record.get("number")))
    subject = visible_text(_text(record.get("subject")))
    if not number.isdecimal() or not number.isascii() or len(number) > 12 or not subject:
        return None
    project = visible_text(_text(record.get("project")))
    url = web_url(_text(record.get("url")))
    if url is None and site and project:
        # the form since Gerrit 2.15, which also works without the project
        url = web_url(f"{site}/c/{quote(project)}/+/{number}")
    return Change(
        int(number),
        project,
        subject,
        visible_text(_text(record.get("status"))).upper(),
        _time(record.get("submitted") or record.get("updated") or record.get("lastUpdated")),
        url,
        site_of(url.partition("/c/")[0]) if url and "/c/" in url else site,
        _votes(record),
        _says(record, _WIP_KEYS),
    )


def _says(record: Mapping[str, object], keys: Iterable[str]) -> bool:
    """Return True if a change says yes to one of the keys, and if nobody knows what it says."""
    return any(record.get(key) not in (None, False) for key in keys)


def _time(value: object) -> Moment | None:
    """Return a time: ``2015-12-01 12:00:00.000000000`` in UTC, or seconds since the epoch."""
    try:
        if isinstance(value, int):
            return read_moment(datetime.fromtimestamp(value, UTC).isoformat())
        return read_moment(re.sub(r"(\.\d{6})\d*", r"\1", _text(value)))
    except (ValueProblem, ValueError, OverflowError, OSError):
        return None


def _votes(record: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    """Return all votes by label, from the REST API (with or without details) or a query's current patch set."""
    votes: dict[str, list[int]] = {}
    labels = record.get("labels")
    for name, label in labels.items() if isinstance(labels, Mapping) else ():
        if isinstance(label, Mapping):
            votes[str(name)] = list(_label_votes(label))
    current = record.get("currentPatchSet")
    approvals = current.get("approvals") if isinstance(current, Mapping) else None
    for approval in approvals if isinstance(approvals, list) else ():
        value = _number(approval.get("value")) if isinstance(approval, Mapping) else None
        if value:
            votes.setdefault(_text(approval.get("type")), []).append(value)
    return {name: tuple(values) for name, values in votes.items() if values}


def _label_votes(label: Mapping[str, object]) -> Iterator[int]:
    details = label.get("all")
    if isinstance(details, list):
        for vote in details:
            if isinstance(vote, Mapping) and (value := _number(vote.get("value"))):
                yield value
        return
    # without details there is only who gave the highest and the lowest vote, and a vote between them
    for name, value in (("approved", 2), ("recommended", 1), ("disliked", -1), ("rejected", -2)):
        if name in label:
            yield value


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch(r"[-+]?[0-9]{1,3}", text) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
