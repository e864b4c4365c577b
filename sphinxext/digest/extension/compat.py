"""The holds on what Sphinx and other extensions keep private, each with its reason.

What their writers, listeners and domains do with our pages cannot be changed by their public interfaces. Each hold
says what it takes; ``tests/extension/test_compat.py`` fails where that is gone. Three are where they are used: the
documents of a project (``pages.CollectionProject``), the templates of HTML (``html.head.replace_edit_links``) and the
warnings of builders (``rewrite.FailedWrites``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinxext.digest.doctree.lines import STATE_CLASS, add_badges, replace_badges
from sphinxext.digest.extension.domain import DigestDomain, NotesIndex, NotesTransform, build_state_of
from sphinxext.digest.extension.links import shown_collections
from sphinxext.digest.extension.pages import STUB_SUFFIX, is_generated
from sphinxext.digest.extension.releases import anchors_of_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.domains.changeset import ChangeSet
    from sphinx.environment import BuildEnvironment


def escape_changes(app: Sphinx) -> None:
    """Let the list have what pages say of versions as text: that of fragments is from outside."""
    if app.builder.name != "changes":
        return
    # the environment was saved when the builder asks for these; nothing else has them
    env, domain = app.env, app.env.get_domain("changeset")
    find = domain.get_changesets_for  # type: ignore[attr-defined]

    def find_escaped(version: str) -> list[ChangeSet]:
        found: list[ChangeSet] = find(version)
        for docname in {change.docname for change in found}:
            env.titles[docname] = nodes.title("", escape(env.titles[docname].astext()))
        return [change._replace(content=escape(change.content)) for change in found]

    domain.get_changesets_for = find_escaped  # type: ignore[attr-defined]


#: Begins the classes of all that our directives make.
_OURS = "digest-"


# writers know nodes by the names of their classes
class inline(nodes.inline):
    """Text that is seen on a page, and is no part of what its title says, as to Sphinx's search."""

    def astext(self) -> str:
        """Return nothing."""
        return ""


class States(NotesTransform):
    """Puts the states of threads behind their titles: badges in HTML, words where writers have no styles for them.

    What is read has no states, since Sphinx takes the titles of tables of contents and searches from there.
    """

    # after Sphinx has taken out what is for other builders (priority 50), and before the contents of a digest
    default_priority = 52

    def run(self, **_arguments: Any) -> None:
        """Add the states of all threads on a page."""
        build = build_state_of(self.env)
        if build.builder.format == "mail":
            # a mail says the states itself
            return
        add_badges([self.document], build.messages)
        if build.builder.format != "html":
            replace_badges([self.document])
            return
        for title in self.document.findall(nodes.title):
            if isinstance(title[-1], nodes.inline) and STATE_CLASS in title[-1]["classes"]:
                title[-2:] = [inline("", "", *title[-2:])]


class KeptAnchors(NotesTransform):
    """Lets links lead to rubrics and containers: the writers of LaTeX and Texinfo write no identifiers for them."""

    formats = ("latex", "texinfo")
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Move the identifiers to a target before each of them."""
        for node in _own(self.document.findall(nodes.rubric), self.document.findall(nodes.container)):
            identifiers = [name for name in node["ids"] if name not in _targets_before(node)]
            node["ids"] = []
            if identifiers:
                place = node.parent.index(node)
                # Texinfo has no anchors at the very beginning of a box
                place = place or int(isinstance(node.parent, nodes.Admonition))
                node.parent.insert(place, nodes.target("", "", ids=identifiers))


class OpenContainers(NotesTransform):
    """Takes containers away for manual pages, where the first paragraph of one goes on in the line before it."""

    formats = ("man",)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Put what is in a container into its place."""
        for node in _own(self.document.findall(nodes.container)):
            node.parent.replace(node, node.children)


def _own(*found: Iterable[nodes.Element]) -> list[nodes.Element]:
    return [node for some in found for node in some if any(name.startswith(_OURS) for name in node["classes"])]


def _targets_before(node: nodes.Element) -> set[str]:
    """The identifiers that docutils gave a node from the targets before it, which are written with those."""
    before = reversed(node.parent.children[: node.parent.index(node)])
    targets = takewhile(lambda sibling: isinstance(sibling, nodes.target), before)
    return {target["refid"] for target in targets if "refid" in target}


#: Makes a label of every heading. Digests have the same headings over and over, such as "References", and each version
#: has its bug fixes: such labels would collide. What they lead to has names of its own.
_AUTOSECTIONLABEL = "sphinx.ext.autosectionlabel"


class _WithoutOurs:
    """A page for the other extension, which does not find our headings in it."""

    def __init__(self, app: Sphinx, document: nodes.document) -> None:
        self._app = app
        self._document = document

    def findall(self, condition: Any) -> Iterator[nodes.Node]:
        """The nodes of the page but for our sections; none on a page that was made."""
        env = self._app.env
        if str(env.doc2path(env.docname)).endswith(STUB_SUFFIX):
            return
        anchors = anchors_of_page(env)
        for node in self._document.findall(condition):
            if not (isinstance(node, nodes.section) and (_is_ours(node) or anchors.intersection(node["ids"]))):
                yield node


def _is_ours(section: nodes.section) -> bool:
    return any(name.startswith("digest-") and name.endswith("-section") for name in section["classes"])


def keep_from_labels(app: Sphinx, _config: Config) -> None:
    """Let the other extension, if the project has it, see pages without our headings."""
    if _AUTOSECTIONLABEL not in app.extensions:
        return
    from sphinx.ext.autosectionlabel import register_sections_as_label

    def register_others(app: Sphinx, document: nodes.document) -> None:
        register_sections_as_label(app, _WithoutOurs(app, document))  # type: ignore[arg-type]

    for listener in list(app.events.listeners["doctree-read"]):
        if listener.handler is register_sections_as_label:
            app.disconnect(listener.id)
            app.connect("doctree-read", register_others, priority=listener.priority)


#: The module whose listener asks git for each page, and says so where git does not know the file.
_OPENSTACK = "openstackdocstheme.page_context"
#: The sources of generated pages, as sphinx-last-updated-by-git names files.
_STUBS = "**.digest"
#: The page of the index of the domain, which has no document.
_INDEX = f"{DigestDomain.name}-{NotesIndex.name}"


def keep_from_git(_app: Sphinx, config: Config) -> None:
    """Keep sphinx-last-updated-by-git from asking for generated pages."""
    if "git_exclude_patterns" in config:
        config.git_exclude_patterns = [*config.git_exclude_patterns, _STUBS]


def say_last_updated(_app: Sphinx, env: BuildEnvironment) -> None:
    """Tell sphinx-last-updated-by-git the days of generated pages."""
    known: dict[str, Any] | None = getattr(env, "git_last_updated", None)
    for docname in (known or {}).keys() & env.found_docs:
        if known is not None and is_generated(env, docname) and (moment := last_updated(env, docname)):
            known[docname] = (str(int(moment.timestamp())), True)


def spare_openstackdocstheme(app: Sphinx) -> None:
    """Let openstackdocstheme ask git for the pages that have files; for others nothing that it asks has an answer."""
    listeners = app.events.listeners.get("html-page-context", [])
    for place, listener in enumerate(listeners):
        if getattr(listener.handler, "__module__", "") == _OPENSTACK:
            listeners[place] = listener._replace(handler=_sparing(listener.handler))


def last_updated(env: BuildEnvironment, docname: str) -> datetime | None:
    """Return midnight UTC of the day of the newest note on a page, or of its collection if it has none."""
    known: dict[str, dict[str, str]] = DigestDomain.of(env).data["fragments"]
    days = list(known.get(docname, {}).values())
    if not days:
        collections = shown_collections(env, docname if docname != _INDEX else None)
        folders = tuple(f"{settings.fragments}/" for settings in collections)
        days = [day for found in known.values() for path, day in found.items() if path.startswith(folders)]
    return datetime.combine(date.fromisoformat(max(days)), time(), UTC) if days else None


def _sparing(handler: Callable[..., Any]) -> Callable[..., Any]:
    def listener(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> Any:
        if pagename != _INDEX and not is_generated(app.env, pagename):
            return handler(app, pagename, template, context, doctree)
        # as the theme has it: without a time zone
        moment = last_updated(app.env, pagename)
        context["last_updated"] = moment.replace(tzinfo=None) if moment is not None else None
        return None

    return listener


def setup(app: Sphinx) -> None:
    """Register the holds, those on listeners after all extensions have theirs."""
    app.add_post_transform(States)
    app.add_post_transform(KeptAnchors)
    app.add_post_transform(OpenContainers)
    app.connect("config-inited", keep_from_labels)
    app.connect("config-inited", keep_from_git)
    app.connect("builder-inited", escape_changes)
    # after the theme, whichever extension is listed first
    app.connect("builder-inited", spare_openstackdocstheme, priority=900)
    app.connect("env-updated", say_last_updated, priority=900)
