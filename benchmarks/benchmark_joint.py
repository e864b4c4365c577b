"""One digest for many projects: joining their indexes, from the disk and from a server, and the pages of that."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from content import LAST_DAY, Words
from measure import Cost, Failure, Ratio, Result, in_turns, run_clocked, run_python

PROJECTS, NOTES, WEEKS = 600, 200, 104
SMALL_PROJECTS, SMALL_NOTES, SMALL_WEEKS = 20, 20, 4
RUNS = 3

#: How many of a hundred notes are of each kind.
_MIX = {"success": 40, "item": 30, "thread": 20, "story": 10}
_CONF = 'project = "Gannet"\nhtml_theme = "alabaster"\nextensions = ["sphinxext.digest"]\ndigest_joint = "joint.txt"\n'
#: How many weeks of them are built: each is one page of a thousand notes.
_BUILT = 4
_DISK, _SERVER, _COPIES = "from the disk", "from a server", "from copies, the server asked for each"
_PAGES, _NOTHING = f"the newest {_BUILT} digests", "nothing changed"


def measure(folder: Path, *, runs: int | None, small: bool, jobs: str, **_options: object) -> Result:
    projects, notes, weeks = (SMALL_PROJECTS, SMALL_NOTES, SMALL_WEEKS) if small else (PROJECTS, NOTES, WEEKS)
    served = folder / "served"
    size = write_indexes(served, projects, notes, weeks)
    with _serving(served) as url:
        joins = {name: partial(_join, folder, name, url, projects) for name in (_DISK, _SERVER, _COPIES)}
        costs = in_turns(joins, runs or RUNS)
        site = folder / "site"
        _write_site(site, url, projects)
        builds = in_turns({_PAGES: partial(_build, site, jobs, fresh=True)}, 1)
        again = in_turns({_NOTHING: partial(_build, site, jobs, fresh=False)}, runs or RUNS)
    total = projects * notes
    return Result(
        "joint",
        f"{projects:,} indexes of {notes:,} notes each, {size / 2**20:.0f} MiB, {weeks} weekly digests of "
        f"{total / weeks:,.0f} notes, html, -j {jobs}",
        [
            Ratio.of("join from a server / from the disk", costs[_SERVER], costs[_DISK]),
            Ratio.of(f"{_NOTHING} / {_PAGES}", again[_NOTHING][:1], builds[_PAGES]),
        ],
        {
            **{f"join {name}": found for name, found in costs.items()},
            f"build, {_PAGES}": builds[_PAGES],
            f"build, {_NOTHING}": again[_NOTHING],
        },
        [
            "The clock of the joins runs within the process, without start and imports. The server is one process of "
            "Python's own, which shares the processors.",
        ],
    )


def write_indexes(folder: Path, projects: int, notes: int, weeks: int) -> int:
    """The indexes of so many projects; returns how many bytes they have."""
    folder.mkdir(parents=True)
    for number in range(projects):
        words = Words(f"project {number}")
        name = f"project-{number:03}"
        home = f"https://docs.gannet.example/{name}/"
        records = sorted((_note(words, home, weeks) for _ in range(notes)), key=lambda note: str(note["date"]))
        document = {"version": 1, "project": name, "title": name.title(), "home": home, "notes": records}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return sum(file.stat().st_size for file in folder.iterdir())


def _note(words: Words, home: str, weeks: int) -> dict[str, object]:
    kinds = [kind for kind, share in _MIX.items() for _ in range(share)]
    kind, identity = words.random.choice(kinds), words.identity()
    end = datetime.combine(LAST_DAY, datetime.min.time())
    moment = end - timedelta(minutes=words.random.randrange(weeks * 7 * 24 * 60)) + timedelta(days=1)
    record: dict[str, object] = {
        "kind": kind,
        "identity": identity,
        "date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "path": f"releasenotes/digests/{kind}-{identity}.yaml",
        "line": 3,
        "page": f"{home}digests/{moment:%Y-%m-%d}.html#{kind}-{identity}",
    }
    if kind == "thread":
        return {**record, "title": words.title(), "url": words.url(), "state": "open", "summary": words.summary(5)}
    if kind == "story":
        return {**record, "title": words.title(), "text": "\n\n".join(words.marked_up() for _ in range(3))}
    if kind == "item":
        return {**record, "text": words.sentence(), "url": words.url()}
    success = words.success(moment)
    return {**record, "nick": success.nick, "text": success.text}


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, directory=os.fspath(folder), **options)  # type: ignore[arg-type]

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _join(folder: Path, name: str, url: str, projects: int) -> Cost:
    copies = folder / "copies"
    if name == _SERVER:
        shutil.rmtree(copies, ignore_errors=True)
    elif name == _COPIES and not copies.exists():
        run_clocked(__file__, _SERVER, folder, url, str(projects), folder=folder)
    return run_clocked(__file__, name, folder, url, str(projects), folder=folder)


def _write_site(site: Path, url: str, projects: int) -> None:
    source = site / "source"
    source.mkdir(parents=True)
    since = LAST_DAY - timedelta(days=7 * _BUILT - 1)
    (source / "conf.py").write_text(f'{_CONF}digest_joint_since = "{since}"\n', encoding="utf-8")
    (source / "index.rst").write_text("Gannet\n======\n\n.. toctree::\n\n   digests/index\n", encoding="utf-8")
    places = "".join(f"{url}/project-{number:03}.json\n" for number in range(projects))
    (source / "joint.txt").write_text(places, encoding="utf-8")
    time.sleep(2.2)  # a younger file may still change without a new time


def _build(site: Path, jobs: str, *, fresh: bool) -> Cost:
    if fresh:
        shutil.rmtree(site / "build", ignore_errors=True)
    cost = run_python("-m", "sphinx", "-q", "-b", "html", "-j", jobs, "source", "build", folder=site)
    if cost.messages.strip():
        raise Failure(cost.messages)
    return cost


def _joining(name: str, folder: Path, url: str, projects: int) -> Callable[[], int]:
    from sphinxext.digest.joint.merge import load_joint_collection, open_joint
    from sphinxext.digest.settings.options import Settings, with_changes

    base = "served" if name == _DISK else url
    places = [f"{base}/project-{number:03}.json" for number in range(projects)]
    settings = with_changes(Settings(), {"joint": places, "joint_cache_limit": 0}, print)

    def work() -> int:
        collection = load_joint_collection(folder, settings, open_joint(folder, settings, folder / "copies"))
        assert not collection.problems, collection.problems[:3]
        return sum(len(entries) for entries in collection.digests.values())

    return work


def _main(name: str, folder: Path, url: str, projects: int) -> None:
    work = _joining(name, folder, url, projects)
    started, processor = time.perf_counter(), time.process_time()
    assert work() > projects
    print(time.perf_counter() - started, time.process_time() - processor)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
