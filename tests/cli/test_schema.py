"""``sphinx-digest schema``."""

from __future__ import annotations

import json

from sphinxext.digest.fragments.schema import fragment_schema
from sphinxext.digest.joint.index import index_schema
from sphinxext.digest.schedule.project_schedule import project_schedule_schema

from .conftest import Run


def test_prints_the_schema(start: Run) -> None:
    result = start("schema")

    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out) == fragment_schema()
    assert result.out == start("schema").out


def test_the_schema_of_schedules(run: Run) -> None:
    result = run("schema", "schedule")

    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out) == project_schedule_schema()
    assert run("schema", "fragment").out == run("schema").out


def test_the_schema_of_indexes(run: Run) -> None:
    assert json.loads(run("schema", "index").out) == index_schema()
