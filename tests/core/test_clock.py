"""What time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sphinxext.digest.clock import now, today


@pytest.mark.parametrize(
    ("epoch", "day"),
    [("0", date(1970, 1, 1)), ("951782399", date(2000, 2, 28)), ("951782400", date(2000, 2, 29))],
)
def test_the_time_of_a_reproducible_build(monkeypatch: pytest.MonkeyPatch, epoch: str, day: date) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert today() == day
    assert now() == datetime.fromtimestamp(int(epoch), UTC)


@pytest.mark.parametrize("epoch", ["", "soon", "-1", "1.5", "²", "9" * 30])
def test_what_is_no_time_counts_as_none(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert abs(datetime.now(UTC) - now()) < timedelta(minutes=1)
