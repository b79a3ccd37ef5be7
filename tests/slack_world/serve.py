"""Runs the counterpart as a process of its own, with its state in memory: ``python -m slack_world.serve --port 4100``.

It says where it listens and with which secrets in one line of JSON. ``POST /control/load`` begins a load (the fields of
`Plan`), ``GET /control/report`` says how it stands. For load tests, and for looking at the app by hand.
"""

import argparse
import asyncio
import contextlib
import json
import signal
from dataclasses import asdict

from aiohttp import web
from slack_world.front import Front
from slack_world.installing import EVENTS, SCOPES, Installation, installed, storage_of
from slack_world.load import SILENT, Load, Plan
from slack_world.memory import KEEPER
from slack_world.slack import Slack
from slack_world.state import AppIdentity, Channel, Options, Person, Workspace


async def run(port: int, channels: int, people: int, options: Options) -> None:
    """Serve until the process is told to end."""
    installation = Installation(AppIdentity(), SCOPES, EVENTS, "memory")
    everybody = [Person(SILENT), *(Person(f"person{number}") for number in range(people))]
    storage = await storage_of(None, installation, everybody)
    workspace = installed(installation, storage, everybody, number=0)
    await _make_channels(workspace, channels)
    slack = Slack(options)
    slack.workspaces.append(workspace)
    front = Front(slack)
    await front.open(port, Control(slack, workspace).routes())
    print(json.dumps({"url": front.url, **asdict(installation.app)}), flush=True)  # noqa: T201  # what the caller reads
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await front.close()


async def _make_channels(workspace: Workspace, number: int) -> None:
    everybody = ",".join(workspace.people)
    for name in (f"support-{index}" for index in range(number)):
        made = await workspace.storage.call("conversations.create", KEEPER, name=name)
        channel = Channel(made["channel"]["id"], name, "public", KEEPER)
        await workspace.storage.call("conversations.invite", KEEPER, channel=channel.id, users=everybody)
        workspace.channels[channel.id] = channel


class Control:
    """Begins loads and tells of them."""

    def __init__(self, slack: Slack, workspace: Workspace) -> None:
        self._slack = slack
        self._workspace = workspace
        self._load: Load | None = None
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/control/load", self._begin),
            web.get("/control/report", self._report),
            web.get("/control/connections", self._connections),
        ]

    async def _begin(self, request: web.Request) -> web.Response:
        self._load = Load(self._slack, self._workspace, Plan(**await request.json()))
        self._task = asyncio.create_task(self._load.run())
        return web.json_response({"ok": True})

    async def _report(self, _: web.Request) -> web.Response:
        if self._task is not None and self._task.done():
            self._task.result()
        return web.json_response(self._load.report() if self._load else {})

    async def _connections(self, _: web.Request) -> web.Response:
        return web.json_response({"connections": self._slack.sockets.count(self._workspace)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--retries", default="0,60,300", help="seconds before each further delivery of an event")
    given = parser.parse_args()
    options = Options(retry_delays=tuple(float(delay) for delay in given.retries.split(",")))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.port, given.channels, given.people, options))


if __name__ == "__main__":
    main()
