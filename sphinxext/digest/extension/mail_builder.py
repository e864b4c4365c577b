"""The builder ``digest-mail``: the plain text of each digest, as it is mailed."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from sphinx.builders import Builder

from sphinxext.digest.extension.domain import DIGEST, DigestDomain
from sphinxext.digest.extension.outputs import write_output
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.extension.warn import warn_of
from sphinxext.digest.problems import Code, Problem


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
        from sphinxext.digest.extension.mail_pages import mail_of_page

        url = self.get_target_uri(docname) if self.base_url else ""
        text = mail_of_page(doctree, url, store_of(self.env).words)
        # one that a killed build has written half would look as new as its page
        write_output(self._file_of(docname), text.encode())

    def _has_digest(self, docname: str) -> bool:
        targets = DigestDomain.of(self.env).data["targets"].get(docname, ())
        return any(target.type == DIGEST for target in targets)

    def _file_of(self, docname: str) -> Path:
        return Path(self.outdir, f"{docname}{self.out_suffix}")
