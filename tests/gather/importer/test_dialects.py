"""Markdown and reStructuredText are told from plain text."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sphinxext.digest.gather.importer.dialects import MARKDOWN, RST, dialect_of
from sphinxext.digest.gather.importer.sources import read_source

TITLE = "Lumen News, January 22 - 28, 2024"
TEXTS = {
    "front matter": (MARKDOWN, 1, f"---\ntitle: {TITLE}\ndate: 2024-01-31\n---\n\nThe lamps are lit.\n"),
    "front matter in TOML": (MARKDOWN, 1, f"+++\ntitle = '{TITLE}'\n+++\n\nThe lamps are lit.\n"),
    "a title": (MARKDOWN, 1, f"# {TITLE}\n\n- The lamps are lit.\n"),
    "a title below blank lines": (MARKDOWN, 3, f"\n\n# {TITLE}\n\n- The lamps are lit.\n"),
    "headings": (MARKDOWN, 3, f"{TITLE}\n\n## Lamps\n\nThey are lit.\n"),
    "headings of the first level": (MARKDOWN, 3, f"{TITLE}\n\n# Lamps\n\nThey are lit.\n\n# Oil\n\nIs there.\n"),
    "links": (MARKDOWN, 3, f"{TITLE}\n\nThe [lamps](https://e.org/1) are lit.\n[Oil](/oil) is there.\n"),
    "pictures": (MARKDOWN, 3, f"{TITLE}\n\n![A lamp](./lamp.png)\n\n**Oil** is there.\n"),
    "a fence": (MARKDOWN, 3, f"{TITLE}\n\n```sh\nlight lamp\n```\n"),
    "a title with a line and links": (
        MARKDOWN,
        4,
        f"{TITLE}\n===\n\n[Lamps](https://e.org/1), [oil](https://e.org/2).\n[a](#b)",
    ),
    "a directive": (RST, 3, f"{TITLE}\n\n.. note::\n\n   The lamps are lit.\n"),
    "a directive with an argument": (RST, 3, f"{TITLE}\n\n  .. image:: lamp.png\n\nThe lamps are lit.\n"),
    "a target": (RST, 5, f"{TITLE}\n\nThe lamps are lit.\n\n.. _lamps: https://e.org/\n"),
    "a footnote": (RST, 5, f"{TITLE}\n\nThe lamps are lit.\n\n.. [1] At night.\n"),
    "a role": (RST, 3, f"{TITLE}\n\nThe :ref:`lamps <lamps>` are lit.\n"),
    "a reference": (RST, 3, f"{TITLE}\n\nThe `lamps`_ are lit.\n"),
    "a link": (RST, 3, f"{TITLE}\n\nThe `lamps <https://e.org/>`__ are lit.\n"),
    "literals": (RST, 3, f"{TITLE}\n\nThe ``lamps`` are lit.\nThe ``oil`` is there.\n"),
    "titles with lines": (RST, 4, f"{TITLE}\n{'=' * len(TITLE)}\n\n**Lamps**\n\nThey are lit.\n"),
    "titles of other characters": (RST, 3, f"{TITLE}\n\nLamps and oil\n^^^^^^^^^^^^^\n\nThey are lit.\n"),
}


@pytest.mark.parametrize(("dialect", "line", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_told_from_plain_text(dialect: str, line: int, text: str, ends: str, tmp_path: Path) -> None:
    """Both are read as such."""
    file = tmp_path / "news.txt"
    file.write_bytes(text.replace("\n", ends).encode())
    sign = dialect_of(text.split("\n"), "news.txt")
    assert sign is not None
    assert (sign.dialect, sign.line) == (dialect, line)
    [post] = read_source(file, "news.txt").posts
    assert post.is_newsletter


PLAIN = {
    "underlined": f"{TITLE}\n{'=' * len(TITLE)}\n\nReleases\n--------\n\n* 1.2 is out.\n\nLamps\n-----\n\n* Lit.\n",
    "a number sign": f"{TITLE}\n\nLamps\n\n* #success is told.\n* # is a sign, #1 a lamp.\n#lamps is the channel.\n",
    "a comment": f"{TITLE}\n\nLamps\n\n    # light it\n    light lamp\n\n# a single one\n",
    "stars": f"{TITLE}\n\nLamps\n\n* They are *not* lit, and **never** were.\n* 2 ** 3 ** 4 and a*b*c\n",
    "a single link": f"{TITLE}\n\nLamps\n\n* They are [lit](https://e.org/1).\n",
    "numbers": f"{TITLE}\n\nLamps\n\n* They are lit [1](see below) [2].\n\n[1]: https://e.org/1\n[2]: https://e.org/2\n",
    "backticks": f"{TITLE}\n\nLamps\n\n* `light` and `put out`, not `` alone or ``quoted''.\n",
    "colons": f"{TITLE}\n\nLamps::\n\n    :oil: yes\n\n.. and so on\n...\n.. _\n",
    "a line across": f"{TITLE}\n\n---\n\nLamps: they are lit.\n\n---\n\n++++\n====\n\n....\n\n" + "_" * 40 + "\n",
    "names": f"{TITLE}\n\nLamps\n\n* the lamp_oil_ of __init__ and self.lamp_ are snake_case_\n",
    "hyphens first": "---\n\nLumen News, January 22 - 28, 2024\n---\n\nLamps: yes.\n",
    "signature": f"{TITLE}\n\nLamps\n\n  * They are lit\n\n--\nWren\n",
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("name", ["news.txt", "news"])
def test_plain_text(text: str, name: str) -> None:
    assert dialect_of(text.split("\n"), name) is None


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("news.md", f"{TITLE}\n\n**Lamps** are lit.\n", MARKDOWN),
        ("NEWS.Markdown", f"{TITLE}\n\nThe [lamps](https://e.org/) are lit.\n", MARKDOWN),
        ("news.rst", f"{TITLE}\n{'=' * len(TITLE)}\n\nLamps are lit.\n", RST),
        ("news.rst", f"{TITLE}\n\nLamps are lit.\n", None),
        ("news.md", f"{TITLE}\n\nLamps are lit.\n", None),
    ],
)
def test_the_name_is_a_sign_beside_others(name: str, text: str, dialect: str | None) -> None:
    found = dialect_of(text.split("\n"), name)
    assert (found and found.dialect) == dialect
    if dialect:
        assert dialect_of(text.split("\n"), "news.txt") is None


def test_pages_and_mails_are_read_whatever_is_in_them(tmp_path: Path) -> None:
    markdown = "## Lamps\n\n[a](https://e.org/1) [b](https://e.org/2)\n[c](/d)\n"
    for number, text in enumerate(
        [
            f"<p>{TITLE}</p><pre>{markdown}</pre><p>`a`_</p>",
            f"From: w@example.org\nSubject: {TITLE}\n\n{markdown}",
            f"{TITLE}\n\nWren w at example.org\nFri May 6 16:55:29 UTC 2016\n\n{markdown}",
        ]
    ):
        file = tmp_path / f"{number}"
        file.write_text(text, encoding="utf-8")
        assert read_source(file, "x").posts


def test_what_was_read_before_is_reported_too(tmp_path: Path) -> None:
    file = tmp_path / "news.txt"
    file.write_bytes(TEXTS["a role"][2].encode() + b"\xe9")
    source = read_source(file, "x")
    assert source.posts[0].is_newsletter
    assert [str(problem).split(" ")[:2] for problem in source.problems] == [["x:4:1:", "encoding"]]


DIGESTS = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "digests")


@pytest.mark.skipif(not DIGESTS.is_dir(), reason="SPHINXEXT_DIGEST_DATA does not name the real digests")
def test_real_digests_are_plain_text() -> None:
    for file in DIGESTS.iterdir():
        assert dialect_of(file.read_text(encoding="utf-8").split("\n"), "x") is None


@pytest.mark.parametrize(
    "part",
    [
        "[",
        "[a](",
        "**",
        "*",
        "`",
        "``",
        ":a:`",
        ":a",
        ".. ",
        ".. _",
        "#",
        "# ",
        "=",
        "\n",
        "=\n",
        "a\n===\n",
        "---\na:\n",
    ],
)
def test_a_megabyte_of_it(part: str) -> None:
    lines = (part * (1_000_000 // len(part))).split("\n")
    start = time.process_time()
    dialect_of(lines, "x")
    assert time.process_time() - start < 5
