"""Plan what an import does to a folder and to the intervals of the settings, and do it.

Everything else in the file of the settings is left exactly as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.collection.numbers import find_anchors
from sphinxext.digest.files import replace_file, writing
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import write_new_files
from sphinxext.digest.gather.importer.issue import (
    ImportOptions,
    Issue,
    KnownThread,
    NewFragment,
    connect,
    fragments_of,
    issue_of,
    known_thread,
    may_continue,
)
from sphinxext.digest.gather.importer.kinds import SectionDraft
from sphinxext.digest.gather.importer.numbers import number_of
from sphinxext.digest.gather.importer.sources import read_source
from sphinxext.digest.model import EventNote, Fragment, Kind, Period, split_name
from sphinxext.digest.parallel import each
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import COLLECTIONS, SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project, load_project
from sphinxext.digest.yaml import compose

_KEY = "intervals"


def needed_intervals(settings: Settings, periods: Sequence[Period]) -> list[Period]:
    """Return the periods of digests that the calendar of a collection does not have."""
    calendar = settings.calendar
    return sorted({period for period in periods if calendar.period_of(period.end) != period})


def with_intervals(project: Project, settings: Settings, periods: Sequence[Period]) -> str:
    """Return the text of the settings' file with intervals added for a collection.

    :raises DigestError: if the file is written in a way that does not allow to add them without touching the rest.
    """
    file = project.root / SETTINGS_FILE
    text = file.read_text(encoding="utf-8") if file.exists() else "---\n"
    root = compose(text, SETTINGS_FILE, [], max_aliases=0)
    is_main = settings is project.main
    parent = root if is_main else _value(_value(root, COLLECTIONS), settings.pages)
    known = settings.intervals if not is_main and _value(parent, _KEY) is None else ()
    lines = [str(period) for period in (*known, *periods)]
    if root is None and is_main:
        return _appended(text, lines, "")
    if isinstance(parent, MappingNode) and not parent.flow_style and (result := _inserted(text, parent, lines)):
        return result
    wanted = ", ".join(lines)
    message = f"add to the '{_KEY}' of {'the project' if is_main else settings.pages} by hand: {wanted}"
    raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.BAD_SETTING, message))


def check_intervals(root: Path, text: str, folder: str, periods: Sequence[Period]) -> None:
    """Make sure that new settings say what was meant, before they replace the old ones.

    :raises DigestError: if they do not.
    """
    problems: list[Problem] = []
    node = compose(text, SETTINGS_FILE, problems, max_aliases=0)
    found = _periods(node, folder, load_project(root)[0])
    if problems or not {str(period) for period in periods} <= found:
        message = f"add to the '{_KEY}' by hand: {', '.join(map(str, periods))}"
        raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.BAD_SETTING, message))


def _periods(root: Node | None, folder: str, project: Project) -> set[str]:
    settings = project.for_fragments(folder) or project.main
    parent = root if settings is project.main else _value(_value(root, COLLECTIONS), settings.pages)
    node = _value(parent, _KEY)
    return {item.value for item in node.value} if isinstance(node, SequenceNode) else set()


def _value(node: Node | None, key: str) -> Node | None:
    for name, value in node.value if isinstance(node, MappingNode) else ():
        if name.value == key:
            assert isinstance(value, Node)
            return value
    return None


def _appended(text: str, periods: list[str], margin: str) -> str:
    body = text if text.endswith("\n") or not text else f"{text}\n"
    return body + f"{margin}{_KEY}:\n" + "".join(f"{margin}  - {period}\n" for period in periods)


def _inserted(text: str, parent: MappingNode, periods: list[str]) -> str | None:
    """Return the text with periods in the list of a mapping, which gets one if it has none."""
    lines = text.split("\n")
    node = _value(parent, _KEY)
    if isinstance(node, SequenceNode) and node.value and not node.flow_style:
        last = node.value[-1]
        margin = lines[last.start_mark.line][: last.start_mark.column]
        if margin.strip() != "-" or "\n" in text[last.start_mark.index : last.end_mark.index].strip():
            return None
        at = last.start_mark.line + 1
        return "\n".join([*lines[:at], *(f"{margin}{period}" for period in periods), *lines[at:]])
    if isinstance(node, SequenceNode):
        end = node.end_mark.index - 1
        if text[end : end + 1] != "]":
            return None
        last = text[:end].rstrip()
        before = last.rstrip(",")
        return f"{before}{', ' if node.value else ''}{', '.join(periods)}{text[len(last) :]}"
    if node is not None:
        return None
    margin = " " * parent.start_mark.column
    at = parent.value[0][0].start_mark.line
    new = [f"{margin}{_KEY}:", *(f"{margin}  - {period}" for period in periods)]
    if not margin:
        return _appended(text, periods, "") if "\n..." not in text else None
    return "\n".join([*lines[:at], *new, *lines[at:]])


#: Fewer files than these are read before another process would have started.
_FEW = 30
#: Files that a process is given at once.
_PORTION = 4
#: Problems of what cannot be known: everything was imported all the same.
HARMLESS = frozenset(
    {
        Code.ENCODING,
        Code.LOST_URL,
        Code.LOST_HEADING,
        Code.LOST_TEXT,
        Code.TWO_TARGETS,
        Code.SEVERAL_DIGESTS,
        Code.NO_SERIES,
        Code.DIFFERS,
        Code.DIGEST_NUMBER,
    }
)


@dataclass(slots=True)
class Plan:
    """The fragments to be written.

    ``new`` are the fragments with what they say, ``unchanged`` counts those that are there already. ``settings`` is
    the new text of the settings' file, if that changes.
    """

    folder: Path
    new: list[tuple[NewFragment, Fragment]] = field(default_factory=list)
    unchanged: int = 0
    settings: str | None = None
    intervals: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True if there is anything that cannot be imported."""
        return any(problem.code not in HARMLESS for problem in self.problems)


def make_plan(project: Project, settings: Settings, files: Sequence[tuple[Path, str]], options: ImportOptions) -> Plan:
    """Read files and compare what they hold with the folder.

    :param files: each with how problems name it.
    :param settings: those of the folder.
    """
    plan = Plan(project.root / settings.fragments)
    issues = _read(files, options, plan)
    issues.sort(key=lambda issue: str(issue.moment))
    _drop_repeated_events(issues, project, settings)
    _drop_other_numbers(issues, project, settings, plan)
    new = _unique([fragment for issue in issues for fragment in fragments_of(issue, settings)], plan)
    if any(map(may_continue, new)):
        connect(new, _known_threads(project, settings), settings)
    _compare(new, settings, plan)
    _plan_intervals(project, settings, issues, plan)
    return plan


def carry_out(plan: Plan, project: Project) -> list[Path]:
    """Write the fragments, then the settings; the paths of the fragments.

    Nothing stays behind when something cannot be written.
    """
    texts = {f"{fragment.stem}{SUFFIX}": fragment.text for fragment, _ in plan.new}
    paths = write_new_files(plan.folder, texts)
    if plan.settings is not None:
        file = project.root / SETTINGS_FILE
        try:
            with writing(file):
                file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, plan.settings.encode())
        except BaseException:
            for path in paths:
                path.unlink(missing_ok=True)
            raise
    return paths


def _read(files: Sequence[tuple[Path, str]], options: ImportOptions, plan: Plan) -> list[Issue]:
    found = dict(each(files, lambda file: _read_one(*file, options), few=_FEW, portion=_PORTION))
    issues: list[Issue] = []
    for file in files:
        of_file, problems, remarks = found[file]
        issues += of_file
        plan.problems += problems
        plan.remarks += remarks
    return issues


def _read_one(file: Path, path: str, options: ImportOptions) -> tuple[list[Issue], list[Problem], list[str]]:
    """Return the digests of a file, what is wrong with it, and what is to be said of it."""
    try:
        source = read_source(file, path, options.base)
    except DigestError as error:
        return [], list(error.problems), []
    if options.period is not None and len(source.posts) > 1:
        message = f"--period is for a file with one digest, and this one has {len(source.posts)}"
        return [], [*source.problems, Problem(path, 0, 0, Code.NO_PERIOD, message)], source.remarks
    issues: list[Issue] = []
    for post in source.posts:
        issue, problems = issue_of(post, options)
        source.problems += problems
        if issue is not None:
            issue.number = number_of(post, is_alone=len(source.posts) == 1) if options.numbers else None
            issues.append(issue)
    return issues, source.problems, source.remarks


def _unique(fragments: list[NewFragment], plan: Plan) -> list[NewFragment]:
    """Fragments without those that another file has as well."""
    seen: dict[str, NewFragment] = {}
    for fragment in fragments:
        first = seen.setdefault(fragment.identity, fragment)
        if first is fragment:
            continue
        if first.text == fragment.text:
            plan.unchanged += 1
        else:
            path, line = fragment.place
            message = f"'{fragment.draft.words}' is in {first.place[0]}:{first.place[1]} already, with another text"
            plan.problems.append(Problem(path, line, 1, Code.DIFFERS, message))
    return list(seen.values())


def _drop_repeated_events(issues: list[Issue], project: Project, settings: Settings) -> None:
    """Leave out events that an earlier digest has: each digest shows them until they are over."""
    if not any(draft.section == "events" for issue in issues for draft in issue.drafts):
        return
    known: dict[tuple[str, str], date] = {}
    for entry in load_collection(project.root, settings).of_kind(Kind.EVENT):
        if isinstance(note := entry.note, EventNote):
            key = note.start.day.isoformat(), note.url or note.title.value
            known[key] = min(entry.moment.day, known.get(key, entry.moment.day))
    for issue in issues:
        for draft in (draft for draft in issue.drafts if draft.section == "events"):
            draft.notes = [
                note for note in draft.notes if known.setdefault(_key(note), issue.moment.day) == issue.moment.day
            ]
        issue.drafts = [_with_notes(draft) for draft in issue.drafts if draft.notes or draft.texts]


def _drop_other_numbers(issues: list[Issue], project: Project, settings: Settings, plan: Plan) -> None:
    """Leave out the number of a newsletter whose digest has another: there are two newsletters in its period."""
    numbered = [issue for issue in issues if issue.number is not None]
    if not numbered:
        return
    calendar = settings.calendar.with_intervals(needed_intervals(settings, _periods_of(issues)))
    entries = load_collection(project.root, settings).entries
    known = {period: first.number for period, (first, *_) in find_anchors(entries, calendar).items()}
    for issue in numbered:
        period = issue.period or calendar.period_of(issue.moment.day)
        number = known.setdefault(period, issue.number)
        if number != issue.number:
            message = f"the digest of {period} is number {number}: the number {issue.number} of this one is left out"
            plan.problems.append(Problem(issue.path, issue.line, 1, Code.DIGEST_NUMBER, message))
            issue.number = None


def _key(note: Mapping[str, str]) -> tuple[str, str]:
    return note["start"], note.get("url") or note["title"]


def _with_notes(draft: SectionDraft) -> SectionDraft:
    """Return a draft, or a story of its text if it has no notes left."""
    text = draft.texts.get("prelude", "")
    return draft if draft.notes else SectionDraft("stories", [{"text": text}], draft.words, draft.line)


def _known_threads(project: Project, settings: Settings) -> list[KnownThread]:
    collection = load_collection(project.root, settings)
    return [known_thread(entry) for entry in collection.of_kind(Kind.THREAD)]


def _compare(new: list[NewFragment], settings: Settings, plan: Plan) -> None:
    """Find out which fragments are there; what somebody has changed since stays as it is."""
    files = sorted(plan.folder.glob(f"*{SUFFIX}"))
    there = {name[1]: file for file in files if (name := split_name(file.stem))}
    for fragment in new:
        path, line = fragment.place
        if fragment.identity in there:
            if there[fragment.identity].read_bytes() == fragment.text.encode():
                plan.unchanged += 1
                continue
            message = f"{there[fragment.identity].name} was made from this or the like, and differs: it stays as it is"
            plan.problems.append(Problem(path, line, 1, Code.DIFFERS, message))
            continue
        read, problems = fragment.read(settings.fragments)
        if read is not None and not problems:
            plan.new.append((fragment, read))
        for problem in problems:
            message = f"'{fragment.draft.words}' cannot become a fragment: {problem.message}"
            plan.problems.append(Problem(path, line, 1, problem.code, message))


def _periods_of(issues: list[Issue]) -> list[Period]:
    return [issue.period for issue in issues if issue.period is not None]


def _plan_intervals(project: Project, settings: Settings, issues: list[Issue], plan: Plan) -> None:
    """Make the calendar know the digests' periods, if the folder is that of one of the project's collections."""
    periods = needed_intervals(settings, _periods_of(issues))
    if not periods:
        return
    if not any(settings is known for known in project.collections):
        names = ", ".join(map(str, periods))
        plan.remarks.append(
            f"{settings.fragments} is not a collection of the project, so its calendar stays as it is: "
            f"name digests of other periods in full ({names})"
        )
        return
    text = with_intervals(project, settings, periods)
    check_intervals(project.root, text, settings.fragments, periods)
    plan.settings = text
    plan.intervals = [str(period) for period in periods]
