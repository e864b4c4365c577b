"""The examples in the help of every command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sphinxext.digest.cli.group import cli

from .conftest import Run


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            assert part is not None
            yield from commands(part, click.Context(part, info_name=name, parent=context))


COMMANDS = dict(commands(cli, click.Context(cli, info_name="sphinx-digest", **cli.context_settings)))


def examples_of(command: click.Command) -> list[str]:
    mark, heading, *lines = (command.epilog or "\n").splitlines()
    assert (mark, heading) == ("\b", "Examples:")
    return [line.strip() for line in lines]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_examples_that_it_understands(path: str, project: Path) -> None:
    (project / "docs").mkdir()
    (project / "docs" / "conf.py").touch()
    (project / "CHANGELOG.md").touch()
    lines = examples_of(COMMANDS[path])
    assert lines
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "sphinx-digest"
        assert line.startswith(path)
        if words[-1] == "--help":
            continue
        command: click.Command = cli
        context = click.Context(cli, info_name=program, **cli.context_settings)
        while isinstance(command, click.Group) and words:
            name, found, words = command.resolve_command(context, words)
            assert found is not None
            command = found
            if not isinstance(command, click.Group) or words[:1] == [] or words[0].startswith("-"):
                # options and arguments are checked, nothing is run
                context = command.make_context(name, list(words), parent=context)
                break
            context = click.Context(command, info_name=name, parent=context)


@pytest.mark.parametrize("kind", COMMANDS["sphinx-digest new"].list_commands(click.Context(cli)))  # type: ignore[attr-defined]
def test_examples_of_new_write_valid_fragments(run: Run, project: Path, kind: str) -> None:
    for line in examples_of(COMMANDS[f"sphinx-digest new {kind}"]):
        if "--edit" not in line:
            assert run(*shlex.split(line)[1:]).status == 0, line
    assert run("lint").status == 0


def test_examples_are_at_the_end_of_the_help(run: Run) -> None:
    shown = run("list", "--help").out
    assert shown.rstrip().endswith("sphinx-digest list --drafts")
    assert "\n    sphinx-digest list latest\n" in shown
