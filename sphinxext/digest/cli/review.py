"""``sphinx-digest review``: go through the drafts one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import get_terminal_size

import click

from sphinxext.digest.cli._keyboard import Keyboard
from sphinxext.digest.cli._options import (
    collection_of,
    fragments_to_read,
    load_whole_collection,
    open_valid_project,
    period_argument,
    period_of,
    period_to_edit,
)
from sphinxext.digest.cli._output import Failure, counted, examples, show_problems, visible
from sphinxext.digest.cli.lint import check_targets, targets_of
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.files import replace_files
from sphinxext.digest.fragments.folder import read_file
from sphinxext.digest.fragments.review import files_with_rejected, merged, published, title_of, with_title
from sphinxext.digest.model import Entry, Fragment, Moment
from sphinxext.digest.model.period import today
from sphinxext.digest.problems import Code, DigestError, Problem, nearest
from sphinxext.digest.render.digest import notes_text
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project

#: The fewest digits that name a draft, if no other draft's identity begins with them.
_DIGITS = 4
#: Lines of the terminal that are not for the text of a draft.
_AROUND = 8
_KEYS = "[a]ccept  [e]dit  [t]itle  [m]erge with the next  [s]kip  [r]eject  [u]ndo  [v]iew all  [q]uit"


@click.command(
    "review",
    epilog=examples("sphinx-digest review", "sphinx-digest review --accept 3f9c0e5a7b21d846 --reject meeting-moved"),
)
@period_argument(required=False)
@click.option("--accept", "accepted", metavar="ID", multiple=True, help="Publish this draft. May be repeated.")
@click.option("--reject", "rejected", metavar="ID", multiple=True, help="Reject this draft. May be repeated.")
@click.option("--all", "all_days", is_flag=True, help="Go through the drafts of all days.")
@fragments_to_read
@click.pass_context
def command(
    ctx: click.Context,
    /,
    period: str | None,
    accepted: tuple[str, ...],
    rejected: tuple[str, ...],
    all_days: bool,
    fragments: str | None,
) -> None:
    """Go through the drafts of a PERIOD one by one, and decide what becomes of each.

    Each draft is shown as digests will show it. Press a for accept: the draft is published. Press e to edit it in
    $EDITOR, t to change its title, m to merge it with the next one, s to leave it for later, r to reject it, u to undo
    the last step, and q to quit. A draft that 'lint' finds a problem in is accepted only when it is mended.

    Rejected drafts are remembered in 'rejected.txt' beside the fragments, and no collector drafts them again.

    Without a PERIOD, it is the digest that today belongs to; until its first working day is over, such as on a Monday,
    the one that ended.

    With --accept and --reject nothing is asked. ID is the identity of a draft, the beginning of it, or the name of its
    file without the identity.
    """
    project = open_valid_project(ctx.obj)
    settings = collection_of(project, fragments)
    collection = load_whole_collection(project.root, settings)
    drafts = _by_fragment(collection.drafts)
    if accepted or rejected:
        _decide(ctx, project, settings, [draft for draft, _ in drafts], accepted, rejected)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("A review needs a terminal: without one, use --accept and --reject.", ctx)
    chosen = [draft for draft in drafts if all_days or period is None]
    if not all_days:
        days = period_of(project.root, collection, period) if period else period_to_edit(collection.calendar)
        chosen = [(draft, entries) for draft, entries in drafts if any(entry.moment.day in days for entry in entries)]
        others = len(drafts) - len(chosen)
        more = f"; {others} of other days wait: --all" if others else ""
        click.echo(f"{counted(len(chosen), 'draft')} from {days.start} to {days.end}{more}", err=True)
    with Keyboard() as keyboard:
        review = Review(project, settings, collection, [draft for draft, _ in chosen], keyboard)
        review.run()
    click.echo(review.summary, err=True)


def _by_fragment(entries: Iterable[Entry]) -> list[tuple[Fragment, tuple[Entry, ...]]]:
    """Return the drafts in the order of their first notes, each with its notes."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.fragment.path, []).append(entry)
    return [(entries[0].fragment, tuple(entries)) for entries in found.values()]


def _decide(
    ctx: click.Context,
    project: Project,
    settings: Settings,
    drafts: Sequence[Fragment],
    accepted: Sequence[str],
    rejected: Sequence[str],
) -> None:
    """Accept and reject drafts by their names: all of them, or none if one cannot be.

    :raises DigestError: if a name is that of no draft or of several, or a draft to be accepted has a problem.
    """
    chosen = _drafts_of((*accepted, *rejected), drafts, settings)
    if both := [name for name in accepted if chosen[name] in [chosen[other] for other in rejected]]:
        raise click.UsageError(f"'{both[0]}' is both accepted and rejected.", ctx)
    kept = {project.root / chosen[name].path: chosen[name] for name in accepted}
    gone = {project.root / chosen[name].path: chosen[name] for name in rejected}
    if problems := [problem for draft in kept.values() for problem in _problems_of(project, draft)]:
        raise DigestError(*problems)
    files: dict[Path, bytes | None] = {path: published(path.read_bytes(), draft) for path, draft in kept.items()}
    if gone:
        files |= files_with_rejected(project.root / settings.fragments, gone.values())
    _write(files | dict.fromkeys(gone))
    click.echo(f"{len(kept)} accepted, {len(gone)} rejected", err=True)


def _drafts_of(names: Iterable[str], drafts: Sequence[Fragment], settings: Settings) -> dict[str, Fragment]:
    """Return the drafts that are named.

    :raises DigestError: with all names that are those of no draft or of several.
    """
    chosen: dict[str, Fragment] = {}
    problems: list[Problem] = []
    for name in names:
        found = _named(name, drafts)
        if len(found) == 1:
            chosen[name] = found[0]
            continue
        near = nearest(name, [word for draft in drafts for word in (draft.slug, draft.identity)])
        hint = f": did you mean '{near}'?" if near else ": 'sphinx-digest list --drafts' shows their names"
        message = f"several drafts are named '{name}'" if found else f"there is no draft '{name}'{hint}"
        problems.append(Problem(settings.fragments, 0, 0, Code.BAD_VALUE, message))
    if problems:
        raise DigestError(*problems)
    return chosen


def _named(name: str, drafts: Sequence[Fragment]) -> list[Fragment]:
    found = [draft for draft in drafts if name in (draft.identity, draft.slug)]
    if not found and len(name) >= _DIGITS:
        found = [draft for draft in drafts if draft.identity.startswith(name)]
    return found


def _problems_of(project: Project, draft: Fragment) -> tuple[Problem, ...]:
    return check_targets(project.root, targets_of(project, (os.fspath(project.root / draft.path),))).problems


@dataclass
class _Step:
    """What a step changed: the files as they were, and where the review was."""

    before: dict[Path, bytes | None]
    after: dict[Path, bytes | None]
    position: int
    drafts: list[Fragment]
    counts: dict[str, int]


@dataclass
class Review:
    """A review in a terminal: the drafts, the one that is looked at, and the steps so far, to undo them."""

    project: Project
    settings: Settings
    collection: Collection
    drafts: list[Fragment]
    keyboard: Keyboard
    position: int = 0
    steps: list[_Step] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "rejected": 0, "merged": 0, "skipped": 0})

    @property
    def summary(self) -> str:
        """What was done, and how many drafts are left."""
        done = ", ".join(f"{number} {what}" for what, number in self.counts.items() if number)
        left = len(self.drafts) - self.position + self.counts["skipped"]
        return f"{done or 'nothing changed'}; {counted(left, 'draft')} left"

    def run(self) -> None:
        """Ask for each draft until all are decided or the user quits."""
        actions: dict[str, Callable[[Fragment], None]] = {
            "a": self.accept,
            "e": self.edit,
            "t": self.change_title,
            "m": self.merge,
            "s": self.skip,
            "r": self.reject,
            "u": self.undo,
            "v": self.view,
        }
        while self.position < len(self.drafts):
            draft = self.drafts[self.position]
            self.show(draft)
            key = self.keyboard.key()
            if key == "q":
                return
            action = actions.get(key)
            if action is None:
                continue
            try:
                action(draft)
            except DigestError as error:
                show_problems(error.problems)
            except click.ClickException as error:
                error.show()
            except OSError as error:
                Failure.of(error).show()

    def show(self, draft: Fragment) -> None:
        """Print a draft, as much of it as the terminal has lines for, and the keys."""
        number = click.style(f"[{self.position + 1}/{len(self.drafts)}]", bold=True)
        click.echo(f"\n{number} {_facts(draft)}\n{click.style(visible(draft.path), dim=True)}\n")
        lines = self.text(draft)
        room = max(5, get_terminal_size().lines - _AROUND)
        click.echo("\n".join(lines[:room]))
        if len(lines) > room:
            click.echo(click.style(f"... {counted(len(lines) - room, 'more line')}: v shows all", dim=True))
        click.echo(f"\n{click.style(_KEYS, fg='cyan')}")

    def text(self, draft: Fragment) -> list[str]:
        """Return the lines of a draft as digests have it."""
        moments = [note.date or draft.date or Moment(today()) for note in draft.notes]
        accepted = replace(draft, draft=False)
        entries = tuple(Entry(accepted, note, moment) for note, moment in zip(draft.notes, moments, strict=True))
        return [visible(line) for line in notes_text(self.collection, entries).rstrip("\n").split("\n")]

    def view(self, draft: Fragment) -> None:
        """Show the whole text, and the draft's file, in the user's pager."""
        content = (self.project.root / draft.path).read_text(encoding="utf-8", errors="replace")
        lines = [*self.text(draft), "", visible(draft.path), *map(visible, content.split("\n"))]
        with self.keyboard.paused():
            click.echo_via_pager("\n".join(lines))

    def accept(self, draft: Fragment) -> None:
        """Publish a draft, unless it has problems."""
        if problems := _problems_of(self.project, draft):
            show_problems(problems)
            click.echo("It has problems: press e to mend it.")
            return
        path = self.project.root / draft.path
        self._change({path: published(path.read_bytes(), draft)}, "accepted")

    def reject(self, draft: Fragment) -> None:
        """Remove a draft, and remember that nobody wants it."""
        files: dict[Path, bytes | None] = {**files_with_rejected(self._folder, [draft])}
        self._change({**files, self.project.root / draft.path: None}, "rejected")

    def skip(self, _draft: Fragment) -> None:
        """Leave a draft for later."""
        self._change({}, "skipped")

    def merge(self, draft: Fragment) -> None:
        """Put the notes of the next draft into this one."""
        if self.position + 1 >= len(self.drafts):
            click.echo("There is no next draft.")
            return
        other = self.drafts[self.position + 1]
        files: dict[Path, bytes | None] = {**files_with_rejected(self._folder, [other])}
        files |= {self.project.root / draft.path: merged(draft, other), self.project.root / other.path: None}
        self._change(files, "merged", advance=False)
        del self.drafts[self.position + 1]
        self._read_again()

    def change_title(self, draft: Fragment) -> None:
        """Ask for another title."""
        old = title_of(draft)
        with self.keyboard.paused():
            new = click.prompt("Title", default=old) if old else ""
        if new == old:
            click.echo("There is no title to change." if not old else "The title stays as it is.")
            return
        self._change({self.project.root / draft.path: with_title(draft, new)}, "", advance=False)
        self._read_again()

    def edit(self, draft: Fragment) -> None:
        """Open a draft in the user's editor; one that is no draft any more is accepted, one that is gone rejected."""
        path = self.project.root / draft.path
        before = path.read_bytes()
        with self.keyboard.paused():
            click.edit(filename=os.fspath(path))
        after = _content(path)
        if after == before:
            return
        if after is None:
            files: dict[Path, bytes | None] = {**files_with_rejected(self._folder, [draft]), path: None}
            self._change(files, "rejected", before={path: before})
            return
        self._note({path: before}, {path: after})
        fragment, problems = read_file(path, draft.path)
        problems = [*problems, *(_problems_of(self.project, draft) if not problems else ())]
        show_problems(problems)
        if problems or fragment is None:
            click.echo("It has problems: press e to mend it, u to undo.")
        elif not fragment.draft:
            self.counts["accepted"] += 1
            self.position += 1
            return
        if fragment is not None and fragment.notes:
            self.drafts[self.position] = fragment

    def undo(self, _draft: Fragment) -> None:
        """Take the last step back, unless a file has changed since."""
        if not self.steps:
            click.echo("There is nothing to undo.")
            return
        step = self.steps[-1]
        if changed := [path for path, data in step.after.items() if _content(path) != data]:
            raise Failure(f"{changed[0]} has changed since: it stays as it is")
        _write(step.before)
        self.position, self.drafts, self.counts = step.position, step.drafts, step.counts
        self.steps.pop()

    @property
    def _folder(self) -> Path:
        return self.project.root / self.settings.fragments

    def _change(
        self,
        files: dict[Path, bytes | None],
        what: str,
        *,
        advance: bool = True,
        before: dict[Path, bytes | None] | None = None,
    ) -> None:
        """Write files as a step that can be undone, and go on to the next draft.

        :param before: files as they were, where they have changed already.
        """
        before = {path: _content(path) for path in files} | (before or {})
        _write(files)
        self._note(before, files)
        if what:
            self.counts[what] += 1
        self.position += advance

    def _note(self, before: dict[Path, bytes | None], after: dict[Path, bytes | None]) -> None:
        self.steps.append(_Step(before, after, self.position, list(self.drafts), dict(self.counts)))

    def _read_again(self) -> None:
        draft = self.drafts[self.position]
        fragment, problems = read_file(self.project.root / draft.path, draft.path)
        show_problems(problems)
        if fragment is not None:
            self.drafts[self.position] = fragment


def _write(files: dict[Path, bytes | None]) -> None:
    """Write files, all of them or none, then remove those that are None."""
    replace_files({path: data for path, data in files.items() if data is not None})
    for path, data in files.items():
        if data is None:
            path.unlink(missing_ok=True)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _facts(draft: Fragment) -> str:
    """Return the kinds, the day and the link of a draft."""
    kinds = ", ".join(dict.fromkeys(str(note.kind) for note in draft.notes))
    day = next((note.date or draft.date for note in draft.notes if note.date or draft.date), None)
    url = next((url for note in draft.notes if isinstance(url := getattr(note, "url", None), str)), "")
    return visible("  ".join(filter(None, (kinds, str(day.day) if day else "", url))))
