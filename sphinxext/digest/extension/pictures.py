"""Pictures on pages: bars, people and timelines that we draw, and pictures that fragments may show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util.i18n import get_image_filename_for_language
from sphinx.util.matching import Matcher

from sphinxext.digest.doctree.deadlines import RELEASE, EventName, weeks_table
from sphinxext.digest.doctree.docs_files import ANY_TYPE, refusal_of_file
from sphinxext.digest.extension.domain import build_state_of
from sphinxext.digest.extension.schedules import HTML_PAGES
from sphinxext.digest.model import Outlook, Participants, Period
from sphinxext.digest.model.messages import filled
from sphinxext.digest.render.pictures import activity_svg, participants_words, people_svg
from sphinxext.digest.render.timeline import mark_svg, marks_of, timeline_svg

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


#: A mail is what was sent, and can be read again as the fragments that it was made of.
_NO_MAIL = "not format_mail"
PARTICIPANTS_CLASS = "digest-participants"
PICTURE_CLASS = "digest-picture"
#: Marks what the script of a page may change on a later day.
LIVE_CLASS = "digest-live"


def participants_nodes(env: BuildEnvironment, participants: Participants) -> list[nodes.Node]:
    """Who took part in a thread: a line of words, and a picture if there are enough of them."""
    messages = build_state_of(env).messages
    line = nodes.paragraph("", participants_words(participants, messages), classes=[PARTICIPANTS_CLASS])
    drawn = people_svg(participants, _identifier(env, "people"), messages)
    return [addnodes.only("", line, expr=_NO_MAIL), *_picture(drawn)]


def activity_nodes(env: BuildEnvironment, year: int, digests: list[tuple[Period, int]]) -> list[nodes.Node]:
    """The digests of a year as bars, if there are enough of them; the list of digests says the same."""
    messages = build_state_of(env).messages
    title = filled(messages.gettext("Notes in the digests of {year}"), year=messages.year(date(year, 1, 1)))
    return _picture(activity_svg(year, digests, title, _identifier(env, "year"), messages))


def timeline_nodes(env: BuildEnvironment, ahead: Outlook, name: EventName, *, live: bool) -> list[nodes.Node]:
    """The cycle as a picture with the list of its marks, and as a table where a picture cannot be.

    Which of them it is depends on the builder, and pages that were read are kept for all builders.

    :param live: whether the script moves the mark of the current day.
    """
    if not ahead.schedule.cycle:
        return []
    messages = build_state_of(env).messages
    picture = nodes.raw("", timeline_svg(ahead, _identifier(env, "timeline"), messages, live=live), format="html")
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
    classes = ["digest-timeline", *([LIVE_CLASS] if live else [])]
    drawn = nodes.container("", picture, *([legend] if items else []), classes=classes)
    return [
        addnodes.only("", drawn, expr=HTML_PAGES),
        addnodes.only("", weeks_table(ahead, name, messages), expr=f"not ({HTML_PAGES})"),
    ]


def _picture(drawn: str) -> list[nodes.Node]:
    if not drawn:
        return []
    box = nodes.container("", nodes.raw("", drawn, format="html"), classes=[PICTURE_CLASS])
    return [addnodes.only("", box, expr=HTML_PAGES)]


def _identifier(env: BuildEnvironment, name: str) -> str:
    # several pages may become one
    return nodes.make_id(f"{name}-{env.docname}-{env.new_serialno(f'digest-{name}')}")


def refusal_of_picture(env: BuildEnvironment, uri: str) -> str:
    """Return the reason why a picture of a fragment may not be shown on the page that is read, or an empty string.

    :param uri: a path as pages have it, relative to the page, or to the documentation's folder after a slash.
    """
    is_excluded = Matcher(env.config.exclude_patterns)
    if reason := refusal_of_file(_path_of(env, uri), Path(env.srcdir), is_excluded):
        return reason
    translated = _path_of(env, get_image_filename_for_language(uri, env))
    if translated.suffix != ANY_TYPE and not translated.exists():
        return ""
    # where translated pictures are is the project's choice, and may be where no pages are
    return refusal_of_file(translated, Path(env.srcdir), lambda _path: False)


def _path_of(env: BuildEnvironment, uri: str) -> Path:
    return Path(env.relfn2path(uri, env.docname)[1])
