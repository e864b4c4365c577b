"""Markdown as reStructuredText, with the words and the links kept.

markdown-it-py reads it. reStructuredText cannot nest inline markup: of a link within bold words, or code within a
link, the link stays, and then code. Pictures become links, HTML becomes its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.gather.importer.html import blocks_of_html, pieces_of_html
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text.rst import begun, escaped, filled, joined, link

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: The extra that brings markdown-it-py.
EXTRA = "markdown"
#: GitHub's alerts, which are admonitions of docutils.
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*")
#: The name of a role of MyST before its text, which is code to Markdown.
_ROLE = re.compile(r"\{([\w.+-]+(?::[\w.+-]+)*)\}\Z")
#: An address in a text, and what docutils takes for a link as a whole.
_URL = re.compile(r"(?<![\w/@])https?://[^\s<>\"'`]+")
_SAFE_URL = re.compile(r"(?:[A-Za-z0-9.~/%#?=&+:-]|_(?=[A-Za-z0-9]))+")
_NORMAL_URL = re.compile(r"https?://[a-z0-9.-]+(?:[/?#](?:[A-Za-z0-9/?:@&=+$,_.!~*'()#;-]|%[0-9A-F]{2})*+)?+")
#: A tag that is no word: ``<name>`` is one.
_TAGS = frozenset(
    """
    a abbr b big blockquote br center cite code dd del details div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li
    mark ol p picture pre q s samp small source span strike strong sub summary sup table tbody td th thead tr tt u ul
    var video
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
#: What ends emphasis.
_SIGNS = re.compile(r"[\\*]")
#: What cannot be between two backticks on each side.
_HARD_CODE = re.compile(r"\A[\s`]|[\s`\\]\Z|``|\n")
_HEADER, _ITEM = "   * - ", "     - "

#: A line with the line of the file that it comes from.
Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class InlineRun:
    """Words of one style: a link's, code, bold or emphasised words, or plain ones."""

    words: str
    url: str = ""
    style: str = ""
    role: str = ""


def parse_markdown(text: str, path: str) -> list[Token]:
    """Return the tokens of a text in CommonMark with tables.

    :raises DigestError: if markdown-it-py is not installed.
    """
    return _parser(path).parse(text)


def html_of_markdown(text: str, path: str) -> str:
    """Return a text in CommonMark with tables as HTML.

    :raises DigestError: if markdown-it-py is not installed.
    """
    return str(_parser(path).render(text))


def _parser(path: str) -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ModuleNotFoundError:
        message = f"this is Markdown, which needs the extra '{EXTRA}': pip install 'sphinxext-digest[{EXTRA}]'"
        raise DigestError(Problem(path, 0, 0, Code.UNREADABLE, message)) from None
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    normalize = parser.normalizeLink
    # a fifth of the time goes into links that are normal already
    parser.normalizeLink = lambda url: url if _NORMAL_URL.fullmatch(url) else normalize(url)  # type: ignore[method-assign]
    return parser


def first_line(token: Token) -> int:
    """Return the line at which a block begins."""
    return (token.map or [0, 0])[0] + 1


def end_of(tokens: Sequence[Token], position: int) -> int:
    """Return the position of the token that ends what begins at another, which is itself if it has no parts."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index
    return len(tokens) - 1


def blocks_as_rst(tokens: Sequence[Token]) -> list[Line]:
    """Return blocks, with a blank line between two of them."""
    lines: list[Line] = []
    position, before = 0, ""
    while position < len(tokens):
        token, end = tokens[position], end_of(tokens, position)
        found = list(_block(tokens[position : end + 1]))
        if found:
            is_quote = found[0][0].startswith(" ")
            if lines:
                lines.append(("", 0))
            if is_quote and before.endswith(("list_open", "quote_open")):
                lines += [("..", first_line(token)), ("", 0)]  # else it would be a part of what is before it
            lines += found
            before = token.type
        position = end + 1
    return lines


def _block(tokens: Sequence[Token]) -> Iterator[Line]:
    first, inner = tokens[0], tokens[1:-1]
    if first.type in ("paragraph_open", "heading_open"):
        text = inline_as_rst(inner[0])
        if first.type == "heading_open" and text:
            text = emphasis("**", inline_words(inner[0]).strip())
        yield from ((line, first_line(first)) for line in (filled(text, 0) if text else ()))
    elif first.type in ("bullet_list_open", "ordered_list_open"):
        yield from _list(tokens)
    elif first.type == "blockquote_open":
        yield from _quote(inner)
    elif first.type in ("fence", "code_block"):
        yield from _code(first)
    elif first.type == "table_open":
        yield from _table(inner)
    elif first.type == "html_block":
        yield from _html(first)


def _list(tokens: Sequence[Token]) -> Iterator[Line]:
    number = int(tokens[0].attrs.get("start", 1)) if tokens[0].type == "ordered_list_open" else None
    position, has_space = 1, False
    while position < len(tokens) - 1:
        end = end_of(tokens, position)
        marker = "- " if number is None else f"{number}. "
        lines = blocks_as_rst(tokens[position + 1 : end]) or [("\\ ", first_line(tokens[position]))]
        # an item of several blocks stands apart from the others
        is_large = any(not line for line, _ in lines)
        if position > 1 and (is_large or has_space):
            yield "", 0
        if lines[0][0].startswith(" "):
            lines = [("..", 0), ("", 0), *lines]
        yield marker + lines[0][0], lines[0][1]
        yield from _indented(lines[1:], len(marker))
        has_space = is_large
        number = None if number is None else number + 1
        position = end + 1


def _indented(lines: Iterable[Line], columns: int) -> Iterator[Line]:
    for line, number in lines:
        yield (" " * columns + line if line else ""), number


def _quote(tokens: Sequence[Token]) -> Iterator[Line]:
    inline = tokens[1] if len(tokens) > 1 and tokens[0].type == "paragraph_open" else None
    alert = _ALERT.match(inline.content) if inline is not None else None
    if alert is None or inline is None or not inline.children:
        yield from _indented(blocks_as_rst(tokens), 3)
        return
    children = inline.children[1:]
    if children and children[0].type in ("softbreak", "hardbreak"):
        children = children[1:]
    inline.children = children
    yield f".. {alert[1].lower()}::", first_line(tokens[0])
    yield "", 0
    yield from _indented(blocks_as_rst(tokens), 3)


def _code(token: Token) -> Iterator[Line]:
    words = token.info.split()
    language = words[0].strip("{}") if words else ""
    code = token.content.rstrip("\n").expandtabs(4)
    if not code.strip():
        return
    # it brings docutils, which reading other newsletters has no use for
    from sphinxext.digest.doctree.sanitize import can_highlight

    yield (
        (f".. code-block:: {language if can_highlight(language, code) else 'text'}" if language else "::"),
        first_line(token),
    )
    yield "", 0
    code_lines = code.split("\n")
    if language and code_lines[0].startswith(" "):
        # docutils would take the first line's indentation for that of the block
        margin = min(len(line) - len(line.lstrip()) for line in code_lines if line.strip())
        code_lines = [line[margin:] for line in code_lines]
    while code_lines and not code_lines[0].strip():
        del code_lines[0]
    yield from _indented(((line.rstrip(), first_line(token)) for line in code_lines), 3)


def _table(tokens: Sequence[Token]) -> Iterator[Line]:
    yield ".. list-table::", first_line(tokens[0])
    if sum(token.type == "tr_open" for token in tokens) > 1:
        yield "   :header-rows: 1", 0
    yield "", 0
    cells = 0
    for token in tokens:
        if token.type == "tr_open":
            cells = 0
        elif token.type == "inline":
            first, *rest = filled(inline_as_rst(token), 7) if inline_as_rst(token) else [""]
            yield f"{_ITEM if cells else _HEADER}{first}".rstrip(), first_line(token)
            yield from _indented(((line, 0) for line in rest), 7)
            cells += 1


def _html(token: Token) -> Iterator[Line]:
    """Yield the words of a block in HTML, each of its paragraphs with the links."""
    blocks, _, _ = blocks_of_html(token.content, 1)
    for number, block in enumerate(blocks):
        runs = [InlineRun(run.text, web_url(run.url) or "") for run in block.words.on_one_line().runs]
        if text := _markup(runs):
            if number:
                yield "", 0
            yield from ((line, first_line(token)) for line in filled(text, 0))


def inline_words(token: Token) -> str:
    """Return the words of inline markup, without it."""
    return "".join(run.words for run in inline_runs(token.children or []))


def inline_as_rst(token: Token) -> str:
    """Return inline markup as reStructuredText."""
    return _markup(inline_runs(token.children or []))


def inline_runs(tokens: Sequence[Token]) -> Iterator[InlineRun]:
    """Yield the words of inline markup. Of what is nested, the innermost style counts, but that a link stays one."""
    urls: list[str] = []
    styles: list[str] = []
    for token in tokens:
        url, style = (urls[-1] if urls else ""), (styles[-1] if styles else "")
        if token.type in ("text", "code_inline"):
            yield InlineRun(token.content, url, style if token.type == "text" else "code")
        elif token.type in ("softbreak", "hardbreak"):
            yield InlineRun(" ", url, style)
        elif token.type == "image":
            source = str(token.attrs.get("src", ""))
            yield InlineRun(token.content or source, url or source)
        elif token.type == "html_inline":
            yield from _inline_html(token.content, urls, style)
        else:
            _step(token, urls, styles)


def _step(token: Token, urls: list[str], styles: list[str]) -> None:
    """Begin or end a link or a style."""
    if token.type == "link_open":
        urls.append(str(token.attrs.get("href", "")))
    elif token.type == "link_close" and urls:
        urls.pop()
    elif token.type in ("em_open", "strong_open"):
        styles.append("*" if token.type == "em_open" else "**")
    elif token.type in ("em_close", "strong_close"):
        styles.pop()


def _inline_html(tag: str, urls: list[str], style: str) -> Iterator[InlineRun]:
    """Yield what a tag stands for, and remember the address of a link."""
    if tag.startswith("<!"):
        return
    (piece, *_) = pieces_of_html(tag)
    if piece.name not in _TAGS:
        yield InlineRun(tag, urls[-1] if urls else "", style)
    elif piece.name == "br":
        yield InlineRun(" ", urls[-1] if urls else "", style)
    elif piece.name == "img" and (source := piece.attributes.get("src")):
        yield InlineRun(piece.attributes.get("alt") or source, urls[-1] if urls else source)
    elif piece.name == "a" and piece.is_end and urls:
        urls.pop()
    elif piece.name == "a" and not piece.is_end:
        urls.append(piece.attributes.get("href") or "")


def _markup(runs: Iterable[InlineRun]) -> str:
    """Return words as a paragraph."""
    pieces: list[tuple[str, bool]] = []
    for (url, style), group in groupby(_with_roles(list(runs)), key=_link_or_style):
        found = list(group)
        words = re.sub(r"\s+", " ", "".join(run.words for run in found))
        if found[0].role:
            pieces += [(run.words, bool(run.role)) for run in found]
        elif url:
            pieces += _spaced(words, _link(words.strip(), url))
        elif style == "code":
            pieces += _spaced(words, _literal(words.strip()))
        elif style:
            pieces += _spaced(words, emphasis(style, words.strip()))
        else:
            pieces += [(piece, is_url) for piece, is_url in _with_urls(words)]
    pieces = [(words, is_markup) for words, is_markup in pieces if words]
    while pieces and pieces[0][0].isspace():
        del pieces[0]
    text = joined(pieces).strip(" ")
    if not pieces or not pieces[0][1]:
        return begun(text) if text else ""
    return f"{text[:-1]}\\:" if text.endswith("::") else text


def _link_or_style(run: InlineRun) -> tuple[str, str]:
    return run.url, "" if run.url else run.style


def _with_roles(runs: list[InlineRun]) -> Iterator[InlineRun]:
    """Make roles of MyST, such as ``{issue}`` before code, those of reStructuredText."""
    for number, run in enumerate(runs):
        before = runs[number - 1] if number else InlineRun("")
        after = runs[number + 1] if number + 1 < len(runs) else InlineRun("")
        if run.style == "code" and not before.style and (match := _ROLE.search(before.words)):
            words = run.words.replace("\\", "\\\\").replace("`", "\\`")
            yield InlineRun(f":{match[1]}:`{words}`", "", "role", match[1])
        elif after.style == "code" and not run.style and (match := _ROLE.search(run.words)):
            yield replace(run, words=run.words[: match.start()])
        else:
            yield run


def _spaced(words: str, markup: str) -> list[tuple[str, bool]]:
    """Keep the spaces around words outside their markup."""
    if not words.strip():
        return [(words, False)]
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return [(before, False), (markup, True), (after, False)]


def emphasis(sign: str, words: str) -> str:
    """Return words between two signs of emphasis."""
    return sign + _SIGNS.sub(r"\\\g<0>", words) + sign


def _literal(code: str) -> str:
    if not _HARD_CODE.search(code):
        return f"``{code}``"
    inner = re.sub(r"[\\`]", r"\\\g<0>", code)
    return f":literal:`{inner}`"


def _with_urls(words: str) -> Iterator[tuple[str, bool]]:
    """Split plain words: addresses are links, all else is escaped."""
    position = 0
    for match in _URL.finditer(words):
        url = match[0].rstrip(".,;:!?*")
        url = url if "(" in url else url.rstrip(".,;:!?*)]}")
        yield escaped(words[position : match.start()]), False
        yield _link(url, url), True
        position = match.start() + len(url)
    yield escaped(words[position:]), False


def _link(words: str, url: str) -> str:
    """Return a link; an address that docutils finds by itself stays as it is."""
    return words if words == url and _SAFE_URL.fullmatch(url) and url[-1].isalnum() else link(words, url)
