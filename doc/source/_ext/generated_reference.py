"""The directive ``digest-doc``: parts of the reference, made from what the code declares."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sphinxext.digest import cli, problems, yaml
from sphinxext.digest.cli.group import cli as group
from sphinxext.digest.doctree import guard, node_kinds
from sphinxext.digest.fragments import fields, schema
from sphinxext.digest.model import Success
from sphinxext.digest.settings import options
from sphinxext.digest.settings import options as option_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

#: The JSON Schema among the published pages.
SCHEMA_FILE = "schema.json"

_MARKUP = re.compile(r"[\\*`|_<>]")
_OPTION = re.compile(r"(--[a-z-]+)")


def option_lines() -> Iterator[str]:
    """The options, each as a configuration value of Sphinx."""
    for option in option_table.OPTIONS.values():
        yield f".. confval:: digest_{option.name}"
        yield f"   :default: ``{_value(option.default)}``"
        yield from ("", f"   {option.help}", "")


def field_lines() -> Iterator[str]:
    """The keys of a fragment, then those of the notes of each section."""
    for name, text in fields.FRAGMENT_KEYS.items():
        yield from (f"``{name}``", f"   {text}", "")
    for section in fields.SECTION_FIELDS.values():
        yield from ("", section.name, "-" * len(section.name), "", section.help)
        yield from ("", _short_form(section), "")
        for field in section.fields.values():
            needed = ", required" if field.required else ""
            yield from (f"``{field.name}`` : {field.type.value}{needed}", f"   {field.help}", "")


def _short_form(section: fields.SectionFields) -> str:
    if section.short is None:
        return "A note is a mapping with these keys:"
    also = ", or ``nick: text``" if section.note is Success else ""
    return f"A note is a plain string, its ``{section.short}``{also}; or it is a mapping with these keys:"


def problem_lines() -> Iterator[str]:
    """The kinds of problem in the groups that the code has them in, each with the sentence that stands after it."""
    source = textwrap.dedent(inspect.getsource(problems.Code))
    lines = source.splitlines()
    members = ast.parse(source).body[0]
    assert isinstance(members, ast.ClassDef)
    comments = {number: line.strip("# ") for number, line in enumerate(lines, 1) if line.strip().startswith("# ")}
    for member, text in zip(members.body, members.body[1:], strict=False):
        if not isinstance(member, ast.Assign):
            continue
        assert isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if heading := comments.get(member.lineno - 1):
            heading = heading[0].upper() + heading[1:]
            yield from ("", heading, "-" * len(heading), "")
        code = problems.Code[member.targets[0].id]  # type: ignore[attr-defined]
        yield from (f".. problem:: {code}", "", f"   {' '.join(text.value.value.split())}", "")


def command_lines() -> Iterator[str]:
    """The command and each of its commands, as ``--help`` has them."""
    context = click.Context(group, info_name="sphinx-digest")
    yield from _command(group, context, "sphinx-digest")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        yield from _command(command, own, f"sphinx-digest {name}")
        for part in command.list_commands(own) if isinstance(command, click.Group) else ():
            inner = command.get_command(own, part)
            assert inner is not None
            below = click.Context(inner, info_name=part, parent=own)
            yield from _command(inner, below, f"sphinx-digest {name} {part}")


def _command(command: click.Command, context: click.Context, program: str) -> Iterator[str]:
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield from ("", program, "-" * len(program), "", ".. code-block:: console", "")
    yield from (f"   $ {' '.join(usage.split())}", "", f".. program:: {program}", "")
    for paragraph in inspect.cleandoc(command.help or "").replace("\b", "").split("\n\n"):
        yield from (_escape(" ".join(paragraph.split())), "")
    if lines := (command.epilog or "").splitlines()[2:]:
        yield from (".. code-block:: console", "", *(f"   $ {line.strip()}" for line in lines), "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from _option(parameter, context)


def _option(option: click.Option, context: click.Context) -> Iterator[str]:
    record = option.get_help_record(context)
    if record is None:
        return
    names, text = record
    yield from (f".. option:: {names}", "", f"   {_escape(text)}", "")


def limit_lines() -> Iterator[str]:
    """How large a fragment may be."""
    limits = (
        ("bytes in a file", yaml.MAX_BYTES),
        ("levels of lists and mappings", yaml.MAX_DEPTH),
        ("values", yaml.MAX_NODES),
        ("aliases", yaml.MAX_ALIASES),
        ("levels of lists and other blocks in a text", node_kinds.MAX_DEPTH),
    )
    yield from (f"- {number:,} {what}" for what, number in limits)


def directive_lines() -> Iterator[str]:
    """The directives that fragments may use."""
    yield ", ".join(f"``{name}``" for name in sorted(guard.HARMLESS_DIRECTIVES))


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "options": option_lines,
    "limits": limit_lines,
    "directives": directive_lines,
    "fields": field_lines,
    "problems": problem_lines,
    "commands": command_lines,
}

#: What each part is made from: its page is made again when one of these files changes.
SOURCES: dict[str, tuple[Any, ...]] = {
    "options": (options, option_table),
    "limits": (yaml, node_kinds),
    "directives": (guard,),
    "fields": (fields,),
    "problems": (problems,),
    "commands": (cli, fields),
}


class GeneratedReference(SphinxDirective):
    """One of :data:`PARTS`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The part, parsed as if it stood on the page."""
        part = self.arguments[0]
        if part not in PARTS:
            raise self.error(f"there is no part '{part}': there are {', '.join(PARTS)}")
        self.env.note_dependency(__file__)
        for module in SOURCES[part]:
            folder = Path(module.__file__)
            for file in folder.parent.glob("*.py") if folder.name == "__init__.py" else [folder]:
                self.env.note_dependency(str(file))
        return self.parse_text_to_nodes("\n".join(PARTS[part]()) + "\n", allow_section_headings=True)


def write_schema(app: Sphinx, error: Exception | None) -> None:
    """Publish the JSON Schema with the pages."""
    if error is None and app.builder.format == "html":
        text = json.dumps(schema.fragment_schema(), ensure_ascii=False, indent=2)
        Path(app.outdir, SCHEMA_FILE).write_text(text + "\n", encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, the role and directive ``problem``, and the writing of the schema."""
    app.add_directive("digest-doc", GeneratedReference)
    app.add_object_type("problem", "problem", indextemplate="pair: %s; problem", objname="problem of a fragment")
    app.connect("build-finished", write_schema)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _value(default: object) -> str:
    """A default as it may be written in ``conf.py``."""
    if isinstance(default, bool):
        return str(default)
    if isinstance(default, tuple):
        return json.dumps(list(default), ensure_ascii=False)
    return json.dumps(str(default) if isinstance(default, date) else default, ensure_ascii=False)


def _escape(text: str) -> str:
    """Words of a help as they are, but for options, whose dashes are no punctuation."""
    words = _OPTION.split(text)
    return "".join(f"``{word}``" if index % 2 else _MARKUP.sub(r"\\\g<0>", word) for index, word in enumerate(words))
