"""``sphinx-digest release-notes lint``, and ``sphinx-digest lint`` where a project has release notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("reno")

from .conftest import Run
from .releases import CONFIG, NOTES, write_note

ONE, TWO, THREE = (f"{name}-000000000000000{number}" for number, name in enumerate(("one", "two", "three"), 1))


def at(name: str) -> str:
    return f"{NOTES.as_posix()}/{name}.yaml"


#: A note and what is wrong with it, without its path.
WRONG = {
    "syntax": ("fixes:\n  - 'x\n", ["3:1: yaml-syntax found unexpected end of stream while scanning a quoted scalar"]),
    "list": (
        "- x\n",
        ["1:1: wrong-type a release note must be a mapping of sections, such as 'fixes:', to lists of texts"],
    ),
    "nothing": (
        "",
        ["1:1: wrong-type a release note must be a mapping of sections, such as 'fixes:', to lists of texts"],
    ),
    "section": ("feature: [x]\n", ["1:1: unknown-section unknown section 'feature': did you mean 'features'?"]),
    "number": (
        "fixes:\n  - 404\n",
        [
            "2:5: wrong-type a note of the section 'fixes' is not a text, since YAML reads 404 as a number or another "
            "constant: add '|' or quotes"
        ],
    ),
    "mapping": (
        "fixes:\n  - Locks: they end\n",
        [
            "2:5: wrong-type a note of the section 'fixes' is a mapping instead of a text, since YAML reads 'Locks' "
            "as a key: add '|' or quotes"
        ],
    ),
    "key": ("fixes: [x]\nfixes: [y]\n", ["2:1: duplicate-key duplicate section 'fixes'; the one on line 1 is lost"]),
    "empty": (
        "prelude:\nfixes:\n  - ''\nupgrade:\n",
        [
            "1:9: empty-text the section 'prelude' is empty",
            "3:5: empty-text a note of the section 'fixes' is empty",
            "4:9: empty-text the section 'upgrade' is empty",
        ],
    ),
    "comment": (
        "fixes:\n  - See bug #13 of ours\n",
        ["2:13: yaml-comment ' #13' begins a comment, which is lost: put the whole text in quotes"],
    ),
    "rst": (
        "fixes:\n  - |\n    A list:\n\n    * *x\n",
        ["5:5: rst Inline emphasis start-string without end-string."],
    ),
    "role": (
        "fixes:\n  - See :clas:`x` and :py:clas:`y`.\n",
        [
            "2:5: rst Unknown interpreted text role \"clas\": did you mean 'class'?",
            "2:5: rst Unknown interpreted text role \"py:clas\": did you mean 'py:class'?",
        ],
    ),
    "directive": (
        "fixes:\n  - |\n    .. notte:: x\n",
        ["3:5: rst Unknown directive type \"notte\": did you mean 'note'?"],
    ),
    "target": ("fixes: [See there_.]\n", ['1:9: rst Unknown target name: "there".']),
    "substitution": ("fixes: [See |it|.]\n", ['1:9: rst Undefined substitution referenced: "it".']),
    "scheme": (
        "fixes: ['`x <javascript:x>`__']\n",
        ["1:10: bad-url links may not lead to 'javascript:', only to http, https, mailto, ircs, matrix"],
    ),
    "ends": (
        "fixes: [x]\r\n",
        ["1:11: line-ends the file has Windows line ends (CR LF): save it with line feeds (LF) alone"],
    ),
}


@pytest.mark.parametrize(("text", "problems"), WRONG.values(), ids=WRONG)
def test_problems(run: Run, project: Path, text: str, problems: list[str]) -> None:
    (project / NOTES).mkdir()
    (project / NOTES / f"{ONE}.yaml").write_bytes(text.encode())

    result = run("release-notes", "lint")

    assert result.lines == [f"{at(ONE)}:{problem}" for problem in problems]
    assert result.status == 1
    assert result.err.startswith("1 release note, ")


SOUND = [
    "prelude: A\nfixes: [See :ref:`x` of |version|., ':py:func:`x`']\nupgrade: One text.\n",
    "fixes:\n  - |\n    .. note:: x\n\n    .. versionadded:: 1.0\n\n    .. raw:: html\n\n       x\n",
    "fixes:\n  - |\n    .. literalinclude:: x\n  - |\n    .. include:: x\n",
    "fixes: ['`Bug Fixes`_ and `other <https://example.org>`_', other_]\n",
    "---\n# none is needed\n{}\n",
    "features: []\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_no_problems(run: Run, project: Path, text: str) -> None:
    write_note(project, ONE, text)

    assert run("release-notes", "lint") == run("release-notes", "lint", at(ONE))
    result = run("release-notes", "lint")
    assert (result.status, result.out, result.err) == (0, "", "1 release note, 0 problems\n")


def test_links_to_targets_of_other_notes(run: Run, project: Path) -> None:
    write_note(project, ONE, "fixes:\n  - |\n    x\n\n    ..  _`a page`: https://example.org\n")
    write_note(project, TWO, "fixes: ['See `a page`_.']\n")

    assert run("release-notes", "lint", at(TWO)).err == "1 release note, 0 problems\n"


def test_files(run: Run, project: Path) -> None:
    write_note(project, ONE, "fixes: [x]\n")
    write_note(project, "other-0000000000000001", "fixes: [x]\n")
    write_note(project, "old", "fixes: [x]\n")
    (project / NOTES / f"{TWO}.yml").touch()
    (project / NOTES / "1.0").mkdir()
    write_note(project, f"1.0/{THREE}", "fixs: [x]\n")

    result = run("release-notes", "lint")

    assert result.lines == [
        f"{at(f'1.0/{THREE}')}:1:1: unknown-section unknown section 'fixs': did you mean 'fixes'?",
        f"{at('old')}:1:1: file-name the name must end in '-' and 16 hexadecimal digits, by which a note is known "
        "when it is renamed",
        f"{at('other-0000000000000001')}:1:1: duplicate-identity {at(ONE)} has the same identity, 0000000000000001: "
        "give one of them another",
        f"{at(TWO)[:-5]}.yml:1:1: file-name the name must end in .yaml",
    ]
    assert result.err == "4 release notes, 4 problems\n"
    assert run("release-notes", "lint", NOTES / "1.0").err == "1 release note, 1 problem\n"


def test_configured_sections(run: Run, project: Path) -> None:
    (project / CONFIG).write_text("sections: [[api, API, 1]]\nprelude_section_name: summary\nfoo: 1\n")
    write_note(project, ONE, "summary: x\napi: [x]\nfixes: [x]\n")

    result = run("release-notes", "lint")

    assert result.lines == [f"{at(ONE)}:3:1: unknown-section unknown section 'fixes': expected one of summary, api"]
    assert result.err == (
        f"{CONFIG.as_posix()}:3:1: unknown-setting reno does not have the option 'foo'\n1 release note, 1 problem\n"
    )


def test_the_documentation_of_the_project(run: Run, project: Path) -> None:
    write_note(project, ONE, "fixes: [':bug:`1`', ':bugg:`1`']\n")
    conf = project / "releasenotes" / "source" / "conf.py"
    conf.parent.mkdir()
    conf.write_text("extensions = ['reno.sphinxext']\nextlinks = {'bug': ('x%s', '%s')}\nraise SystemExit(1)\n")
    assert run("release-notes", "lint").lines == [
        f"{at(ONE)}:1:22: rst Unknown interpreted text role \"bugg\": did you mean 'bug'?"
    ]

    conf.write_text("extensions = ['reno.sphinxext', 'unheard.of']\n")
    assert run("release-notes", "lint").status == 0


def test_hints(run: Run, project: Path) -> None:
    write_note(project, ONE, "fixes: ['See `lock_path`.']\n")
    hint = f"{at(ONE)}:1:14: markdown `lock_path` is not code in reStructuredText: write ``lock_path``\n"

    result = run("release-notes", "lint")
    assert (result.status, result.out) == (0, "")
    assert result.err == f"{hint}1 release note, 0 problems\n"

    result = run("lint", "--format", "github")
    assert result.status == 0
    assert result.out.startswith(f"::notice file={at(ONE)},line=1,col=14,title=digest.markdown::`lock_path` is")


def test_formats(run: Run, project: Path) -> None:
    write_note(project, ONE, "fixs: [x]\n")
    message = "unknown section 'fixs': did you mean 'fixes'?"

    assert json.loads(run("release-notes", "lint", "--format", "json").out) == [
        {"path": at(ONE), "line": 1, "column": 1, "code": "unknown-section", "message": message}
    ]
    assert run("release-notes", "lint", "--format", "github").out == (
        f"::error file={at(ONE)},line=1,col=1,title=digest.unknown-section::{message}\n"
    )


def test_no_release_notes(run: Run, project: Path) -> None:
    assert run("release-notes", "lint").err == "0 release notes, 0 problems\n"
    assert run("lint").err == "0 fragments, 0 problems\n"
    (project / NOTES).mkdir()
    assert run("lint").err == "0 fragments, 0 problems\n"


@pytest.mark.parametrize("path", ["nowhere", at(TWO), "releasenotes/digests"])
def test_paths_without_release_notes(run: Run, project: Path, path: str) -> None:
    write_note(project, ONE, "fixes: [x]\n")

    result = run("release-notes", "lint", path)

    assert (result.status, result.out) == (1, f"{path}:1:1: unreadable there are no release notes here\n")


class TestLint:
    """``sphinx-digest lint``."""

    @pytest.fixture(autouse=True)
    def notes(self, project: Path, write: Callable[..., Path]) -> None:
        write("a", "date: 2026-11-18\nitems: ['']\n", 9)
        write_note(project, ONE, "fixs: [x]\n")
        write_note(project, TWO, "fixs: [x]\n")

    @pytest.mark.parametrize(
        ("arguments", "counts"),
        [
            ([], "1 fragment, 2 release notes, 3 problems"),
            (["releasenotes"], "1 fragment, 2 release notes, 3 problems"),
            (["."], "1 fragment, 2 release notes, 3 problems"),
            ([NOTES], "0 fragments, 2 release notes, 2 problems"),
            ([at(ONE)], "0 fragments, 1 release note, 1 problem"),
            ([at(ONE), "releasenotes/digests"], "1 fragment, 1 release note, 2 problems"),
            (["releasenotes/digests"], "1 fragment, 1 problem"),
            (["--fragments", "releasenotes/digests"], "1 fragment, 1 problem"),
        ],
    )
    def test_what_is_checked(self, run: Run, arguments: list[str], counts: str) -> None:
        result = run("lint", *arguments)
        assert result.err == f"{counts}\n"
        assert result.status == 1

    def test_a_configuration_that_cannot_be_read(self, run: Run, project: Path) -> None:
        (project / CONFIG).write_text("sections: 1\n")
        result = run("lint")
        assert result.status == 1
        assert result.err.startswith(f"{CONFIG.as_posix()}:1:1: bad-setting ")
