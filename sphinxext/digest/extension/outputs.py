"""Files that a build writes besides those of Sphinx: each is there as a whole or not at all."""

from __future__ import annotations

import pickle
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sphinx.errors import SphinxError

from sphinxext.digest.files import write_by_way_of

_SUM_SIZE = 16


def write_output(file: Path, data: bytes) -> None:
    """Write a file. What was there stays if it cannot be written or the process ends meanwhile.

    :raises SphinxError: if it cannot be written, with a message for the user.
    """
    try:
        _write(file, data)
    except OSError as error:
        raise SphinxError(f"{file} cannot be written: {error.strerror or error}") from None


def keep(file: Path, data: bytes) -> bool:
    """Write a file that only saves work for later builds, which do without it if it cannot be written or read.

    Whether it was written; if not, what was there stays.
    """
    try:
        _write(file, blake2b(data, digest_size=_SUM_SIZE).digest() + data)
    except OSError:
        return False
    return True


def kept(file: Path) -> bytes | None:
    """What was kept in a file, or None if there is none or a bit of it is not as it was written."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    data = content[_SUM_SIZE:]
    return data if content[:_SUM_SIZE] == blake2b(data, digest_size=_SUM_SIZE).digest() else None


def keep_record(file: Path, version: int, record: object) -> bool:
    """Keep a record as :func:`keep` does; ``version`` tells those of other releases apart."""
    return keep(file, pickle.dumps((version, record)))


def kept_record(file: Path, version: int) -> Any:
    """The record that was kept in a file, or None if there is none of this version."""
    data = kept(file)
    if data is None:
        return None
    try:
        # Sphinx's own environment, which is next to it, is read in the same way
        found, record = pickle.loads(data)  # noqa: S301
    except Exception:  # such as a class that is gone
        return None
    return record if found == version else None


def _write(file: Path, data: bytes) -> None:
    write_by_way_of(file.with_name(f"{file.name}.new"), file, data)
