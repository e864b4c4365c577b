"""The options of a build: those of ``releasenotes/digest.yaml``, and over them those of ``conf.py``."""

from __future__ import annotations

from pathlib import Path

from sphinx.config import Config

from sphinxext.digest.extension.warn import warn_of
from sphinxext.digest.option_table import OPTIONS
from sphinxext.digest.options import COLLECTIONS, default_settings
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.project import Project, load_project, make_project
from sphinxext.digest.root import find_root

_PREFIX = "digest_"
#: Where the project is, relative to the folder of conf.py; without it, it is looked for in the folders above.
_PROJECT = "digest_project"

CONFIG_VALUES = (_PROJECT, *(_PREFIX + name for name in (*OPTIONS, COLLECTIONS)))


def configure(config: Config, confdir: Path) -> Project:
    """The project that a build belongs to. Options with a wrong value are reported and left at what they were."""
    root = (confdir / config[_PROJECT]).resolve() if config[_PROJECT] else find_root(confdir)
    from_file, problems = load_project(root)
    warn_of(problems, root)
    values = {name: config[_PREFIX + name] for name in (*OPTIONS, COLLECTIONS) if config[_PREFIX + name] is not None}
    if not values:
        return from_file

    def complain(name: str, code: Code, message: str) -> None:
        warn_of([Problem("conf.py", 0, 0, code, f"{_PREFIX}{name}: {message}")], confdir)

    base = from_file.main if from_file.collections else default_settings()
    if COLLECTIONS not in values and len(from_file.collections) > 1:
        main = make_project(root, base, values, complain).main
        return Project(root, (main, *from_file.collections[1:]))
    return make_project(root, base, values, complain)
