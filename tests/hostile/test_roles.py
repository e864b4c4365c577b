"""The roles and directives of a build with all of Sphinx's own extensions: only those that were read one by one."""

from __future__ import annotations

import pkgutil
import sys
import time

import lxml.html
import pytest
import sphinx.ext
from extension.building import Build, Project, empty_project

#: Sphinx's extensions; the first few cannot be loaded with the others, or need more than is installed.
EXTENSIONS = [
    f"sphinx.ext.{module.name}"
    for module in pkgutil.iter_modules(sphinx.ext.__path__)
    if module.name not in ("imgmath", "jsmath", "mathjax") and not module.name.startswith("_")
]
#: A module that tells if it was imported.
TRAP = "a_module_that_no_build_imports"
CONF = f"""
import sys
from pathlib import Path
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.roles import XRefRole

sys.path.insert(0, str(Path(__file__).parent))
extensions += {EXTENSIONS}
extlinks = {{"bug": ("https://bugs.example.org/%s", "bug %s")}}
intersphinx_mapping = {{}}
linkcode_resolve = lambda domain, info: None
autosummary_generate = False

class Run(Directive):
    has_content = True

    def run(self):
        raise SystemExit("a directive of an extension was run")

def run(name, rawtext, text, lineno, inliner, options=None, content=None):
    raise SystemExit("a role of an extension was run")

# an extension may say what it likes of itself
run.__module__ = "sphinx.roles"
Run.__module__ = "sphinx.domains"

class Other(Domain):
    name = "other"
    roles = {{"run": run, "ref": XRefRole()}}

class Node(nodes.inline):
    pass

def visit(self, node):
    raise SystemExit("a node of an extension was visited")

def setup(app):
    app.add_domain(Other)
    app.add_role_to_domain("py", "run", run)
    app.add_role("kbd", run, override=True)
    app.add_role("run", run)
    app.add_node(Node, html=(visit, visit), text=(visit, visit))
    app.add_generic_role("generic", Node)
    app.add_directive("tip", Run, override=True)
    app.add_object_type("setting", "setting")
"""
PAGE = """\
Page
====

.. role:: get(download)
.. role:: fetch(get)
.. role:: link(autolink)
.. role:: html(raw)
   :format: html
.. role:: markup(html)
.. role:: loud(strong)
.. role:: code-of-c(cpp:expr)
.. default-role:: autolink

.. digest:: latest
   :sections: stories
"""
#: Of each role, what a fragment says and whether it may.
ROLES = {
    # what runs, reads or copies
    f":autolink:`{TRAP}`": False,
    f":AutoLink:`{TRAP}`": False,
    f":link:`{TRAP}`": False,
    f"`{TRAP}`": False,
    ":download:`conf.py`": False,
    ":get:`conf.py`": False,
    ":fetch:`conf.py`": False,
    ":html:`<b>`": False,
    ":markup:`<b>`": False,
    ":run:`x`": False,
    ":kbd:`x`": False,
    ":py:run:`x`": False,
    ":other:run:`x`": False,
    ":other:ref:`x`": False,
    ":generic:`x`": False,
    ":external:py:run:`x`": False,
    ":external+a:other:run:`x`": False,
    ":external+a:get:`conf.py`": False,
    # what makes markup, words and links
    ":loud:`x`": True,
    ":abbr:`HTML (language)`": True,
    ":bug:`7`": True,
    ":command:`x`": True,
    ":dfn:`x`": True,
    ":doc:`index`": True,
    ":envvar:`X`": True,
    ":file:`x{y}`": True,
    ":guilabel:`&x`": True,
    ":index:`x`": True,
    ":mailheader:`x`": True,
    ":manpage:`x(1)`": True,
    ":math:`x`": True,
    ":menuselection:`x --> y`": True,
    ":option:`x`": True,
    ":pep:`8`": True,
    ":rfc:`1`": True,
    ":samp:`x{y}`": True,
    ":setting:`x`": True,
    ":sub:`x`": True,
    ":term:`x`": True,
    ":token:`x`": True,
    ":c:func:`x`": True,
    ":c:expr:`a + b`": True,
    ":cpp:class:`std::vector<std::pair<int, int>>`": True,
    ":cpp:func:`f(int)`": True,
    ":js:func:`x`": True,
    ":py:func:`x`": True,
    ":py:class:`~x.y`": True,
    ":rst:dir:`x`": True,
    ":digest:thread:`x`": True,
}

Built = tuple[Project, Build]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Builds a page on which a fragment has each of the roles, and a directive that an extension replaced."""
    project = empty_project(tmp_path_factory.mktemp("roles") / "src", CONF)
    project.write(f"{TRAP}.py", "raise SystemExit('a module was imported')\n")
    project.write("index.rst", "Index\n=====\n\n.. toctree::\n\n   page\n")
    project.write("page.rst", PAGE)
    lines = "".join(f"      {role}\n\n" for role in ROLES)
    text = f"{lines}      .. tip:: words of a tip\n"
    project.fragment("roles-1", f"date: 2015-12-01\nstories:\n  - title: T\n    text: |\n{text}")
    return project, project.build(nitpicky=False)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_allowed_by_what_it_is(role: str, build: Built) -> None:
    line = 5 + 2 * list(ROLES).index(role)
    refused = [text for text in build[1].warnings if f"yaml:{line}:7:" in text and "rst-forbidden" in text]
    assert len(refused) == (not ROLES[role]), (refused, build[1].warnings)


def test_a_directive_of_an_extension_takes_no_place_of_a_harmless_one(build: Built) -> None:
    line = 5 + 2 * len(ROLES)
    assert any(f"yaml:{line}:7:" in text and '"tip" may not' in text for text in build[1].warnings)
    assert "words of a tip" in lxml.html.fromstring(build[1].text("page.html")).text_content()


def test_nothing_is_copied_or_imported(build: Built) -> None:
    _, done = build
    assert not (done.outdir / "_downloads").exists()
    assert TRAP not in sys.modules
    assert done.text("page.html").count(f'<span class="pre">{TRAP}</span></code>') == 4


@pytest.mark.parametrize("role", ["external:cpp:expr", "external+a:cpp:class", "code-of-c"])
def test_no_way_to_a_parser_of_c_goes_round_its_limits(role: str, build: Built) -> None:
    project, _ = build
    text = "f(a<" * 20
    (project.fragments / "roles-0000000000000001.yaml").unlink(missing_ok=True)
    project.fragment("parsed-2", f"date: 2015-12-01\nstories: [':{role}:`{text}`']\n")
    start = time.process_time()
    done = project.build(output="parsed", nitpicky=False)
    assert time.process_time() - start < 20
    assert any("too many brackets" in line for line in done.warnings)
