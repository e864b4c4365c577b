"""Cards of digests beside their pages, and what the heads of pages say of them."""

from __future__ import annotations

from lxml import etree

from sphinxext.digest.render.card import can_draw
from sphinxext.digest.settings.options import PUBLISHED

from .building import Project
from .outputs import parse_page

BASE = "https://docs.example.org/"
PUBLISH = [*PUBLISHED, "cards"]


def made(project: Project, **options: object) -> dict[str, bytes]:
    build = project.build(html_baseurl=BASE, **options)
    files = [file for file in (build.outdir / "digests").iterdir() if file.suffix in (".svg", ".png")]
    return {file.name: file.read_bytes() for file in files}


def test_cards_are_published_if_they_are_asked_for(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    threads = "threads: [{title: A & *b*, url: 'https://e.org/1'}, {title: </svg>, url: 'https://e.org/2'}]\n"
    project.fragment("one-1", f"date: 2015-12-02\n{threads}")
    assert made(project) == {}
    page = parse_page(project.folder / "build/html/digests/2015-12-04.html")
    assert page.xpath("//meta[@property='og:image']") == []
    cards = made(project, digest_publish=PUBLISH, digest_accent="#0b6e4f")
    draws = can_draw()
    assert sorted(cards) == ["2015-12-04.png", "2015-12-04.svg"][not draws :]
    svg = etree.fromstring(cards["2015-12-04.svg"])
    words = [text.text for text in svg.iter("{*}text")]
    assert words[0].startswith("Test Digest: November 28")
    assert words[-3:] == ["2 threads", "A & b", "</svg>"]
    assert b"#0b6e4f" in cards["2015-12-04.svg"]
    page = parse_page(project.folder / "build/html/digests/2015-12-04.html")
    values = {meta.get("property"): meta.get("content") for meta in page.xpath("//meta[@property]")}
    assert values["og:image"] == f"{BASE}digests/2015-12-04.{'png' if draws else 'svg'}"
    assert values["og:image:alt"].startswith("Test Digest: November 28")
    assert values["twitter:card"] == "summary_large_image"
    # the same bytes from nothing, and other ones for another title
    assert made(project, digest_publish=PUBLISH, digest_accent="#0b6e4f") == cards
    project.age()
    project.fragment("one-1", f"date: 2015-12-02\n{threads.replace('A &', 'B &')}")
    assert b">B &amp; b<" in made(project, digest_publish=PUBLISH)["2015-12-04.svg"]
    # and none where they are no longer wanted
    assert made(project) == {}
