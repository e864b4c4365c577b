"""The numbers of newsletters: in front matter, titles and names of files, and what looks like them."""

from __future__ import annotations

import time

import pytest

from sphinxext.digest.gather.importer import Post
from sphinxext.digest.gather.importer.numbers import number_in_name, number_of, read_number
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.gather.importer.titles import read_title


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("This Week in Gannets 567", 567),
        ("Weekly News #9", 9),
        ("Weekly News # 9, November 23-29, 2026", 9),
        ("#01 - We begin", 1),
        ("Gannet Weekly, issue number 55, January 27 2026", 55),
        ("Gannet News No. 12", 12),
        ("Gannet News nr 12: Skuas", 12),
        ("Gannet News 12: Skuas", 12),
        ("Gannet Weekly 12 – Skuas", 12),
        ("Gannet Digest, Vol. 3, No. 14", 14),
        ("Gannet Digest, volume 3", 3),
        ("The 9th issue of the newsletter", 9),
        ("Ausgabe 31 | Skua-News", 31),
        ("[gannets] News № 7", 7),
        ("Weekly News 2026, issue 3", 3),
        ("Countdown for week R-17, Nov 23-27", None),
        ("Weekly News of week 12", None),
        ("Weekly News, week 12, 2026", None),
        ("Weekly News 2026", None),
        ("Weekly News 2026-11-29", None),
        ("Weekly News of November 23", None),
        ("The state of the digest 0.8", None),
        ("Weekly update for version 12", None),
        ("Weekly News 123456", None),
        ("Weekly News 0", None),
        ("Weekly News", None),
    ],
)
def test_titles(title: str, number: int | None) -> None:
    assert number_of(Post("gannets.txt", [], read_title(title).words and title), is_alone=True) == number


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("TWN55", 55),
        ("issue-172", 172),
        ("issue_0172", 172),
        ("2026-11-29-this-week-567", 567),
        ("20261129_news_12", 12),
        ("07-you-have-one", 7),
        ("31", 31),
        ("2026-11-29-this-week", None),
        ("2026", None),
        ("news-2026", None),
        ("news-2026-w03", None),
        ("news-week-3", None),
        ("countdown-r-17", None),
        ("the-state-0-dot-8", None),
        ("3", 3),
        ("v3", None),
    ],
)
def test_names(stem: str, number: int | None) -> None:
    assert number_in_name(stem) == number


@pytest.mark.parametrize(
    ("text", "number"), [("112", 112), ("#112", 112), ("", None), ("x", None), ("2026", None), ("0", None)]
)
def test_fields(text: str, number: int | None) -> None:
    assert read_number(text) == number


def test_the_order_of_places() -> None:
    post = Post("news-3.md", [], "Weekly News 2", number=1)
    assert number_of(post, is_alone=True) == 1
    post.number = None
    assert number_of(post, is_alone=True) == 2
    post.title = "Weekly News"
    assert number_of(post, is_alone=True) == 3
    # the name of a file with many posts is that of none of them
    assert number_of(post, is_alone=False) is None


def test_other_posts_have_none() -> None:
    assert number_of(Post("blog.xml", [], "What comes after Python 3"), is_alone=True) is None
    assert number_of(Post("blog.xml", [], "A fix for issue 12"), is_alone=True) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("news.md", "---\ntitle: Terns\nnumber: 112\n---\n\nWords.\n"),
        ("news.md", "Title: Terns\nDate: 2026-11-29\nNumber: 112\n\nWords.\n"),
        ("news.md", "---\ntitle: Terns\nissue: '#112'\n---\n\nWords.\n"),
        ("news.rst", "Terns\n=====\n\n:date: 2026-11-29\n:number: 112\n\nA `link <https://example.org/>`__.\n"),
    ],
)
def test_front_matter(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    pytest.importorskip("markdown_it")
    file = tmp_path_factory.mktemp("news") / name
    file.write_text(text, encoding="utf-8")
    [post] = read_source(file, name).posts
    assert number_of(post, is_alone=True) == 112


@pytest.mark.parametrize("text", ["news " * 100_000, "news" + " 1" * 100_000, "issue" + " " * 200_000, "#" * 200_000])
def test_long_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    number_of(Post(f"{text}.txt", [], text), is_alone=True)
    assert time.process_time() - start < 1
