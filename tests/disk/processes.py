"""Commands and builds in processes of their own, with a limit of the size of files, without privileges, or killed."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sphinx.cmd.build import build_main

from sphinxext.digest.cli.group import cli

#: What a process does to files, as Python tells its hooks.
_CHANGES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate", "tempfile.mkstemp")
_WRITING = os.O_WRONLY | os.O_RDWR
_CAPABILITY_VERSION_3 = 0x20080522

Work = Callable[[], int]


@dataclass
class Ended:
    """How a process ended: its status, or minus the number of the signal that killed it, and what it printed."""

    status: int
    out: str

    @property
    def killed(self) -> bool:
        return self.status < 0


def command(folder: Path, *arguments: str | Path) -> Work:
    """Runs ``sphinx-digest`` in a folder."""

    def work() -> int:
        os.chdir(folder)
        try:
            cli.main([str(argument) for argument in arguments], prog_name="sphinx-digest")
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        return 0

    return work


def build(folder: Path, builder: str, place: Path, jobs: int = 1, *options: str) -> Work:
    """Runs ``sphinx-build`` for a project; the outputs go into a folder for each builder."""
    arguments = ["--no-color", "-b", builder, "-d", str(place / "doctrees"), "-j", str(jobs), *options]
    return lambda: build_main([*arguments, str(folder), str(place / builder)])


def run(work: Work, *, largest: int = 0, powerless: bool = False, kill_at: int = 0, cut: bool = False) -> Ended:
    """Do some work in a process of its own, and all that it starts in a group with it.

    :param largest: how many bytes a file may have; what goes beyond that is not written, as on a full disk.
    :param powerless: root may do no more to files than their permissions say.
    :param kill_at: the number of the change of a file before which the group is killed.
    :param cut: the process is killed in the middle of the first write that goes beyond ``largest``.
    """
    # not to a file, which a limit of the size of files would count for
    reading, output = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_another(work, output, largest, powerless, kill_at, cut)
    os.close(output)
    with os.fdopen(reading, "rb") as printed:
        out = printed.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return Ended(os.waitstatus_to_exitcode(status), out)


def count_changes(work: Work) -> int:
    """How many times a process changes files."""
    with tempfile.NamedTemporaryFile() as counted:

        def count() -> int:
            changes = [0]
            _on_change(lambda: changes.__setitem__(0, changes[0] + 1))
            status = work()
            os.pwrite(os.open(counted.name, os.O_WRONLY), b"%d" % changes[0], 0)
            return status

        ended = run(count)
        assert ended.status == 0, ended.out
        return int(Path(counted.name).read_bytes())


def _be_another(work: Work, output: int, largest: int, powerless: bool, kill_at: int, cut: bool) -> None:
    status = 99
    try:
        os.setsid()
        with open(os.devnull) as nothing:  # noqa: PTH123 - a descriptor is needed
            os.dup2(nothing.fileno(), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))  # noqa: PTH123, SIM115
        if powerless:
            _drop_capabilities()
        if kill_at:
            _kill_at(kill_at)
        if largest:
            if cut:
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        status = work()
    except BaseException:
        os.write(output, traceback.format_exc().encode())
    finally:
        # whatever happens, this process must not go on as one that tests
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _drop_capabilities() -> None:
    """Let permissions count for root as for others."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _kill_at(number: int) -> None:
    left = [number]

    def kill() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.killpg(0, signal.SIGKILL)

    _on_change(kill)


def _on_change(act: Callable[[], None]) -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            act()

    sys.addaudithook(hook)
