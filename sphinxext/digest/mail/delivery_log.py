"""The record of what was sent to whom, so that nothing is sent twice by repeating a command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sphinxext.digest.files import lock, replace_file

_VERSION = 1


class RecordError(Exception):
    """The record cannot be read: what was sent before is not known."""


def record_file(environ: Mapping[str, str]) -> Path:
    """Where the record is, by the XDG Base Directory Specification: a relative path there counts as none."""
    base = Path(environ.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.local/state").expanduser()
    return base / "sphinx-digest" / "sent.json"


class SentRecord:
    """For each message, by its identifier, the addresses that a server has taken it for, with the time (UTC).

    Within :meth:`locked` no other process has it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._sent: dict[str, dict[str, str]] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait until no other process has the record, and read it.

        :raises RecordError: if the file is no such record.
        :raises OSError: if there is no place for the record. Then it is better to send nothing.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.file.with_suffix(".lock").open("a+b") as stream:
            lock(stream.fileno())
            self.load()
            self._write()  # that it can be written has to be known before anything is sent
            yield

    def load(self) -> None:
        """Read the record, only to look at it.

        :raises RecordError: if the file is no such record.
        """
        self._sent = self._read()

    def times(self, identifier: str, recipients: Iterable[str]) -> dict[str, str]:
        """Those of some addresses that a server has taken a message for, with the time."""
        known = self._sent.get(identifier, {})
        return {recipient: known[_key(recipient)] for recipient in recipients if _key(recipient) in known}

    def add(self, identifier: str, recipients: Iterable[str]) -> None:
        """Note that a server has taken a message for these addresses.

        :raises OSError: if it cannot be written.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._sent.setdefault(identifier, {}).update({_key(recipient): now for recipient in recipients})
        self._write()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            record = json.loads(self.file.read_bytes())
            if record["version"] != _VERSION:
                raise RecordError(f"{self.file} was written by another version: it has version {record['version']!r}")
            return {str(name): dict(recipients) for name, recipients in record["sent"].items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = "is no record of what was sent: mend it or move it away, then nothing counts as sent"
            raise RecordError(f"{self.file} {message}") from None

    def _write(self) -> None:
        data = json.dumps({"version": _VERSION, "sent": self._sent}, ensure_ascii=False, indent=1).encode() + b"\n"
        replace_file(self.file, data, mode=0o600)


def _key(recipient: str) -> str:
    """An address as it is compared: hosts' names have no case."""
    user, _, host = recipient.rpartition("@")
    return f"{user}@{host.lower()}"
