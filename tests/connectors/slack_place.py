"""An emulated Slack workspace that tests change, behind a front that answers what the emulator cannot: limits and dead tokens."""

import json
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from emulated.emulators import Emulator

from aika.connectors.slack.api import SlackApi
from aika.connectors.slack.connector import SlackConnector
from aika.connectors.slack.options import SlackApiOptions
from aika.http import HttpOptions, open_http

TOKEN = "xoxb-all"
SECRET = "signing-secret"
_WRITES = ("channels", "groups", "users", "users.profile", "files", "chat", "reactions")
_READS = ("channels", "groups", "users", "team", "files")
SCOPES = [
    *(f"{what}:write" for what in _WRITES),
    *(f"{what}:read" for what in _READS),
    *("channels:history", "groups:history", "channels:join", "channels:manage", "users:read.email"),
]
SEED = {
    "slack": {
        "team": {"name": "Acme", "domain": "acme"},
        "strict_scopes": True,
        "signing_secret": SECRET,
        "users": [
            {"name": "ann", "real_name": "Ann Lee", "email": "Ann@Example.org"},
            {"name": "ben", "real_name": "Ben Ray", "email": "ben@example.org"},
        ],
        "channels": [{"name": "payments", "topic": "Refunds"}],
        "tokens": [
            {"token": TOKEN, "user": "ann", "scopes": SCOPES},
            {"token": "xoxb-ben", "user": "ben", "scopes": SCOPES},
            {"token": "xoxb-few", "user": "ann", "scopes": ["users:read", "channels:read"]},
        ],
    }
}


@dataclass(slots=True)
class Canned:
    """An answer that the front gives in the emulator's place."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    only: dict[str, str] = field(default_factory=dict)
    """Arguments that the call must have."""


@dataclass(slots=True)
class Front:
    """Passes calls on to the emulator, save those that a test answers itself."""

    target: str
    url: str = ""
    canned: defaultdict[str, list[Canned]] = field(default_factory=lambda: defaultdict(list))
    always: dict[str, list[Canned]] = field(default_factory=lambda: defaultdict(list))
    calls: Counter[str] = field(default_factory=Counter)

    def answer(self, method: str, arguments: dict[str, str]) -> Canned | None:
        self.calls[method] += 1
        if self.canned[method]:
            return self.canned[method].pop(0)
        fitting = (canned for canned in self.always[method] if canned.only.items() <= arguments.items())
        return next(fitting, None)


@contextmanager
def front(target: str) -> Iterator[Front]:
    passing = Front(target)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            method = self.path.rpartition("/")[2]
            canned = passing.answer(method, dict(urllib.parse.parse_qsl(body.decode())))
            if canned is not None:
                self._send(canned.status, json.dumps(canned.body).encode(), canned.headers)
                return
            headers = {name: self.headers[name] for name in ("authorization", "content-type") if name in self.headers}
            request = urllib.request.Request(f"{passing.target}{self.path}", data=body, headers=headers)  # noqa: S310  # loopback
            with urllib.request.urlopen(request) as response:  # noqa: S310  # loopback
                self._send(response.status, response.read(), {})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    passing.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield passing
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Team:
    """What people do in the workspace."""

    def __init__(self, emulator: Emulator) -> None:
        self._url = emulator.url
        self.channels = {channel["name"]: channel["id"] for channel in self.call("conversations.list")["channels"]}
        self.users = {user["name"]: user["id"] for user in self.call("users.list")["members"]}
        self.id = self.call("auth.test")["team_id"]

    def call(self, method: str, token: str = TOKEN, **arguments: str) -> Any:
        data = urllib.parse.urlencode(arguments).encode()
        request = urllib.request.Request(  # noqa: S310  # loopback
            f"{self._url}/api/{method}", data=data, headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as response:  # noqa: S310  # loopback
            answer = json.load(response)
        assert answer["ok"], answer
        return answer

    def say(self, text: str, *, channel: str = "payments", token: str = TOKEN, thread: str = "") -> str:
        """Post a message; return its time stamp."""
        more = {"thread_ts": thread} if thread else {}
        return str(self.call("chat.postMessage", token, channel=self.channels[channel], text=text, **more)["ts"])

    def make(self, channel: str, *, private: bool = False) -> str:
        made = self.call("conversations.create", name=channel, is_private=str(private).lower())["channel"]["id"]
        self.channels[channel] = made
        return str(made)

    def key(self, stamp: str, channel: str = "payments") -> str:
        return f"{self.channels[channel]}/{stamp}"


class Clock:
    """Says what time it is, and lets waiting take none."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@asynccontextmanager
async def opened(url: str, clock: Clock, folder: Path, **options: object) -> AsyncIterator[SlackConnector]:
    """Open a connector that reads the workspace at a front."""
    checked = SlackApiOptions.model_validate(
        {"token": TOKEN, "webhook_secret": SECRET, "channel_pages": False, **options}
    )
    async with open_http(HttpOptions(allowed_hosts=frozenset({"127.0.0.1", "localhost"})), sleep=clock.sleep) as http:
        wait = checked.longest_wait.total_seconds()
        api = SlackApi(http, url, checked.token.get_secret_value(), wait, clock.sleep)
        yield SlackConnector(api, checked, folder=folder, now=clock.now)
