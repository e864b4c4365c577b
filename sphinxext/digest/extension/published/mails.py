"""The plain-text mail of each digest beside its page.

It is made while the page is written, when all that it needs is at hand, in as many processes as write pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinxext.digest.extension.addresses import (
    Site,
    described_page,
    digest_pages,
    page_url,
    shown_collections,
)
from sphinxext.digest.extension.builders import is_site
from sphinxext.digest.extension.domain import DigestDomain
from sphinxext.digest.extension.published.memory import File, Publisher
from sphinxext.digest.extension.published.resolved import resolved_page
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.option_table import MAILS
from sphinxext.digest.options import Settings

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


class Mails(Publisher):
    """The mails of the digests that have a page. Those of pages that were not written are as they were."""

    name = "mails"

    def files(self) -> Iterator[File]:
        """One mail to each page of a digest."""
        domain = DigestDomain.of(self.app.env)
        for docname, settings in mailed_pages(self.app).items():
            mark = domain.expected.pages.get(docname, b"") if domain.expected is not None else b""
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
    if docname in DigestDomain.of(app.env).written:
        # another build in the same folder may have removed it
        with suppress(OSError):
            return path, _file_of(app, docname).read_bytes()
    return path, _mail(app, settings, docname, resolved_page(Site(app.env, app.builder), docname))


def _mail(app: Sphinx, settings: Settings, docname: str, doctree: nodes.document) -> bytes:
    from sphinxext.digest.extension.mail_pages import mail_of_page

    url = page_url(Site(app.env, app.builder), settings, docname)
    return mail_of_page(doctree, url, store_of(app.env).words).encode()


def _file_of(app: Sphinx, docname: str) -> Path:
    return Path(app.builder.outdir, f"{docname}.txt")
