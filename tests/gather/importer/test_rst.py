"""Newsletters in reStructuredText, and feeds with whole posts."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("docutils")

from sphinxext.digest.gather.importer import plan
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import make_plan
from sphinxext.digest.settings.project import load_project

NEWS = """\
Lamp News, Nov 9, 2026
======================

It is *good*, see `the site`_.

Successes
---------

* ada: It ``works``.
* Another `thing <https://lamps.example/3>`__.

Oil
---

Ask |zoe|, or `Zoe herself <the site_>`_ in the file_name; `nobody`_ knows.

.. image:: pic.png

.. note:: Buy it.

.. contents::

.. include:: /etc/passwd

An `unfinished thing.

Patches
-------

- `One patch <https://lamps.example/1>`_
- `Two patches <rel/2.html>`_

.. _the site:
   https://lamps.example/
   site
.. |zoe| image:: zoe.png
   :alt: Zoe
   :target: https://lamps.example/zoe
"""


def texts(tmp_path: Path, name: str, text: str, **options: str) -> tuple[str, list[str]]:
    """The fragments in a row, and the problems."""
    (tmp_path / "releasenotes/digests").mkdir(parents=True, exist_ok=True)
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    project = load_project(tmp_path)[0]
    found = make_plan(project, project.main, [(file, name)], ImportOptions(**options))  # type: ignore[arg-type]
    return "".join(new.text for new, _fragment in found.new), [str(problem) for problem in found.problems]


def test_markup_stays_and_links_stand_where_they_are_used(tmp_path: Path) -> None:
    text, problems = texts(tmp_path, "a.rst", NEWS)

    site = "<https://lamps.example/site>`__"
    for part in (
        "date: 2026-11-09",
        f"It is *good*, see `the site {site}.",
        "nick: ada",
        "Another `thing <https://lamps.example/3>`__.",
        f"Ask `Zoe <https://lamps.example/zoe>`__, or `Zoe herself {site} in the file_name; nobody knows.",
        ".. note:: Buy it.",
        "text: One patch\n    url: https://lamps.example/1",
    ):
        assert part in text, text
    for left_out in ("pic.png", "contents", "passwd", "rel/2"):
        assert left_out not in text
    assert [problem.split(" ", 2)[:2] for problem in problems] == [
        ["a.rst:15:60:", "lost-url"],
        ["a.rst:17:12:", "lost-url"],
        ["a.rst:21:1:", "lost-text"],
        ["a.rst:23:1:", "lost-text"],
        ["a.rst:25:1:", "lost-text"],
        ["a.rst:31:17:", "lost-url"],
    ]


def test_addresses_are_whole_with_a_base(tmp_path: Path) -> None:
    text, _problems = texts(tmp_path, "a.rst", NEWS, base="https://lamps.example/news/")

    assert "text: Two patches\n    url: https://lamps.example/news/rel/2.html" in text
    assert ".. image:: https://lamps.example/news/pic.png" in text


@pytest.mark.parametrize(
    "header",
    [
        "Lamps\n=====\n\n:date: 2026-11-09\n:author: zoe\n\n",
        ".. title: Lamps\n.. date: 2026-11-09 10:00:00\n.. author: zoe\n.. slug: lamps\n\n",
        ".. post:: Nov 9, 2026\n   :tags: oil\n   :author: zoe\n\nLamps\n=====\n\n",
    ],
    ids=["docutils", "nikola", "ablog"],
)
def test_fields(tmp_path: Path, header: str) -> None:
    text, problems = texts(tmp_path, "a.rst", f"{header}Oil\n---\n\nThere is ``oil``, and ``light``.\n")

    assert problems == []
    assert text.startswith("---\ndate: 2026-11-09")
    assert ":tags:" not in text
    assert "slug" not in text


ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Lamps</title>
<entry><title>Lamp Digest, November 9-15</title><published>2026-11-16T09:00:00Z</published>
<content type="html">&lt;h2&gt;Oil&lt;/h2&gt;&lt;p&gt;There is %s &lt;a href="https://lamps.example/"&gt;oil&lt;/a&gt;.&lt;/p&gt;</content>
</entry>
<entry><title>Nothing</title><updated>2026-11-12T09:00:00Z</updated></entry>
</feed>
"""


def test_a_feed_is_read_whole(tmp_path: Path) -> None:
    long = " ".join(["much"] * 20_000)
    text, problems = texts(tmp_path, "feed.atom", ATOM % long)

    assert problems == []
    assert "date: 2026-11-15" in text
    assert text.split().count("much") == 20_000
    assert "`oil <https://lamps.example/>`__" in text


def test_json_feed(tmp_path: Path) -> None:
    feed = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Lamps", "items": [{"id": "1", '
        '"title": "Lamp Digest, November 9-15", "date_published": "2026-11-16T09:00:00Z", '
        '"content_text": "There is oil."}]}'
    )
    text, problems = texts(tmp_path, "feed.json", feed)

    assert problems == []
    assert "There is oil." in text


def test_as_many_processors_as_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "releasenotes/digests").mkdir(parents=True)
    project = load_project(tmp_path)[0]
    files = []
    for number in range(1, 29):
        file = tmp_path / f"{number}.rst"
        file.write_text(NEWS.replace("Nov 9", f"Nov {number}") if number % 7 else "", encoding="utf-8")
        files.append((file, file.name))
    results = []
    for few in (100, 0):
        monkeypatch.setattr(plan, "_FEW", few)
        found = make_plan(project, project.main, files, ImportOptions())
        results.append(([new.text for new, _ in found.new], [str(problem) for problem in found.problems]))

    assert results[0] == results[1]
    assert results[0][0]


def test_names_with_signs_and_footnotes(tmp_path: Path) -> None:
    text = """\
Lamp News, Nov 9, 2026
======================

Oil
---

See `Oil: a history`_, `lit '<by hand>' today`_ [#wick]_ and [2]_.

.. image:: wick.png
   :alt: A wick

.. [#wick] By `Zoe`_,
   and friends.
.. [2] Twice.
.. _`Oil\\: a history`: https://lamps.example/oil
.. _`lit '<by hand>' today`: https://lamps.example/lit
.. _Zoe: https://lamps.example/zoe
"""
    written, problems = texts(tmp_path, "news.rst", text)
    assert [problem.split(" ", 2)[:2] for problem in problems] == [["news.rst:9:12:", "lost-url"]]
    assert "A wick" in written
    written = " ".join(written.split())
    assert "`Oil: a history <https://lamps.example/oil>`__" in written
    assert "`lit '<by hand>' today <https://lamps.example/lit>`__ [wick] and [2]." in written
    assert "[wick] By `Zoe <https://lamps.example/zoe>`__, and friends." in written
    assert "[2] Twice." in written
