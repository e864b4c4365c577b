"""``sphinx-digest release-notes import``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("reno")
pytest.importorskip("docutils")

from .conftest import Run
from .releases import CONFIG, NOTES

TOWNCRIER = """\
[tool.towncrier]
directory = "changes"
issue_format = "`#{issue} <https://issues.gannet.example/{issue}>`_"
"""
CHANGELOG = """\
# Changes

Everything that is worth knowing, as in [Keep a Changelog](https://keepachangelog.com/).

## [Unreleased]

A quiet summer.

### Added

- A `--verbose` option, see [the guide](https://gannet.example/guide). (#31)
- Another one:

  ```console
  $ gannet --loud
  ```

### Changed

- **Breaking:** logs are in UTC.

### Fixed

#### Windows

- Paths with spaces.

## [1.1.0] - 2026-03-05

### Security

- Locks are private.

## 1.0.0 (2026-01-02) [YANKED]

First release.

[Unreleased]: https://gannet.example/compare/1.1.0...HEAD
[1.1.0]: https://gannet.example/compare/1.0.0...1.1.0
"""


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def notes(project: Path) -> dict[str, Any]:
    """The notes by the words of their names; white space at the ends of texts means nothing."""
    files = sorted((project / NOTES).glob("*.yaml"))
    return {path.stem.rpartition("-")[0]: stripped(yaml.safe_load(path.read_text("utf-8"))) for path in files}


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: stripped(one) for key, one in value.items()}
    return value.strip() if isinstance(value, str) else [one.strip() for one in value]


@pytest.fixture
def fragments(project: Path) -> Path:
    """A project with fragments of towncrier."""
    write(project, "pyproject.toml", TOWNCRIER)
    write(project, "changes/12.feature.rst", "Locks can be\nshared, see :option:`lock_path`.\n")
    write(project, "changes/0013.bugfix", "Stale locks are removed::\n\n    rm locks\n")
    write(project, "changes/+docs.doc.rst", "The guide has pictures.\n")
    write(project, "changes/14.removal.1.rst", "Python 3.9 is gone.\n")
    write(project, "changes/15.misc.rst", "")
    write(project, "changes/README.rst", "How to write these.\n")
    return project / "changes"


def test_fragments_of_towncrier(project: Path, fragments: Path, run: Run) -> None:
    outcome = run("release-notes", "import", "changes")

    assert outcome.status == 0
    assert notes(project) == {
        "locks-can-be-shared-see-option-lock-path": {
            "features": ["Locks can be\nshared, see :option:`lock_path`. (`#12 <https://issues.gannet.example/12>`__)"]
        },
        "stale-locks-are-removed": {
            "fixes": ["Stale locks are removed::\n\n    rm locks\n\n(`#13 <https://issues.gannet.example/13>`__)"]
        },
        "the-guide-has-pictures": {"other": ["The guide has pictures."]},
        "python-3-9-is-gone": {"upgrade": ["Python 3.9 is gone. (`#14 <https://issues.gannet.example/14>`__)"]},
    }
    assert outcome.lines == sorted(outcome.lines, key=lambda line: outcome.lines.index(line))
    assert all((project / line).is_file() for line in outcome.lines)
    assert outcome.err.splitlines() == [
        "1 fragment is left out: without a text, or of a type whose texts are not published",
        "4 release notes written",
    ]
    assert run("release-notes", "lint").status == 0


def test_twice_adds_nothing(project: Path, fragments: Path, run: Run) -> None:
    run("release-notes", "import", "changes")
    before = {path: path.read_bytes() for path in (project / NOTES).iterdir()}
    outcome = run("release-notes", "import", ".")

    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.splitlines()[-1] == "0 release notes written, 4 there already"
    assert {path: path.read_bytes() for path in (project / NOTES).iterdir()} == before


def test_an_edited_note_stays(project: Path, fragments: Path, run: Run) -> None:
    run("release-notes", "import", "changes")
    (path,) = (project / NOTES).glob("the-guide-*")
    renamed = path.rename(path.with_name(f"pictures-{path.stem.rpartition('-')[2]}.yaml"))
    renamed.write_text("other: [Pictures.]\n")
    outcome = run("release-notes", "import", fragments / "+docs.doc.rst")

    assert (outcome.status, outcome.out) == (0, "")
    assert f"changes/+docs.doc.rst:1:1: differs {renamed.name} was made from this" in outcome.err
    assert renamed.read_text() == "other: [Pictures.]\n"


def test_one_fragment(project: Path, fragments: Path, run: Run) -> None:
    assert len(run("release-notes", "import", "changes/12.feature.rst").lines) == 1
    assert list(notes(project)) == ["locks-can-be-shared-see-option-lock-path"]


def test_types_and_sections_of_towncrier(project: Path, run: Run) -> None:
    write(
        project,
        "towncrier.toml",
        """
        [tool.towncrier]
        package = "gannet.core"
        package_dir = "src"
        filename = "NEWS.md"
        issue_format = "[#{issue}](https://issues.gannet.example/{issue})"
        [[tool.towncrier.section]]
        path = ""
        [[tool.towncrier.section]]
        path = "web"
        name = "Web"
        [tool.towncrier.fragment.feat]
        name = "New things"
        [tool.towncrier.fragment.hush]
        showcontent = false
        """,
    )
    write(project, "src/gannet/core/newsfragments/7.feat.md", "A **bold** `call()`.\n")
    write(project, "src/gannet/core/newsfragments/8.feat.md", "A **bold** `call()`.\n")
    write(project, "src/gannet/core/web/newsfragments/9.hush.md", "Nobody reads this.\n")
    write(project, "src/gannet/core/web/newsfragments/10.feat", "- one\n- two\n")
    write(project, "src/gannet/core/web/newsfragments/11.unknown.md", "x")
    outcome = run("release-notes", "import", ".")

    assert outcome.status == 0
    links = [f"`#{number} <https://issues.gannet.example/{number}>`__" for number in (7, 8, 10)]
    assert notes(project) == {
        "a-bold-call": {"features": [f"A **bold** ``call()``. ({links[0]}, {links[1]})"]},
        "web-one-two": {"features": [f"Web:\n\n- one\n\n- two\n\n({links[2]})"]},
    }
    assert "src/gannet/core/web/newsfragments/11.unknown.md: left out" in outcome.err
    assert len(run("release-notes", "import", ".", "--section", "hush=other").lines) == 1


SCRIV_RST = """\
.. A new fragment.
..
.. Added
.. -----

Added
-----

- One thing, see `bug 3`_.

  - with a part

- Another thing.

Fixed
-----

All that was wrong.

.. _bug 3: https://issues.gannet.example/3
"""


def test_fragments_of_scriv(project: Path, run: Run) -> None:
    write(project, "setup.cfg", "[scriv]\nfragment_directory = scriv.d\n")
    write(project, "scriv.d/20260301_zoe.rst", SCRIV_RST)
    write(project, "scriv.d/20260302_zoe.md", "<!--\n### Removed\n-->\n\n### Deprecated\n\n- The `old()` call.\n")
    write(project, "scriv.d/README.md", "# Not a fragment\n")
    outcome = run("release-notes", "import", "scriv.d")

    assert (outcome.status, outcome.err) == (0, "2 release notes written\n")
    assert notes(project) == {
        "one-thing-see-bug-3-with-a-part": {
            "features": [
                "One thing, see `bug 3`_.\n\n- with a part\n\n.. _bug 3: https://issues.gannet.example/3",
                "Another thing.",
            ],
            "fixes": ["All that was wrong."],
        },
        "the-old-call": {"deprecations": ["The ``old()`` call."]},
    }
    assert run("release-notes", "lint").status == 0


def test_comments_end_where_the_text_is_not_indented(project: Path, run: Run) -> None:
    write(project, "scriv.d/a.rst", "..\n.. Remove the dots.\nAdded\n-----\n - One thing.\n..\n.. Fixed\n.. -----\n")
    write(project, "scriv.d/b.rst", ".. Fixed\n.. -----\n..\n- Another thing.\n")
    write(project, "setup.cfg", "[scriv]\nfragment_directory = scriv.d\n")
    outcome = run("release-notes", "import", "scriv.d", "--section", "*=other")

    assert (outcome.status, outcome.err) == (0, "2 release notes written\n")
    assert notes(project) == {
        "one-thing": {"features": ["One thing."]},
        "another-thing": {"other": ["Another thing."]},
    }


def test_a_name_that_leads_to_another_takes_it_along(project: Path, run: Run) -> None:
    text = "Added\n-----\n\n- Thanks, `Zoe <pull\n  9_>`_.\n\n.. _pull 9: https://issues.gannet.example/9\n"
    write(project, "setup.cfg", "[scriv]\nfragment_directory = scriv.d\n")
    write(project, "scriv.d/a.rst", text)

    assert run("release-notes", "import", "scriv.d").status == 0
    (note,) = notes(project).values()
    assert note["features"][0].endswith(".. _pull 9: https://issues.gannet.example/9")


@pytest.mark.parametrize("name", ["pyproject.toml", "tox.ini", "scriv.d/scriv.ini"])
def test_configurations_of_scriv(name: str, project: Path, run: Run) -> None:
    write(project, "scriv.d/a.rst", "Security\n--------\n\nLocks are private.\n")
    section = {"pyproject.toml": '[tool.scriv]\nfragment_directory = "scriv.d"\n'}
    write(project, name, section.get(name, "[tool.scriv]\nfragment_directory = scriv.d\n"))
    assert run("release-notes", "import", "scriv.d").status == 0
    assert notes(project) == {"locks-are-private": {"security": ["Locks are private."]}}


@pytest.fixture
def changelog(project: Path) -> Path:
    write(project, "docs/conf.py", "project = 'gannet'\n")
    write(project, "CHANGELOG.md", CHANGELOG)
    return project / "CHANGELOG.md"


def test_a_changelog(project: Path, changelog: Path, run: Run) -> None:
    outcome = run("release-notes", "import", "CHANGELOG.md")

    assert outcome.status == 0
    assert notes(project) == {
        "a-quiet-summer": {"prelude": "A quiet summer."},
        "a-verbose-option-see-the-guide": {
            "features": ["A ``--verbose`` option, see `the guide <https://gannet.example/guide>`__. (#31)"]
        },
        "another-one": {"features": ["Another one:\n\n.. code-block:: console\n\n   $ gannet --loud"]},
        "breaking-logs-are-in-utc": {"other": ["**Breaking:** logs are in UTC."]},
        "windows-paths-with-spaces": {"fixes": ["Windows: Paths with spaces."]},
    }
    assert (project / "docs" / "release-history.rst").read_text() == (
        "Changes\n=======\n\n"
        "Everything that is worth knowing, as\n"
        "in `Keep a Changelog <https://keepachangelog.com/>`__.\n\n"
        ".. _history-1.1.0:\n\n"
        "`1.1.0 <https://gannet.example/compare/1.0.0...1.1.0>`__ - 2026-03-05\n"
        f"{'-' * 69}\n\n"
        "Security\n~~~~~~~~\n\n- Locks are private.\n\n"
        ".. _history-1.0.0:\n\n"
        "1.0.0 (2026-01-02) [YANKED]\n---------------------------\n\nFirst release.\n"
    )
    assert outcome.lines[-1] == "docs/release-history.rst"
    assert outcome.err.splitlines() == [
        "5 release notes written",
        "docs/release-history.rst: 2 older versions written; list 'release-history' in a toctree",
    ]
    assert run("release-notes", "lint").status == 0
    again = run("release-notes", "import", "CHANGELOG.md")
    assert (again.status, again.out, again.err) == (0, "", "0 release notes written, 5 there already\n")


def test_dry_run_and_json(project: Path, changelog: Path, run: Run) -> None:
    before = sorted(project.rglob("*"))
    outcome = run("release-notes", "import", "CHANGELOG.md", "--dry-run", "--format", "json")

    assert outcome.status == 0
    assert sorted(project.rglob("*")) == before
    found = json.loads(outcome.out)
    assert found["pages"] == [
        {"path": "docs/release-history.rst", "source": "CHANGELOG.md", "versions": ["1.1.0", "1.0.0"]}
    ]
    assert [(note["line"], note["prelude"], note["sections"]) for note in found["notes"]][:1] == [
        (7, "A quiet summer.", {})
    ]
    assert {note["source"] for note in found["notes"]} == {"CHANGELOG.md"}
    assert "5 release notes would be written" in outcome.err


def test_sections(project: Path, changelog: Path, run: Run) -> None:
    """The command line decides, then the configuration, then the table."""
    write(project, str(CONFIG), "sections: [[changed, Changes], [done, Fixed], [features, Features]]\n")
    outcome = run("release-notes", "import", "CHANGELOG.md", "--no-history", "--section", "changed=done")

    assert outcome.status == 0
    assert sorted(key for note in notes(project).values() for key in note) == [
        "done",
        "done",
        "features",
        "features",
        "prelude",
    ]
    assert not (project / "docs" / "release-history.rst").exists()


def test_a_heading_without_a_section(project: Path, run: Run) -> None:
    write(project, "CHANGELOG.md", "## Unreleased\n\n### Beaks\n\n- Red.\n- Blue.\n")
    outcome = run("release-notes", "import", "CHANGELOG.md")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.splitlines() == [
        "CHANGELOG.md:5:1: unknown-section 'Beaks' has no section: add --section 'Beaks=SECTION', or '*=other' for "
        "all such headings",
        "0 release notes written",
    ]
    assert not (project / NOTES).exists()

    assert run("release-notes", "import", "CHANGELOG.md", "--section", "*=other").status == 0
    assert [note["other"] for note in notes(project).values()] == [["Beaks: Blue."], ["Beaks: Red."]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## Unreleased\n\n### Fixed\n\n- {doc}`x`.\n- Fine.\n", ""),
        ("Nothing.\n", "CHANGELOG.md:1:1: not-a-changelog no heading of the file names a version"),
    ],
)
def test_what_is_no_changelog(text: str, message: str, project: Path, run: Run) -> None:
    write(project, "CHANGELOG.md", text)
    outcome = run("release-notes", "import", "CHANGELOG.md")
    assert message in outcome.err
    assert outcome.status == (1 if message else 0)


def test_broken_markup_is_reported_at_its_line_and_nothing_is_written(project: Path, run: Run) -> None:
    write(project, "newsfragments/1.feature.rst", "Good.\n")
    write(project, "newsfragments/2.feature.rst", "\nBad:\n\n* in *that\n")
    outcome = run("release-notes", "import", "newsfragments")

    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.splitlines() == [
        "newsfragments/2.feature.rst:4:1: rst Inline emphasis start-string without end-string.",
        "0 release notes written",
    ]
    assert not (project / NOTES).exists()


def test_an_unknown_role_is_a_hint(project: Path, run: Run) -> None:
    write(project, "docs/conf.py", "extensions = []\n")
    write(project, "newsfragments/1.feature.rst", "As :frob:`x` says.\n")
    outcome = run("release-notes", "import", "newsfragments")
    assert outcome.status == 0
    assert 'newsfragments/1.feature.rst:1:1: rst Unknown interpreted text role "frob"' in outcome.err


def test_another_encoding_is_reported_and_read(project: Path, run: Run) -> None:
    write(project, "newsfragments/1.feature.rst", "")
    (project / "newsfragments" / "1.feature.rst").write_bytes("Grüße.\n".encode("latin-1"))
    outcome = run("release-notes", "import", "newsfragments")
    assert outcome.status == 0
    assert "newsfragments/1.feature.rst:1:3: encoding" in outcome.err
    assert list(notes(project).values()) == [{"features": ["Grüße. (#1)"]}]


def test_a_folder_without_fragments(project: Path, run: Run) -> None:
    write(project, "other/x.txt", "x")
    outcome = run("release-notes", "import", "other")
    assert outcome.status == 1
    assert "other: not-a-changelog the folder has no fragments of towncrier or scriv" in outcome.err


def test_no_place_for_the_page(project: Path, run: Run) -> None:
    write(project, "HISTORY.rst", "1.0\n===\n\n* All.\n")
    outcome = run("release-notes", "import", "HISTORY.rst")
    assert outcome.status == 1
    assert "no-documentation no folder has a conf.py: name a page for older versions with --history" in outcome.err
    assert run("release-notes", "import", "HISTORY.rst", "--history", "old/history.rst").lines == ["old/history.rst"]
    assert run("release-notes", "import", "HISTORY.rst", "--no-history").status == 0


def test_an_edited_page_stays(project: Path, changelog: Path, run: Run) -> None:
    run("release-notes", "import", "CHANGELOG.md")
    page = project / "docs" / "release-history.rst"
    page.write_text("Mine\n====\n")
    outcome = run("release-notes", "import", "CHANGELOG.md")
    assert outcome.status == 0
    assert "CHANGELOG.md: differs docs/release-history.rst is there and differs" in outcome.err
    assert page.read_text() == "Mine\n====\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--section", "x"), "'x' is not of the form NAME=SECTION."),
        (("--section", "x=fix"), "there is no section 'fix': did you mean 'fixes'?"),
        (("--history", "x.rst", "--no-history"), "--history cannot be used with --no-history."),
    ],
)
def test_wrong_command_lines(arguments: tuple[str, ...], message: str, changelog: Path, run: Run) -> None:
    outcome = run("release-notes", "import", "CHANGELOG.md", *arguments)
    assert outcome.status == 2
    assert message in " ".join(outcome.err.split())


def test_broken_configurations(project: Path, run: Run) -> None:
    write(project, "pyproject.toml", "[tool.towncrier\n")
    write(project, "changes/1.feature", "x")
    outcome = run("release-notes", "import", "changes")
    assert outcome.status == 1
    assert "pyproject.toml:1:" in outcome.err
    assert "bad-setting" in outcome.err


def test_without_the_extra(changelog: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "markdown_it", None)
    outcome = run("release-notes", "import", "CHANGELOG.md")
    assert outcome.status == 1
    assert "needs the extra 'markdown': pip install 'sphinxext-digest[markdown]'" in outcome.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "CHANGES.rst",
            "1.1\n===\n\n* Locks have a ``name`, see `guide`_ and :issue:`1`.\n* Fast, see :issue:`2`.\n\n"
            "1.0\n===\n\n* First, see `the guide <guide_>`_ and `here`__.\n\n__ https://gannet.example/\n"
            ".. _guide: https://gannet.example/guide\n",
        ),
        ("CHANGES.md", "## 1.1\n\n- See {issue}`1`.\n- Fast.\n"),
    ],
)
def test_faults_of_older_versions_are_reported_and_stay(project: Path, run: Run, name: str, text: str) -> None:
    write(project, "doc/conf.py", "")
    write(project, name, text)
    outcome = run("release-notes", "import", name)
    assert outcome.status == 0
    page = (project / "doc/release-history.rst").read_text("utf-8")
    if name.endswith(".rst"):
        assert "``name`" in page
        assert [line.split(" ", 2)[0] for line in outcome.err.splitlines() if line.startswith(name)] == [
            f"{name}:4:3:",
            f"{name}:4:3:",
        ]
        assert "Inline literal start-string" in outcome.err
        assert outcome.err.count('role "issue"') == 1


def test_an_empty_fragment_of_scriv_is_left_out(project: Path, run: Run) -> None:
    write(project, "changelog.d/a.md", "### Added\n\n- A lock.\n")
    write(project, "changelog.d/b.md", "")
    outcome = run("release-notes", "import", "changelog.d")
    assert outcome.status == 0
    assert list(notes(project)) == ["a-lock"]
    assert "b.md is left out: it is empty" in outcome.err
