"""Each pattern of the importer that meets outside text, with long texts of what is worst for it.

Patterns that are written where they are used count as well. A pattern that looked at the rest of a text again from
each place in it would need from ten seconds to minutes; the limits are far below, and count processor time.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from types import ModuleType

import pytest

import sphinxext.digest.gather.importer
from sphinxext.digest import text as outside
from sphinxext.digest.fragments import write
from sphinxext.digest.gather import xml
from sphinxext.digest.text import rst

#: Each size is for the texts that took longest with the size before: how many of them, and the limit in seconds.
SIZES = {600: (None, 1.0), 6_000: (12, 1.0), 20_000: (2, 0.4), 60_000: (2, 0.8), 200_000: (2, 2.0)}
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
#: The ways in which a pattern is tried at each place of a text.
SEARCHES = {"search", "finditer", "findall", "split", "sub", "subn"}


@dataclass
class Used:
    """A pattern, and whether it is looked for anywhere in a text or tried at one place."""

    pattern: re.Pattern
    is_searched: bool = False


def modules() -> Iterator[ModuleType]:
    yield sphinxext.digest.gather.importer
    for found in pkgutil.iter_modules(sphinxext.digest.gather.importer.__path__, "sphinxext.digest.gather.importer."):
        yield importlib.import_module(found.name)
    yield from (xml, write, outside, rst)


def compiled(module: ModuleType) -> Iterator[tuple[str, re.Pattern, bool]]:
    """The patterns that a module keeps or imports, also those in lists and dictionaries."""
    source = inspect.getsource(module)
    for key, value in vars(module).items():
        if isinstance(value, re.Pattern):
            yield key, value, re.search(rf"\b{key}\.(?:{'|'.join(SEARCHES)})\b", source) is not None
        elif isinstance(value, (dict, list, tuple)):
            several = value.values() if isinstance(value, dict) else value
            for number, one in enumerate(several):
                if isinstance(one, re.Pattern):
                    yield f"{key}.{number}", one, True


def written_in_place(module: ModuleType) -> Iterator[tuple[str, re.Pattern, bool]]:
    """The patterns that a module hands to a function of ``re``."""
    for call in ast.walk(ast.parse(inspect.getsource(module))):
        match call:
            case ast.Call(ast.Attribute(ast.Name("re"), function), [text, *arguments], keywords):
                if function != "compile" and function != "escape":
                    flags = re.IGNORECASE if "IGNORECASE" in "".join(map(ast.dump, [*arguments, *keywords])) else 0
                    value = eval(compile(ast.Expression(text), "", "eval"), vars(module))
                    yield f"{function}.{call.lineno}", re.compile(value, flags), function in SEARCHES


def patterns() -> dict[str, Used]:
    found: dict[str, Used] = {}
    names: dict[str, str] = {}
    for module in modules():
        for key, pattern, is_searched in (*compiled(module), *written_in_place(module)):
            name = names.setdefault(
                f"{pattern.pattern!r} {pattern.flags}", f"{module.__name__.removeprefix('sphinxext.digest.')}.{key}"
            )
            used = found.setdefault(name, Used(pattern))
            used.is_searched |= is_searched
    return found


PATTERNS = patterns()


def worst(part: str, end: str, size: int) -> str:
    return part * (size // len(part)) + end


def cost(used: Used, text: str) -> float:
    """The seconds for looking at the beginning, at the whole, and at each place."""
    pattern = used.pattern
    subject = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    pattern.match(subject)
    pattern.fullmatch(subject)
    if used.is_searched:
        for _ in pattern.finditer(subject):
            pass
    return time.process_time() - start


def check(used: Used) -> None:
    """Try all texts with a small size, and those that take longest with more and more."""
    shapes = list(product(PARTS, ENDS))
    for size, (count, limit) in SIZES.items():
        costs = {}
        for shape in shapes[:count]:
            costs[shape] = cost(used, worst(*shape, size))
            assert costs[shape] < limit, (shape, size)
        shapes = sorted(costs, key=costs.__getitem__, reverse=True)


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 90
    names = {part for name in PATTERNS for part in name.split(".")}
    assert {"FULL_THREAD", "_PERIODS", "_TERMINAL", "_INLINE", "_COMMON_URL", "_FROM_LINE", "_REST"} <= names
    assert {"search", "split", "sub", "findall", "fullmatch"} <= names


@pytest.mark.parametrize("used", PATTERNS.values(), ids=PATTERNS)
def test_each_pattern(used: Used) -> None:
    check(used)


def test_what_is_not_linear_is_seen() -> None:
    with pytest.raises(AssertionError, match="20000"):
        check(Used(re.compile(r"\s+[|»]"), is_searched=True))
