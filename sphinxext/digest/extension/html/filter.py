"""The filter on the page that lists all digests: which pages have one, and what it needs there.

The notes of a collection as the filter of its page searches them: a script that sets ``digestNotes``.

It is columns of values, all of which have one for each note, the newest note first::

    {"kinds": [...], "states": [...], "people": [...], "pages": [...],
     "notes": {"kind": [...], "people": [...], "day": [...], "page": [...], "id": [...], "title": [...],
               "state": [...], "text": [...]}}

Kinds, states, people and pages are indexes of these lists. A person is a name, or a list of a name and the nicks of
``people.yaml``. A text is the words of a note, each of them once.

Pictures in pages of a site, beside the same in words. Other builders show the words alone.

Pictures of fragments as files of a build.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sphinx.util.osutil import relative_uri

from sphinxext.digest.collection.people import People, page_name, people_file
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.builders import file_uri, has_other_files
from sphinxext.digest.extension.domain import OBJECT_KINDS, DigestDomain, Target, build_state_of
from sphinxext.digest.extension.published import File, Publisher
from sphinxext.digest.model import Entry, Messages, State, Story, Success, Thread
from sphinxext.digest.settings.options import Settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx


SCRIPT, STYLES = "digest-filter.js", "digest-filter.css"


def filter_class(settings: Settings) -> str:
    """The class of the list of a collection, by which the script finds it."""
    # that of no other collection, whatever the folder is called
    return f"digest-of-{page_name(settings.pages)}"


def notes_path(settings: Settings) -> str:
    """Return the path of a collection's notes, relative to the output folder."""
    return f"{settings.pages}/notes.js"


def listings(app: Sphinx) -> dict[str, list[str]]:
    """The pages that list all digests of collections, with the folders of these."""
    if not has_other_files(app.builder):
        return {}
    listed: dict[str, list[str]] = DigestDomain.of(app.env).data["listings"]
    return listed


def add_filter(app: Sphinx, pagename: str, _template: str, _context: object, _doctree: object) -> None:
    """Let a page that lists the digests of a collection load the script; the page is complete without it."""
    found = listings(app)
    pages = found if app.builder.name == "singlehtml" else found.keys() & {pagename}
    folders = dict.fromkeys(folder for page in sorted(pages) for folder in found[page])
    if not folders:
        return
    build = build_state_of(app.env)
    here = app.builder.get_target_uri(pagename)
    notes = {}
    for settings in build.project.collections:
        if settings.fragments in folders:
            periods = build.periods(settings)
            years = {year for period in periods for year in (period.start.year, period.end.year)}
            address = relative_uri(here, file_uri(notes_path(settings)))
            notes[filter_class(settings)] = [address, sorted(years, reverse=True)]
    words = filter_messages(build_state_of(app.env).messages)
    # not deferred: the form has to be there before the list below it is painted
    attributes: dict[str, Any] = {"data-notes": json.dumps(notes), "data-words": words}
    app.add_js_file(SCRIPT, **attributes)
    app.add_css_file(STYLES)


def filter_messages(messages: Messages) -> str:
    """Return the messages of the script."""
    gettext = messages.gettext
    own = {
        "form": gettext("Find notes"),
        "words": gettext("Words"),
        "kind": gettext("Kind"),
        "person": gettext("Person"),
        "year": gettext("Year"),
        "any": gettext("all"),
        "clear": gettext("Clear"),
        "found": dict(messages.counting("{number} note", "{number} notes")),
        "nothing": gettext("Nothing matches “{words}”."),
        "again": gettext("Clear the search"),
        "more": gettext("{number} more"),
        "loading": gettext("Loading…"),
        "failed": gettext("The notes cannot be loaded."),
        "state": gettext("State"),
        "states": {str(state): gettext(state.label) for state in State},
        "kinds": {kind: gettext(kind) for kind in map(str, OBJECT_KINDS)},
    }
    return json.dumps(own, ensure_ascii=False)


#: What an old program that reads scripts, or a page with one in it, could take for more than a part of a text.
_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class FilteredNotes(Publisher):
    """The notes of each collection that a page lists.

    What is published is all on pages: as long as none of those with notes is read again, it stays as it is.
    """

    name = "notes"

    def files(self) -> Iterator[File]:
        """One file to each collection, which reads its notes only if it has to be made."""
        build = build_state_of(self.app.env)
        listed = {folder for folders in listings(self.app).values() for folder in folders}
        for settings in build.project.collections:
            if settings.fragments in listed:
                make = partial(_notes_file, self.app, build, settings)
                yield File(settings.fragments, _state(self.app, build, settings), make)


def _state(app: Sphinx, build: BuildState, settings: Settings) -> str:
    """A value that changes whenever a page with notes is read, or has another address, or somebody another name."""
    env = app.env
    pages = [
        (docname, env.all_docs.get(docname), app.builder.get_target_uri(docname))
        for docname in sorted(DigestDomain.of(env).data["texts"])
    ]
    # a build with nothing changed does not read the collection
    people = build.project.root / people_file(settings.fragments)
    names = b""
    with suppress(OSError):
        names = people.read_bytes() if people.is_file() else b""
    return blake2b(repr((pages, settings.pages, names)).encode(), digest_size=16).hexdigest()


def _notes_file(app: Sphinx, build: BuildState, settings: Settings) -> tuple[str, bytes] | None:
    domain = DigestDomain.of(app.env)
    path = notes_path(settings)
    found: list[tuple[Entry, Target]] = []
    for entry in reversed(build.collection(settings).entries):
        target = domain.find(entry.kind, entry.identity) if entry.kind in OBJECT_KINDS else None
        if target is not None and target.names[0] == entry.identity:
            found.append((entry, target))
    if not found:
        return None
    # on the one page of a site that has only one, there is no way to go
    single = app.builder.name == "singlehtml"
    addresses = {
        docname: "" if single else _relative(path, app.builder.get_target_uri(docname))
        for docname in dict.fromkeys(target.docname for _entry, target in found)
    }
    people = build.collection(settings).people
    return path, _script(_document(found, addresses, domain.data["texts"], people))


def _relative(path: str, uri: str) -> str:
    from sphinx.util.osutil import relative_uri

    return relative_uri(file_uri(path), uri)


def _document(
    found: list[tuple[Entry, Target]], addresses: dict[str, str], texts: dict[str, dict[str, str]], known: People
) -> dict[str, object]:
    kinds = [str(kind) for kind in OBJECT_KINDS]
    of_people = [list(dict.fromkeys(map(known.name, _people(entry)))) for entry, _target in found]
    nicks = {known.name(person.nick): [person.nick, *person.aliases] for person in known.persons}
    # those with most notes come first, and are proposed to who types a name
    counts = Counter(person for people in of_people for person in people)
    people = sorted(counts, key=lambda person: (-counts[person], person.casefold(), person))
    number = {person: index for index, person in enumerate(people)}
    names = [[person, *nicks[person]] if person in nicks else person for person in people]
    pages = list(dict.fromkeys(addresses.values()))
    columns: dict[str, list[object]] = {
        "kind": [kinds.index(str(entry.kind)) for entry, _target in found],
        "people": [_short([number[person] for person in some]) for some in of_people],
        "day": [entry.moment.day.isoformat() for entry, _target in found],
        "page": [pages.index(addresses[target.docname]) for _entry, target in found],
        "id": [entry.identity for entry, _target in found],
        "title": [target.title for _entry, target in found],
        "state": [_STATES.index(_state_of(entry)) for entry, _target in found],
        "text": [texts.get(target.docname, {}).get(target.anchor, "") for _entry, target in found],
    }
    return {"kinds": kinds, "states": _STATES, "people": names, "pages": pages, "notes": columns}


#: The states of threads, after that of other notes.
_STATES = ["", *map(str, State)]


def _state_of(entry: Entry) -> str:
    return str(entry.note.state) if isinstance(entry.note, Thread) else ""


def _people(entry: Entry) -> list[str]:
    """Who told a note or wrote it, whom it thanks, or who took part in a thread."""
    note = entry.note
    people: Iterable[str | None] = ()
    if isinstance(note, Success):
        people = (note.nick, note.thanks)
    elif isinstance(note, Story):
        people = (note.author,)
    elif isinstance(note, Thread) and note.participants:
        people = (name for name, _number in note.participants.counts)
    return [person for person in people if person]


def _short(numbers: list[int]) -> int | list[int]:
    return numbers[0] if len(numbers) == 1 else numbers


def _script(document: dict[str, object]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return f"var digestNotes={text};\n".encode()
