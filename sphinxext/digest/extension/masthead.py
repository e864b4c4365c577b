"""What stands above a digest on a page of HTML: its days, its size, the digests before and after it, its sections.

Other outputs have their own ways for that, and a mail has no place for it. The page that was read knows only the days,
the numbers and the parts. The rest is made when it is written: the digests around it may be other ones by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx.locale import _ as sphinx_words
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinxext.digest.extension.builders import is_for_browsers
from sphinxext.digest.extension.domain import DIGEST, DigestDomain
from sphinxext.digest.extension.mathjax import IGNORED_CLASSES
from sphinxext.digest.extension.neighbours import Neighbour, digests_around

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Sphinx's search passes by what has this class: the titles of other digests are not what a page is about.
_UNSEARCHED = "no-search"
#: From how many sections on they are listed.
_MANY = 3
#: Begins the classes of all that our directives make.
_OURS = "digest-"


class Masthead(NamedTuple):
    """What a page that was read knows of a digest on it: its name, its days and numbers in words, its parts."""

    name: str
    days: str
    counts: str
    parts: tuple[str, ...]


def describe(
    domain: DigestDomain, target: nodes.target, name: str, days: str, counts: str, parts: Iterable[nodes.Node]
) -> None:
    """Remember what is to be said of a digest, by the place where it begins."""
    identifiers = tuple(part["ids"][0] for part in parts if isinstance(part, nodes.Element) and part["ids"])
    digest = Masthead(name, days, counts, identifiers)
    domain.data["mastheads"].setdefault(domain.env.docname, {})[target["ids"][0]] = digest


class Mastheads(SphinxPostTransform):
    """Puts a box above each digest of a page."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50), and before anything is put into the parts
    default_priority = 55

    def run(self, **_arguments: Any) -> None:
        """Add the boxes; a book has a table of contents, and is read from its beginning."""
        self.domain = DigestDomain.of(self.env)
        self.words = self.domain.words
        if not is_for_browsers(self.domain.builder):
            return
        pages: dict[str, dict[str, Masthead]] = self.domain.data["mastheads"]
        names = pages if self.domain.builder.name == "singlehtml" else pages.keys() & {self.env.docname}
        found = {anchor: digest for name in sorted(names) for anchor, digest in pages[name].items()}
        for target in list(self.document.findall(nodes.target)) if found else ():
            known = found.get(target.get("refid") or next(iter(target["ids"]), ""))
            if known is not None:
                parts = list(_parts_of(target, known))
                html = self._facts(known, parts) + self._around(known.name) + self._contents(parts)
                # what docutils has no nodes for; formulas are not looked for in it
                box = nodes.raw("", html, format="html", classes=["digest-head", _UNSEARCHED, *IGNORED_CLASSES])
                target.parent.insert(target.parent.index(target) + 1, box)

    def _facts(self, known: Masthead, parts: list[nodes.Element]) -> str:
        """The days, how many notes there are, and how long it takes to read them."""
        from sphinxext.digest.doctree.reading_time import length, minutes_words

        facts = (known.days, known.counts, minutes_words(length(parts), self.words))
        return f'<ul class="digest-facts">{"".join(f"<li>{escape(fact)}</li>" for fact in facts if fact)}</ul>'

    def _around(self, name: str) -> str:
        """The links to the digests before and after one; on a single page they are all there anyway."""
        before, after = digests_around(self.domain).get(name, (None, None))
        if self.domain.builder.name == "singlehtml" or not (before or after):
            return ""
        gettext = self.words.gettext
        links = (
            self._link(before, "prev", "digest-prev", gettext("Previous digest")),
            self._link(after, "next", "digest-next", gettext("Next digest")),
        )
        label = escape(gettext("Other digests"))
        return f'<nav class="digest-around" aria-label="{label}">{"".join(links)}</nav>'

    def _link(self, other: Neighbour | None, relation: str, name: str, label: str) -> str:
        if other is None:
            return ""
        uri = self.domain.builder.get_relative_uri(self.env.docname, other.docname)
        if other.anchor:
            uri += f"#{other.anchor}"
        classes = " ".join([name, *_ignored(other.title)])
        return (
            f'<a class="{classes}" rel="{relation}" href="{escape(uri)}"><span>{escape(label)}</span> '
            f"{escape(other.title)}</a>"
        )

    def _contents(self, parts: list[nodes.Element]) -> str:
        """The links to the sections, if there are many."""
        sections = [part for part in parts if isinstance(part, nodes.section)]
        if len(sections) < _MANY:
            return ""
        lines = "".join(f"<li>{_link_to(section)}</li>" for section in sections)
        label = escape(self.words.gettext("In this digest"))
        return f'<nav class="digest-contents" aria-label="{label}"><ul>{lines}</ul></nav>'


def follow_days(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let the theme's own links lead to the digests before and after: toctrees have the newest first."""
    domain = DigestDomain.of(app.env)
    digests = [target for target in domain.data["targets"].get(pagename, ()) if target.type == DIGEST]
    if len(digests) != 1 or not digests[0].primary or app.builder.name in ("epub", "singlehtml"):
        return
    around = dict(zip("PN", digests_around(domain).get(digests[0].names[0], (None, None)), strict=True))
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
    """The parts of a digest, which come after the place where it begins, without the list of references."""
    from sphinxext.digest.doctree.digest import REFERENCES_CLASS

    siblings = target.parent.children
    # docutils gives the first part the identifier of the place before it
    known = {*digest.parts, target.get("refid")}
    for node in siblings[siblings.index(target) + 1 :]:
        if not isinstance(node, nodes.Element) or not any(name.startswith(_OURS) for name in node["classes"]):
            return
        if node["ids"] and known.isdisjoint(node["ids"]):
            return
        if f"digest-{REFERENCES_CLASS}-section" not in node["classes"]:
            yield node


def _link_to(section: nodes.section) -> str:
    title = _title_of(section)
    classes = " ".join(["reference", *_ignored(title)])
    return f'<a class="{classes}" href="#{escape(section["ids"][0])}">{escape(title)}</a>'


def _ignored(words: str) -> tuple[str, ...]:
    """The classes that hide words from MathJax, if they have to be hidden."""
    return IGNORED_CLASSES if "\\" in words else ()


def _title_of(section: nodes.section) -> str:
    """The words of a heading without the numbers of its links."""
    from sphinxext.digest.doctree.references import NUMBER_CLASS

    title = section.next_node(nodes.title)
    texts = title.findall(nodes.Text) if title is not None else ()
    return " ".join("".join(text for text in texts if NUMBER_CLASS not in text.parent["classes"]).split())
