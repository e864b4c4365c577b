"""``sphinx-digest preview``: build the documentation with drafts, serve it, and build it again at each change."""

from __future__ import annotations

import importlib.util
import socket
import threading
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from os import fsencode, fspath
from pathlib import Path
from urllib.parse import quote

import click

from sphinxext.digest.cli._options import (
    load_whole_collection,
    open_project,
    period_argument,
    period_of,
    period_to_edit,
)
from sphinxext.digest.cli._output import Failure, examples, show_problems, visible
from sphinxext.digest.files import cache_folder, write_unsynced
from sphinxext.digest.init.documentation import conf_folders, find_documentation
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import Project

EXTRA = "sphinxext-digest[preview]"
#: The address that only this machine reaches.
_HOST = "127.0.0.1"
#: How long the first build may take before nobody waits for its page any more, and the pause between two looks.
_PATIENCE, _PAUSE = 1800, 0.3
#: A documentation for a project that has none.
_CONF = """\
project = {name!r}
extensions = ["sphinxext.digest"]
digest_project = {root!r}
"""
_INDEX = """\
{name}
{line}

.. toctree::

{pages}
"""


@click.command("preview", epilog=examples("sphinx-digest preview", "sphinx-digest preview previous --no-drafts"))
@period_argument(required=False)
@click.option("--docs", metavar="DIR", help="The folder with the conf.py; without it, the usual ones are looked at.")
@click.option("--drafts/--no-drafts", default=True, show_default=True, help="Show drafts, marked as such.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to serve on; 0 for any that is free.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
@click.pass_context
def command(
    ctx: click.Context, /, period: str | None, docs: str | None, drafts: bool, port: int, browser: bool
) -> None:
    """Build the documentation, drafts included, and show the digest of a PERIOD in a browser.

    The pages are served to this machine only, and built again whenever a fragment, a setting, a page or a style
    changes; the browser then shows the new ones. Ctrl-C ends it. Nothing is written into the project. A project
    without documentation gets a plain one, of its digests only.

    Without a PERIOD, it is the digest that today belongs to; until its first working day is over, such as on a Monday,
    the one that ended. If that has no notes, the list of all digests is shown. As plain text, 'sphinx-digest report
    PERIOD --drafts' prints it.
    """
    if importlib.util.find_spec("sphinx_autobuild") is None:
        raise Failure(f"a preview needs sphinx-autobuild: pip install '{EXTRA}'")
    project, problems = open_project(ctx.obj)
    show_problems(problems)
    page = _page(project, period, drafts=drafts)
    place = cache_folder("preview") / blake2b(fsencode(project.root.resolve()), digest_size=10).hexdigest()
    source = _source(project, docs, place)
    port = port or _free_port()
    url = f"http://{_HOST}:{port}/{quote(page)}.html"
    threading.Thread(target=_announce, args=(url, port), kwargs={"browser": browser}, daemon=True).start()
    arguments = [f"--host={_HOST}", f"--port={port}", "--quiet", f"--define=digest_drafts={int(drafts)}"]
    arguments += [f"--watch={fspath(path)}" for path in _watched(project)]
    _serve([*arguments, fspath(source), fspath(place / "html")])


def _page(project: Project, period: str | None, *, drafts: bool) -> str:
    """Return the name of the page to show: that of a digest with notes, or the list of all."""
    settings = replace(project.main, drafts=drafts)
    collection = load_whole_collection(project.root, settings)
    days = period_of(project.root, collection, period) if period else period_to_edit(collection.calendar)
    return f"{settings.pages}/{days.name if days in collection.digests else 'index'}"


def _source(project: Project, docs: str | None, place: Path) -> Path:
    """Return the folder of the documentation; one is made in the cache for a project that has none.

    :raises DigestError: if there are several, and none is named.
    """
    if docs is None and not conf_folders(project.root):
        return _plain_documentation(project, place / "source")
    folder = Path(find_documentation(project.root, docs).folder)
    return project.root / folder


def _plain_documentation(project: Project, folder: Path) -> Path:
    name = project.root.resolve().name
    pages = "".join(f"   {settings.pages}/index\n" for settings in project.collections)
    title = "".join(one if one.isalnum() else " " for one in name).strip() or "Preview"
    files = {
        "conf.py": _CONF.format(name=title, root=fspath(project.root.resolve())),
        "index.rst": _INDEX.format(name=title, line="=" * 2 * len(title), pages=pages),
    }
    for file, text in files.items():
        if not (folder / file).exists() or (folder / file).read_text(encoding="utf-8") != text:
            write_unsynced(folder / file, text.encode())
    return folder


def _watched(project: Project) -> Iterator[Path]:
    """Yield the folders outside the documentation whose files the pages depend on."""
    places = {(project.root / SETTINGS_FILE).parent}
    for settings in project.collections:
        places.add(project.root / settings.fragments)
        places.update(project.root / path for path in settings.schedules)
    yield from sorted(place for place in places if place.exists())


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port: int = free.getsockname()[1]
        return port


def _announce(url: str, port: int, *, browser: bool) -> None:
    """Wait until a page is served, say its address, and open it."""
    for _ in range(int(_PATIENCE / _PAUSE)):
        try:
            socket.create_connection((_HOST, port)).close()
            break
        except OSError:
            time.sleep(_PAUSE)
    click.echo(f"{visible(url)} (Ctrl-C ends it)", err=True)
    if browser:
        webbrowser.open(url)


def _serve(arguments: list[str]) -> None:
    """Run sphinx-autobuild until the user ends it."""
    from sphinx_autobuild.__main__ import main

    main(arguments)
