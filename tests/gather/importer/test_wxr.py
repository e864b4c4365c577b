"""Exports of WordPress and feeds: which posts are public, and files that are no good XML."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sphinxext.digest.gather.importer.dialects import Export, is_wxr, read_export
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.problems import Code, DigestError, Problem

from .reporting import import_files

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
)
NAMESPACES = [
    *("http://wordpress.org/export/1.0/", "http://wordpress.org/export/1.2/", "https://wordpress.org/export/1.2/"),
    *("https://www.wordpress.org/export/2.0/", "HTTP://WordPress.org/export/1.3/", "urn:example:export"),
]
DATE = "<pubDate>Tue, 18 Aug 2026 10:00:00 +0000</pubDate>"


def export(
    *items: str, namespace: str = NAMESPACES[1], start: str = '<?xml version="1.0" encoding="UTF-8"?>\n'
) -> bytes:
    found = "\n".join(f"<item>{item}</item>" for item in items)
    head = f'{start}<rss version="2.0" {SPACES} xmlns:wp="{namespace}"><channel><title>Lamps</title>\n'
    return f"{head}{found}\n</channel></rss>\n".encode()


def post(title: str, *fields: str, body: str = "Words.") -> str:
    return f"<title>{title}</title>{DATE}{''.join(fields)}<content:encoded><![CDATA[{body}]]></content:encoded>"


def read(data: bytes) -> tuple[Export, list[Problem]]:
    problems: list[Problem] = []
    return read_export(data, "x.xml", problems), problems


def titles(data: bytes) -> list[str | None]:
    found, problems = read(data)
    assert problems == []
    return [one.title for one in found.posts]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize(
    "status", ["draft", "private", "pending", "future", "trash", "auto-draft", "inherit", "x", "Draft"]
)
def test_only_what_is_published_is_public(namespace: str, status: str) -> None:
    items = [
        post("Hidden", f"<wp:status>{status}</wp:status><wp:post_type>post</wp:post_type>"),
        post("Public", "<wp:status><![CDATA[publish]]></wp:status><wp:post_type>post</wp:post_type>"),
        post("Spaced", "<wp:status>\n Publish </wp:status><wp:post_type> Post\n</wp:post_type>"),
        post("Feed"),
    ]
    found, _ = read(export(*items, namespace=namespace))
    assert [one.title for one in found.posts] == ["Public", "Spaced", "Feed"]
    assert found.left_out == {"not published": 1}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_what_is_no_post_or_has_a_password(namespace: str) -> None:
    public = "<wp:status>publish</wp:status>"
    items = [
        post("Page", f"{public}<wp:post_type>page</wp:post_type>"),
        post("Secret", f"{public}<wp:post_password><![CDATA[hunter]]></wp:post_password>"),
        post("Open", f"{public}<wp:post_password><![CDATA[]]></wp:post_password>"),
        post("Also open", f"{public}<wp:post_password>\n </wp:post_password>"),
        post("Comment", f"{public}<wp:comment><wp:status>draft</wp:status></wp:comment>"),
    ]
    found, _ = read(export(*items, namespace=namespace))
    assert [one.title for one in found.posts] == ["Open", "Also open", "Comment"]
    assert found.left_out == {"not a post": 1, "protected by a password": 1}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_date_is_that_of_the_export_in_utc(namespace: str) -> None:
    gmt, local = (
        "<wp:post_date_gmt>2016-03-04 09:00:00</wp:post_date_gmt>",
        "<wp:post_date>2016-03-05 10:00:00</wp:post_date>",
    )
    zeros = "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>"
    found, _ = read(export(post("a", gmt, local), post("b", zeros, local), post("c", zeros), namespace=namespace))
    assert [str(one.sent) for one in found.posts] == [
        *("2016-03-04 09:00:00+00:00", "2016-03-05 10:00:00+00:00", "2026-08-18 10:00:00+00:00")
    ]


@pytest.mark.parametrize(
    "when", ["Mon, 30 Nov -0001 00:00:00 +0000", "Mon, 01 Jan 0001 00:00:00 +2359", "soon", "", "1" * 5000]
)
def test_dates_that_are_none(when: str) -> None:
    found, _ = read(export(f"<title>a</title><pubDate>{when}</pubDate><description>b</description>"))
    assert all(one.sent is None or one.sent.year > 1000 for one in found.posts)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.xml"
    hidden = post("Hidden", "<wp:status>draft</wp:status>")
    file.write_bytes(export(post("One"), hidden))
    assert read_source(file, "x.xml").remarks == ["x.xml: 1 item is left out: 1 not published"]
    secret = post("Secret", "<wp:post_password>a</wp:post_password>")
    file.write_bytes(export(post("One"), hidden, secret, hidden, post("Empty", body="")))
    assert read_source(file, "x.xml").remarks == [
        "x.xml: 4 items are left out: 2 not published, 1 protected by a password, 1 empty"
    ]
    file.write_bytes(export(post("One")))
    assert read_source(file, "x.xml").remarks == []


@pytest.mark.parametrize(
    ("written", "title"),
    [
        *(
            ("<![CDATA[Oil &amp; wicks]]>", "Oil & wicks"),
            ("Oil &amp;amp; wicks", "Oil & wicks"),
            ("Oil &amp; wicks", "Oil & wicks"),
        ),
        *(
            ("<![CDATA[Oil & wicks]]>", "Oil & wicks"),
            ("<![CDATA[a &#8211; b&hellip;]]>", "a – b…"),
            ("a &#8211; b", "a – b"),
        ),
        *(
            ("<![CDATA[<em>Oil</em> <a href='x'>lamp</a>]]>", "Oil lamp"),
            ("<![CDATA[vector<int> a < b]]>", "vector<int> a < b"),
        ),
        *(
            ("<![CDATA[&lt;b&gt; tags]]>", "<b> tags"),
            ("<![CDATA[ a\n b&nbsp;c ]]>", "a b c"),
            ("<![CDATA[&#1;&#x110000;]]>", "�"),
        ),
        *(("a & b &nbsp; c &foo; &", "a & b c &foo; &"), ("R&eacute;sum&#233;", "Résumé"), (f"&#{'1' * 5000};", "�")),
    ],
)
def test_titles_are_html_like_the_text(written: str, title: str) -> None:
    found, _ = read(export(post(written)))
    assert [one.title for one in found.posts] == [title]


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff", "&#0;", "&#1;", "&#x0B;", "&#31;"],
)
def test_what_xml_forbids_is_left_out_and_told(character: str) -> None:
    data = export(post("One"), post(f"T{character}wo", body=f"a{character}b"), post("Three"))
    found, problems = read(data)
    assert [one.title for one in found.posts] == ["One", "Two", "Three"]
    assert [block.plain for block in found.posts[1].blocks] == ["ab"]
    [problem] = problems
    assert (problem.line, problem.column, problem.code) == (4, 15, Code.ENCODING)
    assert problem.message.startswith("2 characters that XML forbids were removed; the first is ")


def test_one_forbidden_character() -> None:
    _, problems = read(export(post("T\x0bwo")))
    assert str(problems[0]) == "x.xml:3:15: encoding 1 character that XML forbids was removed; the first is U+000B"


@pytest.mark.parametrize("character", ["\t", "\r\n", "&#9;", "&#10;", "&#13;", "&#32;", "&#x20;"])
def test_white_space_is_allowed(character: str) -> None:
    assert titles(export(post(f"One{character}two"))) == ["One two"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        *(
            ("utf-8", "utf-8"),
            ("utf-8", ""),
            ("utf-8", "nonsense"),
            ("utf-8", "punycode"),
            ("utf-8", "us-ascii"),
            ("utf-8", "zlib"),
        ),
        *(("iso-8859-1", "iso-8859-1"), ("windows-1252", "windows-1252"), ("koi8-r", "KOI8-R"), ("utf-16", "utf-16")),
    ],
)
def test_encodings(encoding: str, declared: str) -> None:
    text = "Ламп" if encoding == "koi8-r" else "Öl"
    start = f'\n<?xml version="1.0" encoding="{declared}"?>\n' if declared else "\n"
    assert titles(export(post(text), start=start).decode().encode(encoding)) == [text]


def test_another_encoding_than_declared_is_told() -> None:
    found, problems = read(export(post("Öl")).decode().encode("windows-1252"))
    assert [one.title for one in found.posts] == ["Öl"]
    assert [problem.code for problem in problems] == [Code.ENCODING]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<rss><channel><item>", r"x\.xml:1:21: xml-syntax the export cannot be read: no element found"),
        ("<rss><channel></item></rss>", r"x\.xml:1:\d+: xml-syntax the export cannot be read: mismatched tag"),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE r [<!ENTITY a 'b'>]><rss/>",
            r"x\.xml:2:\d+: xml-syntax the export cannot be read: it declares a document type of its own",
        ),
        ("<rss><wp:status/></rss>", r"x\.xml:1:\d+: xml-syntax the export cannot be read: unbound prefix"),
    ],
)
def test_no_good_xml(text: str, message: str) -> None:
    with pytest.raises(DigestError, match=message):
        read(text.encode())


def test_where_things_are() -> None:
    data = export(
        f"\n<title>One</title>\n{DATE}<link> https://blog.example.org/1 </link>\n<description>\n\nWords</description>"
    )
    [one] = read(data)[0].posts
    assert (one.line, one.blocks[0].line, one.url, one.author) == (4, 8, "https://blog.example.org/1", None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *((b"\xef\xbb\xbf <?xml version='1.0'?><rss>", True), (b"<RSS>", True), (b"<!-- a -->\n<rss>", True)),
        *((b"<html><rss>", False), (b"<?xml version='1.0'?><feed>", False), (b"The <rss> tag", False)),
    ],
)
def test_what_an_export_is(data: bytes, expected: bool) -> None:
    assert is_wxr(data) is expected


@pytest.mark.parametrize(
    "part",
    [
        *(
            "<a>",
            "<item>",
            "&",
            "&#",
            "&#x",
            "&a",
            "<![CDATA[",
            "]]>",
            "<![CDATA[]]>",
            "<item/>",
            "\x01",
            "&#1;",
            "<!--",
            "<?x",
            "&#000",
        ),
        *("<title>", "</title>", "<em ", "<item><title>a</title><description>b</description></item>"),
    ],
)
def test_a_megabyte_of_it(part: str) -> None:
    start = time.process_time()
    for data in (export(post(part * (1_000_000 // len(part)))), export(part * (1_000_000 // len(part)))):
        try:
            read(data)
        except DigestError as error:
            assert len(str(error)) < 1000
    assert time.process_time() - start < 20


def test_a_heading_without_words_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "x.xml"
    file.write_bytes(export(post("One", body="<p>a</p><h2></h2><p>b</p><h2> </h2>"), post("Two", body="<h2></h2>")))
    assert read_source(file, "x.xml").remarks == ["x.xml: 1 item is left out: 1 empty"]
    [new] = import_files(tmp_path, file).new
    assert "a\n\n      b\n" in new[0].text
    assert "rubric" not in new[0].text
