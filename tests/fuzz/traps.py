"""Inputs that are too large for a corpus: what makes a program slow that looks at anything again and again."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator

#: About how many bytes an input has.
SIZE = 6_000

_LINES = (
    *(
        "*",
        "**",
        "`",
        "``",
        "_",
        "__",
        "|",
        "[",
        "]",
        "(",
        "<",
        ">",
        "&",
        "\\",
        "/",
        "-",
        "=",
        ":",
        "::",
        " ",
        "\t",
        "\n",
    ),
    *(
        "a",
        "a ",
        "a_ ",
        "`a",
        "`a`_ ",
        "|a| ",
        "[1]_ ",
        "[1] ",
        "**a",
        "*a ",
        "a: ",
        "a:",
        "http://",
        "https://e.org/ ",
    ),
    *(
        "\x00",
        "\x1b[",
        "\x1b]",
        "\x02",
        "\x03",
        "é",
        "日",
        "😀",
        "\u0301",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\u2028",
        "1",
        "0",
        ".",
    ),
    *(
        "<b>",
        "<!--",
        "<a href='",
        "&#",
        "&amp;",
        "=?utf-8?q?",
        "=?utf-8?b?",
        "=3D",
        "#success ",
        "s/a/",
        "R-1 ",
        "2016-",
    ),
)
_BLOCKS = (
    *("* a\n", "* a\n\n", "- a\n  b\n", "1. a\n", "a\n\n", "a\n=\n", "=\n", "| a\n", ">>> a\n", ":a: b\n", "a\n  b\n"),
    *(".. a\n\n", ".. note:: a\n\n", ".. _a: b\n", ".. [#] a\n", "__ a\n", "-a  b\n", "::\n\n  a\n\n", "===  ===\n"),
    *(
        "+---+\n| a |\n",
        "a::\n\n",
        ".. |a| replace:: |a|\n",
        ".. _a: a_\n",
        "[1] - https://e.org/\n",
        "> a\n",
        "From a\n",
    ),
)


def _nested(item: str, width: int = 2, depth: int = 300) -> str:
    return "".join(f"{' ' * (width * level)}{item}\n\n" for level in range(depth))


def _texts() -> Iterator[tuple[str, str]]:
    for part in _LINES:
        yield f"line of {part!r}", part * (SIZE // len(part.encode()))
    for part in _BLOCKS:
        yield f"lines of {part!r}", part * (SIZE // len(part))
    for item in ("* a", "- a", "1. a", ".. note:: a", "a", "> a", "| a", ".. a"):
        yield f"nested {item!r}", _nested(item)
    yield "quoted", "".join(f"{'> ' * (level % 400)}a\n" for level in range(400))
    yield "table", ("+---" * 100 + "+\n" + "| a " * 100 + "|\n") * 60 + "+---" * 100 + "+\n"
    yield "targets", "".join(f".. _a{n}: a{n + 1}_\n" for n in range(4000))
    yield "footnotes", "[#]_ " * 3000 + "\n\n" + ".. [#] a\n" * 3000
    yield (
        "substitutions",
        "|a|\n\n" + "".join(f".. |{'a' * n}| replace:: |{'a' * n}a| |{'a' * n}a|\n" for n in range(1, 40)),
    )


def _fragment(text: str) -> bytes:
    return f"date: 2026-11-18\nstories:\n- title: t\n  text: {json.dumps(text, ensure_ascii=False)}\n".encode()


def _yaml(start: str) -> Iterator[tuple[str, bytes]]:
    for part in (
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "&a ",
        "*a ",
        "!a ",
        "'",
        '"',
        "|",
        "#",
        "%TAG ! x\n",
        "--- \n",
        "{a: ",
        "[a, ",
    ):
        yield f"yaml of {part!r}", (start + part * (SIZE // len(part))).encode()
    yield "yaml keys", (start + "".join(f"a{n}: b\n" for n in range(8000))).encode()
    yield "yaml same keys", (start + "a: b\n" * 8000).encode()
    yield (
        "yaml anchors",
        (start + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9 if n else 'x'}]\n" for n in range(30))).encode(),
    )
    yield "yaml digits", (start + f"date: {'9' * SIZE}\n").encode()


_MAIL = (
    "From: a@example.org\nSubject: Digest April 2-8\nDate: Mon, 11 Apr 2016 09:00:00 +0000\nMessage-ID: <1@e.org>\n"
)


def _mails() -> Iterator[tuple[str, bytes]]:
    for name, text in _texts():
        yield f"body: {name}", f"{_MAIL}\n{text}".encode()
        line = text.replace("\n", " ")
        for field in ("Subject", "From", "References", "Date", "Content-Type"):
            yield f"{field}: {name}", f"{field}: {line}\n{_MAIL}\nx\n".encode()
        encoded = base64.encodebytes(text.encode()).decode()
        head = f"{_MAIL}MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n"
        yield f"html: {name}", f"{head}\n{encoded}".encode()
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000))
    yield "nested parts", (_MAIL + parts + "\nx").encode()
    yield "nested messages", (_MAIL + "Content-Type: message/rfc822\n\n" * 3000).encode()
    yield "many parts", (_MAIL + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 10_000).encode()
    yield "many headers", ("X-A: b\n" * 10_000 + _MAIL + "\nx").encode()
    yield "quoted-printable", (_MAIL + "Content-Transfer-Encoding: quoted-printable\n\n" + "=\n" * 50_000).encode()
    answers = (
        f"From x Mon Oct  5 00:00:00 2026\n{_MAIL.replace('<1@', f'<{n}@')}In-Reply-To: <{n - 1}@e.org>\n\nx\n\n"
        for n in range(600)
    )
    yield "long thread", "".join(answers).encode()
    yield "many mails", ("From x Mon Oct  5 00:00:00 2026\n" + _MAIL + "\nx\n\n").encode() * 500


def _pages() -> Iterator[tuple[str, bytes]]:
    for tag in (
        "<ul><li>",
        "<div>",
        "<b>",
        "<a href='x'>",
        "<h2>",
        "<table><tr><td>",
        "<blockquote>",
        "<pre>",
        "<p>",
        "<ol>",
    ):
        yield f"deep {tag}", ("<html><body>" + tag * (SIZE // len(tag)) + "x").encode()
        yield f"closed {tag}", (f"<html><body>{tag}x".encode() * (SIZE // len(tag)))
    for name, text in _texts():
        yield name, text.encode()
        yield f"html {name}", f"<html><body><h1>Digest April 2-8, 2016</h1><p>{text}".encode()
        yield (
            f"digest {name}",
            f"Developer Mailing List Digest April 2-8, 2016\n\nSuccessBot Says\n\n* {text}".encode(),
        )


def _xml(start: str, end: str) -> Iterator[tuple[str, bytes]]:
    for name, text in _texts():
        yield f"cdata {name}", f"{start}<![CDATA[{text.replace(chr(0), '')}]]>{end}".encode("utf-8", "replace")
    for part in ("<a>", "<a/>", "&amp;", "&#65;", "<!-- x -->", "<?a b?>", "<a b='c'/>", "<![CDATA[x]]>"):
        yield f"xml of {part}", (start + part * (SIZE // len(part)) + end).encode()
    attributes = " ".join(f"a{n}='1'" for n in range(9000))
    yield "attributes", f"{start}<a {attributes}/>{end}".encode()


def _jsons(make: str) -> Iterator[tuple[str, bytes]]:
    for part in ("[", '{"a":', "[0,", '"', "9", "-", "0.", "1e", "\\u0041"):
        yield f"json of {part}", part.encode() * (SIZE // len(part))
    yield "json digits", ('{"version": ' + "9" * SIZE + "}").encode()
    for name, text in _texts():
        yield name, make.replace("TEXT", json.dumps(text)).encode()


def _chats() -> Iterator[tuple[str, bytes]]:
    for name, text in _texts():
        line = text.replace("\n", " ")
        yield name, f"2026-03-14T15:02:11  <a> #success x\n2026-03-14T15:02:11  <a> #success {line}".encode()
        yield (
            f"correction {name}",
            f"2026-03-14T15:02:11  <a> #success {line[:500]}\n2026-03-14T15:02:12  <a> s/{line}/x/".encode(),
        )
        page = f'<tr id="t2026-03-14T15:02:11"><th class="nick">a</th><td class="text">#success {line}'
        yield f"page {name}", page.encode()
    yield "crowd", "".join(f"2026-03-14T15:02:{n % 60:02}  <a{n}> #success {n}\n" for n in range(500)).encode()
    yield "bomb", gzip.compress(bytes(30_000_000), mtime=0)
    yield "bomb of lines", gzip.compress(b"2026-03-14T15:02:11  <a> hello\n" * 300_000, mtime=0)
    yield "bomb in a bomb", gzip.compress(gzip.compress(bytes(30_000_000), mtime=0), mtime=0)


_NOTE = '{"version": 1, "project": "p", "title": "P", "notes": [{"kind": "story", "identity": "0123456789abcdef", '
_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>B</title><entry><id>1</id><title>'


_EVENT = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261204T100000Z\n"


def traps(target: str) -> Iterator[tuple[str, bytes]]:  # noqa: C901 - a table that is as long as there are targets
    """Names and contents of the inputs for a target."""
    if target in ("fragment", "report"):
        yield from ((name, _fragment(text)) for name, text in _texts())
        yield from _yaml("date: 2026-11-18\n")
    elif target == "release-note":
        yield from ((name, f"fixes:\n- {json.dumps(text, ensure_ascii=False)}\n".encode()) for name, text in _texts())
        yield from _yaml("")
    elif target in ("changelog-markdown", "changelog-rst"):
        heading = "## Unreleased\n\n### Added\n\n- " if target == "changelog-markdown" else "Added\n-----\n\n- "
        yield from ((name, f"{heading}{text}\n".encode("utf-8", "surrogatepass")) for name, text in _texts())
    elif target in ("settings", "schedule", "series-status", "reno-config", "reno-cache"):
        yield from _yaml("")
        yield from _yaml("cycle: ")
    elif target in ("import-mail", "mbox"):
        yield from _mails()
    elif target == "import-page":
        yield from _pages()
    elif target == "import-export":
        start = '<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>'
        title = "<title>Digest April 2-8</title><pubDate>Mon, 11 Apr 2016 09:00:00 +0000</pubDate>"
        yield from _xml(f"{start}{title}<content:encoded>", "</content:encoded></item></channel></rss>")
    elif target in ("irc-log", "irc-page"):
        yield from _chats()
    elif target in ("irc-matrix", "matrix-room"):
        event = '{"type": "m.room.message", "sender": "@a:b", "origin_server_ts": 1, "event_id": "$1", '
        yield from _jsons('{"chunk": [' + event + '"content": {"msgtype": "m.text", "body": TEXT}}]}')
    elif target == "matrix-sync":
        event = '{"type": "m.room.message", "sender": "@a:b", "origin_server_ts": 1773496800000, "event_id": "$1", '
        timeline = '{"timeline": {"events": [' + event + '"content": {"msgtype": "m.text", "body": TEXT}}]}}'
        yield from _jsons('{"next_batch": "s1", "rooms": {"join": {"!r:example.org": ' + timeline + "}}}")
    elif target == "feed":
        yield from _xml(_ATOM, "</title></entry></feed>")
        yield from _xml(_ATOM + "x</title><content type='html'>", "</content></entry></feed>")
        yield "bomb", gzip.compress(bytes(30_000_000), mtime=0)
    elif target == "feed-json":
        yield from _jsons(
            '{"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": [{"id": 1, "content_html": TEXT}]}'
        )
    elif target in ("index", "joint"):
        yield from _jsons(_NOTE + '"date": "2026-11-18", "title": "t", "text": TEXT}]}')
    elif target == "discourse":
        post = '{"post_number": 1, "username": TEXT, "created_at": "2026-11-16T08:00:00.000Z", "cooked": TEXT}'
        listed = '"topic_list": {"topics": [{"id": 7, "posts_count": 2}]}'
        yield from _jsons(
            '{"id": 7, "title": TEXT, "slug": "s", "post_stream": {"posts": [' + post + "]}, " + listed + "}"
        )
    elif target in ("github", "forgejo"):
        times = '"created_at": "2026-11-16T08:00:00Z", "published_at": "2026-11-16T08:00:00Z", '
        head = (
            '[{"number": 1, "id": 1, "html_url": "https://e.org/1", "comments": 1, "user": {"login": TEXT}, ' + times
        )
        merged = '"pull_request": {"merged_at": "2026-11-16T09:00:00Z"}, "labels": [{"name": "x"}], '
        yield from _jsons(head + merged + '"title": TEXT, "name": TEXT, "body": TEXT}]')
    elif target == "gitlab":
        times = ", ".join(f'"{key}_at": "2026-11-16T08:00:00Z"' for key in ("created", "merged", "released"))
        head = '[{"iid": 1, "labels": ["x"], "web_url": "https://e.org/1", "author": {"username": TEXT}, ' + times
        texts = '"title": TEXT, "name": TEXT, "description": TEXT'
        yield from _jsons(f'{head}, {texts}, "_links": {{"self": "https://e.org/2"}}}}]')
    elif target == "gerrit":
        yield from _jsons('[{"_number": 1, "subject": TEXT, "project": "p"}]')
    elif target == "ics":
        for name, text in _texts():
            line = text.replace("\n", "\\n")
            for key in (
                "SUMMARY",
                "LOCATION",
                "DESCRIPTION",
                "UID",
                "URL",
                "RRULE",
                "EXDATE",
                "DTEND",
                "DTSTART;TZID",
            ):
                yield f"{key} {name}", f"{_EVENT}{key}:{line}\nEND:VEVENT\nEND:VCALENDAR\n".encode()
    elif target == "irc-lines":
        for name, text in _texts():
            yield name, text.encode()
            yield f"said {name}", f":ada!u@h PRIVMSG #dev :#success {text}".encode()
            yield f"tags {name}", f"@{text}".encode()
    else:
        yield from ((name, text.encode()) for name, text in _texts())
