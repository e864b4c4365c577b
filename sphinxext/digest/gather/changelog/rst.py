"""Split reStructuredText into headings, items of lists and other blocks, whose source stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sphinxext.digest.gather.changelog import Form, Piece
from sphinxext.digest.model import Text
from sphinxext.digest.text.rst import begun, escaped
from sphinxext.digest.text.width import width_of

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*\Z")
_ITEM = re.compile(r"( *)[-*+•][ ]+(?=\S)")
#: A comment: none of the other blocks that begin with two dots.
_COMMENT = re.compile(r"\.\.(?:\s*\Z|\s+(?![|\[_]|__|[\w:.+-]+::))")
#: A comment, a directive, a target, a footnote.
_EXPLICIT = re.compile(r"\.\.(?:\s|\Z)")
#: The definition of a target with its address, which may be in the lines below it.
TARGET = re.compile(
    r"^\.\. _(`[^`\n]+`|[^`:\n_][^:\n]*):(?:[ \t]+|[ \t]*\n[ \t]+)(\S+(?:\n[ \t]+\S+)*)[ \t]*$", re.MULTILINE
)
#: A definition of a target or a substitution, and the uses of both.
_SUBSTITUTION = re.compile(r"^\.\. \|([^|\n]+)\| \S.*$", re.MULTILINE)
USES = re.compile(
    r"`([^`<>]+|[^`]*[^`>\s])`_(?!_)|`[^`<>]+<([^`<>]+)_>`_|(?<![\w`])([^\W_](?:[\w.+:#-]{0,100}[^\W_])?)_(?![\w_`])|\|([^|\s](?:[^|\n]*[^|\s])?)\|"
)
#: The end of an entry's prose, after which more words can follow.
_NOT_PROSE = re.compile(r"\s|\.\. |[-*+•] |(?:[0-9]+|#)[.)] |[|>]")


def pieces_of_rst(text: str) -> list[Piece]:
    """Split a document."""
    return list(_Splitter(text.split("\n")).run())


class _Splitter:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self._styles: list[tuple[str, bool]] = []

    def run(self) -> Iterator[Piece]:
        index = 0
        while index < len(self.lines):
            if not self.lines[index].strip():
                index += 1
            elif heading := self._heading(index):
                yield heading
                index = heading.end - 1
            else:
                piece = self._block(index)
                if piece is not None:
                    yield piece
                    index = piece.end - 1
                else:
                    index = self._end_of(index, 0)

    def _heading(self, index: int) -> Piece | None:
        first, second, third = [*self.lines[index : index + 3], "", ""][:3]
        if _is_adornment(first) and second.strip() and third.rstrip() == first.rstrip() and not _is_adornment(second):
            title, style, end = second.strip(), (first[0], True), index + 4
        elif first[:1].strip() and _is_adornment(second) and not _is_adornment(first):
            # docutils reports an underline that is too short, and takes a very short one for text
            if len(second.rstrip()) < min(4, width_of(first.rstrip())):
                return None
            title, style, end = first.strip(), (second[0], False), index + 3
        else:
            return None
        if style not in self._styles:
            self._styles.append(style)
        return Piece(Form.HEADING, Text(title, index + 1, 1), end, self._styles.index(style) + 1, plain_words(title))

    def _block(self, index: int) -> Piece | None:
        """Return the item or block that begins at a line, or None for a comment or a line across the page."""
        line = self.lines[index]
        item = _ITEM.match(line)
        end = self._end_of(index, len(item[1]) if item else 0)
        if _COMMENT.match(line) or (_is_adornment(line) and end == index + 1):
            return None
        margin = len(item[0]) if item else 0
        found = [line[margin:], *self.lines[index + 1 : end]]
        rest = [len(one) - len(one.lstrip()) for one in found[1:] if one.strip()]
        cut = min([margin, *rest]) if item else 0
        lines = [found[0], *(one[cut:] for one in found[1:])]
        text = "\n".join(one.rstrip() for one in lines).rstrip()
        return Piece(Form.ITEM if item else Form.BLOCK, Text(text, index + 1, margin + 1), end + 1)

    def _end_of(self, index: int, margin: int) -> int:
        """Return the line after a block and all that is indented below it."""
        # a paragraph goes on without indentation, an item or a comment does not
        ends = _ITEM.match(self.lines[index]) is not None or _EXPLICIT.match(self.lines[index]) is not None
        last, end, after_blank = index, index + 1, False
        while end < len(self.lines):
            line = self.lines[end]
            indent = len(line) - len(line.lstrip())
            if not line.strip():
                after_blank = True
            elif indent <= margin and (ends or after_blank):
                break
            else:
                last, after_blank = end, False
            end += 1
        return last + 1


def _is_adornment(line: str) -> bool:
    line = line.rstrip()
    return len(line) > 1 and _ADORNMENT.match(line) is not None and line not in ("..", "::")


def plain_words(title: str) -> str:
    """Return a title without the signs of inline markup."""
    title = re.sub(r"`([^`<]*?)\s*<[^`>]*>`__?", r"\1", title)
    return " ".join(re.sub(r"``|(?<!\\)[`*|]|_(?=\s|\Z)|\\", "", title).split())


def definitions(text: str) -> dict[str, str]:
    """Return the lines that define targets and substitutions, by their names in small letters."""
    found: dict[str, str] = {}
    for match in TARGET.finditer(text):
        found[name_of(match[1].strip("`"))] = match[0].strip()
    for match in _SUBSTITUTION.finditer(text):
        found[name_of(match[1])] = match[0].strip()
    return found


def with_definitions(text: Text, known: dict[str, str]) -> Text:
    """Add the definitions of a file that a text uses and does not have itself."""
    own = definitions(text.value)
    used = [name_of(next(filter(None, match.groups()))) for match in USES.finditer(text.value)]
    added = [known[name] for name in dict.fromkeys(used) if name in known and name not in own]
    return added_to(text, "\n".join(added)) if added else text


def added_to(text: Text, block: str) -> Text:
    """Return a text with another block at its end, whose lines are taken for the last one."""
    count = text.value.count("\n")
    numbers = [text.line_of(index) for index in range(count + 1)]
    numbers += [numbers[-1]] * (block.count("\n") + 2)
    return Text(f"{text.value}\n\n{block}", text.line, text.column, tuple(numbers), text.columns)


def with_words(text: Text, words: str) -> Text:
    """Add words, such as numbers of issues in parentheses, to the last sentence of a text, or after it."""
    last = text.value.rpartition("\n\n")[2]
    lines = last.split("\n")
    if text.value and not any(_NOT_PROSE.match(line) for line in (lines[0], lines[-1])) and not last.endswith("::"):
        return Text(f"{text.value} {words}", text.line, text.column, text.lines, text.columns)
    return added_to(text, words) if text.value else Text(words, text.line, text.column)


def with_prefix(text: Text, words: str) -> Text:
    """Put words and a colon before a text, in its first line if that is prose."""
    before = f"{begun(escaped(words))}:"
    if not _NOT_PROSE.match(text.value):
        columns = text.columns or ()
        return Text(f"{before} {text.value}", text.line, text.column, text.lines, columns)
    count = text.value.count("\n") + 1
    numbers = [text.line, text.line, *(text.line_of(index) for index in range(count))]
    return Text(f"{before}\n\n{text.value}", text.line, text.column, tuple(numbers))


def dedented(text: str, first: int = 1) -> Text:
    """Return a whole file as a text, without blank lines at its ends."""
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
        first += 1
    return Text("\n".join(line.rstrip() for line in lines).rstrip(), first, 1)


def name_of(words: str) -> str:
    """Return the name of a target as docutils compares it."""
    return " ".join(words.lower().split())


def title_of(words: str, sign: str) -> Sequence[str]:
    """Return the lines of a heading."""
    return words, sign * max(width_of(words), 4)
