"""Edits of a ``conf.py``, which is parsed and never run.

Files are edited as text, so that everything but the edit stays as it is: comments, line ends, quotes, encoding.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sphinxext.digest.problems import Code, DigestError, Problem, unreadable

#: Larger files are refused.
_MAX_BYTES = 4 * 1024 * 1024
#: The encoding of a Python file is declared within these bytes.
_START = 4096
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True)
class TextFile:
    """A text file of a project, by its lines with their ends. ``path`` is relative to the project."""

    path: str
    data: bytes
    lines: tuple[str, ...]
    encoding: str

    @property
    def text(self) -> str:
        """The whole text with line feeds, as parsers expect it."""
        return "".join(map(without_end, self.lines, "\n" * len(self.lines)))

    @property
    def end(self) -> str:
        """The line end of the first line."""
        first = self.lines[0] if self.lines else ""
        return first[len(without_end(first)) :] or "\n"

    def inserted(self, index: int, *added: str) -> TextFile:
        """Insert lines, given without ends, before the line with this index."""
        before, after = list(self.lines[:index]), self.lines[index:]
        if before and before[-1] == without_end(before[-1]):
            before[-1] += self.end
        return replace(self, lines=(*before, *(f"{line}{self.end}" for line in added), *after))

    def appended(self, *added: str) -> TextFile:
        """Append lines after a blank one."""
        blank = [""] if self.lines and self.lines[-1].strip() else []
        return self.inserted(len(self.lines), *blank, *added)

    def with_text(self, line: int, column: int, text: str) -> TextFile:
        """Insert text at a line and a column, both from 0."""
        old = self.lines[line]
        lines = (*self.lines[:line], f"{old[:column]}{text}{old[column:]}", *self.lines[line + 1 :])
        return replace(self, lines=lines)

    def encoded(self) -> bytes:
        """Encode the file."""
        return "".join(self.lines).encode(self.encoding)


def without_end(line: str, end: str = "") -> str:
    """Return a line without its end, or with another one."""
    bare = line.rstrip("\r\n")
    return bare + end if len(bare) < len(line) else bare


def read_text_file(root: Path, path: str, encoding_of: Callable[[bytes, str], str] | None = None) -> TextFile:
    """Read a file of a project.

    :param encoding_of: detects the encoding from the bytes and the path. Without it, the encoding is UTF-8.
    :raises DigestError: if the file is missing, cannot be read, or is not in its encoding.
    """
    try:
        with (root / path).open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise DigestError(unreadable(path, error)) from None
    if len(data) > _MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"the file is larger than {_MAX_BYTES:,} bytes"))
    encoding = encoding_of(data, path) if encoding_of else "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = data.decode(encoding)
        is_safe = text.encode(encoding) == data
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        message = f"the file is not in its encoding, {encoding}"
        raise DigestError(Problem(path, data.count(b"\n", 0, start) + 1, 1, Code.ENCODING, message)) from None
    if not is_safe:
        message = f"the file cannot be written back as it is in its encoding, {encoding}"
        raise DigestError(Problem(path, 1, 1, Code.ENCODING, message))
    return TextFile(path, data, tuple(_LINE.findall(text)), encoding)


def python_encoding(data: bytes, path: str) -> str:
    """Detect the encoding of a Python file.

    :raises DigestError: if the declared encoding is unknown.
    """
    try:
        return tokenize.detect_encoding(io.BytesIO(re.sub(rb"\r\n?", b"\n", data[:_START])).readline)[0]
    except SyntaxError as error:
        raise DigestError(Problem(path, 1, 1, Code.PYTHON_SYNTAX, error.msg)) from None


EXTENSION = "sphinxext.digest"

#: The option that names the project, for builds that would not find it.
PROJECT = "digest_project"

_LIST = "extensions"
#: Functions that may bind names in ways that a parser cannot see.
_DYNAMIC_NAMES = frozenset({"exec", "eval", "execfile", "globals", "locals", "vars", "setattr"})
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Import, ast.ImportFrom)
_LAYOUT_TOKENS = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT})


@dataclass(frozen=True)
class Conf:
    """A ``conf.py`` with its syntax tree."""

    source: TextFile
    tree: ast.Module

    def literal(self, name: str) -> object:
        """Return the literal that the last assignment to a name gives it, or None."""
        value: object = None
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and any(_is(target, name) for target in statement.targets):
                value = statement.value.value if isinstance(statement.value, ast.Constant) else None
        return value

    def has_text(self, text: str) -> bool:
        """Return True if a string literal has this value."""
        return any(isinstance(node, ast.Constant) and node.value == text for node in ast.walk(self.tree))

    def mentions(self, name: str) -> bool:
        """Return True if a name occurs anywhere in the code."""
        return any(_is(node, name) for node in ast.walk(self.tree))


def parse_conf(source: TextFile) -> Conf:
    """Parse a ``conf.py``.

    :raises DigestError: if it is not Python.
    """
    try:
        return Conf(source, _parse(source.text))
    except SyntaxError as error:
        problem = Problem(source.path, error.lineno or 1, error.offset or 1, Code.PYTHON_SYNTAX, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        problem = Problem(source.path, 1, 1, Code.PYTHON_SYNTAX, str(error) or "the code is nested too deeply")
    raise DigestError(problem)


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def has_extension(conf: Conf) -> bool:
    """Return True if the list of extensions, or a call of ``setup_extension``, names ours."""
    for node in ast.walk(conf.tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)):
            parts = list(ast.walk(node))
            if any(isinstance(part, ast.Constant) and part.value == EXTENSION for part in parts) and any(
                _is(part, _LIST) or (isinstance(part, ast.Attribute) and part.attr == "setup_extension")
                for part in parts
            ):
                return True
    return False


def with_extension(conf: Conf) -> TextFile:
    """Add our extension to the list.

    A plain list gets one more element, in the style of the others. Any other is extended by a line at the end of the
    file, which works wherever the list comes from, and if there is none.
    """
    statement = _plain_list(conf)
    if statement is not None:
        assert isinstance(statement.value, ast.List)
        new = _with_element(conf.source, statement.value)
        if _differs_by_element(conf, new, conf.tree.body.index(statement)):
            return new
    name = _quoted(conf.source, EXTENSION)
    if any(isinstance(one, _SIMPLE) and _mentions_list(one) for one in conf.tree.body):
        # the list is certain to have a value, which may be a tuple
        line = f"{_LIST} = [*{_LIST}, {name}]"
    elif any(map(_mentions_list, conf.tree.body)) or any(map(_is_dynamic, _own_code(conf.tree))):
        line = f"{_LIST} = [*globals().get({_quoted(conf.source, _LIST)}, ()), {name}]"
    else:
        line = f"{_LIST} = [{name}]"
    return conf.source.appended(line)


def with_project(conf: Conf, folder: str) -> TextFile:
    """Set ``digest_project`` to a folder, relative to that of the ``conf.py``."""
    return conf.source.appended(f"{PROJECT} = {_quoted(conf.source, folder)}")


def _plain_list(conf: Conf) -> ast.Assign | ast.AnnAssign | None:
    """Return the statement that sets ``extensions`` to a plain list, if no other sets it."""
    bound = 0
    found = None
    for node in _own_code(conf.tree):
        if isinstance(node, ast.Name) and node.id == _LIST and isinstance(node.ctx, ast.Store):
            bound += 1
        elif isinstance(node, ast.AugAssign) and _is(node.target, _LIST):
            bound -= 1  # extends the list
        elif _is_dynamic(node) and (found is not None or not isinstance(node, ast.ImportFrom)):
            return None
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node in conf.tree.body and _is_plain_list(node):
            found = node
    return found if bound == 1 else None


def _is_plain_list(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return len(targets) == 1 and _is(targets[0], _LIST) and isinstance(node.value, ast.List)


def _is_dynamic(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    return isinstance(node, ast.Name) and node.id in _DYNAMIC_NAMES


def _own_code(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a tree without the names of ``exec`` and ``eval`` where they are given another namespace."""
    others = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1
        if node.func.id in {"exec", "eval"}
    }
    return (node for node in ast.walk(tree) if node not in others)


def _mentions_list(statement: ast.stmt) -> bool:
    return any(_is(node, _LIST) for node in ast.walk(statement))


def _is(node: ast.AST, name: str) -> bool:
    """Return True if a node is a name, or an import that binds it."""
    if isinstance(node, ast.alias):
        return (node.asname or node.name) == name
    return isinstance(node, ast.Name) and node.id == name


def _differs_by_element(conf: Conf, new: TextFile, index: int) -> bool:
    """Return True if the new text differs from the old one only by our extension at the end of the list."""
    try:
        tree = _parse(new.text)
    except SyntaxError:
        return False
    statement = tree.body[index]
    assert isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.List)
    added = statement.value.elts.pop()
    return isinstance(added, ast.Constant) and added.value == EXTENSION and ast.dump(tree) == ast.dump(conf.tree)


def _with_element(source: TextFile, node: ast.List) -> TextFile:
    tokens = list(_tokens_of(source, node))
    closing = tokens[-1]
    last = [token for token in tokens[:-1] if token.type not in _LAYOUT_TOKENS][-1]
    element = _quoted(source, EXTENSION, tokens)
    line, column = last.end[0] - 1, last.end[1]
    margin = _indentation(source, node.elts[-1].lineno) if node.elts else f"{_indentation(source, node.lineno)}    "
    is_below = closing.start[0] > last.end[0]
    if not node.elts and not is_below:
        return source.with_text(line, column, element)
    if margin and (is_below or last.start[0] > tokens[0].start[0]):
        # elements are on lines of their own
        comma = "," if node.elts and last.string != "," else ""
        separated = source.with_text(line, column, comma)
        if is_below:
            return separated.inserted(line + 1, f"{margin}{element},")
        after = f"{source.end}{margin}{element}{',' if last.string == ',' else ''}"
        return separated.with_text(line, column + len(comma), after)
    if last.string == ",":
        return source.with_text(line, column, f" {element},")
    return source.with_text(line, column, f", {element}" if node.elts else element)


def _tokens_of(source: TextFile, node: ast.List) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a list, from its opening to its closing bracket."""
    assert node.end_lineno is not None and node.end_col_offset is not None
    start = node.lineno, _column(source, node.lineno, node.col_offset)
    end = node.end_lineno, _column(source, node.end_lineno, node.end_col_offset)
    for token in tokenize.generate_tokens(io.StringIO(source.text, newline="\n").readline):
        if start <= token.start and token.end <= end:
            yield token


def _column(source: TextFile, line: int, offset: int) -> int:
    """Convert a column in bytes of UTF-8 to one in characters."""
    return len(source.lines[line - 1].encode()[:offset].decode())


def _indentation(source: TextFile, number: int) -> str:
    line = without_end(source.lines[number - 1])
    return line[: len(line) - len(line.lstrip())]


def _quoted(source: TextFile, text: str, tokens: Iterable[tokenize.TokenInfo] = ()) -> str:
    """Quote a text as the last string among some tokens, or as most strings of the file."""
    strings = [token.string for token in tokens if token.type == tokenize.STRING]
    quote = re.sub("^[a-zA-Z]*", "", strings[-1])[0] if strings else max("\"'", key=source.text.count)
    return f"{quote}{text}{quote}"
