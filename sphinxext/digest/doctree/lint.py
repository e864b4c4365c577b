"""Check a collection: each of its files, the connections of its notes, and the reStructuredText of each note."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinxext.digest.collection.load import place_fragments
from sphinxext.digest.fragments.fields import Type, texts_of
from sphinxext.digest.fragments.folder import FolderReading, read_folder
from sphinxext.digest.model import Text, split_name
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.rst import is_plain


@dataclass(frozen=True, slots=True)
class Findings:
    """The paths of the files that were checked, those of drafts, and what was found, in the order of places."""

    checked: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def check_collection(root: Path, settings: Settings, only: Container[str] | None = None) -> Findings:
    """Check the fragments of a collection.

    :param root: the project.
    :param only: the paths of the files to report on, as problems name them. The others are read all the same, since
        identities and the parts of threads take the whole folder.
    """
    reading = read_folder(root, settings.fragments)
    listed = {fragment.path for fragment in reading.fragments} | {problem.path for problem in reading.problems}
    for path in sorted(set(only or ()) - listed):
        reading.add_file(root / path, path)
        listed.add(path)
    checked = listed if only is None else listed.intersection(only)
    found = {*place_fragments(root, settings, reading).problems}
    found.update(check_texts((text for text in texts_of_folder(reading) if text[0] in checked), settings, root))
    if only is not None:
        identities = {_identity(path) for path in checked}
        found = {problem for problem in found if problem.path in checked or _is_double(problem, identities)}
    drafts = {fragment.path for fragment in reading.fragments if fragment.draft}
    return Findings(frozenset(checked), frozenset(drafts & checked), tuple(sorted(found)))


def texts_of_folder(reading: FolderReading) -> Iterator[tuple[str, Type, Text]]:
    """Every text of the files of a folder with the path of its file, also those of notes that are left out."""
    for fragment in reading.fragments:
        for note in fragment.notes:
            for kind, text in texts_of(note):
                yield fragment.path, kind, text
    for path, texts in reading.left_out.items():
        for kind, text in texts:
            yield path, kind, text


def check_texts(
    texts: Iterable[tuple[str, Type, Text]], settings: Settings, root: Path | None = None
) -> list[Problem]:
    """Parse texts and return what is wrong with them.

    docutils is loaded for the first text that has any markup, and if it is not there, that text has a problem.

    :param texts: each with the path of its file; a title has to be one line.
    :param root: the project, in whose documentation relative addresses are looked for; without it they are not.
    """
    marked = ((path, kind, text) for path, kind, text in texts if not is_plain(text.value))
    first = next(marked, None)
    if first is None:
        return []
    try:
        from sphinxext.digest.doctree.docs_files import DocsFolder
        from sphinxext.digest.doctree.parse import TextParser, guard_of
        from sphinxext.digest.doctree.relative import CheckedHome
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "docutils":
            raise
        path, _, text = first
        message = "the text has markup, and docutils, which would check it, is not installed: pip install docutils"
        return [Problem(path, text.line, text.column, Code.RST, message)]
    parser = TextParser(guard_of(settings))
    # any page of a digest: what is in the same folder is what counts
    home = CheckedHome(f"{settings.pages}/index", DocsFolder(root, settings.pages)) if root is not None else None
    for path, kind, text in (first, *marked):
        parse = parser.inline if kind is Type.TITLE else parser.blocks
        parse(text, path, "lint", home=(lambda: home) if home is not None else None)
    return parser.problems


def _identity(path: str) -> str:
    name = split_name(PurePosixPath(path).stem)
    return name[1] if name else path


def _is_double(problem: Problem, identities: Container[str]) -> bool:
    """Return True if a problem of another file concerns one of these files as well."""
    return problem.code is Code.DUPLICATE_IDENTITY and _identity(problem.path) in identities
