"""What is to be changed to set a project up, and changing it.

The settings that a project begins with: none, and the most used options to choose from.

Adding an environment to a project's ``tox.ini`` that checks the fragments.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.files import replace_files, writing
from sphinxext.digest.init.conf import Conf, Source, has_extension, read_source, with_extension, with_project
from sphinxext.digest.init.documentation import Documentation, find_documentation, with_entry
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import Project

SETTINGS = """\
# What sphinx-digest and the build of the documentation share. All of it is optional: to set an option, take away the
# "#" before its name. There are more of them in the reference of sphinxext-digest.
---
# The title of a digest; {period} are its days in words.
#title: "Digest, {period}"

# How often there is a digest: weekly, biweekly or monthly; and the weekday that its weeks begin with.
#period: biweekly
#week_start: monday

# The line that closes the successes, and a page that has all of them.
#success_closing: Tell us yours on the mailing list.
#success_url: https://wiki.example.org/successes

# Where the documentation is published: reports and mails then link to its pages.
#base_url: https://docs.example.org/

# Where release schedules are, for the countdown.
#schedules: [../releases]
"""


TOX = "tox.ini"

_SECTION = re.compile(r"^\[testenv:digests\]", re.MULTILINE)
#: OpenStack's projects take all versions from a file, whose name depends on the branch.
_CONSTRAINTS = re.compile(
    r"^[ \t]*(?:deps[ \t]*=[ \t]*)?(-c[ \t]*\{env:[A-Z_]*CONSTRAINTS_FILE.*\})[ \t\r]*$", re.MULTILINE
)


def with_environment(source: Source) -> Source:
    """A ``tox.ini`` with an environment ``digests``, unless it has one, or some other checks the fragments."""
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
    """A file as it is, if it is there, and as it is to be; the path is relative to the project."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(slots=True)
class Adoption:
    """What is to be done: files, a folder that is not there yet, and what the user has to do by hand."""

    root: Path
    changes: list[Change] = field(default_factory=list)
    folder: str | None = None
    by_hand: list[Problem] = field(default_factory=list)

    def change(self, before: Source, after: Source) -> None:
        """Add a file, if it is to be another."""
        if after.lines != before.lines:
            self.changes.append(Change(before.path, before.data, after.encoded()))

    def ask(self, path: str, line: int, message: str) -> None:
        """Add something that the user has to do."""
        self.by_hand.append(Problem(path, line, 1 if line else 0, Code.BY_HAND, message))


def plan_adoption(project: Project, folder: str | None) -> Adoption:
    """Find out what a project lacks. Nothing is written.

    :param folder: that of the documentation, relative to the project; without it, it is looked for.
    :raises DigestError: if there is no telling what the documentation is, or a file cannot be read.
    """
    documentation = find_documentation(project.root, folder)
    plan = Adoption(project.root)
    if not (project.root / SETTINGS_FILE).exists():
        plan.changes.append(Change(SETTINGS_FILE, None, SETTINGS.encode()))
    if not (project.root / project.main.fragments).exists():
        plan.folder = project.main.fragments
    _plan_conf(documentation, plan)
    pages = documentation.conf.literal("digest_pages")
    _plan_toctree(documentation, f"{pages if isinstance(pages, str) else project.main.pages}/index", plan)
    if (project.root / TOX).is_file():
        tox = read_source(project.root, TOX)
        plan.change(tox, with_environment(tox))
    return plan


def _plan_conf(documentation: Documentation, plan: Adoption) -> None:
    conf = documentation.conf
    source = conf.source
    if not has_extension(conf):
        new = with_extension(conf)
        if new is None:
            plan.ask(source.path, 0, "add 'sphinxext.digest' to the extensions: they are not listed in this file")
        else:
            source = new
    if (root := documentation.project_to_say) is not None:
        source = with_project(Conf(source, conf.tree), root)
    plan.change(conf.source, source)


def _plan_toctree(documentation: Documentation, entry: str, plan: Adoption) -> None:
    if documentation.lists(entry):
        return
    path = documentation.root_document
    if path is None:
        message = f"add '{entry}' to a toctree: the root document is not here"
        plan.ask(documentation.conf.source.path, 0, message)
        return
    source = read_source(documentation.root, path)
    new = with_entry(source, entry, markdown=path.endswith(".md"))
    if isinstance(new, Source):
        plan.change(source, new)
        return
    which = f" (of those at the lines {', '.join(map(str, new))})" if len(new) > 1 else ""
    plan.ask(path, new[0], f"add '{entry}' to the toctree of your choice{which}")


def carry_out(plan: Adoption) -> None:
    """Write all of the files, or none if one of them cannot be written.

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
