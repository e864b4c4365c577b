"""Links of themes to the source of a page: those of generated pages lead to fragments.

Themes make such an address of where the sources are, the name of the page and the suffix of its source. They do so in
templates, in macros and in functions, so that no value of the context would be right for all of them. But each of
these addresses has the suffix that only generated pages have, so they are replaced in what the templates give.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sphinxext.digest.extension.addresses import shown_collections
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.pages import STUB_SUFFIX
from sphinxext.digest.extension.store import store_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: What addresses of files have, and those of folders in its place, on GitHub, GitLab, and Gitea or Forgejo.
_FOLDERS = (
    (re.compile(r"/-/(?:edit|blob|raw|tree)/"), "/-/tree/"),
    (re.compile(r"/_edit/"), "/src/branch/"),
    (re.compile(r"/(?:edit|blob|raw|tree)/"), "/tree/"),
    (re.compile(r"/src/"), "/src/"),
)
#: What no address in HTML has in it.
_AROUND = re.compile(r"[\s\"'<>]")
#: Longer addresses are none that a theme makes.
_MAX_ADDRESS = 2_000
_BEGINNING = re.compile(r"((?:.*[?=&#])?(?:[a-z]+://[^/]*)?)(.*)", re.DOTALL)


def replace_edit_links(app: Sphinx) -> None:
    """Let the templates of a builder have links to fragments on generated pages."""
    templates: Any = getattr(app.builder, "templates", None)
    if app.builder.format != "html" or templates is None:
        return
    render: Callable[[str, dict[str, Any]], str] = templates.render

    def render_with_fragments(template: str, context: dict[str, Any]) -> str:
        text, docname = render(template, context), context.get("pagename")
        if isinstance(docname, str) and is_generated(app.env, docname):
            return with_edit_links(text, docname, *source_of(app.env, docname))
        return text

    templates.render = render_with_fragments


def source_of(env: BuildEnvironment, docname: str) -> tuple[str, bool]:
    """Return what a generated page is made of, as seen from the folder of sources, and whether that is a folder.

    It is a fragment, or the folder of several, or nothing.
    """
    root = store_of(env).project.root
    found = [path for path in DigestDomain.of(env).data["fragments"].get(docname, ()) if (root / path).is_file()]
    folders = [settings.fragments for settings in shown_collections(env, docname)]
    path = found[0] if len(found) == 1 else folders[0] if folders else ""
    place = os.path.relpath(root / path, env.srcdir).replace(os.sep, "/") if path else ""
    return place, len(found) != 1


def with_edit_links(html: str, docname: str, source: str, is_folder: bool) -> str:
    """Replace the addresses of the source of a page in its HTML.

    :param source: the path that they should lead to, as seen from the folder of sources. Without it, and where nobody
        knows how a host names a folder, links are taken away.
    """
    found = {url: edit_url(unescape(url), docname, source, is_folder) for url in _addresses(html, docname)}
    for url, new in found.items():
        if new is None:
            link = re.compile(rf"<a\b[^<>]*\bhref=[\"']{re.escape(url)}[\"'][^<>]*>.*?</a>", re.DOTALL)
            html = link.sub("", html).replace(url, "")
        else:
            html = html.replace(url, escape(new))
    # what the theme of OpenStack puts into reports of bugs
    return html.replace(f'"{docname}" + ".rst"', f'"{source}"') if source else html


def _addresses(html: str, docname: str) -> set[str]:
    """Return the whole addresses in HTML that end in the source of a page, and what follows it."""
    found = set()
    for name in dict.fromkeys((docname, quote(docname), escape(docname))):
        for match in re.finditer(rf"/{re.escape(name)}{re.escape(STUB_SUFFIX)}(?![\w.])", html):
            before = _AROUND.split(html[max(0, match.start() - _MAX_ADDRESS) : match.start()])[-1]
            after = _AROUND.split(html[match.end() : match.end() + _MAX_ADDRESS], 1)[0]
            if before.startswith(("http://", "https://")):
                found.add(f"{before}{match[0]}{after}")
    return found


def edit_url(url: str, docname: str, source: str, is_folder: bool) -> str | None:
    """Return the address of a source by that of a page that would be beside the others, or None if there is none."""
    name = next((name for name in (docname, quote(docname)) if f"/{name}{STUB_SUFFIX}" in url), "")
    if not name or not source:
        return None
    before, _, after = url.partition(f"/{name}{STUB_SUFFIX}")
    match = _BEGINNING.fullmatch(before)
    assert match is not None
    path = posixpath.normpath(f"{match[2]}/{quote(source)}")
    if path.startswith("../"):
        return None
    if not is_folder:
        return f"{match[1]}{path}{after}"
    whole = f"{match[1]}{path}"
    for pattern, folder in _FOLDERS:
        if pattern.search(whole):
            return pattern.sub(folder, whole, count=1)
    return None


def is_generated(env: BuildEnvironment, docname: str) -> bool:
    """Return True for the pages that the build makes."""
    return docname in env.found_docs and str(env.doc2path(docname, False)).endswith(STUB_SUFFIX)
