"""The files of a project's documentation: find its pages without Sphinx, and check the files shown as pictures.

A build publishes a copy of each picture, whatever it contains.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from docutils import nodes

from sphinxext.digest.doctree.relative import Address, Home
from sphinxext.digest.init.conf import Conf
from sphinxext.digest.init.documentation import SUFFIXES, find_documentation
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import ARCHIVES

#: The suffixes of the addresses and the sources of pages, unless ``conf.py`` has others.
_PAGES = (".html", *SUFFIXES, ".ipynb")
#: The pages and files that a build makes: in the folder of the digests, and beside the root document.
_MADE = re.compile(rf"index|\d{{4}}(?:-\d\d){{0,2}}|(?:{'|'.join(ARCHIVES)})/.+|[^/]+\.(?:xml|json|ics|txt)")
_MADE_BY_SPHINX = re.compile(r"(?:genindex|search|[^/]*-?modindex|digest-notes)(?:\.html)?|objects\.inv")
_OF_OUTPUTS = ("_images/", "_downloads/", "_sources/", "_modules/")


@dataclass(frozen=True)
class DocsFolder:
    """A project's documentation, if it is found in a usual place.

    :ivar root: the project.
    :ivar pages: the folder of the digests, as seen from the documentation.
    """

    root: Path
    pages: str

    @property
    def name(self) -> str:
        """The name of the folder in messages."""
        return f"the documentation in '{self._found[0]}'" if self._found else "the documentation"

    def has(self, address: Address) -> bool | None:
        """Return True if there is a page or a file of an address; None if nobody knows the documentation's folder."""
        if self._found is None:
            return None
        path = address.path
        return path is None or self._is_made(path) or self._has_page(address) or bool(self.has_file(path))

    def has_file(self, path: str) -> bool | None:
        """Return True if there is a file; None if nobody knows the documentation's folder.

        :param path: as seen from there.
        """
        if self._found is None:
            return None
        folder, conf = self.root / self._found[0], self._found[1]
        if _exists(folder / path):
            return True
        for option, name in (("html_extra_path", path), ("html_static_path", path.removeprefix("_static/"))):
            places = _texts(conf, option)
            if option == "html_static_path" and name == path:
                continue
            if places is None or any(_exists(folder / place / name) or _names(place, name) for place in places):
                return True
        return False

    def text_of(self, option: str) -> str:
        """Return the text that an option of ``conf.py`` is set to, or an empty one if only running it tells."""
        value = self._found[1].literal(option) if self._found else None
        return value if isinstance(value, str) else ""

    @cached_property
    def _found(self) -> tuple[str, Conf] | None:
        try:
            found = find_documentation(self.root, None)
        except DigestError:
            return None
        return found.folder, found.conf

    def _has_page(self, address: Address) -> bool:
        assert self._found is not None
        folder, documents = self.root / self._found[0], address.documents(_PAGES)
        return any(_exists(folder / f"{name}{suffix}") for name in documents for suffix in _PAGES[1:])

    def _is_made(self, path: str) -> bool:
        below = path.removeprefix(f"{self.pages}/").removesuffix(".html").rstrip("/") if self._is_below(path) else None
        is_of_digests = below is not None and (not below or _MADE.fullmatch(below) is not None)
        return is_of_digests or path.startswith(_OF_OUTPUTS) or _MADE_BY_SPHINX.fullmatch(path.rstrip("/")) is not None

    def _is_below(self, path: str) -> bool:
        return f"{path.rstrip('/')}/".startswith(f"{self.pages}/")


class CheckedHome(Home):
    """The page of a digest for a text that is only checked.

    :ivar docs: the files of the documentation.
    :ivar looked: how often it was asked for a page or a file.
    """

    def __init__(self, page: str, docs: DocsFolder) -> None:
        super().__init__(page)
        self.docs = docs
        self.looked = 0

    def place(self, link: nodes.reference, address: Address) -> str:
        """Look for the page or the file."""
        self.looked += 1
        if address.may_be_of_server or self.docs.has(address) is not False:
            return ""
        return f"{self.docs.name} has no such page and no such file"

    def reason_against_picture(self, path: str) -> str:
        """Look for the file."""
        self.looked += 1
        return "" if self.docs.has_file(path) is not False else f"is not in {self.docs.name}"


def _texts(conf: Conf, name: str) -> list[str] | None:
    """Return the list of texts that an option of ``conf.py`` is set to, or None if only running it tells."""
    values = [
        statement.value
        for statement in ast.walk(conf.tree)
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
    ]
    if not values:
        return None if conf.mentions(name) else []
    try:
        found = ast.literal_eval(values[-1])
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
    return [str(one) for one in found] if isinstance(found, list | tuple) else None


def _names(place: str, name: str) -> bool:
    """Return True if an entry of such an option is the file itself."""
    return posixpath.basename(place) == name


def _exists(path: Path) -> bool:
    """Return True if there is a file; a name that ends in ``.*`` matches any suffix."""
    try:
        if path.name.endswith(".*"):
            return any(found.name.startswith(path.name[:-1]) for found in path.parent.iterdir())
        return path.exists()
    except (OSError, ValueError):
        return False


#: The beginnings of pictures that browsers show, by the ends of their names. A picture of SVG never becomes a part of
#: the page, so that its scripts do not run there.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".apng": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".avif": (b"\0\0\0",),
    ".svg": (b"<", b"\xef\xbb\xbf<", b" ", b"\n", b"\r"),
}
PICTURE_TYPES = frozenset(_BEGINNINGS)
#: The types that other builders choose for a name that ends in ``.*``.
_TYPES_ON_PAPER = frozenset({".pdf", ".eps"})
#: The suffix that lets a builder choose the type.
ANY_TYPE = ".*"
_PATTERN = re.compile(r"[*?\[]")
_HEAD = 4_096


def refusal_of_name(uri: str) -> str:
    """Return the reason why no file of this name may be shown, as far as the name tells, or an empty string."""
    path = PurePosixPath(uri.replace("\\", "/"))
    if any(part.startswith(".") and part != "." for part in path.parts):
        return "is a hidden file, or in a hidden folder"
    if path.suffix.lower() not in PICTURE_TYPES and path.suffix != ANY_TYPE:
        return f"does not end in {', '.join(sorted(PICTURE_TYPES))}"
    # a build would look for all files of such a pattern
    return "is a pattern" if path.suffix == ANY_TYPE and _PATTERN.search(str(path)[: -len(ANY_TYPE)]) else ""


def refusal_of_file(path: Path, folder: Path, is_excluded: Callable[[str], bool]) -> str:
    """Return the reason why a file may not be shown, or an empty string.

    :param path: the file, found from the page that shows it; links are followed here. Its name may end in ``.*``.
    :param folder: the documentation's.
    :param is_excluded: tells if a path in that folder, with slashes, is one that the documentation leaves out.
    """
    if path.suffix != ANY_TYPE:
        return _refusal_of_one(path, folder, is_excluded)
    files = sorted(path.parent.glob(path.name))
    pictures = [file for file in files if file.suffix.lower() not in _TYPES_ON_PAPER]
    for file in pictures if pictures else files:
        if reason := _refusal_of_one(file, folder, is_excluded):
            return f"may be the file '{file.name}', which {reason}"
    return ""


def _refusal_of_one(path: Path, folder: Path, is_excluded: Callable[[str], bool]) -> str:
    for file in (path, path.resolve()):
        try:
            name = file.relative_to(folder if file == path else folder.resolve()).as_posix()
        except ValueError:
            return "leads out of the documentation's folder"
        if reason := refusal_of_name(name):
            return reason
        if any(is_excluded(str(part)) for part in (name, *PurePosixPath(name).parents) if str(part) != "."):
            return "is excluded from the documentation"
    return "" if _is_picture(path) else f"is not what its name says, a picture of the type {path.suffix}"


def _is_picture(path: Path) -> bool:
    """Return True if a file begins as one of its type does, or is not there, which others report."""
    if not path.is_file():
        return not path.exists()
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return True
    suffix = path.suffix.lower()
    return head.startswith(_BEGINNINGS[suffix]) and (suffix != ".svg" or b"<svg" in head)
