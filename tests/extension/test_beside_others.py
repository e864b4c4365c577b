"""Beside other extensions that projects have: nothing of theirs is broken, and nothing of ours."""

from __future__ import annotations

import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
import sphinx.ext
from lxml import html

from .building import Build, Project, copy_root
from .outputs import broken_links, parse_page
from .release_histories import Notes, only_page, simple, stable_branch

OURS, RENOS, OPENSTACKS = "sphinxext.digest", "reno.sphinxext", "openstackdocstheme"
SCHEDULE = """\
series: heron
title: Heron
start: 2015-11-23
release: 2015-12-02
milestones:
  - {title: Freeze, id: freeze, week: R-1}
"""
#: Each in all places that matter: before ours and behind it.
ORDERS = [(OURS, RENOS), (RENOS, OURS), (OPENSTACKS, RENOS, OURS), (OURS, RENOS, OPENSTACKS), (OPENSTACKS, OURS)]


def needed(*names: str) -> None:
    """Skip the test where one of these modules is not installed, or fail where everything has to be tested."""
    for name in names:
        try:
            __import__(name)
        except ImportError:
            message = f"{name} is not installed (see the extra 'test')"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def body_of(build: Build, page: str = "index") -> str:
    """The part of a page that is not the theme's."""
    (body,) = parse_page(build.outdir / f"{page}.html").xpath("//div[@role='main']")
    return html.tostring(body, encoding="unicode")


# reno's own directive


@pytest.mark.parametrize("extensions", ORDERS, ids="-".join)
def test_release_notes_are_ours_in_any_order(notes: Notes, site: Project, extensions: tuple[str, ...]) -> None:
    needed(*extensions)
    stable_branch(notes)
    # reno takes every value for true
    notes.commit_note("candidate-7", "fixes:\n  - Of a candidate.\n", "3.0.0.0rc1", "3.0.0")
    options = "   :branch: stable/beta\n   :stop-at-branch-base: false\n"
    alone = body_of(only_page(notes, site, options))
    assert "Before the branch" in alone
    build = only_page(notes, site, options, extensions)
    assert build.warnings == []
    assert body_of(build) == alone


@pytest.mark.parametrize("extensions", ORDERS[2:], ids="-".join)
def test_a_project_of_openstack(notes: Notes, extensions: tuple[str, ...]) -> None:
    needed(*extensions)
    stable_branch(notes)
    folder = notes.root / "releasenotes" / "source"
    site = Project(folder)
    site.write("../../setup.cfg", "[metadata]\nname = gannet\nsummary = Birds\n")
    site.write(
        "conf.py",
        f"extensions = {[*extensions]!r}\n"
        'html_theme = "openstackdocs"\n'
        'openstackdocs_repo_name = "openstack/gannet"\n'
        "openstackdocs_auto_name = True\n"
        "openstackdocs_auto_version = False\n"
        'openstackdocs_bug_project = "gannet"\n'
        'openstackdocs_bug_tag = ""\n'
        'copyright = "2015, OpenStack Developers"\n',
    )
    site.write("index.rst", "Gannet\n======\n\n.. toctree::\n\n   unreleased\n   alpha\n   digests/index\n")
    site.write("unreleased.rst", "Current\n=======\n\n.. release-notes::\n")
    site.write("alpha.rst", "Alpha\n=====\n\n.. release-notes::\n   :branch: stable/alpha\n")
    site.write("../digest.yaml", "week_start: saturday\n")
    site.write("../digests/wins-0000000000000001.yaml", "date: 2015-12-01\nsuccesses: [won]\n")
    notes.commit_all()
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "-n",
        "--keep-going",
        "-b",
        "html",
        folder,
        notes.root / "out",
    ]
    done = subprocess.run(command, cwd=notes.root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    out = notes.root / "out"
    assert "On the branch." in (out / "alpha.html").read_text()
    digest = parse_page(out / "digests" / "2015-12-04.html").text_content()
    assert "won" in digest
    assert "gannet" in digest


# other projects' and Sphinx's extensions

#: What their users have in conf.py.
CONF = """
extlinks = {"bug": ("https://e.org/%s", "bug %s")}
todo_include_todos = True
html_baseurl = "https://e.org/"
html_theme = "alabaster"
ogp_site_url = "https://e.org/"
ogp_social_cards = {"enable": False}
"""
COMMITTER = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
EXTENSIONS = [
    *("sphinx.ext.autodoc", "sphinx.ext.duration", "sphinx.ext.extlinks", "sphinx.ext.githubpages"),
    *("sphinx.ext.graphviz", "sphinx.ext.ifconfig", "sphinx.ext.intersphinx", "sphinx.ext.mathjax"),
    *("sphinx.ext.todo", "sphinx.ext.viewcode", "sphinx_copybutton", "sphinx_design", "notfound.extension"),
    *("sphinx_sitemap", "sphinxext.opengraph"),
]


def add_conf(site: Project, text: str) -> None:
    """Add to the configuration of a project."""
    site.write("conf.py", f"{(site.folder / 'conf.py').read_text()}\n{text}\n")


@pytest.mark.parametrize(
    ("extensions", "parallel"), [([*EXTENSIONS, OURS], 1), ([OURS, *EXTENSIONS], 2)], ids=["before", "behind"]
)
def test_all_together(tmp_path: Path, extensions: list[str], parallel: int) -> None:
    needed(*extensions)
    site = copy_root("kinds", tmp_path / "src")
    add_conf(site, f"{CONF}\nextensions = {extensions!r}")
    site.write(
        "other.rst",
        ":orphan:\n\nOther\n=====\n\n.. ifconfig:: True\n\n   .. successbot:: 2015-W49\n\n.. todo:: Words.\n\n"
        ".. todolist::\n\n:bug:`1`\n",
    )
    build = site.build(parallel=parallel, fail_on_warning=True)
    assert build.warnings == []
    # the page for what is not found has links for any folder, which begin with that of Read the Docs
    (build.outdir / "404.html").unlink()
    assert list(broken_links(build.outdir)) == []
    # all pages are in the map of the site, those that are made too
    found = set(re.findall("<loc>(.*?)</loc>", build.text("sitemap.xml")))
    assert {f"https://e.org/en/1.0/{name}.html" for name in build.env.found_docs} <= found
    page = parse_page(build.outdir / "digests" / "2015-12-04.html")
    for name in ("@property='og:description'", "@name='description'"):
        assert page.xpath(f"//meta[{name}]/@content") == ["Welcome reader, prelude speaks first."]


def test_digests_have_their_last_day_in_the_map_of_the_site(tmp_path: Path) -> None:
    needed("sphinx_sitemap", "sphinx_last_updated_by_git")
    site = copy_root("kinds", tmp_path / "src")
    extensions = ["sphinx_sitemap", "sphinx_last_updated_by_git", OURS]
    dates = "sitemap_show_lastmod = True\ngit_last_updated_timezone = 'UTC'"
    add_conf(site, f"{CONF}\nextensions = {extensions!r}\n{dates}")
    for command in (["init", "--quiet"], ["add", "--all"], [*COMMITTER, "commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", "-C", str(tmp_path / "src"), *command], check=True)
    build = site.build(fail_on_warning=True)

    entries = re.findall(r"<loc>https://e.org/en/1.0/(.*?).html</loc><lastmod>(.*?)T", build.text("sitemap.xml"))
    assert dict(entries)["digests/2015-12-04"] == "2015-12-04"
    # other pages have the day of their last change
    assert dict(entries)["index"] == f"{datetime.now(UTC):%Y-%m-%d}"


def extensions_of_sphinx() -> list[str]:
    """All that come with this version of Sphinx."""
    names = [f"sphinx.ext.{module.name}" for module in pkgutil.iter_modules(sphinx.ext.__path__)]
    # the module apidoc was no extension before Sphinx 8.2
    return [name for name in names if hasattr(import_module(name), "setup")]


#: What all of them have to do in one project.
MODULE = '"""Birds."""\n\ndef fly(height):\n    """Fly.\n\n    >>> fly(1)\n    1\n    """\n    return height\n'
MODULE_PAGE = """\
Gannets
=======

.. autosummary::
   :toctree: generated

   gannets.fly

.. automodule:: gannets

.. todo:: Words.

.. ifconfig:: True

   .. successbot:: 2015-W49

:math:`a^2`
"""
MODULE_CONF = """
import os, sys
sys.path.insert(0, os.path.dirname(__file__))
math_number_all = True
html_math_renderer = "mathjax"
mathjax_path = "mathjax.js"
autosummary_generate = True
coverage_show_missing_items = True

def linkcode_resolve(domain, info):
    return "https://code.example/" + info["module"]
"""


def site_with_modules(folder: Path, extensions: Sequence[str]) -> Project:
    """A project with pages of a Python module beside its digests."""
    site = copy_root("kinds", folder)
    add_conf(site, f"{CONF}{MODULE_CONF}\nextensions = {[*extensions]!r}\nnitpicky = False")
    site.write("gannets.py", MODULE)
    site.write("gannets.rst", MODULE_PAGE)
    site.write("index.rst", (site.folder / "index.rst").read_text() + "   gannets\n")
    return site


@pytest.fixture
def forgets_modules() -> Iterator[None]:
    """The modules that a build imports from a folder of its own are those of no other build."""
    path = sys.path.copy()
    yield
    sys.modules.pop("gannets", None)
    sys.path[:] = path


@pytest.mark.usefixtures("forgets_modules")
@pytest.mark.parametrize(
    ("builder", "is_first"),
    [("html", True), ("html", False), ("text", True), ("gettext", True), ("coverage", True)],
)
def test_again_with_all_extensions_of_sphinx(tmp_path: Path, builder: str, is_first: bool) -> None:
    """Some look for the files of the documents of the last build, before those of this one are known."""
    others = extensions_of_sphinx()
    site = site_with_modules(tmp_path / "src", [OURS, *others] if is_first else [*others, OURS])
    site.age()
    for _ in range(2):
        build = site.build(builder, fail_on_warning=True)
        assert (build.warnings, build.status) == ([], 0)
    assert [docname for docname in build.read if docname.startswith("digests/")] == []
    site.fragment("wins-2", "date: 2015-12-01\nsuccesses: [Gannets learned to dive]\n")
    build = site.build(builder, fail_on_warning=True)
    assert build.warnings == []
    assert "digests/2015-12-04" in build.read
    if builder == "html":
        assert "Gannets learned to dive" in build.text("digests/2015-12-04.html")
        assert "generated/gannets.fly" in build.env.found_docs


def test_inside_grids_cards_tabs_and_dropdowns(tmp_path: Path) -> None:
    needed("sphinx_design")
    site = copy_root("kinds", tmp_path / "src")
    add_conf(site, "extensions.append('sphinx_design')\nhtml_theme = 'basic'")
    inner = [".. successbot:: 2015-W49", ".. thread-summary:: quagga", ".. countdown:: mitaka R-17"]
    grid, tabs = ".. grid:: 2\n\n   .. grid-item-card:: Card", ".. tab-set::\n\n   .. tab-item:: Tab"
    outer = [grid, ".. dropdown:: More", tabs]
    parts = []
    for around in outer:
        indent = "      " if "\n" in around else "   "
        parts += [around, "", *(f"{indent}{line}\n" for line in inner)]
    site.write("other.rst", ":orphan:\n\nOther\n=====\n\n" + "\n".join(parts))
    build = site.build(fail_on_warning=True)
    assert build.warnings == []
    page = parse_page(build.outdir / "other.html")
    for name in ("sd-card-body", "sd-summary-content", "sd-tab-content"):
        # a dropdown has the classes of a card as well
        box = page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")[0]
        assert "published!" in box.text_content()
        # no section may stand there
        assert box.xpath(".//section") == []
        assert len(box.xpath(".//p[contains(@class, 'rubric')]")) >= 2
    assert [line for line in broken_links(build.outdir) if line.startswith("other")] == []


@pytest.mark.parametrize("page", ["", "Digests\n=======\n\n.. digest-collection::\n"], ids=["generated", "written"])
def test_a_table_of_contents_in_a_file(tmp_path: Path, page: str) -> None:
    """The toctree of a list of digests is none that sphinx-external-toc warns of."""
    needed("sphinx_external_toc")
    site = copy_root("kinds", tmp_path / "src")
    add_conf(site, "extensions.append('sphinx_external_toc')\nhtml_theme = 'alabaster'")
    site.write("_toc.yml", "root: index\nentries:\n  - file: digests/index\n  - file: other\n")
    site.write("index.rst", "Title\n=====\n")
    if page:
        site.write("digests/index.rst", page)
    # in a process of its own: this extension replaces parts of Sphinx
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "--keep-going", "-b", "html", ".", "out"]
    for _ in range(2):
        done = subprocess.run(command, cwd=site.folder, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    (sidebar,) = parse_page(site.folder / "out" / "digests" / "2015-12.html").xpath("//*[@class='sphinxsidebar']")
    links = [link.removesuffix(".html") for link in sidebar.xpath(".//a/@href")]
    assert links[0].endswith("index") and "2015-12-04" in links


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize("first", [True, False])
def test_headings_make_no_labels(notes: Notes, site: Project, prefix: bool, first: bool) -> None:
    stable_branch(notes)
    notes.commit_note("more-8", "features:\n  - One.\nfixes:\n  - Two.\n", "4.0.0")
    for day in ("2015-12-01", "2015-12-08"):
        text = f"date: {day}\nsuccesses: [won]\nthreads: [{{title: Same, summary: 'See `this <https://e.org>`__.'}}]\n"
        site.fragment(f"day-{day[-2:]}", text)
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n   alpha\n   plain\n   digests/index\n")
    label = "plain:One of Mine" if prefix else "One of Mine"
    site.write(
        "plain.rst",
        f"Plain\n=====\n\nOne of Mine\n-----------\n\n:ref:`{label}`\n\nSame\n----\n\n.. thread-summary:: day\n\n"
        ".. digest:: 2015-12-01/2015-12-01\n",
    )
    site.write("other.rst", ":orphan:\n\nOther\n=====\n\n.. digest:: 2015-12-08/2015-12-08\n")
    name = "sphinx.ext.autosectionlabel"
    extensions = [name, OURS] if first else [OURS, name]
    build = site.build(extensions=extensions, autosectionlabel_prefix_document=prefix)
    # a slug that two fragments have is nobody's mistake here
    assert [line for line in build.warnings if "label" in line] == []
    assert 'href="#one-of-mine"' in build.text("plain.html")


def test_a_heading_of_the_project_still_collides(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\nSame\n----\n\nWords.\n\nSame\n----\n\n.. successbot:: 2015-W49\n")
    project.fragment("wins-1", "date: 2015-12-01\nsuccesses: [won]\n")
    warnings = project.build(extensions=["sphinx.ext.autosectionlabel", OURS]).warnings
    assert [line for line in warnings if "duplicate label" in line] != []


# other projects


def test_other_projects_refer_to_ours_and_ours_to_theirs(site: Project, notes: Notes, tmp_path: Path) -> None:
    simple(notes)
    site.write("heron.yaml", SCHEDULE)
    site.fragment("locks-1", "date: 2015-12-01\nthreads: [Locks]\nsuccesses: [won]\n")
    site.fragment(
        "week-2",
        "date: 2015-12-02\ncountdown:\n"
        "  - {series: heron, week: R-1, focus: 'See :ref:`other:place` and :doc:`other:index`.'}\n",
    )
    site.write("alpha.rst", "Alpha\n=====\n\n.. release-schedule:: heron\n")
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n   alpha\n   plain\n   digests/index\n")
    other = Project(tmp_path / "other")
    other.write("conf.py", 'project = "Other"\nextensions = ["sphinx.ext.intersphinx"]\nnitpicky = True\n')
    other.write("index.rst", "Other\n=====\n\n.. _place:\n\nPlace\n-----\n\nWords.\n")
    theirs = other.build(fail_on_warning=True)
    add_conf(
        site,
        'extensions.append("sphinx.ext.intersphinx")\ndigest_schedules = ["heron.yaml"]\n'
        f'intersphinx_mapping = {{"other": ("https://other.example/", {str(theirs.outdir / "objects.inv")!r})}}\n',
    )
    ours = site.build(fail_on_warning=True)
    assert ours.warnings == []
    text = ours.text("digests/2015-12-04.html")
    assert 'href="https://other.example/index.html#place"' in text
    names = {
        *("issue:2015-12-04", "digest:2015-12-04", "thread:locks", "thread:0000000000000001", "success:locks"),
        *("countdown:heron-R-1", "milestone:heron-freeze", "milestone:heron", "release:1.0.0"),
    }
    roles = [f":external+ours:digest:{name.replace(':', ':`', 1)}`" for name in sorted(names)]
    # one without the name of the project, as it has no such thread itself
    roles.append(":digest:thread:`locks`")
    other.write("index.rst", "Other\n=====\n\n.. _place:\n\nPlace\n-----\n\n" + "\n\n".join(roles) + "\n")
    add_conf(
        other,
        # the roles are known where the extension is; a project may have it without a digest of its own
        f'extensions.append("sphinxext.digest")\ndigest_automatic = False\n'
        f'intersphinx_mapping = {{"ours": ("https://ours.example/", {str(ours.outdir / "objects.inv")!r})}}\n',
    )
    build = other.build(fail_on_warning=True)
    assert build.warnings == []
    links = parse_page(build.outdir / "index.html").xpath("//a[starts-with(@href, 'https://ours.example/')]/@href")
    assert len(links) == len(roles)
    for link in links:
        path, _, anchor = link.removeprefix("https://ours.example/").partition("#")
        assert anchor in parse_page(ours.outdir / path).xpath("//@id")


def test_link_roles_of_the_project_and_of_the_settings(project: Project) -> None:
    """In a build extlinks wins; feeds of topics, which are made without Sphinx, know both."""
    conf = "extensions += ['sphinx.ext.extlinks']\nextlinks = {'bug': ('https://host.example.org/%s', 'host %s'), "
    add_conf(project, conf + "'advisory': ('https://cve.example.org/%s', None)}")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.write(
        "releasenotes/digest.yaml",
        "base_url: https://docs.example.org/\nfeeds: [{name: all, title: All, kinds: [item]}]\n"
        "link_roles: {bug: https://own.example.org/%s, review: [https://own.example.org/r/%s, 'review %s']}\n",
    )
    project.fragment("one-1", "date: 2026-11-10\nitems: [':bug:`1`, :review:`2`, :advisory:`3`']\n")
    build = project.build()
    assert build.warnings == []
    expected = {
        ("https://host.example.org/1", "host 1"),
        ("https://own.example.org/r/2", "review 2"),
        ("https://cve.example.org/3", "https://cve.example.org/3"),
    }
    page = parse_page(build.outdir / "digests/2026-11-13.html")
    found = {
        (link.get("href"), link.text_content()) for link in page.xpath("//ul[contains(@class, 'digest-items')]//a")
    }
    assert {link for link in found if link[0].startswith("https:")} == expected
    feed = build.text("digests/all.json")
    for url, words in expected:
        assert f'<a href=\\"{url}\\">{words}</a>' in feed.replace("\\u003c", "<").replace("\\u003e", ">")
    # a change of the settings is a change of the pages
    project.write("releasenotes/digest.yaml", "link_roles: {review: https://new.example.org/%s}\n")
    assert "https://new.example.org/2" in project.build().text("digests/2026-11-13.html")
