"""``sphinx-digest release-notes new``: write a release note."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sphinxext.digest.cli._output import examples, show_problems
from sphinxext.digest.cli._release_notes import in_history, open_config
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.config import sections_of
from sphinxext.digest.release.write import SlugError, dump_note, name_of, write_note

if TYPE_CHECKING:
    from reno.config import Config


@click.command(
    "new",
    epilog=examples(
        'sphinx-digest release-notes new --section fixes --text "The build stops on a missing file."',
        "sphinx-digest release-notes new faster-builds --edit",
    ),
)
@click.argument("slug", metavar="[SLUG]", required=False)
@click.option(
    "--section",
    "sections",
    metavar="NAME",
    multiple=True,
    help="The section of --text, such as 'fixes'. May be repeated, each with a --text.",
)
@click.option("--text", "texts", metavar="RST", multiple=True, help="What users should know, as reStructuredText.")
@click.option(
    "--from-commit",
    "commit",
    metavar="[COMMIT]",
    is_flag=False,
    flag_value="HEAD",
    help="Take the subject of a commit as the text, and for the name of the file; without COMMIT, of the last one.",
)
@click.option(
    "--from-template",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Begin with this file instead of the configured template or reno's.",
)
@click.option("--edit", is_flag=True, help="Open the note in $EDITOR and check it afterwards.")
@click.option("--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    slug: str | None,
    sections: tuple[str, ...],
    texts: tuple[str, ...],
    commit: str | None,
    from_template: Path | None,
    edit: bool,
    relnotesdir: str | None,
) -> None:
    """Write a release note and print its path.

    SLUG is a few words for the name of the file, which gets 16 more digits. Without --text the note is reno's template
    for you to complete, or the one that reno's configuration has; on a terminal you are asked for a section and a text
    first. With --edit, a template that you leave unchanged is removed again.
    """
    if from_template is not None and (texts or sections or commit):
        raise click.UsageError("--from-template cannot be used with --section, --text or --from-commit.")
    conf = open_config(ctx.obj, {"relnotesdir": relnotesdir})
    if commit is not None:
        subject = _subject(conf, commit)
        slug, texts = slug or _slug_of(subject), (*texts, _as_rst(subject))
    if _is_terminal() and not edit and from_template is None:
        slug, sections, texts = _ask(conf, slug, sections, texts)
    if len(sections) != len(texts):
        raise click.UsageError("Each text needs a --section, and each --section a text.")
    if not slug:
        raise click.UsageError("Missing argument 'SLUG': a few words for the name of the file.")
    try:
        name = name_of(slug, subdirectories=bool(getattr(conf, "allow_subdirectories", False)))
    except SlugError as error:
        raise click.BadParameter(f"{error}.") from None
    content = _note(conf, sections, texts) if texts else _template(conf, from_template)
    path = write_note(Path(conf.reporoot, conf.notespath), name, content)
    if edit and not _edit(path, content, is_template=not texts):
        raise click.ClickException("The note was left as it was and is removed again.")
    click.echo(os.fsencode(os.path.relpath(path)))
    if edit:
        _check_file(ctx, conf, path)


def _is_terminal() -> bool:
    return bool(sys.stdin and sys.stdin.isatty())


def _subject(conf: Config, commit: str) -> str:
    """Return the subject of a commit as visible characters on one line.

    :raises DigestError: if there is no such commit.
    """
    from sphinxext.digest.release.git import read_output
    from sphinxext.digest.text import visible_text

    if commit.startswith("-"):
        raise click.BadParameter(f"{commit!r} is not a commit.")
    with in_history(conf):
        data = read_output(Path(conf.reporoot), "log", "--max-count=1", "--format=%s", commit, "--")
    return " ".join(visible_text(data.decode("utf-8", "replace")).split())


def _slug_of(subject: str) -> str:
    from sphinxext.digest.fragments.write import slug_of

    return slug_of(subject)


def _as_rst(subject: str) -> str:
    """Escape a subject, and end it as a sentence."""
    from sphinxext.digest.text.rst import begun, escaped

    text = begun(escaped(subject))
    return text if not text or text[-1] in ".!?" else f"{text}."


def _ask(
    conf: Config, slug: str | None, sections: tuple[str, ...], texts: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Ask on the terminal for what is missing; a section without a text is left out."""
    slug = slug or click.prompt("A few words for the name of the file", err=True)
    if len(sections) < len(texts) or not (sections or texts):
        names = [*(name for name, _title, _level in sections_of(conf)), conf.prelude_section_name]
        if texts:
            found = click.prompt("Section", type=click.Choice(names), err=True)
        else:
            choice = click.Choice([*names, ""])
            found = click.prompt("Section (nothing for the template)", "", type=choice, show_default=False, err=True)
        sections += (found,) if found else ()
    if len(texts) < len(sections):
        text = click.prompt("Text", default="", show_default=False, err=True)
        sections, texts = (sections, (*texts, text)) if text else (sections[: len(texts)], texts)
    return slug, sections, texts


def _note(conf: Config, sections: Sequence[str], texts: Sequence[str]) -> str:
    """Return the note, checked.

    :raises DigestError: if a section is not known, or a text cannot be read back.
    """
    from sphinxext.digest.doctree.lint import check_note

    prelude, found = None, dict[str, list[str]]()
    for section, text in zip(sections, texts, strict=True):
        if section == conf.prelude_section_name and prelude is None:
            prelude = text
        else:
            found.setdefault(section, []).append(text)
    try:
        content = dump_note(prelude, found, conf.prelude_section_name)
        data = content.encode()
    except UnicodeEncodeError:
        raise click.UsageError("The text is not UTF-8.") from None
    problems = check_note(Path(conf.reporoot), conf, data, "the new note")
    if problems:
        raise DigestError(*(replace(problem, line=0, column=0) for problem in problems))
    return content


def _template(conf: Config, file: Path | None) -> str:
    """Return the text of the template.

    :raises DigestError: if it cannot be read.
    """
    if file is None:
        template: str = conf.template
        return template
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DigestError(Problem(os.fspath(file), 0, 0, Code.ENCODING, "the file is not UTF-8")) from None


def _edit(path: Path, content: str, *, is_template: bool) -> bool:
    """Let the user edit a note; remove it and return False if it is the template still."""
    click.edit(filename=os.fspath(path))
    try:
        is_unchanged = path.read_bytes() == content.encode()
    except OSError:
        return True
    if is_template and is_unchanged:
        path.unlink()
    return not (is_template and is_unchanged)


def _check_file(ctx: click.Context, conf: Config, path: Path) -> None:
    from sphinxext.digest.doctree.lint import check_release_notes

    name = path.relative_to(conf.reporoot).as_posix()
    findings = check_release_notes(Path(conf.reporoot), conf, {name})
    missing = [] if name in findings.checked else [Problem(name, 0, 0, Code.UNREADABLE, "the file is missing")]
    problems = [*missing, *findings.problems]
    show_problems([*problems, *findings.hints])
    if problems:
        ctx.exit(1)
