"""Pages in Markdown, by MyST: what they show is what pages in reStructuredText show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scenarios import pseudo_xml

from .building import Build, Project, empty_project
from .release_histories import Notes, all_sections, simple

pytest.importorskip("myst_parser")

MARKDOWN = """
extensions.append("myst_parser")
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["build", "releasenotes"]
"""


def release_notes(project: Project, *, markdown: bool, builder: str) -> Build:
    """A build of a page with release notes between other sections."""
    name = "markdown" if markdown else "rst"
    (project.folder / "index.rst").unlink(missing_ok=True)
    (project.folder / "index.md").unlink(missing_ok=True)
    if markdown:
        project.write("index.md", "# Title\n\n## News\n\n```{release-notes} All *news*\n```\n\n## After\n\nWords.\n")
    else:
        project.write(
            "index.rst", "Title\n=====\n\nNews\n----\n\n.. release-notes:: All *news*\n\nAfter\n-----\n\nWords.\n"
        )
    suffix = {".md": "markdown"} if markdown else {".rst": "restructuredtext"}
    return project.build(
        builder,
        output=name + builder,
        doctrees=f"{name}-doctrees",
        extensions=["sphinxext.digest", "myst_parser"],
        source_suffix=suffix,
        exclude_patterns=["build", "current.rst", "alpha.rst", "plain.rst"],
    )


@pytest.mark.parametrize(
    ("builder", "file"), [("text", "index.txt"), ("pseudoxml", "index.pseudoxml"), ("latex", "test.tex")]
)
def test_release_notes_are_the_same(notes: Notes, site: Project, builder: str, file: str) -> None:
    all_sections(notes)
    texts = []
    for markdown in (True, False):
        build = release_notes(site, markdown=markdown, builder=builder)
        assert build.warnings == []
        text = pseudo_xml(build.text(file)) if builder == "pseudoxml" else build.text(file)
        texts.append(text.replace("index.md", "index.rst"))
    assert "quotes" in texts[0]
    assert texts[0].splitlines() == texts[1].splitlines()


def test_a_problem_of_a_release_note_is_at_its_line(notes: Notes, site: Project) -> None:
    notes.commit_note(
        "bad-1", "prelude: Words.\nfixes:\n  - Sound.\n  - |\n    Words.\n\n    * ``one\n    * :ref:`gone`\n"
    )
    place = "<src>/releasenotes/notes/bad-0000000000000001.yaml"
    assert release_notes(site, markdown=True, builder="text").warnings == [
        f"{place}:7: WARNING: Inline literal start-string without end-string. [docutils]",
        f"{place}:8: WARNING: undefined label: 'gone' [ref.ref]",
    ]


def test_versions_in_markdown_can_be_referred_to(notes: Notes, site: Project) -> None:
    simple(notes)
    site.write("page.md", "---\norphan: true\n---\n# Page\n\n{digest:release}`1.0.0`\n")
    build = release_notes(site, markdown=True, builder="html")
    assert build.warnings == []
    assert build.text("page.html").count('href="index.html#all-news-1-0-0"') == 1


TWO_WEEKS = "2015-11-28/2015-12-11"
#: A page that has a digest of its own, so that none is made for any other days.
PLACES = {
    "colons": f":::{{digest}} {TWO_WEEKS}\n:::\n",
    "options": f"```{{digest}} {TWO_WEEKS}\n:sections: threads\n```\n",
    "yaml": f"```{{digest}} {TWO_WEEKS}\n---\nsections: threads\n---\n```\n",
    "in a note": f"````{{note}}\nWords.\n\n```{{digest}} {TWO_WEEKS}\n```\n````\n",
    "in colons": f"::::{{note}}\n:::{{digest}} {TWO_WEEKS}\n:::\n::::\n",
    "reStructuredText": f"```{{eval-rst}}\n.. digest:: {TWO_WEEKS}\n```\n",
    "after code": f"```python\ncode\n```\n\n```{{digest}} {TWO_WEEKS}\n```\n",
}
NO_PLACES = {
    "code": f"```\n.. digest:: {TWO_WEEKS}\n```\n",
    "code of MyST": f"````{{code-block}} markdown\n```{{digest}} {TWO_WEEKS}\n```\n````\n",
    "code in a note": f"````{{note}}\n```rst\n.. digest:: {TWO_WEEKS}\n```\n````\n",
}


@pytest.fixture
def markdown(tmp_path: Path) -> Project:
    """A project that knows no page but those in Markdown, with two threads."""
    project = empty_project(tmp_path / "src", MARKDOWN)
    project.fragment("first-1", "date: 2015-12-01\nthreads: [{title: One, summary: '*One* ``1``'}]\n")
    project.fragment("second-2", "date: 2015-12-08\nthreads: [{title: Two, summary: '*Two* ``2``'}]\n")
    project.write("index.md", "# Title\n\n```{toctree}\ndigests/index\n```\n")
    return project


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_a_page_has_a_digest_of_its_own(markdown: Project, text: str) -> None:
    markdown.write("digests/2015-12-11.md", f"# Two weeks\n\n{text}")
    build = markdown.build("text", fail_on_warning=True)
    assert build.warnings == []
    assert {name for name in build.env.found_docs if name.count("-") == 2} == {"digests/2015-12-11"}
    page = build.text("digests/2015-12-11.txt")
    assert '*One* "1"' in page
    assert '*Two* "2"' in page


@pytest.mark.parametrize("text", NO_PLACES.values(), ids=NO_PLACES)
def test_an_example_is_no_digest(markdown: Project, text: str) -> None:
    markdown.write("example.md", f"---\norphan: true\n---\n# Example\n\n{text}")
    build = markdown.build("text", fail_on_warning=True)
    assert build.warnings == []
    assert {name for name in build.env.found_docs if name.count("-") == 2} == {
        "digests/2015-12-04",
        "digests/2015-12-11",
    }


def test_a_digest_of_another_collection_by_yaml_options(markdown: Project) -> None:
    markdown.write(
        "digest.md",
        f"---\norphan: true\n---\n# Two weeks\n\n```{{digest}} {TWO_WEEKS}\n---\nfragments: other\n---\n```\n",
    )
    markdown.write("other/third-0000000000000003.yaml", "date: 2015-12-01\nthreads: [Three]\n")
    build = markdown.build("text", exclude_patterns=["build"])
    assert build.warnings == []
    assert "Three" in build.text("digest.txt")
    assert {name for name in build.env.found_docs if name.count("-") == 2} == {
        "digests/2015-12-04",
        "digests/2015-12-11",
    }


@pytest.mark.parametrize(
    "suffixes",
    [
        {"source_suffix": ".md"},
        {"source_suffix": [".md"]},
        {"source_suffix": {".md": "markdown"}},
        {"source_suffix": {".md": "markdown", ".rst": "markdown"}},
        {"source_suffix": {".md": "markdown", ".txt": "restructuredtext"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("builder", ["html", "text", "latex"])
def test_made_pages_need_no_suffix_of_the_project(markdown: Project, suffixes: dict[str, Any], builder: str) -> None:
    # a name and a list say only that there is such a suffix: the parser comes with the extension
    conf = (markdown.folder / "conf.py").read_text().replace('source_suffix = {".md": "markdown"}', "")
    markdown.write("conf.py", conf + f"source_suffix = {suffixes['source_suffix']!r}\n")
    build = markdown.build(builder, fail_on_warning=True)
    assert build.warnings == []
    assert {
        "index",
        "digests/index",
        "digests/2015",
        "digests/2015-12-04",
        "digests/2015-12-11",
    } < build.env.found_docs
    if builder == "text":
        assert '*One* "1"' in build.text("digests/2015-12-04.txt")


def test_what_the_body_of_a_thread_is(markdown: Project) -> None:
    markdown.write(
        "index.md",
        "# Title\n\n```{toctree}\ndigests/index\n```\n\n"
        "````{thread-summary} Written *here*\n---\nurl: https://e.org/here\nstate: done\n---\n"
        "With **[a link](https://e.org/)**:\n\n- [One](digests/index)\n\n"
        "```{note}\nSee {digest:thread}`first`.\n```\n````\n",
    )
    build = markdown.build("text", fail_on_warning=True)
    assert build.warnings == []
    assert build.text("index.txt").endswith(
        "Written *here* [Decided]\n========================\n\nWith **a link**:\n\n* One\n\nNote:\n\n  See *One*.\n\n"
        "* Full thread: https://e.org/here\n"
    )


def test_a_problem_is_at_its_line_of_the_fragment(markdown: Project) -> None:
    markdown.fragment(
        "third-3", "date: 2015-12-15\nthreads:\n  - title: Three\n    summary: |\n      Words\n\n      *open\n"
    )
    markdown.write(
        "page.md", "---\norphan: true\n---\n# Page\n\n```{thread-summary} third\n```\n\n{digest:thread}`gone`\n"
    )
    file = "<src>/releasenotes/digests/third-0000000000000003.yaml"
    assert markdown.build("text", digest_automatic=False).warnings[1:] == [
        f"{file}:7:7: WARNING: Inline emphasis start-string without end-string. [digest.rst]",
        "<src>/page.md:9: WARNING: digest:thread reference target not found: gone [ref.thread]",
    ]
