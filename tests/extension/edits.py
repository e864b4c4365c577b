"""A project of every kind of page in a repository, and the edits that people make of such projects."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sphinxext.digest.settings.options import OPTIONS

from .building import Project, empty_project, file_name
from .release_histories import Notes

Edit = tuple[Any, ...]

DAYS = ("2015-11-24", "2015-12-02", "2015-12-03", "2015-12-09", "2015-12-15", "2016-01-05")
SLUGS = ("locks", "keys", "doors")
SERIES = ("heron", "ibis")
PAGES = {
    "index": "Title\n=====\n\n.. toctree::\n   :maxdepth: 2\n\n   digests/index\n   wins\n   threads\n   latest\n"
    "   week\n   cycle\n   notes\n   links\n   plain\n",
    "wins": "Wins\n====\n\n.. successbot:: 2015-12\n\n.. successbot::\n   :limit: 2\n\n"
    ".. successbot::\n   :since: 2015-12-03\n   :until: 2015-12-09\n",
    "threads": "Threads\n=======\n\n.. thread-summary:: 2015-W50\n\n.. thread-summary:: 2015-12-04\n\n"
    ".. thread-summary:: Our own\n   :continues: locks\n\n   Written here.\n",
    "latest": "Latest\n======\n\n.. digest:: latest\n",
    "week": "Week\n====\n\n.. countdown:: heron\n\n.. countdown:: current\n",
    "cycle": "Cycle\n=====\n\n.. release-schedule:: heron\n",
    "notes": "Notes\n=====\n\n.. release-notes::\n",
    "links": "Links\n=====\n\n:digest:thread:`locks`, :digest:issue:`2015-12-04`, :digest:milestone:`heron-m2`,\n"
    ":digest:release:`1.0.0`, :any:`keys`, :doc:`digests/index`, :digest:story:`doors`.\n",
    "plain": "Plain\n=====\n",
}
#: The toctree of the root, after which the sidebars of all pages go.
ROOTS = (
    PAGES["index"],
    PAGES["index"].replace("2\n", "1\n   :caption: All of it\n"),
    PAGES["index"].replace("   wins\n   threads\n", "   threads\n   wins as *won* <wins>\n"),
    PAGES["index"].replace("   digests/index\n", ""),
    PAGES["index"] + "\n.. toctree::\n   :hidden:\n\n   wins\n   digests/2015\n\nA section\n---------\n",
)
#: Pages that a user writes and deletes.
OWN_PAGES = ("digests/2015-12-11", "digests/own", "own", "digests/people/ttx")
#: What no option may be.
WRONG = (-1.5, {"a": [1]})
#: Instead of the settings.
BROKEN_FILES = (b"schedules: [\n", b"\xff\xfe\x00", b"- 1\n", b"", None)
#: What a project may set in ``releasenotes/digest.yaml`` and, with ``digest_`` before it, in ``conf.py``.
SETTINGS: dict[str, tuple[object, ...]] = {
    "title": ("Digest of {period}", "No. {number}, {start}"),
    "collection_title": ("News",),
    "period": ("biweekly", "monthly"),
    "week_start": ("monday", "wednesday"),
    "sections": (["threads", "successes"], ["stories", "releases", "items", "countdown"]),
    "groups": (["Meetings", "Other News"],),
    "success_heading": ("Hurrah",),
    "references": (False,),
    "intervals": (["2015-11-28/2015-12-11"],),
    "automatic": (False,),
    "base_url": ("https://other.example/",),
    "feeds": ([{"name": "wins", "title": "Won", "kinds": ["success"]}, {"name": "fixes", "notes": ["fixes"]}],),
    "feed_limit": (1, 3),
    "publish": (["mails"], ["feeds", "index"]),
    "archives": (["people", "threads"], []),
    "add_url": ("https://e.org/new",),
    "source_url": ("https://e.org/edit/{path}",),
    "success_url": ("https://e.org/successes",),
    "schedules": (["schedules"], ["schedules/ibis.yaml"]),
    "schedule_url": ("https://e.org/{series}",),
    "fragments": ("releasenotes/digests", "other"),
    "pages": ("news",),
    "success_closing": ("All told.",),
    "collections": ({"others": {"fragments": "other"}},),
    "no_such_option": (1,),
}


def make_site(folder: Path) -> Site:
    """The project with some notes of each kind, all of which is committed."""
    site = Site(folder)
    site.apply([
        ("fragment", 1, "locks", "2015-12-02", "threads: [{title: Locks, summary: See `this <https://e.org/1>`__.}]"),
        ("fragment", 2, "keys", "2015-12-09", "threads: [{title: Keys, continues: locks}]"),
        ("fragment", 3, "doors", "2015-12-03",
         "successes: ['ttx: One *won*', 'two']\nstories: [{title: Doors, text: Open.}]"),
        ("fragment", 4, "locks", None, "successes: [undated]\nitems: [{group: Meetings, text: Short}]"),
        ("schedule", "heron", 0),
        ("note", 1, "Fixed the first."),
        ("commit", 1),
        ("tag", "1.0.0"),
        ("note", 2, "Fixed the second."),
    ])  # fmt: skip
    return site


class Site:
    """The project; each edit is a method, and does nothing where there is nothing to edit."""

    def __init__(self, folder: Path) -> None:
        self.repository = Notes(folder)
        self.project: Project = empty_project(folder)
        self._conf = self.project.folder.joinpath("conf.py").read_text() + (
            'exclude_patterns = ["build"]\nhtml_sidebars = {"**": ["globaltoc.html", "relations.html"]}\n'
        )
        self.project.write(".gitignore", "/build/\n")
        self._in_file: dict[str, object] = {"schedules": ["schedules"]}
        # what is published beside the pages is compared as well
        self._in_file |= {"base_url": "https://docs.example/", "feeds": SETTINGS["feeds"][0]}
        self._in_conf: dict[str, object] = {}
        self._broken: bytes | None = b""
        self._is_broken = False
        self._collapse = True
        self._settings()
        for name, text in PAGES.items():
            self.project.write(f"{name}.rst", text)

    def apply(self, edits: list[Edit]) -> None:
        """Make edits, one after the other."""
        for name, *arguments in edits:
            getattr(self, f"_{name}")(*arguments)

    def _settings(self) -> None:
        lines = "".join(f"{name}: {value!r}\n".replace("True", "true").replace("False", "false")
                        for name, value in self._in_file.items())  # fmt: skip
        file = self.project.write("releasenotes/digest.yaml", lines)
        if self._is_broken and self._broken is not None:
            file.write_bytes(self._broken)
        elif self._is_broken:
            file.unlink()
        values = "".join(
            f"digest_{name} = {value!r}\n" for name, value in self._in_conf.items() if "no_such" not in name
        )
        theme = f'html_theme_options = {{"globaltoc_collapse": {self._collapse}, "globaltoc_includehidden": True}}\n'
        self.project.write("conf.py", self._conf + theme + values)

    def _find(self, number: int) -> Path | None:
        return next(iter(self.project.fragments.glob(f"*-{number:016x}.yaml")), None)

    def _fragment(self, number: int, slug: str, day: str | None, body: str) -> None:
        old = self._find(number)
        if old is not None:
            old.unlink()
        self.project.fragment(f"{slug}-{number:x}", (f"date: {day}\n" if day else "") + body + "\n")

    def _rename(self, number: int, slug: str) -> None:
        if old := self._find(number):
            old.rename(old.with_name(file_name(f"{slug}-{number:x}")))

    def _delete(self, number: int) -> None:
        if old := self._find(number):
            old.unlink()

    def _touch(self, number: int) -> None:
        if file := self._find(number):
            file.write_bytes(file.read_bytes())

    def _schedule(self, series: str, variant: int) -> None:
        first = date(2015, 11, 30) if series == "heron" else date(2015, 12, 28)
        title = "Changed" if variant == 1 else "Milestone"
        bad = "nonsense: [\n" if variant == 2 else ""
        self.project.write(
            f"schedules/{series}.yaml",
            f"series: {series}\nstart: {first}\nrelease: {first + timedelta(days=24)}\nmilestones:\n"
            f"  - {{id: m1, title: First, date: {first + timedelta(days=3)}}}\n"
            f"  - {{id: m2, title: {title}, date: {first + timedelta(days=17)}}}\n{bad}",
        )

    def _unschedule(self, series: str) -> None:
        self.project.folder.joinpath(f"schedules/{series}.yaml").unlink(missing_ok=True)

    def _set(self, place: str, name: str, index: int | None) -> None:
        values = self._in_file if place == "file" else self._in_conf
        values.pop(name, None)
        if index is not None:
            values[name] = SETTINGS[name][index % len(SETTINGS[name])]
        self._settings()

    def _set_wrong(self, place: str, name: str, index: int) -> None:
        values = self._in_file if place == "file" else self._in_conf
        values[name] = WRONG[index]
        self._settings()

    def _break(self, index: int | None) -> None:
        self._is_broken = index is not None
        self._broken = BROKEN_FILES[index or 0]
        self._settings()

    def _root(self, index: int) -> None:
        self.project.write("index.rst", ROOTS[index])

    def _empty(self) -> None:
        for file in self.project.fragments.glob("*.yaml"):
            file.unlink()

    def _link_folder(self, is_link: bool) -> None:
        """Put a link in the place of the fragments folder, or the other way round."""
        folder, stored = self.project.fragments, self.project.folder.parent / "stored"
        if not folder.exists() or folder.is_symlink() == is_link:
            return
        if is_link:
            shutil.rmtree(stored, ignore_errors=True)
            folder.rename(stored)
            folder.symlink_to(stored)
        else:
            folder.unlink()
            stored.rename(folder)

    def _link_fragment(self, number: int, outside: bool) -> None:
        """Put a link in the place of a fragment: within the folder, or to somewhere else."""
        file = self._find(number)
        if file is not None and not file.is_symlink():
            target = (self.project.folder.parent if outside else file.parent) / f".fragment-{number}"
            file.replace(target)
            file.symlink_to(target if outside else target.name)

    def _sidebars(self, collapse: bool) -> None:
        self._collapse = collapse
        self._settings()

    def _note(self, number: int, text: str) -> None:
        self.repository.note(f"note-{number}", f"fixes:\n  - {text}\n")

    def _unnote(self, number: int) -> None:
        for file in self.project.folder.glob(f"releasenotes/notes/note-{number:0>16}.yaml"):
            file.unlink()

    def _commit(self, day: int) -> None:
        self.repository.commit(f"2015-12-{day:02d}T12:00:00Z")

    def _tag(self, name: str) -> None:
        self.repository.run("tag", "--force", name)

    def _untag(self, name: str) -> None:
        if name in self.repository.run("tag").split():
            self.repository.run("tag", "--delete", name)

    def _reset(self) -> None:
        if int(self.repository.run("rev-list", "--count", "HEAD")) > 1:
            self.repository.run("reset", "--quiet", "--hard", "HEAD~1")

    def _page(self, name: str, period: str) -> None:
        self.project.write(f"{name}.rst", f"Two weeks\n=========\n\n.. digest:: {period}\n")

    def _unpage(self, name: str) -> None:
        self.project.folder.joinpath(f"{name}.rst").unlink(missing_ok=True)

    def _move(self, old: str, new: str) -> None:
        if (file := self.project.folder / f"{old}.rst").exists():
            (self.project.folder / "digests").mkdir(exist_ok=True)
            file.rename(self.project.folder / f"{new}.rst")

    def _list(self, directive: str) -> None:
        self.project.write("plain.rst", f"Plain\n=====\n\n{directive}\n")

    def _title(self, name: str, text: str) -> None:
        _old, _line, rest = PAGES[name].split("\n", 2)
        self.project.write(f"{name}.rst", f"{text}\n{'=' * len(text)}\n{rest}")


def _made(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Edit]:
    return st.tuples(st.just(name), *arguments)


_NUMBERS = st.integers(1, 5)
_OWN_PAGES = st.sampled_from(OWN_PAGES)
_TITLES = st.sampled_from(["Locks", "Keys", "Locked & bolted", "Doors: *open*"])
_NAMES = st.sampled_from([*SLUGS, f"{1:016x}", f"{2:016x}", "nowhere"])


def _thread(title: str, continues: str | None, text: str) -> str:
    more = f", continues: {continues!r}" if continues else ""
    return f"threads: [{{title: {title!r}, summary: {text!r}{more}}}]"


_TEXTS = st.sampled_from([
    "Done.", "Done *again*.", "See `that <https://e.org/2>`__.", "Broken *emphasis.", ":digest:thread:`locks`",
    ":digest:story:`nothing`", "A `phrase`_", "*x* [#]_\n\n.. [#] foot\n", ".. include:: /etc/hostname",
])  # fmt: skip
_NICKS = st.sampled_from(["ttx", "TTX", "ttx_", "lea"])
_BODIES = st.one_of(
    st.builds(_thread, _TITLES, st.none() | _NAMES, _TEXTS),
    st.builds("successes: [{!r}, {{nick: ttx, text: {!r}, channel: '#dev'}}]".format, _TEXTS, _TEXTS),
    st.builds(
        "successes: [{{nick: {!r}, thanks: {!r}, text: x}}, {{thanks: {!r}, text: y}}]".format, _NICKS, _NICKS, _NICKS
    ),
    st.builds("stories: [{{title: {!r}, text: {!r}}}]".format, _TITLES, _TEXTS),
    st.builds("items: [{{group: {!r}, text: {!r}}}]".format, _TITLES, _TEXTS),
    st.builds("countdown: [{{series: heron, week: R-{}, focus: {!r}}}]".format, st.integers(0, 3), _TEXTS),
    st.builds("number: {}\nsuccesses: [{!r}]".format, st.integers(1, 3), _TEXTS),
    st.builds("successes: [{!r}]\n{}".format, _TEXTS, st.builds(_thread, _TITLES, _NAMES, _TEXTS)),
    st.sampled_from(["successes: [", "no_such_key: 1", "successes: []", "draft: true\nsuccesses: [later]", "- list"]),
)

EDITS: st.SearchStrategy[Edit] = st.one_of(
    _made("fragment", _NUMBERS, st.sampled_from(SLUGS), st.none() | st.sampled_from(DAYS), _BODIES),
    _made("fragment", _NUMBERS, st.sampled_from(SLUGS), st.sampled_from(DAYS), _BODIES),
    _made("rename", _NUMBERS, st.sampled_from(SLUGS)),
    _made("delete", _NUMBERS),
    _made("touch", _NUMBERS),
    _made("schedule", st.sampled_from(SERIES), st.integers(0, 2)),
    _made("unschedule", st.sampled_from(SERIES)),
    st.sampled_from(sorted(SETTINGS)).flatmap(
        lambda name: _made("set", st.sampled_from(["file", "conf"]), st.just(name), st.none() | st.integers(0, 1))
    ),
    _made("set", st.sampled_from(["file", "conf"]), st.just("schedules"), st.none() | st.integers(0, 1)),
    _made("set_wrong", st.sampled_from(["file", "conf"]), st.sampled_from(sorted(OPTIONS)), st.integers(0, 1)),
    _made("set_wrong", st.sampled_from(["file", "conf"]), st.sampled_from(sorted(OPTIONS)), st.integers(0, 1)),
    _made("break", st.none() | st.integers(0, len(BROKEN_FILES) - 1)),
    _made("break", st.none()),
    _made("root", st.integers(0, len(ROOTS) - 1)),
    _made("empty"),
    _made("link_folder", st.booleans()),
    _made("link_fragment", _NUMBERS, st.booleans()),
    _made("sidebars", st.booleans()),
    _made("note", st.integers(1, 3), st.sampled_from(["Fixed.", "Fixed *it*.", "Broken *it."])),
    _made("unnote", st.integers(1, 3)),
    _made("commit", st.integers(1, 20)),
    _made("tag", st.sampled_from(["1.0.0", "1.1.0", "2.0.0"])),
    _made("untag", st.sampled_from(["1.0.0", "1.1.0", "2.0.0"])),
    _made("reset"),
    _made("page", _OWN_PAGES, st.sampled_from(["2015-11-28/2015-12-11", "2015-12-05/2015-12-11", "2015-12-11"])),
    _made("unpage", _OWN_PAGES),
    _made("move", _OWN_PAGES, _OWN_PAGES),
    _made("list", st.sampled_from(["", ".. digest-collection::", ".. digest-collection::\n   :span: 2015"])),
    _made("title", st.sampled_from(["wins", "links", "notes"]), st.sampled_from(["Wins", "Another"])),
)
