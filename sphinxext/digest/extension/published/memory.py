"""Publishing files: what has not changed since it was published is not made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sphinxext.digest import __version__
from sphinxext.digest.extension.outputs import checksum, keep, kept, remove_output, write_if_changed

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What was published in which folder, beside the environment.
_MEMORY = "digest-published.json"
#: By the name of a publisher its state, its files, by their names with their paths and states, which of them is where,
#: and the checksums of what is there.
Published = dict[str, dict[str, Any]]


class File(NamedTuple):
    """A file to publish.

    ``name`` tells it from the publisher's others. ``state`` changes with everything that the file depends on; if it is
    empty, the file is made in each build. ``make`` gives its path, seen from the folder of the output, and its
    content, or None if there is no such file.
    """

    name: str
    state: str
    make: Callable[[], tuple[str, bytes] | None]


class Publisher:
    """Something that publishes files beside the pages of a site."""

    #: Tells it from others in what is remembered.
    name: ClassVar[str]

    def __init__(self, app: Sphinx) -> None:
        self.app = app

    @property
    def state(self) -> str:
        """A value that changes with everything that any of the files depends on; empty if that is not known.

        As long as it stays as it is, the publisher is not asked for its files.
        """
        return ""

    def files(self) -> Iterable[File]:
        """The files that should be there. Of several with the same path the last one is published."""
        raise NotImplementedError


def publish(publishers: Sequence[Publisher], builder: str, outdir: Path, doctreedir: Path) -> None:
    """Write the files that are not there as they should be, and remove those that were published and are no more.

    :param builder: its name, since several may write into the same folder.
    :raises SphinxError: if one cannot be written.
    """
    memory, key = doctreedir / _MEMORY, f"{builder} {outdir}"
    known = _read(memory)
    before: Published = known.get(key, {})
    now = {publisher.name: _publish(publisher, before.get(publisher.name, {}), outdir) for publisher in publishers}
    gone = _sums(before)
    others = [_sums(one) for other, one in known.items() if other != key and other.partition(" ")[2] == str(outdir)]
    for path in gone.keys() - _sums(now).keys() - set().union(*others):
        remove_output(outdir, path, bytes.fromhex(gone[path]))
    if now != before:
        folders = {other: published for other, published in known.items() if Path(other.partition(" ")[2]).is_dir()}
        record = {"version": __version__, "folders": {**folders, key: now}}
        keep(memory, json.dumps(record, sort_keys=True).encode())


def _publish(publisher: Publisher, before: dict[str, Any], outdir: Path) -> dict[str, Any]:
    """Let a publisher write its files; returns what is to be remembered of them."""
    state = publisher.state
    known: dict[str, list[str]] = before.get("files", {})
    if state and before.get("state") == state and all((outdir / path).is_file() for path, _state in known.values()):
        return before
    published: dict[str, str] = before.get("published", {})
    sums: dict[str, str] = before.get("sums", {})
    now: dict[str, list[str]] = {}
    chosen: dict[str, File] = {}
    contents: dict[str, bytes] = {}
    for file in publisher.files():
        path, of_file = known.get(file.name, ("", ""))
        if not file.state or of_file != file.state or not (outdir / path).is_file():
            made = file.make()
            if made is None:
                continue
            path, contents[file.name] = made
        now[file.name] = [path, file.state]
        chosen[path] = file
    for path, file in chosen.items():
        made = (path, contents[file.name]) if file.name in contents else None
        if made is None and published.get(path) != file.name:
            made = file.make()  # it had the place of another that is gone
        if made is not None:
            write_if_changed(outdir / path, made[1])
            sums = {**sums, path: checksum(made[1]).hex()}
    return {
        "state": state,
        "files": now,
        "published": {path: file.name for path, file in chosen.items()},
        "sums": {path: sums[path] for path in chosen},
    }


def _sums(published: Published) -> dict[str, str]:
    """Return the checksums of all files by their paths."""
    return {path: checksum for one in published.values() for path, checksum in one["sums"].items()}


def _read(file: Path) -> dict[str, Published]:
    """What was published, by the folder it is in; nothing of what another release made."""
    data = kept(file)
    record: dict[str, Any] = json.loads(data) if data is not None else {}
    return record["folders"] if record.get("version") == __version__ else {}
