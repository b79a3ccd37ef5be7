"""A process that works on Slack is killed between every two steps. Each question still has exactly one answer."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from killed_in_slack import STEPS
from slack_world.world import World, slack_world
from transport_in_slack import settings_of, url_of

from aika.forms.slack import SlackSettings
from aika.stores.database.database import Database
from aika.stores.database.inbox import EventState

PATIENCE = 60


@pytest.fixture
async def world() -> AsyncIterator[World]:
    # Slack sends again what was not acknowledged, soon.
    async with slack_world(["ann"], ["support"], storage="memory", retry_delays=(0.2,) * 150) as opened:
        opened.slack.options.ack_seconds = 2.0
        yield opened


class Nursery:
    """Where processes are forked from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: deque[str] = deque()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.strip())

    def begin(self, world: World, folder: Path, step: str) -> None:
        assert self._process.stdin is not None
        self._lines.clear()
        self._process.stdin.write(json.dumps([url_of(folder), plainly(settings_of(world)), step]) + "\n")
        self._process.stdin.flush()

    def ended(self) -> str | None:
        """Return how the process ended, ``None`` while it lives."""
        return next((line for line in list(self._lines) if line.startswith("ended")), None)

    def kill(self) -> None:
        begun = next(line for line in list(self._lines) if line.startswith("begun"))
        os.kill(int(begun.split()[1]), signal.SIGKILL)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "killed_in_slack.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=PATIENCE)


def plainly(settings: SlackSettings) -> str:
    """Return the settings with their secrets."""
    said = settings.model_dump(mode="json")
    for name, workspace in settings.workspaces.items():
        secrets = ("bot_token", "app_token", "signing_secret")
        said["workspaces"][name] |= {one: getattr(workspace, one).get_secret_value() for one in secrets}
    return json.dumps(said)


@pytest.mark.parametrize("step", sorted(STEPS))
async def test_killed_at(world: World, tmp_path: Path, nursery: Nursery, step: str) -> None:
    nursery.begin(world, tmp_path, step)
    await world.wait_for(lambda: world.connections or nursery.ended(), seconds=PATIENCE)
    questions = {"first": await world.say("ann", "support", "first")}
    assert await world.wait_for(nursery.ended, seconds=PATIENCE) == "ended -9"
    questions["missed"] = await world.say("ann", "support", "missed")

    nursery.begin(world, tmp_path, "")
    for ts in questions.values():
        await world.wait_for(lambda ts=ts: answers(world, ts), seconds=PATIENCE)
    await world.wait_for(lambda: nothing_waits(tmp_path), seconds=PATIENCE)
    nursery.kill()
    await world.wait_for(nursery.ended, seconds=PATIENCE)

    assert {text: await answers(world, ts) for text, ts in questions.items()} == {
        text: [f"Answer to: {text}"] for text in questions
    }


async def answers(world: World, ts: str) -> list[str]:
    return [message["text"] for message in (await world.messages("support", thread=ts))[1:]]


async def nothing_waits(folder: Path) -> bool:
    async with Database.open(url_of(folder)) as database:
        return (await database.inbox.counts())[EventState.WAITING] == 0
