"""The directive ``upcoming-events``: events and their deadlines that are still ahead."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx import addnodes

from sphinxext.digest.doctree.events import event_list
from sphinxext.digest.doctree.lines import line_with, links_list
from sphinxext.digest.extension.dependencies import EventsDependency, remember
from sphinxext.digest.extension.directives.base import NotesDirective, OptionSpec, count_option
from sphinxext.digest.extension.directives.period_words import day_option
from sphinxext.digest.extension.domain import CALENDAR
from sphinxext.digest.extension.schedules import HTML_PAGES, PageLinks, events_path
from sphinxext.digest.settings.options import EVENTS

#: What announces an event.
_NEW_EVENT = 'sphinx-digest new event "Summit" --start 2027-05-18'


class UpcomingEventsDirective(NotesDirective):
    """Events that are not over, by the day that they begin on."""

    option_spec: ClassVar[OptionSpec] = {**NotesDirective.option_spec, "at": day_option, "limit": count_option}

    def show(self) -> list[nodes.Node]:
        """The list, and the link to the calendar of all events."""
        query = EventsDependency(self.settings.fragments, self.options.get("at"))
        remember(self.env, query)
        day = self.options.get("at", self.build.today)
        entries = query.entries(self.collection, day)[: self.options.get("limit")]
        if not entries:
            words = self.messages.gettext("There are no upcoming events. A note announces one: {command}")
            return self.place_nothing(words, _NEW_EVENT)
        builder = self.builder(shown=entries)
        return self.place([event_list(entries, builder, day), *self._calendar()], builder, entries)

    def _calendar(self) -> list[nodes.Node]:
        """Return the link to the calendar, where a build publishes it beside the pages."""
        if EVENTS not in self.settings.publish or self.build.place_of(self.settings) < 0:
            return []
        content = nodes.inline(
            "", self.messages.gettext("Calendar of events (iCalendar)"), classes=["digest-calendar"]
        )
        links = PageLinks(self.env.docname, self.get_source_info(), self.messages)
        line = line_with(links.xref(CALENDAR, events_path(self.settings), content))
        return [addnodes.only("", *links_list([line]), expr=HTML_PAGES)]
