"""``sphinx-digest schema``."""

from __future__ import annotations

import json

from sphinxext.digest.fragments.schema import fragment_schema

from .conftest import Run


def test_prints_the_schema(start: Run) -> None:
    result = start("schema")

    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out) == fragment_schema()
    assert result.out == start("schema").out
