"""The record of the mails that were sent, if it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.mail import delivery_log as sent


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "[" * 100_000 + "]" * 100_000], ids=["cut", "list", "empty", "nested"]
)
def test_no_record(text: str, tmp_path: Path) -> None:
    file = tmp_path / "sent.json"
    file.write_text(text)
    record = sent.SentRecord(file)
    with pytest.raises(sent.RecordError, match="is no record"):
        record.load()
