"""Logs that other programs wrote, where the folder with them is there: nothing of their text is in the project.

``SPHINXEXT_DIGEST_DATA`` names the folder that has ``irc``.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.formats import LogFormat, Renamed, Said, recognise

from .logs import read, told

FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "irc")
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="SPHINXEXT_DIGEST_DATA does not name the real logs")


def test_nothing_is_wrong_with_them() -> None:
    collector = read(FOLDER)
    assert collector.problems == []
    assert told(collector) == []


def test_what_is_said() -> None:
    data = (FOLDER / "supybot_valid.log").read_bytes()
    form = recognise(data)
    assert isinstance(form, LogFormat)
    assert form.channel == "ceph"
    log = form.log(None, timedelta(0))
    events = [log.event(line) for line in data.split(b"\n")]
    said = [event for event in events if isinstance(event, Said)]
    assert len(said) == sum(b"  <" in line[:30] and b"> " in line + b" " for line in data.split(b"\n")) - 1
    assert {event.moment.date().isoformat() for event in said} == {"2012-10-17"}
    assert sum(isinstance(event, Renamed) for event in events) == data.count(b"is now known as")
