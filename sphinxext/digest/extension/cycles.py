"""The parts of a release cycle on pages: linked names of events, the timeline, the link to the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes

from sphinxext.digest.doctree.deadlines import RELEASE, EventName, outlook_of_note, plain_name, weeks_table
from sphinxext.digest.doctree.lines import line_with, links_list
from sphinxext.digest.extension.domain import CALENDAR, DigestDomain, build_state_of
from sphinxext.digest.extension.published.indexes import calendar_path
from sphinxext.digest.extension.schedules import ScheduleDependency, find_schedule, remember_schedule
from sphinxext.digest.model import MILESTONE, Countdown, Entry, Event, Messages, Outlook, Schedule
from sphinxext.digest.model.messages import filled
from sphinxext.digest.render.timeline import mark_svg, marks_of, timeline_svg
from sphinxext.digest.settings.options import Settings

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

#: Pages that show SVG and have a folder around them. A book has to declare SVG in its list of files, which Sphinx
#: does not do.
_HTML = "format_html and not builder_epub"


@dataclass(frozen=True)
class PageLinks:
    """Makes links for a page; ``place`` is the file and the line that they come from."""

    docname: str
    place: tuple[str, int]
    messages: Messages

    def xref(self, type_: str, target: str, content: nodes.Element) -> addnodes.pending_xref:
        """A link to something of the domain. If there is no such thing, its content stands alone."""
        link = addnodes.pending_xref(
            "", content, refdomain=DigestDomain.name, reftype=type_, reftarget=target,
            refdoc=self.docname, refexplicit=True, optional=True,
        )  # fmt: skip
        link.source, link.line = self.place
        return link

    def to_event(self, schedule: Schedule, event: Event, *, published: bool = True) -> nodes.Node:
        """The title of an event: a link to it on a page of the project, or else, if wanted, to the schedule's own."""
        content: nodes.Element = nodes.inline("", event.title)
        if published and schedule.url and "#" not in schedule.url:
            content = nodes.reference("", event.title, refuri=f"{schedule.url}#{quote(event.id)}")
        return self.xref(MILESTONE, f"{schedule.series}-{event.id}", content)

    def names(self, schedule: Schedule, *, published: bool = True) -> EventName:
        """The same as a function of the event."""
        return lambda event: [self.to_event(schedule, event, published=published)]

    def closing(self, lines: list[nodes.list_item], settings: Settings, schedule: Schedule) -> list[nodes.Node]:
        """Links as a list, where there are calendars beside the pages with a link to that of the series."""
        label = filled(self.messages.gettext("Calendar of {cycle} (iCalendar)"), cycle=schedule.title)
        content = nodes.inline("", label, classes=["digest-calendar"])
        link = self.xref(CALENDAR, calendar_path(settings.pages, schedule), content)
        calendar = line_with(link)
        with_calendar = links_list([*(line.deepcopy() for line in lines), calendar])
        parts: list[nodes.Node] = [addnodes.only("", *with_calendar, expr=_HTML)]
        if lines:
            parts.append(addnodes.only("", *links_list(lines), expr=f"not ({_HTML})"))
        return parts


def outlook_in_digest(
    env: BuildEnvironment, settings: Settings, entry: Entry, place: tuple[str, int]
) -> tuple[Outlook, EventName] | None:
    """Return the coming events of a countdown's cycle, if the project has the schedule of its series."""
    note = entry.note
    if not isinstance(note, Countdown) or not settings.schedules:
        return None
    query = ScheduleDependency(settings.fragments, "", note.series, day=entry.moment.day)
    schedule = find_schedule(build_state_of(env), query)
    remember_schedule(env, query)
    ahead = outlook_of_note(schedule, entry) if schedule is not None else None
    # links out of the digest would fill its list of references
    links = PageLinks(env.docname, place, build_state_of(env).messages)
    names = links.names(schedule, published=False) if schedule is not None else plain_name
    return (ahead, names) if ahead is not None else None


def timeline_nodes(env: BuildEnvironment, ahead: Outlook, name: EventName) -> list[nodes.Node]:
    """The cycle as a picture with the list of its marks, and as a table where a picture cannot be.

    Which of them it is depends on the builder, and pages that were read are kept for all builders.
    """
    if not ahead.schedule.cycle:
        return []
    messages = build_state_of(env).messages
    # several pages may become one
    identifier = nodes.make_id(f"timeline-{env.docname}-{env.new_serialno('digest-timeline')}")
    picture = nodes.raw("", timeline_svg(ahead, identifier, messages), format="html")
    items = []
    for mark in marks_of(ahead.schedule):
        line = nodes.paragraph("", "", nodes.raw("", mark_svg(mark), format="html"))
        days = filled(messages.gettext("{week}, {days}:"), week=mark.week.name, days=messages.week(mark.week.period))
        line += nodes.inline("", f"{days} ", classes=["digest-week"])
        for number, event in enumerate(mark.week.events):
            line += [nodes.Text("; "), *name(event)] if number else name(event)
        if not mark.week.events:
            line += nodes.Text(messages.gettext(RELEASE))
        items.append(nodes.list_item("", line))
    legend = nodes.bullet_list("", *items, bullet="*", classes=["digest-marks"])
    drawn = nodes.container("", picture, *([legend] if items else []), classes=["digest-timeline"])
    return [
        addnodes.only("", drawn, expr=_HTML),
        addnodes.only("", weeks_table(ahead, name, messages), expr=f"not ({_HTML})"),
    ]
