"""Showing the problems of fragments: each of them once in every build, whether its page was read again or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.store import FolderState, store_of
from sphinxext.digest.extension.warn import say_problems_of_others, warn_of
from sphinxext.digest.problems import Problem

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def report_problems(_app: Sphinx, env: BuildEnvironment) -> None:
    """Show the problems of the folders that the build has read or remembers, and of the texts on its pages."""
    store, data = store_of(env), DigestDomain.of(env).data
    folders = {settings.fragments for settings in store.project.collections if settings.automatic}
    folders |= {query.folder for asked in data["queries"].values() for query, _checksum in asked}
    states: dict[str, FolderState] = data["folders"]
    problems: set[Problem] = {problem for found in data["problems"].values() for problem in found}
    for folder in folders & states.keys():
        problems.update(states[folder].problems)
    warn_of(sorted(problems), store.project.root)
    remarks: set[Problem] = {problem for found in data["remarks"].values() for problem in found}
    for folder in folders & states.keys():
        remarks.update(states[folder].remarks)
    say_problems_of_others(sorted(remarks))
