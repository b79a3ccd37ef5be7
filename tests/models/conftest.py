"""What the tests of models share: files built once in a run, and a server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from aika.registry import Surroundings


class NoAnalyzer:
    fingerprint = "none"

    def terms(self, text: str) -> list[str]:
        raise AssertionError("models do not analyze text")


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Surroundings:
    folder = tmp_path_factory.mktemp("models")
    return Surroundings(base_dir=folder, data_dir=folder, analyzer=NoAnalyzer())


@pytest.fixture
def empty_surroundings(tmp_path: Path) -> Surroundings:
    return Surroundings(base_dir=tmp_path, data_dir=tmp_path, analyzer=NoAnalyzer())


@dataclass
class Exchange:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ScriptedServer:
    """An HTTP server on loopback that gives its replies in order, the last one for ever."""

    port: int = 0
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    seen: list[Exchange] = field(default_factory=list)
    answer: Callable[[Exchange], Reply] | None = None
    """Where set, it makes the replies instead."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = (await reader.readline()).decode().split()
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        exchange = Exchange(method, target, headers, body)
        self.seen.append(exchange)
        reply = self.answer(exchange) if self.answer else self.replies[min(len(self.seen), len(self.replies)) - 1]
        lines = {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"HTTP/1.1 {reply.status} X\r\n{head}\r\n".encode() + reply.body)
        # A client that has read enough hangs up first.
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def http_server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    async with server:
        yield scripted
