"""Release notes for a project that has none: a configuration, a first note, a page, and what CI checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import dump_value, new_identity, slug_of
from sphinxext.digest.init.documentation import Documentation
from sphinxext.digest.init.tools import Suggestion

CONFIG = "releasenotes/config.yaml"
NOTES = "releasenotes/notes"
#: Names for the page; the first that no page has is taken.
_PAGES = ("release-notes", "releases", "notes-of-releases", "release-notes-by-version")
_TITLE = "Release notes"
#: Documentation of a project that is only its release notes, as OpenStack's projects have it.
_OWN_DOCUMENTATION = "releasenotes/source/conf.py"

_CONFIG_HEAD = """\
---
# Configuration of the release notes, which reno reads as well.

# The main branch.
"""
_CONFIG_REST = """
# The heading of what is not released yet.
unreleased_version_title: Unreleased

# The sections of notes and their headings, if you want others.
# sections:
#   - [features, New Features]
#   - [upgrade, Upgrade Notes]
#   - [fixes, Bug Fixes]
"""
_FIRST_NOTE = """\
---
other:
  - |
    From now on, every change that you would notice has a release note.
"""

#: The usual folders of fragments of towncrier and scriv, and the names of changelogs.
_FRAGMENTS = ("newsfragments", "changelog.d", "changes", "changelog", "news")
_CHANGELOGS = ("CHANGELOG", "CHANGES", "HISTORY", "NEWS")

_CHECK = "sphinx-digest release-notes check"
_LINT = "sphinx-digest release-notes lint"
_INSTALL = "pip install sphinxext-digest"
_GITHUB = (
    "name: release notes",
    "on: pull_request",
    "jobs:",
    "  release-notes:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      - uses: actions/checkout@v4",
    "        with: {fetch-depth: 0}",
    "      - uses: actions/setup-python@v5",
    '        with: {python-version: "3.13"}',
    f"      - run: {_INSTALL}",
    f"      - run: {_LINT} --format github",
    f"      - run: {_CHECK} --format github",
)
_GITLAB = (
    "release-notes:",
    "  image: python:3.13",
    "  rules:",
    '    - if: $CI_PIPELINE_SOURCE == "merge_request_event"',
    "  variables:",
    '    GIT_DEPTH: "0"',
    "  script:",
    f"    - {_INSTALL}",
    f"    - {_LINT}",
    f'    - {_CHECK} --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA"',
)
_TOX = (
    "[testenv:release-notes]",
    "description = Check the release notes, and that the last commit has one.",
    "skip_install = true",
    "deps =",
    "  sphinxext-digest",
    "commands =",
    f"  {_LINT}",
    f"  {_CHECK}",
)


def has_release_notes(root: Path) -> bool:
    """Return True if a project has release notes."""
    return next((root / NOTES).rglob(f"*{SUFFIX}"), None) is not None


def changes_elsewhere(root: Path) -> str | None:
    """Return the folder of fragments, or the changelog, in which a project has written its changes down so far."""
    folders = [name for name in _FRAGMENTS if (root / name).is_dir()]
    names = [f"{name}{suffix}" for name in _CHANGELOGS for suffix in (".md", ".rst", ".txt", "")]
    return next(iter([*folders, *(name for name in names if (root / name).is_file())]), None)


def page_of(documentation: Documentation | None) -> str | None:
    """Return the name of a page to create, or None if a page shows release notes already.

    :param documentation: None for a new one.
    """
    if documentation is None:
        return _PAGES[0]
    if documentation.shows_release_notes or (documentation.root / _OWN_DOCUMENTATION).is_file():
        return None
    return next((name for name in _PAGES if documentation.page(name) is None), _PAGES[-1])


def page_text(suffix: str) -> str:
    """Return the text of the page, in the markup of a suffix."""
    if suffix == ".md":
        return f"# {_TITLE}\n\n```{{release-notes}}\n```\n"
    return f"{_TITLE}\n{'=' * len(_TITLE)}\n\n.. release-notes::\n"


def release_notes_files(root: Path, main_branch: str) -> Mapping[str, str]:
    """Return the configuration and a first note for a project that has no notes.

    Where there are some, a configuration would change how they are shown.
    """
    if has_release_notes(root):
        return {}
    files = {f"{NOTES}/release-notes-{new_identity()}{SUFFIX}": _FIRST_NOTE}
    if not (root / "reno.yaml").exists():
        branch = "\n".join(dump_value("default_branch", main_branch, 0))
        files[CONFIG] = f"{_CONFIG_HEAD}{branch}\n{_CONFIG_REST}"
    return files


def ci_suggestions(root: Path) -> Iterator[Suggestion]:
    """Yield what a project could add so that CI asks each change for its note: for the systems that it has, or all."""
    systems = {
        "GitHub": (root / ".github").exists(),
        "GitLab": (root / ".gitlab-ci.yml").exists(),
        "Zuul": any((root / name).exists() for name in (".zuul.yaml", "zuul.yaml", ".zuul.d", "zuul.d")),
    }
    wanted = [name for name, is_there in systems.items() if is_there] or [*systems]
    ask = "let {} ask each change for its note: add"
    if "GitHub" in wanted:
        yield Suggestion(".github/workflows/release-notes.yaml", 0, f"{ask.format('GitHub')} a workflow", _GITHUB)
    if "GitLab" in wanted:
        yield Suggestion(".gitlab-ci.yml", 0, f"{ask.format('GitLab')} a job", _GITLAB)
    if "Zuul" in wanted:
        yield Suggestion("tox.ini", 0, f"{ask.format('Zuul')} an environment of tox", _TOX)
        yield Suggestion(".zuul.yaml", 0, "and a job", _zuul(f"{slug_of(root.resolve().name)}-tox-release-notes"))


def _zuul(job: str) -> tuple[str, ...]:
    return (
        "- job:",
        f"    name: {job}",
        "    parent: tox",
        "    vars: {tox_envlist: release-notes}",
        "- project:",
        "    check:",
        f"      jobs: [{job}]",
    )
