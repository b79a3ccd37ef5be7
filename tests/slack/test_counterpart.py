"""The counterpart of Slack is as strict as Slack: what its Web API takes, refuses and keeps."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.asking import Refused
from slack_world.state import Person
from slack_world.world import NewChannel, World, slack_world

MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Edit"}, "blocks": [{"type": "divider"}]}
PEOPLE = ["ann", "ben", Person("gus", guest="single"), Person("eve", external="T0OTHER"), Person("old", deleted=True)]
CHANNELS = [
    NewChannel("support", ("ann", "ben", "gus")),
    NewChannel("board", ("ann",), private=True, app=False),
    NewChannel("random", ("ben",), app=False),
]


@pytest.fixture(params=["emulated", "memory"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with slack_world(PEOPLE, CHANNELS, storage=request.param) as opened:
        yield opened


@pytest.fixture
async def quick() -> AsyncIterator[World]:
    """A workspace in this process, for what does not depend on who keeps its messages."""
    async with slack_world(PEOPLE, CHANNELS, storage="memory") as opened:
        yield opened


def client_of(world: World, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(token or world.app.bot_token, base_url=world.api_url, retry_handlers=[])


async def refusal(call: Any) -> Any:
    """Return the answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response


def hello(world: World, **more: Any) -> Any:
    return client_of(world).chat_postMessage(**{"channel": world.channel("support"), "text": "hello", **more})


def exchange(world: World, **arguments: str) -> Any:
    return client_of(world, " ").api_call("oauth.v2.access", data=arguments)


class TestPosting:
    async def test_metadata_is_kept_and_shown_to_those_who_ask_for_it(self, world: World) -> None:
        metadata = {"event_type": "aika", "event_payload": {"key": "1"}}
        await hello(world, metadata=metadata)
        read = client_of(world).conversations_history
        shown = await read(channel=world.channel("support"), include_all_metadata=True)
        hidden = await read(channel=world.channel("support"))

        assert [message["metadata"] for message in shown["messages"]] == [metadata]
        assert "metadata" not in hidden["messages"][0]

    async def test_a_message_says_which_app_wrote_it(self, world: World) -> None:
        posted = await hello(world)

        assert posted["message"]["bot_id"] == world.app.bot_id
        assert posted["message"]["app_id"] == world.app.id
        assert posted["message"]["user"] == world.workspace.bot_user

    async def test_replies_are_counted_at_their_root(self, world: World) -> None:
        asked = await world.say("ann", "support", "how?")
        await hello(world, thread_ts=asked)
        await world.say("ben", "support", "thanks", thread=asked)

        root, first, second = await world.messages("support", thread=asked)

        assert (root["reply_count"], root["latest_reply"], root["thread_ts"]) == (2, second["ts"], asked)
        assert first["parent_user_id"] == world.user("ann")
        assert [message["ts"] for message in await world.messages("support")] == [asked]

    async def test_an_update_keeps_the_metadata(self, world: World) -> None:
        metadata = {"event_type": "aika", "event_payload": {"key": "1"}}
        posted = await hello(world, metadata=metadata)
        await client_of(world).chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")

        (message,) = await world.messages("support")

        assert (message["text"], message["metadata"]) == ("changed", metadata)

    async def test_a_deleted_message_with_replies_leaves_a_tombstone(self, world: World) -> None:
        asked = await world.say("ann", "support", "how?")
        await hello(world, thread_ts=asked)
        await world.delete("ann", "support", asked)

        root, reply = await world.messages("support", thread=asked)

        assert root["subtype"] == "tombstone"
        assert reply["text"] == "hello"

    async def test_nobody_changes_the_message_of_another(self, world: World) -> None:
        asked = await world.say("ann", "support", "how?")
        client = client_of(world)
        place = {"channel": world.channel("support"), "ts": asked}

        assert (await refusal(client.chat_update(**place, text="x")))["error"] == "cant_update_message"
        assert (await refusal(client.chat_delete(**place)))["error"] == "cant_delete_message"

    @pytest.mark.parametrize(
        ("error", "arguments"),
        [
            ("invalid_blocks", {"blocks": [{"type": "section"}]}),
            ("msg_too_long", {"text": "x" * 40_001}),
            ("invalid_thread_ts", {"thread_ts": "123"}),
            ("thread_not_found", {"thread_ts": "1700000000.000001"}),
            ("invalid_metadata_format", {"metadata": {"event_type": "aika"}}),
            ("invalid_arguments", {"colour": "red"}),
            ("channel_not_found", {"channel": "C0NOWHERE"}),
            ("markdown_text_conflict", {"markdown_text": "x"}),
        ],
    )
    async def test_what_slack_refuses_is_refused(self, quick: World, error: str, arguments: dict[str, Any]) -> None:
        assert (await refusal(hello(quick, **arguments)))["error"] == error

    async def test_the_app_writes_where_it_is_a_member(self, quick: World) -> None:
        assert (await refusal(hello(quick, channel=quick.channel("random"))))["error"] == "not_in_channel"
        assert (await refusal(hello(quick, channel=quick.channel("board"))))["error"] == "channel_not_found"

    async def test_a_person_is_written_to_directly(self, world: World) -> None:
        posted = await hello(world, channel=world.user("ann"))

        assert posted["channel"] == await world.direct("ann")
        assert [message["text"] for message in await world.messages(posted["channel"])] == ["hello"]

    async def test_something_is_shown_to_one_person_only(self, world: World) -> None:
        show = client_of(world).chat_postEphemeral
        await show(channel=world.channel("support"), user=world.user("ann"), text="only you")
        outside = await refusal(show(channel=world.channel("support"), user=world.user("eve"), text="x"))

        assert [message["text"] for message in world.ephemeral("ann")] == ["only you"]
        assert outside["error"] == "user_not_in_channel"
        assert await world.messages("support") == []


class TestStreaming:
    async def test_a_message_grows_until_it_is_stopped(self, world: World) -> None:
        asked = await world.say_to_app("ann", "how?")
        channel, client = await world.direct("ann"), client_of(world)
        begun = await client.chat_startStream(channel=channel, thread_ts=asked, markdown_text="Within ")
        await client.chat_appendStream(channel=channel, ts=begun["ts"], markdown_text="14 days")
        growing = (await world.messages(channel, thread=asked))[-1]
        await client.chat_stopStream(channel=channel, ts=begun["ts"], blocks=[{"type": "divider"}])
        whole = (await world.messages(channel, thread=asked))[-1]
        late = await refusal(client.chat_appendStream(channel=channel, ts=begun["ts"], markdown_text="x"))

        assert (growing["text"], growing["streaming_state"]) == ("Within 14 days", "in_progress")
        assert [block["type"] for block in whole["blocks"]] == ["markdown", "divider"]
        assert whole["streaming_state"] == "completed"
        assert late["error"] == "message_not_in_streaming_state"

    async def test_in_a_channel_it_is_said_for_whom(self, quick: World) -> None:
        asked = await quick.say("ann", "support", "how?")
        begun = client_of(quick).chat_startStream(channel=quick.channel("support"), thread_ts=asked)

        assert (await refusal(begun))["error"] == "missing_recipient_team_id"


class TestReading:
    async def test_a_history_comes_in_pages_within_times(self, world: World) -> None:
        said = [await world.say("ann", "support", f"message {number}") for number in range(5)]
        read, channel = client_of(world).conversations_history, world.channel("support")
        first = await read(channel=channel, limit=2)
        second = await read(channel=channel, limit=2, cursor=first["response_metadata"]["next_cursor"])
        between = await read(channel=channel, oldest=said[1], latest=said[3])

        assert [message["ts"] for message in first["messages"]] == [said[4], said[3]]
        assert [message["ts"] for message in second["messages"]] == [said[2], said[1]]
        assert [message["ts"] for message in between["messages"]] == [said[2]]

    async def test_guests_and_people_of_other_organisations_are_known_as_such(self, quick: World) -> None:
        info = client_of(quick).users_info
        guest = (await info(user=quick.user("gus")))["user"]
        other = (await info(user=quick.user("eve")))["user"]
        member = (await info(user=quick.user("ann")))["user"]

        assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, True)
        assert (other["team_id"], "email" in other["profile"]) == ("T0OTHER", False)
        assert (member["is_restricted"], member["profile"]["email"]) == (False, "ann@example.org")

    async def test_members_are_listed_without_those_who_are_only_here_to_look(self, world: World) -> None:
        listed = await client_of(world).conversations_members(channel=world.channel("support"))

        expected = {world.user(name) for name in ("ann", "ben", "gus")} | {world.workspace.bot_user}
        assert set(listed["members"]) == expected

    async def test_without_its_scope_nothing_is_read(self) -> None:
        async with slack_world(["ann"], storage="memory", scopes=frozenset({"chat:write"})) as world:
            answer = await refusal(client_of(world).users_info(user=world.user("ann")))

        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")

    async def test_methods_that_read_take_no_json(self, quick: World) -> None:
        call = client_of(quick).api_call("users.info", json={"user": quick.user("ann")})

        assert (await refusal(call))["error"] == "invalid_arguments"

    async def test_an_unknown_method_is_unknown(self, quick: World) -> None:
        assert (await refusal(client_of(quick).api_call("chat.shout")))["error"] == "unknown_method"

    async def test_people_find_what_they_may_read(self, quick: World) -> None:
        await quick.say("ann", "board", "The merger is on Friday")
        scopes = ["search:read.public", "search:read.private"]
        search = {"query": "when is the merger?", "channel_types": "public_channel,private_channel"}
        ann, ben = quick.token_of("ann", scopes), quick.token_of("ben", scopes)
        found = await client_of(quick, ann).api_call("assistant.search.context", params=search)
        nothing = await client_of(quick, ben).api_call("assistant.search.context", params=search)
        denied = client_of(quick, quick.token_of("ann", scopes[:1])).api_call("assistant.search.context", params=search)

        assert [result["content"] for result in found["results"]["messages"]] == ["The merger is on Friday"]
        assert nothing["results"]["messages"] == []
        assert (await refusal(denied))["needed"] == "search:read.private"


class TestTokens:
    @pytest.mark.parametrize(("token", "error"), [("xoxb-wrong", "invalid_auth"), (" ", "not_authed")])
    async def test_a_token_must_be_known(self, quick: World, token: str, error: str) -> None:
        assert (await refusal(client_of(quick, token).auth_test()))["error"] == error

    async def test_a_dead_token_says_how_it_died(self, quick: World) -> None:
        expired, _ = quick.rotating()
        quick.expire(expired)
        revoked = quick.token_of("ann", ["users:read"])
        await client_of(quick, revoked).auth_revoke()

        assert (await refusal(client_of(quick, expired).auth_test()))["error"] == "token_expired"
        assert (await refusal(client_of(quick, revoked).auth_test()))["error"] == "token_revoked"

    async def test_a_refresh_token_is_good_once(self, quick: World) -> None:
        _, refresh = quick.rotating()
        app = {"client_id": quick.app.client_id, "client_secret": quick.app.client_secret}
        renew = {**app, "grant_type": "refresh_token", "refresh_token": refresh}
        renewed = await exchange(quick, **renew)
        again = await refusal(exchange(quick, **renew))

        assert (await client_of(quick, renewed["access_token"]).auth_test())["user_id"] == quick.workspace.bot_user
        assert renewed["refresh_token"] != refresh
        assert again["error"] == "invalid_refresh_token"

    async def test_people_agree_on_slacks_page(self, quick: World) -> None:
        back = "https://aika.example.org/slack/oauth/callback"
        page = f"https://slack.com/oauth/v2/authorize?client_id={quick.app.client_id}&redirect_uri={back}&state=s"
        sent = urlsplit(quick.authorize("ann", f"{page}&user_scope=search:read.public"))
        code = parse_qs(sent.query)["code"][0]
        app = {"client_id": quick.app.client_id, "client_secret": quick.app.client_secret, "redirect_uri": back}
        granted = await exchange(quick, **app, code=code)
        again = await refusal(exchange(quick, **app, code=code))

        assert granted["authed_user"]["id"] == quick.user("ann")
        assert granted["authed_user"]["token_type"] == "user"
        assert again["error"] == "invalid_code"
        with pytest.raises(Refused, match="bad_redirect_uri"):
            quick.authorize("ann", page.replace("aika.example", "evil.example") + "&user_scope=search:read.public")

    async def test_each_workspace_has_its_own_token(self, quick: World) -> None:
        other = await quick.another(["zoe"], ["help"])
        first, second = await client_of(quick).auth_test(), await client_of(other).auth_test()
        strange = await refusal(client_of(other).conversations_info(channel=quick.channel("support")))

        assert first["team_id"] != second["team_id"]
        assert strange["error"] == "channel_not_found"


class TestViews:
    async def test_a_trigger_is_good_once_and_for_three_seconds(self, quick: World) -> None:
        person = quick.workspace.people[quick.user("ann")]
        used, old = quick._trigger(person), quick._trigger(person)
        client = client_of(quick)
        await client.views_open(trigger_id=used, view=MODAL)
        again = await refusal(client.views_open(trigger_id=used, view=MODAL))
        quick.advance(3.1)
        late = await refusal(client.views_open(trigger_id=old, view=MODAL))

        assert again["error"] == "exchanged_trigger_id"
        assert late["error"] == "expired_trigger_id"

    async def test_a_view_that_changed_meanwhile_is_not_overwritten(self, quick: World) -> None:
        person = quick.workspace.people[quick.user("ann")]
        client = client_of(quick)
        opened = (await client.views_open(trigger_id=quick._trigger(person), view=MODAL))["view"]
        await client.views_update(view_id=opened["id"], view=MODAL, hash=opened["hash"])
        late = await refusal(client.views_update(view_id=opened["id"], view=MODAL, hash=opened["hash"]))

        assert late["error"] == "hash_conflict"

    async def test_too_long_a_title_is_refused(self, quick: World) -> None:
        view = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
        trigger = quick._trigger(quick.workspace.people[quick.user("ann")])
        refused = await refusal(client_of(quick).views_open(trigger_id=trigger, view=view))

        assert refused["error"] == "invalid_arguments"
        assert "json-pointer:/view/title/text" in refused["response_metadata"]["messages"][0]


class TestLimitsAndFaults:
    async def test_apps_from_outside_the_directory_read_one_short_page_a_minute(self) -> None:
        async with slack_world(["ann"], storage="memory", directory_app=False) as world:
            for number in range(20):
                await world.say("ann", "support", f"message {number}")
            read, channel = client_of(world).conversations_history, world.channel("support")
            page = await read(channel=channel, limit=100)
            limited = await refusal(read(channel=channel))
            world.advance(61)
            later = await read(channel=channel)

        assert len(page["messages"]) == 15
        assert (limited.status_code, limited["error"], limited.headers["Retry-After"]) == (429, "ratelimited", "60")
        assert len(later["messages"]) == 15

    async def test_a_channel_takes_one_message_a_second(self) -> None:
        async with slack_world(["ann"], storage="memory", one_message_a_second=True) as world:
            await hello(world)
            limited = await refusal(hello(world))

        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")

    async def test_calls_fail_as_often_as_they_are_told_to(self, quick: World) -> None:
        quick.fail("chat.postMessage", status=503, times=2)
        first, second = await refusal(hello(quick)), await refusal(hello(quick))
        third = await hello(quick)

        assert (first.status_code, second.status_code) == (503, 503)
        assert third["ok"]

    async def test_a_message_may_be_posted_although_its_answer_is_lost(self, quick: World) -> None:
        quick.fail("chat.postMessage", drop=True)
        with pytest.raises(aiohttp.ClientError):
            await hello(quick)

        assert [message["text"] for message in await quick.messages("support")] == ["hello"]


class TestPeople:
    async def test_what_people_type_is_escaped_and_made_rich(self, quick: World) -> None:
        await quick.say("ann", "support", f"a < b & {quick.mention('ben')} see https://example.org/x")
        (message,) = await quick.messages("support")
        kinds = [element["type"] for element in message["blocks"][0]["elements"][0]["elements"]]

        assert message["text"] == f"a &lt; b &amp; <@{quick.user('ben')}> see <https://example.org/x>"
        assert kinds == ["text", "user", "text", "link"]

    async def test_stamps_are_as_slacks(self, world: World) -> None:
        assert re.match(r"^\d{10}\.\d{6}$", await world.say("ann", "support", "x"))
