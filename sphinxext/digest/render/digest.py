"""A digest without a Sphinx project: its docutils nodes, of which all formats are made, and its plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docutils import nodes

from sphinxext.digest.collection.compose import compose, counts_in_words, digest_title, named_title
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.deadlines import EventName, outlook_of_note, plain_name
from sphinxext.digest.doctree.digest import digest_nodes
from sphinxext.digest.doctree.docs_files import DocsFolder
from sphinxext.digest.doctree.lines import add_states, facts_line, length, minutes_words
from sphinxext.digest.doctree.notes import NEIGHBOUR_CLASS, PROJECT_CLASS, NoteBuilder
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.doctree.references import number_links
from sphinxext.digest.doctree.relative import PublishedHome
from sphinxext.digest.model import ENGLISH, Countdown, Digest, Entry, Messages, Outlook, Period, ReleasedVersion
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.schedule import REMARKS
from sphinxext.digest.schedule.load import Schedules
from sphinxext.digest.settings.options import OPENSTACK, RELEASES, SECTIONS, Settings
from sphinxext.digest.text import visible_text
from sphinxext.digest.text.width import NO_BREAK, WIDTH, wrap

#: The words of links to the page of a digest.
READ = N_("Read in your browser")


class PublishedLinks:
    """Names the digest of a thread, and links to it where the documentation is published."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    def digest_of(self, entry: Entry) -> tuple[str, str]:
        """Return the title of the digest with a note, and the URL of the note there, empty if it has no page."""
        period, settings = self.collection.calendar.period_of(entry.moment.day), self.collection.settings
        url = settings.page_url(period)
        title = digest_title(period, self.collection.numbers.of(period), settings)
        return title, f"{url}#{entry.anchor}" if url else ""

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        """Return the title of the digest with a thread, as a link if it has a page."""
        title, url = self.digest_of(entry)
        return [nodes.reference("", title, refuri=url) if url else nodes.Text(title)]

    def to_release(self, version: str) -> list[nodes.Node]:
        """Return the version; only a build knows which page has its notes."""
        return [nodes.Text(version)]


@dataclass(frozen=True)
class DigestSource:
    """A digest, with the context that renderers need.

    ``page_url`` is where its page is published, if anything says so; ``schedules`` has the deadlines of countdowns
    whose notes name none; ``docs`` is the project's documentation, if that is known.
    """

    digest: Digest
    collection: Collection
    page_url: str | None
    schedules: Schedules | None = None
    docs: DocsFolder | None = None

    @property
    def links(self) -> PublishedLinks:
        """The links from its notes to other digests."""
        return PublishedLinks(self.collection)

    def parts(self) -> tuple[list[nodes.Node], list[Problem]]:
        """Return new nodes of its sections, without numbers behind links, with the problems of its texts."""
        settings = self.collection.settings
        parser = TextParser(guard_of(settings))
        builder = NoteBuilder(settings, parser, self.links, self._outlook_of)
        builder.home_of = self.home_of
        parts = digest_nodes(self.digest, builder, sections=True)
        found = self.schedules.problems if self.schedules is not None else ()
        return parts, parser.problems + [problem for problem in found if problem.code not in REMARKS]

    def home_of(self, entry: Entry) -> PublishedHome:
        """Return the page that relative addresses in a note count from."""
        settings, docs = self.collection.settings, self.docs
        period = self.collection.calendar.period_of(entry.moment.day)
        has = docs.has if docs is not None else lambda _address: None
        return PublishedHome(f"{settings.pages}/{period.name}", settings.base_url, has)

    @property
    def heading(self) -> str:
        """The title for readers who do not see where the digest is from."""
        project = self.docs.text_of("project") if self.docs is not None else ""
        return named_title(self.digest.title, self.collection.settings, visible_text(project))

    def facts(self, parts: Sequence[nodes.Node]) -> str:
        """Return its days, its numbers of notes, and the time to read its nodes, on one line."""
        counts = counts_in_words(Counter(entry.kind for entry in self.digest.entries), ENGLISH)
        return facts_line(self.heading, ENGLISH.period(self.digest.period), counts, minutes_words(length(parts)))

    def _outlook_of(self, entry: Entry) -> tuple[Outlook, EventName] | None:
        """Return what is ahead in the cycle of a countdown, if there is a schedule of its series."""
        if self.schedules is None or not isinstance(entry.note, Countdown):
            return None
        schedule = self.schedules.find(entry.note.series, entry.moment.day)
        ahead = outlook_of_note(schedule, entry) if schedule is not None else None
        return (ahead, plain_name) if ahead is not None else None


def digest_source(
    collection: Collection,
    period: Period,
    schedules: Schedules | None = None,
    released: tuple[ReleasedVersion, ...] = (),
    root: Path | None = None,
) -> DigestSource:
    """Return the notes of a period as a digest. It has a page only if the period is one of the calendar's.

    :param root: the project, whose documentation may have the targets of relative addresses.
    """
    page_url = collection.settings.page_url(period) if period in collection.digests else None
    docs = DocsFolder(root, collection.settings.pages) if root is not None else None
    return DigestSource(compose(collection, period, released=released), collection, page_url, schedules, docs)


def notes_text(collection: Collection, entries: tuple[Entry, ...], width: int = WIDTH) -> str:
    """Return some notes as the plain text of a mail has them, whatever sections its digests have.

    :param entries: such as those of a draft, which is in no digest.
    """
    sections = tuple(name for name in SECTIONS if name != RELEASES)
    settings = replace(collection.settings, sections=sections, groups=(), success_closing="")
    days = [entry.moment.day for entry in entries]
    period = Period(min(days), max(days))
    alone = replace(collection, settings=settings, entries=entries, drafts=())
    parts, _ = digest_source(alone.with_intervals([period]), period).parts()
    return mail_text(parts, width=width)


def digest_text(source: DigestSource, parts: Sequence[nodes.Node]) -> str:
    """Return a digest as plain text.

    :param parts: the sections, without numbers behind their links. They are changed.
    """
    settings = source.collection.settings
    head = head_lines(source.heading, source.facts(parts), source.page_url, settings)
    return mail_text(parts, head, is_openstack=settings.text_layout == OPENSTACK)


def head_lines(
    title: str, facts: str, page_url: str | None, settings: Settings, messages: Messages = ENGLISH
) -> list[str]:
    """Return the lines that a plain text begins with: title, facts and address, or the address alone."""
    address = [address_line(page_url, settings, messages)] if page_url else []
    if settings.text_layout == OPENSTACK:
        return address
    lines = (title.replace("\xa0", NO_BREAK), facts.replace("\xa0", NO_BREAK).replace(" ·", f"{NO_BREAK}·"))
    return [*(wrapped for line in lines for wrapped in wrap(line)), *address]


def address_line(page_url: str, settings: Settings, messages: Messages = ENGLISH) -> str:
    """Return the line that says where the page of a digest is."""
    if settings.text_layout == OPENSTACK:
        return filled(messages.gettext("HTML rendered: {url}"), url=page_url)
    return f"{messages.gettext(READ)}: {page_url}"


def mail_text(
    parts: Sequence[nodes.Node],
    head: Sequence[str] = (),
    width: int = WIDTH,
    messages: Messages = ENGLISH,
    *,
    is_openstack: bool = False,
) -> str:
    """Return nodes in the layout of mails: the head, the sections, and the list of links.

    A mail does not change after it was sent, so it omits links to the parts of a thread in other digests.

    :param parts: the sections, without numbers behind their links. They are changed.
    :param is_openstack: puts the lines of the settings that close the successes into one, ``All: URL``.
    """
    add_states(parts, messages)
    if is_openstack:
        _shorten_closing(parts, messages)
    _remove_neighbours(parts)
    targets = number_links(parts)
    lines = [*head, "", *text_lines(parts, width, messages)]
    if targets:
        lines += ["", *(f"[{number}] - {target}" for number, target in enumerate(targets, 1))]
    return "\n".join(lines).strip("\n") + "\n"


def _shorten_closing(parts: Sequence[nodes.Node], messages: Messages) -> None:
    for part in parts:
        lines = [item for item in part.findall(nodes.list_item) if PROJECT_CLASS in item["classes"]]
        links = [link for line in lines for link in line.findall(nodes.reference)]
        for link in links:
            link.clear()
            link += nodes.Text(messages.gettext("All"))
        for line in lines:
            if links and not any(line.findall(nodes.reference)):
                line.parent.remove(line)


def _remove_neighbours(parts: Sequence[nodes.Node]) -> None:
    for part in parts:
        for line in list(part.findall(nodes.list_item)):
            if NEIGHBOUR_CLASS in line["classes"]:
                line.parent.remove(line)
