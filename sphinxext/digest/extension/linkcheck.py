"""The places of links for the builder ``linkcheck``: those of notes are in fragments; generated pages have no file.

Showing the problems of fragments: each of them once in every build, whether its page was read again or not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import get_node_line

from sphinxext.digest.extension.build_state import BuildState, FolderState
from sphinxext.digest.extension.dependencies import CollectionDependency
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.extension.pages import STUB_SUFFIX, PlaceName
from sphinxext.digest.extension.warnings import say_problems_of_others, warn_of
from sphinxext.digest.problems import Problem

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


#: By the address of a link its file, relative to the project, and its line there.
Places = dict[str, tuple[str, int]]


class LinkPlaces(SphinxPostTransform):
    """Remembers where the links of notes are that the builder is going to check."""

    builders = ("linkcheck",)
    # after the builder has collected the links of the page (priority 800)
    default_priority = 810

    def run(self, **_arguments: object) -> None:
        """Look at each link that the builder knows from this page."""
        builder: Any = build_state_of(self.env).builder
        places: Places = builder.digest_places
        source = str(self.env.doc2path(self.env.docname))
        for node in self.document.findall(nodes.Element):
            candidates: dict[str, str] = node.get("candidates") or {}
            uri = str(node.get("refuri") or candidates.get("?") or "")
            known = builder.hyperlinks.get(uri)
            if known is None or known.docname != self.env.docname or uri in places:
                continue
            if (place := _place_of(node, uri, source, self.env)) is not None:
                places[uri] = place


def name_fragments(app: Sphinx) -> None:
    """Let the builder name fragments in its messages and its files."""
    builder: Any = app.builder
    if builder.name != "linkcheck":
        return
    places: Places = {}
    process: Callable[[Any], None] = builder.process_result

    def process_result(result: Any) -> None:
        place = places.get(result.uri)
        if place is not None:
            root = build_state_of(app.env).project.root
            path, line = place[0], _line_of(root / place[0], result.uri, place[1])
            result = result._replace(docname=PlaceName(path, root), lineno=line)
        process(result)

    builder.digest_places, builder.process_result = places, process_result


def _place_of(node: nodes.Element, uri: str, page: str, env: BuildEnvironment) -> tuple[str, int] | None:
    """Return the file and the line of a link, unless it is a link of the page's own file.

    :param page: the path of that file.
    """
    build = build_state_of(env)
    current: nodes.Node | None = node
    while current is not None and not current.source:
        current = current.parent
    source = str(current.source) if current is not None else page
    path = os.path.relpath(source, build.project.root).replace(os.sep, "/")
    try:
        line = get_node_line(node)
    except ValueError:
        line = 1
    is_note = env.docname in build.version_pages.list_of
    if source != page and (is_note or path == build.settings_path or _is_of_fragments(build, path)):
        return path, line
    if (place := _note_with(build, uri)) is not None:
        return place
    # what is left of a generated page is what the settings say
    return (build.settings_path, 1) if page.endswith(STUB_SUFFIX) else None


def _note_with(build: BuildState, uri: str) -> tuple[str, int] | None:
    """Return the place of a note that has an address outside of its texts."""
    for settings in build.project.collections:
        for entry in build.collection(settings).entries:
            if getattr(entry.note, "url", None) == uri:
                return entry.fragment.path, entry.note.place.line
    return None


def _is_of_fragments(build: BuildState, path: str) -> bool:
    """Return True if a file is in a folder of fragments, or of another project, which its path begins with."""
    folders = [settings.fragments for settings in build.project.collections]
    return ": " in path or any(path.startswith(f"{folder}/") for folder in folders)


def _line_of(file: Path, uri: str, line: int) -> int:
    """Return the line with an address from a line on, or that line if the address is written in another way there."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeError):
        return line
    whole = re.compile(rf"{re.escape(uri)}(?![\w/?#&=%-])")
    return next((number for number, text in enumerate(lines[line - 1 :], line) if whole.search(text)), line)


def report_problems(_app: Sphinx, env: BuildEnvironment) -> None:
    """Show the problems of the folders that the build has read or remembers, and of the texts on its pages."""
    build, data = build_state_of(env), DigestDomain.of(env).data
    folders = {settings.fragments for settings in build.project.collections if settings.automatic}
    folders |= {one.folder for _page, one in DigestDomain.of(env).dependencies(CollectionDependency)}
    states: dict[str, FolderState] = data["folders"]
    problems: set[Problem] = {problem for found in data["problems"].values() for problem in found}
    for folder in folders & states.keys():
        problems.update(states[folder].problems)
    warn_of(sorted(problems), build.project.root)
    remarks: set[Problem] = {problem for found in data["remarks"].values() for problem in found}
    for folder in folders & states.keys():
        remarks.update(states[folder].remarks)
    say_problems_of_others(sorted(remarks))


def setup(app: Sphinx) -> None:
    """Register what gives warnings and broken links their place in a fragment."""
    app.add_post_transform(LinkPlaces)
    app.connect("builder-inited", name_fragments)
    app.connect("env-updated", report_problems)
