"""The pages of single versions: where a directive ``release-notes`` asks for them, the build makes one to each.

They are in a folder of the name of the page with the directive, or beside it if that is an index. ``unreleased`` has
what is not released yet, and ``latest`` is an address that always leads to the newest release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sphinxext.digest.extension.build_state import BuildState, MadeTitle, VersionPages
from sphinxext.digest.extension.domain import LATEST
from sphinxext.digest.extension.page_scan import RELEASE_NOTES, Found
from sphinxext.digest.extension.releases import find_repository
from sphinxext.digest.model import Messages
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.problems import DigestError
from sphinxext.digest.text.rst import escaped

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.extension.histories import ReleaseQuery

#: The option of the directive that asks for pages.
PAGES = "pages"
#: The name of the page of what is not released yet.
UNRELEASED = "unreleased"
#: Options of the directive that are not for the pages of its versions.
_OF_LIST = frozenset({PAGES, "version", "feeds"})
#: Options that are true or false, in which the directive accepts several words.
_SWITCHES = ("collapse-pre-releases", "release-lines", "stop-at-branch-base")
_FALSE = frozenset({"false", "no", "off", "0"})
_LATEST_TITLE = N_("Latest release")
_UNUSUAL = re.compile(r"[^\w.+-]")


def version_page_texts(env: BuildEnvironment, build: BuildState, sources: Mapping[str, Path]) -> dict[str, str]:
    """Return the texts of the pages of versions and of ``latest``, and let the build know them.

    A page of the user's that has the name of one takes its place.
    """
    texts: dict[str, str] = {}
    build.version_pages = VersionPages()
    for docname, found in build.found_directives(RELEASE_NOTES):
        if found.option(PAGES) is None:
            continue
        try:
            texts |= _texts(env, build, docname, found)
        except DigestError:
            # the page with the directive reports it
            continue
    return {name: text for name, text in texts.items() if name not in sources}


def _texts(env: BuildEnvironment, build: BuildState, docname: str, found: Found) -> dict[str, str]:
    query = _query(env, found)
    if query is None:
        return {}
    versions = build.histories.versions(query)
    pages = build.version_pages
    known = pages.of_page.setdefault(docname, {})
    by_page: dict[str, list[str]] = {}
    for version, day in versions.items():
        page = f"{folder_of(docname)}{page_name(version, day)}"
        if version not in known:
            known[version] = page, day
            pages.list_of[page] = docname
            by_page.setdefault(page, []).append(version)
    texts = {page: _version_text(found, names) for page, names in by_page.items()}
    latest, address = _latest(build, query, versions), f"{folder_of(docname)}{LATEST}"
    if latest is not None and address not in pages.latest:
        pages.latest[address] = known[latest][0]
        texts[address] = _latest_text(build.messages, latest, known[latest][0])
        build.made[address] = MadeTitle(_LATEST_TITLE, True)
    return texts


def _query(env: BuildEnvironment, found: Found) -> ReleaseQuery | None:
    """Return the query that the directive makes when its page is read, or None without a repository."""
    # a project without such pages does without all that reads release notes
    from sphinxext.digest.extension.histories import query_of
    from sphinxext.digest.release.config import FOLDER

    options: dict[str, object] = dict(found.options)
    options |= {name: str(options[name]).lower() not in _FALSE for name in _SWITCHES if name in options}
    folder = found.option("relnotessubdir") or FOLDER
    root = find_repository(env, found.option("reporoot"), folder)
    return query_of(str(root), folder, options) if root is not None else None


def folder_of(docname: str) -> str:
    """Return the folder for the pages of versions, with a slash at its end unless it is the top folder."""
    path = PurePosixPath(docname)
    folder = path.parent if path.name == "index" else path
    return "" if str(folder) == "." else f"{folder}/"


def page_name(version: str, day: date | None) -> str:
    """Return the name of the page of a version; what has no tag is all on one page."""
    is_released = day is not None or "-" not in version
    return _UNUSUAL.sub("-", version) if is_released else UNRELEASED


def _version_text(found: Found, versions: list[str]) -> str:
    """Return the source of a page with some versions, with the options of the directive that lists them."""
    options = [(name, value) for name, value in found.options if name not in _OF_LIST]
    if found.option("version") and found.option("stop-at-branch-base") is None:
        options.append(("stop-at-branch-base", "false"))
    lines = [f"   :{name}: {value}".rstrip() for name, value in [*options, ("version", ", ".join(versions))]]
    return "\n".join([f".. {RELEASE_NOTES}::", *lines, "", *(f"   {line}" for line in title_lines(found)), ""])


def title_lines(found: Found) -> Iterator[str]:
    """Yield the lines of the directive's content, which is the title of the report."""
    yield from (line for line in (found.argument, *found.body) if line)


def _latest(build: BuildState, query: ReleaseQuery, versions: Mapping[str, date | None]) -> str | None:
    """Return the newest release, or without any the newest pre-release."""
    released = [version for version, day in versions.items() if page_name(version, day) != UNRELEASED]
    final = (version for version in released if not build.histories.is_pre_release(query, version))
    return next(final, next(iter(released), None))


def _latest_text(messages: Messages, version: str, page: str) -> str:
    title = messages.gettext(_LATEST_TITLE)
    line = filled(messages.gettext("The latest release is {version}."), version=f":doc:`{escaped(version)} </{page}>`")
    return f":orphan:\n:nosearch:\n\n{title}\n{'=' * 2 * len(title)}\n\n{line}\n"
