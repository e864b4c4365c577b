"""Each pattern of the importer that meets outside text, with a megabyte of what is worst for it.

What looked at the rest of a text from each place in it would need minutes, so the limits are far from what is needed.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from itertools import product

import pytest

import sphinxext.digest.archive
from sphinxext.digest.collect import outside, plain
from sphinxext.digest.render import rst_markup

SIZE = 1_000_000
SMALL = 600
SECONDS = 15
#: What one pattern or another could look at again and again: repeated beginnings, and beginnings before a long rest.
PARTS = [
    *(
        " ",
        "\t",
        "\n",
        "a",
        "1",
        "A",
        "*",
        "-",
        "=",
        "~",
        "_",
        "`",
        "\\",
        "|",
        ":",
        ".",
        "#",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "&",
        "@",
    ),
    *(
        "\xa0",
        " \xa0",
        "\x1b[",
        "\x1b]",
        "\x1b ",
        "\x03",
        "\u200b",
        "漢",
        "\r\n",
        "> ",
        "/",
        "'",
        '"',
        "?",
        "!",
        ",",
        ";",
        "{",
    ),
    *(
        "\\`",
        "` ",
        "`a ",
        "`a`",
        "`a <",
        "`__",
        "\\\\",
        "* ",
        "a_ ",
        "_a",
        "|a",
        "::",
        ":a:`",
        "--",
        "1. ",
        "(a) ",
        "•",
    ),
    *("<a ", "<p ", "</", "<!--", "<p", "<!", "<?", "<b", "&#1", "&#x", "&a", "=' ", '="', "<a b='", "<br", "<p>"),
    *(
        "[1] ",
        "[1]",
        "[1] - ",
        "[1] -- x ",
        "[a",
        "[1](",
        "http://",
        "https://a,",
        "http://a. ",
        "a@b.",
        "@.",
        " at a.",
        "a at ",
    ),
    *(
        "full thread: ",
        "full thread http://a,",
        "full  ",
        "the full thread at in ",
        "(cont",
        "(part a ",
        "previous ",
        "last\n",
    ),
    *(
        "Jan 1",
        "jan ",
        "1 to ",
        "2015-11-28",
        "2015-11-28/",
        "November 28 to ",
        "12345678",
        "Re: ",
        "[x] ",
        "re:",
        "A-1",
        "abc-",
    ),
    *(
        "From ",
        "From a",
        "From 2016",
        "\nFrom ",
        "a: ",
        "a:\n",
        " a\n",
        "Subject:[",
        "\n>",
        ">From ",
        "by a at ",
        "January 1, ",
        "R-",
    ),
    *(
        "a. ",
        "all: ",
        "how ",
        "issues ",
        "news ",
        "digest ",
        "no. ",
        "+",
        "1st ",
        "success",
        "a success",
        "a:b ",
        "\u2028",
        "\ud800",
    ),
]
#: What comes behind: something that lets a match fail at the very end.
ENDS = ["", " x!"]


def modules() -> Iterator[object]:
    for found in pkgutil.iter_modules(sphinxext.digest.archive.__path__, "sphinxext.digest.archive."):
        yield importlib.import_module(found.name)
    yield from (outside, plain, rst_markup)


def patterns() -> dict[str, re.Pattern]:
    """The patterns of the modules, also those in lists and dictionaries."""
    found = {}
    for module in modules():
        name = module.__name__.removeprefix("sphinxext.digest.")
        for key, value in vars(module).items():
            several = (
                value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
            )
            for number, one in enumerate(several):
                if isinstance(one, re.Pattern):
                    found.setdefault(f"{one.pattern!r} {one.flags}", (f"{name}.{key}.{number}", one))
    return dict(found.values())


PATTERNS = patterns()
SOURCE = "\n".join(inspect.getsource(module) for module in modules())
#: Those that are looked for anywhere in a text; the others are tried at one place.
SEARCHED = {
    pattern
    for name, pattern in PATTERNS.items()
    if name != "archive.river._END.0"  # another pattern of this name is searched
    and (
        (key := name.split(".")[-2]) in ("_PERIODS", "_INLINE")
        or re.search(rf"\b{key}\.(?:search|finditer|findall|split|subn?)\b", SOURCE)
    )
}


def worst(part: str, end: str, size: int) -> str:
    return part * (size // len(part)) + end


def cost(pattern: re.Pattern, text: str) -> float:
    """The seconds for looking at the beginning, at the whole, and at each place."""
    subject = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    pattern.match(subject)
    pattern.fullmatch(subject)
    if pattern in SEARCHED:
        for _ in pattern.finditer(subject):
            pass
    return time.process_time() - start


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 60
    names = {name.split(".")[-2] for name in PATTERNS}
    assert {"FULL_THREAD", "_PERIODS", "_TERMINAL", "_SPECIAL", "_COMMON_URL", "_FROM_LINE", "_REST"} <= names


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_each_pattern(pattern: re.Pattern) -> None:
    """The texts that take longest when they are short, which what is quadratic shows in, with a megabyte."""
    shapes = list(product(PARTS, ENDS))
    costs = {shape: cost(pattern, worst(*shape, SMALL)) for shape in shapes}
    for shape in sorted(shapes, key=costs.__getitem__)[-1:]:
        assert costs[shape] < 1, shape
        assert cost(pattern, worst(*shape, SIZE)) < SECONDS, shape
