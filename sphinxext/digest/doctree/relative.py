"""Relative addresses in notes: they count from the page of the note's digest, wherever the note is shown.

A path that begins with a slash counts from the folder of the documentation, as it does in ``:doc:`` and for pictures.
A link whose path the documentation does not have leads to that path on the server, as it does on any page of HTML.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from docutils import nodes

from sphinxext.digest.text import join_url

#: Begins what is said of a link or a picture that leads nowhere.
DEAD = "a relative address leads nowhere:"

#: The default suffixes of the sources of pages.
SOURCE_SUFFIXES = (".rst", ".md", ".ipynb")

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_PARTS = re.compile(r"([^?#]*)(.*)", re.DOTALL)


def docs_path(written: str, page: str) -> str | None:
    """Map a path as a note has it to the path below the documentation's folder, or None if it leads out of that.

    :param written: the path, without a query or a fragment.
    :param page: the document with the digest of the note, such as ``digests/2026-11-13``.
    :returns: a path without ``.`` and ``..``; that of a folder ends with a slash, the documentation's own is empty.
    """
    folder = "" if written.startswith("/") else posixpath.dirname(page)
    path = posixpath.normpath(f"{folder}/{written}".lstrip("/") or ".")
    if path == ".." or path.startswith("../"):
        return None
    path = "" if path == "." else path
    is_folder = written.rpartition("/")[2] in ("", ".", "..")
    return f"{path}/" if is_folder and path else path


@dataclass(frozen=True, slots=True)
class Address:
    """A relative address.

    :ivar written: the address as the note has it.
    :ivar page: the document with the note's digest.
    :ivar path: where it leads, as :func:`docs_path` has it; None if the address names no path but a place on the page.
    :ivar rest: the query and the fragment, with the characters that they begin with.
    """

    written: str
    page: str
    path: str | None
    rest: str

    @property
    def may_be_of_server(self) -> bool:
        """True if the address begins with a slash, and may be one beside the documentation."""
        return self.written.startswith("/")

    def documents(self, suffixes: tuple[str, ...]) -> list[str]:
        """Return the names of the documents that may be meant, the most likely one first.

        :param suffixes: what the addresses and the files of pages end in.
        """
        if self.path is None:
            return [self.page]
        name = self.path.rstrip("/")
        if not name or self.path.endswith("/"):
            return [f"{self.path}index", *([name] if name else [])]
        found = [name.removesuffix(suffix) for suffix in suffixes if suffix and name.endswith(suffix)]
        folders = [one.removesuffix("/index") for one in found if one.endswith("/index")]
        return [*found, *folders, name, f"{name}/index"]

    def published(self, base_url: str) -> str:
        """Return the absolute URL where the builder ``html`` publishes the page or the file.

        :param base_url: where the documentation is, with a slash at the end.
        """
        path = f"{self.page}.html" if self.path is None else self.path
        stem, suffix = posixpath.splitext(path)
        return f"{base_url}{quote(f'{stem}.html' if suffix in SOURCE_SUFFIXES else path)}{self.rest}"


class Home:
    """The page that the relative addresses of a text count from, and the way to put others in their place.

    :ivar page: the document with the digest of the note.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def place(self, link: nodes.reference, address: Address) -> str:
        """Let a link lead to an address, and return the reason if it leads nowhere."""
        raise NotImplementedError

    def place_elsewhere(self, link: nodes.reference) -> None:
        """Give a link to a host a scheme, which mails and books have none of."""
        link["refuri"] = f"https:{link['refuri']}"

    def reason_against_picture(self, path: str) -> str:
        """Return a message if there is no picture at a path below the documentation's folder."""
        return ""

    def place_pictures(self, document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
        """Let the paths of pictures begin at the documentation's folder; those that lead out of it are left alone.

        :returns: the pictures that are not there, each with the reason.
        """
        for picture in list(document.findall(nodes.image)):
            uri: str = picture["uri"]
            if not is_relative(uri) or uri.startswith("//") or "://" in uri or not uri.strip("./\\"):
                continue
            path = docs_path(uri, self.page)
            if path and not path.endswith("/"):
                if not uri.startswith("/"):
                    picture.setdefault("alt", posixpath.basename(path))
                picture["uri"] = f"/{path}"
                if reason := self.reason_against_picture(path):
                    yield picture, f"{DEAD} the picture '{uri}' {reason}"

    def place_links(self, document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
        """Let relative links lead where they lead from the page.

        :returns: the links that lead nowhere, each with the reason.
        """
        for link in list(document.findall(nodes.reference)):
            uri: str = link.get("refuri") or ""
            if not uri or not is_relative(uri):
                continue
            if uri.startswith("//"):
                self.place_elsewhere(link)
                continue
            address = address_of(uri, self.page)
            reason = self.place(link, address) if address is not None else "is not in the documentation"
            if address is None:
                to_words(link)
            if reason:
                yield link, f"{DEAD} '{uri}' {reason}"


class PublishedHome(Home):
    """The page of a digest for texts that are read elsewhere, as in mails: addresses are whole.

    :ivar base_url: where the documentation is published, with a slash at the end; without it links become words.
    :ivar has: returns True if the documentation has a page or a file of an address, or None if that is not known.
    """

    def __init__(self, page: str, base_url: str, has: Callable[[Address], bool | None]) -> None:
        super().__init__(page)
        self.base_url, self.has = base_url, has

    def place(self, link: nodes.reference, address: Address) -> str:
        """Make the address a whole one, or words of the link."""
        if not self.base_url:
            to_words(link)
        elif address.may_be_of_server and not self.has(address):
            link["refuri"] = join_url(self.base_url, address.written) or self.base_url
        else:
            link["refuri"] = address.published(self.base_url)
        return ""


def is_relative(uri: str) -> bool:
    """Return True if an address has no scheme."""
    return _SCHEME.match(uri) is None


def address_of(uri: str, page: str) -> Address | None:
    """Take a relative address apart, or return None if it leads out of the documentation.

    :param page: the document that it counts from.
    """
    parts = _PARTS.fullmatch(uri)
    assert parts is not None
    if not parts[1]:
        return Address(uri, page, None, parts[2])
    path = docs_path(unquote(parts[1]), page)
    return None if path is None else Address(uri, page, path, parts[2])


def to_words(link: nodes.reference) -> None:
    """Put what is in a link into its place."""
    link.parent.replace(link, link.children or [nodes.Text("")])
