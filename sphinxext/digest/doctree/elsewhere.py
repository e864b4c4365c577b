"""Texts that were written for another project's documentation: what only its build knows becomes words.

Nobody here can change such a text, so nothing in it may be a reason for a warning of Sphinx.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.utils.code_analyzer import Lexer, LexerError

#: The directives with code.
CODE = frozenset({"code", "code-block", "sourcecode"})

#: Roles that mean the same in all documentations: markup, and links out of them.
SAME_EVERYWHERE = frozenset(
    """
    abbr code command cve cwe dfn emphasis file guilabel kbd literal mailheader makevar manpage math menuselection
    mimetype newsgroup pep program regexp rfc samp strong sub subscript sup superscript title title-reference
    """.split()  # noqa: SIM905 - words read better than thirty quoted strings
)
#: Those of the others whose text is words and no code.
_OF_WORDS = frozenset({"any", "doc", "download", "keyword", "numref", "ref", "term"})
#: The target after a title, unless its bracket is escaped, which docutils marks by a null character.
_TARGET = re.compile(r"(?<=\S)\s*(?<!\x00)<[^<>]*>$")


def role_of_others(name: str, rawtext: str, text: str, *_: Any, **__: Any) -> Any:
    """A role that only the build of another project knows: its words, as they stand in the link there."""
    title = _TARGET.sub("", text)
    if title == text and title.startswith("~"):
        title = title[1:].rpartition(".")[2]
    title = title.removeprefix("!").replace("\x00", "")
    words = name.lower().rpartition(":")[2] in _OF_WORDS
    return [nodes.Text(title) if words else nodes.literal(rawtext, title)], []


class CodeOfOthers(Directive):
    """Code, in its language if that is one that there is here."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = dict.fromkeys(
        ("linenos", "lineno-start", "number-lines", "emphasize-lines", "caption", "dedent", "force", "class", "name"),
        directives.unchanged,
    )

    def run(self) -> list[nodes.Node]:
        """The code, without what options say of it."""
        text = "\n".join(self.content)
        language = (self.arguments or ["default"])[0].strip()
        return [nodes.literal_block(text, text, language=language if _is_language(language) else "text")]


#: What stands in the place of directives that would say something of their own. Sphinx's of tables looks for files
#: before anybody can refuse them.
DIRECTIVES_OF_OTHERS: dict[str, type[Directive]] = {"csv-table": CSVTable, **dict.fromkeys(CODE, CodeOfOthers)}


def _is_language(name: str) -> bool:
    if name in ("default", "none"):
        return True
    try:
        Lexer("", name, "short")
    except LexerError:
        return False
    return True


def keep_to_words(document: nodes.document) -> None:
    """Make words of links into another documentation and of its pictures, and let code be shown whatever it is.

    A picture on the web becomes a link: nobody here has looked at it, and some builders would have to fetch it.
    """
    for link in list(document.findall(nodes.reference)):
        if "refuri" in link and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", link["refuri"]):
            link.parent.replace(link, link.children or nodes.Text(link.astext()))
    for picture in list(document.findall(nodes.image)):
        node = _words_of(picture)
        in_text = isinstance(picture.parent, nodes.TextElement)
        picture.parent.replace(picture, node if in_text else nodes.paragraph("", "", node))
    for block in document.findall(nodes.literal_block):
        block.setdefault("language", "default")
        # Sphinx says nothing then of what is no good code of the language
        block["force"] = True


def _words_of(picture: nodes.image) -> nodes.Node:
    uri, words = picture["uri"], picture.get("alt", picture["uri"])
    on_web = re.match(r"https?://", uri, re.IGNORECASE) and not isinstance(picture.parent, nodes.reference)
    return nodes.reference("", words, refuri=uri) if on_web else nodes.Text(words)
