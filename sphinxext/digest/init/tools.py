"""An environment of tox that checks the fragments, and the same for nox and hatch, as text to paste."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sphinxext.digest.init.conf import TextFile, read_text_file
from sphinxext.digest.init.extras import PRE_COMMIT, PRE_COMMIT_HOOK

TOX = "tox.ini"
TOX_TOML = "tox.toml"
PYPROJECT = "pyproject.toml"
NOXFILE = "noxfile.py"

_CHECK = "sphinx-digest lint"
_SECTION = re.compile(r"^\[testenv:digests\]", re.MULTILINE)
#: OpenStack projects constrain all versions by a file whose name depends on the branch.
_CONSTRAINTS = re.compile(
    r"^[ \t]*(?:deps[ \t]*=[ \t]*)?(-c[ \t]*\{env:[A-Z_]*CONSTRAINTS_FILE.*\})[ \t\r]*$", re.MULTILINE
)
_ENV_TOML = (
    'description = "Check the fragments of the digests."',
    "skip_install = true",
    'deps = ["sphinxext-digest"]',
    'commands = [["sphinx-digest", "lint", { replace = "posargs", extend = true }]]',
)
_HATCH = (
    "[tool.hatch.envs.digests]",
    "skip-install = true",
    'dependencies = ["sphinxext-digest"]',
    'scripts.check = "sphinx-digest lint {args}"',
)
_NOX = (
    "@nox.session",
    "def digests(session):",
    '    session.install("sphinxext-digest")',
    '    session.run("sphinx-digest", "lint", *session.posargs)',
)


class Suggestion(NamedTuple):
    """Text that the user may add to a file: its path, the line to add it after or 0, a message and the lines."""

    path: str
    line: int
    message: str
    text: tuple[str, ...]


def with_tox_environment(source: TextFile) -> TextFile:
    """Add an environment ``digests`` to a ``tox.ini``, unless some environment checks the fragments."""
    text = source.text
    if _SECTION.search(text) or _CHECK in text:
        return source
    constraints = _CONSTRAINTS.search(text)
    return source.appended(
        "[testenv:digests]",
        "description = Check the fragments of the digests.",
        "skip_install = true",
        "deps =",
        *([f"  {constraints[1]}"] if constraints else []),
        "  sphinxext-digest",
        "commands =",
        f"  {_CHECK} {{posargs}}",
    )


def with_toml_environment(source: TextFile) -> TextFile:
    """Add an environment ``digests`` to a ``tox.toml``, unless some environment has its name."""
    try:
        environments = tomllib.loads(source.text).get("env", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return source
    if not isinstance(environments, dict) or "digests" in environments or '"sphinx-digest"' in source.text:
        return source
    return source.appended("[env.digests]", *_ENV_TOML)


def suggestions(root: Path) -> Iterator[Suggestion]:
    """Yield what a project could add to check its fragments with tools whose files are left alone."""
    if (root / PRE_COMMIT).is_file():
        yield from _suggestion(root, PRE_COMMIT, "a hook of pre-commit below 'repos'", PRE_COMMIT_HOOK)
    if (root / TOX).is_file() or (root / TOX_TOML).is_file():
        return
    if (root / NOXFILE).is_file():
        yield from _suggestion(root, NOXFILE, "a session of nox", _NOX)
        return
    tools = _tools(root)
    tox, hatch = tools.get("tox"), tools.get("hatch")
    if isinstance(tox, dict) and "legacy_tox_ini" not in tox:
        yield from _suggestion(root, PYPROJECT, "an environment of tox", ("[tool.tox.env.digests]", *_ENV_TOML))
    elif isinstance(hatch, dict) and "envs" in hatch:
        yield from _suggestion(root, PYPROJECT, "an environment of hatch", _HATCH)


def _suggestion(root: Path, path: str, what: str, text: tuple[str, ...]) -> Iterator[Suggestion]:
    source = read_text_file(root, path)
    if "sphinx-digest" not in source.text:
        yield Suggestion(path, len(source.lines), f"to check the fragments with the rest, add {what}", text)


def _tools(root: Path) -> dict[str, object]:
    if not (root / PYPROJECT).is_file():
        return {}
    try:
        tools = tomllib.loads(read_text_file(root, PYPROJECT).text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return tools if isinstance(tools, dict) else {}
