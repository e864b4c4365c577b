"""The plan of ``sphinx-digest init``: changes to files, and steps that are left to the user.

``conf.py`` gets the extension, the root document the list of digests, ``tox.ini`` an environment that checks the
fragments, and the project a settings file in which every option is commented out.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.files import replace_files, writing
from sphinxext.digest.init.conf import Conf, TextFile, has_extension, read_text_file, with_extension, with_project
from sphinxext.digest.init.documentation import Documentation, find_documentation, with_entry
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import Project

SETTINGS = """\
# Settings of sphinx-digest and of the documentation's build. All of them are optional: to set one, remove the "#"
# before its name. The reference of sphinxext-digest lists more.
---
# The title of a digest; {period} stands for its days in words.
#title: "Digest, {period}"

# How often a digest appears: weekly, biweekly or monthly; and the first day of its weeks.
#period: biweekly
#week_start: monday

# The line that closes the successes, and a page that lists all of them.
#success_closing: Tell us yours on the mailing list.
#success_url: https://wiki.example.org/successes

# Where the documentation is published: reports and mails then link to its pages.
#base_url: https://docs.example.org/

# Where release schedules are, for the countdown.
#schedules: [../releases]
"""


TOX = "tox.ini"

_SECTION = re.compile(r"^\[testenv:digests\]", re.MULTILINE)
#: OpenStack projects constrain all versions by a file whose name depends on the branch.
_CONSTRAINTS = re.compile(
    r"^[ \t]*(?:deps[ \t]*=[ \t]*)?(-c[ \t]*\{env:[A-Z_]*CONSTRAINTS_FILE.*\})[ \t\r]*$", re.MULTILINE
)


def with_tox_environment(source: TextFile) -> TextFile:
    """Add an environment ``digests`` to a ``tox.ini``, unless some environment checks the fragments."""
    text = source.text
    if _SECTION.search(text) or "sphinx-digest lint" in text:
        return source
    constraints = _CONSTRAINTS.search(text)
    return source.appended(
        "[testenv:digests]",
        "description = Check the fragments of the digests.",
        "skip_install = true",
        "deps =",
        *([f"  {constraints[1]}"] if constraints else []),
        "  sphinxext-digest",
        "commands =",
        "  sphinx-digest lint {posargs}",
    )


@dataclass(frozen=True)
class Change:
    """A file before, if it exists, and after a change; the path is relative to the project."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(slots=True)
class SetupPlan:
    """The changes to files, a folder to create, and the manual steps that are left to the user."""

    root: Path
    changes: list[Change] = field(default_factory=list)
    folder: str | None = None
    manual_steps: list[Problem] = field(default_factory=list)

    def change(self, before: TextFile, after: TextFile) -> None:
        """Add a change to a file, if it is one."""
        if after.lines != before.lines:
            self.changes.append(Change(before.path, before.data, after.encoded()))

    def ask(self, path: str, line: int, message: str) -> None:
        """Add a manual step."""
        self.manual_steps.append(Problem(path, line, 1 if line else 0, Code.BY_HAND, message))


def plan_setup(project: Project, folder: str | None) -> SetupPlan:
    """Plan what a project lacks. Nothing is written.

    :param folder: that of the documentation, relative to the project. Without it, the usual folders are searched.
    :raises DigestError: if the documentation is missing or ambiguous, or if a file cannot be read.
    """
    documentation = find_documentation(project.root, folder)
    plan = SetupPlan(project.root)
    if not (project.root / SETTINGS_FILE).exists():
        plan.changes.append(Change(SETTINGS_FILE, None, SETTINGS.encode()))
    if not (project.root / project.main.fragments).exists():
        plan.folder = project.main.fragments
    _plan_conf(documentation, plan)
    pages = documentation.conf.literal("digest_pages")
    _plan_toctree(documentation, f"{pages if isinstance(pages, str) else project.main.pages}/index", plan)
    if (project.root / TOX).is_file():
        tox = read_text_file(project.root, TOX)
        plan.change(tox, with_tox_environment(tox))
    return plan


def _plan_conf(documentation: Documentation, plan: SetupPlan) -> None:
    conf = documentation.conf
    source = conf.source
    if not has_extension(conf):
        new = with_extension(conf)
        if new is None:
            plan.ask(source.path, 0, "add 'sphinxext.digest' to the extensions: this file does not list them")
        else:
            source = new
    if (root := documentation.missing_project) is not None:
        source = with_project(Conf(source, conf.tree), root)
    plan.change(conf.source, source)


def _plan_toctree(documentation: Documentation, entry: str, plan: SetupPlan) -> None:
    if documentation.lists(entry):
        return
    path = documentation.root_document
    if path is None:
        message = f"add '{entry}' to a toctree: the root document was not found"
        plan.ask(documentation.conf.source.path, 0, message)
        return
    source = read_text_file(documentation.root, path)
    new = with_entry(source, entry, markdown=path.endswith(".md"))
    if isinstance(new, TextFile):
        plan.change(source, new)
        return
    which = f" (on lines {', '.join(map(str, new))})" if len(new) > 1 else ""
    plan.ask(path, new[0], f"add '{entry}' to the toctree of your choice{which}")


def apply_plan(plan: SetupPlan) -> None:
    """Write all files, or none if one of them cannot be written.

    :raises OSError: if one cannot be written.
    """
    folders = [Path(change.path).parent for change in plan.changes]
    folders += [Path(plan.folder)] if plan.folder is not None else []
    made: list[Path] = []
    try:
        for folder in folders:
            _make_folder(plan.root / folder, made)
        replace_files({plan.root / change.path: change.after for change in plan.changes})
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir()
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    for path in reversed([folder, *folder.parents]):
        if not path.exists():
            with writing(path):
                path.mkdir()
            made.append(path)
