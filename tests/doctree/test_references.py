"""Links of a digest are numbered by first appearance, one number to each target, and listed once at the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from docutils import nodes

from sphinxext.digest.doctree.digest import with_references
from sphinxext.digest.doctree.references import number_marked_links, remove_lists
from sphinxext.digest.model.period import parse_interval

Render = Callable[..., nodes.section]


def numbers(page: nodes.section) -> list[tuple[str, str]]:
    """Return each number in the text with the words before it, without the list at the end."""
    found = []
    for section in page.children[:-1]:
        for marker in section.findall(nodes.reference):
            if "digest-number" in marker["classes"]:
                link = marker.parent[marker.parent.index(marker) - 2]
                found.append((link.astext(), marker.astext()))
    return found


def listed(page: nodes.section) -> list[str]:
    """Return the lines of the list of links."""
    last = page.children[-1]
    assert last[0].astext() == "References"
    return [item.astext() for item in last.findall(nodes.list_item)]


def story(text: str) -> str:
    lines = "".join(f"      {line}\n" for line in text.splitlines())
    return f"date: 2015-12-02\nstories:\n  - text: |\n{lines}"


def test_numbers_come_by_first_appearance_through_all_sections(render: Render) -> None:
    page = render(
        {
            "story": story("A `story <https://e.org/3>`__ and a `thread <https://e.org/2>`__ again."),
            "thread": "date: 2015-12-03\nthreads:\n  - title: T\n    summary: A `thread <https://e.org/2>`__.",
            "win": "date: 2015-12-04\nsuccesses: ['a: `win <https://e.org/1>`__']",
        }
    )
    assert numbers(page) == [("win", "[1]"), ("thread", "[2]"), ("story", "[3]"), ("thread", "[2]")]
    assert listed(page) == ["[1] https://e.org/1", "[2] https://e.org/2", "[3] https://e.org/3"]


def test_each_number_leads_to_its_line(render: Render) -> None:
    page = render({"a": story("`x <https://e.org/1>`__ `y <https://e.org/2>`__ `z <https://e.org/1>`__")})
    lines = {line["ids"][0]: line.parent.astext() for line in page.children[-1].findall(nodes.target)}
    markers = [node for node in page.findall(nodes.reference) if "digest-number" in node["classes"]]
    assert [lines[marker["refid"]] for marker in markers] == [
        "[1] https://e.org/1",
        "[2] https://e.org/2",
        "[1] https://e.org/1",
    ]


def test_a_target_has_one_number_however_it_is_linked(render: Render) -> None:
    text = "`one`_ `one`__ `other <https://e.org/1>`_ `again <https://e.org/1#x>`__"
    page = render({"a": story(f"{text}\n\n.. _one: https://e.org/1\n__ https://e.org/1")})
    assert numbers(page) == [("one", "[1]"), ("one", "[1]"), ("other", "[1]"), ("again", "[2]")]


def test_a_number_as_the_text_becomes_the_right_number(render: Render) -> None:
    text = "first `[3] <https://e.org/x>`__ then `[1] <https://e.org/y>`__ and `z <https://e.org/x>`__"
    page = render({"a": story(text)})
    links = [(node.astext(), node.get("refuri")) for node in page.findall(nodes.reference)]
    assert links[:2] == [("[1]", "https://e.org/x"), ("[2]", "https://e.org/y")]
    assert numbers(page) == [("z", "[1]")]
    assert listed(page) == ["[1] https://e.org/x", "[2] https://e.org/y"]


@pytest.mark.parametrize(
    "text",
    [
        "https://e.org/plain and a@e.org stand for themselves",
        "`https://e.org/x <https://e.org/x>`__",
        "`a@e.org <mailto:a@e.org>`__",
        "an `inner`_ link\n\n.. _inner:\n\nHere.",
    ],
)
def test_what_says_where_it_leads_has_no_number(render: Render, text: str) -> None:
    page = render({"a": story(text)})
    assert not [node for node in page.findall(nodes.reference) if "digest-number" in node["classes"]]
    assert "References" not in page.astext()


def test_links_in_titles_have_no_number(render: Render) -> None:
    page = render(
        {
            "a": (
                'date: 2015-12-02\nthreads:\n  - title: "A `title <https://e.org/t>`__"\n    url: https://e.org/full\n'
                "    summary: |\n      .. rubric:: A `rubric <https://e.org/r>`__\n\n      A `link <https://e.org/l>`__\n"
            )
        }
    )
    assert numbers(page) == [("link", "[1]")]
    assert listed(page) == ["[1] https://e.org/l"]


def test_the_link_to_the_whole_note_has_no_number(render: Render) -> None:
    page = render(
        {
            "a": (
                "date: 2015-12-02\n"
                "successes: [{nick: a, text: b, url: 'https://e.org/log'}]\n"
                "countdown: [{series: m, focus: f, url: 'https://e.org/countdown'}]\n"
                "threads: [{title: t, url: 'https://e.org/thread'}]\n"
                "stories: [{text: s, url: 'https://e.org/story'}]\n"
                "items: [{text: i, url: 'https://e.org/item'}]\n"
            )
        },
        success_url="https://e.org/all",
    )
    assert numbers(page) == [("i", "[1]")]
    assert listed(page) == ["[1] https://e.org/item"]


def test_without_the_option_links_are_links_only(render: Render) -> None:
    page = render({"a": story("`x <https://e.org/1>`__ `[7] <https://e.org/2>`__")}, references=False)
    assert [node.astext() for node in page.findall(nodes.reference)] == ["x", "[7]"]
    assert "References" not in page.astext()


@pytest.mark.parametrize("sections", [True, False])
@pytest.mark.parametrize("is_gone", [True, False])
def test_a_page_without_numbers_has_no_list(sections: bool, is_gone: bool) -> None:
    link = nodes.reference("", "words", refuri="https://e.org/1")
    parts = with_references([nodes.paragraph("", "", link)], parse_interval("2015-W49"), sections=sections)
    page = nodes.section("", *parts)
    assert "References" in page.astext()
    if is_gone:
        # as where the page has a place of its own for what a link would lead to
        link.parent.replace(link, nodes.inline("", "words"))
        number_marked_links([page])
    else:
        remove_lists(page)
    assert page.astext() == "words"
    assert len(page) == 1
