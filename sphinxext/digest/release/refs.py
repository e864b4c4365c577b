"""The branches and tags of a repository, and which commits they name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sphinxext.digest.release.git import (
    GitDir,
    GitError,
    HistoryError,
    PartialCloneError,
    Place,
    Process,
    read_output,
)

_TAGS = "refs/tags/"
_WHERE = (
    "rev-parse",
    *("--is-bare-repository", "--is-shallow-repository", "--git-common-dir"),
    *("--git-path", "shallow", "--show-prefix"),
)
#: The bytes of names that are sent before the first object is read: a pipe takes them, so that git and we never wait
#: for each other.
_AT_ONCE = 8192


class Objects:
    """Objects of a repository by name, from one ``git cat-file --batch`` process."""

    def __init__(self, root: Place) -> None:
        self._root = root
        self._process: Process | None = None

    def get(self, name: bytes) -> tuple[bytes, bytes] | None:
        """The type and the content of an object, or None if there is no such object.

        :param name: as in ``git rev-parse``: an object's name, or ``<commit>:<path>``.
        :raises PartialCloneError: if the clone lacks the object.
        :raises GitError: if git cannot be started or ends.
        """
        if b"\n" in name:
            # the process is asked line by line
            return self._get_alone(name)
        self._send([name])
        return self._receive()

    def get_all(self, names: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the contents of those objects that are there, without waiting for each of them.

        What is missing here, for whatever reason, is for :meth:`get` to tell.
        """
        found: dict[bytes, bytes] = {}
        with suppress(GitError):
            for part in _parts(name for name in names if b"\n" not in name):
                self._send(part)
                for name in part:
                    if (known := self._receive()) is not None:
                        found[name] = known[1]
        return found

    def _send(self, names: Iterable[bytes]) -> None:
        if self._process is None:
            self._process = Process(self._root, "cat-file", "--batch", send=None)
        try:
            self._process.input.write(b"".join(name + b"\n" for name in names))
            self._process.input.flush()
        except BrokenPipeError:
            self._finish()
            raise GitError("git cat-file ended") from None

    def _receive(self) -> tuple[bytes, bytes] | None:
        """Return the type and the content of the next object, or None if there is no such object."""
        if self._process is None:
            return None
        head = self._process.output.readline().split()
        if len(head) < 3 or not head[-1].isdigit():
            if not head:
                self._finish()
            return None
        content = self._process.output.read(int(head[-1]))
        self._process.output.read(1)
        return head[-2], content

    def _finish(self) -> None:
        """Raise the reason why the process has ended; the next request starts another one."""
        process, self._process = self._process, None
        if process is not None:
            process.finish()

    def _get_alone(self, name: bytes) -> tuple[bytes, bytes] | None:
        try:
            with Process(self._root, "cat-file", "blob", os.fsdecode(name)) as process:
                return b"blob", process.read()
        except PartialCloneError:
            raise
        except GitError:
            return None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()
            self._process = None


def _parts(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Divide names into parts that are sent at once."""
    part: list[bytes] = []
    size = 0
    for name in names:
        if part and size + len(name) >= _AT_ONCE:
            yield part
            part, size = [], 0
        part.append(name)
        size += len(name) + 1
    if part:
        yield part


@dataclass(frozen=True)
class Refs:
    """The refs of a repository at one moment.

    ``commits`` has the object of each full name (``refs/heads/main``), with annotated tags followed to what they are
    about; ``objects`` has the tags themselves. Objects are named by their hexadecimal digits.
    """

    root: Place
    head: bytes = b""
    commits: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def find(self, name: str | None) -> bytes:
        """The commit that a configured branch stands for; without a name the one that is checked out.

        The places where reno looks are tried in its order: a branch, a branch of a remote, a tag, the tag of a closed
        series (``-eol``, then ``-eom``), a branch of ``origin``; at last, for ``origin/NAME``, the branch ``NAME``.

        :raises HistoryError: if there is none.
        """
        if not name:
            if not self.head:
                raise HistoryError("there is no commit yet")
            return self.head
        series = name.rpartition("/")[-1]
        places = [
            f"refs/heads/{name}",
            f"refs/remotes/{name}",
            f"refs/tags/{name}",
            f"refs/tags/{series}-eol",
            f"refs/tags/{series}-eom",
            f"refs/remotes/origin/{name}",
        ]
        if name.startswith("origin/"):
            places.append(f"refs/heads/{name.partition('/')[-1]}")
        for place in places:
            if place in self.commits:
                return self.commits[place]
        raise HistoryError(f"Unknown reference {name!r}: there is no branch or end-of-life tag of this name")

    @cached_property
    def tags(self) -> dict[str, bytes]:
        """The commit of each tag, by the tag's name."""
        return {ref.removeprefix(_TAGS): commit for ref, commit in self.commits.items() if ref.startswith(_TAGS)}

    @cached_property
    def dates(self) -> dict[str, int]:
        """When each tag was made, in seconds since 1970: the tagger's date, or without a tagger the committer's.

        A tag that is about something else than a commit has none.
        """
        tags = {ref.removeprefix(_TAGS): tag for ref, tag in self.objects.items() if ref.startswith(_TAGS)}
        names = b"".join(tag + b"\n" for tag in tags.values())
        output = read_output(self.root, "cat-file", "--batch", "--buffer", send=names) if names else b""
        dates = {}
        position = 0
        for tag in tags:
            line_end = output.index(b"\n", position)
            head = output[position:line_end].split()
            position = line_end + 1
            if len(head) == 3 and head[2].isdigit():
                size = int(head[2])
                if head[1] in {b"tag", b"commit"}:
                    dates[tag] = date_of(output[position : position + size])
                position += size + 1
        return dates


@dataclass(frozen=True)
class Repository:
    """A repository: its place, and the limits of a shallow clone.

    ``store`` is the folder that all its working copies share. ``prefix`` is where in it somebody reader. ``cuts`` are
    the commits at which a shallow clone ends.
    """

    store: Path
    prefix: str
    is_bare: bool
    cuts: frozenset[bytes]


def find_top(folder: Path) -> Path | None:
    """Find the working copy that a folder is in: the nearest of the folder and its parents that has ``.git``.

    Unlike git this never takes a folder for a bare repository, whatever files are in it. As in git the search ends
    below the folders that ``$GIT_CEILING_DIRECTORIES`` names.
    """
    folder = folder.resolve()
    named = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    ceilings = {Path(name).resolve() for name in named if name and Path(name).is_absolute()}
    for place in (folder, *folder.parents) if folder.is_dir() else ():
        if place in ceilings and place != folder:
            break
        if (place / ".git").exists():
            return place
    return None


def named_repository(folder: Path) -> Place:
    """The repository of a folder that somebody named as one: a working copy, or else a bare repository."""
    is_bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir() and not (folder / ".git").exists()
    return GitDir(folder) if is_bare else folder


def is_partial(place: Place) -> bool:
    """Return True if a clone may lack objects that a remote has.

    :raises GitError: if git cannot be started, or there is no repository.
    """
    settings = read_output(place, "config", "--list", "--name-only", "--null").split(b"\0")
    return any(name.startswith(b"remote.") and name.endswith(b".promisor") for name in settings)


def read_repository(top: Path) -> Repository:
    """The repository of a working copy.

    :raises GitError: if git cannot be started, or there is no repository.
    """
    return _repository(top, Process(top, *_WHERE))


def _repository(folder: Place, process: Process) -> Repository:
    lines = process.read().decode("utf-8", "surrogateescape").split("\n")
    bare, is_shallow, store, shallow, prefix = (*lines, "")[:5]
    cuts = (folder / shallow).read_bytes().split() if is_shallow == "true" else ()
    return Repository((folder / store).resolve(), prefix, bare == "true", frozenset(cuts))


class RepositoryReader:
    """The answers of git about a repository, which it finds concurrently.

    :raises GitError: if git cannot be started.
    """

    def __init__(self, root: Place) -> None:
        self._root = root
        self._where = Process(root, *_WHERE)
        self._names = Process(root, "show-ref", "--head", "--dereference")

    def repository(self) -> Repository:
        """The repository whose top folder this is.

        :raises GitError: if this is not the top folder of a repository.
        """
        repository = _repository(self._root, self._where)
        if repository.prefix:
            raise GitError(f"{self._root} is not the top folder of its repository")
        return repository

    def refs(self) -> Refs:
        """Return all refs at once. Broken ones are left out, as in git.

        :raises GitError: if this is no repository.
        """
        with self._names as process:
            lines = process.output.read().splitlines()
            try:
                process.finish()
            except GitError as error:
                if "bad ref" in str(error):
                    lines = _valid_refs(self._root)
                # without a message, status 1 means that there is nothing to show
                elif "status 1 " not in str(error):
                    raise
        head, commits, objects = b"", {}, {}
        for line in lines:
            commit, _, name = line.partition(b" ")
            ref = name.decode("utf-8", "surrogateescape")
            if ref == "HEAD":
                head = commit
            elif ref.startswith("refs/"):
                ref, followed, _ = ref.partition("^{}")
                commits[ref] = commit
                if not followed:
                    objects[ref] = commit
        return Refs(self._root, head, commits, objects)

    def close(self) -> None:
        """Stop what still runs."""
        self._where.close()
        self._names.close()


def _valid_refs(root: Place) -> list[bytes]:
    """The lines of ``git show-ref`` without the broken refs, at which it gives up."""
    names = [
        *read_output(root, "for-each-ref", "--format=%(objectname) %(refname)").splitlines(),
        *(line + b" HEAD" for line in read_output(root, "rev-list", "--max-count=1", "HEAD").splitlines()),
    ]
    asked = b"".join(b"%s^{}\n" % name.split(b" ")[0] for name in names)
    found = read_output(root, "cat-file", "--batch-check", send=asked).splitlines()
    lines = []
    for name, row in zip(names, found, strict=True):
        if not row.endswith(b" missing"):
            lines += [name, b"%s %s^{}" % (row.split(b" ")[0], name.partition(b" ")[2])]
    return lines


def date_of(content: bytes) -> int:
    """The seconds since 1970 of a tag's tagger or a commit's committer; negative before; 0 if it has none."""
    header = content.partition(b"\n\n")[0]
    for line in header.split(b"\n"):
        if line.startswith((b"tagger ", b"committer ")):
            try:
                return int(line.rpartition(b"> ")[-1].split()[0])
            except (ValueError, IndexError):
                return 0
    return 0
