"""Read towncrier's fragments: ``123.feature.rst``, ``+words.bugfix.md``.

Their folders and types are those of ``[tool.towncrier]`` in ``towncrier.toml`` or ``pyproject.toml``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinxext.digest.gather.changelog import MARKDOWN, Entry, Reading, read_text
from sphinxext.digest.gather.changelog.markdown import markdown_line, pieces_of_markdown
from sphinxext.digest.gather.changelog.rst import dedented, with_words
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, DigestError, Problem

TOOL = "towncrier"
#: The types that towncrier has without a configuration, and their titles.
_TYPES = {
    "feature": "Features",
    "bugfix": "Bugfixes",
    "doc": "Improved Documentation",
    "removal": "Deprecations and Removals",
    "misc": "Misc",
}
_FOLDER = "newsfragments"
#: Files of a folder that are no fragments.
_IGNORED = frozenset({"readme", "readme.md", "readme.rst", "readme.txt", "template.rst", "template.md"})
#: The end of a reference to a target that has a name.
_NAMED = re.compile(r"(>`_)(?!_)")


@dataclass(frozen=True)
class Towncrier:
    """A configuration of towncrier.

    ``types`` has the titles of types by their names; ``hidden`` are those whose texts are not published. ``folders``
    has the names of sections by the folders that hold their fragments.
    """

    folders: Mapping[Path, str]
    types: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    issue_format: str = ""
    markdown: bool = False


def read_configuration(folder: Path) -> Towncrier | None:
    """Return the configuration in a folder, or None if there is none.

    :raises DigestError: if its file cannot be read.
    """
    for name in ("towncrier.toml", "pyproject.toml"):
        if (folder / name).is_file():
            table = _table(folder / name)
            if table is not None:
                return _configuration(folder, table)
    return None


def towncrier_of_names(folder: Path) -> Towncrier | None:
    """Return towncrier's defaults for a folder whose files have such names, else None."""
    conf = Towncrier({folder: ""}, _TYPES, frozenset({"misc"}))
    with suppress(OSError):
        if any(_split(path.name, conf) for path in folder.iterdir()):
            return conf
    return None


def _table(file: Path) -> Mapping[str, object] | None:
    problems: list[Problem] = []
    text = read_text(file, os.fspath(file), problems)
    try:
        found = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise DigestError(Problem(os.fspath(file), line, column, Code.BAD_SETTING, f"not TOML: {error}")) from None
    table = found.get(TOOL) if isinstance(found, dict) else None
    return table if isinstance(table, dict) else None


def _configuration(folder: Path, table: Mapping[str, object]) -> Towncrier:
    base, package = _string(table, "directory"), _string(table, "package")
    sections = {_string(one, "path"): _string(one, "name") for one in _tables(table.get("section"))} or {"": ""}
    folders: dict[Path, str] = {}
    for path, name in sections.items():
        if base:
            folders[folder / base / path] = name
        elif package:
            home = folder / (_string(table, "package_dir") or ".") / package.replace(".", "/")
            folders[home / path / _FOLDER] = name
        else:
            folders[folder / path / _FOLDER] = name
    types = {_string(one, "directory") or _string(one, "name").lower(): one for one in _tables(table.get("type"))}
    fragment = table.get("fragment")
    if isinstance(fragment, dict):
        types |= {name: one for name, one in fragment.items() if isinstance(one, dict)}
    if not types:
        titles, hidden = _TYPES, frozenset({"misc"})
    else:
        titles = {name: _string(one, "name") or name.capitalize() for name, one in types.items()}
        hidden = frozenset(name for name, one in types.items() if one.get("showcontent") is False)
    is_markdown = PurePosixPath(_string(table, "filename")).suffix.lower() in MARKDOWN
    return Towncrier(folders, titles, hidden, _string(table, "issue_format"), is_markdown)


def _string(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _tables(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def fragments_of(folder: Path, conf: Towncrier) -> list[Path]:
    """Return the files in a folder that are fragments, in alphabetical order.

    :raises OSError: if the folder cannot be read.
    """
    return sorted(path for path in folder.iterdir() if _split(path.name, conf) and path.is_file())


def strangers_in(folder: Path, conf: Towncrier) -> list[str]:
    """Return the names of the files in a folder that look like fragments, but have no type of the configuration."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    return [name for name in names if "." in name and not _is_ignored(name) and not _split(name, conf)]


def _is_ignored(name: str) -> bool:
    endings = (".j2", ".jinja", ".jinja2", ".toml")
    return name.startswith((".", "_")) or name.lower() in _IGNORED or name.endswith(endings)


def _split(name: str, conf: Towncrier) -> tuple[str, str] | None:
    """Return the issue and the type in the name of a file, or None if it is no fragment."""
    parts = name.split(".")
    if _is_ignored(name):
        return None
    for index in range(len(parts) - 1, 0, -1):
        if parts[index] in conf.types:
            issue = ".".join(parts[:index]).strip()
            return str(int(issue)) if issue.isascii() and issue.isdigit() else issue, parts[index]
    return None


def read_fragments(files: list[tuple[Path, str]], conf: Towncrier, reading: Reading) -> None:
    """Read fragments. Those with the same text are one, with all their issues, as towncrier has them.

    :param files: each with the path by which problems name it.
    """
    found: dict[tuple[str, str, str], tuple[Entry, list[str]]] = {}
    hidden: list[str] = []
    for file, path in files:
        issue, kind = _split(file.name, conf) or ("", "")
        text = _text_of(file, path, conf, reading)
        if text is None:
            continue
        if kind in conf.hidden or not text.value:
            hidden.append(path)
        section = conf.folders.get(file.parent, "")
        more = (section,) if section else ()
        entry = Entry(path, text, (kind, conf.types[kind]), f"{section}/{file.name}", more)
        first = found.setdefault((section, kind, text.value or path), (entry, []))
        if shown := _shown(issue, conf, path, reading):
            first[1].append(shown)
    for entry, issues in found.values():
        text = with_words(entry.text, f"({', '.join(dict.fromkeys(issues))})") if issues else entry.text
        is_hidden = entry.path in hidden
        reading.entries.append((TOOL, Entry(entry.path, text, entry.categories, entry.key, entry.more, is_hidden)))


def _text_of(file: Path, path: str, conf: Towncrier, reading: Reading) -> Text | None:
    """Return the text of a fragment as reStructuredText, empty if the file is; None if it cannot be read."""
    try:
        if not file.read_bytes().strip():
            return Text("", 1, 1)
        text = read_text(file, path, reading.problems)
        suffix = file.suffix.lower()
        if suffix in MARKDOWN or (conf.markdown and suffix not in (".rst", ".txt")):
            return _whole(text, path)
    except OSError as error:
        reading.problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {error.strerror or error}"))
        return None
    except DigestError as error:
        reading.problems += error.problems
        return None
    return dedented(text)


def _whole(text: str, path: str) -> Text:
    """Return a file in Markdown as one text."""
    values: list[str] = []
    numbers: list[int] = []
    for piece in pieces_of_markdown(text, path):
        lines = piece.text.value.split("\n")
        if values:
            values.append("")
            numbers.append(piece.text.line)
        values += _as_item(lines) if piece.form.value == "item" else lines
        numbers += [piece.text.line_of(index) for index in range(len(lines))]
    return Text("\n".join(values), numbers[0] if numbers else 1, 1, tuple(numbers))


def _as_item(lines: list[str]) -> Iterator[str]:
    return (f"{'  ' if number else '- '}{line}" if line else "" for number, line in enumerate(lines))


def _shown(issue: str, conf: Towncrier, path: str, reading: Reading) -> str:
    """Return the issue as the configuration shows it; names without a number are none."""
    if issue.startswith("+") or not re.search("[0-9]", issue):
        return ""
    if not conf.issue_format:
        return f"#{issue}" if issue.isdigit() else issue
    shown = conf.issue_format.replace("{issue}", issue)
    if re.search(r"\]\(", shown):
        try:
            return markdown_line(shown, path)
        except DigestError as error:
            reading.problems += [problem for problem in error.problems if problem not in reading.problems]
            return ""
    return _NAMED.sub(r"\1_", shown)
