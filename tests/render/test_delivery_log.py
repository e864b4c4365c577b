"""The file of the delivery log, and malformed ones."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from sphinxext.digest.mail.smtp import DeliveryLog, DeliveryLogError


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "[" * 100_000 + "]" * 100_000], ids=["cut", "list", "empty", "nested"]
)
def test_no_log(text: str, tmp_path: Path) -> None:
    file = tmp_path / "sent.json"
    file.write_text(text)
    log = DeliveryLog(file)
    with pytest.raises(DeliveryLogError, match="is not a valid delivery log"):
        log.load()


def test_what_is_in_the_file(tmp_path: Path) -> None:
    """Later versions have to read it, and nobody else has to know who gets mail."""
    log = DeliveryLog(tmp_path / "state" / "sent.json")
    with log.locked():
        log.add("digest-1", ["Ann@Example.org", "bo@example.org"])
        log.add("digest-1", ["cy@example.org"])
    record = json.loads(log.file.read_bytes())
    assert record["version"] == 1
    assert {name: list(sent) for name, sent in record["sent"].items()} == {
        "digest-1": ["Ann@example.org", "bo@example.org", "cy@example.org"]
    }
    assert [stat.S_IMODE(path.stat().st_mode) for path in (log.file, log.file.parent)] == [0o600, 0o700]
    again = DeliveryLog(log.file)
    again.load()
    assert again.times("digest-1", ["Ann@EXAMPLE.org", "ann@example.org"]).keys() == {"Ann@EXAMPLE.org"}
    assert again.times("digest-2", ["bo@example.org"]) == {}


def test_a_log_of_another_version(tmp_path: Path) -> None:
    file = tmp_path / "sent.json"
    file.write_text('{"version": 2, "sent": {}}')
    with pytest.raises(DeliveryLogError, match=r"was written by another version: expected 1, found 2"):
        DeliveryLog(file).load()
