"""What was made of a digest goes with it, whatever the builder, and nothing goes that a build has not written."""

from __future__ import annotations

import base64
import shutil
import zipfile
from pathlib import Path

import pytest

from .building import Build, Project, empty_project

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   wins\n"
WINS = "Wins\n====\n\n.. versionadded:: 1.0\n   Wins.\n\n.. successbot::\n   :limit: 1\n"
CONF = """\
html_baseurl = "https://e.org/"
digest_archives = ["people"]
exclude_patterns = ["build"]
applehelp_bundle_id = "org.example.help"
applehelp_disable_external_tools = True
latex_documents = [("index", "x.tex", "X", "Y", "manual")]
"""
BUILDERS = (
    "html", "dirhtml", "singlehtml", "text", "xml", "pseudoxml", "epub", "gettext", "latex", "man", "texinfo",
    "json", "htmlhelp", "qthelp", "devhelp", "applehelp", "changes", "digest-mail", "dummy", "linkcheck",
)  # fmt: skip
#: A builder of somebody else's, as those of Markdown are.
OWN_BUILDER = """
from sphinx.builders.text import TextBuilder

class Plain(TextBuilder):
    name, format, out_suffix = "plain", "plain", ".md"

def setup(app):
    app.add_builder(Plain)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with two digests of different years, one of which has a picture."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1449230400")
    project = empty_project(tmp_path / "src", CONF)
    project.write("index.rst", INDEX)
    project.write("wins.rst", WINS)
    project.write("digests/dot.png", "").write_bytes(PNG)
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: ['lea: one']\nthreads: [One]\n")
    project.fragment(
        "two-2",
        "date: 2016-12-02\nsuccesses: ['ida: two']\nstories: [{title: T, text: '.. image:: /digests/dot.png'}]\n",
    )
    project.age()
    return project


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def names(folder: Path) -> set[str]:
    """All files and folders."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != ".buildinfo.bak"}


def assert_same_files(site: Project, builder: str, again: Build, **overrides: object) -> None:
    fresh = site.build(builder, output="fresh", doctrees="fresh-doctrees", **overrides)
    # Sphinx copies the pictures of this builder beside its book, not into it
    left = {"_images", "_images/dot.png"} if builder == "applehelp" else set()
    assert sorted((names(again.outdir) ^ names(fresh.outdir)) - left) == []
    if builder == "epub":
        assert books(again) == books(fresh)
    for folder in ("fresh", "fresh-doctrees"):
        shutil.rmtree(site.folder / "build" / folder)


def books(build: Build) -> set[str]:
    (file,) = build.outdir.glob("*.epub")
    with zipfile.ZipFile(file) as archive:
        return {*archive.namelist(), *archive.read("content.opf").decode().split()}


def forget_two(site: Project) -> None:
    (site.fragments / "two-0000000000000002.yaml").unlink()


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_digest_that_is_gone(site: Project, builder: str) -> None:
    overrides = {"gettext_compact": False} if builder == "gettext" else {}
    before = names(site.build(builder, **overrides).outdir)
    forget_two(site)
    again = site.build(builder, **overrides)
    assert builder in ("singlehtml", "man", "texinfo", "latex", "dummy", "linkcheck") or before - names(again.outdir)
    assert_same_files(site, builder, again, **overrides)
    (site.fragments / "one-0000000000000001.yaml").unlink()
    site.fragments.rmdir()
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   wins\n")
    # without any changes to show, Sphinx leaves its pages of them
    site.write("wins.rst", "Wins\n====\n\n.. versionadded:: 1.0\n   Wins.\n")
    again = site.build(builder, **overrides)
    assert [name for name in names(again.outdir) if name.startswith("digests")] == []
    assert_same_files(site, builder, again, **overrides)


def test_all_digests_that_are_gone(site: Project) -> None:
    """The pages that show them are still there."""
    site.build()
    for fragment in site.fragments.iterdir():
        fragment.unlink()
    assert_same_files(site, "html", site.build())


def test_with_several_processes(site: Project) -> None:
    site.build(parallel=2)
    forget_two(site)
    assert_same_files(site, "html", site.build(parallel=2))


def test_a_builder_of_somebody_else(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write("plain_builder.py", OWN_BUILDER)
    monkeypatch.syspath_prepend(site.folder)
    site.overrides["extensions"] = ["sphinxext.digest", "plain_builder"]
    assert (site.build("plain").outdir / "digests/2016-12-02.md").is_file()
    forget_two(site)
    again = site.build("plain")
    assert not (again.outdir / "digests/2016-12-02.md").exists()
    assert_same_files(site, "plain", again)


@pytest.mark.parametrize(
    "change",
    [
        {"digest_pages": "news"},
        {"digest_automatic": False},
        {"html_baseurl": ""},
        {"digest_publish": (), "html_copy_source": False},
        {"digest_archives": (), "html_sourcelink_suffix": ".src"},
        {"digest_week_start": "monday", "html_sourcelink_suffix": ".digest"},
    ],
)
def test_settings(site: Project, change: dict[str, object]) -> None:
    pages = change.get("digest_pages", "digests")
    site.build()
    site.write("index.rst", INDEX.replace("digests", str(pages)))
    again = site.build(**change)
    left = {name for name in names(again.outdir) if name.startswith(("_sources/index", "_sources/wins"))}
    fresh = names(site.build(output="fresh", doctrees="fresh-doctrees", **change).outdir)
    # the sources of the user's pages are Sphinx's own
    assert (
        sorted((names(again.outdir) ^ fresh) - left - {"_sources", "_sources/index.rst.src", "_sources/wins.rst.src"})
        == []
    )


def test_a_page_of_the_user_in_the_place_of_a_generated_one(site: Project) -> None:
    site.build()
    page = site.write("digests/2016-12-02.rst", "Own\n===\n\n.. digest:: 2016-11-26/2016-12-02\n")
    again = site.build()
    assert "Own" in again.text("digests/2016-12-02.html")
    assert_same_files(site, "html", again)
    page.unlink()
    again = site.build()
    assert "Own" not in again.text("digests/2016-12-02.html")
    forget_two(site)
    again = site.build()
    # the source of the page of the user is Sphinx's
    assert {name for name in names(again.outdir) if "2016-12-02" in name} == {"_sources/digests/2016-12-02.rst.txt"}


def test_a_user_s_page_stays_as_sphinx_leaves_it(site: Project) -> None:
    page = site.write("digests/own.rst", "Own\n===\n\n.. digest:: 2016-11-26/2016-12-02\n")
    site.build()
    page.unlink()
    again = site.build()
    assert {"digests/own.html", "_sources/digests/own.rst.txt"} <= names(again.outdir)
    # what stands beside it is ours
    assert "digests/own.txt" not in names(again.outdir)


EDITED = (
    "digests/2016-12-02.html",
    "digests/2016-12-02.txt",
    "_sources/digests/2016-12-02.digest.txt",
    "_images/dot.png",
)


@pytest.mark.parametrize("edited", [EDITED[:2], EDITED[2:]])
def test_a_file_that_somebody_has_edited_stays(site: Project, edited: tuple[str, ...]) -> None:
    files = [site.build().outdir / name for name in edited]
    for file in files:
        file.write_bytes(b"edited")
    forget_two(site)
    again = site.build()
    assert tuple(name for name in EDITED if (again.outdir / name).exists()) == edited
    site.build()
    assert [file.read_bytes() for file in files] == [b"edited", b"edited"]


def test_a_file_that_somebody_has_edited_stays_after_other_pages_were_written(site: Project) -> None:
    file = site.build().outdir / EDITED[0]
    file.write_bytes(b"edited")
    site.write("wins.rst", f"{WINS}\nAll of them.\n")
    site.build()
    forget_two(site)
    site.build()
    assert file.read_bytes() == b"edited"


def test_a_file_that_somebody_has_put_there_stays(site: Project) -> None:
    outdir = site.build().outdir
    files = [
        outdir / name
        for name in ("digests/2016.html.bak", "digests/mine.html", "digests/2016-12-02/x", "_images/own.png")
    ]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"mine")
    forget_two(site)
    site.build()
    assert [file.read_bytes() for file in files] == [b"mine"] * 4


def test_a_file_of_the_same_name_that_is_copied_by_sphinx_stays(site: Project) -> None:
    site.write("extra/digests/2016-12-02.html", "mine")
    site.write("extra/digests/2016-12-02.txt", "mine")
    values = {"html_extra_path": ["extra"]}
    site.build(**values)
    forget_two(site)
    again = site.build(**values)
    assert again.text("digests/2016-12-02.html") == again.text("digests/2016-12-02.txt") == "mine"
    assert_same_files(site, "html", again, **values)


@pytest.mark.parametrize("builders", [("html", "text"), ("html", "dirhtml"), ("text", "digest-mail"), ("xml", "html")])
def test_two_builders_in_one_folder(site: Project, builders: tuple[str, str]) -> None:
    def build(output: str, doctrees: str) -> Path:
        for builder in builders:
            outdir = site.build(builder, output=output, doctrees=doctrees).outdir
        return outdir

    build("both", "shared")
    forget_two(site)
    outdir = build("both", "shared")
    assert sorted(names(outdir) ^ names(build("fresh", "fresh-doctrees"))) == []


def test_what_another_builder_has_in_the_same_folder_stays(site: Project) -> None:
    """A publisher with nothing to publish does not take what the one of another builder has published."""
    site.build("html", output="both", doctrees="shared")
    before = names(site.folder / "build/both")
    site.build("singlehtml", output="both", doctrees="shared")
    assert before - names(site.folder / "build/both") == set()


def test_a_picture_that_another_page_shows_too(site: Project) -> None:
    site.write("wins.rst", WINS + "\n.. image:: /digests/dot.png\n")
    site.build()
    forget_two(site)
    again = site.build()
    assert (again.outdir / "_images/dot.png").read_bytes() == PNG
    site.write("wins.rst", WINS)
    again = site.build()
    # the picture of a page of the user is Sphinx's
    assert (again.outdir / "_images/dot.png").exists()


def test_a_picture_that_becomes_one_of_another_page(site: Project) -> None:
    site.build()
    site.write("wins.rst", WINS + "\n.. image:: /digests/dot.png\n")
    forget_two(site)
    again = site.build()
    assert (again.outdir / "_images/dot.png").read_bytes() == PNG
    assert_same_files(site, "html", again)


def fail(site: Project) -> None:
    (site.folder / "flag").write_text("")
    with pytest.raises(Exception, match="flag"):
        site.build()
    (site.folder / "flag").unlink()


def test_a_build_that_fails_after_some_pages(site: Project) -> None:
    conf = site.folder / "conf.py"
    conf.write_text(
        conf.read_text() + "import os\n\ndef fail(app, _doctree, name):\n"
        "    if name == 'wins' and os.path.exists(os.path.join(app.srcdir, 'flag')):\n"
        "        raise RuntimeError('flag')\n\ndef setup(app):\n    app.connect('doctree-resolved', fail, 1)\n"
    )
    site.build()
    site.fragment("new-3", "date: 2015-12-23\nsuccesses: ['lea: three']\n")
    site.write("wins.rst", WINS + "\nMore.\n")
    fail(site)
    assert (site.folder / "build/html/digests/2015-12-25.html").exists()
    (site.fragments / "new-0000000000000003.yaml").unlink()
    forget_two(site)
    assert_same_files(site, "html", site.build())


def test_a_build_of_one_file(site: Project) -> None:
    site.build()
    forget_two(site)
    site.build(files=["wins.rst"])
    assert_same_files(site, "html", site.build())


def test_what_is_remembered_may_be_damaged(site: Project) -> None:
    """Nothing goes then that might not be ours, and what is written from then on goes again."""
    site.build()
    memory = site.folder / "build/doctrees-html/digest-outputs.pickle"
    for data in (b"", memory.read_bytes()[:-1]):
        memory.write_bytes(data)
        site.fragment("new-3", "date: 2015-12-23\nsuccesses: ['lea: three']\n")
        assert (site.build().outdir / "digests/2015-12-25.html").exists()
        (site.fragments / "new-0000000000000003.yaml").unlink()
        assert not (site.build().outdir / "digests/2015-12-25.html").exists()


def test_nothing_is_looked_at_where_nothing_changed(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from sphinxext.digest.extension import leftovers

    site.build()
    site.build()
    monkeypatch.setattr(leftovers, "_made", lambda _app: pytest.fail("looked at"))
    assert site.build().read == []


def test_the_index_and_the_search_forget_a_page_that_nothing_refers_to(site: Project) -> None:
    """Also if no other page has to be written: Sphinx saves what it knows only with a page."""
    site.write("index.rst", "Title\n=====\n\n:doc:`digests/index`\n")
    site.write("wins.rst", ":orphan:\n\nWins\n====\n")
    page = site.write("lonely.rst", ":orphan:\n\nLonely zeppelin\n===============\n")
    site.build()
    page.unlink()
    again = site.build()
    assert "lonely" not in again.text("searchindex.js")
    assert "lonely" not in again.env.all_docs
    assert site.build().read == []


def test_a_file_that_is_gone_already(site: Project) -> None:
    outdir = site.build().outdir
    (outdir / "digests/2016-12-02.html").unlink()
    (outdir / "digests/2016-12-02.txt").unlink()
    forget_two(site)
    assert_same_files(site, "html", site.build())
