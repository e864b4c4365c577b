"""The steps by which a build finds out which pages to read or write again, one by one, on a project that is built."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from docutils import nodes

from sphinxext.digest.collection.selection import Selection
from sphinxext.digest.extension import dependencies, rewrite
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.cache import Writes, Written, load_record, save_record
from sphinxext.digest.extension.dependencies import (
    ArchiveDependency,
    CollectionLookup,
    Dependency,
    ListingDependency,
    MissingPages,
    NotesDependency,
    Remembered,
    ReviewDependency,
    remember,
)
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.extension.releases import RepositoryLookup
from sphinxext.digest.model import Kind
from sphinxext.digest.model.period import parse_interval

from .building import Build, empty_project

TREE = "Title\n=====\n\n.. toctree::\n\n   sub/links\n   sub/other\n   wins\n   digests/index\n"
FOLDER = "releasenotes/digests"
#: Options that no page with notes depends on; and those that only pages with whole digests do.
NEVER_SHOWN = (
    "automatic collection_title base_url sources schedule_url period week_start anchor intervals publish feed_limit "
    "feeds announce relays components issue_links joint joint_cache_limit joint_since joint_timeout"
)
OF_DIGESTS = "sections groups empty_group success_heading references schedules"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    project = empty_project(tmp_path_factory.mktemp("records") / "src", 'html_theme = "basic"\n')
    project.write("index.rst", TREE)
    project.write("sub/links.rst", "Links\n=====\n\n:doc:`other`, :doc:`/wins`, :ref:`here`, :digest:thread:`locks`\n")
    project.write("sub/other.rst", "Other\n=====\n")
    project.write("wins.rst", "Wins\n====\n\n.. successbot::\n\n.. _here:\n\nHere\n----\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: ['lea: one']\n")
    project.fragment("locks-2", "date: 2015-12-09\nthreads: [{title: Locks}]\n")
    project.fragment("ahead-3", "date: 2015-12-10\nsuccesses: [ahead]\n")
    project.fragment("week-4", "date: 2015-12-08\ncountdown: [{series: heron, focus: Freezing}]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1449662400")  # December 9, 2015
        # otherwise files that are as young as these are read anyway
        patch.setattr("sphinxext.digest.fragments.folder._GRANULARITY_NS", 0)
        project.build()
        return project.build()


@pytest.fixture
def app(built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application after a build without changes, which is as before after the test, as is the record of it."""
    monkeypatch.chdir(tmp_path)
    domain, file = DigestDomain.of(built.env), record_of(built.app)
    data, attributes, content = deepcopy(domain.data), dict(vars(domain)), file.read_bytes()
    writes = dict(vars(domain.build_state.writes))
    yield built.app
    domain.data.clear()
    domain.data.update(data)
    vars(domain).clear()
    vars(domain).update(attributes)
    vars(domain.build_state.writes).update(writes)
    file.write_bytes(content)


@pytest.fixture
def domain(app: Any) -> DigestDomain:
    return DigestDomain.of(app.env)


@pytest.fixture
def writes(app: Any) -> Writes:
    return build_state_of(app.env).writes


def record_of(app: Any) -> Path:
    return Path(app.doctreedir, "digest-written.pickle")


def key_of(app: Any) -> str:
    return f"html {app.outdir}"


def read(app: Any) -> dict[str, Written]:
    found = load_record(record_of(app), DigestDomain.data_version)
    assert isinstance(found, dict)
    return found


def keep(app: Any, **changes: object) -> Written:
    """Change what is remembered of the output."""
    changed = replace(read(app)[key_of(app)], **changes)  # type: ignore[arg-type]
    save_record(record_of(app), DigestDomain.data_version, {**read(app), key_of(app): changed})
    return changed


def test_links_of_a_page(app: Any, domain: DigestDomain) -> None:
    links, toc, toctrees = domain.data["shown"]["sub/links"]
    assert links == [
        ("digest", "thread", "locks", False), ("std", "doc", "sub/other", False), ("std", "doc", "wins", False),
        ("std", "ref", "here", False),
    ]  # fmt: skip
    assert domain.data["shown"]["sub/other"] == ([], domain.data["shown"]["sub/other"][1], toctrees)
    assert toc != domain.data["shown"]["sub/other"][1]
    # neither has a toctree
    assert toctrees != domain.data["shown"]["index"][2]


def test_links_that_name_no_page_or_domain(app: Any, domain: DigestDomain) -> None:
    """Links as Markdown has them, and one that was copied from another page."""
    from sphinx.addnodes import pending_xref

    document = nodes.document(None, None)  # type: ignore[arg-type]
    document += pending_xref(reftype="doc", reftarget="other", refdoc="sub/links")
    document += pending_xref(reftype="doc", reftarget="sub/other", refdomain=None)
    document += pending_xref(reftype="ref", reftarget=None, refdomain="std")
    document += pending_xref(reftype="any", reftarget="other", refdoc="sub/links", refdomain="")
    read_next(app.env, "wins")
    rewrite.remember_links(app, document)
    links = [("", "any", "other", False), ("", "doc", "sub/other", False), ("std", "ref", "", False)]
    assert domain.data["shown"]["wins"][0] == links
    assert domain.data["shown"]["wins"][1] != domain.data["shown"]["sub/other"][1]


def test_a_build_in_which_nothing_was_read(app: Any, writes: Writes) -> None:
    writes.written, writes.is_alone, writes.is_finished = {"wins"}, False, True
    assert rewrite.outdated_outputs(app, app.env) == []
    assert (writes.written, writes.is_alone, writes.is_finished) == (set(), True, False)
    assert writes.before == writes.expected == read(app)[key_of(app)]
    assert writes.expected.pages is not writes.before.pages
    assert writes.expected.pages.keys() == app.env.found_docs


def test_a_state_that_is_another(app: Any, writes: Writes) -> None:
    """Whatever is read or shown in common is in the state; then the pages are compared."""
    before = read(app)[key_of(app)]
    app.env.all_docs["wins"] += 1
    try:
        assert rewrite.outdated_outputs(app, app.env) == ["wins"]
    finally:
        app.env.all_docs["wins"] -= 1
    assert writes.expected.state != before.state
    keep(app, state=b"other", pages={**before.pages, "sub/other": b"", "index": b""})
    assert rewrite.outdated_outputs(app, app.env) == ["index", "sub/other"]
    assert writes.expected == before
    keep(app, pages={**before.pages, "gone": b""})
    assert rewrite.outdated_outputs(app, app.env) == ["index"]
    keep(app, pages={name: mark for name, mark in before.pages.items() if name != "wins"})
    assert rewrite.outdated_outputs(app, app.env) == ["wins"]


def test_pages_that_show_the_whole_tree(app: Any) -> None:
    for tree in (b"", b"\xff" * 20):
        keep(app, state=b"", tree=tree, shows_tree=False)
        assert rewrite.outdated_outputs(app, app.env) == []
        keep(app, shows_tree=True)
        assert rewrite.outdated_outputs(app, app.env) == sorted(app.env.found_docs)
    keep(app, tree=rewrite.Marks(app.env, (), navigation=True).tree())
    assert rewrite.outdated_outputs(app, app.env) == []
    # headings count only if they are shown
    keep(app, shows_tree=False, shows_titles=True, tree=b"other")
    assert rewrite.outdated_outputs(app, app.env) == []
    for titles in (b"", b"\xff" * 20):
        keep(app, titles=titles)
        assert rewrite.outdated_outputs(app, app.env) == sorted(app.env.found_docs)


def test_a_page_that_was_not_read(app: Any, writes: Writes) -> None:
    """It is there, but nothing is known of it."""
    keep(app, state=b"")
    app.env.project.docnames.add("unread")
    try:
        assert rewrite.outdated_outputs(app, app.env) == []
    finally:
        app.env.project.docnames.remove("unread")
    assert "unread" not in writes.expected.pages


@pytest.mark.parametrize("format_", ["", "text", "xml"])
def test_pages_without_a_sidebar_have_no_tree(
    app: Any, writes: Writes, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    """Nor neighbours: a title that changes is in no page but those with a link to it."""
    marks = read(app)[key_of(app)].pages
    monkeypatch.setattr(app.builder, "format", format_)
    assert rewrite.outdated_outputs(app, app.env) == sorted(marks)
    assert writes.expected.tree == b""
    before = writes.expected.pages
    monkeypatch.setitem(app.env.titles, "index", nodes.title("", "Another"))
    keep(app, state=b"", pages=before)
    assert rewrite.outdated_outputs(app, app.env) == []


@pytest.mark.parametrize("content", [None, b"", b"damaged" * 9])
def test_no_record(app: Any, writes: Writes, content: bytes | None) -> None:
    record_of(app).unlink()
    if content is not None:
        record_of(app).write_bytes(content)
    assert rewrite.outdated_outputs(app, app.env) == sorted(app.env.found_docs)
    assert writes.before is None


def test_a_record_of_another_output(app: Any, domain: DigestDomain) -> None:
    for other in (f"text {app.outdir}", f"html {app.outdir}2"):
        save_record(record_of(app), DigestDomain.data_version, {other: read(app).popitem()[1]})
        assert rewrite.outdated_outputs(app, app.env) == sorted(app.env.found_docs)


def begin(app: Any, *changed: str) -> Written:
    """Begin a build which has to write some pages, and return what was remembered before it."""
    pages = read(app)[key_of(app)].pages
    before = keep(app, state=b"before", pages={**pages, **dict.fromkeys(changed, b"before")})
    assert rewrite.outdated_outputs(app, app.env) == sorted(changed)
    return before


def write(app: Any, *names: str) -> None:
    for name in names:
        rewrite.note_written(app, nodes.document(None, None), name)  # type: ignore[arg-type]


def test_pages_that_are_written(app: Any, writes: Writes) -> None:
    begin(app, "wins", "sub/other")
    other = {"text elsewhere": Written()}
    save_record(record_of(app), DigestDomain.data_version, {**read(app), **other})
    write(app, "wins")
    assert writes.written == {"wins"}
    # nothing is remembered of this output while its pages are written
    assert read(app) == other
    assert writes.is_alone
    write(app, "sub/other")
    assert writes.written == {"wins", "sub/other"}
    rewrite.save_written(app, None)
    assert writes.is_finished
    # nor of one that is gone
    assert read(app) == {key_of(app): writes.expected}
    assert b"before" not in {writes.expected.state, *writes.expected.pages.values()}
    assert writes.expected.state


def test_outputs_that_are_there_stay_remembered(app: Any) -> None:
    begin(app, "wins")
    folder = Path(app.outdir).with_name("an other")
    folder.mkdir()
    other = {f"text {folder}": Written(b"text")}
    save_record(record_of(app), DigestDomain.data_version, {**read(app), **other})
    write(app, "wins")
    rewrite.save_written(app, None)
    assert read(app).keys() == {key_of(app), *other}
    folder.rmdir()


def test_pages_that_were_not_written_keep_their_marks(app: Any, domain: DigestDomain) -> None:
    before = begin(app, "wins", "sub/other")
    write(app, "wins")
    rewrite.save_written(app, None)
    now = read(app)[key_of(app)]
    assert now.pages == {**before.pages, "wins": now.pages["wins"]}
    assert now.pages["wins"] != b"before"
    assert now.state == b""
    assert rewrite.outdated_outputs(app, app.env) == ["sub/other"]


def test_pages_that_were_never_written(app: Any, writes: Writes) -> None:
    record_of(app).unlink()
    rewrite.outdated_outputs(app, app.env)
    write(app, "wins")
    assert writes.is_alone
    rewrite.save_written(app, None)
    now = read(app)[key_of(app)]
    assert {name for name, mark in now.pages.items() if mark != b""} == {"wins"}
    assert now.state == b""


def test_a_build_that_writes_nothing(app: Any, writes: Writes) -> None:
    """As one of an environment that another builder has read: the state is remembered, unless pages are left."""
    begin(app)
    rewrite.save_written(app, None)
    assert read(app)[key_of(app)].state == writes.expected.state != b"before"
    before = record_of(app).stat()
    rewrite.outdated_outputs(app, app.env)
    rewrite.save_written(app, None)
    assert (record_of(app).stat().st_ino, record_of(app).stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    begin(app, "wins")
    rewrite.save_written(app, None)
    assert read(app)[key_of(app)].state == b""


def test_builds_that_end_early(app: Any, writes: Writes) -> None:
    """After an error, or a page that could not be written, nothing is remembered."""
    begin(app, "wins")
    write(app, "wins")
    rewrite.save_written(app, ValueError())
    assert writes.is_finished
    assert read(app) == {}
    writes.has_failed = True
    try:
        rewrite.save_written(app, None)
        assert read(app) == {}
    finally:
        writes.has_failed = False
    writes.expected = None
    rewrite.save_written(app, None)
    assert read(app) == {}


def test_pages_that_are_resolved_without_being_written(app: Any, writes: Writes) -> None:
    """At the end of a build, or where nobody has asked which pages have to be written."""
    before = begin(app, "wins")
    writes.is_finished = True
    write(app, "wins")
    writes.is_finished, writes.expected = False, None
    write(app, "wins")
    assert writes.written == set()
    assert read(app) == {key_of(app): before}


def test_a_build_that_another_one_overtakes(app: Any) -> None:
    before = begin(app, "wins")
    write(app, "wins")
    # the other one has come to its end
    save_record(record_of(app), DigestDomain.data_version, {key_of(app): before})
    rewrite.save_written(app, None)
    assert read(app) == {}


def test_a_build_during_which_another_one_began(app: Any, writes: Writes) -> None:
    begin(app, "wins")
    save_record(record_of(app), DigestDomain.data_version, {})
    write(app, "wins")
    assert not writes.is_alone
    rewrite.save_written(app, None)
    assert read(app) == {}


def test_a_record_that_cannot_be_changed(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(app, "wins")
    monkeypatch.setattr(rewrite, "save_record", lambda *_arguments: False)
    write(app, "wins")
    assert not record_of(app).exists()
    record_of(app).write_bytes(b"")


def test_trees_that_themes_show(app: Any, writes: Writes) -> None:
    rewrite.outdated_outputs(app, app.env)
    context: dict[str, Any] = {"toctree": lambda **options: options}
    rewrite.note_tree(app, "index", "page.html", context, None)
    for options in ({}, {"collapse": True}, {"maxdepth": 1}):
        assert context["toctree"](**options) == options
        assert not writes.expected.shows_tree
    titles = {"collapse": False, "titles_only": True}
    assert context["toctree"](**titles) == titles
    assert (writes.expected.shows_titles, writes.expected.shows_tree) == (True, False)
    assert context["toctree"](collapse=False) == {"collapse": False}
    assert writes.expected.shows_tree
    empty: dict[str, Any] = {}
    rewrite.note_tree(app, "index", "page.html", empty, None)
    writes.expected = None
    context = {"toctree": len}
    rewrite.note_tree(app, "index", "page.html", context, None)
    assert (empty, context) == ({}, {"toctree": len})


def test_what_all_pages_depend_on(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    common = rewrite._common(app)
    assert len(common[0]) == len(common[1]) == 32
    assert common[2] is True
    monkeypatch.setattr(app.builder, "build_info", None)
    assert rewrite._common(app)[:2] == ("", "")
    monkeypatch.setattr(app.builder, "format", "text")
    assert rewrite._common(app)[2] is False
    monkeypatch.setattr(app.builder, "name", "digest-mail")
    for name in ("html_baseurl", "html_link_suffix", "html_file_suffix"):
        before = rewrite._common(app)
        monkeypatch.setattr(app.config, name, f"of {name}")
        assert rewrite._common(app) != before


@pytest.mark.parametrize(
    ("retitled", "changed"),
    [
        # it is in the toctree of a page, and shows the toctrees above it; the root's is on all pages
        ("sub/other", ["sub/links", "sub/other"]),
        ("sub/links", ["digests/index", "index", "sub/links", "sub/other", "wins"]),
        ("digests/index", ["digests/index"]),
    ],
)
def test_the_tree_beside_a_page(app: Any, monkeypatch: pytest.MonkeyPatch, retitled: str, changed: list[str]) -> None:
    names = ("digests/index", "index", "sub/links", "sub/other", "wins")
    monkeypatch.setattr(app.env, "toctree_includes", {"index": ["sub/links", "wins"], "sub/links": ["sub/other"]})

    def marks() -> dict[str, bytes]:
        found = rewrite.Marks(app.env, (), navigation=True)
        return {name: found.of_page(name)[-rewrite._PART :] for name in names}

    before = marks()
    monkeypatch.setitem(app.env.titles, retitled, nodes.title("", "Another"))
    assert [name for name, mark in marks().items() if mark != before[name]] == changed


def test_headings_in_the_tree_beside_a_page(app: Any, domain: DigestDomain) -> None:
    """A theme may show those of the page itself."""

    def marks() -> list[bytes]:
        found = rewrite.Marks(app.env, (), navigation=True)
        return [found.of_page(name)[-rewrite._PART :] for name in ("sub/links", "sub/other")]

    before = marks()
    links, _, toctrees = domain.data["shown"]["sub/links"]
    domain.data["shown"]["sub/links"] = (links, b"other headings", toctrees)
    assert [mark != old for mark, old in zip(marks(), before, strict=True)] == [True, False]


def test_digests_before_and_after_that_of_a_page(
    app: Any, domain: DigestDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def around(name: str) -> bytes:
        return rewrite.Marks(app.env, (), navigation=True).of_page(name)[3 * rewrite._PART : 4 * rewrite._PART]

    names = ("digests/2015-12-04", "digests/2015-12-11", "wins")
    before = [around(name) for name in names]
    monkeypatch.setattr(rewrite, "adjacent_digests", lambda _: {"2015-12-11": (None, "another")})
    changed = [around(name) != old for name, old in zip(names, before, strict=True)]
    assert changed == [True, True, False]


@pytest.mark.parametrize(
    ("link", "on_pages", "in_text"),
    [
        ("std doc wins", "title", "title"),
        ("std ref Here", "label anonymous", "label"),
        ("std ref wins", "", ""),
        ("std numref Here", "", ""),
        ("- any wins", "title object", "title object"),
        ("- any Here", "label anonymous object", "label object"),
        ("digest thread locks", "object", "object"),
        ("digest issue 2015-12-11", "object", "object"),
        ("digest page wins", "page", ""),
        ("py class Here", "", ""),
    ],
)
def test_what_a_link_shows(
    app: Any, domain: DigestDomain, monkeypatch: pytest.MonkeyPatch, link: str, on_pages: str, in_text: str
) -> None:
    """A page is written again if the title or the place of a target changes, a text only for words that it shows."""
    language, role, target = link.split()
    labels = app.env.domaindata["std"]

    def marks() -> list[bytes]:
        found = []
        for has_words, plain in ((False, False), (True, False), (False, True), (True, True)):
            domain.data["shown"]["index"] = ([(language.strip("-"), role, target, has_words)], b"", b"")
            found.append(rewrite.Marks(app.env, (), navigation=False, plain=plain).of_page("index"))
        return found

    changes: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
        "title": lambda patch: patch.setitem(app.env.titles, "wins", nodes.title("", "Another")),
        "label": lambda patch: patch.setitem(labels["labels"], "here", (*labels["labels"]["here"][:2], "There")),
        "anonymous": lambda patch: patch.setitem(labels["anonlabels"], "here", ("wins", "there")),
        "page": lambda patch: patch.setattr(app.env.project, "docnames", {"index"}),
        "object": lambda patch: patch.setattr(DigestDomain, "find", find_another),
    }
    before, shown = marks(), []
    for name, change in changes.items():
        with monkeypatch.context() as patch:
            change(patch)
            shown.append([name if mark != old else "" for mark, old in zip(marks(), before, strict=True)])
    found = [" ".join(filter(None, names)) for names in zip(*shown, strict=True)]
    assert found == [on_pages, on_pages, in_text, ""]


class Target(NamedTuple):
    """Something that a link leads to."""

    title: str


def find_another(domain: DigestDomain, type_: str, _target: str) -> Target | None:
    return Target("another") if type_ in domain.object_types else None


def outdated_pages(app: Any, added: tuple[str, ...] = (), changed: tuple[str, ...] = (), removed: tuple[str, ...] = ()
                   ) -> list[str]:  # fmt: skip
    return list(dependencies.outdated_documents(app, app.env, set(added), set(changed), set(removed)))


def test_no_document_is_outdated(app: Any) -> None:
    assert outdated_pages(app) == []


def other(dependency: Dependency) -> Remembered:
    """A dependency of a page that got something else, and for which nothing cheap tells that."""
    return Remembered(dependency, None, "other")


def missing(*names: str) -> Remembered:
    return Remembered(MissingPages(frozenset({"x", "wins"})), None, frozenset(names))


def notes_of(domain: DigestDomain, docname: str) -> Remembered:
    found: list[Remembered] = domain.data["dependencies"][docname]
    return next(one for one in found if isinstance(one.dependency, NotesDependency))


def test_documents_with_other_lookups(app: Any, domain: DigestDomain) -> None:
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    remembered["wins"].append(other(remembered["wins"][0].dependency))
    remembered["sub/other"] = [missing()]
    remembered["index"] = [missing("wins")]
    assert sorted(outdated_pages(app)) == ["sub/other", "wins"]
    assert outdated_pages(app, added=("wins",)) == ["sub/other"]
    assert outdated_pages(app, changed=("wins", "sub/other")) == []


def test_documents_with_other_answers(app: Any, domain: DigestDomain, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    monkeypatch.setattr(BuildState, "is_current", lambda *_arguments: False)
    assert outdated_pages(app) == []
    notes = notes_of(domain, "wins")
    remembered["wins"] = [notes, notes._replace(answer=b"other")]
    # nothing is asked of a collection that is gone
    remembered["gone"] = [other(MissingPages(frozenset())), other(NotesDependency("nowhere", Selection()))]
    assert outdated_pages(app) == ["wins", "gone"]
    assert outdated_pages(app, changed=("wins",)) == ["gone"]
    remembered["gone"].pop(0)
    assert outdated_pages(app) == ["wins", "gone"]
    monkeypatch.setattr(BuildState, "is_current", lambda *_arguments: True)
    assert outdated_pages(app) == ["gone"]


def test_stamps_of_answers_that_are_the_same(app: Any, domain: DigestDomain) -> None:
    """The next build need not ask for the answer."""
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    notes = notes_of(domain, "wins")
    remembered["wins"] = [notes._replace(stamp="other")]
    assert outdated_pages(app) == []
    assert remembered["wins"] == [notes]


def test_documents_that_show_what_is_current(app: Any, domain: DigestDomain) -> None:
    """They are compared on another day though no file has changed."""
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    query = notes_of(domain, "wins").dependency
    assert isinstance(query, NotesDependency)
    remembered["wins"] = [Remembered(query, "", b"other")]
    remembered["index"] = [Remembered(ListingDependency(FOLDER), "", b"other")]
    assert outdated_pages(app) == []
    current = replace(query, current=True)
    remembered["wins"] = [Remembered(current, date(2015, 12, 8), b"other")]
    assert outdated_pages(app) == ["wins"]
    remembered["wins"] = [Remembered(current, date(2015, 12, 8), current.answer(app.env))]
    assert outdated_pages(app) == []
    assert remembered["wins"][0].stamp == date(2015, 12, 9)


def logged(call: Callable[[], object]) -> list[str]:
    """What is logged during a call."""
    messages: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger, handler = logging.getLogger("sphinx"), Handler()
    logger.addHandler(handler)
    try:
        call()
    finally:
        logger.removeHandler(handler)
    return messages


def test_why_pages_are_read_again(app: Any, domain: DigestDomain) -> None:
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    remembered["wins"] = [other(NotesDependency(FOLDER, Selection(), "latest"))]
    remembered["index"] = [missing()]
    # what was found first is what is said
    assert logged(lambda: outdated_pages(app, removed=("sub/other",))) == [
        "reading index again: a page of its toctree is gone",
        "reading wins again: the notes of its period changed",
    ]


def test_why_pages_are_written_again(app: Any, writes: Writes) -> None:
    pages = read(app)[key_of(app)].pages
    size = len(pages["wins"]) // 5

    def changed(docname: str, part: int) -> bytes:
        mark = pages[docname]
        return mark[: part * size] + b"x" * size + mark[(part + 1) * size :]

    names = ["index", "wins", "sub/links", "sub/other", "digests/index"]
    marks = {docname: changed(docname, part) for part, docname in enumerate(names)}
    writes.read = frozenset({"wins"})
    keep(app, state=b"", pages={**pages, **marks, "digests/2015": b"", "gone": b""})
    assert logged(lambda: rewrite.outdated_outputs(app, app.env)) == [
        "writing digests/2015 again: the last build did not write it",
        "writing digests/index again: the tree of pages beside it changed",
        "writing index again: it was read for another builder",
        "writing sub/links again: a title or an address that its links show changed",
        "writing sub/other again: a page before or after it changed",
    ]
    keep(app, pages=pages)
    # Sphinx writes the page whose toctree has one that was read
    assert logged(lambda: rewrite.outdated_outputs(app, app.env)) == ["writing index again: its toctree has wins"]
    writes.read = app.env.found_docs - {"wins"}
    keep(app, pages={**pages, "gone": b""})
    assert logged(lambda: rewrite.outdated_outputs(app, app.env)) == []
    writes.read = app.env.found_docs - {"index"}
    assert logged(lambda: rewrite.outdated_outputs(app, app.env)) == ["writing index again: another page is gone"]
    writes.read = app.env.found_docs - {"wins"}
    keep(app, shows_tree=True, tree=b"other")
    (message,) = logged(lambda: rewrite.outdated_outputs(app, app.env))
    assert message == "writing wins again: every page shows the tree of all pages, which changed"
    record_of(app).unlink()
    (message,) = logged(lambda: rewrite.outdated_outputs(app, app.env))
    assert message == "writing wins again: nothing is remembered of this output"
    record_of(app).write_bytes(b"")


def test_documents_with_another_file_or_toctree(app: Any) -> None:
    state = build_state_of(app.env)
    state.replaced = frozenset({"sub/other"})
    try:
        assert outdated_pages(app) == ["sub/other"]
        assert sorted(outdated_pages(app, removed=("wins",))) == ["index", "sub/other"]
        assert outdated_pages(app, changed=("index", "sub/other"), removed=("wins",)) == []
        assert outdated_pages(app, added=("wins",)) == ["sub/other"]
    finally:
        state.replaced = frozenset()


def test_answers_of_lookups(app: Any, domain: DigestDomain) -> None:
    root, fragments, place = CollectionLookup(None).answer(app.env)  # type: ignore[misc]
    state = build_state_of(app.env)
    assert (root, fragments, place) == (".", FOLDER, state.place_of(state.project.main))
    assert CollectionLookup(FOLDER).answer(app.env) == (root, fragments, place)
    root, problems = CollectionLookup("nowhere").answer(app.env)  # type: ignore[misc]
    assert root == "."
    assert [problem.message for problem in problems]
    assert MissingPages(frozenset({"wins", "x"})).answer(app.env) == {"wins"}
    assert RepositoryLookup(None, "no/notes").answer(app.env) is None
    Path(app.srcdir, "here/my/notes").mkdir(parents=True)
    assert RepositoryLookup("here", "my/notes").answer(app.env) == str(Path(app.srcdir, "here").resolve())
    read_next(app.env, "wins")
    remember(app.env, MissingPages(frozenset({"wins", "x"})))
    assert domain.data["dependencies"]["wins"][-1] == missing("wins")


def read_next(env: Any, docname: str) -> None:
    """Make a document the one that is being read, as this version of Sphinx has it."""
    env.temp_data["docname"] = docname
    if hasattr(env, "current_document"):
        env.current_document.docname = docname


def texts(entries: Any) -> list[str]:
    return [str(getattr(entry.note, "title", None) or getattr(entry.note, "focus", None) or entry.note.text)
            for entry in entries]  # fmt: skip


def test_notes_of_a_query(app: Any) -> None:
    state = build_state_of(app.env)
    collection = state.collection(state.project.main)
    today = date(2015, 12, 9)
    all_of_them = NotesDependency(FOLDER, Selection()).entries(collection, today)
    assert len(all_of_them) == 4
    assert len(NotesDependency(FOLDER, Selection(), current=True).entries(collection, today)) == 3
    assert len(NotesDependency(FOLDER, Selection(), current=True).entries(collection, date(2015, 12, 10))) == 4
    assert len(NotesDependency(FOLDER, Selection(), "2015-12-04").entries(collection, today)) == 1
    assert len(NotesDependency(FOLDER, Selection(), "latest").entries(collection, today)) == 3


def test_checksums_of_queries(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part of a query and of what it shows is in the checksum."""
    state = build_state_of(app.env)
    collection = state.collection(state.project.main)
    made = [
        NotesDependency(FOLDER, Selection()), NotesDependency(FOLDER, Selection(), "2015-12-04"),
        NotesDependency(FOLDER, Selection(), "latest"), NotesDependency(FOLDER, Selection(), names_digests=True),
        NotesDependency(FOLDER, Selection(kind=Kind.SUCCESS)), NotesDependency(FOLDER, Selection(), current=True),
        NotesDependency(FOLDER, Selection(), "2015-W99"), NotesDependency(FOLDER, Selection(), "nothing"),
        # periods without notes
        NotesDependency(FOLDER, Selection(), "2014-01-03"), NotesDependency(FOLDER, Selection(), "2014-01-10"),
    ]  # fmt: skip
    sums = [query.checksum(collection, app.env) for query in made]
    assert len(set(sums)) == len(made)
    assert {type(checksum) for checksum in sums} == {bytes}
    # a period is known by its days, however it was written
    assert made[2].checksum(collection, app.env) == replace(made[2], period="2015-12-11").checksum(collection, app.env)
    monkeypatch.setattr(BuildState, "place_of", lambda *_arguments: 7)
    assert all(query.checksum(collection, app.env) != before for query, before in zip(made[:6], sums, strict=False))


def test_notes_that_get_into_another_digest(app: Any) -> None:
    """That shows where the page says which digests its notes are in."""
    store = build_state_of(app.env)
    collection = store.collection(store.project.main)
    moved = collection.with_intervals((parse_interval("2015-11-30/2015-12-03"),))
    for names_digests in (True, False):
        query = NotesDependency(FOLDER, Selection(), names_digests=names_digests)
        is_same = query.checksum(moved, app.env) == query.checksum(collection, app.env)
        assert is_same is not names_digests


def test_lists_of_digests(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state = build_state_of(app.env)
    collection = state.collection(state.project.main)
    newest_first = sorted(collection.digests, key=lambda period: period.end, reverse=True)
    assert len(newest_first) == 2
    for span in ("", "2015", "2015-12"):
        found = ListingDependency(FOLDER, span).digests(collection)
        assert found == [(period, collection.digests[period]) for period in newest_first]
    assert ListingDependency(FOLDER, "2014").digests(collection) == []
    query = ListingDependency(FOLDER)
    before = query.checksum(collection, app.env)
    assert (
        before
        == query.checksum(collection, app.env)
        != ListingDependency(FOLDER, "2014").checksum(collection, app.env)
    )
    settings = collection.settings
    for change in ({"pages": "news"}, {"automatic": False}, {"title": "Of {period}"}):
        other = replace(collection, settings=replace(settings, **change))
        assert query.checksum(other, app.env) != before
    monkeypatch.setattr(app.env.project, "docnames", set())
    assert query.checksum(collection, app.env) != before
    monkeypatch.undo()
    monkeypatch.setattr(BuildState, "page_of", lambda *_arguments: "wins")
    assert query.checksum(collection, app.env) != before


ARCHIVED = {
    "told": "{date: 2015-12-02, successes: ['lea: one', {nick: bo, thanks: lea, text: two, channel: dev}]}",
    "old": "{date: 2014-12-03, successes: [{nick: lea, text: old, channel: dev}]}",
    "first": "{date: 2014-12-04, threads: [T]}",
    "next": "{date: 2015-12-04, threads: [{title: T, continues: first}]}",
    "alone": "{date: 2015-12-04, threads: [{title: U}]}",
    "plan": "{date: 2015-12-04, countdown: [{series: heron, focus: Freezing}]}",
    "past": "{date: 2014-12-04, countdown: [{series: heron, focus: Planning}, {series: ibis, focus: Resting}]}",
}
ARCHIVE_PAGES = (
    "successes/index successes/2014 successes/2015 people/index people/lea people/lea-2014 people/lea-2015 people/bo "
    "channels/index channels/dev channels/dev-2014 series/index series/heron series/heron-2014 series/ibis "
    "threads/index threads/0000000000000003"
)


@pytest.fixture
def other_archives(app: Any, make_collection: Callable[..., Any]) -> Callable[..., str]:
    """The pages of archives, and the reviews of years, that change with fragments and options."""

    def checksums(collection: Any) -> dict[str, bytes]:
        found: dict[str, Any] = {name: ArchiveDependency(FOLDER, *name.split("/")) for name in ARCHIVE_PAGES.split()}
        found |= {f"review-{year}": ReviewDependency(FOLDER, year) for year in (2014, 2015)}
        return {name: dependency.checksum(collection, app.env) for name, dependency in found.items()}

    def changed(*replaced: tuple[str, str], **options: object) -> str:
        texts = dict(ARCHIVED)
        for old, new in replaced:
            (name,) = (name for name, text in texts.items() if old in text)
            texts[name] = texts[name].replace(old, new)
        before, after = checksums(make_collection(ARCHIVED)), checksums(make_collection(texts, **options))
        return " ".join(name for name, checksum in before.items() if after[name] != checksum)

    return changed


def test_archives_of_other_notes(other_archives: Callable[..., str]) -> None:
    assert other_archives() == ""
    # other words of a note, and another person
    told = "successes/index successes/2015 people/lea people/lea-2015 people/bo channels/dev"
    assert other_archives(("lea: one", "lea: won")) == told
    told = "successes/2014 people/lea people/lea-2014 channels/dev channels/dev-2014"
    assert other_archives(("text: old", "text: new")) == told
    changed = (
        "successes/index successes/2015 people/index people/lea people/lea-2015 people/bo channels/dev review-2015"
    )
    assert other_archives(("lea: one", "eve: one")) == changed
    # lists of people have the spellings of their names
    assert "people/index" in other_archives(("lea: one", "LEA: one")).split()
    # threads and countdowns
    assert other_archives(("title: T", "title: V")) == "threads/index threads/0000000000000003 review-2014 review-2015"
    assert other_archives(("title: U", "title: V")) == ""
    assert other_archives(("Freezing", "Frozen")) == "series/heron"
    assert other_archives(("Planning", "Plan")) == "series/heron series/heron-2014 series/ibis"


def test_archives_with_pages_of_years(other_archives: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of who has many notes has only the years and how many notes they have."""
    monkeypatch.setattr("sphinxext.digest.collection.archives.MAX_NOTES", 1)
    assert other_archives(("lea: one", "lea: won")) == "successes/index successes/2015 people/lea-2015 people/bo"
    assert other_archives(("Planning", "Plan")) == "series/heron-2014 series/ibis"
    changed = other_archives(("Freezing}", "Freezing}, {series: heron, focus: More}"))
    assert changed == "series/index series/heron review-2015"


def test_archives_with_other_options(other_archives: Callable[..., str]) -> None:
    everything = [*ARCHIVE_PAGES.split(), "review-2014", "review-2015"]
    assert other_archives(base_url="https://example.org/") == ""
    assert other_archives(collection_title="News").split() == everything
    assert other_archives(archives=["people"]).split()[:-2] == ARCHIVE_PAGES.split()


def test_archives_of_nobody(app: Any, make_collection: Callable[..., Any]) -> None:
    collection = make_collection(ARCHIVED)
    pages = ("lea-2013", "nobody", "nobody-2015", "lea-2015-2015")
    found = {ArchiveDependency(FOLDER, "people", page).checksum(collection, app.env) for page in pages}
    assert len(found) == 1
    assert ArchiveDependency(FOLDER, "people", "lea-2014").year == 2014
    assert ArchiveDependency(FOLDER, "people", "lea").year is None
    assert ArchiveDependency(FOLDER, "threads", "nobody").chain(collection) is None
    member = ArchiveDependency(FOLDER, "people", "lea-2014").member(collection)
    assert member is not None and [entry.note.label for entry in member.notes] == ["lea: old"]


def test_options_that_do_not_show(app: Any) -> None:
    """Where an option does not show, its pages are not read again for it."""
    state = build_state_of(app.env)
    collection = state.collection(state.project.main)
    for kind, hidden, shown in (
        (None, {"base_url": "https://e.org/"}, {"title": "Of {period}"}),
        (Kind.SUCCESS, {"title": "Of {period}", "empty_group": "None"}, {"success_closing": "All told."}),
        (Kind.THREAD, {"success_closing": "All told.", "success_heading": "Won"}, {"title": "Of {period}"}),
        (Kind.COUNTDOWN, {"pages": "news", "archives": (), "success_url": "https://e.org/"}, {}),
    ):
        query = NotesDependency(FOLDER, Selection(kind=kind))
        before = dependencies.checksum(
            query.entries(collection, state.today), collection, dependencies._HIDDEN_FOR[kind]
        )
        for options, same in ((hidden, True), (shown, False)):
            for name, value in options.items():
                other = replace(collection, settings=replace(collection.settings, **{name: value}))
                found = dependencies.checksum(query.entries(other, state.today), other, dependencies._HIDDEN_FOR[kind])
                assert (found == before) is same, (kind, name)


@pytest.mark.parametrize(
    ("kind", "hidden"),
    [
        (None, ""),
        (Kind.SUCCESS, f"{OF_DIGESTS} source_url title"),
        (Kind.THREAD, f"{OF_DIGESTS} add_url success_closing success_url"),
        (Kind.COUNTDOWN, f"{OF_DIGESTS} add_url success_closing success_url title pages archives"),
    ],
)
def test_all_options_by_whether_they_show(
    app: Any, monkeypatch: pytest.MonkeyPatch, kind: Kind | None, hidden: str
) -> None:
    monkeypatch.setattr(BuildState, "place_of", lambda *_arguments: "")
    store = build_state_of(app.env)
    collection = store.collection(store.project.main)
    query = NotesDependency(FOLDER, Selection(kind=kind, name="none of these"))
    before, unseen = query.checksum(collection, app.env), set()
    for name in vars(collection.settings):
        other = replace(collection, settings=replace(collection.settings, **{name: ("other",)}))
        if query.checksum(other, app.env) == before:
            unseen.add(name)
    assert unseen == {*NEVER_SHOWN.split(), *hidden.split()}
