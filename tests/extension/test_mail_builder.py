"""The builder ``digest-mail`` writes the plain text of each digest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Build, Project

Kinds = Callable[[str], Build]


def written(build: Build) -> list[str]:
    return sorted(file.relative_to(build.outdir).as_posix() for file in build.outdir.rglob("*") if file.is_file())


def test_only_pages_with_a_digest_become_mails(kinds: Kinds) -> None:
    assert written(kinds("digest-mail")) == [
        "digests/2015-12-04.txt",
        "digests/2015-12-11.txt",
        "digests/2016-01-08.txt",
    ]


def test_a_mail_has_bullets_by_level_and_references_at_the_end(kinds: Kinds) -> None:
    mail = kinds("digest-mail").text("digests/2015-12-04.txt")
    assert mail.split("\n")[:4] == [
        "Kinds Digest: November 28 – December 4, 2015",
        "4 successes, 3 items, 1 countdown, 1 thread · 1 minute to read",
        "Read in your browser: https://kinds.example/digests/2015-12-04.html",
        "",
    ]
    assert (
        "* First level begins\n  - second level follows\n    + third level deepens\n      * fourth level ends\n"
        in mail
    )
    end = mail.partition("[1] - ")[1:]
    assert "".join(end).splitlines() == [
        "[1] - https://zanata.example/",
        "[2] - https://review.example/1",
        "[3] - https://review.example/2",
        "[4] - https://review.example/proposal",
    ]
    assert all(len(line) <= 79 or "https://" in line for line in mail.splitlines())


def test_mails_are_written_again_where_pages_have_other_addresses(root: Callable[[str], Project]) -> None:
    """Sphinx takes these options for those of builders of HTML alone."""
    project = root("kinds")
    for options in (
        {"html_baseurl": "https://one.example/"},
        {"html_baseurl": "https://two.example/"},
        {"html_baseurl": "https://two.example/", "html_link_suffix": ".htm"},
        {"html_baseurl": "https://two.example/", "html_file_suffix": ".xhtml"},
    ):
        project.age()
        mail = project.build("digest-mail", **options).text("digests/2015-12-04.txt")
        suffix = options.get("html_link_suffix") or options.get("html_file_suffix") or ".html"
        address = f"{options['html_baseurl']}digests/2015-12-04{suffix}"
        assert mail.splitlines()[2] == f"Read in your browser: {address}", options


def test_mails_are_written_again_only_for_changes(root: Callable[[str], Project]) -> None:
    project = root("kinds")
    project.build("digest-mail")
    project.age()
    outdir = project.folder / "build" / "digest-mail"
    for file in outdir.rglob("*.txt"):
        os.utime(file, (1, 1))

    def fresh() -> list[str]:
        return [file.stem for file in sorted(outdir.rglob("*.txt")) if file.stat().st_mtime > 1]

    # a text that is older than the page is written again
    assert project.build("digest-mail").warnings == []
    assert fresh() == ["2015-12-04", "2015-12-11", "2016-01-08"]
    future = 4_000_000_000
    for file in outdir.rglob("*.txt"):
        os.utime(file, (future, future))
    project.build("digest-mail")
    assert {file.stat().st_mtime for file in outdir.rglob("*.txt")} == {future}
    project.fragment("january-8", "date: 2016-01-05\nsuccesses: [changed]\n")
    assert project.build("digest-mail").warnings == []
    changed = [file.stem for file in outdir.rglob("*.txt") if file.stat().st_mtime != future]
    assert changed == ["2016-01-08"]


@pytest.mark.parametrize("automatic", [True, False])
def test_without_an_address_it_is_said_that_references_lead_nowhere(project: Project, automatic: bool) -> None:
    project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n")
    project.fragment("a-1", "date: 2015-12-01\nsuccesses: ['ttx: x']\n")
    build = project.build("digest-mail", digest_automatic=automatic)
    assert build.warnings == [
        "<src>/conf.py:1: WARNING: html_baseurl is not set: references to other pages have no URL in the mails "
        "[digest.bad-setting]"
    ]
    assert "Successes\n* ttx: x\n" in build.text("index.txt")
    assert Path(build.outdir / "digests" / "2015-12-04.txt").is_file() == automatic


def test_the_layout_of_openstack(root: Callable[[str], Project]) -> None:
    options = {"digest_text_layout": "openstack", "digest_plain_dates": True, "digest_success_url": "https://e.org"}
    mail = root("kinds").build("digest-mail", **options).text("digests/2015-12-04.txt")
    assert mail.startswith("HTML rendered: https://kinds.example/digests/2015-12-04.html\n\n")
    assert "November 28 to December 4" not in mail
    assert "\n* All: https://e.org\n" in mail


def test_a_page_with_a_title_of_its_own(project: Project) -> None:
    project.write("index.rst", "The *gathering*\n===============\n\n.. digest:: 2015-11-28/2015-12-04\n")
    project.fragment("a-1", "date: 2015-12-01\nsuccesses: ['ttx: x']\n")
    build = project.build("digest-mail", language="de", html_baseurl="https://docs.example/")
    assert build.text("index.txt").split("\n")[:4] == [
        "The gathering",
        "28. November – 4. Dezember 2015 · 1 Erfolg · 1 Minute Lesezeit",
        "Im Browser lesen: https://docs.example/index.html",
        "",
    ]
