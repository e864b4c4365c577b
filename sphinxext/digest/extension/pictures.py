"""Pictures in pages of a site, beside the same in words. Other builders show the words alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model import Participants, Period
from sphinxext.digest.model.words import filled
from sphinxext.digest.render.activity import activity_svg
from sphinxext.digest.render.people import participants_words, people_svg

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

#: Pages that show SVG. A book has to declare SVG in its list of files, which Sphinx does not do.
_HTML = "format_html and not builder_epub"
#: A mail is what was sent, and can be read again as the fragments that it was made of.
_NO_MAIL = "not format_mail"

PARTICIPANTS_CLASS = "digest-participants"
PICTURE_CLASS = "digest-picture"


def participants_nodes(env: BuildEnvironment, participants: Participants) -> list[nodes.Node]:
    """Who took part in a thread: a line of words, and a picture if there are enough of them."""
    words = store_of(env).words
    line = nodes.paragraph("", participants_words(participants, words), classes=[PARTICIPANTS_CLASS])
    drawn = people_svg(participants, _identifier(env, "people"), words)
    return [addnodes.only("", line, expr=_NO_MAIL), *_picture(drawn)]


def activity_nodes(env: BuildEnvironment, year: int, digests: list[tuple[Period, int]]) -> list[nodes.Node]:
    """The digests of a year as bars, if there are enough of them; the list of digests says the same."""
    words = store_of(env).words
    title = filled(words.gettext("Notes in the digests of {year}"), year=words.year(date(year, 1, 1)))
    return _picture(activity_svg(year, digests, title, _identifier(env, "year"), words))


def _picture(drawn: str) -> list[nodes.Node]:
    if not drawn:
        return []
    box = nodes.container("", nodes.raw("", drawn, format="html"), classes=[PICTURE_CLASS])
    return [addnodes.only("", box, expr=_HTML)]


def _identifier(env: BuildEnvironment, name: str) -> str:
    # several pages may become one
    return nodes.make_id(f"{name}-{env.docname}-{env.new_serialno(f'digest-{name}')}")
