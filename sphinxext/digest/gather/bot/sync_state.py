"""The position in a homeserver's stream, kept in a file from one start of the bot to the next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from sphinxext.digest.files import replace_file
from sphinxext.digest.gather.chat.message import mapping_of

_MAX_STATE = 16 * 1024 * 1024


class SyncState:
    """A file with the position in the server's stream, when it was reached, and the rooms joined by invitation."""

    def __init__(self, file: Path) -> None:
        self.position = ""
        self.saved: datetime | None = None
        self.rooms: list[str] = []
        self.user = ""
        self._file = file
        try:
            with file.open("rb") as stream:
                found = mapping_of(json.loads(stream.read(_MAX_STATE)))
            saved = datetime.fromisoformat(str(found["saved"]))
        except (OSError, ValueError, KeyError, RecursionError):
            return
        if saved.tzinfo is not None:
            self.saved, self.position, self.user = saved, str(found.get("position")), str(found.get("user"))
            rooms = found.get("rooms")
            self.rooms = [str(room) for room in rooms] if isinstance(rooms, list) else []

    def begin(self, user: str) -> None:
        """Forget the position of another user or server."""
        if user != self.user:
            self.position, self.user, self.rooms = "", user, []

    def save(self, position: str) -> None:
        """Store a position.

        :raises OSError: if it cannot be written.
        """
        self.position, self.saved = position, datetime.now(UTC)
        content = {"user": self.user, "position": position, "saved": self.saved.isoformat(), "rooms": self.rooms}
        replace_file(self._file, json.dumps(content).encode(), mode=0o600, temporary=self._file.with_suffix(".new"))
