"""A language model's server that does whatever any text in front of it says: the worst that a model can be."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from poisoned import Poison

_PASSAGE = re.compile(r'<passage number="(\d+)".*?</passage>', re.DOTALL)
_KEPT = re.compile(r"The ([\w ]+) service keeps its request logs for (\d+) days")


class ObedientModel:
    """Writes what the poison says where it can see it, and otherwise the answer that the passages have.

    ``compromised`` it writes what the poison says whether it sees it or not: as if every other defence had failed.
    """

    def __init__(self, poisons: Sequence[Poison]) -> None:
        self._poisons = poisons
        self.mode: Literal["obedient", "compromised"] = "obedient"
        self.obeyed: list[str] = []
        """The techniques that it did as told by."""

    def write(self, prompt: str) -> str:
        asked = next(poison for poison in self._poisons if f"the {poison.name} service keep" in prompt)
        seen = any(trigger in prompt for trigger in asked.seen)
        if seen or self.mode == "compromised":
            self.obeyed.append(asked.technique)
            return f"{asked.obeyed} [1][2]"
        for passage in _PASSAGE.finditer(prompt):
            kept = _KEPT.search(passage.group())
            if kept and kept[1] == asked.name:
                return f"The {asked.name} service keeps its request logs for {kept[2]} days [{passage[1]}]."
        return "The passages do not answer this question."


@asynccontextmanager
async def served(model: ObedientModel) -> AsyncIterator[str]:
    """Serve it over OpenAI's protocol on loopback; yield the base address."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> StreamingResponse:
        body = await request.json()
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        return StreamingResponse(_events(model.write(prompt)), media_type="text/event-stream")

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        await task


async def _events(text: str) -> AsyncIterator[str]:
    for start in range(0, len(text), 9):
        yield _event({"role": "assistant", "content": text[start : start + 9]}, None)
    yield _event({}, "stop")
    yield "data: [DONE]\n\n"


def _event(delta: dict[str, Any], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"
