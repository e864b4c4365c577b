"""Formulas of fragments: an allow-list of commands, and a check of their structure.

A formula is a program to TeX, which reads and writes files, and to MathJax, which makes links of any scheme, styles
and identifiers. So commands and environments are allowed by name: those that docutils, MathJax and the packages that
Sphinx loads for LaTeX all know. TeX does not recover from mistakes as browsers do: it stops, or asks the terminal. So
arguments, scripts, delimiters, environments and their columns are checked as strictly as that is possible without TeX.
A formula that is refused is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docutils import nodes

#: The deepest nesting of groups, environments and delimiters.
MAX_DEPTH = 10
#: The most columns of a matrix, an array or an alignment; the matrices of amsmath have at most ten.
MAX_COLUMNS = 10


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FONTS = _names("mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol operatorname")
_TEXTS = _names("text textrm textbf textit textsf texttt textnormal mbox")
_ONE = _names("""
    acute bar breve check ddddot dddot ddot dot grave hat mathring tilde vec widehat widetilde
    overline underline overbrace underbrace overleftarrow overrightarrow overleftrightarrow underleftarrow
    underrightarrow underleftrightarrow mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner
    pmod pod mod phantom hphantom vphantom smash boxed sqrt xleftarrow xrightarrow
""")
_TWO = _names("frac cfrac dfrac tfrac binom dbinom tbinom overset underset stackrel")
_ARGUMENTS = {**dict.fromkeys(_ONE | _FONTS, 1), **dict.fromkeys(_TWO, 2)}
#: The commands that may have an argument in square brackets.
_WITH_OPTION = _names("sqrt xleftarrow xrightarrow")
_BIG = frozenset(f"{size}{end}" for size in ("big", "Big", "bigg", "Bigg") for end in ("", "l", "m", "r"))
_WITH_LIMITS = _names("""
    bigcap bigcup bigodot bigoplus bigotimes bigsqcup biguplus bigvee bigwedge coprod iiiint iiint iint int oint prod
    sum det gcd inf injlim lim liminf limsup max min Pr projlim sup varinjlim varliminf varlimsup varprojlim
""")
_DELIMITERS = _names(r"""
    ( ) [ ] | / . < > \{ \} \| \langle \rangle \lvert \rvert \lVert \rVert \lbrace \rbrace \lbrack \rbrack \lceil
    \rceil \lfloor \rfloor \lgroup \rgroup \lmoustache \rmoustache \vert \Vert \backslash \uparrow \downarrow
    \updownarrow \Uparrow \Downarrow \Updownarrow \ulcorner \urcorner \llcorner \lrcorner
""")
#: The commands that are one symbol, and can be an argument without braces.
_SYMBOLS = _names("""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    aleph beth gimel daleth ell hslash imath jmath wp Re Im complement eth mho digamma
    partial infty nabla forall exists nexists emptyset prime angle measuredangle sphericalangle
    top bot neg lnot surd sharp flat natural clubsuit diamondsuit heartsuit spadesuit checkmark maltese Box
    star bullet ast circ dagger ddagger mp pm perp { } |
""")
_OTHERS = _names("""
    varnothing square lozenge lhd rhd boxplus boxtimes preccurlyeq succcurlyeq triangleq thinspace medspace slash S P
    amalg cap cup cdot centerdot times div setminus smallsetminus sqcap sqcup uplus vee wedge lor land oplus ominus
    otimes oslash odot bigcirc diamond wr rtimes ltimes dotplus barwedge doublebarwedge circledast circledcirc
    le leq leqq leqslant ge geq geqq geqslant ne neq ll gg lll ggg prec preceq succ succeq sim simeq approx approxeq
    cong equiv propto asymp doteq models mid parallel nmid nparallel vdash dashv Vdash vDash bowtie smile frown
    lesssim gtrsim lessgtr gtrless nless ngtr nleq ngeq nsim ncong precsim succsim trianglelefteq trianglerighteq
    in notin ni owns subset supset subseteq supseteq subseteqq supseteqq subsetneq supsetneq nsubseteq nsupseteq
    sqsubset sqsupset sqsubseteq sqsupseteq because therefore between pitchfork
    to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow
    longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow implies impliedby mapsto longmapsto
    hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup rightharpoondown rightleftharpoons
    nearrow searrow swarrow nwarrow leadsto rightsquigarrow twoheadrightarrow twoheadleftarrow nrightarrow nleftarrow
    nRightarrow nLeftarrow circlearrowleft circlearrowright curvearrowleft curvearrowright upharpoonright
    arccos arcsin arctan arg cos cosh cot coth csc deg dim exp hom ker lg ln log sec sin sinh tan tanh not
    bmod dots dotsb dotsc dotsi dotsm dotso ldots cdots ddots vdots colon rm bf it displaystyle textstyle scriptstyle
    scriptscriptstyle limits nolimits left middle right substack quad qquad enspace thickspace negthinspace
    negmedspace negthickspace hline nonumber notag
""")
_COMMANDS = {
    *_ARGUMENTS,
    *_TEXTS,
    *_BIG,
    *_WITH_LIMITS,
    *_SYMBOLS,
    *_OTHERS,
    *(name[1:] for name in _DELIMITERS if len(name) > 1),
}
_SIGNS = frozenset("\\,;:!>{}|#$%&_ ")
#: The environments within a formula, with the most columns of each.
_PARTS = {
    **dict.fromkeys(("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"), MAX_COLUMNS),
    "aligned": MAX_COLUMNS,
    "cases": 2,
    "gathered": 1,
}
#: The environments around a whole formula, which needs the option ``nowrap`` then, with the most columns of each.
_WHOLES = {"align": MAX_COLUMNS, "flalign": MAX_COLUMNS, "gather": 1, "multline": 1, "equation": 0, "eqnarray": 3}
_MATH_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[a-zA-Z]+|\\.|'+|\S", re.DOTALL)
_WHOLE = re.compile(
    r"\s*\\begin\s*\{(?P<name>[a-z]+)(?P<star>\*?)\}(?P<body>.*)\\end\s*\{(?P=name)(?P=star)\}\s*", re.DOTALL
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(.*)\}", re.DOTALL)
_ENVIRONMENTS = {*_PARTS, *_WHOLES, "array", "alignedat", "split", "alignat", "subarray"}
#: The commands whose argument may be a script without braces around it.
_FONTS_OF_SCRIPTS = (_FONTS - {"boldsymbol", "operatorname"}) | {"text"}


class StructureError(Exception):
    """A formula that TeX would stop at; the message is the reason."""


@dataclass
class _Rows:
    """The rows of an environment while they are read."""

    columns: int
    column: int = 1
    at_start: bool = True
    lines: bool = False


@dataclass
class _Scripts:
    """The scripts of the last symbol."""

    over: bool = False
    under: bool = False


def check_inline(formula: str) -> None:
    """Check a formula within a line.

    :raises StructureError: if TeX would stop at it.
    """
    _Reader(_MATH_TOKEN.findall(formula)).all()


def check_block(formula: str, *, wrapped: bool) -> None:
    """Check a displayed formula.

    :param wrapped: whether Sphinx puts its environment around it: ``split``, or ``aligned`` for several equations.
    :raises StructureError: if TeX would stop at it.
    """
    if wrapped:
        parts = [part for part in formula.split("\n\n") if part.strip()]
        for part in parts:
            if len(parts) > 1 and part.strip()[0] in "[*":
                raise StructureError("an equation may not begin with a bracket or an asterisk")
            _Reader(_MATH_TOKEN.findall(part)).all(_Rows(2 if len(parts) == 1 else MAX_COLUMNS))
        return
    match = _WHOLE.fullmatch(formula)
    if match is None or "\n\n" in formula.strip():
        raise StructureError("without wrapping, a formula must be one environment such as 'align'")
    name, tokens = match["name"], _MATH_TOKEN.findall(match["body"])
    reader = _Reader(tokens)
    if name == "alignat":
        columns = 2 * reader.number()
    elif name in _WHOLES:
        columns = _WHOLES[name]
    else:
        raise StructureError(f"the environment '{name}' cannot be a whole formula")
    reader.in_equation = name == "equation"
    reader.all(_Rows(columns) if columns else None)


@dataclass
class _Reader:
    tokens: list[str]
    place: int = 0
    depth: int = 0
    braces: int = 0
    in_equation: bool = False
    last: str = field(default="", init=False)

    def all(self, rows: _Rows | None = None) -> None:
        """Read the whole formula."""
        self.group("", rows)

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def next(self) -> str:
        part = self.peek()
        self.place += 1
        return part

    def group(self, end: str, rows: _Rows | None = None) -> None:
        """Read up to the end of a group, which is consumed."""
        self.depth += 1
        self.braces += end == "}"
        if self.depth > MAX_DEPTH:
            raise StructureError(f"a formula may not be nested over more than {MAX_DEPTH} levels")
        scripts, self.last = _Scripts(), ""
        while (part := self.next()) != end:
            if not part or part in ("}", r"\right") or part.startswith(r"\end"):
                raise StructureError(f"'{end}' is missing in a formula" if end else f"'{part}' ends nothing")
            if part[0] in "^_'":
                self.script(part, scripts)
                continue
            scripts = _Scripts()
            if part in ("&", r"\\", r"\hline"):
                self.cell(part, rows)
            else:
                self.symbol(part, end)
                if rows is not None:
                    rows.at_start = False
            self.last = part
        self.depth -= 1
        self.braces -= end == "}"

    def cell(self, part: str, rows: _Rows | None) -> None:
        """Read the end of a cell or a row, or a line between rows."""
        if rows is None:
            raise StructureError(f"'{part}' is only for rows of an environment")
        if part == "&":
            rows.column += 1
            if rows.column > rows.columns:
                raise StructureError(f"a row has more than {rows.columns} columns")
        elif part == r"\\":
            rows.column, rows.at_start = 1, True
            if self.peek() in ("[", "*"):
                raise StructureError(r"'\\' may not have an argument")
        elif not (rows.lines and rows.at_start):
            raise StructureError(r"'\hline' is only for the beginning of a row of an array")
        rows.at_start = rows.at_start and part != "&"

    def script(self, part: str, scripts: _Scripts) -> None:
        """Read a superscript or a subscript with its argument."""
        kind = "under" if part == "_" else "over"
        if getattr(scripts, kind):
            raise StructureError("a symbol may not have two superscripts or two subscripts: use braces")
        setattr(scripts, kind, True)
        if part in ("^", "_"):
            self.argument(fonts=True)

    def argument(self, *, fonts: bool = False) -> None:
        """Read an argument: a group, or one symbol."""
        part = self.next()
        if part == "{":
            self.group("}")
        elif fonts and part[1:] in _FONTS_OF_SCRIPTS:
            self.symbol(part, "")
        elif not part or part[0] in "}^_'&~" or (part.startswith("\\") and part[1:] not in _SYMBOLS):
            raise StructureError("an argument is missing in a formula: use braces")

    def symbol(self, part: str, end: str) -> None:
        """Read a symbol, or a command with its arguments.

        :param end: ends the group that it is in.
        """
        name = part[1:] if part.startswith("\\") else ""
        if part == "{":
            self.group("}")
        elif name.startswith("begin"):
            self.environment(part)
        elif name == "left":
            self.delimiter()
            self.group(r"\right")
            self.delimiter()
        elif name in _BIG or (name == "middle" and end == r"\right"):
            self.delimiter()
        elif name in _TEXTS:
            self.words()
        elif name == "substack" and end == "}":
            self.opening("{")
            self.group("}", _Rows(1))
        elif name in ("limits", "nolimits"):
            if self.last[1:] not in _WITH_LIMITS:
                raise StructureError(f"'{part}' is only for signs such as a sum")
        elif name in ("middle", "nonumber", "notag", "substack"):
            raise StructureError(f"'{part}' cannot be there, or needs braces")
        else:
            self.arguments(name)

    def arguments(self, name: str) -> None:
        """Read the arguments of a command, if it has any."""
        if name in _WITH_OPTION and self.peek() == "[":
            self.place += 1
            while (part := self.next()) != "]":
                if not part.isalnum():
                    raise StructureError(f"the argument in brackets of '\\{name}' may only have letters and digits")
        for _ in range(_ARGUMENTS.get(name, 0)):
            self.argument()

    def delimiter(self) -> None:
        if self.next() not in _DELIMITERS:
            raise StructureError("a delimiter is missing in a formula")

    def opening(self, part: str) -> None:
        if self.next() != part:
            raise StructureError(f"'{part}' is missing in a formula")

    def words(self) -> None:
        """Read the argument of a command for text."""
        self.opening("{")
        while (part := self.next()) != "}":
            if not part or part in ("{", "^", "_", "&") or (part.startswith("\\") and part[1:] not in "_&%$#{} "):
                raise StructureError("words in a formula may not have mathematics")

    def number(self) -> int:
        """Read the number of columns of an alignment."""
        self.opening("{")
        number = self.next()
        self.opening("}")
        if not re.fullmatch("[1-5]", number):
            raise StructureError("an alignment has from one to five columns")
        return int(number)

    def columns(self) -> int:
        """Read the alignment of an array's columns, and return their number."""
        self.opening("{")
        columns = 0
        while (part := self.next()) != "}":
            if part not in ("l", "c", "r", "|"):
                raise StructureError("the columns of an array may only have the letters l, c, r and lines")
            columns += part != "|"
        if not 1 <= columns <= MAX_COLUMNS:
            raise StructureError(f"an array has from one to {MAX_COLUMNS} columns")
        return columns

    def environment(self, part: str) -> None:
        """Read an environment up to its end."""
        match = _ENVIRONMENT.fullmatch(part)
        name = match[2] if match else ""
        if self.braces:
            # amsmath reads its environments more than once, and loses count of those in braces
            raise StructureError(f"the environment '{name}' may not be in braces")
        if self.peek() == "[":
            raise StructureError(f"the environment '{name}' may not have an argument in brackets")
        rows = _Rows(_PARTS.get(name, 0))
        if name == "array":
            rows = _Rows(self.columns(), lines=True)
        elif name == "subarray":
            rows = _Rows(min(self.columns(), 1))
        elif name == "alignedat":
            rows = _Rows(2 * self.number())
        elif name == "split" and self.in_equation and self.depth == 1:
            rows = _Rows(2)
        elif name not in _PARTS:
            raise StructureError(f"the environment '{name}' cannot be a part of a formula")
        self.group(re.sub("^.begin", r"\\end", part), rows)


#: The most characters of a formula.
MAX_FORMULA = 2_000
_TOKEN = re.compile(
    r"\\(?P<end>begin|end)\s*\{(?P<environment>[a-zA-Z]*)\*?\}|\\(?P<command>[a-zA-Z]+|.|\Z)|(?P<sign>[$%#]|\^\^)",
    re.DOTALL,
)


def refused_formulas(document: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """Show the formulas that are not allowed as they were written, and yield each with the reason."""
    for formula in [*document.findall(nodes.math), *document.findall(nodes.math_block)]:
        reason = _refusal(formula)
        if reason:
            text = formula.astext()
            yield formula, reason
            is_inline = isinstance(formula, nodes.math)
            formula.parent.replace(formula, (nodes.literal if is_inline else nodes.literal_block)(text, text))


def _refusal(formula: nodes.Element) -> str:
    text = formula.astext()
    if len(text) > MAX_FORMULA:
        return f"a formula has more than {MAX_FORMULA:,} characters"
    for token in _TOKEN.finditer(text):
        environment, command, sign = token["environment"], token["command"], token["sign"]
        if environment is not None and environment not in _ENVIRONMENTS:
            return f'The environment "{environment}" may not be used in fragments.'
        if command is not None and command not in _SIGNS and command not in _COMMANDS:
            return f'The command "\\{command}" of TeX may not be used in fragments.'
        if sign is not None:
            return f'a formula may not have "{sign}"'
    try:
        if isinstance(formula, nodes.math):
            check_inline(text)
        else:
            check_block(text, wrapped=not (formula.get("no-wrap") or formula.get("nowrap")))
    except StructureError as error:
        return f"TeX would not set the formula: {error}"
    return ""
