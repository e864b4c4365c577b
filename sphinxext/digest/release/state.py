"""Whether release notes can have changed since they were last read: a look at the repository, without a scan."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest.history.git import GitError
from sphinxext.digest.history.refs import Asked, is_partial, named_repository
from sphinxext.digest.history.worktree import WorkingCopy


@dataclass(frozen=True, slots=True)
class NotesState:
    """What a repository looked like. As long as ``stamp`` is the same, so are all release notes.

    ``is_partial`` is only told where a committed cache of notes may know more.
    """

    stamp: bytes
    is_shallow: bool = False
    is_partial: bool = False


def notes_state(root: Path, folder: str) -> NotesState:
    """Look at branches, tags, and what is not committed.

    :param root: the top folder of a repository, or a folder without one that has a committed cache of notes.
    :param folder: of the notes, relative to it.
    """
    # what a folder without a repository has
    cache = _status(root / folder / "reno.cache")
    parts: list[object] = [cache]
    is_shallow = lacks_objects = False
    place = named_repository(root)
    try:
        asked = Asked(place)
        try:
            repository, refs = asked.repository(), asked.refs()
        finally:
            asked.close()
        is_shallow = bool(repository.cuts)
        lacks_objects = bool(cache) and is_partial(place)
        parts += [refs.head, sorted(refs.commits.items()), sorted(refs.objects.items()), sorted(repository.cuts)]
        if refs.head and not repository.is_bare:
            parts += _uncommitted(root, folder)
    except GitError as error:
        parts.append(str(error))
    stamp = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return NotesState(stamp, is_shallow, lacks_objects)


def _uncommitted(root: Path, folder: str) -> list[object]:
    working = WorkingCopy(root, folder, untracked=True)
    try:
        return [(kind, path, _status(root / path)) for kind, path in working.changes()]
    finally:
        working.close()


def _status(file: Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except OSError:
        return ()
    # the time of the last change of status cannot be set: an edit that keeps the other time and the size shows as well
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size
