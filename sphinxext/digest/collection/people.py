"""People: the file ``people.yaml`` beside the folder of fragments, and the names by which archives know somebody.

The file is optional. It gives a nick a name, a link, a picture, and the other nicks of the same person.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode

from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.problems import Code, Problem, unreadable
from sphinxext.digest.yaml import compose, decode, place_of, report_cut_values
from sphinxext.digest.yaml.reader import NodeReader

PEOPLE_FILE = "people.yaml"
#: A path from the documentation's folder, and no address of another host.
_PICTURE = re.compile(r"/(?![/\\])")
#: The keys of a person.
KEYS = ("name", "link", "picture", "aliases")

_UNUSUAL = re.compile(r"[^a-z0-9._-]+|[._-]{2,}")
_LONGEST = 40
#: Names of other pages, and device names of Windows.
_TAKEN = re.compile(r"index|(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*-\d{4}|(?:.*-)?[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in ``people.yaml``; ``picture`` is a path in the documentation, ``aliases`` are further nicks."""

    nick: str
    name: str = ""
    link: str = ""
    picture: str = ""
    aliases: tuple[str, ...] = ()


class People:
    """The people of a collection by their nicks and aliases; case does not count."""

    def __init__(self, persons: Iterable[Person] = ()) -> None:
        self.persons = tuple(persons)
        self._by_nick = {folded(nick): person for person in self.persons for nick in (person.nick, *person.aliases)}

    def find(self, nick: str) -> Person | None:
        """Return the person with a nick or an alias."""
        return self._by_nick.get(folded(nick))

    def key(self, nick: str) -> str:
        """Return what is the same for all nicks of a person, and differs from that of anybody else."""
        person = self.find(nick)
        return folded(person.nick if person else nick)

    def page(self, nick: str) -> str:
        """Return the last part of the name of a person's page."""
        return page_name(self.key(nick))

    def name(self, nick: str) -> str:
        """Return the display name of a person, or the nick."""
        person = self.find(nick)
        return person.name or person.nick if person else nick


def people_file(fragments: str) -> str:
    """Return the path of the file for a folder of fragments, relative to the project."""
    return posixpath.join(posixpath.dirname(fragments), PEOPLE_FILE)


def read_people(root: Path, fragments: str, problems: list[Problem]) -> People:
    """Read the file beside a folder of fragments, and add its problems to a list."""
    path = people_file(fragments)
    file = root / path
    try:
        if not file.exists():
            return People()
        if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "this is not a regular file of the project"))
            return People()
        data = file.read_bytes()
    except OSError as error:
        problems.append(unreadable(path, error))
        return People()
    text = decode(data, path, problems)
    node = compose(text, path, problems, max_aliases=0) if text is not None else None
    if text is None or node is None:
        return People()
    report_cut_values(node, text, path, problems)
    return People(_PeopleReader(path, problems, text).people(node))


class _PeopleReader(NodeReader):
    """Reads ``people.yaml``."""

    _first: dict[str, tuple[str, int]]

    def people(self, node: Node) -> Iterator[Person]:
        """Yield the people; a nick that is already somebody's is a problem, and left out."""
        if not isinstance(node, MappingNode):
            self.complain(node, Code.WRONG_TYPE, "the people must be a mapping of nicks")
            return
        self._first = {}
        found = [(key, value) for _name, key, value in self.pairs(node)]
        # nicks come before aliases, so that an alias in front of a nick is what is wrong
        nicks = [(self.line(key, "nick"), key, value) for key, value in found]
        named = [(nick, value) for nick, key, value in nicks if nick and self._is_free(key, nick, nick)]
        for nick, value in named:
            yield self._person(nick, value)

    def _person(self, nick: str, node: Node) -> Person:
        if isinstance(node, ScalarNode) and not node.value and not node.style:
            return Person(nick)
        values = self.mapping(node, f"'{nick}'", KEYS)
        texts = {name: self.line(values[name], name) or "" for name in KEYS[:3] if name in values}
        if link := texts.get("link"):
            try:
                texts["link"] = check_url(link)
            except ValueProblem as problem:
                self.complain(values["link"], Code.BAD_URL, f"'link' is not valid: {problem}")
                del texts["link"]
        if "picture" in texts and not _PICTURE.match(texts["picture"]):
            message = "'picture' must be a path in the documentation's folder that begins with a slash"
            self.complain(values["picture"], Code.BAD_VALUE, message)
            del texts["picture"]
        items = list(self.items(values["aliases"], "aliases")) if "aliases" in values else []
        aliases = [alias for item in items if (alias := self.line(item, "alias")) and self._is_free(item, alias, nick)]
        return Person(nick, aliases=tuple(aliases), **texts)

    def _is_free(self, node: Node, name: str, nick: str) -> bool:
        """Report a nick or alias that is already somebody's, and return True if it is not."""
        key, line = folded(name), place_of(node).line
        if key not in self._first:
            self._first[key] = (nick, line)
            return True
        other, first = self._first[key]
        self.complain(node, Code.DUPLICATE_KEY, f"'{name}' is already a nick of '{other}', on line {first}: remove it")
        return False


def people_schema() -> dict[str, object]:
    """Return the JSON Schema of ``people.yaml``, draft 2020-12, for completion and checks in editors."""
    line = {"type": "string", "minLength": 1, "pattern": r"^[^\n\t]*$"}
    person = {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "name": {**line, "description": "The name that pages show."},
            "link": {**line, "description": "A page about the person."},
            "picture": {"type": "string", "pattern": r"^/(?![/\\])", "description": "A path in the documentation."},
            "aliases": {"type": "array", "items": line, "description": "Further nicks of the same person."},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "People",
        "description": "The people of a collection by their nicks.",
        "type": "object",
        "propertyNames": line,
        "additionalProperties": person,
    }


def folded(name: str) -> str:
    """Normalize a name for comparison: case does not count, as for nicks and channels of IRC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@cache
def page_name(name: str) -> str:
    """Return the last part of the name of a page, for any name.

    A name that does not survive as a slug gets a checksum, so that no name of a page depends on other names.
    """
    key = folded(name)
    slug = _UNUSUAL.sub("-", key)[:_LONGEST].strip("._-")
    if slug == key and not _TAKEN.fullmatch(key):
        return slug
    mark = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{slug}-{mark}" if slug else mark
