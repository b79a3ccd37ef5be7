"""What the tests of models share: files built once in a run, and a server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from scripted_server import ScriptedServer

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


@pytest_asyncio.fixture
async def http_server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    async with server:
        yield scripted
