"""The plan of ``sphinx-digest init``: changes to files, and steps that are left to the user.

``conf.py`` gets the extension, the root document the list of digests, ``tox.ini`` an environment that checks the
fragments, and the project a settings file in which every option is commented out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.files import replace_files, writing
from sphinxext.digest.init.conf import (
    Conf,
    TextFile,
    has_extension,
    read_text_file,
    with_extension,
    with_project,
)
from sphinxext.digest.init.documentation import SUFFIXES, Documentation, find_documentation, join
from sphinxext.digest.init.extras import new_documentation, new_folder
from sphinxext.digest.init.placement import RootDocument, root_document
from sphinxext.digest.init.release_notes import ci_suggestions, page_of, page_text, release_notes_files
from sphinxext.digest.init.settings_file import settings_text
from sphinxext.digest.init.toctrees import Toctree
from sphinxext.digest.init.tools import (
    TOX,
    TOX_TOML,
    Suggestion,
    suggestions,
    with_toml_environment,
    with_tox_environment,
)
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import Project

_INDEX = "index"
_RENO = "reno.sphinxext"
#: The directive that a page of the project's own has, if it shows the list of digests.
_COLLECTION = "digest-collection"
#: Folders of pages to suggest instead of the one of the settings.
_OTHER_PAGES = ("community-digests", "news-digests", "project-digests", "digests-of-news")


@dataclass(frozen=True)
class Change:
    """A file before, if it exists, and after a change; the path is relative to the project."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True)
class Step:
    """A change that is left to the user: its place, why, and the lines to paste."""

    problem: Problem
    text: tuple[str, ...]


@dataclass(frozen=True)
class Wishes:
    """The parts of a project to set up.

    :ivar digests: whether digests are one of them.
    :ivar main_branch: the main branch of the repository, if release notes are one of them.
    :ivar pages: the folder of the digests' pages, if it is not the one of the settings.
    :ivar openstack: writes OpenStack's values into the settings, also without OpenStack's theme.
    """

    digests: bool = True
    main_branch: str | None = None
    pages: str | None = None
    openstack: bool = False


@dataclass(slots=True)
class SetupPlan:
    """The changes to files, a folder to create, the steps that are left to the user, and what they may add.

    ``documentation`` is the folder of the ``conf.py``, ``pages`` has the texts of new pages. ``takes_over`` is True if
    the directive of reno's extension becomes ours, ``openstack`` if the documentation has OpenStack's theme.
    """

    root: Path
    wishes: Wishes
    changes: list[Change] = field(default_factory=list)
    folder: str | None = None
    manual_steps: list[Step] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    pages: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""
    takes_over: bool = False
    openstack: bool = False

    def create(self, files: Mapping[str, str]) -> None:
        """Add new files, by their paths; those that exist are left alone."""
        for path, text in files.items():
            if not (self.root / path).exists():
                self.changes.append(Change(path, None, text.encode()))

    def change(self, before: TextFile, after: TextFile) -> None:
        """Add a change to a file, if it is one."""
        if after.lines != before.lines:
            self.changes.append(Change(before.path, before.data, after.encoded()))

    def ask(self, path: str, line: int, message: str, *text: str) -> None:
        """Add a manual step."""
        self.manual_steps.append(Step(Problem(path, line, 1 if line else 0, Code.BY_HAND, message), text))


#: Returns the toctree of a root document that has several for the digests, or None if the user has to add them.
Choose = Callable[[RootDocument], Toctree | None]


def plan_setup(
    project: Project, folder: str | None, wishes: Wishes, choose: Choose = RootDocument.chosen
) -> SetupPlan:
    """Plan what a project lacks. Nothing is written.

    :param folder: that of the documentation, relative to the project. Without it, the project is searched for one.
    :raises DigestError: if the documentation is missing or ambiguous, if a file cannot be read, or if the project has
        a page with the name of ours.
    """
    documentation = find_documentation(project.root, folder)
    plan = SetupPlan(project.root, wishes, documentation=documentation.folder, openstack=documentation.is_openstack)
    entries = _plan_release_notes(documentation, plan)
    if wishes.digests:
        _plan_settings(project, plan)
        entries += _digests_entry(documentation, f"{_pages_of(project, documentation, wishes)}/{_INDEX}")
    if wishes.digests or plan.pages:
        # release notes that are shown already may be reno's own
        _plan_conf(documentation, plan)
    if _plan_toctree(documentation, entries, plan, choose):
        plan.create(plan.pages)
    _plan_tools(plan)
    return plan


def plan_new(project: Project, wishes: Wishes) -> SetupPlan:
    """Plan a documentation for a project without one, and the rest as :func:`plan_setup`."""
    plan = SetupPlan(project.root, wishes, documentation=new_folder(project.root))
    entries = _plan_release_notes(None, plan)
    if wishes.digests:
        _plan_settings(project, plan)
        entries.append(f"{wishes.pages or project.main.pages}/{_INDEX}")
    plan.create(new_documentation(project.root, plan.documentation, entries))
    plan.create(plan.pages)
    _plan_tools(plan)
    return plan


def _plan_settings(project: Project, plan: SetupPlan) -> None:
    openstack = plan.wishes.openstack or plan.openstack
    plan.create({SETTINGS_FILE: settings_text(openstack=openstack, pages=plan.wishes.pages)})
    if not (project.root / project.main.fragments).exists():
        plan.folder = project.main.fragments


def _plan_release_notes(documentation: Documentation | None, plan: SetupPlan) -> list[str]:
    """Plan what release notes need, and return the page to list. It is created once a toctree lists it."""
    if plan.wishes.main_branch is None:
        return []
    plan.create(release_notes_files(plan.root, plan.wishes.main_branch))
    name = page_of(documentation)
    if name is not None:
        suffix = SUFFIXES[0] if documentation is None else documentation.suffix
        plan.pages = {join(plan.documentation, f"{name}{suffix}"): page_text(suffix)}
        plan.suggestions += ci_suggestions(plan.root)
    return [] if name is None else [name]


def _pages_of(project: Project, documentation: Documentation, wishes: Wishes) -> str:
    literal = documentation.conf.literal("digest_pages")
    return literal if isinstance(literal, str) else wishes.pages or project.main.pages


def _digests_entry(documentation: Documentation, entry: str) -> list[str]:
    """Return the page of the digests, unless the project has one of its own for them.

    :raises DigestError: if the project has a page of the name that is about something else.
    """
    page = documentation.page(entry)
    if page is None:
        return [entry]
    if _COLLECTION in page.text:
        return []
    folder = next(name for name in _OTHER_PAGES if not documentation.page(f"{name}/{_INDEX}"))
    message = f"the documentation has this page already: choose another folder, for example with --pages {folder}"
    raise DigestError(Problem(page.path, 1, 1, Code.PAGE_CONFLICT, message))


def _plan_conf(documentation: Documentation, plan: SetupPlan) -> None:
    conf = documentation.conf
    plan.takes_over = conf.has_text(_RENO) and not has_extension(conf)
    source = conf.source if has_extension(conf) else with_extension(conf)
    if (root := documentation.missing_project) is not None:
        source = with_project(Conf(source, conf.tree), root)
    plan.change(conf.source, source)


def _plan_toctree(documentation: Documentation, entries: list[str], plan: SetupPlan, choose: Choose) -> bool:
    """List pages in a toctree, or leave that to the user and return False."""
    entries = [entry for entry in entries if not documentation.lists(entry)]
    if not entries:
        return True
    advice = f"add {'this line' if len(entries) == 1 else 'these lines'} to a toctree"
    # a page that is in no toctree would be a warning
    advice += " and run this command again" if plan.pages else ""
    if documentation.root_document is None:
        message = f"the root document '{documentation.root_name}' was not found: {advice}"
        plan.ask(documentation.conf.source.path, 0, message, *entries)
        return False
    path, form = documentation.root_document
    root = root_document(read_text_file(documentation.root, path), form)
    toctree = choose(root)
    if toctree is not None or not root.toctrees:
        plan.change(root.source, root.with_entries(entries, toctree))
        return True
    first = root.toctrees[0]
    message = f"{advice}, or choose one with --toctree LINE: {describe(root.toctrees)}"
    plan.ask(path, first.start + 1, message, *root.text_for(entries, first))
    return False


def describe(toctrees: Iterable[Toctree]) -> str:
    """List the lines of some toctrees with their captions."""
    return ", ".join(f"line {one.start + 1}{f' ({one.caption})' if one.caption else ''}" for one in toctrees)


def _plan_tools(plan: SetupPlan) -> None:
    if not plan.wishes.digests:
        return
    for name, change in ((TOX, with_tox_environment), (TOX_TOML, with_toml_environment)):
        if (plan.root / name).is_file():
            source = read_text_file(plan.root, name)
            plan.change(source, change(source))
    plan.suggestions += suggestions(plan.root)


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
