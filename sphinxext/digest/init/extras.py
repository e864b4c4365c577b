"""Files that ``init`` offers: a first documentation, and what editors and pre-commit need to check fragments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from sphinxext.digest.fragments.schema import fragment_schema
from sphinxext.digest.text import visible_text
from sphinxext.digest.text.rst import escaped
from sphinxext.digest.text.width import width_of

#: Folders for a new documentation; the first that does not exist is taken.
_NEW_FOLDERS = ("docs", "doc", "documentation", "sphinx")

EDITOR_SETTINGS = ".vscode/settings.json"
SCHEMA = "releasenotes/digest.schema.json"
PRE_COMMIT = ".pre-commit-config.yaml"
#: The entry of a list of repositories, in ``.pre-commit-config.yaml``.
PRE_COMMIT_HOOK = (
    "  - repo: local",
    "    hooks:",
    "      - id: sphinx-digest-lint",
    "        name: sphinx-digest lint",
    "        entry: sphinx-digest lint",
    "        language: python",
    "        additional_dependencies: [sphinxext-digest]",
    r"        files: ^releasenotes/(digests/.*\.yaml|digest\.yaml)$",
)


def new_folder(root: Path) -> str:
    """Return the folder for a new documentation."""
    return next((name for name in _NEW_FOLDERS if not (root / name).exists()), f"sphinx-{_NEW_FOLDERS[0]}")


def new_documentation(root: Path, folder: str, entries: Iterable[str]) -> Mapping[str, str]:
    """Return the files of a new documentation, by paths relative to the project.

    :param folder: of the documentation.
    :param entries: the pages to list in the toctree.
    """
    name = visible_text(root.resolve().name) or "Project"
    title = escaped(name)
    conf = (
        f"project = {json.dumps(name, ensure_ascii=False)}\n"
        'extensions = ["sphinxext.digest"]\n'
        'html_theme = "alabaster"\n'
    )
    listed = "".join(f"   {entry}\n" for entry in entries)
    index = f"{title}\n{'=' * max(width_of(title), 3)}\n\n.. toctree::\n\n{listed}"
    return {f"{folder}/conf.py": conf, f"{folder}/index.rst": index}


def editor_files(fragments: str) -> Mapping[str, str]:
    """Return the settings that make editors complete and check fragments, and the schema that they name.

    :param fragments: the folder of the fragments.
    """
    settings = {"yaml.schemas": {f"./{SCHEMA}": f"{fragments}/*.yaml"}}
    return {EDITOR_SETTINGS: _json(settings), SCHEMA: _json(fragment_schema())}


def pre_commit_file() -> str:
    """Return a configuration of pre-commit that checks the fragments of a change."""
    return "".join(f"{line}\n" for line in ("---", "repos:", *PRE_COMMIT_HOOK))


def _json(value: object) -> str:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n"
