"""Parse the HTML of posts into blocks whose links keep their targets, in linear time.

``html.parser`` is not used: before Python 3.13.6 it takes minutes for 100 KB of ``<a `` or of comments without ends,
and ``&#`` with more than 4,300 digits makes it raise. Comments and declarations are dropped, as in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import accumulate

from sphinxext.digest.gather.importer import Block, Form, Run, Words, clean
from sphinxext.digest.gather.importer.layout import MAX_LEVEL

#: Elements that go on to their own end tag, whatever is between: in those of the second set there are references.
_RAW = frozenset({"script", "style"})
_RAW_WITH_REFERENCES = frozenset({"title", "textarea"})
_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*+)")
#: A tag from its name on. A quotation mark counts only at the beginning of a value, and if there is a second one.
_REST = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>")
_ATTRIBUTE = re.compile(r"([^\s/>=]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+")
#: References with more digits than any character has; Python refuses to read far more.
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{20,}+;?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, or the text between two of them.

    ``name`` is that of an element in lower case, and ``is_end`` says that the tag ends it; it is empty for text.
    ``position`` is the index of the first character in the document.
    """

    position: int
    text: str = ""
    name: str = ""
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def pieces_of_html(text: str) -> Iterator[Piece]:
    """Split a document. What cannot be a tag, such as one without an end, is text."""
    return _Tokenizer(text).run()


class _Tokenizer:
    """Goes through a document, and remembers what it has looked for in vain, so as not to look for it again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._missing: set[str] = set()

    def run(self) -> Iterator[Piece]:
        position = 0
        while (start := self.text.find("<", position)) >= 0:
            if start > position:
                yield self.data(position, start)
            position, piece = self.markup(start)
            if piece is not None:
                yield piece
                if not piece.is_end and piece.name in _RAW | _RAW_WITH_REFERENCES:
                    end = self.end_of_raw(piece.name, position)
                    if end > position:
                        yield self.data(position, end, raw=piece.name in _RAW)
                    position = end
        if position < len(self.text):
            yield self.data(position, len(self.text))

    def data(self, start: int, end: int, *, raw: bool = False) -> Piece:
        text = self.text[start:end]
        return Piece(start, text if raw else without_references(text))

    def markup(self, start: int) -> tuple[int, Piece | None]:
        """Return the end of what begins with ``<``, and the tag or text that it is; None for what is dropped."""
        if self.text.startswith("<!--", start):
            end = self.find("-->", start + 2)
            return (start + 4 if end is None else max(end, start + 5)), None
        if self.text.startswith(("<!", "<?", "</>"), start):
            end = self.find(">", start)
        elif name := _NAME.match(self.text, start + 1):
            end = self.end_of_tag(name.end())
            if end is not None:
                is_end = self.text[start + 1] == "/"
                tag = name[1].lower()
                attributes = self.attributes(name.end(), end - 1) if tag in ("a", "img") and not is_end else {}
                return end, Piece(start, "", tag, is_end, attributes)
        else:
            end = self.find(">", start) if self.text.startswith("</", start) else None
        return (start + 1, Piece(start, "<")) if end is None else (end, None)

    def find(self, what: str, start: int) -> int | None:
        """Return the position after a text."""
        found = self.text.find(what, start) if what not in self._missing else -1
        if found < 0:
            self._missing.add(what)
            return None
        return found + len(what)

    def end_of_tag(self, start: int) -> int | None:
        """Return the position after a tag; where quotation marks leave it without an end, they do not count."""
        if "tag" not in self._missing:
            if match := _REST.match(self.text, start):
                return match.end()
            self._missing.add("tag")
        return self.find(">", start)

    def end_of_raw(self, name: str, start: int) -> int:
        """Return the position of an element's end tag, or the end of the document if it has none."""
        match = None
        if name not in self._missing:
            match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.text, start)
        if match is not None:
            return match.start()
        self._missing.add(name)
        return len(self.text) if name in _RAW else start

    def attributes(self, start: int, end: int) -> dict[str, str]:
        """Return the first value of each attribute."""
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self.text, start, end):
            value = match[2] or ""
            value = value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] and value[1:] else value
            found.setdefault(match[1].lower(), without_references(value))
        return found


def without_references(text: str) -> str:
    """Text with the characters that its references name."""
    return unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul", "ol", "menu", "dir"}
_BREAKS = {
    *("p", "div", "section", "header", "blockquote", "table", "tr", "td", "th", "thead", "tbody", "tfoot", "caption"),
    *("dl", "dt", "dd", "hr", "figure", "figcaption", "address", "center", "form", "fieldset", "details", "summary"),
    *("body", "html"),
}
#: Elements that are not part of a post.
SILENT = {
    *("script", "style", "head", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "button"),
}
_AROUND = {"nav", "footer", "aside"}
#: The deepest nesting of them that is tracked; no page has more.
_MAX_SILENT = 100
_BOLD = {"b", "strong"}
#: The level of a heading that is a paragraph in bold letters: below those of HTML.
BOLD_LEVEL = 7
_ANY_TAG = re.compile(
    r"<(?:!doctype html|html|body|p|div|ul|ol|li|h[1-6]|br|table|article|blockquote|strong|em|span)\b[^<>]*/?>", re.I
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|ul|ol|li|h[1-6]|table|tr|td|th|tbody|thead|blockquote|pre|article|section|header|footer|dl|dt|dd"
    r"|form|hr|address|figure|!--)\b",
    re.IGNORECASE,
)


def is_html(text: str) -> bool:
    """Return True if a text is HTML: it has several of its tags, or begins with one."""
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return True
    tags = len(_ANY_TAG.findall(text[:200_000]))
    return tags > 2 or (tags > 0 and start.startswith("<"))


def with_paragraphs(text: str) -> str:
    """Return the HTML of a post as WordPress has it, where blank lines are paragraphs, with tags for these."""
    if re.search(r"<p[\s>]", text, re.IGNORECASE):
        return text
    parts = re.split(r"(\n[ \t]*\n)", text)
    for index in range(0, len(parts), 2):
        part = parts[index]
        if part.strip() and not _BLOCK_TAG.search(part):
            body = part.strip("\n")
            start = len(part) - len(part.lstrip("\n"))
            parts[index] = part[:start] + "<p>" + body.replace("\n", "<br>\n") + "</p>"
    return "".join(parts)


def blocks_of_html(text: str, first: int) -> tuple[list[Block], bool, str | None]:
    """Return the blocks of HTML, whether it has headings, and the title of the page.

    Tags need not be closed. Within a page only ``main`` or ``article`` count, if there is one of them with a text.

    :param first: the number of the first line in the file.
    """
    reader = _HtmlReader(first)
    reader.read(text)
    blocks = reader.blocks
    lengths = [0, *accumulate(len(block.plain) for block in blocks)]
    for start, end in reader.articles:
        if lengths[end] - lengths[start] > 200:
            blocks = blocks[start:end]
            break
    title = " ".join("".join(reader.title).split())
    return blocks, any(block.form is Form.HEADING for block in blocks), title or None


@dataclass(slots=True)
class _Line:
    """The inline content that is being collected."""

    runs: list[Run] = field(default_factory=list)
    bold: bool = True
    line: int = 0


class _HtmlReader:
    """Collects blocks; a tag that begins one ends the one before, closed or not."""

    def __init__(self, first: int) -> None:
        self.number = first
        self.blocks: list[Block] = []
        self.articles: list[tuple[int, int]] = []
        self.title: list[str] = []
        self._starts: list[int] = []
        self._silent: list[str] = []
        self._lists: list[str] = []
        self._bullet = False
        self._heading = 0
        self._pre = 0
        self._bold = 0
        self._in_title = False
        self._url: str | None = None
        self._line = _Line()

    def read(self, text: str) -> None:
        """Read a whole document."""
        position = 0
        for piece in pieces_of_html(text):
            self.number += text.count("\n", position, piece.position)
            position = piece.position
            if not piece.name:
                self.handle_data(piece.text)
            elif piece.is_end:
                self.handle_endtag(piece.name)
            else:
                self.handle_starttag(piece.name, piece.attributes)
        self.number += text.count("\n", position)
        self.end_block()

    def handle_starttag(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "title":
            self._in_title = self._silent in ([], ["head"])
        if tag in SILENT or (tag in _AROUND and not self._lists):
            if len(self._silent) < _MAX_SILENT:
                self._silent.append(tag)
        elif not self._silent:
            self.start_element(tag, attributes)

    def start_element(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin what a tag begins."""
        if tag in _LISTS:
            self.end_block()
            self._lists.append(tag)
        elif tag == "li":
            self.end_block()
            self._bullet = True
        elif tag in _HEADINGS:
            self.end_block()
            self._heading = _HEADINGS[tag]
        elif tag == "pre":
            self.end_block()
            self._pre += 1
        elif tag in ("main", "article"):
            self.end_block()
            self._starts.append(len(self.blocks))
        elif tag in _BREAKS:
            if not self._heading or self._line.runs:
                self.end_block()
        else:
            self.start_inline(tag, attributes)

    def start_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self._url = attributes.get("href", "").strip() or None
        elif tag == "br":
            self.add("\n")
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "img" and attributes.get("alt"):
            self.add(f"[{attributes['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
        elif tag == "a":
            self._url = None
        elif tag in _BOLD:
            self._bold = max(0, self._bold - 1)
        elif tag in _HEADINGS:
            self.end_block(blank=self._heading > 0)
        elif tag in _LISTS or tag in _BREAKS or tag in ("li", "pre", "main", "article"):
            self.end_block()
            self.end_element(tag)

    def end_element(self, tag: str) -> None:
        """Go back to what was around an element of blocks; it may not have been there."""
        if tag in _LISTS and self._lists:
            self._lists.pop()
            self._bullet = False
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("main", "article") and self._starts:
            self.articles.append((self._starts.pop(), len(self.blocks)))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        if not self._silent:
            self.add(data)

    def add(self, text: str) -> None:
        if not self._line.runs and not self._pre:
            text = text.lstrip(" \t\r\n\f") if text != "\n" else text
        if not text:
            return
        if not self._line.runs:
            self._line.line = self.number
        if text.strip() and not self._bold:
            self._line.bold = False
        if not self._pre and text != "\n":
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self._line.runs.append(Run(text, self._url if text != "\n" else None))

    def end_block(self, *, blank: bool = False) -> None:
        """Make a block of what was collected; a heading without words is one, too."""
        line, self._line = self._line, _Line()
        heading, self._heading, self._bold = self._heading, 0, 0
        if self._pre:
            text = "\n".join(map(clean, "".join(run.text for run in line.runs).strip("\n").split("\n")))
            if text.strip():
                self.blocks.append(Block(Form.LITERAL, Words.of(text), line.line, len(self._lists)))
            return
        words = _tidy(line.runs)
        level = min(len(self._lists), MAX_LEVEL)
        if not words.plain:
            if blank:
                self.blocks.append(Block(Form.HEADING, words, self.number, heading))
            return
        if heading:
            self.blocks.append(Block(Form.HEADING, words.on_one_line(), line.line, heading))
        elif self._bullet:
            self._bullet = False
            self.blocks.append(Block(Form.BULLET, words, line.line, max(level, 1)))
        elif line.bold and not level and "\n" not in words.plain and not words.urls:
            self.blocks.append(Block(Form.HEADING, words, line.line, BOLD_LEVEL))
        else:
            self.blocks.append(Block(Form.TEXT, words, line.line, level))


def _tidy(runs: list[Run]) -> Words:
    """Return the runs with single spaces between words, without those around line breaks and at the ends."""
    tidy: list[Run] = []
    before = "\n"
    for run in runs:
        text = "\n" if run.text == "\n" else clean(run.text) + (" " if run.text[-1:] in " \xa0" else "")
        if text == "\n" and tidy:
            tidy[-1] = Run(tidy[-1].text.rstrip(" "), tidy[-1].url)
        text = re.sub(" {2,}", " ", text)
        if before in " \n":
            text = text.lstrip(" ")
        if text:
            tidy.append(Run(text, run.url))
            before = text[-1]
    return Words(tuple(_with_brackets(tidy))).stripped()


def _with_brackets(runs: list[Run]) -> list[Run]:
    """Runs in which a link is ``[1]`` where it was the number alone, with the brackets around it."""
    result = list(runs)
    for index in range(1, len(result) - 1):
        before, run, after = result[index - 1 : index + 2]
        if run.url and run.text.isdigit() and before.text.endswith("[") and after.text.startswith("]"):
            result[index - 1 : index + 2] = [
                Run(before.text[:-1], before.url),
                Run(f"[{run.text}]", run.url),
                Run(after.text[1:], after.url),
            ]
    return [run for run in result if run.text]
