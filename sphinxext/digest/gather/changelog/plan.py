"""Plan release notes and pages: find what the paths hold, choose sections, and compare with what is there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sphinxext.digest.doctree.lint import check_note_texts
from sphinxext.digest.files import create_files, writing
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import identity_of, slug_of
from sphinxext.digest.gather.changelog import Entry, HistoryPage, Reading, scriv, towncrier
from sphinxext.digest.gather.changelog.rst import plain_words, with_prefix
from sphinxext.digest.gather.changelog.scriv import Scriv
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.gather.changelog.towncrier import Towncrier
from sphinxext.digest.gather.changelog.versions import read_changelog
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem, unreadable
from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.write import dump_note

#: Numbers of issues, or what else is in parentheses at the end of a text.
_ISSUES = re.compile(r"\s\([^()]*\)\Z")
#: The first part of every identity.
_KIND = "release-notes import"

Conf = TypeVar("Conf", Towncrier, Scriv)


@dataclass(frozen=True, slots=True)
class PlannedNote:
    """A release note to write: its path in the repository, its YAML, and where it comes from."""

    path: str
    text: str
    source: str
    line: int
    prelude: str | None
    sections: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page of older versions to write; ``path`` is relative to the project."""

    path: str
    page: HistoryPage


@dataclass(slots=True)
class Plan:
    """The plan of an import: what is new, and how many notes are there already. With problems, nothing is written."""

    new: list[PlannedNote] = field(default_factory=list)
    pages: list[PlannedPage] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    hints: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_paths(paths: Iterable[Path], sections: Sections, unreleased: Collection[str]) -> Reading:
    """Read what the user names: a folder of fragments, one of them, a project with a configuration, or a changelog.

    :param unreleased: versions of changelogs that are not released, whatever their headings say.
    """
    reading = Reading()
    for path in dict.fromkeys(paths):
        try:
            _read_path(path, sections, unreleased, reading)
        except OSError as error:
            reading.problems.append(unreadable(os.fspath(path), error))
    return reading


def _read_path(path: Path, sections: Sections, unreleased: Collection[str], reading: Reading) -> None:
    folder = path if path.is_dir() else path.parent
    only = None if path.is_dir() else path
    if (found := _configured(towncrier.read_configuration, folder)) is not None:
        home, conf = found
        folders = [one for one in conf.folders if _is_same(one, folder) or (only is None and _is_same(home, folder))]
        if folders:
            _read_towncrier([one for one in folders if one.is_dir()], conf, only, reading)
            return
    if (setting := _configured(scriv.read_configuration, folder)) is not None:
        home, known = setting
        if _is_same(known.folder, folder) or (only is None and _is_same(home, folder)):
            _read_scriv(known, only, sections, reading)
            return
    if only is not None and not _is_named_as_fragment(path):
        read_changelog(path, os.fspath(path), sections, unreleased, reading)
    elif (defaults := towncrier.towncrier_of_names(folder)) is not None:
        _read_towncrier([folder], defaults, only, reading)
    elif (guessed := scriv.scriv_of_names(folder)) is not None and not (folder / ".git").exists():
        _read_scriv(guessed, only, sections, reading)
    else:
        message = "the folder has no fragments of towncrier or scriv: name their folder, or a changelog"
        reading.problems.append(Problem(os.fspath(path), 0, 0, Code.NOT_A_CHANGELOG, message))


def _is_named_as_fragment(path: Path) -> bool:
    defaults = towncrier.towncrier_of_names(path.parent)
    return defaults is not None and path in towncrier.fragments_of(path.parent, defaults)


def _configured(read: Callable[[Path], Conf | None], folder: Path) -> tuple[Path, Conf] | None:
    """Return the nearest configuration from a folder upward, with its folder, up to the top of the repository."""
    start: Path = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link
    for home in (start, *start.parents):
        # as the user names it, which problems repeat
        shown = Path(os.path.relpath(home)) if not folder.is_absolute() else home
        if (conf := read(shown)) is not None:
            return shown, conf
        if (home / ".git").exists():
            return None
    return None


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _read_towncrier(folders: Sequence[Path], conf: Towncrier, only: Path | None, reading: Reading) -> None:
    files: list[tuple[Path, str]] = []
    for folder in folders:
        found = towncrier.fragments_of(folder, conf)
        files += [(file, os.fspath(file)) for file in found if only is None or _is_same(file, only)]
        if only is None:
            for name in towncrier.strangers_in(folder, conf):
                reading.remarks.append(f"{folder / name}: left out, since its name has no type that is configured")
    towncrier.read_fragments(files, conf, reading)


def _read_scriv(conf: Scriv, only: Path | None, sections: Sections, reading: Reading) -> None:
    found = scriv.fragments_of(conf.folder, conf)
    files = [(file, os.fspath(file)) for file in found if only is None or _is_same(file, only)]
    scriv.read_fragments(files, sections, reading)


def make_plan(root: Path, conf: NotesConfig, sections: Sections, reading: Reading, page: str | None) -> Plan:
    """Plan the notes and the page, and check the texts.

    :param root: the project.
    :param page: the path of the page of older versions, relative to the project; without it there is none.
    """
    # a file in another encoding than UTF-8 is read all the same
    guessed = [problem for problem in reading.problems if problem.code is Code.ENCODING]
    plan = Plan(problems=[problem for problem in reading.problems if problem not in guessed], hints=guessed)
    plan.remarks += reading.remarks
    shown = [(tool, entry) for tool, entry in reading.entries if not _is_left_out(entry, sections)]
    if hidden := len(reading.entries) - len(shown):
        what = "fragment is" if hidden == 1 else "fragments are"
        plan.remarks.append(f"{hidden} {what} left out: without a text, or of a type whose texts are not published")
    placed = list(_placed(shown, sections, plan.problems))
    _plan_notes(conf, sections, placed, plan)
    findings = check_note_texts(root, conf, [(entry.path, entry.text) for _, entry, _ in placed])
    # a name that is unknown here may be one of an extension that the documentation does not have yet
    plan.problems += [problem for problem in findings.problems if not _is_unknown_name(problem)]
    plan.hints += [*findings.hints, *filter(_is_unknown_name, findings.problems)]
    if page is not None:
        _plan_page(root, page, reading.pages, plan)
        # what was published stays as it is: nothing keeps the page from being written
        for one in reading.pages:
            plan.hints += _hints_of_page(root, conf, one)
    plan.problems = sorted(set(plan.problems))
    return plan


def _hints_of_page(root: Path, conf: NotesConfig, page: HistoryPage) -> Iterator[Problem]:
    """Yield what is wrong with a page of older versions; an unknown name only once, since it may be in each line."""
    findings = check_note_texts(root, conf, [(page.source, text) for text in page.texts])
    seen: set[str] = set()
    for problem in [*findings.problems, *findings.hints]:
        if _is_unknown_name(problem):
            if problem.message in seen:
                continue
            seen.add(problem.message)
        # targets without a name may be in another block than what leads to them
        if not problem.message.startswith("Anonymous hyperlink mismatch"):
            yield problem


def _is_unknown_name(problem: Problem) -> bool:
    unknown = ("Unknown directive type", "Unknown interpreted text role")
    return problem.code is Code.RST and problem.message.startswith(unknown)


def _is_left_out(entry: Entry, sections: Sections) -> bool:
    return entry.is_hidden and (not entry.text.value or not sections.is_chosen(entry.categories))


def _placed(
    entries: Iterable[tuple[str, Entry]], sections: Sections, problems: list[Problem]
) -> Iterator[tuple[str, Entry, str]]:
    """Yield entries with their sections; report headings that have none, once for each file."""
    reported: set[tuple[str, tuple[str, ...]]] = set()
    for tool, entry in entries:
        name = sections.find(entry.categories)
        more = entry.more
        if name is None:
            name, more = sections.any, (entry.categories[-1], *more)
        if name is not None:
            yield tool, entry if not more else _with_more(entry, more), name
        elif (entry.path, entry.categories) not in reported:
            reported.add((entry.path, entry.categories))
            words = entry.categories[0]
            message = f"'{words}' has no section: add --section '{words}=SECTION', or '*=other' for all such headings"
            problems.append(Problem(entry.path, entry.text.line, 1, Code.UNKNOWN_SECTION, message))


def _with_more(entry: Entry, more: Sequence[str]) -> Entry:
    text = with_prefix(entry.text, " – ".join(more))
    return Entry(entry.path, text, entry.categories, entry.key, (), entry.is_hidden)


def _plan_notes(conf: NotesConfig, sections: Sections, placed: Iterable[tuple[str, Entry, str]], plan: Plan) -> None:
    """Plan a note for all entries with the same key, unless there is one."""
    notes: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for tool, entry, name in placed:
        notes.setdefault((tool, entry.key), []).append((entry, name))
    top = Path(conf.reporoot, conf.notespath)
    there = {unique_id(file.name): file for file in sorted(top.rglob(f"*{SUFFIX}"))}
    for (tool, key), entries in notes.items():
        identity = identity_of(_KIND, tool, key)
        note = _note(conf, sections, entries, identity)
        if identity not in there:
            plan.new.append(note)
        elif there[identity].read_bytes() == note.text.encode():
            plan.unchanged += 1
        else:
            message = f"{there[identity].name} was made from this or the like, and differs: it stays as it is"
            plan.hints.append(Problem(note.source, note.line, 1, Code.DIFFERS, message))


def _note(conf: NotesConfig, sections: Sections, entries: Sequence[tuple[Entry, str]], identity: str) -> PlannedNote:
    found: dict[str, list[str]] = {}
    for entry, name in entries:
        texts = found.setdefault(name, [])
        if entry.text.value not in texts:
            texts.append(entry.text.value)
    preludes = found.pop(sections.prelude, None)
    prelude = "\n\n".join(preludes) if preludes else None
    ordered = {name: found[name] for name in sections.names if name in found}
    first = entries[0][0]
    name = f"{slug_of(_words(first.text))}-{identity}{SUFFIX}"
    path = Path(conf.notespath, name).as_posix()
    text = dump_note(prelude, ordered, sections.prelude)
    return PlannedNote(path, text, first.path, first.text.line, prelude, ordered)


def _words(text: Text) -> str:
    """Return the words of a text for the name of a file: its prose, without the numbers of issues after it."""
    blocks = [block for block in text.value[:1000].split("\n\n") if not block.startswith((" ", ".."))]
    return _ISSUES.sub("", plain_words(" ".join(" ".join(blocks).split())))


def _plan_page(root: Path, path: str, pages: Sequence[HistoryPage], plan: Plan) -> None:
    if len(pages) > 1:
        message = f"there is a changelog of versions already, {pages[0].source}: import one at a time"
        plan.problems += [Problem(page.source, 0, 0, Code.NOT_A_CHANGELOG, message) for page in pages[1:]]
        return
    for page in pages:
        try:
            old = (root / path).read_bytes()
        except FileNotFoundError:
            plan.pages.append(PlannedPage(path, page))
            continue
        if old != page.text.encode():
            message = f"{path} is there and differs: it stays as it is; remove it to have it written again"
            plan.hints.append(Problem(page.source, 0, 0, Code.DIFFERS, message))


def carry_out(plan: Plan, root: Path, conf: NotesConfig) -> None:
    """Write the notes and the page: all of them, or nothing if one cannot be written.

    :raises OSError: if a file cannot be written.
    """
    files = {Path(conf.reporoot, note.path): note.text.encode() for note in plan.new}
    files |= {root / planned.path: planned.page.text.encode() for planned in plan.pages}
    for folder in {file.parent for file in files}:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
    create_files(files)
