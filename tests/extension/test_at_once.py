"""Two builds in one folder of output at the same time: neither ends for that, and the next one is right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Project, empty_project

WRITER = """
import sys
from pathlib import Path
from sphinxext.digest.extension.cache import load_data, save_data, write_output

file, data = Path(sys.argv[1]), sys.argv[2].encode() * 20000
for _ in range(150):
    write_output(file, data)
    assert file.read_bytes() in (b"a" * 20000, b"b" * 20000)
    assert save_data(file.with_name("kept"), data)
    assert load_data(file.with_name("kept")) in (b"a" * 20000, b"b" * 20000)
"""
#: Sphinx itself writes this by way of a file with one name.
OF_SPHINX = "searchindex.js.tmp"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    project = empty_project(tmp_path / "src", 'html_baseurl = "https://e.org/"\nexclude_patterns = ["build"]\n')
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    for week in range(8):
        project.fragment(f"n-{week + 1:x}", f"date: 2015-01-{3 * week + 1:02}\nsuccesses: ['lea: {week}']\n")
    project.age()
    return project


def start(site: Project, builder: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-d", "build/doctrees", ".", f"build/{builder}"]
    return subprocess.Popen(command, cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_one_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), text]) for text in "aba"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "kept"]


@pytest.mark.parametrize("builder", ["html", "text"])
def test_two_builds(site: Project, builder: str) -> None:
    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: site.fragment("more-77", "date: 2015-02-04\nsuccesses: ['ida: more']\n"),
        lambda: (site.fragments / "more-0000000000000077.yaml").unlink(),
    ]
    for change in changes:
        change()
        for build in [start(site, builder), start(site, builder)]:
            said, _ = build.communicate(timeout=300)
            assert build.returncode == 0 or OF_SPHINX in said, said
    again = site.build(builder, doctrees="doctrees")
    fresh = site.build(builder, output="fresh", doctrees="fresh-doctrees")
    suffix = {"html": ".html", "text": ".txt"}[builder]
    names = sorted(file.relative_to(fresh.outdir).as_posix() for file in fresh.outdir.rglob(f"*{suffix}"))
    assert sorted(file.relative_to(again.outdir).as_posix() for file in again.outdir.rglob(f"*{suffix}")) == names
    assert [name for name in names if again.text(name) != fresh.text(name)] == []


def test_what_two_builds_left_is_written_again(site: Project) -> None:
    """A build during which another one has begun or ended does not know what is in the folder."""
    memory = site.folder / "build/doctrees-html/digest-written.pickle"
    page = site.folder / "build/html/digests/2015-01-02.html"
    conf = site.folder / "conf.py"
    before = conf.read_text()
    # what another build does to the memory when it begins to write, and when it comes to its end
    for other in ("os.unlink(file)", "shutil.copy(file + '.kept', file)"):
        conf.write_text(before)
        site.build()
        memory.with_name(memory.name + ".kept").write_bytes(memory.read_bytes())
        when = "env-updated" if "unlink" in other else "doctree-resolved"
        another = f"    if not app.env.get_domain('digest').build_state.writes.is_finished:\n        {other}\n"
        conf.write_text(
            f"{before}\nimport os, shutil\n\nfile = {str(memory)!r}\n\ndef another(app, *_):\n{another}\n"
            f"def setup(app):\n    app.connect({when!r}, another, priority=900)\n"
        )
        site.fragment("n-2", f"date: 2015-01-04\nsuccesses: ['lea: {len(other)}']\n")
        site.build()
        conf.write_text(before)
        page.write_text("of the other build")
        assert site.build().read == []
        assert page.read_text() != "of the other build", other
        # a build alone is remembered
        page.write_text("edited")
        site.build()
        assert page.read_text() == "edited"


def test_what_is_made_anew_beside_the_pages_makes_no_page_be_written(site: Project) -> None:
    """A page is resolved again for its mail when all pages have been written."""
    site.build()
    outdir = site.build().outdir
    (outdir / "digests/2015-01-02.txt").unlink()
    (outdir / "digests/2015-01-02.html").write_text("edited")
    (outdir / "digests/2015-01-09.html").write_text("edited")
    site.build()
    assert (outdir / "digests/2015-01-02.txt").is_file()
    site.build()
    assert (
        (outdir / "digests/2015-01-02.html").read_text()
        == (outdir / "digests/2015-01-09.html").read_text()
        == "edited"
    )
