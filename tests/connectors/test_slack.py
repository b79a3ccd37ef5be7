"""A Slack workspace through its Web API, as the emulator speaks it."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from emulated.emulators import Emulator, StartEmulator
from slack_place import SECRET, SEED, TOKEN, Canned, Clock, Front, Team, front, opened
from synced_source import SyncedSource, synced_source

from aika.connectors.slack.connector import SlackConnector
from aika.domain.documents import RawDocument
from aika.domain.errors import AuthenticationError, ConfigurationError, InvalidRequestError, TransientError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Members, Notification, Removed, SyncReport
from aika.protocols import Connector, Notified
from aika.testing.contracts.connector import ConnectorContract, Place, checkpoint, found

DAY = 24 * 3600.0


class Workspace(Team):
    """A team behind a front, and connectors to it."""

    def __init__(self, emulator: Emulator, passing: Front, folder: Path) -> None:
        super().__init__(emulator)
        self.folder = folder
        self.front = passing
        self.clock = Clock()

    def connector(self, **options: object) -> AbstractAsyncContextManager[SlackConnector]:
        return opened(self.front.url, self.clock, self.folder, **options)

    async def events(self, since: Cursor | None = None, **options: object) -> list[Event]:
        async with self.connector(**options) as connector:
            return [event async for event in connector.read(since)]

    async def load(self, key: str, **options: object) -> RawDocument:
        async with self.connector(**options) as connector:
            return await found([event async for event in connector.read(None)], key).load()

    async def noticed(self, event: dict[str, object], **options: object) -> list[Event]:
        async with self.connector(**options) as connector:
            return [event async for event in connector.notice(self.signed(event))]

    def options(self) -> dict[str, object]:
        """Return the options of a source that reads this workspace."""
        return {"token": TOKEN, "webhook_secret": SECRET, "api_url": self.front.url, "channel_pages": False}

    async def tell(self, source: SyncedSource, event: dict[str, object]) -> SyncReport:
        signed = self.signed(event)
        return await source.apply(signed.headers, signed.body)

    def signed(self, event: dict[str, object], *, age: float = 0, secret: str = SECRET) -> Notification:
        """Return an event as Slack sends it."""
        body = json.dumps({"type": "event_callback", "team_id": self.id, "event": event}).encode()
        told = str(int(self.clock.now().timestamp() - age))
        signature = hmac.new(secret.encode(), b"v0:" + told.encode() + b":" + body, hashlib.sha256).hexdigest()
        return Notification({"x-slack-request-timestamp": told, "x-slack-signature": f"v0={signature}"}, body)


@pytest.fixture
def workspace(start_emulator: StartEmulator, tmp_path: Path) -> Iterator[Workspace]:
    emulator = start_emulator("slack", SEED)
    with front(emulator.url) as passing:
        yield Workspace(emulator, passing, tmp_path)


def texts(document: RawDocument) -> list[str]:
    return [message["text"] for message in json.loads(document.content)["messages"]]


def groups(events: list[Event]) -> dict[str, frozenset[str]]:
    return {event.group: event.members for event in events if isinstance(event, Members)}


class Threads(Place):
    """A document is a thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def add(self, name: str, text: str) -> str:
        stamp = self._workspace.say(text)
        self._workspace.say(f"an answer about {name}", thread=stamp)
        return self._workspace.key(stamp)

    async def change(self, key: str, text: str) -> None:
        channel, stamp = key.split("/")
        self._workspace.call("chat.update", channel=channel, ts=stamp, text=text)

    async def remove(self, key: str) -> None:
        channel, root = key.split("/")
        replies = self._workspace.call("conversations.replies", channel=channel, ts=root)["messages"]
        for message in reversed(replies):
            self._workspace.call("chat.delete", channel=channel, ts=message["ts"])

    async def spoil(self, key: str) -> None:
        refused = Canned({"ok": False, "error": "access_denied"}, only={"ts": key.split("/")[1]})
        self._workspace.front.always["conversations.replies"].append(refused)

    def connect(self) -> AbstractAsyncContextManager[Connector]:
        return self._workspace.connector()


class TestSlackKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, workspace: Workspace) -> Place:
        return Threads(workspace)


async def test_a_thread_is_one_document_with_link_authors_and_times(workspace: Workspace) -> None:
    root = workspace.say("Who can refund?")
    workspace.say("Only Ben", thread=root, token="xoxb-ben")

    document = await workspace.load(workspace.key(root))

    assert texts(document) == ["Who can refund?", "Only Ben"]
    assert document.authors == ("Ann Lee", "Ben Ray")
    assert document.url == f"https://acme.slack.com/archives/{workspace.key(root).replace('/', '/p').replace('.', '')}"
    assert document.attributes["channel"] == "payments"
    assert document.attributes["topic"] == "Refunds"
    assert document.readers == {f"slack:{workspace.id}:{workspace.channels['payments']}"}


async def test_an_answer_outside_of_a_thread_belongs_to_its_question(workspace: Workspace) -> None:
    question = workspace.say("how do I restart the payment worker after a deploy?")
    workspace.say(f"<@{workspace.users['ann']}> systemctl restart payment-worker", token="xoxb-ben")

    assert len(texts(await workspace.load(workspace.key(question)))) == 2


async def test_every_channel_can_have_a_page(workspace: Workspace) -> None:
    workspace.say("Who can refund?")

    page = await workspace.load(workspace.channels["payments"], channel_pages=True)

    assert "The topic of #payments: Refunds" in page.content.decode()
    assert "Most active in #payments: Ann Lee." in page.content.decode()


async def test_an_edit_of_a_reply_is_seen_by_the_next_sync(workspace: Workspace) -> None:
    root = workspace.say("Who can refund?")
    reply = workspace.say("Only Ben", thread=root)
    first = await workspace.events()
    workspace.call("chat.update", channel=workspace.channels["payments"], ts=reply, text="Only Cleo")

    second = await workspace.events(checkpoint(first).cursor)

    key = workspace.key(root)
    assert found(second, key).version != found(first, key).version
    assert texts(await workspace.load(key)) == ["Who can refund?", "Only Cleo"]


async def test_a_deleted_message_is_removed_by_the_next_sync(workspace: Workspace) -> None:
    stamp = workspace.say("Does anyone know the number of the canteen on the second floor?")
    first = await workspace.events()
    workspace.call("chat.delete", channel=workspace.channels["payments"], ts=stamp)

    second = await workspace.events(checkpoint(first).cursor)

    assert Removed(workspace.key(stamp)) in second
    assert not checkpoint(second).complete


async def test_messages_older_than_the_look_back_are_left_alone_until_everything_is_listed_again(
    workspace: Workspace,
) -> None:
    stamp = workspace.say("Who can refund?")
    workspace.clock.ahead = 20 * DAY
    later = await workspace.events(full_every="P30D")

    workspace.clock.ahead = 21 * DAY
    between = await workspace.events(checkpoint(later).cursor, full_every="P30D")
    workspace.clock.ahead = 60 * DAY
    full = await workspace.events(checkpoint(between).cursor, full_every="P30D")

    assert not [event for event in between if isinstance(event, Found | Removed)]
    assert found(full, workspace.key(stamp))
    assert checkpoint(full).complete


async def test_a_channel_that_is_new_to_the_app_is_read_from_its_beginning(workspace: Workspace) -> None:
    first = await workspace.events()
    workspace.make("orders")
    stamp = workspace.say("Who packs the parcels?", channel="orders")

    workspace.clock.ahead = DAY * 20
    second = await workspace.events(checkpoint(first).cursor, full_every="P30D")

    assert found(second, workspace.key(stamp, "orders"))


async def test_a_channel_that_is_gone_is_read_by_nobody(workspace: Workspace) -> None:
    first = await workspace.events(archived=False)
    channel = workspace.channels["payments"]
    workspace.call("conversations.archive", channel=channel)

    second = await workspace.events(checkpoint(first).cursor, archived=False)

    assert Members(f"slack:{workspace.id}:{channel}", frozenset()) in second


async def test_private_channels_are_for_their_members_and_public_ones_for_the_workspace(workspace: Workspace) -> None:
    secret, team = workspace.make("secret", private=True), workspace.id
    workspace.say("closed", channel="secret")

    found_groups = groups(await workspace.events())

    ann, ben = (f"slack:{team}:{workspace.users[name]}" for name in ("ann", "ben"))
    assert found_groups[f"slack:{team}:{secret}"] == {ann}
    assert found_groups[f"slack:{team}:{workspace.channels['payments']}"] == {f"slack:{team}"}
    assert {ann, ben} <= found_groups[f"slack:{team}"]
    assert found_groups[ann] == {"user:ann@example.org"}


async def test_who_joins_a_private_channel_reads_it_after_the_event_and_who_leaves_does_not(
    workspace: Workspace,
) -> None:
    secret = workspace.make("secret", private=True)
    ben = workspace.users["ben"]
    workspace.call("conversations.invite", channel=secret, users=ben)
    joined = await workspace.noticed({"type": "member_joined_channel", "channel": secret, "user": ben})
    workspace.call("conversations.kick", channel=secret, user=ben)
    left = await workspace.noticed({"type": "member_left_channel", "channel": secret, "user": ben})

    group, account = f"slack:{workspace.id}:{secret}", f"slack:{workspace.id}:{ben}"
    assert account in groups(joined)[group]
    assert account not in groups(left)[group]
    assert not [event for event in joined if isinstance(event, Found)]


async def test_an_event_of_a_new_reply_brings_its_thread_and_no_other(workspace: Workspace) -> None:
    root, other = workspace.say("Who can refund?"), workspace.say("Who can deploy?")
    workspace.say("Cleo", thread=other)
    reply = workspace.say("Only Ben", thread=root)

    events = await workspace.noticed(
        {"type": "message", "channel": workspace.channels["payments"], "ts": reply, "thread_ts": root}
    )

    keys = [event.key for event in events if isinstance(event, Found)]
    assert workspace.key(root) in keys
    assert workspace.key(other) not in keys


async def test_an_event_of_a_deletion_removes_the_document(workspace: Workspace) -> None:
    stamp = workspace.say("Does anyone know the number of the canteen?")
    channel = workspace.channels["payments"]
    workspace.call("chat.delete", channel=channel, ts=stamp)

    events = await workspace.noticed(
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": channel,
            "ts": "1.1",
            "deleted_ts": stamp,
            "previous_message": {"ts": stamp, "text": "Does anyone"},
        }
    )

    assert events == [Removed(workspace.key(stamp))]


async def test_an_event_finds_the_same_versions_as_a_sync(workspace: Workspace) -> None:
    root = workspace.say("Who can refund?")
    workspace.say("Only Ben", thread=root)
    single = workspace.say("The canteen is closed on Friday because of the works on the second floor.")
    synced = await workspace.events()

    events = await workspace.noticed({"type": "message", "channel": workspace.channels["payments"], "ts": root})

    for key in (workspace.key(root), workspace.key(single)):
        assert found(events, key).version == found(synced, key).version


async def test_an_archived_channel_is_read_by_nobody_where_archived_ones_are_not_wanted(workspace: Workspace) -> None:
    channel = workspace.channels["payments"]
    workspace.call("conversations.archive", channel=channel)

    events = await workspace.noticed({"type": "channel_archive", "channel": channel}, archived=False)

    assert events == [Members(f"slack:{workspace.id}:{channel}", frozenset())]


async def test_a_changed_address_changes_the_account_alone(workspace: Workspace) -> None:
    ben = workspace.users["ben"]
    await workspace.events()
    workspace.call("users.profile.set", "xoxb-ben", profile=json.dumps({"email": "benedict@example.org"}))

    events = await workspace.noticed({"type": "user_change", "user": {"id": ben}})

    assert groups(events)[f"slack:{workspace.id}:{ben}"] == {"user:benedict@example.org"}
    assert len(events) == 2


@pytest.mark.parametrize("change", [{"age": 301}, {"age": -301}, {"secret": "another"}])
async def test_an_event_that_is_old_or_not_signed_by_slack_is_refused(
    workspace: Workspace, change: dict[str, Any]
) -> None:
    notification = workspace.signed({"type": "message"}, **change)

    async with workspace.connector() as connector:
        assert isinstance(connector, Notified)
        with pytest.raises(AuthenticationError):
            _ = [event async for event in connector.notice(notification)]


async def test_a_source_without_a_signing_secret_takes_no_events(workspace: Workspace) -> None:
    async with workspace.connector(webhook_secret=None) as connector:
        with pytest.raises(AuthenticationError, match="webhook_secret"):
            _ = [event async for event in connector.notice(workspace.signed({"type": "message"}))]


async def test_a_signed_event_that_is_no_json_is_an_invalid_request(workspace: Workspace) -> None:
    told = str(int(workspace.clock.now().timestamp()))
    signature = hmac.new(SECRET.encode(), f"v0:{told}:{{".encode(), hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": told, "x-slack-signature": f"v0={signature}"}

    async with workspace.connector() as connector:
        with pytest.raises(InvalidRequestError):
            _ = [event async for event in connector.notice(Notification(headers, b"{"))]


async def test_an_event_needs_no_listing_of_people_and_channels(workspace: Workspace) -> None:
    root = workspace.say("Who can refund?")
    await workspace.events()
    workspace.front.calls.clear()

    await workspace.noticed({"type": "message", "channel": workspace.channels["payments"], "ts": root})

    assert dict(workspace.front.calls) == {"auth.test": 1, "conversations.info": 1, "conversations.history": 1}


async def test_an_event_of_another_workspace_concerns_nobody_here(workspace: Workspace) -> None:
    workspace.id = "T-other"

    assert await workspace.noticed({"type": "message", "channel": "C1", "ts": "1772452800.000100"}) == []


async def test_a_limit_is_waited_for_as_long_as_slack_asks(workspace: Workspace) -> None:
    stamp = workspace.say("Who can refund?")
    limited = Canned({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "45"})
    workspace.front.canned["conversations.history"] += [limited, limited]

    events = await workspace.events()

    assert found(events, workspace.key(stamp))
    assert workspace.clock.waits == [45, 45]


async def test_a_limit_that_lasts_too_long_fails_the_sync_for_now(workspace: Workspace) -> None:
    limited = Canned({"ok": False}, status=429, headers={"Retry-After": "600"})
    workspace.front.always["users.list"].append(limited)

    with pytest.raises(TransientError):
        await workspace.events()


@pytest.mark.parametrize("error", ["token_expired", "invalid_auth", "token_revoked"])
async def test_a_dead_token_says_what_to_do_and_never_itself(workspace: Workspace, error: str) -> None:
    workspace.front.always["auth.test"].append(Canned({"ok": False, "error": error}))

    with pytest.raises(ConfigurationError, match=error) as raised:
        await workspace.events()

    assert "xoxb" not in str(raised.value)


async def test_a_missing_scope_is_named(workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError, match="needs the scope channels:history"):
        await workspace.events(token="xoxb-few", private_channels=False)


async def test_a_channel_that_the_app_may_not_read_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    stamp = workspace.say("Who can refund?")
    general = workspace.channels["general"]
    workspace.front.always["conversations.history"].append(
        Canned({"ok": False, "error": "not_in_channel"}, only={"channel": general})
    )

    events = await workspace.events()

    assert [event.key for event in events if isinstance(event, Failed)] == [general]
    assert found(events, workspace.key(stamp))


async def test_long_listings_are_read_page_by_page(workspace: Workspace) -> None:
    stamp = workspace.say("Who can refund?")
    first = {"ok": True, "messages": [{"ts": "1772452800.000100", "user": "U1", "text": "Older"}]}
    paged = Canned({**first, "response_metadata": {"next_cursor": "next"}})
    workspace.front.canned["conversations.history"].append(paged)

    events = await workspace.events(channels=["payments"])

    keys = [event.key for event in events if isinstance(event, Found)]
    assert keys == [workspace.key("1772452800.000100"), workspace.key(stamp)]


async def test_other_options_begin_from_the_start(workspace: Workspace) -> None:
    workspace.say("Who can refund?")
    first = await workspace.events()

    again = await workspace.events(checkpoint(first).cursor, exclude_channels=["random"])

    assert isinstance(again[-1], Checkpoint)
    assert again[-1].complete


async def test_an_event_of_a_membership_lets_people_find_at_once_what_was_said(
    workspace: Workspace, tmp_path: Path
) -> None:
    secret, ben = workspace.make("secret", private=True), workspace.users["ben"]
    closed = workspace.say("The merger is called Zebra", channel="secret")

    async with synced_source(tmp_path, "slack", workspace.options()) as source:
        await source.sync()
        before = await source.find("zebra", by="user:ben@example.org")
        workspace.call("conversations.invite", channel=secret, users=ben)
        report = await workspace.tell(source, {"type": "member_joined_channel", "channel": secret, "user": ben})
        after = await source.find("zebra", by="user:ben@example.org")

    assert before == []
    assert after == [workspace.key(closed, "secret")]
    assert (report.added, report.changed) == (0, 0)


async def test_events_of_edits_and_deletions_change_what_is_found(workspace: Workspace, tmp_path: Path) -> None:
    channel, stamp = workspace.channels["payments"], workspace.say("The merger is called Zebra")

    async with synced_source(tmp_path, "slack", workspace.options()) as source:
        await source.sync()
        workspace.call("chat.update", channel=channel, ts=stamp, text="The merger is called Giraffe")
        edit = {"subtype": "message_changed", "message": {"ts": stamp}}
        await workspace.tell(source, {"type": "message", "channel": channel, **edit})
        edited = await source.find("giraffe"), await source.find("zebra")
        workspace.call("chat.delete", channel=channel, ts=stamp)
        await workspace.tell(
            source, {"type": "message", "channel": channel, "subtype": "message_deleted", "deleted_ts": stamp}
        )
        deleted = await source.find("giraffe")

    assert edited == ([workspace.key(stamp)], [])
    assert deleted == []
