"""Each key of each kind of note shows on pages, in archives and in reports, or is named here as left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli
from sphinxext.digest.fragments.fields import SECTION_FIELDS, Choice, Field, SectionFields, Type
from sphinxext.digest.fragments.write import dump_fragment

from .building import Build, Project, empty_project
from .outputs import parse_page

#: Keys whose values show as a place or a class, not as words: the date, and the thread that another continues.
HIDDEN = {"date", "continues", "state"}
#: The heading of a countdown has the week, and its series in the cycle only; those who took part in a
#: thread are a picture of pages; mails leave out where a success was told.
SERIES, PEOPLE = "countdownxseries", "threadxparticipants"
LEFT_OUT = {
    "text": {SERIES, PEOPLE, "successxchannel", "https://successxurl.example.org/"},
    "html": {SERIES, PEOPLE},
    "markdown": {SERIES, PEOPLE},
    "rst": {SERIES, PEOPLE},
}


def value_of(section: SectionFields, field: Field) -> str:
    """A value that occurs nowhere else."""
    words = f"{section.note.kind}x{field.name}"
    if isinstance(field.type, Choice):
        return str(list(field.type.values)[-1])
    return {
        Type.URL: f"https://{words}.example.org/",
        Type.MOMENT: "2015-12-02",
        Type.WEEK: "R-17",
        Type.PARTICIPANTS: f"{words}: 3",
    }.get(field.type, words)


def shown() -> Iterator[tuple[str, str]]:
    """The kind of each key that shows, with the words by which it is found."""
    for section in SECTION_FIELDS.values():
        for field in section.fields.values():
            if field.name not in HIDDEN:
                yield str(section.note.kind), value_of(section, field).removesuffix(": 3")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = empty_project(tmp_path_factory.mktemp("keys") / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    for number, section in enumerate(SECTION_FIELDS.values(), 1):
        note = {field.name: value_of(section, field) for field in section.fields.values() if field.name != "continues"}
        project.fragment(f"{section.name}-{number}", dump_fragment({section.name: [note]}))
    return project


@pytest.fixture(scope="module")
def built(project: Project) -> Build:
    return project.build("html", fail_on_warning=True)


def missing(text: str, kinds: Callable[[str], bool] = lambda _: True) -> set[str]:
    return {words for kind, words in shown() if kinds(kind) and words not in text}


def test_the_page_of_the_digest(built: Build) -> None:
    page = parse_page(built.outdir / "digests" / "2015-12-04.html")
    assert missing(f"{page.text_content()} {' '.join(page.xpath('//@href'))}") == {SERIES}


@pytest.mark.parametrize(
    ("page", "kind"),
    [("successes/2015", "success"), ("people/successxnick", "success"), ("channels/successxchannel", "success")],
)
def test_archives(built: Build, page: str, kind: str) -> None:
    found = parse_page(built.outdir / "digests" / f"{page}.html")
    assert missing(f"{found.text_content()} {' '.join(found.xpath('//@href'))}", kind.__eq__) == set()


@pytest.mark.parametrize("form", LEFT_OUT)
def test_reports(project: Project, form: str) -> None:
    arguments = ["--project", str(project.folder), "report", "2015-12-04", "--format", form]
    outcome = CliRunner().invoke(cli, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert missing(outcome.output.replace("\n", " ")) == LEFT_OUT[form]


def test_the_index(built: Build) -> None:
    index = json.loads(Path(built.outdir, "digests", "index.json").read_text(encoding="utf-8"))
    assert missing(json.dumps(index)) == set()
