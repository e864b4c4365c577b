"""What others wrote in a chat, all the way to pages: the same visible text, and nothing else."""

from __future__ import annotations

import json
import re

from docutils import nodes
from sphinx import addnodes

from sphinxext.digest.gather.irc.collector import Collector, LogOptions
from sphinxext.digest.gather.irc.sources import find_sources
from sphinxext.digest.text import visible_text

from .building import Project
from .outputs import parse_page

HOSTILE = [
    ".. raw:: html <script>alert(1)</script>",
    ".. include:: /etc/passwd",
    ":raw-html:`<b>x</b>` :ref:`genindex` :doc:`index` :file:`x`",
    "`link <javascript:alert(1)>`__ and `x`_ and _`target` and [1]_ and [#f]_ and [cite]_",
    "|version| |release| |today| *em* **strong** ``lit`` trailing_ __anon",
    "<script>alert(1)</script> <b onclick='x'>&lt;&amp;</b> ]]> <!-- -->",
    "javascript:alert(1) data:text/html,x file:///etc/passwd vbscript:x",
    "{{ jinja }} {% raw %} ${shell} $(touch x) %s {0}",
    "text::",
    "- a bullet + another * third 1. one a) two",
    "=====",
    ".. _target: https://example.org/",
    ":field: list",
    ">>> 1 + 1",
    "| line block",
    "\x1b[31mred\x1b[0m \x0304,01colour\x03 \x02bold\x0f \x1b]0;title\x07",
    "left\u202eright\u2066iso\u2069 \u200bzero",
    "a\x00b\x01c\x7fd",
    "long " + "x" * 5000 + " " + "y " * 2500,
    "back\\slash \\*x\\* end\\",
    "https://example.org/a_b_(c)*?d=`e`&f=|g| mailto:a@example.org b@example.org",
    "key: value # comment 'quote' \"double\" --- ... &anchor *alias !tag @x %TAG",
    "Grüße \N{PARTY POPPER} \N{WOMAN}\u200d\N{PERSONAL COMPUTER} 日本語 עברית",
]


def collect(project: Project) -> list[str]:
    """Fragments of a log with hostile texts, as a person completed them; the texts as everybody saw them."""
    export = {
        "room_name": "#dev:example.org",
        "messages": [
            {
                "type": "m.room.message",
                "sender": f"@n{number}|*`_:example.org",
                "origin_server_ts": 1_773_500_400_000 + number * 1000,
                "content": {"msgtype": "m.text", "body": f"#success {text}"},
            }
            for number, text in enumerate(HOSTILE)
        ],
    }
    log = project.write("build/export.json", json.dumps(export))
    collector = Collector(LogOptions())
    for source in find_sources(str(log), None, lambda _: True):
        collector.read(source)
    assert collector.problems == []
    for draft in collector.drafts():
        project.fragment(f"{draft.stem}.yaml", draft.text.replace("draft: true\n", "", 1))
    return [
        f"n{number}|*`_: {visible_text(text)}" for number, text in enumerate(HOSTILE) if visible_text(text) != "====="
    ]


def test_pages(project: Project) -> None:
    expected = collect(project)
    project.write("index.rst", "Home\n====\n\n.. digest-collection::\n")
    build = project.build("html", fail_on_warning=True, smartquotes=False)
    assert build.warnings == []
    page = build.outdir / "digests" / "2026-03-20.html"
    (found,) = parse_page(page).xpath("//ul[contains(@class, 'digest-successes')]")
    lines = [" ".join(item.text_content().split()) for item in found.iterchildren("li")][: len(expected)]
    assert [line.removesuffix(" ¶").split(" [")[0] for line in lines] == [line.split(" [")[0] for line in expected]
    assert not parse_page(page).xpath("//script[contains(., 'alert')]|//b[@onclick]")
    links = found.xpath(".//a/@href")
    elsewhere = [link for link in links if not re.fullmatch(r"#.*|people/[\w-]+\.html|successes/index\.html", link)]
    assert all(link.startswith(("https://example.org/", "mailto:")) for link in elsewhere)


def test_doctree(project: Project) -> None:
    """Without references, not even numbers are added."""
    expected = collect(project)
    project.write("index.rst", "Home\n====\n\n.. digest-collection::\n")
    build = project.build("pseudoxml", digest_references=False, smartquotes=False)
    assert build.warnings == []
    doctree = build.env.get_doctree("digests/2026-03-20")
    items = [item.astext() for item in doctree.findall(nodes.list_item)]
    assert items[: len(expected)] == expected
    allowed = {"target", "inline", "reference", "Text", "pending_xref"}
    for item in list(doctree.findall(nodes.list_item))[: len(expected)]:
        assert {node.tagname if isinstance(node, nodes.Element) else "Text" for node in item[0].findall()} - {
            "paragraph"
        } <= allowed
        links = list(item.findall(addnodes.pending_xref))
        assert all(re.fullmatch(r"digests/people/[\w-]+", link["reftarget"]) for link in links)
