"""A server of other projects' indexes, and the collection that is joined from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.joint.merge import Joint, open_joint
from sphinxext.digest.settings.options import Settings

Open = Callable[..., Joint]


@pytest.fixture
def open_places(tmp_path: Path, make_settings: Callable[..., Settings]) -> Open:
    """Opens the joint collection of places. Servers are asked each time, unless options say something else."""

    def open_(*places: str, **options: object) -> Joint:
        settings = make_settings(**{"joint": list(places), "joint_cache_limit": 0, "joint_timeout": 2, **options})
        return open_joint(tmp_path, settings, tmp_path / "copies")

    return open_
