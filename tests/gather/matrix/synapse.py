"""A real homeserver, Synapse, on the loopback interface, and people in its rooms."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from ..bot.ircd import free_port, wait_until

SECRET = "shared-secret"
CONFIGURATION = """\
server_name: localhost
pid_file: {folder}/pid
listeners: [{{port: {port}, bind_addresses: [127.0.0.1], type: http, tls: false, resources: [{{names: [client]}}]}}]
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: {secret}
report_stats: false
trusted_key_servers: []
enable_media_repo: true
bcrypt_rounds: 4
macaroon_secret_key: macaroon
form_secret: form
"""
FAST = "{per_second: 100000, burst_count: 100000}"
#: All limits off; those of messages are set by a test of them.
LIMITS = f"""\
rc_login: {{address: {FAST}, account: {FAST}, failed_attempts: {FAST}}}
rc_registration: {FAST}
rc_joins: {{local: {FAST}, remote: {FAST}}}
rc_invites: {{per_room: {FAST}, per_user: {FAST}, per_issuer: {FAST}}}
rc_joins_per_room: {FAST}
rc_admin_redaction: {FAST}
"""
LOGGING = """\
version: 1
handlers: {{file: {{class: logging.FileHandler, filename: {folder}/log}}}}
root: {{level: WARNING, handlers: [file]}}
"""
_open = build_opener(ProxyHandler({})).open


def find_python() -> str:
    """The interpreter that has Synapse, which is in an environment of its own for the sake of its pins."""
    python = os.environ.get("SYNAPSE_PYTHON")
    script = shutil.which("synapse_homeserver")
    if python is None and script is not None:
        python = str(Path(script).resolve().with_name("python"))
    if python is None or not Path(python).exists():
        message = "Synapse is not installed: set SYNAPSE_PYTHON to the Python of an environment with matrix-synapse"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return python


class Homeserver:
    """A Synapse. Stopped and started again, it has the same port, users and rooms."""

    def __init__(self, folder: Path, message_limit: str = FAST) -> None:
        self.python = find_python()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(folder=folder, port=self.port, secret=SECRET) + LIMITS
        (folder / "homeserver.yaml").write_text(f"{text}rc_message: {message_limit}\n", encoding="utf-8")
        (folder / "log.yaml").write_text(LOGGING.format(folder=folder), encoding="utf-8")
        # a key of ed25519: its version and 32 bytes
        (folder / "signing.key").write_text(f"ed25519 a_test {'A' * 43}\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None
        self._names = count(1)

    def start(self) -> Homeserver:
        output = (self.folder / "output").open("ab")
        self.process = subprocess.Popen(
            [self.python, "-m", "synapse.app.homeserver", "--config-path", str(self.folder / "homeserver.yaml")],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        output.close()
        wait_until(self._answers, "synapse", 120)
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "output").read_text(encoding="utf-8")[-3000:]
        try:
            self.call("GET", "/_matrix/client/versions")
        except (OSError, AssertionError):
            return False
        return True

    def call(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """The answer of the server, which must not be a refusal."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with _open(Request(f"{self.url}{path}", data, headers, method=method), timeout=60) as response:
                return json.load(response)
        except HTTPError as error:
            with error:
                raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def register(self, name: str, shown: str = "") -> User:
        """A new user. The name gets a number, so that tests do not meet."""
        name = f"{name}{next(self._names)}"
        nonce = self.call("GET", "/_synapse/admin/v1/register")["nonce"]
        words = "\0".join((nonce, name, "password", "notadmin")).encode()
        mac = hmac.new(SECRET.encode(), words, hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": "password", "mac": mac, "displayname": shown or name}
        answer = self.call("POST", "/_synapse/admin/v1/register", body)
        return User(self, answer["user_id"], answer["access_token"])


class User:
    """Somebody on the homeserver."""

    def __init__(self, server: Homeserver, identifier: str, token: str) -> None:
        self.server = server
        self.identifier = identifier
        self.nick = identifier[1:].partition(":")[0]
        self.token = token
        self._sent = count(1)

    def call(self, method: str, path: str, body: object = None) -> Any:
        return self.server.call(method, f"/_matrix/client/v3/{path}", body, self.token)

    def make_room(self, alias: str = "", **options: object) -> str:
        """A public room, with an alias that gets the user's name; its identifier."""
        names = {"room_alias_name": f"{alias}-{self.nick}"} if alias else {}
        return self.call("POST", "createRoom", {"preset": "public_chat", **names, **options})["room_id"]

    def join(self, room: str) -> User:
        self.call("POST", f"join/{quote(room, safe='')}", {})
        return self

    def invite(self, room: str, other: User | str) -> None:
        who = other if isinstance(other, str) else other.identifier
        self.call("POST", f"rooms/{room}/invite", {"user_id": who})

    def send(self, room: str, kind: str, content: object) -> str:
        path = f"rooms/{quote(room, safe='')}/send/{kind}/{self.nick}-{next(self._sent)}"
        return self.call("PUT", path, content)["event_id"]

    def say(self, room: str, text: str, **more: object) -> str:
        """Send a message; the identifier of the event."""
        return self.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **more})

    def edit(self, room: str, event: str, text: str) -> str:
        relation = {"rel_type": "m.replace", "event_id": event}
        new = {"msgtype": "m.text", "body": text}
        return self.say(room, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    def redact(self, room: str, event: str) -> None:
        path = f"rooms/{quote(room, safe='')}/redact/{quote(event, safe='')}/{self.nick}-{next(self._sent)}"
        self.call("PUT", path, {})

    def events(self, room: str, limit: int = 100) -> list[dict[str, Any]]:
        """The last events of a room, oldest first."""
        answer = self.call("GET", f"rooms/{quote(room, safe='')}/messages?dir=b&limit={limit}")
        return list(reversed(answer["chunk"]))
