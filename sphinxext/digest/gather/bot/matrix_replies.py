"""Answer on Matrix: a reaction to each success, or notices that reply, with the words of the bot on IRC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from sphinxext.digest.gather.bot.replies import SINGLE_REPLIES, ReplyQueue


@dataclass(frozen=True, slots=True)
class MatrixReply:
    """An answer to an event. One that may have been sent before is ``alone``: the server knows it by the event."""

    room: str
    event: str
    thread: str
    nick: str
    said: str
    alone: bool


def answers_to(
    replies: list[MatrixReply], url: str, reaction: str = ""
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield the answers in one room: the type of an event, the key of its transaction, and its content.

    :param reaction: the emoji of reactions; without it, answers are notices, one for several replies of a burst.
    """
    if reaction:
        for reply in replies:
            relation = {"rel_type": "m.annotation", "event_id": reply.event, "key": reaction}
            yield "m.reaction", transaction_key(reply.event), {"m.relates_to": relation}
        return
    fresh = [reply for reply in replies if not reply.alone]
    together = fresh if len(fresh) > SINGLE_REPLIES else []
    for reply in replies:
        if reply not in together:
            [text] = _lines([reply], url)
            yield "m.room.message", transaction_key(reply.event), notice(text) | {"m.relates_to": _relation(reply)}
    for number, text in enumerate(_lines(together, url)):
        yield "m.room.message", transaction_key(together[0].event, str(number)), notice(text)


def _lines(replies: list[MatrixReply], url: str) -> list[str]:
    """Return the lines of the bot on IRC."""
    queue = ReplyQueue(url)
    for reply in replies:
        queue.add(reply.room, reply.nick, reply.said)
    return [line[1] for line in iter(lambda: queue.next(lambda _: True), None)]


def notice(text: str) -> dict[str, object]:
    """Return a message of a bot, which mentions nobody."""
    return {"msgtype": "m.notice", "body": text, "m.mentions": {}}


def _relation(reply: MatrixReply) -> dict[str, object]:
    relation: dict[str, object] = {"m.in_reply_to": {"event_id": reply.event}}
    if reply.thread:
        relation |= {"rel_type": "m.thread", "event_id": reply.thread, "is_falling_back": True}
    return relation


def transaction_key(*words: str) -> str:
    """Return what the server knows something by if it is sent again."""
    return blake2b("\0".join(words).encode("utf-8", "replace"), digest_size=16).hexdigest()
