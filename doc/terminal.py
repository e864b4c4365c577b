"""Play an editor's commands in a terminal, and return what it shows as HTML, for the documentation's pictures."""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
from collections.abc import Iterable
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample"
#: 21 August 2026, noon, in the time of the sample.
FRIDAY = "1787313600"
SETTINGS = """\
collection_title: The Gannet Digest
title: "Gannet Digest, {period}"
period: biweekly
week_start: saturday
schedules: [schedules]
sources:
  - irc: irclogs
    url: "https://logs.gannet.example/{channel}/{date}#{time}"
  - mbox: mail
  - schedule: heron
"""
COLUMNS, LINES = 96, 32
#: Between two outputs, in seconds: a program that says nothing for so long waits for a key.
QUIET = 1.5

_COLOUR = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CLASSES = {"1": "b", "2": "d", "36": "c"}
_PAGE = """\
<!DOCTYPE html>
<meta charset="utf-8">
<style>
body {{ margin: 0; background: #1c1f26; color: #e6e6e6; }}
pre {{ margin: 0; padding: 16px 20px; font: 14px/1.45 "DejaVu Sans Mono", monospace; }}
.b {{ font-weight: bold; }} .d {{ color: #9aa0aa; }} .c {{ color: #67d3e0; }} .p {{ color: #8fd17f; }}
</style>
<pre>{text}</pre>
"""


def project(folder: Path) -> Path:
    """Make a project with the logs and mails of the sample, and collect from them."""
    root = folder / "gannet"
    (root / "releasenotes").mkdir(parents=True)
    for name in ("irclogs", "mail", "schedules"):
        shutil.copytree(SAMPLE / name, root / name)
    (root / "releasenotes" / "digest.yaml").write_text(SETTINGS)
    subprocess.run(  # noqa: S603
        [_command(), "collect"], cwd=root, check=True, capture_output=True, env={**os.environ, **_environment()}
    )
    return root


def documentation(root: Path) -> Path:
    """Make a documentation for the project, and return its folder."""
    docs = root / "doc" / "source"
    docs.mkdir(parents=True)
    (docs / "conf.py").write_text('project = "Gannet"\nextensions = ["sphinxext.digest"]\n')
    (docs / "index.rst").write_text("Gannet\n======\n\n.. toctree::\n\n   digests/index\n")
    return docs


def play(root: Path, command: str, keys: Iterable[str] = ()) -> str:
    """Run a command of ``sphinx-digest``, press keys, and return a page with all that the terminal shows.

    :param keys: each is pressed when the program waits. The picture ends before the program does.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(  # noqa: S603
        [_command(), *command.split()],
        cwd=root,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **_environment(), "TERM": "xterm", "FORCE_COLOR": "1"},
    )
    os.close(theirs)
    shown = _read(ours)
    for key in keys:
        os.write(ours, key.encode())
        shown = _read(ours)
    process.kill()
    process.wait()
    os.close(ours)
    return _PAGE.format(text=f'<span class="p">$</span> sphinx-digest {html.escape(command)}\n{_as_html(shown)}')


def _command() -> str:
    found = shutil.which("sphinx-digest")
    if found is None:
        raise SystemExit("sphinx-digest is not installed here")
    return found


def _environment() -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": FRIDAY, "NO_COLOR": ""}


def _read(terminal: int) -> str:
    """Return what the program writes until it waits or ends."""
    data = b""
    while select.select([terminal], [], [], QUIET)[0]:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        data += more
    return data.decode().replace("\r\n", "\n")


def _as_html(shown: str) -> str:
    parts = _COLOUR.split(_OTHER.sub(lambda match: match[0] if match[0].endswith("m") else "", shown))
    text, classes = html.escape(parts[0]), []
    for codes, words in zip(parts[1::2], parts[2::2], strict=True):
        classes = [] if codes in ("", "0") else [*classes, *(_CLASSES.get(code, "") for code in codes.split(";"))]
        text += f'<span class="{" ".join(classes)}">{html.escape(words)}</span>' if classes else html.escape(words)
    return text.strip("\n")
