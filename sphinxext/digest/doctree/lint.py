"""Check a collection: each of its files, the connections of its notes, and the reStructuredText of each note."""

from __future__ import annotations

import os
import re
from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sphinxext.digest.collection.load import place_fragments
from sphinxext.digest.collection.people import people_file
from sphinxext.digest.doctree.text_checks import CheckCache, Checked, Findings, Texts, check_files, docutils_place
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.folder import FolderReading, fingerprint, read_folder
from sphinxext.digest.model import Text, split_name
from sphinxext.digest.model.keys import Type
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.folder import NotesReading, read_content, read_notes_folder
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.rst import is_plain, target_names

if TYPE_CHECKING:
    from sphinxext.digest.doctree.docs_files import CheckedHome
    from sphinxext.digest.doctree.known_names import KnownNames
    from sphinxext.digest.doctree.parse import TextParser

#: Options that change nothing about what is wrong with fragments.
_NOT_OF_FRAGMENTS = frozenset({"sources", "schedules", "schedule_url", "joint", "feeds", "issue_links"})
#: docutils' messages for names that a text does not define, and for directives and roles that it does not know.
_UNDEFINED = re.compile(r'(?:Unknown target name: |Undefined substitution referenced: )"(.+)"', re.DOTALL)
_UNKNOWN = re.compile(r'Unknown (directive type|interpreted text role) "(.+?)"')


def check_collection(root: Path, settings: Settings, only: Container[str] | None = None) -> Findings:
    """Check the fragments of a collection.

    :param root: the project.
    :param only: the paths of the files to report on, as problems name them. The others are read all the same, since
        identities and the parts of threads take the whole folder.
    """
    cache = _cache_of(settings, root)
    state = fingerprint(root, settings.fragments, people_file(settings.fragments)) if only is None and cache else None
    if cache is not None and state is not None and (known := cache.find_folder(state)) is not None:
        return known
    reading = read_folder(root, settings.fragments)
    listed = {fragment.path for fragment in reading.fragments} | {problem.path for problem in reading.problems}
    for path in sorted(set(only or ()) - listed):
        reading.add_file(root / path, path)
        listed.add(path)
    checked = listed if only is None else listed.intersection(only)
    found = {*place_fragments(root, settings, reading).problems}
    of_texts = _check_marked((text for text in texts_of_folder(reading) if text[0] in checked), settings, root, cache)
    found.update(of_texts.problems)
    if only is not None:
        identities = {_identity(path) for path in checked}
        found = {problem for problem in found if problem.path in checked or _is_double(problem, identities)}
    drafts = {fragment.path for fragment in reading.fragments if fragment.draft}
    findings = Findings(
        frozenset(checked), frozenset(drafts & checked), tuple(sorted(found)), tuple(sorted(of_texts.hints))
    )
    if cache is not None:
        if state is not None and of_texts.is_lasting and not _uses_history(reading):
            cache.keep_folder(state, findings)
        cache.save(whole=only is None)
    return findings


def _cache_of(settings: Settings, root: Path) -> CheckCache | None:
    """Return the cache of a folder; None if what its texts show depends on other files, which they may insert."""
    if settings.fragment_file_insertion:
        return None
    options = [(name, value) for name, value in vars(settings).items() if name not in _NOT_OF_FRAGMENTS]
    return CheckCache(os.fspath(root.resolve() / settings.fragments), options)


def _uses_history(reading: FolderReading) -> bool:
    """Return True if git has to tell the day of a note."""
    return any(
        note.date is None and fragment.date is None for fragment in reading.fragments for note in fragment.notes
    )


def texts_of_folder(reading: FolderReading) -> Iterator[tuple[str, Type, Text]]:
    """Every text of the files of a folder with the path of its file, also those of notes that are left out."""
    for fragment in reading.fragments:
        for note in fragment.notes:
            for kind, text in texts_of(note):
                yield fragment.path, kind, text
    for path, texts in reading.left_out.items():
        for kind, text in texts:
            yield path, kind, text


def check_texts(texts: Iterable[tuple[str, Type, Text]], settings: Settings) -> list[Problem]:
    """Parse texts and return what is wrong with them.

    :param texts: each with the path of its file; a title has to be one line.
    """
    return list(_check_marked(texts, settings).problems)


def _check_marked(
    texts: Iterable[tuple[str, Type, Text]],
    settings: Settings,
    root: Path | None = None,
    cache: CheckCache | None = None,
) -> Checked:
    """Parse the texts that have any markup.

    :param root: the project, in whose documentation relative addresses are looked for; without it they are not.
    """
    marked = _marked(texts)
    if isinstance(marked, Problem):
        return Checked((marked,), is_lasting=False)
    if not marked:
        return Checked()
    found = list(check_files(_by_file(marked), _FragmentCheck(settings, root), cache))
    return Checked(
        tuple(problem for one in found for problem in one.problems),
        tuple(hint for one in found for hint in one.hints),
        all(one.is_lasting for one in found),
    )


def _by_file(marked: Iterable[tuple[str, Type, Text]]) -> dict[str, list[tuple[Type, Text]]]:
    found: dict[str, list[tuple[Type, Text]]] = {}
    for path, kind, text in marked:
        found.setdefault(path, []).append((kind, text))
    return found


class _FragmentCheck:
    """Checks the texts of one fragment after the other.

    :param root: the project, in whose documentation relative addresses are looked for; without it they are not.
    """

    def __init__(self, settings: Settings, root: Path | None) -> None:
        self.settings = settings
        self.root = root

    @cached_property
    def parser(self) -> TextParser:
        """The parser, which brings docutils: it is not needed if everything is known."""
        from sphinxext.digest.doctree.parse import TextParser, guard_of

        return TextParser(guard_of(self.settings))

    @cached_property
    def home(self) -> CheckedHome | None:
        """A page of a digest, whichever: what is in the same folder is what counts."""
        from sphinxext.digest.doctree.docs_files import CheckedHome, DocsFolder

        pages = self.settings.pages
        return CheckedHome(f"{pages}/index", DocsFolder(self.root, pages)) if self.root is not None else None

    def __call__(self, path: str, texts: Texts) -> Checked:
        """Check the texts of a file."""
        from sphinxext.digest.doctree.markdown_hints import markdown_hints

        parser, home = self.parser, self.home
        known, looked = len(parser.problems), home.looked if home is not None else 0
        hints: list[Problem] = []
        for kind, text in texts:
            parse = parser.inline if kind is Type.TITLE else parser.blocks
            nodes = parse(text, path, "lint", home=(lambda: home) if home is not None else None)
            hints += markdown_hints(nodes, text, path)
        is_lasting = home is None or home.looked == looked
        return Checked(tuple(parser.problems[known:]), tuple(hints), is_lasting)


def _marked(texts: Iterable[tuple[str, Type, Text]]) -> list[tuple[str, Type, Text]] | Problem:
    """Return the texts that have any markup, or a problem of the first of them if docutils is not installed."""
    marked = [(path, kind, text) for path, kind, text in texts if not is_plain(text.value)]
    if not marked:
        return []
    if not docutils_place()[0]:
        path, _, text = marked[0]
        message = "the text has markup, and docutils, which would check it, is not installed: pip install docutils"
        return Problem(path, text.line, text.column, Code.RST, message)
    return marked


def check_release_notes(
    root: Path, conf: NotesConfig, only: Container[str] | None = None, components: Iterable[str] = ()
) -> Findings:
    """Check the release notes of a working copy.

    :param root: the project, whose documentation tells which directives and roles its build knows.
    :param only: the paths of the files to report on, relative to the repository.
    :param components: the names of the project's components; without any, all will do.
    """
    reading = read_notes_folder(conf, only, components)
    checked = frozenset(reading.paths if only is None else (path for path in reading.paths if path in only))
    return _check_reading(root, conf, reading, checked)


def check_note(root: Path, conf: NotesConfig, content: bytes, path: str) -> list[Problem]:
    """Check the content of a release note that is not in its folder yet.

    :param path: how problems name it.
    """
    reading = NotesReading([path])
    read_content(content, path, conf, reading)
    return list(_check_reading(root, conf, reading, frozenset({path})).problems)


def check_note_texts(root: Path, conf: NotesConfig, texts: Iterable[tuple[str, Text]]) -> Findings:
    """Check texts that will be in release notes.

    :param texts: each with the path of the file it comes from, which problems name.
    """
    reading = NotesReading(texts=list(texts))
    return _check_reading(root, conf, reading, frozenset(path for path, _ in reading.texts))


def _check_reading(root: Path, conf: NotesConfig, reading: NotesReading, checked: frozenset[str]) -> Findings:
    marked = _marked((path, Type.RST, text) for path, text in reading.texts if path in checked)
    if isinstance(marked, Problem):
        return Findings(checked, problems=tuple(sorted({*reading.problems, marked})))
    hints: list[Problem] = []
    if marked:
        from sphinxext.digest.doctree.guard import ReleaseNotesGuard
        from sphinxext.digest.doctree.known_names import known_names
        from sphinxext.digest.doctree.markdown_hints import markdown_hints
        from sphinxext.digest.doctree.parse import TextParser

        names = known_names(root)
        # on a page all notes are one document, so that a text may use the targets of others
        targets = {name for _, text in reading.texts for name in target_names(text.value)}
        targets.update(section.title.lower() for section in conf.sections)
        parser = TextParser(ReleaseNotesGuard(names=names))
        for path, _, text in marked:
            nodes = parser.blocks(text, path, "lint")
            hints += markdown_hints(nodes, text, path, code=not names.default_role)
        reading.problems += _of_the_build(parser.problems, names, targets)
    return Findings(checked, problems=tuple(sorted(set(reading.problems))), hints=tuple(sorted(hints)))


def _of_the_build(problems: Iterable[Problem], names: KnownNames, targets: Container[str]) -> Iterator[Problem]:
    """Leave out what is only wrong where a text is parsed alone, without Sphinx; add the nearest names."""
    for problem in problems:
        if problem.code is Code.RST_FORBIDDEN:
            continue
        if match := _UNDEFINED.match(problem.message):
            if not (names.defines(match[1]) or match[1] in targets):
                yield problem
            continue
        if match := _UNKNOWN.match(problem.message):
            near = names.near(match[2], directive=match[1] == "directive type")
            if near:
                problem = replace(problem, message=f"{problem.message.rstrip('.')}: did you mean '{near}'?")
        yield problem


def _identity(path: str) -> str:
    name = split_name(PurePosixPath(path).stem)
    return name[1] if name else path


def _is_double(problem: Problem, identities: Container[str]) -> bool:
    """Return True if a problem of another file concerns one of these files as well."""
    return problem.code is Code.DUPLICATE_IDENTITY and _identity(problem.path) in identities
