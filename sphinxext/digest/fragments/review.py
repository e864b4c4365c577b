"""What a review does to drafts: publish, rename, merge and reject them, and remember the rejected ones.

Rejected drafts are listed in a file of the fragments folder, one to a line, so that no collector drafts them again.
The lines are sorted, and git is told to keep the lines of both sides when it merges the file: editors never conflict.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from sphinxext.digest.fragments.fields import TEXT_NOTES, Field, fields_of, section_of
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import MAX_URL, dump_fragment
from sphinxext.digest.model import Fragment, Kind, Note, Participants, Text, Thread
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable

#: The file in the fragments folder that lists rejected drafts, and the one that tells git how to merge it.
REJECTED, ATTRIBUTES = "rejected.txt", ".gitattributes"

#: A hundred thousand drafts have room in it.
_MAX_BYTES = 16 * 1024 * 1024
_HEAD = "# Drafts that were rejected: no collector drafts them again. Delete a line to have its draft again.\n"
_REJECTED_LINE = re.compile(r"(?P<identity>[0-9a-f]{16})(?:\s.*)?")
_MERGE_RULE = f"{REJECTED} merge=union\n"
_DRAFT_LINE = re.compile(r"^draft:[ \t]*\S+[ \t]*(?:#.*)?(?:\n|\Z)", re.MULTILINE)
_COMMENT = re.compile(r"\A(?:[ \t]*(?:#.*)?\n)+")


def rejected_drafts(folder: Path) -> dict[str, str]:
    """Return the rejected drafts: their lines by their identities.

    Lines that do not begin with an identity, such as those of a merge, are passed over.

    :param folder: the fragments folder.
    :raises DigestError: if there is something else than a file of the folder's own, or it cannot be read.
    """
    lines = _read(folder / REJECTED).decode("utf-8", "replace").splitlines()
    return {match["identity"]: line for line in lines if (match := _REJECTED_LINE.fullmatch(line.strip()))}


def _read(path: Path) -> bytes:
    """Return a file that will be written, or nothing if there is none.

    A link could lead anywhere, and what it leads to would be replaced; a pipe has no end.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise DigestError(Problem(os.fspath(path), 0, 0, Code.UNREADABLE, "this is not a regular file: remove it"))
        if status.st_size > _MAX_BYTES:
            raise DigestError(Problem(os.fspath(path), 0, 0, Code.TOO_LARGE, f"it has more than {_MAX_BYTES:,} bytes"))
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DigestError(unreadable(os.fspath(path), error)) from None


def files_with_rejected(folder: Path, fragments: Iterable[Fragment]) -> dict[Path, bytes]:
    """Return the new contents of the files that remember drafts as rejected, by their paths.

    :raises DigestError: if one of them is something else than a file of the folder's own, or cannot be read.
    """
    lines = rejected_drafts(folder)
    lines.update((fragment.identity, f"{fragment.identity} {fragment.slug}".rstrip()) for fragment in fragments)
    text = _HEAD + "".join(f"{lines[identity]}\n" for identity in sorted(lines))
    files = {folder / REJECTED: text.encode()}
    attributes = folder / ATTRIBUTES
    rules = _read(attributes)
    if not any(line.split()[:1] == [REJECTED.encode()] for line in rules.splitlines()):
        files[attributes] = rules + (b"" if not rules or rules.endswith(b"\n") else b"\n") + _MERGE_RULE.encode()
    return files


def published(data: bytes, fragment: Fragment) -> bytes:
    """Return the file of a draft without what makes it one: its key ``draft``, and the comment at its top.

    :raises DigestError: if the notes would change, as with a key that is written in an unusual way.
    """
    text = _DRAFT_LINE.sub("", _COMMENT.sub("", data.decode()), count=1)
    changed, _ = read_fragment(text.encode(), fragment.path, _stem(fragment))
    if changed is None or changed.draft or _values(changed.notes) != _values(fragment.notes):
        message = "the key 'draft' cannot be removed without a change of the notes: remove it by hand"
        raise DigestError(Problem(fragment.path, 0, 0, Code.BAD_VALUE, message))
    return text.encode()


def with_title(fragment: Fragment, title: str) -> bytes:
    """Return the file of a fragment whose first note has another title, or another text if its kind has no titles.

    :param title: a line of reStructuredText.
    :raises DigestError: if the line cannot be a title.
    """
    found = _titled(fragment)
    if found is None:
        raise DigestError(Problem(fragment.path, 0, 0, Code.BAD_VALUE, "there is no title to change"))
    return _checked(fragment, {id(found[0]): {found[1]: " ".join(title.split())}})


def title_of(fragment: Fragment) -> str:
    """Return the title that :func:`with_title` would change, as one line; empty if there is none."""
    found = _titled(fragment)
    value = getattr(found[0], found[1]) if found else None
    return " ".join(value.value.split()) if isinstance(value, Text) else ""


def _titled(fragment: Fragment) -> tuple[Note, str] | None:
    """Return the first note that has a title or, if its kind has no titles, a text, with the key of that."""
    for note in fragment.notes:
        if note.kind not in (Kind.PRELUDE, Kind.CLOSING):
            fields = section_of(str(note.kind)).fields
            for key in ("title", "text"):
                if key in fields:
                    return note, key
    return None


def merged(first: Fragment, second: Fragment) -> bytes:
    """Return the file of a draft with the notes of another one.

    Two threads become one: the other's summary follows, with its title over it and its link below, and its
    participants are added. Other notes come below those of the first.

    :raises DigestError: if the result is not a valid fragment.
    """
    one, other = _only_thread(first), _only_thread(second)
    if one is None or other is None:
        return _checked(replace(first, notes=(*first.notes, *second.notes)), {})
    lines = [one.summary.value if one.summary else "", f"**{other.title.value}**"]
    lines += [other.summary.value] if other.summary else []
    lines += [f"* {other.url}"] if other.url and len(other.url) <= MAX_URL else []
    values: dict[str, object] = {"summary": "\n\n".join(filter(None, lines))}
    if one.participants or other.participants:
        counts: Counter[str] = Counter()
        for thread in (one, other):
            counts.update(dict(thread.participants.counts if thread.participants else ()))
        values["participants"] = Participants(tuple(counts.items()))
    return _checked(first, {id(one): values})


def _only_thread(fragment: Fragment) -> Thread | None:
    note = fragment.notes[0] if len(fragment.notes) == 1 else None
    return note if isinstance(note, Thread) else None


def _checked(fragment: Fragment, changes: Mapping[int, Mapping[str, object]]) -> bytes:
    """Return the canonical file of a fragment.

    :param changes: values of its notes, by the identity of the object.
    :raises DigestError: if it is not a valid fragment.
    """
    sections: dict[str, list[dict[str, object]]] = {}
    texts: dict[str, str | None] = {}
    for note in fragment.notes:
        values = {field.name: _written(value) for field, value in fields_of(note) if value != _default(note, field)}
        values |= dict(changes.get(id(note), {}))
        name = next((name for name, kind in TEXT_NOTES.items() if isinstance(note, kind)), None)
        if name is not None:
            texts[name] = "\n\n".join(filter(None, (texts.get(name), str(values["text"]))))
        else:
            sections.setdefault(section_of(str(note.kind)).name, []).append(values)
    text = dump_fragment(
        sections,
        date=fragment.date,
        draft=fragment.draft,
        number=fragment.number,
        order=fragment.order,
        heading=fragment.heading,
        **texts,
    )
    changed, problems = read_fragment(text.encode(), fragment.path, _stem(fragment))
    if changed is None or problems:
        raise DigestError(*problems)
    return text.encode()


def _default(note: Note, field: Field) -> object:
    is_text = note.kind in (Kind.PRELUDE, Kind.CLOSING)
    return None if is_text else section_of(str(note.kind)).default_of(field.name)


def _written(value: object) -> object:
    return value.value if isinstance(value, Text) else value


def _values(notes: Iterable[Note]) -> list[tuple[str, list[tuple[str, object]]]]:
    return [(note.kind, [(field.name, _written(value)) for field, value in fields_of(note)]) for note in notes]


def _stem(fragment: Fragment) -> str:
    return Path(fragment.path).stem
