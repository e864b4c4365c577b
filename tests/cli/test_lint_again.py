"""``sphinx-digest lint`` of what it has checked before, and with several processors."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sphinxext.digest.doctree import lint, text_checks
from sphinxext.digest.fragments import folder

from .conftest import SETTINGS, Run

Write = Callable[..., Path]
MARKED = "date: 2015-12-02\nitems: [{text: 'some *emphasis* here'}]\n"
BROKEN = "date: 2015-12-02\nitems: [{text: 'some *emphasis here'}]\n"
HINT = "date: 2015-12-02\nitems: [{text: 'see [this](https://example.org) page'}]\n"
_TELL = "import atexit; atexit.register(lambda: print('docutils' in sys.modules))"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of this test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sphinx-digest" / "lint"


@pytest.mark.parametrize(("text", "status"), [(MARKED, 0), (BROKEN, 1), (HINT, 0)])
def test_nothing_is_parsed_again(start: Run, write: Write, project: Path, text: str, status: int) -> None:
    write("a", text)
    write("draft", f"draft: true\n{MARKED}", 2)

    first = start("lint", before=_TELL)
    second = start("lint", before=_TELL)

    assert first.status == second.status == status
    assert (first.lines[-1], second.lines[-1]) == ("True", "False")
    assert (second.lines[:-1], second.err) == (first.lines[:-1], first.err)
    assert "2 fragments (1 draft)" in second.err


def test_one_changed_file_is_parsed(run: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 6):
        write("a", MARKED, number)
    assert run("lint").status == 0
    write("a", BROKEN, 3)
    parsed: list[str] = []
    each = text_checks.each

    def counted(files: Sequence[tuple[str, object]], *arguments: object, **options: object) -> object:
        parsed.extend(path for path, _ in files)
        return each(files, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(text_checks, "each", counted)

    result = run("lint")

    assert result.status == 1
    assert [Path(path).name for path in parsed] == ["a-0000000000000003.yaml"]


def test_settings_count(run: Run, write: Write, project: Path) -> None:
    write("a", "date: 2015-12-02\nstories:\n  - text: |\n      .. raw:: html\n\n         <b>x</b>\n")
    assert [run("lint").status for _ in range(2)] == [1, 1]

    (project / SETTINGS).write_text("fragment_raw: true\n")

    assert run("lint").status == 0


def test_folder_without_changes_is_not_read(
    run: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a", BROKEN)
    # as if its files were old enough for their times to tell that they did not change
    monkeypatch.setattr(folder, "_GRANULARITY_NS", -(10**12))
    first = run("lint")
    monkeypatch.setattr(lint, "read_folder", None)

    second = run("lint")
    assert (second.status, second.out, second.err) == (1, first.out, first.err)


def test_files_beside_count(run: Run, write: Write, project: Path) -> None:
    (project / "doc").mkdir()
    (project / "doc" / "conf.py").write_text("project = 'x'\nextensions = []\n")
    write("a", "date: 2015-12-02\nitems: [{text: 'see `the page <../page.html>`_'}]\n")
    assert [run("lint").status for _ in range(2)] == [1, 1]

    (project / "doc" / "page.rst").write_text("Page\n====\n")

    assert run("lint").status == 0


def test_history_counts(run: Run, write: Write, project: Path, git: Callable[..., None]) -> None:
    write("a", "items: [{text: 'some *emphasis*'}]\n")
    assert [run("lint").status for _ in range(2)] == [1, 1]

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")

    assert run("lint").status == 0


@pytest.fixture
def git(project: Path) -> Callable[..., None]:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *names, *arguments], cwd=project, check=True, capture_output=True)

    return git


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"texts": [], "folder": {}}',
        b'{"texts": {}, "folder": {"state": 1, "rows": [[1]]}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_damaged_caches_do_no_harm(run: Run, write: Write, project: Path, cache: Path, content: bytes) -> None:
    write("a", BROKEN)
    first = run("lint")
    (file,) = cache.iterdir()
    file.write_bytes(content)

    second = run("lint")

    assert (second.status, second.out, second.err) == (first.status, first.out, first.err)


def test_damaged_rows_do_no_harm(run: Run, write: Write, project: Path, cache: Path) -> None:
    write("a", BROKEN)
    first = run("lint")
    (file,) = cache.iterdir()
    content = file.read_bytes()
    for old, new in ((b'"rst"', b'"none"'), (b'"rst"', b"7"), (b"[[2,", b'[["2",'), (b"[[", b"[7,[")):
        assert old in content
        file.write_bytes(content.replace(old, new))

        assert run("lint").out == first.out


def test_container_without_semaphores(run: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def Pool(self, _number: int) -> None:
            raise OSError(38, "Function not implemented")

    monkeypatch.setattr(text_checks, "_FEW", 0)
    monkeypatch.setattr("multiprocessing.get_context", lambda _method: Context())
    write("a", BROKEN)

    assert run("lint").status == 1


def test_as_many_processors_as_there_are(
    run: Run, write: Write, project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 41):
        write("a", (MARKED, BROKEN, HINT)[number % 3], number)
    results = []
    for few in (1000, 0):
        monkeypatch.setattr(text_checks, "_FEW", few)
        results.append(run("lint"))
        for file in cache.iterdir():
            file.unlink()

    one, several = results
    assert one.status == 1
    assert (several.status, several.out, several.err) == (one.status, one.out, one.err)
