"""One digest of many projects: builds with the indexes of others."""

from __future__ import annotations

import ast
import pickle
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hostile.texts import SECRET, SECRET_FILE, TEXTS
from joint.indexes import HOME, index, note
from web_server import WebServer

from sphinxext.digest.joint import merge

from .building import Build, Project, empty_project
from .test_any_edits import search_index
from .test_parallel import outputs

PAGES = "digests/2015-12-04", "digests/2015-12-11"
LISTS = {"digests/index", "digests/2015", "digests/2015-12"}
#: What only the build of another project could resolve, or would warn of.
ELSEWHERE = r"""
:ref:`a part <there>`, :ref:`there`, :doc:`/page`, :class:`~nova.compute.Manager`, :py:func:`nova.run`,
:term:`flavor`, :unknown:`role`, :digest:thread:`nothing`, :numref:`figure`, :option:`nova --x`, :eq:`formula`,
:any:`thing`, :download:`file.txt`, :file:`/etc/nova`, `relative <other.html>`__, |nothing|, `nowhere`_

.. code-block:: no-such-language
   :emphasize-lines: 99
   :dedent: 7

   what is it?

.. code-block:: python

   this is no python $$$

.. image:: pictures/here.png
   :alt: a picture

.. image:: https://pictures.example.org/far.png
   :alt: a far picture

.. figure:: https://pictures.example.org/far.png

   The caption.

.. toctree::

   other
"""


@pytest.fixture
def site(tmp_path: Path, server: WebServer) -> Project:
    """A project with a note of its own, two others on a server, and one in a file."""
    options = 'digest_joint = ["places.txt", "tern.json"]\ndigest_joint_cache_limit = 0\n'
    project = empty_project(tmp_path / "src", f'{options}html_baseurl = "https://example.org"\n')
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.write("places.txt", f"{server.url}/nova.json\n{server.url}/swift.json\n")
    project.fragment("own-f", "date: 2015-12-02\nsuccesses: ['me: My own']\n")
    later = note(2, "thread", title="Locks, again", date="2015-12-09", continues="note1", summary="* more")
    first = note(1, "thread", title="Locks", summary="* less", page=f"{HOME}/nova/digests/2015-12-04.html#thread-1")
    server.pages["/nova.json"] = index("nova", first, later)
    flies = note(3, nick="ann", text="It *flies*")
    server.pages["/swift.json"] = index("swift", flies, note(4, "item", group="Specs"))
    project.write("tern.json", index("tern", note(5, "story", title="A story")).decode())
    project.age()
    return project


def again(project: Project, **options: Any) -> Build:
    """A build in place, which has to be what one from nothing is."""
    build = project.build(**options)
    number = len(list(project.folder.glob("build/doctrees-*")))
    fresh = project.build(output=f"fresh-{number}", doctrees=f"doctrees-{number}", **options)
    compared = [outputs(one) for one in (build, fresh)]
    # Sphinx leaves words that no page has any more, without pages
    words = [search_index(files.pop("searchindex.js")) for files in compared]
    assert compared[0] == compared[1] and words[0] == words[1]
    assert build.warnings == fresh.warnings
    return build


def test_whose_notes_they_are(site: Project) -> None:
    build = site.build("text", fail_on_warning=True)
    assert build.warnings == [] and build.status == 0
    first, second = (build.text(f"{name}.txt") for name in PAGES)
    assert "* ann: It *flies* (Swift: https://docs.example.org/swift/)" in " ".join(first.split())
    assert "* me: My own\n" in first
    assert "* Note 4 (Swift: https://docs.example.org/swift/)" in first
    assert "* Project: Nova: https://docs.example.org/nova/digests/2015-12-04.html" in " ".join(first.split())
    assert "* Project: Tern: https://docs.example.org/tern/" in first
    assert "* Continued in: December 5–11, 2015" in first
    assert "* Continued from: November 28 – December 4, 2015" in second
    page = site.build("html", fail_on_warning=True).text(f"{PAGES[0]}.html")
    assert re.search(
        r'<span class="digest-project-name">\(<a [^>]*href="https://docs.example.org/swift/">Swift<', page
    )


def test_names(site: Project) -> None:
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n\n:digest:thread:`nova/note1`\n")
    assert site.build(fail_on_warning=True).warnings == []
    titles = {name: title for name, title, kind, *_ in site.build().env.get_domain("digest").get_objects()}
    assert titles["nova/note1"] == "Locks"
    assert titles[f"{4:016x}"] == "Note 4"
    assert "note1" not in titles


def test_nothing_changed_reads_no_index(site: Project, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    time.sleep(2.1)  # so that no file can change without a new time
    for limit in (0, 1):
        site.build(output=f"{limit}", doctrees=f"doctrees-{limit}", digest_joint_cache_limit=limit)
    server.close()

    def refuse(*_: object) -> None:
        raise AssertionError("an index was read")

    monkeypatch.setattr(merge, "parse_index", refuse)
    monkeypatch.setattr(merge.Joint, "read", refuse)
    # asked in vain, and not asked at all: no reason to read anything, nor for a warning
    for limit in (0, 1):
        build = site.build(output=f"{limit}", doctrees=f"doctrees-{limit}", digest_joint_cache_limit=limit,
                           fail_on_warning=True)  # fmt: skip
        assert (build.read, build.warnings, build.status) == ([], [], 0)


def test_what_changes_is_read_again(site: Project, server: WebServer) -> None:
    site.overrides["digest_archives"] = ()
    assert set(again(site).read) == {"index", *PAGES, *LISTS}
    assert again(site).read == []
    nova, swift = server.pages["/nova.json"], server.pages["/swift.json"]
    assert isinstance(nova, bytes) and isinstance(swift, bytes)
    server.pages["/nova.json"] = nova.replace(b"* more", b"* even more")
    assert again(site).read == [PAGES[1]]
    # whoever shows their titles or their homes
    server.pages["/swift.json"] = swift.replace(b"/swift/", b"/swift/latest/")
    assert again(site).read == [PAGES[0]]
    server.pages["/swift.json"] = index("swift")
    assert PAGES[0] in again(site).read and PAGES[1] not in again(site).read
    site.write("tern.json", index("tern", note(5, "story", date="2016-01-05")).decode())
    build = again(site)
    assert "digests/2016-01-08" in build.read and "Note 5" not in build.text(f"{PAGES[0]}.html")
    site.write("places.txt", f"{server.url}/nova.json\n")
    again(site)
    # one that is down has its notes still
    del server.pages["/nova.json"]
    build = site.build(fail_on_warning=True)
    assert (build.read, build.status) == ([], 0)
    assert "even more" in build.text(f"{PAGES[1]}.html")


def test_several_processes(site: Project, server: WebServer) -> None:
    for week in range(10):
        site.fragment(f"week{week}-{16 + week:x}", f"date: 2016-0{1 + week // 4}-0{1 + week % 4 * 2}\nitems: [x]\n")
    site.age()
    alone = site.build(output="one", doctrees="doctrees-one")
    asked = len(server.asked)
    several = site.build(output="two", doctrees="doctrees-two", parallel=2)
    assert outputs(alone) == outputs(several)
    assert len(server.asked) == 2 * asked
    assert site.build(output="two", doctrees="doctrees-two", parallel=2).read == []


def test_places_with_nothing(site: Project, server: WebServer) -> None:
    server.pages |= {"/nova.json": 503, "/swift.json": b"{"}
    build = site.build()
    assert len(build.warnings) == 2
    assert f"{server.url}/nova.json: WARNING:" in build.warnings[0] and "503" in build.warnings[0]
    assert f"{server.url}/swift.json" in build.warnings[1] and "[digest.json-syntax]" in build.warnings[1]
    assert "A story" in build.text(f"{PAGES[0]}.html")
    # they are said again as long as it is so, and the pages are not read for that
    later = site.build()
    assert (later.warnings, later.read) == (build.warnings, [])
    server.pages["/nova.json"] = index("nova", note(1))
    assert len(site.build().warnings) == 1
    assert site.build(suppress_warnings=["digest.json-syntax"], fail_on_warning=True).status == 0


@pytest.mark.parametrize("answers", [(503, b"{"), (b"", b"\xff"), (b"[]", b'{"version": 99, "notes": []}')])
def test_what_the_page_suppresses_is_all_that_other_servers_can_cause(
    site: Project, server: WebServer, answers: tuple[int | bytes, int | bytes]
) -> None:
    page = Path(__file__).parents[2] / "doc/source/user/joint.rst"
    (listed,) = re.findall(r"^   suppress_warnings = (\[.*?\])$", page.read_text(encoding="utf-8"), re.M | re.DOTALL)
    server.pages["/nova.json"], server.pages["/swift.json"] = answers
    assert len(site.build(output="all").warnings) == 2
    build = site.build(suppress_warnings=ast.literal_eval(listed), fail_on_warning=True)
    assert (build.warnings, build.status) == ([], 0)


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man", "epub", "gettext", "digest-mail", "pseudoxml"])
def test_what_leads_elsewhere_is_words(site: Project, server: WebServer, builder: str) -> None:
    server.pages["/nova.json"] = index(
        "nova", note(1, text=ELSEWHERE), note(2, "story", title=":ref:`a part <there>`", text=ELSEWHERE), {"kind": "x"}
    )
    options = {"highlight_language": "python"} if builder == "html" else {}
    build = site.build(builder, fail_on_warning=True, **options)
    assert build.warnings == [] and build.status == 0
    if builder == "text":
        text = build.text(f"{PAGES[0]}.txt")
        assert re.search(r'a part, there, /page, "Manager", "nova.run", flavor, "role",\s+"nothing", figure', text)
        assert "relative, |nothing|, `nowhere`_" in " ".join(text.split()) or "nowhere" in text
        assert "what is it?" in text and "a picture" in text and "The caption." in text
    if builder == "html":
        page = build.text(f"{PAGES[0]}.html")
        assert "<img" not in page and 'href="https://pictures.example.org/far.png"' in page
        assert 'href="other.html"' not in page


def test_what_is_wrong_with_notes_of_others_is_said(site: Project, server: WebServer, capsys: Any) -> None:
    from io import StringIO

    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    server.pages["/nova.json"] = index("nova", note(1, text="*bad"), {"kind": "x"})

    def said(verbosity: int) -> str:
        status = StringIO()
        folder = site.folder
        with docutils_namespace():
            app = Sphinx(folder, folder, folder / "build/s", folder / "build/sd", "html", {}, status, StringIO(),
                         warningiserror=True, verbosity=verbosity)  # fmt: skip
            app.build()
            assert app.statuscode == 0
        return re.sub(r"\x1b\[[0-9;]*m", "", status.getvalue())

    quiet = said(0)
    assert "digest: notes of nova: 2 problem(s), which -v shows" in quiet
    assert "Inline emphasis" not in quiet
    loud = said(1)
    assert f"nova: releasenotes/digests/note1-{1:016x}.yaml:3:1: rst Inline emphasis" in loud
    assert "note 2 has an unknown kind" in loud


def test_hostile_notes(site: Project, server: WebServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    texts = [case.text.replace(SECRET_FILE, str(secret)) for case in TEXTS]
    notes = [note(1000 + number, "story", text=text) for number, text in enumerate(texts)]
    server.pages["/nova.json"] = index("nova", *notes, title="<script>x</script>", home="javascript:alert(1)")
    allowed = {
        "digest_fragment_raw": True,
        "digest_fragment_file_insertion": True,
        "digest_fragment_directives": ["only"],
    }
    before = site.build("text", output="before", digest_joint=["tern.json"], doctrees="doctrees-before")
    for builder in ("html", "latex"):
        build = site.build(builder, fail_on_warning=True, **allowed)
        assert build.warnings == [] and build.status == 0
        for file in build.outdir.rglob("*"):
            if file.is_file() and file.suffix in (".html", ".tex", ".js"):
                assert SECRET not in file.read_text(encoding="utf-8", errors="replace")
    page = site.build(**allowed).text(f"{PAGES[0]}.html")
    assert "<script>alert" not in page and "<script>x" not in page
    assert 'href="javascript:' not in page
    host = site.build("text", **allowed)
    assert host.text("index.txt") == before.text("index.txt")


def test_another_collection_has_none_of_them(site: Project) -> None:
    site.write("team/digests/a-0000000000000077.yaml", "date: 2015-12-01\nitems: [Ours]\n")
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   team/index\n")
    site.age()
    build = site.build("text", fail_on_warning=True, digest_collections={"team": {"fragments": "team/digests"}})
    assert "Ours" in build.text("team/2015-12-04.txt") and "Swift" not in build.text("team/2015-12-04.txt")
    assert "Swift" in build.text(f"{PAGES[0]}.txt")


def test_pages_are_pickled_without_what_was_read(site: Project) -> None:
    env = site.build().env
    assert b"It *flies*" not in pickle.dumps(env.get_domain("digest").data["folders"])
