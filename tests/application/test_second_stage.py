"""The second stage of a whole application, as ``[reranker]`` in its settings says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.domain.errors import ConfigurationError
from aika.domain.queries import Query, Retrieval
from aika.settings import load_settings

DOCUMENTS = {
    "alpha.md": "# Ferry\n\nThe ferry to the island leaves the northern pier at six in the morning, every day.\n",
    "beta.md": "# Night ferry\n\nThe ferry of the night leaves the southern pier at eleven, on Fridays only.\n",
}


@dataclass
class RerankServer:
    """Speaks TEI's API, and prefers whatever the ranking had last. Never answers while it ``hangs``."""

    hangs: bool = False
    port: int = 0
    keys: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        texts = json.loads(await reader.readexactly(int(headers["content-length"])))["texts"]
        self.keys.append(headers.get("authorization", ""))
        if not self.hangs:
            body = json.dumps([{"index": number, "score": number} for number in range(len(texts))]).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        await reader.read()
        writer.close()


@asynccontextmanager
async def serving(*, hangs: bool = False) -> AsyncIterator[RerankServer]:
    server = RerankServer(hangs=hangs)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


@asynccontextmanager
async def application(folder: Path, graphs: Path, **reranker: Any) -> AsyncIterator[Aika]:
    (folder / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(graphs)
    source = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    settings = load_settings(folder, sources={"handbook": source}, reranker=reranker)
    async with open_aika(settings) as aika:
        for declared in aika.sources:
            await aika.sync(declared)
        await aika.generations.catch_up()
        yield aika


async def found(aika: Aika) -> Retrieval:
    return await aika.search(Query("ferry to the island in the morning", UNRESTRICTED), k=2)


def keys(retrieval: Retrieval) -> list[str]:
    return [hit.chunk.document.key for hit in retrieval.hits]


async def test_the_engine_that_is_named_has_the_last_word(
    tmp_path: Path, embedder_graphs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RERANK_KEY", "rk-1")
    async with serving() as server:
        options = {"shape": "tei", "base_url": f"http://127.0.0.1:{server.port}", "api_key": "${RERANK_KEY}"}
        async with application(tmp_path, embedder_graphs, engine="api", options=options, seconds=60) as aika:
            retrieval = await found(aika)

    assert keys(retrieval) == ["beta.md", "alpha.md"]
    assert server.keys == ["Bearer rk-1"]
    moves = retrieval.explanations[retrieval.hits[0].chunk.id].moves
    assert [(move.stage, move.rank_before, move.rank_after) for move in moves] == [("rerank", 2, 1)]


async def test_an_engine_that_hangs_costs_its_time_and_nothing_else(tmp_path: Path, embedder_graphs: Path) -> None:
    async with serving(hangs=True) as server:
        options = {"shape": "tei", "base_url": f"http://127.0.0.1:{server.port}"}
        async with application(tmp_path, embedder_graphs, engine="api", options=options, seconds=0.05) as aika:
            retrievals = [await found(aika) for _ in range(5)]

    assert {tuple(keys(retrieval)) for retrieval in retrievals} == {("alpha.md", "beta.md")}
    assert "The reranker took too long; the first ranking stands." in retrievals[0].notes
    assert "The reranker failed repeatedly and is left out for now." in retrievals[4].notes


@pytest.mark.parametrize(
    ("reranker", "said"),
    [
        ({"engine": "magic"}, "no reranker called 'magic' is installed"),
        ({"engine": "api", "options": {"shape": "tei", "colour": 1}}, "colour"),
        ({"engine": "api", "options": {"shape": "tei", "api_key": "${NOT_SET_ANYWHERE}"}}, "NOT_SET_ANYWHERE"),
        ({"engine": "model"}, r"name one in \[model\]"),
    ],
)
async def test_wrong_settings_are_named(
    tmp_path: Path, embedder_graphs: Path, reranker: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        async with application(tmp_path, embedder_graphs, **reranker):
            pass


async def test_options_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIKA_RERANKER__ENGINE", "api")
    monkeypatch.setenv("AIKA_RERANKER__OPTIONS__API_KEY", "rk-2")

    settings = load_settings(tmp_path)

    assert (settings.reranker.engine, settings.reranker.options["api_key"]) == ("api", "rk-2")
