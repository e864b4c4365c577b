"""A project's documentation: its folder with the ``conf.py``, its root document, its pages."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinxext.digest.init.conf import (
    PROJECT,
    Conf,
    TextFile,
    parse_conf,
    python_encoding,
    read_text_file,
    without_end,
)
from sphinxext.digest.init.external_toc import (
    DEFAULT_PATH,
    EXTERNAL_TOC,
    PATH_OPTION,
    external_root,
    is_external_entry,
)
from sphinxext.digest.init.placement import Form
from sphinxext.digest.init.toctrees import toctrees_of
from sphinxext.digest.problems import Code, DigestError, Problem

#: The usual folders of a documentation.
FOLDERS = ("doc/source", "docs/source", "docs", "doc", "source")
#: The suffixes of pages, in the order in which they are tried.
SUFFIXES = (".rst", ".md", ".txt")

_CONF = "conf.py"
#: Folders with a ``conf.py`` that is another's, or not for the pages of a project.
_NO_DOCUMENTATION = frozenset({"api-guide", "api-ref", "node_modules", "releasenotes", "t", "test", "tests"})
#: OpenStack's theme, as an extension and by its name.
_OPENSTACK = ("openstackdocstheme", "openstackdocs")
#: Folders below this depth are not searched for one.
_MAX_DEPTH = 4
_RELEASE_NOTES = re.compile(r"^[ \t]*(?:\.\. release-notes::|(?:`{3,}|:{3,}|~{3,})\{release-notes\})", re.MULTILINE)
_SPHINX_OPTIONS = frozenset(
    {"exclude_patterns", "extensions", "html_theme", "master_doc", "root_doc", "source_suffix", "templates_path"}
)


@dataclass(frozen=True)
class Documentation:
    """The folder of a documentation, relative to the project, and its ``conf.py``."""

    root: Path
    folder: str
    conf: Conf

    @property
    def root_document(self) -> tuple[str, Form] | None:
        """The file with the toctrees, relative to the project, and its form, or None if it is not found."""
        if (path := self._external_toc) is not None:
            return path, Form.EXTERNAL
        for suffix in SUFFIXES:
            path = join(self.folder, f"{self.root_name}{suffix}")
            if (self.root / path).is_file():
                return path, Form.MARKDOWN if suffix == ".md" else Form.RST
        return None

    @property
    def root_name(self) -> str:
        """The name of the root document, without its suffix."""
        return str(self.conf.literal("root_doc") or self.conf.literal("master_doc") or "index")

    @property
    def _external_toc(self) -> str | None:
        if not self.conf.has_text(EXTERNAL_TOC):
            return None
        path = join(self.folder, str(self.conf.literal(PATH_OPTION) or DEFAULT_PATH))
        return path if (self.root / path).is_file() else None

    def page(self, name: str) -> TextFile | None:
        """Return the file of a page, or None if there is none."""
        for suffix in SUFFIXES:
            path = join(self.folder, f"{name}{suffix}")
            if (self.root / path).is_file():
                return read_text_file(self.root, path)
        return None

    def lists(self, name: str) -> bool:
        """Return True if the toctree of some page lists a page, or matches it."""
        if (path := self._external_toc) is not None:
            lines = [without_end(line) for line in read_text_file(self.root, path).lines]
            return is_external_entry(lines, path, name)
        for path, text in _pages(self.root / self.folder):
            folder = PurePosixPath(path).parent.as_posix()
            toctrees = toctrees_of(text.splitlines(), markdown=path.endswith(".md")) if "toctree" in text else ()
            if any(toctree.lists(name, "" if folder == "." else folder) for toctree in toctrees):
                return True
        return False

    @property
    def shows_release_notes(self) -> bool:
        """Return True if some page has the directive ``release-notes``."""
        return any(_RELEASE_NOTES.search(text) for _path, text in _pages(self.root / self.folder))

    @property
    def suffix(self) -> str:
        """The suffix of the root page, which other pages can have as well."""
        name = self.root_name
        if (path := self._external_toc) is not None:
            name = external_root([without_end(line) for line in read_text_file(self.root, path).lines], path)
        bare = name.removesuffix(".md").removesuffix(".rst")
        found = (one for one in SUFFIXES if (self.root / join(self.folder, f"{bare}{one}")).is_file())
        return next(found, SUFFIXES[0])

    @property
    def is_openstack(self) -> bool:
        """Return True if the documentation has OpenStack's theme."""
        return any(map(self.conf.has_text, _OPENSTACK))

    @property
    def missing_project(self) -> str | None:
        """The path from the documentation to the project, if a build would take another folder for it."""
        if self.conf.mentions(PROJECT):
            return None
        folder, root = (self.root / self.folder).resolve(), self.root.resolve()
        for candidate in (folder, *folder.parents):
            if candidate == root:
                return None
            if (candidate / "releasenotes").exists():
                break
        return Path(os.path.relpath(root, folder)).as_posix()


def find_documentation(root: Path, folder: str | None) -> Documentation:
    """Find the documentation of a project, in the folder that the user names, in the usual ones or in any other.

    :raises DigestError: if there is none or more than one, or if its ``conf.py`` cannot be parsed.
    """
    found = [folder] if folder is not None else conf_folders(root)
    if len(found) != 1:
        message = f"no folder has a {_CONF}: create one with --yes, or say where it is with --docs"
        if found:
            message = f"there is a {_CONF} in each of {', '.join(found)}: choose one with --docs"
        raise DigestError(Problem(os.fspath(root), 0, 0, Code.NO_DOCUMENTATION, message))
    conf = parse_conf(read_text_file(root, join(found[0], _CONF), python_encoding))
    return Documentation(root, found[0], conf)


def conf_folders(root: Path) -> list[str]:
    """Return the folders of documentation: the usual ones, else that of the project, else all others."""
    usual = [name for name in FOLDERS if (root / name / _CONF).is_file()]
    if usual or not (root / _CONF).is_file():
        return usual or sorted(_other_folders(root))
    return ["."]


def _other_folders(root: Path) -> Iterator[str]:
    for place, folders, files in os.walk(root):
        path = Path(place).relative_to(root)
        is_deep = len(path.parts) >= _MAX_DEPTH
        folders[:] = [] if is_deep else [name for name in _searched(place, folders) if name not in _NO_DOCUMENTATION]
        if _CONF in files and _is_sphinx(root, (path / _CONF).as_posix()):
            yield path.as_posix()


def _is_sphinx(root: Path, path: str) -> bool:
    """Return True if a ``conf.py`` sets something of Sphinx's."""
    with suppress(DigestError):
        tree = parse_conf(read_text_file(root, path, python_encoding)).tree
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return not names.isdisjoint(_SPHINX_OPTIONS)
    return False


def join(folder: str, name: str) -> str:
    """Join a folder and a name, leaving out ``.``."""
    return name if folder == "." else f"{folder}/{name}"


def _pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the pages below a folder, by path and text, without outputs of builds and virtual environments."""
    for place, folders, files in os.walk(folder):
        folders[:] = _searched(place, folders)
        for name in files:
            if name.endswith(SUFFIXES):
                path = Path(place, name)
                with suppress(OSError):
                    yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def _searched(place: str, folders: list[str]) -> list[str]:
    """Leave out hidden folders, outputs of builds and virtual environments."""
    return [
        name for name in folders if not name.startswith((".", "_")) and not Path(place, name, "pyvenv.cfg").exists()
    ]
