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
        from sphinxext.digest.render.mail_text import mail_text

        url = self.get_target_uri(docname) if self.base_url else None
        text = mail_text(self._parts(doctree), url, words=store_of(self.env).words)
        # one that a killed build has written half would look as new as its page
        write_output(self._file_of(docname), text.encode())

    def _parts(self, doctree: nodes.document) -> list[nodes.Node]:
        """What is on a page below its title, without the numbers that its links have there."""
        from sphinxext.digest.doctree.digest import REFERENCES_CLASS
        from sphinxext.digest.doctree.references import NUMBER_CLASS

        for node in list(doctree.findall(nodes.Element)):
            if NUMBER_CLASS in node.get("classes", ()):
                space = node.previous_sibling()
                if isinstance(space, nodes.Text) and space == " ":
                    node.parent.remove(space)
                node.parent.remove(node)
            elif f"digest-{REFERENCES_CLASS}-section" in node.get("classes", ()):
                node.parent.remove(node)
        if not self.base_url:
            for link in list(doctree.findall(nodes.reference)):
                if link.get("internal"):
                    link.parent.replace(link, link.children)
        pages = [node for node in doctree.children if isinstance(node, nodes.section)]
        below = [node for page in pages for node in page.children if not isinstance(node, nodes.title)]
        return below or list(doctree.children)

    def _has_digest(self, docname: str) -> bool:
        targets = DigestDomain.of(self.env).data["targets"].get(docname, ())
        return any(target.type == DIGEST for target in targets)

    def _file_of(self, docname: str) -> Path:
        return Path(self.outdir, f"{docname}.txt")
