"""Read projects on GitLab.

The documentation is https://docs.gitlab.com/api/ ("Issues", "Merge requests", "Discussions", "Releases").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from sphinxext.digest.gather.chat.message import identifier_of, iso_time, list_of, mapping_of, name_of, text_of
from sphinxext.digest.gather.hub import Issue, Release, plain_of_markdown
from sphinxext.digest.gather.hub.client import Client
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.gather.topics import Topic


@dataclass
class GitLab:
    """A project.

    :param name: its path, ``group/project``.
    """

    client: Client
    name: str
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The path of the project in the API."""
        return f"/projects/{quote(self.name, safe='')}"

    def issues(self, since: date | None) -> Iterator[Issue]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.issues`."""
        query = {"scope": "all", "order_by": "updated_at", "per_page": "100", **_since(since)}
        records = self.client.pages(f"{self.path}/issues", query)
        return (issue for record in records if (issue := _issue_of(record, is_change=False)) is not None)

    def changes(self, since: date | None) -> Iterator[Issue]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.changes`."""
        query = {"state": "merged", "scope": "all", "order_by": "updated_at", "per_page": "100", **_since(since)}
        records = self.client.pages(f"{self.path}/merge_requests", query)
        return (issue for record in records if (issue := _issue_of(record, is_change=True)) is not None)

    def answers(self, issue: Issue) -> Iterator[ChatMessage]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.answers`."""
        for record in self.client.pages(f"{self.path}/issues/{issue.number}/discussions", {"per_page": "100"}):
            first = None
            for note in map(mapping_of, list_of(record.get("notes"))):
                moment, nick = iso_time(note.get("created_at")), _name(note.get("author"))
                identifier = identifier_of(note.get("id"))
                if moment is None or not nick or note.get("system") is True or note.get("internal") is True:
                    continue
                text = plain_of_markdown(text_of(note.get("body")))
                url = f"{issue.url}#note_{identifier}" if identifier else None
                yield ChatMessage(identifier, moment, nick, text, url, answers=first)
                first = first or identifier

    def discussions(self, since: date | None) -> Iterator[Topic]:
        """GitLab has no discussions beside issues."""
        yield from ()

    def releases(self) -> Iterator[Release]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.releases`."""
        for record in self.client.pages(f"{self.path}/releases", {"per_page": "50"}):
            moment = iso_time(record.get("released_at"))
            if moment is not None and record.get("upcoming_release") is not True:
                title = name_of(record.get("name"), record.get("tag_name"))
                url = text_of(mapping_of(record.get("_links")).get("self"))
                yield Release(title, url, "", moment, text_of(record.get("description")))

    def is_first(self, change: Issue, since: date) -> bool:
        """See :meth:`sphinxext.digest.gather.hub.Hub.is_first`."""
        query = {"state": "merged", "scope": "all", "author_username": change.author, "order_by": "created_at",
                 "sort": "asc", "per_page": "1"}  # fmt: skip
        found = list_of(self.client.get(f"{self.path}/merge_requests", query))
        merged = iso_time(mapping_of(found[0]).get("merged_at")) if found else None
        return merged is None or merged.date() >= since


def _since(since: date | None) -> dict[str, str]:
    return {"updated_after": f"{since}T00:00:00Z"} if since else {}


def _issue_of(record: Mapping[str, object], *, is_change: bool) -> Issue | None:
    created, updated = iso_time(record.get("created_at")), iso_time(record.get("updated_at"))
    number, title = record.get("iid"), text_of(record.get("title"))
    if created is None or not isinstance(number, int) or isinstance(number, bool) or not title or number < 1:
        return None
    if record.get("confidential") is True:
        return None
    labels = tuple(name for one in list_of(record.get("labels")) if (name := name_of(one)))
    return Issue(
        number,
        title,
        text_of(record.get("web_url")),
        _name(record.get("author")),
        created,
        updated or created,
        text_of(record.get("description")),
        labels,
        _count(record.get("user_notes_count")),
        _count(record.get("upvotes")),
        record.get("state") == "closed",
        is_change,
        iso_time(record.get("merged_at")) if is_change else None,
    )


def _name(author: object) -> str:
    return name_of(mapping_of(author).get("username"))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0
