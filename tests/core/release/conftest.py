"""What the tests of release notes share: a configuration as reno has it, without reno."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sphinxext.digest.release.graph import Graph

NOTES = "releasenotes/notes"
#: The defaults of ``reno.config.Config``, as its documentation has them.
_DEFAULTS: dict[str, Any] = {
    "notespath": NOTES,
    "branch": None,
    "default_branch": "master",
    "earliest_version": None,
    "collapse_pre_releases": True,
    "stop_at_branch_base": True,
    "ignore_null_merges": True,
    "ignore_notes": [],
    "release_tag_re": r"((?:v?[\d.ab]|rc)+)",
    "pre_release_tag_re": r"(?P<pre_release>\.v?\d+(?:[ab]|rc)+\d*)$",
    "branch_name_re": "stable/.+",
    "branch_name_prefix": "stable/",
    "closed_branch_tag_re": "(.+)-eo[lm]",
    "branch_sort_re": "stable/([0-9].*)",
    "branch_sort_prefix": "stable/zzz",
    "encoding": None,
}


@pytest.fixture
def make_conf() -> Callable[..., Any]:
    """A configuration of a repository, with options as in reno."""

    def make(root: Path, **options: object) -> Any:
        return SimpleNamespace(reporoot=f"{root}/", **(_DEFAULTS | {"default_branch": "main"} | options))

    return make


@pytest.fixture
def open_graph() -> Iterator[Callable[[Path], Graph]]:
    """Makes graphs of repositories, whose processes end with the test."""
    with ExitStack() as graphs:
        yield lambda root: graphs.enter_context(closing(Graph(root)))


@pytest.fixture
def note(repository: Any) -> Callable[..., str]:
    """Writes a note by its number and commits it, unless ``commit`` is false; returns its file."""

    def write(number: int, text: str = "fixes: [a]\n", *, slug: str = "note", commit: bool = True) -> str:
        file = f"{NOTES}/{slug}-{number:016x}.yaml"
        (repository.root / NOTES).mkdir(parents=True, exist_ok=True)
        (repository.root / file).write_text(text, encoding="utf-8")
        if commit:
            repository.commit(f"2020-01-{number:02}T00:00:00Z")
        return file

    return write
