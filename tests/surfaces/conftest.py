"""A small company, synced and served by the real application."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient
from aika.settings import Settings, load_settings
from aika.surfaces.api.app import create_app

DOCUMENTS = {
    "deploy.md": "# Deploying\n\nRun `ferry deploy checkout` to deploy the checkout service. The canary takes ten minutes.\n\n"
    "## Rolling back\n\nRun `ferry rollback checkout` to roll back. It takes about two minutes.\n",
    "refunds.md": "# Refunds\n\nCustomers may claim a refund within 30 days of the sailing.\n\n"
    "Refunds above €500 need an approval by Finance.\n",
    "owners.md": "---\nowner: team-payments\nslack_channel: '#payments'\n---\n# Payments service\n\n"
    "The payments service is owned by "
    "team-payments. Reach them in #payments.\n",
    "cache.md": "# Cache\n\nThe cache keeps entries for 15 minutes. Error `CACHE-104` means that the cache is full: restart it "
    "with `ferry restart cache`.\n",
}
SECRETS = {"plan.md": "# Project Nightjar\n\nProject Nightjar moves the head office to Turku in spring.\n"}


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


def write(folder: Path, documents: dict[str, str]) -> None:
    folder.mkdir()
    for key, text in documents.items():
        (folder / key).write_text(text, encoding="utf-8")
