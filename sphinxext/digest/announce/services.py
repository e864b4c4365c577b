"""The announcers: webhooks as Slack, Mattermost and Discord take them, Mastodon, Matrix, and Discourse.

The formats are those of the services' own documentation:

- https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
- https://developers.mattermost.com/integrate/webhooks/incoming/
- https://discord.com/developers/docs/resources/webhook
- https://docs.joinmastodon.org/methods/statuses/
- https://spec.matrix.org/latest/client-server-api/
- https://docs.discourse.org/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from urllib.parse import quote

from sphinxext.digest.announce import AnnounceError, Announcement
from sphinxext.digest.net.http import WebError, send
from sphinxext.digest.settings.announce_targets import Target

#: The most characters of a message: Slack and Mattermost cut later, Discord and Mastodon refuse longer ones.
_SLACK, _MATTERMOST, _DISCORD, _MASTODON, _MATRIX, _DISCOURSE = 3000, 4000, 2000, 500, 4000, 4000
#: Discourse refuses shorter titles.
_LEAST_TITLE = 15
_MARKDOWN = re.compile(r"([\\`*_\[\]<>~|#])")


def slack(target: Target, announcement: Announcement, secret: str) -> None:
    """Post to an incoming webhook of Slack; Rocket.Chat takes the same. The secret is its address."""
    text = announcement.text(target.template, _SLACK, _entities)
    _post(secret, {"text": text, "unfurl_links": False})


def mattermost(target: Target, announcement: Announcement, secret: str) -> None:
    """Post to an incoming webhook of Mattermost. The secret is its address."""
    _post(secret, {"text": announcement.text(target.template, _MATTERMOST, _without_markdown)})


def discord(target: Target, announcement: Announcement, secret: str) -> None:
    """Post to a webhook of Discord. The secret is its address."""
    text = announcement.text(target.template, _DISCORD, _without_markdown)
    _post(secret, {"content": text, "allowed_mentions": {"parse": []}})


def mastodon(target: Target, announcement: Announcement, secret: str) -> None:
    """Post a status. The secret is a token that may write statuses."""
    url = _server(target)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": _key(target, announcement)}
    _post(f"{url}api/v1/statuses", {"status": announcement.text(target.template, _MASTODON)}, headers)


def matrix(target: Target, announcement: Announcement, secret: str) -> None:
    """Send a notice to a room. The secret is the token of a user who is in it."""
    url = _server(target)
    if not target.room:
        raise AnnounceError("the target needs a 'room'")
    headers = {"Authorization": f"Bearer {secret}"}
    room = _room_id(url, target.room, headers)
    key = _key(target, announcement)
    body = {"msgtype": "m.notice", "body": announcement.text(target.template, _MATRIX), "m.mentions": {}}
    address = f"{url}_matrix/client/v3/rooms/{quote(room, safe='')}/send/m.room.message/{key}"
    _post(address, body, headers, method="PUT")


def discourse(target: Target, announcement: Announcement, secret: str) -> None:
    """Open a topic. The secret is a key of the API for the target's ``user``."""
    url = _server(target)
    if not target.user:
        raise AnnounceError("the target needs a 'user', to whom the key belongs")
    body = {
        "title": announcement.title.ljust(_LEAST_TITLE, "."),
        "raw": announcement.text(target.template, _DISCOURSE, _without_markdown),
    }
    if target.category:
        body["category"] = target.category
    _post(f"{url}posts.json", body, {"Api-Key": secret, "Api-Username": target.user})


def _server(target: Target) -> str:
    if not target.url:
        raise AnnounceError("the target needs a 'url', that of the server")
    return target.url


def _room_id(url: str, room: str, headers: Mapping[str, str]) -> str:
    """Return the identifier of a room, which servers know by an alias such as ``#announce:example.org`` as well."""
    if not room.startswith("#"):
        return room
    try:
        address = f"{url}_matrix/client/v3/directory/room/{quote(room, safe='')}"
        found = json.loads(send(address, None, headers, method="GET")).get("room_id")
    except WebError as error:
        if error.status != 404:
            raise AnnounceError(str(error)) from None
        found = None
    except (ValueError, AttributeError):
        found = None
    if not isinstance(found, str):
        raise AnnounceError(f"the server does not know the room {room}")
    return found


def _post(url: str, body: object, headers: Mapping[str, str] | None = None, *, method: str = "POST") -> None:
    try:
        send(url, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}, method=method)
    except WebError as error:
        raise AnnounceError(str(error)) from None


def _key(target: Target, announcement: Announcement) -> str:
    """Return what a server knows a repeated announcement by."""
    return blake2b(f"{target.name} {announcement.identifier}".encode(), digest_size=16).hexdigest()


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
