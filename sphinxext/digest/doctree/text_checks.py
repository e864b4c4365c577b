"""Check the texts of many files: with all processors, and with what was found when nothing has changed since.

What is wrong with the texts of a file depends on them, on the settings, and on the versions of what parses them. It is
kept in the user's cache under a checksum of all of these. Texts with relative addresses depend on other files as well,
and are checked each time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from sphinxext.digest import __version__
from sphinxext.digest.files import cache_folder, write_unsynced
from sphinxext.digest.model import Text
from sphinxext.digest.model.keys import Type
from sphinxext.digest.parallel import each
from sphinxext.digest.problems import Code, Problem

#: Fewer files than these are checked before another process would have started.
_FEW = 60
#: Files that a process is given at once.
_PORTION = 16
#: A cache with more results than these begins anew; a result without problems takes 40 bytes.
_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Findings:
    """The paths of the files that were checked, those of drafts, and what was found, in the order of places.

    ``hints`` are what may be right as it is.
    """

    checked: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()


#: The texts of a file.
Texts = Sequence[tuple[Type, Text]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with the texts of a file, and what may be right as it is.

    ``is_lasting`` is False if it depends on other files.
    """

    problems: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()
    is_lasting: bool = True


#: Checks the texts of the file with this path.
Check = Callable[[str, Texts], Checked]


def check_files(files: Mapping[str, Texts], check: Check, cache: CheckCache | None = None) -> Iterator[Checked]:
    """Check files, and yield what was found, in no certain order.

    :param files: the texts of each file by its path.
    :param cache: has what was found earlier, and keeps what is found now.
    """
    unknown = []
    for path, texts in files.items():
        found = cache.find(path, texts) if cache is not None else None
        if found is None:
            unknown.append((path, texts))
        else:
            yield found
    found_anew = each(unknown, lambda item: check(*item), few=_FEW, portion=_PORTION)
    for (path, texts), checked in found_anew:
        if cache is not None and checked.is_lasting:
            cache.keep(path, texts, checked)
        yield checked


class CheckCache:
    """The findings of earlier checks of one folder.

    :param name: names the folder.
    :param setting: all that the findings depend on besides the texts, as a value with a ``repr`` that tells it.
    """

    def __init__(self, name: str, setting: object) -> None:
        versions = (__version__, docutils_place(), sys.version_info[:2], _code())
        self._salt = repr((versions, setting)).encode()
        self._texts: dict[str, list[_Row]] = {}
        self._folder: dict[str, object] = {}
        self._used: set[str] = set()
        self._is_changed = False
        name = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
        try:
            self._file: Path | None = cache_folder("lint") / f"{name}.json"
        except OSError:  # no home folder: nothing is kept
            self._file = None
            return
        self._texts, self._folder = _read(self._file)

    def find(self, path: str, texts: Texts) -> Checked | None:
        """Return what was found in the texts of a file, or None if they were not checked before."""
        key = self._key(texts)
        rows = self._texts.get(key)
        found = _problems([path, *row] for row in rows) if rows is not None else None
        if found is not None:
            self._used.add(key)
        return found

    def keep(self, path: str, texts: Texts, checked: Checked) -> None:
        """Remember what was found, unless it is about other files."""
        rows = _rows(checked)
        if all(row[0] == path for row in rows):
            key = self._key(texts)
            self._texts[key] = [row[1:] for row in rows]
            self._used.add(key)
            self._is_changed = True

    def find_folder(self, state: bytes) -> Findings | None:
        """Return what was found in the whole folder, if it is in the same state.

        :param state: tells one state of the folder from another.
        """
        kept = self._folder
        if kept.get("state") != self._state(state):
            return None
        rows, checked, drafts = kept.get("rows"), kept.get("checked"), kept.get("drafts")
        if not (isinstance(rows, list) and isinstance(checked, list) and isinstance(drafts, list)):
            return None
        found = _problems(rows)
        if found is None:
            return None
        return Findings(frozenset(map(str, checked)), frozenset(map(str, drafts)), found.problems, found.hints)

    def keep_folder(self, state: bytes, findings: Findings) -> None:
        """Remember what was found in the whole folder."""
        self._folder = {
            "state": self._state(state),
            "checked": sorted(findings.checked),
            "drafts": sorted(findings.drafts),
            "rows": _rows(findings),
        }
        self._is_changed = True

    def save(self, *, whole: bool) -> None:
        """Write the cache, if it has anything new.

        :param whole: all files of the folder were checked, so that what was not used is out of date.
        """
        if self._file is None or not self._is_changed:
            return
        texts = self._texts
        if whole or len(texts) > _MOST:
            texts = {key: rows for key, rows in texts.items() if key in self._used}
        content = json.dumps({"texts": texts, "folder": self._folder}, separators=(",", ":"))
        with suppress(OSError):
            write_unsynced(self._file, content.encode("utf-8", "surrogatepass"), is_private=True)

    def _key(self, texts: Texts) -> str:
        state = blake2b(self._salt, digest_size=12)
        for kind, text in texts:
            state.update(f"{kind.name}{text!r}".encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def _state(self, state: bytes) -> str:
        return blake2b(self._salt + state, digest_size=12).hexdigest()


#: A problem as values for JSON: its path, line and column, code and message, and 1 for a hint.
_Row = list[object]


def _rows(checked: Checked | Findings) -> list[_Row]:
    found = [(problem, 0) for problem in checked.problems] + [(hint, 1) for hint in checked.hints]
    return [[one.path, one.line, one.column, str(one.code), one.message, is_hint] for one, is_hint in found]


def _problems(rows: Iterable[_Row]) -> Checked | None:
    """Return problems and hints; None if somebody has damaged them."""
    found: tuple[list[Problem], list[Problem]] = [], []
    try:
        for path, line, column, code, message, is_hint in rows:
            if not (isinstance(line, int) and isinstance(column, int) and isinstance(message, str)):
                return None
            found[bool(is_hint)].append(Problem(str(path), line, column, Code(str(code)), message))
    except (TypeError, ValueError):
        return None
    return Checked(tuple(found[0]), tuple(found[1]))


def _read(file: Path) -> tuple[dict[str, list[_Row]], dict[str, object]]:
    try:
        found = json.loads(file.read_bytes())
        texts, folder = found["texts"], found["folder"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}, {}
    is_sound = isinstance(texts, dict) and isinstance(folder, dict)
    return (texts, folder) if is_sound and all(isinstance(rows, list) for rows in texts.values()) else ({}, {})


def docutils_place() -> tuple[str, int]:
    """Return where docutils is and of which time, without loading it; nothing where it is not installed."""
    try:
        spec = find_spec("docutils")
    except ValueError:  # something has been put in its place
        return "", 0
    return (spec.origin, Path(spec.origin).stat().st_mtime_ns) if spec is not None and spec.origin else ("", 0)


def _code() -> list[int]:
    """Return the times of the modules that check texts: those of a checkout change without another version."""
    folder = Path(__file__).parent
    return sorted(file.stat().st_mtime_ns for place in (folder, folder.parent / "text") for file in place.glob("*.py"))
