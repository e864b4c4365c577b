"""Every problem that the package reports, and the one exception type.

A problem is data: a code, the place it was found at and a sentence. Reading, placing and composing collect problems
and go on; only the command and the Sphinx layer decide how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from unicodedata import category

#: How many characters a message may have.
_MAX_MESSAGE = 400
#: The beginning of a mistyped name that is compared with known ones.
_LONGEST_NAME = 60


class Code(StrEnum):
    """The kind of a problem; in a Sphinx build also the warning's subtype, ``digest.<code>``."""

    # the file
    UNREADABLE = "unreadable"
    """The file cannot be read: permissions, a directory, a link that leads nowhere."""
    OUTSIDE = "outside"
    """A link leads out of the fragments folder."""
    FILE_NAME = "file-name"
    """The name does not end in ``-`` and 16 hexadecimal digits, or not in ``.yaml``."""
    TOO_LARGE = "too-large"
    """The file, or what its aliases expand to, is larger than a fragment may be."""
    ENCODING = "encoding"
    """The file is not UTF-8."""
    BYTE_ORDER_MARK = "byte-order-mark"
    """The file begins with a byte order mark. It is read all the same."""
    LINE_ENDS = "line-ends"
    """The file has other line ends than line feeds, such as those of Windows. It is read all the same."""
    DUPLICATE_IDENTITY = "duplicate-identity"
    """Two files have the same identity; the first in alphabetical order stays."""
    # YAML
    EMPTY = "empty"
    """The file holds no note."""
    YAML_SYNTAX = "yaml-syntax"
    """The YAML cannot be parsed."""
    YAML_NESTING = "yaml-nesting"
    """Collections are nested deeper than any fragment needs."""
    YAML_ALIASES = "yaml-aliases"
    """There are more aliases than a fragment needs, or they expand to more than it may hold."""
    YAML_TAG = "yaml-tag"
    """An explicit tag such as ``!!python/object``."""
    YAML_COMMENT = "yaml-comment"
    """A comment cuts a value without quotes, as in ``text: Fixed #13 today``. A comment like ``# why`` is fine."""
    DUPLICATE_KEY = "duplicate-key"
    """A mapping has the same key twice."""
    # the form of notes
    UNKNOWN_KEY = "unknown-key"
    """A key that the format does not have."""
    WRONG_TYPE = "wrong-type"
    """A value of another type than the format has there."""
    MISSING_KEY = "missing-key"
    """A key that the note cannot do without."""
    EMPTY_TEXT = "empty-text"
    """A text that is empty or white space."""
    BAD_VALUE = "bad-value"
    """A value outside those that the key may have, or with characters that no text may have."""
    BAD_DATE = "bad-date"
    """Neither a date nor a time as in RFC 3339."""
    BAD_URL = "bad-url"
    """Not an absolute URL, or one of a scheme that is not allowed."""
    NO_DATE = "no-date"
    """A note without a date of its own, its fragment's, or the day of a first merge."""
    # continuity
    UNKNOWN_THREAD = "unknown-thread"
    """``continues`` names no thread of the collection."""
    AMBIGUOUS_THREAD = "ambiguous-thread"
    """``continues`` names a fragment of several threads, none with the same title."""
    THREAD_ORDER = "thread-order"
    """``continues`` names a thread that is not earlier."""
    DIGEST_NUMBER = "digest-number"
    """Two fragments, or two newsletters in an import, say different numbers for the same digest. The first counts."""
    # the text
    RST = "rst"
    """The reStructuredText of a note does not parse."""
    RST_FORBIDDEN = "rst-forbidden"
    """A directive or role that fragments may not use."""
    MARKDOWN = "markdown"
    """Text that looks like Markdown, which reStructuredText shows otherwise: a hint."""
    DEAD_LINK = "dead-link"
    """A relative link, or the path of a picture, for which the documentation has no page and no file."""
    # settings and periods
    BAD_SETTING = "bad-setting"
    """An option has a value that it cannot have."""
    UNKNOWN_SETTING = "unknown-setting"
    """There is no such option."""
    BAD_PERIOD = "bad-period"
    """A period that cannot be read, or that ends before it starts."""
    # import
    NOT_A_DIGEST = "not-a-digest"
    """A file that holds no text, or nothing that could be a digest."""
    XML_SYNTAX = "xml-syntax"
    """An export that cannot be read as XML, or that declares entities."""
    NO_PERIOD = "no-period"
    """A digest does not say what days it is about, or nothing says their year."""
    SEVERAL_DIGESTS = "several-digests"
    """A text has the titles of several digests. Each of them is imported."""
    LOST_URL = "lost-url"
    """A URL got lost on the way to the file, or is not one that fragments may have. The text stays as it is."""
    LOST_HEADING = "lost-heading"
    """A heading is blank. The text below it becomes a story without one."""
    LOST_TEXT = "lost-text"
    """There is nothing below a heading. The heading becomes a story."""
    TWO_TARGETS = "two-targets"
    """Two targets in the list of links have, or seem to have, the same number."""
    NO_SERIES = "no-series"
    """Nothing says which series a countdown is about. It becomes a story."""
    DIFFERS = "differs"
    """The folder has a fragment or release note that was imported before, with another text, which stays."""
    NOT_A_CHANGELOG = "not-a-changelog"
    """A file without a heading for a version, or a folder without fragments of towncrier or scriv."""
    # logs
    NOT_A_LOG = "not-a-log"
    """A file is not a chat log in a known format. Nothing of it is read."""
    # schedules
    NO_SCHEDULE = "no-schedule"
    """A file or a folder that holds no release schedule, or a schedule without weeks."""
    SCHEDULE_CONTRADICTION = "schedule-contradiction"
    """A schedule says two things that cannot both be true, and it is clear which of them counts: a remark."""
    SCHEDULE_ANCHOR = "schedule-anchor"
    """A week of a schedule has an event without an anchor in the text beside it. Its id is its title: a remark."""
    SCHEDULE_TABLE = "schedule-table"
    """A row of the table of a schedule cannot be read: its borders are broken, or its week is not one."""
    SCHEDULE_YEAR = "schedule-year"
    """Nothing tells the year of a schedule whose weeks are written without one."""
    SCHEDULE_FETCH = "schedule-fetch"
    """A schedule cannot be fetched from the network."""
    # collect
    SOURCE_FETCH = "source-fetch"
    """A source to collect from cannot be fetched from the network."""
    NOT_A_FEED = "not-a-feed"
    """A source to collect from has another format than its collector reads, such as feeds."""
    JSON_SYNTAX = "json-syntax"
    """A source that should be JSON cannot be read as that."""
    BAD_RECORD = "bad-record"
    """An entry of a source to collect from, such as a note of an index, is malformed. It is left out."""
    # mail
    NO_MAIL = "no-mail"
    """A file that holds no mail archive, or a folder with none."""
    # release notes
    HISTORY = "history"
    """The versions of release notes are not known: there is no repository, no git, or no such branch."""
    SHALLOW = "shallow"
    """A shallow clone does not know the versions of all notes, or a partial clone lacks some of their texts."""
    UNKNOWN_SECTION = "unknown-section"
    """A release note has a section that reno's configuration does not have. It is left out. In an import, a heading of
    the changelog has no section."""
    UNKNOWN_VERSION = "unknown-version"
    """A version that has no release notes."""
    NO_RELEASE_NOTE = "no-release-note"
    """A change that should have a release note has none."""
    # setting a project up
    NO_DOCUMENTATION = "no-documentation"
    """No folder has a ``conf.py``, or several have one."""
    PYTHON_SYNTAX = "python-syntax"
    """A ``conf.py`` that is not Python."""
    BY_HAND = "by-hand"
    """Something that the user has to add, since it is unclear where it belongs."""
    # pages
    EMPTY_PERIOD = "empty-period"
    """A page asks for a period without notes."""
    UNKNOWN_SERIES = "unknown-series"
    """A page asks for a series or a week that has no countdown, or a command for one that has no schedule."""
    UNKNOWN_FRAGMENT = "unknown-fragment"
    """A page asks for a fragment that is not there."""
    PAGE_CONFLICT = "page-conflict"
    """A generated page cannot be made, as when two digests would have it or a page of the project has its name."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and where.

    ``path`` is as the user would write it, relative to the project where possible; ``line`` and ``column`` count
    from 1 (0 where the problem has no line), columns in characters. ``message`` is one line of bounded length,
    whatever it quotes.
    """

    path: str
    line: int
    column: int
    code: Code
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _shortened(_printable(self.message)))

    def __str__(self) -> str:
        return f"{self.location}: {self.code} {self.message}"

    @property
    def location(self) -> str:
        """``path:line:column``, or the path alone for a problem of the whole file."""
        path = _printable(self.path)
        return f"{path}:{self.line}:{self.column}" if self.line else path


def unreadable(path: str, error: Exception) -> Problem:
    """Return the problem of a file or folder that cannot be read, which Python says by an OSError or a ValueError."""
    return Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {getattr(error, 'strerror', None) or error}")


def nearest(name: str, known: Iterable[str], likeness: float = 0.7) -> str | None:
    """Return the known name that a mistyped one is most like, or None. Upper and lower case are the same.

    :param likeness: from 0 for any name to 1 for the same one.
    """
    by_case = {one.casefold(): one for one in known}
    found = get_close_matches(name[:_LONGEST_NAME].casefold(), by_case, 1, likeness)
    return by_case[found[0]] if found else None


class DigestError(Exception):
    """An error that ends a command or the work at hand, with the problems to show."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def _printable(text: str) -> str:
    """Escape line ends, terminal codes, and characters that cannot be encoded."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or category(char) == "Zs" else char.encode("unicode_escape").decode()
        for char in text
    )


def _shortened(text: str) -> str:
    """Cut the middle out of a text that quotes more than anyone would read."""
    return text if len(text) <= _MAX_MESSAGE else f"{text[: _MAX_MESSAGE // 2]} ... {text[-_MAX_MESSAGE // 4 :]}"
