"""Sections of release notes for what other tools call added, fixed or removed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sphinxext.digest.problems import nearest
from sphinxext.digest.release.config import NotesConfig, sections_of

#: Stands for every heading that has no section, and for texts without a heading.
ANY = "*"
#: Where texts without a heading go.
OTHER = "other"
#: The prelude, by the name that reno gives it; the configuration may have another.
PRELUDE = "prelude"

#: Words of headings by reno's sections, in small letters. What has changed is in "other", since "upgrade" is for what
#: readers have to do, and raises the first number of the next version.
_WORDS = {
    PRELUDE: "highlights, overview, summary",
    "features": "add, added, additions, enhancement, enhancements, feat, feature, features, features added, improved, "
    "improvement, improvements, new, new feature, new features, what s new",
    "issues": "known issue, known issues",
    "upgrade": "backward incompatible changes, backward incompatible public api changes, "
    "backwards incompatible changes, breaking, breaking change, breaking changes, incompatible changes, migration, "
    "migration notes, removal, removals, removals and backward incompatible breaking changes, remove, removed, "
    "upgrade, upgrade notes, upgrading",
    "deprecations": "deprecate, deprecated, deprecation, deprecations, deprecations and removals, "
    "removals and deprecations",
    "critical": "critical, critical issues",
    "security": "security, security fixes, security issues, vulnerabilities, vulnerability",
    "fixes": "bug, bug fix, bug fixes, bugfix, bugfixes, bugs, bugs fixed, fix, fixed, fixes, hotfix, patch",
    OTHER: "change, changed, changes, chore, contrib, contributor facing changes, dependencies, dependency, doc, "
    "docs, documentation, improved documentation, internal, internal changes, maintenance, misc, miscellaneous, "
    "miscellaneous internal changes, notes, other, other changes, other notes, packaging, "
    "packaging updates and notes for downstreams, perf, performance, refactor, trivial, vendor, vendored libraries",
}
_KNOWN = {word: name for name, words in _WORDS.items() for word in words.split(", ")}


class Sections:
    """The sections for headings: as the user says, then by the names and titles of the configuration, then by a table.

    :param conf: reno's configuration.
    :param chosen: sections by headings, see :data:`ANY`.
    """

    def __init__(self, conf: NotesConfig, chosen: Mapping[str, str]) -> None:
        self.prelude = conf.prelude_section_name
        self.names = [name for name, _, _ in sections_of(conf)]
        self.any = chosen.get(ANY)
        self._chosen = {_key(words): name for words, name in chosen.items()}
        self._titles = {_key(word): name for name, title, _ in reversed(sections_of(conf)) for word in (title, name)}

    def find(self, categories: Sequence[str]) -> str | None:
        """Return the section for what a text is called, the first word that has one; None if none has."""
        if not categories:
            return self.any or self._configured(OTHER) or self.names[-1]
        for table in (self._chosen, self._titles):
            for words in categories:
                if (name := table.get(_key(words))) is not None:
                    return name
        known = (self._configured(_KNOWN[key]) for key in map(_key, categories) if key in _KNOWN)
        return next((name for name in known if name is not None), None)

    def is_chosen(self, categories: Sequence[str]) -> bool:
        """Return True if the user says where such texts go."""
        return any(_key(words) in self._chosen for words in categories)

    def knows(self, words: str) -> bool:
        """Return True if a heading has a section."""
        return self.find([words]) is not None

    def is_known(self, name: str) -> bool:
        """Return True if notes may have a section."""
        return name in (*self.names, self.prelude)

    def expected(self, name: str) -> str:
        """Return what to say about a section that notes do not have."""
        near = nearest(name, [*self.names, self.prelude])
        return f"did you mean '{near}'?" if near else f"there are {', '.join([*self.names, self.prelude])}"

    def _configured(self, name: str) -> str | None:
        if name == PRELUDE:
            return self.prelude
        return name if name in self.names else OTHER if OTHER in self.names else None


def _key(words: str) -> str:
    """Return the words of a heading in small letters, without signs and pictures."""
    return " ".join(re.findall(r"[^\W_]+", words.casefold())) or words.strip()


def read_choices(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield headings and sections of ``NAME=SECTION``.

    :raises ValueError: with a message for the user.
    """
    for value in values:
        words, sign, name = value.rpartition("=")
        if not sign or not words.strip() or not name.strip():
            raise ValueError(f"{value!r} is not of the form NAME=SECTION")
        yield words.strip(), name.strip()
