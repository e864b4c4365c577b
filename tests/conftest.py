"""What all tests share. The core's tests run where Sphinx and docutils are not installed: nothing here knows them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from web_server import PROXIES, WebServer

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import Settings, with_changes

settings.register_profile(
    "default", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
#: For hours by hand: other examples each time, and many of them.
settings.register_profile("long", settings.get_profile("default"), max_examples=2000, derandomize=False)
settings.load_profile("default")


#: Variables by which a shell, a desktop, a runner of tests or a service for builds changes what programs do.
_SURROUNDINGS = re.compile(
    "(?:GIT|GITHUB|LC|XDG|READTHEDOCS|CLICOLOR)_?.*|LANG|LANGUAGE|TZ|HOME|NETRC|EMAIL|TERM|COLUMNS|LINES|EDITOR|VISUAL"
    "|PAGER|BROWSER|(?:NO|FORCE)_COLOR|SOURCE_DATE_EPOCH|SPHINX(?:OPTS|BUILD)|PYTHON(?:WARNINGS|UTF8|IOENCODING|OPTIMIZE)"
)

#: Tests that take long, by folder or file: browsers, servers, full disks, hostile input, builds, megabytes.
SLOW = (
    *(
        "against_reno",
        "browser",
        "core/release",
        "gather/bot",
        "gather/importer",
        "gather/mail",
        "gather/matrix",
        "net/test_http.py",
    ),
    *(
        "core/schedule/test_fuzz.py",
        "cli/test_command.py",
        "cli/test_init.py",
        "cli/test_new.py",
        "cli/test_release_notes.py",
    ),
    *("cli/test_send.py", "cli/test_send_slowly.py", "disk", "docs", "extension", "fuzz", "hostile", "joint"),
)
#: Builds that are quick, and show most mistakes.
QUICK = ("extension/test_cases.py", "extension/test_head.py", "extension/test_html.py", "extension/test_pages.py")
_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Hide what surrounds the tests: the shell that started them, and the settings of whoever uses it."""
    for name in (*filter(_SURROUNDINGS.fullmatch, os.environ), *PROXIES):
        os.environ.pop(name, None)
    home = TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    os.environ |= {"HOME": home.name, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    time.tzset()
    os.umask(0o022)
    # a shell has what it starts in the background ignore these, and children would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests."""
    for item in items:
        place = item.path.relative_to(_HERE)
        if place.as_posix() not in QUICK and any(place.is_relative_to(slow) for slow in SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide repositories above the folder of a test, and what other tests have fetched."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.resolve().parent))
    monkeypatch.setenv("SPHINXEXT_DIGEST_CACHE", str(tmp_path.parent / f"{tmp_path.name}-cache"))


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A web server."""
    server = WebServer()
    yield server
    server.close()


class Repository:
    """A git repository in a folder of the tests, whose commits have the dates that a test gives them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.run("-c", "init.defaultBranch=main", "init", "--quiet")
        self.run("config", "user.name", "Tester")
        self.run("config", "user.email", "tester@example.org")

    def run(self, *arguments: str, date: str = "2001-01-01T00:00:00Z", **variables: str) -> str:
        """What a git command prints; ``date`` is that of a commit it makes."""
        env = {**os.environ, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z", **variables}
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, date: str) -> None:
        """Commit all that is new, changed or gone."""
        self.run("add", "--all")
        self.run("commit", "--quiet", "--allow-empty", "--message", "Change", date=date)

    def merge(self, branch: str, date: str) -> None:
        """Merge a branch with a merge commit, as Gerrit and GitHub do."""
        self.run("merge", "--quiet", "--no-ff", "--message", "Merge", branch, date=date)


@pytest.fixture
def make_repository() -> type[Repository]:
    """Makes a folder a repository, unless it is one."""
    return Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository at ``tmp_path``."""
    return Repository(tmp_path)


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    """The default settings but for the given options, which must be right; weeks and text are those of OpenStack."""

    def make(**options: object) -> Settings:
        def complain(name: str, code: object, message: str) -> None:
            raise AssertionError(f"{name}: {code} {message}")

        return with_changes(Settings(), {"week_start": "saturday", "text_layout": "openstack", **options}, complain)

    return make


@pytest.fixture
def make_collection(tmp_path: Path, make_settings: Callable[..., Settings]) -> Callable[..., Collection]:
    """A collection of just these fragments, given as texts by the slugs of their files, without problems.

    The identities count up from 1 in the order of the slugs given.
    """

    def make(fragments: dict[str, str], **options: object) -> Collection:
        configured = make_settings(**options)
        folder = tmp_path / configured.fragments
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, (slug, text) in enumerate(fragments.items(), 1):
            (folder / f"{slug}-{number:016x}.yaml").write_text(text, encoding="utf-8")
        collection = load_collection(tmp_path, configured)
        if collection.problems:
            raise DigestError(*collection.problems)
        return collection

    return make
