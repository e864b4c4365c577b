"""No program is run, and no network is asked, whatever the settings of a repository and the files in it say."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Repository
from extension.building import Project, empty_project
from web_server import WebServer

import sphinxext.digest
from hostile.traps import ATTRIBUTES, Traps, children, touch_all
from sphinxext.digest.cli.group import cli
from sphinxext.digest.gather.bot.commit import Author, Clone

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the traps are programs of a shell")

PACKAGE = Path(sphinxext.digest.__file__).parent
NOTES, DIGESTS = "releasenotes/notes", "releasenotes/digests"
MAIL = """\
From ann@example.org Mon Oct  5 10:00:00 2026
From: Ann <ann@example.org>
Subject: A rack for the stairs
Message-ID: <1@example.org>
Date: Mon, 5 Oct 2026 10:00:00 +0000

Shall we have one?
"""
COMMANDS = (
    *(["lint"], ["list"], ["list", "--format", "json"], ["report", "2020-W01"], ["report", "latest"]),
    *(["release-notes", "list"], ["release-notes", "report"], ["release-notes", "report", "--branch", "stable/one"]),
    *(["release-notes", "since", "1.0.0.."], ["release-notes", "cache"], ["release-notes", "cache", "--output", "-"]),
    *(
        ["release-notes", "next"],
        ["release-notes", "lint"],
        ["release-notes", "check"],
        ["release-notes", "check", "--base", "HEAD~1"],
    ),
    *(["release-notes", "new", "x"], ["release-notes", "new", "--from-commit", "--section", "fixes"]),
    *(["threads", "mails"], ["collect", "mbox", "mails", "--dry-run"], ["import", "old.txt", "--dry-run"]),
    *(["new", "success", "ttx: it works"], ["init"], ["schema"], ["deadlines"], ["countdown", "x"]),
)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    return Traps(tmp_path / "traps")


@pytest.fixture
def hostile(tmp_path: Path, traps: Traps, server: WebServer) -> Repository:
    """A project all of whose repositories, its own included, want to run programs."""
    project = empty_project(tmp_path / "src", 'exclude_patterns = ["build", "mails"]\ndigest_released = True\n')
    project.write("index.rst", "Title\n=====\n\n.. release-notes::\n\n.. successbot::\n\n.. digest-collection::\n")
    repository = Repository(project.folder)
    root = repository.root
    write(root, "releasenotes/config.yaml", "default_branch: main\n")
    write(root, ".gitattributes", ATTRIBUTES)
    write(root, f"{NOTES}/one-0000000000000001.yaml", "fixes: [One.]\n")
    write(root, f"{DIGESTS}/one-0000000000000001.yaml", "successes: ['ttx: one']\n")
    repository.commit("2020-01-01T00:00:00Z")
    repository.run("tag", "1.0.0")
    repository.run("branch", "stable/one")
    write(root, f"{NOTES}/two-0000000000000002.yaml", "fixes: [Two.]\n")
    write(root, f"{DIGESTS}/two-0000000000000002.yaml", "successes: ['ttx: two']\n")
    # a submodule in the folder of notes
    sub = Repository(root / NOTES / "sub")
    sub.commit("2020-01-01T00:00:00Z")
    # the files of bare repositories, which can be committed like any others
    for folder in (f"{DIGESTS}", f"{DIGESTS}/inner.git", f"{NOTES}", "mails/lists.git", "docs"):
        traps.make_embedded(root / folder, server.url)
    repository.commit("2020-01-02T00:00:00Z")
    write(root, f"{NOTES}/two-0000000000000002.yaml", "fixes: [Two again.]\n")
    repository.commit("2020-01-03T00:00:00Z")
    raw = repository.run("cat-file", "commit", "HEAD").replace("\ncommitter", "\ncommitter", 1)
    head, _, message = raw.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n{message}\n"
    command = ["git", "hash-object", "-t", "commit", "-w", "--stdin"]
    name = subprocess.run(command, cwd=root, input=signed, text=True, capture_output=True, check=True).stdout.strip()
    repository.run("update-ref", "refs/heads/main", name)
    # what comes with an archive that somebody unpacks
    write(root, f"{DIGESTS}/.git", "gitdir: inner.git\n")
    write(root, "mails/unpacked/.git", "gitdir: ../lists.git\n")
    write(root, "mails/months.mbox", MAIL)
    write(root, "old.txt", "SuccessBot Says\n* ttx: it works\n")
    # what is changed, or only looks so
    write(root, f"{NOTES}/one-0000000000000001.yaml", "fixes: [One edited.]\n")
    write(root, f"{NOTES}/three-0000000000000003.yaml", "fixes: [Three.]\n")
    write(root, f"{DIGESTS}/three-0000000000000003.yaml", "date: 2020-01-01\nsuccesses: ['ttx: three']\n")
    traps.promise(repository, "HEAD~1:" + f"{NOTES}/two-0000000000000002.yaml")
    traps.arm(sub.root / ".git", server.url)
    traps.arm(root / ".git", server.url)
    touch_all(root)
    traps.ran()
    return repository


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where each git process tells which others it starts."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(folder))
    return folder


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        (["status"], {"core.fsmonitor", "filter.x.clean", "filter.a=b.c.clean", "filter.A.b.clean"}),
        (["diff"], {"diff.x.command", "filter.x.smudge"}),
        (["log"], {"gpg.openpgp.program"}),
        (["add", NOTES], {"post-index-change"}),
        (["-C", DIGESTS, "log", "--raw"], {"remote-ext"}),
        (["cat-file", "-p", f"HEAD~1:{NOTES}/two-0000000000000002.yaml"], {"remote-ext"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_the_traps_work(
    command: list[str], programs: set[str], hostile: Repository, traps: Traps, server: WebServer
) -> None:
    """Who runs git as it is runs them; otherwise the other tests would prove nothing."""
    subprocess.run(["git", *command], cwd=hostile.root, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert programs <= traps.ran()
    assert bool(server.asked) == (programs == {"remote-ext"})


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_runs_a_program(
    command: list[str],
    hostile: Repository,
    traps: Traps,
    server: WebServer,
    traces: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(hostile.root)
    result = CliRunner().invoke(cli, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (traps.ran(), children(traces), server.asked) == (set(), [], [])


def test_no_build_runs_a_program(hostile: Repository, traps: Traps, server: WebServer, traces: Path) -> None:
    project = Project(hostile.root)
    for _ in range(2):
        build = project.build()
        assert "Two again." in build.text("index.html")
        assert "Three." in build.text("index.html")
        project.write("index.rst", (project.folder / "index.rst").read_text() + "\nMore.\n")
    assert (traps.ran(), children(traces), server.asked) == (set(), [], [])


def test_no_commit_of_the_bot_runs_a_program(
    hostile: Repository, traps: Traps, server: WebServer, traces: Path
) -> None:
    clone = Clone(hostile.root, hostile.root / ".git" / "bot-index", Author("Bot", "bot@example.org"))
    path = f"{DIGESTS}/four-0000000000000004.yaml"
    write(hostile.root, path, "successes: ['ttx: four']\n")
    assert clone.check() == "main"
    assert clone.commit([path], "Four")
    clone.settle([path])
    assert clone.committed([path]) == {path}
    assert (traps.ran(), children(traces), server.asked) == (set(), [], [])


def test_no_merge_of_the_bot_runs_a_program(tmp_path: Path, traps: Traps) -> None:
    """Only what reaches the remote is asked for; what comes from there is neither filtered nor merged by a program."""
    remote = Repository(tmp_path / "remote")
    write(remote.root, ".gitattributes", ATTRIBUTES)
    write(remote.root, "page.txt", "1\n2\n3\n4\n5\n")
    remote.commit("2020-01-01T00:00:00Z")
    remote.run("clone", "--quiet", str(remote.root), str(tmp_path / "clone"))
    mine = Repository(tmp_path / "clone")
    for repository, text in ((remote, "one\n2\n3\n4\n5\n"), (mine, "1\n2\n3\n4\nfive\n")):
        write(repository.root, "page.txt", text)
        write(repository.root, f"{repository.root.name}.yml", "x\n")
        repository.commit("2020-01-02T00:00:00Z")
    traps.arm(mine.root / ".git", "http://127.0.0.1:9")
    clone = Clone(mine.root, mine.root / ".git" / "bot-index", Author("Bot", "bot@example.org"))
    with pytest.raises(Exception, match="cannot be merged, a person has to do it"):
        clone.join(str(remote.root), "main")
    assert traps.ran() == set()
    # nothing in the way of a merge without that driver
    write(mine.root, ".git/info/attributes", "*.txt merge=text\n* filter=x\n*.yml filter=y\n")
    clone.join(str(remote.root), "main")
    assert (mine.root / "page.txt").read_text() == "one\n2\n3\n4\nfive\n"
    assert (mine.root / "remote.yml").exists()
    assert traps.ran() == set()


def test_the_history_of_the_project_counts_and_no_other(hostile: Repository) -> None:
    """A folder that looks like a repository does not hide the one that it is in."""
    result = CliRunner().invoke(cli, ["--project", str(hostile.root), "list", "--format", "json"])
    found = {Path(one["path"]).stem[:3]: one["date"] for one in json.loads(result.stdout)}
    assert found == {"one": "2020-01-01", "two": "2020-01-02", "thr": "2020-01-01"}


def test_a_project_in_a_folder_like_a_repository(tmp_path: Path, traps: Traps, server: WebServer) -> None:
    """The top of an unpacked archive has no ``.git``, and looks like a bare repository."""
    root = tmp_path / "unpacked"
    write(root, f"{DIGESTS}/one-0000000000000001.yaml", "successes: ['ttx: one']\n")
    write(root, f"{NOTES}/one-0000000000000001.yaml", "fixes: [One.]\n")
    traps.make_embedded(root, server.url)
    for command in (["lint"], ["list"], ["release-notes", "list"], ["release-notes", "report"]):
        result = CliRunner().invoke(cli, ["--project", str(root), *command])
        assert result.exit_code == 1
        assert "git cannot tell" in result.output or "this clone is partial" in result.output
    empty_project(root / "docs").write("index.rst", "Title\n=====\n\n.. release-notes::\n")
    Project(root / "docs").build()
    assert (traps.ran(), server.asked) == (set(), [])


#: Names of functions that start a process, and of modules that do nothing else.
STARTERS = frozenset(
    {
        *("system", "popen", "startfile", "fork", "forkpty", "posix_spawn", "posix_spawnp", "ProcessPoolExecutor"),
        *("create_subprocess_exec", "create_subprocess_shell", "Popen", "getoutput", "click.edit", "click.launch"),
        *(f"{verb}{form}" for verb in ("exec", "spawn") for form in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    }
)
MODULES = frozenset({"subprocess", "multiprocessing", "pty", "webbrowser", "pexpect", "ctypes", "dulwich", "git"})


def starts(tree: ast.AST) -> Iterator[str]:
    """What of a module's code may start a process."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names = {node.attr, f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""}
        elif isinstance(node, ast.Name):
            names = {node.id}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {module.partition(".")[0], *(f"{module}.{alias.name}" for alias in node.names)} & MODULES
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names} & MODULES
        else:
            continue
        yield from names & (STARTERS | MODULES)


def test_one_line_of_the_package_starts_git() -> None:
    found = {
        file.relative_to(PACKAGE).as_posix(): list(starts(ast.parse(file.read_text(encoding="utf-8"))))
        for file in PACKAGE.rglob("*.py")
    }
    assert {name: set(starters) for name, starters in found.items() if starters} == {
        "release/git.py": {"subprocess", "Popen"},
        # the user's own editor, for who asks for it
        "cli/new.py": {"click.edit"},
        "cli/release_notes_new.py": {"click.edit"},
        "cli/review.py": {"click.edit"},
        # the user's own browser, with a page that was made here
        "cli/mail.py": {"webbrowser"},
        "cli/preview.py": {"webbrowser"},
        # copies of the process itself, which check texts
        "parallel.py": {"multiprocessing"},
    }
    assert found["release/git.py"].count("Popen") == 1


#: Runs the command or Sphinx with a hook that writes down each process that is started, and by which module of ours.
AUDITED = """
import json, sys
def hook(event, arguments):
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.spawn"):
        frame, modules = sys._getframe(1), []
        while frame is not None:
            modules.append(frame.f_globals.get("__name__", ""))
            frame = frame.f_back
        ours = next((name for name in modules if name.startswith("sphinxext.")), "")
        program = arguments[1][0] if event == "subprocess.Popen" else event
        print(json.dumps([str(program), ours]), file=open(sys.argv[1], "a"))
sys.addaudithook(hook)
if sys.argv[2] == "build":
    from sphinx.cmd.build import main
    main(sys.argv[3:])
else:
    from sphinxext.digest.cli.group import cli
    cli(sys.argv[2:])
"""


@pytest.mark.parametrize(
    "arguments",
    [["lint"], ["list"], ["release-notes", "report"], ["threads", "mails"], ["build", "-q", ".", "build/html"]],
    ids=" ".join,
)
def test_every_process_is_a_git_of_the_one_module(arguments: list[str], hostile: Repository, tmp_path: Path) -> None:
    log = tmp_path / "processes"
    command = [sys.executable, "-c", AUDITED, str(log), *arguments]
    subprocess.run(command, cwd=hostile.root, capture_output=True, env={**os.environ}, check=False)
    started = {tuple(json.loads(line)) for line in log.read_text().splitlines()}
    assert started == {("git", "sphinxext.digest.release.git")}


@pytest.mark.parametrize("name", ["core.attributesFile", "core.excludesFile"])
def test_no_file_that_settings_name_is_waited_for(name: str, repository: Repository, tmp_path: Path) -> None:
    write(repository.root, f"{NOTES}/one-0000000000000001.yaml", "fixes: [One.]\n")
    repository.commit("2020-01-01T00:00:00Z")
    write(repository.root, f"{NOTES}/two-0000000000000002.yaml", "fixes: [Two.]\n")
    # git has to compare files whose times do not tell if they have changed since
    os.utime(repository.root / ".git" / "index", (1, 1))
    pipe = tmp_path / "a-pipe"
    os.mkfifo(pipe)
    repository.run("config", name, str(pipe))
    command = [sys.executable, "-c", "from sphinxext.digest.cli.group import cli; cli()", "release-notes", "list"]
    done = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, timeout=30, check=False)
    assert "one-0000000000000001.yaml" in done.stdout
