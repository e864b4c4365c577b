"""What a sender wrote, and nothing else."""

from __future__ import annotations

import base64
import time

import pytest

from sphinxext.digest.collect.mail.body import MAX_SENTENCE, cited_urls, first_sentence, own_lines, text_of_message
from sphinxext.digest.collect.mail.header import read_message
from sphinxext.digest.collect.mail.sources import _Held
from sphinxext.digest.collect.mail.subject import split_subject


def sentence(text: str) -> str:
    return first_sentence(own_lines(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi all,\n\nWe should move the lock\ndirectory. It is old.\n", "We should move the lock directory."),
        ("Hello,\nthe words go on here. More.", "the words go on here."),
        ("On Monday, Ann wrote:\n> old words\n> more\n\nI disagree with that.", "I disagree with that."),
        (
            "On Mon, Oct 5, 2026 at 9:00 AM Ann Example <\nann@example.org> wrote:\n\n> old\n\nNew words here.",
            "New words here.",
        ),
        ("On 5 October 2026 at 09:00, Ann\n<ann@example.org>\nwrote:\n> old\nNew words here.", "New words here."),
        ("Am 05.10.26 um 09:00 schrieb Ann:\n> alt\n\nNeue Wörter hier.", "Neue Wörter hier."),
        (
            "Le lun. 5 oct. 2026 à 09:00, Ann <a@example.org> a écrit :\n> vieux\n\nMots nouveaux ici.",
            "Mots nouveaux ici.",
        ),
        ("Excerpts from Ann's message of 2026-10-05 09:00:00 +0000:\n> old\nNew words here.", "New words here."),
        ("There are two ways:\n\n> quoted\n\nThe second one.", "There are two ways:"),
        ("I wrote this on top.\n\n-----Original Message-----\nFrom: Ann\nOld words.", "I wrote this on top."),
        (
            "Top words are here.\n\nFrom: Ann <a@example.org>\nSent: Monday\nTo: list\nSubject: x\n\nOld.",
            "Top words are here.",
        ),
        ("Top words are here.\n\nOn Monday, Ann wrote:\n", "Top words are here."),
        ("On Monday, Ann wrote:\n> old\n", ""),
        ("AE> supercited\nReal words are here.", "Real words are here."),
        ("Words before that.\n-- \nAnn\nexample.org", "Words before that."),
        ("-- \nAnn\n", ""),
        ("Yes.\nI will do that next week. Then more.", "Yes. I will do that next week."),
        ("+1\n", "+1"),
        ("See e.g. the page. Or another.", "See e.g. the page."),
        ("=====\n*****\n\nWords below a line.", "Words below a line."),
        (
            "This fixes it.\n---\n file.py | 2 +-\n 1 file changed, 1 insertion(+)\n\ndiff --git a/f b/f\n+x",
            "This fixes it.",
        ),
        ("diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n+x = 1", ""),
        (
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSigned words are here.\n"
            "-----BEGIN PGP SIGNATURE-----\nabc",
            "Signed words are here.",
        ),
        (
            "Words of the mail.\n_______________________________________________\nlist mailing list\nlist@example.org",
            "Words of the mail.",
        ),
        ("-------------- next part --------------\nAn HTML attachment was scrubbed...", ""),
        ("", ""),
    ],
)
def test_first_sentence(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_a_long_sentence_is_cut() -> None:
    text = sentence("word " * 3000)
    assert len(text) <= MAX_SENTENCE
    assert text.endswith("word…")
    assert len(sentence("x" * 10_000)) <= MAX_SENTENCE


def test_links() -> None:
    lines = own_lines(
        "See https://example.org/a, <https://example.org/b> (https://example.org/c_(d)) and http://[broken.\n"
        "> https://example.org/quoted\n*https://example.org/e* https://example.org/f_\n"
        "ftp://example.org/x javascript:alert(1) https://example.org/\u202ex\n"
        "-- \nhttps://example.org/signature"
    )
    assert list(cited_urls(lines)) == [
        "https://example.org/a",
        "https://example.org/b",
        "https://example.org/c_(d)",
        "https://example.org/e",
        "https://example.org/f_",
    ]


def mime(body: str, kind: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    extra = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"Subject: x\nContent-Type: {kind}\n{extra}\n{body}".encode()


def test_parts() -> None:
    text = text_of_message(
        mime(
            "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
            "--c\nContent-Type: text/html\n\n<p>HTML</p>\n--c\n"
            "Content-Type: text/plain\n\nPlain words.\n--c--\n--b\nContent-Type: text/plain\n"
            "Content-Disposition: attachment\n\nAttached.\n--b\nContent-Type: message/rfc822\n\n"
            "Subject: y\n\nForwarded.\n--b--\n",
            "multipart/mixed; boundary=b",
        )
    )
    assert text.strip() == "Plain words."


def test_html_alone() -> None:
    text = text_of_message(
        mime("<p>Some <b>words</b></p><blockquote>Old</blockquote><script>x()</script>", "text/html")
    )
    assert text.split() == ["Some", "words"]


def test_encodings() -> None:
    coded = base64.b64encode("Größe".encode("utf-16")).decode()
    assert text_of_message(mime(coded, "text/plain; charset=utf-16", Content_Transfer_Encoding="base64")) == "Größe"
    latin = mime("Gr=F6=DFe", "text/plain; charset=latin-1", Content_Transfer_Encoding="quoted-printable")
    assert text_of_message(latin) == "Größe"
    assert text_of_message(b"Subject: x\n\nGr\xf6\xdfe") == "Größe"
    assert text_of_message(mime("Größe", "text/plain; charset=no-such-thing")) == "Größe"
    assert text_of_message(mime("so \nmany words", "text/plain; format=flowed")) == "so many words"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: text/plain; charset*=x'y\n\nwords",
        b"Content-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: multipart/mixed; boundary=\xff\n\n--\xff\n\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    ],
    ids=range(7),
)
def test_broken_forms(data: bytes) -> None:
    assert isinstance(sentence(text_of_message(data)), str)


@pytest.mark.parametrize(
    "body",
    [
        "> quote\n" * 60_000,
        ">\n\n" * 60_000,
        " " * 500_000,
        "- _=*" * 100_000,
        "<blockquote>" * 30_000,
        "On Monday <" * 30_000,
        "mailing list -- a@" * 20_000,
        "https://example.org/" + "(" * 100_000 + ")" * 100_000,
        "a.b. " * 60_000,
        "<!-- >" * 30_000,
        "<a href=" * 30_000 + ">",
    ],
    ids=range(11),
)
def test_long_texts_take_no_time(body: str) -> None:
    started = time.process_time()
    for kind in ("text/plain", "text/html"):
        lines = own_lines(text_of_message(mime(body, kind)))
        first_sentence(lines)
        list(cited_urls(lines))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "value", ["a at " + "(" * 100_000, "<" * 100_000, "=?" * 50_000, "[a" * 50_000, "[a] " * 30_000]
)
def test_long_headers_take_no_time(value: str) -> None:
    started = time.process_time()
    data = f"From: {value}\nSubject: {value}\nReferences: {value}\nDate: {value}\nMessage-ID: {value}\n\n".encode()
    message = read_message(_Held(data))
    assert message is not None
    split_subject(message.subject)
    assert time.process_time() - started < 5
