"""Formulas of fragments: TeX sets each one that is allowed, and all others are shown as text."""

from __future__ import annotations

import time

import pytest
from doctree.texts import parse
from extension.building import Project, empty_project
from extension.outputs import make_pdf, pdf_words

#: Formulas within a line.
ALLOWED = (
    *("x", "a + b = c", r"\alpha_1^2", "x'", "x''_2", r"\frac{a}{b}", r"\frac12", r"\frac\alpha\beta", r"\sqrt{x}"),
    *(
        r"\sqrt[3]{x}",
        r"\left( x \middle| y \right)",
        r"\left. x \right\rangle",
        r"\big( x \Bigr]",
        r"\sum\limits_{i=1}^n i",
    ),
    *(r"\text{if } x", r"x_\mathrm{max}", r"x^\text{up}", r"\mbox{a}", r"\lim_{x \to 0} f(x)", r"\binom{n}{k}"),
    *(r"\begin{matrix} a & b \\ c & d \end{matrix}", r"\left(\begin{array}{l|cr} a & b & c \end{array}\right)"),
    *(
        r"\begin{cases} a & b \\ c & d \end{cases}",
        r"\overset{!}{=}",
        r"\hat{x}",
        r"\operatorname{lcm}(a, b)",
        r"\mathbb{R}",
    ),
    *(
        r"\begin{array}{c} \hline a \\ \hline b \end{array}",
        r"\begin{alignedat}{2} a & b \end{alignedat}",
        r"a \pmod{3}",
    ),
    *(
        r"\sum_{\substack{a \\ b}} c",
        r"\begin{pmatrix} 1 \end{pmatrix}",
        r"{}^2 x",
        r"\{ x \}",
        r"a \not= b",
        r"{\rm x}",
    ),
    *(r"\sqrt{" * 5 + "x" + "}" * 5, r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\xrightarrow[a]{b}"),
)
#: Formulas of their own, which Sphinx puts into an environment.
BLOCKS = (r"a &= b \\ c &= d", "a\n\nb", "a &= b\n\nc &= d", "\\begin{matrix}\n a & b\n\\end{matrix}")
#: Formulas without that.
UNWRAPPED = (
    r"\begin{align} a &= b \\ c &= d \end{align}",
    r"\begin{gather*} a \\ b \end{gather*}",
    r"\begin{alignat}{2} a & b & c & d \end{alignat}",
    r"\begin{equation} \begin{split} a &= b \end{split} \end{equation}",
    r"\begin{eqnarray} a & = & b \end{eqnarray}",
)
REFUSED = (
    # what TeX or MathJax would do forever, or run out of memory with
    *(r"\begin{array}{*{99999999}{c}} a \end{array}", r"\begin{alignat}{99999999} a \end{alignat}"),
    *(r"\begin{alignedat}{99999999} a \end{alignedat}", r"\sqrt{" * 250 + "x" + "}" * 250, "{" * 30 + "}" * 30),
    *(r"\left(" * 30 + r"\right)" * 30, r"\begin{matrix}" * 20 + r"\end{matrix}" * 20, "x+" * 1001),
    *(r"\begin{array}{" + "c" * 11 + "} a \\end{array}", r"\begin{array}{>{\input{x}}c} a \end{array}"),
    *(
        r"\begin{array}{p{9999999cm}} a \end{array}",
        r"\begin{array}{@{x}c} a \end{array}",
        r"\begin{array}{} a \end{array}",
    ),
    # scripts
    *(
        "x^2^3",
        "x_2_3",
        "x'^2",
        "x^2'",
        "' '",
        "x^",
        "x_",
        "^",
        "x^}",
        r"x^\frac12",
        r"x_\sum",
        r"x^\mbox{a}",
        "x^~",
        "x^&",
    ),
    # arguments
    *(r"\frac", r"\frac{a}", r"\frac a", r"\sqrt", r"\sqrt[3{x}", r"\sqrt[\alpha]{x}", r"\hat", r"\hat^", r"\text"),
    *(
        r"\text a",
        r"\text{a^b}",
        r"\text{\alpha}",
        r"\text{a",
        r"\binom{a}",
        r"\overset{a}",
        r"\sqrt\sqrt x",
        r"\mathbf",
    ),
    # delimiters
    *(r"\left(", r"\right)", r"\left( x", r"\left x \right y", r"\left( x \right", r"{\left( x} \right)", r"\big x"),
    *(r"\middle|", r"\left( {x \right)}", r"\bigl"),
    # braces, rows and environments
    *("{", "}", "a}{", "a & b", r"a \\ b", r"a \\[9999999cm] b", r"\hline", r"\begin{matrix} a", r"\end{matrix}"),
    *(
        r"\begin{matrix} a \end{pmatrix}",
        r"\begin{cases} a & b & c \end{cases}",
        r"\begin{matrix} a \hline \end{matrix}",
    ),
    *(r"\begin{array}{c} a & b \end{array}", r"\begin{array} a \end{array}", r"{\begin{matrix} a \end{matrix}}"),
    *(
        r"\begin{aligned}[t] a \end{aligned}",
        r"\begin{matrix}" + "&" * 10 + r"\end{matrix}",
        r"\begin{matrix} \\* a \end{matrix}",
    ),
    *(r"\begin{array}{c} a \hline \end{array}", r"\begin{subarray}{cc} a & b \end{subarray}", r"\substack{a \\ b}"),
    # environments of a whole formula within another
    *(r"\begin{align} a \end{align}", r"\begin{equation} a \end{equation}", r"\begin{split} a \end{split}"),
    *(r"\begin{gather*} a \end{gather*}", r"\begin{eqnarray} a \end{eqnarray}", r"\notag", r"\limits", r"a \limits b"),
    # commands that make others, or that TeX does not know
    *(r"\def\x{y}", r"\let\x y", r"\newcommand{\x}{y}", r"\over", r"\bm{x}", r"\mathscr{L}", r"\oiint", r"\x"),
)
REFUSED_UNWRAPPED = (
    *(
        "a",
        r"\begin{align} a",
        r"\begin{align} a \end{gather}",
        r"\begin{matrix} a \end{matrix}",
        r"a \begin{align} b \end{align}",
    ),
    *(
        r"\begin{align} a \end{align} b",
        r"\begin{align} a \end{align} \begin{align} b \end{align}",
        r"\begin{multline} a & b \end{multline}",
    ),
    *(
        r"\begin{alignat} a \end{alignat}",
        r"\begin{alignat}{6} a \end{alignat}",
        "\\begin{align}\n a\n\n b\n\\end{align}",
    ),
    *(r"\begin{equation} a \\ b \end{equation}", r"\begin{align} \begin{split} a \end{split} \end{align}"),
)
REFUSED_BLOCKS = (
    r"a & b & c",
    r"a \right)",
    "a\n\n[b]",
    r"\begin{split} a \end{split}",
    "{a\n\nb}",
    r"\begin{align} a \end{align}",
)


def inline(formula: str) -> str:
    return f"The formula :math:`{formula}` is here."


def block(formula: str, option: str = "") -> str:
    body = "".join(f"   {line}\n" if line else "\n" for line in formula.split("\n"))
    return f".. math::\n{option}\n{body}"


def unwrapped(formula: str) -> str:
    return block(formula, "   :nowrap:\n")


GOOD = [*map(inline, ALLOWED), *map(block, BLOCKS), *map(unwrapped, UNWRAPPED)]
BAD = [*map(inline, REFUSED), *map(block, REFUSED_BLOCKS), *map(unwrapped, REFUSED_UNWRAPPED)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with a fragment that has all formulas."""
    project = empty_project(tmp_path_factory.mktemp("formulas") / "src", "digest_archives = []\n")
    project.write("index.rst", "Index\n=====\n\n.. toctree::\n\n   digests/index\n")
    lines = [
        f"  - title: Formula {number}\n    text: |\n" + "".join(f"      {line}\n" for line in text.split("\n"))
        for number, text in enumerate([*GOOD, *BAD])
    ]
    project.fragment("formulas-1", "date: 2015-12-01\nstories:\n" + "".join(lines))
    return project


@pytest.mark.parametrize("formula", [*ALLOWED, *REFUSED])
def test_a_formula_in_a_line(formula: str) -> None:
    nodes, problems = parse(inline(formula))
    assert ("<math>" in nodes) == (formula in ALLOWED), problems
    assert len(problems) == (formula not in ALLOWED)


def test_formulas_of_a_build_are_refused_or_kept(project: Project) -> None:
    start = time.process_time()
    build = project.build("latex")
    assert time.process_time() - start < 30
    found = [line for line in build.warnings if "formulas-" in line]
    assert len(found) == len(BAD), found
    assert build.text("test.tex").count(r"\(") == len(ALLOWED)


def test_tex_sets_them(project: Project) -> None:
    """TeX stops at the first mistake, so a PDF proves that it sets all formulas."""
    build = project.build("latex")
    make_pdf(build.outdir)
    words = pdf_words(build.outdir / "test.pdf")
    assert f"Formula {len(GOOD) + len(BAD) - 1}" in words
    assert r"\begin{array}{*{99999999}{c}}" in words.replace("\n", "")
