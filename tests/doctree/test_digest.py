"""The nodes of a whole digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from docutils import nodes

Render = Callable[..., nodes.section]

EVERYTHING = {
    "all": r"""
date: 2015-12-02
prelude: Hello.
successes: ["a: won"]
items: [{group: Specs, text: Close}, Alone]
countdown: [{series: mitaka, week: R-17, focus: Focus}]
threads: [{title: A *thread*, summary: "Summary [#]_\n\n.. [#] Foot", state: done}]
stories: [{title: A story, text: Prose}, {group: News, title: One, text: First}, {group: News, text: Second}]
""",
    "more": r"""
date: 2015-12-03
threads: [{title: Another, summary: "Other [#]_\n\n.. [#] Foot"}]
stories: [{group: Specs, title: Explained, text: Why}, Bare prose]
items: [{group: Specs, text: Closer}]
""",
}


def outline(node: nodes.Element, depth: int = 0) -> list[str]:
    """Return the titles of sections and rubrics, indented by their level."""
    lines = []
    for child in node.children:
        if isinstance(child, nodes.section):
            lines += ["  " * depth + child[0].astext(), *outline(child, depth + 1)]
        elif isinstance(child, nodes.rubric):
            lines.append("  " * depth + f"({child.astext()})")
        elif isinstance(child, nodes.Element):
            lines += outline(child, depth)
    return lines


def test_sections_come_in_the_order_of_the_settings(render: Render) -> None:
    assert outline(render(EVERYTHING)) == [
        "Successes",
        "Specs",
        "  Explained",
        "In Brief",
        "Release Countdown For Week R-17, Nov 30 – Dec 4",
        "A thread",
        "Another",
        "A story",
        "News",
        "  One",
    ]


def test_where_sections_cannot_stand_there_are_rubrics(render: Render) -> None:
    with_sections, without = render(EVERYTHING), render(EVERYTHING, rubrics=True)
    assert [line.strip() for line in outline(with_sections)] == [line.strip("()") for line in outline(without)]
    assert not list(without.findall(lambda node: isinstance(node, nodes.section) and node is not without))
    assert with_sections.astext() == without.astext()


def test_the_order_can_be_another(render: Render) -> None:
    page = render(EVERYTHING, sections=["stories", "successes"], groups=["News", "Nothing"])
    assert outline(page) == ["News", "  One", "Nothing", "A story", "Specs", "  Explained", "Successes"]
    assert "None this week." in page.astext()
    assert "A thread" not in page.astext()


def test_the_beginning_stands_before_the_first_section(render: Render) -> None:
    page = render(EVERYTHING)
    assert page[0].tagname == "container"
    assert page[0].astext() == "Hello."
    assert page[1].tagname == "section"


def test_identifiers_are_unique(render: Render) -> None:
    page = render(EVERYTHING)
    identifiers = Counter(name for node in page.findall(nodes.Element) for name in node["ids"])
    assert [name for name, count in identifiers.items() if count > 1] == []
    assert {"thread-0000000000000001", "thread-0000000000000002", "success-0000000000000001"} <= identifiers.keys()


def test_every_note_has_its_anchor(render: Render) -> None:
    page = render(EVERYTHING)
    identifiers = {name for node in page.findall(nodes.Element) for name in node["ids"]}
    first, second = f"{1:016x}", f"{2:016x}"
    assert identifiers >= {
        *(f"{kind}-{first}" for kind in ("success", "item", "item", "countdown", "thread", "story")),
        *(f"{kind}-{second}" for kind in ("item", "thread", "story")),
        *(f"{kind}-{first}-2" for kind in ("item", "story")),
        f"story-{first}-3",
        f"story-{second}-2",
    }


def test_footnotes_of_two_notes_stay_apart(render: Render) -> None:
    page = render(EVERYTHING)
    footnotes = {node["ids"][0]: node for node in page.findall(nodes.footnote)}
    links = [node["refid"] for node in page.findall(nodes.footnote_reference)]
    assert links == list(footnotes)
    assert len(footnotes) == 2
    for node in page.findall(nodes.footnote_reference):
        assert footnotes[node["refid"]]["backrefs"] == node["ids"]
