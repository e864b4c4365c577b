"""The command line of the bot, and its log."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli
from sphinxext.digest.gather.bot import start_log, stop_log
from sphinxext.digest.net.irc import Server, check_channel, check_nick, parse_server

GIVEN = ["--server=127.0.0.1:1", "--channel=dev"]


def _run(root: Path, *arguments: str, **env: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["--project", str(root), "bot", *arguments], env=env)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--server=a"], "Name a --server and a --channel of IRC"),
        ([], "or a --matrix server and a --room."),
        (["--matrix=https://a.example.org"], "--matrix needs a --room, or an --inviter."),
        (["--matrix=https://a.example.org", "--room=#a:b"], "SPHINX_DIGEST_MATRIX_TOKEN is not set"),
        (["--matrix=a.example.org", "--room=#a:b"], "is not an absolute URL"),
        (["--matrix=https://a.example.org", "--room=a"], "'a' is not a room"),
        (["--matrix=https://a.example.org", "--inviter=ada"], "'ada' is not a user"),
        (
            [*GIVEN, "--react=x"],
            "These belong to --matrix: --room, --inviter, --react, --editor, --section, --editors-room, --pictures.",
        ),
        ([*GIVEN, "--ignore=@ada"], "'@ada' is not a user"),
        (["--server=a:x", "--channel=b"], "invalid port 'x'"),
        (["--server=a/b", "--channel=b"], "invalid server"),
        ([*GIVEN, "--channel=a b"], "is not a valid channel name"),
        ([*GIVEN, "--nick=1x"], "is not a valid nick"),
        ([*GIVEN, "--url=javascript:x"], "is not a URL"),
        ([*GIVEN, "--log-url=gopher://x"], "is not a URL"),
        ([*GIVEN, "--author=me"], "is not a valid author"),
        ([*GIVEN, "--branch=x"], "--branch belongs to --push"),
        ([*GIVEN, "--push=x", "--branch=-f"], "is not a valid branch name"),
        ([*GIVEN, "--push=--force"], "is not a valid remote"),
        ([*GIVEN, "--no-tls", "--insecure"], "belong to TLS"),
        ([*GIVEN, "--account=x"], "--account needs a password"),
    ],
)
def test_wrong_command_lines(clone: Path, arguments: list[str], complaint: str) -> None:
    status, output = _run(clone, *arguments)
    assert status == 2
    assert complaint in output


def test_no_password_without_encryption(clone: Path) -> None:
    status, output = _run(clone, *GIVEN, "--no-tls", SPHINX_DIGEST_IRC_PASSWORD="p4ss")
    assert status == 2
    assert "A password is not sent without encryption" in output
    assert "p4ss" not in output


def test_password_file(clone: Path, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p4ss\n", encoding="utf-8")
    file.chmod(0o644)
    assert "can be read by others" in _run(clone, *GIVEN, f"--password-file={file}")[1]
    file.chmod(0o600)
    status, output = _run(clone, *GIVEN, f"--password-file={file}", "--check")
    assert (status, "p4ss" in output) == (1, False)
    assert "ERROR 127.0.0.1:1: cannot connect" in output
    file.write_text("\n", encoding="utf-8")
    assert "has no password" in _run(clone, *GIVEN, f"--password-file={file}")[1]


def test_no_clone(tmp_path: Path) -> None:
    status, output = _run(tmp_path, *GIVEN, "--check")
    assert status == 1
    assert "not a git repository" in output


def test_no_author(clone: Path, git: Callable[..., str]) -> None:
    git("config", "--unset", "user.name")
    git("config", "--unset", "user.email")
    git("config", "user.useConfigOnly", "true")
    status, output = _run(clone, *GIVEN, "--check")
    assert status == 1
    assert "no email was given" in output


def test_no_certificates(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none\n", encoding="utf-8")
    status, output = _run(clone, *GIVEN, f"--ca={tmp_path / 'ca.pem'}", "--check")
    assert status == 2
    assert "holds no certificates" in output


def test_servers() -> None:
    assert parse_server("irc.oftc.net", tls=True) == Server("irc.oftc.net", 6697)
    assert parse_server("irc.oftc.net", tls=False) == Server("irc.oftc.net", 6667)
    assert parse_server("[::1]:1234", tls=True) == Server("::1", 1234)
    assert parse_server("::1", tls=True) == Server("::1", 6697)
    assert str(Server("::1", 6697)) == "[::1]:6697"


def test_names() -> None:
    assert check_channel("dev") == "#dev"
    assert check_channel("##dev") == "##dev"
    assert check_nick("Success[bot]|x") == "Success[bot]|x"
    for bad in ("#", "a,b", "#a\n"):
        with pytest.raises(ValueError, match="not a valid channel name"):
            check_channel(bad)


def test_log_has_one_line_to_an_event_and_no_secrets() -> None:
    stream = io.StringIO()
    handler = start_log("info", ["p4ss"], stream)
    try:
        logger = logging.getLogger("sphinxext.digest.gather.bot.x")
        logger.info("said: %s", "a\nERROR forged \x1b[31m\u202e\x00")
        logger.error("push to https://me:token@example.org/x failed, p4ss")
        logger.info("%s", "x" * 50000)
        logger.debug("not said")
    finally:
        stop_log(handler)
    first, second, third = stream.getvalue().splitlines()
    assert first.endswith(r"Z INFO said: a\nERROR forged \x1b[31m\u202e\x00")
    assert second.endswith("Z ERROR push to https://***@example.org/x failed, ***")
    assert len(third) < 5100


@pytest.mark.parametrize("target", ["../outside", ".git/hooks", "README"])
def test_fragments_that_lead_elsewhere(clone: Path, tmp_path: Path, target: str) -> None:
    """The bot does not start, and writes nothing."""
    (tmp_path / "outside").mkdir()
    (clone / "releasenotes" / "digests").symlink_to(clone / target)
    before = sorted((clone / target).parent.iterdir())
    status, output = _run(clone, *GIVEN, "--no-tls", "--check")
    assert status == 1
    assert (
        "ERROR the folder releasenotes/digests is not in the clone, or is a link: nothing is written there" in output
    )
    assert sorted((clone / target).parent.iterdir()) == before
    assert not (clone / ".git" / "sphinx-digest-bot").exists()


def test_project_below_a_link(clone: Path, tmp_path: Path) -> None:
    """A link that leads to the clone was there before the bot, and is fine."""
    (tmp_path / "link").symlink_to(clone)
    status, output = _run(tmp_path / "link", *GIVEN, "--no-tls", "--check")
    assert status == 1
    assert "cannot connect" in output
    assert "is a link" not in output
