"""What is to be changed to set a project up, and changing it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.adopt.conf import Conf, has_extension, with_extension, with_project
from sphinxext.digest.adopt.documentation import Documentation, find_documentation
from sphinxext.digest.adopt.settings import SETTINGS
from sphinxext.digest.adopt.source import Source, read_source
from sphinxext.digest.adopt.toctree import with_entry
from sphinxext.digest.adopt.tox import TOX, with_environment
from sphinxext.digest.files import replace_files, writing
from sphinxext.digest.options import SETTINGS_FILE
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.project import Project


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
