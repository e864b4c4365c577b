"""Somebody who reads a page of the documentation and types it in: files are written, commands run and compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parents[2] / "doc" / "source" / "user"

#: What makes an environment with the package. The test takes the one that it runs in.
MAKES_AN_ENVIRONMENT = ("python3 -m venv ", ". .venv/", "python -m pip install ")
#: The commands of the environment, run by the Python of this one whether they are installed or not.
COMMANDS = {
    "sphinx-digest": "from sphinxext.digest.cli import main; main()",
    "sphinx-build": "import sys; from sphinx.cmd.build import main; sys.exit(main())",
}

_BLOCK = re.compile(r"\.\. code-block:: (\w+)\n(?:   :caption: (.+)\n)?\n((?:   .*\n|\n)+)")
_IDENTITY = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Step:
    """A file to write, or a command to run with the output that is shown for it."""

    line: int
    file: str = ""
    command: str = ""
    text: str = ""


def steps(page: str) -> Iterator[Step]:
    """The files and commands of a page, in order."""
    source = (PAGES / page).read_text(encoding="utf-8")
    for block in _BLOCK.finditer(source):
        language, caption, body = block.groups()
        lines = [line[3:] for line in body.rstrip("\n").split("\n")]
        number = source.count("\n", 0, block.start(3)) + 1
        if language != "console":
            yield Step(number, file=caption, text="\n".join(lines) + "\n")
            continue
        starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield Step(number + start, command=lines[start][2:], text="\n".join(lines[start + 1 : end]))


class Reader:
    """Somebody who does what a page says; fragments get other identities than those that are printed there."""

    def __init__(self, folder: Path) -> None:
        self.here = folder
        self.identities: dict[str, str] = {}
        programs = folder / "bin"
        programs.mkdir()
        for name, code in COMMANDS.items():
            script = programs / name
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(code)} "$@"\n')
            script.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "LC_ALL": "C.UTF-8",
            # messages and results come in the order in which one sees them
            "PYTHONUNBUFFERED": "1",
        }

    def write(self, step: Step) -> None:
        path = self.path_of(step)
        assert path.parent.is_dir(), f"line {step.line}: there is no folder for {path}"
        path.write_text(step.text, encoding="utf-8")

    def path_of(self, step: Step) -> Path:
        return self.here / self.with_identities(step.file)

    def follow(self, step: Step) -> None:
        if step.file:
            self.write(step)
        elif not step.command.startswith(MAKES_AN_ENVIRONMENT):
            self.run(step)

    def run(self, step: Step) -> None:
        command = self.with_identities(step.command)
        if command.startswith("cd "):
            self.here /= command.removeprefix("cd ")
            return
        result = subprocess.run(
            ["bash", "-c", command],
            cwd=self.here,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        output = result.stdout
        self.learn(step.text, output)
        shown = self.with_identities(step.text)
        assert matches(shown, output), f"line {step.line}: {command}\nshown:\n{shown}\nprinted:\n{output}"

    def learn(self, shown: str, output: str) -> None:
        """Remember the identity that a command chose in place of the one that is shown."""
        printed, real = _IDENTITY.findall(shown), _IDENTITY.findall(output)
        if len(printed) == len(real) == 1:
            self.identities.setdefault(printed[0], real[0])

    def with_identities(self, text: str) -> str:
        return _IDENTITY.sub(lambda match: self.identities.get(match[0], match[0]), text)


def matches(shown: str, output: str) -> bool:
    """Whether an output is what is shown, where ``...`` stands for any lines, and in a line for any text.

    Where nothing is shown, nothing is said.
    """
    if not shown:
        return True
    lines = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + "\n"
        for line in shown.rstrip("\n").split("\n")
    ]
    return re.fullmatch("".join(lines), output.rstrip("\n") + "\n") is not None
