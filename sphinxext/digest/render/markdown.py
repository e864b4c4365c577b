"""Docutils nodes as Markdown: CommonMark with the tables of GitHub Flavored Markdown.

A paragraph is one line, since comments on GitHub and posts of Discourse take a line's end for a break. Text of
fragments never becomes markup or HTML of its own.

GitHub makes more of a text than Markdown does: it notifies people, links issues and commits, and shows emoji. It looks
for these in the text that is left after all escapes, so that only another character in between keeps it from that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from docutils import nodes

from sphinxext.digest.doctree.lines import add_states
from sphinxext.digest.render.text import SILENT, admonition_label, enumerator, indented, is_words, separated

#: Ends a line within a paragraph.
HARD_BREAK = "\\\n"

#: Stands between characters that would mean something together on GitHub, and has no width.
ZERO_WIDTH_SPACE = "\u200b"

_SPECIAL = re.compile(r"[\\`*{}\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=[#a-zA-Z])")
#: The beginnings of GitHub's own markup: the first character of ``@name`` and ``#12``, the ``GH`` of ``GH-12``,
#: and the first colon of ``:name:``. Digits alone are rather a part of a time, but for ``:100:`` and ``:1234:``.
_ON_GITHUB = re.compile(
    r"(?<![a-zA-Z0-9])@(?=[a-zA-Z0-9])|#(?=[0-9])|(?<![a-zA-Z0-9])[gG][hH](?=-[0-9])"
    r"|:(?=(?=[0-9]{0,40}[a-zA-Z+_-]|100:|1234:)[a-zA-Z0-9+_-]{1,40}:)"
)
#: A possible name of a commit; without a letter it is rather a number.
_COMMIT = re.compile(r"(?<![a-zA-Z0-9_])(?=[0-9]{0,40}[a-f])[0-9a-f]{7,40}(?![a-zA-Z0-9_])")
#: The beginnings of lines that are not paragraphs.
_BEGINNING = re.compile(r"(?:(#)|([-+=:]|-{2,}|={2,})|(\d{1,9})([.)]))(?=\s|$)")
_AUTOLINK = re.compile(r"(?:https?|mailto|ircs|matrix):[^\s<>]+", re.IGNORECASE)
#: The characters that a URL in parentheses may not have.
_NOT_IN_URL = re.compile(r"[\s()<>\\\[\]`|*]")
_CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")
_BACKTICKS = re.compile(r"`+")
#: Elements that become more than their text.
_MARKED = (nodes.image, nodes.literal, nodes.math, nodes.footnote_reference, nodes.citation_reference)
_EMPHASIS = (nodes.strong, nodes.emphasis, nodes.title_reference)


def escaped(text: str) -> str:
    """Escape a text for any place but the beginning of a line.

    A possible commit becomes code, in which GitHub links nothing and from which it can be copied.
    """
    start, parts = 0, []
    for match in _COMMIT.finditer(text):
        parts += [_escaped(text[start : match.start()]), code(match[0])]
        start = match.end()
    return "".join([*parts, _escaped(text[start:])])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _ON_GITHUB.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text))


def escaped_beginning(line: str) -> str:
    """Escape the beginning of a line so that it begins a paragraph; the rest has been escaped before."""
    line = line.lstrip(" \t")
    match = _BEGINNING.match(line)
    if match is None:
        return line
    if match[3]:
        return f"{match[3]}\\{line[match.end(3) :]}"
    return f"\\{line}"


def words_of(node: nodes.Node, *, plain: bool = False) -> str:
    """Return the words of an element on one line.

    :param plain: without marks of emphasis, since their parent has them.
    """
    return " ".join(inline(node.children, plain=plain).split())


def inline(children: Iterable[nodes.Node], *, plain: bool = False) -> str:
    """Return inline elements one after the other."""
    text = ""
    for child in _joined(children, plain=plain):
        piece = escaped(child) if isinstance(child, str) else _inline(child, plain=plain)
        # an exclamation mark before a link would make a picture of it
        text = f"{text[:-1]}\\!{piece}" if piece.startswith("[") and text.endswith("!") else text + piece
    return text


def _joined(children: Iterable[nodes.Node], *, plain: bool) -> Iterator[str | nodes.Node]:
    """Yield the elements with marks, and between them the text, also of elements without marks."""
    pending: list[str] = []
    for child in _unmarked(children, plain=plain):
        if isinstance(child, nodes.Text):
            pending.append(child.astext())
            continue
        if pending:
            yield "".join(pending)
            pending.clear()
        yield child
    if pending:
        yield "".join(pending)


def _unmarked(children: Iterable[nodes.Node], *, plain: bool) -> Iterator[nodes.Node]:
    for child in children:
        is_marked = isinstance(child, _MARKED) or (not plain and isinstance(child, _EMPHASIS))
        is_link = isinstance(child, nodes.reference) and child.get("refuri")
        if isinstance(child, nodes.Text) or is_marked or is_link:
            yield child
        elif isinstance(child, nodes.Element) and not isinstance(child, SILENT):
            yield from _unmarked(child.children, plain=plain)


def _inline(node: nodes.Node, *, plain: bool) -> str:
    if isinstance(node, nodes.image):
        return picture(node)
    if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
        return ""
    if isinstance(node, nodes.literal | nodes.math):
        return code(node.astext())
    text = inline(node.children, plain=plain or isinstance(node, nodes.strong | nodes.emphasis))
    if isinstance(node, nodes.reference):
        return link(node, text)
    if not plain and isinstance(node, nodes.strong):
        return f"**{text}**"
    if not plain and isinstance(node, nodes.emphasis | nodes.title_reference):
        return f"*{text}*"
    if isinstance(node, nodes.footnote_reference | nodes.citation_reference):
        return f"\\[{text}\\]"
    return text


def link(node: nodes.Element, text: str) -> str:
    """Return a link, or only its text if it leads to another place of the same text."""
    url = node.get("refuri")
    if not url:
        return text
    if node.astext() == url and _AUTOLINK.fullmatch(url):
        return f"<{url}>"
    return f"[{text}]({url_in_parentheses(url)})"


def picture(node: nodes.Element) -> str:
    """Return a picture on the web, or the alternative text of another one."""
    words = " ".join((node.get("alt") or node["uri"]).split())
    if node["uri"].lower().startswith(("http://", "https://")):
        return f"![{_escaped(words)}]({url_in_parentheses(node['uri'])})"
    return escaped(words)


def url_in_parentheses(url: str) -> str:
    """Percent-encode the characters that would end a URL in parentheses, and escape character references."""
    url = _CHARACTER_REFERENCE.sub("&amp;", url)
    return _NOT_IN_URL.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)


def code(text: str) -> str:
    """Return a code span, with more backticks around it than the text has in a row."""
    text = " ".join(text.split("\n"))
    if not text.strip():
        return text
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    gap = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{gap}{text}{gap}{fence}"


_FENCE = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[a-zA-Z0-9+#-]+")
#: The languages that hosts render as pictures, formulas or suggested changes, instead of showing the code.
_DRAWN = frozenset(
    "d2 dot geojson graphviz kroki math mermaid plantuml stl suggestion topojson vega".split()  # noqa: SIM905
)
#: A bar that would end a cell, even within a code span.
_BAR = re.compile(r"(?<!\\)\|")
_LISTS_APART = ["", "<!-- -->", ""]
_TITLE_LEVEL = 1
_MAX_LEVEL = 6


def markdown_document(title: str, parts: Sequence[nodes.Node], address: str = "") -> str:
    """Return a digest: its title as the first heading, then its sections.

    :param address: a line that ends with the URL of the digest's page, to come below the title.
    """
    add_states(parts)
    blocks = [_heading(escaped(title), _TITLE_LEVEL)]
    if address:
        words, url = address.rsplit(" ", 1)
        blocks.append([f"{words} <{url}>"])
    return "\n".join(separated([*blocks, _lines(parts, _TITLE_LEVEL + 1)])) + "\n"


def _lines(parts: Iterable[nodes.Node], level: int, *, tight: bool = False) -> list[str]:
    """Return the lines of blocks, with blank lines between them.

    The links that close a note continue the list before them. A comment separates other lists, which Markdown would
    join.

    :param level: the level of the next heading.
    :param tight: no blank lines but those inside the blocks.
    """
    lines: list[str] = []
    before: nodes.Node | None = None
    for part in parts:
        found = _block(part, level)
        if not found:
            continue
        if isinstance(part, nodes.bullet_list) and isinstance(before, nodes.bullet_list):
            between = [] if "digest-links" in part["classes"] else _LISTS_APART
        elif _is_list(part) and _is_list(before):
            between = _LISTS_APART
        else:
            between = [""] if lines and not tight else []
        lines += [*between, *found]
        before = part
    return lines


def _block(part: nodes.Node, level: int) -> list[str]:
    if isinstance(part, SILENT):
        return []
    for kind, render in _BLOCKS.items():
        if isinstance(part, kind):
            assert isinstance(part, nodes.Element)
            return render(part, level)
    if is_words(part):
        return _paragraph(inline([part] if isinstance(part, nodes.Text | nodes.Inline) else part.children))
    if label := admonition_label(part):
        return _quoted([f"**{label}:**", "", *_lines(part.children, level)])
    lines = _lines(part.children, level)
    # nothing else separates a story without a heading
    return ["***", "", *lines] if "digest-untitled" in part.get("classes", ()) else lines  # type: ignore[attr-defined]


def _paragraph(text: str) -> list[str]:
    line = " ".join(text.split())
    return [escaped_beginning(line)] if line else []


def _heading(text: str, level: int) -> list[str]:
    text = re.sub(r"#+$", lambda match: "\\#" * len(match[0]), text)
    return [f"{'#' * min(level, _MAX_LEVEL)} {escaped_beginning(text)}"]


def _section(node: nodes.Element, level: int) -> list[str]:
    title, *rest = node.children
    return separated([_heading(words_of(title), level), _lines(rest, level + 1)])


def _title(node: nodes.Element, _level: int) -> list[str]:
    words = words_of(node, plain=True)
    return [f"**{words}**"] if words else []


def _items(node: nodes.Element, labels: Iterable[str], level: int) -> list[str]:
    lines: list[str] = []
    loose = any(_is_loose(item) for item in node.children)
    for label, item in zip(labels, node.children, strict=True):
        if lines and loose:
            lines.append("")
        body = _lines(item.children, level, tight=not loose) or [""]
        lines += [f"{label} {body[0]}".rstrip(), *indented(body[1:], " " * (len(label) + 1))]
    return lines


def _is_list(node: nodes.Node | None) -> bool:
    """Return True if a block becomes a list."""
    lists = (nodes.bullet_list, nodes.enumerated_list, nodes.definition_list, nodes.field_list, nodes.option_list)
    return isinstance(node, lists)


def _is_loose(item: nodes.Node) -> bool:
    """Return True if an item has more than a paragraph and the lists below it."""
    return not all(map(_is_list, item.children[1:]))


def _enumerated_list(node: nodes.Element, level: int) -> list[str]:
    """Return items with numbers, or bullets that begin with letters, which Markdown does not have."""
    labels = [enumerator(node, number) for number in range(1, len(node) + 1)]
    if node.get("enumtype", "arabic") == "arabic":
        return _items(node, [f"{re.sub(r'[^0-9]', '', label)}." for label in labels], level)
    return _items(node, [f"- {escaped(label)}" for label in labels], level)


def _definition_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for item in node.children:
        terms = [words_of(child, plain=True) for child in item.children if not isinstance(child, nodes.definition)]
        bodies = [child for child in item.children if isinstance(child, nodes.definition)]
        body = [line for child in bodies for line in _lines(child.children, level)]
        blocks.append([f"- **{' : '.join(terms)}**", "", *indented(body, "  ")])
    return separated(blocks)


def _field_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for field in node.children:
        name, body = field.children[0], _lines(field.children[-1].children, level) or [""]
        blocks.append([f"- **{words_of(name, plain=True)}:** {body[0]}".rstrip(), *indented(body[1:], "  ")])
    return separated(blocks)


def _option_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for item in node.children:
        options = ", ".join(code(option.astext()) for option in item.children[0].children)
        blocks.append([f"- {options}", "", *indented(_lines(item.children[1].children, level), "  ")])
    return separated(blocks)


def _quote(node: nodes.Element, level: int) -> list[str]:
    return _quoted(_lines(node.children, level))


def _literal_block(node: nodes.Element, _level: int) -> list[str]:
    text = node.astext()
    fence = "`" * max((len(run) + 1 for run in _FENCE.findall(text)), default=3)
    classes: list[str] = node.get("classes", [])
    language = node.get("language") or next((name for name in classes if "code" in classes and name != "code"), "")
    is_code = _LANGUAGE.fullmatch(language) and language.lower() not in _DRAWN
    return [fence + (language if is_code else ""), *text.split("\n"), fence]


def _line_block(node: nodes.Element, _level: int) -> list[str]:
    lines = [escaped_beginning(line) for line in _verse(node, "")]
    return HARD_BREAK.join(lines or [""]).split("\n")


def _verse(node: nodes.Element, indent: str) -> list[str]:
    """Return the lines of a line block; indentation is made of spaces that Markdown keeps."""
    lines: list[str] = []
    for line in node.children:
        if isinstance(line, nodes.line_block):
            lines += _verse(line, indent + "\u2003")
        else:
            lines.append(indent + words_of(line))
    return lines


def _table(node: nodes.Element, level: int) -> list[str]:
    """Return a table; the first row is its head, which is empty if it has none."""
    blocks = [_title(child, level) for child in node.children if isinstance(child, nodes.title)]
    for group in node.findall(nodes.tgroup):
        columns = sum(isinstance(child, nodes.colspec) for child in group.children)
        head = [_row(row, columns) for part in group.findall(nodes.thead) for row in part.children]
        body = [_row(row, columns) for part in group.findall(nodes.tbody) for row in part.children]
        first, *rest = [*(head or [[""] * columns]), *body]
        blocks.append([_table_line(first), _table_line(["---"] * columns), *map(_table_line, rest)])
    return separated(blocks)


def _row(row: nodes.Node, columns: int) -> list[str]:
    cells: list[str] = []
    for entry in row.children:
        assert isinstance(entry, nodes.entry)
        cells += [_cell(entry), *[""] * entry.get("morecols", 0)]
    return [*cells, *[""] * columns][:columns]


def _cell(entry: nodes.Node) -> str:
    """Return the content of a cell on one line, with a break before each further paragraph, also in lists."""
    found = [node for node in entry.findall(is_words) if isinstance(node, nodes.TextElement)]
    lines = [words_of(node) for node in found if not is_words(node.parent)]
    return "<br>".join(_BAR.sub(r"\|", line) for line in lines if line)


def _table_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _footnote(node: nodes.Element, level: int) -> list[str]:
    label, *body = node.children
    first, *rest = _lines(body, level) or [""]
    return [f"\\[{escaped(label.astext())}\\] {first}", *rest]


def _quoted(lines: Iterable[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in lines]


_BLOCKS: dict[type[nodes.Node], Callable[[nodes.Element, int], list[str]]] = {
    nodes.section: _section,
    nodes.title: _title,
    nodes.rubric: _title,
    nodes.bullet_list: lambda node, level: _items(node, ["-"] * len(node), level),
    nodes.enumerated_list: _enumerated_list,
    nodes.definition_list: _definition_list,
    nodes.field_list: _field_list,
    nodes.option_list: _option_list,
    nodes.block_quote: _quote,
    nodes.admonition: _quote,
    nodes.attribution: lambda node, _level: [f"— {words_of(node)}"],
    nodes.line_block: _line_block,
    nodes.FixedTextElement: _literal_block,
    nodes.table: _table,
    nodes.footnote: _footnote,
    nodes.image: lambda node, _level: _paragraph(picture(node)),
    nodes.transition: lambda _node, _level: ["***"],
}
