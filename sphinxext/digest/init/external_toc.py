"""The table of contents of ``sphinx-external-toc``, a file ``_toc.yml`` that stands for all toctrees of a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.init.toctrees import Entry, Toctree, indent_of
from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.yaml import compose

#: The extension, and its option for the path of the file.
EXTERNAL_TOC = "sphinx_external_toc"
PATH_OPTION = "external_toc_path"
DEFAULT_PATH = "_toc.yml"

#: Keys of lists of entries, by format: default, ``jb-book``, ``jb-article``; and of lists of such lists.
_ENTRIES = ("entries", "chapters", "sections", "items")
_PARTS = ("subtrees", "parts")
_BOOKS = {"jb-book": "chapters", "jb-article": "sections"}


def external_toctrees(lines: Sequence[str], path: str) -> list[Toctree]:
    """Return the lists of entries of the root document.

    :raises DigestError: if the file is not valid YAML.
    """
    return [_toctree(lines, caption, node) for caption, node in _lists(_root(lines, path))]


def is_external_entry(lines: Sequence[str], path: str, name: str) -> bool:
    """Return True if a document is in the table of contents, at any depth."""
    return any(toctree.lists(name) for toctree in _all(lines, _root(lines, path)))


def external_root(lines: Sequence[str], path: str) -> str:
    """Return the root document, with or without a suffix, or an empty string."""
    return _text(_root(lines, path), "root")


def lines_of_list(lines: Sequence[str], path: str, entries: Sequence[str]) -> list[str]:
    """Return the lines of a first list with some entries."""
    form = _text(_root(lines, path), "format")
    return [f"{_BOOKS.get(form, _ENTRIES[0])}:", *map(item, entries)]


def item(entry: str) -> str:
    """Return an item of a list."""
    return f"- file: {entry}"


def _root(lines: Sequence[str], path: str) -> Node | None:
    problems: list[Problem] = []
    node = compose("".join(f"{line}\n" for line in lines), path, problems)
    if problems:
        raise DigestError(*problems)
    return node


def _lists(node: Node | None) -> Iterator[tuple[str, SequenceNode]]:
    for key in _ENTRIES:
        if isinstance(entries := _value(node, key), SequenceNode) and entries.value and not entries.flow_style:
            yield _text(node, "caption"), entries
    for key in _PARTS:
        parts = _value(node, key)
        for part in parts.value if isinstance(parts, SequenceNode) else ():
            yield from _lists(part)


def _all(lines: Sequence[str], node: Node | None) -> Iterator[Toctree]:
    for caption, entries in _lists(node):
        yield _toctree(lines, caption, entries)
        for one in entries.value:
            yield from _all(lines, one)


def _toctree(lines: Sequence[str], caption: str, node: SequenceNode) -> Toctree:
    entries = []
    for one in node.value:
        target = next((text for key in ("file", "url", "glob") if (text := _text(one, key))), "")
        if isinstance(one, ScalarNode):
            target = one.value
        entries.append(Entry(_end(lines, one.start_mark.line), target, _text(one, "title")))
    options = {"caption": caption, "glob": ""}
    return Toctree(node.start_mark.line, entries[-1].line + 1, False, options, tuple(entries), "", "")


def _end(lines: Sequence[str], start: int) -> int:
    """Return the last line of an item, which may have lists of its own."""
    margin, last = indent_of(lines[start]), start
    for number in range(start + 1, len(lines)):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            if indent_of(lines[number]) <= margin:
                break
            last = number
    return last


def _value(node: Node | None, name: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for key, value in pairs if isinstance(key, ScalarNode) and key.value == name), None)


def _text(node: Node | None, name: str) -> str:
    value = _value(node, name)
    return str(value.value) if isinstance(value, ScalarNode) else ""
