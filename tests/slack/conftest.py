"""A small company whose people ask aika in Slack: a copy of it for each module, and a Slack of its own for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from slack_world.world import NewChannel, World, slack_world

from aika.application import wiring
from aika.application.aika import Aika
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import Settings, load_settings
from aika.telemetry.setup import Telemetry

HANDBOOK = {
    "deploy.md": "# Deploying\n\nRun `ferry deploy checkout` to deploy the checkout service. The canary takes ten minutes.\n\n"
    "## Rolling back\n\nRun `ferry rollback checkout` to roll back. It takes about two minutes.\n",
    "refunds.md": "# Refunds\n\nCustomers may claim a refund within 30 days of the sailing.\n\n"
    "Refunds above €500 need an approval by Finance.\n",
    "cache.md": "# Cache\n\nThe cache keeps entries for 15 minutes. Error `CACHE-104` means that the cache is full: restart it "
    "with `ferry restart cache`.\n",
}
BOARD = {"nightjar.md": "# Project Nightjar\n\nProject Nightjar moves the head office to Turku in spring.\n"}
MEMBER_OF_BOARD = "ann"


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    """What the company's application traced."""
    return InMemorySpanExporter()


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> Path:
    """A company with a public and a private source, everything synced, findable and embedded: to be copied."""
    base = tmp_path_factory.mktemp("company")
    for folder, documents in (("docs", HANDBOOK), ("board", BOARD), ("assistants", {})):
        (base / folder).mkdir()
        for key, text in documents.items():
            (base / folder / key).write_text(text, encoding="utf-8")
    (base / "assistants" / "deployer.yaml").write_text(
        "name: deployer\nvisibility: public\npurpose: Deployments.\ngreeting: Hello, I know deployments.\n"
        "examples: ['How do I roll back?', 'How do I deploy checkout?']\n",
        encoding="utf-8",
    )
    data = base / ".aika"
    data.mkdir()
    (data / "models").symlink_to(embedder_graphs)
    asyncio.run(_synced(_settings(base)))
    return base


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    tmp_path_factory: pytest.TempPathFactory, company_folder: Path, spans: InMemorySpanExporter
) -> AsyncIterator[Aika]:
    """The application of that company. A process can have one application open at a time, so each module opens its own."""
    base = tmp_path_factory.mktemp("company") / "copy"
    shutil.copytree(company_folder, base, symlinks=True)
    async with AsyncExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(wiring, "Telemetry", _exporting_to(spans))
            opened = await stack.enter_async_context(wiring.open_aika(_settings(base)))
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def world() -> AsyncIterator[World]:
    """A workspace with ann, who is of the board, and ben, who is not."""
    channels = ["support", NewChannel("board", ("ann",), private=True)]
    async with slack_world(["ann", "ben"], channels, storage="memory", retry_delays=(0.0, 0.05, 0.1)) as opened:
        yield opened


def _settings(base: Path) -> Settings:
    sources = {
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
        "board": {"connector": "filesystem", "options": {"path": "board"}, "readers": ["group:board"]},
    }
    return load_settings(base, sources=sources, confidence={"reader": False})


async def _synced(settings: Settings) -> None:
    async with wiring.open_aika(settings) as aika:
        for source in aika.sources:
            await aika.sync(source)
        await aika.generations.catch_up()
        member = PrincipalId(f"user:{MEMBER_OF_BOARD}@example.org")
        await aika.database.directory.record(SourceId("board"), {PrincipalId("group:board"): [member]})


def _exporting_to(spans: InMemorySpanExporter) -> type[Telemetry]:
    """Return telemetry that exports to where tests can see it."""

    class Exporting(Telemetry):
        @classmethod
        @asynccontextmanager
        async def open(cls, **how: Any) -> AsyncIterator[Telemetry]:
            async with Telemetry.open(**how, span_exporters=[spans]) as telemetry:
                yield telemetry

    return Exporting
