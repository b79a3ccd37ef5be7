"""The counterpart of Slack tells an app what happens as Slack does: over Socket Mode and HTTP, again where it is silent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_world.asking import Refused
from slack_world.world import World, slack_world

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Edit"}, "action_id": "press", "value": "1"}
MODAL = {
    "type": "modal",
    "callback_id": "edit",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Post"},
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": {"type": "plain_text", "text": "Answer"},
            "element": {"type": "plain_text_input", "action_id": "answer"},
        }
    ],
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory", retry_delays=(0.0, 0.05, 0.1)) as opened:
        yield opened


@pytest.fixture
def client(world: World) -> AsyncWebClient:
    return AsyncWebClient(world.app.bot_token, base_url=world.api_url)


@asynccontextmanager
async def connected(world: World, client: AsyncWebClient) -> AsyncIterator[tuple[AsyncApp, list[dict[str, Any]]]]:
    """Run an app over Socket Mode that keeps the events which it gets."""
    app = AsyncApp(client=client, signing_secret=world.app.signing_secret)
    seen: list[dict[str, Any]] = []

    async def take(event: dict[str, Any]) -> None:
        seen.append(event)

    for kind in ("message", "app_mention", "member_joined_channel", "assistant_thread_started", "user_change"):
        app.event(kind)(take)
    handler = AsyncSocketModeHandler(app, world.app.app_token)
    await handler.connect_async()
    try:
        yield app, seen
    finally:
        await handler.close_async()


@asynccontextmanager
async def over_http(world: World, statuses: list[int]) -> AsyncIterator[list[tuple[dict[str, str], bytes]]]:
    """Run an app that takes HTTP requests and answers with one status after another, then with 200."""
    taken: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((dict(request.headers), await request.read()))
        return web.Response(status=statuses.pop(0) if statuses else 200)

    application = web.Application()
    application.router.add_post("/slack/events", take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.deliver_over_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield taken
    finally:
        await runner.cleanup()


def texts(seen: list[dict[str, Any]]) -> list[str]:
    return [event.get("text", event.get("subtype", event["type"])) for event in seen]


class TestSocketMode:
    async def test_a_mention_arrives_as_a_message_and_as_a_mention(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            await world.say("ann", "support", f"{world.mention()} how do refunds work?")
            await world.wait_for(lambda: len(seen) == 2)

        assert {event["type"] for event in seen} == {"app_mention", "message"}
        assert {event["user"] for event in seen} == {world.user("ann")}

    async def test_edits_and_deletions_are_told(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            ts = await world.say("ann", "support", "one")
            await world.edit("ann", "support", ts, "two")
            await world.delete("ann", "support", ts)
            await world.wait_for(lambda: len(seen) == 3)
            changed = next(event for event in seen if event.get("subtype") == "message_changed")
            deleted = next(event for event in seen if event.get("subtype") == "message_deleted")

        assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("two", "one")
        assert deleted["deleted_ts"] == ts

    async def test_what_happens_elsewhere_is_not_told(self, world: World, client: AsyncWebClient) -> None:
        place = await world.direct("ann", "ben")
        async with connected(world, client) as (_, seen):
            await world.say("ann", place, "between us")
            await world.say("ann", "support", "for all")
            await world.wait_for(lambda: seen)

        assert texts(seen) == ["for all"]

    async def test_events_come_in_any_order_and_as_often_as_wanted(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            with world.holding() as held:
                for text in ("one", "two", "three"):
                    await world.say("ann", "support", text)
            for delivery in (held[2], held[0], held[0]):
                await world.deliver(delivery)
            await world.wait_for(lambda: len(seen) == 3)

        assert texts(seen) == ["three", "one", "one"]

    async def test_a_lost_event_never_arrives(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            world.lose_next()
            await world.say("ann", "support", "lost")
            await world.say("ann", "support", "found")
            await world.wait_for(lambda: seen)

        assert texts(seen) == ["found"]

    async def test_an_event_that_nobody_takes_is_told_again(self, world: World, client: AsyncWebClient) -> None:
        world.options.retry_delays = (0.0, 0.1, 30.0)
        with world.holding() as held:
            await world.say("ann", "support", "anybody?")
        failed = await world.deliver(held[0])
        async with connected(world, client) as (_, seen):
            taken = await world.deliver(held[0])
            await world.wait_for(lambda: seen)

        assert (failed, taken, held[0].attempts, held[0].failures) == (False, True, 2, ["connection_failed"])

    async def test_the_app_connects_anew_where_slack_hangs_up(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            await world.disconnect()
            await world.wait_for(lambda: len(world.calls_of("apps.connections.open")) > 1 and world.connections)
            await world.say("ann", "support", "still there?")
            await world.wait_for(lambda: seen)

        assert texts(seen) == ["still there?"]


class TestHttp:
    async def test_events_are_signed(self, world: World) -> None:
        async with over_http(world, []) as taken:
            await world.say("ann", "support", "hello")
            await world.wait_for(lambda: taken)
        (headers, body), verifier = taken[0], SignatureVerifier(world.app.signing_secret)

        assert verifier.is_valid(body, headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"])

    async def test_a_refused_event_comes_again_and_says_so(self, world: World) -> None:
        async with over_http(world, [500, 500]) as taken:
            await world.say("ann", "support", "hello")
            await world.wait_for(lambda: len(taken) == 3)

        assert [headers.get("X-Slack-Retry-Num") for headers, _ in taken] == [None, "1", "2"]
        assert taken[1][0]["X-Slack-Retry-Reason"] == "http_error"
        assert len({body for _, body in taken}) == 1


class TestInteractions:
    async def test_a_modal_opens_shows_errors_and_is_submitted(self, world: World, client: AsyncWebClient) -> None:
        filled: list[str] = []
        async with connected(world, client) as (app, _):

            @app.action("press")
            async def pressed(ack: Any, body: dict[str, Any]) -> None:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

            @app.view("edit")
            async def submitted(ack: Any, body: dict[str, Any]) -> None:
                value = body["view"]["state"]["values"]["text"]["answer"]["value"]
                if not value.endswith("."):
                    await ack(response_action="errors", errors={"text": "End it with a period."})
                    return
                await ack()
                filled.append(value)

            blocks = [{"type": "actions", "elements": [BUTTON]}]
            await client.chat_postMessage(channel=world.channel("support"), text="x", blocks=blocks)
            (message,) = await world.messages("support")
            await world.click("ann", message, "press", channel="support")
            (modal,) = await world.wait_for(lambda: world.modals("ann"))
            await world.submit("ann", modal, {"answer": "Within 14 days"})
            (wrong,) = world.modals("ann")
            await world.submit("ann", wrong, {"answer": "Within 14 days."})
            await world.wait_for(lambda: filled)

        assert wrong["errors"] == {"text": "End it with a period."}
        assert filled == ["Within 14 days."]
        assert world.modals("ann") == []

    async def test_errors_are_about_what_can_be_filled_in(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (app, _):

            @app.shortcut("ask")
            async def asked(ack: Any, body: dict[str, Any]) -> None:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

            @app.view("edit")
            async def submitted(ack: Any) -> None:
                await ack(response_action="errors", errors={"elsewhere": "x"})

            await world.shortcut("ann", "ask")
            (modal,) = await world.wait_for(lambda: world.modals("ann"))
            with pytest.raises(Refused):
                await world.submit("ann", modal, {"answer": "x"})

    async def test_what_nobody_can_press_is_not_pressed(self, world: World, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=world.channel("support"), text="x")
        (message,) = await world.messages("support")

        with pytest.raises(AssertionError, match="nothing called 'press'"):
            await world.click("ann", message, "press", channel="support")

    async def test_an_ephemeral_message_is_replaced_where_it_was_acted_on(
        self, world: World, client: AsyncWebClient
    ) -> None:
        async with connected(world, client) as (app, _):

            @app.action("press")
            async def pressed(ack: Any, body: dict[str, Any]) -> None:
                await ack()
                assert "message" not in body
                await AsyncWebhookClient(body["response_url"]).send(text="done", replace_original=True)

            blocks = [{"type": "actions", "elements": [BUTTON]}]
            await client.chat_postEphemeral(
                channel=world.channel("support"), user=world.user("ann"), text="x", blocks=blocks
            )
            await world.click("ann", world.ephemeral("ann")[0], "press")
            await world.wait_for(lambda: world.ephemeral("ann")[0]["text"] == "done")

        assert "blocks" not in world.ephemeral("ann")[0]

    async def test_a_response_url_is_good_for_five_answers(self, world: World) -> None:
        url = world._response_url(world.channel("support"), world.user("ann"), None, ephemeral=False)
        webhook = AsyncWebhookClient(url)
        statuses = [(await webhook.send(text=f"answer {number}")).status_code for number in range(6)]

        assert statuses == [200, 200, 200, 200, 200, 404]

    async def test_a_command_is_answered_to_who_typed_it(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (app, _):

            @app.command("/aika")
            async def typed(ack: Any, command: dict[str, Any]) -> None:
                await ack(f"You asked {command['text']}")

            await world.command("ann", "support", "/aika", "how?")

        assert [message["text"] for message in world.ephemeral("ann")] == ["You asked how?"]


class TestPane:
    async def test_a_thread_is_started_with_what_is_looked_at(self, world: World, client: AsyncWebClient) -> None:
        async with connected(world, client) as (_, seen):
            channel, thread = await world.open_pane("ann", looking_at="support")
            await world.wait_for(lambda: any(event["type"] == "assistant_thread_started" for event in seen))
            prompts = [{"title": "Refunds", "message": "How do refunds work?"}]
            await client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts=thread, prompts=prompts)
            await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is thinking")
            during = dict(world.workspace.statuses)
            await client.chat_postMessage(channel=channel, thread_ts=thread, text="Within 14 days")
        started = next(event for event in seen if event["type"] == "assistant_thread_started")

        assert started["assistant_thread"]["context"]["channel_id"] == world.channel("support")
        assert world.workspace.prompts[channel, thread]["prompts"] == prompts
        assert during == {(channel, thread): "is thinking"}
        assert world.workspace.statuses == {}
