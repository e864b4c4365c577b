"""The guard of markup in fragments."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import docutils
import pytest
from docutils.frontend import get_default_settings
from docutils.nodes import Node, literal_block, system_message
from docutils.parsers.rst import Directive, Parser, directives, languages, roles
from docutils.utils import new_document

from sphinxext.digest.doctree.guard import HARMLESS_DIRECTIVES, Guard, guarded_names
from sphinxext.digest.doctree.limits import Budget, FoundRole, has_large_table, limited, limited_role
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.sanitize import ForeignCode

from .texts import literal, parse

NEEDS_LOADING = pytest.mark.skipif(docutils.__version_info__ < (0, 21), reason="docutils 0.21 brought this option")
#: Directives of docutils and Sphinx that read something, run something, or change the rest of the page or project.
FORBIDDEN = (
    *("raw", "include", "literalinclude", "only", "ifconfig", "toctree", "index", "glossary", "default-domain"),
    *("automodule", "autoclass", "autosummary", "graphviz", "inheritance-diagram", "plot", "runblock", "exec"),
    *("role", "default-role", "class", "meta", "title", "date", "contents", "sectnum", "header", "footer"),
    *("restructuredtext-test-directive", "target-notes", "highlight", "currentmodule", "py:function", "function"),
    *("digest", "digest-collection", "successbot", "countdown", "thread-summary", "release-notes", "eval-rst"),
    *("tabularcolumns", "sectionauthor", "codeauthor", "object", "productionlist", "centered", "topic", "sidebar"),
)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_directive_that_is_not_known_to_be_harmless_is_forbidden(name: str) -> None:
    source = f".. {name}:: argument\n   :option: value\n\n   content"
    nodes, problems = parse(f"Before.\n\n{source}\n\nAfter.")
    assert problems == [f'3:1: rst-forbidden The directive "{name}" may not be used in fragments.']
    assert f".. {name}:: argument" in nodes
    assert "Before." in nodes
    assert "After." in nodes


@pytest.mark.parametrize("name", ["RAW", "Include", "oNLy"])
def test_names_are_compared_as_docutils_does_it(name: str) -> None:
    assert parse(f".. {name}:: html\n\n   x")[1] == [
        f'1:1: rst-forbidden The directive "{name}" may not be used in fragments.'
    ]
    assert parse(f":{name}:`x`", Guard())[1] == (
        [f'1:1: rst-forbidden The role "{name}" may not be used in fragments.'] if name == "RAW" else []
    )


@pytest.mark.parametrize("name", sorted(HARMLESS_DIRECTIVES - {"replace", "unicode"}))
def test_a_harmless_directive_is_allowed(name: str) -> None:
    content = {
        "image": "",
        "figure": "\n\n   Caption",
        "table": "\n\n   == ==\n   a  b\n   == ==",
        "list-table": "\n\n   * - a\n     - b",
        "csv-table": "\n\n   a, b",
        "rubric": "",
        "line-block": "\n\n   content",
    }.get(name, "\n\n   content")
    argument = {
        **dict.fromkeys(("image", "figure"), " a.png"),
        **dict.fromkeys(("rubric", "versionadded", "admonition", "container"), " argument"),
    }.get(name, "")
    nodes, problems = parse(f".. {name}::{argument}{content}")
    assert problems == []
    assert "may not" not in nodes


def test_replacements_may_have_directives() -> None:
    nodes, problems = parse("|a| |b| |c|\n\n.. |a| replace:: *x*\n.. |b| unicode:: 0xA9\n.. |c| image:: c.png")
    assert problems == []
    assert nodes == ('<paragraph>\n    <emphasis>\n        x\n     \n    ©\n     \n    <image alt="c" uri="c.png">\n')


@pytest.mark.parametrize("role", ["download", "raw"])
def test_a_role_that_inserts_is_forbidden(role: str) -> None:
    nodes, problems = parse(f"A :{role}:`word` here.")
    assert problems == [f'1:1: rst-forbidden The role "{role}" may not be used in fragments.']
    assert nodes == "<paragraph>\n    A \n    <literal>\n        word\n     here.\n"


def test_a_role_cannot_be_made_of_another() -> None:
    _, problems = parse(".. role:: html(raw)\n   :format: html\n\n:html:`<b>`")
    assert problems == ['1:1: rst-forbidden The directive "role" may not be used in fragments.']
    _, problems = parse(".. default-role:: raw\n\n`<b>`")
    assert problems == ['1:1: rst-forbidden The directive "default-role" may not be used in fragments.']


@pytest.mark.parametrize(
    ("guard", "allowed"),
    [
        (Guard(), set()),
        (Guard(raw=True), {"raw"}),
        (Guard(file_insertion=True), {"include", "literalinclude"}),
        (Guard(frozenset({"only", "raw"})), {"only", "raw"}),
    ],
)
def test_options_allow_more(guard: Guard, allowed: set[str]) -> None:
    assert {name for name in FORBIDDEN if guard.allows_directive(name)} == allowed


def test_options_allow_roles() -> None:
    assert not Guard().allows_role("download")
    assert Guard(file_insertion=True).allows_role("download")
    assert not Guard(file_insertion=True).allows_role("raw")
    assert Guard(raw=True).allows_role("raw")
    assert Guard().allows_role("ref")


def test_a_directive_that_is_allowed_by_name_still_may_not_insert_what_is_raw() -> None:
    _, problems = parse(".. raw:: html\n\n   <b>", Guard(frozenset({"raw"})))
    assert problems == ['1:1: rst-forbidden "raw" directive disabled.']
    _, problems = parse(".. include:: /etc/hostname", Guard(frozenset({"include"})))
    assert problems == ['1:1: rst-forbidden "include" directive disabled.']


@pytest.mark.parametrize(
    "target",
    [
        *("javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", "vbscript:x", "data:text/html,x"),
        *("file:///etc/passwd", "ftp://example.org/x", "view-source:x", "blob:x", "about:blank", "jar:x", "tel:112"),
    ],
)
def test_links_lead_to_some_schemes_only(target: str) -> None:
    scheme = target.lower().replace("\n", "").partition(":")[0]
    message = f"bad-url links may not lead to '{scheme}:', only to http, https, mailto, ircs, matrix"
    if "\n" not in target:
        for text in (f"`x <{target}>`__", f"`x <{target}>`_", f"x_\n\n.. _x: {target}", f"x__\n\n__ {target}"):
            nodes, problems = parse(text)
            assert problems == [f"1:1: {message}"], text
            assert nodes == "<paragraph>\n    x\n", text
    nodes, problems = parse(f"`x <{target}>`__")
    assert problems == [f"1:1: {message}"]
    assert "refuri" not in nodes


@pytest.mark.parametrize("character", [chr(code) for code in (*range(1, 9), 11, 12, *range(14, 32))])
def test_what_browsers_leave_out_hides_no_scheme(character: str) -> None:
    for target in (f"{character}javascript:x", f"java{character}script:x", f"javascript{character}:x"):
        nodes, problems = parse(f"`y <{target}>`__")
        assert "refuri" not in nodes or "javascript" not in nodes.replace(character, ""), nodes
        assert problems


@pytest.mark.parametrize(
    "target",
    ["http://e.org/", "HTTPS://e.org/", "mailto:a@e.org", "ircs://e.org/x", "matrix:r/x:e.org", "page.html", "#x"],
)
def test_links_may_lead_to_the_rest(target: str) -> None:
    nodes, problems = parse(f"`x <{target}>`__")
    assert problems == []
    assert f'refuri="{target}"' in nodes


@pytest.mark.parametrize(
    "uri",
    [
        *("../a.png", "a/../../b.png", "/../a.png", "..", "//etc/a.png", "///etc/a.png", "..\\\\a.png"),
        *("file:///a.png", "data:image/png;base64,AA==", "ftp://e.org/a.png", "C:/a.png", "javascript:x"),
    ],
)
def test_pictures_are_on_the_web_or_in_the_documentation(uri: str) -> None:
    shown = uri.replace("\\\\", "\\")
    for source in (f".. image:: {uri}", f".. figure:: {uri}", f"|x|\n\n.. |x| image:: {uri}"):
        nodes, problems = parse(source)
        message = f"rst the picture '{shown}' is neither on the web nor in the documentation's folder"
        # of a replacement docutils may tell where it is used
        assert [problem.partition(": ")[2] for problem in problems] == [message], source
        assert "<image" not in nodes


@pytest.mark.parametrize("uri", ["a.png", "/a/b.png", "a..b.png", "http://e.org/a.png", "https://e.org/../a"])
def test_other_pictures_stay(uri: str) -> None:
    nodes, problems = parse(f".. image:: {uri}")
    if ".." in uri.split("/"):
        assert len(problems) == 1
    else:
        assert problems == []
        assert nodes == f'<image uri="{uri}">\n'


def test_roles_of_a_text_are_not_known_in_another() -> None:
    guard = Guard(frozenset({"role", "default-role"}))
    before = dict(roles._roles)
    source = ".. role:: loud(strong)\n.. default-role:: strong\n\n:loud:`a` `b` :sup:`c` :index:`d`"
    nodes, problems = parse(source, guard)
    assert problems == []
    assert nodes.count("<strong") == 2
    assert roles._roles == before
    nodes, problems = parse("`b` :loud:`a`", guard)
    assert "<strong" not in nodes


def test_names_are_guarded_only_while_a_text_is_parsed() -> None:
    before = directives.directive, roles.role
    with pytest.raises(ZeroDivisionError), guarded_names(Guard(), with_sphinx=False):
        assert (directives.directive, roles.role) != before
        raise ZeroDivisionError
    assert (directives.directive, roles.role) == before


@pytest.mark.parametrize(
    "source",
    [
        ".. parsed-literal::\n   :class: {}\n\n   x",
        ".. container:: {}\n\n   x",
        ".. note::\n   :class: {}\n\n   x",
        ".. admonition:: Title\n   :class: {}\n\n   x",
        ".. image:: a.png\n   :class: {}",
        ".. figure:: a.png\n   :figclass: {}\n\n   x",
        ".. list-table::\n   :class: {}\n\n   * - a",
        ".. csv-table::\n   :class: {}\n\n   a",
        ".. rubric:: x\n   :class: {}",
        ".. compound::\n   :class: {}\n\n   x",
        ".. line-block::\n   :class: {}\n\n   x",
        ".. epigraph::\n\n   .. tip::\n      :class: {}\n\n      x",
        "|x|\n\n.. |x| image:: a.png\n   :class: {}",
    ],
)
def test_classes_that_programs_act_on_are_dropped(source: str) -> None:
    """Scripts and themes find what they change by its classes."""
    names = "math tex2jax_process mathjax_process MathJax sd-card toctree-wrapper headerlink digest-nick no-search"
    nodes, problems = parse(source.format(f"{names} align-center copybutton"))
    assert problems == []
    assert not {name for name in (*names.lower().split(), "copybutton", "tex2jax-process") if name in nodes}
    # classes of layout are kept
    assert "align-center" in nodes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (":width: 99999px", "a size"),
        (":width: 101cm", "at most 100cm"),
        (":width: 101%", "at most 100%"),
        (":width: 4000px", ""),
        (":width: 100%", ""),
        (":height: 101em", "at most 100em"),
        (":scale: 401", "at most 400"),
        (":scale: 400", ""),
        (":figwidth: image", "a size"),
        (":figwidth: 999999px", "a size"),
        (":figwidth: 50%", ""),
        pytest.param(":loading: embed", "embed", marks=NEEDS_LOADING),
        pytest.param(":loading: lazy", "", marks=NEEDS_LOADING),
        pytest.param(":loading: link", "", marks=NEEDS_LOADING),
    ],
)
def test_sizes_are_those_that_fit_on_paper(options: str, message: str) -> None:
    nodes, problems = parse(f".. figure:: a.png\n   {options}\n\n   x")
    assert len(problems) == bool(message)
    assert message in "".join(problems)
    assert ("<figure" in nodes) == (not message)


@pytest.mark.parametrize("option", ["header-rows", "stub-columns", "widths"])
def test_numbers_of_tables_are_small(option: str) -> None:
    # docutils itself says what is wrong with the smaller number
    for number, is_refused in (("99999", True), ("9999", False)):
        _, problems = parse(f".. list-table::\n   :{option}: {number}\n\n   * - a")
        assert ("more than 4 digits" in "".join(problems)) == is_refused


def test_a_directive_that_fails_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Directive):
        has_content = True

        def run(self) -> list[Node]:
            raise KeyError("no such thing")

    monkeypatch.setitem(directives._directives, "failing", Failing)
    nodes, problems = parse("Before.\n\n.. failing::\n\n   content", Guard(frozenset({"failing"})))
    assert problems == ["3:1: rst The directive \"failing\" cannot be used like this (KeyError: 'no such thing')"]
    assert "Before." in nodes
    assert "content" in nodes


@pytest.mark.parametrize("scheme", ["git+ssh", "x+javascript", "x.y", "x-y"])
def test_schemes_have_signs(scheme: str) -> None:
    nodes, problems = parse(f"`x <{scheme}://e.org/a>`__")
    assert problems == [f"1:1: bad-url links may not lead to '{scheme}:', only to http, https, mailto, ircs, matrix"]
    nodes, problems = parse(f".. image:: {scheme}://e.org/a.png")
    assert "is neither on the web" in problems[0]
    assert "<image" not in nodes


def test_upper_case_in_texts_of_others() -> None:
    nodes, problems = parse(".. CSV-Table::\n\n   x, y", Guard(foreign=True))
    assert problems == []
    assert nodes.startswith("<table>")


def test_code_of_others_is_no_code_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code in an unknown language causes no warning of the build's own directive."""

    class CodeOfBuild(ForeignCode):
        __module__ = "sphinx.directives.code"

    monkeypatch.setitem(directives._directives, "code-block", CodeOfBuild)
    for guard, expected in ((Guard(), CodeOfBuild), (Guard(foreign=True), ForeignCode)):
        with guarded_names(guard, with_sphinx=True):
            found, _messages = directives.directive("code-block", languages.get_language("en"), new_document("f"))
        assert found.__bases__ == (expected,)


def test_files_of_pictures_are_asked_for() -> None:
    """Pictures in the documentation's folder are allowed, unless something else is wrong with them."""
    asked: list[str] = []

    def refusal_of_picture(path: str) -> str:
        asked.append(path)
        return "is a secret" if path == "b.png" else ""

    parser = TextParser(Guard(), refusal_of_picture=refusal_of_picture)
    text = "".join(f".. image:: {uri}\n\n" for uri in ("a.png", "b.png", "https://e.org/b.png", "../b.png", "b.exe"))
    blocks = parser.blocks(literal(text), "f", "n")
    assert asked == ["a.png", "b.png"]
    assert [problem.message.partition("' ")[2] for problem in parser.problems][:2] == [
        "is a secret", "is neither on the web nor in the documentation's folder",
    ]  # fmt: skip
    assert [block.tagname for block in blocks] == ["image", "paragraph", "image", "paragraph", "paragraph"]


@pytest.mark.parametrize("first", ["role", "base"])
def test_raw_is_found_behind_another_name(first: str) -> None:
    """Should docutils ever insert what is raw where its settings forbid it."""
    raw: Any = roles.raw_role
    for _ in range(2 if first == "base" else 0):
        raw = roles.CustomRole("html", raw, {"format": "html"}, [])
    assert not Guard(roles=frozenset({"html"})).allows_found_role("html", FoundRole.of(raw, {}))
    assert Guard(raw=True).allows_found_role("html", FoundRole.of(raw, {}))


def test_a_role_that_copies_is_found_behind_another_name() -> None:
    class Copies:
        nodeclass = type("download_reference", (), {})

    role = roles.CustomRole("get", roles.CustomRole("copy", Copies(), {}, []), {}, [])
    named = frozenset({"get"})
    assert not Guard(roles=named).allows_found_role("get", FoundRole.of(role, {}))
    assert Guard(file_insertion=True).allows_found_role("get", FoundRole.of(role, {}))


def test_a_role_that_imports_can_be_named() -> None:
    assert parse(":autolink:`os`")[1] == ['1:1: rst-forbidden The role "autolink" may not be used in fragments.']
    assert parse(":autolink:`os`", Guard(roles=frozenset({"autolink"})))[1] == []


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        (":cpp:func:`f(a<b<c>>)`", False),
        (":cpp:func:`f(a<b<c<d>>>)`", True),
        (":cpp:func:`(((( <f>`", False),
        (":cpp:func:`f <((((>`", True),
        (f":c:expr:`{'a' * 100}`", False),
        (f":c:expr:`{'a' * 101}`", True),
        (f":py:func:`{'(' * 99}`", False),
        (f":py:func:`{'a' * 1000}`", False),
        (f":py:func:`{'a' * 1001}`", True),
        (f":any:`{'(' * 4}`", True),
        (":cpp:func:`a(b(` " * 20, False),
        (":cpp:func:`a(b(` " * 21, True),
        (":cpp:func:`a(` " * 99, False),
    ],
)
def test_what_domains_parse_is_short(text: str, is_refused: bool) -> None:
    problems = parse(text)[1]
    assert len(problems) == is_refused
    assert all(problem.endswith("it is shown as it is written") for problem in problems)


def test_a_file_may_use_all_that_it_has() -> None:
    for lines, marks in ((2_500, 20_000), (0, 0)):
        budget = Budget()
        assert budget.allows_text(lines, marks)
        assert budget.allows_text(2_500 - lines, 20_000 - marks)
        assert budget.allows_text(0, 0)
    assert not Budget().allows_text(2_501, 0)
    assert not Budget().allows_text(0, 20_001)


def test_a_file_has_a_limit_of_markup() -> None:
    parser = TextParser(Guard())
    for number in range(5):
        assert parser.blocks(literal("* a\n" * 500), "f", f"a{number}")[0].tagname == "bullet_list"
    assert parser.problems == []
    (block,) = parser.blocks(literal("* a"), "f", "b")
    assert block.tagname == "literal_block"
    assert [str(problem) for problem in parser.problems] == [
        "f:1:1: rst the file has more than 2,500 lines, or 20,000 marks, of markup"
    ]
    # other files have limits of their own, and text without markup has none
    assert parser.blocks(literal("* a"), "g", "b")[0].tagname == "bullet_list"
    assert parser.blocks(literal("a"), "f", "c")[0].tagname == "paragraph"


def test_a_file_has_a_limit_of_marks() -> None:
    parser = TextParser(Guard())
    for number in range(11):
        parser.blocks(literal("*a* " * 950), "f", f"a{number}")
    assert len(parser.problems) == 1


@pytest.mark.parametrize(
    ("table", "is_refused"),
    [
        ("== " * 50 + "\n" + "a  " * 50 + "\n" + "== " * 50, False),
        ("== " * 51 + "\n" + "a  " * 51 + "\n" + "== " * 51, True),
        ("+-" * 50 + "+\n" + "|a" * 50 + "|\n" + "+-" * 50 + "+", False),
        ("+-" * 51 + "+\n" + "|a" * 51 + "|\n" + "+-" * 51 + "+", True),
        ("=== " * 5 + "\n" + ("a   " * 5 + "\n") * 1998 + "=== " * 5, False),
        ("=== " * 5 + "\n" + ("a   " * 5 + "\n") * 1999 + "=== " * 5, True),
        (".. csv-table::\n\n   " + "a," * 1999 + "a\n   " + "a," * 1999 + "a", False),
        (".. csv-table::\n\n   " + "a," * 1999 + "a\n   " + "a," * 2000 + "a", True),
        (".. csv-table::\n   :delim: ;\n\n   " + "a;" * 4000, True),
    ],
)
def test_tables_have_a_limit_of_cells(table: str, is_refused: bool) -> None:
    nodes, problems = parse(table)
    assert len(problems) == is_refused, problems
    assert ("<table" in nodes) == (not is_refused)


@pytest.mark.parametrize("unit", ["=", "= ", "+", "+-", "+=", "-", " ", "+-+ ", "=\n"])
def test_looking_for_tables_takes_no_time(unit: str) -> None:
    start = time.process_time()
    has_large_table(unit * 500_000, 1)
    assert time.process_time() - start < 5


class Echo(Directive):
    """Shows its options and arguments as they come to a directive."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = dict.fromkeys(("label", "class", "columns", "width"), directives.unchanged)

    def run(self) -> list[Node]:
        if "fail" in self.content:
            raise self.warning("of its own")
        return [literal_block("", f"{self.arguments} {sorted(self.options.items())}")]


def shown_by(name: str, source: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    monkeypatch.setitem(directives._directives, name, Echo)
    with guarded_names(Guard(frozenset({name})), with_sphinx=True):
        document = new_document("f", get_default_settings(Parser))
        document.reporter.stream = None
        document.reporter.report_level = 5
        Parser().parse(source, document)
    found = [node.astext() for node in document.findall(system_message)]
    return "".join(node.astext() for node in document.findall(literal_block) if not found), found


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        # the whole project would know the label
        ("math", "\n   :label: here", "[] [('label', None)]"),
        ("Math", "", "[] [('label', None)]"),
        ("other", "\n   :label: here", "[] [('label', 'here')]"),
        ("container", " align-left searchbox booktabs", "['align-left booktabs'] []"),
        ("container", " searchbox", "[] []"),
        ("other", " searchbox", "['searchbox'] []"),
        ("other", "\n   :columns: 100", "[] [('columns', 100)]"),
        ("other", "\n   :columns: 1", "[] [('columns', 1)]"),
        ("other", "\n   :width: 100mm", "[] [('width', '100mm')]"),
        ("other", "\n   :width: 9999", "[] [('width', '9999')]"),
        ("other", "\n   :width: 9999pt", "[] [('width', '9999pt')]"),
    ],
)
def test_what_a_directive_is_given(name: str, source: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_by(name.lower(), f".. {name}::{source}\n", monkeypatch) == (expected, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("   :columns: 101", "must be between 1 and 100"),
        ("   :columns: 0", "must be between 1 and 100"),
        ("   :columns: x", "invalid"),
        ("   :width: 101in", "must be at most 100in"),
        ("   :width: 10000", "not a size"),
        # it is none that only some directives have
        ("   :scale: 3", "unknown option"),
        # what a directive itself complains of stays
        ("\n   fail", "of its own"),
    ],
)
def test_what_a_directive_is_not_given(source: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, (problem,) = shown_by("other", f".. other::\n{source}\n", monkeypatch)
    assert shown == ""
    assert expected in problem
    assert "cannot be used" not in problem


def test_a_role_that_fails_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: object, **_options: object) -> tuple[list[Node], list[Node]]:
        raise LookupError("no such thing")

    monkeypatch.setitem(roles._roles, "failing", failing)
    nodes, problems = parse("One.\n\nTwo :failing:`a \\* b` end.", Guard(roles=frozenset({"failing"})))
    assert problems == ['3:1: rst The role "failing" cannot be used like this (LookupError: no such thing)']
    assert nodes.count("<literal>") == 1
    assert "end." in nodes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f":py:func:`{'a' * 1001}`", "more than 1,000 characters:"),
        (f":c:expr:`{'a' * 101}`", "more than 100 characters of code:"),
    ],
)
def test_a_role_that_is_refused_says_why(text: str, reason: str) -> None:
    (problem,) = parse(text)[1]
    assert problem.endswith(f'" has {reason} it is shown as it is written')


def test_a_role_that_is_refused_shows_its_words() -> None:
    nodes, problems = parse(r"See :cpp:func:`f((((\*x` end.")
    assert [problem.partition(" ")[2] for problem in problems] == [
        'rst The text of the role "cpp:func" has too many brackets: it is shown as it is written'
    ]
    assert "<literal>\n        f((((*x\n" in nodes


def test_a_role_that_no_build_knows_is_unknown() -> None:
    """A build knows the role; without one it becomes its text."""
    for with_sphinx in (True, False):
        with guarded_names(Guard(), with_sphinx=with_sphinx):
            document = new_document("f")
            document.reporter.report_level = 5
            found, _messages = roles.role("nowhere", languages.get_language("en"), 1, document.reporter)
        assert (found is None) is with_sphinx


def test_what_is_limited_keeps_what_docutils_asks_of_it() -> None:
    def role(*_arguments: object, **_options: object) -> tuple[list[Node], list[Node]]:
        return [], []

    for other in (None, list):
        assert limited("other", other) is other
    role.options = {"class": directives.class_option}  # type: ignore[attr-defined]
    found = limited_role(role, Budget(), parses_code=False)
    assert found.options is role.options  # type: ignore[attr-defined]
    assert FoundRole.of(found, {}).function is role
