"""Runs the Slack app's transport in processes of their own, which are killed at one step of their work.

The processes are forked from one that has imported everything: it reads their arguments from its input, a line of JSON each, and
answers each with the process's id, and later with how it ended.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from transport_in_slack import QUICK, no_telemetry

from aika.application.aika import SystemClock
from aika.forms.slack import SlackSettings
from aika.stores.database.database import Database
from aika.surfaces.slack.catching_up import Watched
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.transport import Transport, open_transport
from aika.surfaces.slack.workspaces import Workspace

STEPS = {
    "before it is kept": ("inbox", "put_many", "before"),
    "after it was kept": ("inbox", "put_many", "after"),
    "before it is claimed": ("inbox", "claim", "before"),
    "after it was claimed": ("inbox", "claim", "after"),
    "before the intent": ("posts", "begin", "before"),
    "after the intent": ("posts", "begin", "after"),
    "after it was posted": ("posts", "finish", "before"),
    "after the post was recorded": ("posts", "finish", "after"),
    "before it is done": ("inbox", "done", "before"),
    "after it was done": ("inbox", "done", "after"),
}


async def main(url: str, settings: str, step: str) -> None:
    slack = SlackSettings.model_validate(json.loads(settings))
    async with Database.open(url) as database:
        if step:
            _kill_at(database, *STEPS[step])
        opening = open_transport(database, slack, SystemClock(), no_telemetry(), holder="here", options=QUICK)
        async with opening as opened:
            opened.dispatcher.on("message", answering(opened))
            opened.catching_up.watch(_all_channels)
            async with opened.running():
                await asyncio.Event().wait()


def answering(opened: Transport) -> Any:
    """Return a handler that answers a message in its thread, once."""

    async def answer(received: Received) -> None:
        event = received.body["event"]
        text = f"Answer to: {event['text']}"
        blocks = [{"type": "section", "text": {"type": "plain_text", "text": text}}]
        await opened.poster.post(
            received.workspace.client,
            f"{received.key}:answer",
            event["channel"],
            blocks=blocks,
            text=text,
            thread=event["ts"],
        )

    return answer


async def _all_channels(workspace: Workspace) -> list[Watched]:
    listed = await workspace.client.users_conversations(types="public_channel")
    return [Watched(channel["id"]) for channel in listed["channels"]]


def _kill_at(database: Database, store: str, method: str, when: str) -> None:
    """Have this process killed just before or after it calls a method on something."""
    owner = getattr(database, store)
    real: Callable[..., Any] = getattr(owner, method)

    async def killed(*arguments: Any, **named: Any) -> Any:
        if method == "done" and not arguments[0]:
            return await real(*arguments, **named)
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await real(*arguments, **named)
        if result or method != "claim":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, killed)


def forking() -> None:
    """Fork a process for each line of input, and say when it has ended."""
    for line in sys.stdin:
        url, settings, step = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(main(url, settings, step))
            finally:
                os._exit(1)
        _say("begun", child)
        _, status = os.waitpid(child, 0)
        _say("ended", os.waitstatus_to_exitcode(status))


def _say(what: str, number: int) -> None:
    sys.stdout.write(f"{what} {number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    forking()
