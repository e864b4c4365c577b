"""Pages and texts as posts, and the fragments that they become."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sphinxext.digest.gather.importer.issue import ImportOptions, fragments_of, issue_of
from sphinxext.digest.gather.importer.sources import PostSource, read_source
from sphinxext.digest.model import Fragment
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.settings.options import Settings

PERIOD = parse_interval("2016-04-02/2016-04-08")


def source(folder: Path, data: str) -> PostSource:
    file = folder / "x"
    file.write_bytes(data.encode())
    return read_source(file, "x")


def imported(folder: Path, data: str, options: ImportOptions | None = None) -> tuple[list[Fragment], list[Problem]]:
    """The fragments of a file's posts, and what is reported."""
    fragments, problems = [], []
    for post in source(folder, data).posts:
        issue, found = issue_of(post, options or ImportOptions(period=PERIOD))
        problems += found
        for new in fragments_of(issue, Settings()) if issue else ():
            fragment, found = new.read("f")
            assert fragment is not None and found == [], new.text
            fragments.append(fragment)
    return fragments, problems


def test_headings_with_line_breaks(tmp_path: Path) -> None:
    page = "<html><h2>Oil<br>\n and <i>wicks</i><br><br></h2><p>It burns.</p><h2>Lamps</h2><p>They shine.</p></html>"
    [fragment], _ = imported(tmp_path, page)
    assert [note.title.value for note in fragment.notes] == ["Oil and wicks", "Lamps"]


def test_lines_of_a_list_with_line_breaks(tmp_path: Path) -> None:
    lines = "<ul><li>Oil<br>===<br>- b [1]</li><li>Wick [1]</li></ul><p>[1] - https://e.org/</p>"
    page = f"<head><title>Lamp Digest</title></head><h2>Lamps</h2>{lines}"
    [fragment], _ = imported(tmp_path, page)
    assert [(note.text.value, note.url) for note in fragment.notes] == [
        ("| Oil\n| \\===\n| \\- b `[1] <https://e.org/>`__", None),
        ("Wick", "https://e.org/"),
    ]


MAIL = """\
From ann@example.org {when}
From: Ann <ann@example.org>
Subject: {subject}
Date: {when}

{body}

"""


def mails(*subjects: str) -> str:
    days = [datetime(2003, 12, 1 + 7 * number, 9, tzinfo=UTC) for number in range(len(subjects))]
    return "".join(
        MAIL.format(when=f"{day:%a, %d %b %Y %H:%M:%S} +0000", subject=subject, body=f"The lamp of {day:%d}.")
        for day, subject in zip(days, subjects, strict=True)
    )


@pytest.mark.parametrize(
    "subject",
    [
        *("[lamps] Weekly News #{}", "Lamp News, issue {}", "Lamps Monthly Report", "Lamp Summary no. {}", "News {}"),
        *("Lamp News Nr {}", "Lamp News Vol. {}", "{}th issue of the Lamp News", "Lamp Digest", "Lamp Newsletter"),
        *("Lamp update, week {}", "Lamp highlights, December 1{}"),
    ],
)
def test_numbered_newsletters_of_an_archive(subject: str, tmp_path: Path) -> None:
    """Each is of the day on which it was sent, and all else in the archive is left out."""
    data = mails(subject.format(4), f"Re: {subject.format(4)}", "Lamps", subject.format(5))
    fragments, problems = imported(tmp_path, data, ImportOptions())
    assert problems == []
    found = [(str(fragment.date)[:10], note.text.value) for fragment in fragments for note in fragment.notes]
    if "December" in subject:
        assert [text for _, text in found] == ["The lamp of 01.", "The lamp of 22."]
    else:
        assert found == [("2003-12-01", "The lamp of 01."), ("2003-12-22", "The lamp of 22.")]
    assert source(tmp_path, data).remarks == ["x: 2 mails are left out: they are not digests"]


@pytest.mark.parametrize(
    "subject", ["Lamps #4", "Lamp News", "Lamp report", "Lamps Digest, Vol 4, Issue 9", "Re: Weekly News #4", ""]
)
def test_mails_of_an_archive_that_are_no_newsletters(subject: str, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="none of the 2 mails is a digest: no subject names one"):
        source(tmp_path, mails(subject, subject))


def test_a_mail_alone_may_have_any_subject(tmp_path: Path) -> None:
    [fragment], _ = imported(tmp_path, mails("Lamps"), ImportOptions())
    assert [note.text.value for note in fragment.notes] == ["The lamp of 01."]
