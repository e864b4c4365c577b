"""The directive ``release-notes``: release notes by versions, as ``reno.sphinxext`` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives, states
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, switch_source_input
from sphinx.util.nodes import nested_parse_with_titles

from sphinxext.digest.doctree.digest import after_version
from sphinxext.digest.doctree.issue_links import IssueLinks
from sphinxext.digest.doctree.lines import line_with
from sphinxext.digest.extension.dependencies import remember
from sphinxext.digest.extension.directives.base import OptionSpec, elements_of, switch_option
from sphinxext.digest.extension.directives.option_names import SuggestsOptions
from sphinxext.digest.extension.domain import RELEASE, DigestDomain, Target, build_state_of
from sphinxext.digest.extension.histories import ReleaseQuery, Report, query_of
from sphinxext.digest.extension.release_pages import PAGES
from sphinxext.digest.extension.releases import (
    ComponentsDependency,
    IssueLinksDependency,
    RepositoryLookup,
    find_repository,
    histories_of,
    lead_with,
    remember_release_notes,
)
from sphinxext.digest.extension.translation import note_words
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.model import Messages, ReleasedVersion
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.config import FOLDER, prelude_title, sections_of
from sphinxext.digest.release.load import first_sentence
from sphinxext.digest.release.notes import Release
from sphinxext.digest.render.release_notes import label_of
from sphinxext.digest.settings.release_notes import Component


class ReleaseNotesDirective(SuggestsOptions, SphinxDirective):
    """The release notes of a branch. Its content is a title above them, which also begins all labels."""

    has_content = True
    option_spec: ClassVar[OptionSpec] = {
        "branch": directives.unchanged,
        "reporoot": directives.unchanged,
        "relnotessubdir": directives.unchanged,
        "notesdir": directives.unchanged,
        "version": directives.unchanged,
        "collapse-pre-releases": switch_option,
        "earliest-version": directives.unchanged,
        "stop-at-branch-base": switch_option,
        "release-lines": switch_option,
        "ignore-notes": directives.unchanged,
        "unreleased-version-title": directives.unchanged,
        "contributors": directives.flag,
        "by-component": directives.flag,
        "feeds": directives.unchanged_required,
        PAGES: directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the versions as sections, or nothing after a warning."""
        folder = self.options.get("relnotessubdir") or FOLDER
        root = find_repository(self.env, self.options.get("reporoot"), folder)
        remember(self.env, RepositoryLookup(self.options.get("reporoot"), folder))
        if root is None:
            message = f"there is no repository here, and no folder '{folder}' with a cache of release notes"
            self._warn([Problem(folder, 0, 0, Code.HISTORY, message)])
            return []
        query = self._query(str(root), folder)
        try:
            report = histories_of(self.env).report(query)
        except DigestError as error:
            self._warn(remember_release_notes(self.env, query, error.problems, has_failed=True))
            return []
        self._warn([*remember_release_notes(self.env, query, report.problems), *_unknown_sections(report, query)])
        if PAGES in self.options:
            pages = self._pages(report)
            if pages is not None:
                return self._list(report, query, pages)
        return self._parse(report, query)

    def _pages(self, report: Report) -> dict[str, str] | None:
        """Return the page of each version; None after a warning, if the build has made none."""
        found = build_state_of(self.env).version_pages.of_page.get(self.env.docname, {})
        pages = {release.version: found[release.version][0] for release in report.releases if release.version in found}
        if len(pages) == len(report.releases):
            return pages
        message = "the option 'pages' works where the directive begins a line of a page: the versions are all here"
        warn_at(self.get_location(), Code.PAGE_CONFLICT, message)
        return None

    def _list(self, report: Report, query: ReleaseQuery, pages: dict[str, str]) -> list[nodes.Node]:
        """Return the list of the versions, which have the identifiers that they have without pages, and a toctree."""
        messages, known = build_state_of(self.env).messages, self.state.document.ids
        items = []
        for release in report.releases:
            link = addnodes.pending_xref(
                "", nodes.inline("", release.title), refdomain="std", reftype="doc", refexplicit=True,
                reftarget=f"/{pages[release.version]}", refdoc=self.env.docname, refwarn=False,
            )  # fmt: skip
            link.source, link.line = self.get_source_info()
            item = line_with(link, nodes.Text(_after(release, messages)))
            anchor = nodes.make_id(label_of(release, query.title, report.conf.branch))
            if known.setdefault(anchor, item) is item:
                item["ids"].append(anchor)
            items.append(item)
        if not items:
            return []
        listed = nodes.bullet_list("", *items, bullet="*")
        note_words(self.env, elements_of([listed]))
        return [listed, self._toctree(list(dict.fromkeys(pages.values())))]

    def _toctree(self, docnames: list[str]) -> nodes.Node:
        toctree = addnodes.toctree(
            "", parent=self.env.docname, entries=[(None, docname) for docname in docnames], includefiles=docnames,
            maxdepth=-1, caption=None, glob=False, hidden=True, includehidden=False, numbered=0, titlesonly=True,
        )  # fmt: skip
        toctree.source, toctree.line = self.get_source_info()
        return nodes.compound("", toctree, classes=["toctree-wrapper"])

    def _query(self, root: str, folder: str) -> ReleaseQuery:
        """Make the query of the options."""
        build = build_state_of(self.env)
        components: tuple[Component, ...] = ()
        if "by-component" in self.options:
            remember(self.env, ComponentsDependency())
            components = build.project.main.components
            if not components:
                message = "there are no components to group notes by: name them in the option 'components'"
                self._warn([Problem(build.settings_path, 0, 0, Code.BAD_SETTING, message)])
        is_part = self.env.docname in build.version_pages.list_of
        query = query_of(root, folder, self.options, " ".join(self.content), is_part=is_part)
        return replace(query, components=components)

    def _parse(self, report: Report, query: ReleaseQuery) -> list[nodes.Node]:
        """The report as a part of this page, with whatever directives and roles it uses."""
        page, line = self.get_source_info()
        items = [
            (f"{query.root}/{content.path}", content.line - 1) if content.path else (page, line - 1)
            for content in report.lines
        ]
        content = StringList([content.text for content in report.lines], items=items)
        state: object = self.state
        with switch_source_input(self.state, content):
            # on a page in Markdown it is another, whose parser would take the report for Markdown, too
            parts = self._nested(content) if isinstance(state, states.RSTState) else self._alone(content)
        self._register(report, query)
        remember(self.env, IssueLinksDependency())
        IssueLinks(build_state_of(self.env).project.main.issue_links).add_to(parts)
        return parts

    def _nested(self, content: StringList) -> list[nodes.Node]:
        node = nodes.section()
        node.document = self.state.document
        nested_parse_with_titles(self.state, content, node)
        return node.children

    def _alone(self, content: StringList) -> list[nodes.Node]:
        """The nodes by a parser of reStructuredText that works on the document of the page."""
        document = self.state.document
        before = len(document.children)
        machine = states.RSTStateMachine(state_classes=states.state_classes, initial_state="Body")
        machine.run(content, document, match_titles=True)
        parts = document.children[before:]
        del document.children[before:]
        return parts

    def _register(self, report: Report, query: ReleaseQuery) -> None:
        """Register versions as targets, and let links lead to labels, which newer versions do not change."""
        names, domain = self.state.document.nameids, DigestDomain.of(self.env)
        headings = [prelude_title(report.conf), *(heading for _name, heading, _level in sections_of(report.conf))]
        for one in query.components:
            headings += [one.title, *(f"{one.title}_{heading}" for _name, heading, _level in sections_of(report.conf))]
        anchors: set[str] = set()
        for release in report.releases:
            found = [
                names.get(nodes.fully_normalize_name(label_of(release, query.title, report.conf.branch, heading)))
                for heading in ("", *headings)
            ]
            anchors.update(anchor for anchor in found if anchor)
            if found[0] and release.is_released:
                target = Target(
                    RELEASE, (release.version,), release.version, self.env.docname, found[0], primary=query.is_part
                )
                domain.note_target(target)
        lead_with(self.env, anchors)

    def _warn(self, problems: list[Problem]) -> None:
        for problem in problems:
            warn_at(self.get_location(), problem.code, f"{problem.path}: {problem.message}")


def _unknown_sections(report: Report, query: ReleaseQuery) -> Iterator[Problem]:
    known = [name for name, _heading, _level in sections_of(report.conf)]
    for name in query.feeds:
        if name not in known:
            message = f"there is no section '{name}' for a feed; there are {', '.join(known)}"
            yield Problem(query.folder, 0, 0, Code.UNKNOWN_SECTION, message)


def _after(release: Release, messages: Messages) -> str:
    """Return the words after a version in a list: its day, the number of its notes, the beginning of its prelude."""
    summary = first_sentence(release.preludes[0][1].value) if release.preludes else ""
    if release.day is not None:
        known = ReleasedVersion(release.version, release.day, release.count, summary)
        return after_version(known, messages, with_year=True)
    notes = messages.ngettext("{number} release note", "{number} release notes", release.count)
    return f" ({notes}) {summary}".rstrip()
