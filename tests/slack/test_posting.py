"""A message is posted once for a key: through crashes, replies that never arrive, limits and several processes."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.world import World, slack_world
from transport_in_slack import no_telemetry, settings_of, url_of

from aika.application.aika import SystemClock
from aika.domain.errors import PermanentError, TransientError
from aika.stores.database.database import Database
from aika.stores.database.posts import Post
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.workspaces import open_workspaces

BLOCKS = [{"type": "section", "text": {"type": "plain_text", "text": "Run ferry deploy."}}]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory") as opened:
        yield opened


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(url_of(tmp_path)) as opened:
        yield opened


@pytest.fixture
async def client(world: World, database: Database) -> AsyncIterator[AsyncWebClient]:
    async with open_workspaces(settings_of(world), database.slack_tokens, SystemClock()) as workspaces:
        yield next(iter(workspaces)).client


def poster_of(database: Database, *, holder: str = "here", pace_seconds: float = 0.0) -> Poster:
    return Poster(database.posts, SystemClock(), no_telemetry(), holder=holder, pace_seconds=pace_seconds)


async def post(poster: Poster, client: AsyncWebClient, world: World, **more: Any) -> Any:
    given = {
        "key": "answer-1",
        "channel": world.channel("support"),
        "blocks": BLOCKS,
        "text": "Run ferry deploy.",
        **more,
    }
    return await poster.post(client, given.pop("key"), given.pop("channel"), **given)


async def test_a_key_is_posted_once_however_often_and_at_whatever_time(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database)

    posted = await asyncio.gather(*(post(poster, client, world) for _ in range(5)))
    later = await post(poster_of(database, holder="another"), client, world)

    assert len({*posted, later}) == 1
    assert len(await world.messages("support")) == 1
    assert await poster.posted("answer-1") == later


@pytest.mark.parametrize("thread", [False, True])
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"error": "internal_error"}])
async def test_what_may_have_been_posted_is_looked_for_before_it_is_posted(
    world: World, database: Database, client: AsyncWebClient, fault: dict[str, Any], thread: bool
) -> None:
    root = await world.say("ann", "support", "How do I deploy?") if thread else None
    world.fail("chat.postMessage", **fault)
    poster = poster_of(database)

    with pytest.raises(TransientError):
        await post(poster, client, world, thread=root)
    posted = await post(poster, client, world, thread=root)

    messages = await world.messages("support", thread=root)
    assert [message["ts"] for message in messages if message["text"] == "Run ferry deploy."] == [posted.id]


@pytest.mark.parametrize("died", ["before", "after"])
async def test_a_process_in_the_place_of_one_that_died_posts_what_was_not_posted(
    world: World, database: Database, client: AsyncWebClient, died: str
) -> None:
    channel = world.channel("support")
    await database.posts.begin(Post("answer-1", channel, None, None, "here", SystemClock().now()))
    if died == "after":
        metadata = {"event_type": "aika", "event_payload": {"key": "answer-1"}}
        await client.chat_postMessage(channel=channel, text="Run ferry deploy.", metadata=metadata)

    posted = await post(poster_of(database), client, world)

    assert [message["ts"] for message in await world.messages("support")] == [posted.id]


async def test_a_direct_message_is_looked_for_where_it_went(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster, ann = poster_of(database), world.user("ann")
    world.fail("chat.postMessage", drop=True)
    with pytest.raises(TransientError):
        await post(poster, client, world, channel=ann)

    posted = await post(poster, client, world, channel=ann)

    assert posted.channel.startswith("D")
    assert [message["ts"] for message in await world.messages(posted.channel)] == [posted.id]


async def test_what_another_process_is_posting_is_left_to_it_for_a_while(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    now = SystemClock().now()
    await database.posts.begin(Post("answer-1", world.channel("support"), None, None, "another", now))
    await database.posts.begin(
        Post("answer-2", world.channel("support"), None, None, "another", now - timedelta(minutes=5))
    )

    with pytest.raises(TransientError) as waiting:
        await post(poster_of(database), client, world)
    await post(poster_of(database), client, world, key="answer-2")

    assert waiting.value.retry_after is not None
    assert len(await world.messages("support")) == 1


async def test_a_refusal_is_final_and_leaves_nothing_to_look_for(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database)
    world.fail("chat.postMessage", error="not_in_channel")

    with pytest.raises(PermanentError, match="not_in_channel"):
        await post(poster, client, world)
    await post(poster, client, world)

    assert len(await world.messages("support")) == 1
    assert world.calls_of("conversations.history") == []


async def test_a_short_limit_is_waited_for_and_a_long_one_said(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database)
    world.fail("chat.postMessage", status=429, error="ratelimited", retry_after=1)

    begun = time.monotonic()
    await post(poster, client, world)
    waited = time.monotonic() - begun
    world.fail("chat.postMessage", status=429, error="ratelimited", retry_after=90)
    with pytest.raises(TransientError) as limited:
        await post(poster, client, world, key="answer-2")
    await post(poster, client, world, key="answer-2")

    assert waited >= 1
    assert limited.value.retry_after == 90
    assert len(await world.messages("support")) == 2


async def test_a_channel_takes_one_message_at_a_time_and_others_do_not_wait(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database, pace_seconds=0.2)

    await asyncio.gather(*(post(poster, client, world, key=f"answer-{number}") for number in range(3)))
    await post(poster, client, world, key="other", channel=world.user("ann"))

    first, second, third, other = [call.at for call in world.calls_of("chat.postMessage")]
    assert second - first >= 0.15
    assert third - second >= 0.15
    assert other > 0


async def test_what_only_one_person_sees_is_shown_once(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database)

    for _ in range(2):
        await post(poster, client, world, ephemeral_to=world.user("ann"))

    assert len(world.ephemeral("ann")) == 1


async def test_a_message_is_changed_and_deleted_as_often_as_one_likes(
    world: World, database: Database, client: AsyncWebClient
) -> None:
    poster = poster_of(database)
    posted = await post(poster, client, world)

    for _ in range(2):
        await poster.update(client, posted, blocks=BLOCKS, text="Run ferry deploy checkout.")
    [changed] = await world.messages("support")
    for _ in range(2):
        await poster.delete(client, posted)

    assert changed["text"] == "Run ferry deploy checkout."
    assert await world.messages("support") == []
