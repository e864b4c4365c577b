"""Read scriv's fragments: files with a heading for each category, as scriv's configuration says where."""

from __future__ import annotations

import configparser
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from sphinxext.digest.gather.changelog import MARKDOWN, Reading, read_text
from sphinxext.digest.gather.changelog.entries import entries_of
from sphinxext.digest.gather.changelog.markdown import pieces_of_markdown
from sphinxext.digest.gather.changelog.rst import definitions, pieces_of_rst
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.problems import Code, DigestError, Problem

TOOL = "scriv"
_FOLDER = "changelog.d"
_SKIPPED = "README.*"
#: The sections of files in the form of ini files that scriv reads.
_SECTIONS = ("scriv", "tool.scriv")


@dataclass(frozen=True)
class Scriv:
    """A configuration of scriv: the folder of fragments, and a pattern of names that are none."""

    folder: Path
    skipped: str = _SKIPPED


def read_configuration(folder: Path) -> Scriv | None:
    """Return the configuration in a folder, or None if there is none.

    :raises DigestError: if one of its files cannot be read.
    """
    values: dict[str, str] = {}
    is_found = False
    for name in ("setup.cfg", "tox.ini", "pyproject.toml"):
        if (found := _values(folder / name)) is not None:
            values |= found
            is_found = True
    fragments = folder / values.get("fragment_directory", _FOLDER)
    if (found := _values(fragments / "scriv.ini")) is not None:
        values |= found
        is_found = True
    return Scriv(fragments, values.get("skip_fragments", _SKIPPED)) if is_found else None


def _values(file: Path) -> dict[str, str] | None:
    """Return the strings that a file sets for scriv, or None if it has no section for it."""
    if not file.is_file():
        return None
    path = os.fspath(file)
    text = read_text(file, path, []) if file.stat().st_size else ""
    table: Mapping[str, object] | None = None
    try:
        if file.suffix == ".toml":
            tool = tomllib.loads(text).get("tool", {})
            table = tool.get(TOOL) if isinstance(tool, dict) else None
        else:
            parser = configparser.RawConfigParser(strict=False)
            parser.read_string(text)
            table = next((dict(parser[name]) for name in _SECTIONS if parser.has_section(name)), None)
    except (tomllib.TOMLDecodeError, configparser.Error, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        message = f"the file cannot be parsed: {str(error).splitlines()[0]}"
        raise DigestError(Problem(path, line, 1, Code.BAD_SETTING, message)) from None
    if not isinstance(table, Mapping):
        return None
    return {name: value for name, value in table.items() if isinstance(value, str)}


def scriv_of_names(folder: Path) -> Scriv | None:
    """Return scriv's defaults for a folder of its usual name, or one that has a file in Markdown or reST."""
    conf = Scriv(folder)
    with suppress(OSError):
        if fragments_of(folder, conf):
            return conf
    return None


def fragments_of(folder: Path, conf: Scriv) -> list[Path]:
    """Return the files in a folder that are fragments, in alphabetical order.

    :raises OSError: if the folder cannot be read.
    """
    suffixes = (*MARKDOWN, ".rst")
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in suffixes
        and not path.name.startswith(".")
        and not fnmatchcase(path.name, conf.skipped)
        and path.is_file()
    )


def read_fragments(files: list[tuple[Path, str]], sections: Sections, reading: Reading) -> None:
    """Read fragments.

    :param files: each with the path by which problems name it.
    """
    for file, path in files:
        try:
            text = read_text(file, path, reading.problems)
            is_markdown = file.suffix.lower() in MARKDOWN
            pieces = pieces_of_markdown(text, path) if is_markdown else pieces_of_rst(text)
        except DigestError as error:
            if all(problem.code is Code.EMPTY for problem in error.problems):
                reading.remarks.append(f"{path} is left out: it is empty")
            else:
                reading.problems += error.problems
            continue
        known = {} if is_markdown else definitions(text)
        reading.entries += [(TOOL, entry) for entry in entries_of(pieces, path, sections, known, file.name)]
