"""reno's configuration of a project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.history.refs import find_top
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from reno.config import Config

#: The folder of release notes in a repository, where nothing else is said.
FOLDER = "releasenotes"


def read_config(root: str, folder: str) -> Config:
    """The configuration of a repository.

    :param root: its top folder.
    :param folder: of release notes, relative to that.
    :raises DigestError: if the configuration is none that reno can use.
    """
    import yaml
    from reno.config import Config

    try:
        conf = Config(root, folder)
        for message in _wrong_values(conf):
            raise ValueError(message)
        return conf
    except (AttributeError, LookupError, OSError, TypeError, ValueError, re.error, yaml.YAMLError) as error:
        message = f"the configuration of reno cannot be used: {error}"
        raise DigestError(Problem(folder, 0, 0, Code.BAD_SETTING, message)) from None


def _wrong_values(conf: Config) -> Iterator[str]:
    """What is wrong with values that reno itself takes as they are."""
    for name, value in conf.options.items():
        default = conf.get_default(name)
        if isinstance(default, list) and name != "sections":
            if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
                yield f"'{name}' must be a list of texts: is one a number, which has to stand in quotes?"
        elif isinstance(default, bool):
            if not isinstance(value, bool):
                yield f"'{name}' must be true or false"
        elif name != "sections" and not isinstance(value, str) and value != default:
            yield f"'{name}' must be a text: does {value!r} have to stand in quotes?"
        elif name.endswith("_re"):
            re.compile(value, re.VERBOSE)


def project_config(root: Path) -> Config:
    """The configuration of a project, which may be a folder within its repository.

    :raises DigestError: as :func:`read_config`.
    """
    root = root.resolve()
    top = find_top(root) or root
    return read_config(str(top), (root.relative_to(top) / FOLDER).as_posix())
