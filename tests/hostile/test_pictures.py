"""Pictures of fragments: no build publishes a file that is no picture, or that is not there to be published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from extension.building import Build, Project, empty_project

from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.settings.options import Settings

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SVG = b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>\n"
SECRET = b"password = 'do-not-publish'\n"
#: The files of the project; what is no picture, or not public, is secret.
FILES = {
    **dict.fromkeys(("img/a.png", "img/a.b.PNG", "logo.apng", "any/one.png", "digests/beside.png"), PNG),
    "any/one.pdf": b"%PDF-1.5\n",
    "any/two.png": PNG,
    "img/drawn.svg": SVG,
    "img/photo.jpg": b"\xff\xd8\xff\xe0" + bytes(9),
    "img/film.gif": b"GIF89a" + bytes(9),
    "img/a.de.png": PNG,
    **dict.fromkeys(
        (
            *("conf.txt", ".env", ".env.png", ".git/config", ".git/config.png", "a/.b/c.png", "any/two.py", "key.pem"),
            *(
                "drafts/plan.png",
                "drafts/deep/plan.png",
                "img/hidden-plan.png",
                "text.png",
                "page.svg",
                "img/false.jpg",
            ),
            *("any/four.sh", "dump.pdf", "img/noend", "img/x.png.txt", "img/translated.de.png"),
        ),
        SECRET,
    ),
    "img/translated.png": PNG,
}
#: Whether a path may be shown.
PATHS = {
    "/img/a.png": True,
    "img/a.png": False,  # from the folder of the digests
    "beside.png": True,
    "/img/a.b.PNG": True,
    "/img/photo.jpg": True,
    "/img/film.gif": True,
    "/img/drawn.svg": True,
    "/any/one.*": True,
    "/inside.png": True,
    "/conf.py": False,
    "conf.py": False,
    "/conf.py/": False,
    "/./conf.py": False,
    "/conf.txt": False,
    "/.env": False,
    "/./.env": False,
    "/.env.png": False,
    "/.git/config": False,
    "/.git/config.png": False,
    "/a/.b/c.png": False,
    "/any/two.*": False,
    "/any/four.*": False,
    "/conf.*": False,
    "/an*/one.*": False,
    "/any/[o]ne.*": False,
    "/any/*.*": False,
    "/drafts/plan.png": False,
    "/drafts/deep/plan.png": False,
    "/img/hidden-plan.png": False,
    "/text.png": False,
    "/page.svg": False,
    "/img/false.jpg": False,
    "/img/noend": False,
    "/img/x.png.txt": False,
    "/key.pem": False,
    "/dump.pdf": False,
    "/outside.png": False,
    "/folder-outside/secret.png": False,
    "/alias.png": False,
    "/pipe.png": False,
    "/releasenotes/digests/pictures-0000000000000001.yaml": False,
    "/index.rst": False,
    "x/http://example.org/a.png": False,
    "http:/conf.py": False,
    "/conf.py?x.png": False,
    "/conf.py#x.png": False,
    "/img/translated.png": False,
}
#: The files that are not there, as Sphinx itself reports.
MISSING = {"img/a.png", "/conf.py?x.png", "/conf.py#x.png"}
CONF = """
html_copy_source = False
language = "de"
exclude_patterns = ["drafts", "**/hidden-*", "_build"]
suppress_warnings = ["image.not_readable"]
digest_archives = []
digest_publish = []
"""
FORMS = (
    ".. image:: {}",
    ".. figure:: {}",
    "|x|\n\n.. |x| image:: {}",
    ".. image:: {}\n   :target: https://example.org/",
    ".. figure:: {}\n   :figwidth: 50%\n\n   Caption",
)


def _project(folder: Path) -> Project:
    project = empty_project(folder / "src", CONF)
    project.write("index.rst", "Index\n=====\n\n.. toctree::\n\n   digests/index\n")
    for name, content in FILES.items():
        project.write(name, "").write_bytes(content)
    (folder / "secret.png").write_bytes(PNG + SECRET)
    for name, target in {
        "outside.png": folder / "secret.png",
        "folder-outside": folder,
        "alias.png": project.folder / "conf.py",
        "inside.png": project.folder / "img" / "a.png",
    }.items():
        (project.folder / name).symlink_to(target)
    os.mkfifo(project.folder / "pipe.png")
    return project


def _fragment(project: Project, texts: list[str]) -> None:
    lines = [f"  - title: '{number}'\n    text: |\n{_indented(text)}" for number, text in enumerate(texts)]
    project.fragment("pictures-1", "date: 2015-12-01\nstories:\n" + "".join(lines))


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" if line else "\n" for line in text.split("\n"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with files of all kinds."""
    return _project(tmp_path_factory.mktemp("pictures"))


def _published(build: Build) -> set[str]:
    return {file.name for file in (build.outdir / "_images").glob("*")}


def test_only_pictures_of_the_documentation_are_published(project: Project) -> None:
    _fragment(project, [form.format(path) for form in FORMS for path in PATHS])
    build = project.build()
    refused = [line for line in build.warnings if "the picture '" in line]
    for path, allowed in PATHS.items():
        found = [line for line in refused if f"the picture '{path}' " in line]
        assert len(found) == (0 if allowed or path in MISSING else len(FORMS)), (path, found)
    assert _published(build) == {
        *("a.png", "a.de.png", "beside.png", "a.b.PNG", "photo.jpg", "film.gif", "drawn.svg", "one.png"),
    }


@pytest.mark.parametrize("builder", ["epub", "latex"])
def test_other_builders_publish_the_same(builder: str, project: Project) -> None:
    _fragment(project, [FORMS[0].format(path) for path in PATHS])
    build = project.build(builder)
    for file in build.outdir.rglob("*"):
        if file.is_file():
            assert b"do-not-publish" not in file.read_bytes(), file


def test_a_check_without_sphinx_tells_what_the_name_tells(project: Project) -> None:
    _fragment(project, [FORMS[0].format(path) for path in PATHS])
    problems = check_collection(project.folder, Settings()).problems
    found = {path for path in PATHS for problem in problems if f"picture '{path}' " in problem.message}
    of_files = {"/drafts/plan.png", "/drafts/deep/plan.png", "/img/hidden-plan.png", "/text.png", "/page.svg"}
    of_files |= {"/img/false.jpg", "/outside.png", "/folder-outside/secret.png", "/alias.png", "/pipe.png"}
    of_files |= {"/any/two.*", "/any/four.*", "/conf.*", "/img/translated.png"}
    assert found == {path for path, allowed in PATHS.items() if not allowed} - of_files | MISSING


def test_a_figure_opens_no_file_while_it_is_read(project: Project) -> None:
    """Docutils would open the picture for the width of the figure, and a pipe never ends."""
    _fragment(project, [".. figure:: /pipe.png\n   :figwidth: image", ".. figure:: /dev/zero\n   :figwidth: image"])
    build = project.build(output="html-width")
    assert sum("not a size that is allowed" in line for line in build.warnings) == 2


def test_pages_of_the_project_are_not_concerned(project: Project) -> None:
    page = project.write("own.rst", ":orphan:\n\nOwn\n===\n\n.. image:: /drafts/plan.png\n")
    _fragment(project, ["x"])
    assert _published(project.build(output="html-own")) == {"plan.png"}
    page.unlink()
