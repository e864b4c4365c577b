"""What reads input from outside, as functions of bytes: each does with them what a command or a build does.

A target comes to its end or raises :class:`~sphinxext.digest.problems.DigestError`, which becomes a message. Anything
else that it raises is a finding, and so is a draft or a fragment made of the bytes that is not sound itself.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from http.client import HTTPMessage
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import click

from sphinxext.digest.cli import _drafts
from sphinxext.digest.cli.collect_schedule import draft_countdown
from sphinxext.digest.cli.report import FORMATS
from sphinxext.digest.collection.load import Collection, load_collection, place_fragments
from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.folder import FolderReading
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import Draft
from sphinxext.digest.gather.bot import BotSettings, MatrixSettings
from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.matrix import MatrixSession
from sphinxext.digest.gather.bot.replies import ReplyQueue
from sphinxext.digest.gather.bot.session import Session
from sphinxext.digest.gather.bot.success_tracker import SuccessTracker
from sphinxext.digest.gather.bot.sync_state import SyncState
from sphinxext.digest.gather.changelog.plan import make_plan as make_import_plan
from sphinxext.digest.gather.changelog.plan import read_paths
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.gather.discourse import Forum
from sphinxext.digest.gather.feed import IndexOptions, ParsedFeed, draft_index
from sphinxext.digest.gather.feed.drafts import StoryOptions, draft_stories
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.gather.gerrit import ChangeOptions, draft_changes, read_changes
from sphinxext.digest.gather.hub import Hub, HubOptions, draft_releases, topics_of_hub
from sphinxext.digest.gather.hub import draft_changes as draft_hub_changes
from sphinxext.digest.gather.hub.client import Client, KeptAnswers
from sphinxext.digest.gather.hub.github import Forgejo, GitHub
from sphinxext.digest.gather.hub.gitlab import GitLab
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import make_plan
from sphinxext.digest.gather.irc.collector import Collector, LogOptions
from sphinxext.digest.gather.irc.relays import Relays, Speech
from sphinxext.digest.gather.irc.sources import LogSource
from sphinxext.digest.gather.mail.draft import draft_thread
from sphinxext.digest.gather.mail.ranking import ThreadOptions as MailOptions
from sphinxext.digest.gather.mail.search import find_candidates
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError
from sphinxext.digest.gather.matrix.history import RoomCollector
from sphinxext.digest.gather.topics import topic_candidates
from sphinxext.digest.joint.merge import Joined, parse_index
from sphinxext.digest.model import Fragment
from sphinxext.digest.model.keys import Type
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.net.http import Answer, WebError
from sphinxext.digest.net.irc import Login, Server
from sphinxext.digest.net.irc.protocol import MAX_LINE, IrcMessage, make_line, parse_line, split_text
from sphinxext.digest.net.source import unpacked
from sphinxext.digest.plugins import COLLECTORS, installed
from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.release.cache_file import read_cache_file
from sphinxext.digest.release.config import read_config, sections_of
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.load import History
from sphinxext.digest.release.notes import NoteReader
from sphinxext.digest.render.calendar import calendar_of
from sphinxext.digest.render.countdown import countdown_mail
from sphinxext.digest.render.digest import digest_source
from sphinxext.digest.render.release_notes import outline_by_version, release_notes_markdown, release_notes_text
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import with_days
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project, load_project

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDENTITY = "0123456789abcdef"
FRAGMENT = f"note-{IDENTITY}.yaml"

#: How problems begin of texts that are beyond a bound.
_BOUNDS = ("a paragraph has more than", "the text is nested too deeply")

Target = Callable[[bytes], None]


@cache
def scratch() -> Path:
    """A folder for the files of one process, in memory where there is one such."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
    # git shall find no repository above
    os.environ["GIT_CEILING_DIRECTORIES"] = str(folder.parent)
    os.environ["SPHINXEXT_DIGEST_CACHE"] = ""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(NOW.timestamp()))
    return folder


def clean_up() -> None:
    """Remove the folder."""
    if scratch.cache_info().currsize:
        shutil.rmtree(scratch(), ignore_errors=True)
        scratch.cache_clear()


def put(name: str, data: bytes) -> Path:
    """A file in the folder with some content."""
    file = scratch() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


@contextmanager
def without(*files: Path) -> Iterator[None]:
    """Removes files, so that the next target does not find them."""
    try:
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)


@cache
def project() -> Project:
    """A project without any settings and notes."""
    return load_project(scratch() / "project")[0]


@cache
def settings() -> Settings:
    return Settings()


@cache
def _in_fragments() -> Settings:
    return replace(settings(), fragments="fragments")


@cache
def _parser() -> TextParser:
    return TextParser(guard_of(settings()))


def sound(drafts: Iterable[Draft]) -> None:
    """Each of the drafts is a good fragment, in whose texts nothing is wrong."""
    for draft in drafts:
        made, problems = read_fragment(draft.text.encode(), f"{draft.stem}.yaml", draft.stem)
        assert made is not None and not problems, problems
        sound_texts(made)


def sound_texts(made: Fragment) -> None:
    """Nothing is wrong with the texts of a fragment."""
    parser = _parser()
    parser.problems.clear()
    for note in made.notes:
        for kind, text in texts_of(note):
            parse = parser.inline if kind is Type.TITLE else parser.blocks
            parse(text, made.path, "fuzz")
    # what nobody would read, docutils is not asked to: such a text is shown as it is
    wrong = [problem for problem in parser.problems if not problem.message.startswith(_BOUNDS)]
    assert not wrong, wrong


def fragment(data: bytes) -> None:
    """``lint``: a fragment with its texts."""
    file = put(f"lint/fragments/{FRAGMENT}", data)
    with without(file):
        check_collection(scratch() / "lint", _in_fragments())


def report(data: bytes) -> None:
    """``report``: the digests of a fragment, in every format."""
    file = put(f"lint/fragments/{FRAGMENT}", data)
    with without(file):
        collection = load_collection(scratch() / "lint", _in_fragments())
    for period in islice(collection.digests, 3):
        source = digest_source(collection, period)
        for form in FORMATS.values():
            form(source)[0].encode("utf-8", "backslashreplace")


def settings_file(data: bytes) -> None:
    """The settings, and what is made of them: calendars, sources to collect from."""
    file = put("settings/releasenotes/digest.yaml", data)
    with without(file):
        loaded, _ = load_project(scratch() / "settings")
    for one in loaded.collections:
        period = one.calendar.period_of(TODAY)
        one.page_url(period)
        for source in one.sources:
            for argument in source.arguments:
                try:
                    with_days(argument, period.start, period.end)
                except OptionError:
                    continue


def _show_schedules(root: Path, path: str) -> None:
    """What ``deadlines``, ``countdown``, ``collect schedule`` and a build make of schedules."""
    schedules = load_schedules(root, settings(), [path])
    schedules.find("current", TODAY)
    schedules.find("2027.1", TODAY)
    for name in schedules.names[:3]:
        schedule = schedules.find(name, TODAY)
        if schedule is None:
            continue
        calendar_of(schedule)
        for week in schedule.cycle[:: max(1, len(schedule.cycle) // 2)]:
            countdown_mail(schedule, week, settings(), None)
            sound([draft_countdown(schedule, week, settings())])


def schedule(data: bytes) -> None:
    """A file of a schedule: a project's own, or one of openstack/releases."""
    with without(put("schedules/one/x.yaml", data)):
        _show_schedules(scratch() / "schedules", "one/x.yaml")


_STATUS = b"- {name: xena, release-id: 2027.1, status: development, initial-release: 2027-04-01}\n"
_CYCLE = b"""\
cycle:
- {start: 2026-11-02, end: 2026-11-06, name: R-2, x-project: [x-1]}
- {start: 2026-11-09, end: 2026-11-13, name: R-1, cross-project: [x-final-rc]}
- {start: 2026-11-16, end: 2026-11-20, name: R+0, cross-project: [x-release]}
"""


def schedule_page(data: bytes) -> None:
    """A ``schedule.rst``: beside a table of weeks, and with one of its own."""
    files = (
        put("pages/doc/source/xena/schedule.rst", data),
        put("pages/doc/source/yoga/schedule.rst", data),
        put("pages/doc/source/yoga/schedule.yaml", _CYCLE),
        put("pages/doc/source/series_status.yaml", _STATUS),
    )
    with without(*files):
        _show_schedules(scratch() / "pages", ".")


def series_status(data: bytes) -> None:
    """The list of all series."""
    files = (
        put("status/doc/source/xena/schedule.yaml", _CYCLE),
        put("status/doc/source/series_status.yaml", data),
    )
    with without(*files):
        _show_schedules(scratch() / "status", ".")


def older_digest(data: bytes, name: str) -> None:
    """``import``: what is planned is sound, since each fragment was read again."""
    file = put(f"import/{name}", data)
    period = parse_interval("2016-W14") if len(data) % 2 else None
    plan = make_plan(project(), project().main, [(file, name)], ImportOptions(period=period))
    assert plan.new or plan.problems or plan.unchanged
    for _, made in plan.new:
        sound_texts(made)


def log(data: bytes) -> None:
    """``collect irc``: a log, in whatever format."""
    url = "https://logs.example.org/{channel}/{date}#{time}"
    collector = Collector(LogOptions(day=date(2026, 3, 14), url=url, relays=Relays(["relay"])))
    for name in ("#dev.log", "#dev.2026-03-15.log"):
        collector.read(LogSource(name, lambda: io.BytesIO(data), len(data), "dev", None))
    sound(collector.drafts())


def matrix_room(data: bytes) -> None:
    """``collect matrix``: a server that gives the same answer to whatever it is asked, or says that there is none."""
    rooms = RoomCollector(LogOptions())

    def answer(url: str, *_: object, **__: object) -> bytes:
        if "/messages" in url or "/joined_members" in url or "alias" in url:
            return data
        raise WebError("gone", status=404, refusal=data.decode("utf-8", "replace"))

    with patch("sphinxext.digest.gather.matrix.send", answer):
        try:
            rooms.read_room(MatrixClient("https://matrix.example.org", "token"), "!room:example.org")
        except MatrixError:
            return
    sound(rooms.drafts())


def forum(data: bytes) -> None:
    """``collect discourse``: a server that gives the same answer to whatever it is asked."""
    found = Forum(wait=lambda _seconds: None)
    with patch("sphinxext.digest.gather.discourse.ask", lambda *_, **__: Answer(data)):
        topics = [topic for url in ("https://e.org/c/x/7", "https://e.org/t/7") for topic in found.read(url)]
    collection = Collection(settings(), settings().calendar)
    sound(map(draft_thread, topic_candidates(topics, collection, MailOptions(), "a forum")))


def hub(make: Callable[[Client, str], Hub], data: bytes) -> None:
    """``collect github`` and others: a site that gives the same answer to whatever it is asked."""
    client = Client("https://hub.example.org", {"Authorization": "Bearer x"}, kept=KeptAnswers(None))
    options = HubOptions(min_messages=1, labels=(("x", "Group"),), newcomers=True)
    with patch("sphinxext.digest.gather.hub.client.call", lambda *_, **__: (data, HTTPMessage())):
        repository = make(client, "o/r")
        topics = topics_of_hub(repository, options)
        drafts = [*draft_hub_changes(repository, options), *draft_releases(repository, options)]
    collection = Collection(settings(), settings().calendar)
    sound([*drafts, *map(draft_thread, topic_candidates(topics, collection, MailOptions(), "a hub"))])


def mails(data: bytes) -> None:
    """``threads`` and ``collect mbox``: an archive, or one message."""
    file = put("mails/x", data)
    collection = Collection(settings(), settings().calendar)
    finding = find_candidates([os.fspath(file)], collection, MailOptions())
    sound(map(draft_thread, finding.candidates))


def feed(data: bytes) -> None:
    """``collect feed``: a feed, or the index of another site."""
    found = read_feed(unpacked(data, "x"), "https://example.org/x")
    if isinstance(found, ParsedFeed):
        sound(draft_stories([found], StoryOptions(TODAY)).drafts)
    else:
        sound(draft_index(found, IndexOptions(settings())))


def joint(data: bytes) -> None:
    """An index of another project, whose notes are shown as they are: nothing in them is a problem of ours."""
    joined = Joined()
    joined.add(parse_index(data, "x"))
    collection = place_fragments(scratch(), settings(), FolderReading(), joined.fragments)
    assert not collection.problems
    for period in islice(collection.digests, 3):
        source = digest_source(collection, period)
        for form in FORMATS.values():
            text, problems = form(source)
            text.encode("utf-8", "backslashreplace")
            assert not problems, problems


def changes(data: bytes) -> None:
    """``collect gerrit``: an answer of the REST API, or what the command prints."""
    found = read_changes(unpacked(data, "x"), "x", "https://review.example.org")
    sound(draft_changes(found.changes, ChangeOptions(TODAY)))


def _collect(data: bytes, command: click.Command) -> None:
    """``collect`` with one file, and without options."""
    file = put("collect/x", data)
    opened = patch.object(_drafts, "open_valid_project", lambda _: project())
    with without(file), opened, patch.object(_drafts.CollectRun, "save", _check):
        command.main([os.fspath(file)], standalone_mode=False)


def _check(run: _drafts.CollectRun, drafts: Iterable[Draft]) -> None:
    sound(drafts)
    if run.problems:
        raise DigestError(*run.problems)


@cache
def _conf() -> object:
    return read_config(scratch())


def reno_cache(data: bytes) -> None:
    """``release-notes report`` of a source distribution: reno's cache."""
    conf = _conf()
    file = put("reno.cache", data)
    try:
        history = History(conf, read_cache_file(conf, file))
    except HistoryError:
        return
    releases = history.releases([])
    outline = outline_by_version(conf, releases, "Notes")
    release_notes_text(outline)
    release_notes_markdown(outline)


def reno_config(data: bytes) -> None:
    """reno's configuration."""
    file = put("configured/releasenotes/config.yaml", data)
    with without(file):
        conf = read_config(scratch() / "configured")
    sections_of(conf)


def release_note(data: bytes) -> None:
    """A release note out of git."""
    conf = _conf()
    reader = NoteReader(conf.prelude_section_name, tuple(section.name for section in conf.sections))
    source = SimpleNamespace(
        problems=[],
        get_notes_by_version=lambda branch=None: {"1.0.0": [(f"releasenotes/notes/{FRAGMENT}", b"0" * 40)]},
        get_version_dates=lambda: {"1.0.0": 1_700_000_000},
        get_file_at_commit=lambda name, commit: data,
        prepare=lambda files: None,
    )
    reader.read(data, FRAGMENT, [])
    outline = outline_by_version(conf, History(conf, source).releases([]), "Notes")
    release_notes_text(outline)
    release_notes_markdown(outline)


def changelog(data: bytes, suffix: str) -> None:
    """``release-notes import``: a changelog, and a fragment of scriv. What is planned can be read again."""
    conf = _conf()
    reader = NoteReader(conf.prelude_section_name, tuple(section.name for section in conf.sections))
    sections = Sections(conf, {"*": "other"})
    for name in (f"changelog/CHANGES{suffix}", f"changelog/changelog.d/x{suffix}"):
        file = put(name, data)
        with without(file):
            reading = read_paths([file if file.parent.name == "changelog" else file.parent], sections, ())
            plan = make_import_plan(scratch(), conf, sections, reading, "history.rst")
        for note in plan.new:
            problems: list[Problem] = []
            assert reader.read(note.text.encode(), note.path, problems) is not None
            assert not problems, problems
        for page in plan.pages:
            page.page.text.encode()


class _Connection:
    """A server that says some lines and ends the connection."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines

    async def messages(self) -> AsyncIterator[IrcMessage]:
        for line in self.lines:
            if message := parse_line(line):
                yield message

    def send(self, command: str, *params: str) -> None:
        assert len(make_line(command, *params)) <= MAX_LINE

    send_secret = send


_BOT = BotSettings((Server("irc.example.org", 6667),), ("#dev", "#other"), Login("bot"), relays=Relays(["relay"]))


def irc_lines(data: bytes) -> None:
    """``bot``: the lines of a server, and what is told in them."""
    tracker = SuccessTracker([], log_url="https://logs.example.org/{channel}/{date}#{time}")
    entries = []

    def hear(speech: Speech, channel: str, moment: datetime) -> None:
        found = tracker.hear(speech.nick, channel, speech.text, moment, speaker=speech.speaker)
        if found and found[1]:
            entries.append(found[0])
            split_text(channel, f"{speech.nick}: {speech.text}")

    async def stay() -> None:
        registration = SimpleNamespace(nick="bot", logged_in=False)
        connection = _Connection([line.rstrip(b"\r") for line in data.split(b"\n")])
        await Session(connection, registration, _BOT, ReplyQueue(""), hear, tracker.rename).run()

    asyncio.run(stay())
    sound(Draft(entry.identity, Path(entry.name).stem, entry.text) for entry in entries)


class _Tracking:
    """A bot that only tracks what is told on Matrix."""

    def __init__(self) -> None:
        self.tracker = SuccessTracker([])
        self.entries: list[JournalEntry] = []

    def _take(self, found: tuple[JournalEntry, bool] | None) -> JournalEntry | None:
        if found is None:
            return None
        if found[1] and not found[0].is_removal:
            self.entries.append(found[0])
        return found[0]

    def hear(self, *message: Any) -> JournalEntry | None:
        return self._take(self.tracker.hear(*message))

    def edit(self, *message: str) -> JournalEntry | None:
        return self._take(self.tracker.edit(*message))

    def take_back(self, event: str, _: str) -> JournalEntry | None:
        return self._take(self.tracker.take_back(event))

    def accept(self, event: str, _: str) -> JournalEntry | None:
        return self._take(self.tracker.accept(event))

    def knows(self, event: str) -> bool:
        return self.tracker.knows(event)

    async def recorded(self) -> None:
        pass


def matrix_sync(data: bytes) -> None:
    """``bot``: what a homeserver says when the bot starts, and twice when it listens."""
    bot = _Tracking()
    file = scratch() / "sync" / "matrix.json"
    file.parent.mkdir(exist_ok=True)

    def answer(url: str, *_: object, **__: object) -> bytes:
        if "/sync" in url or "/messages" in url or "/joined_members" in url:
            return data
        if "/state/" in url:
            raise WebError("gone", status=404)
        return b'{"user_id": "@bot:example.org", "room_id": "!r:example.org"}'

    async def stay() -> None:
        matrix = MatrixSettings("https://matrix.example.org", ("!r:example.org",), "token", ("@ada:example.org",))
        matrix = replace(matrix, editors=("@ada:example.org",))
        session = MatrixSession(MatrixClient(matrix.server, "token"), matrix, SyncState(file), bot)
        turns = iter((None, None))
        with suppress(MatrixError, StopIteration, RuntimeError):
            await session.run(lambda: next(turns))

    with without(file), patch("sphinxext.digest.gather.matrix.send", answer):
        asyncio.run(stay())
    sound(Draft(entry.identity, Path(entry.name).stem, entry.text) for entry in bot.entries)


def journal(data: bytes) -> None:
    """``bot``: the journal as it was left."""
    file = put("journal/journal", data)
    one = Journal(file)
    try:
        one.open(NOW)
    finally:
        one.close()


#: Targets by their names; those of one function differ in what their corpora begin with.
TARGETS: dict[str, Target] = {
    "fragment": fragment,
    "report": report,
    "settings": settings_file,
    "schedule": schedule,
    "schedule-page": schedule_page,
    "series-status": series_status,
    "import-mail": partial(older_digest, name="digest.eml"),
    "import-page": partial(older_digest, name="digest.html"),
    "import-markdown": partial(older_digest, name="digest.md"),
    "import-rst": partial(older_digest, name="digest.rst"),
    "import-export": partial(older_digest, name="export.xml"),
    "irc-log": log,
    "irc-page": log,
    "irc-matrix": log,
    "matrix-room": matrix_room,
    "matrix-sync": matrix_sync,
    "mbox": mails,
    "feed": feed,
    "feed-json": feed,
    "index": feed,
    "joint": joint,
    "gerrit": changes,
    "github": partial(hub, lambda client, name: GitHub(client, name, "https://hub.example.org/graphql")),
    "gitlab": partial(hub, GitLab),
    "forgejo": partial(hub, Forgejo),
    "discourse": forum,
    "reno-cache": reno_cache,
    "reno-config": reno_config,
    "release-note": release_note,
    "changelog-markdown": partial(changelog, suffix=".md"),
    "changelog-rst": partial(changelog, suffix=".rst"),
    "irc-lines": irc_lines,
    "journal": journal,
}
# collectors that have none of their own
for _name, _entry in installed(COLLECTORS).items():
    if _entry.value.startswith("sphinxext.digest.") and not any(f"{one}-".startswith(f"{_name}-") for one in TARGETS):
        TARGETS[_name] = partial(_collect, command=_entry.load())


def attempt(target: Target, data: bytes) -> None:
    """Run a target; a message for the user is an outcome like any other."""
    try:
        target(data)
    except DigestError as error:
        assert error.problems
        for problem in error.problems:
            str(problem).encode()
