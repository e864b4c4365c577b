"""Builds of a project in which all fragments are hostile: nothing but their own digest's page has anything of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from zlib import decompress

import lxml.etree
import lxml.html
import pytest
from extension.building import Build, Project, empty_project

from sphinxext.digest.settings.options import ARCHIVES

from .texts import SECRET, SECRET_FILE, TEXTS, Case

BUILDERS = ("html", "text", "latex", "epub", "digest-mail")
#: What a page of a project may be about, which fragments would like to take over.
HOST = r"""
A project
=========

.. role:: pagehtml(raw)
   :format: html

.. |host word| replace:: the host's word

.. _host label:

A part
------

|release| |host word| :ref:`host label` :eq:`euler` :py:func:`host.open` :term:`host term` :option:`host --host`

.. math:: e = 0
   :label: euler

.. py:module:: host

.. py:function:: open()

.. program:: host
.. option:: --host

.. glossary::

   host term
      A term.

.. index:: entry of the host

Text. [1]_ [#host]_ [Cite]_

.. [1] The first.
.. [#host] The second.
.. [Cite] The third.

.. figure:: /pixel.png
   :name: host figure

   Caption
"""
CONF = """
html_theme_options = {"nosidebar": True}
html_baseurl = "https://example.org/"
html_copy_source = False
nitpicky = False
math_number_all = False

def setup(app):
    def role(name, rawtext, text, lineno, inliner, options=None, content=None):
        raise AssertionError("an extension's role was run")

    role.__module__ = "sphinx_runs.role"
    app.add_role("runs", role)
"""
#: What a digest's page may be made of.
ALLOWED_TAGS = frozenset(
    """
    a abbr aside blockquote br caption cite code col colgroup dd details div dl dt em figcaption figure h1 h2 h3 h4
    h5 h6 hr img kbd li link nav ol p pre section span strong sub summary sup table tbody td th thead tr tt ul
    """.split()  # noqa: SIM905 - words read better than quoted strings
)
#: Commands of TeX as they would stand in a file if a fragment could write them.
EVIL_TEX = re.compile(
    r"\\(?:input|write18|immediate|href\{(?:javascript|data|file)|csname|catcode(?!`)|def\\x)(?![a-zA-Z])"
)

#: What the keys say that are no reStructuredText, and the titles.
EVIL = r"<script>alert(1)</script> \\(\\href{javascript:alert(1)}{x}\\) \\input{/etc/passwd}"
TITLE = EVIL.replace("\\", "\\\\")
FIELDS = f"""\
date: 2015-12-01
prelude: '{TITLE}'
successes:
  - {{nick: '{EVIL}', text: '{TITLE}', channel: '{EVIL}'}}
threads:
  - {{title: '{TITLE}', summary: '{TITLE}', url: 'https://example.org/<script>'}}
  - {{title: '{TITLE}', summary: '{TITLE}', url: "https://example.org/'onload='alert(1)"}}
items:
  - {{group: '{TITLE}', text: '{TITLE}', url: 'https://example.org/}}\\input{{/etc/passwd}}'}}
stories:
  - {{title: '{TITLE}', author: '{EVIL}', group: '{TITLE}', text: '{TITLE}'}}
countdown:
  - {{series: 'x', week: R-1, focus: '{TITLE}', dates: '{TITLE}'}}
"""
URL_FIELDS = {
    "successes": "text: x",
    "threads": "title: x",
    "items": "group: x, text: x",
    "stories": "text: x",
    "countdown": "series: x, focus: x",
}

Hostile = Callable[[str], Build]


def _project(folder: Path, texts: list[Case]) -> Project:
    project = empty_project(folder / "src", CONF)
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    project.write("index.rst", "Index\n=====\n\n.. toctree::\n\n   host\n   digests/index\n")
    project.write("host.rst", HOST)
    project.write("picture.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><script>{SECRET}</script></svg>")
    (project.folder / "pixel.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    if texts is TEXTS:
        project.fragment("fields-fff", FIELDS)
    for number, case in enumerate(texts, 1):
        text = case.text.replace(SECRET_FILE, str(folder / "secret.txt"))
        body = "".join(f"      {line}\n" if line else "\n" for line in text.split("\n"))
        head = f"date: 2015-12-01\nstories:\n  - title: {case.name}\n    text: |\n"
        project.fragment(f"{case.name}-{number:x}", head + body)
    return project


def _builds(project: Project) -> Hostile:
    builds: dict[str, Build] = {}

    def build(builder: str) -> Build:
        if builder not in builds:
            builds[builder] = project.build(builder)
        return builds[builder]

    return build


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Builds the project with all hostile fragments, once with each builder."""
    return _builds(_project(tmp_path_factory.mktemp("hostile"), TEXTS))


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Builds the same project with a fragment that is not hostile."""
    return _builds(_project(tmp_path_factory.mktemp("peaceful"), [Case("peace", "Nothing.", "")]))


def test_names_are_told_apart() -> None:
    assert len({case.name for case in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_a_text_is_refused_with_a_problem_or_shown_as_text(case: Case, hostile: Hostile) -> None:
    number = TEXTS.index(case) + 1
    for builder in BUILDERS:
        name = f"/{case.name}-{number:0>16x}.yaml:"
        found = [line for line in hostile(builder).warnings if name in line and "[digest." in line]
        codes = {line.rpartition("[digest.")[2].rstrip("]") for line in found}
        # what is refused may leave names behind that nothing explains
        assert codes - {"rst"} == {case.code} - {"", "rst"}, (builder, found)
        assert ("rst" in codes) <= bool(case.code), (builder, found)
        assert case.code != "rst" or codes, builder
    text = " ".join(hostile("text").text("digests/2015-12-04.txt").split())
    assert case.shown in text


def test_values_are_text(hostile: Hostile) -> None:
    """The first URL has characters that no URL has, which is the only problem."""
    for builder in BUILDERS:
        found = [line for line in hostile(builder).warnings if "/fields-" in line]
        assert [line.rpartition("[")[2] for line in found] == ["digest.bad-url]"], (builder, found)
    text = " ".join(hostile("text").text("digests/2015-12-04.txt").split())
    assert text.count("<script>alert(1)</script>") > 8


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_no_url_of_a_note_leads_elsewhere(scheme: str, tmp_path: Path) -> None:
    project = _project(tmp_path, [])
    notes = "".join(f"{name}:\n  - {{{start}, url: '{scheme}'}}\n" for name, start in URL_FIELDS.items())
    project.fragment("urls-1", f"date: 2015-12-01\n{notes}")
    build = project.build("text")
    assert [line.rpartition("[")[2] for line in build.warnings] == ["digest.bad-url]"] * len(URL_FIELDS)


@pytest.mark.parametrize("builder", BUILDERS)
def test_nothing_of_the_machine_is_published(builder: str, hostile: Hostile) -> None:
    outputs = [file for file in hostile(builder).outdir.rglob("*") if file.is_file()]
    assert outputs
    for file in outputs:
        # the picture may be copied as a file, but not become a part of a page
        if file.name not in ("picture.svg",):
            assert SECRET.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("builder", ["html", "epub"])
def test_the_page_has_no_script_and_no_link_elsewhere(builder: str, hostile: Hostile, peaceful: Hostile) -> None:
    suffix = "html" if builder == "html" else "xhtml"
    page = hostile(builder).text(f"digests/2015-12-04.{suffix}")
    if builder == "epub":
        lxml.etree.fromstring(page.encode())
    document = lxml.html.fromstring(page.encode())
    calm = lxml.html.fromstring(peaceful(builder).text(f"digests/2015-12-04.{suffix}").encode())
    assert _head(document) == _head(calm)
    body = document.xpath("//section[@id='december-4']|//div[@class='body']")[0]
    assert {element.tag for element in body.iter() if isinstance(element.tag, str)} <= ALLOWED_TAGS
    for element in body.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (name, value)
            assert name != "style" or "url" not in value, value
            if name in ("href", "src"):
                assert re.match(r"(?:https?|mailto):|(?![a-zA-Z][a-zA-Z0-9+.-]*:)", value.strip()), value


def _head(document: lxml.html.HtmlElement) -> list[str]:
    head = document.xpath("//head")[0]
    # where MathJax is needed Sphinx loads it; no formula is left for the fragment without one
    elements = [element for element in head if element.get("rel") not in ("next", "prev")]
    for element in elements:
        # what the page is about is told there, as text: nothing else may come with it
        if "description" in (element.get("name"), (element.get("property") or "").removeprefix("og:")):
            assert element.attrib.pop("content")
        elif element.get("type") == "application/ld+json":
            data = json.loads(element.text)
            assert not re.search("[<>&]", element.text)
            assert data.pop("description")
            element.text = json.dumps(data)
    texts = [lxml.html.tostring(element).decode().strip() for element in elements]
    return [text for text in texts if "mathjax" not in text]


def test_no_words_of_the_page_are_typeset(hostile: Hostile) -> None:
    """MathJax looks at all text but that of some tags, and of elements of its classes."""
    page = lxml.html.fromstring(hostile("html").text("digests/2015-12-04.html").encode())
    body = page.xpath("//div[@class='body']")[0]
    words = body.xpath(".//text()[contains(., '\\')]")
    assert len(words) > 10
    seen = 0
    for text in words:
        around = [text.getparent(), *text.getparent().iterancestors()]
        if any(element.tag in ("pre", "code") for element in around):
            continue
        classes = around[0].get("class", "").split()
        if "math" in classes:
            assert "href" not in text
            continue
        seen += 1
        assert {"mathjax_ignore", "tex2jax_ignore"} <= set(classes), text
    assert seen


def test_tex_has_no_command_of_a_fragment(hostile: Hostile) -> None:
    text = hostile("latex").text("test.tex")
    begin = text.index(r"\begin{document}")
    assert not EVIL_TEX.search(text, begin)
    assert text.count(r"\end{document}", begin) == 1
    assert text.count(r"\begin{sphinxVerbatim}") == text.count(r"\end{sphinxVerbatim}")


@pytest.mark.parametrize("builder", ["html", "text"])
def test_the_pages_of_the_project_are_what_they_were(builder: str, hostile: Hostile, peaceful: Hostile) -> None:
    for page in ("host", "genindex", "py-modindex") if builder == "html" else ("host",):
        name = f"{page}.{'html' if builder == 'html' else 'txt'}"
        texts = [build(builder).text(name) for build in (hostile, peaceful)]
        assert texts[0] == texts[1], page
    assert [line for line in hostile(builder).warnings if "host.rst" in line or "index.rst" in line] == []


def test_nothing_is_registered_but_the_digest(hostile: Hostile, peaceful: Hostile) -> None:
    found = []
    for build in (hostile, peaceful):
        inventory = (build("html").outdir / "objects.inv").read_bytes().split(b"\n", 4)[4]
        lines = decompress(inventory).decode().splitlines()
        # which archives there are depends on who told something, as their names are in the inventory of digests
        archives = re.compile(rf"digests/({'|'.join(ARCHIVES)})/[a-z0-9._-]+ std:doc ")
        found.append([line for line in lines if " digest:" not in line and not archives.match(line)])
    assert found[0] == found[1]


def test_the_list_of_changes_has_text(tmp_path: Path) -> None:
    """The builder of Sphinx writes what directives say of a version, and the titles of their pages, as HTML."""
    bad = "<script>alert(1)</script>"
    project = _project(tmp_path, [])
    names = ("versionadded", "versionchanged", "deprecated", "versionremoved")
    for number, name in enumerate(names, 1):
        text = f"      .. {name}:: 1.0\n\n         {name} {bad} & *more*\n"
        # a thread of two digests has a page, which is called by its title
        again = "    continues: '0000000000000001'\n" if number == 2 else ""
        head = f"date: 201{number}-12-01\nthreads:\n  - title: Title {bad}\n{again}    summary: |\n"
        project.fragment(f"changes-{number}", head + text)
    changes = project.build("changes").text("changes.html")
    assert "<script" not in changes
    for name in names:
        assert f"{name} &lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in changes
    titles = re.findall("<h4>(.*?)<span", changes)
    assert [title for title in titles if "&lt;script&gt;alert(1)&lt;/script&gt;" in title], titles


def test_options_loosen_it(tmp_path: Path) -> None:
    names = {"raw-html", "role-of-an-extension", "only", "formula-id"}
    project = _project(tmp_path, [case for case in TEXTS if case.name in names])
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text().replace('raise AssertionError("an extension\'s role was run")', "return [], []"))
    loosened = project.build(
        digest_fragment_raw=True, digest_fragment_roles=["runs"], digest_fragment_directives=["only"]
    )
    assert loosened.warnings == []
    assert "<script>alert(1)</script>" in loosened.text("digests/2015-12-04.html")
    assert len(project.build(output="again").warnings) == len(names)


def test_pictures_of_the_web_can_be_refused(tmp_path: Path) -> None:
    source = ".. image:: https://example.org/pixel.png"
    project = _project(tmp_path, [Case("pixel", source, "")])
    assert 'src="https://example.org/pixel.png"' in project.build().text("digests/2015-12-04.html")
    refused = project.build("html", digest_fragment_remote_images=False)
    assert ["is on the web" in line for line in refused.warnings] == [True]
    assert 'src="https:' not in refused.text("digests/2015-12-04.html")
