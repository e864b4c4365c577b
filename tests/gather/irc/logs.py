"""Reading logs that a test writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sphinxext.digest.gather.irc import TrackedCommand, distinct
from sphinxext.digest.gather.irc.collector import Collector, LogOptions
from sphinxext.digest.gather.irc.sources import find_sources
from sphinxext.digest.problems import DigestError


def write(path: Path, *lines: str) -> Path:
    """A log of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read(*logs: Path | str, **options: object) -> Collector:
    """Read files, folders and URLs."""
    offset = timedelta(hours=float(str(options.pop("hours", 0))))
    given = LogOptions(offset=offset, **options)  # type: ignore[arg-type]
    collector = Collector(given)
    for log in logs:
        try:
            for source in find_sources(str(log), given.channel, given.may_matter):
                collector.read(source)
        except DigestError as error:
            collector.problems += error.problems
    return collector


def heard(collector: Collector) -> list[TrackedCommand]:
    """What was told, each once, as it is after all corrections."""
    return list(distinct(one for listener in collector.listeners.values() for one in listener.heard))


def told(collector: Collector) -> list[str]:
    """What was told, as lines ``time #channel nick: text``."""
    lines = []
    for one in heard(collector):
        assert one.current is not None
        lead = f"{one.nick} thanks {one.current.recipient}" if one.current.recipient else one.nick
        lines.append(f"{one.moment:%Y-%m-%dT%H:%M:%S} #{one.channel or ''} {lead}: {one.current.text}")
    return lines


def room(*events: Mapping[str, object], **top: object) -> str:
    """An export of a Matrix room."""
    return json.dumps({"room_name": "#dev:example.org", **top, "messages": list(events)})


def message(body: str, number: int = 1, sender: str = "@ada:example.org", **others: object) -> dict[str, object]:
    """A message of a Matrix room, so many seconds after 2026-03-14T15:00:00Z."""
    return {
        "type": "m.room.message",
        "sender": sender,
        "origin_server_ts": 1_773_500_400_000 + number * 1000,
        "event_id": f"${number}",
        "room_id": "!room:example.org",
        "content": {"msgtype": "m.text", "body": body},
        **others,
    }


def edit(body: str, number: int, of: int, sender: str = "@ada:example.org") -> dict[str, object]:
    """A message that replaces another one."""
    content = {
        "msgtype": "m.text",
        "body": f"* {body}",
        "m.new_content": {"msgtype": "m.text", "body": body},
        "m.relates_to": {"rel_type": "m.replace", "event_id": f"${of}"},
    }
    return message("", number, sender, content=content)
