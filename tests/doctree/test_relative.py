"""Paths and addresses that count from the page of a digest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docutils import nodes

from sphinxext.digest.doctree.absolute_urls import with_absolute_urls
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.relative import Address, Home, PublishedHome, address_of, docs_path
from sphinxext.digest.model import Text

PAGE = "digests/2026-11-13"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a.png", "digests/a.png"),
        ("./a.png", "digests/a.png"),
        ("../a.png", "a.png"),
        ("../a/./b/../c.png", "a/c.png"),
        ("/a.png", "a.png"),
        ("/./a/../b.png", "b.png"),
        ("a b/ü.png", "digests/a b/ü.png"),
        ("..", ""),
        ("../", ""),
        (".", "digests/"),
        ("./", "digests/"),
        ("a/", "digests/a/"),
        ("a/.", "digests/a/"),
        ("a/..", "digests/"),
        ("/", ""),
        ("../..", None),
        ("../../a.png", None),
        ("/../a.png", None),
        ("/a/../../b.png", None),
        ("../digests/../../x", None),
        ("..a/b", "digests/..a/b"),
    ],
)
def test_paths(written: str, expected: str | None) -> None:
    assert docs_path(written, PAGE) == expected


def test_a_page_at_the_root() -> None:
    assert docs_path("a.png", "week") == "a.png"
    assert docs_path("../a.png", "week") is None


@pytest.mark.parametrize(
    ("uri", "documents"),
    [
        ("x.html", ["digests/x", "digests/x.html", "digests/x.html/index"]),
        ("../a/index.html", ["a/index", "a", "a/index.html", "a/index.html/index"]),
        ("../a.rst#b", ["a", "a.rst", "a.rst/index"]),
        ("../a/", ["a/index", "a"]),
        ("..", ["index"]),
        ("#x", [PAGE]),
        ("?x", [PAGE]),
        ("../a%2Fb%20c", ["a/b c", "a/b c/index"]),
    ],
)
def test_documents(uri: str, documents: list[str]) -> None:
    address = address_of(uri, PAGE)
    assert address is not None
    assert address.documents((".html", ".rst")) == documents


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("../a.rst?b#c", "https://e.org/a.html?b#c"),
        ("../a.md", "https://e.org/a.html"),
        ("../a.txt", "https://e.org/a.txt"),
        ("../a b/", "https://e.org/a%20b/"),
        ("#c", "https://e.org/digests/2026-11-13.html#c"),
        ("/app/x", "https://e.org/app/x"),
    ],
)
def test_published(uri: str, expected: str) -> None:
    address = address_of(uri, PAGE)
    assert address is not None
    assert address.published("https://e.org/") == expected


def parsed(text: str, home: Home) -> tuple[list[nodes.Node], list[str]]:
    parser = TextParser(Guard())
    blocks = parser.blocks(Text(text, 1, 1), "a.yaml", "a", home=lambda: home)
    return blocks, [str(problem) for problem in parser.problems]


def links(blocks: list[nodes.Node]) -> Iterator[str]:
    return (link["refuri"] for block in blocks for link in block.findall(nodes.reference))


@pytest.mark.parametrize("known", [True, False, None])
def test_what_begins_with_a_slash_is_of_the_server_unless_the_documentation_has_it(known: bool | None) -> None:
    home = PublishedHome(PAGE, "https://e.org/docs/", lambda _address: known)
    blocks, problems = parsed("`a </a.rst>`__ `b <../b.rst>`__", home)
    first = "https://e.org/docs/a.html" if known else "https://e.org/a.rst"
    assert list(links(blocks)) == [first, "https://e.org/docs/b.html"]
    assert problems == []


def test_what_leads_out_is_words_with_a_problem_at_its_line() -> None:
    home = PublishedHome(PAGE, "https://e.org/", lambda _: None)
    blocks, problems = parsed("Words.\n\nA `link <../../x>`__.\n", home)
    assert [block.astext() for block in blocks] == ["Words.", "A link."]
    assert list(links(blocks)) == []
    reason = "a relative address leads nowhere: '../../x' is not in the documentation"
    assert problems == [f"a.yaml:3:1: dead-link {reason}"]


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "java\\ script:x", "file:///etc/passwd", "data:text/html,x"])
def test_what_has_a_scheme_is_not_relative(uri: str) -> None:
    blocks, _ = parsed(f"`a <{uri}>`__", PublishedHome(PAGE, "https://e.org/", lambda _: None))
    assert all(link.startswith("https://e.org/") for link in links(blocks))


def whole(text: str) -> str:
    def url_of(address: Address) -> str:
        return address.published("https://e.org/")

    return with_absolute_urls(Text(text, 1, 1), PAGE, url_of, lambda path: f"https://e.org/_images/{path}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain <../x>", "plain <../x>"),
        ("`a <../b.html>`_", "`a <https://e.org/b.html>`_"),
        ("`a <../b\n.html>`__", "`a <https://e.org/b.html>`__"),
        ("`a`__\n\n.. __: ../b.html", "`a`__\n\n.. __: https://e.org/b.html"),
        ("`a`__\n\n__ ../b.html", "`a`__\n\n__ https://e.org/b.html"),
        ("a_\n\n.. _a: ../b.html", "a_\n\n.. _a: https://e.org/b.html"),
        (".. image:: x.png\n   :target: #a", ".. image:: https://e.org/_images/digests/x.png\n   :target: "
         "https://e.org/digests/2026-11-13.html#a"),
        ("`a <//x.org>`_ `b <https://y.org>`_ ``c <../d>``", "`a <https://x.org>`_ `b <https://y.org>`_ ``c <../d>``"),
        ("`a <../b.html>`_ and ``<../b.html>`_``", "`a <../b.html>`_ and ``<../b.html>`_``"),
        ("* `a <../b.html>`_\n\n  .. figure:: /y.png\n\n     C", "* `a <https://e.org/b.html>`_\n\n  .. figure:: "
         "https://e.org/_images/y.png\n\n     C"),
    ],
)  # fmt: skip
def test_whole_addresses_in_source(text: str, expected: str) -> None:
    assert whole(text) == expected
