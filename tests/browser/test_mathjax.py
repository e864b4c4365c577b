"""MathJax typesets the formulas of fragments, and makes nothing else of their words."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .conftest import EXTENSIONS, PACKAGES, QuietHandler, missing

#: Where MathJax 3 is that ``npm install --no-save mathjax@3`` has brought, if the environment does not say it.
INSTALLED = Path(__file__).parents[2] / "node_modules" / "mathjax" / "es5"
THEMES = ("alabaster", "basic", "furo", "openstackdocs", "pydata_sphinx_theme", "sphinx_rtd_theme")
BAD = r"\(\href{javascript:alert(1)}{x}\) \[\href{javascript:alert(1)}{x}\] $$\href{javascript:alert(1)}{x}$$"
QUOTED = BAD.replace("\\", "\\\\")
CLASSES = "math mathjax_process tex2jax_process MathJax output_area notranslate"
#: What a fragment says; only the formula of the last is one.
TEXTS = [
    f".. parsed-literal::\n   :class: {CLASSES}\n\n   {QUOTED}",
    f".. container:: {CLASSES}\n\n   {QUOTED}",
    f".. note::\n   :class: {CLASSES}\n\n   {QUOTED}",
    f".. admonition:: {QUOTED}\n   :class: {CLASSES}\n\n   x",
    f".. list-table::\n   :class: {CLASSES}\n\n   * - {QUOTED}",
    f".. figure:: /x.png\n   :figclass: {CLASSES}\n\n   {QUOTED}",
    f".. rubric:: {QUOTED}\n   :class: {CLASSES}",
    f".. line-block::\n   :class: {CLASSES}\n\n   {QUOTED}",
    f".. code-block:: text\n   :class: {CLASSES}\n   :caption: {QUOTED}\n\n   {BAD}",
    f".. code-block:: math\n\n   {BAD}",
    f".. compound::\n   :class: {CLASSES}\n\n   {QUOTED}",
    rf".. math::\n   :class: {CLASSES}\n\n   \text{{{BAD}}}".replace("\\n", "\n", 3),
    f":kbd:`{QUOTED}` :guilabel:`{QUOTED}` :abbr:`{QUOTED} ({QUOTED})` *{QUOTED}* :math:`{BAD}`",
    f"::\n\n   {BAD}",
    f":loud:`{QUOTED}` :code:`{QUOTED}`",
    r"The formula :math:`\alpha + \beta` is fine.",
]
CONF = """
project = "Gannet"
extensions = ["sphinxext.digest", {extensions}]
html_theme = {theme!r}
myst_enable_extensions = ["dollarmath", "amsmath"]
mathjax_path = {mathjax!r}
digest_archives = []
digest_publish = []
"""


PAGE = """
Gannet
======

.. role:: loud(strong)

.. toctree::

   digests/index

.. digest:: latest
"""
FIELDS = f"""\
date: 2015-12-01
prelude: '{QUOTED}'
successes:
  - {{nick: '{BAD}', text: '{QUOTED}', channel: '{BAD}'}}
stories:
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with MathJax in it, and where it is served."""
    installed = Path(os.environ.get("MATHJAX", INSTALLED))
    if not (installed / "tex-mml-chtml.js").is_file():
        pytest.skip("MathJax is not installed (npm install --no-save mathjax@3, or MATHJAX: its folder 'es5')")
    folder = tmp_path_factory.mktemp("mathjax")
    (folder / "mathjax").symlink_to(installed)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _build(folder: Path, address: str, theme: str, *, myst: bool) -> str:
    if importlib.util.find_spec(PACKAGES.get(theme, theme)) is None:
        missing(f"the theme {theme}")
    name = f"{theme}-{myst}"
    source = folder / f"{name}-source"
    fragments = source / "releasenotes" / "digests"
    fragments.mkdir(parents=True)
    conf = CONF.format(
        theme=theme, extensions="'myst_parser'" if myst else "", mathjax=f"{address}/mathjax/tex-mml-chtml.js"
    )
    (source / "conf.py").write_text(conf + EXTENSIONS.get(theme, ""), encoding="utf-8")
    (source / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    (source / "index.rst").write_text(PAGE, encoding="utf-8")
    stories = "".join(
        f"  - title: '{QUOTED}'\n    author: '{BAD}'\n    text: |\n"
        + "".join(f"      {line}\n" for line in text.split("\n"))
        for text in TEXTS
    )
    (fragments / "hostile-0000000000000001.yaml").write_text(FIELDS + stories, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", source, folder / name]
    subprocess.run(command, check=True, cwd=source)
    return f"{address}/{name}/index.html"


@pytest.mark.parametrize("myst", [False, True], ids=["sphinx", "myst"])
@pytest.mark.parametrize("theme", THEMES)
def test_no_words_of_a_fragment_are_a_formula(
    theme: str, *, myst: bool, folder: tuple[Path, str], driver: Any
) -> None:
    if myst and importlib.util.find_spec("myst_parser") is None:
        missing("myst-parser")
    driver.get(_build(*folder, theme, myst=myst))
    driver.set_script_timeout(60)
    done = "const done = arguments[0]; const wait = () => window.MathJax?.startup?.promise ? "
    driver.execute_async_script(f"{done} MathJax.startup.promise.then(() => done(1)) : setTimeout(wait, 50); wait()")
    formulas = driver.execute_script("return [...document.querySelectorAll('mjx-container')].map(e => e.outerHTML)")
    assert len(formulas) == 1, formulas
    assert "href" not in formulas[0]
    links = driver.execute_script("return [...document.querySelectorAll('a')].map(e => e.getAttribute('href') || '')")
    assert links
    assert [link for link in links if link.lower().startswith(("javascript:", "data:"))] == []
