"""Real builds of small projects, inside this process."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sphinx.locale
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

ROOTS = Path(__file__).parent / "roots"

#: The builders whose outputs differ in kind, and our own.
BUILDERS = (
    "html",
    "dirhtml",
    "singlehtml",
    "text",
    "latex",
    "man",
    "texinfo",
    "epub",
    "gettext",
    "xml",
    "digest-mail",
)

CONF = """\
project = "Test"
author = "Somebody"
copyright = "2015, Somebody"
version = release = "1.0"
extensions = ["sphinxext.digest"]
html_theme = "basic"
nitpicky = True
show_warning_types = True
digest_week_start = "saturday"
"""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: How a fragment is named in short: ``slug-5`` is the file ``slug-0000000000000005.yaml``.
_SHORT_NAME = re.compile(r"(?P<slug>.*)-(?P<number>[0-9a-f]{1,15})")


@dataclass
class Build:
    """What a build made: its outputs, its warnings, and the documents that were read, in order; ``app`` is at its end.

    In the warnings the project's folder is ``<src>``.
    """

    outdir: Path
    env: BuildEnvironment
    status: int
    warnings: list[str]
    read: list[str]
    app: Sphinx

    def text(self, name: str) -> str:
        """The text of an output file."""
        return (self.outdir / name).read_text(encoding="utf-8")


@dataclass
class Project:
    """A project in a folder of its own, which can be changed between builds."""

    folder: Path
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def fragments(self) -> Path:
        return self.folder / "releasenotes" / "digests"

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def fragment(self, name: str, text: str) -> Path:
        """Write a fragment; its name may be short, as in ``slug-5``."""
        return self.write(f"releasenotes/digests/{file_name(name)}", text)

    def age(self, seconds: int = 60) -> None:
        """Make all files of the project look old, so that their times tell that they did not change."""
        now = time.time()
        for file in self.folder.rglob("*"):
            if file.is_file() and "build" not in file.relative_to(self.folder).parts[:1]:
                status = file.stat()
                if status.st_mtime > now - seconds:
                    os.utime(file, (now - seconds, now - seconds))

    def listing(self) -> dict[str, int]:
        """The files and folders of the project except for outputs, with the times of the files."""
        return {
            str(path.relative_to(self.folder)): path.stat().st_mtime_ns if path.is_file() else 0
            for path in self.folder.rglob("*")
            if path.relative_to(self.folder).parts[0] != "build"
        }

    def build(
        self,
        builder: str = "html",
        *,
        fail_on_warning: bool = False,
        parallel: int = 1,
        output: str = "",
        doctrees: str = "",
        files: Sequence[str] = (),
        **overrides: Any,
    ) -> Build:
        """Build the project, or only some ``files``; further keywords are values over those of ``conf.py``."""
        outdir = self.folder / "build" / (output or builder)
        doctreedir = self.folder / "build" / (doctrees or f"doctrees-{builder}")
        status, warning = StringIO(), StringIO()
        read: list[str] = []
        # Sphinx keeps translators as long as the process runs, also for builds in English
        sphinx.locale.translators.clear()
        with patch_docutils(self.folder), docutils_namespace():
            app = Sphinx(
                self.folder,
                self.folder,
                outdir,
                doctreedir,
                builder,
                {**self.overrides, **overrides},
                status,
                warning,
                warningiserror=fail_on_warning,
                keep_going=True,
                parallel=parallel,
            )
            app.connect("env-before-read-docs", lambda _app, _env, docnames: read.extend(docnames))
            app.build(filenames=[self.folder / name for name in files])
        lines = _COLOUR.sub("", warning.getvalue()).replace(str(self.folder), "<src>").splitlines()
        return Build(outdir, app.env, app.statuscode, lines, read, app)


def file_name(name: str) -> str:
    """The name of a fragment's file."""
    if name.endswith((".yaml", ".yml")):
        return name
    match = _SHORT_NAME.fullmatch(name)
    assert match is not None, name
    return f"{match['slug']}-{match['number']:0>16}.yaml"


def copy_root(name: str, folder: Path) -> Project:
    """A copy of one of the small projects in the folder ``roots``."""
    shutil.copytree(ROOTS / f"test-{name}", folder)
    return Project(folder)


def empty_project(folder: Path, conf: str = "") -> Project:
    """A project without fragments and pages.

    :param conf: is added to its ``conf.py``.
    """
    project = Project(folder)
    project.write("conf.py", f"{CONF}{conf}")
    project.fragments.mkdir(parents=True)
    return project
