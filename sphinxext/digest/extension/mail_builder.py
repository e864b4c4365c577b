"""The builder ``digest-mail``: the plain text of each digest, as it is mailed.

The plain-text mail of a digest, made of its page.

The plain-text mail of each digest beside its page.

It is made while the page is written, when all that it needs is at hand, in as many processes as write pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx.builders import Builder

from sphinxext.digest.extension.archives.lines import leave_out_archives
from sphinxext.digest.extension.compat import is_site
from sphinxext.digest.extension.domain import DIGEST, DigestDomain, build_state_of
from sphinxext.digest.extension.links import Site, described_page, digest_pages, page_url, shown_collections
from sphinxext.digest.extension.outputs import write_output
from sphinxext.digest.extension.published.memory import File, Publisher, resolved_page
from sphinxext.digest.extension.warnings import warn_of
from sphinxext.digest.model import Words
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import MAILS, Settings
from sphinxext.digest.text.urls import URL_CHARACTERS, whole_address

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class DigestMailBuilder(Builder):
    """Writes a text file for each page with a digest.

    References to other pages become URLs below ``html_baseurl``. Pages without a digest are not written.
    """

    name = "digest-mail"
    format = "mail"
    out_suffix = ".txt"
    epilog = "The mails are in %(outdir)s."
    allow_parallel = True
    supported_image_types: ClassVar[list[str]] = []

    def init(self) -> None:
        """Find out where the pages are published."""
        base = self.config.html_baseurl
        if not base:
            message = "html_baseurl is not set: references to other pages have no URL in the mails"
            warn_of([Problem("conf.py", 0, 0, Code.BAD_SETTING, message)], Path(self.confdir))
        self.base_url = base.rstrip("/") + "/" if base else ""
        self.suffix = self.config.html_link_suffix or self.config.html_file_suffix or ".html"

    def get_outdated_docs(self) -> Iterator[str]:
        """The pages that have a digest and no text that is as new."""
        for docname in self.env.found_docs:
            if docname not in self.env.all_docs:
                yield docname
            elif self._has_digest(docname):
                target = self._file_of(docname)
                if not target.exists() or target.stat().st_mtime < Path(self.env.doc2path(docname)).stat().st_mtime:
                    yield docname

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Where the page is published."""
        return f"{self.base_url}{docname}{self.suffix}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """The same, since a mail has no place that a URL could be relative to."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Nothing is shared between mails."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write the mail of a page, if it has a digest."""
        if not self._has_digest(docname):
            return

        url = self.get_target_uri(docname) if self.base_url else ""
        text = mail_of_page(doctree, url, build_state_of(self.env).words)
        # one that a killed build has written half would look as new as its page
        write_output(self._file_of(docname), text.encode())

    def _has_digest(self, docname: str) -> bool:
        targets = DigestDomain.of(self.env).data["targets"].get(docname, ())
        return any(target.type == DIGEST for target in targets)

    def _file_of(self, docname: str) -> Path:
        return Path(self.outdir, f"{docname}{self.out_suffix}")


def mail_of_page(doctree: nodes.document, url: str, words: Words) -> str:
    """The mail of a page, whose doctree is changed.

    :param doctree: with its references resolved.
    :param url: where the page is published; without it references to other pages become words.
    """
    from sphinxext.digest.render.digest import mail_text

    leave_out_archives(doctree)
    return mail_text(parts_of_page(doctree, url), url or None, words=words)


def parts_of_page(doctree: nodes.document, url: str) -> list[nodes.Node]:
    """What is on a page below its title, without the numbers that its links have there, and with whole addresses."""
    from sphinxext.digest.doctree.digest import NUMBER_CLASS, REFERENCES_CLASS

    _undo_writing(doctree)
    for node in list(doctree.findall(nodes.Element)):
        if NUMBER_CLASS in node.get("classes", ()):
            space = node.previous_sibling()
            if isinstance(space, nodes.Text) and space == " ":
                node.parent.remove(space)
            node.parent.remove(node)
        elif f"digest-{REFERENCES_CLASS}-section" in node.get("classes", ()):
            node.parent.remove(node)
    for link in list(doctree.findall(nodes.reference)):
        if url and "refuri" in link:
            # addresses of pages may be unescaped, as the builder "dirhtml" has them
            target = quote(link["refuri"], safe=URL_CHARACTERS) if link.get("internal") else link["refuri"]
            link["refuri"] = whole_address(url, target)
        elif link.get("internal") and not url:
            link.parent.replace(link, link.children)
    pages = [node for node in doctree.children if isinstance(node, nodes.section)]
    below = [node for page in pages for node in page.children if not isinstance(node, nodes.title)]
    return below or list(doctree.children)


def _undo_writing(doctree: nodes.document) -> None:
    """Take back what Sphinx changes in a doctree while it writes HTML: titles of admonitions, places of pictures."""
    from sphinxext.digest.render.labels import admonition_label

    for node in list(doctree.findall(nodes.Element)):
        if admonition_label(node) and node.children and isinstance(node.children[0], nodes.title):
            del node[0]
        elif isinstance(node, nodes.image) and not node.get("alt") and "://" not in node["uri"]:
            node["alt"] = node["uri"].rpartition("/")[2]


class Mails(Publisher):
    """The mails of the digests that have a page. Those of pages that were not written are as they were."""

    name = "mails"

    def files(self) -> Iterator[File]:
        """One mail to each page of a digest."""
        expected = build_state_of(self.app.env).writes.expected
        for docname, settings in mailed_pages(self.app).items():
            mark = expected.pages.get(docname, b"") if expected is not None else b""
            yield File(docname, mark.hex(), partial(_published, self.app, settings, docname))


def mailed_pages(app: Sphinx) -> dict[str, Settings]:
    """Return the pages that have a mail beside them, with the settings of their collections."""
    if not is_site(app.builder):
        return {}
    collections = [settings for settings in shown_collections(app.env) if MAILS in settings.publish]
    return {docname: settings for settings in collections for docname in digest_pages(app.env, settings)}


def write_mail(
    app: Sphinx, pagename: str, _template: str, _context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the mail of a page that is being written: nobody needs its doctree after this."""
    if doctree is None or not is_site(app.builder):
        return
    for settings in shown_collections(app.env, pagename):
        page = described_page(app.env, settings, pagename)
        if page is not None and page.name and MAILS in settings.publish:
            from sphinxext.digest.extension.outputs import write_if_changed

            write_if_changed(_file_of(app, pagename), _mail(app, settings, pagename, doctree))


def _published(app: Sphinx, settings: Settings, docname: str) -> tuple[str, bytes]:
    """The mail of a page: as it was written with the page, or made now if that was not written."""
    path = f"{docname}.txt"
    if docname in build_state_of(app.env).writes.written:
        # another build in the same folder may have removed it
        with suppress(OSError):
            return path, _file_of(app, docname).read_bytes()
    return path, _mail(app, settings, docname, resolved_page(Site(app.env, app.builder), docname))


def _mail(app: Sphinx, settings: Settings, docname: str, doctree: nodes.document) -> bytes:

    url = page_url(Site(app.env, app.builder), settings, docname)
    return mail_of_page(doctree, url, build_state_of(app.env).words).encode()


def _file_of(app: Sphinx, docname: str) -> Path:
    return Path(app.builder.outdir, f"{docname}.txt")
