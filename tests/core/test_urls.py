"""URLs that nobody can parse, in everything that reads text from outside."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sphinxext.digest
from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import make_plan
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.project import load_project
from sphinxext.digest.text import join_url, split_url

#: What ``urllib.parse`` raises an error for.
UNPARSABLE = [
    "http://[",
    "http://[::1",
    "http://x]/",
    "http://blog.example.[org/2",
    "http://[not-an-address]/",
    "http://[v1.]/",
    "http://a\uff0fb/",
    "http://a\u2100b.example/",
    "//[x",
    "ftp://[x]y/",
]
RAISING = {"urlsplit", "urljoin", "urlparse", "urldefrag"}


@pytest.mark.parametrize("url", UNPARSABLE)
def test_unparsable(url: str) -> None:
    assert split_url(url) is None
    assert join_url("https://example.org/", url) is None
    assert join_url(url, "x") is None
    with pytest.raises(ValueProblem, match="its host cannot be read"):
        check_url(url)


def test_others() -> None:
    parts = split_url("https://example.org:x/a?b#c")
    assert parts is not None and (parts.hostname, parts.path) == ("example.org", "/a")
    assert join_url("https://example.org/a/b", "../c") == "https://example.org/c"
    assert join_url("", "") == ""


def test_nobody_else_calls_what_raises() -> None:
    package = Path(sphinxext.digest.__file__).parent
    calls = set()
    for file in package.rglob("*.py"):
        name = file.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module == "urllib.parse":
                calls |= {(name, alias.name) for alias in node.names if alias.name in RAISING}
            elif isinstance(node, ast.Import) and any(alias.name.startswith("urllib") for alias in node.names):
                calls.add((name, "urllib"))
    assert calls == {("text/__init__.py", "urlsplit"), ("text/__init__.py", "urljoin")}


@pytest.mark.parametrize(
    ("home", "link"), [("http://[q", "y"), ("https://blog.example.org/", "//[x"), ("http://[q", "//[x")]
)
def test_links_of_imported_posts(tmp_path: Path, home: str, link: str) -> None:
    text = (
        f"<rss><channel><item><title>Digest April 2-8, 2016</title><link>{home}</link><description>"
        f"&lt;p&gt;See &lt;a href='{link}'&gt;words&lt;/a&gt;.&lt;/p&gt;</description></item></channel></rss>"
    )
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    project, _ = load_project(tmp_path)
    plan = make_plan(project, project.main, [(tmp_path / "a.xml", "a.xml")], ImportOptions())
    (((new, _)),) = plan.new
    assert "words" in new.text and [problem.code for problem in plan.problems] == [Code.LOST_URL]
