"""How git is told to run no program that a repository names, and to ask no network.

The settings of a repository can name programs in dozens of places, and so can its attributes and its hooks. A setting
on the command line wins over all files and over the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

#: Variables that lead git to another repository, or that change how it reads one. Those of settings stay: a container
#: may need them to trust a folder, and ours come after them.
_DROPPED = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_NAMESPACE"),
        *("GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_CONFIG", "GIT_ATTR_SOURCE", "GIT_EXTERNAL_DIFF"),
        *("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
    }
)
#: Options of every command: no locks, no program that a repository names, nothing but what was committed.
ALWAYS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    # a folder with the files of a bare repository may have been committed into the project
    *("-c", "safe.bareRepository=explicit"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "fetch.bundleURI="),
    *("-c", "core.quotePath=false"),
    *("-c", "diff.submodule=short"),
    *("-c", f"diff.orderFile={os.devnull}"),
    *("-c", "log.showSignature=false"),
    *("-c", "log.mailmap=false"),
    *("-c", "log.follow=false"),
    *("-c", "log.showRoot=true"),
    # files anywhere on the machine: a pipe or a device has no end
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", f"core.excludesFile={os.devnull}"),
)
#: Variables for values of settings.
_EMPTY, _FALSE = "SPHINXEXT_DIGEST_EMPTY", "SPHINXEXT_DIGEST_FALSE"
#: What git is told by the environment. Without protocols there is no remote, nor anything that reaching one would run:
#: a helper, ssh, a proxy, a program that asks for a password.
_VARIABLES = {
    "LC_ALL": "C",
    # a repository's grafts would be other parents than those that were committed
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",
    # git before 2.39.4 does not know this one; there the protocols hold
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    _EMPTY: "",
    _FALSE: "false",
}
#: The protocols of a command that is meant to reach a remote. There are others, such as ``ext``, that run any program.
_REMOTE_PROTOCOLS = "file:git:http:https:ssh"
#: Commands that neither compare, write nor merge files: they have no use for what filters, drivers and hooks are set.
WITHOUT_FILES = frozenset(
    {
        *("cat-file", "config", "diff-index", "diff-tree", "for-each-ref", "log", "ls-files", "rev-list"),
        *("rev-parse", "show-ref"),
    }
)
#: Settings of drivers that name programs or insist on one, each with the variable that has its value instead.
_OF_DRIVERS = {
    ("filter", "clean"): _EMPTY,
    ("filter", "smudge"): _EMPTY,
    ("filter", "process"): _EMPTY,
    ("filter", "required"): _FALSE,
    ("merge", "driver"): _EMPTY,
}


def override_drivers(names: Iterable[str]) -> list[str]:
    """Options that leave nothing to run of what settings define under names of their own.

    :param names: all settings that there are, as ``git config --list --name-only`` prints them.
    """
    options = []
    for name in names:
        section = name.partition(".")[0]
        rest, _, last = name.rpartition(".")
        if (section, last) == ("hook", "command"):
            options.append(f"--config-env={rest}.enabled={_FALSE}")
        elif (section, last) in _OF_DRIVERS:
            # and not by "-c", for which a name ends at its first "="
            options.append(f"--config-env={name}={_OF_DRIVERS[section, last]}")
    return options


def remote_protocols() -> dict[str, str]:
    """The variables of a command that is meant to reach a remote: protocols, unless the user has named others."""
    return {"GIT_ALLOW_PROTOCOL": os.environ.get("GIT_ALLOW_PROTOCOL", _REMOTE_PROTOCOLS)}


def environment() -> dict[str, str]:
    """The variables with which git is started."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED and not _is_trace(name, value)}
    return kept | _VARIABLES


def _is_trace(name: str, value: str) -> bool:
    """Return True for a trace that would be among git's messages, and not in a file."""
    return name.startswith("GIT_TRACE") and not Path(value).is_absolute()
