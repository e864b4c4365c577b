"""Takes the pictures of pages that the documentation shows.

It builds the documentation with several themes, opens pages in Chromium, and writes PNG with few colours to
doc/source/_static/pictures, each below 60 kB. It needs Chromium with its driver, and what is not in any extra:

    pip install -e .[docs] furo pillow selenium
    python doc/screenshots.py
"""

from __future__ import annotations

import base64
import html
import io
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import terminal
from PIL import Image
from selenium import webdriver

SOURCE = Path(__file__).parent / "source"
README = Path(__file__).parents[1] / "README.rst"
#: The fragment that the README shows, indented.
README_FRAGMENT = re.compile(r"^    ---\n((?:    .*\n|\n)+)", re.MULTILINE)
PICTURES = SOURCE / "_static" / "pictures"
LARGEST = 60_000


@dataclass(frozen=True)
class Picture:
    """A page through a screen of this size, in CSS pixels; ``part`` is what stands at the top of the picture."""

    name: str
    page: str
    theme: str
    width: int
    height: int
    scheme: str = "light"
    part: str = ""


TAKEN = (
    Picture("digest", "sample/2026-09-18", "sphinx_rtd_theme", 1100, 900),
    Picture("phone", "sample/2026-09-18", "furo", 390, 800, scheme="dark"),
    Picture("thread", "sample/2026-09-18", "alabaster", 940, 620, part=".digest-thread-section"),
    Picture("countdown", "sample/heron", "alabaster", 940, 420, part=".digest-countdown-section"),
    Picture("timeline", "sample/heron", "furo", 900, 520, scheme="dark", part=".digest-timeline"),
)


#: Commands of an editor, each with the keys that are pressed before the picture, and its height.
PLAYED = (
    ("status", "status", (), 330),
    ("review", "review", ("a",), 270),
)


#: A page without what its theme has around it.
CONTENT_ONLY = """
for (const selector of [".mobile-header", ".content-icon-container", "footer", ".sidebar-drawer", ".toc-drawer"])
  document.querySelectorAll(selector).forEach(one => one.remove());
document.documentElement.style.fontSize = "85%";
document.querySelector(".content").style.paddingTop = "1rem";
"""
EXAMPLE = """\
<!DOCTYPE html>
<meta charset="utf-8">
<style>
body {{ margin: 0; display: flex; gap: 16px; align-items: center; background: #fff; color: #1f2328; }}
pre, img {{ border: 1px solid #d0d7de; border-radius: 8px; }}
pre {{
  box-sizing: border-box; width: 530px; height: 420px; margin: 10px 0 10px 10px; padding: 18px; background: #f6f8fa;
  font: 14px/1.6 "DejaVu Sans Mono", monospace; white-space: pre-wrap;
}}
</style>
<pre>{fragment}</pre>
<img src="data:image/png;base64,{page}">
"""
AT_THE_TOP = """
const {top} = document.querySelector(arguments[0]).getBoundingClientRect();
window.scrollTo({top: top - arguments[1] - 20, behavior: "instant"});
"""
#: Countdowns are counted from the day of the sample, whenever the pictures are taken.
TODAY = """
const Real = Date;
const DAY = ["2026-09-04T12:00"];
window.Date = class extends Real { constructor(...given) { super(...(given.length ? given : DAY)); } };
"""


def build(theme: str, out: Path, source: Path = SOURCE, *more: str) -> None:
    """Build a documentation with a theme."""
    options = ["-q", "-b", "html", "-D", f"html_theme={theme}", "-d", f"{out}-doctrees", *more]
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "sphinx", *options, source, out], check=True
    )


def take(driver: webdriver.Chrome, picture: Picture, page: Path, script: str = "") -> bytes:
    """Take the picture as PNG with few colours, after a script has changed the page."""
    size = {"width": picture.width, "height": picture.height, "deviceScaleFactor": 1, "mobile": picture.width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = [{"name": "prefers-color-scheme", "value": picture.scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    driver.get(page.as_uri())
    if picture.part:
        # some themes move there slowly, and keep a bar over the top of the page
        driver.execute_script(AT_THE_TOP, picture.part, 100 if picture.theme == "furo" else 0)
    if script:
        driver.execute_script(script)
    image = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    data = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()


def take_example(driver: webdriver.Chrome, folder: Path) -> bytes:
    """Take the fragment of the README beside the page that it becomes."""
    root = folder / "example"
    if not root.exists():
        fragment = README_FRAGMENT.search(README.read_text(encoding="utf-8"))
        if fragment is None:
            raise SystemExit("README.rst has no fragment")
        text = re.sub(r"(?m)^    ", "", fragment[1])
        digests = root / "releasenotes" / "digests"
        digests.mkdir(parents=True)
        (digests / "example-0000000000000001.yaml").write_text(text, encoding="utf-8")
        build("furo", folder / "example-html", terminal.documentation(root))
    fragment_text = next((root / "releasenotes" / "digests").iterdir()).read_text(encoding="utf-8")
    page = Picture("", "", "furo", 620, 420)
    shown = take(driver, page, folder / "example-html" / "digests" / "2026-11-22.html", CONTENT_ONLY)
    encoded = base64.b64encode(shown).decode()
    (folder / "example.html").write_text(
        EXAMPLE.format(fragment=html.escape(fragment_text), page=encoded), encoding="utf-8"
    )
    return take(driver, Picture("", "", "", 1200, 440), folder / "example.html")


def main() -> None:
    """Take all pictures."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for argument in ("headless=new", "no-sandbox", "hide-scrollbars", "blink-settings=primaryHoverType=2"):
        options.add_argument(f"--{argument}")
    driver = webdriver.Chrome(options=options)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TODAY})
    PICTURES.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for picture in TAKEN:
                out = Path(folder, picture.theme)
                if not out.exists():
                    build(picture.theme, out)
                data = take(driver, picture, out / f"{picture.page}.html")
                if len(data) > LARGEST:
                    raise SystemExit(f"{picture.name}: {len(data)} bytes are too many")
                (PICTURES / f"{picture.name}.png").write_bytes(data)
            (PICTURES / "example.png").write_bytes(take_example(driver, Path(folder)))
            root = terminal.project(Path(folder))
            for name, command, keys, height in PLAYED:
                page = Path(folder, f"{name}.html")
                page.write_text(terminal.play(root, command, keys), encoding="utf-8")
                picture = Picture(name, "", "", 860, height)
                (PICTURES / f"{name}.png").write_bytes(take(driver, picture, page))
            build("furo", Path(folder, "preview"), terminal.documentation(root), "-D", "digest_drafts=1")
            picture = Picture("preview", "", "furo", 1000, 640)
            data = take(driver, picture, Path(folder, "preview", "digests", "2026-08-21.html"))
            (PICTURES / "preview.png").write_bytes(data)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
