"""The builder ``changes`` of Sphinx, which writes texts and titles into its list as they are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.domains.changeset import ChangeSet


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
