"""What a ``conf.py`` makes known is found without running it; the lists are those of Sphinx and its extensions."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils.parsers.rst import directives, roles
from docutils.parsers.rst.languages import en

from sphinxext.digest.doctree.known_names import DOMAINS, EXTENSIONS, KnownNames, known_names

OWN = 'extensions = ["reno.sphinxext"]\n'


def names(folder: Path, conf: str, place: str = "releasenotes/source") -> KnownNames:
    path = folder / place / "conf.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(conf)
    return known_names(folder)


def test_sphinx(tmp_path: Path) -> None:
    found = names(tmp_path, OWN)
    assert found.is_complete
    assert all(map(found.has_directive, ("toctree", "versionadded", "py:function", "release-notes", "function")))
    assert all(map(found.has_role, ("ref", "py:class", "class", "c:func", "external:ref", "external+python:class")))
    assert not any(map(found.has_directive, ("graphviz", "todo", "versionaded", "c:class")))
    assert not any(map(found.has_role, ("clas", "py:clas", "bug", "struct", "external:rf")))
    assert found.near("clas", directive=False) == "class"
    assert found.near("Notee", directive=True) == "note"
    assert found.near("frobnicate", directive=True) == ""


@pytest.mark.parametrize(
    "conf",
    [
        'extensions = ["reno.sphinxext", "sphinx.ext.todo"]\n',
        OWN + 'extensions += ["sphinx.ext.todo"]\n',
        OWN + 'extensions.append("sphinx.ext.todo")\n',
        OWN + "try:\n    extensions.extend(['sphinx.ext.todo'])\nexcept NameError:\n    pass\n",
        OWN + 'extensions = extensions + ["sphinx.ext.todo"]\n',
        OWN + 'extensions = [*extensions, "sphinx.ext.todo"]\n',
        OWN + "def setup(app):\n    app.setup_extension('sphinx.ext.todo')\n",
        OWN + "def setup(app):\n    app.add_directive('todo', object)\n",
    ],
)
def test_where_extensions_are_named(tmp_path: Path, conf: str) -> None:
    found = names(tmp_path, conf)
    assert found.has_directive("todo")
    assert not found.has_directive("graphviz")


@pytest.mark.parametrize(
    "conf",
    [
        'extensions = ["reno.sphinxext", "somebody.elses"]\n',
        OWN + "extensions += more()\n",
        OWN + "extensions.append(name)\n",
        OWN + "from base import *\n",
        OWN + "def setup(app):\n    app.add_domain(Domain)\n",
        OWN + "def setup(app):\n    app.add_role(name, role)\n",
        OWN + "extlinks = links()\n",
    ],
)
def test_what_may_bring_any_name(tmp_path: Path, conf: str) -> None:
    found = names(tmp_path, conf)
    assert not found.is_complete
    assert found.has_role("anything")


def test_names_of_the_project(tmp_path: Path) -> None:
    found = names(
        tmp_path,
        'extensions = ["reno.sphinxext", "sphinx.ext.extlinks", "oslo_config.sphinxext"]\n'
        'extlinks = {"bug": ("https://bugs.example.org/%s", "bug %s")}\n'
        'rst_prolog = """\n.. role:: red\n.. |product| replace:: Gannet\n"""\n'
        'rst_epilog = ".. _home: https://example.org\\n.. _`two words`: https://example.org\\n"\n',
    )
    assert all(map(found.has_role, ("bug", "red", "oslo.config:option")))
    assert not found.has_role("oslo:option")
    assert all(map(found.defines, ("product", "Home", "two words", "version", "today")))
    assert not found.defines("other")


def test_texts_for_all_pages_that_are_computed(tmp_path: Path) -> None:
    assert names(tmp_path, OWN + "rst_epilog = read()\n").defines("anything")


@pytest.mark.parametrize("place", ["doc/source", "docs", "."])
def test_where_it_is(tmp_path: Path, place: str) -> None:
    found = names(tmp_path, 'extensions = ["sphinxext.digest", "sphinx.ext.graphviz"]\n', place)
    assert found.has_directive("graphviz")
    assert not found.has_directive("todo")


@pytest.mark.parametrize("conf", ["", "extensions = ['sphinx.ext.todo']\n", "extensions = [\n"])
def test_no_documentation_with_release_notes(tmp_path: Path, conf: str) -> None:
    found = names(tmp_path, conf)
    assert found.is_complete
    assert all(map(found.has_directive, ("todo", "graphviz", "show-policy")))
    assert not found.has_directive("frobnicate")


def test_the_lists_are_complete(tmp_path: Path) -> None:
    """Sphinx may leave out a name of ours, since its versions differ, but has none that is not listed."""
    application, docutils = pytest.importorskip("sphinx.application"), pytest.importorskip("sphinx.util.docutils")
    (tmp_path / "conf.py").write_text("")
    found = known_names(tmp_path)
    # what other tests know is not changed
    with docutils.docutils_namespace():
        out, trees = tmp_path / "out", tmp_path / "trees"
        app = application.Sphinx(tmp_path, tmp_path, out, trees, "dummy", status=None, warning=None)
        for name in EXTENSIONS:
            if name.startswith("sphinx.ext.") and name != "sphinx.ext.jsmath":
                app.setup_extension(name)
        of_sphinx = {one for one, made in directives._directives.items() if made.__module__.startswith("sphinx.")}
        own = {one for one, role in roles._roles.items() if getattr(role, "__module__", "").startswith("sphinx.")}
    for name in DOMAINS:
        domain = app.env.domains[name]
        assert all(found.has_directive(f"{name}:{one}") for one in domain.directives), name
        assert all(found.has_role(f"{name}:{one}") for one in domain.roles), name
    assert {one for one in of_sphinx if not found.has_directive(one)} <= set(en.directives)
    assert {one for one in own if not found.has_role(one)} <= set(en.roles)
