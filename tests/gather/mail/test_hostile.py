"""Text of mails never is markup, whatever it looks like: from the archive to a page of text that Sphinx builds."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.header import Header
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("sphinx")

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.gather.mail import url_as_rst
from sphinxext.digest.gather.mail.body import cited_urls
from sphinxext.digest.gather.mail.draft import draft_thread
from sphinxext.digest.gather.mail.header import read_message
from sphinxext.digest.gather.mail.ranking import Known, ThreadOptions, make_candidate
from sphinxext.digest.gather.mail.sources import read_archives
from sphinxext.digest.gather.mail.threads import find_threads
from sphinxext.digest.model import Text
from sphinxext.digest.settings.options import Settings

from .mails import START, Mail, mbox

#: What somebody may write, and what a reader of it sees.
HOSTILE = {
    ".. raw:: html": None,
    ".. include:: /etc/passwd": None,
    "x .. |date| date:: :ref:`secret` :raw-html:`<b>`": None,
    "`link <javascript:alert(1)>`_ and `other`__ and |date| and [1]_ and [#]_": None,
    "**bold** *emphasis* ``literal`` word_ _`target` __": None,
    "<script>alert(1)</script> &amp; &#x41;": None,
    "ftp://example.org/x file:///etc/passwd data:text/html,x telnet://a:1": None,
    "\x1b[31mred\x1b[0m and \x1b]0;title\x07more": "red and more",
    "left\u202eright\u2066 and \u200fback\x00 \x07bell": "leftright and back bell",
    "backslash \\ and \\* and C:\\path\\n": None,
    "1. one (a) two # three - four :field: five": None,
    "field::": None,
    ":orphan: and --option and >>> prompt": None,
    "x" * 10_000: None,
    "word " * 2_000: None,
    "日本語のテキスト と 한국어": None,
    "{{ jinja }} ${shell} %(percent)s {yaml: [a, b]} 'single' \"double\" # comment: yes": None,
}


def mails() -> list[Mail]:
    """A thread to each text, which is its subject, the name of a sender, and a sentence."""
    made = []
    for number, text in enumerate(HOSTILE):
        name = Header(text[:60], "utf-8", maxlinelen=10_000).encode()
        headers = {"From": f"{name} <x@example.org>"}
        first = Mail(f"{number}a", Header(f"T{number} {text[:150]}", "utf-8").encode(), body=text, headers=headers)
        answer = Mail(f"{number}b", "Re: x", "Bob Sample", (first.id,), f"Answer to it: {text}", START + timedelta(1))
        made += [first, replace(answer, body=f"{answer.body}\n\nhttps://example.org/_{number}_`*?x=|y|&_")]
    return made


def visible(text: str) -> str:
    return " ".join(text.split())


def words_of(page: str) -> str:
    """The text of a page of Sphinx's text builder, without what shows lists, and without white space."""
    return re.sub(r"\s+", "", re.sub(r"(?m)^ *[*+-] ", "", page))


def write_drafts(folder: Path, archive: bytes) -> None:
    (folder / "x.mbox").write_bytes(archive)
    known = Known(Collection(settings_of(folder), settings_of(folder).calendar))
    fragments = folder / "releasenotes" / "digests"
    fragments.mkdir(parents=True, exist_ok=True)
    for thread in find_threads([one.messages for one in read_archives([str(folder / "x.mbox")]).archives]):
        draft = draft_thread(make_candidate(thread, None, frozenset(), known, ThreadOptions()))
        (fragments / f"{draft.stem}.yaml").write_text(draft.text.replace("draft: true\n", ""), encoding="utf-8")


def settings_of(folder: Path) -> Settings:
    from sphinxext.digest.settings.project import load_project

    (folder / "releasenotes").mkdir(exist_ok=True)
    return load_project(folder)[0].main


def test_to_a_page(tmp_path: Path) -> None:
    write_drafts(tmp_path, mbox(mails()))
    assert check_collection(tmp_path, settings_of(tmp_path), None).problems == ()
    source = tmp_path / "doc"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['sphinxext.digest']\n")
    (source / "index.rst").write_text("x\n=\n\n.. toctree::\n\n   digests/index\n")
    warnings = io.StringIO()
    with patch_docutils(source), docutils_namespace():
        app = Sphinx(source, source, tmp_path / "out", tmp_path / "tree", "text", status=None, warning=warnings)
        app.build()
    assert warnings.getvalue() == ""
    (path,) = (tmp_path / "out" / "digests").glob("????-??-??.txt")
    page = path.read_text(encoding="utf-8")
    assert "\x1b" not in page
    assert "\u202e" not in page
    words = words_of(page)
    for text, seen in HOSTILE.items():
        # what is long is cut
        start = visible(seen or text)[:100]
        assert words_of(start) in words, start


LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *HOSTILE,
            *(
                "",
                "> quote",
                "On Monday, Ann wrote:",
                "-- ",
                "diff --git a/x b/x",
                "From a@b Mon Oct  5 00:00:00 2026",
            ),
            *("Content-Type: multipart/mixed; boundary=b", "--b", "Content-Transfer-Encoding: base64", "Subject: x"),
            *("=?utf-8?q?=FF=1B[1m?=", "References: <a> <b", "In-Reply-To: <<>>", "Message-ID: <a>", "Date: x"),
            *("https://example.org/`_", "https://[::1", "Hi,", "+1", "a@b.org"),
        ]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(LINES, max_size=30),
    st.lists(LINES, max_size=10),
    st.sampled_from(["From a@b Mon Oct  5 00:00:00 2026", "From -"]),
)
def test_any_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], header: list[str], postmark: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = "\n".join([postmark, "Subject: x", *header, "", *lines, ""])
    write_drafts(folder, text.encode("utf-8", "surrogatepass"))
    assert check_collection(folder, settings_of(folder), None).problems == ()


#: Headers (with the lines below them) and texts of a first mail, which a second one answers.
ARCHIVES = {
    "no date": ("Date: never\n", "Words."),
    "the end of time": ("Date: Fri, 31 Dec 9999 23:59:59 -9999\n", "Words."),
    "the beginning of time": ("Date: 1 Jan 1 00:00 +2400\n", "Words."),
    "parts in parts": (
        "Content-Type: multipart/mixed; boundary=b0\n",
        "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(2000)),
    ),
    "mails in mails": ("Content-Type: message/rfc822\n", "Content-Type: message/rfc822\n\n" * 2000),
    "thousands of parts": ("Content-Type: multipart/mixed; boundary=b\n", "--b\n\nWords.\n" * 10_000),
    "no boundary": ('Content-Type: multipart/mixed; boundary=""\n', "--\n" * 10_000),
    "a charset that lies": ("Content-Type: text/plain; charset=utf-16\n", "odd"),
    "a charset of hosts": ("Content-Type: text/plain; charset=punycode\n", f"{'a' * 300_000}-{'b' * 300_000}"),
    "no base64": ("Content-Transfer-Encoding: base64\n", "!!!!\n" * 1000),
    "tags without end": ("Content-Type: text/html\n", "<div><table><tr><td>" * 10_000),
    "a hundred thousand references": (f"References: {' '.join(f'<{n}@x>' for n in range(100_000))}\n", "Words."),
    "an id of many words": (f"Message-ID: <{'a' * 50_000}>\n", "Words."),
    "an address that is too long": (f"Archived-At: <https://example.org/{'a' * 5000}>\n", "Words."),
    "an address with a password": ("Archived-At: <https://a:b@example.org:999999/\u202e>\n", "Words."),
    "parameters": (f"Content-Type: text/plain{'; a*1*=x' * 5000}\n", "Words."),
    "hundreds of tags": (f"Subject: {'[tag] [other]' * 300} x\n", "Words."),
    "names that are YAML": ('From: "? - key: [value] # <<" <a@b.org>\n', "- a: b\n# c"),
    "nothing to see": ("From: =?utf-8?b?4oCuAOKAiw==?= <a@b.org>\nSubject: =?utf-8?b?4oCu?=\n", "\u202e\u200b"),
    "long links": ("X-One: 1\n", "\n".join(f"https://example.org/{n}/{'a' * 3900}" for n in range(60))),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_draft_always_lints(tmp_path: Path, name: str) -> None:
    header, body = ARCHIVES[name]
    first = f"From -\n{header}Message-ID: <first@x>\nFrom: Ann <ann@example.org>\nSubject: x\n\n{body}\n\n"
    second = "From -\nMessage-ID: <second@x>\nIn-Reply-To: <first@x>\nFrom: Bob\nSubject: Re: x\n\nMore.\n"
    started = time.process_time()
    write_drafts(tmp_path, f"{first}{second}".encode())
    assert check_collection(tmp_path, settings_of(tmp_path), None).problems == ()
    assert len(list((tmp_path / "releasenotes" / "digests").iterdir())) in (1, 2)
    assert time.process_time() - started < 10


class Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, limit: int = 1 << 20) -> bytes:
        return self.data[:limit]


PARTS = st.sampled_from([b"From: ", b"Subject: ", b"Date: ", b"\n", b"\r\n", b" ", b"Message-ID: <", b">", b"=?"])


@given(st.lists(PARTS | st.binary(max_size=12)))
def test_any_header(parts: list[bytes]) -> None:
    message = read_message(Bytes(b"".join(parts)))
    if message is not None:
        assert message.id
        assert message.sender
        assert "\n" not in message.subject


def test_any_archive_of_bytes(tmp_path: Path, make_settings: Callable[..., object]) -> None:
    data = mbox(mails())
    for cut in range(0, len(data), max(1, len(data) // 150)):
        (tmp_path / "x").write_bytes(data[:cut] + b"\xff\x00\r" + data[cut:])
        find_threads([one.messages for one in read_archives([str(tmp_path / "x")]).archives])


URLS = st.text(alphabet="abc019_*`|\\<>()[].:,;/?=&%#~+-!$'@", max_size=20).map(
    lambda text: f"https://example.org/{text}"
)


@settings(max_examples=100)
@given(st.lists(URLS, min_size=1, max_size=3))
def test_any_link(urls: list[str]) -> None:
    lines = [f"See {url} there." for url in urls]
    found = list(cited_urls(lines))
    text = "\n".join(f"* {url_as_rst(url)}" for url in found)
    if found:
        parser = TextParser(guard_of(Settings()))
        (items,) = parser.blocks(Text(text, 1, 1), "x.yaml", "x")
        assert parser.problems == []
        assert [node["refuri"] for node in items.findall(nodes.reference)] == found
        assert [item.astext() for item in items.children] == found
