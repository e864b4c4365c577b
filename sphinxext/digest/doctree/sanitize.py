"""Sanitize the nodes of a text before they go to a page, so that none of them changes anything beside it.

In foreign texts, which were written for another project's documentation, markup that only its build knows becomes
words. Nobody here can change such a text, so nothing in it may cause a warning of Sphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.utils import Reporter
from docutils.utils.code_analyzer import Lexer, LexerError

from sphinxext.digest.model import REFUSED_CHARACTER

#: The most characters of code that are highlighted at once: few lexers are linear.
MAX_CODE = 2_000
#: The languages whose lexers took at most about a tenth of a second for that many characters of all that was tried.
HIGHLIGHTED = frozenset(
    """
    default none text plain output ada apacheconf awk bash sh shell zsh bat batch dosbatch doscon c cpp c++ cfg clojure
    cmake common-lisp lisp css cython dart delphi pascal desktop diff udiff django jinja docker dockerfile dot graphviz
    elixir erlang fortran fsharp go golang graphql groovy haskell html html+django html+jinja http ini irc java
    javascript js json json5 jsonld julia kotlin less lua make makefile markdown md matlab mysql nginx numpy
    objective-c objc ocaml octave perl php po pot postgresql powershell ps1 ps1con pwsh-session properties protobuf
    proto psql puppet py py2 py2tb py3 pycon pytb python python2 python3 r rb rest restructuredtext rst ruby rust
    scheme scss sed sql sqlite3 swift tcl tex latex toml ts typescript vim xml xslt yaml
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
#: The most characters for lexers that are slower, and often used.
_SHORTER = {"console": 500, "shell-session": 500}
#: The lexers of C try each run of white space from each of its characters.
_LONG_SPACE = re.compile(r"\s{100}")


def detached(document: nodes.document) -> list[nodes.Node]:
    """Return the body of a document without references to it.

    The page that the nodes go to is pickled, and would take along this document with its settings, and the settings
    of a build have all of its environment.
    """
    for node in document.findall():
        if node is not document:
            node.document = None  # type: ignore[assignment]
    parts: list[nodes.Node] = list(document.children)
    for part in parts:
        part.parent = None
    return parts


def remove_unseen(document: nodes.document) -> None:
    """Take out what has done its work and shows nowhere, so that a text begins with what it shows.

    Entries of the index show elsewhere, which no text may change: some roles of Sphinx make them.
    """
    for node in list(document.findall(nodes.Element)):
        is_empty_target = isinstance(node, nodes.target) and ("refuri" in node or "refid" in node)
        is_unseen = isinstance(node, nodes.substitution_definition | nodes.comment) or node.tagname == "index"
        if is_empty_target or is_unseen:
            node.parent.remove(node)


def replace_acronyms(document: nodes.document) -> None:
    """Make abbreviations of acronyms, at which Sphinx's plain text ends the build."""
    for acronym in list(document.findall(nodes.acronym)):
        acronym.parent.replace(acronym, nodes.abbreviation("", "", *acronym.children, classes=acronym["classes"]))


def refused_characters(document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
    """Yield the texts with forbidden characters, which can only come from the directive ``unicode``."""
    for node in list(document.findall(nodes.Text)):
        # docutils itself marks what was escaped by a null character
        words = node.astext()
        if found := REFUSED_CHARACTER.search(words):
            yield node.parent, f"the character U+{ord(found[0]):04X} is not allowed in a text"
            node.parent.replace(node, nodes.Text(REFUSED_CHARACTER.sub("\ufffd", words)))


def keep_citations_local(document: nodes.document) -> None:
    """Make links and terms of citations, since Sphinx would make them known in the whole project."""
    for citation_reference in list(document.findall(nodes.citation_reference)):
        text = f"[{citation_reference.astext()}]"
        link = nodes.reference("", text, internal=True, refid=citation_reference["refid"])
        citation_reference.parent.replace(citation_reference, link)
    for citation in list(document.findall(nodes.citation)):
        label, *body = citation.children
        term = nodes.term("", f"[{label.astext()}]", ids=citation["ids"])
        item = nodes.definition_list_item("", term, nodes.definition("", *body))
        citation.parent.replace(citation, nodes.definition_list("", item))


def never_run(document: nodes.document) -> None:
    """Make literal blocks of interactive sessions, since Sphinx' builder "doctest" would run what others wrote."""
    for block in list(document.findall(nodes.doctest_block)):
        literal = nodes.literal_block(block.rawsource, block.astext(), language="default", classes=["doctest"])
        literal.source, literal.line = block.source, block.line
        block.parent.replace(block, literal)


def bound_highlighting(document: nodes.document, default: str) -> None:
    """Let only short code be highlighted, and only by lexers that were timed with texts which are slow to match.

    :param default: the language of blocks that name none.
    """
    for code in [*document.findall(nodes.literal_block), *document.findall(nodes.literal)]:
        if isinstance(code, nodes.literal) and "language" not in code:
            continue
        language = code.setdefault("language", default).lower()
        text = code.astext()
        if _is_slow(language, text):
            code["language"] = "text"


def _is_slow(language: str, code: str) -> bool:
    limit = MAX_CODE if language in HIGHLIGHTED else _SHORTER.get(language, 0)
    return len(code) > limit or _LONG_SPACE.search(code) is not None


def can_highlight(language: str, code: str) -> bool:
    """Return True if a lexer is among those that were timed, and reads the code without an error."""
    if _is_slow(language.lower(), code):
        return False
    try:
        return not any("error" in classes for classes, _ in Lexer(code, language, "long"))
    except LexerError:
        return False


def remove_messages(document: nodes.document) -> None:
    """Take out what docutils put in for errors: they have been collected, and broken markup is shown as text."""
    for message in list(document.findall(nodes.system_message)):
        source = [child for child in message.children if isinstance(child, nodes.literal_block)]
        message.parent.replace(message, source if message["level"] >= Reporter.WARNING_LEVEL else [])
    for section in list(document.findall(nodes.section)):
        if "system-messages" in section.get("classes", ()):
            section.parent.remove(section)
    for problematic in list(document.findall(nodes.problematic)):
        problematic.parent.replace(problematic, nodes.Text(problematic.astext()))


#: The directives with code.
CODE = frozenset({"code", "code-block", "sourcecode"})

#: Roles that mean the same in all documentations: markup, and links out of them.
SAME_EVERYWHERE = frozenset(
    """
    abbr code command cve cwe dfn emphasis file guilabel kbd literal mailheader makevar manpage math menuselection
    mimetype newsgroup pep program regexp rfc samp strong sub subscript sup superscript title title-reference
    """.split()  # noqa: SIM905 - words read better than thirty quoted strings
)
#: The other roles whose text is words, not code.
_OF_WORDS = frozenset({"any", "doc", "download", "keyword", "numref", "ref", "term"})
#: The target after a title, unless its bracket is escaped, which docutils marks by a null character.
_TARGET = re.compile(r"(?<=\S)\s*(?<!\x00)<[^<>]*>$")


def foreign_role(name: str, rawtext: str, text: str, *_: object, **__: object) -> Any:
    """Return the words of a role that only the build of another project knows, as its link shows them."""
    title = _TARGET.sub("", text)
    if title == text and title.startswith("~"):
        title = title[1:].rpartition(".")[2]
    title = title.removeprefix("!").replace("\x00", "")
    words = name.lower().rpartition(":")[2] in _OF_WORDS
    return [nodes.Text(title) if words else nodes.literal(rawtext, title)], []


class ForeignCode(Directive):
    """Code, highlighted in its language if Pygments has a lexer for it."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = dict.fromkeys(
        ("linenos", "lineno-start", "number-lines", "emphasize-lines", "caption", "dedent", "force", "class", "name"),
        directives.unchanged,
    )

    def run(self) -> list[nodes.Node]:
        """Return the code; its options are ignored."""
        text = "\n".join(self.content)
        language = (self.arguments or ["default"])[0].strip()
        return [nodes.literal_block(text, text, language=language if _is_language(language) else "text")]


#: The replacements of directives that would warn. Sphinx's own for tables looks for files
#: before anybody can refuse them.
FOREIGN_DIRECTIVES: dict[str, type[Directive]] = {"csv-table": CSVTable, **dict.fromkeys(CODE, ForeignCode)}


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
        # Sphinx does not warn of invalid code then
        block["force"] = True


def _words_of(picture: nodes.image) -> nodes.Node:
    uri, words = picture["uri"], picture.get("alt", picture["uri"])
    on_web = re.match(r"https?://", uri, re.IGNORECASE) and not isinstance(picture.parent, nodes.reference)
    return nodes.reference("", words, refuri=uri) if on_web else nodes.Text(words)
