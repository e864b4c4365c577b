"""The options of a build: those of ``releasenotes/digest.yaml``, and over them those of ``conf.py``.

The link roles of a build: those of ``sphinx.ext.extlinks`` win over those of our settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sphinx.config import Config

from sphinxext.digest.extension.warnings import warn_of
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings import find_root
from sphinxext.digest.settings.checks import LinkRole, OptionError, link_roles
from sphinxext.digest.settings.options import COLLECTIONS, CONF_PREFIX, OPTIONS, Settings, near_option
from sphinxext.digest.settings.project import Project, load_project, make_project

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.doctree.guard import Guard
    from sphinxext.digest.settings.options import Settings


#: Where the project is, relative to the folder of conf.py; without it, it is looked for in the folders above.
_PROJECT = "digest_project"

#: What ``conf.py`` may set, with descriptions.
CONFIG_VALUES = {
    _PROJECT: "The folder of the project, relative to that of conf.py.",
    **{CONF_PREFIX + option.name: option.help for option in OPTIONS.values()},
    CONF_PREFIX + COLLECTIONS: "The folders of further collections, each with the options in which it differs.",
}

#: The name in conf.py, the kind of problem, and what is wrong.
_Complaint = tuple[str, Code, str]


def configure(config: Config, confdir: Path) -> Project:
    """The project that a build belongs to. Options with a wrong value are reported and left at what they were."""
    complaints: list[_Complaint] = [*_unknown_options(config)]
    root = _root(config, confdir, complaints)
    from_file, problems = load_project(root)
    warn_of(problems, root)
    project = _configured(config, root, from_file, complaints)
    warn_of([_problem(config, confdir, *complaint) for complaint in complaints], confdir)
    return project


def _configured(config: Config, root: Path, from_file: Project, complaints: list[_Complaint]) -> Project:
    """The project with the options of ``conf.py`` over those of the file."""
    values = {name: _given(config, name) for name in (*OPTIONS, COLLECTIONS) if config[CONF_PREFIX + name] is not None}
    if not values:
        return from_file

    def complain(name: str, code: Code, message: str) -> None:
        complaints.append((CONF_PREFIX + name, code, message))

    base = from_file.main if from_file.collections else Settings()
    if COLLECTIONS not in values and len(from_file.collections) > 1:
        main = make_project(root, base, values, complain).main
        # a preview is one of all collections
        others = (replace(one, drafts=main.drafts or one.drafts) for one in from_file.collections[1:])
        return Project(root, (main, *others))
    return make_project(root, base, values, complain)


def _given(config: Config, name: str) -> object:
    """Return the value of an option; ``-D digest_drafts=1`` on the command line is true or false, as Sphinx has it."""
    value: object = config[CONF_PREFIX + name]
    is_flag = name in OPTIONS and isinstance(OPTIONS[name].default, bool)
    if is_flag and value in ("0", "1") and CONF_PREFIX + name in config.overrides:
        return value == "1"
    return value


def _unknown_options(config: Config) -> Iterator[_Complaint]:
    """The names of ``conf.py`` that begin as our options do and are none, nor another extension's.

    Functions and modules may be called as they like. Names on the command line are reported by Sphinx.
    """
    for name, value in config._raw_config.items():
        is_ours = name.startswith(CONF_PREFIX) and name not in config and name not in config.overrides
        if is_ours and not callable(value) and not isinstance(value, ModuleType):
            yield name, Code.UNKNOWN_SETTING, f"there is no such option{near_option(name, CONFIG_VALUES)}"


def _root(config: Config, confdir: Path, complaints: list[_Complaint]) -> Path:
    """The folder of the project: the one that is named, or else the one that is found."""
    named = config[_PROJECT]
    if not named:
        return find_root(confdir)
    if not isinstance(named, str | PathLike):
        complaints.append((_PROJECT, Code.BAD_SETTING, "must be the path of a folder, relative to that of conf.py"))
    elif "\0" in str(named) or not (root := (confdir / named).resolve()).is_dir():
        complaints.append((_PROJECT, Code.BAD_SETTING, f"there is no folder '{named}', seen from that of conf.py"))
    else:
        return root
    return find_root(confdir)


def _problem(config: Config, confdir: Path, name: str, code: Code, message: str) -> Problem:
    """A problem of an option, at the last line of ``conf.py`` that sets it, if one does."""
    option = name.partition(".")[0]
    line, column = (0, 0) if option in config.overrides else _place(confdir / "conf.py", option)
    return Problem("conf.py", line, column, code, f"{name}: {message}")


def _place(file: Path, option: str) -> tuple[int, int]:
    import ast

    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return 0, 0
    places = [
        (node.lineno, node.col_offset + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == option and isinstance(node.ctx, ast.Store)
    ]
    return max(places, default=(0, 0))


def guard_in_build(env: BuildEnvironment, settings: Settings, *, with_sphinx: bool = True) -> Guard:
    """Return what the settings of a collection allow, with the link roles that the build knows.

    :param with_sphinx: False for texts that are parsed without the roles of Sphinx and its extensions. They need those
        of ``extlinks`` as well.
    """
    # parsers are needed only where a page is read
    from sphinxext.digest.doctree.parse import guard_of

    host: object = getattr(env.config, "extlinks", None)
    host = host if isinstance(host, Mapping) else {}
    own = tuple(role for role in settings.link_roles if role.name not in {str(name).lower() for name in host})
    found: list[LinkRole] = []
    for name, value in host.items() if not with_sphinx else ():
        try:
            found += link_roles({name: value if value[1] else value[0]})
        except (OptionError, LookupError, TypeError):
            continue  # a role that Sphinx may understand and we do not: its words are shown
    return replace(guard_of(settings), link_roles=(*own, *found))


def setup(app: Sphinx) -> None:
    """Register the options of conf.py."""
    for name, description in CONFIG_VALUES.items():
        # No default and no types: an option that conf.py does not set may be set by the settings file, and our checks
        # report a wrong value at its line. No rebuild kind: each page has a checksum of the settings it shows.
        app.add_config_value(name, None, "", description=description)
