"""Relative links and pictures of notes lead to the same place wherever they are shown."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from .building import Build, Project, empty_project
from .catalogues import translate
from .outputs import broken_links, parse_page

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
BASE = "https://docs.example.org/en/latest/"
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   guide/index\n   guide/my page\n   wins\n"
#: What a note has, and where that leads: a document, what follows it in the address, or a file.
LINKS = {
    "../guide/index.html": ("guide/index", ""),
    "../guide/index.rst": ("guide/index", ""),
    "../guide/": ("guide/index", ""),
    "./../guide/index.html#part": ("guide/index", "#part"),
    "../guide/index.html?x=1&y=2#part": ("guide/index", "?x=1&y=2#part"),
    "../guide/my%20page.html": ("guide/my page", ""),
    "../guide/my\\ page.html": ("guide/my page", ""),
    "../index.html": ("index", ""),
    "..": ("index", ""),
    "/guide/index.html": ("guide/index", ""),
    "2026-11-20.html": ("digests/2026-11-20", ""),
    "#story-0000000000000001": ("digests/2026-11-13", "#story-0000000000000001"),
    "?x=1": ("digests/2026-11-13", "?x=1"),
    "people/wren.html": ("digests/people/wren", ""),
    "../genindex.html": ("genindex", ""),
    "../paper.txt": ("paper.txt", ""),
    "../_static/leaf.txt": ("_static/leaf.txt", ""),
    "../f%C3%BCr/dich.html": ("für/dich", ""),
    "//other.example.org/x": ("https://other.example.org/x", ""),
    "/app/index.php": ("/app/index.php", ""),
}
TEXT = "".join(f"`to {number} <{written}>`__\n\n" for number, written in enumerate(LINKS))
PICTURES = """\
.. image:: leaf.png

.. figure:: ../pictures/tree.png
   :target: ../guide/index.html

   A |small| tree.

.. |small| image:: ./leaf.png
   :target: ../guide/index.html

A :doc:`../guide/index`, and an :any:`../guide/index`.

To `a target`_.

.. _a target: ../guide/index.html
"""


def make_project(folder: Path, **texts: str) -> Project:
    """A project whose notes have every kind of relative address."""
    project = empty_project(folder, 'html_extra_path = ["extra"]\nhtml_static_path = ["static"]\n')
    project.write("index.rst", INDEX)
    project.write("guide/index.rst", "Guide\n=====\n\n.. _part:\n\nPart\n----\n\nWords.\n")
    project.write("guide/my page.rst", "My page\n=======\n")
    project.write("für/dich.rst", ":orphan:\n\nFür dich\n========\n")
    project.write("wins.rst", "Wins\n====\n\n.. successbot::\n\n.. thread-summary:: one\n\n.. countdown:: heron R-3\n")
    project.write("extra/paper.txt", "paper")
    project.write("static/leaf.txt", "leaf")
    for name in ("digests/leaf.png", "pictures/tree.png"):
        (project.folder / name).parent.mkdir(exist_ok=True)
        (project.folder / name).write_bytes(PNG)
    both = TEXT + PICTURES
    note = {
        "date": "2026-11-10",
        "prelude": both,
        "successes": [{"nick": "wren", "text": both}],
        "items": [{"text": both, "group": "Things"}],
        "countdown": [{"series": "heron", "week": "R-3", "focus": both, "dates": both}],
        "threads": [{"title": "See `it <../guide/index.html>`__", "summary": both, "state": "continuing"}],
        "stories": [{"title": "Story", "text": both}],
    }
    project.fragment("one-1", json.dumps({**note, **texts}))
    project.fragment("two-2", "date: 2026-11-18\nthreads: [{title: More, continues: one, summary: More.}]\n")
    return project


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("relative") / "src")


def hrefs(build: Build, page: str) -> list[list[str]]:
    """Where each of the links leads that a page has, by their numbers."""
    tree = parse_page(build.outdir / page)
    return [tree.xpath(f"//a[normalize-space()='to {number}']/@href") for number in range(len(LINKS))]


def links_in_notes(build: Build, page: str) -> list[str]:
    """The links of a page that its notes have."""
    return [link for links in hrefs(build, page) for link in links]


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
@pytest.mark.parametrize(
    "page", ["digests/2026-11-13", "digests/people/wren", "digests/successes/2026",
             "digests/threads/0000000000000001", "digests/series/heron", "wins"],
)  # fmt: skip
def test_links_lead_to_the_same_places_from_all_pages(linked: Project, builder: str, page: str) -> None:
    build = linked.build(builder, fail_on_warning=True)
    assert build.warnings == []
    file = f"{page}.html" if builder == "html" else f"{page}/index.html"
    page_url = build.outdir / file
    for (written, (place, rest)), found in zip(LINKS.items(), hrefs(build, file), strict=True):
        assert found, written
        for link in found:
            if place.startswith(("https:", "/")):
                assert link == place
                continue
            path, mark, after = re.fullmatch(r"([^?#]*)([?#]?)(.*)", link).groups()
            assert mark + after == rest, written
            target = (page_url.parent / unquote(path)).resolve() if path else page_url
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), (written, link)
            expected = f"{place}.html" if builder == "html" else re.sub("(^|/)index$", "", place) + "/index.html"
            if place.endswith(".txt"):
                expected = place
            assert target == Path(f"{build.outdir}/{expected}").resolve(), written


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_no_link_and_no_picture_is_dead(linked: Project, builder: str) -> None:
    build = linked.build(builder, html_file_suffix=".htm" if builder == "html" else None, output=f"{builder}-htm",
                         doctrees=f"{builder}-htm")  # fmt: skip
    assert build.warnings == []
    broken = [line for line in broken_links(build.outdir, "*.htm*") if "/app/index.php" not in line]
    assert broken == []
    pages = [file for file in build.outdir.rglob("*.htm*") if "_images/leaf.png" in file.read_text()]
    assert len(pages) > 5


def test_the_suffix_of_links_is_that_of_the_project(linked: Project) -> None:
    build = linked.build(html_link_suffix=".xyz", output="suffix", doctrees="suffix")
    assert "../../guide/index.xyz" in links_in_notes(build, "digests/people/wren.html")
    assert build.warnings == []


def test_on_a_single_page_links_stay_on_it(linked: Project) -> None:
    build = linked.build("singlehtml", fail_on_warning=True)
    tree = parse_page(build.outdir / "index.html")
    identifiers = set(tree.xpath("//@id"))
    found = dict(zip(LINKS, hrefs(build, "index.html"), strict=True))
    assert set(found["../guide/index.html"]) == {"#document-guide/index"}
    assert set(found["./../guide/index.html#part"]) == {"#part"}
    assert set(found["../index.html"]) == {"#"}
    assert set(found["../paper.txt"]) == {"paper.txt"}
    # pages that no toctree has are not there
    assert found["people/wren.html"] == found["../f%C3%BCr/dich.html"] == found["/app/index.php"] == []
    links = {link for links in found.values() for link in links if link.startswith("#") and link != "#"}
    assert {link for link in links if link[1:] not in identifiers} == set()


def test_what_an_output_does_not_have_is_on_the_web_if_that_is_known(linked: Project) -> None:
    options = {"output": "known", "doctrees": "known", "digest_base_url": BASE}
    found = dict(zip(LINKS, hrefs(linked.build("singlehtml", **options), "index.html"), strict=True))
    assert set(found["people/wren.html"]) == {f"{BASE}digests/people/wren.html"}
    assert set(found["../f%C3%BCr/dich.html"]) == {f"{BASE}f%C3%BCr/dich.html"}
    assert set(found["/app/index.php"]) == {"https://docs.example.org/app/index.php"}


def test_links_of_a_book(linked: Project, tmp_path: Path) -> None:
    build = linked.build("epub", fail_on_warning=True)
    (book,) = build.outdir.glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        archive.extractall(tmp_path)
    assert list(broken_links(tmp_path, "*.xhtml")) == []
    page = next(file for file in tmp_path.rglob("wren.xhtml"))
    found = parse_page(page).xpath("//a[normalize-space()='to 0']/@href")
    assert set(found) == {"../../guide/index.xhtml"}
    assert "paper.txt" not in page.read_text()


@pytest.mark.parametrize("builder", ["text", "latex", "man", "texinfo", "xml", "gettext", "dummy", "linkcheck"])
def test_other_builders_are_silent(linked: Project, builder: str) -> None:
    build = linked.build(builder, fail_on_warning=True, linkcheck_ignore=["https?://.*"])
    assert [line for line in build.warnings if "app/index.php" not in line] == []


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_feeds_mails_and_the_index_have_whole_addresses(linked: Project, builder: str) -> None:
    topics = [{"name": "all", "kinds": ["success", "item", "thread", "story", "countdown"]}]
    build = linked.build(builder, digest_base_url=BASE, digest_feeds=topics, output=f"{builder}-feeds")
    end, index = (".html", "index.html") if builder == "html" else ("/", "")
    expected = {
        f"{BASE}guide/{index}",
        f"{BASE}guide/{index}#part",
        f"{BASE}guide/{index}?x=1&y=2#part",
        f"{BASE}guide/my%20page{end}",
        f"{BASE}{index}",
        f"{BASE}digests/2026-11-20{end}",
        f"{BASE}digests/2026-11-13{end}#story-0000000000000001",
        f"{BASE}digests/2026-11-13{end}?x=1",
        f"{BASE}digests/people/wren{end}",
        f"{BASE}genindex{end}",
        f"{BASE}paper.txt",
        f"{BASE}_static/leaf.txt",
        f"{BASE}f%C3%BCr/dich{end}",
        "https://other.example.org/x",
        "https://docs.example.org/app/index.php",
    }
    for name in ("feed.json", "all.json"):
        for item in json.loads(build.text(f"digests/{name}"))["items"]:
            html = item["content_html"]
            found = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)">to ', html)}
            if "to 0" in html:
                assert found == expected, (name, item["id"])
                assert f'src="{BASE}_images/leaf.png"' in html
                assert f'src="{BASE}_images/tree.png"' in html
    mail = build.text("digests/2026-11-13.txt")
    assert {url for url in expected if f" - {url}\n" not in mail} == set()
    notes = json.loads(build.text("digests/index.json"))["notes"]
    texts = [note.get(name, "") for note in notes for name in ("text", "summary", "focus", "dates", "title")]
    assert len([text for text in texts if "to 0" in text]) == 7
    for text in texts:
        if "to 0" in text:
            assert {url for url in expected if f"<{url}>`__" not in text} == set()
            assert f".. image:: {BASE}_images/leaf.png" in text
            assert f"   :target: {BASE}guide/{index}\n" in text
            assert f".. _a target: {BASE}guide/{index}" in text
    assert "<../" not in "".join(texts)


def test_without_an_address_mails_have_words(linked: Project) -> None:
    build = linked.build("digest-mail")
    mail = build.text("digests/2026-11-13.txt")
    assert "to 0" in mail
    assert set(re.findall(r"^\[\d+\] - (.*)", mail, re.MULTILINE)) == {"https://other.example.org/x"}
    known = linked.build("digest-mail", html_baseurl=BASE, output="mails").text("digests/2026-11-13.txt")
    assert f" - {BASE}guide/index.html?x=1&y=2#part\n" in known
    assert f" - {BASE}paper.txt\n" in known


def test_an_address_that_is_shown_as_code_stays(project: Project) -> None:
    project.write("index.rst", INDEX)
    text = "A `link <../index.html>`__\n\n::\n\n   A `link <../index.html>`__\n"
    project.fragment("one-1", json.dumps({"date": "2026-11-10", "stories": [{"title": "A", "text": text}]}))
    (note,) = json.loads(project.build(digest_base_url=BASE).text("digests/index.json"))["notes"]
    assert note["text"] == text.rstrip("\n")


def test_what_leads_nowhere_is_said_once_and_at_its_line(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment(
        "one-1",
        "date: 2026-11-10\nsuccesses:\n  - nick: wren\n    text: |\n      One\n\n"
        "      `two <../nowhere.html>`__\n\n      `three <../../../out.html>`__\n",
    )
    build = project.build(digest_base_url=BASE)
    nowhere = "a relative address leads nowhere:"
    assert build.warnings == [
        f"<src>/releasenotes/digests/one-0000000000000001.yaml:9:7: WARNING: {nowhere} '../../../out.html' is not in "
        "the documentation [digest.dead-link]",
        f"<src>/releasenotes/digests/one-0000000000000001.yaml:7: WARNING: {nowhere} '../nowhere.html': the "
        "documentation has no such page and no such file [digest.dead-link]",
    ]
    # a build that knows better may say so: other extensions make pages, too
    assert 'href="../../nowhere.html"' in build.text("digests/people/wren.html")
    assert "out.html" not in build.text("digests/people/wren.html")
    book = project.build("epub")
    assert len(book.warnings) == 2
    assert "nowhere.html" not in (book.outdir / "digests/people/wren.xhtml").read_text()


def test_a_page_that_comes_later_is_found(project: Project) -> None:
    project.write("index.rst", INDEX)
    project.fragment("one-1", "date: 2026-11-10\nsuccesses: ['wren: `two <../later/>`__']\n")
    assert "leads nowhere" in project.build().warnings[-1]
    project.write("later.rst", ":orphan:\n\nLater\n=====\n")
    project.write("index.rst", f"{INDEX}\nMore.\n")
    project.age()
    project.build()
    project.write("later/index.rst", ":orphan:\n\nLater\n=====\n")
    build = project.build()
    assert "leads nowhere" not in "".join(build.warnings)
    assert 'href="../../later/index.html"' in build.text("digests/people/wren.html")


def test_a_digest_that_moves_takes_its_addresses_along(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.write("near.rst", ":orphan:\n\nNear\n====\n")
    project.write("news/near.rst", ":orphan:\n\nNear\n====\n")
    (project.folder / "news/leaf.png").write_bytes(PNG)
    (project.folder / "digests").mkdir()
    (project.folder / "digests/leaf.png").write_bytes(PNG + b"0")
    project.fragment(
        "one-1", "date: 2026-11-10\nsuccesses: ['wren: `x <../near.html>`__\n\n\n  .. image:: leaf.png']\n"
    )
    project.age()
    build = project.build()
    assert build.warnings == []
    assert 'href="../../near.html"' in build.text("digests/people/wren.html")
    project.write("news/deep/week.rst", ":orphan:\n\nWeek\n====\n\n.. digest:: 2026-11-07/2026-11-13\n")
    (project.folder / "news/deep/leaf.png").write_bytes(PNG)
    build = project.build()
    assert build.warnings == []
    page = build.text("digests/people/wren.html")
    assert 'href="../../news/near.html"' in page
    assert [path for path in build.env.images if build.env.images[path][0]] == ["news/deep/leaf.png"]


def test_translated_links(project: Project) -> None:
    project.write("index.rst", INDEX)
    project.write("guide/index.rst", "Guide\n=====\n")
    project.fragment(
        "one-1", "date: 2026-11-10\nstories: [{title: A, text: 'See `the guide <../guide/index.html>`__'}]\n"
    )
    message = "See `the guide <../guide/index.html>`__"
    translate(project, "digests", {message: "Siehe `den Leitfaden <../guide/index.html>`__"})
    build = project.build(language="de")
    assert 'Siehe <a class="reference internal" href="../guide/index.html">den Leitfaden</a>' in re.sub(
        r"</?span[^>]*>", "", build.text("digests/2026-11-13.html")
    )
