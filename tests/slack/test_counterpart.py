"""The counterpart of Slack is as strict as Slack: what it refuses, what it delivers, and what an app sees of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.world import World, slack_world


@pytest.fixture(params=["emulated", "memory"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage=request.param, retry_delays=(0.0, 0.05, 0.1)) as world:
        yield world


@pytest.fixture
def client(world: World) -> AsyncWebClient:
    return AsyncWebClient(world.app.bot_token, base_url=world.api_url)


@asynccontextmanager
async def connected(world: World, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=client, signing_secret=world.app.signing_secret)
    handler = AsyncSocketModeHandler(app, world.app.app_token)
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()


class TestWebApi:
    async def test_a_message_is_posted_with_its_metadata(self, world: World, client: AsyncWebClient) -> None:
        metadata = {"event_type": "aika", "event_payload": {"key": "1"}}
        posted = await client.chat_postMessage(channel=world.channel("support"), text="hello", metadata=metadata)

        history = await client.conversations_history(channel=world.channel("support"), include_all_metadata=True)

        assert [message["metadata"] for message in history["messages"]] == [metadata]
        assert history["messages"][0]["ts"] == posted["ts"]

    async def test_too_much_text_in_a_section_is_refused_with_a_pointer(
        self, world: World, client: AsyncWebClient
    ) -> None:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]

        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=world.channel("support"), text="x", blocks=blocks)

        assert refused.value.response["error"] == "invalid_blocks"
        assert "json-pointer:/blocks/0/text/text" in refused.value.response["response_metadata"]["messages"][0]


class TestSocketMode:
    async def test_a_mention_arrives_as_a_message_and_as_a_mention(self, world: World, client: AsyncWebClient) -> None:
        seen: list[dict[str, Any]] = []

        async with connected(world, client) as app:

            @app.event("app_mention")
            async def mentioned(event: dict[str, Any]) -> None:
                seen.append(event)

            @app.event("message")
            async def said(event: dict[str, Any]) -> None:
                seen.append(event)

            await world.say("ann", "support", f"{world.mention()} how do refunds work?")
            await world.wait_for(lambda: len(seen) == 2 and all(d.acknowledged for d in world.deliveries))

        assert {event["type"] for event in seen} == {"app_mention", "message"}
        assert all(event["user"] == world.user("ann") for event in seen)

    async def test_a_modal_opens_and_is_submitted(self, world: World, client: AsyncWebClient) -> None:
        filled: list[str] = []
        view = {
            "type": "modal",
            "callback_id": "edit",
            "title": {"type": "plain_text", "text": "Edit"},
            "submit": {"type": "plain_text", "text": "Post"},
            "blocks": [
                {
                    "type": "input",
                    "label": {"type": "plain_text", "text": "Answer"},
                    "element": {"type": "plain_text_input", "action_id": "answer"},
                }
            ],
        }

        async with connected(world, client) as app:

            @app.action("open")
            async def opened(ack: Any, body: dict[str, Any]) -> None:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=view)

            @app.view("edit")
            async def submitted(ack: Any, body: dict[str, Any]) -> None:
                await ack()
                values = body["view"]["state"]["values"].values()
                filled.extend(value["answer"]["value"] for value in values)

            button = {"type": "button", "text": {"type": "plain_text", "text": "Edit"}, "action_id": "open"}
            await client.chat_postMessage(
                channel=world.channel("support"), text="x", blocks=[{"type": "actions", "elements": [button]}]
            )
            (message,) = await world.messages("support")
            await world.click("ann", message, "open", channel="support")
            (modal,) = await world.wait_for(lambda: world.modals("ann"))
            await world.submit("ann", modal, {"answer": "Within 14 days"})
            await world.wait_for(lambda: filled)

        assert filled == ["Within 14 days"]
        assert world.modals("ann") == []
