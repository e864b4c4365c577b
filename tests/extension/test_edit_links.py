"""Links of themes to the source of a page, and the day on which it was last updated, on generated pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxext.digest.extension.html.head import edit_url, with_edit_links

from .building import CONF, Build, Project
from .release_histories import Notes
from .test_beside_others import needed

HTML = "https://github.com/wren/nests"
FURO = {"source_repository": HTML, "source_branch": "main", "source_directory": "doc/"}
#: What each theme makes its links of, and how it names a file.
THEMES = {
    "furo": ({"html_theme_options": FURO}, "edit"),
    "pydata_sphinx_theme": ({"html_theme_options": {"use_edit_page_button": True}}, "edit"),
    "sphinx_rtd_theme": ({}, "blob"),
    "openstackdocs": ({}, ""),
}
CONTEXT = {
    "github_user": "wren", "github_repo": "nests", "github_version": "main", "doc_path": "doc",
    "display_github": True, "conf_py_path": "/doc/",
}  # fmt: skip


def make_site(folder: Path, conf: str = "") -> Project:
    """A project whose documentation is in a folder of it, with digests of one and of two fragments."""
    project = Project(folder)
    site = Project(folder / "doc")
    site.write("conf.py", CONF + conf)
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2026-11-10\nsuccesses: ['wren: one', 'two']\n")
    project.fragment("two-2", "date: 2026-11-17\nsuccesses: ['wren: three']\n")
    project.fragment("three-3", "date: 2026-11-18\nitems: [four]\n")
    return site


def build_alone(site: Project) -> Build:
    """A build in a process of its own: some themes change what others use."""
    outdir = site.folder / "build/html"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(site.folder), str(outdir)]
    subprocess.run(command, check=True, capture_output=True)
    return Build(outdir, None, 0, [], [], None)  # type: ignore[arg-type] # nobody asks for its environment


def links_to_sources(build: Build, page: str) -> set[str]:
    """The addresses of files and folders of the repository on a page."""
    html = build.text(f"{page}.html")
    assert ".digest" not in re.sub(r"_sources/[^\"]*|SOURCE_FILE: \S*", "", html)
    return set(re.findall(rf'href="({HTML}/[^"]*)"', html))


@pytest.mark.parametrize("theme", THEMES)
def test_links_lead_to_fragments(tmp_path: Path, theme: str) -> None:
    options, mode = THEMES[theme]
    extension = "openstackdocstheme" if theme == "openstackdocs" else theme
    needed(extension)
    conf = f"html_theme = {theme!r}\nhtml_context = {CONTEXT!r}\nopenstackdocs_auto_name = False\n"
    conf += "openstackdocs_repo_name = 'openstack/nests'\nopenstackdocs_bug_project = 'nests'\n"
    conf += f"globals().update({options!r})\n"
    if theme == "openstackdocs":
        conf += f"extensions += [{extension!r}]\n"
    build = build_alone(make_site(tmp_path / "src", conf))
    fragments = f"{HTML}/tree/main/releasenotes/digests"
    for page in ("digests/2026-11-20", "digests/people/wren", "digests/index", "digests/2026", "digests/people/index"):
        found = links_to_sources(build, page)
        assert found == ({fragments} if mode else set()), page
        if not mode:
            assert 'var sourceFile = "../releasenotes/digests";' in build.text(f"{page}.html")
    one = "releasenotes/digests/one-0000000000000001.yaml"
    page = build.text("digests/2026-11-13.html")
    if mode:
        assert f"{HTML}/{mode}/main/{one}" in links_to_sources(build, "digests/2026-11-13")
        assert f"{HTML}/{mode}/main/doc/index.rst" in links_to_sources(build, "index")
    else:
        assert f'var sourceFile = "../{one}";' in page
        assert 'var sourceFile = "index" + ".rst";' in build.text("index.html")


HOSTS = [
    ("https://github.com/u/r/edit/main/doc/{}", "https://github.com/u/r/{}/main/{}", "edit", "tree", ""),
    ("https://github.com/u/r/blob/m/doc/{}?plain=1", "https://github.com/u/r/{}/m/{}", "blob", "tree", "?plain=1"),
    ("https://gitlab.com/g/h/r/-/edit/v1/doc/{}", "https://gitlab.com/g/h/r/-/{}/v1/{}", "edit", "tree", ""),
    ("https://codeberg.org/u/r/_edit/main/doc/{}", "https://codeberg.org/u/r/{}/main/{}", "_edit", "src/branch", ""),
    ("https://opendev.org/o/r/src/branch/m/doc/{}", "https://opendev.org/o/r/{}/branch/m/{}", "src", "src", ""),
    ("https://bitbucket.org/u/r/src/m/doc/{}?mode=edit&at=m", "https://bitbucket.org/u/r/{}/m/{}", "src", "src",
     "?mode=edit&at=m"),
    ("https://ghe.example.org/u/doc/raw/main/doc/{}", "https://ghe.example.org/u/doc/{}/main/{}", "raw", "tree", ""),
]  # fmt: skip


@pytest.mark.parametrize(("template", "expected", "file", "folder", "rest"), HOSTS)
@pytest.mark.parametrize("name", ["digests/2026-11-13", "för/x y"])
def test_hosts(template: str, expected: str, file: str, folder: str, rest: str, name: str) -> None:
    url = template.format(f"{name}.digest")
    fragment = "../releasenotes/digests/a-1.yaml"
    assert edit_url(url, name, fragment, False) == expected.format(file, "releasenotes/digests/a-1.yaml") + rest
    assert edit_url(url, name, "../releasenotes/digests", True) == expected.format(folder, "releasenotes/digests")
    html = f'<p><a class="x" href="{url.replace("&", "&amp;")}" rel="edit"><b>Edit</b></a> <a href="y">z</a></p>'
    new = (expected.format(file, "releasenotes/digests/a-1.yaml") + rest).replace("&", "&amp;")
    if " " not in name:
        assert with_edit_links(html, name, fragment, False) == html.replace(url.replace("&", "&amp;"), new)
        assert with_edit_links(html, name, "", True) == '<p> <a href="y">z</a></p>'


@pytest.mark.parametrize(
    ("url", "source", "is_folder"),
    [
        ("https://example.org/?path=/docs/a.digest", "../fragments", True),
        ("https://example.org/a.digest", "../../../x", True),
        ("https://github.com/u/r/edit/main/a.digest", "", False),
    ],
)
def test_what_nobody_knows_is_no_link(url: str, source: str, is_folder: bool) -> None:
    assert edit_url(url, "a", source, is_folder) is None


def test_a_path_in_a_query() -> None:
    url = "https://dev.example.org/u/_git/r?version=main&path=/docs/digests/a.digest&x=1"
    expected = "https://dev.example.org/u/_git/r?version=main&path=/notes/b.yaml&x=1"
    assert edit_url(url, "digests/a", "../notes/b.yaml", False) == expected


def test_other_addresses_stay() -> None:
    html = '<a href="../_sources/a.digest.txt">x</a> <a href="https://e.org/b.digest">y</a> https://e.org/a.digests'
    assert with_edit_links(html, "a", "../x.yaml", False) == html


def test_the_days_of_openstackdocstheme(notes: Notes, tmp_path: Path) -> None:
    needed("openstackdocstheme")
    for extensions in (["sphinxext.digest", "openstackdocstheme"], ["openstackdocstheme", "sphinxext.digest"]):
        folder = tmp_path / extensions[0]
        conf = f"extensions = {extensions!r}\nhtml_theme = 'openstackdocs'\nopenstackdocs_auto_name = False\n"
        site = make_site(folder, conf)
        outside = tmp_path / "outside"
        outside.mkdir(exist_ok=True)
        for place in (folder, outside):
            command = [sys.executable, "-m", "sphinx", "-b", "html", str(site.folder), str(folder / "out"), "-E", "-a"]
            environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
            done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True)
            said = [line for line in (done.stdout + done.stderr).splitlines() if "last_updated" in line]
            assert [line for line in said if "'index'" not in line] == []
            assert "outside repository" not in done.stderr
        for page in ("digests/2026-11-20", "digests/index", "digest-notes"):
            assert "last updated: 2026-11-18 00:00:00" in (folder / f"out/{page}.html").read_text()
        assert "last updated: 2026-11-10 00:00:00" in (folder / "out/digests/2026-11-13.html").read_text()


def test_the_days_of_sphinx_last_updated_by_git(tmp_path: Path) -> None:
    needed("sphinx_last_updated_by_git", "furo")
    site = make_site(tmp_path / "src", "extensions += ['sphinx_last_updated_by_git']\nhtml_theme = 'furo'\n")
    build = site.build(html_theme_options=FURO, suppress_warnings=["git.subprocess_error"])
    assert build.warnings == []
    assert "Last updated on Nov 18, 2026" in build.text("digests/2026-11-20.html")
    assert "Last updated on Nov 10, 2026" in build.text("digests/2026-11-13.html")
    assert f"{HTML}/edit/main/releasenotes/digests/one-0000000000000001.yaml" in links_to_sources(
        build, "digests/2026-11-13"
    )
