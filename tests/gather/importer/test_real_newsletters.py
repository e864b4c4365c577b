"""Newsletters as projects have them in their repositories, where checkouts are there: nothing is fetched.

``SPHINXEXT_DIGEST_NEWSLETTERS`` names folders with newsletters in Markdown or
reStructuredText, separated as in ``PATH``.
``SPHINXEXT_DIGEST_EVERY=20`` takes every twentieth file. ``-rP`` shows the numbers of each folder.
"""

from __future__ import annotations

import html
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher
from pathlib import Path

import pytest

pytest.importorskip("docutils")
pytest.importorskip("markdown_it")

from docutils import nodes
from docutils.core import publish_doctree
from markdown_it import MarkdownIt

from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.gather.importer.front_matter import read_front_matter
from sphinxext.digest.gather.importer.issue import ImportOptions, Issue, fragments_of, issue_of
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.gather.importer.titles import days_in_name
from sphinxext.digest.model.period import parse_day, parse_interval
from sphinxext.digest.parallel import each
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import Settings

FOLDERS = [Path(name) for name in os.environ.get("SPHINXEXT_DIGEST_NEWSLETTERS", "").split(os.pathsep) if name]
EVERY = int(os.environ.get("SPHINXEXT_DIGEST_EVERY", "1"))
pytestmark = pytest.mark.skipif(not FOLDERS, reason="SPHINXEXT_DIGEST_NEWSLETTERS names no folder")

#: For files that do not say their day.
SOME_DAY = "2020-01-01/2020-01-01"
_WORD = re.compile(r"[^\W_]+")
_INLINE = re.compile(r"</?(?:a|em|strong|code|s|small|u|sup|mark|b|i)\b[^>]*>")


def words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def as_published(text: str) -> tuple[list[str], list[str]]:
    """The words and the links of a newsletter below its front matter."""
    body = "\n".join(text.split("\n")[read_front_matter(text.split("\n")).end :])
    page = re.sub(r"(?s)<!--.*?-->", "", MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body))
    links = [html.unescape(url) for url in re.findall(r'<a [^>]*?href="((?:http|mailto)[^"]*)"', page)]
    page = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r" \1 ", page)
    return words(html.unescape(re.sub(r"</?[a-z][^>]*>", " ", _INLINE.sub("", page)))), links


def as_published_rst(text: str) -> tuple[list[str], list[str]]:
    """The words and the links of a newsletter in reStructuredText below its title, as docutils has them."""
    settings = {"report_level": 5, "halt_level": 5, "raw_enabled": False, "file_insertion_enabled": False}
    document = publish_doctree(text, settings_overrides=settings)
    metadata = nodes.docinfo, nodes.field_list, nodes.system_message, nodes.comment, nodes.substitution_definition
    for node in [node for kind in metadata for node in list(document.findall(kind)) if node.parent is not None]:
        node.parent.remove(node)
    pictures = [str(node.get("alt", "")) for node in document.findall(nodes.image)]
    for node, alt in zip(list(document.findall(nodes.image)), pictures, strict=True):
        node.parent.replace(node, nodes.Text(f" {alt} "))
    used = [node for node in document.findall(nodes.reference) if "refuri" in node]
    title = document.next_node(nodes.title)
    below = document.astext().removeprefix(title.astext() if title is not None else "")
    return words(below), [url for node in used if re.match("https?://|mailto:[^@]+@", url := str(node["refuri"]))]


class Reading:
    """What an import makes of a newsletter: words in order, words of events, links."""

    def __init__(self, issue: Issue) -> None:
        self.words: list[str] = []
        self.of_events: list[str] = ["upcoming", "events"]
        self.urls: set[str] = set()
        self.titles: list[str] = []
        self.problems = [problem for fragment in fragments_of(issue, Settings()) for problem in fragment.read("x")[1]]
        group = None
        for draft in issue.drafts:
            self.words += self.of(draft.texts.get("prelude", ""))
            for note in draft.notes:
                self.urls |= {note["url"]} if "url" in note else set()
                if draft.section == "events":
                    self.event(note)
                    continue
                self.words += words(note["group"]) if note.get("group") not in (None, group) else []
                group = note.get("group", group)
                self.titles += [note["title"]] if "title" in note else []
                for name in ("nick", "title", "text", "summary", "general"):
                    self.words += self.of(note.get(name, ""))

    def event(self, note: dict[str, str]) -> None:
        start = parse_day(note["start"])
        assert start is not None
        self.of_events += words(f"{note['title']} {note.get('place', 'online')} {start} {start:%b %B %d %-d %-m %Y}")
        self.of_events += self.of(note.get("text", ""))

    def of(self, text: str) -> list[str]:
        """The words of reStructuredText that has to be valid."""
        settings = {"report_level": 2, "halt_level": 2, "raw_enabled": False, "file_insertion_enabled": False}
        document = publish_doctree(text, settings_overrides=settings)
        self.urls |= {str(node["refuri"]) for node in document.findall(nodes.reference) if "refuri" in node}
        return words(document.astext())


#: By the suffixes of files.
AS_PUBLISHED = {".rst": as_published_rst}


def share(published: list[str], reading: Reading) -> float:
    """How many of the words are there in their order, or in an event."""
    missing: Counter[str] = Counter()
    position = same = 0
    for start, _, size in SequenceMatcher(None, published, reading.words, autojunk=False).get_matching_blocks():
        missing.update(published[position:start])
        same, position = same + size, start + size
    return (same + (missing & Counter(reading.of_events)).total()) / max(1, len(published))


def lost_links(links: list[str], reading: Reading) -> Iterator[str]:
    known = {_normal(url) for url in reading.urls}
    for link in links:
        if not {_normal(link), _normal(web_url(link) or link)} & known:
            yield link


def _normal(url: str) -> str:
    return re.sub("%[0-9A-Fa-f]{2}", lambda match: match[0].upper(), url).rstrip("/")


@dataclass
class Measured:
    """A file: the share of its words, links that are lost, the seconds that reading took, and what is wrong."""

    share: float = 1.0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0
    has_date: bool = True
    has_text: bool = True
    wrong: list[str] = field(default_factory=list)


def measured(file: Path) -> Measured:
    found = Measured()
    start = time.process_time()
    try:
        [post] = read_source(file, file.name).posts
    except DigestError as error:
        assert [str(problem.code) for problem in error.problems] == ["empty"]
        # the text of such a file is its front matter
        assert not as_published(file.read_text(encoding="utf-8"))[0]
        return Measured(has_text=False)
    issue, problems = issue_of(post, ImportOptions())
    if issue is None:
        assert [str(problem.code) for problem in problems] == ["no-period"]
        found.has_date = False
        issue, problems = issue_of(
            read_source(file, file.name).posts[0], ImportOptions(period=parse_interval(SOME_DAY))
        )
    found.seconds = time.process_time() - start
    assert issue is not None
    published, links = AS_PUBLISHED.get(file.suffix, as_published)(file.read_text(encoding="utf-8"))
    reading = Reading(issue)
    found.share = share(published, reading)
    found.lost = [f"{file.name}: {link}" for link in lost_links(links, reading)]
    days = days_in_name(file.name)
    if days and abs(days[0] - issue.moment.day) > timedelta(days=4):
        found.wrong.append(f"{file.name}: the day is {issue.moment.day}")
    found.wrong += [f"{file.name}: {problem}" for problem in reading.problems]
    if post.title and post.title in reading.titles:
        found.wrong.append(f"{file.name}: its title is one of its notes as well")
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_words_links_dates_and_speed(folder: Path) -> None:
    files = sorted(
        file for file in folder.rglob("*") if file.suffix in (".md", ".markdown", ".rst") and len(file.stem) > 1
    )
    found = dict(each(files[::EVERY], measured, few=10, portion=4))
    read = {file: one for file, one in found.items() if one.has_text}
    shares = {file.name: one.share for file, one in read.items()}
    lost = [link for one in read.values() for link in one.lost]
    wrong = [text for one in read.values() for text in one.wrong]
    median, worst = statistics.median(shares.values()), min(shares, key=lambda name: shares[name])
    undated = sum(not one.has_date for one in read.values())
    below = sum(share < 0.99 for share in shares.values())
    sys.stdout.write(
        f"{folder}: {len(read)} files, {len(found) - len(read)} without a text, "
        f"words in order: median {median:.4f}, worst {shares[worst]:.4f} ({worst}), {below} below 0.99, "
        f"links lost: {len(lost)}, wrong: {len(wrong)}, without a date: {undated}, "
        f"{len(read) / sum(one.seconds for one in read.values()):.0f} files in a second of processor time"
    )
    assert median >= 0.99
    assert not lost
    assert not wrong
