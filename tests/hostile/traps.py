"""A repository that tries to run programs by all means: settings, attributes, hooks, remotes, signatures."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from conftest import Repository

#: Settings that name a program for git to run; each has a program of its own.
PROGRAMS = (
    *("core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.editor", "core.pager"),
    *("core.alternateRefsCommand", "sequence.editor", "pager.log", "pager.diff", "pager.config", "credential.helper"),
    *("diff.external", "diff.x.command", "diff.x.textconv", "interactive.diffFilter", "merge.x.driver"),
    *("filter.x.clean", "filter.x.smudge", "filter.y.process", "filter.a=b.c.clean", "filter.A.b.clean"),
    *("gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand"),
    *("uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.receivepack"),
    *("gc.recentObjectsHook", "trailer.x.command", "trailer.y.cmd", "browser.x.cmd", "web.browser", "man.x.cmd"),
    *("difftool.x.cmd", "mergetool.x.cmd", "guitool.x.cmd", "sendemail.toCmd", "hook.x.command"),
)
#: Settings that make git more likely to run one of them.
OTHERS = {
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.vcs": "ext",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "filter.x.required": "true",
    "filter.y.required": "true",
    "log.showSignature": "true",
    "commit.gpgSign": "true",
    "tag.gpgSign": "true",
    "push.gpgSign": "true",
    "user.signingKey": "key",
    "core.useBuiltinFSMonitor": "true",
    "submodule.recurse": "true",
    "submodule.sub.update": "!touch",
    "diff.submodule": "log",
    "diff.ignoreSubmodules": "none",
    "submodule.sub.ignore": "none",
    "fetch.recurseSubmodules": "true",
    "diff.tool": "x",
    "merge.tool": "x",
    "alias.log": "!exit 1",
    "alias.cat-file": "!exit 1",
    "help.browser": "x",
}
EVENTS = ("post-index-change", "reference-transaction", "pre-commit", "post-commit", "post-checkout", "post-merge")
HOOKS = (*EVENTS, "pre-push", "fsmonitor-watchman", "pre-auto-gc", "post-rewrite", "update", "proc-receive")
ATTRIBUTES = "* diff=x filter=x merge=x\n*.yml filter=y\nreleasenotes/digests/* filter=a=b.c\nindex.rst filter=A.b\n"


class Traps:
    """Programs that write down their names when somebody runs them.

    :param folder: a folder of their own.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._log = folder / "log"
        self._program = folder / "program"
        # a filter has to give something back; whatever else would wait for its peer has to end
        self._program.write_text(
            f'#!/bin/sh\necho "${{0##*/}}" >> "{self._log}"\ncase "$0" in *.clean|*.smudge) cat;; esac\n'
        )
        self._program.chmod(0o700)

    def program(self, name: str) -> str:
        """The path of the program with a name."""
        path = self.folder / name
        if not path.is_symlink():
            path.symlink_to(self._program)
        return str(path)

    def ran(self) -> set[str]:
        """The names of the programs that were run since the last call."""
        names = set(self._log.read_text().split()) if self._log.exists() else set()
        self._log.unlink(missing_ok=True)
        return names

    def arm(self, git_dir: Path, url: str) -> None:
        """Give a repository all settings and hooks, as somebody does who can write its files.

        :param url: a remote that counts its requests.
        """
        hooks = git_dir / "hostile-hooks"
        for folder in (hooks, git_dir / "hooks"):
            folder.mkdir(exist_ok=True)
            for hook in HOOKS:
                (folder / hook).unlink(missing_ok=True)
                (folder / hook).symlink_to(self.program(hook))
        settings = {name: self.program(name) for name in PROGRAMS} | OTHERS
        settings |= {"core.hooksPath": str(hooks), "fetch.bundleURI": f"{url}/bundle", "remote.web.promisor": "true"}
        settings |= {"remote.web.url": f"{url}/web", "remote.origin.url": f"ext::{self.program('remote-ext')}"}
        included = git_dir / "included"
        with included.open("w", encoding="utf-8") as stream:
            for name, value in settings.items():
                section, _, rest = name.partition(".")
                middle, _, last = rest.rpartition(".")
                stream.write(f'[{section} "{middle}"]\n' if middle else f"[{section}]\n")
                stream.write(f"\t{last} = {json.dumps(value)}\n")
            stream.writelines(f'[hook "x"]\n\tevent = {event}\n' for event in EVENTS)
        with (git_dir / "config").open("a", encoding="utf-8") as stream:
            # what git takes of the format and the remotes for partial clones is not included
            stream.write("[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tpartialClone = origin\n")
            stream.write(f"[include]\n\tpath = {included}\n")
        (git_dir / "info").mkdir(exist_ok=True)
        (git_dir / "info" / "attributes").write_text(ATTRIBUTES)

    def make_embedded(self, folder: Path, url: str) -> None:
        """Put a bare repository into a folder whose only commit has a tree that a remote promises."""

        def git(*arguments: str, send: str = "") -> str:
            command = ["git", f"--git-dir={folder}", *arguments]
            return subprocess.run(command, input=send, capture_output=True, text=True, check=True).stdout.strip()

        subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
        who = "x <x@example.org> 1448971200 +0000"
        content = f"tree {'1' * 40}\nauthor {who}\ncommitter {who}\n\nx\n"
        commit = git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", send=content)
        git("pack-objects", "--quiet", "--missing=allow-any", str(folder / "objects/pack/pack"), send=f"{commit}\n")
        for pack in (folder / "objects" / "pack").glob("*.pack"):
            pack.with_suffix(".promisor").touch()
        (folder / "refs" / "heads" / "main").write_text(f"{commit}\n")
        (folder / "HEAD").write_text("ref: refs/heads/main\n")
        self.arm(folder, url)
        # git keeps no empty folders
        (folder / "refs" / "tags" / "keep").write_text(f"{commit}\n")

    def promise(self, repository: Repository, path: str) -> None:
        """Take the content of a file of a commit away, and say that the remote has it."""
        blob = repository.run("rev-parse", path)
        names = repository.run("rev-list", "--objects", "--all", "--no-object-names").replace(f"{blob}\n", "")
        objects = repository.root / ".git" / "objects"
        command = ["git", "pack-objects", "--quiet", str(objects / "pack" / "pack")]
        subprocess.run(command, cwd=repository.root, input=names.encode(), check=True, capture_output=True)
        for pack in (objects / "pack").glob("*.pack"):
            pack.with_suffix(".promisor").touch()
        repository.run("prune-packed")
        loose = objects / blob[:2] / blob[2:]
        loose.unlink()


def children(traces: Path) -> list[list[str]]:
    """The processes that git itself has started, by the traces in a folder (``GIT_TRACE2_EVENT``)."""
    lines = [line for file in traces.iterdir() for line in file.read_text(encoding="utf-8").splitlines()]
    return [event["argv"] for event in map(json.loads, lines) if event["event"] == "child_start"]


def touch_all(root: Path) -> None:
    """Let all files look changed, so that git has to compare their contents."""
    for file in root.rglob("*"):
        if file.is_file() and ".git" not in file.parts:
            os.utime(file, (1_700_000_000, 1_700_000_000))
