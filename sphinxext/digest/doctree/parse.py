"""Parsing the text of a note on its own, with every problem at its line of the fragment.

Roles of docutils for the link roles of a project's settings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, roles, states
from docutils.statemachine import StringList, string2lines
from docutils.utils import Reporter, unescape

from sphinxext.digest.doctree.formulas import refused_formulas
from sphinxext.digest.doctree.guard import Guard, guarded_names, refused_links
from sphinxext.digest.doctree.limits import (
    MAX_DRAWN_CELLS,
    MAX_DRAWN_COLUMNS,
    MAX_FILE_MARKS,
    MAX_LINES,
    Budget,
    has_large_table,
)
from sphinxext.digest.doctree.node_kinds import NodeKinds, resolved
from sphinxext.digest.doctree.relative import DEAD, Home
from sphinxext.digest.doctree.sanitize import (
    bound_highlighting,
    detached,
    keep_citations_local,
    keep_to_words,
    never_run,
    refused_characters,
    remove_messages,
    remove_unseen,
    replace_acronyms,
)
from sphinxext.digest.doctree.state_machine import new_machine
from sphinxext.digest.doctree.translation import Translation, translate
from sphinxext.digest.model import REFUSED_CHARACTER, Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.checks import LinkRole
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.rst import as_paragraph, is_plain


@contextmanager
def known_link_roles(link_roles: tuple[LinkRole, ...]) -> Iterator[None]:
    """Let docutils find link roles, whatever else has their names."""
    find_role: Callable[..., Any] = roles.role
    own = {one.name: partial(_link, one) for one in link_roles}

    def role(name: str, *arguments: Any) -> Any:
        return (own[name.lower()], []) if name.lower() in own else find_role(name, *arguments)

    roles.role = role  # type: ignore[assignment]
    try:
        yield
    finally:
        roles.role = find_role


def _link(link_role: LinkRole, _name: str, rawtext: str, text: str, *_: object, **__: object) -> Any:
    words, address = link_role.link(unescape(text))
    return [nodes.reference(rawtext, words, internal=False, refuri=address)], []


#: The most characters of a paragraph that could be markup. A word may be as long as any URL.
MAX_MARKS = 2_000
_MARK = re.compile(r"[*`_|:\[@]")
_LINE = re.compile(r"\S.*")
_LONG_WORD = re.compile(r"(?<!\S)\S{5000}")
_NOT_ALLOWED = ("may not be used in fragments", "deactivated", "directive disabled")


class _Collector(Reporter):
    """docutils' reporter, which keeps warnings and errors as pairs of a line and a message."""

    def __init__(self, source: str) -> None:
        super().__init__(source, Reporter.WARNING_LEVEL, Reporter.SEVERE_LEVEL + 1, stream=False)
        self.found: list[tuple[int, str]] = []
        self.has_spoken = False

    def system_message(
        self, level: int, message: str | Exception, *children: Any, **attributes: Any
    ) -> nodes.system_message:
        node = super().system_message(level, message, *children, **attributes)
        self.has_spoken = True
        if level >= self.report_level:
            self.found.append((node.get("line") or 0, str(message)))
        return node


@dataclass
class TextParser:
    """Parses texts of fragments to nodes and collects problems.

    :ivar settings: docutils' settings; the defaults, or a copy of those of the page that shows the texts.
    :ivar guard: what the texts may use.
    :ivar with_sphinx: whether the directives and roles of a Sphinx build are known.
    :ivar root: the project, where nodes have to name their file by its absolute path.
    :ivar translation: the catalogue of the page that shows the texts, if it is a translated one.
    :ivar refusal_of_picture: returns why a build may not copy the picture that a path leads to, or an empty string.
    """

    guard: Guard
    settings: Any = None
    with_sphinx: bool = False
    root: Path | None = None
    translation: Translation | None = None
    refusal_of_picture: Callable[[str], str] | None = None
    problems: list[Problem] = field(default_factory=list)
    _machine: states.RSTStateMachine | None = field(default=None, init=False, repr=False)
    _inliner: states.Inliner | None = field(default=None, init=False, repr=False)
    _budgets: defaultdict[str, Budget] = field(default_factory=lambda: defaultdict(Budget), init=False, repr=False)

    def __post_init__(self) -> None:
        self.settings = self.settings.copy() if self.settings is not None else get_default_settings(Parser)
        self.settings.file_insertion_enabled = self.guard.file_insertion
        self.settings.raw_enabled = self.guard.raw

    def blocks(
        self, text: Text, path: str, prefix: str, lead: str = "", home: Callable[[], Home] | None = None
    ) -> list[nodes.Node]:
        """Parse a text to body elements.

        :param path: the path of the fragment, for problems and for the places of nodes.
        :param prefix: begins every identifier in the text, so that they are unique on any page.
        :param lead: words that will come before the first paragraph, which translators see with it.
        :param home: returns the page that relative addresses count from; without it they are not changed.
        """
        if is_plain(text.value) and not self._is_translated(lead + text.value):
            paragraph = nodes.paragraph(lead + text.value, text.value)
            paragraph.source, paragraph.line = self.source_of(path), text.line
            return [paragraph]
        return self._parse(text, path, prefix, lead, home)

    def for_foreign_texts(self) -> TextParser:
        """Return a parser for texts of other projects: only harmless markup, and no links into their documentation."""
        guard = Guard(foreign=True)
        return TextParser(guard, self.settings, self.with_sphinx, self.root, self.translation)

    def inline(self, text: Text, path: str, prefix: str, home: Callable[[], Home] | None = None) -> list[nodes.Node]:
        """Parse a text of one line, such as a title, to inline elements."""
        return list(self.line(text, path, prefix, home).children)

    def line(self, text: Text, path: str, prefix: str, home: Callable[[], Home] | None = None) -> nodes.paragraph:
        """Parse a text of one line to a paragraph."""
        blocks = self.blocks(replace(text, is_line=True), path, prefix, home=home)
        if len(blocks) == 1 and isinstance(blocks[0], nodes.paragraph):
            return blocks[0]
        paragraph = nodes.paragraph(text.value, text.value)
        paragraph.source, paragraph.line = self.source_of(path), text.line
        return paragraph

    def _is_translated(self, message: str) -> bool:
        """Return True if the catalogue has a translation of a text without markup."""
        return self.translation is not None and bool(self.translation.find(message.replace("\n", " ").strip()))

    def _parse(
        self, text: Text, path: str, prefix: str, lead: str, home: Callable[[], Home] | None
    ) -> list[nodes.Node]:
        reporter = _Collector(self.source_of(path))
        document, kinds, message = None, None, "the text is nested too deeply: lists in lists, and so on"
        try:
            if reason := self._refusal_of_size(text, path):
                message = reason
            else:
                document = self._document(text, reporter, path, prefix, lead)
                kinds = resolved(document)
        except RecursionError:
            pass
        except Exception as error:
            # such as docutils' KeyError for a replacement that has one in it which is not there
            message = f"docutils fails at the text with {type(error).__name__}: {error}"
        if document is None or kinds is None:
            self.problems.append(Problem(path, text.line, text.column, Code.RST, message))
            return [nodes.literal_block(text.value, text.value)]
        self._sanitize(document, kinds, text)
        for node, reason in self._refused(document, kinds, text, home() if home is not None else None):
            reporter.found.append((_line_of(node, text.line), reason))
        self._report(reporter.found, text, path)
        if reporter.has_spoken:
            remove_messages(document)
        return detached(document)

    def _sanitize(self, document: nodes.document, kinds: NodeKinds, text: Text) -> None:
        """Take out or replace what would change anything beside the text."""
        if kinds.has_unseen:
            remove_unseen(document)
        if kinds.has(nodes.acronym):
            replace_acronyms(document)
        if document.citations or document.citation_refs:
            keep_citations_local(document)
        if self.with_sphinx and ">>>" in text.value:
            never_run(document)
        if self.with_sphinx:
            bound_highlighting(document, self.settings.env.config.highlight_language)

    def _refusal_of_size(self, text: Text, path: str) -> str:
        """Return the reason why reading a text would take long, or an empty string."""
        lines = len(_LINE.findall(text.value))
        if has_large_table(text.value, lines):
            return f"a table has more than {MAX_DRAWN_COLUMNS} columns, or {MAX_DRAWN_CELLS:,} cells"
        if self._budgets[path].allows_text(lines, len(_MARK.findall(text.value))):
            return ""
        return f"the file has more than {MAX_LINES:,} lines, or {MAX_FILE_MARKS:,} marks, of markup"

    def _document(self, text: Text, reporter: _Collector, path: str, prefix: str, lead: str) -> nodes.document:
        source = reporter.source
        self.settings.id_prefix = f"{prefix}-"
        self.settings.auto_id_prefix = "%"
        document = nodes.document(self.settings, reporter, source=source)
        document.note_source(source, -1)
        value = as_paragraph(text.value) if text.is_line else text.value
        lines = string2lines(value, 8, convert_whitespace=True)
        places = [(source, text.line_of(index) - 1) for index in range(len(lines))]
        # making a machine takes as long as parsing most texts; docutils uses those of nested texts again, too
        machine, self._machine = self._machine or new_machine(), None
        inliner, self._inliner = self._inliner or _bounded_inliner(self.settings), None
        domains = self.settings.env.domains if self.with_sphinx else {}
        names = guarded_names(self.guard, with_sphinx=self.with_sphinx, domains=domains, budget=self._budgets[path])
        with names, known_link_roles(self.guard.link_roles):
            # the offset makes docutils' own line numbers those of the file, where lines follow each other
            machine.run(
                StringList(lines, items=places),
                document,
                input_offset=text.line - 1,
                match_titles=False,
                inliner=inliner,
            )
            first = document.children[0] if document.children else None
            if isinstance(first, nodes.paragraph):
                first.rawsource = lead + (text.value if text.is_line else first.rawsource)
            if self.translation is not None:
                translate(document, self.translation, _TranslationParser(machine, document, reporter))
        self._machine, self._inliner = machine, inliner
        return document

    def _refused(
        self, document: nodes.document, kinds: NodeKinds, text: Text, home: Home | None
    ) -> Iterator[tuple[nodes.Node, str]]:
        """Turn what a text may not have into words, and yield each node with the reason."""
        if self.guard.foreign:
            keep_to_words(document)
        if kinds.has(nodes.image, nodes.reference) or self.with_sphinx:
            written = {id(picture): picture["uri"] for picture in document.findall(nodes.image)}
            if home is not None:
                yield from home.place_pictures(document)
            yield from refused_links(document, self.guard, self.refusal_of_picture, written)
            if home is not None:
                yield from home.place_links(document)
        if self._may_have_refused_characters(kinds, text):
            yield from refused_characters(document)
        if not self.guard.raw and kinds.has(nodes.math, nodes.math_block):
            yield from refused_formulas(document)

    def _may_have_refused_characters(self, kinds: NodeKinds, text: Text) -> bool:
        """Return True if there may be forbidden characters: of a substitution, a translation or another file."""
        is_more = kinds.has(nodes.substitution_definition) or self.translation is not None or self.guard.file_insertion
        return is_more or REFUSED_CHARACTER.search(text.value) is not None

    def source_of(self, path: str) -> str:
        """Return the name of a file for the attribute ``source`` of nodes."""
        return str(self.root / path) if self.root else path

    def _report(self, found: list[tuple[int, str]], text: Text, path: str) -> None:
        indexes = {line: index for index, line in reversed(tuple(enumerate(text.lines)))}
        for line, message in found:
            line = line or text.line
            index = indexes.get(line, line - text.line)
            not_allowed = any(words in message for words in _NOT_ALLOWED)
            code = Code.RST_FORBIDDEN if not_allowed else _code_of(message)
            message = " ".join(message.split())
            self.problems.append(Problem(path, line, text.column_of(index), code, message))


@dataclass
class _TranslationParser:
    """Parses translations in the document of the text that they belong to."""

    machine: states.RSTStateMachine
    document: nodes.document
    reporter: _Collector

    def __call__(self, text: str, line: int) -> list[nodes.Node]:
        document = self.document
        known, reported = len(document), len(self.reporter.found)
        place = document.current_source, document.current_line
        # what ends with two colons wants a literal block, which is there already
        literal = ["", "   -"] if text.rstrip().endswith("::") else []
        source = text if literal or "\n" in text else as_paragraph(text)
        lines = string2lines(source, 8, convert_whitespace=True) + literal
        places = [(self.reporter.source, line - 1)] * len(lines)
        content = StringList(lines, items=places)
        self.machine.run(content, document, input_offset=line - 1, match_titles=False)
        document.current_source, document.current_line = place
        found = [node for node in document[known:] if not isinstance(node, nodes.system_message)]
        del document[known:]
        complaints = [message for _line, message in self.reporter.found[reported:]]
        if literal:
            del found[1:]
        if len(found) != 1 or not isinstance(found[0], nodes.paragraph):
            complaints.append("it must be one paragraph")
            found = [nodes.paragraph("", text)]
        self.reporter.found[reported:] = [(line, f"in the translation: {message}") for message in complaints]
        return list(found[0].children)


def _bounded_inliner(settings: Any) -> states.Inliner:
    """Return docutils' parser of inline markup, limited to texts that a person can read.

    For each mark it may search the rest of a paragraph, so that its time grows with the square of their number.

    :param settings: those of all texts that it will parse. docutils would make its patterns anew for each of them.
    """
    inliner = states.Inliner()
    inliner.init_customizations(settings)
    inliner.init_customizations = lambda settings: None  # type: ignore[method-assign]
    parse = inliner.parse

    def parse_bounded(
        text: str, lineno: int, memo: Any, parent: nodes.Element
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if len(text) <= MAX_MARKS or (len(_MARK.findall(text)) <= MAX_MARKS and not _LONG_WORD.search(text)):
            return parse(text, lineno, memo, parent)
        message = f"a paragraph has more than {MAX_MARKS:,} marks, or a word without end: it is shown as it is written"
        return [nodes.Text(text)], [memo.reporter.error(message, line=lineno)]

    # docutils takes its patterns from the class itself, so that a subclass would have none
    inliner.parse = parse_bounded  # type: ignore[method-assign]
    return inliner


def guard_of(settings: Settings) -> Guard:
    """Return what the settings of a collection allow fragments to use."""
    return Guard(
        frozenset(name.lower() for name in settings.fragment_directives),
        settings.fragment_raw,
        settings.fragment_file_insertion,
        frozenset(name.lower() for name in settings.fragment_roles),
        settings.fragment_remote_images,
        link_roles=settings.link_roles,
    )


def _code_of(message: str) -> Code:
    if message.startswith(DEAD):
        return Code.DEAD_LINK
    return Code.BAD_URL if message.startswith("links may") else Code.RST


def _line_of(node: nodes.Node, default: int) -> int:
    current: nodes.Node | None = node
    while current is not None:
        if current.line:
            return current.line
        current = current.parent
    return default
