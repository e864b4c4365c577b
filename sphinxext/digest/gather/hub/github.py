"""Read repositories on GitHub, and on Forgejo and Gitea, whose REST API has the same form.

The documentation is https://docs.github.com/rest ("List repository issues", "List issue comments", "List releases",
"List commits"), https://docs.github.com/graphql (``Discussion``), and ``/api/swagger`` of each Forgejo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import quote

from sphinxext.digest.gather.chat.message import identifier_of, iso_time, list_of, mapping_of, name_of, text_of
from sphinxext.digest.gather.hub import Issue, Release, plain_of_markdown
from sphinxext.digest.gather.hub.client import Client
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.gather.topics import Topic

#: The reactions that say that somebody likes something.
_LIKES = ("+1", "heart", "hooray", "rocket")
_DISCUSSIONS = """
query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    discussions(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        title url body createdAt updatedAt upvoteCount isAnswered closed author { login } category { name }
        comments(first: 50) { nodes {
          id url body createdAt author { login }
          replies(first: 30) { nodes { id url body createdAt author { login } } }
        } }
      }
    }
  }
}
"""
_MAX_DISCUSSION_PAGES = 8


@dataclass
class GitHub:
    """A repository.

    :param name: ``owner/repository``.
    :param graphql: the address of GraphQL, which has the discussions; without one, or a token, there are none.
    """

    client: Client
    name: str
    graphql: str = ""
    notes: list[str] = field(default_factory=list)
    #: How many entries a page has, by the name of the option.
    page: tuple[str, str] = ("per_page", "100")

    @property
    def path(self) -> str:
        """The path of the repository in the API."""
        owner, _, repository = self.name.partition("/")
        return f"/repos/{quote(owner, safe='')}/{quote(repository, safe='')}"

    def issues(self, since: date | None) -> Iterator[Issue]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.issues`."""
        query = {"state": "all", "sort": "updated", "direction": "desc", **dict([self.page])}
        if since is not None:
            query["since"] = f"{since}T00:00:00Z"
        for record in self.client.pages(f"{self.path}/issues", query):
            if (issue := _issue_of(record)) is not None:
                yield issue

    def changes(self, since: date | None) -> Iterator[Issue]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.changes`."""
        return (issue for issue in self.issues(since) if issue.merged is not None)

    def answers(self, issue: Issue) -> Iterator[ChatMessage]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.answers`."""
        for record in self.client.pages(f"{self.path}/issues/{issue.number}/comments", dict([self.page])):
            yield from _answer_of(record, "user", "created_at", "html_url")

    def discussions(self, since: date | None) -> Iterator[Topic]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.discussions`."""
        if not self.graphql or not self.client.headers.get("Authorization"):
            if self.graphql:
                self.notes.append(
                    f"{self.name}: discussions are not read: GitHub shows them only to those with a token"
                )
            return
        owner, _, repository = self.name.partition("/")
        after: str | None = None
        for _ in range(_MAX_DISCUSSION_PAGES):
            variables = {"owner": owner, "name": repository, "after": after}
            data = self.client.post(self.graphql, {"query": _DISCUSSIONS, "variables": variables})
            found = mapping_of(mapping_of(mapping_of(data).get("repository")).get("discussions"))
            for node in map(mapping_of, list_of(found.get("nodes"))):
                updated = iso_time(node.get("updatedAt"))
                if since is not None and updated is not None and updated.date() < since:
                    return
                if (topic := _discussion_of(node)) is not None:
                    yield topic
            info = mapping_of(found.get("pageInfo"))
            after = text_of(info.get("endCursor"))
            if info.get("hasNextPage") is not True or not after:
                return

    def releases(self) -> Iterator[Release]:
        """See :meth:`sphinxext.digest.gather.hub.Hub.releases`."""
        for record in self.client.pages(f"{self.path}/releases", dict([self.page])):
            moment = iso_time(record.get("published_at"))
            if moment is None or record.get("draft") is True or record.get("prerelease") is True:
                continue
            title = name_of(record.get("name"), record.get("tag_name"))
            yield Release(title, text_of(record.get("html_url")), "", moment, text_of(record.get("body")))

    def is_first(self, change: Issue, since: date) -> bool:
        """See :meth:`sphinxext.digest.gather.hub.Hub.is_first`."""
        query = {"author": change.author, "until": f"{since}T00:00:00Z", "per_page": "1"}
        return not list_of(self.client.get(f"{self.path}/commits", query))


class Forgejo(GitHub):
    """A repository on Forgejo or Gitea, which have no discussions."""

    def is_first(self, change: Issue, since: date) -> bool:
        """Return True if none of the newest fifty changes of an author was merged before a day."""
        query = {"state": "closed", "type": "pulls", "created_by": change.author, "limit": "50"}
        before = (
            _issue_of(record) for record in map(mapping_of, list_of(self.client.get(f"{self.path}/issues", query)))
        )
        return not any(one is not None and one.merged is not None and one.merged.date() < since for one in before)


def _issue_of(record: Mapping[str, object]) -> Issue | None:
    created, updated = iso_time(record.get("created_at")), iso_time(record.get("updated_at"))
    number, title = record.get("number"), text_of(record.get("title"))
    if created is None or not isinstance(number, int) or isinstance(number, bool) or not title or number < 1:
        return None
    change = record.get("pull_request")
    reactions = mapping_of(record.get("reactions"))
    return Issue(
        number,
        title,
        text_of(record.get("html_url")),
        _login(record.get("user")),
        created,
        updated or created,
        text_of(record.get("body")),
        tuple(filter(None, (name_of(mapping_of(one).get("name")) for one in list_of(record.get("labels"))))),
        _number(record.get("comments")),
        sum(_number(reactions.get(name)) for name in _LIKES),
        record.get("state") == "closed",
        isinstance(change, dict),
        iso_time(mapping_of(change).get("merged_at")),
    )


def _answer_of(
    record: Mapping[str, object], author: str, created: str, url: str, answers: str | None = None
) -> Iterator[ChatMessage]:
    """Yield the message that an answer is, unless a bot wrote it.

    :param author: the key of its author; ``created`` and ``url`` are those of the time and the address.
    """
    moment: datetime | None = iso_time(record.get(created))
    who = mapping_of(record.get(author))
    nick = _login(who)
    if moment is not None and nick and who.get("type") != "Bot" and not nick.endswith("[bot]"):
        text = plain_of_markdown(text_of(record.get("body")))
        yield ChatMessage(
            identifier_of(record.get("id")), moment, nick, text, text_of(record.get(url)), answers=answers
        )


def _discussion_of(node: Mapping[str, object]) -> Topic | None:
    title, url = text_of(node.get("title")), text_of(node.get("url"))
    messages = list(_answer_of(node, "author", "createdAt", "url"))
    for comment in map(mapping_of, list_of(mapping_of(node.get("comments")).get("nodes"))):
        messages += _answer_of(comment, "author", "createdAt", "url")
        for reply in map(mapping_of, list_of(mapping_of(comment.get("replies")).get("nodes"))):
            messages += _answer_of(reply, "author", "createdAt", "url", identifier_of(comment.get("id")))
    if not title or not messages:
        return None
    tags = tuple(filter(None, (name_of(mapping_of(node.get("category")).get("name")),)))
    is_done = node.get("isAnswered") is True or node.get("closed") is True
    return Topic(title, tuple(messages), url, tags, _number(node.get("upvoteCount")), is_done)


def _login(user: object) -> str:
    return name_of(mapping_of(user).get("login"))


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0
