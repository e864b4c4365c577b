"""The pages of HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

import sphinxext.digest.extension

from .building import Build, Project
from .outputs import broken_links, parse_page

Kinds = Callable[[str], Build]


def body_of(build: Build, page: str) -> html.HtmlElement:
    (body,) = parse_page(build.outdir / page).xpath("//div[@class='body']")
    return body


def outline(section: html.HtmlElement, depth: int = 0) -> list[str]:
    """The headings of a page: their level and words, nested as their sections are."""
    lines = []
    for child in section.iterchildren("section", "div"):
        if child.tag == "section":
            (heading,) = child.xpath("./h1|./h2|./h3|./h4")
            words = heading.text_content().removesuffix("¶")
            lines.append(f"{'  ' * depth}{heading.tag} {words}")
            lines += outline(child, depth + 1)
        else:
            lines += outline(child, depth)
    return lines


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_every_link_leads_somewhere(kinds: Kinds, builder: str) -> None:
    assert list(broken_links(kinds(builder).outdir)) == []


def test_the_check_of_links_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<p id=x><a href='b.html'>1</a><a href='a.html#y'>2</a><a href='#x'>3</a><i id=x>"
    )
    assert sorted(broken_links(tmp_path)) == [
        "a.html: #x twice",
        "a.html: a.html#y leads to no place",
        "a.html: b.html leads to no file",
    ]


def test_a_digest_has_its_sections_in_order(kinds: Kinds) -> None:
    assert outline(body_of(kinds("html"), "digests/2015-12-04.html")) == [
        "h1 November 28 – December 4, 2015",
        "  h2 Successes",
        "  h2 Specs Close to Merging",
        "  h2 In Brief",
        "  h2 Release Countdown For Week R-17, Dec 7–11",
        "  h2 The Lock Files Saga (and Where We Can Go From Here)\N{NO-BREAK SPACE}Open",
        "  h2 References",
    ]
    assert outline(body_of(kinds("html"), "digests/2015-12-11.html")) == [
        "h1 December 5–11, 2015",
        "  h2 The Lock Files Saga, concluded\N{NO-BREAK SPACE}Decided",
        "  h2 Other News",
        "    h3 Announcing a new cloud provider",
        "    h3 Gathering in spring",
        "  h2 Prose standing alone",
        "  h2 References",
    ]


def test_a_list_is_nested_as_it_was_written(kinds: Kinds) -> None:
    (thread,) = body_of(kinds("html"), "digests/2015-12-04.html").xpath(".//section[@id='thread-0000000000000005']")
    (deepest,) = thread.xpath("./ul/li/ul/li/ul/li/ul/li/p")
    assert deepest.text == "fourth level ends"
    assert [line.text_content() for line in thread.xpath("./ul/li/ol/li/p")] == ["one candidate", "two candidates"]


def test_successes_come_with_who_told_them(kinds: Kinds) -> None:
    (lines,) = body_of(kinds("html"), "digests/2015-12-04.html").xpath(".//ul[contains(@class, 'digest-successes')]")
    assert [
        (
            line.xpath("string(.//span[@class='digest-nick'])"),
            line.text_content().split("(")[0].split(" whole")[0].removesuffix("\xa0¶").strip(),
        )
        for line in lines
    ] == [
        ("ttx", "ttx: Nova mitaka-1"),
        ("AJaeger", "AJaeger: All projects that set up translations have been moved to Zanata [1], and that took a"),
        ("", "Nobody said this."),
        ("stevemar", "stevemar: Got reno in all keystone projects."),
        ("", "All Successes"),
    ]


def test_numbers_of_links_lead_to_the_list_at_the_end(kinds: Kinds) -> None:
    body = body_of(kinds("html"), "digests/2015-12-04.html")
    numbers = body.xpath(".//a[contains(@class, 'digest-number')]")
    assert [number.text for number in numbers] == ["[1]", "[2]", "[3]", "[4]"]
    for number in numbers:
        before = number.getprevious()
        (target,) = body.xpath(f".//*[@id='{number.get('href').removeprefix('#')}']")
        line = target.getparent()
        assert line.text_content() == f"{number.text} {before.get('href')}"
        assert line.xpath("./a/@href") == [before.get("href")]


def test_parts_of_a_thread_lead_to_each_other(kinds: Kinds) -> None:
    first = body_of(kinds("html"), "digests/2015-12-04.html")
    later = body_of(kinds("html"), "digests/2015-12-11.html")
    assert first.xpath(".//section[@id='thread-0000000000000005']//li[contains(., 'Continued in')]//a/@href") == [
        "2015-12-11.html#thread-0000000000000006"
    ]
    assert later.xpath(".//section[@id='thread-0000000000000006']//li[contains(., 'Continued from')]//a/@href") == [
        "2015-12-04.html#thread-0000000000000005"
    ]


def test_a_state_is_a_class_of_the_section(kinds: Kinds) -> None:
    for page, identifier, state in (("2015-12-04", 5, "open"), ("2015-12-11", 6, "done")):
        body = body_of(kinds("html"), f"digests/{page}.html")
        (section,) = body.xpath(f".//section[@id='thread-{identifier:016x}']")
        assert f"digest-{state}" in section.get("class").split()


def test_pages_lead_to_each_other_in_the_order_of_time(kinds: Kinds) -> None:
    page = parse_page(kinds("html").outdir / "digests" / "2015-12-04.html")
    links = {link.get("rel"): link.get("href") for link in page.xpath("//head/link")}
    assert (links.get("prev"), links["next"]) == (None, "2015-12-11.html")
    page = parse_page(kinds("html").outdir / "digests" / "2015-12-11.html")
    links = {link.get("rel"): link.get("href") for link in page.xpath("//head/link")}
    assert (links["prev"], links["next"]) == ("2015-12-04.html", "2016-01-08.html")


def test_pages_that_show_notes_have_our_styles_once(kinds: Kinds) -> None:
    build = kinds("html")
    found = {}
    for file in build.outdir.rglob("*.html"):
        page = parse_page(file)
        styles = [link for link in page.xpath("//link/@href") if "digest.css" in link]
        assert all((file.parent / link.partition("?")[0]).is_file() for link in styles)
        found[file.relative_to(build.outdir).as_posix()] = len(styles)
        assert len(styles) == 1 or not page.xpath("//*[starts-with(@class, 'digest-')]")
    assert found["digests/2015-12-04.html"] == found["digest-notes.html"] == 1
    assert found["index.html"] == 0


def test_the_line_beside_a_prelude_stays_away_from_its_words() -> None:
    # furo takes the space at the sides of each container, by a rule of two selectors that comes after ours
    styles = (Path(sphinxext.digest.extension.__file__).parent / "static" / "digest.css").read_text(encoding="utf-8")
    (selector,) = re.findall(r"^(\.digest-prelude.*) \{\n *padding-inline-start: 1em;", styles, re.MULTILINE)
    assert len(re.findall(r"[.\[]", selector)) > 2


def test_the_index_lists_titles_and_people(kinds: Kinds) -> None:
    page = body_of(kinds("html"), "digest-notes.html")
    entries = [(entry.text_content(), entry.getparent().get("href")) for entry in page.xpath(".//tr/td[2]//code")]
    assert entries == [
        ("A line without group", "digests/2015-12-04.html#item-0000000000000003-3"),
        ("AJaeger", "digests/people/ajaeger.html#people-ajaeger"),
        ("Announcing a new cloud provider", "digests/2015-12-11.html#story-0000000000000007"),
        ("Backwards compatibility for clients", "digests/2015-12-04.html#item-0000000000000003"),
        ("Deprecation rules with a link inside", "digests/2015-12-04.html#item-0000000000000003-2"),
        ("dhellmann", "digests/people/dhellmann.html#people-dhellmann"),
        ("Gathering in spring", "digests/2015-12-11.html#story-0000000000000007-2"),
        ("mitaka R-17", "digests/2015-12-04.html#countdown-0000000000000004"),
        ("Prose standing alone", "digests/2015-12-11.html#story-0000000000000007-3"),
        ("Prose without heading ends the list.", "digests/2015-12-11.html#story-0000000000000007-4"),
        ("stevemar", "digests/people/stevemar.html#people-stevemar"),
        ("The Lock Files Saga (and Where We Can Go From Here)", "digests/2015-12-04.html#thread-0000000000000005"),
        ("The Lock Files Saga, concluded", "digests/2015-12-11.html#thread-0000000000000006"),
        ("ttx", "digests/people/ttx.html#people-ttx"),
    ]


def test_notes_shown_again_keep_pages_sound(project: Project) -> None:
    """Notes with links of their own inside, shown several times on a page and on several pages."""
    project.write(
        "index.rst",
        "Title\n=====\n\n.. toctree::\n\n   digests/index\n\n"
        + ".. digest:: latest\n\n.. thread-summary:: a\n\n.. digest:: latest\n\n.. note::\n\n   .. digest:: latest\n\n"
        + "[#]_ [Cite]_ `inner`_\n\n.. [#] The page's.\n.. [Cite] The page's.\n.. _inner:\n\nHere.\n",
    )
    text = (
        "[#]_ [#named]_ [1]_ [*]_ [Cite]_ `inner`_ _`inline` `inline`_\n\n      .. [#] a\n      .. [#named] b [#]_\n"
        "      .. [1] c\n      .. [*] d\n      .. [Cite] e\n      .. [#] f\n      .. _inner:\n\n      A paragraph.\n\n"
        "      .. note::\n         :name: hint\n\n         `hint`_\n"
    )
    for number, day in ((1, 1), (2, 2)):
        project.fragment(f"a-{number}", f"date: 2015-12-0{day}\nthreads:\n  - title: T\n    summary: |\n      {text}")
    for group in ("C", "C++", "References", "中文", "日本"):
        project.fragment(f"g-{ord(group[-1]):x}", f"date: 2015-12-03\nitems: [{{group: {group}, text: x}}]")
    for builder in ("html", "singlehtml", "latex", "epub", "text", "man", "texinfo", "xml"):
        build = project.build(builder, fail_on_warning=True)
        assert build.warnings == []
    assert list(broken_links(project.folder / "build" / "html")) == []
    page = parse_page(project.folder / "build" / "html" / "index.html")
    footnotes = page.xpath("//a[contains(@class, 'footnote-reference')]/@href")
    # five in each of two notes, which stand there four times, and the page's own
    assert len(footnotes) == len(set(footnotes)) == 5 * 2 * 4 + 1
