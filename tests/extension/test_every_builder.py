"""Every builder that Sphinx ships, over a project that shows everything: no warning, no word lost, no dead link."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sphinx
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from .building import ROOTS, Build, Project, copy_root
from .fragment_words import blocks_of
from .outputs import (
    HELP_READERS,
    READERS,
    broken_links,
    complaints_of_epubcheck,
    contains,
    info_words,
    make_pdf,
    needed_program,
    pages,
    pdf_words,
    words_of,
)
from .release_histories import Notes

FRAGMENTS = sorted((ROOTS / "test-everything" / "releasenotes" / "digests").glob("*.yaml"))
ALL_READERS = READERS | HELP_READERS
#: Sphinx's own extensions that have builders.
EXTENSIONS = ["sphinxext.digest", "sphinx.ext.coverage", "sphinx.ext.doctest"]
#: Builders whose output is no text of the pages.
OTHERS = {"changes", "coverage", "doctest", "dummy", "linkcheck", "pickle"}
#: What stands on pages and in no fragment.
OF_PAGES = (
    "A thread of this page",
    "Its summary stands here",
    "Elsewhere something resembles it",
    "Novelty arrived",
    "Milestones open everything",
    "Drivers need a passing job",
    "Versions begin",
    "Repaired code and more listed nested",
    "Unreleased wonders",
)
#: What the directives say by themselves, which is not for translators.
MADE = (
    "Release Countdown For Week R Nov",
    "Next deadline Feature freeze November tomorrow",
    "Drivers of Puffin November R week for some projects",
)
#: What the picture of a cycle shows, where a table takes its place.
TIMELINE = "Week Dates Events R Oct Heron milestone more R now Nov Feature freeze R Nov Candidates Drivers of Puffin"
#: A command of TeX is no word; translators have no options, and replacements as they were written.
EXPECTED_TO_MISS = {"latex": ["e i pi"], "gettext": ["Replaced the glossary Cite", "all"]}
FORMULAS = ["e i pi", "Inline math a b and subscript H O"]
Everything = Callable[[str], Build]


def make_everything(folder: Path) -> Project:
    """The project in a repository that has release notes of two versions."""
    project = copy_root("everything", folder)
    notes = Notes(folder)
    fixes = "fixes:\n  - |\n    Repaired ``code`` and *more*.\n\n    * listed\n\n      * nested\n"
    notes.commit_note("first-1", f"prelude: Versions begin.\n{fixes}", "1.0.0")
    notes.commit_note("second-2", "features:\n  - Unreleased wonders.\n")
    return project


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """Builds the project, once with each builder, all of them with one environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = make_everything(tmp_path_factory.mktemp("everything") / "src")
    builds: dict[str, Build] = {}

    def build(builder: str) -> Build:
        if builder not in ("html", "gettext"):
            # quotes are those of the builder that read the pages: always the same, in whatever order tests are run
            build("html")
        if builder not in builds:
            doctrees = builder if builder == "gettext" else "shared"
            builds[builder] = project.build(builder, fail_on_warning=True, doctrees=f"doctrees-{doctrees}")
        return builds[builder]

    return build


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the PDF was made."""
    project = make_everything(tmp_path_factory.mktemp("pdf") / "src")
    # other scripts need other programs and fonts
    (project.fragments / "scripts-0000000000000004.yaml").unlink()
    build = project.build("latex", fail_on_warning=True)
    assert build.warnings == []
    make_pdf(build.outdir)
    return build.outdir


def missing_words(text: str, *lines: str, without: str = "") -> list[str]:
    """The blocks of fragments, and the lines of pages, that a text does not have.

    :param without: begins the names of fragments that do not count.
    """
    # groff has letters and their accents apart
    words = words_of(unicodedata.normalize("NFC", text))
    files = [file for file in FRAGMENTS if not without or not file.name.startswith(without)]
    blocks = [block for file in files for block in blocks_of(file)]
    blocks += [line.split() for line in (*OF_PAGES, *lines)]
    return [" ".join(block) for block in blocks if not contains(words, block)]


def test_no_builder_is_left_out(tmp_path: Path) -> None:
    for name, text in (("conf.py", f"extensions = {EXTENSIONS}"), ("index.rst", "Title\n=====\n")):
        (tmp_path / name).write_text(text)
    with docutils_namespace():
        app = Sphinx(tmp_path, tmp_path, tmp_path / "o", tmp_path / "d", "dummy", status=None)
    assert set(app.registry.builders) == {*ALL_READERS, *OTHERS}


@pytest.mark.parametrize("builder", sorted({*ALL_READERS, *OTHERS}))
def test_there_are_no_warnings(everything: Everything, builder: str) -> None:
    build = everything(builder)
    assert build.warnings == []
    assert build.status == 0


def test_missing_words_are_found() -> None:
    assert len(missing_words("")) > 90
    assert "Bring umbrellas" in missing_words("Bring no umbrella")


@pytest.mark.parametrize("builder", sorted(ALL_READERS.keys() - {"digest-mail"}))
def test_no_word_is_lost(everything: Everything, builder: str) -> None:
    text = ALL_READERS[builder](everything(builder).outdir)
    made = () if builder == "gettext" else MADE
    missing = missing_words(text, *made)
    if builder == "text" and sphinx.version_info < (9,):
        # it breaks words that are longer than a line
        missing = [line for line in missing if not line.startswith("quiet https an example extremely long address")]
    assert missing == EXPECTED_TO_MISS.get(builder, [])


def test_no_word_is_lost_in_mails(everything: Everything) -> None:
    text = READERS["digest-mail"](everything("digest-mail").outdir)
    # mails have the texts of digests, and nothing else of the pages
    assert [line for line in missing_words(text) if line not in OF_PAGES] == []


def test_no_word_is_lost_on_paper(pdf: Path) -> None:
    assert missing_words(pdf_words(pdf / "everything.pdf"), *MADE, without="scripts-") == FORMULAS


def test_no_word_is_lost_in_info(everything: Everything, tmp_path: Path) -> None:
    text = info_words(everything("texinfo").outdir / "everything.texi", tmp_path / "everything.info")
    assert missing_words(text, *MADE) == []


@pytest.mark.parametrize("builder", ["epub", "latex", "man", "texinfo", "text", "xml"])
def test_where_there_is_no_picture_of_a_cycle_a_table_says_the_same(everything: Everything, builder: str) -> None:
    words = words_of(READERS[builder](everything(builder).outdir))
    assert contains(words, TIMELINE.split())


@pytest.mark.parametrize("builder", ["html", "dirhtml", "htmlhelp", "qthelp"])
def test_every_link_leads_somewhere(everything: Everything, builder: str) -> None:
    assert list(broken_links(everything(builder).outdir)) == []


def test_every_link_of_the_only_page_leads_somewhere(everything: Everything) -> None:
    outdir = everything("singlehtml").outdir
    page = pages(outdir)["index.html"]
    (body,) = page.xpath("//div[@class='body']")
    identifiers = set(page.xpath("//@id"))
    links = [link for link in body.xpath(".//a/@href") if link.startswith("#")]
    assert len(links) > 50
    assert [link for link in links if link.removeprefix("#") not in identifiers] == []
    assert [path for path in body.xpath(".//a/@href") if path.endswith(".ics") and not (outdir / path).is_file()] == []


def test_the_calendar_is_in_the_bundle_of_apple_help(everything: Everything) -> None:
    # Sphinx itself puts styles and pictures beside the bundle
    broken = broken_links(everything("applehelp").outdir)
    assert [line for line in broken if "_static/" not in line and "_images/" not in line] == []


def test_a_book_is_sound(everything: Everything, tmp_path: Path) -> None:
    (book,) = everything("epub").outdir.glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        archive.extractall(tmp_path)
    names = {path.name for path in tmp_path.rglob("*")}
    assert "digest.css" in names
    assert not names & {"digest-web.css", "digest-filter.css", "countdown.js", "heron.ics"}
    assert list(broken_links(tmp_path, "*.xhtml")) == []


def test_a_book_passes_the_check(everything: Everything) -> None:
    (book,) = everything("epub").outdir.glob("*.epub")
    assert complaints_of_epubcheck(book) == []


def test_tex_has_nothing_to_complain_of(pdf: Path) -> None:
    log = (pdf / "everything.log").read_text(errors="replace")
    assert re.findall(r"^.*(?:undefined|multiply|Overfull .hbox|Missing character|^!).*$", log, re.MULTILINE) == []
    # the outline that readers see beside the pages, in octal numbers of UTF-16
    outline = re.sub(r"\\000|\\376\\377", "", (pdf / "everything.out").read_text()).replace("\\040", " ")
    for title in ("{October 24–30, 2026}", "{Specs Close to Merging}", "{Notes inside of something}"):
        # the first byte of a dash is that of a space
        assert title.replace("–", " \\023") in outline


def test_paragraphs_of_manual_pages_stand_apart(everything: Everything) -> None:
    page = everything("man").outdir / "everything.7"
    groff = needed_program("groff")
    # it complains of cells of tables that are narrow
    done = subprocess.run(
        [groff, "-t", "-k", "-Tutf8", "-man", "-rLL=78n", "-P-cbou", str(page)], check=True, capture_output=True
    )
    text = done.stdout.decode()
    lines = [line.strip() for line in text.splitlines()]
    assert lines.count("As of November 4, 2026:") == 2
    assert "Prose without heading ends the list." in lines


def test_changes_of_fragments_are_listed(everything: Everything) -> None:
    assert "Novelty arrived." in everything("changes").text("changes.html")


def test_every_link_to_elsewhere_is_checked(everything: Everything) -> None:
    checked = {json.loads(line)["uri"] for line in everything("linkcheck").text("output.json").splitlines()}
    written = set(re.findall(r"https://[a-z]+\.example/[^\s>'`,)]*", "".join(file.read_text() for file in FRAGMENTS)))
    assert {url for url in written if not url.endswith("\\")} - checked == set()
