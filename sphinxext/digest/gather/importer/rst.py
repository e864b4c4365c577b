"""Read newsletters in reStructuredText into blocks that keep their markup.

The title, the day and the author come from the fields above the text that Pelican and docutils have (``:date:``), from
the comments of Nikola (``.. date:``), or from ablog's directive ``post``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from textwrap import dedent

from sphinxext.digest.fragments.fields import ValueProblem
from sphinxext.digest.gather.changelog import Form as PieceForm
from sphinxext.digest.gather.changelog import Piece
from sphinxext.digest.gather.changelog.rst import TARGET, USES, name_of, pieces_of_rst
from sphinxext.digest.gather.importer import Block, Form, Post, Run, Words, clean
from sphinxext.digest.gather.importer.front_matter import FrontMatter
from sphinxext.digest.gather.importer.markdown import MAX_LENGTH, take_title
from sphinxext.digest.gather.importer.references import absolute_target
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text.rst import escaped

_FIELD = re.compile(r"(?::|\.\. )([A-Za-z][\w-]{0,60}):(?:[ \t]+(.*)|$)")
_POST = re.compile(r"\.\. post::[ \t]*(.*)$")
_OPTION = re.compile(r"[ \t]+:([a-z-]{1,40}):[ \t]*(.*)$")
_DIRECTIVE = re.compile(r"\.\. (?:\|[^|\n]+\| )?([A-Za-z][\w:.+-]{0,60}?)::(?:\s|\Z)")
#: The only blocks that have nothing to show: targets, footnotes and substitutions go along with their texts.
_DEFINITION = re.compile(r"\.\. (?:_|\|)")
_RELATIVE = re.compile(r"`([^`<>]{0,500}?)\s*<(?!mailto:|[A-Za-z][\w+.-]*://)([^<>\s`]{0,500}[^<>\s`_])>`__?")
_PICTURE = re.compile(r"(\.\. (?:image|figure):: +)(?![A-Za-z][\w+.-]*://)(\S+)")
#: Substitutions for words, and for pictures with options below them.
_REPLACED = re.compile(r"^\.\. \|([^|\n]+)\| (?:replace:: *(\S.*)|image:: *\S+((?:\n[ \t]+:\S.*)*))$", re.MULTILINE)
_PICTURE_OPTION = re.compile(r"^[ \t]+:(alt|target): *(\S.*?)[ \t]*$", re.MULTILINE)
#: A footnote, and where it is referred to: they may become parts of different notes.
_FOOTNOTE = re.compile(r"\.\. \[#?([\w.*#-]{0,60})\][ \t]+")
_FOOTNOTE_USE = re.compile(r"(?<![\w`\\])\[#?([\w.*-]{1,60})\]_(?!\w)")
_ESCAPED = re.compile(r"\\(.)")
_ADDRESS = re.compile(r"(?:https?|mailto):[^\s<>`]+")
_FIELDS = {
    "title",
    "date",
    "author",
    "authors",
    "link",
    "url",
    "status",
    "draft",
    "slug",
    "tags",
    "category",
    "number",
    "issue",
}
#: Fields are among the first lines.
_MOST = 60


def post_of_rst(text: str, path: str, problems: list[Problem], base: str | None = None) -> Post:
    """Return a newsletter. Its title is that of the fields, or the first heading if that is the only one of its level.

    :param base: the address that relative links are relative to, where the fields do not say it.
    :raises DigestError: if the text is too long.
    """
    if len(text) > MAX_LENGTH:
        message = f"the newsletter is longer than {MAX_LENGTH:,} characters"
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, message))
    lines = [clean(line) for line in text.split("\n")]
    matter = _take_fields(lines)
    post = Post(path, [], matter.title, matter.line, matter.date, matter.author, matter.url, heads=True)
    post.source, post.is_newsletter, post.number = text.split("\n"), True, matter.number
    reader = _Reader(post, problems, base or matter.url, "\n".join(lines))
    post.blocks = [block for piece in pieces_of_rst("\n".join(lines)) for block in reader.blocks(piece)]
    take_title(post)
    return post


def _take_fields(lines: list[str]) -> FrontMatter:
    """Read the fields and take them out; their lines stay as blank ones, so that lines are counted right."""
    fields: dict[str, tuple[str, int]] = {}
    is_post = False
    for number, line in enumerate(lines[:_MOST]):
        if (match := _FIELD.match(line)) and match[1].lower() in _FIELDS:
            fields.setdefault(match[1].lower(), ((match[2] or "").strip(), number + 1))
            lines[number] = ""
        elif match := _POST.match(line):
            fields.setdefault("date", (match[1].strip(), number + 1))
            lines[number], is_post = "", True
        elif is_post and (match := _OPTION.match(line)):
            fields.setdefault(match[1], (match[2].strip(), number + 1))
            lines[number] = ""
        else:
            is_post = False
    return FrontMatter(0, fields)


class _Reader:
    """Makes blocks of the pieces of a newsletter."""

    def __init__(self, post: Post, problems: list[Problem], base: str | None, text: str) -> None:
        self.post = post
        self.problems = problems
        self.base = base
        self.links = {
            name_of(_plain(match[1].strip("`"))): "".join(match[2].split()) for match in TARGET.finditer(text)
        }
        self.words = {name_of(match[1]): match[2] or _words_of(match[3]) for match in _REPLACED.finditer(text)}

    def blocks(self, piece: Piece) -> Iterator[Block]:
        """Yield the block of a piece, if there is anything to read in it."""
        text = piece.text
        if piece.form is PieceForm.HEADING:
            words, rst = self.read(text, text.value)
            yield Block(Form.HEADING, words.on_one_line(), text.line, piece.level, rst=rst)
            return
        if _DEFINITION.match(text.value):
            return
        directive = _DIRECTIVE.match(text.value)
        # a session of the command that reads other newsletters needs no docutils
        from sphinxext.digest.doctree.runs import allows_directive

        if directive and not allows_directive(directive[1]):
            message = f"the directive '{directive[1]}' is left out, with what it shows"
            self.report(Code.LOST_TEXT, directive[0], text.line, message)
            return
        value = self.with_whole_links(text)
        if footnote := _FOOTNOTE.match(value):
            first, _, rest = value[footnote.end() :].partition("\n")
            value = f"[{footnote[1] or '#'}] {first}\n{dedent(rest)}".rstrip()
        if picture := _PICTURE.match(value):
            address = self.target(picture[2], text.line)
            if address is None:
                alt = dict(_PICTURE_OPTION.findall(value)).get("alt", "")
                if alt:
                    yield Block(Form.TEXT, Words.of(alt), text.line, 0)
                return
            value = f"{picture[1]}{address}{value[picture.end() :]}"
        words, rst = self.read(text, value)
        form = Form.BULLET if piece.form is PieceForm.ITEM else Form.TEXT
        if words.plain.strip() or directive:
            yield Block(form, words, text.line, int(form is Form.BULLET), rst=rst)

    def read(self, text: Text, value: str) -> tuple[Words, str | None]:
        """Return the words of a text and its markup; broken markup is reported, and stays as it stands."""
        from sphinxext.digest.doctree.runs import read_rst

        value = _FOOTNOTE_USE.sub(r"[\1]", USES.sub(partial(self.resolved, line=text.line), value))
        runs, found = read_rst(Text(value, text.line, text.column), self.post.path)
        if not found:
            return Words(tuple(Run(words, url) for words, url in runs if words)).stripped(), value
        first = found[0]
        message = f"the markup is not valid, and its text stays as it stands: {first.message}"
        self.problems.append(Problem(first.path, first.line, first.column, Code.LOST_TEXT, message))
        return Words.of(text.value), None

    def report(self, code: Code, text: str, line: int, message: str) -> None:
        """Report what is wrong with a text, where it is."""
        place = self.post.place(text.split("\n")[0], line)
        self.problems.append(Problem(self.post.path, place.line, place.column, code, message))

    def resolved(self, match: re.Match[str], line: int) -> str:
        """Return a reference with its address, so that its text can stand anywhere, and words for a substitution."""
        name, embedded, word, substitution = match.groups()
        if substitution is not None:
            return self.words.get(name_of(substitution), match[0])
        url = self.links.get(name_of(_plain(name or embedded or word)))
        for _ in range(9):
            if url is None or not url.endswith("_"):
                break
            url = self.links.get(name_of(_plain(url[:-1].strip("`"))))
        words = name or word or match[0][1:].split("<")[0].rstrip()
        if url is not None and _ADDRESS.fullmatch(url):
            return f"`{words} <{url}>`__"
        if word:
            # few words that end so are meant to be links
            return match[0] if url else f"{word}\\_"
        self.report(
            Code.LOST_URL, match[0], line, "the link is left out, its text stays: the file has no address for it"
        )
        return words

    def with_whole_links(self, text: Text) -> str:
        """Return a text whose embedded addresses are absolute."""

        def whole(match: re.Match[str]) -> str:
            address = self.target(match[2], text.line_of(text.value.count("\n", 0, match.start())))
            return f"`{match[1]} <{address}>`__" if address else match[1] or match[2]

        return _RELATIVE.sub(whole, text.value)

    def target(self, url: str, line: int) -> str | None:
        """Return where a link leads to, or None if that is reported."""
        try:
            return absolute_target(url, self.base)
        except ValueProblem as error:
            self.report(Code.LOST_URL, url, line, f"the link is left out, its text stays: {error}")
            return None


def _plain(name: str) -> str:
    """Return a name without the backslashes that escape its signs."""
    return _ESCAPED.sub(r"\1", name)


def _words_of(options: str) -> str:
    """Return the words of a picture, with its link."""
    found = dict(_PICTURE_OPTION.findall(options))
    words = escaped(found.get("alt", ""))
    target = found.get("target", "")
    return f"`{words} <{target}>`__" if words and _ADDRESS.fullmatch(target) else words
