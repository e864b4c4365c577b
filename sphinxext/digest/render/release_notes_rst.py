"""Release notes as reStructuredText: a report as reno writes it, or what changed by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sphinxext.digest import safeyaml
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.problems import Problem
from sphinxext.digest.release import Release, ReleaseNote
from sphinxext.digest.render.release_notes import NotePart, Outline, Passage
from sphinxext.digest.render.rst import reading_of
from sphinxext.digest.render.rst_markup import escaped, escaped_words, heading, item, separated
from sphinxext.digest.render.rst_names import UniqueNames

if TYPE_CHECKING:
    from reno.config import Config

#: What is drawn below the headings of sections of each level.
_LINES = "-^~"

#: The content of notes by their paths, as a scanner gives it.
Contents = Mapping[str, bytes | str]


def release_notes_report(
    conf: Config,
    releases: Sequence[Release],
    contents: Contents,
    *,
    title: str,
    show_source: bool,
    branch: str | None,
) -> str:
    """The document that ``reno report`` prints, made by reno's own formatter.

    It differs where reno gives up, such as at a note that cannot be read: that is left out. The days of releases are
    those in UTC, wherever the report is made.

    :param contents: of all notes of the releases.
    :param branch: the one that the user named, which becomes a part of anchors.
    """
    from reno import formatter

    shown = _Shown(conf, releases, contents)
    versions = [release.version for release in releases]
    text: str = formatter.format_report(shown, conf, versions, title=title, show_source=show_source, branch=branch)
    return text + "\n"


class _Shown:
    """What reno's formatter asks of its loader."""

    def __init__(self, conf: Config, releases: Sequence[Release], contents: Contents) -> None:
        self._prelude = conf.prelude_section_name
        self._releases = {release.version: release for release in releases}
        self._notes = {note.path: note for release in releases for note in release.notes}
        self._contents = contents

    def __getitem__(self, version: str) -> list[tuple[str, bytes | None]]:
        notes = self._releases[version].notes
        return [(note.path, note.commit.encode() if note.commit else None) for note in notes]

    def get_version_date(self, version: str) -> str:
        return str(self._releases[version].day or "Unknown")

    def parse_note_file(self, filename: str, _commit: object) -> dict[str, Any]:
        """The texts as YAML has them, with the line ends that the records do not keep and reno writes."""
        note = self._notes[filename]
        content = self._contents[filename]
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        known: list[Problem] = []
        text = safeyaml.decode(data, filename, known)
        root = safeyaml.compose(text, filename, known) if text is not None else None
        assert isinstance(root, MappingNode)  # or there would be no record of it
        return dict(self._texts(note, root))

    def _texts(self, note: ReleaseNote, root: MappingNode) -> Iterator[tuple[str, object]]:
        for key, value in root.value:
            if key.value == self._prelude and note.prelude is not None:
                yield key.value, value.value
            elif isinstance(key, ScalarNode) and key.value in note.sections:
                items = value.value if isinstance(value, SequenceNode) else [value]
                # records have no more than these
                texts = [item for item in items if isinstance(item, ScalarNode) and safeyaml.is_string(item)]
                yield key.value, [text.value for text in texts if text.value.strip()]


def release_notes_rst(outline: Outline, *, show_source: bool) -> str:
    """Notes of several versions by section, each text after its version, in the style of reno's reports.

    Names of links that several texts give are told apart, so that the document has each of them once.
    """
    parser = TextParser(Guard())
    names = UniqueNames(reading_of(parser))
    blocks = [heading(outline.title, "=", overline=True)] if outline.title else []
    for chapter in outline.chapters:
        for part in chapter.parts:
            blocks.append(heading(part.title, _LINES[part.level - 1]))
            for passage in part.passages:
                if show_source:
                    blocks.append([f".. {passage.note.path} @ {passage.note.commit or 'not committed'}"])
                blocks.append(_passage(parser, names, part, passage))
    return "\n".join(separated(blocks)) + "\n"


def _passage(parser: TextParser, names: UniqueNames, part: NotePart, passage: Passage) -> list[str]:
    title = passage.release.title
    # a version is no enumerator, which a space would have to follow
    lead = f"{escaped(title) if ' ' in title else escaped_words(title)}:"
    lines = (names.unique(passage.text.value) or passage.text.value).split("\n")
    parsed = parser.blocks(passage.text, passage.note.path, "note")
    if parsed and isinstance(parsed[0], nodes.paragraph):
        blocks = [[f"{lead} {lines[0]}", *lines[1:]]]
    else:
        blocks = [[lead], lines]
    return separated(blocks) if part.is_prelude else item(blocks)
