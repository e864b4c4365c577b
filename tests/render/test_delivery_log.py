"""A malformed delivery log."""

from __future__ import annotations

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
