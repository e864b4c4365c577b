# ruff: noqa: E501 - lists of words are not read line by line
"""Words that inputs are made of, so that mutations go deeper than the first line. Targets have those of their kinds."""

from __future__ import annotations

_YAML = """: |- |> |- |&a |*a |!!str |!!python/tuple [|--- |... |? |<<: |{a: b} |[a, b]|"\\u0000"|2026-11-18|9999-12-31
|0001-01-01|2026-11-18T10:00:00Z|2026-W53|true|null|.inf|1e999|0x10|99999999999999999999|\u2028|\ufeff|%TAG ! x
|%YAML 1.1|
  - |
    """
_RST = """* |  - |#. |1. |`|``|**|***|_|__||x|::|.. |.. note:: |.. code:: |.. image:: |.. figure:: |.. table:: |.. raw:: html
|.. include:: x|.. list-table::|.. csv-table::|.. contents::|.. sectnum::|.. |x| replace:: y|.. [1] x|[1]_ |[#]_ |[*]_
|.. _x: y_|.. _y: x_|__ x_|:ref:`x`|:math:`x`|:sup:`x`|+--+|+==+|| |====|----|>>> |:a: b|https://e.org|mailto:a@b
|.. role:: x|.. default-role:: x|.. unicode:: 0x41|.. date::|.. meta::|.. class:: x|.. math::|.. parsed-literal::"""
_XML = """<|>|</|/>|<!--|-->|<![CDATA[|]]>|<?|&amp;|&lt;|&#0;|&#x110000;|&nbsp;|<!DOCTYPE |<!ENTITY |xmlns=|<p>|<li>|<ul>|<ol>|<b>
|<a href="|<h1>|<h2>|<pre>|<br>|<table>|<tr>|<td>|<div>|<script>|<blockquote>|</ul>|</li>|encoding="utf-16"|"""
_JSON = """{|}|[|]|,|:|"|null|true|1e999|-0|NaN|Infinity|\\u0000|\\ud800|[[[[[[[[|{"a":|99999999999999999999|-1|1e30"""
_MAIL = """From |From: |Subject: |Date: |Message-ID: <|In-Reply-To: <|References: <|Re: |[dev] |=?utf-8?q?|=?utf-8?b?|?=
|Content-Type: text/plain|Content-Type: text/html|Content-Type: multipart/mixed; boundary=b|Content-Type: message/rfc822
|Content-Transfer-Encoding: base64|Content-Transfer-Encoding: quoted-printable|charset=|utf-7|utf-16|idna|hex|rot13
|punycode|unknown-8bit|--b|--b--|> |-- |=3D|=|filename*0*=|format=flowed; delsp=yes|Mon, 05 Oct 2026 10:00:00 +9999|List-Id: """
_DIGEST = """Success Bot Says|SuccessBot Says|Full thread: |HTML rendered: |[1] - https://e.org/|[1]|* |  - |    + |• |All: |
Release Countdown For Week R-1|Digest April 2-8|Digest December 26 - January 1|2016|Focus:|Upcoming dates|by X at |February 30"""
_IRC = """#success |#thanks |s/a/b/|s/(a+)+/b/g|<ada> |[15:02:11] |15:02 |--- Day changed Sat Mar 14 2026|*** |-!- | is now known as
|2026-03-14T15:02:11  |2026-03-14 15:02:11|\t|\x02|\x0304,05|\x1b[31m|\x1b]0;|PRIVMSG #dev :|:ada!u@h |NICK :|@time=
|KICK |JOIN #dev|QUIT :|CASEMAPPING=|005 bot |<tr id="t15:02"><th class="nick">|<td class="text">|9999-12-31T23:59:59|0000-00-00"""

_CHANGELOG = """## |### |## [1.0.0] - 2026-03-01|## Unreleased|### Added|- |  |
|1.0 (2026-03-01)
=====
|Added
-----
|`x`|[x](https://e.org)|[x]: https://e.org|<!-- | -->|```
|:role:`x`|(#12)|.. _x: https://e.org|[x]|1. |> |<b>|\\|**|.. |{role}`x`"""

_OF_KINDS = {
    "yaml": (
        "fragment",
        "report",
        "settings",
        "schedule",
        "series-status",
        "reno-cache",
        "reno-config",
        "release-note",
    ),
    "rst": ("fragment", "report", "schedule", "schedule-page", "index", "release-note", "reno-cache", "changelog-rst"),
    "xml": ("import-page", "import-export", "import-mail", "feed", "feed-json", "irc-page", "mbox"),
    "json": (
        "feed-json",
        "index",
        "gerrit",
        "discourse",
        "github",
        "gitlab",
        "forgejo",
        "irc-matrix",
        "matrix-room",
        "matrix-sync",
        "reno-cache",
    ),
    "mail": ("mbox", "import-mail"),
    "digest": ("import-mail", "import-page", "import-markdown", "import-rst", "import-export"),
    "changelog": ("changelog-markdown", "changelog-rst"),
    "irc": ("irc-log", "irc-page", "irc-matrix", "matrix-room", "matrix-sync", "irc-lines"),
}
_WORDS = {
    "yaml": _YAML,
    "rst": _RST,
    "xml": _XML,
    "json": _JSON,
    "mail": _MAIL,
    "digest": _DIGEST,
    "irc": _IRC,
    "changelog": _CHANGELOG,
}


def words_of(target: str) -> list[bytes]:
    """The words for a target."""
    kinds = [kind for kind, targets in _OF_KINDS.items() if target in targets]
    return [word.encode() for kind in kinds for word in _WORDS[kind].split("|") if word]


def as_dictionary(words: list[bytes]) -> str:
    """Words as libFuzzer reads them from a file."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)
