"""A small company, synced and served by the real application."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected
from served_documents import DOCUMENTS, SECRETS, write

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient
from aika.settings import Settings, load_settings
from aika.surfaces.api.app import create_app


@pytest.fixture
def settings(tmp_path: Path, embedder_graphs: Path) -> Settings:
    """A company with one public and one private source."""
    write(tmp_path / "docs", DOCUMENTS)
    write(tmp_path / "secret", SECRETS)
    data = tmp_path / ".aika"
    data.mkdir()
    (data / "models").symlink_to(embedder_graphs)
    sources = {
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
        "board": {"connector": "filesystem", "options": {"path": "secret"}, "readers": ["group:board"]},
    }
    return load_settings(tmp_path, sources=sources)


@pytest_asyncio.fixture
async def aika(settings: Settings) -> AsyncIterator[Aika]:
    """The application with everything synced, findable and embedded."""
    async with open_aika(settings) as opened:
        for source in opened.sources:
            await opened.sync(source)
        await opened.generations.catch_up()
        yield opened


@pytest_asyncio.fixture
async def http(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(aika) as client:
        yield client


@pytest_asyncio.fixture
async def client(aika: Aika) -> AsyncIterator[AsyncAikaClient]:
    transport = httpx.ASGITransport(create_app(aika))
    async with AsyncAikaClient("http://aika.test", transport=transport) as opened:
        yield opened
