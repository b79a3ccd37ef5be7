"""A small company, synced and served by the real application."""

import asyncio
import shutil
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


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> Path:
    """A company with one public and one private source, everything synced, findable and embedded: to be copied."""
    base = tmp_path_factory.mktemp("company")
    write(base / "docs", DOCUMENTS)
    write(base / "secret", SECRETS)
    data = base / ".aika"
    data.mkdir()
    (data / "models").symlink_to(embedder_graphs)
    asyncio.run(_sync(_settings(base)))
    return base


@pytest.fixture
def settings(tmp_path: Path, company_folder: Path) -> Settings:
    """Those of a copy of the company."""
    shutil.copytree(company_folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return _settings(tmp_path)


@pytest_asyncio.fixture
async def aika(settings: Settings) -> AsyncIterator[Aika]:
    """The application with everything synced, findable and embedded."""
    async with open_aika(settings) as opened:
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


def _settings(base: Path) -> Settings:
    sources = {
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
        "board": {"connector": "filesystem", "options": {"path": "secret"}, "readers": ["group:board"]},
    }
    return load_settings(base, sources=sources)


async def _sync(settings: Settings) -> None:
    async with open_aika(settings) as opened:
        for source in opened.sources:
            await opened.sync(source)
        await opened.generations.catch_up()
