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

from sphinxext.digest.doctree.formula_structure import StructureError, check_block, check_inline

_TABLES = (
    *("mathaccent", "mathalpha", "mathbin", "mathclose", "mathfence", "mathop", "mathopen", "mathord", "mathover"),
    *("mathpunct", "mathrel", "mathunder", "space"),
)
#: What docutils has no table of: structure, fonts, sizes, functions.
_COMMANDS = frozenset(
    """
    frac cfrac dfrac tfrac binom dbinom tbinom sqrt substack stackrel overset underset
    left middle right big Big bigg Bigg bigl Bigl biggl Biggl bigm Bigm biggm Biggm bigr Bigr biggr Biggr
    overline underline overbrace underbrace overleftarrow overrightarrow overleftrightarrow underleftarrow
    underrightarrow underleftrightarrow widehat widetilde xleftarrow xrightarrow tilde vec
    text textrm textbf textit textsf texttt textnormal mbox
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol rm bf it
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
#: Of docutils' tables, the commands that no package defines which Sphinx loads for LaTeX.
_UNKNOWN_TO_TEX = frozenset(
    """
    AC APLcomment APLdownarrowbox APLinput APLinv APLleftarrowbox APLlog APLrightarrowbox APLuparrowbox Aries Bot
    CIRCLE CheckedBox Circle Coloneqq Diamondblack Diamonddot Gemini Jupiter LEFTCIRCLE LEFTcircle LHD Lbag Leo
    Libra Longmapsfrom Longmapsto Mapsfrom Mapsto Mars Mercury Nearrow Neptune Nwarrow Perp Pluto RHD RIGHTCIRCLE
    RIGHTcircle Rbag Saturn Scorpio Searrow Square Sun Swarrow Taurus Top Uranus VDash Venus XBox Yup apprge
    apprle aquarius aries barin barleftharpoon barrightharpoon biginterleave bigsqcap bindnasrepma blacksmiley
    blacktriangleup boxast boxbar boxbox boxbslash boxcircle boxslash boy cancer capricornus cent circledbslash
    circledgtr circledless coloneq coloneqq corresponds diameter dlsh downdownharpoons downuparrows
    downupharpoons drsh earth eqcolon eqqcolon fatsemi female fint fourth frownie gemini ggcurly girl hash iddots
    interleave invamp invdiameter invneg jupiter lbag leftarrowtriangle leftbarharpoon leftleftharpoons leftmoon
    leftrightarrowtriangle leftrightharpoon leftslice leftsquigarrow leftturn leo libra lightning llbracket
    llcurly llparenthesis longmapsfrom lrtimes male mapsfrom mathbfit mathcent mathscr mathsfit medbullet medcirc
    mercury multimapboth multimapdotbothA multimapdotbothB multimapinv neptune ngtrless nlessgtr notasymp
    notbackslash notni notowner notslash nsimeq oiiint oiint ointctrclockwise pisces pluto preceqq quarternote
    rbag rightarrowtriangle rightbarharpoon rightleftharpoon rightmoon rightrightharpoons rightslice rightturn
    rrbracket rrparenthesis sagittarius saturn scorpio second smalltriangledown smalltriangleleft
    smalltriangleright smiley spddot sphat sptilde sqint sslash strictfi strictif succeqq sun talloblong taurus
    third twonotes underbar updownarrows updownharpoons upupharpoons uranus varEarth varclubsuit vardiamondsuit
    varheartsuit varointclockwise varprod varspadesuit virgo wasylozenge wasytherefore wideparen
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
#: How many characters a formula may have.
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
        if command is not None and command not in _SIGNS and command not in _known_commands():
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


@cache
def _known_commands() -> frozenset[str]:
    names = {name for table in _TABLES for name in getattr(tex2unichar, table, ()) if name.isalpha()}
    return (frozenset(names) | _COMMANDS) - _UNKNOWN_TO_TEX
