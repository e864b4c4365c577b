"""What a sender wrote, and nothing else."""

# ruff: noqa: RUF001 - lines of mails in many languages
from __future__ import annotations

import base64
import time

import pytest

from sphinxext.digest.gather.mail.body import MAX_SENTENCE, cited_urls, first_sentence, own_lines, text_of_message
from sphinxext.digest.gather.mail.header import read_message
from sphinxext.digest.gather.mail.sources import _Held
from sphinxext.digest.gather.mail.threads import split_subject


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi all, the gate is broken since noon.", "the gate is broken since noon."),
        ("Hello there, this is it.", "this is it."),
        ("Dear Ute Sample, who can review this?", "who can review this?"),
        ("Hey folks - the gate is broken.", "the gate is broken."),
        ("Hi all -- the gate is broken.", "the gate is broken."),
        ("Hi all – the gate is broken.", "the gate is broken."),
        ("Hi Jean-Luc, the gate is broken.", "the gate is broken."),
        ("Hi Ute, all, the gate is broken.", "the gate is broken."),
        ("Hi Ute and all: the gate is broken.", "the gate is broken."),
        ("Hi Ute, Bob and Cyd,\nthe gate is broken.", "the gate is broken."),
        ("Hi Ute\nThe gate is broken.", "The gate is broken."),
        ("Hello Everybody. The gate is broken.", "The gate is broken."),
        ("Hi lovely people, the gate is broken.", "the gate is broken."),
        ("Good morning!\nThe gate is broken.", "The gate is broken."),
        ("Morning all, the gate is broken.", "the gate is broken."),
        ("Morning!\n\nThe gate is broken.", "The gate is broken."),
        ("Cześć wszystkim,\nbrama jest zepsuta.", "brama jest zepsuta."),
        ("Hallo zusammen, das Tor ist kaputt.", "das Tor ist kaputt."),
        ("Ute here.\n\nThe gate is broken.", "The gate is broken."),
        ("Thanks!\n\nThe gate is broken.", "The gate is broken."),
        ("Team,\n\nThe gate is broken.", "The gate is broken."),
        # what only looks like a greeting
        ("Hello world is the wrong example here.", "Hello world is the wrong example here."),
        ("Hi this works for me, thanks.", "Hi this works for me, thanks."),
        ("Hi-fi recordings are kept, I think.", "Hi-fi recordings are kept, I think."),
        ("Morning builds fail, others do not.", "Morning builds fail, others do not."),
        ("Morning, noon and night it is broken.", "Morning, noon and night it is broken."),
        ("All tests pass now.", "All tests pass now."),
        ("All tests pass", "All tests pass"),
        ("Team meeting is moved", "Team meeting is moved"),
        ("Everyone can vote until Friday", "Everyone can vote until Friday"),
        ("Thanks Ute, merged now.", "Thanks Ute, merged now."),
        ("Cheers to Ute, who fixed it", "Cheers to Ute, who fixed it"),
        ("Best regards are due to the team.", "Best regards are due to the team."),
        ("I think,\nwe should.", "we should."),
        ("It is broken, so\nlet us wait.", "It is broken, so let us wait."),
        ("It is broken.\n\nHi all, more words.", "It is broken."),
        # nothing else is said
        ("Thanks,\nUte", "Thanks, Ute"),
        ("Thanks a lot Ute!\n\nCheers,\nBob", "Thanks a lot Ute!"),
        ("Hi all,\n\n> quoted\n\nCheers", "Cheers"),
        ("Hi all,\n", ""),
    ],
)
def test_greetings(text: str, expected: str) -> None:
    assert sentence(text) == expected


#: Lines above quotes, as mail programs write them; a bar is the end of a line.
ATTRIBUTIONS = [
    "W dniu 11.08.2026 o 10:00, Ute Sample pisze:",
    "Dňa 11. 8. 26 o 10:00 Ute Sample napísal(a):",
    "вт, 11 авг. 2026 г. в 10:00, Ute Sample <ute@example.org>:",
    "في ١١ أغسطس ٢٠٢٦، الساعة ١٠:٠٠، كتب Ute Sample:",
    "เมื่อ อ. 11 ส.ค. 2569 เวลา 10:00 Ute Sample เขียนว่า:",
    "मंगल, 11 अग॰ 2026 को 10:00 बजे को Ute Sample ने लिखा:",
    "2026年8月11日(火) 10:00 Ute Sample <ute@example.org>：",
    "2026-08-11 10:00 keltezéssel, Ute Sample írta:",
    "Em ter., 11 de ago. de 2026 às 10:00, Ute Sample escreveu:",
    "Ute Sample <ute@example.org> yazdı:",
    "Ute Sample <ute at example.org> skribis:",
    "Ute Sample (ute at example.org) skribis:",
    "* Ute Sample (ute@example.org) [2026-08-11 10:00]:",
    "[Ute Sample, 2026-08-11]",
    "---- Il 11 ago 2026 10:00 Ute Sample <ute@example.org> ha scritto ----",
    "Citante Ute Sample (2026-08-11 10:00:00)",
    "ke 11/8 klo 10:00 Ute Sample:",
    "W dniu wtorek, 11 sierpnia 2026 10:00:00 CEST Ute Sample|<ute@example.org> pisze:",
    "Tirsdag den 11. august 2026 kl. 10:00:00 skrev en med et langt|Navn Og Flere|<ute@example.org>:",
    "Am Dienstag, den 11.08.2026, 10:00 +0200 verfasste Ute|Sample:",
    "вт, 11 авг. 2026 г. в 10:00, Ute Sample <|ute@example.org>:",
    "Citante Ute Sample|<ute@example.org>:",
    "Citante Ute Sample <|ute@example.org>:",
    "Bob wrote:",
    "Nobody but Bob said:",
    "On Monday, Bob wrote:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_lines_above_quotes_in_any_language(line: str) -> None:
    above = line.replace("|", "\n")
    for gap in ("\n", "\n\n"):
        assert own_lines(f"{above}{gap}> quoted\n\nWords.") == ["Words."]
        assert own_lines(f"Mine.\n\n{above}{gap}> quoted\n\nWords.") == ["Mine.", "", "Words."]
        assert own_lines(f"It is mine.\n{above}{gap}> quoted") == ["It is mine.", ""]


@pytest.mark.parametrize(
    "line",
    [
        "There are two ways:",
        "With Python 3.12 I get 5 errors like this:",
        "I see this at 10:30:",
        "Use the tag <b> like this:",
        "See the page at docs.example.org:",
        "Use @property like this:",
        "The log of today (2026-08-11) says",
        "The log (at 10:30)",
        "There are 3 ways in 120 files:",
        "[1] is what I mean",
        "-- 2026-08-11",
        "We met on 11 August 2026 and|decided three things, which the|minutes have:",
        "On 11 August 2026 Ute wrote this",
    ],
)
def test_lines_above_quotes_that_are_the_sender_s(line: str) -> None:
    lines = line.split("|")
    assert own_lines("\n".join((*lines, "> quoted", "", "Words."))) == [*lines, "", "Words."]


def test_a_sentence_before_the_attribution_on_one_line() -> None:
    line = "I agree with that. On Tue, 11 Aug 2026 Ute Sample <ute@example.org> wrote:"
    assert own_lines(f"{line}\n> quoted") == ["I agree with that.", ""]
    assert own_lines("Yes, it is old. Bob wrote:\n> quoted") == ["Yes, it is old.", ""]


HEADERS = {
    "pl": "Od: Ute Sample <ute@example.org>\nWysłano: 11 sierpnia 2026 10:00\nDo: dev\nTemat: x",
    "de": "Von: Ute Sample <ute@example.org>\nGesendet: Dienstag, 11. August 2026 10:00\nAn: dev\nBetreff: x",
    "bold": "*Von:* Ute Sample <ute@example.org>\n*Gesendet:* 11. August 2026 10:00\n*An:* dev\n*Betreff:* x",
    "zh": "发件人: Ute <ute@example.org>\n发送时间: 2026年8月11日 10:00\n收件人: dev",
    "fr": "De : Ute Sample <ute@example.org>\nEnvoyé : mardi 11 août 2026 10:00\nÀ : dev\nObjet : x",
    "empty lines": "Från: Ute <ute@example.org>\n\nSkickat: den 11 augusti 2026 10:00\n\nTill: dev\n\nÄmne: x",
    "to before date": "Fra: Ute\nTil: dev <dev@example.org>\nSendt: 11 august 2026 10:00\nEmne: x",
    "below a rule": "-----Wiadomość oryginalna-----\nSent: 11 August 2026 10:00\nTo: dev\nSubject: x",
    "below another": "----- Ursprüngliche Nachricht -----\nAn: dev\nVon: ute@example.org",
    "english": "From: Ute\nSent: Monday\nTo: list\nSubject: x",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers_above_quoted_mails_in_any_language(header: str) -> None:
    assert own_lines(f"Mine.\n\n{header}\n\nTheirs.\nhttps://example.org/theirs") == ["Mine.", ""]
    assert own_lines(f"{header}\n\nTheirs.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Where: room 5\nWhen: 11 August 2026 10:00\nWho: all\nAsk: ute@example.org",
        "Ask: ute@example.org\nWhen: 11 August 2026 10:00",
        "Ask: ute@example.org\nWhen: later\nWhere: room 5\nUntil: 11 August 2026",
        "Ask: ute@example.org\nWhen: 11 August 2026 10:00\nin room 5\nWho: all",
        "One: 1\nTwo: 2\nThree: 3\nFour: 4",
        "----- Agenda -----\nWhen: later\nWho: all",
        "----- Agenda -----\nWhen: 11 August 2026 10:00\nin room 5",
        "From: here\nto there it goes\nSubject: x",
        "To: all\nDate: later\nin room 5\nFrom: here\nto there it goes",
    ],
)
def test_rows_of_words_and_colons_that_are_the_sender_s(text: str) -> None:
    assert own_lines(text) == text.split("\n")


def test_a_long_sentence_is_cut() -> None:
    text = sentence("word " * 3000)
    assert len(text) <= MAX_SENTENCE
    assert text.endswith("word…")
    assert len(sentence("x" * 10_000)) <= MAX_SENTENCE


def test_links() -> None:
    lines = own_lines(
        "See https://example.org/a, <https://example.org/b> (https://example.org/c_(d)) and http://[broken.\n"
        "> https://example.org/quoted\n*https://example.org/e* https://example.org/f_\n"
        "https://example.org/g_((h) https://example.org/i))] "
        "ftp://example.org/x javascript:alert(1) https://example.org/\u202ex\n"
        "-- \nhttps://example.org/signature"
    )
    assert list(cited_urls(lines)) == [
        "https://example.org/a",
        "https://example.org/b",
        "https://example.org/c_(d)",
        "https://example.org/e",
        "https://example.org/f_",
        "https://example.org/g_((h)",
        "https://example.org/i",
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


@pytest.mark.parametrize(("depth", "words"), [(20, ["Words."]), (21, [])])
def test_how_deep_parts_are_read(depth: int, words: list[str]) -> None:
    inner = "Content-Type: text/plain\n\nWords.\n"
    for number in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n{inner}\n--b{number}--\n"
    assert text_of_message(f"Subject: x\n{inner}".encode()).split() == words


def test_how_much_of_a_text_is_read() -> None:
    assert len(text_of_message(mime("x" * 300_000))) == 256 * 1024
    assert len(text_of_message(mime("x" * 300_000, "text/html"))) == 128 * 1024
    assert own_lines("x" * 3000) == ["x" * 2000]


def test_html_alone() -> None:
    text = text_of_message(
        mime("<p>Some <b>words</b></p><blockquote>Old</blockquote><script>x()</script>", "text/html")
    )
    assert text.split() == ["Some", "words"]


def test_html_without_its_quotes() -> None:
    above = "11 sie 2026 10:00 Ute &lt;ute@example.org&gt; napisał(a):<br>"
    text = text_of_message(
        mime(
            f"<div>{above}</div><BlockQuote type=cite>old<blockquote>older</blockquote>old</BLOCKQUOTE><p>Mine.</p>"
            f"</blockquote><p>More.</p><div>{above}</div><blockquote>old",
            "text/html; charset=utf-8",
        )
    )
    assert text.split("\n") == ["Mine.", "", "More."]
    kept = text_of_message(mime("<p>See this:</p><blockquote>x</blockquote><pre>code</pre><p>a<br>b</p>", "text/html"))
    assert kept == "See this:\n\na\nb"
    # some programs send HTML as plain text
    assert text_of_message(mime("\n <HTML><p>Words &amp; more</p>")) == "Words & more"
    assert text_of_message(mime("<!DOCTYPE html><p>Words")) == "Words"
    assert text_of_message(mime("Words <html><p>more")) == "Words <html><p>more"


def test_encodings() -> None:
    coded = base64.b64encode("Größe".encode("utf-16")).decode()
    assert text_of_message(mime(coded, "text/plain; charset=utf-16", Content_Transfer_Encoding="base64")) == "Größe"
    latin = mime("Gr=F6=DFe", "text/plain; charset=latin-1", Content_Transfer_Encoding="quoted-printable")
    assert text_of_message(latin) == "Größe"
    assert text_of_message(b"Subject: x\n\nGr\xf6\xdfe") == "Größe"
    assert text_of_message(mime("Größe", "text/plain; charset=no-such-thing")) == "Größe"
    assert text_of_message(b'Content-Type: text/plain; charset="utf\x00"\n\nwords here') == "words here"
    assert text_of_message(mime("words", "text/plain; charset=rot13")) == "words"
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
    "kind",
    [
        b"text/plain; charset*" + b"9" * 5000 + b"=x",
        b"text/plain; charset*=\0''%ff",
        b"multipart/mixed; boundary*=undefined''%ff",
        b"multipart/mixed; boundary*" + b"9" * 5000 + b"=x",
    ],
    ids=range(4),
)
def test_headers_at_which_the_parser_fails(kind: bytes) -> None:
    assert text_of_message(b"Content-Type: " + kind + b"\n\nwords\n\nmore") == "words\n\nmore"


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


@pytest.mark.parametrize("charset", ["punycode", "Idna", "utf-7", "hz", "unicode_escape", "zlib", "undefined"])
def test_charsets_that_are_none_take_no_time(charset: str) -> None:
    started = time.process_time()
    for body in ("a" * 500_000 + "-" + "b" * 500_000, "a.b" * 300_000, "+AAA-" * 200_000):
        text_of_message(mime(body, f"text/plain; charset={charset}"))
    assert time.process_time() - started < 10


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
