"""Which principals the connector contract lets through, and that a connector with groups can keep it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from aika.domain.documents import RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Checkpoint, Cursor, Event, Found, Members
from aika.protocols import Connector
from aika.testing.contracts.connector import ConnectorContract, Place, is_well_formed

CHANNEL = PrincipalId("chat:C1")


@pytest.mark.parametrize(
    "name",
    ["everyone", "user:alice@example.org", "slack:T1:C1", "github:acme/ferry", "gdrive:file:1x", "group:On call"],
)
def test_well_formed(name: str) -> None:
    assert is_well_formed(name)


@pytest.mark.parametrize(
    "name", ["", "alice", "user:alice", "user:Alice@example.org", "user:a b@x.org", "Slack:T1", "x:", "x: y"]
)
def test_malformed(name: str) -> None:
    assert not is_well_formed(name)


class ChatRoom:
    """One channel in memory, whose members may read it."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.spoiled: set[str] = set()

    async def add(self, name: str, text: str) -> str:
        self.messages[name] = text
        return name

    async def change(self, key: str, text: str) -> None:
        self.messages[key] = text

    async def remove(self, key: str) -> None:
        del self.messages[key]

    async def spoil(self, key: str) -> None:
        self.spoiled.add(key)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connector]:
        yield ChatRoomConnector(self)

    def connect(self) -> AbstractAsyncContextManager[Connector]:
        return self._connected()


class ChatRoomConnector:
    def __init__(self, room: ChatRoom) -> None:
        self._room = room

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        yield Members(CHANNEL, frozenset({PrincipalId("user:alice@example.org"), PrincipalId("group:ops")}))
        for key, text in list(self._room.messages.items()):
            yield Found(key, text, self._load(key))
        yield Checkpoint(Cursor("1"), complete=True)

    def _load(self, key: str) -> Callable[[], Awaitable[RawDocument]]:
        async def load() -> RawDocument:
            if key in self._room.spoiled or key not in self._room.messages:
                raise UnreadableDocumentError("it is gone")
            content = self._room.messages[key].encode()
            return RawDocument(key, content, f"{key}.txt", readers=frozenset({CHANNEL}))

        return load


class TestConnectorWithGroups(ConnectorContract):
    @pytest.fixture
    async def place(self) -> Place:
        return ChatRoom()
