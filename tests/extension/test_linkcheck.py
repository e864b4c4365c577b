"""The builder ``linkcheck`` and others name fragments and their lines, not the sources of generated pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from web_server import WebServer

from .building import Project

INDEX = "Title\n=====\n\nA `page <{0}page>`__.\n\n.. toctree::\n\n   digests/index\n   own\n"
FRAGMENT = """\
---
date: 2026-11-10
prelude: "Hello `prelude <{0}prelude>`__."
successes:
  - nick: wren
    text: |
      One.

      Two `success <{0}success>`__.
    channel: nests
    url: {0}log
threads:
  - title: "See `title <{0}title>`__"
    summary: |
      * one

        * a `deep <{0}deep>`_ one

      .. note::

         In a {0}note

      .. image:: {0}picture.png
    url: {0}thread
items:
  - {{text: "An item", url: "{0}item"}}
  - >-
    Folded
    to `folded
    <{0}folded>`__
countdown:
  - {{series: heron, week: R-3, focus: "Focus {0}focus", url: "{0}countdown"}}
stories:
  - title: Story
    text: "{0}story and\\
      \\x20{0}sto\\
      ry2"
    url: {0}full
"""


def lines_of(text: str, url: str) -> dict[str, int]:
    """The lines of the addresses in a text, by their last parts."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        for name in re.findall(rf"{re.escape(url)}([a-z0-9.]+)", line):
            found[name] = number
    return found


def test_links_are_found_in_fragments(project: Project, server: WebServer) -> None:
    url = server.url + "/"
    project.write("index.rst", INDEX.format(url))
    project.write("own.rst", "Own\n===\n\nHere.\n\n.. digest:: 2026-11-10\n")
    fragment = FRAGMENT.format(url)
    project.fragment("one-1", fragment)
    project.write("releasenotes/digest.yaml", f"references: true\n\nsuccess_url: {url}all\n")
    build = project.build("linkcheck", linkcheck_timeout=20)
    records = [json.loads(line) for line in build.text("output.json").splitlines()]
    found = {
        record["uri"].removeprefix(url): (record["filename"], record["lineno"])
        for record in records
        if record["uri"].startswith(url)
    }
    name = "releasenotes/digests/one-0000000000000001.yaml"
    expected = {key: (name, line) for key, line in lines_of(fragment, url).items() if key != "sto"}
    # written in pieces: the line where the text begins
    expected["story2"] = (name, lines_of(fragment, url)["story"])
    expected |= {"page": ("index.rst", 4), "all": ("releasenotes/digest.yaml", 3)}
    assert found == expected
    assert {record["status"] for record in records if record["uri"] in {url + key for key in expected}} == {"broken"}
    output = build.text("output.txt")
    # Sphinx warns of broken links only if it says nothing else
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "linkcheck", ".", "build/quiet"]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
    warnings = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr).replace(str(project.folder), "<src>").splitlines()
    for key, (path, line) in expected.items():
        assert f"{path}:{line}: [broken] {url}{key}: " in output
        start = f"<src>/{path}:{line}: WARNING: broken link: {url}{key} ("
        assert [text for text in warnings if text.startswith(start)]


def test_other_messages_name_fragments(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    texts = ":ref:`nowhere`", ":doc:`nowhere`", ":py:class:`Nothing`", ":term:`nothing`"
    lines = "".join(f"      * {text}\n\n" for text in texts)
    project.fragment("one-1", f"date: 2026-11-10\nthreads:\n  - title: One\n    summary: |\n{lines}")
    for builder in ("dummy", "html", "text"):
        warnings = project.build(builder, output=f"{builder}-nitpicks", doctrees=f"{builder}-nitpicks").warnings
        places = {line.partition(": WARNING")[0] for line in warnings}
        name = "<src>/releasenotes/digests/one-0000000000000001.yaml"
        assert places == {f"{name}:{line}" for line in (5, 7, 9, 11)}
