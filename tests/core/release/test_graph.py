"""The graph of commits: what is read of it, and what it says of ancestors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.release import graph as graph_module
from sphinxext.digest.release.git import GitError
from sphinxext.digest.release.graph import Graph

from .graphs import make_graph

OpenGraph = Callable[[Path], Graph]
NOWHERE = Path("there", "is", "none")


def name_of(number: int) -> bytes:
    return b"%040x" % number


def lines_of(numbers: range) -> bytes:
    """Lines as git prints them of a line of commits, the newest with the highest number."""
    rows = (b"%d %s %s\n" % (10**9 + n, name_of(n), name_of(n - 1) if n else b"") for n in reversed(numbers))
    return b"".join(rows)


class TestKept:
    """What earlier graphs learnt, without git."""

    COUNT = 5000

    def test_more_than_is_read_at_once(self) -> None:
        graph = Graph(NOWHERE)
        lines = lines_of(range(self.COUNT))
        assert len(lines) > 3 * graph_module._CHUNK
        graph.restore([("G", lines), ("T", name_of(self.COUNT - 1))])
        graph.add(name_of(self.COUNT - 1))
        assert graph.load(name_of(0)) == ()
        assert len(graph.parents) == self.COUNT

    def test_no_more_is_read_than_is_asked(self) -> None:
        graph = Graph(NOWHERE)
        graph.restore([("G", lines_of(range(self.COUNT))), ("T", name_of(self.COUNT - 1))])
        assert graph.load(name_of(self.COUNT - 1)) == (name_of(self.COUNT - 2),)
        assert 1 < len(graph.parents) < self.COUNT / 2

    def test_the_newest_part_first(self) -> None:
        graph = Graph(NOWHERE)
        graph.restore([("G", lines_of(range(1000, 1010))), ("G", lines_of(range(1000))), ("G", b""), ("x", b"y")])
        assert graph.load(name_of(1009)) == (name_of(1008),)
        assert name_of(1) not in graph.parents
        assert graph.load(name_of(0)) == ()

    def test_as_many_starting_points_as_are_remembered(self) -> None:
        graph = Graph(NOWHERE)
        graph.restore([("T", b" ".join(map(name_of, range(150)))), ("T", b" ".join(map(name_of, range(150, 250))))])
        assert graph._tips == [name_of(number) for number in range(50, 250)]


@pytest.fixture
def history(repository: Any, note: Callable[..., str]) -> list[bytes]:
    """The commits of a line with a merge, the newest first; git has no more to tell after them."""
    note(1)
    repository.run("checkout", "--quiet", "-b", "topic")
    note(2)
    repository.run("checkout", "--quiet", "main")
    note(3)
    repository.merge("topic", "2020-01-04T00:00:00Z")
    return [line.encode() for line in repository.run("rev-list", "HEAD").splitlines()]


class TestFromGit:
    def test_parents_and_dates(self, repository: Any, open_graph: OpenGraph, history: list[bytes]) -> None:
        graph = open_graph(repository.root)
        graph.add(history[0])
        graph.load_all()
        assert graph.parents == {
            history[0]: (history[1], history[2]),
            history[1]: (history[3],),
            history[2]: (history[3],),
            history[3]: (),
        }
        assert [graph.dates[commit] for commit in history] == [1578096000, 1578009600, 1577923200, 1577836800]

    def test_news_are_what_a_later_graph_needs(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes]
    ) -> None:
        graph = open_graph(repository.root)
        graph.add(history[1])
        graph.load_all()
        first = graph.news()
        assert first[1] == ("T", history[1])
        assert graph.news() == [("G", b""), ("T", b"")]
        later = open_graph(repository.root)
        later.restore(first)
        later.add(history[0])
        later.load_all()
        new = later.news()
        # only what is new was asked for
        assert sorted(line.split()[1] for line in new[0][1].splitlines()) == sorted([history[0], history[2]])
        last = Graph(NOWHERE)
        last.restore([*first, *new])
        assert last.load(history[0]) == (history[1], history[2])
        assert last.ancestors(history[0]) == set(history)

    def test_a_tip_that_is_known_is_not_read_again(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes]
    ) -> None:
        graph = open_graph(repository.root)
        graph.add(history[0])
        graph.load_all()
        graph.news()
        graph.add(history[0])
        graph.add(history[2])
        assert graph.news() == [("G", b""), ("T", b"")]

    def test_what_is_missing(self, repository: Any, open_graph: OpenGraph, history: list[bytes]) -> None:
        graph = open_graph(repository.root)
        graph.add(history[0])
        with pytest.raises(GitError, match=f"^{'1' * 40} is missing in the repository, or is not a commit$"):
            graph.load(b"1" * 40)

    def test_a_commit_of_an_earlier_scan_that_is_gone(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes]
    ) -> None:
        graph = open_graph(repository.root)
        graph.restore([("T", b"1" * 40)])
        graph.add(history[0])
        assert graph.load(history[0]) == (history[1], history[2])

    def test_ancestors_of_what_is_no_commit(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes]
    ) -> None:
        tree = repository.run("rev-parse", "HEAD^{tree}").encode()
        graph = open_graph(repository.root)
        assert not graph.is_ancestor(tree, history[0])
        assert not graph.is_ancestor(b"1" * 40, history[0])
        assert graph.is_ancestor(history[3], history[0])
        assert not graph.is_ancestor(history[0], history[3])
        graph.load_all()
        assert not graph.is_ancestor(tree, history[0])

    def test_whoever_asks_often_gets_the_whole_graph(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(graph_module, "_PATIENCE", 1)
        graph = open_graph(repository.root)
        assert graph.is_ancestor(history[3], history[0])
        assert not graph._is_complete
        assert graph.is_ancestor(history[2], history[0])
        assert graph._is_complete
        assert not graph.is_ancestor(history[2], history[1])

    @pytest.mark.parametrize("date", [-5, 0, 1 << 34])
    def test_dates_that_git_shows_as_others(
        self, repository: Any, open_graph: OpenGraph, note: Callable[..., str], date: int
    ) -> None:
        note(1)
        raw = repository.run("cat-file", "commit", "HEAD").replace("1577836800 +0000", f"{date} +0000")
        (repository.root / "raw").write_text(f"{raw}\n")
        commit = repository.run("hash-object", "-t", "commit", "-w", "--literally", "raw").encode()
        graph = open_graph(repository.root)
        graph.add(commit)
        graph.load(commit)
        assert graph.dates[commit] == date


def test_by_date() -> None:
    graph = make_graph("m:a,b b:r a:r r:")
    assert list(graph.by_date(b"m")) == [b"m", b"b", b"a", b"r"]
    graph.dates[b"a"] = graph.dates[b"b"]
    assert list(graph.by_date(b"m")) == [b"m", b"a", b"b", b"r"]
    # a commit comes after one of its children, whatever its date
    graph.dates[b"r"] = graph.dates[b"m"] + 10
    assert list(graph.by_date(b"m")) == [b"m", b"a", b"r", b"b"]


CHAIN = " ".join(f"c{number}:c{number + 1}" for number in range(20)) + " c20:"


def part(text: str, tip: str, stop: str, **options: bool) -> str:
    return b" ".join(sorted(make_graph(text).between(tip.encode(), stop.encode(), **options))).decode()


@pytest.fixture
def no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked at beyond what is needed."""
    monkeypatch.setattr(graph_module, "_MARGIN", 0)


@pytest.mark.usefixtures("no_margin")
class TestBetween:
    TEXT = f"h:m m:a,s a:b b:c3 s:c0 {CHAIN}"

    def test_what_only_the_first_has(self) -> None:
        # the line from the stop back to where the branch began is looked at, and no more
        assert part(self.TEXT, "h", "s") == "a b c0 c1 c2 h m s"
        assert part(self.TEXT, "h", "c3") == "a b c0 c1 c2 c3 h m s"

    def test_a_stop_that_is_no_ancestor(self) -> None:
        assert part(self.TEXT, "b", "s") == "b"
        assert part(self.TEXT, "a", "h") == ""

    def test_the_same(self) -> None:
        assert part(self.TEXT, "s", "s") == "s"

    def test_only_the_stop(self) -> None:
        assert "s" in part(self.TEXT, "h", "s", only_stop=True).split()
        assert "s" not in part(self.TEXT, "b", "s", only_stop=True).split()
        assert part("a:b b:c c:", "c", "a", only_stop=True) == ""

    def test_a_clock_that_was_wrong(self) -> None:
        graph = make_graph("h:a a:b b:s s:r r:")
        graph.dates[b"a"] = 1
        assert graph.between(b"h", b"s") == {b"h", b"a", b"b", b"s"}


def test_ancestors() -> None:
    graph = make_graph(TestBetween.TEXT)
    assert graph.ancestors(b"c19") == {b"c19", b"c20"}
    assert graph.ancestors(b"b") == {b"b", *(b"c%d" % number for number in range(3, 21))}
    assert graph.is_ancestor(b"c5", b"b")
    assert not graph.is_ancestor(b"s", b"b")
    assert graph.is_ancestor(b"b", b"b")


class TestManyTips:
    """Questions about several tips, which one walk answers."""

    TEXT = "h:g,e g:f f:c e:d d:c c:b,x b:a a: x:a s:b r:s"

    def test_as_for_each_alone(self) -> None:
        alone, together = make_graph(self.TEXT), make_graph(self.TEXT)
        tips = [b"h", b"r", b"c", b"b"]
        together._tips = [b"h"]
        together.add_all(tips)
        for tip in tips:
            for commit in alone.parents:
                assert together.is_ancestor(commit, tip) == (commit in alone.ancestors(tip)), (commit, tip)
        assert not together._ancestors
        # one that was not named is asked alone
        assert together.is_ancestor(b"a", b"s")
        assert list(together._ancestors) == [b"s"]

    def test_what_git_does_not_know_is_left_out(
        self, repository: Any, open_graph: OpenGraph, history: list[bytes]
    ) -> None:
        repository.run("checkout", "--quiet", "-b", "later")
        repository.commit("2020-01-05T00:00:00Z")
        later = repository.run("rev-parse", "HEAD").strip().encode()
        graph = open_graph(repository.root)
        graph.add(history[0])
        graph.load_all()
        graph.add_all([history[0], later, name_of(1)])
        assert later in graph.parents
        assert name_of(1) not in graph.parents
        assert graph.is_ancestor(history[-1], later)
        assert not graph.is_ancestor(later, history[0])
        with pytest.raises(GitError):
            graph.load(name_of(1))
