"""The Sphinx projects that are built: the same content as fragments, as pages, and as posts."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import as_fragments
import as_pages
from content import Digest, Thread
from measure import Cost, Failure, run_python

#: A file that is younger may still change without a new time, and is not taken for unchanged.
_SETTLED = 2.2

_CONF = 'project = "Gannet"\nhtml_theme = "alabaster"\n'
_OURS = f"""\
extensions = ["sphinxext.digest"]
digest_week_start = "saturday"
digest_success_heading = "{as_pages.HEADING}"
digest_success_closing = "{as_pages.CLOSING}"
digest_success_url = "{as_pages.SUCCESS_URL}"
"""
_NO_ARCHIVES = "digest_archives = ()\n"
#: What ``ablog start`` writes, in short.
_ABLOG = """extensions = ["ablog"]
blog_title = "Gannet Blog"
blog_baseurl = "https://gannet.example/"
blog_authors = {"Gannet": ("Gannet", None)}
html_sidebars = {
    "**": [
        "ablog/postcard.html", "navigation.html", "ablog/recentposts.html", "ablog/tagcloud.html",
        "ablog/categories.html", "ablog/archives.html", "searchfield.html",
    ],
}
"""
_INDEX = "Gannet\n======\n\n.. toctree::\n\n   digests/index\n"
#: ABlog says that it cannot be read in parallel; all others have nothing to say.
_EXPECTED = ("not safe for parallel reading", "doing serial read")


@dataclass(frozen=True)
class Site:
    """A project in a folder of its own.

    ``edited`` is the file that an edit changes, and ``line`` a text in it.
    """

    folder: Path
    edited: Path
    line: str
    jobs: str

    @property
    def output(self) -> Path:
        return self.folder / "build"

    def build(self) -> Cost:
        """Bring the pages up to date.

        :raises Failure: if there are warnings.
        """
        arguments = ("-m", "sphinx", "-q", "-b", "html", "-j", self.jobs, "source", "build")
        cost = run_python(*arguments, folder=self.folder)
        messages = [line for line in cost.messages.splitlines() if line.strip()]
        if unexpected := [line for line in messages if not any(words in line for words in _EXPECTED)]:
            raise Failure("\n".join((f"warnings in {self.folder}:", *unexpected[:10])))
        return cost

    def build_all(self) -> Cost:
        """Build everything."""
        shutil.rmtree(self.output, ignore_errors=True)
        return self.build()

    def build_edited(self) -> Cost:
        """Build after a line was changed. The file is then as it was; what was built is not."""
        text = self.edited.read_text(encoding="utf-8")
        if text.count(self.line) != 1:
            raise Failure(f"{self.edited} does not have the line to edit once: {self.line}")
        self.edited.write_text(text.replace(self.line, f"{self.line} (edited)"), encoding="utf-8")
        time.sleep(_SETTLED)
        cost = self.build()
        self.edited.write_text(text, encoding="utf-8")
        return cost


def fragments_site(folder: Path, digests: list[Digest], jobs: str = "auto", *, archives: bool = False) -> Site:
    """The content as fragments, with our extension, and if wanted with archives, which nobody writes by hand."""
    thread = _edited(digests)
    return _site(
        folder, _OURS if archives else _OURS + _NO_ARCHIVES, folder / as_fragments.path_of(thread), thread, jobs,
        lambda: as_fragments.write_digests(folder, digests),
    )  # fmt: skip


def pages_site(
    folder: Path, digests: list[Digest], write: Callable[[Path, list[Digest]], None], jobs: str = "auto"
) -> Site:
    """The content as pages, which ``write`` writes."""
    thread = _edited(digests)
    source = folder / "source"
    conf = _ABLOG if write in (as_pages.write_posts, as_pages.write_posts_flat) else ""
    return _site(folder, conf, source / as_pages.path_of(thread), thread, jobs, lambda: write(source, digests))


def settle() -> None:
    """Wait until the files that were just written count as unchanged."""
    time.sleep(_SETTLED)


def _edited(digests: list[Digest]) -> Thread:
    return digests[len(digests) // 2].threads[0]


def _site(folder: Path, conf: str, edited: Path, thread: Thread, jobs: str, write: Callable[[], None]) -> Site:
    source = folder / "source"
    source.mkdir(parents=True)
    write()
    (source / "conf.py").write_text(_CONF + conf, encoding="utf-8")
    (source / "index.rst").write_text(_INDEX, encoding="utf-8")
    return Site(folder, edited, thread.first_line.removeprefix("* "), jobs)
