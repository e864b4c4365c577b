"""The SMTP delivery log: who was sent what, so that a repeated command sends nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sphinxext.digest.files import lock, replace_file

_VERSION = 1


class DeliveryLogError(Exception):
    """The delivery log cannot be read, so that nobody knows what was sent before."""


def delivery_log_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the log, by the XDG Base Directory Specification: a relative path there is ignored."""
    base = Path(environ.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.local/state").expanduser()
    return base / "sphinx-digest" / "sent.json"


class DeliveryLog:
    """The addresses that a server has accepted each message for, by its identifier, with the time (UTC).

    Within :meth:`locked` no other process can change the log.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._sent: dict[str, dict[str, str]] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait for the lock, and read the log.

        :raises DeliveryLogError: if the file is not a valid log.
        :raises OSError: if the log cannot be written. Send nothing then.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.file.with_suffix(".lock").open("a+b") as stream:
            lock(stream.fileno())
            self.load()
            self._write()  # fail before anything is sent, not after
            yield

    def load(self) -> None:
        """Read the log without locking it.

        :raises DeliveryLogError: if the file is not a valid log.
        """
        self._sent = self._read()

    def times(self, identifier: str, recipients: Iterable[str]) -> dict[str, str]:
        """Return the recipients that a server has accepted a message for, each with the time."""
        known = self._sent.get(identifier, {})
        return {recipient: known[_key(recipient)] for recipient in recipients if _key(recipient) in known}

    def add(self, identifier: str, recipients: Iterable[str]) -> None:
        """Record that a server has accepted a message for these recipients.

        :raises OSError: if it cannot be written.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._sent.setdefault(identifier, {}).update({_key(recipient): now for recipient in recipients})
        self._write()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            record = json.loads(self.file.read_bytes())
            if record["version"] != _VERSION:
                message = f"was written by another version: expected {_VERSION}, found {record['version']!r}"
                raise DeliveryLogError(f"{self.file} {message}")
            return {str(name): dict(recipients) for name, recipients in record["sent"].items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = "is not a valid delivery log: repair it, or move it away so that nothing counts as sent"
            raise DeliveryLogError(f"{self.file} {message}") from None

    def _write(self) -> None:
        data = json.dumps({"version": _VERSION, "sent": self._sent}, ensure_ascii=False, indent=1).encode() + b"\n"
        replace_file(self.file, data, mode=0o600)


def _key(recipient: str) -> str:
    """Return an address with its host in lower case, which is how addresses are compared."""
    user, _, host = recipient.rpartition("@")
    return f"{user}@{host.lower()}"
