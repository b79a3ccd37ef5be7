"""An HTTP server on loopback that a test scripts."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field


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
