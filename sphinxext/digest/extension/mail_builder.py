"""The mail of each digest as plain text: beside its page on a site, and by the builder ``digest-mail``.

A mail is made of the resolved doctree of its page, before the links of that get their numbers. Beside a page it is
written in the same pass as the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx.builders import Builder

from sphinxext.digest.doctree.lines import facts_line, length, minutes_words
from sphinxext.digest.doctree.references import LIST_CLASS, number_marked_links, remove_lists
from sphinxext.digest.extension.builders import ignore_commands, is_site
from sphinxext.digest.extension.cache import write_if_changed, write_output
from sphinxext.digest.extension.domain import DIGEST, DigestDomain, NotesTransform, build_state_of
from sphinxext.digest.extension.links import SiteContext, digest_pages, page_summary, page_url, shown_collections
from sphinxext.digest.extension.published import File, Publisher, project_name, resolved_page
from sphinxext.digest.extension.references import leave_out_archives, leave_out_improvements
from sphinxext.digest.extension.warnings import warn_of
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings.options import MAILS, OPENSTACK, Settings
from sphinxext.digest.text import URL_CHARACTERS, absolute_url

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
        """Read where the pages are published."""
        base = self.config.html_baseurl
        if not base:
            message = "html_baseurl is not set: references to other pages have no URL in the mails"
            warn_of([Problem("conf.py", 0, 0, Code.BAD_SETTING, message)], Path(self.confdir))
        self.base_url = base.rstrip("/") + "/" if base else ""
        self.suffix = self.config.html_link_suffix or self.config.html_file_suffix or ".html"

    def get_outdated_docs(self) -> Iterator[str]:
        """Yield the pages that have a digest, and no mail that is as new as they are."""
        for docname in self.env.found_docs:
            if docname not in self.env.all_docs:
                yield docname
            elif self._has_digest(docname):
                target = self._file_of(docname)
                if not target.exists() or target.stat().st_mtime < Path(self.env.doc2path(docname)).stat().st_mtime:
                    yield docname

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return where the page is published."""
        return f"{self.base_url}{docname}{self.suffix}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the same, since nothing in a mail is relative to it."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Prepare nothing: mails share nothing."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write the mail of a page, if it has a digest."""
        if not self._has_digest(docname):
            return

        url = self.get_target_uri(docname) if self.base_url else ""
        text = mail_of_page(SiteContext(self.env, self), docname, doctree, url)
        # an atomic write: a truncated file would look as new as its page
        write_output(self._file_of(docname), text.encode())

    def _has_digest(self, docname: str) -> bool:
        targets = DigestDomain.of(self.env).data["targets"].get(docname, ())
        return any(target.type == DIGEST for target in targets)

    def _file_of(self, docname: str) -> Path:
        return Path(self.outdir, f"{docname}{self.out_suffix}")


def mail_of_page(site: SiteContext, docname: str, doctree: nodes.document, url: str) -> str:
    """Return the mail of a page.

    :param doctree: with its references resolved, and without numbers behind its links. It is changed.
    :param url: where the page is published; without it references to other pages become words.
    """
    # a build that writes no mail has no use for it
    from sphinxext.digest.collection.compose import named_title
    from sphinxext.digest.render.digest import head_lines, mail_text

    leave_out_archives(doctree)
    parts, messages = parts_of_page(doctree, url), site.messages
    settings = next(iter(shown_collections(site.env, docname)), build_state_of(site.env).project.main)
    title, page = site.env.titles[docname].astext(), page_summary(site.env, settings, docname)
    if page is not None and page.title == title:
        title = named_title(title, settings, project_name(site), messages)
    facts = facts_line(title, *(page.facts if page is not None else ()), minutes_words(length(parts), messages))
    head = head_lines(title, facts, url or None, settings, messages)
    return mail_text(parts, head, messages=messages, is_openstack=settings.text_layout == OPENSTACK)


def parts_of_page(doctree: nodes.document, url: str) -> list[nodes.Node]:
    """Return what a page has below its title, with absolute URLs, for mails and feeds; the arguments are the same."""
    remove_lists(doctree)
    leave_out_improvements(doctree)
    for picture in doctree.findall(nodes.image):
        if not picture.get("alt") and "://" not in picture["uri"]:
            picture["alt"] = picture["uri"].rpartition("/")[2]
    for link in list(doctree.findall(nodes.reference)):
        if url and "refuri" in link:
            # URLs of pages may be unescaped, as the builder "dirhtml" has them
            target = quote(link["refuri"], safe=URL_CHARACTERS) if link.get("internal") else link["refuri"]
            link["refuri"] = absolute_url(url, target)
        elif link.get("internal") and not url:
            link.parent.replace(link, link.children)
    pages = [node for node in doctree.children if isinstance(node, nodes.section)]
    below = [node for page in pages for node in page.children if not isinstance(node, nodes.title)]
    return below or list(doctree.children)


class MailsOfPages(NotesTransform):
    """Writes the mail beside the page of a digest, out of a copy of what becomes the page."""

    formats = ("html",)
    # after Sphinx has resolved references (priority 10) and taken out what is for other builders (50),
    # and before links get numbers
    default_priority = 52

    def run(self, **_arguments: object) -> None:
        """Write the mail, if the page has one."""
        docname, build = self.env.docname, build_state_of(self.env)
        if build.is_silent or not is_site(build.builder):
            return
        for settings in shown_collections(self.env, docname):
            page = page_summary(self.env, settings, docname)
            if page is not None and page.name and MAILS in settings.publish:
                content = _mail(SiteContext(self.env, build.builder), settings, docname, self.document.deepcopy())
                write_if_changed(_file_of(build.builder, docname), content)


class LinkNumbers(NotesTransform):
    """Puts the numbers behind the links of digests, in all outputs but mails and feeds."""

    # when mails are made (priority 52), and before what counts the words of a digest (55)
    default_priority = 53

    def run(self, **_arguments: object) -> None:
        """Number the links."""
        build = build_state_of(self.env)
        if not (build.is_silent or isinstance(build.builder, DigestMailBuilder)):
            lists = [one for one in self.document.findall(nodes.bullet_list) if LIST_CLASS in one["classes"]]
            if not lists:  # most pages are not those of digests
                return
            number_marked_links([self.document])
            # URLs are words of fragments as well
            ignore_commands([element for one in lists for element in one.findall(nodes.Element)])


class Mails(Publisher):
    """The mails of the digests that have a page. The mail of a page that was not written stays as it is."""

    name = "mails"

    def files(self) -> Iterator[File]:
        """Yield one mail for each page of a digest."""
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


def _published(app: Sphinx, settings: Settings, docname: str) -> tuple[str, bytes]:
    """Return the mail of a page: the file written with the page, or a new one if the page was not written."""
    path = f"{docname}.txt"
    if docname in build_state_of(app.env).writes.written:
        # another build in the same folder may have removed it
        with suppress(OSError):
            return path, _file_of(app.builder, docname).read_bytes()
    site = SiteContext(app.env, app.builder)
    return path, _mail(site, settings, docname, resolved_page(site, docname))


def _mail(site: SiteContext, settings: Settings, docname: str, doctree: nodes.document) -> bytes:
    return mail_of_page(site, docname, doctree, page_url(site, settings, docname)).encode()


def _file_of(builder: Builder, docname: str) -> Path:
    return Path(builder.outdir, f"{docname}.txt")


def setup(app: Sphinx) -> None:
    """Register the builder of mails, and what numbers the links of pages."""
    app.add_builder(DigestMailBuilder)
    app.add_post_transform(MailsOfPages)
    app.add_post_transform(LinkNumbers)
