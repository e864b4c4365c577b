"""From the journal to the repository: entries become fragments, fragments are committed and pushed."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.bot.journal import Entry
from sphinxext.digest.collect.plain import visible_text
from sphinxext.digest.fragments.listing import SUFFIX
from sphinxext.digest.fragments.write import write_new_file
from sphinxext.digest.history.commit import Clone, RejectedError
from sphinxext.digest.model import split_name

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Target:
    """Where commits are pushed to: the name or the URL of a remote, and a branch of it."""

    remote: str
    branch: str


@dataclass(frozen=True)
class Keeper:
    """Keeps successes in a clone.

    :param folder: of the fragments, relative to the root of the clone's project.
    """

    clone: Clone
    folder: str
    target: Target | None = None

    def keep(self, entries: Sequence[Entry], *, again: bool = False) -> str | None:
        """Write the fragments of entries and commit them; the name of the commit, if there had to be one.

        It may be done again, after any failure, and adds nothing twice: a fragment that is there stays as it is.

        :param again: whether entries may be committed already, so that one which is gone was removed by a person.
        :raises OSError: if a fragment cannot be written.
        :raises GitError: if git refuses.
        """
        self._forget_unfinished(entries)
        committed = self.clone.committed(map(self._path, entries)) if again else set()
        if committed:
            self.clone.settle(sorted(committed))
        present = self._present()
        written: dict[str, Entry] = {}
        for entry in entries:
            name = present.get(entry.identity)
            if entry.before:
                changed = name is not None and self._correct(entry, name)
            elif name is None and self._path(entry) not in committed:
                self._write(entry)
                present[entry.identity] = entry.name
                changed = True
            else:
                changed = name == entry.name and self._path(entry) not in committed
            if changed:
                written[f"{self.folder}/{present[entry.identity]}"] = entry
        return self.clone.commit(list(written), _message(list(written.values()))) if written else None

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

    def _path(self, entry: Entry) -> str:
        return f"{self.folder}/{entry.name}"

    @property
    def _directory(self) -> Path:
        return self.clone.root / self.folder

    def _present(self) -> dict[str, str]:
        """The names of the fragments by their identities."""
        names = {path.name: split_name(path.stem) for path in self._directory.glob(f"*{SUFFIX}")}
        return {found[1]: name for name, found in names.items() if found}

    def _write(self, entry: Entry) -> None:
        found = split_name(entry.name.removesuffix(SUFFIX))
        assert found is not None, "the name is one that a draft has"
        path = write_new_file(self._directory, found[0], entry.text, entry.identity)
        assert path.name == entry.name, "a slug stays what it is"

    def _correct(self, entry: Entry, name: str) -> bool:
        """Give a fragment its corrected text, unless a person has changed it; whether it has that text now."""
        path = self._directory / name
        content = path.read_text(encoding="utf-8", errors="replace")
        if content == entry.before:
            temporary = path.with_name(f".{name}.tmp")
            try:
                with temporary.open("w", encoding="utf-8", newline="\n") as stream:
                    stream.write(entry.text)
                    stream.flush()
                    os.fsync(stream.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            return True
        return content == entry.text

    def _forget_unfinished(self, entries: Sequence[Entry]) -> None:
        """Remove what a process that was killed has left of files that it was writing."""
        for path in self._directory.glob(f".*{SUFFIX}.tmp"):
            path.unlink(missing_ok=True)
        for path in (self._directory / entry.name for entry in entries):
            if path.is_file() and not path.stat().st_size:
                # where there are no links, a name is taken by an empty file before it has its content
                path.unlink()


def _message(entries: Iterable[Entry]) -> str:
    """What a commit says: who has told something where, and a count where it is many."""
    told = list(entries)
    if len(told) == 1:
        entry = told[0]
        verb = "Correct" if entry.before else "Add"
        return f"{verb} {entry.kind} of {visible_text(entry.nick)} in {entry.channel}"
    channels = sorted({entry.channel for entry in told})
    where = channels[0] if len(channels) == 1 else f"{len(channels)} channels"
    return f"Add {len(told)} successes and thanks from {where}"
