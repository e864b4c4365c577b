"""The heads of pages: what search engines and readers of feeds find there, once each, in every theme."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from sphinxext.digest.extension.html.head import json_in_script

from .building import Build, Project
from .outputs import parse_page

BASE = "https://docs.example.org/nova/"
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   plain\n"
THEMES = ("basic", "alabaster", "sphinx_rtd_theme", "furo", "pydata_sphinx_theme", "openstackdocs")
TITLE = "</script><script>alert('x')</script> & \"more\""
#: What Google and schema.org want an article to have.
ARTICLE = {"headline", "datePublished", "dateModified", "author", "publisher", "url", "inLanguage", "isPartOf"}


@pytest.fixture
def written(project: Project) -> Project:
    project.write("index.rst", INDEX)
    project.write("plain.rst", "Plain\n=====\n\nNothing of a digest.\n")
    note = {"title": TITLE, "text": "Text."}
    project.fragment("one-1", json.dumps({"date": "2015-12-02", "successes": ["a", "b"], "stories": [note]}))
    project.fragment("two-2", "date: 2015-12-09\nprelude: 'First *sentence*. See `this <https://e.org>`__.'\n")
    return project


def head(build: Build, page: str = "digests/2015-12-04") -> HtmlElement:
    return parse_page(build.outdir / f"{page}.html").find("head")


def described(page: HtmlElement) -> list[str]:
    return page.xpath("meta[@name='description']/@content")


def article(page: HtmlElement) -> dict[str, Any]:
    (script,) = page.xpath("script[@type='application/ld+json']")
    data: dict[str, Any] = json.loads(script.text)
    return data


def built(project: Project, theme: str = "basic", **options: Any) -> Build:
    extensions = ["sphinxext.digest", *options.pop("extensions", ())]
    if theme == "openstackdocs":
        extensions.append("openstackdocstheme")
        options["openstackdocs_auto_name"] = False
    try:
        return project.build(html_theme=theme, extensions=extensions, **options)
    except Exception as error:
        if os.environ.get("CI") or "theme" not in str(error):
            raise
        pytest.skip(f"{theme} is not installed")


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_it_once(written: Project, theme: str) -> None:
    build = built(written, theme, digest_base_url=BASE)
    page = head(build)
    feeds = page.xpath("link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in feeds] == [
        ("application/atom+xml", "atom.xml"),
        ("application/feed+json", "feed.json"),
        ("text/plain", "2015-12-04.txt"),
    ]
    assert len(described(page)) == 1
    assert page.xpath("link[@rel='canonical']/@href") == [f"{BASE}digests/2015-12-04.html"]
    assert article(page)["headline"] == "November 28 – December 4, 2015"
    assert head(build, "plain").xpath("link[@rel='alternate'] | link[@rel='canonical'] | script[@type]") == []
    lines = parse_page(build.outdir / "digests/index.html").xpath("//p[@class='digest-published']")
    assert [line.text_content() for line in lines] == ["Subscribe: Atom, JSON Feed"]


def test_what_is_said(written: Project) -> None:
    build = built(written, digest_base_url=BASE)
    assert described(head(build)) == [f"2 successes, 1 story: {TITLE}"]
    assert described(head(build, "digests/2015-12-11")) == ["First sentence. See this."]
    for page, words in (("2015", "2015"), ("2015-12", "December 2015"), ("index", "Digests")):
        assert described(head(build, f"digests/{page}")) == [f"{words}: 2 digests, 2 successes, 1 story"]
    data = article(head(build))
    assert data.keys() >= ARTICLE
    assert (data["@context"], data["@type"]) == ("https://schema.org", "Article")
    assert (data["datePublished"], data["dateModified"]) == ("2015-12-04T00:00:00Z", "2015-12-04T00:00:00Z")
    assert data["author"]["name"] == "Somebody"
    assert data["publisher"]["name"] == "Test"
    assert data["isPartOf"]["url"] == f"{BASE}digests/index.html"
    assert build.text("digests/2015-12-04.html").count("<script>alert") == 0


def test_descriptions_are_short(written: Project) -> None:
    written.fragment("long-3", f"date: 2015-12-16\nprelude: {'word ' * 100}\n")
    written.fragment("wide-4", f"date: 2015-12-23\nprelude: {'字' * 500}\n")
    build = built(written)
    (long,), (wide,) = described(head(build, "digests/2015-12-18")), described(head(build, "digests/2015-12-25"))
    assert 190 < len(long) <= 200 and long.endswith("word…")
    assert len(wide) == 200 and wide.endswith("字…")
    # without an address there is none to give
    assert "url" not in article(head(build))
    assert head(build).xpath("link[@rel='canonical']") == []


def test_what_a_page_says_itself_stays(written: Project) -> None:
    page = ".. meta::\n   :description: My own.\n\nA page\n======\n\n.. digest:: 2015-11-28/2015-12-04\n"
    written.write("digests/2015-12-04.rst", page)
    build = built(written, html_baseurl="https://other.example/")
    assert described(head(build)) == ["My own."]
    assert head(build).xpath("link[@rel='canonical']/@href") == ["https://other.example/digests/2015-12-04.html"]


def test_what_chats_make_a_card_of(written: Project) -> None:
    build = built(written, digest_base_url=BASE)

    def card(page: str) -> dict[str, str]:
        found = head(build, page).xpath("meta[starts-with(@property, 'og:') or starts-with(@property, 'article:')]")
        return {tag.get("property"): tag.get("content") for tag in found}

    assert card("digests/2015-12-04") == {
        "og:type": "article",
        "og:title": "November 28 – December 4, 2015",
        "og:description": f"2 successes, 1 story: {TITLE}",
        "og:url": f"{BASE}digests/2015-12-04.html",
        "og:site_name": "Test",
        "article:published_time": "2015-12-04T00:00:00Z",
        "article:modified_time": "2015-12-04T00:00:00Z",
    }
    assert card("digests/index")["og:type"] == "website"
    assert card("plain") == {}


def test_beside_opengraph(written: Project) -> None:
    pytest.importorskip("sphinxext.opengraph") if not os.environ.get("CI") else None
    options = {"ogp_site_url": BASE, "ogp_social_cards": {"enable": False}, "ogp_image": "https://e.org/x.png"}
    build = built(written, extensions=["sphinxext.opengraph"], **options)
    for name in ("2015-12-04", "2015-12-11", "2015"):
        page = head(build, f"digests/{name}")
        assert page.xpath("meta[@property='og:description']/@content") == described(page) != []
        assert page.xpath("meta[@property='og:image']/@content") == ["https://e.org/x.png"]
    own = head(build, "plain").xpath("meta[@property='og:description']/@content")
    assert own == ["Nothing of a digest."]


def test_in_another_language(written: Project) -> None:
    build = built(written, language="de", digest_base_url=BASE)
    assert article(head(build))["inLanguage"] == "de"
    assert described(head(build, "digests/2015-12"))[0].startswith("Dezember 2015: 2 ")


def test_addresses_are_those_that_are_set_now(written: Project) -> None:
    """A page is written again if its head would be another one, though nothing on it has changed."""
    built(written)
    written.age()
    built(written)
    for base in (BASE, ""):
        written.write("releasenotes/digest.yaml", f"base_url: {base!r}\n")
        again = built(written)
        fresh = built(written, output="fresh", doctrees="trees-of-fresh")
        assert again.read == []
        for file in sorted(fresh.outdir.rglob("*")):
            if file.suffix in (".html", ".txt", ".xml", ".json"):
                assert file.read_bytes() == (again.outdir / file.relative_to(fresh.outdir)).read_bytes(), file
        for name in ("fresh", "trees-of-fresh"):
            shutil.rmtree(written.folder / "build" / name)


MARKUP = st.sampled_from(["</script>", "]]>", "<!--", "&amp;", "\u2028", '"'])
ANY = st.lists(st.one_of(st.text(st.characters(exclude_categories=("Cs",))), MARKUP), max_size=4).map("".join)


@given(text=ANY)
def test_structured_data_stays_in_its_element(text: str) -> None:
    data = json_in_script({"headline": text})
    assert not re.search("[<>&\u2028\u2029]", data)
    assert json.loads(data) == {"headline": text}


def test_pages_have_the_colour_of_the_project(written: Project) -> None:
    assert head(built(written)).xpath("style") == []
    page = head(built(written, digest_accent="#0B6E4F"))
    assert [style.text for style in page.xpath("style")] == [":root:root { --digest-accent: #0b6e4f; }"]
