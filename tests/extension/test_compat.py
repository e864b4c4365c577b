"""What we hold of Sphinx's private parts is there, in every version that is tested."""

from __future__ import annotations

import inspect
import logging
from pathlib import Path

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.domains.changeset import ChangeSet, ChangeSetDomain
from sphinx.events import EventManager
from sphinx.ext import autosectionlabel
from sphinx.project import Project as SphinxProject
from sphinx.util.logging import getLogger

from sphinxext.digest.extension import rewrite

from .building import Project


def test_the_list_of_changes() -> None:
    """Its texts and titles are escaped by us: the builder writes them as they are."""
    assert list(inspect.signature(ChangeSetDomain.get_changesets_for).parameters) == ["self", "version"]
    assert {"content", "docname"} <= set(ChangeSet._fields)


def test_listeners_can_be_replaced() -> None:
    """Those that make labels of headings, and that ask git for files that are not there."""
    assert callable(autosectionlabel.register_sections_as_label)
    source = inspect.getsource(EventManager.__init__)
    assert "self.listeners" in source


def test_documents_of_a_project() -> None:
    """Generated pages are among them."""
    project = SphinxProject("", {})
    assert (project._docname_to_path, project._path_to_docname) == ({}, {})


def test_options_that_nobody_knows() -> None:
    """Names that begin as ours and are none of ours are reported."""
    assert Config({"digest_unknown": 1})._raw_config == {"digest_unknown": 1}


def test_templates_of_html() -> None:
    """Links to the source of a generated page are replaced in what they give."""
    assert "self.templates.render(" in inspect.getsource(StandaloneHTMLBuilder.handle_page)


def test_warnings_of_builders() -> None:
    """A page that could not be written is known by them."""
    name = getLogger("sphinx.builders.html").logger.name
    assert name.startswith(rewrite._BUILDERS)
    record = logging.LogRecord(name, logging.WARNING, "", 1, "error writing file x: [Errno 28] full", None, None)
    writes = rewrite.Writes()
    rewrite.FailedWrites(writes).emit(record)
    assert writes.has_failed


def test_labels_of_others_stay(project: Project) -> None:
    """And none are made of our headings."""
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n\nOwn\n---\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    extensions = ["sphinxext.digest", "sphinx.ext.autosectionlabel"]
    build = project.build(extensions=extensions, digest_archives=())
    assert build.warnings == []
    labels = build.env.domaindata["std"]["labels"]
    assert {name for name, (docname, *_rest) in labels.items() if docname.startswith("digests/")} == set()
    assert {"title", "own"} <= labels.keys()
    assert Path(build.outdir, "digests/2015-12-04.html").is_file()
