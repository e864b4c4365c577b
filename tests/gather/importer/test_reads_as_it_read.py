"""Whatever is imported lints clean, and shows the words of the page, the mail or the text, in their order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from html import escape as html_escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

pytest.importorskip("docutils")

from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.gather.importer.dialects import dialect_of
from sphinxext.digest.gather.importer.issue import ImportOptions, fragments_of, issue_of
from sphinxext.digest.gather.importer.references import NUMBER
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.model.keys import Type
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import Settings

#: What is markup to docutils, in words and between them.
MARKS = [
    "*",
    "**",
    "|",
    "`",
    "``",
    "_",
    "__",
    "\\",
    "::",
    ":",
    "..",
    "-",
    "+",
    "[",
    "]",
    "(",
    "<",
    ">",
    "'",
    '"',
    "#",
    "=",
    "~",
]
WORDS = st.sampled_from(
    [
        *MARKS,
        *(
            "lamp",
            "x",
            "I",
            "1.",
            "a)",
            "(iv)",
            "Oil",
            "Übung",
            "漢字",
            "“wick”",
            "😀",
            "lamp_",
            "_lamp",
            "a_b",
            "*oil*",
            "`oil`_",
        ),
        *(
            "|oil|",
            "**oil**",
            "``oil``",
            "oil::",
            ":role:`x`",
            "[1]",
            "[1]_",
            "[#]_",
            "[CIT]_",
            "..oil",
            ".. note::",
            "-o",
            "--oil",
        ),
        *(
            "/oil",
            ">>>",
            "&amp;",
            "<b>",
            "{x}",
            "$x$",
            "@ann",
            "http://example.org/_a_",
            "ann@example.org",
            "javascript:x",
            "\\*",
        ),
        *(
            "file:///a",
            "http://example.org/*",
            "*http://example.org/",
            "e.g.",
            "::oil",
            "oil\\",
            "\\\\",
            "====",
            "----",
            "::::",
            "A.",
        ),
    ]
)
GLUED = st.lists(WORDS, min_size=1, max_size=4).map("".join)
TEXT = st.lists(st.one_of(WORDS, GLUED, st.text("*_`|\\:a1 .-", max_size=4)), max_size=8).map(" ".join)
URLS = st.sampled_from(
    [
        "https://example.org/a_",
        "https://example.org/x?y=`1`&z=*",
        "javascript:alert(1)",
        "/relative",
        "",
        "https://[",
        "a b",
    ]
)


def element(tag: str, inside: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{inside}</{tag}>"


ESCAPED = TEXT.map(html_escape)
INLINE = st.recursive(
    ESCAPED,
    lambda inner: st.one_of(
        st.builds(lambda url, inside: element("a", inside, f' href="{html_escape(url)}"'), URLS, inner),
        st.builds(element, st.sampled_from(["b", "strong", "em", "code", "span", "tt", "sup"]), inner),
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map("<br>".join),
    ),
    max_leaves=6,
)
BLOCKS = st.recursive(
    INLINE,
    lambda inner: st.one_of(
        st.builds(element, st.sampled_from(["p", "div", "h2", "h3", "blockquote", "pre", "td", "li"]), inner),
        st.lists(inner.map(lambda one: element("li", one)), max_size=3).map(
            lambda found: element("ul", "".join(found))
        ),
        st.lists(inner, max_size=4).map("\n".join),
        inner.map(lambda one: f"<ul><li>{one}"),
    ),
    max_leaves=8,
)
LINES = st.builds(
    lambda indent, mark, text: f"{indent}{mark}{text}",
    st.sampled_from(["", "  ", "    ", "        "]),
    st.sampled_from(["", "* ", "- ", "+ ", "• ", "1. "]),
    TEXT,
)
PLAIN = st.lists(st.one_of(LINES, st.just(""), st.just("====="), st.just("> quoted")), max_size=12).map("\n".join)


def shown(data: bytes) -> Iterator[tuple[str, str]]:
    """What the posts of a file say, and what their fragments show, each without white space."""
    parser = TextParser(guard_of(Settings()))
    options = ImportOptions(period=parse_interval("2016-04-02/2016-04-08"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "x")
        file.write_bytes(data)
        try:
            source = read_source(file, "x")
        except DigestError:
            return
    for post in source.posts:
        if NUMBER.match(post.blocks[-1].plain if post.blocks else ""):
            continue  # the list of links at the end is no text
        read = "".join(" ".join(block.plain for block in post.blocks).split())
        issue, _ = issue_of(post, options)
        assert issue is not None
        found_words: list[str] = []
        for new in fragments_of(issue, Settings()):
            fragment, problems = new.read("f")
            assert fragment is not None and problems == [], (new.text, problems)
            texts = [one for note in fragment.notes for one in texts_of(note)]
            assert check_texts([("f", *one) for one in texts], Settings()) == [], new.text
            for kind, text in texts:
                nodes = parser.inline(text, "f", "a") if kind is Type.TITLE else parser.blocks(text, "f", "a")
                found_words.append(" ".join(node.astext() for node in nodes))
        assert parser.problems == []
        yield read, "".join("".join(found_words).split())


def check(data: bytes) -> None:
    for read, found in shown(data):
        assert found == read


@settings(suppress_health_check=list(HealthCheck), max_examples=150)
@given(BLOCKS)
@example('<p>See <a href="https://a.example/">first</a> *<a href="https://b.example/">second</a> today.</p>')
@example(
    '<p>|<a href="https://a.example/">x</a>| \\<a href="https://a.example/">&lt;x&gt;</a>*<b>bold</b>*<code>`</code></p>'
)
@example("<h3>Oil<br>and wicks</h3><p>It burns.</p>")
@example("<ul><li><h2>* *<br><br>*</h2>")
@example("<h2>Oil <b>- <br></b><br>- 1</h2><h3>* a<br>===</h3><p>It burns.</p>")
def test_pages(body: str) -> None:
    check(f"<!DOCTYPE html><html><body>{body}</body></html>".encode())


@settings(suppress_health_check=list(HealthCheck), max_examples=150)
@given(PLAIN)
def test_texts(text: str) -> None:
    text = f"Oil and lamps.\n\n{text}"
    # what is marked up is read as such
    assume(dialect_of(text.split("\n"), "") is None)
    check(text.encode())


@settings(suppress_health_check=list(HealthCheck), max_examples=100)
@given(
    st.one_of(st.tuples(st.just("plain"), PLAIN), st.tuples(st.just("html"), BLOCKS)),
    st.sampled_from(["8bit", "base64", "quoted-printable"]),
)
def test_mails(content: tuple[str, str], encoding: str) -> None:
    subtype, text = content
    message = EmailMessage()
    message["From"], message["Date"], message["Subject"] = "w@example.org", "Fri, 6 May 2016 18:55:29 +0200", "Lamps"
    message.set_content(text, subtype=subtype, cte=encoding)
    check(bytes(message))
