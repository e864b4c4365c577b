"""Every builder makes the same words of notes of all kinds, without a warning."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .building import ROOTS, Build, Project
from .fragment_words import blocks_of
from .outputs import READERS, contains, words_of

FRAGMENTS = sorted((ROOTS / "test-kinds" / "releasenotes" / "digests").glob("*.yaml"))
Kinds = Callable[[str], Build]


def test_there_is_something_to_look_for() -> None:
    assert sum(len(words) for file in FRAGMENTS for words in blocks_of(file)) > 150


@pytest.mark.parametrize("builder", [*READERS, "dummy"])
def test_there_are_no_warnings(kinds: Kinds, builder: str) -> None:
    build = kinds(builder)
    assert build.warnings == []
    assert build.status == 0


@pytest.mark.parametrize("builder", READERS)
def test_all_words_are_there(kinds: Kinds, builder: str) -> None:
    build = kinds(builder)
    text = words_of(READERS[builder](build.outdir))
    missing = [" ".join(words) for file in FRAGMENTS for words in blocks_of(file) if not contains(text, words)]
    # a translator has replacements before him as they were written
    assert missing == (["Replaced the glossary"] if builder == "gettext" else [])


@pytest.mark.parametrize("builder", ["text", "man"])
def test_where_there_are_no_links_urls_are_shown(kinds: Kinds, builder: str) -> None:
    text = re.sub(r"\s+", " ", READERS[builder](kinds(builder).outdir))
    # docutils 0.22 itself puts URLs into manual pages
    assert re.search(r"Full thread(: https://lists\.example/lock| <https://lists\.example/lock>) ", text)
    assert re.search(
        r"\(#openstack-dev(: https://logs\.example/dev\.log#14-05| <https://logs\.example/dev\.log#14-05>)\)", text
    )


@pytest.mark.parametrize("builder", ["html", "singlehtml", "latex", "epub", "texinfo"])
def test_where_there_are_links_urls_are_not_shown(kinds: Kinds, builder: str) -> None:
    words = words_of(READERS[builder](kinds(builder).outdir))
    assert contains(words, ["Full", "thread"])
    assert not any(words[i : i + 3] == ["Full", "thread", "https"] for i in range(len(words)))


def test_pages_of_the_parts_are_where_they_belong(kinds: Kinds) -> None:
    outdir = kinds("dirhtml").outdir
    assert sorted(path.relative_to(outdir).as_posix() for path in outdir.rglob("index.html")) == [
        "digest-notes/index.html",
        "digests/2015-12-04/index.html",
        "digests/2015-12-11/index.html",
        "digests/2015-12/index.html",
        "digests/2015/index.html",
        "digests/2016-01-08/index.html",
        "digests/2016-01/index.html",
        "digests/2016/index.html",
        "digests/channels/index.html",
        "digests/channels/openstack-dev/index.html",
        "digests/channels/openstack-infra/index.html",
        "digests/index.html",
        "digests/people/ajaeger/index.html",
        "digests/people/dhellmann/index.html",
        "digests/people/index.html",
        "digests/people/stevemar/index.html",
        "digests/people/ttx/index.html",
        "digests/series/index.html",
        "digests/series/mitaka/index.html",
        "digests/successes/2015/index.html",
        "digests/successes/2016/index.html",
        "digests/successes/index.html",
        "digests/threads/0000000000000005/index.html",
        "digests/threads/index.html",
        "genindex/index.html",
        "index.html",
        "other/index.html",
        "search/index.html",
    ]


def test_messages_say_where_they_come_from(kinds: Kinds) -> None:
    build = kinds("gettext")
    places = dict(re.findall(r'#: (\S+releasenotes/digests/\S+)\nmsgid "(.*)"', build.text("digests.pot")))
    expected = {
        "wins-0000000000000002.yaml:9": "ttx: Nova mitaka-1 (13.0.0.0b1) published!",
        "specs-0000000000000003.yaml:5": "Backwards compatibility for clients",
        "quagga-0000000000000005.yaml:14": "fourth level ends",
    }
    for place, message in expected.items():
        (path,) = (path for path in places if path.endswith(f"/releasenotes/digests/{place}"))
        assert places[path] == message
        # paths begin at the folder of the catalogue
        assert (build.outdir / path.rpartition(":")[0]).resolve().is_file()


class Site(BaseHTTPRequestHandler):
    """Has one page, and no other."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_links_are_checked_at_their_place_in_the_fragment(project: Project, site: str) -> None:
    project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n")
    project.fragment(
        "sound-1", f"date: 2015-12-01\nstories:\n  - {{text: '`x <{site}/there>`__', url: '{site}/there'}}"
    )
    build = project.build("linkcheck", digest_automatic=False)
    assert build.warnings == []
    assert build.status == 0
    project.fragment(
        "broken-2", f"date: 2015-12-02\nstories:\n  - text: |\n      Text.\n\n      See `x <{site}/gone>`__."
    )
    build = project.build("linkcheck", digest_automatic=False)
    assert build.status == 1
    (line,) = (line for line in build.text("output.txt").splitlines() if "broken" in line)
    assert line.endswith(f"[broken] {site}/gone: 404 Client Error: Not Found for url: {site}/gone")
    assert ":6: " in line


def test_nothing_that_others_wrote_is_run(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n\n>>> 1 + 1\n2\n")
    trace = project.folder / "trace"
    code = f">>> open({str(trace)!r}, 'w').close()"
    project.fragment("evil-1", f"date: 2015-12-01\nstories:\n  - text: |\n      Prose.\n\n      {code}\n")
    project.fragment("bad-2", f"date: 2015-12-01\nsuccesses:\n  - text: |\n      {code}\n")
    project.fragment("bad-3", f"date: 2015-12-01\nsuccesses:\n  - text: |\n      * list\n\n        {code}\n")
    build = project.build("doctest", extensions=["sphinxext.digest", "sphinx.ext.doctest"])
    assert not trace.exists()
    assert build.status == 0
    assert "1 passed" in build.text("output.txt")
