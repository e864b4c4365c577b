"""Importing into a project of the tests, and printing its digests as the command does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import Plan, carry_out, make_plan
from sphinxext.digest.settings.project import load_project

NO_OPTIONS = ImportOptions()


def import_files(root: Path, *files: Path, options: ImportOptions = NO_OPTIONS) -> Plan:
    """Import files, named by their names alone, into a project."""
    project, problems = load_project(root)
    assert not problems
    plan = make_plan(project, project.main, [(file, file.name) for file in files], options)
    carry_out(plan, project)
    return plan


def report(root: Path, period: str) -> str:
    """The plain text of a digest in the layout of OpenStack's mails; nothing may be wrong with the project."""
    from sphinxext.digest.cli.report import as_text
    from sphinxext.digest.render.digest import digest_source

    project, problems = load_project(root)
    collection = load_collection(root, replace(project.main, text_layout="openstack"))
    text, found = as_text(digest_source(collection, collection.period(period)))
    assert not [*problems, *collection.problems, *found]
    return text
