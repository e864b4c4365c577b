"""Harmless directives and roles: which roles are harmless, and the limits of options, texts and parsing time.

The name of a role does not tell what it is: languages have names of their own, pages define roles, and extensions
replace roles. So roles are told by the code that runs them. Of what is harmless, some options reach beyond the text,
open files or have no end; some domains parse the text of their roles in exponential time; and some texts end a
directive or a role with an exception, which would end the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.tables import CSVTable

#: The most columns of a list: each is made, whether the list fills it or not.
MAX_COLUMNS = 100
#: The most digits of a number: a range of lines is expanded to all its numbers.
MAX_DIGITS = 4
#: The largest size of a picture or a table in any unit but those of :data:`_SMALL_UNITS`: TeX ends at 5.75 metres.
MAX_LENGTH = 100
_SMALL_UNITS = frozenset({"", "px", "pt", "mm"})
#: The largest scale of a picture in per cent.
MAX_SCALE = 400
#: The most characters in the text of a role.
MAX_ROLE = 1_000
#: The most characters, and opening brackets, of C and C++ that are parsed: the time doubles with each bracket.
MAX_CODE_IN_ROLE = 100
MAX_BRACKETS = 3
#: The most such roles with several brackets in a file.
MAX_EXPRESSIONS = 20
#: The most cells of a CSV table.
MAX_CELLS = 4_000
#: The most columns of a drawn table, and the most columns times lines of the text.
MAX_DRAWN_COLUMNS, MAX_DRAWN_CELLS = 50, 10_000
_BORDER = re.compile(r"(?<!=)=+(?: +=+)+|\+(?:[-=]+\+)+")
#: The most lines and marks of a file in texts with markup, which take about a second to read.
MAX_LINES = 2_500
MAX_FILE_MARKS = 20_000

#: The classes that fragments may use: the layout of tables and blocks, and nothing that a script or a theme acts on.
HARMLESS_CLASSES = frozenset(
    {"align-center", "align-left", "align-right", "booktabs", "borderless", "colwidths-auto", "colwidths-given"}
)

_LENGTH = re.compile(r"([0-9.]+)\s*([a-zA-Z%]*)")
_TARGET = re.compile(r"<([^<]*)>$")


def _columns(argument: str) -> int:
    number = int(argument)
    if not 1 <= number <= MAX_COLUMNS:
        raise ValueError(f"must be between 1 and {MAX_COLUMNS}")
    return number


#: Checks and converts the value of an option, as docutils has it.
Check = Callable[[str], object]


def _has_large_number(argument: str) -> bool:
    return any(len(number) > MAX_DIGITS for number in re.findall(r"\d+", argument))


def _small(check: Check) -> Check:
    """Limit the numbers of an option."""

    def check_small(argument: str) -> object:
        if argument and _has_large_number(argument):
            raise ValueError(f"a number has more than {MAX_DIGITS} digits")
        return check(argument)

    return check_small


def _length(check: Check) -> Check:
    """Limit a size on the page. The word "image" would make docutils open the picture."""

    def check_length(argument: str) -> object:
        value = check(argument)
        match = _LENGTH.fullmatch(str(value))
        if value == "image" or _has_large_number(argument):
            raise ValueError("not a size that is allowed in fragments")
        if match and match[2] not in _SMALL_UNITS and float(match[1]) > MAX_LENGTH:
            raise ValueError(f"must be at most {MAX_LENGTH}{match[2]}")
        return value

    return check_length


def _scale(check: Check) -> Check:
    def check_scale(argument: str) -> object:
        value = check(argument)
        if isinstance(value, int) and value > MAX_SCALE:
            raise ValueError(f"must be at most {MAX_SCALE}")
        return value

    return check_scale


def _classes(check: Check) -> Check:
    """Drop the classes that other programs act on, without a word: they show nothing."""
    return lambda argument: [name for name in _names(check(argument)) if name in HARMLESS_CLASSES]


def _names(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _loading(argument: str) -> str:
    """Refuse ``embed``, which makes the file a part of the page."""
    return directives.choice(argument, ("link", "lazy"))


#: The exceptions of code that did not expect a text; docutils itself stops directives by others.
MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

#: Wraps the checks of options, in any directive.
_OPTIONS: dict[str, Callable[[Check], Check]] = {
    **dict.fromkeys(
        ("emphasize-lines", "lineno-start", "number-lines", "dedent", "header-rows", "stub-columns", "widths"), _small
    ),
    **dict.fromkeys(("class", "figclass"), _classes),
    **dict.fromkeys(("height", "width", "figwidth"), _length),
    "columns": lambda _check: _columns,
    "loading": lambda _check: _loading,
    "scale": _scale,
}


def has_large_table(text: str, lines: int) -> bool:
    """Return True if a table that is drawn in a text has too many columns, or perhaps too many cells."""
    borders = _BORDER.findall(text)
    columns = max((max(len(border.split()), border.count("+") - 1) for border in borders), default=0)
    return columns > MAX_DRAWN_COLUMNS or columns * lines > MAX_DRAWN_CELLS


class Budget:
    """The limits of slow parsers that the texts of one file share."""

    def __init__(self) -> None:
        self.lines = MAX_LINES
        self.marks = MAX_FILE_MARKS
        self.expressions = MAX_EXPRESSIONS

    def allows_text(self, lines: int, marks: int) -> bool:
        """Spend a text, unless too much was spent before."""
        self.lines -= lines
        self.marks -= marks
        return self.lines >= 0 and self.marks >= 0

    def allows_expression(self) -> bool:
        """Spend a role, unless too many were spent before."""
        self.expressions -= 1
        return self.expressions >= 0


def limited(name: str, found: Any) -> Any:
    """Return the directive with the options that do no harm; its own errors become problems of the text."""
    if not (isinstance(found, type) and issubclass(found, Directive)):
        return found
    return _limited_directive(found, name.lower())  # type: ignore[arg-type] # it is hashable


@cache
def _limited_directive(found: Any, name: str) -> type[Directive]:
    options = found.option_spec or {}
    checks = {option: limit(options[option]) for option, limit in _OPTIONS.items() if _takes(options, option)}

    class Limited(found):  # type: ignore[misc]
        # the table may be one that has any option
        option_spec = type(options)({**options, **checks})

        def run(self) -> list[nodes.Node]:
            if name == "math":
                # the whole project knows labels of formulas, and one would take the place of another's; without one it
                # would be the name
                self.options["label"] = None
            if name == "container":
                self.arguments: list[str] = _harmless_container(self.arguments)
            if isinstance(self, CSVTable) and _cells(self.content, self.options.get("delim")) > MAX_CELLS:
                raise self.error(f"a table may not have more than {MAX_CELLS:,} cells")
            try:
                if isinstance(self, CSVTable) and not self.state.document.settings.file_insertion_enabled:
                    # Sphinx would first look whether the file is there, and say so
                    return list(CSVTable.run(self))
                result: list[nodes.Node] = super().run()
            except MISTAKES as mistake:
                raise self.error(failure_message("directive", self.name, mistake)) from None
            return result

    return Limited


def limited_role(found: Callable[..., Any], budget: Budget, *, parses_code: bool) -> Callable[..., Any]:
    """Return the role for texts of limited length; its own errors become problems of the text.

    :param parses_code: whether the text, or the target in it, is parsed as C or C++.
    """

    def role(name: str, rawtext: str, text: str, lineno: int, inliner: Any, *arguments: Any, **options: Any) -> Any:
        reason = _refusal(text, budget, parses_code=parses_code)
        if reason:
            inliner.reporter.error(f'The text of the role "{name}" {reason}', line=lineno)
            return [nodes.literal(rawtext, nodes.unescape(text))], []
        try:
            return found(name, rawtext, text, lineno, inliner, *arguments, **options)
        except MISTAKES as mistake:
            inliner.reporter.error(failure_message("role", name, mistake), line=lineno)
            return [nodes.literal(rawtext, text)], []

    # docutils reads them from a role: what it takes, and whether its text may have markup
    role.__dict__.update(getattr(found, "__dict__", {}))
    role.base_role = found  # type: ignore[attr-defined] # as roles have it that are made of another
    return role


def may_parse_code(name: str) -> bool:
    """Return True if the role of this name would be one that is parsed in a build; for checks without Sphinx."""
    return name.lower().startswith(("any", "c:", "cpp:"))


def _refusal(text: str, budget: Budget, *, parses_code: bool) -> str:
    if len(text) > MAX_ROLE:
        return f"has more than {MAX_ROLE:,} characters: it is shown as it is written"
    if not parses_code:
        return ""
    match = _TARGET.search(text)
    code = match[1] if match and match.start() else text
    if len(code) > MAX_CODE_IN_ROLE:
        return f"has more than {MAX_CODE_IN_ROLE} characters of code: it is shown as it is written"
    brackets = sum(map(code.count, "([{<"))
    if brackets > MAX_BRACKETS or (brackets > 1 and not budget.allows_expression()):
        return "has too many brackets: it is shown as it is written"
    return ""


def _harmless_container(arguments: list[str]) -> list[str]:
    classes = " ".join(name for name in " ".join(arguments).split() if name in HARMLESS_CLASSES)
    return [classes] if classes else []


def _cells(lines: Iterable[str], delimiter: str | None) -> int:
    return sum(line.count(delimiter or ",") + 1 for line in lines)


def failure_message(what: str, name: str, mistake: Exception) -> str:
    """Return the message for a directive or role that ended with an error of its own."""
    return f'The {what} "{name}" cannot be used like this ({type(mistake).__name__}: {mistake})'


def _takes(options: Mapping[str, object], name: str) -> bool:
    try:
        return options[name] is not None
    except KeyError:
        return False


#: The functions and classes that run the harmless roles: they make markup, words, links, and entries of the index,
#: which are removed later.
_HARMLESS: dict[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "docutils.parsers.rst.roles": "GenericRole code_role generic_custom_role math_role pep_reference_role "
        "rfc_reference_role unimplemented_role",
        "sphinx.roles": "Abbreviation AnyXRefRole CVE CWE EmphasizedLiteral GUILabel Keyboard Manpage MenuSelection "
        "PEP RFC XRefRole code_role",
        "sphinx.domains.c": "CExprRole CXRefRole",
        "sphinx.domains.cpp": "CPPExprRole CPPXRefRole",
        "sphinx.domains.index": "IndexRole",
        "sphinx.domains.javascript": "JSXRefRole",
        "sphinx.domains.math": "MathReferenceRole",
        "sphinx.domains.python": "PyXRefRole _PyDecoXRefRole",
        "sphinx.domains.std": "EnvVarXRefRole OptionXRefRole TokenXRefRole",
        # the project itself says where these lead
        "sphinxext.digest.doctree.guard": "_unknown_role",
        "sphinx.ext.extlinks": "make_link_role.<locals>.role",
    }.items()
}
#: The domains whose roles are run by these; how others resolve a reference is not known.
_HARMLESS_DOMAINS = frozenset({"c", "citation", "cpp", "digest", "index", "js", "math", "py", "rst", "std"})

_NODES = ("docutils.nodes", "sphinx.addnodes")

#: Runs a role of a domain for another project.
_EXTERNAL_ROLE = ("sphinx.ext.intersphinx._resolve", "IntersphinxRole")
_EXTERNAL = re.compile(r"external(?:\+[^:]*)?:")


class Domain(Protocol):
    """The roles of a domain of Sphinx."""

    name: str

    @property
    def roles(self) -> Mapping[str, object]:
        """The roles by their names."""

    def role(self, name: str) -> object:
        """Return the function that docutils gets for a role."""


@dataclass(frozen=True)
class FoundRole:
    """A role, with the function or object that runs it.

    :ivar domain: the domain of Sphinx that it belongs to, if any.
    """

    function: object
    domain: str | None = None

    @classmethod
    def of(cls, found: object, domains: Mapping[str, Domain]) -> FoundRole:
        """Look behind roles that pages make of other roles, and behind the functions that domains hand out."""
        while (base := getattr(found, "base_role", None)) is not None:
            found = base
        for domain in domains.values():
            for name, function in domain.roles.items():
                if domain.role(name) is found:
                    return cls(function, domain.name)
        return cls(found)

    @property
    def runner(self) -> tuple[str, str]:
        """Return the module and the name of the function, or of the class of the object."""
        runner = self.function if hasattr(self.function, "__qualname__") else type(self.function)
        return runner.__module__, runner.__qualname__

    @property
    def node(self) -> str:
        """Return the name of the node class of a role for cross-references; empty for other roles."""
        return getattr(getattr(self.function, "nodeclass", None), "__name__", "")

    @property
    def is_harmless(self) -> bool:
        """Return True if the role is on the list, and belongs to a domain that is."""
        module, runner = self.runner
        return (
            runner in _HARMLESS.get(module, ())
            and self.node in ("", "pending_xref")
            # a generic role may be one with nodes of an extension
            and getattr(getattr(self.function, "node_class", None), "__module__", _NODES[0]) in _NODES
            and self.domain in (None, *_HARMLESS_DOMAINS)
        )

    @property
    def is_external(self) -> bool:
        """Return True for the role of intersphinx that runs another one."""
        return self.runner == _EXTERNAL_ROLE

    @property
    def parses_code(self) -> bool:
        """Return True if the text is parsed as C or C++ when it is read, or when the link is resolved."""
        module, runner = self.runner
        return runner == "AnyXRefRole" or module in ("sphinx.domains.c", "sphinx.domains.cpp")


def name_in_project(name: str) -> str:
    """Return the name of a role without what says that it leads to another project."""
    return _EXTERNAL.sub("", name, count=1)
