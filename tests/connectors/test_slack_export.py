"""Workspace exports of Slack's: folders and ZIP files."""

import json
import os
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aika.connectors.slack.export import SlackExportConnector, SlackExportOptions
from aika.domain.documents import Kind, RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Members
from aika.protocols import Connector
from aika.testing.contracts.connector import ConnectorContract, Place, found

NOON = 1_772_452_800  # 2 March 2026, 12:00 UTC
DAY = 24 * 60
Export = Callable[..., Path]


def said(text: str, minute: int = 0, *, user: str = "U1", **more: object) -> dict[str, object]:
    return {"type": "message", "user": user, "text": text, "ts": stamp(minute), **more}


def stamp(minute: int) -> str:
    return f"{NOON + 60 * minute}.000100"


def person(id: str, name: str, **more: object) -> dict[str, object]:
    return {"id": id, "name": name.lower(), "profile": {"real_name": name, "email": f"{name}@Example.org"}, **more}


USERS = [
    person("U1", "Ann"),
    person("U2", "Ben"),
    person("U3", "Gast", is_restricted=True),
    person("U4", "Gone", deleted=True),
    {"id": "B1", "name": "deploybot", "is_bot": True},
]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def write(days: dict[str, list[dict[str, object]]] | None = None, **lists: object) -> Path:
        place = tmp_path / "export"
        channels = [{"id": "C1", "name": "payments", "members": ["U1", "U2", "U3", "U4", "B1"]}]
        for name, value in {"users": USERS, "channels": channels, **lists}.items():
            (place / f"{name}.json").parent.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.json").write_text(json.dumps(value))
        for path, messages in (days or {}).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(json.dumps(messages))
        return place

    return write


async def events(place: Path, since: Cursor | None = None, **options: object) -> list[Event]:
    checked = SlackExportOptions.model_validate(
        {"path": place, "team": "T1", "workspace_url": "https://acme.slack.com", "channel_pages": False, **options}
    )
    # A clock far away, so that no file counts as written just now.
    connector = SlackExportConnector(place, checked, now_ns=lambda: 0)
    return [event async for event in connector.read(since)]


async def documents(place: Path, **options: object) -> list[RawDocument]:
    return [await event.load() for event in await events(place, **options) if isinstance(event, Found)]


def texts(document: RawDocument) -> list[str]:
    return [message["text"] for message in json.loads(document.content)["messages"]]


class ExportFolder(Place):
    """A document is the only message of its channel."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._clock = 1_700_000_000_000_000_000
        self._ids: dict[str, str] = {}
        self._write("users.json", [])
        self._list()

    async def add(self, name: str, text: str) -> str:
        channel = f"C{len(self._ids) + 1}"
        key = f"{channel}/{stamp(0)}"
        self._ids[key] = name
        self._list()
        await self.change(key, text)
        return key

    async def change(self, key: str, text: str) -> None:
        self._write(f"{self._ids[key]}/2026-03-02.json", [said(text)])

    async def remove(self, key: str) -> None:
        (self._place / self._ids.pop(key) / "2026-03-02.json").unlink()
        self._list()

    async def spoil(self, key: str) -> None:
        self._write(f"{self._ids[key]}/2026-03-02.json", [{"ts": stamp(0), "text": 7}])

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connector]:
        yield SlackExportConnector(
            self._place, SlackExportOptions(path=self._place, team="T1", channel_pages=False), now_ns=lambda: 0
        )

    def _list(self) -> None:
        self._write("channels.json", [{"id": key.split("/")[0], "name": name} for key, name in self._ids.items()])

    def _write(self, path: str, value: object) -> None:
        file = self._place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))
        self._clock += 1_000_000_000
        os.utime(file, ns=(self._clock, self._clock))


class TestSlackExportKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, tmp_path: Path) -> Place:
        return ExportFolder(tmp_path)


async def test_a_thread_is_one_document_also_where_its_answer_came_days_later(export: Export) -> None:
    place = export(
        {
            "payments/2026-03-02.json": [
                said("Who can refund?", thread_ts=stamp(0), reply_count=1),
                said("Lunch is here", 5),
            ],
            "payments/2026-03-04.json": [said("Only Ben", 2 * DAY, user="U2", thread_ts=stamp(0))],
        }
    )

    thread = next(document for document in await documents(place) if document.key == f"C1/{stamp(0)}")

    assert texts(thread) == ["Who can refund?", "Only Ben"]
    assert thread.kind is Kind.CONVERSATION
    assert thread.url == "https://acme.slack.com/archives/C1/p1772452800000100"
    assert thread.authors == ("Ann", "Ben")
    assert thread.created_at is not None
    assert thread.modified_at is not None
    assert (thread.modified_at - thread.created_at).days == 2


async def test_messages_outside_of_threads_are_put_together_by_who_answers_whom(export: Export) -> None:
    place = export(
        {
            "payments/2026-03-02.json": [
                said("how do I restart the payment worker after a deploy?"),
                said("<@U1> systemctl restart payment-worker", 2, user="U2"),
            ],
            "payments/2026-03-09.json": [said("does anyone know why the invoices are late today?", 7 * DAY)],
        }
    )

    assert [len(texts(document)) for document in await documents(place)] == [2, 1]


async def test_messages_outside_of_threads_can_stay_together_by_day(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("one"), said("two", 600)]})

    assert [document.key for document in await documents(place, unthreaded="days")] == ["C1/2026-03-02"]


async def test_every_message_is_in_a_document_save_who_came_and_went(export: Export) -> None:
    place = export(
        {
            "payments/2026-03-02.json": [
                said("<@U2> has joined", subtype="channel_join"),
                *(said(f"message {number}", number) for number in range(1, 40)),
            ]
        }
    )

    assert sum(len(texts(document)) for document in await documents(place)) == 39


async def test_a_reply_that_was_also_sent_to_the_channel_is_told_once(export: Export) -> None:
    reply = said("Only Ben", 5, user="U2", thread_ts=stamp(0))
    place = export(
        {
            "payments/2026-03-02.json": [
                said("Who can refund?", thread_ts=stamp(0)),
                reply,
                {**reply, "subtype": "thread_broadcast"},
            ]
        }
    )

    assert [texts(document) for document in await documents(place)] == [["Who can refund?", "Only Ben"]]


async def test_bots_can_be_left_out(export: Export) -> None:
    place = export(
        {"payments/2026-03-02.json": [said("Deployed", bot_id="B1", subtype="bot_message"), said("Nice", 1)]}
    )

    assert [texts(document) for document in await documents(place, bots=False)] == [["Nice"]]


async def test_message_ids_are_kept(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("Hello", client_msg_id="m-1")]})

    assert (await documents(place))[0].attributes["message_ids"] == ("m-1",)


async def test_who_reads_a_channel_is_said_by_its_group_alone(export: Export) -> None:
    place = export(
        {"payments/2026-03-02.json": [said("open")], "secret/2026-03-02.json": [said("closed")]},
        groups=[{"id": "G1", "name": "secret", "members": ["U2"]}],
    )

    readers = {texts(document)[0]: document.readers for document in await documents(place)}

    assert readers == {"open": {"slack:T1:C1"}, "closed": {"slack:T1:G1"}}


async def test_groups_are_of_active_people_and_guests_are_in_their_channels_only(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("open")]})

    groups = {event.group: event.members for event in await events(place) if isinstance(event, Members)}

    assert groups["slack:T1"] == {"slack:T1:U1", "slack:T1:U2"}
    assert groups["slack:T1:C1"] == {"slack:T1", "slack:T1:U1", "slack:T1:U2", "slack:T1:U3"}
    assert groups["slack:T1:U1"] == {"user:ann@example.org"}
    assert groups["slack:T1:U4"] == frozenset()


async def test_a_stranger_is_in_their_channels_only_and_nobodys_address(export: Export) -> None:
    stranger = {**person("U5", "Eve", is_stranger=True), "profile": {"email": "ann@example.org"}}
    channel = {"id": "C1", "name": "payments", "members": ["U1", "U5"]}
    place = export({"payments/2026-03-02.json": [said("open")]}, users=[*USERS, stranger], channels=[channel])

    groups = {event.group: event.members for event in await events(place) if isinstance(event, Members)}

    assert "slack:T1:U5" not in groups["slack:T1"]
    assert "slack:T1:U5" in groups["slack:T1:C1"]
    assert groups["slack:T1:U5"] == frozenset()


async def test_a_private_channel_is_for_its_members(export: Export) -> None:
    place = export(groups=[{"id": "G1", "name": "secret", "members": ["U2", "U4"]}])

    groups = {event.group: event.members for event in await events(place) if isinstance(event, Members)}

    assert groups["slack:T1:G1"] == {"slack:T1:U2"}


async def test_public_channels_can_be_for_everyone(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("open")]})

    assert "everyone" in ((await documents(place, public_channels="everyone"))[0].readers or ())


async def test_direct_messages_are_read_only_where_asked_for(export: Export) -> None:
    place = export({"D1/2026-03-02.json": [said("psst")]}, dms=[{"id": "D1", "members": ["U1", "U2"]}])

    assert await documents(place) == []
    assert [document.readers for document in await documents(place, direct_messages=True)] == [{"slack:T1:D1"}]


async def test_channels_are_chosen_by_name(export: Export) -> None:
    place = export(
        {"payments/2026-03-02.json": [said("one")], "alerts-db/2026-03-02.json": [said("two")]},
        channels=[{"id": "C1", "name": "payments"}, {"id": "C2", "name": "alerts-db"}],
    )

    assert [texts(d) for d in await documents(place, exclude_channels=["alerts-*"])] == [["one"]]
    assert [texts(d) for d in await documents(place, channels=["alerts-*"])] == [["two"]]


async def test_a_channel_has_a_page_that_says_what_it_is_for_and_who_is_active(export: Export) -> None:
    place = export(
        {"payments/2026-03-02.json": [said("one"), said("two", 1, user="U2"), said("three", 2, user="U2")]},
        channels=[
            {
                "id": "C1",
                "name": "payments",
                "purpose": {"value": "Questions about <https://x.example|refunds>"},
                "creator": "U1",
            }
        ],
    )

    page = next(d for d in await documents(place, channel_pages=True) if d.key == "C1")

    text = page.content.decode()
    assert page.title == "#payments"
    assert "Its purpose: Questions about refunds (https://x.example)" in text
    assert "#payments was created by Ann." in text
    assert "Most active in #payments: Ben, Ann." in text


async def test_an_unchanged_export_is_not_read_again(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("one")]})
    first = (await events(place))[-1]
    assert isinstance(first, Checkpoint)

    assert await events(place, since=first.cursor) == [Checkpoint(first.cursor)]


async def test_a_broken_day_is_told_and_removes_nothing(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("one")]})
    (place / "payments" / "2026-03-03.json").write_text("{")

    result = await events(place)

    assert [event.key for event in result if isinstance(event, Failed)] == ["payments/2026-03-03.json"]
    assert isinstance(result[-1], Checkpoint)
    assert not result[-1].complete


async def test_a_zip_file_is_read_as_its_folder_is(export: Export, tmp_path: Path) -> None:
    place = export({"payments/2026-03-02.json": [said("one")]})
    packed = tmp_path / "acme.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for path in place.glob("**/*.json"):
            file.write(path, f"acme export/{path.relative_to(place)}")

    unpacked, zipped = await events(place), await events(packed)

    key = f"C1/{stamp(0)}"
    assert found(zipped, key).version == found(unpacked, key).version
    assert texts(await found(zipped, key).load()) == ["one"]


async def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("[]")

    with pytest.raises(ConfigurationError, match="no Slack export"):
        await events(tmp_path)


async def test_an_export_without_its_workspace_asks_for_it(export: Export) -> None:
    place = export({"payments/2026-03-02.json": [said("one")]})

    with pytest.raises(ConfigurationError, match="set team"):
        await events(place, team=None, workspace_url=None)
