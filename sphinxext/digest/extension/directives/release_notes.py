"""The directive ``release-notes``: release notes by versions, as ``reno.sphinxext`` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives, states
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, switch_source_input
from sphinx.util.nodes import nested_parse_with_titles

from sphinxext.digest.doctree.issue_links import IssueLinks
from sphinxext.digest.extension.dependencies import remember
from sphinxext.digest.extension.directives.base import OptionSpec, switch_option
from sphinxext.digest.extension.domain import RELEASE, DigestDomain, Target, build_state_of
from sphinxext.digest.extension.histories import ReleaseQuery, Report
from sphinxext.digest.extension.releases import (
    IssueLinksDependency,
    RepositoryLookup,
    find_repository,
    histories_of,
    lead_with,
    remember_release_notes,
)
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.config import FOLDER, prelude_title, sections_of
from sphinxext.digest.render.release_notes import label_of


class ReleaseNotesDirective(SphinxDirective):
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
        "ignore-notes": directives.unchanged,
        "unreleased-version-title": directives.unchanged,
        "contributors": directives.flag,
        "feeds": directives.unchanged_required,
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
        return self._parse(report, query)

    def _query(self, root: str, folder: str) -> ReleaseQuery:
        """Make the query of the options; those that are reno's own change its configuration."""
        versions = _names(self.options.get("version", "")) or None
        changes: dict[str, object] = {
            name.replace("-", "_"): self.options[name]
            for name in ("notesdir", "collapse-pre-releases", "earliest-version", "unreleased-version-title", "branch")
            if self.options.get(name) not in (None, "")
        }
        if "stop-at-branch-base" in self.options:
            changes["stop_at_branch_base"] = self.options["stop-at-branch-base"]
        elif versions is not None:
            # a version that is named may be older than the base of the branch
            changes["stop_at_branch_base"] = False
        title = " ".join(self.content)
        ignored = _names(self.options.get("ignore-notes", ""))
        more = ("contributors" in self.options, tuple(sorted(set(_names(self.options.get("feeds", ""))))))
        return ReleaseQuery(root, folder, tuple(sorted(changes.items())), ignored, versions, title, *more)

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
        anchors: set[str] = set()
        for release in report.releases:
            found = [
                names.get(nodes.fully_normalize_name(label_of(release, query.title, report.conf.branch, heading)))
                for heading in ("", *headings)
            ]
            anchors.update(anchor for anchor in found if anchor)
            if found[0] and release.is_released:
                target = Target(RELEASE, (release.version,), release.version, self.env.docname, found[0])
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


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())
