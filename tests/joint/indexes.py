"""Indexes of projects that do not exist."""

from __future__ import annotations

import json
from typing import Any

HOME = "https://docs.example.org"


def note(number: int, kind: str = "success", **fields: object) -> dict[str, Any]:
    """A note as an index has it, with an identity of this number, told on December 1, 2015 if nothing else is said."""
    identity = f"{number:016x}"
    texts = {"thread": {"title": f"Thread {number}"}, "countdown": {"series": "ibis", "focus": "Go on."}}
    return {
        "kind": kind,
        "identity": identity,
        "date": "2015-12-01",
        "path": f"releasenotes/digests/note{number}-{identity}.yaml",
        "line": 3,
        **texts.get(kind, {"text": f"Note {number}"}),
        **fields,
    }


def index(name: str, *notes: object, **changes: object) -> bytes:
    """What a project of this name publishes."""
    document = {"version": 1, "project": name, "title": name.title(), "home": f"{HOME}/{name}/", "notes": notes}
    return json.dumps(document | changes).encode()
