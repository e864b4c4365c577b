"""Formulas of fragments: the commands that only draw something, of all that TeX and MathJax know.

A formula is a program to TeX, which reads files and writes them, and to MathJax, which makes links of any scheme,
styles and identifiers. So commands and environments are allowed by name, as docutils' tables have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from docutils import nodes
from docutils.utils.math import tex2unichar

_TABLES = (
    *("mathaccent", "mathalpha", "mathbin", "mathclose", "mathfence", "mathop", "mathopen", "mathord", "mathover"),
    *("mathpunct", "mathrel", "mathunder", "space"),
)
#: What docutils has no table of: structure, fonts, sizes, functions.
_COMMANDS = frozenset(
    """
    frac cfrac dfrac tfrac binom dbinom tbinom sqrt over atop choose substack stackrel overset underset
    left middle right big Big bigg Bigg bigl Bigl biggl Biggl bigm Bigm biggm Biggm bigr Bigr biggr Biggr
    overline underline overbrace underbrace overleftarrow overrightarrow overleftrightarrow underleftarrow
    underrightarrow underleftrightarrow widehat widetilde xleftarrow xrightarrow tilde vec
    text textrm textbf textit textsf texttt textnormal mbox
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathbfit mathsfit boldsymbol bm rm bf it
    mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner operatorname
    displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log
    max min Pr projlim sec sin sinh sup tan tanh varinjlim varliminf varlimsup varprojlim
    bmod mod pmod pod dots dotsb dotsc dotsi dotsm dotso ldots cdots ddots vdots colon ne le ge to gets
    lvert rvert lVert rVert lbrace rbrace backslash centerdot varnothing
    quad qquad enspace thickspace negthinspace negmedspace negthickspace phantom hphantom vphantom smash
    boxed hline nonumber notag
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
_SIGNS = frozenset("\\,;:!>{}|#$%&_ ")
_ENVIRONMENTS = frozenset(
    """
    matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases aligned alignedat gathered split align
    alignat gather multline equation eqnarray flalign subarray
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
_TOKEN = re.compile(
    r"\\(?P<end>begin|end)\s*\{(?P<environment>[a-zA-Z]*)\*?\}|\\(?P<command>[a-zA-Z]+|.|\Z)|(?P<sign>[$%#]|\^\^|[{}])",
    re.DOTALL,
)


def refused_formulas(document: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """The formulas that may not stand, with the reason; they are shown as they were written."""
    for formula in [*document.findall(nodes.math), *document.findall(nodes.math_block)]:
        text = formula.astext()
        reason = _refusal(text)
        if reason:
            yield formula, reason
            is_inline = isinstance(formula, nodes.math)
            formula.parent.replace(formula, (nodes.literal if is_inline else nodes.literal_block)(text, text))


def _refusal(formula: str) -> str:
    depth = 0
    for token in _TOKEN.finditer(formula):
        environment, command, sign = token["environment"], token["command"], token["sign"]
        if environment is not None and environment not in _ENVIRONMENTS:
            return f'The environment "{environment}" may not be used in fragments.'
        if command is not None and command not in _SIGNS and command not in _known_commands():
            return f'The command "\\{command}" of TeX may not be used in fragments.'
        if sign in ("{", "}"):
            depth += 1 if sign == "{" else -1
        elif sign is not None:
            return f'a formula may not have "{sign}"'
        if depth < 0:
            break
    return "a formula must have as many closing braces as opening ones" if depth else ""


@cache
def _known_commands() -> frozenset[str]:
    names = {name for table in _TABLES for name in getattr(tex2unichar, table, ()) if name.isalpha()}
    return frozenset(names) | _COMMANDS
