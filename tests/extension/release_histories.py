"""Small repositories with release notes, for comparisons with reno."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from conftest import Repository

from .building import Build, Project

#: A commit to each day, and tags on that day.
_DAY = "2015-01-{:02d}T12:00:00Z"


class Notes(Repository):
    """A repository whose commits add, change and delete notes."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._days = count(1)
        self._folder = root / "releasenotes" / "notes"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.configure("")

    def configure(self, text: str) -> None:
        """Write reno's configuration, which is for this repository."""
        text = f"default_branch: main\n{text}"
        (self.root / "releasenotes" / "config.yaml").write_text(text, encoding="utf-8")

    def note(self, name: str, text: str) -> Path:
        """Write a note, without a commit; ``fix-5`` is the file ``fix-0000000000000005.yaml``."""
        slug, _, number = name.rpartition("-")
        file = self._folder / f"{slug}-{number:0>16}.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def commit_all(self, *tags: str) -> None:
        """Commit what was changed, and tag it."""
        date = _DAY.format(next(self._days))
        self.commit(date)
        for tag in tags:
            self.run("tag", "--annotate", "--message", tag, tag, date=date)

    def commit_note(self, name: str, text: str, *tags: str) -> None:
        """Write a note and commit it."""
        self.note(name, text)
        self.commit_all(*tags)


def _fix(text: str) -> str:
    return f"fixes:\n  - {text}\n"


def simple(notes: Notes) -> None:
    """Two versions, and notes since."""
    notes.commit_note("first-1", _fix("Fixed the first."), "1.0.0")
    notes.commit_note("second-2", _fix("Fixed the second."))
    notes.commit_note("third-3", "features:\n  - A feature.\n  - Another *one*.\n", "2.0.0")
    notes.commit_note("fourth-4", _fix("Not released."))


def nothing(notes: Notes) -> None:
    """Versions without notes."""
    notes.commit_all("1.0.0")
    notes.commit_all("2.0.0")


def all_sections(notes: Notes) -> None:
    """Everything that may stand in notes."""
    sections = ["issues", "upgrade", "deprecations", "critical", "security", "other"]
    rest = "".join(f"{name}:\n  - About {name}.\n" for name in sections)
    notes.commit_note("all-1", f"prelude: >\n  The words\n  of a prelude.\n\n  And more.\n{rest}")
    notes.commit_note("string-2", "fixes: One text instead of a list.\nupgrade: |\n  Two\n\n  paragraphs.\n")
    notes.commit_note(
        "rich-3",
        "features:\n"
        "  - |\n    A list:\n\n    * one\n\n      * nested\n    * two\n\n"
        "    and ``code``::\n\n      with indentation\n\n"
        "    .. note:: Take care.\n\n    .. code-block:: python\n\n       if True:\n           pass\n"
        '  - "quoted: with \\"escapes\\"\\nand a line"\n'
        "  - 'it''s quoted\n    over lines'\n"
        "  - >-\n    folded\n    text\n\n    in two paragraphs\n"
        "  - |\n    A `link <https://example.org>`__, `Feature List`_ and :ref:`here <own_label>`.\n\n"
        "    .. _own_label:\n\n"
        "  - |\n    .. _Feature List: https://example.org/list\n\n    term\n        definition\n\n"
        "    ===  ===\n    a    b\n    ===  ===\n    c    d\n    ===  ===\n",
    )
    notes.commit_note("third-4", 'prelude: "Second prelude: with a colon"\nfeatures: ["flow", "style"]\n', "3.0.0")
    notes.commit_note("unicode-5", "other:\n  - Grüße, 日本語 – “quotes” 🎉\n")


def stable_branch(notes: Notes) -> None:
    """A series with a branch, on which there are releases."""
    notes.commit_note("first-1", _fix("Before the branch."), "1.0.0")
    notes.run("checkout", "--quiet", "-b", "stable/alpha")
    notes.commit_note("stable-2", _fix("On the branch."), "1.0.1")
    notes.commit_note("stable-3", _fix("Not released on the branch."))
    notes.run("checkout", "--quiet", "main")
    notes.commit_note("main-4", _fix("On the main branch."), "2.0.0.0rc1")
    notes.run("checkout", "--quiet", "-b", "stable/beta")
    notes.commit_note("beta-5", _fix("On the second branch."), "2.0.0")
    notes.run("checkout", "--quiet", "main")
    notes.commit_note("main-6", _fix("After the second branch."), "3.0.0.0b1")


def pre_releases(notes: Notes) -> None:
    """Alphas, betas and candidates."""
    for number, tag in enumerate(("1.0.0.0a1", "1.0.0.0b1", "1.0.0.0rc1", "1.0.0", "2.0.0.0b1", "2.0.0.0b2"), 1):
        notes.commit_note(f"note-{number}", _fix(f"Fixed {number}."), tag)


def edited(notes: Notes) -> None:
    """Notes that were changed, renamed and deleted later, on merged branches."""
    notes.commit_note("changed-1", _fix("Old words."))
    notes.commit_note("renamed-2", _fix("Renamed."))
    notes.commit_note("deleted-3", _fix("Deleted."), "1.0.0")
    notes.run("checkout", "--quiet", "-b", "topic")
    notes.commit_note("topic-4", _fix("On a topic."))
    notes.run("checkout", "--quiet", "main")
    notes.commit_note("changed-1", _fix("New words."))
    notes.run(
        "mv", "releasenotes/notes/renamed-0000000000000002.yaml", "releasenotes/notes/name-0000000000000002.yaml"
    )
    notes.run("rm", "--quiet", "releasenotes/notes/deleted-0000000000000003.yaml")
    notes.commit_all()
    notes.merge("topic", "2015-01-20T00:00:00Z")
    notes.run("tag", "2.0.0")
    # changed, but not committed
    notes.note("topic-4", _fix("Changed in the working copy."))


def configured(notes: Notes) -> None:
    """Sections, a prelude and titles of its own, and days."""
    notes.configure(
        "prelude_section_name: release_summary\n"
        "add_release_date: true\n"
        "unreleased_version_title: Not Yet Released\n"
        "sections:\n"
        "  - [features, Neue Funktionen]\n"
        "  - [features_cli, Command Line, 2]\n"
        "  - [features_cli_ios, iOS, 3]\n"
        "  - [fixes, Bug Fixes]\n"
    )
    notes.commit_note("first-1", "release_summary: In short.\nfeatures:\n  - One.\nfeatures_cli:\n  - Two.\n", "1.0.0")
    notes.commit_note(
        "second-2", "features:\n  - A.\nfeatures_cli:\n  - D.\nfeatures_cli_ios:\n  - B.\nfixes:\n  - C.\n"
    )


HISTORIES: dict[str, Callable[[Notes], None]] = {
    function.__name__: function
    for function in (simple, nothing, all_sections, stable_branch, pre_releases, edited, configured)
}


def only_page(notes: Notes, project: Project, options: str = "", extensions: tuple[str, ...] = ()) -> Build:
    """A build of a project that has one page with a directive."""
    for name in ("current", "alpha", "plain"):
        (project.folder / f"{name}.rst").unlink(missing_ok=True)
    project.write("index.rst", f"Title\n=====\n\n.. release-notes::\n{options}")
    return project.build(**({"extensions": list(extensions)} if extensions else {}))
