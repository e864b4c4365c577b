"""The masthead of a digest in HTML, a line with its size and its contents; and the adjacent digests at its end.

Other outputs have their own ways for that, and a mail has no place for it. The page that was read knows only the days,
the number of notes and the parts. The rest is made when it is written: there may be other digests around it by then.

A link to itself behind each line of a list that can be linked to, as Sphinx has them behind headings.

Long summaries of threads that a reader can fold, on pages of HTML.

All of them are open at first. A closed one would need a script to be open on wide screens and in print, since styles
open those of new browsers only, and tell a screen reader that they are closed all the same. The heading stays outside
of what one presses: some browsers make a button of that, in which a heading is none any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx.locale import _ as sphinx_words

from sphinxext.digest.doctree.lines import FACTS_CLASS, LINKS_CLASS, STATE_CLASS, length, minutes_words
from sphinxext.digest.doctree.references import REFERENCES_CLASS
from sphinxext.digest.extension.builders import IGNORED_CLASSES, UNSEARCHED_CLASS, is_for_browsers
from sphinxext.digest.extension.domain import (
    DIGEST,
    AdjacentDigest,
    DigestDomain,
    NotesTransform,
    adjacent_digests,
    build_state_of,
)
from sphinxext.digest.model import Kind
from sphinxext.digest.model.messages import filled
from sphinxext.digest.settings.options import ALWAYS, AUTO

if TYPE_CHECKING:
    from sphinx.application import Sphinx


#: From how many sections on they are listed.
_MANY = 3
#: The class of short words that no line ends in, and that of the days of a title: they wrap only where they must.
WEEK_CLASS, DAYS_CLASS = "digest-week", "digest-range"
#: The class of the line with the title of the newest digest above a list of digests.
HEADLINE_CLASS = "digest-headline"
#: Begins the classes of all that our directives make.
_OURS = "digest-"


#: The themes that show the contents of a page beside it, and those that are made of them.
_THEMES_WITH_CONTENTS = frozenset({"furo", "openstackdocs", "pydata_sphinx_theme"})


class Masthead(NamedTuple):
    """A digest on a page that was read: its name, its days in words, its number of notes, its parts.

    ``contents`` is the option of that name; ``period`` has the days as a title has them.
    """

    name: str
    period: str
    days: str
    notes: int
    contents: str
    parts: tuple[str, ...]


def describe(domain: DigestDomain, target: nodes.target, digest: Masthead) -> None:
    """Remember what is to be said of a digest, by the place where it begins."""
    domain.data["mastheads"].setdefault(domain.env.docname, {})[target["ids"][0]] = digest


def identifiers_of(parts: Iterable[nodes.Node]) -> tuple[str, ...]:
    """Return the identifiers of the parts of a digest."""
    return tuple(part["ids"][0] for part in parts if isinstance(part, nodes.Element) and part["ids"])


class Mastheads(NotesTransform):
    """Puts a line above each digest of a page, and the way to other digests at its end."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50), and before anything is put into the parts
    default_priority = 55

    def run(self, **_arguments: object) -> None:
        """Add the lines; a book has a table of contents, and is read from its beginning."""
        self.domain = DigestDomain.of(self.env)
        self.messages = self.domain.build_state.messages
        if not is_for_browsers(self.domain.build_state.builder):
            return
        pages: dict[str, dict[str, Masthead]] = self.domain.data["mastheads"]
        names = pages if self.domain.build_state.builder.name == "singlehtml" else pages.keys() & {self.env.docname}
        found = {anchor: digest for name in sorted(names) for anchor, digest in pages[name].items()}
        for target in list(self.document.findall(nodes.target)) if found else ():
            known = found.get(target.get("refid") or next(iter(target["ids"]), ""))
            if known is not None:
                self._decorate(target, known)

    def _decorate(self, target: nodes.target, known: Masthead) -> None:
        parts = list(_parts_of(target, known))
        last = parts[-1] if parts else target
        read = [part for part in parts if f"digest-{REFERENCES_CLASS}-section" not in part["classes"]]
        holder = target.parent
        if around := self._around(known.name):
            holder.insert(holder.index(last) + 1, _raw(around))
        head = self._facts(known, read, holder) + self._contents(known, read)
        holder.insert(holder.index(target) + 1, _raw(head, "digest-head"))

    def _facts(self, known: Masthead, parts: list[nodes.Element], holder: nodes.Element) -> str:
        """Return the days, unless the title above has them, the number of notes, and the time to read them."""
        title = holder.next_node(nodes.title) if isinstance(holder, nodes.section) else None
        days = "" if title is not None and known.period in title.astext() else known.days
        notes = self.messages.ngettext("{number} note", "{number} notes", known.notes) if known.notes else ""
        facts = (days, notes, minutes_words(length(parts), self.messages))
        return f'<ul class="digest-facts">{"".join(f"<li>{escape(fact)}</li>" for fact in facts if fact)}</ul>'

    def _around(self, name: str) -> str:
        """The links to the digests before and after one; on a single page they are all there anyway."""
        before, after = adjacent_digests(self.domain).get(name, (None, None))
        if self.domain.build_state.builder.name == "singlehtml" or not (before or after):
            return ""
        gettext = self.messages.gettext
        links = (
            self._link(before, "prev", "digest-prev", gettext("Previous digest")),
            self._link(after, "next", "digest-next", gettext("Next digest")),
        )
        label = escape(gettext("Other digests"))
        return f'<nav class="digest-around" aria-label="{label}">{"".join(links)}</nav>'

    def _link(self, other: AdjacentDigest | None, relation: str, name: str, label: str) -> str:
        if other is None:
            return ""
        uri = self.domain.build_state.builder.get_relative_uri(self.env.docname, other.docname)
        if other.anchor:
            uri += f"#{other.anchor}"
        classes = " ".join([name, *_ignored(other.title)])
        return (
            f'<a class="{classes}" rel="{relation}" href="{escape(uri)}"><span>{escape(label)}</span> '
            f"{escape(other.title)}</a>"
        )

    def _contents(self, known: Masthead, parts: list[nodes.Element]) -> str:
        """Return the links to the sections, folded, if there are many and the theme does not show them."""
        sections = [part for part in parts if isinstance(part, nodes.section)]
        if len(sections) < _MANY or not self._shows_contents(known.contents):
            return ""
        lines = "".join(f"<li>{_link_to(section)}</li>" for section in sections)
        label = escape(self.messages.gettext("In this digest"))
        return (
            f'<details class="digest-contents"><summary>{label}</summary>'
            f'<nav aria-label="{label}"><ul>{lines}</ul></nav></details>'
        )

    def _shows_contents(self, option: str) -> bool:
        if option != AUTO:
            return option == ALWAYS
        theme = getattr(self.domain.build_state.builder, "theme", None)
        folders = theme.get_theme_dirs() if theme is not None else ()
        return _THEMES_WITH_CONTENTS.isdisjoint(Path(folder).name for folder in folders)


def _raw(html: str, *classes: str) -> nodes.raw:
    """Return what docutils has no nodes for; no formulas are looked for in it, and no words that pages are about."""
    return nodes.raw("", html, format="html", classes=[*classes, UNSEARCHED_CLASS, *IGNORED_CLASSES])


def follow_days(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let the theme's own links lead to the digests before and after: toctrees have the newest first."""
    domain = DigestDomain.of(app.env)
    digests = [target for target in domain.data["targets"].get(pagename, ()) if target.type == DIGEST]
    if len(digests) != 1 or not digests[0].primary or app.builder.name in ("epub", "singlehtml"):
        return
    around = dict(zip("PN", adjacent_digests(domain).get(digests[0].names[0], (None, None)), strict=True))
    labels = {"P": sphinx_words("previous"), "N": sphinx_words("next")}
    links = [link for link in context.get("rellinks", ()) if link[2] not in around]
    for key, name in (("N", "next"), ("P", "prev")):
        other = around[key]
        context[name] = None
        if other is not None:
            title = escape(other.title)
            uri = app.builder.get_relative_uri(pagename, other.docname)
            context[name] = {"link": f"{uri}#{other.anchor}" if other.anchor else uri, "title": title}
            links.append((other.docname, title, key, labels[key]))
    context["rellinks"] = links


def _parts_of(target: nodes.target, digest: Masthead) -> Iterator[nodes.Element]:
    """Yield the parts of a digest, which come after the place where it begins."""
    siblings = target.parent.children
    # docutils gives the first part the identifier of the place before it
    known = {*digest.parts, target.get("refid")}
    for node in siblings[siblings.index(target) + 1 :]:
        if not isinstance(node, nodes.Element) or not any(name.startswith(_OURS) for name in node["classes"]):
            return
        if node["ids"] and known.isdisjoint(node["ids"]):
            return
        yield node


def _link_to(section: nodes.section) -> str:
    heading = section.next_node(nodes.title)
    # a build with nothing changed composes no digest
    from sphinxext.digest.doctree.digest import plain_words

    title = plain_words(heading) if heading is not None else ""
    classes = " ".join(["reference", *_ignored(title)])
    link = f'<a class="{classes}" href="#{escape(section["ids"][0])}">{escape(title)}</a>'
    badges = heading.findall(nodes.inline) if heading is not None else ()
    badge = next((node for node in badges if STATE_CLASS in node["classes"]), None)
    return f'{link} <span class="{" ".join(badge["classes"])}">{escape(badge.astext())}</span>' if badge else link


def _ignored(words: str) -> tuple[str, ...]:
    """The classes that hide words from MathJax, if they have to be hidden."""
    return IGNORED_CLASSES if "\\" in words else ()


_DASHED = re.compile(r"(\S+–\S+)")
#: The week of a release, or days in English as headings of countdowns and lines of events have them.
_WEEK = r"\bR-[0-9]{1,3}\b|\b[A-Z][a-z]{2} [0-9]{1,2}(?: – [A-Z][a-z]{2} |–)[0-9]{1,2}\b"


class WholeDays(NotesTransform):
    """Keeps weeks such as R-9, and ranges of days, in headings on one line."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Put each of them into an element."""
        mastheads: dict[str, Masthead] = DigestDomain.of(self.env).data["mastheads"].get(self.env.docname, {})
        days = {known.period for known in mastheads.values()}
        keep_whole(self.document.findall(_may_have_days), days)
        for line in self.document.findall(nodes.paragraph):
            if HEADLINE_CLASS in line["classes"]:
                keep_whole([line], [line["days"]])


def _may_have_days(node: nodes.Node) -> bool:
    return isinstance(node, nodes.title) or (isinstance(node, nodes.inline) and FACTS_CLASS in node["classes"])


def keep_whole(titles: Iterable[nodes.Node], days: Iterable[str]) -> None:
    """Put weeks and days in titles into elements of their own.

    :param days: the words of the periods that a title may have, in the language of the page.
    """
    pattern = re.compile("|".join([*map(re.escape, filter(None, days)), _WEEK]))
    for title in list(titles):
        for text in list(title.findall(nodes.Text)):
            if not {WEEK_CLASS, DAYS_CLASS}.intersection(text.parent.get("classes", ())):
                _split(text, pattern)


def _split(text: nodes.Text, pattern: re.Pattern[str]) -> None:
    found, end = list[nodes.Node](), 0
    for match in pattern.finditer(text):
        name = WEEK_CLASS if re.fullmatch(_WEEK, match[0]) else DAYS_CLASS
        found += [nodes.Text(text[end : match.start()]), _whole(match[0], name)]
        end = match.end()
    if found:
        text.parent.replace(text, [part for part in (*found, nodes.Text(text[end:])) if part.astext()])


def _whole(words: str, name: str) -> nodes.inline:
    """Return words that are kept on a line; those of a title that do not fit are not broken behind ``7–``."""
    element = nodes.inline("", classes=[name])
    for place, part in enumerate(_DASHED.split(words, maxsplit=1) if name == DAYS_CLASS else [words]):
        if part:
            element += nodes.inline("", part, classes=[WEEK_CLASS]) if place % 2 else nodes.Text(part)
    return element


def keep_contents_whole(app: Sphinx, _doctree: nodes.document) -> None:
    """Keep the days of a digest on one line in sidebars, and wherever else Sphinx shows the titles of pages."""
    env = app.env
    mastheads: dict[str, Masthead] = DigestDomain.of(env).data["mastheads"].get(env.docname, {})
    if mastheads:
        days = {known.period for known in mastheads.values()}
        titles = (env.titles[env.docname], env.longtitles[env.docname])
        keep_whole([*env.tocs[env.docname].findall(nodes.reference), *titles], days)


class Permalinks(NotesTransform):
    """Puts the links behind successes and items, where the project wants such links."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Add a link to the first paragraph of each line."""
        domain = DigestDomain.of(self.env)
        if not (self.config.html_permalinks and getattr(domain.build_state.builder, "add_permalinks", False)):
            return
        gettext = domain.build_state.messages.gettext
        names = {
            "digest-successes": gettext("Permalink to this success"),
            "digest-items": gettext("Permalink to this item"),
        }
        for listing in self.document.findall(nodes.bullet_list):
            name = next((names[kind] for kind in listing["classes"] if kind in names), None)
            if name is not None:
                for item in listing.children:
                    self._add(item, name)

    def _add(self, item: nodes.Node, name: str) -> None:
        line = item.next_node(nodes.paragraph)
        place = line.children[0] if line is not None and line.children else None
        if line is not None and isinstance(place, nodes.target) and place["ids"]:
            # the icon may be a picture of HTML, as behind headings
            html = (
                # no icon is on a line of its own
                f'&nbsp;<a class="headerlink" href="#{escape(place["ids"][0])}" title="{escape(name)}" '
                f'aria-label="{escape(name)}">{self.config.html_permalinks_icon}</a>'
            )
            line += nodes.raw("", html, format="html")


#: From how many words on a summary is long: more than a phone shows at once.
_LONG = 90


class Folds(NotesTransform):
    """Puts long summaries into elements ``details``, which docutils does not know."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Add the tags; books are for programs of all ages."""
        if not is_for_browsers(build_state_of(self.env).builder):
            return
        for section in self.document.findall(nodes.section):
            if f"digest-{Kind.THREAD}-section" in section["classes"]:
                self._fold(section)

    def _fold(self, section: nodes.section) -> None:
        # the links that close it are useful when it is closed
        links = isinstance(section[-1], nodes.bullet_list) and LINKS_CLASS in section[-1]["classes"]
        end = len(section) - 1 if links else len(section)
        number = length(section.children[1:end])
        if number < _LONG:
            return
        messages = build_state_of(self.env).messages
        closed = filled(messages.gettext("Summary, {time}"), time=minutes_words(number, messages))
        opened = messages.gettext("Hide summary")
        label = f'<span class="digest-hide">{escape(opened)}</span><span class="digest-show">{escape(closed)}</span>'
        section.insert(end, nodes.raw("", "</details>", format="html"))
        start = f'<details class="digest-fold" open><summary>{label}</summary>'
        section.insert(1, nodes.raw("", start, format="html"))


def setup(app: Sphinx) -> None:
    """Register the decorations of pages."""
    app.add_post_transform(Mastheads)
    app.add_post_transform(Permalinks)
    app.add_post_transform(Folds)
    app.add_post_transform(WholeDays)
    # after Sphinx has collected them, and before others remember what is shown
    app.connect("doctree-read", keep_contents_whole, priority=600)
    app.connect("html-page-context", follow_days, priority=100)
