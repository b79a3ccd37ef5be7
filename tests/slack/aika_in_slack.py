"""aika at work in a workspace, and what people see of it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr
from slack_world.world import World

from aika.application.aika import Aika
from aika.forms.slack import SlackSettings, SlackWorkspaceSettings
from aika.surfaces.slack.app import SlackApp, open_slack_app

Message = Mapping[str, Any]


@asynccontextmanager
async def at_work(company: Aika, world: World, **settings: Any) -> AsyncIterator[SlackApp]:
    """Run the Slack app of a company, connected."""
    tokens = SlackWorkspaceSettings(bot_token=SecretStr(world.app.bot_token), app_token=SecretStr(world.app.app_token))
    configured = {"questions_per_minute": 1_000, **settings}
    slack = SlackSettings(workspaces={"acme": tokens}, api_url=world.api_url, **configured)
    async with open_slack_app(company, slack) as opened:
        await world.wait_connected()
        yield opened


async def answers(world: World, channel: str, thread: str, number: int = 1) -> list[Message]:
    """Wait until aika has written so often in a thread, and return that."""

    async def enough() -> list[Message]:
        found = await in_thread(world, channel, thread)
        return found if len(found) >= number else []

    return await world.wait_for(enough, what=f"{number} messages of aika's in the thread")


async def answer(world: World, channel: str, thread: str) -> Message:
    """Wait for aika's last word in a thread, finished."""
    return (await answers(world, channel, thread))[-1]


async def in_thread(world: World, channel: str, thread: str) -> list[Message]:
    """Return what aika has written in a thread, without what is not finished."""
    messages = await world.messages(channel, thread=thread)
    bot = world.workspace.bot_user
    return [one for one in messages if one.get("user") == bot and one["ts"] != thread and _is_finished(one)]


async def all_done(world: World, company: Aika) -> None:
    """Wait until all that Slack told has been worked on."""

    async def none_waits() -> bool:
        held = world.slack.courier.held or []
        told = all(one.acknowledged for one in world.deliveries if one not in held)
        return told and await company.database.inbox.oldest_waiting() is None

    await world.wait_for(none_waits, what="the end of the work")


def shown(message: Message) -> str:
    """Return all words of a message that people see, buttons included."""
    return "\n".join(_words(message.get("blocks"))) or str(message.get("text", ""))


def links(message: Message) -> list[str]:
    return [str(part["url"]) for part in _parts(message.get("blocks", [])) if part.get("type") == "link"]


def actions(message: Message) -> list[str]:
    """Return what can be pressed."""
    return [str(part["action_id"]) for part in _parts(message.get("blocks", [])) if "action_id" in part]


def _is_finished(message: Message) -> bool:
    return message.get("streaming_state") in {None, "completed"}


def _parts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _words(value: object) -> Iterator[str]:
    for part in _parts(value):
        if isinstance(part.get("text"), str):
            yield part["text"]
