"""The message of a digest, read back with Python's own parser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sphinxext.digest.mail import (
    PRINTED,
    WIRE,
    Envelope,
    HeaderError,
    check_subject,
    make_message,
    message_id,
    parse_addresses,
    parse_message_id,
)
from sphinxext.digest.settings.options import Settings

SETTINGS = Settings()
SENDER = Address("Release Team", "release", "example.org")
ENVELOPE = Envelope(
    SENDER, (Address("", "dev", "lists.example.org"),), "A digest", datetime(2015, 12, 4, 12, tzinfo=UTC)
)


def made(text: str = "Text\n", html: str | None = None, envelope: Envelope = ENVELOPE) -> EmailMessage:
    return make_message("2015-12-04", SETTINGS, envelope, text, html)


def read_back(message: EmailMessage) -> EmailMessage:
    parsed = message_from_bytes(message.as_bytes(policy=WIRE).replace(b"\r\n", b"\n"), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert [part.defects for part in parsed.walk() if part.defects] == []
    return parsed


def test_headers() -> None:
    message = read_back(made())
    identifier = message["Message-ID"]
    assert re.fullmatch(r"<digest\.2015-12-04\.[0-9a-f]{16}@example\.org>", identifier)
    assert {name: str(value) for name, value in message.items()} == {
        "From": "Release Team <release@example.org>",
        "To": "dev@lists.example.org",
        "Subject": "A digest",
        "Date": "Fri, 04 Dec 2015 12:00:00 +0000",
        "Message-ID": identifier,
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="us-ascii"; format="fixed"',
        "Content-Transfer-Encoding": "7bit",
        "Content-Language": "en",
    }


def test_the_identifier_is_stable_and_its_own() -> None:
    one = message_id("2015-12-04", SETTINGS, SENDER)
    assert one == message_id("2015-12-04", SETTINGS, Address("Another name", "Release", "Example.org"))
    others = {
        message_id("2015-12-11", SETTINGS, SENDER),
        message_id("2015-12-04", SETTINGS, SENDER, 1),
        message_id("2015-12-04", SETTINGS, SENDER, 2),
        message_id("2015-12-04", SETTINGS, Address("", "other", "example.org")),
        message_id("2015-12-04", replace(SETTINGS, base_url="https://docs.example.org/"), SENDER),
        message_id("2015-12-04", replace(SETTINGS, pages="news"), SENDER),
        message_id("2015-12-04", replace(SETTINGS, collection_title="News"), SENDER),
    }
    assert one not in others
    assert len(others) == 7
    assert all(parse_message_id(identifier) == identifier for identifier in others)


def test_a_message_is_the_same_each_time() -> None:
    assert made("Täxt\n", "<p>Täxt").as_bytes() == made("Täxt\n", "<p>Täxt").as_bytes()


def test_a_correction_is_a_reply_to_the_digest() -> None:
    message = read_back(made(envelope=replace(ENVELOPE, correction=2)))
    original = message_id("2015-12-04", SETTINGS, SENDER)
    assert message["Message-ID"] == message_id("2015-12-04", SETTINGS, SENDER, 2)
    assert (message["In-Reply-To"], message["References"]) == (original, original)
    assert message["Subject"] == "[Correction] A digest"


def test_a_reply_to_another_message() -> None:
    message = read_back(made(envelope=replace(ENVELOPE, in_reply_to="<a@b>")))
    assert (message["In-Reply-To"], message["References"]) == ("<a@b>", "<a@b>")
    assert message["Subject"] == "A digest"


def test_long_words_of_headers_stay_whole() -> None:
    long = f"<{'a' * 60}@{'b' * 60}.example.org>"
    url = f"https://docs.example.org/{'x' * 100}/2015-12-04.html"
    data = made(envelope=replace(ENVELOPE, in_reply_to=long, page_url=url)).as_bytes(policy=WIRE)
    assert f"\r\nIn-Reply-To: {long}\r\nReferences: {long}\r\n".encode() in data
    assert f"\r\nArchived-At: <{url}>\r\n".encode() in data


def test_other_scripts_in_headers() -> None:
    to = parse_addresses("Zoë Österreich <zoe@exämple.org>, 東京 <dev@example.org>")
    subject = "Grüße an alle: 開発者の皆さん, and a subject that is so long that it has to be folded somewhere"
    message = read_back(made(envelope=replace(ENVELOPE, to=to, subject=subject)))
    assert message["Subject"] == subject
    assert [address.display_name for address in message["To"].addresses] == ["Zoë Österreich", "東京"]
    assert [address.addr_spec for address in message["To"].addresses] == ["zoe@xn--exmple-cua.org", "dev@example.org"]
    assert made(envelope=replace(ENVELOPE, to=to, subject=subject)).as_bytes(policy=WIRE).isascii()


WORDS = st.sampled_from(
    (
        *(
            "Abo",
            "actualités",
            "20",
            "d’abonnement",
            "–",
            "✨",
            "[dev]",
            "Re:",
            "251210-AABBCC",
            "(x)",
            "日本語テキスト",
        ),
        *(
            "=?utf-8?q?x?=",
            "=?a",
            "?=",
            "a=b",
            "_",
            "=?utf-8?q?=0ABcc:_x@example.org?=",
            '"q"',
            "a.b,",
            "c;d",
            "<x@y>",
        ),
        *("\\", "👩\u200d💻", "שלום", "Еженедельный", "", "x" * 100, "Ж" * 60),
        "https://docs.example.org/a/very/long/address/that/does/not/fit/on/one/line/of/a/mail",
    )
)


@given(st.lists(WORDS, min_size=1, max_size=25).map(lambda words: " ".join(words).strip()).filter(bool))
@example("Еженедельный дайджест разработчиков 14–20 ноября: новости и планы команды")
@example("=?utf-8?q?=0ABcc:_x@example.org?=")
@example("two  spaces, and nothing beyond ASCII")
def test_any_subject_comes_back(subject: str) -> None:
    """Also to programs that go by the letter of RFC 2047, with any version of Python."""
    message = made(envelope=replace(ENVELOPE, subject=subject))
    assert message["Subject"] == subject
    for policy in (WIRE, PRINTED):
        head = message.as_bytes(policy=policy).replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii")
        (raw,) = re.findall(r"^Subject: (.*(?:\n .*)*)", head, re.MULTILINE)
        assert str(make_header(decode_header(raw.replace("\n", "")))) == subject
        assert max(map(len, f"Subject: {raw}".split("\n"))) <= 76
        assert [line for line in raw.split("\n") if not line.strip()] == []
        assert [
            word for word in raw.split() if "=?" in word and not re.fullmatch(r"=\?utf-8\?[bq]\?[^?\s]+\?=", word)
        ] == []
    assert read_back(message)["Subject"] == subject
    assert sorted(read_back(message)) == sorted(read_back(made()))


NAMES = st.lists(WORDS.filter(bool), max_size=6).map(" ".join).filter(lambda name: len(name.encode()) <= 42)


@given(st.lists(NAMES, min_size=1, max_size=6))
@example(["Release Team"])
@example(["A. Sample", "Sample, Ute", 'The "Hammer"', "back\\slash", "Österreich, Üte", "Ж" * 21])
def test_any_name_comes_back(names: list[str]) -> None:
    to = tuple(Address(name, f"u{number}", "example.org") for number, name in enumerate(names))
    message = read_back(made(envelope=replace(ENVELOPE, sender=to[0], to=to, cc=to)))
    for header in ("To", "Cc"):
        assert [(one.display_name, one.addr_spec) for one in message[header].addresses] == [
            (one.display_name, one.addr_spec) for one in to
        ]
    assert message["From"].addresses[0].display_name == names[0]
    head = made(envelope=replace(ENVELOPE, to=to)).as_bytes(policy=WIRE).partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76


def test_how_headers_look() -> None:
    """Encoded words only where they are needed, short or cut between characters."""
    to = (
        Address("A. Sample", "a", "example.org"),
        Address("Ute", "ute", "example.org"),
        Address("", "c", "example.org"),
    )
    subject = "Grüße: " + "日本語" * 15
    data = made(envelope=replace(ENVELOPE, to=to, subject=subject)).as_bytes()
    assert b'\nTo: "A. Sample" <a@example.org>, Ute <ute@example.org>, c@example.org\n' in data
    (raw,) = re.findall(rb"\nSubject: (.*(?:\n .*)*)", data)
    assert raw.count(b"=?utf-8?b?") == 4
    plain = "word " * 30 + "end"
    assert (
        f"Subject: {'word ' * 12}word\n {'word ' * 14}word\n word word end\n".encode()
        in made(envelope=replace(ENVELOPE, subject=plain)).as_bytes()
    )
    assert (
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_an_alle_Leser_der_Liste?=\n"
        in made(envelope=replace(ENVELOPE, subject="Grüße an alle Leser der Liste")).as_bytes()
    )


@pytest.mark.parametrize("url", ["https://example.org/\nBcc: x@y", "https://example.org/é", "https://a b", "x" * 499])
def test_addresses_of_pages_that_no_header_can_have(url: str) -> None:
    assert made(envelope=replace(ENVELOPE, page_url=url))["Archived-At"] is None
    assert made(envelope=replace(ENVELOPE, page_url="x" * 498))["Archived-At"] == f"<{'x' * 498}>"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ASCII only.\n", "7bit"),
        ("Zoë, 東京, 🎉.\n", "quoted-printable"),
        ("x" * 999 + "\n", "quoted-printable"),
        ("From here on it is text.\n", "quoted-printable"),
        ("A dot\n.\nalone\n", "7bit"),
        ("Zoë\nFrom here\n", "quoted-printable"),
    ],
)
def test_the_text_comes_back_as_it_was(text: str, encoding: str) -> None:
    message = made(text)
    data = message.as_bytes(policy=WIRE)
    assert message["Content-Transfer-Encoding"] == encoding
    assert read_back(message).get_content() == text
    assert not re.search(rb"^From ", data, re.MULTILINE)
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert data.isascii()
    assert max(map(len, lines)) <= 998


@given(st.text(st.sampled_from("ab =é日🎉.\n-_From ") | st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_any_text_comes_back(text: str) -> None:
    text = text.strip("\n") + "\n"
    message = read_back(made(text, f"<p>{text}"))
    assert message.get_body(("plain",)).get_content() == text  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content() == f"<p>{text}"  # type: ignore[union-attr]


def test_two_parts_the_plain_one_first() -> None:
    message = read_back(made("Text\n", "<!DOCTYPE html>\n<p>Hypertext – é\n"))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, hypertext = message.iter_parts()
    assert plain.get_content() == "Text\n"
    assert hypertext.get_content() == "<!DOCTYPE html>\n<p>Hypertext – é\n"
    assert hypertext["Content-Transfer-Encoding"] == "quoted-printable"
    assert message["Content-Language"] == "en"
    assert PRINTED.linesep == "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a@",
        "@b",
        "a b@c",
        "a@b c@d",
        "Name <a@b",
        "a@b\nBcc: c@d",
        "a@b\r\nBcc: c@d",
        "undisclosed-recipients:;",
        "ä@example.org",
        "a@b\u2028",
        "a@" + "ä" * 80 + ".org",
        "=?utf-8?q?=0A?= <a@b>",
        "=?utf-8?b?Cg==?= <a@b>",
        "=?utf-8?q?=0D=0ABcc:_c@d?= <a@b>",
        '"=?utf-8?q?=0ABcc:_c@d?=" <a@b>',
        "=?utf-8?q?=E2=80=A8?= <a@b>",
        "=?utf-8?q?=00?= <a@b>",
        "=?utf-8?q?=C2=85?= <a@b>",
        "=?utf-8?q?=1B[31m?= <a@b>",
        "Ute <a@b=?utf-8?q?=0A?=>",
        "a@b\x00",
        "a@b\u2029",
        "a@b\x85",
        "a@[1.2.3.4\r\n]",
        "a@b;c",
        "a@b c",
        "(" * 20_000 + "a@b",
        "a:" * 20_000,
        "<" * 20_000,
        f"a@{'b' * 253}",
        f"{'a' * 64}@{'b.' * 95}org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(HeaderError):
        parse_addresses(text)


@pytest.mark.parametrize("text", ["", " ", "a\nBcc: b@c", "a\rb", "a\x00b", "a\u2029b", "\udc80"])
def test_what_is_no_subject(text: str) -> None:
    with pytest.raises(HeaderError):
        check_subject(text)


@pytest.mark.parametrize("text", ["", "a", "a b@c", "<a@b> <c@d>", "<a@b>\nX: y", "<ä@b>", "<>", f"<{'a' * 500}@b>"])
def test_what_is_no_identifier(text: str) -> None:
    with pytest.raises(HeaderError):
        parse_message_id(text)
    assert parse_message_id("a@b") == parse_message_id(" <a@b> ") == "<a@b>"


def test_addresses_of_all_lengths_and_forms() -> None:
    assert parse_addresses(f"a@{'b' * 252}")[0].domain == "b" * 252
    (address,) = parse_addresses('"a b"@[192.0.2.1]')
    assert (address.username, address.domain) == ("a b", "[192.0.2.1]")
    assert read_back(made(envelope=replace(ENVELOPE, sender=address)))["From"] == '"a b"@[192.0.2.1]'
