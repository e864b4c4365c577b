"""``sphinx-digest release-notes``: beside reno where reno does the same, and alone where it does not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from textwrap import indent

import pytest

pytest.importorskip("reno")

from .conftest import REPOSITORY, Run
from .releases import BRAKES, CONFIG, ENGINE, LAMPS, NOTES, WHEELS, Repository, make_history, tag, write_note

#: Notes of which values of YAML have no end, no value in JSON, or none at all.
KEPT_YAML = (
    "2020-01-01: hostile\n",
    "? 0b1\n: 0b" + "1" * 60_000 + "\nhostile: 1\n",
    "hostile: 1" + ":1" * 50_000 + "\n",
)
HOSTILE_YAML = {
    "aliases": "hostile: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 8)),
    "nesting": "hostile: " + "[" * 50_000 + "]" * 50_000 + "\n",
    "itself": "hostile: &a [*a]\n",
    "key": "[hostile]: 1\n",
    "binary": "!!binary YWJj: hostile\n",
    "time": "hostile: !!timestamp x\n",
    "truth": "hostile: !!bool x\n",
    "float": "hostile: !!float x\n",
    "set": "hostile: !!set {a}\n",
    "day": KEPT_YAML[0],
    "digits": KEPT_YAML[1],
    "sexagesimal": KEPT_YAML[2],
}
SHALLOW = "this clone is shallow"


@pytest.fixture
def history(project: Path, make_repository: type[Repository]) -> Repository:
    """The history of the current project: two versions, and notes that are not released."""
    repository = make_repository(project)  # type: ignore[call-arg]
    make_history(repository)
    return repository


def reno(root: Path, *arguments: str) -> str:
    """What reno prints."""
    command = [sys.executable, "-m", "reno.main", "-q", *arguments]
    code = f"import sys; from reno.main import main; sys.exit(main({command[3:]!r}))"
    env = {**os.environ, "TZ": "UTC", "PYTHONUTF8": "1"}
    result = subprocess.run([sys.executable, "-c", code], cwd=root, env=env, check=True, capture_output=True)
    return result.stdout.decode()


def as_listed(text: str) -> str:
    """A list of reno's with commits as they are, not as Python writes bytes."""
    return re.sub(r"\(b'(\w+)'\)", r"(\1)", text).replace("(None)", "(not committed)")


QUERIES = [
    [],
    ["--branch", "stable/one"],
    ["--no-stop-at-branch-base"],
    ["--no-stop-at-branch-base", "--no-collapse-pre-releases"],
    ["--no-stop-at-branch-base", "--version", "1.0.0", "--version", "2.0.0"],
    ["--earliest-version", "2.0.0"],
]


class TestAsReno:
    @pytest.mark.parametrize("query", QUERIES, ids=" ".join)
    def test_list(self, run: Run, history: Repository, query: list[str]) -> None:
        outcome = run("release-notes", "list", *query)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out == as_listed(reno(history.root, "list", *query))

    @pytest.mark.parametrize(
        "query", [*QUERIES, ["--no-show-source"], ["--title", "What is new"], ["--title", ""]], ids=" ".join
    )
    def test_report(self, run: Run, history: Repository, query: list[str]) -> None:
        outcome = run("release-notes", "report", "--format", "rst", *query)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out == reno(history.root, "report", *query)

    def test_configured_report(self, run: Run, history: Repository) -> None:
        sections = "[[fixes, Fixes], [features, Features], [upgrade, Upgrading, 2]]"
        (history.root / CONFIG).write_text(
            f"default_branch: main\nsections: {sections}\nunreleased_version_title: Soon\nadd_release_date: true\n"
            "prelude_section_name: prelude\nstop_at_branch_base: false\n"
        )
        assert run("release-notes", "report", "--format", "rst").out == reno(history.root, "report")

    def test_what_is_not_committed(self, run: Run, history: Repository) -> None:
        write_note(history.root, "new-00000000000000b1", "fixes: [New]\n")
        history.run("add", ".")
        assert run("release-notes", "list").out == as_listed(reno(history.root, "list"))
        assert run("release-notes", "report", "--format", "rst").out == reno(history.root, "report")

    @pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="this is no clone")
    @pytest.mark.parametrize("query", [[], ["--no-stop-at-branch-base"]], ids=["series", "all"])
    def test_our_own_notes(self, run: Run, monkeypatch: pytest.MonkeyPatch, query: list[str]) -> None:
        monkeypatch.chdir(REPOSITORY)
        assert run("release-notes", "list", *query).out == as_listed(reno(REPOSITORY, "list", *query))
        assert run("release-notes", "report", "--format", "rst", *query).out == reno(REPOSITORY, "report", *query)


class TestList:
    def test_json(self, run: Run, history: Repository) -> None:
        found = json.loads(run("release-notes", "list", "--no-stop-at-branch-base", "--format", "json").out)
        assert [(version["version"], version["date"]) for version in found] == [
            ("2.0.0-1", None),
            ("2.0.0", "2021-01-02"),
            ("1.0.0", "2020-01-02"),
        ]
        first = found[-1]["notes"]
        assert first == [
            {
                "path": f"{NOTES.as_posix()}/{ENGINE}.yaml",
                "identity": "00000000000000a1",
                "commit": history.run("rev-parse", "1.0.0^{commit}"),
            }
        ]

    def test_ignored_notes(self, run: Run, history: Repository) -> None:
        assert BRAKES in run("release-notes", "list").out
        names = f"{BRAKES}.yaml, {WHEELS[-16:]}"
        listed = run("release-notes", "list", "--ignore-notes", names).out
        assert LAMPS in listed
        assert BRAKES not in listed and WHEELS not in listed

    def test_no_tags(self, run: Run, project: Path, make_repository: type[Repository]) -> None:
        repository = make_repository(project)  # type: ignore[call-arg]
        repository.run("branch", "--move", "master")
        write_note(project, ENGINE, "fixes: [One]\n")
        repository.commit("2020-01-01T12:00:00Z")
        assert run("release-notes", "list").lines[0] == "0.0.0"

    def test_another_folder(self, run: Run, history: Repository) -> None:
        (history.root / CONFIG).rename(history.root / "reno.yaml")
        outcome = run("release-notes", "list", "--rel-notes-dir", "elsewhere")
        assert (outcome.status, outcome.out) == (0, "")
        assert outcome.err == "no release notes: a new one counts as soon as git knows it (git add)\n"

    def test_it_loads_nothing_that_shows_texts(self, start: Run, history: Repository) -> None:
        ours = (f"sphinxext.digest.{name}" for name in ("settings.options", "release.load", "release.notes", "render"))
        heavy = ("docutils", "sphinx", "dulwich", *ours)
        code = f"import atexit; atexit.register(lambda: print([name for name in {heavy} if name in sys.modules]))"
        assert start("release-notes", "list", before=code).lines[-1] == "[]"


TEXT = """\
Notes
=====

2.0.0-1
-------

New Features
* Wheels.

Bug Fixes
* A single text.

2.0.0 (2021-01-02)
------------------

Upgrade Notes
* Set `lamps` as in how to light.

Bug Fixes
* Brakes, see the page [1].

1.0.0 (2020-01-02)
------------------

Prelude
It moves.

New Features
* An engine.
  - with fuel

[1] - https://example.org/brakes
"""


class TestReport:
    def test_text(self, run: Run, history: Repository) -> None:
        outcome = run("release-notes", "report", "--no-stop-at-branch-base", "--title", "Notes")
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out == TEXT

    def test_markdown(self, run: Run, history: Repository) -> None:
        text = run("release-notes", "report", "--version", "2.0.0", "--format", "markdown").out
        assert text == (
            "# Release Notes\n\n## 2.0.0 (2021-01-02)\n\n### Upgrade Notes\n\n- Set `lamps` as in how to light.\n\n"
            "### Bug Fixes\n\n- Brakes, see [the page](https://example.org/brakes).\n"
        )

    def test_json(self, run: Run, history: Repository) -> None:
        found = json.loads(run("release-notes", "report", "--no-stop-at-branch-base", "--format", "json").out)
        assert [(one["version"], one["section"]) for one in found] == [
            ("2.0.0-1", "features"),
            ("2.0.0-1", "fixes"),
            ("2.0.0", "upgrade"),
            ("2.0.0", "fixes"),
            ("1.0.0", "prelude"),
            ("1.0.0", "features"),
        ]
        assert found[-1] == {
            "version": "1.0.0",
            "title": "1.0.0",
            "date": "2020-01-02",
            "path": f"{NOTES.as_posix()}/{ENGINE}.yaml",
            "line": 6,
            "identity": "00000000000000a1",
            "commit": history.run("rev-parse", "1.0.0^{commit}"),
            "section": "features",
            "heading": "New Features",
            "text": "An engine.\n\n* with fuel",
        }

    def test_a_title_for_what_is_not_released(self, run: Run, history: Repository) -> None:
        assert (
            "\nComing up\n---------\n" in run("release-notes", "report", "--unreleased-version-title", "Coming up").out
        )

    def test_a_file(self, run: Run, history: Repository) -> None:
        assert run("release-notes", "report", "--output", "notes.txt").out == ""
        assert (history.root / "notes.txt").read_text() == run("release-notes", "report").out


class TestSince:
    @pytest.mark.parametrize(
        ("span", "expected"),
        [
            ("1.0.0..2.0.0", [LAMPS, BRAKES]),
            ("1.0.0..", [WHEELS, LAMPS, WHEELS, BRAKES]),
            ("2.0.0", [WHEELS, WHEELS]),
            ("..1.0.0", [ENGINE, ENGINE]),
            ("2021-01-02..2021-12-31", [LAMPS, BRAKES]),
            ("2020-01-02..2021-01-02", [ENGINE, ENGINE, LAMPS, BRAKES]),
            ("2021-01-03..", [WHEELS, WHEELS]),
            ("2.0.0..2.0.0", []),
        ],
    )
    def test_spans(self, run: Run, history: Repository, span: str, expected: list[str]) -> None:
        outcome = run("release-notes", "since", span, "--format", "json")
        assert outcome.status == 0
        assert [Path(one["path"]).stem for one in json.loads(outcome.out)] == expected

    def test_text(self, run: Run, history: Repository) -> None:
        assert run("release-notes", "since", "1.0.0..").out == (
            "Changes since 1.0.0\n===================\n\n"
            "New Features\n* 2.0.0-1: Wheels.\n\n"
            "Upgrade Notes\n* 2.0.0: Set `lamps` as in how to light.\n\n"
            "Bug Fixes\n* 2.0.0-1: A single text.\n* 2.0.0: Brakes, see the page [1].\n\n"
            "[1] - https://example.org/brakes\n"
        )

    def test_rst(self, run: Run, history: Repository) -> None:
        text = run("release-notes", "since", "1.0.0..2.0.0", "--format", "rst", "--no-show-source").out
        title = "Changes from 1.0.0 to 2.0.0"
        assert text == (
            f"{'=' * len(title)}\n{title}\n{'=' * len(title)}\n\n"
            "Upgrade Notes\n-------------\n\n* 2.0.0: Set :option:`lamps` as in :ref:`how to light <light>`.\n\n"
            "Bug Fixes\n---------\n\n* 2.0.0: Brakes, see `the page <https://example.org/brakes>`_.\n"
        )

    def test_another_branch(self, run: Run, history: Repository) -> None:
        outcome = run("release-notes", "since", "..", "--branch", "stable/one", "--format", "json")
        assert {one["version"] for one in json.loads(outcome.out)} == {"1.0.0"}

    def test_a_version_without_notes(self, run: Run, history: Repository) -> None:
        history.commit("2022-06-01T12:00:00Z")
        tag(history, "2.1.0", "2022-06-02T12:00:00Z")
        history.commit("2022-07-01T12:00:00Z")
        tag(history, "2.2.0", "2022-07-02T12:00:00Z")
        assert run("release-notes", "since", "2.1.0..2.2.0", "--format", "json").out == "[]\n"

    @pytest.mark.parametrize(
        ("span", "message"),
        [
            ("2022-01-01..2021-01-01", "ends before it starts"),
            ("2021-02-30..", "2021-02-30"),
            ("", "the span is empty"),
        ],
    )
    def test_wrong_command_lines(self, run: Run, history: Repository, span: str, message: str) -> None:
        outcome = run("release-notes", "since", span)
        assert (outcome.status, outcome.out) == (2, "")
        assert message in outcome.err

    def test_the_wrong_way_round(self, run: Run, history: Repository) -> None:
        outcome = run("release-notes", "since", "2.0.0..1.0.0")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err == "releasenotes/notes: bad-period 2.0.0..1.0.0 ends before it starts\n"

    def test_no_such_version(self, run: Run, history: Repository) -> None:
        outcome = run("release-notes", "since", "1.0..2.0.0")
        assert (outcome.status, outcome.out) == (1, "")
        assert "unknown-version" in outcome.err and "did you mean '1.0.0'?" in outcome.err


class TestCache:
    def test_a_file_in_the_folder_of_notes(self, run: Run, history: Repository, tmp_path: Path) -> None:
        expected = run("release-notes", "report").out
        outcome = run("release-notes", "cache")
        assert (outcome.status, outcome.err) == (0, "")
        path = history.root / outcome.out.strip()
        assert path == history.root / NOTES / "reno.cache"
        shutil.rmtree(history.root / ".git")
        assert run("release-notes", "report").out == expected

    def test_other_places(self, run: Run, history: Repository) -> None:
        assert run("release-notes", "cache", "--output", "here.cache").out == "here.cache\n"
        assert run("release-notes", "cache", "--output", "-").out == (history.root / "here.cache").read_text()
        assert not (history.root / NOTES / "reno.cache").exists()

    @pytest.mark.parametrize("text", HOSTILE_YAML.values(), ids=HOSTILE_YAML)
    def test_a_hostile_note_is_left_out(self, run: Run, history: Repository, text: str) -> None:
        """The limits are those of all YAML, and JSON has to take what a value is to Python."""
        (history.root / NOTES / "hostile-00000000000000ff.yaml").write_text(text, encoding="utf-8")
        history.commit("2020-01-09T00:00:00Z")
        started = time.process_time()
        outcome = run("release-notes", "cache", "--output", "-")
        assert time.process_time() - started < 3
        assert (outcome.status, outcome.err) == (0, "")
        assert any("hostile" in path for path in json.loads(outcome.out)["file-contents"]) == (text in KEPT_YAML)

    @pytest.mark.parametrize("text", HOSTILE_YAML.values(), ids=HOSTILE_YAML)
    @pytest.mark.parametrize("form", ["yaml", "json"])
    def test_a_hostile_file(self, run: Run, history: Repository, form: str, text: str) -> None:
        shutil.rmtree(history.root / ".git")
        nested = "[" * 100_000 + "]" * 100_000
        text = f"---\nnotes: []\nx:\n{indent(text, '  ')}" if form == "yaml" else f'{{"notes": {nested}}}'
        (history.root / NOTES / "reno.cache").write_text(text, encoding="utf-8")
        started = time.process_time()
        outcome = run("release-notes", "report")
        assert time.process_time() - started < 3
        assert "Traceback" not in outcome.err and outcome.status in (0, 1)

    @pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
    def test_a_pipe_is_no_file(self, run: Run, history: Repository) -> None:
        expected = run("release-notes", "list").out
        os.mkfifo(history.root / NOTES / "reno.cache")
        assert run("release-notes", "list").out == expected
        shutil.rmtree(history.root / ".git")
        assert run("release-notes", "list").status == 1


COMMANDS = [["list"], ["report"], ["report", "--format", "rst"], ["since", "1.0.0.."], ["cache"]]


class TestBadInput:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_no_repository(self, run: Run, project: Path, command: list[str]) -> None:
        outcome = run("release-notes", *command)
        assert (outcome.status, outcome.out) == (1, "")
        assert re.fullmatch(r"releasenotes/notes: history .*not a git repository.*in a clone, or.*\n", outcome.err)

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_no_git(self, run: Run, history: Repository, tmp_path: Path, command: list[str]) -> None:
        outcome = run("release-notes", *command, PATH=str(tmp_path))
        assert (outcome.status, outcome.out) == (1, "")
        assert re.fullmatch(r"releasenotes/notes: history git cannot be started.*\n", outcome.err)

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_no_such_branch(self, run: Run, history: Repository, command: list[str]) -> None:
        outcome = run("release-notes", *command, "--branch", "stable/on")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.count("\n") == 1
        assert "'stable/on'" in outcome.err and outcome.err.endswith("did you mean 'stable/one'?\n")

    @pytest.mark.parametrize("command", ["list", "report"])
    def test_no_such_version(self, run: Run, history: Repository, command: str) -> None:
        outcome = run("release-notes", command, "--version", "2.0")
        assert (outcome.status, outcome.out) == (1, "")
        assert "unknown-version there are no notes of version '2.0': did you mean '2.0.0' or" in outcome.err

    def test_another_main_branch(self, run: Run, history: Repository) -> None:
        configured = run("release-notes", "list")
        (history.root / CONFIG).unlink()
        assert run("release-notes", "list") == configured
        history.run("branch", "--move", "main", "trunk")
        outcome = run("release-notes", "list")
        assert (outcome.status, outcome.out) == (1, "")
        assert "'master'" in outcome.err and "'default_branch'" in outcome.err

    def test_no_such_earliest_version(self, run: Run, history: Repository) -> None:
        outcome = run("release-notes", "list", "--earliest-version", "2.0")
        assert (outcome.status, outcome.out) == (1, "")
        assert "'2.0'" in outcome.err and "did you mean '2.0.0'?" in outcome.err

    @pytest.mark.parametrize("form", ["text", "markdown", "rst", "json"])
    def test_a_broken_note(self, run: Run, history: Repository, form: str) -> None:
        write_note(history.root, "broken-00000000000000b1", 'fixes:\n  - "open\n')
        write_note(history.root, "odd-00000000000000b2", "fixes:\n  - 5\n  - Whole.\n")
        history.commit("2022-02-01T12:00:00Z")
        outcome = run("release-notes", "report", "--format", form)
        assert outcome.status == 1
        assert "Wheels." in outcome.out and "Whole." in outcome.out
        first, second = outcome.err.splitlines()
        assert re.match(r"releasenotes/notes/broken-00000000000000b1\.yaml:\d+:\d+: yaml-syntax ", first)
        assert second.startswith("releasenotes/notes/odd-00000000000000b2.yaml:2:5: wrong-type ")

    @pytest.mark.parametrize("form", ["text", "markdown", "rst", "json"])
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("fixes: [Whole.]\nfeature: [A typo.]\n", "2:1: unknown-section unknown section 'feature'"),
            ("fixes: [Lost.]\nfixes: [Whole.]\n", "2:1: duplicate-key "),
            ("fixes: [Whole.]\nissues:\n", "2:8: empty-text "),
        ],
        ids=["unknown", "duplicate", "empty"],
    )
    def test_what_reno_accepts_is_no_failure(
        self, run: Run, history: Repository, form: str, text: str, message: str
    ) -> None:
        write_note(history.root, "odd-00000000000000b1", text)
        history.commit("2022-02-01T12:00:00Z")
        for command in (["report"], ["since", "2.0.0"]):
            outcome = run("release-notes", *command, "--format", form)
            assert outcome.status == 0
            assert outcome.err.startswith(f"releasenotes/notes/odd-00000000000000b1.yaml:{message}")
            assert outcome.err.count("\n") == 1
            assert "Whole." in outcome.out and "typo" not in outcome.out and "Lost" not in outcome.out

    @pytest.mark.parametrize("command", [["report"], ["since", "2.0.0"]], ids=" ".join)
    def test_a_remark_hides_no_failure(self, run: Run, history: Repository, command: list[str]) -> None:
        write_note(history.root, "odd-00000000000000b1", "feature: [A typo.]\nfixes: [5, Whole.]\n")
        history.commit("2022-02-01T12:00:00Z")
        outcome = run("release-notes", *command)
        assert outcome.status == 1
        assert [line.split()[1] for line in outcome.err.splitlines()] == ["unknown-section", "wrong-type"]

    @pytest.mark.parametrize("form", ["text", "markdown"])
    def test_broken_markup(self, run: Run, history: Repository, form: str) -> None:
        write_note(history.root, "markup-00000000000000b1", "fixes:\n  - Fine.\n  - An *open one.\n")
        history.commit("2022-02-01T12:00:00Z")
        outcome = run("release-notes", "report", "--format", form)
        assert outcome.status == 1
        assert "Fine." in outcome.out and "open one." in outcome.out
        assert outcome.err.startswith("releasenotes/notes/markup-00000000000000b1.yaml:3:5: rst ")

    @pytest.mark.parametrize("form", ["text", "markdown", "rst", "json"])
    def test_nothing_steers_the_terminal(self, run: Run, history: Repository, form: str) -> None:
        write_note(history.root, "escape-00000000000000b1", 'fixes: ["Clear \\e[2J"]\nprelude: "\\x9b2J"\n')
        history.commit("2022-02-01T12:00:00Z")
        for command in (["report"], ["since", "2.0.0"]):
            text = run("release-notes", *command, "--format", form).out
            assert "Clear" in text and "\x1b" not in text and (form == "json" or "\x9b" not in text)

    @pytest.mark.parametrize("command", [["list"], ["report"], ["since", ".."]], ids=" ".join)
    def test_a_shallow_clone(self, run: Run, history: Repository, tmp_path: Path, monkeypatch, command) -> None:
        clone = tmp_path / "shallow"
        history.run("clone", "--quiet", "--depth", "1", f"file://{history.root}", str(clone))
        monkeypatch.chdir(clone)
        outcome = run("release-notes", *command)
        assert outcome.status == 1
        assert SHALLOW in outcome.err and "fetch-depth: 0" in outcome.err
        assert "Wheels" in outcome.out or WHEELS in outcome.out

    @pytest.mark.parametrize(
        ("config", "message"),
        [
            ("branch: 5", "bad-setting 'branch' must be a string"),
            ("ignore_notes: abc", "bad-setting 'ignore_notes' must be a list of strings"),
            ("stop_at_branch_base: maybe", "bad-setting 'stop_at_branch_base' must be true or false"),
            ("release_tag_re: '('", "bad-setting 'release_tag_re' is not a valid regular expression"),
            ("sections: [[a]]", "bad-setting 'sections' must be"),
            ("sections: [{a: b, c: d}]", "bad-setting 'sections' must be"),
            ("sections: [[1, 2]]", "bad-setting 'sections' must be"),
            ("- x", "bad-setting reno's configuration must be a mapping"),
            ("a: [", ":2:1: yaml-syntax "),
        ],
    )
    @pytest.mark.parametrize("place", ["reno.yaml", "releasenotes/config.yaml"])
    def test_a_wrong_configuration(self, run: Run, history: Repository, place: str, config: str, message: str) -> None:
        (history.root / CONFIG).unlink()
        (history.root / place).write_text(f"{config}\n")
        outcome = run("release-notes", "list")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.startswith(place) and message in outcome.err

    def test_an_unknown_option(self, run: Run, history: Repository) -> None:
        (history.root / CONFIG).write_text("default_branch: main\nfrobnicate: 1\n")
        outcome = run("release-notes", "list")
        assert outcome.status == 0
        assert outcome.err.startswith("releasenotes/config.yaml:2:1: unknown-setting ") and "frobnicate" in outcome.err


@pytest.mark.parametrize(
    ("form", "end"),
    [
        ("text", "Contributors\nGrace*, Tester\n\nFirst contributions: Grace*\n"),
        ("markdown", "### Contributors\n\nGrace\\*, Tester\n\nFirst contributions: Grace\\*\n"),
        ("rst", "Contributors\n------------\n\nGrace\\*, Tester\n\nFirst contributions: Grace*\n\n"),
    ],
)
def test_contributors(run: Run, history: Repository, form: str, end: str) -> None:
    write_note(history.root, "more-00000000000000a5", "---\nfixes:\n  - More.\n")
    history.run("config", "user.name", "Grace*")
    history.run("config", "user.email", "grace@example.org")
    history.commit("2022-01-02T12:00:00Z")
    output = run("release-notes", "report", "--contributors", "--format", form).out
    assert end in output
    assert "Contributors" not in run("release-notes", "report", "--format", form).out
    if form == "rst":
        assert "_Release Notes_2.0.0-2_Contributors:" in output
    else:
        since = run("release-notes", "since", "1.0.0", "--contributors", "--format", form).out
        assert since.count("First contributions: Grace") == 1


def test_contributors_as_records(run: Run, history: Repository) -> None:
    outcome = run("release-notes", "report", "--contributors", "--version", "2.0.0", "--format", "json")
    records = json.loads(outcome.out)
    assert records[-1] == {
        "version": "2.0.0",
        "title": "2.0.0",
        "date": "2021-01-02",
        "section": "contributors",
        "heading": "Contributors",
        "text": "Tester",
        "first": False,
    }
    assert {record["section"] for record in records[:-1]} == {"fixes", "upgrade"}


def test_html_is_a_complete_document(run: Run, history: Repository) -> None:
    page = run("release-notes", "report", "--format", "html").out
    assert page.startswith("<!DOCTYPE html>")
    assert "<h1>Release Notes</h1>" in page
    assert '<a class="reference external" href="https://example.org/brakes">the page</a>' in page
    write_note(
        history.root, "raw-00000000000000a6", "---\nfixes:\n  - |\n    .. raw:: html\n\n       <script>a()</script>\n"
    )
    assert "<script>" not in run("release-notes", "report", "--format", "html").out


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "#12 [1] and LP#34 [2]"),
        ("markdown", "](https://e.org/i/12) and [LP#\u200b34](https://bugs.e.org/34)"),
        ("html", 'href="https://e.org/i/12">#12</a> and <a '),
        ("rst", "`#12 <https://e.org/i/12>`__ and `LP#34 <https://bugs.e.org/34>`__"),
        ("json", "`#12 <https://e.org/i/12>`__ and `LP#34 <https://bugs.e.org/34>`__"),
    ],
)
def test_numbers_of_issues_are_links(run: Run, history: Repository, form: str, expected: str) -> None:
    write_note(history.root, "links-00000000000000a5", "---\nfixes:\n  - 'Fixed #12 and LP#34.'\n")
    links = 'issue_links:\n  "#{number}": https://e.org/i/{number}\n  "LP#{number}": https://bugs.e.org/{number}\n'
    links += "components: [api]\n"
    (history.root / "releasenotes" / "digest.yaml").write_text(links, encoding="utf-8")
    history.commit("2022-01-02T12:00:00Z")
    for command in (("report",), ("since", "2.0.0"), ("report", "--by-component")):
        outcome = run("release-notes", *command, "--format", form)
        assert (outcome.status, outcome.err) == (0, "")
        assert expected in outcome.out


@pytest.mark.parametrize(
    ("option", "expected"),
    [((), ["On the branch."]), (("--release-lines",), ["Before the tag.", "On the branch."])],
)
def test_a_version_by_release_line(
    run: Run, history: Repository, option: tuple[str, ...], expected: list[str]
) -> None:
    configuration = "default_branch: main\npre_release_tag_re: (?P<pre_release>-rc\\d+)$\n"
    (history.root / CONFIG).write_text(configuration, encoding="utf-8")
    write_note(history.root, "early-00000000000000c1", "fixes: [Before the tag.]\n")
    history.commit("2022-02-01T12:00:00Z")
    tag(history, "2.22.0-rc0", "2022-02-02T12:00:00Z")
    history.run("checkout", "--quiet", "-b", "v2.21.x")
    write_note(history.root, "late-00000000000000c2", "fixes: [On the branch.]\n")
    history.commit("2022-03-01T12:00:00Z")
    tag(history, "2.21.0", "2022-03-02T12:00:00Z")
    query = ("--version", "2.21.0", "--format", "json")

    def texts() -> list[str]:
        found = json.loads(run("release-notes", "report", *query, *option).out)
        return [one["text"] for one in found if one["text"].endswith(("tag.", "branch."))]

    assert texts() == expected
    (history.root / CONFIG).write_text(f"{configuration}release_lines: {'true' if option else 'false'}\n")
    option = ()
    assert texts() == expected
    (history.root / CONFIG).write_text(f"{configuration}release_lines: perhaps\n")
    assert "releasenotes/config.yaml:3:1: bad-setting" in run("release-notes", "list").err


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("component: [cli]\nfixes: [x]\n", ":1:12: wrong-type the key 'component' is a list instead of a text"),
        ("component: 1\nfixes: [x]\n", ":1:12: wrong-type the key 'component' is not a text"),
        ("component: |\n  cli\n  api\nfixes: [x]\n", ":1:12: wrong-type the key 'component' must be the name of one"),
        ("componet: cli\nfixes: [x]\n", ":1:1: unknown-section unknown section 'componet': did you mean 'component'?"),
        ("component: clo\nfixes: [x]\n", ":1:12: bad-value unknown component 'clo': did you mean 'cli'?"),
        ("component: web\nfixes: [x]\n", ":1:12: bad-value unknown component 'web': expected one of cli, api"),
    ],
)
def test_a_wrong_component(history: Repository, run: Run, note: str, message: str) -> None:
    (history.root / CONFIG).write_text("component_key: component\n")
    (history.root / "releasenotes/digest.yaml").write_text("components: [cli, api]\n")
    write_note(history.root, "bad-00000000000000ff", note)
    result = run("release-notes", "lint")
    assert result.status == 1
    assert message in result.out


@pytest.mark.parametrize("value", ["1", "[x]", "fixes", "prelude"])
def test_a_wrong_key_of_components(history: Repository, run: Run, value: str) -> None:
    (history.root / CONFIG).write_text(f"component_key: {value}\n")
    result = run("release-notes", "report")
    assert (result.status, result.out) == (1, "")
    assert f"{CONFIG.as_posix()}:1:1: bad-setting 'component_key' must be a string" in result.err


def test_a_version_of_another_series(history: Repository, run: Run) -> None:
    history.run("branch", "stable/two", "2.0.0")
    result = run("release-notes", "report", "--version", "1.0.0")
    assert (result.status, result.out) == (1, "")
    assert "look further with --no-stop-at-branch-base" in result.err
    assert run("release-notes", "report", "--version", "1.0.0", "--no-stop-at-branch-base").status == 0
    result = run("release-notes", "report", "--version", "2.0.0", "--branch", "stable/one")
    assert (result.status, result.out) == (1, "")
    assert "version '2.0.0' is on another branch: name it with --branch" in result.err
