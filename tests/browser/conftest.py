"""Built sites, a server for them on this machine, and a browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "doc" / "sample"

CONF = """
project = "Gannet"
extensions = ["sphinxext.digest"]
html_theme = {theme!r}
digest_title = "Gannet Digest, {{period}}"
digest_success_url = "https://wiki.gannet.example/Successes"
digest_add_url = "https://wiki.gannet.example/Tell"
digest_source_url = "https://code.gannet.example/edit/{{path}}"
digest_schedules = ["schedules"]
digest_week_start = "saturday"
# for the feeds
html_baseurl = "https://docs.gannet.example/"
"""
#: Themes that are an extension, too, with what their users have in conf.py.
EXTENSIONS = {
    "openstackdocs": """
extensions.append("openstackdocstheme")
openstackdocs_repo_name = "gannet/gannet"
openstackdocs_auto_name = False
openstackdocs_auto_version = False
"""
}
#: The packages of themes whose name is another.
PACKAGES = {"openstackdocs": "openstackdocstheme", "basic": "sphinx", "classic": "sphinx"}
INDEX = """
Gannet
======

.. toctree::
   :maxdepth: 4

   digests/index
   countdown
   cycle
   live
"""
#: The day of the build: the 2nd of September, 2026, in the middle of the cycle.
BUILT = "1788350400"
#: With a day of its own, which no script changes.
COUNTDOWN = "Countdown\n=========\n\n.. countdown:: heron\n   :at: 2026-09-02\n"
#: Without a day of its own, so that the script brings it to the reader's.
LIVE = "Live\n====\n\n.. countdown:: heron\n   :notes: countdown\n"
CYCLE = "Cycle\n=====\n\n.. release-schedule:: heron\n"
TWO_WEEKS = "Two weeks\n=========\n\n.. digest:: 2026-09-05/2026-09-18\n"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
#: What is too long for any screen, in all kinds of places.
LONG_WORDS = f"""
date: 2026-11-20
successes:
  - nick: {LONG[:60]}
    text: {LONG} and https://example.org/{LONG.lower()}
    url: https://logs.example.org/x
    channel: {LONG[:80]}
items:
  - {{group: {LONG[:200]}, text: {LONG}, url: "https://example.org/i/{LONG}"}}
threads:
  - title: {LONG}
    url: https://example.org/t
    summary: |
      * {LONG}

        * {LONG}

          * See `a link <https://example.org/a?{"&".join(f"key{number}=value" for number in range(60))}>`__.

      ``{LONG}``

      ==============================  ==============================  ==============================
      One                             Two                             Three
      ==============================  ==============================  ==============================
      Wide                            Wider                           Widest
      ==============================  ==============================  ==============================

      .. code-block:: python

         call({LONG!r})
stories:
  - {{title: {LONG[:120]}, text: {LONG}, author: {LONG[:120]}}}
  - {LONG}
"""
#: More successes than one would wish for.
MANY = "date: 2026-11-25\nsuccesses:\n" + "".join(
    f"  - 'person{number}: {'It is done, and ' * (number % 7)}it works.'\n" for number in range(60)
)


def missing(what: str) -> None:
    """Skip the test for want of something, or fail where everything has to be tested."""
    message = f"{what} is not installed (see bindep.txt and the extra 'test')"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without writing of it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Builds the sample collection with a theme, and says where it is served."""
    folder = tmp_path_factory.mktemp("sites")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def build(theme: str) -> str:
            if importlib.util.find_spec(PACKAGES.get(theme, theme)) is None:
                missing(f"the theme {theme}")
            if not (folder / theme).exists():
                _build(folder / f"{theme}-source", folder / theme, theme)
            return f"http://127.0.0.1:{server.server_port}/{theme}"

        yield build
        server.shutdown()
        thread.join()


def _build(source: Path, out: Path, theme: str) -> None:
    shutil.copytree(SAMPLE / "digests", source / "releasenotes" / "digests")
    shutil.copytree(SAMPLE / "schedules", source / "schedules")
    shutil.copy(SAMPLE / "people.yaml", source / "releasenotes")
    (source / "releasenotes" / "digests" / "long-words-00000000000000ff.yaml").write_text(LONG_WORDS, encoding="utf-8")
    (source / "releasenotes" / "digests" / "many-00000000000000fe.yaml").write_text(MANY, encoding="utf-8")
    (source / "digests").mkdir()
    for name, text in (
        ("conf.py", CONF.format(theme=theme) + EXTENSIONS.get(theme, "")),
        ("index.rst", INDEX),
        ("countdown.rst", COUNTDOWN),
        ("cycle.rst", CYCLE),
        ("live.rst", LIVE),
        ("digests/2026-09-18.rst", TWO_WEEKS),
    ):
        (source / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", f"{out}-doctrees", source, out]
    # OpenStack's theme wants to be in a repository with a commit
    git = ["git", "-C", str(source), "-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "Begin"], check=True)
    subprocess.run(command, check=True, cwd=source, env={**os.environ, "SOURCE_DATE_EPOCH": BUILT})


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Chromium without a window, on this machine alone."""
    if importlib.util.find_spec("selenium") is None:
        missing("selenium")
    from selenium import webdriver

    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next(filter(None, map(shutil.which, names)), None)
    chromedriver = shutil.which("chromedriver")
    if browser is None or chromedriver is None:
        missing("Chromium or its driver")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (
        *("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"),
        # a mouse, as people have it before a wide screen
        "blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
        "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{argument}")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    # other programs may need the processor as well
    driver.set_script_timeout(300)
    try:
        yield driver
    finally:
        driver.quit()


#: Furo's buttons beside the title get wider when its script runs, and may push a long title onto a second line.
HIDE_BUTTONS = """
const buttons = new CSSStyleSheet();
buttons.replaceSync(".content-icon-container { display: none }");
document.adoptedStyleSheets.push(buttons);
"""


@pytest.fixture
def slow_and_still(driver: Any) -> Iterator[None]:
    """A slow machine, on which a page is painted before its scripts run, and themes that move nothing themselves."""
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": HIDE_BUTTONS})
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
