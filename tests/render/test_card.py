"""The card of a digest: it stays a picture of its size, whatever its words are."""

from __future__ import annotations

import struct

import pytest
from lxml import etree

from sphinxext.digest.render.card import HEIGHT, WIDTH, can_draw, card_png, card_svg
from sphinxext.digest.text.width import width_of

TITLES = ["a", "W" * 500, "日本語" * 100, "one word after another " * 30, '<script>alert("x")</script>\x00\u202e', ""]


@pytest.mark.parametrize("title", TITLES)
def test_words_of_any_length_stay_on_it(title: str) -> None:
    svg = card_svg(title, title, [title] * 5, "#b8860b", 'de" x="')
    picture = etree.fromstring(svg.encode())
    assert {element.tag.partition("}")[2] for element in picture.iter()} == {"svg", "title", "rect", "g", "text"}
    texts = list(picture.iter("{*}text"))
    assert 3 <= len(texts) <= 6
    for text in texts:
        assert int(text.get("y")) < HEIGHT - 20
        # a column is at least half as wide as its letters are high
        assert width_of(text.text or "") * int(text.get("font-size")) / 2 < WIDTH - int(text.get("x"))


def test_a_png_has_the_size_that_services_ask_for() -> None:
    if not can_draw():
        pytest.skip("resvg-py is not installed, or there is no font")
    svg = card_svg("Title", "Facts", ["One"], "#b8860b")
    png = card_png(svg)
    assert png.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", png[16:24]) == (WIDTH, HEIGHT)
    assert card_png(svg) == png
