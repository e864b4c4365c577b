"""The bot on a real server."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

from .conftest import URL
from .ircd import BotProgram, Ircd, Person, free_port, wait_until

resource = pytest.importorskip("resource", reason="this system has no limits that a full disk could be made of")

CHANNELS = ("#openstack-dev", "#openstack-infra")
Come = Callable[..., Person]
Start = Callable[..., BotProgram]


@pytest.fixture
def arguments(ircd: Ircd) -> list[str]:
    options = [f"--server=127.0.0.1:{ircd.port}", "--no-tls", "--author=SuccessBot <bot@example.org>"]
    return [*options, *(f"--channel={name}" for name in CHANNELS)]


def _joined(bot: BotProgram, number: int = 1) -> None:
    for channel in CHANNELS:
        bot.wait_log(f"joined {channel}", number)


def _commit_all(root: Path) -> None:
    for command in (["add", "--all"], ["commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", "-C", str(root), *command], check=True)


def test_two_channels(
    ircd: Ircd, clone: Path, git: Callable[..., str], people: Come, bots: Start, arguments: list[str]
) -> None:
    (clone / "staged").write_text("mine\n", encoding="utf-8")
    (clone / "README").write_text("Changed.\n", encoding="utf-8")
    git("add", "staged")
    bot = bots(clone, *arguments)
    _joined(bot)
    ttx = people(ircd.port, "ttx", *CHANNELS)
    ttx.say(CHANNELS[0], "#success Nova  mitaka-1 *published*!")
    ttx.wait("PRIVMSG #openstack-dev :ttx: ")
    assert ttx.said(CHANNELS[0]) == [f"ttx: Added success to Success page ({URL})"]
    bot.wait_log("committed 1 as")
    ttx.say(CHANNELS[1], "#thanks fungi for the mirrors")
    ttx.wait("PRIVMSG #openstack-infra :ttx: ")
    assert ttx.said(CHANNELS[1]) == [f"ttx: Added your thanks to Thanks page ({URL})"]
    bot.wait_log("committed 1 as", 2)
    assert bot.stop() == 0
    ttx.wait(r"^:successbot!\S+ QUIT :.*SuccessBot is stopped")

    texts = [path.read_text(encoding="utf-8") for path in (clone / "releasenotes" / "digests").iterdir()]
    text, thanks = sorted(texts, key=lambda text: "thanks:" in text)
    assert re.search(r"nick: ttx\n    text: Nova mitaka-1 \\\*published\\?\*!\n    channel: openstack-dev\n", text)
    assert "draft" not in text
    assert "thanks: fungi\n    text: for the mirrors\n" in thanks
    # what else was going on in the clone goes on
    assert git("status", "--porcelain").splitlines() == ["M README", "A  staged"]
    assert git("log", "-1", "--format=%an <%ae>") == "SuccessBot <bot@example.org>"
    assert git("log", "-2", "--format=%s").splitlines() == [
        "Add thanks of ttx in #openstack-infra",
        "Add success of ttx in #openstack-dev",
    ]


def test_what_is_no_success(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    bot = bots(clone, *arguments, "--ignore=otherbot")
    _joined(bot)
    other = people(ircd.port, "otherbot", CHANNELS[0])
    other.say(CHANNELS[0], "#success a bot says")
    ttx = people(ircd.port, "ttx", CHANNELS[0])
    ttx.say(
        CHANNELS[0], "#successful", "#successful it is", "#success", "#success   ", " #success late", "say #success"
    )
    ttx.say(CHANNELS[0], "\x01ACTION #success me\x01", "#thanks", "#thanks fungi", "\x01VERSION\x01")
    ttx.send(f"NOTICE {CHANNELS[0]} :#success notice", "PRIVMSG successbot :#success private")
    ttx.say(CHANNELS[0], "#success the only one")
    ttx.wait("Added success")
    bot.wait_log("committed 1 as")
    assert kept() == ["the only one"]
    assert not ttx.find("^:successbot.* (PRIVMSG|NOTICE) ttx ")
    assert bot.stop(signal.SIGINT) == 0
    assert len(ttx.said(CHANNELS[0])) == 1


def test_burst(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    bot = bots(clone, *arguments, answer=0.3)
    _joined(bot)
    crowd = [people(ircd.port, f"person{number}", *CHANNELS) for number in range(4)]
    for number in range(200):
        crowd[number % 4].say(CHANNELS[number // 4 % 2], f"#success burst {number}")
    wait_until(lambda: len(kept()) >= 200, "200 successes")
    assert kept() == sorted(f"burst {number}" for number in range(200))

    def added() -> int:
        said = [text for channel in CHANNELS for text in crowd[0].said(channel)]
        return sum(int(re.search(r"Added (?:(\d+) successes|success)", text)[1] or 1) for text in said)  # type: ignore[index]

    wait_until(lambda: added() == 200, "answers")
    assert sum(len(crowd[0].said(channel)) for channel in CHANNELS) < 20
    assert bot.stop() == 0


def test_nick_that_looks_like_the_bot(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    double = people(ircd.port, "SuccessBot", *CHANNELS)
    bot = bots(clone, *arguments)
    bot.wait_log("joined #openstack-dev as successbot_")
    double.say(CHANNELS[0], "#success I am a person")
    double.wait("PRIVMSG #openstack-dev :SuccessBot: Added success")
    other = people(ircd.port, "successbot__", CHANNELS[0])
    other.say(CHANNELS[0], "#success so am I", f"successbot_: Added success to Success page ({URL})")
    other.wait("PRIVMSG #openstack-dev :successbot__: Added success")
    wait_until(lambda: kept() == ["I am a person", "so am I"])
    double.send("NICK person")
    other.wait("^:successbot_!.* NICK :?successbot$")
    bot.wait_log("the bot is called successbot now")
    other.say(CHANNELS[0], "#success again")
    other.wait("^:successbot!.* PRIVMSG #openstack-dev :successbot__: Added success")


def test_kicked_and_banned(ircd: Ircd, clone: Path, people: Come, bots: Start, arguments: list[str]) -> None:
    boss = people(ircd.port, "boss", *CHANNELS)
    bot = bots(clone, *arguments)
    _joined(bot)
    boss.send(f"MODE {CHANNELS[0]} +b successbot!*@*", f"KICK {CHANNELS[0]} successbot :out\x1b[2J")
    bot.wait_log(r"WARNING kicked from #openstack-dev by boss, back in \d+ s: out\\x1b\[2J")
    bot.wait_log("cannot join #openstack-dev")
    boss.say(CHANNELS[1], "#success elsewhere")
    boss.wait("PRIVMSG #openstack-infra :boss: Added success")
    boss.send(f"MODE {CHANNELS[0]} -b successbot!*@*")
    bot.wait_log("joined #openstack-dev", 2)
    boss.say(CHANNELS[0], "#success back")
    boss.wait("PRIVMSG #openstack-dev :boss: Added success")


def test_hostile_text(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    bot = bots(clone, *arguments)
    _joined(bot)
    eve = people(ircd.port, "eve", CHANNELS[0])
    eve.send(
        f"PRIVMSG {CHANNELS[0]} :#success \x0304red\x0f \x1b[31mansi\x1b[0m \u202eturned |sub| `role` <b>html</b>",
        b"PRIVMSG #openstack-dev :#success caf\xe9 and \xff",
        f"PRIVMSG {CHANNELS[0]} :#success .. include:: /etc/passwd",
        f"PRIVMSG {CHANNELS[0]} :#success {'long ' * 90}",
    )
    wait_until(lambda: len(kept()) == 4)
    texts = "\n".join(kept())
    assert not set("\x03\x1b\x0f\u202e") & set(texts)
    assert "red ansi turned" in texts
    assert "café" in texts
    from sphinxext.digest.collection.load import load_collection
    from sphinxext.digest.settings.project import load_project

    collection = load_collection(clone, load_project(clone)[0].main)
    assert not collection.problems
    assert all(line.isprintable() for line in bot.log.splitlines())


def test_server_goes_and_comes_back(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    bot = bots(clone, *arguments)
    _joined(bot)
    people(ircd.port, "ttx", CHANNELS[0]).say(CHANNELS[0], "#success before")
    wait_until(lambda: kept() == ["before"])
    ircd.stop()
    bot.wait_log(r"WARNING 127.0.0.1:\d+: .*; next attempt in")
    ircd.start()
    _joined(bot, 2)
    people(ircd.port, "ttx", CHANNELS[0]).say(CHANNELS[0], "#success after")
    wait_until(lambda: kept() == ["after", "before"])
    assert bot.stop() == 0


def test_netsplit(tmp_path: Path, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start) -> None:
    port = free_port()
    link = "[Server]\nName = {name}.example.org\nMyPassword = a\nPeerPassword = a\n{more}"
    one = Ircd(tmp_path / "one", "one", links=link.format(name="two", more=""), port=port).start()
    more = f"Host = 127.0.0.1\nPort = {port}\n"
    two = Ircd(tmp_path / "two", "two", links=link.format(name="one", more=more)).start()
    try:
        channels = [f"--channel={name}" for name in CHANNELS]
        bot = bots(clone, f"--server=127.0.0.1:{port}", "--no-tls", *channels)
        _joined(bot)
        here, there = people(port, "here", *CHANNELS), people(two.port, "there", *CHANNELS)
        here.wait("^:there!.* JOIN :?#openstack-infra")
        there.say(CHANNELS[0], "#success from the other server")
        there.wait("there: Added success")
        two.stop()
        bot.wait_log("WARNING netsplit between")
        here.say(CHANNELS[0], "#success during the split")
        here.wait("here: Added success")
        two.start()
        there = people(two.port, "there", *CHANNELS)
        here.wait("^:there!.* JOIN :?#openstack-infra", 2)
        there.say(CHANNELS[1], "#success after the split")
        there.wait("there: Added success")
        wait_until(lambda: len(kept()) == 3)
        assert kept() == ["after the split", "during the split", "from the other server"]
    finally:
        one.stop()
        two.stop()


def test_tls(tmp_path: Path, clone: Path, people: Come, bots: Start) -> None:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    files = {name: tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem")}
    authority.cert_pem.write_to_path(files["ca.pem"])
    certificate.cert_chain_pems[0].write_to_path(files["cert.pem"])
    certificate.private_key_pem.write_to_path(files["key.pem"])
    port = free_port()
    ssl = f"CertFile = {files['cert.pem']}\nKeyFile = {files['key.pem']}\nPorts = {port}"
    server = Ircd(tmp_path / "ircd", ssl=ssl).start()
    try:
        arguments = [f"--server=localhost:{port}", *(f"--channel={name}" for name in CHANNELS)]
        untrusting = bots(clone, *arguments, "--check")
        assert untrusting.wait() == 1
        assert "the certificate is not trusted" in untrusting.log
        trusting = bots(clone, *arguments, "--ca", str(files["ca.pem"]), "--check")
        assert trusting.wait() == 0, trusting.log
        careless = bots(clone, *arguments, "--insecure")
        _joined(careless, 2)
        ttx = people(server.port, "ttx", CHANNELS[0])
        ttx.say(CHANNELS[0], "#success encrypted")
        ttx.wait("ttx: Added success")
        assert careless.stop() == 0
        assert "anybody can be the server" in careless.log
    finally:
        server.stop()


def test_killed_at_any_moment(
    ircd: Ircd,
    clone: Path,
    git: Callable[..., str],
    kept: Callable[[], list[str]],
    people: Come,
    bots: Start,
    arguments: list[str],
) -> None:
    """What was answered is there once, and nothing is there twice."""
    chance = random.Random(6)
    locks = [clone / ".git" / f"{name}.lock" for name in ("index", "HEAD", "refs/heads/main")]
    ttx = people(ircd.port, "ttx", *CHANNELS)
    told = 0
    for run in range(1, 11):
        bot = bots(clone, *arguments)
        _joined(bot, run)
        for _ in range(5):
            ttx.say(CHANNELS[told % 2], f"#success number {told}")
            told += 1
            time.sleep(chance.choice((0, 0.01, 0.1)))
        # at some moment, or as git has the index or the branch for itself, which is a matter of a millisecond or two
        end = time.monotonic() + chance.uniform(0, 0.9)
        lock = chance.choice(locks)
        while time.monotonic() < end and not (run % 2 and lock.exists()):
            time.sleep(0 if run % 2 else 0.01)
        bot.kill()
        # the server notices it by itself
        ttx.wait(r"^:successbot_*!\S+ QUIT", run)
    last = bots(clone, *arguments)
    _joined(last, 11)
    ttx.say(CHANNELS[0], "#success the end")
    wait_until(lambda: "the end" in kept())
    assert last.stop() == 0
    recorded = set(re.findall(r"success of ttx in \S+: #success (number \d+)", last.log))
    answers = sum(
        int(re.search(r"Added (?:(\d+) successes|success)", text)[1] or 1)  # type: ignore[index]
        for channel in CHANNELS
        for text in ttx.said(channel, "successbot_*")
    )
    found = kept()
    assert len(found) == len(set(found))
    assert set(found) - {"the end"} <= recorded
    assert len(found) >= answers
    folder = clone / "releasenotes" / "digests"
    assert len(list(folder.iterdir())) == len(found)
    assert not git("status", "--porcelain", "--", "README")
    git("fsck", "--strict")


#: Code that limits how large a file may become, as a disk that is full does: writes are cut, or fail.
FULL = (
    "import resource, signal\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, ({}, resource.RLIM_INFINITY))\n"
)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot change the limits of a process")
# the first is too small for the journal, the second for the objects of git and some fragments
@pytest.mark.parametrize(("limit", "complaint"), [(100, "writing the journal failed"), (1000, "committing failed")])
def test_disk_is_full(
    ircd: Ircd,
    clone: Path,
    kept: Callable[[], list[str]],
    people: Come,
    bots: Start,
    arguments: list[str],
    limit: int,
    complaint: str,
) -> None:
    """A success waits until there is a place for it."""
    if limit == 1000:
        # the index with this many files is larger than that
        for number in range(30):
            (clone / f"file-{number}").touch()
        _commit_all(clone)
    bot = bots(clone, *arguments, before=FULL.format(limit))
    _joined(bot)
    ttx = people(ircd.port, "ttx", *CHANNELS)
    ttx.say(CHANNELS[0], "#success patience")
    bot.wait_log(f"ERROR {complaint}, to be repeated: ")
    assert not ttx.said(CHANNELS[0]) or limit == 1000
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ttx.wait("Added success")
    wait_until(lambda: kept() == ["patience"])
    assert bot.stop() == 0


def test_disk_stays_full(ircd: Ircd, clone: Path, people: Come, bots: Start, arguments: list[str]) -> None:
    """What cannot be written is at least in the log."""
    bot = bots(clone, *arguments, before=FULL.format(100))
    _joined(bot)
    ttx = people(ircd.port, "ttx", *CHANNELS)
    ttx.say(CHANNELS[0], "#success lost to the disk")
    bot.wait_log("ERROR writing the journal failed, to be repeated: ")
    assert bot.stop() == 1
    assert not ttx.said(CHANNELS[0])
    assert re.search('ERROR not recorded: {.*lost to the disk.*"nick": "ttx"', bot.log)


def test_push(
    ircd: Ircd, clone: Path, git: Callable[..., str], people: Come, bots: Start, arguments: list[str]
) -> None:
    remote = clone.parent / "remote.git"
    git("init", "--quiet", "--bare", str(remote))
    bot = bots(clone, *arguments, "--push", str(remote), "--branch", "successes")
    _joined(bot)
    ttx = people(ircd.port, "ttx", *CHANNELS)
    ttx.say(CHANNELS[0], "#success pushed")
    wait_until(lambda: git("ls-remote", str(remote), "successes")[:40] == git("rev-parse", "HEAD"))
    shutil.move(remote, remote.with_suffix(".gone"))
    ttx.say(CHANNELS[0], "#success while it is away")
    bot.wait_log("ERROR pushing failed, to be repeated")
    shutil.move(remote.with_suffix(".gone"), remote)
    wait_until(lambda: git("ls-remote", str(remote), "successes")[:40] == git("rev-parse", "HEAD"))
    assert bot.stop() == 0


def test_log_of_the_channel_brings_nothing_new(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    """The bot and the collector of logs make the same fragment of the same message."""
    bot = bots(clone, *arguments)
    _joined(bot)
    ttx = people(ircd.port, "ttx", *CHANNELS)
    texts = ("#success It *works*", "#thanks fungi for caf\u00e9", "s/for/for the/")
    ttx.say(CHANNELS[0], *texts)
    wait_until(lambda: len(kept()) == 2 and "for the caf\u00e9" in kept())
    assert bot.stop() == 0
    # the clocks of the bot and of the log differ
    time = re.findall(r"^(\S+)Z INFO success of ttx", bot.log, re.MULTILINE)[0][:-2]
    log = clone.parent / "#openstack-dev.log"
    log.write_text(
        "".join(f"{time}{second:02}  <ttx> {text}\n" for second, text in enumerate(texts)), encoding="utf-8"
    )
    result = CliRunner().invoke(cli, ["--project", str(clone), "collect", "irc", str(log)])
    assert result.exit_code == 0, result.output
    assert "0 drafts written, 2 there already" in result.output


def test_two_bots_on_one_clone(ircd: Ircd, clone: Path, bots: Start, arguments: list[str]) -> None:
    _joined(bots(clone, *arguments))
    second = bots(clone, *arguments)
    assert second.wait() == 1
    assert "ERROR another bot works on this clone" in second.log


def test_behind_a_relay(
    ircd: Ircd, clone: Path, kept: Callable[[], list[str]], people: Come, bots: Start, arguments: list[str]
) -> None:
    """A configured relay is believed, answered by the names of those behind it, and nobody else is."""
    settings = clone / "releasenotes" / "digest.yaml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}relays: [Bridge]\n", encoding="utf-8")
    bot = bots(clone, *arguments)
    _joined(bot)
    bridge, eve = (people(ircd.port, nick, CHANNELS[0]) for nick in ("bridge", "eve"))
    eve.say(CHANNELS[0], "<ada> #success Forged", "[irc] <ada> #success Forged again")
    bridge.say(
        CHANNELS[0], "[matrix] <a\u200bda> #success All buidls pass", "<eve> s/buidls/forgeries/", "#success Mine"
    )
    bridge.say(CHANNELS[0], "<bob@slack> #thanks ada for it", "\x0304<ada> \x0fs/buidls/builds/")
    bridge.wait("Added your thanks")
    bridge.wait("Corrected success")
    wait_until(lambda: kept() == ["All builds pass", "for it"])
    assert bridge.said(CHANNELS[0]) == [
        f"ada: Added success to Success page ({URL})",
        f"bob: Added your thanks to Thanks page ({URL})",
        "ada: Corrected success",
    ]
