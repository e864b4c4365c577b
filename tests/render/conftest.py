"""Fixtures for tests of reports and mails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sphinxext.digest.cli.report import FORMATS
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.digest import DigestSource, digest_source

Report = Callable[..., str]


@pytest.fixture
def source(make_collection: Callable[..., Collection]) -> Callable[..., DigestSource]:
    """Return a function that makes a digest from fragments by their slugs, of the latest period by default."""

    def make(fragments: dict[str, str], period: str = "latest", **options: object) -> DigestSource:
        collection = make_collection(fragments, **options)
        return digest_source(collection, collection.period(period))

    return make


@pytest.fixture
def report(source: Callable[..., DigestSource]) -> Report:
    """Return a function that renders a digest in a format, and expects no problems."""

    def make(form: str, fragments: dict[str, str], period: str = "latest", **options: object) -> str:
        text, problems = FORMATS[form](source(fragments, period, **options))
        assert problems == []
        return text

    return make


@pytest.fixture
def one_text(report: Report) -> Callable[..., str]:
    """Return a function that renders a story with just this text in a format, without the digest's title."""

    def make(form: str, text: str) -> str:
        return report(form, {"a": story(text)})

    return make


@pytest.fixture
def unsound(source: Callable[..., DigestSource]) -> Callable[..., tuple[str, list[Problem]]]:
    """Return a function that renders a digest in a format, with the problems of its texts."""

    def make(form: str, fragments: dict[str, str], **options: object) -> tuple[str, list[Problem]]:
        return FORMATS[form](source(fragments, **options))

    return make


def story(text: str) -> str:
    """Return a fragment of one story with this text, in the digest of 2015-12-04."""
    lines = "".join(f"      {line}\n" if line else "\n" for line in text.split("\n"))
    return f"date: 2015-12-02\nstories:\n  - text: |2\n{lines}"
