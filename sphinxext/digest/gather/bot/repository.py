"""Write journal entries as fragments, commit them, and push them."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.files import replace_file
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import write_new_files
from sphinxext.digest.gather.bot.commit import Clone, RejectedError
from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.model import split_name
from sphinxext.digest.text import visible_text

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PushTarget:
    """The target of pushes: the name or URL of a remote, and a branch of it."""

    remote: str
    branch: str


@dataclass(frozen=True)
class Repository:
    """Keeps successes in a clone.

    :param folder: of the fragments, relative to the root of the clone's project.
    """

    clone: Clone
    folder: str
    target: PushTarget | None = None

    def committed(self, entries: Iterable[JournalEntry]) -> set[str]:
        """Return the paths of entries whose fragments were ever committed; if one is gone, a person removed it.

        :raises GitError: if git refuses.
        """
        return self.clone.committed(map(self._path, entries))

    def keep(self, entries: Sequence[JournalEntry], committed: Collection[str] = ()) -> str | None:
        """Write the fragments of entries and commit them; return the hash of the commit, if there was one to make.

        It may be done again, after any failure, and adds nothing twice: a fragment that is there stays as it is.

        :param committed: the result of :meth:`committed`, needed unless all entries are new.
        :raises OSError: if a fragment cannot be written.
        :raises GitError: if git refuses, or the folder leads out of the clone.
        """
        with self.clone.running.writing:
            self.clone.check_folder(self.folder)
            present = self._list(entries)
            if done := [path for path in map(self._path, entries) if path in committed]:
                self.clone.settle(done)
            new: dict[str, str] = {}
            written: dict[str, JournalEntry] = {}
            pictures: list[str] = []
            for entry in entries:
                name = present.get(entry.identity)
                if entry.is_removal:
                    name = present.setdefault(entry.identity, entry.name)
                    changed = self._remove(entry, name, new)
                elif entry.before:
                    changed = name is not None and self._correct(entry, name, new)
                elif name is None and self._path(entry) not in committed:
                    new[entry.name] = entry.text
                    present[entry.identity] = entry.name
                    changed = True
                else:
                    changed = name == entry.name and self._path(entry) not in committed
                if changed:
                    written[f"{self.folder}/{present[entry.identity]}"] = entry
                    pictures += (path for path in entry.files.split("\n") if (self.clone.root / path).is_file())
            if new:
                write_new_files(self._directory, new)
            paths = [*written, *dict.fromkeys(pictures)]
            return self.clone.commit(paths, _message(list(written.values()))) if written else None

    def publish(self) -> None:
        """Push what is committed, if there is somewhere to push it to. Commits of others are merged, never lost.

        :raises GitError: if it cannot be done.
        """
        if self.target is None:
            return
        remote, branch = self.target.remote, self.target.branch
        try:
            self.clone.push(remote, branch)
        except RejectedError as error:
            logger.info("%s: they are merged first", error)
            self.clone.join(remote, branch)
            self.clone.push(remote, branch)

    def stop(self) -> None:
        """Kill the git processes of :meth:`keep` and :meth:`publish`, which then fail in their threads."""
        self.clone.running.stop()

    def _path(self, entry: JournalEntry) -> str:
        return f"{self.folder}/{entry.name}"

    @property
    def _directory(self) -> Path:
        return self.clone.root / self.folder

    def _list(self, entries: Iterable[JournalEntry]) -> dict[str, str]:
        """Map identities to names of fragments, and remove the temporary files of a killed process."""
        names = {entry.name for entry in entries}
        present: dict[str, str] = {}
        try:
            with os.scandir(self._directory) as found:
                files = list(found)
        except FileNotFoundError:
            return present
        for file in files:
            if _is_unfinished(file, names):
                Path(file.path).unlink(missing_ok=True)
            elif file.name.startswith("."):
                continue
            elif file.name.endswith(SUFFIX) and (name := split_name(file.name.removesuffix(SUFFIX))):
                present[name[1]] = file.name
        return present

    def _correct(self, entry: JournalEntry, name: str, new: dict[str, str]) -> bool:
        """Give a fragment its corrected text, unless a person has changed it; return True if it has that text now.

        :param new: the texts of fragments that are still to be written.
        """
        path = self._directory / name
        if name in new:
            content = new[name]
        elif path.is_symlink() or not path.is_file():
            return False
        else:
            content = path.read_text(encoding="utf-8", errors="replace")
        if content != entry.before:
            return content == entry.text
        if name in new:
            new[name] = entry.text
        else:
            replace_file(path, entry.text.encode())
        return True

    def _remove(self, entry: JournalEntry, name: str, new: dict[str, str]) -> bool:
        """Remove the fragment of a success that was taken back, unless a person has changed it; True if it is gone."""
        path = self._directory / name
        if new.pop(name, None) is not None or not os.path.lexists(path):
            return True
        if path.is_symlink() or not path.is_file():
            return False
        if path.read_text(encoding="utf-8", errors="replace") != entry.before:
            return False
        path.unlink()
        return True


def _is_unfinished(file: os.DirEntry[str], names: Collection[str]) -> bool:
    """Return True for a file that a process was writing when it was killed."""
    if file.is_dir(follow_symlinks=False):
        return False
    if file.name.startswith(".") and SUFFIX in file.name and file.name.endswith(".tmp"):
        return True
    # without hard links, an empty file takes a name before it has its content
    return file.name in names and file.is_file(follow_symlinks=False) and not file.stat().st_size


def _message(entries: Iterable[JournalEntry]) -> str:
    """Return the message of a commit: who told something where, or how many were told."""
    told = list(entries)
    if len(told) == 1:
        entry = told[0]
        verb = "Remove" if entry.is_removal else "Correct" if entry.before else "Add"
        return f"{verb} {entry.kind} of {visible_text(entry.nick)} in {entry.channel}"
    channels = sorted({entry.channel for entry in told})
    where = channels[0] if len(channels) == 1 else f"{len(channels)} channels"
    words = "messages" if any(entry.group for entry in told) else "successes and thanks"
    return f"Add {len(told)} {words} from {where}"
