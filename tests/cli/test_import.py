"""``sphinx-digest import``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sphinxext.digest.fragments.schema import fragment_schema

from .conftest import FOLDER, WEEKS, Run

DIGEST = """\
Lumen Mailing List Digest April 2-8, 2016

SuccessBot Says

  • quill: It works [1].

Wicks

  • One. Two.
  • Full thread: https://lists.example.org/1.html
"""
TWO_WEEKS = DIGEST.replace("April 2-8", "April 9-22")


@pytest.fixture
def digest(project: Path) -> Path:
    file = project / "digest.txt"
    file.write_text(DIGEST, encoding="utf-8")
    return file


def names(project: Path) -> list[str]:
    return sorted(file.name.rpartition("-")[0] for file in (project / FOLDER).iterdir())


def test_writes_fragments_and_prints_their_paths(project: Path, digest: Path, run: Run) -> None:
    outcome = run("import", "digest.txt")
    assert outcome.status == 0
    assert outcome.lines == sorted(path.relative_to(project).as_posix() for path in (project / FOLDER).iterdir())
    assert names(project) == ["2016-04-08-successes", "2016-04-08-wicks"]
    assert outcome.err.splitlines() == [
        "digest.txt:5:21: lost-url the URL of [1] is not in the file: the number stays",
        "2 fragments written",
    ]
    assert run("lint").status == 0


def test_twice_changes_nothing(project: Path, digest: Path, run: Run) -> None:
    run("import", digest)
    before = {path: path.read_bytes() for path in (project / FOLDER).iterdir()}
    outcome = run("import", digest)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.splitlines()[-1] == "0 fragments written, 2 there already"
    assert {path: path.read_bytes() for path in (project / FOLDER).iterdir()} == before


def test_a_fragment_that_was_renamed_and_edited_stays(project: Path, digest: Path, run: Run) -> None:
    run("import", digest)
    old = next((project / FOLDER).glob("*-wicks-*"))
    new = old.with_name(f"renamed-{old.stem.rpartition('-')[2]}.yaml")
    new.write_text(old.read_text(encoding="utf-8").replace("Two", "Three"), encoding="utf-8")
    old.unlink()
    outcome = run("import", "digest.txt")
    assert outcome.status == 0
    assert f"digest.txt:7:1: differs {new.name} was made from this or the like, and differs: it stays as it is" in (
        outcome.err.splitlines()
    )
    assert "Three" in new.read_text(encoding="utf-8")
    assert not list((project / FOLDER).glob("*-wicks-*"))


def test_dry_run(project: Path, run: Run) -> None:
    (project / "digest.txt").write_text(TWO_WEEKS, encoding="utf-8")
    outcome = run("import", "digest.txt", "--dry-run")
    assert outcome.status == 0
    assert len(outcome.lines) == 2
    assert outcome.err.splitlines()[1:] == [
        "releasenotes/digest.yaml: would be added to the intervals: 2016-04-09/2016-04-22",
        "2 fragments would be written",
    ]
    assert {path.name for path in project.rglob("*") if path.is_file()} == {"digest.txt", "digest.yaml"}
    assert (project / "releasenotes" / "digest.yaml").read_text() == WEEKS


def test_json(project: Path, digest: Path, run: Run) -> None:
    notes = json.loads(run("import", digest, "--dry-run", "--format", "json").out)
    assert [note["kind"] for note in notes] == ["closing", "success", "thread"]
    assert notes[2] == {
        "kind": "thread",
        "identity": notes[2]["identity"],
        "date": "2016-04-08",
        "path": f"{FOLDER.as_posix()}/2016-04-08-wicks-{notes[2]['identity']}.yaml",
        "title": "Wicks",
        "url": "https://lists.example.org/1.html",
        "state": "open",
        "summary": "* One. Two.",
    }
    assert not names(project)


def test_a_digest_of_two_weeks_is_one_digest(project: Path, run: Run) -> None:
    (project / "digest.txt").write_text(TWO_WEEKS, encoding="utf-8")
    outcome = run("import", "digest.txt")
    assert "releasenotes/digest.yaml: added to the intervals: 2016-04-09/2016-04-22" in outcome.err
    notes = json.loads(run("list", "2016-04-10", "--format", "json").out)
    assert sorted(note["kind"] for note in notes) == ["closing", "success", "thread"]
    assert "intervals" not in run("import", "digest.txt").err


def test_another_folder_leaves_the_calendar_alone(project: Path, run: Run) -> None:
    (project / "digest.txt").write_text(TWO_WEEKS, encoding="utf-8")
    outcome = run("import", "digest.txt", "--fragments", "old/digests")
    assert outcome.status == 0
    assert "old/digests is not a collection of the project, so its calendar stays as it is" in outcome.err
    assert (project / "releasenotes" / "digest.yaml").read_text() == WEEKS
    assert len(list((project / "old" / "digests").iterdir())) == 2
    assert len(run("list", "2016-04-09/2016-04-22", "--fragments", "old/digests").lines) == 3


@pytest.mark.parametrize(
    ("options", "stem"),
    [(["--year", "2014"], "2014-04-08"), (["--period", "2013-01-01/2013-01-05"], "2013-01-05"), ([], None)],
)
def test_year_and_period(project: Path, run: Run, options: list[str], stem: str | None) -> None:
    (project / "digest.txt").write_text(DIGEST.replace(", 2016", ""), encoding="utf-8")
    outcome = run("import", "digest.txt", *options)
    assert outcome.status == (0 if stem else 1)
    assert names(project) == ([f"{stem}-successes", f"{stem}-wicks"] if stem else [])
    assert ("digest.txt:1:1: no-period the days 'April 2-8' cannot be placed" in outcome.err) == (stem is None)


def test_series(project: Path, run: Run) -> None:
    text = "Digest April 2-8, 2016\n\nCountdown for week R-3\n\n  • Rest. And wait.\n"
    (project / "digest.txt").write_text(text, encoding="utf-8")
    [note] = json.loads(run("import", "digest.txt", "--series", "Ember", "--format", "json").out)
    assert (note["kind"], note["series"], note["week"]) == ("countdown", "ember", "R-3")


def test_what_can_be_imported_is(project: Path, digest: Path, run: Run) -> None:
    (project / "empty.txt").write_bytes(b"")
    (project / "binary.txt").write_bytes(bytes(range(256)) * 10)
    outcome = run("import", "empty.txt", "binary.txt", "missing.txt", "digest.txt")
    assert outcome.status == 1
    assert len(outcome.lines) == 2
    assert outcome.err.splitlines()[:4] == [
        "binary.txt: not-a-digest this is a binary file, not a text",
        "digest.txt:5:21: lost-url the URL of [1] is not in the file: the number stays",
        "empty.txt: empty there is nothing in the file",
        "missing.txt: unreadable cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf",
        b" \n\n",
        b"\x1f\x8b\x08\x00rest",
        b"<?xml version='1.0'?><rss><channel><item>",
        b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'b'>]><rss><channel>&a;</channel></rss>",
        b"Lumen Mailing List Digest\n\nWicks\n\n* One\n",
        b"Lumen Mailing List Digest February 30-31, 2016\n\nWicks\n\n* One\n",
        b"<html><head><title>x</title></head><body></body></html>",
        b"From: a\nSubject: b\n\n",
    ],
)
def test_bad_files(project: Path, run: Run, data: bytes) -> None:
    (project / "bad").write_bytes(data)
    outcome = run("import", "bad")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("bad")
    assert not names(project)


def test_windows(project: Path, run: Run) -> None:
    (project / "digest.txt").write_bytes(DIGEST.replace("\n", "\r\n").encode("windows-1252"))
    outcome = run("import", "digest.txt")
    assert outcome.status == 0
    assert outcome.err.splitlines()[0] == (
        "digest.txt:5:3: encoding the byte 0x95 is not UTF-8: the file is read as Windows-1252"
    )
    assert names(project) == ["2016-04-08-successes", "2016-04-08-wicks"]


def test_long_urls(project: Path, run: Run) -> None:
    url = f"https://example.org/{'x' * 2000}"
    text = f"Digest April 2-8, 2016\n\nWicks\n* See [1]. It is long.\n* Full thread: {url}\n\n[1] - {url}1\n"
    (project / "digest.txt").write_text(text, encoding="utf-8")
    [note] = json.loads(run("import", "digest.txt", "--format", "json").out)
    assert note["url"] == url
    assert f"<{url}1>" in note["summary"]


def test_nothing_is_half_written(project: Path, digest: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link
    done: list[object] = []

    def fail_the_second_time(source: Path, target: Path) -> None:
        if done:
            raise FileExistsError(17, "File exists", str(target))
        done.append(source)
        link(source, target)

    monkeypatch.setattr(os, "link", fail_the_second_time)
    outcome = run("import", digest)
    assert outcome.status == 1
    assert done
    assert not list((project / FOLDER).iterdir())


def test_settings_that_cannot_be_edited_stop_everything(project: Path, run: Run) -> None:
    (project / "digest.txt").write_text(TWO_WEEKS, encoding="utf-8")
    settings = project / "releasenotes" / "digest.yaml"
    settings.write_text("{title: x}\n", encoding="utf-8")
    outcome = run("import", "digest.txt")
    assert outcome.status == 1
    assert "by hand: 2016-04-09/2016-04-22" in outcome.err
    assert settings.read_text(encoding="utf-8") == "{title: x}\n"
    assert not names(project)


def test_a_section_that_is_too_large(project: Path, run: Run) -> None:
    (project / "digest.txt").write_text(f"{DIGEST}\nOil\n\n  • {'word ' * 250_000}\n", encoding="utf-8")
    outcome = run("import", "digest.txt")
    assert outcome.status == 1
    assert "digest.txt:12:1: too-large 'Oil' cannot become a fragment" in outcome.err
    assert names(project) == ["2016-04-08-successes", "2016-04-08-wicks"]


def test_needs_a_file(project: Path, run: Run) -> None:
    assert run("import").status == 2
    assert run("import", "x", "--period", "soon").status == 2
    assert run("import", "x", "--year", "12").status == 2


def test_is_valid_by_the_schema(project: Path, digest: Path, run: Run) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    run("import", digest)
    for file in (project / FOLDER).iterdir():
        value = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        value["order"] = int(value["order"])
        jsonschema.validate(value, fragment_schema())


class TestNumbers:
    """``--number`` keeps the numbers of newsletters."""

    NEWS = (
        "---\ntitle: Gannet News {number}\ndate: {day}\n---\n\nHello.\n\n## Nests\n\nOne *more*.\n\n## Eggs\n\nTwo.\n"
    )

    @pytest.fixture
    def newsletters(self, project: Path) -> Path:
        pytest.importorskip("markdown_it")
        folder = project / "news"
        folder.mkdir()
        for number, day in ((566, "2026-11-10"), (567, "2026-11-24"), (600, "2026-12-01")):
            file = folder / f"{day}-news.md"
            file.write_text(self.NEWS.format(number=number, day=day), encoding="utf-8")
        return folder

    @staticmethod
    def said(project: Path) -> dict[str, str]:
        """The numbers that fragments say, by the names of the files without their identities."""
        return {
            file.stem.rpartition("-")[0]: line
            for file in (project / FOLDER).iterdir()
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.startswith("number: ")
        }

    def test_the_first_fragment_of_a_digest_says_it(self, project: Path, newsletters: Path, run: Run) -> None:
        assert run("import", "news", "--number").status == 0
        assert self.said(project) == {
            "2026-11-10-nests": "number: 566", "2026-11-24-nests": "number: 567", "2026-12-01-nests": "number: 600",
        }  # fmt: skip
        (project / "releasenotes" / "digest.yaml").write_text(f"{WEEKS}title: 'Gannet News {{number}}'\n")
        titles = [run("report", day).lines[0] for day in ("2026-11-10", "2026-11-24", "2026-12-01")]
        assert titles == ["Gannet News 566", "Gannet News 567", "Gannet News 600"]
        assert run("lint").status == 0
        assert run("import", "news", "--number").err.splitlines()[-1] == "0 fragments written, 6 there already"

    def test_without_it_digests_are_counted(self, project: Path, newsletters: Path, run: Run) -> None:
        assert run("import", "news").status == 0
        assert self.said(project) == {}

    def test_two_newsletters_in_the_days_of_one_digest(self, project: Path, newsletters: Path, run: Run) -> None:
        (newsletters / "2026-11-25-news.md").write_text(
            self.NEWS.format(number=568, day="2026-11-25").replace("Nests", "Chicks"), encoding="utf-8"
        )
        for _ in range(2):
            result = run("import", "news", "--number")
            assert result.status == 0
            assert (
                "news/2026-11-25-news.md:2:1: digest-number the digest of 2026-11-21/2026-11-27 is number 567: the "
                "number 568 of this one is left out"
            ) in result.err
        assert "2026-11-25-chicks" not in self.said(project)
        assert run("lint").status == 0

    def test_a_mail_has_it_in_its_subject(self, project: Path, run: Run) -> None:
        header = "From: ada@example.org\nDate: Tue, 24 Nov 2026 10:00:00 +0000\n"
        (project / "mail.eml").write_text(
            f"{header}Subject: [list] Weekly News #9\n\nAll is well.\n", encoding="utf-8"
        )
        assert run("import", "mail.eml", "--number").status == 0
        assert list(self.said(project).values()) == ["number: 9"]

    def test_a_thread_that_goes_on_keeps_it(self, project: Path, run: Run) -> None:
        (project / "one.txt").write_text(DIGEST.replace("Digest", "Digest 40,"), encoding="utf-8")
        later = DIGEST.replace("Digest April 2-8", "Digest 41, April 9-15").replace(
            "SuccessBot Says\n\n  • quill: It works [1].\n\n", ""
        )
        (project / "two.txt").write_text(later.replace("Wicks", "Wicks (continuing)"), encoding="utf-8")
        assert run("import", "one.txt", "two.txt", "--number").status == 0
        assert self.said(project) == {
            "2016-04-08-successes": "number: 40",
            "2016-04-15-wicks-continuing": "number: 41",
        }
